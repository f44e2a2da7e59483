//! A waiver as the catalog keeps it: a finding that somebody at the desk accepted. Which finding it is exactly, and the
//! reason given, are sealed (`casework::waivers`).

use crate::{
    audit,
    domain::{
        entry::Sealed,
        ids::{AuditHash, CaseId, EntryId, WaiverId},
        reason::Reason,
    },
};

/// A waiver that is to be kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewWaiver {
    /// Its id.
    pub id: WaiverId,
    /// Its case.
    pub case: CaseId,
    /// The document that was named; `None` for a row of the ledger that is no entry.
    pub entry: Option<EntryId>,
    /// The code that was accepted.
    pub code: Reason,
    /// Sealed: the findings it was given for, and the reason.
    pub record: Sealed,
}

/// A waiver with the audit events that it names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaiverRow {
    /// What was kept.
    pub waiver: NewWaiver,
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

impl NewWaiver {
    /// What is settled when a waiver is given, as the audit trail states it: none of it ever changes.
    pub fn given(&self) -> String {
        let of = self.entry.map_or_else(|| "what is no document".to_owned(), |entry| format!("document {entry}"));
        format!("{} of {of} {}", self.code, audit::record_mark(&self.record))
    }
}
