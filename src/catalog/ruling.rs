//! A ruling as the catalog keeps it: what somebody at the desk said of a finding. Which finding it is exactly, and the
//! reason given, are sealed (`casework::waivers`, `casework::flags`).

use crate::{
    audit,
    domain::{
        entry::Sealed,
        ids::{AuditHash, CaseId, EntryId, RulingId},
        reason::Reason,
    },
};

/// What is said of a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum RulingKind {
    /// A waiver: it is accepted, and keeps nothing back any more.
    Waived,
    /// A flag: it is there, although no detector saw it.
    Flagged,
}

impl RulingKind {
    /// The word in the catalog.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waived => "waived",
            Self::Flagged => "flagged",
        }
    }

    /// The kind of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waived, Self::Flagged].into_iter().find(|kind| kind.name() == name)
    }

    /// Such a ruling, as a person calls it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Waived => "waiver",
            Self::Flagged => "flag",
        }
    }
}

/// A ruling that is to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewRuling {
    /// Its id.
    pub id: RulingId,
    /// Its case.
    pub case: CaseId,
    /// What is said.
    pub kind: RulingKind,
    /// The document that was named; `None` for a row of the ledger that is no entry.
    pub entry: Option<EntryId>,
    /// The code of the finding.
    pub code: Reason,
    /// Sealed: the findings it was given for, and the reason.
    pub record: Sealed,
}

/// A ruling with the audit events that it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RulingRow {
    /// What was kept.
    pub ruling: NewRuling,
    /// The event by which it was given.
    pub given: Witness,
    /// The event by which it was taken back, if it was.
    pub ended: Option<Witness>,
}

/// An audit event that a row names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Witness {
    /// Its number in its chain.
    pub seq: u64,
    /// Its hash, which covers the chain it belongs to.
    pub hash: AuditHash,
}

impl NewRuling {
    /// What is settled when a ruling is given, as the audit trail states it: none of it ever changes. Its kind is the act.
    pub fn given(&self) -> String {
        let of = self.entry.map_or_else(|| "what is no document".to_owned(), |entry| format!("document {entry}"));
        format!("{} of {of} {}", self.code, audit::record_mark(&self.record))
    }
}
