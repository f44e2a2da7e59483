//! The audit trail: a hash chain of events, one chain a node.
//!
//! The hash of an event covers the hash before it and every field, so an edit, deletion, reorder or rewrite breaks the
//! chain; truncation is found against a checkpoint kept elsewhere. Details are sealed to the case (or are ids and
//! numbers); names never stand here in the clear.

use crate::domain::{
    entry::{Parts, Sealed},
    ids::{AuditHash, CaseId, NodeId},
    origin::Actor,
    time::Instant,
};
use aws_lc_rs::digest::{self, Context, Digest, SHA256};
use data_encoding::HEXLOWER;
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
    ArrivalGivenUp,
    UploadCreated,
    UploadEnded,
    EntryReceived,
    EntryFiled,
    EntryMoved,
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
    FindingWaived,
    WaiverEnded,
    FindingFlagged,
    FlagEnded,
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
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// Hash of "nothing before": what the first event of a chain builds on.
pub const BEGINNING: AuditHash = AuditHash([0; 32]);

impl Head {
    /// The head of a chain without events.
    pub const fn of_nothing(node: NodeId) -> Self {
        Self { node, seq: 0, hash: BEGINNING }
    }
}

impl Event {
    /// The event at its place in the chain.
    pub fn chained(self, head: &Head) -> StoredEvent {
        let mut stored = StoredEvent {
            node: head.node,
            seq: head.seq + 1,
            actor: self.actor.to_string(),
            at: self.at,
            act: self.act.name(),
            case: self.case,
            subject: self.subject,
            detail: self.detail,
            sealed: self.sealed,
            before: head.hash,
            hash: BEGINNING,
        };
        stored.hash = chain_hash(&stored);
        stored
    }
}

/// The hash of an event: SHA-256 over a label and every field but the hash itself, each behind its length (64 bits, big
/// endian), so that no two different events have one encoding.
pub fn chain_hash(event: &StoredEvent) -> AuditHash {
    let mut hash = Context::new(&SHA256);
    hash.update(b"casegate audit event 1\n");
    let mut field = |bytes: &[u8]| {
        hash.update(&(bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(event.node.as_bytes());
    field(&event.seq.to_be_bytes());
    field(&event.before.0);
    field(event.actor.as_bytes());
    field(&event.at.0.to_be_bytes());
    field(event.act.as_bytes());
    // No case is an empty field; a case has 16 bytes.
    field(event.case.as_ref().map_or(&[], |case| case.as_bytes().as_slice()));
    field(event.subject.as_bytes());
    field(event.detail.as_bytes());
    field(&event.sealed.0);
    bytes_of(&hash.finish())
}

fn bytes_of(digest: &Digest) -> AuditHash {
    AuditHash(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}

/// What a receipt's event says about the sealed bytes: `header=` and the hex of the age header's digest, for several
/// parts of the digest over their digests in order; empty where there are none. `verify` compares it with the parts.
pub fn header_mark(parts: &Parts) -> String {
    match parts.0.as_slice() {
        [] => String::new(),
        [part] => format!("header={}", HEXLOWER.encode(&part.header.0)),
        many => {
            let mut hash = Context::new(&SHA256);
            for part in many {
                hash.update(&part.header.0);
            }
            format!("header={} parts={}", HEXLOWER.encode(hash.finish().as_ref()), many.len())
        }
    }
}

/// What an event says about a sealed record of the row that it speaks of: `record=` and the hex of the record's SHA-256.
/// A record is sealed under a nonce of its own, so that this confirms no guess.
pub fn record_mark(record: &Sealed) -> String {
    format!("record={}", HEXLOWER.encode(digest::digest(&SHA256, &record.0).as_ref()))
}

/// What is wrong with a chain, and at which event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChainFault {
    /// The event's own hash does not fit its fields.
    #[error("audit event {seq} was edited")]
    Edited {
        /// Its number.
        seq: u64,
    },
    /// Events are missing, repeated or out of order.
    #[error("audit event {expected} is expected, {found} is there")]
    OutOfOrder {
        /// The number that should follow.
        expected: u64,
        /// The number that does.
        found: u64,
    },
    /// The event does not build on the one before it.
    #[error("audit event {seq} does not follow from the one before")]
    Detached {
        /// Its number.
        seq: u64,
    },
    /// The event belongs to another node's chain.
    #[error("audit event {seq} belongs to another chain")]
    Foreign {
        /// Its number.
        seq: u64,
    },
    /// The chain ends before the checkpoint.
    #[error("the audit trail ends at {found}, the checkpoint stands at {expected}")]
    Truncated {
        /// Number of the checkpoint.
        expected: u64,
        /// Number of the last event.
        found: u64,
    },
    /// The chain is whole, but not the one the checkpoint was taken of.
    #[error("audit event {seq} is not the one of the checkpoint: the trail was rewritten")]
    Rewritten {
        /// Number of the checkpoint.
        seq: u64,
    },
}

/// A walk along a chain, event by event, so that a long one is verified page by page.
#[derive(Clone, Debug)]
pub struct Walk {
    head: Head,
    checkpoint: Option<Head>,
}

impl Walk {
    /// Starts before the first event of a node's chain.
    pub fn new(node: NodeId, checkpoint: Option<Head>) -> Self {
        Self { head: Head::of_nothing(node), checkpoint }
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn step(&mut self, event: &StoredEvent) -> Result<(), ChainFault> {
        let seq = event.seq;
        if event.node != self.head.node {
            return Err(ChainFault::Foreign { seq });
        }
        if seq != self.head.seq + 1 {
            return Err(ChainFault::OutOfOrder { expected: self.head.seq + 1, found: seq });
        }
        if event.before != self.head.hash {
            return Err(ChainFault::Detached { seq });
        }
        if chain_hash(event) != event.hash {
            return Err(ChainFault::Edited { seq });
        }
        if self.checkpoint.is_some_and(|point| point.seq == seq && point.hash != event.hash) {
            return Err(ChainFault::Rewritten { seq });
        }
        self.head = Head { node: self.head.node, seq, hash: event.hash };
        Ok(())
    }

    /// Goes on behind an event that was at fault, so that one fault does not hide those behind it.
    pub fn go_on_behind(&mut self, event: &StoredEvent) {
        self.head = Head { node: self.head.node, seq: event.seq, hash: event.hash };
    }

    /// Ends the walk: the chain must reach its checkpoint.
    ///
    /// # Errors
    /// [`ChainFault::Truncated`]; [`ChainFault::Foreign`] where the checkpoint is another node's.
    pub fn end(self) -> Result<Head, ChainFault> {
        match self.checkpoint {
            Some(point) if point.node != self.head.node => Err(ChainFault::Foreign { seq: point.seq }),
            Some(point) if point.seq > self.head.seq => {
                Err(ChainFault::Truncated { expected: point.seq, found: self.head.seq })
            }
            _ => Ok(self.head),
        }
    }
}

/// Verifies a whole chain, against a checkpoint where there is one. Returns its head.
///
/// # Errors
/// The first fault.
pub fn verify<'a>(
    node: NodeId,
    events: impl IntoIterator<Item = &'a StoredEvent>,
    checkpoint: Option<&Checkpoint>,
) -> Result<Head, ChainFault> {
    let mut walk = Walk::new(node, checkpoint.map(|point| point.head));
    for event in events {
        walk.step(event)?;
    }
    walk.end()
}

/// A head that was noted outside the catalog: what truncation and rewriting are found against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// The head.
    pub head: Head,
    /// When it was noted.
    pub at: Instant,
}

/// A line that is no checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not an audit checkpoint: a line of JSON with node, seq, hash and at is expected")]
pub struct CheckpointError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    node: NodeId,
    seq: u64,
    hash: String,
    at: Instant,
}

impl Checkpoint {
    /// One line of JSON, without its end. The hash is lower-case hex, the time in milliseconds since 1970.
    pub fn to_line(&self) -> String {
        let line = CheckpointLine {
            node: self.head.node,
            seq: self.head.seq,
            hash: HEXLOWER.encode(&self.head.hash.0),
            at: self.at,
        };
        serde_json::to_string(&line).expect("strings and numbers always have a JSON form")
    }

    /// Reads a line back.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_line(line: &str) -> Result<Self, CheckpointError> {
        let line: CheckpointLine = serde_json::from_str(line.trim()).map_err(|_| CheckpointError)?;
        let hash = HEXLOWER.decode(line.hash.as_bytes()).map_err(|_| CheckpointError)?;
        let hash = AuditHash(hash.try_into().map_err(|_| CheckpointError)?);
        Ok(Self { head: Head { node: line.node, seq: line.seq, hash }, at: line.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: NodeId = NodeId::from_bytes([7; 16]);

    fn chain(length: u64) -> Vec<StoredEvent> {
        let mut head = Head::of_nothing(NODE);
        let mut events = Vec::new();
        for number in 0..length {
            let event = Event {
                actor: Actor::Daemon,
                at: Instant(i64::try_from(number).unwrap()),
                act: Act::EntryReceived,
                case: (number % 2 == 0).then_some(CaseId::from_bytes([1; 16])),
                subject: format!("entry {number}"),
                detail: String::new(),
                sealed: Sealed(vec![3; 5]),
            };
            let stored = event.chained(&head);
            head = Head { node: NODE, seq: stored.seq, hash: stored.hash };
            events.push(stored);
        }
        events
    }

    fn check(events: &[StoredEvent], expected: Result<u64, ChainFault>) {
        let point = chain(5)[3].clone();
        let point = Checkpoint { head: Head { node: NODE, seq: 4, hash: point.hash }, at: Instant(9) };
        assert_eq!(verify(NODE, events, Some(&point)).map(|head| head.seq), expected);
    }

    /// T24: proves that an untouched chain verifies and that editing any field of an event is found at that event.
    #[test]
    fn t24_an_edit_of_any_field_is_found() {
        check(&chain(5), Ok(5));
        let edits: [fn(&mut StoredEvent); 8] = [
            |e| e.actor.push('x'),
            |e| e.at = Instant(99),
            |e| e.act = "entry-filed".into(),
            |e| e.case = None,
            |e| e.subject.push('x'),
            |e| e.detail.push('x'),
            |e| e.sealed.0[0] ^= 1,
            |e| e.hash.0[0] ^= 1,
        ];
        for edit in edits {
            let mut events = chain(5);
            edit(&mut events[2]);
            check(&events, Err(ChainFault::Edited { seq: 3 }));
        }
        let mut events = chain(5);
        events[2].before.0[0] ^= 1;
        check(&events, Err(ChainFault::Detached { seq: 3 }));
    }

    /// T24: proves that bytes moved from one field to its neighbour change the hash.
    #[test]
    fn t24_fields_cannot_flow_into_each_other() {
        let mut event = chain(1).remove(0);
        (event.subject, event.detail) = ("ab".into(), "c".into());
        let one = chain_hash(&event);
        (event.subject, event.detail) = ("a".into(), "bc".into());
        assert_ne!(one, chain_hash(&event));
    }

    /// T24: proves that deletion, reorder, truncation and a whole rewrite are found and named.
    #[test]
    fn t24_missing_moved_and_rewritten_events_are_found() {
        let mut deleted = chain(5);
        deleted.remove(1);
        check(&deleted, Err(ChainFault::OutOfOrder { expected: 2, found: 3 }));
        let mut swapped = chain(5);
        swapped.swap(1, 2);
        check(&swapped, Err(ChainFault::OutOfOrder { expected: 2, found: 3 }));
        check(&chain(5)[..3], Err(ChainFault::Truncated { expected: 4, found: 3 }));
        check(&[], Err(ChainFault::Truncated { expected: 4, found: 0 }));

        let mut head = Head::of_nothing(NODE);
        let mut rewritten = chain(5);
        for event in &mut rewritten {
            event.subject.push('!');
            event.before = head.hash;
            event.hash = chain_hash(event);
            head.hash = event.hash;
        }
        assert!(verify(NODE, &rewritten, None).is_ok(), "without a checkpoint a rewrite cannot be seen");
        check(&rewritten, Err(ChainFault::Rewritten { seq: 4 }));
        let mut foreign = chain(5);
        foreign[0].node = NodeId::from_bytes([8; 16]);
        check(&foreign, Err(ChainFault::Foreign { seq: 1 }));
    }

    /// Proves that a checkpoint reads back from its line and that other lines are refused.
    #[test]
    fn a_checkpoint_reads_back() {
        let point = Checkpoint { head: Head { node: NODE, seq: 4, hash: AuditHash([9; 32]) }, at: Instant(5) };
        assert_eq!(Checkpoint::from_line(&point.to_line()), Ok(point));
        for line in ["", "{}", "{\"node\":1}", &point.to_line().replace("0909", "09")] {
            assert_eq!(Checkpoint::from_line(line), Err(CheckpointError), "{line}");
        }
    }
}
