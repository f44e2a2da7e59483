//! Cases, patients and programmes.

use super::{
    ids::CaseId,
    reason::{Reason, Severity},
    time::Instant,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// Where a case stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseState {
    /// Takes arrivals.
    Open,
    /// Takes arrivals, but nothing of it may be deleted.
    Held,
    /// Done; takes no arrivals.
    Closed,
    /// Its keys are gone.
    Shredded,
}

impl CaseState {
    /// The word as scripts see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held => "held",
            Self::Closed => "closed",
            Self::Shredded => "shredded",
        }
    }

    /// The state of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Held, Self::Closed, Self::Shredded].into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for CaseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The child a case is about, as the desk or family stated it. Kept sealed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patient {
    /// Given names.
    pub given: String,
    /// Family names.
    pub family: String,
    /// ISO 8601, `YYYY-MM-DD`.
    pub birth_date: String,
    /// `female`, `male`, `other`, or empty.
    #[serde(default)]
    pub sex: String,
    /// Identifiers with their issuers.
    #[serde(default)]
    pub ids: Vec<PatientIdentifier>,
    /// Other names the child is known by.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A patient identifier. Without its issuer it identifies nobody.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatientIdentifier {
    /// As written.
    pub value: String,
    /// Who issued it.
    #[serde(default)]
    pub issuer: String,
}

/// What a programme does about documents that are not in English.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LanguagePolicy {
    /// English only: a page in another language blocks.
    Block,
    /// It is said, and does not block.
    #[default]
    Warn,
    /// Language is not judged.
    Off,
}

/// A programme's profile: configuration, never code.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Programme {
    /// For people.
    pub title: String,
    /// What is done about other languages.
    pub language: LanguagePolicy,
    /// Severities that differ from the default, by reason code.
    pub severity: BTreeMap<Reason, Severity>,
}

impl Programme {
    /// The weight of a reason under this programme. `language` speaks for the two codes it is about, unless
    /// `severity` names them.
    pub fn severity_of(&self, reason: Reason) -> Severity {
        if let Some(severity) = self.severity.get(&reason) {
            return *severity;
        }
        match (reason, self.language) {
            (Reason::NotEnglish | Reason::MixedLanguage, LanguagePolicy::Block) => Severity::Block,
            (Reason::NotEnglish | Reason::MixedLanguage, LanguagePolicy::Warn) => Severity::Warn,
            (Reason::NotEnglish | Reason::MixedLanguage, LanguagePolicy::Off) => Severity::Info,
            _ => reason.default_severity(),
        }
    }
}

/// Name of a programme: a key of `[programmes]` in the configuration.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProgrammeName(pub String);

impl fmt::Display for ProgrammeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A case as the catalog keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseRow {
    /// Its id.
    pub id: CaseId,
    /// Its programme.
    pub programme: ProgrammeName,
    /// Where it stands.
    pub state: CaseState,
    /// When it was opened.
    pub opened: Instant,
    /// Counts up with every change that the gate must see.
    pub revision: u64,
    /// Sealed [`Patient`].
    pub patient: super::entry::Sealed,
    /// The case's age recipient, public.
    pub recipient: String,
    /// Is this the site's holding case?
    pub holding: bool,
}

/// Ready for the specialist, or not and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Gate {
    /// True when nothing blocks and no work is open.
    pub ready: bool,
    /// Reason codes of open blocking findings, each once, in the order of the contract.
    pub blocking: Vec<Reason>,
    /// Uploads, jobs and readings of the case that are not finished.
    pub work_open: u64,
    /// When it was computed.
    pub at: Instant,
    /// The revision of the case this was computed from.
    pub revision: u64,
}

impl Gate {
    /// The gate as it may be shown: where it was computed before the case changed, computing it anew is work that is open;
    /// the holding case is never ready, whatever lies in it.
    #[must_use]
    pub fn as_of(mut self, case: &CaseRow) -> Self {
        if self.revision != case.revision {
            self.ready = false;
            self.work_open = self.work_open.max(1);
        }
        if case.holding {
            self.ready = false;
            // Nobody waits for anything to come into it.
            self.blocking.retain(|reason| !matches!(reason, Reason::MissingItem | Reason::HoldingCase));
            self.blocking.push(Reason::HoldingCase);
        }
        self
    }
}
