//! One piece of an upload: buffered up to a part, hashed, sealed and written while the next part fills up.

use super::{
    super::{Trouble, door::Arrival, receive::Slot},
    PieceError, Progress, Session, UploadRecord, Uploads, permits, units,
};
use crate::{
    domain::{entry::Part, limits::PART_BYTES_MAX, origin::Actor, path::RawName, upload::UploadRow},
    vault::objects::ObjectError,
};
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit};
use tokio_util::task::AbortOnDropHandle;

/// A sender that brings more than this at a time likely fills a part, for which room is then made once: growing step by
/// step would copy the bytes again and again. Slow senders hold what they brought.
const EAGER_BYTES: usize = 256 << 10;

/// When parts of a piece are named in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// As soon as each is durable.
    Name,
    /// Only when the whole piece was checked against a checksum.
    UntilChecked,
}

/// A piece being added to an upload. Dropped without [`Piece::end`], what was not named yet is left to the collector.
pub struct Piece {
    uploads: Arc<Uploads>,
    guard: OwnedMutexGuard<Option<Session>>,
    row: UploadRow,
    rest_ms: i64,
    buffer: Vec<u8>,
    /// The share of the budget that the buffer takes.
    held: Option<OwnedSemaphorePermit>,
    in_flight: Option<InFlight>,
    /// Durable parts that the catalog does not name yet.
    unnamed: Vec<Part>,
    hold: Hold,
}

/// A part that is being sealed and written while the next one fills up; it keeps its share of the budget meanwhile.
struct InFlight {
    bytes: u64,
    task: AbortOnDropHandle<Result<Part, ObjectError>>,
}

impl Piece {
    pub(super) async fn begin(
        uploads: Arc<Uploads>,
        (guard, row): (OwnedMutexGuard<Option<Session>>, UploadRow),
        record: UploadRecord,
    ) -> Result<Self, PieceError> {
        let mut piece = Self {
            uploads,
            guard,
            row,
            rest_ms: record.rest_ms,
            buffer: Vec::new(),
            held: None,
            in_flight: None,
            unnamed: Vec::new(),
            hold: Hold::Name,
        };
        piece.ready_session(record.name).await?;
        Ok(piece)
    }

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
    /// [`PieceError::TooLong`] and `TooManyParts` without taking any of these bytes; what came before can still be
    /// ended well. `Trouble` where the store failed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), PieceError> {
        let here = self.end_so_far() + bytes.len() as u64;
        if self.row.length.is_some_and(|length| here > length) {
            return Err(PieceError::TooLong);
        }
        let part_bytes = PART_BYTES_MAX as usize;
        let mut rest = bytes;
        while !rest.is_empty() {
            let fits = (part_bytes - self.buffer.len()).min(rest.len());
            self.afford(fits).await?;
            let fits = (part_bytes - self.buffer.len()).min(fits);
            if self.buffer.len() + fits > EAGER_BYTES {
                self.buffer.reserve_exact(part_bytes - self.buffer.len());
            }
            self.buffer.extend_from_slice(&rest[..fits]);
            rest = &rest[fits..];
            if self.buffer.len() == part_bytes {
                self.send().await?;
            }
        }
        Ok(())
    }

    /// Makes durable what has arrived so far, as a part of its own where need be: for senders that pause.
    ///
    /// # Errors
    /// The store failed.
    pub async fn flush(&mut self) -> Result<(), PieceError> {
        self.send().await?;
        self.settle().await
    }

    /// Ends the piece: what has arrived becomes durable, also where the sender went away early; the last piece makes
    /// the entry.
    ///
    /// # Errors
    /// The store failed: the sender asks for the offset and goes on from there.
    pub async fn end(mut self) -> Result<Progress, PieceError> {
        let complete = self.row.length == Some(self.end_so_far());
        self.send().await?;
        self.settle_bytes().await?;
        self.hold = Hold::Name;
        if !complete {
            self.name().await?;
            return Ok(Progress::Waiting(self.row.offset));
        }
        let mut parts = self.row.parts.clone();
        parts.0.append(&mut self.unnamed);
        let Some(session) = self.guard.take() else {
            return Err(PieceError::Ended(self.row.state));
        };
        let receipt = session.intake.finish_upload((self.row.object, parts), self.row.id).await?;
        self.uploads.forget(self.row.id);
        Ok(Progress::Finished(receipt))
    }

    /// Ends the upload here: its length is what has arrived. For senders whose end is the only word on their length.
    ///
    /// # Errors
    /// As for [`Self::end`].
    pub async fn end_here(mut self) -> Result<Progress, PieceError> {
        self.row.length = Some(self.end_so_far());
        self.end().await
    }

    /// Throws away what this piece brought: its checksum was wrong.
    pub async fn discard(mut self) {
        // The running hash has seen these bytes; it is rebuilt from the parts when the sender tries again.
        *self.guard = None;
        let written = match self.in_flight.take() {
            Some(in_flight) => in_flight.task.await.ok().and_then(Result::ok),
            None => None,
        };
        for part in self.unnamed.drain(..).chain(written) {
            // A part that stays is an orphan and goes with its epoch.
            let _ = self.uploads.stores().objects.vault().delete(part.key).await;
        }
    }

    /// Where the upload would stand if everything that arrived were durable.
    pub fn end_so_far(&self) -> u64 {
        let unnamed: u64 = self.unnamed.iter().map(|part| part.plain_bytes).sum();
        let in_flight = self.in_flight.as_ref().map_or(0, |in_flight| in_flight.bytes);
        self.row.offset + unnamed + in_flight + self.buffer.len() as u64
    }

    /// Takes a share of the budget for so many more bytes in the buffer. Where there is none left, what is held is
    /// sealed and given back before waiting.
    async fn afford(&mut self, more: usize) -> Result<(), PieceError> {
        let stopped = |_| PieceError::Trouble(Trouble::Refused("the daemon is stopping".to_owned()));
        let budget = self.uploads.budget.clone();
        let have = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let need = units(self.buffer.len() + more).saturating_sub(have);
        if need == 0 {
            return Ok(());
        }
        let got = match budget.clone().try_acquire_many_owned(permits(need)) {
            Ok(got) => got,
            Err(_) => {
                self.flush().await?;
                let need = units(more);
                budget.acquire_many_owned(permits(need)).await.map_err(stopped)?
            }
        };
        match &mut self.held {
            Some(held) => held.merge(got),
            None => self.held = Some(got),
        }
        Ok(())
    }

    /// Hashes what is in the buffer and sends it off to be sealed and written; waits for the part before it.
    async fn send(&mut self) -> Result<(), PieceError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let stores = self.uploads.stores();
        let parts = self.row.parts.0.len() + self.unnamed.len() + usize::from(self.in_flight.is_some());
        if parts >= stores.limits.object_parts_max as usize {
            return Err(PieceError::TooManyParts);
        }
        let recipient = stores.keys(self.row.case)?.recipient();
        let (plain, held) = (std::mem::take(&mut self.buffer), self.held.take());
        let plain = self.hash(plain).await?;
        self.settle().await?;
        let (objects, bytes) = (self.uploads.stores().objects.clone(), plain.len() as u64);
        let task = tokio::spawn(async move {
            let part = objects.write_part(recipient, plain).await;
            drop(held);
            part
        });
        self.in_flight = Some(InFlight { bytes, task: AbortOnDropHandle::new(task) });
        Ok(())
    }

    /// Takes bytes into the running hash, off the threads that serve sockets.
    async fn hash(&mut self, plain: Vec<u8>) -> Result<Vec<u8>, PieceError> {
        let Some(mut session) = self.guard.take() else {
            return Err(PieceError::Ended(self.row.state));
        };
        let work = tokio::task::spawn_blocking(move || {
            session.intake.note(&plain);
            session.offset += plain.len() as u64;
            (session, plain)
        });
        let (session, plain) =
            work.await.map_err(|e| Trouble::Retry { act: "hashing a piece of an upload", cause: e.to_string() })?;
        *self.guard = Some(session);
        Ok(plain)
    }

    /// Waits for the part on its way, and names what is durable unless it is held back.
    async fn settle(&mut self) -> Result<(), PieceError> {
        self.settle_bytes().await?;
        if self.hold == Hold::Name { self.name().await } else { Ok(()) }
    }

    async fn settle_bytes(&mut self) -> Result<(), PieceError> {
        let Some(in_flight) = self.in_flight.take() else { return Ok(()) };
        let part = in_flight.task.await.unwrap_or(Err(ObjectError::Stopped));
        if part.is_err() {
            // The running hash has seen bytes that are not there: it is rebuilt from the parts next time.
            *self.guard = None;
        }
        self.unnamed.push(part?);
        Ok(())
    }

    async fn name(&mut self) -> Result<(), PieceError> {
        let stores = self.uploads.stores();
        for part in std::mem::take(&mut self.unnamed) {
            let expires = stores.clock.now().plus_ms(self.rest_ms);
            fail::fail_point!("upload.part.written");
            if let Err(error) = stores.catalog.append_part(self.row.id, self.row.offset, part, expires).await {
                *self.guard = None;
                return Err(error.into());
            }
            fail::fail_point!("upload.part.committed");
            self.row.offset += part.plain_bytes;
            self.row.expires = expires;
            self.row.parts.0.push(part);
        }
        Ok(())
    }

    /// Makes sure that the running hash stands at the upload's offset, reading the sealed parts again where it does not.
    async fn ready_session(&mut self, name: RawName) -> Result<(), Trouble> {
        if self.guard.as_ref().is_some_and(|session| session.offset == self.row.offset) {
            return Ok(());
        }
        let stores = self.uploads.stores();
        let keys = stores.keys(self.row.case)?;
        let actor = self.row.link.map_or(Actor::Daemon, Actor::Link);
        let slot = Slot {
            id: self.row.entry,
            arrival: Arrival { id: self.row.arrival, case: self.row.case, actor },
            parent: None,
            ordinal: 0,
            depth: 0,
            name,
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
