//! The catalog: what is known about cases, entries, objects and work, and the queue in the same database.
//!
//! Every implementation passes `tests/it/conformance/catalog.rs`. Invariants:
//! - one call is one transaction, durable when it returns (`synchronous=FULL` or its like). Leases and heartbeats alone
//!   may be lost with the machine, never with the process: whoever held them is gone then, and their jobs wait again;
//! - whatever changes something writes its audit event in the same transaction;
//! - clear columns hold random ids, states, sizes, times, kinds, reason codes and language tags: the stated leak.
//!   Everything else comes in sealed and goes out sealed; the catalog has no keys;
//! - calls about a leased job carry the lease; an outdated fencing token changes nothing ([`CatalogError::Fenced`]).

use crate::{
    audit::{Event, Head, StoredEvent},
    domain::{
        case::{CaseRow, CaseState, Gate},
        entry::{EntryRow, Outcome, Parts, Sealed},
        facts::{FileKind, Readable},
        ids::{ArrivalId, CaseId, EntryId, EpochId, Fingerprint, LinkId, ObjectId, PartKey, RulingId, UploadId},
        job::{Fate, Lease, OpenWork, Work},
        link::LinkRow,
        reason::{Reason, Severity},
        time::Instant,
        upload::{UploadRow, UploadState},
    },
};
use async_trait::async_trait;
use std::{collections::HashMap, path::Path, sync::Arc};

mod ruling;
pub mod sqlite;

pub use ruling::{NewRuling, RulingKind, RulingRow, Witness};

/// A fault of the catalog.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CatalogError {
    /// No such row.
    #[error("no such {0}")]
    Missing(&'static str),
    /// The lease was lost: somebody else works on this job now.
    #[error("the lease on this job was lost")]
    Fenced,
    /// The state does not allow this (an upload's offset has moved on, a case is closed).
    #[error("{0}")]
    Refused(&'static str),
    /// The case changed while this was computed: compute again.
    #[error("the case changed meanwhile")]
    Stale,
    /// No room: taking in stops, reading goes on.
    #[error("the catalog's disk is full")]
    Full,
    /// The world's: retried.
    #[error("the catalog failed while {act}: {detail}")]
    World {
        /// What was attempted.
        act: &'static str,
        /// What the database said; never row contents.
        detail: String,
    },
}

/// A result of the catalog.
pub type Result<T> = std::result::Result<T, CatalogError>;

/// What `receive` hands over: everything about an entry whose bytes are durable.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Random for what came by itself, derived from parent and ordinal for members.
    pub id: EntryId,
    /// Its case.
    pub case: CaseId,
    /// Its arrival.
    pub arrival: ArrivalId,
    /// The container it came out of.
    pub parent: Option<EntryId>,
    /// Its place there.
    pub ordinal: u64,
    /// Containers around it.
    pub depth: u32,
    /// Bytes of plaintext.
    pub bytes: u64,
    /// Recognised from its head.
    pub kind: FileKind,
    /// Sealed name, digest and claims.
    pub record: Sealed,
    /// Its bytes; `None` where none were handed over (a withheld member, a folder that is a medium) or where the
    /// fingerprint is known to be taken and nothing was sealed.
    pub object: Option<(ObjectId, Parts)>,
    /// Of its plaintext; `None` exactly where it has no bytes of its own.
    pub fingerprint: Option<Fingerprint>,
    /// What to do next; normally [`Work::Examine`].
    pub job: Option<Work>,
}

/// What became of a [`NewEntry`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Received {
    /// It is new. The bytes that came with it are now its object.
    New,
    /// The same bytes are in the case already under this entry; a delete job for the parts that came with it, if any,
    /// is in the same transaction. The row is filed at once as a duplicate.
    DuplicateOf(EntryId),
    /// An entry of this id is there already (a second run after a crash); a delete job for the parts that came with it
    /// is in the same transaction. A member that was withheld and comes with bytes now is [`Self::New`] or a duplicate.
    Known,
}

/// What `file` hands over: the outcome of an entry.
#[derive(Clone, Debug)]
pub struct Filing {
    /// The entry.
    pub entry: EntryId,
    /// Its kind, now certain.
    pub kind: FileKind,
    /// What became of it.
    pub outcome: Outcome,
    /// Can it be read?
    pub readable: Readable,
    /// Language tags.
    pub language: String,
    /// The entry it duplicates or conflicts with.
    pub twin: Option<EntryId>,
    /// Keyed hash of its SOP Instance UID.
    pub instance: Option<Fingerprint>,
    /// Sealed record: name, digest, facts, verdict.
    pub record: Sealed,
    /// Clear: code and severity of each finding.
    pub findings: Vec<(Reason, Severity)>,
    /// Its text, sealed as an object of its own.
    pub text: Option<(ObjectId, Parts)>,
    /// Drop its object (junk): the bytes' fingerprint is given up, a delete job is in the same transaction.
    pub drop_object: bool,
    /// More work about it: comparing instances, reading pixels.
    pub then: Vec<Work>,
    /// The sealed record that `record` was made from, where it is to replace that one and no newer one:
    /// [`CatalogError::Stale`] otherwise.
    pub changed_from: Option<Sealed>,
}

/// An arrival: one delivery through one inlet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArrivalRow {
    /// Its id.
    pub id: ArrivalId,
    /// Its case.
    pub case: CaseId,
    /// The link it came through.
    pub link: Option<LinkId>,
    /// Age payload with its `Origin`, to the case's recipient.
    pub origin: Sealed,
    /// When it began.
    pub at: Instant,
    /// Is the sender done?
    pub closed: bool,
}

/// The search index and gate of a case, as the catalog names them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IndexState {
    /// Sealed file list (names and which object each is).
    pub files: Sealed,
    /// The objects of the files, for verify and deletion.
    pub objects: Vec<(ObjectId, Parts)>,
    /// Entries filed up to this sequence are in the index.
    pub watermark: u64,
    /// Sealed overlay: findings about the case as a whole and missing rows.
    pub overlay: Sealed,
    /// The gate.
    pub gate: Gate,
    /// Clear: reason codes of the overlay's findings.
    pub findings: Vec<(Reason, Severity)>,
    /// Slow work that laying the case open asked for, enqueued with the rest; never read back.
    pub then: Vec<Work>,
}

/// An object that must be in the vault, for `verify` and the collector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedObject {
    /// Its id.
    pub object: ObjectId,
    /// Its case.
    pub case: CaseId,
    /// The entry whose bytes it holds, if any.
    pub entry: Option<EntryId>,
    /// Its parts.
    pub parts: Parts,
    /// Was it found damaged? It stays named, so that what is left of it can be looked at.
    pub damaged: bool,
}

/// An entry with what stands in the clear beside its record, all of one moment: for `verify`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its row.
    pub row: EntryRow,
    /// The keyed hash of its plaintext, unless it was given up or never counted.
    pub fingerprint: Option<Fingerprint>,
    /// The keyed hash of its SOP Instance UID.
    pub instance: Option<Fingerprint>,
    /// Was its object found damaged?
    pub damaged: bool,
    /// The findings of its latest verdict.
    pub findings: Vec<(Reason, Severity)>,
    /// Its first verdict, where there was a later one.
    pub first: Option<FirstVerdict>,
}

/// The first verdict of an entry that was judged again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstVerdict {
    /// What became of it then.
    pub outcome: Outcome,
    /// Its record as it was then.
    pub record: Sealed,
    /// The findings of that verdict.
    pub findings: Vec<(Reason, Severity)>,
}

/// What the examination of an entry begins with, all of the same moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Docket {
    /// The entry.
    pub entry: EntryRow,
    /// Its case.
    pub case: CaseRow,
    /// The parts of its bytes; none where it has no bytes.
    pub parts: Parts,
    /// Id and size of the outermost container, which is the entry itself unless it came out of one.
    pub root: (EntryId, u64),
    /// Passwords of the case, in the order in which they were supplied.
    pub passwords: Vec<Sealed>,
}

/// The catalog.
#[async_trait]
pub trait Catalog: Send + Sync {
    // Lives of processes
    /// Registers this process's epoch before it writes its first object.
    async fn begin_epoch(&self, epoch: EpochId, now: Instant) -> Result<()>;
    /// Ends every epoch but this one: called once the data folder's lock is held, so that no other process lives.
    async fn end_other_epochs(&self, epoch: EpochId, now: Instant) -> Result<Vec<EpochId>>;
    /// Epochs that have ended: the collector may look at their parts.
    async fn ended_epochs(&self) -> Result<Vec<EpochId>>;

    // Cases
    /// Opens a case.
    async fn open_case(&self, case: CaseRow, event: Event) -> Result<()>;
    /// Every case.
    async fn cases(&self) -> Result<Vec<CaseRow>>;
    /// One case.
    async fn case(&self, case: CaseId) -> Result<CaseRow>;
    /// Changes where a case stands.
    async fn set_case_state(&self, case: CaseId, state: CaseState, event: Event) -> Result<()>;

    // Links
    /// Makes an upload link.
    async fn add_link(&self, link: LinkRow, event: Event) -> Result<()>;
    /// The link of a token's hash, revoked and expired ones too.
    async fn link_by_token(&self, token_hash: [u8; 32]) -> Result<Option<LinkRow>>;
    /// Links of a case.
    async fn links(&self, case: CaseId) -> Result<Vec<LinkRow>>;
    /// Ends a link, and every upload that is open through it as [`Self::end_upload`] does: nobody can go on with them. Ending
    /// it again does the same for what a restored catalog may still have open.
    async fn revoke_link(&self, link: LinkId, event: Event) -> Result<()>;

    // Passwords
    /// Keeps a password that was supplied for documents of a case, and has those examined again that asked for one.
    async fn add_password(&self, case: CaseId, password: Sealed, event: Event) -> Result<()>;
    /// Passwords of a case, in the order in which they were supplied.
    async fn passwords(&self, case: CaseId) -> Result<Vec<Sealed>>;

    // Rulings: waivers and flags
    /// Keeps a ruling beside its audit event, whose place in the chain the row names, and has the gate look again.
    /// `Refused` where the case takes nothing more. One of this id that is there already changes nothing.
    async fn add_ruling(&self, ruling: NewRuling, event: Event) -> Result<()>;
    /// Takes a ruling back; the row stays and names this event too. Once is enough: again changes nothing.
    async fn end_ruling(&self, ruling: RulingId, event: Event) -> Result<()>;
    /// Rulings of a case in the order they were given, those taken back too.
    async fn rulings(&self, case: CaseId) -> Result<Vec<RulingRow>>;

    // Arrivals and uploads
    /// Begins an arrival.
    async fn open_arrival(&self, arrival: ArrivalRow, event: Event) -> Result<()>;
    /// Notes that the sender is done, or was given up, of which the event tells: a gate of the case that was put off need not
    /// wait for more. Once is enough: again changes nothing and appends no event.
    async fn close_arrival(&self, arrival: ArrivalId, event: Option<Event>) -> Result<()>;
    /// Puts what is sealed about an arrival anew: what could not be read of what it was given.
    async fn note_arrival(&self, arrival: ArrivalId, origin: Sealed) -> Result<()>;
    /// Arrivals without a link whose sender is not done, of one case or of all, in order of time.
    async fn unclosed_arrivals(&self, case: Option<CaseId>) -> Result<Vec<ArrivalRow>>;
    /// Arrivals of a case, in order of time.
    async fn arrivals(&self, case: CaseId) -> Result<Vec<ArrivalRow>>;
    /// Creates an upload; counts it against its link's open uploads and files.
    async fn create_upload(&self, upload: UploadRow, event: Event) -> Result<()>;
    /// An upload.
    async fn upload(&self, upload: UploadId) -> Result<UploadRow>;
    /// Uploads of a case, ended ones too.
    async fn uploads(&self, case: CaseId) -> Result<Vec<UploadRow>>;
    /// Adds a durable part that begins at `offset`, and pushes the expiry out. Refused where the offset has moved on:
    /// the caller then deletes its part.
    async fn append_part(
        &self,
        upload: UploadId,
        offset: u64,
        part: crate::domain::entry::Part,
        expires: Instant,
    ) -> Result<()>;
    /// Sets the length of a deferred upload.
    async fn set_upload_length(&self, upload: UploadId, length: u64) -> Result<()>;
    /// Ends an upload that did not become an entry; a delete job for its parts is in the same transaction, unless the
    /// case is held. Ending it the same way again changes nothing. What it counted against its link stays counted.
    async fn end_upload(&self, upload: UploadId, state: UploadState, event: Event) -> Result<()>;
    /// Open uploads whose time is over.
    async fn expired_uploads(&self, now: Instant) -> Result<Vec<UploadId>>;

    // Entries
    /// Commits an entry, its audit event and its job; with `upload`, also finishes that upload. The audit event's
    /// detail ends in [`crate::audit::header_mark`] of the parts.
    ///
    /// [`CatalogError::Stale`] where the entry came without bytes because its fingerprint was taken, and it no longer
    /// is: seal the bytes and call again. `Refused` where the case takes nothing.
    async fn receive(&self, entry: NewEntry, upload: Option<UploadId>, event: Event) -> Result<Received>;
    /// Does an entry of this id exist?
    async fn entry(&self, entry: EntryId) -> Result<Option<EntryRow>>;
    /// An entry with everything in the clear beside it, for `verify`.
    async fn account(&self, entry: EntryId) -> Result<Option<Account>>;
    /// Everything that examining this entry begins with.
    async fn docket(&self, entry: EntryId) -> Result<Option<Docket>>;
    /// Which entry holds these bytes, whole and in the case?
    async fn holder(&self, case: CaseId, fingerprint: Fingerprint) -> Result<Option<EntryId>>;
    /// Does the case hold something of this size?
    async fn holds_size(&self, case: CaseId, bytes: u64) -> Result<bool>;
    /// Entries of a case in the order they were received.
    async fn entries(&self, case: CaseId) -> Result<Vec<EntryRow>>;
    /// Entries of a case filed or filed again after the watermark, with the new watermark.
    async fn filed_since(&self, case: CaseId, watermark: u64) -> Result<(Vec<EntryRow>, u64)>;
    /// The first filed entries of the case with this instance, other than `except`, oldest first: at most
    /// [`INSTANCES_COMPARED_MAX`](crate::domain::limits::INSTANCES_COMPARED_MAX), duplicates left out, since they say
    /// what the entry they duplicate says.
    async fn instances(&self, case: CaseId, instance: Fingerprint, except: EntryId) -> Result<Vec<EntryId>>;
    /// Files an entry: row, findings, audit, further jobs and the case's gate job; ends the leased job. Filing again
    /// appends a verdict: the first and the latest are kept; without a text the one it has stays. Nothing of a held
    /// case is dropped, whatever `drop_object` says. [`CatalogError::Stale`] where the record moved on meanwhile; see
    /// [`Filing::changed_from`].
    async fn file(&self, filing: Filing, lease: &Lease, event: Event) -> Result<()>;
    /// Takes entries out of a case for good: rows, findings, rulings, jobs, and the index, which is to be built anew; delete
    /// jobs for their objects are in the same transaction. `Refused` where the case is held, where one of them is not filed, and
    /// where an entry that stays is a copy of one of them or came out of one.
    async fn leave(&self, case: CaseId, entries: Vec<EntryId>, event: Event) -> Result<()>;
    /// The object of an entry's bytes.
    async fn object(&self, object: ObjectId) -> Result<NamedObject>;
    /// The parts of the bytes of every entry of a case, by object.
    async fn parts_of_case(&self, case: CaseId) -> Result<HashMap<ObjectId, Parts>>;
    /// The object of an entry's text.
    async fn text_object(&self, entry: EntryId) -> Result<Option<ObjectId>>;
    /// The parts of the texts of these entries; those without a text are left out.
    async fn texts(&self, entries: Vec<EntryId>) -> Result<HashMap<EntryId, Parts>>;

    // Index and gate
    /// The index and gate of a case; the default where there is none yet.
    async fn index(&self, case: CaseId) -> Result<IndexState>;
    /// Sets index and gate in one transaction, deletes the objects of files no longer named, ends the leased job.
    /// [`CatalogError::Stale`] where the case's revision is not `state.gate.revision`.
    async fn commit_index(&self, case: CaseId, state: IndexState, lease: &Lease, event: Event) -> Result<()>;

    // Queue
    /// Enqueues work (coalesced by [`Work::coalesce_key`]).
    async fn enqueue(&self, case: Option<CaseId>, work: Work, not_before: Instant) -> Result<()>;
    /// Leases the oldest job that may run: not one beyond its expiries unless nothing else runs.
    async fn lease(&self, now: Instant, kinds: &[&'static str]) -> Result<Option<Lease>>;
    /// Pushes the end of a lease out.
    async fn heartbeat(&self, lease: &Lease, now: Instant) -> Result<()>;
    /// Ends a job that is done.
    async fn complete(&self, lease: &Lease) -> Result<()>;
    /// A job could not be done: it waits until `not_before`, or is stuck, as its fate says.
    async fn fail(&self, lease: &Lease, not_before: Instant, fate: Fate) -> Result<()>;
    /// Gives every lease back: called at start, when no other process lives, and at a graceful end. A lease of an
    /// earlier life counts as run out; one of this life does not.
    async fn release_leases(&self) -> Result<()>;
    /// Every job about a case: those that wait, run or were given up.
    async fn works(&self, case: CaseId) -> Result<Vec<Work>>;
    /// Open work of a case, or of all.
    async fn open_work(&self, case: Option<CaseId>) -> Result<OpenWork>;

    // Audit
    /// Appends an event by itself (a read, a refusal).
    async fn append_audit(&self, event: Event) -> Result<()>;
    /// Events from a sequence number on, at most `limit`.
    async fn audit(&self, from: u64, limit: u32) -> Result<Vec<StoredEvent>>;
    /// The head of the chain.
    async fn audit_head(&self) -> Result<Head>;

    // Upkeep
    /// Every object that is named, page by page: those after `after`.
    async fn named_objects(&self, after: Option<ObjectId>, limit: u32) -> Result<Vec<NamedObject>>;
    /// Is this part named by an object or an open upload?
    async fn names_part(&self, part: PartKey) -> Result<bool>;
    /// Marks an entry's object damaged: its fingerprint is given up, so that a replacement is taken.
    async fn mark_damaged(&self, object: ObjectId, event: Event) -> Result<()>;
    /// Writes a consistent copy of the catalog to a file that does not exist yet.
    async fn backup_to(&self, file: &Path) -> Result<()>;
    /// Opens a copy that [`Self::backup_to`] wrote, for reading: whatever would change it fails.
    async fn read_copy(&self, file: &Path) -> Result<Arc<dyn Catalog>>;
    /// The database's own check of itself; what it found wrong.
    async fn self_check(&self) -> Result<Vec<String>>;
}
