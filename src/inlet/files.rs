//! Files, folders and discs on this machine: what `ingest`, `inspect`, `disc` and the watch folder hand in.
//!
//! Names stay as given. Links and devices are listed, never followed or opened. Nothing is mounted and nothing is run.

use crate::{
    domain::{
        facts::Observation,
        limits::{FILES_IN_FLIGHT_BYTES_MAX, FILES_IN_FLIGHT_MAX, SNIFF_BYTES_MAX},
        path::RawName,
        reason::Reason,
    },
    pipeline::{
        self, Trouble,
        door::{Arrival, Door},
        receive::{Intake, MEMORY_BYTES_MAX, Receipt, Slot},
    },
    seal::{self, Digester},
};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    os::unix::{ffi::OsStrExt, fs::FileTypeExt},
    path::{Path, PathBuf},
};
use tokio::task::JoinSet;

/// Bytes read at once from a large file.
const READ_BYTES: usize = 1 << 20;

/// Something found on this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its name as the ledger will show it: as given on the command line, with folders.
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

/// Everything under the paths given, in order of names within each.
///
/// # Errors
/// A path does not exist or a folder cannot be listed.
pub fn walk(paths: &[PathBuf]) -> Result<Vec<Found>, Trouble> {
    let mut found = Vec::new();
    for path in paths {
        let metadata = std::fs::symlink_metadata(path).map_err(|error| match error.kind() {
            // Said to the asker only, who wrote this path.
            std::io::ErrorKind::NotFound => Trouble::Refused(format!("{} does not exist", path.display())),
            _ => cannot("looking at a path that was given", &error),
        })?;
        if metadata.is_symlink() {
            // A link that was named on purpose is followed once: the person asked for what it points to.
            let target = std::fs::metadata(path).map_err(|e| cannot("following a link that was given", &e))?;
            descend(path, &target, &mut found)?;
        } else {
            descend(path, &metadata, &mut found)?;
        }
    }
    Ok(found)
}

fn descend(path: &Path, metadata: &std::fs::Metadata, found: &mut Vec<Found>) -> Result<(), Trouble> {
    if !metadata.is_dir() {
        found.push(look(path, metadata)?);
        return Ok(());
    }
    // Folders in a folder are kept on a list, not on the stack: a tree may be deeper than the stack is.
    let mut waiting = vec![path.to_owned()];
    while let Some(folder) = waiting.pop() {
        let (files, folders) = list(&folder)?;
        found.extend(files);
        waiting.extend(folders.into_iter().rev());
    }
    Ok(())
}

fn list(folder: &Path) -> Result<(Vec<Found>, Vec<PathBuf>), Trouble> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for item in std::fs::read_dir(folder).map_err(|e| cannot("listing a folder", &e))? {
        let path = item.map_err(|e| cannot("listing a folder", &e))?.path();
        let metadata = std::fs::symlink_metadata(&path).map_err(|e| cannot("looking at a file", &e))?;
        if metadata.is_dir() {
            folders.push(path);
        } else {
            files.push(look(&path, &metadata)?);
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    folders.sort();
    Ok((files, folders))
}

fn look(path: &Path, metadata: &std::fs::Metadata) -> Result<Found, Trouble> {
    let kind = metadata.file_type();
    let (nature, bytes) = if kind.is_symlink() {
        (Nature::Link, 0)
    } else if kind.is_file() {
        (Nature::Bytes, metadata.len())
    } else if kind.is_block_device() {
        let mut device = File::open(path).map_err(|e| cannot("opening a drive", &e))?;
        (Nature::Bytes, device.seek(SeekFrom::End(0)).map_err(|e| cannot("measuring a drive", &e))?)
    } else {
        (Nature::Special, 0)
    };
    Ok(Found { path: path.to_owned(), name: RawName(path.as_os_str().as_bytes().to_vec()), nature, bytes })
}

/// The name of something found under a relative path, as the person gave it: what follows `folder`, with the `./` that
/// was typed.
pub fn as_given(path: &Path, folder: &Path, given: &Path) -> RawName {
    let whole = path.as_os_str().as_bytes();
    let mut top = folder.join(given).as_os_str().as_bytes().to_vec();
    if path.as_os_str().as_bytes() == top.as_slice() {
        return RawName(given.as_os_str().as_bytes().to_vec());
    }
    if !top.ends_with(b"/") {
        top.push(b'/');
    }
    let rest = whole.strip_prefix(top.as_slice()).unwrap_or(whole);
    let mut name = given.as_os_str().as_bytes().to_vec();
    if !name.ends_with(b"/") {
        name.push(b'/');
    }
    name.extend_from_slice(rest);
    RawName(name)
}

/// Hands in what was found, a few at a time. `told` is called with each receipt.
///
/// # Errors
/// A file cannot be read or the store failed; what was acknowledged stays.
pub async fn hand_in(
    door: &Door,
    arrival: &Arrival,
    found: Vec<Found>,
    mut told: impl FnMut(&Receipt),
) -> Result<(), Trouble> {
    let mut under_way = UnderWay::default();
    for (ordinal, one) in found.into_iter().enumerate() {
        // What a file takes of memory; beyond that it is taken a part at a time.
        let bytes = one.bytes.min(MEMORY_BYTES_MAX as u64);
        while under_way.is_full(bytes) {
            under_way.settle(&mut told).await?;
        }
        let (door, arrival) = (door.clone(), arrival.clone());
        under_way.bytes += bytes;
        under_way.tasks.spawn(async move { (bytes, hand_in_one(&door, &arrival, ordinal as u64, one).await) });
    }
    while !under_way.tasks.is_empty() {
        under_way.settle(&mut told).await?;
    }
    Ok(())
}

/// Files between being opened and their receipts.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<(u64, Result<Receipt, Trouble>)>,
    bytes: u64,
}

impl UnderWay {
    /// Must another file of so many bytes wait? One alone never does.
    fn is_full(&self, more: u64) -> bool {
        let crowded = self.tasks.len() >= FILES_IN_FLIGHT_MAX || self.bytes + more > FILES_IN_FLIGHT_BYTES_MAX;
        crowded && !self.tasks.is_empty()
    }

    async fn settle(&mut self, told: &mut impl FnMut(&Receipt)) -> Result<(), Trouble> {
        let Some(ended) = self.tasks.join_next().await else { return Ok(()) };
        let (bytes, receipt) =
            ended.map_err(|e| Trouble::Retry { act: "taking a file", cause: pipeline::ended(&e) })?;
        self.bytes -= bytes;
        told(&receipt?);
        Ok(())
    }
}

/// Hands in one thing.
///
/// # Errors
/// As for [`hand_in`].
pub async fn hand_in_one(door: &Door, arrival: &Arrival, ordinal: u64, found: Found) -> Result<Receipt, Trouble> {
    let why = match found.nature {
        Nature::Bytes => None,
        Nature::Link => Some("a symbolic link; it is not followed"),
        Nature::Special => Some("a pipe, socket or device; it is not opened"),
    };
    if let Some(why) = why {
        let slot = Slot {
            id: crate::domain::ids::EntryId::from_bytes(seal::random_bytes()),
            arrival: arrival.clone(),
            parent: None,
            ordinal,
            depth: 0,
            name: found.name,
            claims: Vec::new(),
        };
        return door.list(slot, Observation::new(Reason::LinkEntry, why)).await;
    }
    let mut intake = door.open(arrival, ordinal, found.name.clone())?;
    intake.expect(found.bytes);
    if found.bytes > MEMORY_BYTES_MAX as u64
        && door.stores().catalog.holds_size(arrival.case, found.bytes).await?
        && let Some(receipt) = known(&intake, &found.path).await?
    {
        return Ok(receipt);
    }
    let path = found.path;
    intake.take(move || File::open(&path)).await?.finish().await
}

/// Reads a large file once without storing it, to see whether the case holds it already.
async fn known(intake: &Intake, path: &Path) -> Result<Option<Receipt>, Trouble> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || first_read(&path)).await;
    let (sha256, bytes, head) = read.map_err(|e| Trouble::Retry { act: "reading a file", cause: e.to_string() })??;
    intake.known(sha256, bytes, &head).await
}

fn first_read(path: &Path) -> Result<(crate::domain::ids::PlainDigest, u64, Vec<u8>), Trouble> {
    let mut file = File::open(path).map_err(|e| cannot("opening a file", &e))?;
    let (mut digest, mut bytes, mut head) = (Digester::new(), 0, Vec::new());
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = file.read(&mut buffer).map_err(|e| cannot("reading a file", &e))?;
        if read == 0 {
            return Ok((digest.finish(), bytes, head));
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
        let wanted = SNIFF_BYTES_MAX.saturating_sub(head.len()).min(read);
        head.extend_from_slice(&buffer[..wanted]);
    }
}

/// The system's answer without the path: paths are names of a case's files.
fn cannot(act: &'static str, error: &std::io::Error) -> Trouble {
    Trouble::Retry { act, cause: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a walk keeps names as given, in order, and lists links without following them.
    #[test]
    fn walk_lists_in_order_and_follows_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("b")).expect("folder");
        std::fs::write(folder.path().join("b/two"), b"22").expect("file");
        std::fs::write(folder.path().join("one"), b"1").expect("file");
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).expect("link");
        let found = walk(&[folder.path().to_owned()]).expect("walks");
        let seen: Vec<_> = found
            .iter()
            .map(|f| (f.path.strip_prefix(folder.path()).expect("inside").display().to_string(), f.nature, f.bytes))
            .collect();
        let expected = [("link", Nature::Link, 0), ("one", Nature::Bytes, 1), ("b/two", Nature::Bytes, 2)];
        assert_eq!(seen, expected.map(|(name, nature, bytes)| (name.to_owned(), nature, bytes)));
    }

    /// Proves that few large files and many small ones are taken at once, and a file however large alone.
    #[tokio::test]
    async fn files_under_way_are_bounded() {
        let mut under_way = UnderWay::default();
        assert!(!under_way.is_full(u64::MAX));
        let large = MEMORY_BYTES_MAX as u64;
        for (bytes, most) in [(large, 2), (1, FILES_IN_FLIGHT_MAX)] {
            let mut count = 0;
            while !under_way.is_full(bytes) {
                under_way.bytes += bytes;
                under_way.tasks.spawn(async move { (bytes, Err(Trouble::Full)) });
                count += 1;
            }
            assert_eq!(count, most);
            while !under_way.tasks.is_empty() {
                assert!(matches!(under_way.settle(&mut |_| ()).await, Err(Trouble::Full)));
            }
            assert_eq!(under_way.bytes, 0);
        }
    }
}
