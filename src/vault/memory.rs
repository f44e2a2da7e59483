//! A vault in memory: for tests and for looking at files without keeping anything.

use super::{Vault, VaultError};
use crate::domain::ids::{EpochId, PartKey};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Parts that end with the process.
#[derive(Default)]
pub struct MemoryVault {
    parts: Mutex<BTreeMap<PartKey, Vec<u8>>>,
}

impl MemoryVault {
    /// An empty vault.
    pub fn new() -> Self {
        Self::default()
    }

    /// One insertion or removal is one call of the map, so a panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<PartKey, Vec<u8>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError> {
        let mut parts = self.lock();
        if parts.contains_key(&key) {
            return Err(VaultError::Exists(key));
        }
        parts.insert(key, sealed);
        Ok(())
    }

    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        let parts = self.lock();
        let part = parts.get(&key).ok_or(VaultError::Missing(key))?;
        let bytes = part.len() as u64;
        if range.end > bytes {
            return Err(VaultError::Short { key, bytes, wanted: range.end });
        }
        // Both ends are below the length of a slice; a range that ends before it begins is empty.
        Ok(part.get(range.start as usize..range.end as usize).unwrap_or_default().to_vec())
    }

    async fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        self.lock().remove(&key);
        Ok(())
    }

    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError> {
        let epochs: BTreeSet<EpochId> = self.lock().keys().map(|key| key.epoch).collect();
        Ok(epochs.into_iter().collect())
    }

    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        let parts = self.lock();
        let of_epoch = parts.iter().filter(|(key, _)| key.epoch == epoch);
        Ok(of_epoch.map(|(key, part)| (*key, part.len() as u64)).collect())
    }
}
