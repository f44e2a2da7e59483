//! What reading pixels gives: a page as a bitmap, how it looks, and the words that were found on it.
//!
//! Facts again, not judgements: whether a page is legible is said by `casework::legibility`.

use super::{
    bulk::Bulk,
    facts::{LanguageLines, LanguageShare},
};
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
    /// How much weaker second differences are along a row or a column, whichever is the lesser, than along the other, as a
    /// share, inside text only: 0 where edges are as sharp both ways, near 1 where letters are smeared by motion.
    #[serde(default)]
    pub smear: f32,
    /// Degrees by which lines lean, before they were set straight.
    pub skew_degrees: f32,
    /// Share of an edge of the page that cuts through letters, of the edge that cuts most, 0 to 1.
    pub edge_ink: f32,
    /// Difference hash of the page, 64 bits, for likeness of pictures.
    pub picture_hash: u64,
    /// Lines of writing across the page, seen as even bands of grey without regard to letters; 0 where there are none for
    /// certain.
    #[serde(default)]
    pub lines_across: u32,
    /// The same up or down the page.
    #[serde(default)]
    pub lines_along: u32,
    /// Pictures and fonts of the page that could not be drawn, so that something of it is not to be seen.
    #[serde(default)]
    pub undrawn: u32,
    /// Drawn by the second drawer, which showed more.
    #[serde(default)]
    pub redrawn: bool,
    /// A dark picture with something in shades of grey on it, and no page: a screen, a photo at night.
    #[serde(default)]
    pub dark_picture: bool,
    /// Whether `dpi` is what the document says, rather than an estimate; `None` in readings from before that was noted.
    #[serde(default)]
    pub dpi_stated: Option<bool>,
    /// Saturation of what it is written on, 0 for white and 1 for a pure colour; 0 where colours are not known.
    #[serde(default)]
    pub ground_colour: f32,
    /// How red what stands on it is: of the light that it takes from the ground, how much more green than red; 0 for black and blue,
    /// about 1 for a rash, more for a pure red.
    #[serde(default)]
    pub ink_colour: f32,
}

impl PageLook {
    /// Lines of writing, whichever way they run.
    pub fn lines(&self) -> u32 {
        self.lines_across.max(self.lines_along)
    }
}

/// Where the points of a prepared bitmap lie on the page as the document shows it: a projective map of shares of width and
/// height, three rows of three. A page that was neither set straight nor laid flat lies as it is.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lay(pub [f32; 9]);

impl Default for Lay {
    fn default() -> Self {
        Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])
    }
}

impl Lay {
    /// First the other, then this one.
    #[must_use]
    pub fn after(&self, other: &Self) -> Self {
        let mut both = [0.0; 9];
        for (at, value) in both.iter_mut().enumerate() {
            let (row, column) = (at / 3, at % 3);
            *value = (0..3).map(|k| self.0[row * 3 + k] * other.0[k * 3 + column]).sum();
        }
        Self(both)
    }

    /// Where a point lies, in shares of width and height.
    pub fn point(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let m = &self.0;
        let depth = m[6] * x + m[7] * y + m[8];
        ((m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth)
    }

    /// Where a box lies that was read after so many quarter turns clockwise: the upright box around its corners.
    pub fn place(&self, [left, top, width, height]: [u16; 4], quarter_turns: u8) -> [u16; 4] {
        const WHOLE: f32 = 10_000.0;
        let share = |part: u16| f32::from(part) / WHOLE;
        let (right, bottom) = (share(left) + share(width), share(top) + share(height));
        let corners = [(share(left), share(top)), (right, share(top)), (right, bottom), (share(left), bottom)];
        let on_page = corners.map(|(x, y)| {
            self.point(match quarter_turns % 4 {
                1 => (y, 1.0 - x),
                2 => (1.0 - x, 1.0 - y),
                3 => (1.0 - y, x),
                _ => (x, y),
            })
        });
        let part = |share: f32| (share * WHOLE).round().clamp(0.0, WHOLE) as u16;
        let least = |of: fn(&(f32, f32)) -> f32| part(on_page.iter().map(of).fold(f32::INFINITY, f32::min));
        let most = |of: fn(&(f32, f32)) -> f32| part(on_page.iter().map(of).fold(f32::NEG_INFINITY, f32::max));
        let (left, top) = (least(|corner| corner.0), least(|corner| corner.1));
        // What the jail says may be no numbers at all.
        [left, top, most(|corner| corner.0).saturating_sub(left), most(|corner| corner.1).saturating_sub(top)]
    }
}

/// Print so pale that it shows only once it is made darker; or the grain of paper, or what shines through it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FaintPrint {
    /// How the page looks around it.
    pub look: PageLook,
    /// The page without anything dark, the faint print made dark, prepared for reading.
    pub bitmap: Bitmap,
    /// Where its points lie on the page.
    pub lay: Lay,
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
        /// Where its points lie on the page.
        lay: Lay,
        /// Of a dark picture, what is written over it in light letters, black on white; upright as the picture came, which
        /// it covers whole.
        overlay: Option<Bitmap>,
        /// Print that is lost beside what is darker.
        faint: Option<FaintPrint>,
    },
    /// Nothing is to be seen on it, unless its faint print can be read.
    Blank {
        /// How it looked.
        look: PageLook,
        /// What may be print all the same.
        faint: Option<FaintPrint>,
    },
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
    /// Its box in ten-thousandths of the width and height of what was read, on kept pages of the page as the document shows
    /// it: left, top, width, height.
    pub place: [u16; 4],
}

/// Something that viewers of images and ultrasound machines write over what they show.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenSign {
    /// Window and level.
    Window,
    /// Number of the series or of the image.
    Number,
    /// Magnification.
    Zoom,
    /// Tube voltage or current.
    Exposure,
    /// Thickness or position of the slice.
    Slice,
    /// Repetition or echo time.
    Echo,
    /// Field of view or size in pixels.
    Field,
    /// Mechanical or thermal index of ultrasound.
    Acoustic,
    /// Frequency, gain or dynamic range of ultrasound.
    Gain,
    /// Name of a viewer, or what it says of compression.
    Viewer,
}

impl ScreenSign {
    /// In words for the desk.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Window => "window and level",
            Self::Number => "series or image number",
            Self::Zoom => "zoom",
            Self::Exposure => "kV or mAs",
            Self::Slice => "slice thickness or position",
            Self::Echo => "TR or TE",
            Self::Field => "field of view",
            Self::Acoustic => "acoustic output",
            Self::Gain => "gain or frequency",
            Self::Viewer => "name of a viewer",
        }
    }
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
    /// The reader did not come to an end in its time and gave no word: it sees letters where there are none.
    Endless,
    /// Its pixels cannot be had.
    Undrawable,
    /// The reader of text failed over it, each time.
    Failed,
    /// The document's budget of time or pages was used up before.
    OverBudget,
}

/// Print that was read only once it was made darker.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct FaintRead {
    /// Letters of it.
    pub letters: u32,
    /// Shades, of 255, between it and paper.
    pub contrast: f32,
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
    /// Letters and digits of those words.
    #[serde(default)]
    pub letters: u32,
    /// Mean confidence of the words, weighted by letters, 0 to 1.
    pub confidence: f32,
    /// Share of the letters that stand in words which look like words of a language rather than noise, 0 to 1.
    pub wordlike: f32,
    /// Share of the letters that stand in words which look like words and were read with confidence, 0 to 1.
    #[serde(default)]
    pub sure: f32,
    /// Share of the letters that stand in words of another script than Latin, 0 to 1.
    #[serde(default)]
    pub other_script: f32,
    /// Script by which the page was read where that is not Latin, by its name in tesseract; empty otherwise.
    #[serde(default)]
    pub script: String,
    /// Language pack it was read with.
    pub pack: String,
    /// Languages of the text by weight.
    pub languages: Vec<LanguageShare>,
    /// Faint print that is among what was read.
    #[serde(default)]
    pub faint: Option<FaintRead>,
    /// What of a viewer's screen was read over a dark picture.
    #[serde(default)]
    pub screen: Vec<ScreenSign>,
    /// Which lines are in which of them, where there are several.
    #[serde(default)]
    pub language_lines: Vec<LanguageLines>,
}

/// What was read from the pixels of one document.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// Pages that were read, in order.
    pub pages: Vec<PageReading>,
    /// Pages that are still to be read.
    pub waiting: Vec<u32>,
    /// Time spent on it so far, in milliseconds of the wall.
    #[serde(default)]
    pub spent_ms: u64,
    /// Why nothing can be read here, in words for the desk: a program that is not installed. Empty otherwise.
    #[serde(default)]
    pub hindered: String,
}

impl Reading {
    /// A reading that is still to be done.
    pub fn of(waiting: Vec<u32>) -> Self {
        Self { waiting, ..Self::default() }
    }

    /// Is there something left that can be read here?
    pub fn is_under_way(&self) -> bool {
        !self.waiting.is_empty() && self.hindered.is_empty()
    }

    /// What was read of a page, if it was.
    pub fn page(&self, page: u32) -> Option<&PageReading> {
        self.pages.iter().find(|reading| reading.page == page)
    }
}

/// The text of a page as it is kept sealed: of a page that was read from pixels also each word with its place. It reads
/// back as a plain [`PageText`](super::facts::PageText) where the words are of no interest.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct KeptPage {
    /// Counted from 1.
    pub page: u32,
    /// Lines as read, top to bottom.
    pub text: String,
    /// The words it was read from, in reading order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<ReadWord>,
}

impl Rendered {
    /// The same, unless a bitmap is not what it says: then nothing of it is used.
    #[must_use]
    pub fn checked(self) -> Self {
        let bitmaps: Vec<Option<&Bitmap>> = match &self {
            Self::Page { bitmap, overlay, faint, .. } => {
                vec![Some(bitmap), overlay.as_ref(), faint.as_ref().map(|faint| &faint.bitmap)]
            }
            Self::Blank { faint, .. } => vec![faint.as_ref().map(|faint| &faint.bitmap)],
            Self::Undrawable(_) => Vec::new(),
        };
        let whole = bitmaps.into_iter().flatten().all(Bitmap::is_whole);
        if whole { self } else { Self::Undrawable("its pixels are not as many as they were said to be".to_owned()) }
    }

    /// How the page looked, if it could be drawn.
    pub fn look_mut(&mut self) -> Option<&mut PageLook> {
        match self {
            Self::Page { look, .. } | Self::Blank { look, .. } => Some(look),
            Self::Undrawable(_) => None,
        }
    }

    /// See [`Self::look_mut`].
    pub fn look(&self) -> Option<&PageLook> {
        match self {
            Self::Page { look, .. } | Self::Blank { look, .. } => Some(look),
            Self::Undrawable(_) => None,
        }
    }
}

impl Bitmap {
    /// Are there as many pixels as it says, and at least one?
    pub fn is_whole(&self) -> bool {
        let pixels = u64::from(self.width) * u64::from(self.height);
        pixels > 0 && pixels == self.grey.0.len() as u64
    }

    /// The page after so many quarter turns clockwise.
    pub fn turned(&self, quarter_turns: u8) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        let grey = &self.grey.0;
        let turned = match quarter_turns % 4 {
            1 => Bulk((0..width).flat_map(|x| (0..height).rev().map(move |y| grey[y * width + x])).collect()),
            2 => Bulk(grey.iter().rev().copied().collect()),
            3 => Bulk((0..width).rev().flat_map(|x| (0..height).map(move |y| grey[y * width + x])).collect()),
            _ => self.grey.clone(),
        };
        let sideways = quarter_turns % 2 == 1;
        let (width, height) = if sideways { (self.height, self.width) } else { (self.width, self.height) };
        Self { width, height, dpi: self.dpi, grey: turned }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a turn is clockwise and that four of them are none.
    #[test]
    fn pages_are_turned_clockwise() {
        let page = Bitmap { width: 3, height: 2, dpi: 300, grey: Bulk(vec![1, 2, 3, 4, 5, 6]) };
        let once = page.turned(1);
        assert_eq!((once.width, once.height, once.grey.0.as_slice()), (2, 3, [4, 1, 5, 2, 6, 3].as_slice()));
        assert_eq!(once.turned(1), page.turned(2));
        assert_eq!(page.turned(3).turned(1), page);
    }

    /// Proves that pixels which are fewer or more than they are said to be are not used, whichever of a page's bitmaps they are.
    #[test]
    fn pixels_are_counted() {
        let of = |width, pixels| Bitmap { width, height: 2, dpi: 300, grey: Bulk(vec![9; pixels]) };
        let page = |bitmap, overlay, faint: Option<Bitmap>| {
            let (look, lay) = (PageLook::default(), Lay::default());
            let faint = faint.map(|bitmap| FaintPrint { look, bitmap, lay });
            Rendered::Page { look, bitmap, lay, overlay, faint }
        };
        let good = page(of(3, 6), Some(of(1, 2)), Some(of(2, 4)));
        assert_eq!(good.clone().checked(), good);
        let faint = |bitmap| Some(FaintPrint { look: PageLook::default(), bitmap, lay: Lay::default() });
        let wrong = [
            page(of(3, 5), None, None),
            page(of(0, 0), None, None),
            page(of(3, 6), Some(of(1, 3)), None),
            page(of(3, 6), None, Some(of(u32::MAX, 4))),
            Rendered::Blank { look: PageLook::default(), faint: faint(of(2, 3)) },
        ];
        wrong.into_iter().for_each(|rendered| assert!(matches!(rendered.checked(), Rendered::Undrawable(_))));
    }

    /// Proves that boxes go back through turns and leans to where they were.
    #[test]
    fn boxes_go_back() {
        let still = Lay::default();
        assert_eq!(still.place([100, 200, 300, 400], 0), [100, 200, 300, 400]);
        // A mark near the upper left corner of a page is near the upper right one after a turn clockwise.
        assert_eq!(still.place([9_400, 100, 400, 300], 1), [100, 200, 300, 400]);
        assert_eq!(still.place([9_600, 9_400, 300, 400], 2), [100, 200, 300, 400]);
        assert_eq!(still.place([200, 9_600, 400, 300], 3), [100, 200, 300, 400]);
        let moved = Lay([1.0, 0.0, 0.1, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let halved = Lay([0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(moved.after(&halved).place([1_000, 1_000, 1_000, 1_000], 0), [1_500, 500, 500, 500]);
        assert_eq!(Lay([0.0; 9]).place([100, 200, 300, 400], 0)[2..], [0, 0]);
    }

    /// Proves that kept pages read back as plain text, and that older ones without words are understood.
    #[test]
    fn kept_pages_are_texts_too() {
        let word = ReadWord { text: "fever".to_owned(), ..ReadWord::default() };
        let kept = KeptPage { page: 2, text: "fever".to_owned(), words: vec![word] };
        let json = serde_json::to_string(&kept).unwrap();
        let plain: crate::domain::facts::PageText = serde_json::from_str(&json).unwrap();
        assert_eq!((plain.page, plain.text.as_str()), (2, "fever"));
        let back: KeptPage = serde_json::from_str(&serde_json::to_string(&plain).unwrap()).unwrap();
        assert!(back.words.is_empty());
    }
}
