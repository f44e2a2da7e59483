//! The vault in a folder: `<root>/<epoch>/<shard>/<name>`, the shard being the first byte of the name in hex.
//!
//! A part is written to `<name>.new`, synced, renamed to its name (which fails where the name is taken), and the folder
//! is synced; then `put` returns. Whoever makes names keeps the first byte the same for neighbours, so that puts in
//! flight share a folder and its `fsync`. After an error the part's files are removed and the put is never taken up
//! again. A crash leaves at most `<name>.new` files: they are listed as parts of their epoch, so that the collector
//! finds them once the epoch has ended, and `delete` removes them with the part.
//!
//! Everything is readable by the owner only. Blocking work runs on tokio's blocking threads.

use super::{
    Made, Make, Vault, VaultError, direct,
    folder::{Folder, SyncCall},
};
use crate::domain::ids::{EpochId, HeaderDigest, ObjectId, PartKey};
use async_trait::async_trait;
use nix::{
    errno::Errno,
    fcntl::{AT_FDCWD, RenameFlags, renameat2},
};
use std::{
    collections::{BTreeMap, VecDeque},
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind},
    ops::Range,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Ending of a part that is being written.
const NEW: &str = ".new";

/// Folders kept open to share their `fsync`: neighbours use the same one, so a few are enough.
const OPEN_FOLDERS_MAX: usize = 16;

/// A folder of sealed parts.
pub struct FsVault(Arc<Store>);

struct Store {
    root: PathBuf,
    sync: SyncCall,
    folders: Mutex<VecDeque<(PathBuf, Arc<Folder>)>>,
}

impl FsVault {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    /// [`VaultError::World`] and [`VaultError::Full`]. Blocks.
    pub fn open(root: &Path) -> Result<Self, VaultError> {
        // `sync_data` also writes the length, which is all of the metadata that reading needs. On a folder it does
        // what `sync_all` does.
        Self::with_sync(root, Arc::new(File::sync_data))
    }

    fn with_sync(root: &Path, sync: SyncCall) -> Result<Self, VaultError> {
        let act = "making the folder of the vault";
        let missing: Vec<&Path> =
            root.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
        DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(|error| fault(act, error))?;
        for made in missing {
            let parent = made.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(parent).and_then(|parent| sync(&parent)).map_err(|error| fault(act, error))?;
        }
        Ok(Self(Arc::new(Store { root: root.to_path_buf(), sync, folders: Mutex::default() })))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        act: &'static str,
        work: impl FnOnce(&Store) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let store = Arc::clone(&self.0);
        let joined = tokio::task::spawn_blocking(move || work(&store)).await;
        joined.unwrap_or_else(|error| Err(VaultError::World { act, source: io::Error::other(error) }))
    }
}

#[async_trait]
impl Vault for FsVault {
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError> {
        self.blocking("writing a part", move |store| store.put(key, &sealed)).await
    }

    async fn put_made(&self, key: PartKey, make: Make) -> Result<(u64, HeaderDigest), VaultError> {
        let write = move |store: &Store| {
            let Made { bytes, header } = make();
            store.put(key, &bytes)?;
            Ok((bytes.len() as u64, header))
        };
        self.blocking("sealing and writing a part", write).await
    }

    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        self.blocking("reading a part", move |store| store.get(key, range)).await
    }

    async fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        self.blocking("deleting a part", move |store| store.delete(key)).await
    }

    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError> {
        self.blocking("listing epochs", |store| {
            let mut epochs: Vec<EpochId> = names(&store.root)?.iter().filter_map(|name| name.parse().ok()).collect();
            epochs.sort_unstable();
            let mut used = Vec::new();
            for epoch in epochs {
                if store.has_parts(epoch)? {
                    used.push(epoch);
                }
            }
            Ok(used)
        })
        .await
    }

    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        self.blocking("listing parts", move |store| store.parts(epoch)).await
    }
}

impl Store {
    fn put(&self, key: PartKey, sealed: &[u8]) -> Result<(), VaultError> {
        let path = self.path(key);
        let folder = self.folder(&shard(&self.root, key))?;
        let new = with_new(&path);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new);
        let file = file.map_err(|error| put_fault(key, error))?;
        let written = direct::write_all(&file, sealed).and_then(|()| (self.sync)(&file)).and_then(|()| {
            fail::fail_point!("vault-part-written");
            give_name(&new, &path)
        });
        if let Err(error) = written {
            // What may remain after a failing removal is listed and collected like any unfinished part.
            let _ = fs::remove_file(&new);
            return Err(put_fault(key, error));
        }
        fail::fail_point!("vault-part-linked");
        folder.settle(&self.sync).map_err(|error| {
            let _ = fs::remove_file(&path);
            fault("making a part durable", error)
        })
    }

    fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        let act = "reading a part";
        let file = File::open(self.path(key)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => VaultError::Missing(key),
            _ => fault(act, error),
        })?;
        let bytes = file.metadata().map_err(|error| fault(act, error))?.len();
        if range.end > bytes {
            return Err(VaultError::Short { key, bytes, wanted: range.end });
        }
        // The end lies within the file, so this allocates no more than is there.
        let mut out = vec![0; range.end.saturating_sub(range.start) as usize];
        file.read_exact_at(&mut out, range.start).map_err(|error| fault(act, error))?;
        Ok(out)
    }

    fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        let path = self.path(key);
        for path in [with_new(&path), path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(fault("deleting a part", error)),
                _ => {}
            }
        }
        Ok(())
    }

    fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        let folder = self.root.join(epoch.to_string());
        let mut parts = BTreeMap::new();
        for shard in names(&folder)? {
            let shard = folder.join(shard);
            for name in names(&shard)? {
                let Some(part) = part_name(&name) else { continue };
                match fs::metadata(shard.join(&name)) {
                    Ok(found) => {
                        parts.insert(PartKey { epoch, name: part }, found.len());
                    }
                    // Linked or deleted since the folder was read.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(fault("looking at a part", error)),
                }
            }
        }
        Ok(parts.into_iter().collect())
    }

    fn has_parts(&self, epoch: EpochId) -> Result<bool, VaultError> {
        let folder = self.root.join(epoch.to_string());
        for shard in names(&folder)? {
            if names(&folder.join(shard))?.iter().any(|name| part_name(name).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn path(&self, key: PartKey) -> PathBuf {
        shard(&self.root, key).join(key.name.to_string())
    }

    /// The shard's folder, opened and durably in place.
    fn folder(&self, path: &Path) -> Result<Arc<Folder>, VaultError> {
        let act = "making a folder for parts";
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, folder)) = folders.iter().find(|(known, _)| known == path) {
            return Ok(Arc::clone(folder));
        }
        // Syncing the parents under the lock keeps others from using a folder that is not durable yet.
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| fault(act, error))?;
        for parent in path.ancestors().skip(1).take(2) {
            File::open(parent).and_then(|parent| (self.sync)(&parent)).map_err(|error| fault(act, error))?;
        }
        let folder = Arc::new(Folder::new(File::open(path).map_err(|error| fault(act, error))?));
        if folders.len() >= OPEN_FOLDERS_MAX {
            folders.pop_front();
        }
        folders.push_back((path.to_path_buf(), Arc::clone(&folder)));
        Ok(folder)
    }
}

fn shard(root: &Path, key: PartKey) -> PathBuf {
    root.join(key.epoch.to_string()).join(format!("{:02x}", key.name.as_bytes()[0]))
}

/// Renames a written part to its name, unless that is taken. Where the file system cannot refuse a taken name while it
/// renames, a second name and the removal of the first do the same.
fn give_name(new: &Path, path: &Path) -> io::Result<()> {
    match renameat2(AT_FDCWD, new, AT_FDCWD, path, RenameFlags::RENAME_NOREPLACE) {
        Err(Errno::EINVAL | Errno::ENOSYS) => fs::hard_link(new, path).and_then(|()| fs::remove_file(new)),
        renamed => renamed.map_err(io::Error::from),
    }
}

fn with_new(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(NEW);
    PathBuf::from(name)
}

/// The part that a file holds, whole or unfinished.
fn part_name(file: &str) -> Option<ObjectId> {
    file.strip_suffix(NEW).unwrap_or(file).parse().ok()
}

fn put_fault(key: PartKey, error: io::Error) -> VaultError {
    match error.kind() {
        ErrorKind::AlreadyExists => VaultError::Exists(key),
        _ => fault("writing a part", error),
    }
}

/// Names in a folder; none where there is no folder. Names that are not ours are somebody else's and left alone.
fn names(folder: &Path) -> Result<Vec<String>, VaultError> {
    let act = "listing a folder of the vault";
    let entries = match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        other => other.map_err(|error| fault(act, error))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(|error| fault(act, error))?.file_name().into_string());
    }
    Ok(names)
}

/// No room, no inodes (both `ENOSPC`) and no quota are one thing to whoever takes in.
pub(super) fn fault(act: &'static str, source: io::Error) -> VaultError {
    match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => VaultError::Full(act),
        _ => VaultError::World { act, source },
    }
}

#[cfg(test)]
#[path = "fs_tests.rs"]
mod tests;
