//! A vault for looking at files without keeping anything: in memory up to a limit, beyond it in one file without a name.
//!
//! The file has no name from the beginning (or, where the file system cannot do that, from the moment after), so it is
//! gone with the process, however that ends. It holds sealed parts only, whose keys live in the memory of the same
//! process. Space of deleted parts is not used again: the vault lives for one command.

use super::{Vault, VaultError, blocking::blocking, fs::fault};
use crate::{
    domain::ids::{EpochId, PartKey},
    seal::random_bytes,
};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions},
    io,
    ops::Range,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Sealed bytes kept in memory: a folder of letters fits, a disc does not.
const MEMORY_BYTES_MAX: u64 = 256 << 20;

/// Parts that end with the process.
pub struct SpillVault {
    folder: PathBuf,
    memory_bytes_max: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    parts: BTreeMap<PartKey, Place>,
    memory_bytes: u64,
    /// Opened by the first part that goes there.
    file: Option<Arc<File>>,
    file_bytes: u64,
}

/// Where a part lies.
#[derive(Clone)]
enum Place {
    Memory(Arc<Vec<u8>>),
    File {
        offset: u64,
        bytes: u64,
    },
    /// Taken by a put that is under way; for readers it is not there yet.
    Coming,
}

impl Place {
    fn bytes(&self) -> Option<u64> {
        match self {
            Self::Memory(part) => Some(part.len() as u64),
            Self::File { bytes, .. } => Some(*bytes),
            Self::Coming => None,
        }
    }
}

impl SpillVault {
    /// An empty vault, which spills where large temporary files belong: `TMPDIR`, else `/var/tmp`.
    pub fn new() -> Self {
        Self::with(spill_folder(), MEMORY_BYTES_MAX)
    }

    /// An empty vault that spills into this folder, once it holds so many bytes.
    pub fn with(folder: PathBuf, memory_bytes_max: u64) -> Self {
        Self { folder, memory_bytes_max, state: Mutex::default() }
    }

    /// What is under the lock is whole at every moment, so a panic elsewhere leaves it so.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the key, and says where in the file the part goes unless it fits into memory.
    fn reserve(&self, key: PartKey, sealed: &Arc<Vec<u8>>) -> Result<Option<(Arc<File>, u64)>, VaultError> {
        let bytes = sealed.len() as u64;
        let mut state = self.lock();
        if state.parts.contains_key(&key) {
            return Err(VaultError::Exists(key));
        }
        if state.memory_bytes + bytes <= self.memory_bytes_max {
            state.memory_bytes += bytes;
            state.parts.insert(key, Place::Memory(Arc::clone(sealed)));
            return Ok(None);
        }
        let file = match &state.file {
            Some(file) => Arc::clone(file),
            None => {
                let file = nameless(&self.folder).map_err(|e| fault("making a temporary file", e))?;
                Arc::clone(state.file.insert(Arc::new(file)))
            }
        };
        let offset = state.file_bytes;
        state.file_bytes += bytes;
        state.parts.insert(key, Place::Coming);
        Ok(Some((file, offset)))
    }

    fn settle(&self, key: PartKey, place: Option<Place>) {
        let mut state = self.lock();
        match place {
            Some(place) => state.parts.insert(key, place),
            None => state.parts.remove(&key),
        };
    }
}

impl Default for SpillVault {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Vault for SpillVault {
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError> {
        let sealed = Arc::new(sealed);
        let bytes = sealed.len() as u64;
        let Some((file, offset)) = self.reserve(key, &sealed)? else { return Ok(()) };
        let written = blocking("writing a temporary file", move || file.write_all_at(&sealed, offset)).await;
        self.settle(key, written.is_ok().then_some(Place::File { offset, bytes }));
        written
    }

    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        let (place, file) = {
            let state = self.lock();
            (state.parts.get(&key).cloned().ok_or(VaultError::Missing(key))?, state.file.clone())
        };
        let bytes = place.bytes().ok_or(VaultError::Missing(key))?;
        if range.end > bytes {
            return Err(VaultError::Short { key, bytes, wanted: range.end });
        }
        match (place, file) {
            // Both ends lie within the part; a range that ends before it begins is empty.
            (Place::Memory(part), _) => {
                Ok(part.get(range.start as usize..range.end as usize).unwrap_or_default().to_vec())
            }
            (Place::File { offset, .. }, Some(file)) => {
                let mut out = vec![0; range.end.saturating_sub(range.start) as usize];
                blocking("reading a temporary file", move || {
                    file.read_exact_at(&mut out, offset + range.start).map(|()| out)
                })
                .await
            }
            (Place::File { .. } | Place::Coming, _) => Err(VaultError::Missing(key)),
        }
    }

    async fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        let mut state = self.lock();
        if let Some(Place::Memory(part)) = state.parts.remove(&key) {
            state.memory_bytes -= part.len() as u64;
        }
        Ok(())
    }

    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError> {
        let epochs: BTreeSet<EpochId> = self.lock().parts.keys().map(|key| key.epoch).collect();
        Ok(epochs.into_iter().collect())
    }

    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        let state = self.lock();
        let of_epoch = state.parts.iter().filter(|(key, _)| key.epoch == epoch);
        Ok(of_epoch.filter_map(|(key, place)| Some((*key, place.bytes()?))).collect())
    }
}

fn spill_folder() -> PathBuf {
    match std::env::var_os("TMPDIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        // `/tmp` is often memory, which is what is to be spared.
        _ => PathBuf::from("/var/tmp"),
    }
}

/// A file that never had a name; where the file system has none of those, one whose name is removed at once.
fn nameless(folder: &Path) -> io::Result<File> {
    let open = |flags: nix::fcntl::OFlag| {
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600).custom_flags(flags.bits());
        options
    };
    if let Ok(file) = open(nix::fcntl::OFlag::O_TMPFILE).open(folder) {
        return Ok(file);
    }
    let path = folder.join(format!(".casegate-{}", data_encoding::HEXLOWER.encode(&random_bytes::<16>())));
    let file = open(nix::fcntl::OFlag::empty()).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::ObjectId;

    fn key(name: u8) -> PartKey {
        PartKey { epoch: EpochId::from_bytes([1; 16]), name: ObjectId::from_bytes([name; 16]) }
    }

    /// Proves that memory takes no more than its limit, that the rest is read back from the file, and that the folder
    /// stays empty while the vault is in use.
    #[tokio::test]
    async fn what_does_not_fit_goes_to_a_file_without_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let vault = SpillVault::with(folder.path().to_owned(), 1_000);
        for name in 0..20 {
            vault.put(key(name), vec![name; 300]).await.unwrap();
        }
        let filled = || {
            let state = vault.lock();
            (state.memory_bytes, state.file_bytes)
        };
        assert_eq!(filled(), (900, 17 * 300));
        for name in 0..20 {
            assert_eq!(vault.get(key(name), 100..300).await.unwrap(), vec![name; 200]);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        vault.delete(key(0)).await.unwrap();
        vault.put(key(99), vec![7; 300]).await.unwrap();
        assert_eq!(filled(), (900, 17 * 300), "memory is used again");
    }

    /// Proves that a part whose write fails does not exist afterwards and may be put again.
    #[tokio::test]
    async fn a_failed_part_leaves_nothing() {
        let vault = SpillVault::with(PathBuf::from("/nonexistent-folder"), 0);
        assert!(matches!(vault.put(key(1), vec![1; 10]).await, Err(VaultError::World { .. })));
        assert!(matches!(vault.get(key(1), 0..1).await, Err(VaultError::Missing(_))));
        assert!(vault.parts(key(1).epoch).await.unwrap().is_empty());
    }
}
