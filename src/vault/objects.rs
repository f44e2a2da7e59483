//! Objects: bytes of any length as sealed parts in a vault.
//!
//! Plaintext goes in and out here and nowhere else; the vault below sees sealed parts only. An object is named by the
//! catalog alone: whatever is written and then not committed there is left to the collector.
//! Documents in memory are not wiped as keys are: wiping byte by byte costs half of what sealing does, and the process
//! neither swaps nor dumps.

use super::{Aligned, Made, Vault, VaultError};
use crate::{
    domain::{
        entry::{Part, Parts},
        ids::{EpochId, ObjectId, PartKey},
        limits::{Limits, PART_BYTES_MAX},
    },
    seal::{CaseKeys, CaseRecipient, SealError, random_bytes, seal_part_into, sealed_bytes_max},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

pub use super::{reader::ObjectReader, writer::ObjectWriter};

/// Parts that go to one shard before the next: neighbours share a folder, and no folder grows large.
const PARTS_PER_SHARD: u64 = 1024;

/// A fault of an object. It names parts by their random keys only.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// A part is not what was written: the object cannot be read whole, now or later.
    #[error("part {part} is damaged: {source}")]
    Damaged {
        /// The part.
        part: PartKey,
        /// Which check failed.
        source: SealError,
    },
    /// A part is gone.
    #[error("part {0} is missing")]
    Missing(PartKey),
    /// More parts than an object may have.
    #[error("the object is longer than {parts_max} parts")]
    TooLong {
        /// The limit.
        parts_max: u32,
    },
    /// The object holds more bytes than the caller takes.
    #[error("the object has {bytes} bytes, at most {limit} are taken")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// What the caller takes.
        limit: u64,
    },
    /// The store failed; nothing is known about the object.
    #[error(transparent)]
    Vault(VaultError),
    /// The process is ending.
    #[error("the work was stopped")]
    Stopped,
}

impl ObjectError {
    /// True where the object itself is at fault and trying again is in vain.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Missing(_))
    }

    /// What a fault of the vault means for the object that was being read.
    pub(super) fn reading(error: VaultError) -> Self {
        match error {
            VaultError::Missing(key) => Self::Missing(key),
            VaultError::Short { key, .. } => Self::damaged(key, "the part is cut short"),
            other => Self::Vault(other),
        }
    }

    pub(super) const fn damaged(part: PartKey, what: &'static str) -> Self {
        Self::Damaged { part, source: SealError::Damaged(what) }
    }
}

/// Writes and reads objects. Cheap to clone.
#[derive(Clone)]
pub struct Objects(Arc<Inner>);

struct Inner {
    vault: Arc<dyn Vault>,
    epoch: EpochId,
    parts_max: u32,
    written: AtomicU64,
}

impl Objects {
    /// Objects in `vault`, new ones under `epoch`, which the catalog has registered before.
    pub fn new(vault: Arc<dyn Vault>, epoch: EpochId) -> Self {
        Self::with_parts_max(vault, epoch, Limits::default().object_parts_max)
    }

    /// As [`Self::new`], with another limit on the parts of one object.
    pub fn with_parts_max(vault: Arc<dyn Vault>, epoch: EpochId, parts_max: u32) -> Self {
        Self(Arc::new(Inner { vault, epoch, parts_max, written: AtomicU64::new(0) }))
    }

    /// Writes an object of bytes at hand. Durable when this returns.
    ///
    /// # Errors
    /// [`ObjectError::TooLong`], [`ObjectError::Vault`].
    pub async fn write(&self, recipient: &CaseRecipient, plain: Vec<u8>) -> Result<(ObjectId, Parts), ObjectError> {
        let mut writer = self.writer(*recipient);
        writer.push_whole(plain).await?;
        writer.finish().await
    }

    /// Begins an object whose bytes come piece by piece.
    pub fn writer(&self, recipient: CaseRecipient) -> ObjectWriter {
        ObjectWriter::new(self.clone(), recipient)
    }

    /// Seals and writes one part of at most [`PART_BYTES_MAX`] bytes: for uploads that acknowledge part by part.
    /// Durable when this returns.
    ///
    /// # Errors
    /// [`ObjectError::TooLarge`], [`ObjectError::Vault`].
    pub async fn write_part(&self, recipient: CaseRecipient, plain: Vec<u8>) -> Result<Part, ObjectError> {
        let plain_bytes = plain.len() as u64;
        if plain_bytes > PART_BYTES_MAX {
            return Err(ObjectError::TooLarge { bytes: plain_bytes, limit: PART_BYTES_MAX });
        }
        let make = move || {
            let room = sealed_bytes_max(plain.len());
            let (bytes, header) = Aligned::filled(room, |bytes| seal_part_into(&recipient, &plain, bytes));
            Made { bytes, header }
        };
        let key = self.new_key();
        let made = self.0.vault.put_made(key, Box::new(make)).await;
        let (sealed_bytes, header) = made.map_err(ObjectError::Vault)?;
        Ok(Part { key, plain_bytes, sealed_bytes, header })
    }

    /// Reads an object with the keys of its case.
    pub fn reader(&self, keys: Arc<CaseKeys>, parts: Parts) -> ObjectReader {
        ObjectReader::new(Arc::clone(&self.0.vault), keys, parts)
    }

    /// Deletes the parts of an object; those that are gone already are no error.
    ///
    /// # Errors
    /// [`ObjectError::Vault`] for the first that fails, after all were tried; delete again then.
    pub async fn delete(&self, parts: &Parts) -> Result<(), ObjectError> {
        let mut outcome = Ok(());
        for part in &parts.0 {
            let deleted = self.0.vault.delete(part.key).await.map_err(ObjectError::Vault);
            outcome = outcome.and(deleted);
        }
        outcome
    }

    /// The vault beneath.
    pub fn vault(&self) -> &Arc<dyn Vault> {
        &self.0.vault
    }

    /// The epoch of what is written here.
    pub fn epoch(&self) -> EpochId {
        self.0.epoch
    }

    pub(super) fn parts_max(&self) -> u32 {
        self.0.parts_max
    }

    /// A new random name. Its first byte is the shard, the same for neighbours; 120 random bits are left.
    fn new_key(&self) -> PartKey {
        let mut name: [u8; 16] = random_bytes();
        let count = self.0.written.fetch_add(1, Ordering::Relaxed);
        [name[0], ..] = (count / PARTS_PER_SHARD).to_le_bytes();
        PartKey { epoch: self.0.epoch, name: ObjectId::from_bytes(name) }
    }
}

#[cfg(test)]
#[path = "objects_tests.rs"]
mod tests;
