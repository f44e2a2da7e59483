//! One case at a desk, over a store that keeps sealed objects in memory and counts what is asked of it.

use async_trait::async_trait;
use casegate::{
    domain::{
        entry::{Part, Parts},
        facts::{FileKind, PageText, SearchField},
        ids::{CaseId, EntryId, EpochId, HeaderDigest, ObjectId, PartKey},
    },
    search::{
        Hit, IndexDocument, IndexFiles, Query, Search, SearchError,
        sealed::{IndexStore, SealedSearch},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

pub(super) const CACHE_BYTES: u64 = 64 << 20;

/// Objects in memory; counts what is asked of it.
#[derive(Default)]
pub(super) struct MemoryStore {
    held: Mutex<Held>,
}

#[derive(Default)]
pub(super) struct Held {
    objects: HashMap<(CaseId, ObjectId), Vec<u8>>,
    reads: usize,
    writes: usize,
}

#[async_trait]
impl IndexStore for MemoryStore {
    async fn write(&self, case: CaseId, bytes: Vec<u8>) -> Result<(ObjectId, Parts), SearchError> {
        let mut held = self.held.lock().unwrap();
        held.writes += 1;
        let object = ObjectId::from_bytes((held.writes as u128).to_be_bytes());
        let part = Part {
            key: PartKey { epoch: EpochId::from_bytes([0; 16]), name: object },
            plain_bytes: bytes.len() as u64,
            sealed_bytes: bytes.len() as u64,
            header: HeaderDigest([0; 32]),
        };
        held.objects.insert((case, object), bytes);
        Ok((object, Parts(vec![part])))
    }

    async fn read(&self, case: CaseId, object: ObjectId, _: &Parts) -> Result<Vec<u8>, SearchError> {
        let mut held = self.held.lock().unwrap();
        held.reads += 1;
        let found = held.objects.get(&(case, object)).cloned();
        found.ok_or_else(|| SearchError::Damaged(format!("object {object} is missing")))
    }
}

impl MemoryStore {
    pub(super) fn counts(&self) -> (usize, usize) {
        let held = self.held.lock().unwrap();
        (held.reads, held.writes)
    }

    /// Do the objects these files name contain the bytes?
    pub(super) fn contains(&self, files: &IndexFiles, needle: &str) -> bool {
        let held = self.held.lock().unwrap();
        let named = |object: &ObjectId| files.0.iter().any(|file| file.object == *object);
        let mut objects = held.objects.iter().filter(|((_, object), _)| named(object));
        objects.any(|(_, bytes)| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
    }

    pub(super) fn change(&self, file: usize, files: &IndexFiles, change: impl FnOnce(&mut Vec<u8>)) {
        let mut held = self.held.lock().unwrap();
        let object = files.0[file].object;
        let found = held.objects.iter_mut().find(|((_, known), _)| *known == object);
        change(found.unwrap().1);
    }
}

/// One case and the files the catalog would name.
pub(super) struct Desk {
    pub(super) store: Arc<MemoryStore>,
    pub(super) engine: Arc<dyn Search>,
    pub(super) case: CaseId,
    pub(super) files: IndexFiles,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::over(Arc::default(), CACHE_BYTES)
    }

    pub(super) fn over(store: Arc<MemoryStore>, cache_bytes_max: u64) -> Self {
        let engine = Arc::new(SealedSearch::new(Arc::clone(&store) as Arc<dyn IndexStore>, cache_bytes_max));
        Self { store, engine, case: CaseId::from_bytes([1; 16]), files: IndexFiles::default() }
    }

    /// The same case seen by a process that has read nothing yet.
    pub(super) fn elsewhere(&self) -> Self {
        let mut desk = Self::over(Arc::clone(&self.store), CACHE_BYTES);
        desk.files = self.files.clone();
        desk
    }

    pub(super) async fn file(&mut self, documents: Vec<IndexDocument>) {
        self.files = self.engine.update(self.case, &self.files, documents, &[]).await.unwrap();
    }

    pub(super) async fn remove(&mut self, entry: u8) {
        self.files = self.engine.update(self.case, &self.files, vec![], &[id(entry)]).await.unwrap();
    }

    pub(super) async fn ask(&self, text: &str) -> Result<Vec<Hit>, SearchError> {
        let query = Query { text: text.to_owned(), limit: 1_000 };
        self.engine.search(self.case, &self.files, &query).await
    }

    /// Hits as `entry/page`, sorted.
    pub(super) async fn found(&self, text: &str) -> Vec<(u8, u32)> {
        let hits = self.ask(text).await.unwrap();
        let mut found: Vec<_> = hits.iter().map(|hit| (hit.entry.as_bytes()[0], hit.page.unwrap_or(0))).collect();
        found.sort_unstable();
        found
    }

    pub(super) async fn check(&self, text: &str, expected: &[(u8, u32)]) {
        assert_eq!(self.found(text).await, expected, "{text}");
    }
}

pub(super) fn id(entry: u8) -> EntryId {
    EntryId::from_bytes([entry; 16])
}

pub(super) fn document(entry: u8, pages: &[&str]) -> IndexDocument {
    let pages = (1..).zip(pages).map(|(page, text)| PageText { page, text: (*text).to_owned() });
    let path = format!("discharge/letter_{entry}.pdf");
    IndexDocument { entry: id(entry), path, kind: FileKind::Pdf, pages: pages.collect(), fields: vec![] }
}

pub(super) fn field(name: &str, text: &str) -> SearchField {
    SearchField { field: name.to_owned(), text: text.to_owned() }
}
