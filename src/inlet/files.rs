//! Files, folders and discs on this machine: what `ingest`, `inspect`, `disc` and the watch folder hand in.
//!
//! Names begin with what was given ([`naming`]). Links and devices are listed, never followed or opened. Nothing is mounted and nothing is run.

mod hand_in;
mod naming;

pub use hand_in::{Handed, hand_in, hand_in_one};
pub use naming::{Names, Naming, as_given};

use crate::{domain::path::RawName, pipeline::Trouble};
use std::{
    fs::File,
    io::{Seek, SeekFrom},
    os::unix::{ffi::OsStrExt, fs::FileTypeExt},
    path::{Path, PathBuf},
};

/// Something found on this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name as the ledger will show it, with folders; where it lies until it is named.
    pub name: RawName,
    /// What it is.
    pub nature: Nature,
    /// Its size, at the time of looking.
    pub bytes: u64,
}

/// What a name on this machine stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nature {
    /// A file or block device whose bytes are taken.
    Bytes,
    /// A link: listed.
    Link,
    /// A pipe, socket or character device: listed.
    Special,
}

/// Something that is there and cannot be read.
#[derive(Debug)]
pub struct Closed {
    /// Where it is.
    pub path: PathBuf,
    /// What the system said.
    pub error: std::io::Error,
}

/// Everything under a path, in order of names, and beside it the folders in it that cannot be listed and what in them
/// nobody can look at.
///
/// # Errors
/// The path does not exist, or nobody may look at it.
pub fn walk(path: &Path) -> Result<(Vec<Found>, Vec<Closed>), Trouble> {
    let (mut found, mut closed) = (Vec::new(), Vec::new());
    descend((path, &given(path)?), &mut found, &mut closed)?;
    Ok((found, closed))
}

/// The same, with files that cannot be opened beside it: each is opened once to see.
///
/// # Errors
/// As for [`walk`].
pub fn walk_what_opens(path: &Path) -> Result<(Vec<Found>, Vec<Closed>), Trouble> {
    let (mut found, mut closed) = walk(path)?;
    found.retain(|one| match one.nature {
        Nature::Bytes => {
            File::open(&one.path).map_err(|error| closed.push(Closed { path: one.path.clone(), error })).is_ok()
        }
        Nature::Link | Nature::Special => true,
    });
    Ok((found, closed))
}

/// What a path that was given stands for.
fn given(path: &Path) -> Result<std::fs::Metadata, Trouble> {
    let metadata = std::fs::symlink_metadata(path).map_err(|error| match error.kind() {
        // Said to the asker only, who wrote this path.
        std::io::ErrorKind::NotFound => Trouble::Refused(format!("{} does not exist", path.display())),
        _ => cannot("looking at a path that was given", &error),
    })?;
    if !metadata.is_symlink() {
        return Ok(metadata);
    }
    // A link that was named on purpose is followed once: the person asked for what it points to.
    std::fs::metadata(path).map_err(|e| cannot("following a link that was given", &e))
}

fn descend(
    (path, metadata): (&Path, &std::fs::Metadata),
    found: &mut Vec<Found>,
    closed: &mut Vec<Closed>,
) -> Result<(), Trouble> {
    if !metadata.is_dir() {
        found.push(look(path, metadata).map_err(|e| cannot("opening a file or drive", &e))?);
        return Ok(());
    }
    // Folders in a folder are kept on a list, not on the stack: a tree may be deeper than the stack is.
    let mut waiting = vec![path.to_owned()];
    while let Some(folder) = waiting.pop() {
        match std::fs::read_dir(&folder) {
            Ok(items) => {
                let (files, folders) = list((&folder, items), closed);
                found.extend(files);
                waiting.extend(folders.into_iter().rev());
            }
            Err(error) => closed.push(Closed { path: folder, error }),
        }
    }
    Ok(())
}

/// What a folder lists: files and folders, each in order. What nobody can look at stops nothing else.
fn list((folder, items): (&Path, std::fs::ReadDir), closed: &mut Vec<Closed>) -> (Vec<Found>, Vec<PathBuf>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for item in items {
        let path = match item {
            Ok(item) => item.path(),
            // The rest of the list is lost, and with it whatever stands there.
            Err(error) => {
                closed.push(Closed { path: folder.to_owned(), error });
                break;
            }
        };
        let found = std::fs::symlink_metadata(&path).and_then(|metadata| match metadata.is_dir() {
            true => Ok(None),
            false => look(&path, &metadata).map(Some),
        });
        match found {
            Ok(Some(file)) => files.push(file),
            Ok(None) => folders.push(path),
            // Gone since the folder was listed: it is not there.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => closed.push(Closed { path, error }),
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    folders.sort();
    (files, folders)
}

fn look(path: &Path, metadata: &std::fs::Metadata) -> std::io::Result<Found> {
    let kind = metadata.file_type();
    let (nature, bytes) = if kind.is_symlink() {
        (Nature::Link, 0)
    } else if kind.is_file() {
        (Nature::Bytes, metadata.len())
    } else if kind.is_block_device() {
        (Nature::Bytes, File::open(path)?.seek(SeekFrom::End(0))?)
    } else {
        (Nature::Special, 0)
    };
    Ok(Found { path: path.to_owned(), name: RawName(path.as_os_str().as_bytes().to_vec()), nature, bytes })
}

/// The system's answer without the path: paths are names of a case's files.
fn cannot(act: &'static str, error: &std::io::Error) -> Trouble {
    Trouble::Retry { act, cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a walk is in the order of names, and lists links without following them.
    #[test]
    fn walk_lists_in_order_and_follows_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("b")).expect("folder");
        std::fs::write(folder.path().join("b/two"), b"22").expect("file");
        std::fs::write(folder.path().join("one"), b"1").expect("file");
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).expect("link");
        let (found, _) = walk(folder.path()).expect("walks");
        let seen: Vec<_> = found
            .iter()
            .map(|f| (f.path.strip_prefix(folder.path()).expect("inside").display().to_string(), f.nature, f.bytes))
            .collect();
        let expected = [("link", Nature::Link, 0), ("one", Nature::Bytes, 1), ("b/two", Nature::Bytes, 2)];
        assert_eq!(seen, expected.map(|(name, nature, bytes)| (name.to_owned(), nature, bytes)));
    }
}
