//! Receiving: one pass over the bytes; hash, seal, write durably, commit, and only then a receipt.
//!
//! Entries up to [`MEMORY_BYTES_MAX`] are hashed in memory first and sealed only if new. Larger ones are sealed as they
//! come, unless their source can be read twice and the case holds something of that size: then [`super::door::Door`]'s
//! caller hashes them in a first read ([`Intake::known`]). What is written is already the final object: no plaintext
//! spool, no second copy. Bytes that turn out to be a duplicate lose in the catalog's transaction, which also enqueues
//! the deletion of their parts.

mod first_read;
mod source;

pub use first_read::FirstRead;

use super::{
    Trouble,
    door::{Arrival, Door},
    encode_record, record_place,
};
use crate::{
    audit::Act,
    catalog::{CatalogError, NewEntry, Received},
    domain::{
        entry::{EntryRecord, Parts},
        facts::{FileKind, Observation},
        ids::{EntryId, Fingerprint, ObjectId, PlainDigest, UploadId},
        job::Work,
        limits::SNIFF_BYTES_MAX,
        path::RawName,
    },
    kinds::{self, Probe},
    seal::{CaseKeys, Digester},
    vault::objects::ObjectWriter,
};
use std::sync::Arc;

/// Entries up to this many bytes are hashed before they are sealed: a duplicate then costs no sealing and no write.
pub const MEMORY_BYTES_MAX: usize = 8 << 20;

/// The place an entry will have.
#[derive(Clone)]
pub struct Slot {
    /// Its id.
    pub id: EntryId,
    /// Its arrival.
    pub arrival: Arrival,
    /// The container it comes out of.
    pub parent: Option<EntryId>,
    /// Its place there.
    pub ordinal: u64,
    /// Containers around it.
    pub depth: u32,
    /// Its name as it came.
    pub name: RawName,
    /// What its container says about it.
    pub claims: Vec<Observation>,
}

/// Proof that an entry is durable and in the catalog.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The entry.
    pub entry: EntryId,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of its plaintext, unless it has none: for the sender alone, never for a log.
    pub sha256: Option<PlainDigest>,
    /// New, a duplicate, or known from an earlier run.
    pub received: Received,
}

/// An entry being received.
pub struct Intake {
    door: Door,
    keys: Arc<CaseKeys>,
    slot: Slot,
    digest: Digester,
    /// The beginning of bytes that are in memory no more.
    head: Vec<u8>,
    bytes: u64,
    /// Bytes in memory: all of them while there is no writer, else those that it does not have yet.
    memory: Vec<u8>,
    writer: Option<Box<ObjectWriter>>,
    upload: Option<UploadId>,
}

impl Intake {
    pub(super) fn new(door: Door, slot: Slot) -> Result<Self, Trouble> {
        let keys = door.stores().keys(slot.arrival.case)?;
        let (digest, head, memory) = (Digester::new(), Vec::new(), Vec::new());
        Ok(Self { door, keys, slot, digest, head, bytes: 0, memory, writer: None, upload: None })
    }

    /// Says how many bytes are announced, so that memory is asked for once. A claim: no more than one part is believed.
    pub fn expect(&mut self, bytes: u64) {
        let believed = usize::try_from(bytes).unwrap_or(usize::MAX).min(MEMORY_BYTES_MAX);
        // One byte more is room to see the end of a source that is read.
        self.memory.reserve_exact(believed + 1);
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The store failed; the intake is of no more use.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        if self.writer.is_none() && self.memory.len() + bytes.len() <= MEMORY_BYTES_MAX {
            self.count(bytes);
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        self.keep_head();
        self.note(bytes);
        Ok(self.hand_over().await?.push(bytes).await?)
    }

    /// Keeps the beginning of bytes that leave memory.
    fn keep_head(&mut self) {
        let head = beginning(&self.memory);
        if self.writer.is_none() && self.head.len() < head.len() {
            self.head = head.to_vec();
        }
    }

    /// Hands what is in memory to the writer, which is made where there is none yet.
    async fn hand_over(&mut self) -> Result<&mut ObjectWriter, Trouble> {
        self.keep_head();
        let new = || Box::new(self.door.stores().objects.writer(self.keys.recipient()));
        let writer = self.writer.get_or_insert_with(new);
        writer.push_whole(std::mem::take(&mut self.memory)).await?;
        Ok(writer)
    }

    /// Adds what the container says about these bytes.
    pub fn claim(&mut self, observation: Observation) {
        self.slot.claims.push(observation);
    }

    /// Ends the entry: seals what is new, commits, and gives the receipt.
    ///
    /// # Errors
    /// The store or catalog failed: nothing was acknowledged, nothing is half there.
    pub async fn finish(mut self) -> Result<Receipt, Trouble> {
        if self.writer.is_some() {
            self.hand_over().await?;
        }
        let sha256 = self.digest.finish();
        let head = if self.writer.is_some() { &self.head } else { beginning(&self.memory) };
        let kind = recognised(head, self.bytes, &self.slot.name);
        let fingerprint = counts_as_duplicate(kind, self.bytes).then(|| self.keys.fingerprint(&sha256));
        let known = Known { sha256: Some(sha256), kind, fingerprint, upload: self.upload };
        let object = match self.writer {
            Some(writer) => Some(writer.finish().await?),
            None if self.bytes == 0 => None,
            None => {
                let sealing = Sealing { door: &self.door, keys: &self.keys, memory: self.memory };
                return sealing.commit(self.slot, known).await;
            }
        };
        let entry = new_entry(&self.keys, &self.slot, &known, self.bytes, object)?;
        commit(&self.door, &self.slot.arrival, entry, known).await
    }

    /// Ends an upload whose parts are durable already.
    pub(super) async fn finish_upload(self, parts: (ObjectId, Parts), upload: UploadId) -> Result<Receipt, Trouble> {
        let sha256 = self.digest.finish();
        let kind = recognised(&self.head, self.bytes, &self.slot.name);
        let fingerprint = counts_as_duplicate(kind, self.bytes).then(|| self.keys.fingerprint(&sha256));
        let known = Known { sha256: Some(sha256), kind, fingerprint, upload: Some(upload) };
        let object = (self.bytes > 0).then_some(parts);
        let entry = new_entry(&self.keys, &self.slot, &known, self.bytes, object)?;
        commit(&self.door, &self.slot.arrival, entry, known).await
    }

    /// Counts and hashes bytes without keeping them: parts of an upload are durable by another way.
    pub(super) fn note(&mut self, bytes: &[u8]) {
        self.count(bytes);
        if self.head.len() < SNIFF_BYTES_MAX {
            let wanted = (SNIFF_BYTES_MAX - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..wanted]);
        }
    }

    /// Counts and hashes bytes that are kept.
    fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.update(bytes);
    }

    /// Ends a large entry that a first read found to be in the case already: provenance is kept, nothing is sealed.
    /// `None` where the case does not hold these bytes.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn known(&self, read: FirstRead) -> Result<Option<Receipt>, Trouble> {
        let FirstRead { sha256, bytes, head } = read;
        let kind = recognised(&head, bytes, &self.slot.name);
        if !counts_as_duplicate(kind, bytes) {
            return Ok(None);
        }
        let fingerprint = self.keys.fingerprint(&sha256);
        let catalog = &self.door.stores().catalog;
        if catalog.holder(self.slot.arrival.case, fingerprint).await?.is_none() {
            return Ok(None);
        }
        let known = Known { sha256: Some(sha256), kind, fingerprint: Some(fingerprint), upload: None };
        let entry = new_entry(&self.keys, &self.slot, &known, bytes, None)?;
        match commit(&self.door, &self.slot.arrival, entry, known).await {
            Ok(receipt) => Ok(Some(receipt)),
            Err(Trouble::Stale) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Lists the entry without bytes.
    pub(super) async fn withhold(mut self, why: Observation) -> Result<Receipt, Trouble> {
        self.slot.claims.push(why);
        let nothing = Known { sha256: None, kind: FileKind::Unknown, fingerprint: None, upload: None };
        let entry = new_entry(&self.keys, &self.slot, &nothing, 0, None)?;
        commit(&self.door, &self.slot.arrival, entry, nothing).await
    }
}

/// What is known about the bytes when they are complete.
#[derive(Clone, Copy)]
struct Known {
    sha256: Option<PlainDigest>,
    kind: FileKind,
    fingerprint: Option<Fingerprint>,
    upload: Option<UploadId>,
}

/// An entry that is in memory as a whole.
struct Sealing<'a> {
    door: &'a Door,
    keys: &'a CaseKeys,
    memory: Vec<u8>,
}

impl Sealing<'_> {
    /// Commits, sealing only where the case does not hold these bytes.
    async fn commit(self, slot: Slot, known: Known) -> Result<Receipt, Trouble> {
        let stores = self.door.stores();
        let bytes = self.memory.len() as u64;
        if let Some(fingerprint) = known.fingerprint
            && stores.catalog.holder(slot.arrival.case, fingerprint).await?.is_some()
        {
            let entry = new_entry(self.keys, &slot, &known, bytes, None)?;
            match commit(self.door, &slot.arrival, entry, known).await {
                // The holder gave its bytes up between the question and the commit: seal these.
                Err(Trouble::Stale) => {}
                done => return done,
            }
        }
        let object = stores.objects.write(&self.keys.recipient(), self.memory).await?;
        fail::fail_point!("receive.written");
        let entry = new_entry(self.keys, &slot, &known, bytes, Some(object))?;
        commit(self.door, &slot.arrival, entry, known).await
    }
}

/// What recognition may look at.
fn beginning(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(SNIFF_BYTES_MAX)]
}

fn recognised(head: &[u8], bytes: u64, name: &RawName) -> FileKind {
    if bytes == 0 {
        return FileKind::Empty;
    }
    kinds::recognise(&Probe { head, bytes, name }).map_or(FileKind::Unknown, |kind| kind.file_kind())
}

/// Junk gives its bytes up when it is filed, and nothing is a duplicate of nothing: for these, whether a second one is
/// called a duplicate would hang on the order of jobs.
fn counts_as_duplicate(kind: FileKind, bytes: u64) -> bool {
    bytes > 0 && !matches!(kind, FileKind::SystemJunk | FileKind::Executable)
}

fn new_entry(
    keys: &CaseKeys,
    slot: &Slot,
    known: &Known,
    bytes: u64,
    object: Option<(ObjectId, Parts)>,
) -> Result<NewEntry, Trouble> {
    let record = EntryRecord {
        name: slot.name.clone(),
        sha256: known.sha256,
        claims: slot.claims.clone(),
        facts: None,
        verdict: None,
        pixels: None,
        reading: None,
    };
    Ok(NewEntry {
        id: slot.id,
        case: slot.arrival.case,
        arrival: slot.arrival.id,
        parent: slot.parent,
        ordinal: slot.ordinal,
        depth: slot.depth,
        bytes,
        kind: known.kind,
        record: keys.seal_record(record_place(&slot.id), &encode_record(&record)?),
        object,
        fingerprint: known.fingerprint,
        job: Some(Work::Examine(slot.id)),
    })
}

async fn commit(door: &Door, arrival: &Arrival, entry: NewEntry, known: Known) -> Result<Receipt, Trouble> {
    let (id, bytes, parent) = (entry.id, entry.bytes, entry.parent);
    let mut event = door.event(&arrival.actor, Act::EntryReceived, arrival.case, id.to_string());
    // Where a container leaves the case, its members go with it: the trail has to know which they were.
    event.detail = parent.map_or_else(|| format!("{bytes} bytes"), |parent| format!("{bytes} bytes in {parent}"));
    let received = match door.stores().catalog.receive(entry, known.upload, event).await {
        Err(CatalogError::Stale) => return Err(Trouble::Stale),
        other => other?,
    };
    fail::fail_point!("receive.committed");
    let word = match received {
        Received::New => "new",
        Received::DuplicateOf(_) => "duplicate",
        Received::Known => "known",
    };
    metrics::counter!("casegate_entries_received_total", "received" => word).increment(1);
    metrics::counter!("casegate_bytes_received_total").increment(bytes);
    door.ring();
    Ok(Receipt { entry: id, bytes, sha256: known.sha256, received })
}
