//! What only the folder vault does; the rest is in the conformance suite.

use super::*;
use crate::lacking::{Lack, skip};
use std::{
    os::unix::fs::PermissionsExt,
    sync::atomic::{AtomicUsize, Ordering},
};
use tempfile::TempDir;

fn key(name: u8) -> PartKey {
    PartKey { epoch: EpochId::from_bytes([1; 16]), name: ObjectId::from_bytes([name; 16]) }
}

/// Names of one shard, as a writer makes them.
fn neighbour(name: u8) -> PartKey {
    let mut bytes = [name; 16];
    bytes[0] = 0;
    PartKey { epoch: EpochId::from_bytes([1; 16]), name: ObjectId::from_bytes(bytes) }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// A vault whose syncs go through `sync`, told apart by whether they are about a folder.
fn vault_with(sync: impl Fn(bool, &File) -> io::Result<()> + Send + Sync + 'static) -> (TempDir, FsVault) {
    let place = tempfile::tempdir().unwrap();
    let sync: SyncCall = Arc::new(move |file: &File| sync(file.metadata()?.is_dir(), file));
    let vault = FsVault::with_sync(place.path(), sync).unwrap();
    (place, vault)
}

/// Files and folders are the owner's alone, and no temp file stays.
#[tokio::test]
async fn parts_are_the_owners() {
    let (place, vault) = vault_with(|_, file| file.sync_all());
    vault.put(key(1), b"sealed".to_vec()).await.unwrap();
    let found = files(place.path());
    assert_eq!(found.len(), 1);
    assert_eq!(fs::metadata(&found[0]).unwrap().permissions().mode() & 0o777, 0o600);
    for folder in found[0].ancestors().skip(1).take(2) {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

/// A failed sync of the contents or of the folder is never acknowledged, leaves no file, and the next put is a new one.
#[tokio::test]
async fn a_failed_sync_is_never_acknowledged() {
    for fail_folder in [false, true] {
        let armed = Arc::new(AtomicUsize::new(usize::MAX));
        let (place, vault) = {
            let armed = Arc::clone(&armed);
            vault_with(move |is_folder, file| {
                if is_folder == fail_folder && armed.load(Ordering::SeqCst) == 0 {
                    armed.store(usize::MAX, Ordering::SeqCst);
                    return Err(io::Error::from_raw_os_error(5));
                }
                file.sync_all()
            })
        };
        // The first put makes the folders, so that the armed one fails at its own sync.
        vault.put(neighbour(1), b"one".to_vec()).await.unwrap();
        armed.store(0, Ordering::SeqCst);
        let failed = vault.put(neighbour(2), b"two".to_vec()).await;
        assert!(matches!(failed, Err(VaultError::World { .. })), "folder: {fail_folder}");
        assert!(matches!(vault.get(neighbour(2), 0..1).await, Err(VaultError::Missing(_))));
        assert_eq!(files(place.path()).len(), 1, "folder: {fail_folder}");
        vault.put(neighbour(2), b"two".to_vec()).await.unwrap();
        assert_eq!(vault.get(neighbour(2), 0..3).await.unwrap(), b"two");
    }
}

/// No room, no inodes and no quota are `Full`, nothing partial stays, and it works again once there is room.
#[tokio::test]
async fn a_full_disk_says_so() {
    for number in [28, 122] {
        let full = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let (place, vault) = {
            let full = Arc::clone(&full);
            vault_with(move |is_folder, file| match !is_folder && full.load(Ordering::SeqCst) {
                true => Err(io::Error::from_raw_os_error(number)),
                false => file.sync_all(),
            })
        };
        assert!(matches!(vault.put(key(1), b"x".to_vec()).await, Err(VaultError::Full(_))));
        assert!(files(place.path()).is_empty());
        full.store(false, Ordering::SeqCst);
        vault.put(key(1), b"x".to_vec()).await.unwrap();
    }
}

/// What a crash leaves unfinished is listed under its epoch and goes with `delete`; no reader sees it.
#[tokio::test]
async fn unfinished_parts_are_collectable() {
    let (place, vault) = vault_with(|_, file| file.sync_all());
    vault.put(neighbour(1), b"whole".to_vec()).await.unwrap();
    let whole = files(place.path()).remove(0);
    let unfinished = with_new(&whole.with_file_name(neighbour(2).name.to_string()));
    fs::write(&unfinished, b"cut").unwrap();
    // A crash between link and removal leaves both names of one part.
    fs::hard_link(&whole, with_new(&whole)).unwrap();
    assert!(matches!(vault.get(neighbour(2), 0..1).await, Err(VaultError::Missing(_))));
    let listed = vault.parts(neighbour(1).epoch).await.unwrap();
    assert_eq!(listed, [(neighbour(1), 5), (neighbour(2), 3)]);
    vault.delete(neighbour(2)).await.unwrap();
    vault.delete(neighbour(1)).await.unwrap();
    assert!(files(place.path()).is_empty());
    assert!(vault.epochs().await.unwrap().is_empty());
}

/// Files and folders that are not ours are neither listed nor an error.
#[tokio::test]
async fn foreign_names_are_left_alone() {
    let (place, vault) = vault_with(|_, file| file.sync_all());
    vault.put(key(1), b"x".to_vec()).await.unwrap();
    fs::write(place.path().join("README"), b"x").unwrap();
    fs::create_dir(place.path().join("lost+found")).unwrap();
    fs::write(place.path().join(key(1).epoch.to_string()).join("note"), b"x").unwrap();
    assert_eq!(vault.epochs().await.unwrap(), [key(1).epoch]);
    assert_eq!(vault.parts(key(1).epoch).await.unwrap(), [(key(1), 1)]);
}

/// Every folder that opening the vault makes is durable in its parent.
#[test]
fn new_folders_are_synced() {
    let place = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sync: SyncCall = {
        let seen = Arc::clone(&seen);
        Arc::new(move |file: &File| {
            let path = fs::read_link(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file)))?;
            seen.lock().unwrap().push(path);
            Ok(())
        })
    };
    let root = place.path().join("data/vault");
    FsVault::with_sync(&root, Arc::clone(&sync)).unwrap();
    let base = fs::canonicalize(place.path()).unwrap();
    assert_eq!(*seen.lock().unwrap(), [base.join("data"), base]);
    FsVault::with_sync(&root, sync).unwrap();
    assert_eq!(seen.lock().unwrap().len(), 2, "nothing was made, nothing is synced");
}

/// Prints how long durable puts take, by puts in flight. By hand, with TMPDIR on the disk in question.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures, judges nothing"]
async fn figures() {
    for in_flight in [1, 4, 16] {
        let syncs = Arc::new(AtomicUsize::new(0));
        let (_place, vault) = {
            let syncs = Arc::clone(&syncs);
            vault_with(move |is_folder, file| {
                syncs.fetch_add(usize::from(is_folder), Ordering::SeqCst);
                file.sync_data()
            })
        };
        let vault = Arc::new(vault);
        let start = std::time::Instant::now();
        let lanes: Vec<_> = (0..in_flight)
            .map(|lane| {
                let vault = Arc::clone(&vault);
                tokio::spawn(async move {
                    for number in 0..480 / in_flight {
                        let mut name = [0; 16];
                        name[8..12].copy_from_slice(&((lane * 480 + number) as u32).to_be_bytes());
                        let key = PartKey { epoch: EpochId::from_bytes([1; 16]), name: ObjectId::from_bytes(name) };
                        vault.put(key, vec![7; 526_000]).await.unwrap();
                    }
                })
            })
            .collect();
        for lane in lanes {
            lane.await.unwrap();
        }
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0 / 480.0;
        println!("{in_flight:>2} in flight: {milliseconds:.2} ms a put, {} folder syncs", syncs.load(Ordering::SeqCst));
    }
}

/// Puts in flight share the folder's sync: many at once cost fewer than one each.
#[tokio::test(flavor = "multi_thread")]
async fn puts_in_flight_share_the_folder_sync() {
    let syncs = Arc::new(AtomicUsize::new(0));
    let linked = Arc::new(AtomicUsize::new(0));
    let (_place, vault) = {
        let (syncs, linked) = (Arc::clone(&syncs), Arc::clone(&linked));
        vault_with(move |is_folder, file| {
            if !is_folder {
                linked.fetch_add(1, Ordering::SeqCst);
            } else if syncs.fetch_add(1, Ordering::SeqCst) == 2 {
                // Two syncs made the folders. The first put's round lasts until every other put has written its file.
                while linked.load(Ordering::SeqCst) < 20 {
                    std::thread::yield_now();
                }
            }
            file.sync_all()
        })
    };
    let vault = Arc::new(vault);
    let puts: Vec<_> = (0..20)
        .map(|name| {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move { vault.put(neighbour(name), vec![name; 10]).await })
        })
        .collect();
    for put in puts {
        put.await.unwrap().unwrap();
    }
    let syncs = syncs.load(Ordering::SeqCst);
    assert!((4..22).contains(&syncs), "{syncs} syncs for 20 puts and two folders");
}

/// A file system that is really full, of bytes or of inodes, says so and recovers. Needs the right to mount; skipped
/// without it.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "mounting a small file system takes the mount command")]
async fn a_really_full_file_system_says_so() {
    for options in ["size=1m,nr_inodes=1k", "size=64m,nr_inodes=20"] {
        let place = tempfile::tempdir().unwrap();
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(place.path())
            .output();
        if !mount.is_ok_and(|output| output.status.success()) {
            return skip(Lack::Right, "no right to mount a small file system");
        }
        let vault = FsVault::open(&place.path().join("vault")).unwrap();
        let mut taken = 0;
        let refused = loop {
            match vault.put(neighbour(taken), bytes_of(taken)).await {
                Ok(()) => taken += 1,
                Err(error) => break error,
            }
        };
        let whole = vault.parts(neighbour(0).epoch).await.unwrap().len();
        let read = vault.get(neighbour(0), 0..60_000).await.unwrap() == bytes_of(0);
        vault.delete(neighbour(0)).await.unwrap();
        let resumed = vault.put(neighbour(taken), bytes_of(taken)).await.is_ok();
        drop(vault);
        let unmounted = std::process::Command::new("umount").arg(place.path()).status().unwrap();
        assert!(unmounted.success());
        assert!(matches!(refused, VaultError::Full(_)), "{options}: {refused}");
        assert!(taken > 5 && whole == usize::from(taken) && read && resumed, "{options}: {taken} taken, {whole} whole");
    }
}

fn bytes_of(name: u8) -> Vec<u8> {
    vec![name; 60_000]
}
