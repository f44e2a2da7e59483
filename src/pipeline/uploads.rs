//! Resumable uploads: bytes come in pieces over hours, are sealed in parts as they come, and become an entry at the end.
//!
//! The offset told to the sender is the end of the last durable part. No hash state is stored, since it would hold
//! plaintext: after a restart the hash is rebuilt by reading the sealed parts again. One budget bounds the memory of all
//! uploads together. Who finds it used up seals what it holds, gives that back and waits holding nothing, so that slow
//! senders neither starve good ones nor wait for each other; the socket is not read meanwhile.
//!
//! Longer than 500 lines because an upload and the piece being added to it hold one invariant together: what is told to
//! the sender is named in the catalog.

mod piece;

pub use piece::{Hold, Piece};

use super::{
    Stores, Trouble,
    door::{Arrival, Door},
    receive::{Intake, Receipt},
};
use crate::{
    audit::Act,
    catalog::CatalogError,
    domain::{
        entry::Parts,
        ids::{EntryId, LinkId, ObjectId, UploadId},
        job::Lease,
        limits::{PART_BYTES_MAX, UPLOAD_SESSIONS_MAX},
        origin::Actor,
        path::RawName,
        upload::{UploadRow, UploadState},
    },
    seal::{self, Place},
    vault::objects::ObjectError,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::Semaphore;

/// How long an upload may rest before it expires, in milliseconds: families on bad lines come back the next evening.
pub const UPLOAD_REST_MS: i64 = 7 * 24 * 3_600_000;

/// Bytes of memory that one permit of the budget stands for: small, so that a thousand slow senders with a few bytes
/// each take little of it.
const BUDGET_UNIT_BYTES: usize = 4 << 10;

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
    /// What its sender noted about it, word for word; given back when it asks.
    pub metadata: String,
    /// How long it may rest before it expires, in milliseconds; normally [`UPLOAD_REST_MS`].
    pub rest_ms: i64,
}

/// The sealed part of an upload's row.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct UploadRecord {
    /// Its name, with folders.
    pub name: RawName,
    /// What its sender noted about it, word for word.
    #[serde(default)]
    pub metadata: String,
    /// How long it may rest, in milliseconds.
    #[serde(default = "default_rest")]
    pub rest_ms: i64,
}

const fn default_rest() -> i64 {
    UPLOAD_REST_MS
}

/// Where an upload stands after a piece.
#[derive(Clone, Debug)]
pub enum Progress {
    /// More is to come from this offset on.
    Waiting(u64),
    /// It became an entry.
    Finished(Receipt),
}

/// A piece was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PieceError {
    /// Another piece of the same upload is under way.
    #[error("another piece of this upload is under way")]
    Busy,
    /// The upload stands at another offset: this one.
    #[error("the upload stands at offset {0}")]
    Moved(u64),
    /// It has ended in this way.
    #[error("this upload has ended")]
    Ended(UploadState),
    /// More bytes came than were announced.
    #[error("more bytes came than the upload has")]
    TooLong,
    /// It has come in more pieces than an object may have parts.
    #[error("the upload came in too many small pieces")]
    TooManyParts,
    /// Anything else.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<ObjectError> for PieceError {
    fn from(error: ObjectError) -> Self {
        Self::Trouble(error.into())
    }
}

impl From<CatalogError> for PieceError {
    fn from(error: CatalogError) -> Self {
        Self::Trouble(error.into())
    }
}

impl Uploads {
    /// Uploads through this door.
    pub fn new(door: Door) -> Self {
        let bytes = usize::try_from(door.stores().limits.upload_buffer_bytes_max).unwrap_or(usize::MAX);
        let units = (bytes / BUDGET_UNIT_BYTES).clamp(units(PART_BYTES_MAX as usize), Semaphore::MAX_PERMITS);
        Self { door, sessions: Mutex::default(), budget: Arc::new(Semaphore::new(units)) }
    }

    /// The door they go through.
    pub fn door(&self) -> &Door {
        &self.door
    }

    fn stores(&self) -> &Stores {
        self.door.stores()
    }

    /// Creates an upload.
    ///
    /// # Errors
    /// The catalog failed, or refuses (the case or link takes nothing more).
    pub async fn create(&self, new: NewUpload) -> Result<UploadRow, Trouble> {
        let id = UploadId::from_bytes(seal::random_bytes());
        let keys = self.stores().keys(new.arrival.case)?;
        let record = UploadRecord { name: new.name, metadata: new.metadata, rest_ms: new.rest_ms };
        let plain = serde_json::to_vec(&record).map_err(|e| Trouble::Refused(e.to_string()))?;
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
            expires: self.stores().clock.now().plus_ms(new.rest_ms),
            state: UploadState::Open,
        };
        let event = self.door.event(&new.arrival.actor, Act::UploadCreated, row.case, id.to_string());
        self.stores().catalog.create_upload(row.clone(), event).await?;
        Ok(row)
    }

    /// The upload of that id, if there is one and it came through this link.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn of_link(&self, upload: UploadId, link: LinkId) -> Result<Option<UploadRow>, Trouble> {
        match self.stores().catalog.upload(upload).await {
            Ok(row) => Ok(Some(row).filter(|row| row.link == Some(link))),
            Err(CatalogError::Missing(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Takes hold of an upload to add to it. Only one sender at a time may: a second is refused, not queued, so that
    /// two pieces never meet at one offset.
    ///
    /// # Errors
    /// [`PieceError::Busy`], `Moved`, `Ended`, `Trouble`.
    pub async fn piece(self: &Arc<Self>, upload: UploadId, offset: u64) -> Result<Piece, PieceError> {
        let guard = self.session(upload).try_lock_owned().map_err(|_| PieceError::Busy)?;
        let row = self.stores().catalog.upload(upload).await?;
        if row.state != UploadState::Open {
            self.forget(upload);
            return Err(PieceError::Ended(row.state));
        }
        if row.offset != offset {
            return Err(PieceError::Moved(row.offset));
        }
        let record = record_of(self.stores(), &row)?;
        Piece::begin(self.clone(), (guard, row), record).await
    }

    /// Ends an upload at its sender's wish; its parts are deleted.
    ///
    /// # Errors
    /// [`PieceError::Busy`] while a piece of it is under way; `Ended`; `Trouble`.
    pub async fn terminate(&self, upload: UploadId, actor: &Actor) -> Result<(), PieceError> {
        let guard = self.session(upload).try_lock_owned().map_err(|_| PieceError::Busy)?;
        let row = self.stores().catalog.upload(upload).await?;
        if row.state != UploadState::Open {
            self.forget(upload);
            return Err(PieceError::Ended(row.state));
        }
        let event = self.door.event(actor, Act::UploadEnded, row.case, upload.to_string());
        self.stores().catalog.end_upload(upload, UploadState::Terminated, event).await?;
        drop(guard);
        self.forget(upload);
        self.door.ring();
        Ok(())
    }

    fn session(&self, upload: UploadId) -> Arc<tokio::sync::Mutex<Option<Session>>> {
        let mut sessions = self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if sessions.len() >= UPLOAD_SESSIONS_MAX && !sessions.contains_key(&upload) {
            // Those that nobody holds are made anew when their sender comes back.
            sessions.retain(|_, session| Arc::strong_count(session) > 1);
        }
        sessions.entry(upload).or_default().clone()
    }

    fn forget(&self, upload: UploadId) {
        self.sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&upload);
    }
}

/// Where an upload's name stands in the catalog.
pub(crate) fn upload_place(upload: &UploadId) -> Place<'_> {
    Place { table: "uploads", row: upload.as_bytes(), field: "record" }
}

/// What is kept sealed about an upload.
///
/// # Errors
/// Its seal does not hold.
pub fn record_of(stores: &Stores, row: &UploadRow) -> Result<UploadRecord, Trouble> {
    let plain = stores.keys(row.case)?.open_record(upload_place(&row.id), &row.record)?;
    serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("upload {}", row.id)))
}

/// The name of an upload.
///
/// # Errors
/// Its seal does not hold.
pub fn name_of(stores: &Stores, row: &UploadRow) -> Result<RawName, Trouble> {
    Ok(record_of(stores, row)?.name)
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

const fn units(bytes: usize) -> usize {
    bytes.div_ceil(BUDGET_UNIT_BYTES)
}

fn permits(units: usize) -> u32 {
    u32::try_from(units).unwrap_or(u32::MAX)
}
