//! The facts about a document as they stand once its pixels were read: what the first look could not see is filled in,
//! and what it had to say about pictures of text gives way to what was read.
//!
//! The first look's facts are kept as they are; this is made from them and the reading whenever the document is judged.

use super::{
    legibility::{self, Believed, Legibility, Source},
    screens,
};
use crate::domain::{
    facts::{Facts, FileKind, LanguageShare, Observation, PageFacts, Readable},
    reading::{PageReading, ReadState, Reading},
    reason::{Family, Reason},
};

/// Pictures over so much of a page, and so few words on it, may be a scan with a stamp, whose own text is in the picture.
/// A page of print has 200 words and more.
const STAMPED_SHARE_MIN: f32 = 0.5;
/// See `STAMPED_SHARE_MIN`.
const STAMPED_WORDS_MAX: u32 = 100;

/// Sure letters that a page must have in its pixels beyond those of its layer of text, as a part of these, for the layer to be
/// but a stamp.
const MORE_PART: f32 = 0.5;

/// Letters of a usual word, where a layer's letters were not counted by language.
const LETTERS_OF_WORD: u32 = 4;

/// Is the text that this page carries perhaps not what stands on it: a line that some program put over a scan?
pub fn is_stamped(page: &PageFacts) -> bool {
    page.picture_share >= STAMPED_SHARE_MIN && (1..STAMPED_WORDS_MAX).contains(&page.words)
}

/// Secondary Capture Image Storage and its multi-frame kin (PS3.4 B.5).
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";

/// The facts with what was read put in.
pub fn as_read(facts: &Facts, reading: &Reading) -> Facts {
    let mut read = facts.clone();
    for page in &reading.pages {
        if facts.kind == Some(FileKind::Dicom) {
            enter_capture(&mut read, page);
        } else {
            enter(&mut read, page, source(facts));
        }
    }
    if read.kind != Some(FileKind::Dicom) {
        forget_illustrations(&mut read, reading);
        settle(&mut read, facts, reading);
    }
    read
}

/// Was this page's picture looked at, without finding text on it?
pub fn has_no_text(reading: &Reading, page: Option<u32>) -> bool {
    page.and_then(|page| reading.page(page)).is_some_and(legibility::is_plain_picture)
}

/// How sure the reader was of the words of a page, where it found some.
pub fn confidence(reading: &Reading, page: u32) -> Option<f32> {
    reading.page(page).filter(|page| page.words > 0).map(|page| page.confidence)
}

fn is_done(reading: &Reading) -> bool {
    reading.waiting.is_empty() && !reading.pages.is_empty()
}

fn source(facts: &Facts) -> Source {
    let single = facts.picture.as_ref().is_some_and(|picture| picture.pages <= 1);
    if facts.kind == Some(FileKind::Image) && single { Source::Picture } else { Source::Page }
}

/// A capture may show anything: text that was surely read is of interest, and a page that cannot be read, as a sheet that
/// was photographed or scanned badly.
fn enter_capture(facts: &mut Facts, page: &PageReading) {
    let legibility = legibility::of(page, Source::Picture);
    // What a machine took is no sheet: of it only that counts which was surely read.
    let sheets = facts.dicom.as_ref().is_none_or(|dicom| dicom.sop_class.starts_with(SECONDARY_CAPTURE));
    let is_sheet = sheets && legibility.readable == Readable::No && page.state == ReadState::Read;
    let is_told = legibility.readable == Readable::Yes && legibility.language == Believed::Yes;
    if is_sheet || is_told {
        let of_interest = |reason: Reason| is_sheet || reason == Reason::Rotated;
        let remarks = legibility.remarks.iter().filter(|(reason, _)| of_interest(*reason));
        let seen = remarks.map(|(reason, detail)| Observation::on_page(*reason, page.page, detail.clone()));
        facts.observations.extend(seen);
    }
    if is_told {
        facts.language_asked = true;
        fill(facts, page, &legibility);
    }
}

fn enter(facts: &mut Facts, page: &PageReading, source: Source) {
    let legibility = legibility::of(page, source);
    if let Some(layer) = layer_of(facts, page.page) {
        return enter_beside(facts, page, (&legibility, &layer));
    }
    let was_seen = page.state == ReadState::Read;
    facts.observations.retain(|seen| {
        let answered = match seen.reason {
            Reason::ImageOnly | Reason::UnmappableText => true,
            Reason::ParserFailed => was_seen,
            _ => false,
        };
        seen.page != Some(page.page) || !answered
    });
    put_in(facts, page, &legibility);
}

/// What the page carries as text, where that may be a stamp and nothing else speaks against it.
fn layer_of(facts: &Facts, page: u32) -> Option<PageFacts> {
    let doubted = facts.observations.iter().any(|seen| {
        let doubt = matches!(seen.reason, Reason::ImageOnly | Reason::UnmappableText | Reason::ParserFailed);
        seen.page == Some(page) && doubt
    });
    facts.pages.iter().find(|known| known.page == page && is_stamped(known) && !doubted).cloned()
}

/// Beside text of its own, what the pixels say counts where there is more of it, or where nobody can read it: a text over a
/// photo is no text in a photo, and says itself what it says.
fn enter_beside(facts: &mut Facts, page: &PageReading, (legibility, layer): (&Legibility, &PageFacts)) {
    let own = letters_of(layer);
    if page.sure * page.letters as f32 - own as f32 >= MORE_PART * own as f32 {
        return put_in(facts, page, legibility);
    }
    let beneath = legibility::of(&beneath(page, own), Source::Picture);
    let unseen = page.look.undrawn > 0 || !matches!(page.state, ReadState::Read | ReadState::Blank);
    if beneath.readable == Readable::No && page.state == ReadState::Read || unseen {
        put_in(facts, page, &Legibility { language: Believed::NoText, ..beneath });
    }
}

fn letters_of(layer: &PageFacts) -> u32 {
    let told: u32 = layer.languages.iter().map(|share| share.letters).sum();
    told.max(layer.words.saturating_mul(LETTERS_OF_WORD))
}

/// The page without its own text, which is drawn and read for certain with the rest.
fn beneath(page: &PageReading, own: u32) -> PageReading {
    let letters = page.letters.saturating_sub(own);
    let sure = (page.sure * page.letters as f32 - own as f32) / letters.max(1) as f32;
    PageReading { letters, sure: sure.clamp(0.0, 1.0), languages: Vec::new(), ..page.clone() }
}

fn put_in(facts: &mut Facts, page: &PageReading, legibility: &Legibility) {
    for (reason, detail) in &legibility.remarks {
        facts.observations.push(Observation::on_page(*reason, page.page, detail.clone()));
    }
    if legibility.language != Believed::NoText {
        facts.language_asked = true;
    }
    fill(facts, page, legibility);
}

/// Words and languages of the page.
fn fill(facts: &mut Facts, page: &PageReading, legibility: &Legibility) {
    let found = facts.pages.iter().position(|known| known.page == page.page);
    let index = found.unwrap_or_else(|| {
        facts.pages.push(PageFacts { page: page.page, ..PageFacts::default() });
        facts.pages.len() - 1
    });
    let of_page = &mut facts.pages[index];
    match legibility.language {
        Believed::Yes => {
            of_page.words = page.words;
            of_page.languages.clone_from(&page.languages);
            of_page.language_lines.clone_from(&page.language_lines);
        }
        Believed::No => {
            of_page.words = page.words;
            of_page.languages = vec![LanguageShare { tag: "und".to_owned(), letters: page.letters }];
            of_page.language_lines.clear();
        }
        Believed::NoText => {}
    }
}

/// A screen beside pages of another sort is an illustration, and belongs there.
fn forget_illustrations(read: &mut Facts, reading: &Reading) {
    let others = reading.pages.iter().filter(|page| page.state != ReadState::Blank);
    let all_screens = others.clone().all(|page| screens::is_screen(&page.screen));
    let all_pages = others.count() + reading.waiting.len() >= read.pages.iter().filter(|page| page.words > 0).count();
    if !(all_screens && all_pages) {
        read.observations.retain(|seen| seen.reason != Reason::ScreenshotNotImaging);
    }
}

/// What is to be said of the document as a whole.
fn settle(read: &mut Facts, before: &Facts, reading: &Reading) {
    let of_all = |seen: &Observation| seen.page.is_none() && seen.reason == Reason::ImageOnly;
    if is_done(reading) {
        read.observations.retain(|seen| !of_all(seen));
        read.readable = whole(read, before);
        if read.readable == Readable::No && all_blank(read) && !before.has(Reason::Blank) {
            read.observe(Reason::Blank, "nothing is to be seen on any page");
        }
    } else if reading.hindered.is_empty() {
        let all = reading.pages.len() + reading.waiting.len();
        read.observe(Reason::ReadingPending, format!("{} of {all} pages were read", reading.pages.len()));
    } else {
        read.observations.retain(|seen| !of_all(seen));
        read.observe(Reason::ImageOnly, reading.hindered.clone());
    }
}

/// Can it be read as a whole? Blank pages do not count beside others.
fn whole(read: &Facts, before: &Facts) -> Readable {
    let pages: Vec<Readable> =
        read.pages.iter().filter(|page| !is_blank(read, page.page)).map(|page| of_page(read, page.page)).collect();
    let any = |readable| pages.contains(&readable);
    let cut = before.observations.iter().any(|seen| seen.page.is_none() && seen.reason == Reason::TooManyEntries);
    match (any(Readable::Yes), any(Readable::No), any(Readable::Undetermined)) {
        (true, false, _) if cut => Readable::Partial,
        (true, false, _) => Readable::Yes,
        (_, true, true) | (true, true, false) => Readable::Partial,
        (false, true, false) => Readable::No,
        (false, false, true) => Readable::Undetermined,
        (false, false, false) if read.pages.is_empty() => before.readable,
        (false, false, false) => Readable::No,
    }
}

fn is_blank(facts: &Facts, page: u32) -> bool {
    facts.observations.iter().any(|seen| seen.page == Some(page) && seen.reason == Reason::Blank)
}

fn all_blank(facts: &Facts) -> bool {
    !facts.pages.is_empty() && facts.pages.iter().all(|page| is_blank(facts, page.page))
}

/// Can this page be read, by what was seen on it?
pub fn of_page(facts: &Facts, page: u32) -> Readable {
    let of_page = |seen: &&Observation| seen.page == Some(page) && seen.reason.family() == Family::Unreadable;
    let each = facts.observations.iter().filter(of_page).map(|seen| match seen.reason {
        Reason::ImageOnly | Reason::UnmappableText | Reason::ReadingPending | Reason::Handwriting => {
            Readable::Undetermined
        }
        Reason::HardToRead | Reason::Rotated | Reason::BadExposure | Reason::CutOff => Readable::Yes,
        _ => Readable::No,
    });
    // What weighs most decides.
    each.max_by_key(|readable| match readable {
        Readable::Yes => 0,
        Readable::Partial | Readable::Undetermined => 1,
        Readable::No => 2,
    })
    .unwrap_or(Readable::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::PageLook;

    /// A document of pictures.
    fn scan(pages: u32) -> Facts {
        let mut facts = Facts::of(FileKind::Pdf, Readable::Undetermined);
        for page in 1..=pages {
            facts.pages.push(PageFacts { page, pictures: 1, ..PageFacts::default() });
            facts.observations.push(Observation::on_page(Reason::ImageOnly, page, "1 picture"));
        }
        facts
    }

    fn read_well(page: u32, tag: &str) -> PageReading {
        let languages = vec![LanguageShare { tag: tag.to_owned(), letters: 900 }];
        PageReading {
            page,
            sure: 0.98,
            letters: 900,
            words: 180,
            confidence: 0.95,
            languages,
            ..PageReading::default()
        }
    }

    fn blurred(page: u32) -> PageReading {
        let look =
            PageLook { letter_height: 10.0, contrast: 50.0, ink: 0.05, brightness: 210.0, ..PageLook::default() };
        PageReading { page, letters: 100, words: 60, look, ..PageReading::default() }
    }

    fn reading(pages: Vec<PageReading>, waiting: Vec<u32>) -> Reading {
        Reading { pages, waiting, ..Reading::default() }
    }

    fn codes(facts: &Facts) -> Vec<(Reason, Option<u32>)> {
        facts.observations.iter().map(|seen| (seen.reason, seen.page)).collect()
    }

    /// Proves that a scan that reads well is readable in its language, with nothing left to say, and that the facts of the
    /// first look are not touched.
    #[test]
    fn what_was_read_is_put_in() {
        let first = scan(2);
        let read = as_read(&first, &reading(vec![read_well(1, "en"), read_well(2, "es")], Vec::new()));
        assert_eq!((read.readable, read.language_asked, codes(&read)), (Readable::Yes, true, Vec::new()));
        assert_eq!((read.pages[1].words, read.pages[1].languages[0].tag.as_str()), (180, "es"));
        assert_eq!(first, scan(2));
    }

    /// Proves that a page nobody can read makes a document partly readable, and one of such pages alone unreadable.
    #[test]
    fn one_bad_page_is_named() {
        let some = as_read(&scan(2), &reading(vec![read_well(1, "en"), blurred(2)], Vec::new()));
        assert_eq!((some.readable, codes(&some)), (Readable::Partial, vec![(Reason::Illegible, Some(2))]));
        let all = as_read(&scan(1), &reading(vec![blurred(1)], Vec::new()));
        assert_eq!((all.readable, all.language_asked), (Readable::No, false));
    }

    /// Proves that what is not read yet is pending and never readable, and that what cannot be read here says why.
    #[test]
    fn unread_pages_are_pending_or_hindered() {
        let pending = as_read(&scan(2), &reading(vec![read_well(1, "en")], vec![2]));
        assert_eq!(pending.readable, Readable::Undetermined);
        assert_eq!(codes(&pending), [(Reason::ImageOnly, Some(2)), (Reason::ReadingPending, None)]);
        let hindered = Reading { hindered: "tesseract is not installed".to_owned(), ..Reading::of(vec![1, 2]) };
        let hindered = as_read(&scan(2), &hindered);
        assert!(!hindered.has(Reason::ReadingPending) && hindered.readable == Readable::Undetermined);
        assert!(hindered.observations.iter().any(|seen| seen.page.is_none() && seen.detail.contains("not installed")));
    }

    /// Proves that a document of empty sheets is blank, and that an empty back beside a page is not held against it.
    #[test]
    fn empty_sheets() {
        let blank = |page| PageReading { page, state: ReadState::Blank, ..PageReading::default() };
        let all = as_read(&scan(2), &reading(vec![blank(1), blank(2)], Vec::new()));
        assert!(all.readable == Readable::No && all.observations.iter().any(|seen| seen.page.is_none()));
        let back = as_read(&scan(2), &reading(vec![read_well(1, "en"), blank(2)], Vec::new()));
        assert_eq!(back.readable, Readable::Yes);
    }

    /// Proves that a capture has a language only where text was read, that a sheet in it which nobody can read is named, and
    /// that a screen with some noise is not.
    #[test]
    fn captures_are_pictures() {
        let capture = Facts::of(FileKind::Dicom, Readable::Yes);
        let screen = PageReading { look: PageLook { brightness: 20.0, ..blurred(1).look }, ..blurred(1) };
        let unread = as_read(&capture, &reading(vec![screen], Vec::new()));
        assert_eq!((unread.readable, unread.language_asked, codes(&unread)), (Readable::Yes, false, Vec::new()));
        let read = as_read(&capture, &reading(vec![read_well(1, "fr")], Vec::new()));
        assert_eq!((read.readable, read.language_asked), (Readable::Yes, true));
        let turned = PageReading { quarter_turns: 2, ..read_well(1, "en") };
        assert_eq!(codes(&as_read(&capture, &reading(vec![turned], Vec::new()))), [(Reason::Rotated, Some(1))]);
        let sheet = as_read(&capture, &reading(vec![blurred(1)], Vec::new()));
        assert_eq!(codes(&sheet), [(Reason::Illegible, Some(1))]);
    }

    /// Proves that a line put over a scan does not stand for the scan, and that a text over a photo stays what it is.
    #[test]
    fn stamps_are_not_the_page() {
        let of = |words, page: PageReading| {
            let mut first = Facts::of(FileKind::Pdf, Readable::Yes);
            first.language_asked = true;
            let languages = vec![LanguageShare { tag: "en".to_owned(), letters: words * 5 }];
            first.pages = vec![PageFacts { page: 1, words, picture_share: 0.95, languages, ..PageFacts::default() }];
            assert_eq!(is_stamped(&first.pages[0]), words < 100);
            as_read(&first, &reading(vec![page], Vec::new()))
        };
        let scan = of(22, read_well(1, "es"));
        assert_eq!((scan.pages[0].languages[0].tag.as_str(), scan.pages[0].words, codes(&scan)), ("es", 180, vec![]));
        // The stamp itself is read with the rest.
        let lost = of(22, PageReading { letters: 210, words: 82, sure: 0.52, ..blurred(1) });
        assert_eq!((lost.readable, codes(&lost)), (Readable::No, vec![(Reason::Illegible, Some(1))]));
        let noise = PageReading { words: 25, letters: 110, sure: 0.7, ..read_well(1, "und") };
        let slide = of(22, noise);
        assert_eq!((slide.pages[0].languages[0].tag.as_str(), codes(&slide)), ("en", vec![]));
    }

    /// Proves that a page which the first reader of PDFs stumbled over is judged by what the second one drew of it.
    #[test]
    fn second_drawings_answer_failures() {
        let mut first = Facts::of(FileKind::Pdf, Readable::Partial);
        first.pages = vec![PageFacts { page: 1, ..PageFacts::default() }];
        first.observations.push(Observation::on_page(Reason::ParserFailed, 1, "cannot be interpreted"));
        let read = as_read(&first, &reading(vec![read_well(1, "en")], Vec::new()));
        assert_eq!((read.readable, codes(&read)), (Readable::Yes, Vec::new()));
        let undrawable = PageReading { page: 1, state: ReadState::Undrawable, ..PageReading::default() };
        let failed = as_read(&first, &reading(vec![undrawable], Vec::new()));
        assert!(failed.has(Reason::ParserFailed));
    }
}
