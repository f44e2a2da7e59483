//! tantivy's directory in memory. Nothing reaches a disk; whoever owns it takes the files out and seals them.
//!
//! Clones share their files, a [`MemoryDirectory::holding`] begins with files of its own: writers work on such a
//! copy (the bytes themselves are shared), so readers of the earlier set see nothing of it.

use super::bundle::Files;
use std::{
    fmt,
    io::{self, BufWriter, Write},
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
    error::{DeleteError, LockError, OpenReadError, OpenWriteError},
};

/// Files of one index in memory.
#[derive(Clone, Default)]
pub(super) struct MemoryDirectory {
    files: Arc<RwLock<Files>>,
}

impl MemoryDirectory {
    /// Begins with these files.
    pub(super) fn holding(files: Files) -> Self {
        Self { files: Arc::new(RwLock::new(files)) }
    }

    /// The files as they are now.
    pub(super) fn files(&self) -> Files {
        self.read().clone()
    }

    fn read(&self) -> RwLockReadGuard<'_, Files> {
        // A map of finished files is whole whatever the thread that held it died of.
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Files> {
        self.files.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, path: &Path) -> Result<OwnedBytes, OpenReadError> {
        let found = self.read().get(name(path)).cloned();
        found.ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))
    }
}

impl fmt::Debug for MemoryDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryDirectory({} files)", self.read().len())
    }
}

impl Directory for MemoryDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        Ok(Arc::new(self.get(path)?))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let removed = self.write().remove(name(path));
        removed.map(drop).ok_or_else(|| DeleteError::FileDoesNotExist(path.to_owned()))
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.read().contains_key(name(path)))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        // Taken at once, so that a second writer of the same name is refused, as the trait asks.
        let taken = self.write().insert(name(path).to_owned(), OwnedBytes::empty());
        if let Some(earlier) = taken {
            self.write().insert(name(path).to_owned(), earlier);
            return Err(OpenWriteError::FileAlreadyExists(path.to_owned()));
        }
        let writer = FileWriter { name: name(path).to_owned(), bytes: Vec::new(), files: self.clone() };
        Ok(BufWriter::new(Box::new(writer)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        Ok(self.get(path)?.as_slice().to_vec())
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.write().insert(name(path).to_owned(), OwnedBytes::new(data.to_vec()));
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        // A directory is opened by one writer, in this process, and then never again.
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file being written; it is there for readers once terminated.
struct FileWriter {
    name: String,
    bytes: Vec<u8>,
    files: MemoryDirectory,
}

impl Write for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for FileWriter {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.shrink_to_fit();
        self.files.write().insert(self.name.clone(), OwnedBytes::new(bytes));
        Ok(())
    }
}

/// tantivy's names are plain ASCII; anything else is no file of ours.
fn name(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
