//! Open case indexes, the least recently used forgotten first, within a limit of bytes.
//!
//! An index that does not fit is served and not kept. Of one case two sets of files are kept at most: the one the
//! catalog names and the one that is about to be.

use super::{
    SearchError,
    bundle::Files,
    directory::MemoryDirectory,
    schema::{BLOCK_BYTES, LAYOUT},
    sealed::damaged,
};
use crate::domain::ids::{CaseId, ObjectId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tantivy::{ReloadPolicy, Searcher, directory::OwnedBytes};

/// Blocks of rows that an open index keeps inflated, per segment: as many as two lists of hits need.
const BLOCKS_MAX: usize = 32;
/// What an open index costs beside its files: term dictionaries' heads, schema, maps.
const OPEN_BYTES: u64 = 64 * 1024;

/// Bundles by the object that holds them.
pub(super) type Bundles = HashMap<ObjectId, OwnedBytes>;

/// An index open for reading; immutable.
pub(super) struct OpenIndex {
    /// Its bundles as they were read.
    pub(super) bundles: Bundles,
    /// Their files.
    pub(super) files: Files,
    /// Answers questions.
    pub(super) searcher: Searcher,
}

impl OpenIndex {
    /// Opens the index of these bundles.
    ///
    /// # Errors
    /// [`SearchError::Damaged`].
    pub(super) fn open(bundles: Bundles) -> Result<Self, SearchError> {
        let mut files = Files::new();
        for bundle in bundles.values() {
            let unpacked = super::bundle::unpack(bundle.clone());
            files.extend(unpacked.ok_or_else(|| SearchError::Damaged("a bundle is cut or none of ours".to_owned()))?);
        }
        let index = LAYOUT.open(MemoryDirectory::holding(files.clone()))?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(BLOCKS_MAX)
            .try_into()
            .map_err(|error| damaged(&error))?;
        Ok(Self { bundles, files, searcher: reader.searcher() })
    }

    fn bytes(&self) -> u64 {
        let bundles: u64 = self.bundles.values().map(|bundle| bundle.len() as u64).sum();
        let blocks = self.searcher.segment_readers().len() as u64 * (BLOCKS_MAX * BLOCK_BYTES) as u64;
        bundles + blocks.min(bundles * 2) + OPEN_BYTES
    }
}

/// Which set of files: the case and the objects, which are written once and so fix their content.
pub(super) type Key = (CaseId, Vec<ObjectId>);

/// How often something was forgotten; what began to open earlier is not kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Era(u64);

/// The cache.
pub(super) struct Cache {
    bytes_max: u64,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    indexes: HashMap<Key, Slot>,
    bytes: u64,
    uses: u64,
    era: u64,
}

struct Slot {
    index: Arc<OpenIndex>,
    bytes: u64,
    used: u64,
}

impl Cache {
    /// An empty cache.
    pub(super) fn new(bytes_max: u64) -> Self {
        Self { bytes_max, held: Mutex::default() }
    }

    /// The era that opening begins in.
    pub(super) fn era(&self) -> Era {
        Era(self.lock().era)
    }

    /// The open index of that key.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<OpenIndex>> {
        let mut held = self.lock();
        held.uses += 1;
        let used = held.uses;
        let slot = held.indexes.get_mut(key)?;
        slot.used = used;
        Some(Arc::clone(&slot.index))
    }

    /// Every bundle held of a case: another set of its files shares most of them.
    pub(super) fn bundles(&self, case: CaseId) -> Bundles {
        let held = self.lock();
        let slots = held.indexes.iter().filter(|(key, _)| key.0 == case);
        slots.flat_map(|(_, slot)| slot.index.bundles.clone()).collect()
    }

    /// Keeps an index that began to open in `era`, where it fits.
    pub(super) fn keep(&self, key: Key, index: Arc<OpenIndex>, era: Era) {
        let bytes = index.bytes();
        let mut held = self.lock();
        if bytes > self.bytes_max || held.era != era.0 {
            return;
        }
        held.keep_latest_but(&key);
        held.uses += 1;
        let used = held.uses;
        held.bytes += bytes;
        if let Some(earlier) = held.indexes.insert(key, Slot { index, bytes, used }) {
            held.bytes -= earlier.bytes;
        }
        while held.bytes > self.bytes_max && held.drop_oldest() {}
    }

    /// Forgets a case.
    pub(super) fn forget(&self, case: CaseId) {
        let mut held = self.lock();
        held.era += 1;
        held.drop_where(|key, _| key.0 == case);
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // A cache is whole after any panic: at worst its sum of bytes is off by one index.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Of the other sets of the key's case, keeps only the one used last.
    fn keep_latest_but(&mut self, key: &Key) {
        let others = self.indexes.iter().filter(|(other, _)| other.0 == key.0 && *other != key);
        if let Some(latest) = others.map(|(_, slot)| slot.used).max() {
            let key = key.clone();
            self.drop_where(|other, slot| other.0 == key.0 && *other != key && slot.used != latest);
        }
    }

    fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.indexes.values().map(|slot| slot.used).min() else { return false };
        self.drop_where(|_, slot| slot.used == oldest);
        true
    }

    fn drop_where(&mut self, dropped: impl Fn(&Key, &Slot) -> bool) {
        self.indexes.retain(|key, slot| !dropped(key, slot));
        self.bytes = self.indexes.values().map(|slot| slot.bytes).sum();
    }
}
