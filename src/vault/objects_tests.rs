//! Objects over vaults that behave and vaults that do not.

use super::*;
use crate::vault::{
    faulty::{Fault, FaultyVault, Operation, Plan},
    memory::MemoryVault,
};
use async_trait::async_trait;
use std::{ops::Range, sync::Mutex};

const PART: usize = PART_BYTES_MAX as usize;
const EPOCH: EpochId = EpochId::from_bytes([7; 16]);

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 17 + index / 65_521) as u8).collect()
}

fn objects(vault: &Arc<dyn Vault>) -> Objects {
    Objects::new(Arc::clone(vault), EPOCH)
}

fn memory() -> Arc<dyn Vault> {
    Arc::new(MemoryVault::new())
}

async fn store(vault: &Arc<dyn Vault>, length: usize) -> (Arc<CaseKeys>, Parts, Vec<u8>) {
    let (keys, plain) = (Arc::new(CaseKeys::generate()), text(length));
    let (_, parts) = objects(vault).write(&keys.recipient(), plain.clone()).await.unwrap();
    (keys, parts, plain)
}

/// Replaces a part's bytes, as whoever holds the disk can.
async fn tamper(vault: &Arc<dyn Vault>, part: &Part, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = vault.get(part.key, 0..part.sealed_bytes).await.unwrap();
    change(&mut bytes);
    vault.delete(part.key).await.unwrap();
    vault.put(part.key, bytes).await.unwrap();
}

/// Objects of every length come back whole, with the fewest parts, and verify.
#[tokio::test]
async fn what_is_written_is_read() {
    let vault = memory();
    for (length, count) in
        [(0, 1), (1, 1), (PART - 1, 1), (PART, 1), (PART + 1, 2), (2 * PART, 2), (2 * PART + 70_000, 3)]
    {
        let (keys, parts, plain) = store(&vault, length).await;
        assert_eq!(parts.0.len(), count, "{length}");
        assert_eq!(parts.plain_bytes(), length as u64);
        let reader = objects(&vault).reader(keys, parts);
        assert_eq!(reader.read_all(length as u64).await.unwrap(), plain, "{length}");
        assert!(reader.verify().await.is_ok());
    }
}

/// However the bytes are pushed, the object is the same.
#[tokio::test]
async fn pieces_make_the_same_object() {
    let vault = memory();
    let (keys, plain) = (Arc::new(CaseKeys::generate()), text(2 * PART + 12_345));
    for piece in [777_777, 65_536, PART, 3 * PART] {
        let mut writer = objects(&vault).writer(keys.recipient());
        for bytes in plain.chunks(piece) {
            writer.push(bytes).await.unwrap();
        }
        let (_, parts) = writer.finish().await.unwrap();
        let sizes: Vec<u64> = parts.0.iter().map(|part| part.plain_bytes).collect();
        assert_eq!(sizes, [PART as u64, PART as u64, 12_345]);
        let reader = objects(&vault).reader(Arc::clone(&keys), parts);
        assert_eq!(reader.read_all(u64::MAX).await.unwrap(), plain);
    }
}

/// Ranges across chunks, parts and the end give exactly those bytes.
#[tokio::test]
async fn any_range_is_read() {
    let vault = memory();
    let (keys, parts, plain) = store(&vault, PART + 300_000).await;
    let reader = objects(&vault).reader(keys, parts);
    let mut at = 1_u64;
    let edges = [0, 65_535, 65_536, PART as u64 - 1, PART as u64, reader.bytes() - 1, reader.bytes(), u64::MAX];
    let hops = (0..60).map(|_| {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (at >> 33) % (PART as u64 + 300_010)
    });
    for offset in hops.chain(edges) {
        for length in [0, 1, 100, 65_537, 200_000] {
            let start = (offset as usize).min(plain.len());
            let expected = &plain[start..start.saturating_add(length).min(plain.len())];
            assert_eq!(reader.read(offset, length).await.unwrap(), expected, "{length} bytes from {offset}");
        }
    }
}

/// `read_all` refuses before it reads.
#[tokio::test]
async fn too_much_is_refused_before_reading() {
    let vault = memory();
    let (keys, parts, _) = store(&vault, 1000).await;
    let reader = objects(&vault).reader(keys, parts);
    assert!(matches!(reader.read_all(999).await, Err(ObjectError::TooLarge { bytes: 1000, limit: 999 })));
}

/// A flip, a cut, a missing part, two parts swapped, and bytes behind are each found, with the part named.
#[tokio::test]
async fn tampering_is_found_and_named() {
    let length = 200_000;
    type Change = fn(&mut Vec<u8>);
    let changes: [(&str, Change, bool); 6] = [
        ("flip in the header", |bytes| bytes[40] ^= 1, true),
        ("flip in a chunk", |bytes| bytes[100_000] ^= 1, true),
        ("cut at a chunk", |bytes| bytes.truncate(184 + 65_552), true),
        ("cut by a byte", |bytes| bytes.truncate(bytes.len() - 1), true),
        ("emptied", Vec::clear, true),
        ("a byte behind", |bytes| bytes.push(0), false),
    ];
    for (what, change, reading_finds) in changes {
        let vault = memory();
        let (keys, parts, plain) = store(&vault, length).await;
        tamper(&vault, &parts.0[0], change).await;
        let reader = objects(&vault).reader(keys, parts.clone());
        let named = |error: &ObjectError| matches!(error, ObjectError::Damaged { part, .. } if *part == parts.0[0].key);
        match reader.read_all(u64::MAX).await {
            Err(error) => assert!(reading_finds && named(&error) && error.is_damage(), "{what}: {error}"),
            Ok(read) => assert!(!reading_finds && read == plain, "{what}"),
        }
        let faults = reader.verify().await.unwrap_err();
        assert!(faults.len() == 1 && named(&faults[0]), "{what}");
    }
}

/// Parts of one object that changed places, and a part that is gone, are found; the undamaged part still reads.
#[tokio::test]
async fn swapped_and_missing_parts_are_found() {
    let vault = memory();
    let (keys, parts, plain) = store(&vault, 2 * PART).await;
    let [first, second] = [parts.0[0], parts.0[1]];
    let swapped = Parts(vec![Part { key: second.key, ..first }, Part { key: first.key, ..second }]);
    let reader = objects(&vault).reader(Arc::clone(&keys), swapped);
    assert!(matches!(reader.read(0, 1).await, Err(ObjectError::Damaged { .. })));
    vault.delete(second.key).await.unwrap();
    let reader = objects(&vault).reader(keys, parts);
    assert_eq!(reader.read(0, PART).await.unwrap(), plain[..PART]);
    assert!(matches!(reader.read(PART as u64, 1).await, Err(ObjectError::Missing(key)) if key == second.key));
    assert!(matches!(&reader.verify().await.unwrap_err()[..], [ObjectError::Missing(_)]));
}

/// An empty object's part is checked too.
#[tokio::test]
async fn an_empty_object_can_be_damaged() {
    let vault = memory();
    let (keys, parts, _) = store(&vault, 0).await;
    tamper(&vault, &parts.0[0], |bytes| *bytes.last_mut().unwrap() ^= 1).await;
    assert!(objects(&vault).reader(keys, parts).read_all(0).await.is_err());
}

/// Recorded lengths that do not belong to the part are found, whichever was changed.
#[tokio::test]
async fn recorded_lengths_are_compared() {
    let vault = memory();
    let (keys, parts, _) = store(&vault, 70_000).await;
    for change in [|part: &mut Part| part.plain_bytes -= 1, |part: &mut Part| part.sealed_bytes -= 1] {
        let mut wrong = parts.clone();
        change(&mut wrong.0[0]);
        let reader = objects(&vault).reader(Arc::clone(&keys), wrong);
        assert!(matches!(reader.read_all(u64::MAX).await, Err(ObjectError::Damaged { .. })));
    }
}

/// A store that lies or fails while reading never yields wrong bytes: whatever comes back is right or an error.
#[tokio::test]
async fn a_faulty_store_yields_no_wrong_bytes() {
    let sound = memory();
    let (keys, parts, plain) = store(&sound, 700_000).await;
    let mut errors = 0;
    for seed in 0..200 {
        let faulty: Arc<dyn Vault> = Arc::new(FaultyVault::new(Arc::clone(&sound), Plan::Random { seed, one_in: 4 }));
        let reader = objects(&faulty).reader(Arc::clone(&keys), parts.clone());
        for offset in (0..700_000).step_by(170_000) {
            match reader.read(offset as u64, 90_000).await {
                Ok(bytes) => assert_eq!(bytes, plain[offset..(offset + 90_000).min(plain.len())], "seed {seed}"),
                Err(_) => errors += 1,
            }
        }
    }
    assert!(errors > 50, "the plan injected faults: {errors}");
}

/// Any failing put fails the object, even where the write happened; a full store is told as such.
#[tokio::test]
async fn a_failed_put_is_never_acknowledged() {
    for fault in [Fault::ErrorBefore, Fault::ErrorAfter, Fault::Full] {
        for nth in 0..3 {
            let plan = Plan::Script(vec![(Operation::Put, nth, fault)]);
            let faulty: Arc<dyn Vault> = Arc::new(FaultyVault::new(memory(), plan));
            let written = objects(&faulty).write(&CaseKeys::generate().recipient(), text(2 * PART + 1)).await;
            let full = matches!(written, Err(ObjectError::Vault(VaultError::Full(_))));
            assert!(written.is_err() && full == (fault == Fault::Full), "{fault:?} at {nth}");
        }
    }
}

/// An abandoned object leaves nothing behind.
#[tokio::test]
async fn abandoning_deletes_what_was_written() {
    let vault = memory();
    let mut writer = objects(&vault).writer(CaseKeys::generate().recipient());
    writer.push(&text(3 * PART + 5)).await.unwrap();
    writer.abandon().await;
    assert!(vault.parts(EPOCH).await.unwrap().is_empty());
}

/// Deleting goes on behind a part that fails, says so, and may be repeated.
#[tokio::test]
async fn deleting_tries_every_part() {
    let inside = memory();
    let (_, parts, _) = store(&inside, 2 * PART + 1).await;
    let plan = Plan::Script(vec![(Operation::Delete, 0, Fault::ErrorBefore)]);
    let faulty: Arc<dyn Vault> = Arc::new(FaultyVault::new(Arc::clone(&inside), plan));
    assert!(matches!(objects(&faulty).delete(&parts).await, Err(ObjectError::Vault(_))));
    assert_eq!(inside.parts(EPOCH).await.unwrap().len(), 1);
    objects(&faulty).delete(&parts).await.unwrap();
    assert!(inside.parts(EPOCH).await.unwrap().is_empty());
}

/// The limits on parts and on the bytes of one part hold.
#[tokio::test]
async fn limits_hold() {
    let recipient = CaseKeys::generate().recipient();
    let few = Objects::with_parts_max(memory(), EPOCH, 2);
    assert!(few.write(&recipient, text(2 * PART)).await.is_ok());
    assert!(matches!(few.write(&recipient, text(2 * PART + 1)).await, Err(ObjectError::TooLong { parts_max: 2 })));
    assert!(matches!(few.write_part(recipient, text(PART + 1)).await, Err(ObjectError::TooLarge { .. })));
}

/// Names lie in the epoch, never repeat, and neighbours share a shard.
#[test]
fn names_are_random_within_a_shard() {
    let objects = objects(&memory());
    let keys: Vec<PartKey> = (0..PARTS_PER_SHARD + 1).map(|_| objects.new_key()).collect();
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    assert!(keys.iter().all(|key| key.epoch == EPOCH));
    let (last, first) = keys.split_last().unwrap();
    assert!(first.iter().all(|key| key.name.as_bytes()[0] == 0));
    assert_eq!(last.name.as_bytes()[0], 1);
}

/// Counts the reads of a vault and the bytes they fetch.
struct Counting {
    inside: MemoryVault,
    gets: Mutex<(u64, u64)>,
}

#[async_trait]
impl Vault for Counting {
    async fn put(&self, key: PartKey, sealed: Vec<u8>) -> Result<(), VaultError> {
        self.inside.put(key, sealed).await
    }
    async fn get(&self, key: PartKey, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
        {
            let mut gets = self.gets.lock().unwrap();
            gets.0 += 1;
            gets.1 += range.end - range.start;
        }
        self.inside.get(key, range).await
    }
    async fn delete(&self, key: PartKey) -> Result<(), VaultError> {
        self.inside.delete(key).await
    }
    async fn epochs(&self) -> Result<Vec<EpochId>, VaultError> {
        self.inside.epochs().await
    }
    async fn parts(&self, epoch: EpochId) -> Result<Vec<(PartKey, u64)>, VaultError> {
        self.inside.parts(epoch).await
    }
}

/// Small steps cost few reads of the store: chunks are kept, and reading on fetches ahead; a single hop fetches little.
#[tokio::test]
async fn reading_is_frugal() {
    let counting = Arc::new(Counting { inside: MemoryVault::new(), gets: Mutex::default() });
    let vault: Arc<dyn Vault> = Arc::clone(&counting) as Arc<dyn Vault>;
    let (keys, parts, _) = store(&vault, PART).await;
    let reader = objects(&vault).reader(keys, parts);
    for offset in (0..PART as u64).step_by(1024) {
        reader.read(offset, 1024).await.unwrap();
    }
    let (gets, bytes) = *counting.gets.lock().unwrap();
    assert!(gets <= 2 + 64 / 8 + 1 && bytes < PART as u64 + 100_000, "{gets} reads, {bytes} bytes");
    reader.read(10, 10).await.unwrap();
    let (_, after) = *counting.gets.lock().unwrap();
    assert!(after - bytes <= 65_552, "{} bytes for a hop", after - bytes);
}
