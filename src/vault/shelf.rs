//! A shelf: one sealed file for each case, replaced whole. The contents list of a case lies here, where it is found with
//! nothing but the case's id: whoever reads a case without this program has no catalog to ask.
//!
//! Everything else in a vault is written once; this alone is replaced, so it has a trait of its own. A reader sees the
//! old file or the new one, whole; what `put` acknowledged survives a power cut. Each case has one writer at a time.

use super::{VaultError, blocking::blocking, fs::fault};
use crate::domain::ids::CaseId;
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Ending of a file on the shelf: a plain age file.
const SEALED: &str = "age";

/// One replaceable sealed file for each case.
#[async_trait]
pub trait Shelf: Send + Sync {
    /// Puts the case's file in place of the one before.
    ///
    /// # Errors
    /// `Full`, `World`; the one before is still there then.
    async fn put(&self, case: CaseId, sealed: Vec<u8>) -> Result<(), VaultError>;

    /// The case's file; `None` where there is none.
    ///
    /// # Errors
    /// `World`.
    async fn get(&self, case: CaseId) -> Result<Option<Vec<u8>>, VaultError>;
}

/// A shelf in a folder: `<root>/<case>.age`.
pub struct FolderShelf(PathBuf);

impl FolderShelf {
    /// Opens the folder, making it if need be, for its owner only. Blocks.
    ///
    /// # Errors
    /// `Full`, `World`.
    pub fn open(root: &Path) -> Result<Self, VaultError> {
        let act = "making a shelf";
        if !root.exists() {
            DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(|e| fault(act, e))?;
            sync_folder(root.parent().unwrap_or(Path::new("."))).map_err(|e| fault(act, e))?;
        }
        Ok(Self(root.to_owned()))
    }

    fn path(&self, case: CaseId) -> PathBuf {
        self.0.join(format!("{case}.{SEALED}"))
    }
}

#[async_trait]
impl Shelf for FolderShelf {
    async fn put(&self, case: CaseId, sealed: Vec<u8>) -> Result<(), VaultError> {
        let path = self.path(case);
        blocking("replacing a file on a shelf", move || replace(&path, &sealed)).await
    }

    async fn get(&self, case: CaseId) -> Result<Option<Vec<u8>>, VaultError> {
        let path = self.path(case);
        blocking("reading a file on a shelf", move || match fs::read(&path) {
            Ok(sealed) => Ok(Some(sealed)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }
}

/// A shelf that ends with the process.
#[derive(Default)]
pub struct MemoryShelf(Mutex<BTreeMap<CaseId, Vec<u8>>>);

#[async_trait]
impl Shelf for MemoryShelf {
    async fn put(&self, case: CaseId, sealed: Vec<u8>) -> Result<(), VaultError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(case, sealed);
        Ok(())
    }

    async fn get(&self, case: CaseId) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&case).cloned())
    }
}

/// What an attempt before this one left beside the file is overwritten.
fn replace(path: &Path, sealed: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(sealed)?;
    file.sync_all()?;
    fail::fail_point!("shelf-written");
    fs::rename(&beside, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: CaseId = CaseId::from_bytes([3; 16]);

    /// Proves, for both shelves, that nothing is there before the first put and that the last put is what is read.
    #[tokio::test]
    async fn the_last_put_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let shelves: [Box<dyn Shelf>; 2] =
            [Box::new(FolderShelf::open(&folder.path().join("contents")).unwrap()), Box::<MemoryShelf>::default()];
        for shelf in shelves {
            assert_eq!(shelf.get(CASE).await.unwrap(), None);
            for content in [&b"first"[..], b"second, longer", b"3"] {
                shelf.put(CASE, content.to_vec()).await.unwrap();
                assert_eq!(shelf.get(CASE).await.unwrap().unwrap(), content);
            }
        }
        let left: Vec<_> = fs::read_dir(folder.path().join("contents")).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside the file");
    }

    /// Proves that a half-written file of a dead process is neither read nor in the way.
    #[tokio::test]
    async fn half_a_file_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = FolderShelf::open(folder.path()).unwrap();
        shelf.put(CASE, b"whole".to_vec()).await.unwrap();
        fs::write(folder.path().join(format!("{CASE}.new")), b"a longer half that was cut").unwrap();
        assert_eq!(shelf.get(CASE).await.unwrap().unwrap(), b"whole");
        shelf.put(CASE, b"new".to_vec()).await.unwrap();
        assert_eq!(shelf.get(CASE).await.unwrap().unwrap(), b"new");
    }
}
