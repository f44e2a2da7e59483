//! Full-text search: one index per case, sealed, so that neither scores nor counts leak from case to case.
//!
//! Index files live in memory and are sealed whole to the vault; the catalog names which files make the index, and
//! readers open exactly those. Losing an index loses nothing: it is rebuilt from sealed records and texts.

mod answer;
mod bundle;
mod cache;
mod directory;
mod fold;
mod question;
mod schema;
pub mod sealed;
mod snippet;
pub mod store;
mod update;
mod words;

use crate::domain::{
    entry::Parts,
    facts::{FileKind, PageText, SearchField},
    ids::{CaseId, EntryId, ObjectId},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A document as it is indexed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndexDocument {
    /// Its entry; an earlier version of the same entry is replaced.
    pub entry: EntryId,
    /// Shown path.
    pub path: String,
    /// Its kind.
    pub kind: FileKind,
    /// Text by page.
    pub pages: Vec<PageText>,
    /// Words beside the pages.
    pub fields: Vec<SearchField>,
}

/// The files of an index, as named by the catalog. Serialised and sealed by the caller.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct IndexFiles(pub Vec<IndexFile>);

/// One immutable file of an index.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IndexFile {
    /// Its name inside the index; fixed content for all but the one that changes with every commit.
    pub name: String,
    /// The object that holds it.
    pub object: ObjectId,
    /// That object's parts.
    pub parts: Parts,
}

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    /// As typed: words, `"a phrase"`, `prefix*`, `fuzzy~` (one letter may differ; `~2` two), `field:word` with
    /// `text`, `name`, `kind`, `study`, `series`, `patient`, `slide` or `title`, `-not`. All must match one page, or,
    /// where no page has them all, one document. Case and diacritics do not matter.
    pub text: String,
    /// Hits wanted; at most [`QUERY_HITS_MAX`](crate::domain::limits::QUERY_HITS_MAX) come.
    pub limit: usize,
}

/// A hit: a page of a document, or the document's own words (page 0).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hit {
    /// The case.
    pub case: CaseId,
    /// The document.
    pub entry: EntryId,
    /// Its shown path.
    pub path: String,
    /// The page; `None` where names and study words matched.
    pub page: Option<u32>,
    /// Text around the match.
    pub snippet: String,
    /// Byte ranges of `snippet` that matched.
    pub marks: Vec<(usize, usize)>,
    /// Higher is better; comparable within one case only roughly across cases.
    pub score: f32,
    /// Text of the row that matched: of a page, or of a piece of a long one. Not shown.
    #[serde(skip)]
    pub row: String,
    /// Byte ranges of `row` that matched.
    #[serde(skip)]
    pub found: Vec<(usize, usize)>,
    /// Where the words that matched stand on a page that was read from pixels, in ten-thousandths of the width and height of
    /// the page as the document shows it: left, top, width, height. Filled in by who can open the page's text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<[u16; 4]>,
}

/// A fault of search.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The question cannot be read; says where.
    #[error("this search cannot be understood: {0}")]
    Query(String),
    /// An index file is damaged or missing: rebuild.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// The world's: retried.
    #[error("search failed while {act}: {detail}")]
    World {
        /// What was attempted.
        act: &'static str,
        /// What was said.
        detail: String,
    },
}

/// The search engine. The implementation holds the vault and a way to the case's keys.
#[async_trait]
pub trait Search: Send + Sync {
    /// Opens the index of `files`, replaces the documents given, removes `gone`, and seals the new files. What is
    /// returned becomes visible when the catalog names it, not before.
    ///
    /// # Errors
    /// [`SearchError`].
    async fn update(
        &self,
        case: CaseId,
        files: &IndexFiles,
        documents: Vec<IndexDocument>,
        gone: &[EntryId],
    ) -> Result<IndexFiles, SearchError>;

    /// Answers a question from the index of `files`.
    ///
    /// # Errors
    /// [`SearchError`].
    async fn search(&self, case: CaseId, files: &IndexFiles, query: &Query) -> Result<Vec<Hit>, SearchError>;

    /// Forgets what is held in memory about a case.
    async fn forget(&self, case: CaseId);
}
