//! The way of one document, in the order it is walked:
//!
//! ```text
//! inlet ─bytes─► door → receive ─► job ─► examine (jailed) ─► judge ─► file ─► index + gate
//! ```
//!
//! Each stage consumes the type of the stage before ([`receive::Receipt`] → [`examine::Examined`] → [`judge::Judged`] →
//! a filing), so that a skipped stage does not compile. Every step is idempotent by entry id: after a crash the job runs
//! again. This module depends on traits only; concrete stores are chosen in `app`.

pub mod budgets;
pub mod contents;
pub mod door;
pub mod examine;
pub mod file;
pub mod index;
pub mod intakes;
pub mod judge;
pub mod links;
pub mod members;
pub mod pixels;
pub mod reading;
pub mod receive;
pub mod rulings;
pub mod runner;
pub mod uploads;

use crate::{
    catalog::{Catalog, CatalogError},
    domain::{
        case::{Programme, ProgrammeName},
        entry::{EntryRecord, EntryRow},
        ids::{CaseId, EntryId},
        limits::Limits,
        time::Clock,
    },
    jail::{Inspector, JailError, Tools},
    seal::{CaseKeys, Keyring, Place, SealError},
    search::{Search, SearchError},
    vault::{
        VaultError,
        objects::{ObjectError, Objects},
        shelf::Shelf,
    },
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::RwLock;

/// Where things are kept: what taking in and reading back need.
#[derive(Clone)]
pub struct Stores {
    /// The catalog.
    pub catalog: Arc<dyn Catalog>,
    /// Sealed objects.
    pub objects: Arc<Objects>,
    /// The contents list of each case.
    pub shelf: Arc<dyn Shelf>,
    /// Held for reading by whoever needs that everything stays as it is, such as a backup: deletions wait meanwhile.
    pub deletions: Arc<RwLock<()>>,
    /// Keys of cases.
    pub keyring: Arc<Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The limits.
    pub limits: Arc<Limits>,
}

/// What working on jobs needs beside the stores.
#[derive(Clone)]
pub struct Workshop {
    /// Where things are kept.
    pub stores: Stores,
    /// The jailed inspector.
    pub inspector: Arc<dyn Inspector>,
    /// Outside programs, in a jail of their own.
    pub tools: Arc<dyn Tools>,
    /// Whether what is only pixels is read.
    pub pixels: reading::Pixels,
    /// The search engine.
    pub search: Arc<dyn Search>,
    /// The programmes by name.
    pub programmes: Arc<BTreeMap<ProgrammeName, Programme>>,
}

/// Who must act when a step could not be done. A fault of a document is none of these: it is a finding.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The world failed: try again later.
    #[error("{act}: {cause}")]
    Retry {
        /// What was attempted.
        act: &'static str,
        /// What was said, without names or text of documents.
        cause: String,
    },
    /// What is handed in cannot be opened or read: a file that went away, a bad sector, a right that is missing.
    #[error("{act}: {cause}")]
    Source {
        /// What was attempted.
        act: &'static str,
        /// What the system said, without the file's name.
        cause: String,
    },
    /// The store has no room: taking in stops until there is.
    #[error("the store is full")]
    Full,
    /// It cannot be done as asked; says why in words for the asker.
    #[error("{0}")]
    Refused(String),
    /// Somebody else holds the job now.
    #[error("the lease was lost")]
    Fenced,
    /// The case changed while it was judged: judge it again.
    #[error("the case changed meanwhile")]
    Stale,
    /// A bug of ours: this document stops, the daemon lives.
    #[error("a bug stopped this: {0}")]
    Bug(&'static str),
    /// What is stored is damaged; names object or part.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}

impl From<CatalogError> for Trouble {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Missing(what) => Self::Refused(format!("no such {what}")),
            CatalogError::Fenced => Self::Fenced,
            CatalogError::Refused(why) => Self::Refused(why.to_owned()),
            CatalogError::Stale => Self::Stale,
            CatalogError::Full => Self::Full,
            CatalogError::World { act, detail } => Self::Retry { act, cause: detail },
        }
    }
}

impl From<JailError> for Trouble {
    fn from(error: JailError) -> Self {
        Self::Retry { act: "examining a document", cause: error.to_string() }
    }
}

impl From<SearchError> for Trouble {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Query(why) => Self::Refused(why),
            SearchError::Damaged(what) => Self::Damaged(what),
            SearchError::World { act, detail } => Self::Retry { act, cause: detail },
        }
    }
}

impl Stores {
    /// The keys of a case.
    ///
    /// # Errors
    /// The key store failed, or the case was shredded.
    pub fn keys(&self, case: CaseId) -> Result<Arc<CaseKeys>, Trouble> {
        Ok(self.keyring.case(case)?)
    }

    /// Opens the sealed record of an entry.
    ///
    /// # Errors
    /// [`Trouble::Damaged`] where the seal does not hold.
    pub fn record(&self, keys: &CaseKeys, row: &EntryRow) -> Result<EntryRecord, Trouble> {
        let plain = keys.open_record(record_place(&row.id), &row.record)?;
        serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("record of entry {}", row.id)))
    }
}

/// Where an entry's record stands in the catalog: its seal holds there and nowhere else.
pub fn record_place(entry: &EntryId) -> Place<'_> {
    Place { table: "entries", row: entry.as_bytes(), field: "record" }
}

/// How a task ended that gave no answer; what a panic says may quote a document.
pub(crate) fn ended(error: &tokio::task::JoinError) -> String {
    if error.is_panic() { "a panic" } else { "a cancelled task" }.to_owned()
}

/// Writes a record as it is sealed.
pub(crate) fn encode_record(record: &EntryRecord) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec(record).map_err(|e| Trouble::Refused(format!("a record cannot be written: {e}")))
}

impl From<SealError> for Trouble {
    fn from(error: SealError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<ObjectError> for Trouble {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Vault(error) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Full(_) => Self::Full,
            VaultError::World { act, source } => Self::Retry { act, cause: source.to_string() },
            other => Self::Damaged(other.to_string()),
        }
    }
}
