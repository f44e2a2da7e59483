//! Where sealed parts lie. A vault sees ciphertext and random names, nothing else.
//!
//! Every implementation passes `tests/it/conformance/vault.rs`. Invariants:
//! a part is written once and never overwritten; `put` returns only when the part would survive a power cut
//! (for files: contents and folder synced); a reader sees a whole part or none.

mod blocking;
pub mod collector;
mod direct;
pub mod faulty;
mod folder;
pub mod fs;
pub mod memory;
pub mod objects;
mod reader;
pub mod shelf;
pub mod spill;
mod writer;

pub use direct::Aligned;

use crate::domain::ids::{EpochId, HeaderDigest, PartKey};
use async_trait::async_trait;
use std::ops::Range;

/// A fault of the store. `Exists` and `Missing` concern one key; the rest is the world's.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key is taken. Keys are random: this is a bug or an attack, never a race to be won.
    #[error("part {0} exists already")]
    Exists(PartKey),
    /// Nothing under this key.
    #[error("part {0} is missing")]
    Missing(PartKey),
    /// The range ends beyond the part: it was cut.
    #[error("part {key} has {bytes} bytes, {wanted} were asked for")]
    Short {
        /// The part.
        key: PartKey,
        /// Its size.
        bytes: u64,
        /// End of the range asked for.
        wanted: u64,
    },
    /// No room, no inodes or quota exceeded: taking in stops, reading goes on.
    #[error("the store is full while {0}")]
    Full(&'static str),
    /// Anything else of the world's: retried.
    #[error("the store failed while {act}: {source}")]
    World {
        /// What was attempted.
        act: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A part that was just sealed.
pub struct Made {
    /// The sealed bytes.
    pub bytes: Aligned,
    /// Digest of their header, for the catalog.
    pub header: HeaderDigest,
}

/// Seals a part. Takes its time: called off the async threads.
pub type Make = Box<dyn FnOnce() -> Made + Send>;

/// A store of sealed parts.
#[async_trait]
pub trait Vault: Send + Sync {
    /// Writes a part. Durable when this returns `Ok`; after an error the part does not exist for readers.
    ///
    /// # Errors
    /// [`VaultError::Exists`] without touching what is there; `Full`; `World`.
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError>;

    /// Has a part made and writes it as [`Self::put`] does; how many bytes it has, and their header's digest. A store
    /// that blocks does both in one go, so that no thread waits for another in between.
    ///
    /// # Errors
    /// As for [`Self::put`].
    async fn put_made(&self, key: PartKey, make: Make) -> Result<(u64, HeaderDigest), VaultError> {
        let making = tokio::task::spawn_blocking(make).await;
        let failed = |error| VaultError::World { act: "sealing a part", source: std::io::Error::other(error) };
        let Made { bytes, header } = making.map_err(failed)?;
        let length = bytes.len() as u64;
        self.put(key, bytes.into_vec()).await?;
        Ok((length, header))
    }

    /// Reads bytes of a part.
    ///
    /// # Errors
    /// `Missing`, `Short`, `World`.
    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError>;

    /// Deletes a part; `Ok` as well where there is none.
    ///
    /// # Errors
    /// `World`.
    async fn delete(&self, key: PartKey) -> Result<(), VaultError>;

    /// The epochs that have parts.
    ///
    /// # Errors
    /// `World`.
    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError>;

    /// The parts of an epoch with their sizes.
    ///
    /// # Errors
    /// `World`.
    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError>;
}
