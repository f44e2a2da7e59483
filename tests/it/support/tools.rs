//! An outside program that reads what a test wrote into a bitmap.

use async_trait::async_trait;
use casegate::{
    domain::{
        bulk::Bulk,
        reading::{Bitmap, ReadWord},
    },
    jail::{ReadOrder, Stands, ToolError, Tools},
};
use std::sync::atomic::{AtomicU32, Ordering};

/// A bitmap that says these words to [`PlainReader`]: its grey is their bytes.
pub(crate) fn bitmap_saying(text: &str) -> Bitmap {
    Bitmap { width: u32::try_from(text.len()).unwrap(), height: 1, dpi: 300, grey: Bulk(text.as_bytes().to_vec()) }
}

/// Reads what [`bitmap_saying`] wrote, sure of every word but those that begin with `~`. Breaks after so many pages, as
/// often as told.
pub(crate) struct PlainReader {
    packs: Vec<String>,
    /// Pages that were read.
    pub(crate) read: AtomicU32,
    breaks: AtomicU32,
    breaks_at: u32,
}

impl PlainReader {
    /// A reader that breaks `breaks` times before it reads the page that is `breaks_at` in order.
    pub(crate) fn new((breaks, breaks_at): (u32, u32)) -> Self {
        let packs = ["eng", "osd"].map(str::to_owned).to_vec();
        Self { packs, read: AtomicU32::new(0), breaks: AtomicU32::new(breaks), breaks_at }
    }
}

#[async_trait]
impl Tools for PlainReader {
    fn packs(&self) -> &[String] {
        &self.packs
    }

    async fn read(&self, order: ReadOrder<'_>) -> Result<Vec<ReadWord>, ToolError> {
        if self.read.load(Ordering::SeqCst) == self.breaks_at
            && self.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
        {
            return Err(ToolError::Unavailable("tesseract", "told to break".to_owned()));
        }
        self.read.fetch_add(1, Ordering::SeqCst);
        let text = String::from_utf8(order.bitmap.grey.0.clone()).unwrap();
        let word = |(at, word): (usize, &str)| ReadWord {
            text: word.trim_start_matches('~').to_owned(),
            confidence: if word.starts_with('~') { 0.2 } else { 0.95 },
            line: u32::try_from(at / 10).unwrap(),
            place: [0, 0, 1, 1],
        };
        Ok(text.split_whitespace().enumerate().map(word).collect())
    }

    async fn stands(&self, _bitmap: &Bitmap) -> Result<Option<Stands>, ToolError> {
        Ok(None)
    }

    async fn pdf_page(&self, _bytes: &[u8], _page: u32, _dpi: u32) -> Result<Bitmap, ToolError> {
        Err(ToolError::Missing("pdftoppm"))
    }
}
