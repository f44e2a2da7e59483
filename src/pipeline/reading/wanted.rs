//! Which pages of a document only their pixels can tell. Pure: from facts and text, never from a name.

use crate::{
    casework::{reading, wordlike},
    domain::{
        facts::{DicomFacts, Facts, FileKind, PageFacts, PageText, PixelData, Readable},
        limits::READING_SIDE_PIXELS_MIN,
        reason::Reason,
    },
};
use std::collections::BTreeSet;

/// Secondary Capture Image Storage and its multi-frame kin (PS3.4 B.5): what was photographed, scanned or captured from
/// a screen. Everything else is measured by a machine, and has no page to be read, but perhaps a name burnt in.
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";

/// Classes of images into which machines burn who is on them, or that hold sheets of paper: ultrasound and its retired
/// forms, photographs, computed and digital radiography.
const WRITTEN_OVER: &[&str] = &[
    "1.2.840.10008.5.1.4.1.1.3",
    "1.2.840.10008.5.1.4.1.1.3.1",
    "1.2.840.10008.5.1.4.1.1.6",
    "1.2.840.10008.5.1.4.1.1.6.1",
    "1.2.840.10008.5.1.4.1.1.77.1.4",
    "1.2.840.10008.5.1.4.1.1.1",
    "1.2.840.10008.5.1.4.1.1.1.1",
];

/// Images of a series that are read for what is burnt in: the first ones and one of each ten, by their numbers. A machine
/// writes the same over all of a series, and reading takes a second or two.
const NUMBERS_FIRST: u64 = 2;
/// See [`NUMBERS_FIRST`].
const NUMBERS_EACH: u64 = 10;

/// A text layer with fewer letters is not suspected: codes and numbers of a form look like nothing.
const LETTERS_SUSPECTED_MIN: u32 = 60;

/// A text layer of which less than this looks like words is suspected to be garbage. Texts of fourteen languages that were
/// read from clear scans have 0.97 and more.
const WORDLIKE_TEXT_MIN: f32 = 0.7;

/// A text layer with fewer vowels than this is suspected as well. The Universal Declaration of Human Rights has 0.35 and
/// more of them in every language in Latin script that is told here, and 0.32 and more in all 412 of its translations.
const VOWELS_TEXT_MIN: f32 = 0.27;

/// A text layer is not garbage where this share of its letters is in a language that can be told.
const TOLD_SHARE_MIN: f32 = 0.2;

/// The pages to be read from their pixels, in order.
pub fn wanted(facts: &Facts, texts: &[PageText]) -> Vec<u32> {
    if facts.readable == Readable::No {
        return Vec::new();
    }
    match facts.kind {
        Some(FileKind::Pdf) => of_pdf(facts, texts),
        Some(FileKind::Image) => of_picture(facts),
        Some(FileKind::Dicom) => facts.dicom.as_ref().map(of_object).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Pages without text, with text that is not known for their letters, and with text that is none.
fn of_pdf(facts: &Facts, texts: &[PageText]) -> Vec<u32> {
    let seen = facts.observations.iter();
    // A page that the first reader of PDFs cannot interpret may be drawn by the second one.
    let lacking =
        seen.filter(|seen| matches!(seen.reason, Reason::ImageOnly | Reason::UnmappableText | Reason::ParserFailed));
    let mut pages: BTreeSet<u32> = lacking.filter_map(|seen| seen.page).collect();
    for page in &facts.pages {
        let garbage = || texts.iter().any(|text| text.page == page.page && is_garbage(page, &text.text));
        if reading::is_stamped(page) || garbage() {
            pages.insert(page.page);
        }
    }
    pages.into_iter().collect()
}

/// A layer of text that says something else than the page shows: a broken font map, a reading of pixels gone wrong.
fn is_garbage(page: &PageFacts, text: &str) -> bool {
    let letters: u32 = page.languages.iter().map(|share| share.letters).sum();
    let told: u32 = page.languages.iter().filter(|share| share.tag != "und").map(|share| share.letters).sum();
    letters >= LETTERS_SUSPECTED_MIN
        && (told as f32) < TOLD_SHARE_MIN * letters as f32
        && (wordlike::of_text(text) < WORDLIKE_TEXT_MIN
            || wordlike::vowels_of_text(text).is_some_and(|share| share < VOWELS_TEXT_MIN))
}

/// Each page of a picture that is whole; of pictures that move the first frame.
fn of_picture(facts: &Facts) -> Vec<u32> {
    let Some(picture) = &facts.picture else { return Vec::new() };
    let large = picture.width.min(picture.height) >= READING_SIDE_PIXELS_MIN;
    if !large || !facts.has(Reason::ImageOnly) {
        return Vec::new();
    }
    let faulty: BTreeSet<u32> = facts
        .observations
        .iter()
        .filter(|seen| matches!(seen.reason, Reason::Damaged | Reason::Truncated | Reason::ArchiveBomb))
        .filter_map(|seen| seen.page)
        .collect();
    facts.pages.iter().map(|page| page.page).filter(|page| !faulty.contains(page)).collect()
}

/// Each frame of a secondary capture that is whole; of images that have perhaps a name burnt in, the first frame of a few.
fn of_object(dicom: &DicomFacts) -> Vec<u32> {
    let capture = dicom.sop_class == SECONDARY_CAPTURE
        || dicom.sop_class.strip_prefix(SECONDARY_CAPTURE).is_some_and(|rest| rest.starts_with('.'));
    // A capture with a place in the patient is a reformatted image, not a page.
    let placed = dicom.position.is_some() && dicom.orientation.is_some();
    let large = dicom.rows.min(dicom.columns) >= READING_SIDE_PIXELS_MIN;
    let whole = dicom.pixel_data == PixelData::Whole;
    match capture {
        _ if placed || !large || !whole => Vec::new(),
        true => (1..=dicom.frames.max(1)).collect(),
        false if may_be_written_over(dicom) && is_sampled(&dicom.instance_number) => vec![1],
        false => Vec::new(),
    }
}

/// Does its class, its header or its Image Type (PS3.3 C.7.6.1.1.2) say that more than a picture may be on it? A secondary
/// image that has no place in the patient is the screen of a workstation, under whatever class.
fn may_be_written_over(dicom: &DicomFacts) -> bool {
    let secondary =
        matches!(dicom.image_type.as_slice(), [first, second, ..] if first == "DERIVED" && second == "SECONDARY");
    let scanned = matches!(dicom.modality.as_str(), "CT" | "MR");
    WRITTEN_OVER.contains(&dicom.sop_class.as_str()) || dicom.burned_in || secondary && scanned
}

/// An image without a number stands for itself.
fn is_sampled(number: &str) -> bool {
    number.trim().parse::<u64>().ok().is_none_or(|number| number <= NUMBERS_FIRST || number % NUMBERS_EACH == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{LanguageShare, Observation, PictureFacts};

    fn text(page: u32, text: &str) -> PageText {
        PageText { page, text: text.to_owned() }
    }

    /// Proves that pages of a PDF without usable text are wanted, and pages with text are not.
    #[test]
    fn pages_without_text_are_wanted() {
        let mut facts = Facts::of(FileKind::Pdf, Readable::Partial);
        facts.observations.push(Observation::on_page(Reason::UnmappableText, 4, "90 of 90 glyphs"));
        facts.observations.push(Observation::on_page(Reason::ImageOnly, 2, "1 picture"));
        facts.observations.push(Observation::on_page(Reason::Blank, 3, "nothing"));
        assert_eq!(wanted(&facts, &[text(1, "The patient was seen.")]), [2, 4]);
        facts.readable = Readable::No;
        assert!(wanted(&facts, &[]).is_empty(), "a locked document has no pixels either");
    }

    /// Proves that a layer of garbage is seen through, and that tables and texts of any language are believed.
    #[test]
    fn garbage_is_seen_through() {
        let of = |said: &str, tag: &str| {
            let letters = u32::try_from(said.chars().filter(|c| c.is_alphabetic()).count()).unwrap();
            let mut facts = Facts::of(FileKind::Pdf, Readable::Yes);
            let languages = vec![LanguageShare { tag: tag.to_owned(), letters }];
            facts.pages = vec![PageFacts { page: 1, languages, ..PageFacts::default() }];
            wanted(&facts, &[text(1, said)])
        };
        let garbage = "Gxqtk nbrzd wqfns tplkv xzcrt hgdfs bnmkp pqwrt zxcdf vbghj kjhgf dsqwz mnbvc xzlkj hgfds wrtpq";
        assert_eq!(of(garbage, "und"), [1]);
        let exchanged =
            "Uif qbujfou xbt tffo jo pvs dmjojd xjui gfwfs boe dpvhi bgufs sfuvsojoh gspn b usjq xjui gbnjmz";
        assert_eq!(of(exchanged, "und"), [1]);
        assert!(
            of("Hemoglobin 12.1 g/dL WBC 8.2 10^9/L PLT 220 MCV 85 fL ALT 22 U/L AST 31 U/L GGT 12 U/L", "und")
                .is_empty()
        );
        assert!(of(&"Chrząszcz brzmi w trzcinie w Szczebrzeszynie. ".repeat(3), "pl").is_empty());
    }

    /// Proves that pictures large enough for a page are wanted, each page of them that is whole.
    #[test]
    fn pictures_are_wanted_by_size() {
        let of = |width, height| {
            let mut facts = Facts::of(FileKind::Image, Readable::Undetermined);
            facts.picture = Some(PictureFacts { width, height, orientation: 1, pages: 3 });
            facts.pages = (1..=3).map(|page| PageFacts { page, ..PageFacts::default() }).collect();
            facts.observe(Reason::ImageOnly, "3 pages as pictures");
            facts.observations.push(Observation::on_page(Reason::Damaged, 2, "cannot be decoded"));
            wanted(&facts, &[])
        };
        assert_eq!(of(1728, 2200), [1, 3]);
        assert!(of(1728, 30).is_empty());
    }

    /// Proves that what is burnt into images of machines is looked for in a few of a series, and in no slices.
    #[test]
    fn a_few_images_are_wanted_for_what_is_burnt_in() {
        let of = |sop_class: &str, number: u32, burned_in: bool, position: Option<[f64; 3]>| {
            let mut facts = Facts::of(FileKind::Dicom, Readable::Yes);
            facts.dicom = Some(DicomFacts {
                sop_class: sop_class.to_owned(),
                instance_number: number.to_string(),
                rows: 600,
                columns: 800,
                frames: 60,
                burned_in,
                position,
                orientation: position.map(|_| [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
                pixel_data: PixelData::Whole,
                ..DicomFacts::default()
            });
            wanted(&facts, &[])
        };
        let ultrasound = "1.2.840.10008.5.1.4.1.1.6.1";
        assert_eq!(of(ultrasound, 1, false, None), [1], "the first frame alone");
        let read = (1..=100).filter(|number| !of(ultrasound, *number, true, None).is_empty()).count();
        assert_eq!(read, 11, "of a hundred images");
        let slice = "1.2.840.10008.5.1.4.1.1.2";
        assert!(of(slice, 1, false, None).is_empty() && of(slice, 1, true, Some([0.0; 3])).is_empty());
        assert_eq!(of(slice, 1, true, None), [1]);
    }

    /// Proves that captures are read frame by frame, and what a scanner measured is not.
    #[test]
    fn captures_are_wanted_and_images_are_not() {
        let of = |sop_class: &str, position| {
            let mut facts = Facts::of(FileKind::Dicom, Readable::Yes);
            facts.dicom = Some(DicomFacts {
                sop_class: sop_class.to_owned(),
                rows: 1000,
                columns: 800,
                frames: 2,
                position,
                orientation: position.map(|_| [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
                pixel_data: PixelData::Whole,
                ..DicomFacts::default()
            });
            wanted(&facts, &[])
        };
        assert_eq!(of("1.2.840.10008.5.1.4.1.1.7", None), [1, 2]);
        assert_eq!(of("1.2.840.10008.5.1.4.1.1.7.4", None), [1, 2]);
        assert!(of("1.2.840.10008.5.1.4.1.1.7", Some([0.0; 3])).is_empty());
        assert!(of("1.2.840.10008.5.1.4.1.1.2", None).is_empty());
        assert!(of("1.2.840.10008.5.1.4.1.1.77.1.1", None).is_empty(), "microscopy and endoscopy are no captures");
    }
}
