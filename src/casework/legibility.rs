//! Can a page be read? Judged by what was read on it, explained by how it looks.
//!
//! What counts is what came out: whether the reader was sure of its words, and whether they look like words. How the
//! page looks (blur, contrast, resolution, ink) only says *why* little came out, and tells a page nobody can read from a
//! photo that holds no text and from handwriting, which a person can read. Nothing is called illegible without both: little
//! that was read, and a look that explains it. `docs/verdicts.md` says how each threshold was set.

mod things;

use super::screens;
use crate::domain::{
    facts::Readable,
    reading::{PageLook, PageReading, ReadState},
    reason::Reason,
};

/// What a page comes from: what may be expected of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A page of a document, which is expected to hold text.
    Page,
    /// A picture, which may show anything.
    Picture,
}

/// Letters, sure ones, from which a page holds text at all: a line of it. Pages that nobody can read gave up to 15.
const TEXT_LETTERS_MIN: f32 = 30.0;

/// Letters, nearly all of them sure, that are a few words: a label, a title.
const WORDS_LETTERS_MIN: f32 = 12.0;

/// From this share of sure letters on a page reads well. Clear pages have 0.94 and more, poor scans in Latin letters 0.9,
/// in Arabic 0.64.
const SURE_READABLE_MIN: f32 = 0.75;

/// Below this share of sure letters the rest is noise, however many words look right by chance.
const SURE_TEXT_MIN: f32 = 0.25;

/// The language of what was read is believed from this share of sure letters on; English, which lets a page pass, from
/// [`SURE_READABLE_MIN`] on.
const SURE_LANGUAGE_MIN: f32 = 0.6;

/// The same for a text that is mostly in another script than Latin: its letters alone say that it is not English, and the
/// packs of other scripts read up to 0.43 of what is not theirs, mostly less than 0.15.
const SURE_SCRIPT_MIN: f32 = 0.45;

/// Share of the letters from which on a text is in another script than Latin.
const OTHER_SCRIPT_MIN: f32 = 0.6;

/// Letters that were read, of those the ink stands for: below this, much is there that could not be read. Charts and maps
/// have 0.2 to 0.5.
const COVERAGE_MIN: f32 = 0.35;

/// Ink of a letter, in squares of the height of small letters. Chosen high, so that little is expected: clear pages come
/// to 1.0 to 2.4 of what it expects.
const LETTER_INK: f32 = 0.75;

/// Small letters below this height, in pixels of what came, are guessed rather than read by anybody.
const LETTER_HEIGHT_LOW: f32 = 7.0;

/// Resolution below which ordinary print, 2 mm high, has letters of that height.
const DPI_LOW: f32 = 90.0;

/// Difference of ink and paper, of 255, below which print is pale.
const CONTRAST_LOW: f32 = 75.0;

/// Print that was read only once it was made darker is hard to read for a person below this difference to paper. Pages of
/// such print alone are read as they are from 24 on.
const FAINT_CONTRAST_MAX: f32 = 40.0;

/// Variance of the Laplacian inside text below which letters run into each other.
const SHARPNESS_LOW: f32 = 230.0;

/// How much less sharp letters are one way than the other, from which on motion has smeared them. Print has up to 0.54 and
/// a scribble 0.63; a hand that moved by 9 pixels made 0.92, by 5, which can be read, 0.72.
const SMEAR_MIN: f32 = 0.85;

/// Paper below this grey is a photo in the dark.
const BRIGHTNESS_LOW: f32 = 70.0;

/// Paper in a photo above this grey is burnt out: no camera means it so.
const BRIGHTNESS_GLARING: f32 = 250.0;

/// And ink with it, where it differs from such paper by less than this.
const CONTRAST_WASHED_OUT: f32 = 120.0;

/// Paper in a photo is at least this light once it is told from ink; photographed pages here have 181 to 219.
const PAPER_BRIGHTNESS_MIN: f32 = 140.0;

/// Lines, seen as bands without letters, from which a picture looks like a page: less may be stairs, bars, a blind.
const PAGE_LINES_MIN: u32 = 8;

/// Letters for each line that is seen, below which most lines were not read. A line of a letter has 60, of a list 15.
const LINE_LETTERS_MIN: u32 = 8;

/// Resolutions of scanners and sides of what lies on them, in inches: a picture of both was scanned. Cameras state 72 or
/// nothing.
const SCANNER_DPI: std::ops::RangeInclusive<f32> = 100.0..=1_200.0;
/// See `SCANNER_DPI`.
const SHEET_INCHES: std::ops::RangeInclusive<f32> = 5.0..=18.0;

/// Ink of a written page: a short letter has 0.02, a page of small print 0.09.
const PAGE_INK: std::ops::Range<f32> = 0.01..0.2;

/// Ink of clear print, from a few words on a sheet on.
const PRINT_INK: std::ops::Range<f32> = 0.000_5..0.2;

/// Share of an edge that cuts through letters from which text goes on beyond it: nine lines of print on A4, or the ends of
/// two words in a line. Whole pages have 0.00.
const EDGE_INK_MIN: f32 = 0.06;

/// Height of small letters, in millimetres, of clear strokes that are no print and are taken for handwriting: office print
/// has 1.5 to 2.2, a hand writes larger. Smaller ones are drawings, maps and photos, larger ones posters and drawings.
const HANDWRITING_MM: std::ops::Range<f32> = 2.4..10.0;

/// Letters of noise from which a picture deserves a look: text in a form that nothing here reads, perhaps.
const NOISE_LETTERS_MIN: u32 = 80;

/// Letters in languages that were told from which a screen shows a text beside its pictures: some sentences.
const SCREEN_TEXT_LETTERS_MIN: u32 = 200;

/// A page with more ink than this is not blank: the noise of empty sheets comes to less than 0.001.
const BLANK_INK_MAX: f32 = 0.01;

/// What is to be said of a page that was read.
#[derive(Clone, PartialEq, Debug)]
pub struct Legibility {
    /// Can a person read it?
    pub readable: Readable,
    /// What is to be said, with evidence in numbers; empty for a page that reads well.
    pub remarks: Vec<(Reason, String)>,
    /// May its language be judged?
    pub language: Believed,
}

/// Whether the language of what was read is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Believed {
    /// Yes.
    Yes,
    /// There is text, and it was read too badly.
    No,
    /// There is no text to speak of.
    NoText,
}

/// Judges a page.
pub fn of(page: &PageReading, source: Source) -> Legibility {
    match page.state {
        ReadState::Blank if page.look.undrawn > 0 => lost(&page.look),
        ReadState::Blank if is_out_of_focus(&page.look, source) => {
            let detail = format!("{} lines, and no letter in them can be told from the paper", page.look.lines());
            said(Readable::No, Reason::Illegible, detail)
        }
        // Nothing to be read on it is not nothing on it: a box, a photo without an edge.
        ReadState::Blank if page.look.ink >= BLANK_INK_MAX => picture(page),
        ReadState::Blank => said(Readable::No, Reason::Blank, "nothing is to be seen on it".to_owned()),
        ReadState::Undrawable => unread("its pixels cannot be drawn here"),
        ReadState::Failed => unread("the reader of text failed over it"),
        ReadState::OverBudget => unread("the document's budget for reading was used up before it"),
        ReadState::Read | ReadState::Endless => of_read(page, source),
    }
}

/// Nothing is to be seen because it could not be drawn.
fn lost(look: &PageLook) -> Legibility {
    said(Readable::No, Reason::Damaged, format!("{} pictures or fonts on it cannot be drawn", look.undrawn))
}

/// Bands of grey on a photographed sheet are lines out of focus. On a page from a scanner, which is in focus and knows its
/// size, they are what shines through from the other side.
fn is_out_of_focus(look: &PageLook, source: Source) -> bool {
    let scanned = match source {
        Source::Page => look.dpi.is_some(),
        Source::Picture => look.dpi.is_some_and(|dpi| {
            SCANNER_DPI.contains(&dpi) && SHEET_INCHES.contains(&(look.width.max(look.height) as f32 / dpi))
        }),
    };
    !scanned && things::has_page_lines(look) && look.brightness >= PAPER_BRIGHTNESS_MIN
}

fn of_read(page: &PageReading, source: Source) -> Legibility {
    if screens::is_screen(&page.screen) {
        let signs: Vec<&str> = page.screen.iter().map(|sign| sign.words()).collect();
        let detail = format!("a picture of a screen: {} were read on it", signs.join(", "));
        let screen = said(Readable::Yes, Reason::ScreenshotNotImaging, detail);
        // Labels and names are in no language; a report beside the images is.
        let seen = of_seen(page, source);
        let tells = seen.readable == Readable::Yes && seen.language == Believed::Yes && is_mostly_told(page);
        return if tells { Legibility { language: Believed::Yes, ..screen } } else { screen };
    }
    let mut legibility = of_seen(page, source);
    if page.look.undrawn == 0 {
        return legibility;
    }
    if legibility.language == Believed::NoText && !page.look.redrawn {
        return lost(&page.look);
    }
    // What can be read may not be all there was.
    let detail =
        format!("{} pictures or fonts on it could not be drawn, or only by another program", page.look.undrawn);
    legibility.remarks.push((Reason::HardToRead, detail));
    legibility
}

fn of_seen(page: &PageReading, source: Source) -> Legibility {
    let sure_letters = page.sure * page.letters as f32;
    if !page.script.is_empty() {
        let detail = format!("written in {} letters, which no installed pack reads", page.script);
        return Legibility { language: Believed::Yes, ..said(Readable::Undetermined, Reason::ImageOnly, detail) };
    }
    let line = sure_letters >= TEXT_LETTERS_MIN && page.sure >= SURE_TEXT_MIN || is_short_script(page);
    let few_words = sure_letters >= WORDS_LETTERS_MIN && page.sure >= SURE_READABLE_MIN;
    if line || few_words {
        let labels = coverage(page) < COVERAGE_MIN && !tells_language(page);
        return if labels { lines_or_picture(page, source) } else { of_text(page) };
    }
    if !has_lines(&page.look) || things::is_thing(&page.look) || source == Source::Picture && !is_page_like(page) {
        return lines_or_picture(page, source);
    }
    match why(&page.look) {
        Some((reason, why)) => {
            let detail =
                format!("{} letters were read, {:.0} % of them for certain: {why}", page.letters, page.sure * 100.0);
            let mut legibility = said(Readable::No, reason, detail);
            legibility.remarks.extend(exposure(&page.look));
            legibility
        }
        None if is_hand(page, source) => {
            let detail = format!("clear strokes in lines, and only {:.0} % of them read as print", page.sure * 100.0);
            said(Readable::Undetermined, Reason::Handwriting, detail)
        }
        None => lines_or_picture(page, source),
    }
}

/// Lines out of focus under a stamp, or over the footer of the program that took the photo, which alone is sharp: what can be
/// read is a line or two of many.
fn lines_or_picture(page: &PageReading, source: Source) -> Legibility {
    let (look, lines) = (&page.look, page.look.lines());
    // What shines through a scanned sheet is lines too: around the print that is on it, the sheet looks as it should.
    let why = why(look).filter(|_| things::has_page_lines(look) && look.brightness >= PAPER_BRIGHTNESS_MIN);
    if page.letters >= lines * LINE_LETTERS_MIN || why.is_none() && !is_out_of_focus(look, source) {
        return picture(page);
    }
    let why = why.map(|(_, why)| format!(": {why}")).unwrap_or_default();
    let detail = format!("{lines} lines are seen, and {} letters were read{why}", page.letters);
    said(Readable::No, Reason::Illegible, detail)
}

/// A few words in another script than Latin: packs read hardly anything for certain that is not their own.
fn is_short_script(page: &PageReading) -> bool {
    page.other_script >= OTHER_SCRIPT_MIN
        && page.sure >= SURE_SCRIPT_MIN
        && page.sure * page.letters as f32 >= WORDS_LETTERS_MIN
}

/// A page on which text was read.
fn of_text(page: &PageReading) -> Legibility {
    let enough = match page.other_script >= OTHER_SCRIPT_MIN {
        _ if tells_english(page) => SURE_READABLE_MIN,
        true => SURE_SCRIPT_MIN,
        false => SURE_LANGUAGE_MIN,
    };
    let believed = if page.sure >= enough { Believed::Yes } else { Believed::No };
    let mut legibility = Legibility { readable: Readable::Yes, remarks: Vec::new(), language: believed };
    if let Some(faint) = page.faint.filter(|faint| faint.contrast < FAINT_CONTRAST_MAX) {
        let detail = format!(
            "{} letters of it differ from the paper by {:.0} of 255, and were read once made darker",
            faint.letters, faint.contrast
        );
        legibility.remarks.push((Reason::HardToRead, detail));
    }
    let coverage = coverage(page);
    if page.sure < SURE_READABLE_MIN || coverage < COVERAGE_MIN {
        let why = why(&page.look).map(|(_, why)| format!(": {why}")).unwrap_or_default();
        let detail = format!("{:.0} % of what was read is certain{why}", page.sure * 100.0);
        legibility.remarks.push((Reason::HardToRead, detail));
        legibility.remarks.extend(exposure(&page.look));
    }
    if page.quarter_turns > 0 {
        let degrees = u32::from(page.quarter_turns) * 90;
        legibility.remarks.push((Reason::Rotated, format!("upright after {degrees} degrees clockwise")));
    }
    // On a page that reads badly noise touches the edges as well.
    if page.look.edge_ink >= EDGE_INK_MIN && page.sure >= SURE_READABLE_MIN {
        let detail = format!("{:.0} % of an edge cut through letters", page.look.edge_ink * 100.0);
        legibility.remarks.push((Reason::CutOff, detail));
    }
    legibility
}

/// Names on a map and figures of a chart are in no language.
fn tells_language(page: &PageReading) -> bool {
    let told: u32 = page.languages.iter().filter(|share| share.tag != "und").map(|share| share.letters).sum();
    // Letters of another script are no labels of a chart, and say by themselves that they are not English.
    let enough = if page.other_script >= OTHER_SCRIPT_MIN { WORDS_LETTERS_MIN } else { TEXT_LETTERS_MIN };
    told as f32 >= enough
}

/// Is most of the text in languages that were told, and enough of it?
fn is_mostly_told(page: &PageReading) -> bool {
    let told: u32 = page.languages.iter().filter(|share| share.tag != "und").map(|share| share.letters).sum();
    told >= SCREEN_TEXT_LETTERS_MIN && told * 2 >= page.letters
}

/// Is most of what was told English? On a page that reads badly it may be the letterhead alone, over a text in letters
/// that nothing here reads.
fn tells_english(page: &PageReading) -> bool {
    page.languages.iter().max_by_key(|share| share.letters).is_some_and(|share| share.tag == "en")
}

/// Letters that were read, of those that the ink stands for; 1 where that cannot be told.
fn coverage(page: &PageReading) -> f32 {
    let look = &page.look;
    let pixels = look.width as f32 * look.height as f32;
    let expected = look.ink * pixels / (LETTER_INK * look.letter_height * look.letter_height);
    if look.letter_height > 0.0 && expected.is_finite() && expected >= 1.0 {
        page.letters as f32 / expected
    } else {
        1.0
    }
}

/// Does it look as if there were lines of something on it?
fn has_lines(look: &PageLook) -> bool {
    look.letter_height > 0.0 && look.ink > 0.0
}

/// Does a picture on which hardly anything was read look like a page all the same: light paper, as much ink as writing
/// has, and lines or noise where its letters are? A photo of a face or a wound has none of the three, or one by chance.
fn is_page_like(page: &PageReading) -> bool {
    let look = &page.look;
    let noise = page.letters >= NOISE_LETTERS_MIN / 2 || page.state == ReadState::Endless;
    let paper = !look.dark_picture;
    paper
        && (noise || things::has_page_lines(look))
        && look.brightness >= PAPER_BRIGHTNESS_MIN
        && PAGE_INK.contains(&look.ink)
}

/// Does a page look like clear print on light paper, however little of it? Photos have more ink, or darker grounds.
pub fn is_like_print(look: &PageLook) -> bool {
    has_lines(look)
        && !look.dark_picture
        && look.brightness >= PAPER_BRIGHTNESS_MIN
        && PRINT_INK.contains(&look.ink)
        && why(look).is_none()
}

/// Does a page look so that most likely nobody can read it, or there is nothing to be read? Only reading shows.
pub fn is_poor(look: &PageLook) -> bool {
    has_lines(look) && (why(look).is_some() || things::is_surely_thing(look))
}

/// Why print on a page that looks like this cannot be read, if its look says so.
fn why(look: &PageLook) -> Option<(Reason, String)> {
    if look.contrast < CONTRAST_LOW {
        return Some((Reason::Illegible, format!("ink and paper differ by {:.0} of 255", look.contrast)));
    }
    if look.sharpness < SHARPNESS_LOW {
        return Some((Reason::Illegible, format!("letters run into each other, sharpness {:.0}", look.sharpness)));
    }
    if look.smear >= SMEAR_MIN {
        let detail = format!("letters are smeared: {:.0} % less sharp one way than the other", look.smear * 100.0);
        return Some((Reason::Illegible, detail));
    }
    let low_dpi = look.dpi.is_some_and(|dpi| dpi > 0.0 && dpi < DPI_LOW);
    if look.letter_height < LETTER_HEIGHT_LOW || low_dpi && look.letter_height < 2.0 * LETTER_HEIGHT_LOW {
        let height = look.letter_height;
        return Some((Reason::LowResolution, format!("small letters are {height:.0} pixels high in what came")));
    }
    None
}

/// Was the page looked at, and there is hardly anything on it that could be text?
pub fn is_plain_picture(page: &PageReading) -> bool {
    matches!(page.state, ReadState::Read | ReadState::Blank)
        && page.script.is_empty()
        && (page.letters < NOISE_LETTERS_MIN || things::is_surely_thing(&page.look))
}

/// By its height, where the size of the page is known; of a photo, whose size is not, by all that makes it look like a page
/// in focus on which only noise is read.
fn is_hand(page: &PageReading, source: Source) -> bool {
    let noise = page.letters >= TEXT_LETTERS_MIN as u32 && page.sure < SURE_TEXT_MIN;
    let millimetres = page.look.dpi.filter(|dpi| *dpi > 0.0).map(|dpi| page.look.letter_height / dpi * 25.4);
    let is_large = millimetres.is_some_and(|height| HANDWRITING_MM.contains(&height));
    let in_photo = source == Source::Picture && page.look.dpi_stated == Some(false) && is_page_like(page);
    noise && (is_large || in_photo)
}

fn picture(page: &PageReading) -> Legibility {
    let detail = if page.letters == 0 {
        "a picture without text".to_owned()
    } else {
        format!("a picture; {} letters of text were seen on it", page.letters)
    };
    let mut legibility = said(Readable::Undetermined, Reason::ImageOnly, detail);
    // A picture without letters may be dark on purpose: a radiograph, a scan.
    let may_be_page = has_lines(&page.look) && !things::is_thing(&page.look);
    if may_be_page && (page.letters >= NOISE_LETTERS_MIN / 2 || page.state == ReadState::Endless) {
        legibility.remarks.extend(exposure(&page.look));
    }
    legibility
}

/// Was the light too little, or so much that ink is washed out? A scanner's paper is white, and its light right.
fn exposure(look: &PageLook) -> Option<(Reason, String)> {
    let dark = look.brightness > 0.0 && look.brightness < BRIGHTNESS_LOW;
    let glaring =
        look.dpi_stated == Some(false) && look.brightness >= BRIGHTNESS_GLARING && look.contrast < CONTRAST_WASHED_OUT;
    let of_paper = format!("paper at {:.0} of 255", look.brightness);
    if glaring {
        return Some((Reason::BadExposure, format!("{of_paper}, ink and paper differ by {:.0}", look.contrast)));
    }
    dark.then_some((Reason::BadExposure, of_paper))
}

fn unread(why: &str) -> Legibility {
    said(Readable::Undetermined, Reason::ImageOnly, why.to_owned())
}

fn said(readable: Readable, reason: Reason, detail: String) -> Legibility {
    Legibility { readable, remarks: vec![(reason, detail)], language: Believed::NoText }
}

#[cfg(test)]
mod tests;
