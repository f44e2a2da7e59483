//! Writes an index: takes documents out and in, commits, merges, and says which files the index is made of now.
//!
//! Works on a copy in memory; nothing that exists is changed. One thread writes rows, one applies, one merges; all
//! have ended when [`write()`] returns.

use super::{
    IndexDocument, SearchError,
    bundle::Files,
    directory::MemoryDirectory,
    schema::LAYOUT,
    sealed::{damaged, failed},
};
use crate::domain::{ids::EntryId, limits::INDEX_SEGMENTS_MAX};
use std::collections::BTreeMap;
use tantivy::{
    Index, IndexWriter, SegmentMeta, TantivyDocument,
    index::SegmentId,
    indexer::{IndexWriterOptions, NoMergePolicy},
};

/// tantivy's own minimum; most of it is set aside at once, so a single page should not ask for more.
const ARENA_BYTES_MIN: usize = 15_000_000;
/// Larger arenas make fewer segments; above this a bulk of documents gains nothing.
const ARENA_BYTES_MAX: usize = 48_000_000;

/// What is to change.
pub(super) struct Change {
    /// Documents that come in or replace earlier versions of themselves.
    pub(super) documents: Vec<IndexDocument>,
    /// Documents that leave.
    pub(super) gone: Vec<EntryId>,
}

/// An index that was written.
pub(super) struct Written {
    /// Segments by name; a segment of that name never changes.
    pub(super) segments: BTreeMap<String, Files>,
    /// What changes with every commit.
    pub(super) head: Files,
}

/// Applies `change` to the index of `files`; no files are an empty index.
///
/// # Errors
/// [`SearchError::Damaged`] where `files` make no index, `World` where writing fails.
pub(super) fn write(files: Files, change: Change) -> Result<Written, SearchError> {
    let fresh = files.is_empty();
    let directory = MemoryDirectory::holding(files);
    let index = if fresh {
        LAYOUT.create(directory.clone()).map_err(|error| failed("creating an index", &error))?
    } else {
        LAYOUT.open(directory.clone())?
    };
    apply(&index, change).map_err(|error| failed("writing an index", &error))?;
    let segments = index.searchable_segment_metas().map_err(|error| damaged(&error))?;
    Ok(sort_out(&directory.files(), &segments))
}

fn apply(index: &Index, change: Change) -> tantivy::Result<()> {
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(arena_bytes(&change.documents))
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    let mut writer: IndexWriter<TantivyDocument> = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let purge = !change.gone.is_empty();
    for entry in change.gone {
        writer.delete_term(LAYOUT.entry_term(entry));
    }
    for document in change.documents {
        writer.delete_term(LAYOUT.entry_term(document.entry));
        for row in LAYOUT.rows(&document) {
            writer.add_document(row)?;
        }
    }
    writer.commit()?;
    loop {
        let segments: Vec<Size> = index.searchable_segment_metas()?.iter().map(Size::of).collect();
        let due = merge_due(segments, purge);
        if due.is_empty() {
            return writer.wait_merging_threads();
        }
        writer.merge(&due).wait()?;
    }
}

/// Enough for the text with its positions, within bounds.
fn arena_bytes(documents: &[IndexDocument]) -> usize {
    let pages = documents.iter().flat_map(|document| &document.pages);
    let text: usize = pages.map(|page| page.text.len()).sum();
    text.saturating_mul(4).saturating_add(ARENA_BYTES_MIN).min(ARENA_BYTES_MAX)
}

/// A segment's rows.
#[derive(Clone, Copy)]
struct Size<Id = SegmentId> {
    id: Id,
    living: u32,
    deleted: u32,
}

impl Size {
    fn of(segment: &SegmentMeta) -> Self {
        Self { id: segment.id(), living: segment.num_docs(), deleted: segment.num_deleted_docs() }
    }
}

/// Which segments to merge now; none when the index is in order.
///
/// Rows of documents that left are purged at once: their text must not stay in sealed files. Rows that were only
/// replaced wait until they are a quarter of their segment. Too many segments: the smaller half becomes one, with
/// every larger one that is no larger than what is merged already, so that a row is rewritten about log n times.
fn merge_due<Id>(mut segments: Vec<Size<Id>>, purge: bool) -> Vec<Id> {
    let stale = |size: &Size<Id>| size.deleted > 0 && (purge || size.deleted >= size.living / 3);
    if segments.iter().any(stale) {
        return segments.into_iter().filter(stale).map(|size| size.id).collect();
    }
    if segments.len() <= INDEX_SEGMENTS_MAX {
        return Vec::new();
    }
    segments.sort_by_key(|size| size.living);
    let half = segments.len().div_ceil(2);
    let mut sum = 0_u64;
    let due = segments.into_iter().enumerate().take_while(|(index, size)| {
        let taken = *index < half || u64::from(size.living) <= sum;
        sum += u64::from(size.living);
        taken
    });
    due.map(|(_, size)| size.id).collect()
}

/// Sorts the living files: those of segments, which stay as they are, and the head.
fn sort_out(files: &Files, segments: &[SegmentMeta]) -> Written {
    let mut written = Written { segments: BTreeMap::new(), head: Files::new() };
    let living: Vec<String> = segments.iter().map(|segment| segment.id().uuid_string()).collect();
    let deletes: Vec<_> = segments.iter().filter(|segment| segment.has_deletes()).map(deletes_of).collect();
    for (name, bytes) in files {
        let is_deletes = has_extension(name, "del");
        if name == "meta.json" || (is_deletes && deletes.contains(name)) {
            written.head.insert(name.clone(), bytes.clone());
        } else if let Some(segment) = living.iter().find(|id| name.starts_with(id.as_str()) && !is_deletes) {
            written.segments.entry(segment.clone()).or_default().insert(name.clone(), bytes.clone());
        }
    }
    written
}

fn deletes_of(segment: &SegmentMeta) -> String {
    segment.relative_path(tantivy::index::SegmentComponent::Delete).to_string_lossy().into_owned()
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(sizes: &[(u32, u32)]) -> Vec<Size<usize>> {
        let sizes = sizes.iter().enumerate();
        sizes.map(|(id, (living, deleted))| Size { id, living: *living, deleted: *deleted }).collect()
    }

    /// Proves when segments are merged, and which.
    #[test]
    fn merges() {
        assert!(merge_due(sizes(&[(5, 0); 8]), false).is_empty());
        assert_eq!(
            merge_due(sizes(&[(900, 0), (1, 0), (2, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0), (1, 0)]), false).len(),
            8
        );
        assert_eq!(merge_due(sizes(&[(90, 9), (10, 0)]), false), Vec::<usize>::new());
        assert_eq!(merge_due(sizes(&[(90, 9), (10, 0)]), true), [0]);
        assert_eq!(merge_due(sizes(&[(90, 31), (10, 0)]), false), [0]);
    }

    /// Proves that growing page by page keeps segments few and rewrites little.
    #[test]
    fn grows_cheaply() {
        let (mut segments, mut rewritten) = (Vec::new(), 0);
        for _ in 0..5_000 {
            segments.push(1_u32);
            let current: Vec<_> = segments.iter().map(|living| (*living, 0)).collect();
            let due = merge_due(sizes(&current), false);
            let merged: u32 = due.iter().map(|index| segments[*index]).sum();
            let kept = (0..segments.len()).filter(|index| !due.contains(index)).map(|index| segments[index]);
            segments = kept.collect();
            segments.extend((merged > 0).then_some(merged));
            rewritten += merged;
            assert!(segments.len() <= INDEX_SEGMENTS_MAX);
        }
        assert!(rewritten < 5_000 * 12, "{rewritten}");
    }
}
