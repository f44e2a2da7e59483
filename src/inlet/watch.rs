//! The watch folder: files that lie still in it are taken in, with their folders as names.
//!
//! A file is taken when its size and time have not changed for a while, and when its name is not one that programs give
//! to what they have not finished. It is moved or deleted only with its receipt in hand, and only if it still is what was
//! read: a file that changed meanwhile stays and is taken again. What cannot be read is tried again for ever.

use super::files::{self, Found};
use crate::{
    config::AfterReceipt,
    domain::{
        ids::CaseId,
        origin::{Actor, Inlet, NotRead, Origin},
        path::RawName,
    },
    pipeline::{
        Trouble,
        door::{Arrival, Door},
    },
};
use std::{
    collections::HashMap,
    io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The folder is looked at no more and no less often than this.
const ROUND_MIN: Duration = Duration::from_millis(250);
const ROUND_MAX: Duration = Duration::from_secs(5);

/// Ends of names that browsers, copiers and the like give to files that are not whole yet.
const UNFINISHED_ENDS: &[&str] = &[".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".tmp"];
/// Beginnings of such names, and of the lock files of office programs.
const UNFINISHED_BEGINNINGS: &[&str] = &["~$", ".~lock", ".goutputstream-", ".sb-", "~wrl"];

/// What is watched, and what becomes of files.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The folder.
    pub folder: PathBuf,
    /// The case that files belong to.
    pub case: CaseId,
    /// How long a file must lie still.
    pub stable: Duration,
    /// What becomes of a file after its receipt.
    pub after: AfterReceipt,
    /// Where it is moved to.
    pub move_to: PathBuf,
}

/// Watches until `stop`.
pub async fn watch(door: Door, plan: Plan, stop: CancellationToken) {
    let round = (plan.stable / 4).clamp(ROUND_MIN, ROUND_MAX);
    let mut watcher =
        Watcher { door, plan, memory: Memory::default(), arrival: None, ordinal: 0, blind: false, closed: 0 };
    while !stop.is_cancelled() {
        watcher.look(&stop).await;
        tokio::select! {
            () = tokio::time::sleep(round) => {}
            () = stop.cancelled() => {}
        }
    }
    watcher.end_arrival().await;
}

/// What tells two states of a file apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::symlink_metadata(path)?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

/// What is known about a file that was seen.
struct Seen {
    stamp: Stamp,
    since: Instant,
    taken: bool,
}

/// What was seen in the folder so far.
#[derive(Default)]
struct Memory {
    seen: HashMap<PathBuf, Seen>,
}

impl Memory {
    /// Notes what is there; the files that have lain still for long enough. What was taken below a place where nobody can
    /// look just now is remembered: it would be taken again when it comes back. What was not taken keeps no arrival open.
    fn note(&mut self, found: Vec<Found>, closed: &[PathBuf], stable: Duration) -> Vec<Found> {
        let now = Instant::now();
        let mut before = std::mem::take(&mut self.seen);
        let mut due = Vec::new();
        for one in found {
            // Gone between the listing and now: the next round tells.
            let Ok(stamp) = Stamp::of(&one.path) else { continue };
            let seen = match before.remove(&one.path) {
                Some(seen) if seen.stamp == stamp => seen,
                _ => Seen { stamp, since: now, taken: false },
            };
            if !seen.taken && now.duration_since(seen.since) >= stable {
                due.push(one.clone());
            }
            self.seen.insert(one.path, seen);
        }
        let is_hidden = |path: &Path| closed.iter().any(|closed| path.starts_with(closed));
        self.seen.extend(before.into_iter().filter(|(path, seen)| seen.taken && is_hidden(path)));
        due
    }
}

struct Watcher {
    door: Door,
    plan: Plan,
    memory: Memory,
    /// Open while files keep coming, so that what belongs together stays together.
    arrival: Option<Arrival>,
    ordinal: u64,
    /// The folder could not be looked at last time: said once.
    blind: bool,
    /// What lies within it and could not be looked at or listed last time.
    closed: usize,
}

impl Watcher {
    async fn look(&mut self, stop: &CancellationToken) {
        let Some((mut found, closed)) = self.list().await else { return };
        found.retain(|one| !self.is_elsewhere(&one.path) && !is_unfinished(&one.path));
        for one in self.memory.note(found, &closed, self.plan.stable) {
            if stop.is_cancelled() {
                return;
            }
            if let Err(trouble) = self.take(one).await {
                tracing::warn!(%trouble, "a file of the watch folder could not be taken; it is tried again");
            }
        }
        if self.memory.seen.values().all(|seen| seen.taken) {
            self.end_arrival().await;
        }
    }

    /// What lies in the folder, and where nobody can look within it; `None` where it cannot be seen just now.
    async fn list(&mut self) -> Option<(Vec<Found>, Vec<PathBuf>)> {
        let folder = self.plan.folder.clone();
        let listed = tokio::task::spawn_blocking(move || files::walk(&folder)).await;
        match listed {
            Ok(Ok((found, closed))) if closed.iter().all(|closed| closed.path != self.plan.folder) => {
                self.blind = false;
                self.note_closed(closed.iter().filter(|closed| closed.error.kind() != io::ErrorKind::NotFound).count());
                Some((found, closed.into_iter().map(|closed| closed.path).collect()))
            }
            // A file that went away while the folder was listed is nothing to speak of; the folder itself is.
            Ok(Err(_)) if self.plan.folder.is_dir() => None,
            _ => {
                if !self.blind {
                    tracing::error!("the watch folder cannot be read; files in it are not taken until it can");
                }
                self.blind = true;
                None
            }
        }
    }

    /// Says once of what lies within and cannot be looked at or listed, and again when there is more.
    fn note_closed(&mut self, closed: usize) {
        if closed > self.closed {
            tracing::error!(
                places = closed,
                "files or folders in the watch folder cannot be looked at; they are not taken until they can"
            );
        }
        self.closed = closed;
    }

    /// Files that were moved away are not taken again where they lie below the folder.
    fn is_elsewhere(&self, path: &Path) -> bool {
        self.plan.after == AfterReceipt::Move && path.starts_with(&self.plan.move_to)
    }

    async fn take(&mut self, found: Found) -> Result<(), Trouble> {
        let path = found.path.clone();
        let Ok(stamp) = Stamp::of(&path) else { return Ok(()) };
        if self.memory.seen.get(&path).is_none_or(|seen| seen.stamp != stamp) {
            return Ok(());
        }
        let arrival = self.open_arrival().await?;
        let name = RawName(path.strip_prefix(&self.plan.folder).unwrap_or(&path).as_os_str().as_bytes().to_vec());
        let found = Found { name, bytes: stamp.bytes, ..found };
        self.ordinal += 1;
        let receipt = files::hand_in_one(&self.door, &arrival, self.ordinal, found).await?;
        tracing::info!(case = %arrival.case, entry = %receipt.entry, "a file of the watch folder was taken in");
        if Stamp::of(&path).ok() != Some(stamp) {
            tracing::warn!("a file of the watch folder changed while it was read; it is taken again");
            return Ok(());
        }
        if let Some(seen) = self.memory.seen.get_mut(&path) {
            seen.taken = true;
        }
        let plan = self.plan.clone();
        let put_away = tokio::task::spawn_blocking(move || put_away(&plan, &path)).await;
        if let Ok(Err(error)) = put_away {
            tracing::error!(%error, "a file of the watch folder was taken but could not be put away; it stays");
        }
        Ok(())
    }

    async fn open_arrival(&mut self) -> Result<Arrival, Trouble> {
        if let Some(arrival) = &self.arrival {
            return Ok(arrival.clone());
        }
        let origin = Origin {
            inlet: Inlet::Watch,
            actor: Actor::Daemon,
            peer: self.plan.folder.display().to_string(),
            given: Vec::new(),
            not_read: NotRead::default(),
            at: self.door.stores().clock.now(),
        };
        let arrival = self.door.arrive(self.plan.case, &origin, None).await?;
        self.ordinal = 0;
        self.arrival = Some(arrival.clone());
        Ok(arrival)
    }

    async fn end_arrival(&mut self) {
        if let Some(arrival) = self.arrival.take()
            && let Err(trouble) = self.door.close(&arrival).await
        {
            tracing::warn!(%trouble, "the end of an arrival could not be noted");
        }
    }
}

fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    UNFINISHED_ENDS.iter().any(|end| name.ends_with(end))
        || UNFINISHED_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

fn put_away(plan: &Plan, path: &Path) -> io::Result<()> {
    match plan.after {
        AfterReceipt::Leave => Ok(()),
        AfterReceipt::Delete => std::fs::remove_file(path),
        AfterReceipt::Move => {
            let inside = path.strip_prefix(&plan.folder).unwrap_or(path);
            let target = free_name(&plan.move_to.join(inside));
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder)?;
            }
            move_file(path, &target)
        }
    }
}

/// Moves a file, also to another file system: then it is copied whole and durable before the first one goes.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            std::fs::copy(from, to)?;
            std::fs::File::open(to)?.sync_all()?;
            std::fs::remove_file(from)
        }
        other => other,
    }
}

/// A name that is not taken: `a.pdf`, `a.pdf.1`, `a.pdf.2`.
fn free_name(wanted: &Path) -> PathBuf {
    let mut target = wanted.to_owned();
    let mut number = 0_u32;
    while target.symlink_metadata().is_ok() {
        number += 1;
        let mut name = wanted.as_os_str().to_owned();
        name.push(format!(".{number}"));
        target = PathBuf::from(name);
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves which names are waited for.
    #[test]
    fn unfinished_names() {
        for name in ["a.pdf.part", "B.CRDOWNLOAD", "~$letter.docx", ".~lock.a.odt#", "x.tmp"] {
            assert!(is_unfinished(Path::new(name)), "{name}");
        }
        for name in ["a.pdf", "part", "partial.pdf", "a~$b.docx", ".DS_Store"] {
            assert!(!is_unfinished(Path::new(name)), "{name}");
        }
    }

    /// Proves that the shipped configuration says which names are never taken.
    #[test]
    fn names_that_are_never_taken_are_told() {
        let ends = UNFINISHED_ENDS.iter().map(|end| format!("*{end}"));
        for name in ends.chain(UNFINISHED_BEGINNINGS.iter().map(|beginning| format!("{beginning}*"))) {
            assert!(crate::config::SHIPPED.contains(&name), "{name}");
        }
    }

    /// Proves that what was taken is not taken again when a place in which nobody could look for a while opens again, and
    /// that what was not taken there is due then.
    #[test]
    fn what_was_taken_is_remembered_behind_a_closed_door() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("folder");
        for name in ["taken", "open", "gone"] {
            std::fs::write(inner.join(name), name).expect("file");
        }
        let walk = || files::walk(folder.path()).expect("walks").0;
        let names = |due: Vec<Found>| -> Vec<_> { due.into_iter().map(|one| one.path).collect() };
        let mut memory = Memory::default();
        assert_eq!(memory.note(walk(), &[], Duration::ZERO).len(), 3);
        for name in ["taken", "gone"] {
            memory.seen.get_mut(&inner.join(name)).expect("seen").taken = true;
        }

        assert_eq!(memory.note(Vec::new(), std::slice::from_ref(&inner), Duration::ZERO), []);
        assert!(memory.seen.values().all(|seen| seen.taken), "nothing that waits");
        std::fs::remove_file(inner.join("gone")).expect("removes");
        assert_eq!(names(memory.note(walk(), &[], Duration::ZERO)), [inner.join("open")]);
        assert!(!memory.seen.contains_key(&inner.join("gone")));
    }

    /// Proves that moving never replaces a file.
    #[test]
    fn moving_replaces_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = Plan {
            folder: folder.path().join("in"),
            case: CaseId::from_bytes([0; 16]),
            stable: Duration::ZERO,
            after: AfterReceipt::Move,
            move_to: folder.path().join("done"),
        };
        for text in ["one", "two"] {
            std::fs::create_dir_all(plan.folder.join("d")).expect("folder");
            std::fs::write(plan.folder.join("d/a"), text).expect("file");
            put_away(&plan, &plan.folder.join("d/a")).expect("moves");
        }
        assert_eq!(std::fs::read_to_string(plan.move_to.join("d/a")).expect("there"), "one");
        assert_eq!(std::fs::read_to_string(plan.move_to.join("d/a.1")).expect("there"), "two");
    }
}
