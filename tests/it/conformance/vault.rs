//! What every vault promises (`casegate::vault`).

use casegate::{
    domain::ids::{EpochId, ObjectId, PartKey},
    vault::{
        Vault, VaultError,
        faulty::{FaultyVault, Plan},
        fs::FsVault,
        memory::MemoryVault,
        spill::SpillVault,
    },
};
use std::sync::Arc;

fn key(epoch: u8, name: u8) -> PartKey {
    PartKey { epoch: EpochId::from_bytes([epoch; 16]), name: ObjectId::from_bytes([name; 16]) }
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7) as u8).collect()
}

/// The whole suite against one empty vault.
async fn check(vault: Arc<dyn Vault>) {
    reads_what_was_put(&*vault).await;
    never_overwrites(&*vault).await;
    tells_short_from_missing(&*vault).await;
    deletes_more_than_once(&*vault).await;
    lists_by_epoch(&*vault).await;
    gives_a_name_to_one_of_many(vault).await;
}

/// A part comes back whole and by ranges, also the empty one.
async fn reads_what_was_put(vault: &dyn Vault) {
    for (name, length) in [(1, 0), (2, 1), (3, 4_096), (4, 300_001)] {
        let part = bytes(length);
        vault.put(key(1, name), part.clone()).await.unwrap();
        let end = length as u64;
        assert_eq!(vault.get(key(1, name), 0..end).await.unwrap(), part);
        for range in [0..0, end..end, end / 3..end / 2, end.saturating_sub(1)..end] {
            let expected = &part[range.start as usize..range.end as usize];
            assert_eq!(vault.get(key(1, name), range.clone()).await.unwrap(), expected, "{range:?}");
        }
    }
}

/// A second put under a key is refused and changes nothing; the same name in another epoch is another part.
async fn never_overwrites(vault: &dyn Vault) {
    vault.put(key(2, 1), bytes(10)).await.unwrap();
    for other in [vec![], bytes(10), bytes(500)] {
        let again = vault.put(key(2, 1), other).await;
        assert!(matches!(again, Err(VaultError::Exists(taken)) if taken == key(2, 1)));
    }
    assert_eq!(vault.get(key(2, 1), 0..10).await.unwrap(), bytes(10));
    vault.put(key(3, 1), bytes(3)).await.unwrap();
    assert_eq!(vault.get(key(3, 1), 0..3).await.unwrap(), bytes(3));
}

/// A range beyond the end says how long the part is; a part that is not there says so, for every range.
async fn tells_short_from_missing(vault: &dyn Vault) {
    vault.put(key(4, 1), bytes(10)).await.unwrap();
    for range in [0..11, 10..11, 11..11, 50..60, 0..u64::MAX] {
        let short = vault.get(key(4, 1), range.clone()).await;
        assert!(matches!(short, Err(VaultError::Short { bytes: 10, wanted, .. }) if wanted == range.end), "{range:?}");
        assert!(matches!(vault.get(key(4, 2), range).await, Err(VaultError::Missing(gone)) if gone == key(4, 2)));
    }
    assert!(matches!(vault.get(key(4, 2), 0..0).await, Err(VaultError::Missing(_))));
}

/// Deleting is final, harmless where there is nothing, and leaves the neighbours.
async fn deletes_more_than_once(vault: &dyn Vault) {
    vault.put(key(5, 1), bytes(10)).await.unwrap();
    vault.put(key(5, 2), bytes(10)).await.unwrap();
    for _ in 0..2 {
        vault.delete(key(5, 1)).await.unwrap();
        assert!(matches!(vault.get(key(5, 1), 0..1).await, Err(VaultError::Missing(_))));
    }
    assert!(vault.get(key(5, 2), 0..10).await.is_ok());
    vault.delete(key(99, 1)).await.unwrap();
}

/// Epochs and parts are listed exactly, with sizes, each once, and an epoch without parts is none.
async fn lists_by_epoch(vault: &dyn Vault) {
    vault.put(key(6, 1), bytes(11)).await.unwrap();
    vault.put(key(6, 2), bytes(22)).await.unwrap();
    vault.put(key(7, 3), bytes(33)).await.unwrap();
    let mut listed = vault.parts(key(6, 0).epoch).await.unwrap();
    listed.sort_unstable();
    assert_eq!(listed, [(key(6, 1), 11), (key(6, 2), 22)]);
    assert!(vault.parts(key(98, 0).epoch).await.unwrap().is_empty());
    let listed = |mut epochs: Vec<EpochId>| {
        epochs.sort_unstable();
        epochs
    };
    let expected: Vec<EpochId> = (1..=7).map(|epoch| key(epoch, 0).epoch).collect();
    assert_eq!(listed(vault.epochs().await.unwrap()), expected);
    vault.delete(key(7, 3)).await.unwrap();
    assert_eq!(listed(vault.epochs().await.unwrap()), expected[..6]);
}

/// Of many puts at once under one key exactly one wins, and its bytes are what is read; under different keys all do.
async fn gives_a_name_to_one_of_many(vault: Arc<dyn Vault>) {
    let put = |part: PartKey, length: usize| {
        let vault = Arc::clone(&vault);
        tokio::spawn(async move { vault.put(part, bytes(length)).await.map(|()| length) })
    };
    let mut winners = Vec::new();
    for racer in (1..=16).map(|length| put(key(8, 1), length)).collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(length) => winners.push(length),
            Err(error) => assert!(matches!(error, VaultError::Exists(_)), "{error}"),
        }
    }
    let [winner] = winners[..] else { panic!("{} puts won", winners.len()) };
    assert_eq!(vault.get(key(8, 1), 0..winner as u64).await.unwrap(), bytes(winner));
    assert_eq!(vault.parts(key(8, 0).epoch).await.unwrap(), [(key(8, 1), winner as u64)]);
    for racer in (1..=32).map(|name| put(key(9, name), 100)).collect::<Vec<_>>() {
        racer.await.unwrap().unwrap();
    }
    assert_eq!(vault.parts(key(9, 0).epoch).await.unwrap().len(), 32);
}

/// The vault in memory keeps the promises.
#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    check(Arc::new(MemoryVault::new())).await;
}

/// The vault that spills keeps the promises, with all in memory, all in the file, and both.
#[tokio::test(flavor = "multi_thread")]
async fn spill_conforms() {
    let folder = tempfile::tempdir().unwrap();
    for memory_bytes_max in [u64::MAX / 2, 0, 1_000] {
        check(Arc::new(SpillVault::with(folder.path().to_owned(), memory_bytes_max))).await;
    }
}

/// The vault in a folder keeps the promises.
#[tokio::test(flavor = "multi_thread")]
async fn folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    check(Arc::new(FsVault::open(&folder.path().join("data/vault")).unwrap())).await;
}

/// A folder's parts are there for whoever opens it next.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    FsVault::open(folder.path()).unwrap().put(key(1, 1), bytes(9)).await.unwrap();
    let again = FsVault::open(folder.path()).unwrap();
    assert_eq!(again.get(key(1, 1), 0..9).await.unwrap(), bytes(9));
    assert!(matches!(again.put(key(1, 1), bytes(1)).await, Err(VaultError::Exists(_))));
}

/// The vault that injects faults changes nothing while its plan has none.
#[tokio::test(flavor = "multi_thread")]
async fn faulty_without_faults_conforms() {
    check(Arc::new(FaultyVault::new(Arc::new(MemoryVault::new()), Plan::Sound))).await;
}
