//! What the index holds: one row per piece of a page, and rows of page 0 with the document's own words.
//!
//! Every row carries the document's name, kind and fields as indexed words, so that `study:brain glioma` can match
//! one row; only path and text are kept for display.

use super::{IndexDocument, SearchError, directory::MemoryDirectory, question::Place, words::WordTokenizer};
use crate::domain::{facts::SearchField, ids::EntryId, limits::INDEX_PIECE_BYTES_MAX};
use std::sync::LazyLock;
use tantivy::{
    Index, IndexSettings, TantivyDocument, Term,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value},
};

const TOKENIZER: &str = "casegate-words-1";

/// Name of [`Layout::document`].
pub(super) const DOCUMENT: &str = "document";

/// Bytes of rows that are packed together. tantivy's 16 KiB make an index a tenth smaller, but a hit shows one row
/// and inflates all that lie with it.
pub(super) const BLOCK_BYTES: usize = 8 * 1024;

/// Bytes of fields that are repeated on every page; more (long slide manifests) stand on page 0 only.
const REPEATED_BYTES_MAX: usize = 8 * 1024;

/// Fields of the index.
pub(super) struct Layout {
    schema: Schema,
    /// The entry, as bytes.
    pub(super) entry: Field,
    /// The page; 0 for the document's own words.
    pub(super) page: Field,
    /// The entry as a number that many rows are compared by.
    pub(super) document: Field,
    path: Field,
    places: Vec<(Place, Field)>,
}

/// The one layout there is. An index of another layout is rebuilt.
pub(super) static LAYOUT: LazyLock<Layout> = LazyLock::new(Layout::build);

/// A row as it is shown.
pub(super) struct Row {
    /// The document.
    pub(super) entry: EntryId,
    /// The page; 0 for the document's own words.
    pub(super) page: u32,
    /// The shown path.
    pub(super) path: String,
    /// The text.
    pub(super) text: String,
}

impl Layout {
    fn build() -> Self {
        let mut schema = Schema::builder();
        let entry = schema.add_bytes_field("entry", INDEXED | STORED);
        let page = schema.add_u64_field("page", INDEXED | STORED);
        let document = schema.add_u64_field(DOCUMENT, INDEXED | FAST);
        let path = schema.add_text_field("path", STORED);
        let words = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let mut places = Vec::new();
        for (place, names) in Place::ALL {
            let options = TextOptions::default().set_indexing_options(words.clone());
            let options = if *place == Place::Text { options.set_stored() } else { options };
            places.push((*place, schema.add_text_field(names[0], options)));
        }
        Self { schema: schema.build(), entry, page, document, path, places }
    }

    /// The field of a place.
    pub(super) fn field(&self, place: Place) -> Field {
        let found = self.places.iter().find(|(known, _)| *known == place);
        found.expect("the layout is built from every place").1
    }

    /// The term all rows of a document have.
    pub(super) fn entry_term(&self, entry: EntryId) -> Term {
        Term::from_field_bytes(self.entry, entry.as_bytes())
    }

    /// The rows of a document.
    pub(super) fn rows(&self, document: &IndexDocument) -> Vec<TantivyDocument> {
        let mut own = document.path.clone();
        for field in &document.fields {
            own.push('\n');
            own.push_str(&field.text);
        }
        let fields_bytes: usize = document.fields.iter().map(|field| field.text.len()).sum();
        let repeated = if fields_bytes <= REPEATED_BYTES_MAX { document.fields.as_slice() } else { &[] };
        let mut rows = Vec::new();
        for (index, piece) in pieces(&own).enumerate() {
            let fields = if index == 0 { &document.fields } else { repeated };
            rows.push(self.row(document, 0, piece, fields));
        }
        for page in &document.pages {
            rows.extend(pieces(&page.text).map(|piece| self.row(document, page.page.max(1), piece, repeated)));
        }
        rows
    }

    fn row(&self, document: &IndexDocument, page: u32, piece: &str, fields: &[SearchField]) -> TantivyDocument {
        let mut row = TantivyDocument::new();
        row.add_bytes(self.entry, document.entry.as_bytes());
        row.add_u64(self.page, page.into());
        row.add_u64(self.document, document_number(document.entry));
        row.add_text(self.path, &document.path);
        row.add_text(self.field(Place::Text), piece);
        row.add_text(self.field(Place::Name), &document.path);
        row.add_text(self.field(Place::Kind), document.kind.name());
        for field in fields {
            // Fields without a place of their own are found among the document's own words.
            if let Some(place) = Place::named(&field.field).filter(|place| *place != Place::Text) {
                row.add_text(self.field(place), &field.text);
            }
        }
        row
    }

    /// Reads a row back; `None` where it is none of ours.
    pub(super) fn read(&self, row: &TantivyDocument) -> Option<Row> {
        let entry: [u8; 16] = row.get_first(self.entry)?.as_bytes()?.try_into().ok()?;
        Some(Row {
            entry: EntryId::from_bytes(entry),
            page: u32::try_from(row.get_first(self.page)?.as_u64()?).ok()?,
            path: row.get_first(self.path)?.as_str()?.to_owned(),
            text: row.get_first(self.field(Place::Text))?.as_str()?.to_owned(),
        })
    }

    /// Makes an empty index.
    ///
    /// # Errors
    /// tantivy's, none of which memory causes.
    pub(super) fn create(&self, directory: MemoryDirectory) -> tantivy::Result<Index> {
        // The thread of its own that compresses rows would outlive nothing, but cost more than it saves here.
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            docstore_blocksize: BLOCK_BYTES,
            ..IndexSettings::default()
        };
        let index = Index::create(directory, self.schema.clone(), settings)?;
        index.tokenizers().register(TOKENIZER, WordTokenizer);
        Ok(index)
    }

    /// Opens an index.
    ///
    /// # Errors
    /// [`SearchError::Damaged`] where it cannot be opened or was laid out by another version.
    pub(super) fn open(&self, directory: MemoryDirectory) -> Result<Index, SearchError> {
        let index = Index::open(directory).map_err(|error| super::sealed::damaged(&error))?;
        if index.schema() != self.schema {
            return Err(SearchError::Damaged("it was laid out by another version".to_owned()));
        }
        index.tokenizers().register(TOKENIZER, WordTokenizer);
        Ok(index)
    }
}

/// The first half of an entry's id: 64 random bits tell the documents of one case apart.
fn document_number(entry: EntryId) -> u64 {
    let (half, _) = entry.as_bytes().split_first_chunk::<8>().expect("ids have 16 bytes");
    u64::from_be_bytes(*half)
}

/// Cuts a text into pieces of bounded size, between words where there is a space; none where there is only space.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let end = piece_end(rest);
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}

fn piece_end(text: &str) -> usize {
    if text.len() <= INDEX_PIECE_BYTES_MAX {
        return text.len();
    }
    let boundary = (0..=INDEX_PIECE_BYTES_MAX).rev().find(|end| text.is_char_boundary(*end));
    let end = boundary.expect("0 is a boundary");
    match text[..end].rfind(char::is_whitespace) {
        Some(space) if space > 0 => space,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that pieces are bounded, lose no word, and never cut one that fits.
    #[test]
    fn pieces_keep_words() {
        let text = "medulloblastoma \n".repeat(10_000);
        let cut: Vec<&str> = pieces(&text).collect();
        assert!(cut.len() > 1 && cut.iter().all(|piece| piece.len() <= INDEX_PIECE_BYTES_MAX));
        let words: Vec<&str> = cut.iter().flat_map(|piece| piece.split_whitespace()).collect();
        assert_eq!(words.len(), 10_000);
        assert!(words.iter().all(|word| *word == "medulloblastoma"));
        assert_eq!(pieces(" \n\t ").count(), 0);
        let solid = "é".repeat(INDEX_PIECE_BYTES_MAX);
        assert_eq!(pieces(&solid).map(str::len).sum::<usize>(), solid.len());
    }
}
