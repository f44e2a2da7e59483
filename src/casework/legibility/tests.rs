//! Tests of what is said of pages.

use super::*;
use crate::domain::facts::LanguageShare;

/// A clear page of print at 300 dpi.
fn clear() -> PageLook {
    PageLook {
        width: 2480,
        height: 3508,
        dpi: Some(300.0),
        letter_height: 24.0,
        contrast: 200.0,
        brightness: 240.0,
        ink: 0.06,
        sharpness: 4_000.0,
        ..PageLook::default()
    }
}

fn page(sure: f32, letters: u32, look: PageLook) -> PageReading {
    let languages = vec![LanguageShare { tag: "en".to_owned(), letters }];
    PageReading { page: 1, sure, letters, words: letters / 5, look, languages, ..PageReading::default() }
}

#[track_caller]
fn check(page: &PageReading, source: Source, (readable, reasons): (Readable, &[Reason])) {
    let said = of(page, source);
    let codes: Vec<Reason> = said.remarks.iter().map(|(reason, _)| *reason).collect();
    assert_eq!((said.readable, codes.as_slice()), (readable, reasons), "{said:?}");
}

/// Proves that a text in another script is believed to be foreign where one in Latin letters is not yet.
#[test]
fn another_script_is_believed_sooner() {
    let of_script = |sure, other_script, tag: &str| {
        let languages = vec![LanguageShare { tag: tag.to_owned(), letters: 900 }];
        of(&PageReading { other_script, languages, ..page(sure, 900, clear()) }, Source::Page).language
    };
    assert_eq!(of_script(0.52, 0.9, "bn"), Believed::Yes);
    assert_eq!(of_script(0.52, 0.1, "es"), Believed::No);
    assert_eq!(of_script(0.4, 0.9, "bn"), Believed::No);
    assert_eq!(of_script(0.7, 0.9, "en"), Believed::No);
}

/// Proves that lines which nobody can read are told under a stamp or footer that can, and that what shines through a sheet
/// with some clear print, and a chart with labels, are not.
#[test]
fn one_clear_line_makes_no_page_readable() {
    let stamp = |look| PageReading { languages: Vec::new(), ..page(0.9, 24, look) };
    let blurred = PageLook { contrast: 45.0, lines_across: 18, ..clear() };
    for source in [Source::Page, Source::Picture] {
        check(&stamp(blurred), source, (Readable::No, &[Reason::Illegible]));
        let through = PageLook { lines_across: 18, dpi: Some(200.0), width: 1_700, height: 2_200, ..clear() };
        check(&stamp(through), source, (Readable::Undetermined, &[Reason::ImageOnly]));
        check(&stamp(PageLook { contrast: 45.0, ..clear() }), source, (Readable::Undetermined, &[Reason::ImageOnly]));
    }
}

/// Proves that a few words in another script are a text, and a few Latin labels are not.
#[test]
fn a_few_words_in_another_script_are_a_text() {
    let of_script = |sure, other_script, tag: &str| {
        let languages = vec![LanguageShare { tag: tag.to_owned(), letters: 39 }];
        of(&PageReading { other_script, languages, ..page(sure, 39, clear()) }, Source::Picture)
    };
    let thai = of_script(0.57, 1.0, "th");
    assert_eq!((thai.readable, thai.language), (Readable::Yes, Believed::Yes));
    assert_eq!(of_script(0.4, 1.0, "th").readable, Readable::Undetermined);
    assert_eq!(of_script(0.57, 0.0, "es").readable, Readable::Undetermined);
}

/// Proves that faint print is remarked on where a person sees it badly, and not where one sees it well.
#[test]
fn faint_print_is_hard_to_read() {
    let with = |contrast| {
        let faint = Some(crate::domain::reading::FaintRead { letters: 700, contrast });
        PageReading { faint, ..page(0.95, 1_800, clear()) }
    };
    check(&with(14.0), Source::Page, (Readable::Yes, &[Reason::HardToRead]));
    check(&with(55.0), Source::Page, (Readable::Yes, &[]));
}

/// Proves what is said of pages by what was read on them, and by how they look where little was.
#[test]
fn pages_are_judged_by_what_was_read() {
    let blurred = PageLook { sharpness: 80.0, contrast: 70.0, ..clear() };
    let pale = PageLook { contrast: 30.0, ..clear() };
    let small = PageLook { letter_height: 5.0, dpi: Some(60.0), ..clear() };
    let photo = PageLook { letter_height: 0.0, ink: 0.3, ..clear() };
    let page_of = Source::Page;
    check(&page(0.97, 1_800, clear()), page_of, (Readable::Yes, &[]));
    check(&page(0.6, 900, clear()), page_of, (Readable::Yes, &[Reason::HardToRead]));
    // Few letters for so much ink: hard to read where they are language, the labels of a picture where they are none.
    check(&page(0.95, 200, clear()), page_of, (Readable::Yes, &[Reason::HardToRead]));
    let labels = PageReading { languages: Vec::new(), ..page(0.95, 200, clear()) };
    check(&labels, page_of, (Readable::Undetermined, &[Reason::ImageOnly]));
    check(&page(0.05, 60, blurred), page_of, (Readable::No, &[Reason::Illegible]));
    check(&page(0.0, 0, blurred), page_of, (Readable::No, &[Reason::Illegible]));
    check(&page(0.1, 40, pale), page_of, (Readable::No, &[Reason::Illegible]));
    check(&page(0.1, 40, small), page_of, (Readable::No, &[Reason::LowResolution]));
    let smeared = PageLook { smear: 0.92, brightness: 200.0, ..clear() };
    check(&page(0.1, 400, smeared), Source::Picture, (Readable::No, &[Reason::Illegible]));
    check(&page(0.97, 1_800, smeared), Source::Picture, (Readable::Yes, &[]));
    let large = PageLook { letter_height: 40.0, ..clear() };
    check(&page(0.1, 120, large), page_of, (Readable::Undetermined, &[Reason::Handwriting]));
    check(&page(0.1, 120, clear()), page_of, (Readable::Undetermined, &[Reason::ImageOnly]));
    check(&page(0.0, 9, photo), Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
    check(&page(0.0, 9, photo), page_of, (Readable::Undetermined, &[Reason::ImageOnly]));
    check(&page(0.05, 130, blurred), Source::Picture, (Readable::No, &[Reason::Illegible]));
    // Lines that give no letters are lines out of focus.
    let lines = PageLook { lines_across: 22, brightness: 200.0, ..blurred };
    check(&page(0.0, 3, lines), Source::Picture, (Readable::No, &[Reason::Illegible]));
    let face = PageLook { brightness: 110.0, ink: 0.4, ..blurred };
    check(&page(0.05, 130, face), Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
    check(&page(0.0, 3, blurred), Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
    let endless = PageReading { state: ReadState::Endless, ..page(0.0, 0, blurred) };
    check(&endless, Source::Picture, (Readable::No, &[Reason::Illegible]));
    let dark = PageLook { brightness: 45.0, ..clear() };
    check(&page(0.6, 900, dark), page_of, (Readable::Yes, &[Reason::HardToRead, Reason::BadExposure]));
    let reasons = [Reason::ImageOnly, Reason::BadExposure];
    check(&page(0.05, 130, dark), Source::Picture, (Readable::Undetermined, &reasons));
    let dark_and_blurred = PageLook { sharpness: 80.0, ..dark };
    check(&page(0.05, 130, dark_and_blurred), page_of, (Readable::No, &[Reason::Illegible, Reason::BadExposure]));
    check(&page(0.0, 3, dark), Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
}

/// Proves that a blurred or dark picture of a thing is a picture, that letters seen on vivid colours are noise, and that blurred
/// lines on coloured paper, blue handwriting and text that was read are what they are.
#[test]
fn things_are_no_pages() {
    let blurred = PageLook { sharpness: 80.0, contrast: 70.0, ..clear() };
    let skin = PageLook { ground_colour: 0.35, ink_colour: 0.7, ..blurred };
    let leaf = PageLook { ground_colour: 0.7, lines_across: 13, ..blurred };
    let dark = PageLook { brightness: 45.0, ..leaf };
    for look in [skin, leaf, dark] {
        for source in [Source::Page, Source::Picture] {
            let seen = page(0.03, 310, look);
            check(&seen, source, (Readable::Undetermined, &[Reason::ImageOnly]));
            assert!(is_plain_picture(&seen));
            let unfocused = PageReading { state: ReadState::Blank, ..page(0.0, 0, look) };
            check(&unfocused, source, (Readable::Undetermined, &[Reason::ImageOnly]));
        }
    }
    let slip = PageLook { ground_colour: 0.5, ..blurred };
    check(&page(0.03, 310, slip), Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
    assert!(!is_plain_picture(&page(0.03, 310, slip)), "it may be a note on coloured paper");
    let lamp = PageLook { ground_colour: 0.6, lines_across: 22, brightness: 200.0, ..blurred };
    check(&page(0.03, 310, lamp), Source::Picture, (Readable::No, &[Reason::Illegible]));
    let yellow = PageLook { ground_colour: 0.36, ink_colour: 0.02, ..blurred };
    check(&page(0.03, 310, yellow), Source::Picture, (Readable::No, &[Reason::Illegible]));
    let pen = PageLook { letter_height: 40.0, ink_colour: 0.02, ..clear() };
    check(&page(0.1, 120, pen), Source::Picture, (Readable::Undetermined, &[Reason::Handwriting]));
    check(&page(0.97, 1_800, PageLook { ground_colour: 0.7, ..clear() }), Source::Picture, (Readable::Yes, &[]));
}

/// Proves that what could not be drawn is damage where nothing was read, a remark where something was, and neither where the
/// second drawer showed it; and that readings from before that was noted are not judged by it.
#[test]
fn what_was_not_drawn_is_told() {
    let undrawn = PageLook { undrawn: 1, ..clear() };
    check(&page(0.0, 0, undrawn), Source::Page, (Readable::No, &[Reason::Damaged]));
    let redrawn = PageLook { redrawn: true, ..undrawn };
    check(&page(0.97, 1_800, redrawn), Source::Page, (Readable::Yes, &[Reason::HardToRead]));
    let hand = PageLook { letter_height: 40.0, ..redrawn };
    check(&page(0.1, 120, hand), Source::Page, (Readable::Undetermined, &[Reason::Handwriting, Reason::HardToRead]));
    let white = PageLook { brightness: 254.0, contrast: 100.0, ..clear() };
    check(&page(0.6, 900, white), Source::Page, (Readable::Yes, &[Reason::HardToRead]));
    let photo = PageLook { dpi_stated: Some(false), ..white };
    check(&page(0.6, 900, photo), Source::Page, (Readable::Yes, &[Reason::HardToRead, Reason::BadExposure]));
}

/// Proves what a screen is told by, and that a report beside its pictures keeps its language.
#[test]
fn screens_are_told() {
    use crate::domain::reading::ScreenSign;
    let screen = vec![ScreenSign::Window, ScreenSign::Zoom];
    let labels = PageReading { screen: screen.clone(), languages: Vec::new(), ..page(0.9, 300, clear()) };
    check(&labels, Source::Picture, (Readable::Yes, &[Reason::ScreenshotNotImaging]));
    assert_eq!(of(&labels, Source::Picture).language, Believed::NoText);
    let report = PageReading { screen, ..page(0.97, 900, clear()) };
    assert_eq!(of(&report, Source::Picture).language, Believed::Yes);
    let one = PageReading { screen: vec![ScreenSign::Zoom], ..page(0.97, 900, clear()) };
    check(&one, Source::Picture, (Readable::Yes, &[]));
}

/// Proves that a page which lies on its side or is cut is said to be so, and can be read.
#[test]
fn turned_and_cut_pages_can_be_read() {
    let turned = PageReading { quarter_turns: 3, ..page(0.97, 1_800, clear()) };
    check(&turned, Source::Page, (Readable::Yes, &[Reason::Rotated]));
    let cut = page(0.97, 1_800, PageLook { edge_ink: 0.4, ..clear() });
    check(&cut, Source::Page, (Readable::Yes, &[Reason::CutOff]));
    let whole = page(0.97, 1_800, PageLook { edge_ink: 0.05, ..clear() });
    check(&whole, Source::Page, (Readable::Yes, &[]));
}

/// Proves that a script nobody reads here is told from noise, and its language believed; and that a badly read page's
/// language is not.
#[test]
fn languages_are_believed_where_something_was_read() {
    let devanagari = PageReading { script: "Devanagari".to_owned(), ..page(0.1, 300, clear()) };
    check(&devanagari, Source::Page, (Readable::Undetermined, &[Reason::ImageOnly]));
    assert_eq!(of(&devanagari, Source::Page).language, Believed::Yes);
    assert_eq!(of(&page(0.5, 900, clear()), Source::Page).language, Believed::No);
    // A page passes as English only where it reads well: the rest of it may be in letters that nobody reads here.
    assert_eq!(of(&page(0.7, 900, clear()), Source::Page).language, Believed::No);
    let foreign = PageReading {
        languages: vec![LanguageShare { tag: "ar".to_owned(), letters: 600 }],
        ..page(0.7, 900, clear())
    };
    assert_eq!(of(&foreign, Source::Page).language, Believed::Yes);
    assert_eq!(of(&page(0.1, 20, clear()), Source::Page).language, Believed::NoText);
}

/// Proves that what was not read is never said to be anything else.
#[test]
fn unread_pages_stay_open() {
    for state in [ReadState::Undrawable, ReadState::Failed, ReadState::OverBudget] {
        let unread = PageReading { state, ..PageReading::default() };
        check(&unread, Source::Page, (Readable::Undetermined, &[Reason::ImageOnly]));
    }
    let blank = PageReading { state: ReadState::Blank, ..PageReading::default() };
    check(&blank, Source::Page, (Readable::No, &[Reason::Blank]));
    let look = PageLook { ink: 0.6, ..PageLook::default() };
    let bands = PageLook { lines_across: 24, dpi: None, brightness: 200.0, ..PageLook::default() };
    let unfocused = PageReading { state: ReadState::Blank, look: bands, ..PageReading::default() };
    check(&unfocused, Source::Picture, (Readable::No, &[Reason::Illegible]));
    check(&unfocused, Source::Page, (Readable::No, &[Reason::Illegible]));
    let shining_through = PageLook { dpi: Some(200.0), ..bands };
    let back = PageReading { look: shining_through, ..unfocused.clone() };
    check(&back, Source::Page, (Readable::No, &[Reason::Blank]));
    let scan = PageLook { width: 1_654, height: 2_339, dpi: Some(200.0), ..bands };
    let scan = PageReading { look: scan, ..unfocused.clone() };
    check(&scan, Source::Picture, (Readable::No, &[Reason::Blank]));
    let stairs = PageReading { look: PageLook { lines_across: 6, ..bands }, ..unfocused.clone() };
    check(&stairs, Source::Picture, (Readable::No, &[Reason::Blank]));
    let dim = PageReading { look: PageLook { brightness: 90.0, ink: 0.1, ..bands }, ..unfocused };
    check(&dim, Source::Picture, (Readable::Undetermined, &[Reason::ImageOnly]));
    let drawing = PageReading { state: ReadState::Blank, look, ..PageReading::default() };
    check(&drawing, Source::Page, (Readable::Undetermined, &[Reason::ImageOnly]));
}
