//! What reading pixels gives: a page as a bitmap, how it looks, and the words that were found on it.
//!
//! Facts again, not judgements: whether a page is legible is said by `casework::legibility`.

use super::{bulk::Bulk, facts::LanguageShare};
use serde::{Deserialize, Serialize};

/// A page as it is given to the reader of text: grey, upright as far as the document itself says how it stands.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Bitmap {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Pixels per inch; a guess where the document does not say.
    pub dpi: u32,
    /// One byte a pixel, 0 black to 255 white, rows from the top, without padding.
    pub grey: Bulk,
}

/// How a page looks, measured on its pixels before they were prepared for reading.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PageLook {
    /// Pixels of the picture as it came (of the largest picture on a page of a PDF).
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// Resolution of what came, pixels per inch; estimated from the height of the letters where nothing says it.
    pub dpi: Option<f32>,
    /// Height of small letters in pixels of what came; 0 where no line of text was found.
    pub letter_height: f32,
    /// Difference of the 95th and 5th percentile of grey, 0 to 255.
    pub contrast: f32,
    /// Mean grey of the paper, 0 to 255.
    pub brightness: f32,
    /// Share of pixels that are ink after local thresholding, 0 to 1.
    pub ink: f32,
    /// Variance of the Laplacian at half size after a median, inside text only.
    pub sharpness: f32,
    /// Degrees by which lines lean, before they were set straight.
    pub skew_degrees: f32,
    /// Share of the page's edges that cut through ink, 0 to 1.
    pub edge_ink: f32,
    /// Difference hash of the page, 64 bits, for likeness of pictures.
    pub picture_hash: u64,
}

/// What came of asking for a page's pixels.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Rendered {
    /// The page.
    Page {
        /// How it looked.
        look: PageLook,
        /// Prepared for reading.
        bitmap: Bitmap,
    },
    /// Nothing is to be seen on it.
    Blank(PageLook),
    /// It cannot be drawn, and why, without text of the document.
    Undrawable(String),
}

/// A word as it was read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ReadWord {
    /// The word.
    pub text: String,
    /// How sure the reader is, 0 to 1.
    pub confidence: f32,
    /// Line of the page it stands in, from 0.
    pub line: u32,
    /// Its box in ten-thousandths of the page's width and height: left, top, width, height.
    pub place: [u16; 4],
}

/// How reading one page ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadState {
    /// It was read, with or without words.
    #[default]
    Read,
    /// Nothing is to be seen on it.
    Blank,
    /// Its pixels cannot be had.
    Undrawable,
    /// The document's budget of time or pages was used up before.
    OverBudget,
}

/// One page that was read from pixels, without its words.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PageReading {
    /// Counted from 1.
    pub page: u32,
    /// How reading it ended.
    pub state: ReadState,
    /// How it looked.
    pub look: PageLook,
    /// Quarter turns clockwise after which it could be read.
    pub quarter_turns: u8,
    /// Words that were read.
    pub words: u32,
    /// Mean confidence of the words, weighted by letters, 0 to 1.
    pub confidence: f32,
    /// Share of the words that look like words of a language rather than noise, 0 to 1.
    pub wordlike: f32,
    /// Language pack it was read with.
    pub pack: String,
    /// Languages of the text by weight.
    pub languages: Vec<LanguageShare>,
}

/// What was read from the pixels of one document.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Pages that were read, in order.
    pub pages: Vec<PageReading>,
    /// Pages that are still to be read.
    pub waiting: Vec<u32>,
}
