//! Search over sealed indexes: tantivy in memory, its files in the vault.
//!
//! Nothing of an index is ever plain on a disk: it is read, opened and written in memory, and leaves only through an
//! [`IndexStore`], which seals. An update writes new objects and names them; until the catalog names them in turn
//! they are nobody's, so a crash leaves orphans and no half index. Objects are read and written a few at a time.

use super::{
    Hit, IndexDocument, IndexFile, IndexFiles, Query, Search, SearchError,
    answer::answer,
    bundle::{self, Files},
    cache::{Bundles, Cache, Key, OpenIndex},
    question,
    update::{self, Change},
};
use crate::domain::{
    entry::Parts,
    ids::{CaseId, EntryId, ObjectId},
    limits::INDEX_LOADS_MAX,
};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use std::{collections::BTreeMap, sync::Arc};
use tantivy::directory::OwnedBytes;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Name of the bundle that changes with every commit.
const HEAD: &str = "head";

/// Where the files of indexes are sealed and opened again.
#[async_trait]
pub trait IndexStore: Send + Sync {
    /// Seals bytes as a new object of the case; durable when this returns.
    ///
    /// # Errors
    /// [`SearchError::World`].
    async fn write(&self, case: CaseId, bytes: Vec<u8>) -> Result<(ObjectId, Parts), SearchError>;

    /// Opens an object of the case.
    ///
    /// # Errors
    /// [`SearchError::Damaged`] where it is missing, cut or does not authenticate; `World` where the store fails.
    async fn read(&self, case: CaseId, object: ObjectId, parts: &Parts) -> Result<Vec<u8>, SearchError>;
}

/// The search engine.
pub struct SealedSearch {
    store: Arc<dyn IndexStore>,
    cache: Cache,
    loads: Semaphore,
}

impl SealedSearch {
    /// An engine over `store` that holds open indexes of at most `cache_bytes_max` bytes together.
    pub fn new(store: Arc<dyn IndexStore>, cache_bytes_max: u64) -> Self {
        Self { store, cache: Cache::new(cache_bytes_max), loads: Semaphore::new(INDEX_LOADS_MAX) }
    }

    /// The open index of these files, from memory or from the store.
    async fn opened(&self, case: CaseId, files: &IndexFiles) -> Result<Arc<OpenIndex>, SearchError> {
        let key = key(case, files);
        if let Some(index) = self.cache.get(&key) {
            return Ok(index);
        }
        let _load = self.loads.acquire().await.map_err(|error| failed("waiting to open an index", &error))?;
        // Whoever waited may find that the one before has opened the same.
        if let Some(index) = self.cache.get(&key) {
            return Ok(index);
        }
        let era = self.cache.era();
        let held = self.cache.bundles(case);
        let bundles = try_join_all(files.0.iter().map(|file| self.bundle(case, file, &held))).await?;
        let bundles: Bundles = bundles.into_iter().collect();
        let index = Arc::new(blocking("opening an index", move || OpenIndex::open(bundles)).await?);
        self.cache.keep(key, Arc::clone(&index), era);
        Ok(index)
    }

    async fn bundle(
        &self,
        case: CaseId,
        file: &IndexFile,
        held: &Bundles,
    ) -> Result<(ObjectId, OwnedBytes), SearchError> {
        if let Some(bytes) = held.get(&file.object) {
            return Ok((file.object, bytes.clone()));
        }
        let bytes = self.store.read(case, file.object, &file.parts).await?;
        Ok((file.object, OwnedBytes::new(bytes)))
    }

    /// Seals one bundle, unless it is a segment that is sealed already.
    async fn seal(&self, case: CaseId, bundle: NewBundle) -> Result<(IndexFile, OwnedBytes), SearchError> {
        let (name, bytes) = match bundle {
            NewBundle::Kept(file, bytes) => return Ok((file, bytes)),
            NewBundle::Fresh(name, bytes) => (name, bytes),
        };
        let (object, parts) = self.store.write(case, bytes.clone()).await?;
        Ok((IndexFile { name, object, parts }, OwnedBytes::new(bytes)))
    }
}

#[async_trait]
impl Search for SealedSearch {
    async fn update(
        &self,
        case: CaseId,
        files: &IndexFiles,
        documents: Vec<IndexDocument>,
        gone: &[EntryId],
    ) -> Result<IndexFiles, SearchError> {
        if documents.is_empty() && (gone.is_empty() || files.0.is_empty()) {
            return Ok(files.clone());
        }
        let era = self.cache.era();
        let (base, bundles) = if files.0.is_empty() {
            (Files::new(), Bundles::new())
        } else {
            let index = self.opened(case, files).await?;
            (index.files.clone(), index.bundles.clone())
        };
        let change = Change { documents, gone: gone.to_vec() };
        let earlier = files.0.clone();
        let fresh = blocking("writing an index", move || {
            let written = update::write(base, change)?;
            Ok(pack(written, earlier, &bundles))
        })
        .await?;
        let sealed = try_join_all(fresh.into_iter().map(|bundle| self.seal(case, bundle))).await?;
        let (files, bytes): (Vec<IndexFile>, Vec<OwnedBytes>) = sealed.into_iter().unzip();
        let bundles: Bundles = files.iter().map(|file| file.object).zip(bytes).collect();
        let files = IndexFiles(files);
        // Opening what was just written proves it before the catalog names it, and makes the next search warm.
        let index = Arc::new(blocking("opening an index", move || OpenIndex::open(bundles)).await?);
        self.cache.keep(key(case, &files), index, era);
        Ok(files)
    }

    async fn search(&self, case: CaseId, files: &IndexFiles, query: &Query) -> Result<Vec<Hit>, SearchError> {
        let clauses = question::read(&query.text)?;
        if files.0.is_empty() || query.limit == 0 {
            return Ok(Vec::new());
        }
        let index = self.opened(case, files).await?;
        let limit = query.limit;
        blocking("searching", move || answer(&index.searcher, case, &clauses, limit)).await
    }

    async fn forget(&self, case: CaseId) {
        self.cache.forget(case);
    }
}

/// A bundle of an index that was written.
enum NewBundle {
    /// Sealed earlier.
    Kept(IndexFile, OwnedBytes),
    /// To be sealed under this name.
    Fresh(String, Vec<u8>),
}

/// Packs what is new; segments of the earlier set stay the objects they are.
fn pack(written: update::Written, earlier: Vec<IndexFile>, held: &Bundles) -> Vec<NewBundle> {
    let mut earlier: BTreeMap<String, IndexFile> = earlier.into_iter().map(|file| (file.name.clone(), file)).collect();
    let mut bundles = vec![NewBundle::Fresh(HEAD.to_owned(), bundle::pack(&written.head))];
    for (name, files) in written.segments {
        let kept = earlier.remove(&name).and_then(|file| Some((held.get(&file.object)?.clone(), file)));
        bundles.push(match kept {
            Some((bytes, file)) => NewBundle::Kept(file, bytes),
            None => NewBundle::Fresh(name, bundle::pack(&files)),
        });
    }
    bundles
}

fn key(case: CaseId, files: &IndexFiles) -> Key {
    (case, files.0.iter().map(|file| file.object).collect())
}

/// Runs work that computes away from the threads that wait. A panic in it ends this work only.
async fn blocking<T: Send + 'static>(
    act: &'static str,
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, SearchError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        // Bytes that authenticate and still break the engine are a damaged index: rebuilding is the remedy.
        Err(error) if error.is_panic() => Err(SearchError::Damaged(format!("the engine gave up while {act}"))),
        Err(error) => Err(failed(act, &error)),
    }
}

/// An index that cannot be read. tantivy's texts name files of the index, never words of documents.
pub(super) fn damaged(error: &tantivy::TantivyError) -> SearchError {
    SearchError::Damaged(error.to_string())
}

/// A failure that is not the index's.
pub(super) fn failed(act: &'static str, error: &impl ToString) -> SearchError {
    SearchError::World { act, detail: error.to_string() }
}
