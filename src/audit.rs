//! The audit trail: a hash chain of events, one chain a node.
//!
//! The hash of an event covers the hash before it and every field, so an edit, deletion, reorder or rewrite breaks the
//! chain; truncation is found against a checkpoint kept elsewhere. Details are sealed to the case (or are ids and
//! numbers); names never stand here in the clear.

use crate::domain::{
    entry::Sealed,
    ids::{AuditHash, CaseId, NodeId},
    origin::Actor,
    time::Instant,
};
use serde::{Deserialize, Serialize};

/// What was done, in a word. Clear text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each says what was done in plain words")]
pub enum Act {
    SiteInitialised,
    CaseOpened,
    CaseStateChanged,
    LinkMade,
    LinkRevoked,
    LinkRefused,
    ArrivalOpened,
    UploadCreated,
    UploadEnded,
    EntryReceived,
    EntryFiled,
    GateComputed,
    LedgerRead,
    DocumentRead,
    Searched,
    Exported,
    Verified,
    DamageFound,
    BackedUp,
    Restored,
    KeysChanged,
    PasswordAdded,
}

impl Act {
    /// The word, as stored and hashed.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// An event before it has its place in the chain.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Instant,
    /// What.
    pub act: Act,
    /// Which case.
    pub case: Option<CaseId>,
    /// Which entry, object, link or job, by id.
    pub subject: String,
    /// Clear detail: numbers, ids, digests of headers. Never names or text.
    pub detail: String,
    /// Sealed detail (query text, reason given).
    pub sealed: Sealed,
}

/// An event in the chain.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// The node whose chain it is.
    pub node: NodeId,
    /// From 1, without gaps.
    pub seq: u64,
    /// The event. `actor` as text.
    pub actor: String,
    /// When.
    pub at: Instant,
    /// What, as [`Act::name`].
    pub act: String,
    /// Which case.
    pub case: Option<CaseId>,
    /// Which thing.
    pub subject: String,
    /// Clear detail.
    pub detail: String,
    /// Sealed detail.
    pub sealed: Sealed,
    /// Hash of the event before; zeros for the first.
    pub before: AuditHash,
    /// Hash of this one.
    pub hash: AuditHash,
}

/// The end of a chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Head {
    /// The node.
    pub node: NodeId,
    /// Sequence of the last event; 0 where there is none.
    pub seq: u64,
    /// Its hash.
    pub hash: AuditHash,
}
