//! Resumable uploads: bytes come in pieces over hours, are sealed in parts as they come, and become an entry at the end.
//!
//! The offset told to the sender is the end of the last durable part. No hash state is stored, since it would hold
//! plaintext: after a restart the hash is rebuilt by reading the sealed parts again. One budget bounds the memory of all
//! uploads together; who finds it used up waits, and the socket is not read meanwhile.

use super::{
    Stores, Trouble,
    door::{Arrival, Door},
    receive::{Intake, Receipt, Slot},
};
use crate::{
    audit::Act,
    catalog::{CatalogError, UploadRow, UploadState},
    domain::{
        entry::{Part, Parts},
        ids::{EntryId, LinkId, ObjectId, UploadId},
        job::Lease,
        limits::PART_BYTES_MAX,
        origin::Actor,
        path::RawName,
    },
    seal::{self, Place},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::{OwnedMutexGuard, Semaphore};

/// How long an upload may rest before it expires, in milliseconds: families on bad lines come back the next evening.
pub const UPLOAD_REST_MS: i64 = 7 * 24 * 3_600_000;

/// Uploads under way.
pub struct Uploads {
    door: Door,
    sessions: Mutex<HashMap<UploadId, Arc<tokio::sync::Mutex<Option<Session>>>>>,
    budget: Arc<Semaphore>,
}

/// What is kept in memory about an upload between two pieces: its running hash. It can always be made anew.
struct Session {
    intake: Intake,
    offset: u64,
}

/// What is asked for when an upload is created.
pub struct NewUpload {
    /// Where it belongs.
    pub arrival: Arrival,
    /// The link it comes through.
    pub link: Option<LinkId>,
    /// Its name, with folders.
    pub name: RawName,
    /// Its length; `None` while the sender does not know it.
    pub length: Option<u64>,
}

/// The sealed part of an upload's row.
#[derive(serde::Serialize, serde::Deserialize)]
struct UploadRecord {
    name: RawName,
}

/// Where an upload stands after a piece.
#[derive(Clone, Debug)]
pub enum Progress {
    /// More is to come from this offset on.
    Waiting(u64),
    /// It became an entry.
    Finished(Receipt),
}

impl Uploads {
    /// Uploads through this door.
    pub fn new(door: Door) -> Self {
        let parts = door.stores().limits.upload_buffer_bytes_max / PART_BYTES_MAX;
        let permits = usize::try_from(parts).unwrap_or(1).max(1);
        Self { door, sessions: Mutex::default(), budget: Arc::new(Semaphore::new(permits)) }
    }

    fn stores(&self) -> &Stores {
        self.door.stores()
    }

    /// Creates an upload.
    ///
    /// # Errors
    /// The catalog failed, or refuses (quota).
    pub async fn create(&self, new: NewUpload) -> Result<UploadRow, Trouble> {
        let id = UploadId::from_bytes(seal::random_bytes());
        let keys = self.stores().keys(new.arrival.case)?;
        let plain =
            serde_json::to_vec(&UploadRecord { name: new.name }).map_err(|e| Trouble::Refused(e.to_string()))?;
        let row = UploadRow {
            id,
            entry: EntryId::from_bytes(seal::random_bytes()),
            link: new.link,
            case: new.arrival.case,
            arrival: new.arrival.id,
            length: new.length,
            offset: 0,
            object: ObjectId::from_bytes(seal::random_bytes()),
            parts: Parts::default(),
            record: keys.seal_record(upload_place(&id), &plain),
            expires: self.stores().clock.now().plus_ms(UPLOAD_REST_MS),
            state: UploadState::Open,
        };
        let event = self.door.event(&new.arrival.actor, Act::UploadCreated, row.case, id.to_string());
        self.stores().catalog.create_upload(row.clone(), event).await?;
        Ok(row)
    }

    /// Takes hold of an upload to add to it. Only one sender at a time may: a second is refused, not queued, so that
    /// two pieces never meet at one offset.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where another piece is under way or the offset is not where the upload stands.
    pub async fn piece(&self, upload: UploadId, offset: u64) -> Result<Piece<'_>, Trouble> {
        let slot = {
            let mut sessions = self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            sessions.entry(upload).or_default().clone()
        };
        let guard = slot.try_lock_owned().map_err(|_| Trouble::Refused(BUSY.to_owned()))?;
        let row = self.stores().catalog.upload(upload).await?;
        if row.state != UploadState::Open {
            return Err(Trouble::Refused(ENDED.to_owned()));
        }
        if row.offset != offset {
            return Err(Trouble::Refused(MOVED.to_owned()));
        }
        let permit = self.budget.clone().acquire_owned().await;
        let permit = permit.map_err(|_| Trouble::Refused("the daemon is stopping".to_owned()))?;
        let mut piece = Piece {
            uploads: self,
            guard,
            row,
            buffer: Vec::new(),
            unnamed: Vec::new(),
            hold: Hold::Name,
            _permit: permit,
        };
        piece.ready_session().await?;
        Ok(piece)
    }

    /// Ends an upload at its sender's wish; its parts are deleted.
    ///
    /// # Errors
    /// The catalog failed, or it has ended already.
    pub async fn terminate(&self, upload: UploadId, actor: &Actor) -> Result<(), Trouble> {
        let row = self.stores().catalog.upload(upload).await?;
        let event = self.door.event(actor, Act::UploadEnded, row.case, upload.to_string());
        self.stores().catalog.end_upload(upload, UploadState::Terminated, event).await?;
        self.forget(upload);
        self.door.ring();
        Ok(())
    }

    fn forget(&self, upload: UploadId) {
        self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&upload);
    }
}

/// Said where another piece of the same upload is under way.
pub const BUSY: &str = "another piece of this upload is under way";
/// Said where the offset is not where the upload stands.
pub const MOVED: &str = "the upload stands at another offset";
/// Said where the upload has ended.
pub const ENDED: &str = "this upload has ended";

/// When parts of a piece are named in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// As soon as each is durable.
    Name,
    /// Only when the whole piece was checked against a checksum.
    UntilChecked,
}

/// A piece being added to an upload. Dropped without [`Piece::end`], what was not named yet is left to the collector.
pub struct Piece<'a> {
    uploads: &'a Uploads,
    guard: OwnedMutexGuard<Option<Session>>,
    row: UploadRow,
    buffer: Vec<u8>,
    /// Durable parts that the catalog does not name yet.
    unnamed: Vec<Part>,
    hold: Hold,
    _permit: tokio::sync::OwnedSemaphorePermit,
}

impl Piece<'_> {
    /// Holds back the naming of parts until a checksum has been compared.
    pub fn hold(&mut self, hold: Hold) {
        self.hold = hold;
    }

    /// The upload as it stood when the piece began, with the parts that were named since.
    pub fn row(&self) -> &UploadRow {
        &self.row
    }

    /// Sets the length of an upload that was created without one.
    ///
    /// # Errors
    /// The catalog failed or refuses.
    pub async fn set_length(&mut self, length: u64) -> Result<(), Trouble> {
        self.uploads.stores().catalog.set_upload_length(self.row.id, length).await?;
        self.row.length = Some(length);
        Ok(())
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// More came than was announced, or the store failed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let here = self.end_so_far() + bytes.len() as u64;
        if self.row.length.is_some_and(|length| here > length) {
            return Err(Trouble::Refused("more bytes came than the upload has".to_owned()));
        }
        let part_bytes = usize::try_from(PART_BYTES_MAX).unwrap_or(usize::MAX);
        let mut rest = bytes;
        while !rest.is_empty() {
            let fits = (part_bytes - self.buffer.len()).min(rest.len());
            self.buffer.extend_from_slice(&rest[..fits]);
            rest = &rest[fits..];
            if self.buffer.len() == part_bytes {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Ends the piece: what has arrived becomes durable, also where the sender went away early; the last piece makes
    /// the entry.
    ///
    /// # Errors
    /// The store failed: the sender asks for the offset and goes on from there.
    pub async fn end(mut self) -> Result<Progress, Trouble> {
        self.hold = Hold::Name;
        let complete = self.row.length == Some(self.end_so_far());
        if !complete {
            self.flush().await?;
            self.name().await?;
            return Ok(Progress::Waiting(self.row.offset));
        }
        self.seal_buffer().await?;
        let mut parts = self.row.parts.clone();
        parts.0.append(&mut self.unnamed);
        let Some(session) = self.guard.take() else {
            return Err(Trouble::Refused(ENDED.to_owned()));
        };
        let receipt = session.intake.finish_upload((self.row.object, parts), self.row.id).await?;
        self.uploads.forget(self.row.id);
        Ok(Progress::Finished(receipt))
    }

    /// Throws away what this piece brought: its checksum was wrong.
    pub async fn discard(mut self) {
        // The running hash has seen these bytes; it is rebuilt from the parts when the sender tries again.
        *self.guard = None;
        for part in self.unnamed.drain(..) {
            // A part that stays is an orphan and goes with its epoch.
            let _ = self.uploads.stores().objects.vault().delete(part.key).await;
        }
    }

    fn end_so_far(&self) -> u64 {
        let unnamed: u64 = self.unnamed.iter().map(|part| part.plain_bytes).sum();
        self.row.offset + unnamed + self.buffer.len() as u64
    }

    async fn flush(&mut self) -> Result<(), Trouble> {
        self.seal_buffer().await?;
        if self.hold == Hold::Name { self.name().await } else { Ok(()) }
    }

    async fn seal_buffer(&mut self) -> Result<(), Trouble> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let stores = self.uploads.stores();
        let keys = stores.keys(self.row.case)?;
        let plain = std::mem::take(&mut self.buffer);
        if let Some(session) = self.guard.as_mut() {
            session.intake.note(&plain);
            session.offset += plain.len() as u64;
        }
        let part = stores.objects.write_part(keys.recipient(), plain).await;
        if part.is_err() {
            *self.guard = None;
        }
        self.unnamed.push(part?);
        Ok(())
    }

    async fn name(&mut self) -> Result<(), Trouble> {
        let stores = self.uploads.stores();
        for part in std::mem::take(&mut self.unnamed) {
            let expires = stores.clock.now().plus_ms(UPLOAD_REST_MS);
            fail::fail_point!("upload.part");
            if let Err(error) = stores.catalog.append_part(self.row.id, self.row.offset, part, expires).await {
                *self.guard = None;
                return Err(error.into());
            }
            self.row.offset += part.plain_bytes;
            self.row.parts.0.push(part);
        }
        Ok(())
    }

    /// Makes sure that the running hash stands at the upload's offset, reading the sealed parts again where it does not.
    async fn ready_session(&mut self) -> Result<(), Trouble> {
        if self.guard.as_ref().is_some_and(|session| session.offset == self.row.offset) {
            return Ok(());
        }
        let stores = self.uploads.stores();
        let keys = stores.keys(self.row.case)?;
        let plain = keys.open_record(upload_place(&self.row.id), &self.row.record)?;
        let record: UploadRecord =
            serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("upload {}", self.row.id)))?;
        let actor = self.row.link.map_or(Actor::Daemon, Actor::Link);
        let slot = Slot {
            id: self.row.entry,
            arrival: Arrival { id: self.row.arrival, case: self.row.case, actor },
            parent: None,
            ordinal: 0,
            depth: 0,
            name: record.name,
            claims: Vec::new(),
        };
        let mut intake = self.uploads.door.open_slot(slot)?;
        let reader = stores.objects.reader(keys, self.row.parts.clone());
        let mut offset = 0;
        while offset < self.row.offset {
            let piece = reader.read(offset, 1 << 20).await?;
            if piece.is_empty() {
                return Err(Trouble::Damaged(format!("upload {}", self.row.id)));
            }
            offset += piece.len() as u64;
            intake.note(&piece);
        }
        *self.guard = Some(Session { intake, offset });
        Ok(())
    }
}

/// Where an upload's name stands in the catalog.
pub(crate) fn upload_place(upload: &UploadId) -> Place<'_> {
    Place { table: "uploads", row: upload.as_bytes(), field: "record" }
}

/// The name of an upload.
///
/// # Errors
/// Its seal does not hold.
pub fn name_of(stores: &Stores, row: &UploadRow) -> Result<RawName, Trouble> {
    let plain = stores.keys(row.case)?.open_record(upload_place(&row.id), &row.record)?;
    let record: UploadRecord =
        serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("upload {}", row.id)))?;
    Ok(record.name)
}

/// Ends an upload whose time is over, and the job.
///
/// # Errors
/// The catalog failed.
pub async fn expire(door: &Door, upload: UploadId, lease: &Lease) -> Result<(), Trouble> {
    let catalog = &door.stores().catalog;
    let row = catalog.upload(upload).await?;
    if row.state == UploadState::Open && row.expires <= door.stores().clock.now() {
        let event = door.event(&Actor::Daemon, Act::UploadEnded, row.case, upload.to_string());
        match catalog.end_upload(upload, UploadState::Expired, event).await {
            Ok(()) | Err(CatalogError::Refused(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(catalog.complete(lease).await?)
}
