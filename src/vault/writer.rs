//! Writing an object whose bytes come piece by piece.
//!
//! Memory is bounded: one part that fills up and two that are being sealed and written. Parts are durable before
//! `finish` returns their list; what was written and not finished is left to the collector.

use super::objects::{ObjectError, Objects};
use crate::{
    domain::{
        entry::{Part, Parts},
        ids::ObjectId,
        limits::PART_BYTES_MAX,
    },
    seal::{CaseRecipient, random_bytes},
};
use std::collections::VecDeque;
use tokio_util::task::AbortOnDropHandle;

/// Parts being sealed and written while the next fills up: enough to hide an `fsync` behind sealing.
const PARTS_IN_FLIGHT_MAX: usize = 2;

/// An object that is being written. Dropping it leaves its parts to the collector.
pub struct ObjectWriter {
    objects: Objects,
    recipient: CaseRecipient,
    object: ObjectId,
    filling: Vec<u8>,
    in_flight: VecDeque<AbortOnDropHandle<Result<Part, ObjectError>>>,
    begun: u32,
    done: Vec<Part>,
}

impl ObjectWriter {
    pub(super) fn new(objects: Objects, recipient: CaseRecipient) -> Self {
        Self {
            objects,
            recipient,
            object: ObjectId::from_bytes(random_bytes()),
            filling: Vec::new(),
            in_flight: VecDeque::new(),
            begun: 0,
            done: Vec::new(),
        }
    }

    /// Takes the next bytes; waits where two parts are on their way already.
    ///
    /// # Errors
    /// [`ObjectError::TooLong`], [`ObjectError::Vault`], also of parts taken before. The object is lost then: drop it.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<(), ObjectError> {
        let full = PART_BYTES_MAX as usize;
        while !bytes.is_empty() {
            // A full part goes out only when more comes, so that no object ends with an empty part.
            if self.filling.len() == full {
                self.send().await?;
                // More comes, likely a whole part: asked for at once, growing would leave its steps behind in memory.
                self.filling.reserve_exact(full);
            }
            let (now, later) = bytes.split_at(bytes.len().min(full - self.filling.len()));
            self.filling.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Takes bytes that are at hand as a whole: no more than a part of them are not copied.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub async fn push_whole(&mut self, bytes: Vec<u8>) -> Result<(), ObjectError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if self.filling.len() == PART_BYTES_MAX as usize {
            self.send().await?;
        }
        if self.filling.is_empty() && bytes.len() <= PART_BYTES_MAX as usize {
            self.filling = bytes;
            return Ok(());
        }
        self.push(&bytes).await
    }

    /// Writes what is left and waits until every part is durable. An empty object has one empty part, so that its
    /// absence is noticed as well.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub async fn finish(mut self) -> Result<(ObjectId, Parts), ObjectError> {
        if self.begun == 0 {
            // The only part: nothing fills up meanwhile, so it needs no task of its own.
            let plain = std::mem::take(&mut self.filling);
            self.done.push(self.objects.write_part(self.recipient, plain).await?);
        } else if !self.filling.is_empty() {
            self.send().await?;
        }
        while !self.in_flight.is_empty() {
            self.settle_oldest().await?;
        }
        Ok((self.object, Parts(std::mem::take(&mut self.done))))
    }

    /// Gives the object up and deletes the parts that are written; what is on its way, or cannot be deleted just now,
    /// is the collector's.
    pub async fn abandon(mut self) {
        while let Some(handle) = self.in_flight.pop_front() {
            if let Ok(Ok(part)) = handle.await {
                self.done.push(part);
            }
        }
        let _ = self.objects.delete(&Parts(std::mem::take(&mut self.done))).await;
    }

    async fn send(&mut self) -> Result<(), ObjectError> {
        let parts_max = self.objects.parts_max();
        if self.begun >= parts_max {
            return Err(ObjectError::TooLong { parts_max });
        }
        while self.in_flight.len() >= PARTS_IN_FLIGHT_MAX {
            self.settle_oldest().await?;
        }
        let plain = std::mem::take(&mut self.filling);
        let (objects, recipient) = (self.objects.clone(), self.recipient);
        let task = tokio::spawn(async move { objects.write_part(recipient, plain).await });
        self.in_flight.push_back(AbortOnDropHandle::new(task));
        self.begun += 1;
        Ok(())
    }

    async fn settle_oldest(&mut self) -> Result<(), ObjectError> {
        if let Some(handle) = self.in_flight.pop_front() {
            self.done.push(handle.await.map_err(|_| ObjectError::Stopped)??);
        }
        Ok(())
    }
}
