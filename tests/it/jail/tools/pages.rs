//! What the real programs answer, through the jail. Skipped, with a message, where they are not installed.

use super::warder::{Warder, blank, has_poppler, pdf, turned};
use casegate::{
    domain::{
        bulk::Bulk,
        reading::{Bitmap, ReadWord},
    },
    jail::{Layout, ReadOrder, Thresholding, ToolError, Tools},
};

const LETTER: &[&str] = &[
    "Department of Paediatric Oncology",
    "Dear colleague, thank you for seeing this boy of nine years",
    "with headaches for three weeks and vomiting in the morning.",
    "The magnetic resonance study shows a mass in the posterior fossa.",
    "We ask for a second opinion about the treatment.",
    "With kind regards, the ward physician",
];

/// The letter as a bitmap: drawn by the second drawer of PDFs.
async fn letter(warder: &Warder) -> Option<Bitmap> {
    if !has_poppler() {
        return None;
    }
    Some(warder.host.pdf_page(&pdf(&[LETTER]), 1, 300).await.unwrap())
}

fn order<'a>(bitmap: &'a Bitmap, packs: &'a [&'a str]) -> ReadOrder<'a> {
    ReadOrder { bitmap, packs, thresholding: Thresholding::Page, layout: Layout::Page }
}

fn text(words: &[ReadWord]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Proves that a page is drawn, read word for word, line by line, with boxes where the words stand, in every way of
/// reading.
#[tokio::test]
async fn pages_are_read() {
    let Some(warder) = Warder::reading().await else { return };
    let Some(page) = letter(&warder).await else { return };
    assert_eq!((page.width, page.height, page.dpi), (2_550, 3_300, 300));
    for thresholding in [Thresholding::Page, Thresholding::Local] {
        for layout in [Layout::Page, Layout::Scattered] {
            let order = ReadOrder { thresholding, layout, ..order(&page, &["eng"]) };
            let words = warder.host.read(order).await.unwrap();
            assert_eq!(text(&words), LETTER.join(" "), "{thresholding:?} {layout:?}");
            let lines: Vec<u32> = words.iter().map(|word| word.line).collect();
            assert!(lines.is_sorted() && lines.first() == Some(&0) && lines.last() == Some(&5), "{lines:?}");
            assert!(words.iter().all(|word| word.confidence > 0.7), "{words:?}");
            // One inch from the left of 8.5 inches; the first base line 740 of 792 points up.
            let [left, top, width, height] = words[0].place;
            assert!(left.abs_diff(1_176) < 40 && top.abs_diff(530) < 20 && width > 800 && height < 200, "{words:?}");
        }
    }
}

/// Proves that it is told how a page stands, and that a page with hardly any letters is not guessed at.
#[tokio::test]
async fn it_is_told_how_a_page_stands() {
    let Some(warder) = Warder::reading().await else { return };
    let Some(page) = letter(&warder).await else { return };
    for quarter_turns in 0..4 {
        let stands = warder.host.stands(&turned(&page, quarter_turns)).await.unwrap().unwrap();
        assert_eq!(stands.quarter_turns, (4 - quarter_turns) % 4, "{stands:?}");
        assert!(stands.confidence > 1.0 && stands.script == "Latin", "{stands:?}");
    }
    assert_eq!(warder.host.stands(&blank(600, 400)).await.unwrap(), None);
}

/// Proves that blank pages, noise and the smallest pages give no words or few, never an error; and that pages that
/// cannot be are refused before anything is started.
#[tokio::test]
async fn odd_pages_are_borne() {
    let Some(warder) = Warder::reading().await else { return };
    for page in [blank(1, 1), blank(3, 2_000), blank(32_767, 4), blank(1_000, 1_000)] {
        assert_eq!(
            warder.host.read(order(&page, &["eng"])).await.unwrap(),
            Vec::new(),
            "{} x {}",
            page.width,
            page.height
        );
    }
    let mut noise = blank(500, 400);
    let mut state = 7_u32;
    noise.grey.0.iter_mut().for_each(|pixel| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *pixel = (state >> 24) as u8;
    });
    assert!(warder.host.read(order(&noise, &["eng"])).await.unwrap().len() < 100);
    for page in
        [Bitmap { width: 20, ..blank(10, 10) }, Bitmap { grey: Bulk::default(), ..blank(0, 0) }, blank(40_000, 1)]
    {
        assert!(matches!(warder.host.read(order(&page, &["eng"])).await, Err(ToolError::Failed(..))));
    }
}

/// Proves that only installed packs are read with, and that no pack is an option in disguise.
#[tokio::test]
async fn packs_are_checked() {
    let Some(warder) = Warder::reading().await else { return };
    let page = blank(50, 50);
    for packs in [&[][..], &["xyz"], &["eng", "-c"], &["eng+deu"], &["../eng"], &["eng"; 5]] {
        let read = warder.host.read(order(&page, packs)).await;
        assert!(matches!(read, Err(ToolError::Failed("tesseract", _))), "{packs:?}: {read:?}");
    }
    assert!(!warder.host.packs().iter().any(|pack| pack == "osd"));
}

/// Proves that pages are read side by side, each with its own words.
#[tokio::test]
async fn pages_are_read_side_by_side() {
    let Some(warder) = Warder::reading().await else { return };
    if !has_poppler() {
        return;
    }
    let lines = ["The first page of the report", "Another page with other words", "The last page of all"];
    let read = async |line: &str| {
        let page = warder.host.pdf_page(&pdf(&[&[line]]), 1, 200).await.unwrap();
        text(&warder.host.read(order(&page, &["eng"])).await.unwrap())
    };
    let (one, two, three) = tokio::join!(read(lines[0]), read(lines[1]), read(lines[2]));
    assert_eq!([one, two, three], lines);
}

/// Proves that what is no PDF, a broken one, a page that is not there and a page too large to draw are facts about the
/// document, not failures of the world.
#[tokio::test]
async fn broken_documents_are_facts() {
    if !has_poppler() {
        return;
    }
    let warder = Warder::new().await;
    let whole = pdf(&[&["one"]]);
    let huge = String::from_utf8(whole.clone()).unwrap().replace("612 792", "99999 99999");
    let broken: [&[u8]; 4] = [b"", b"no document", &whole[..whole.len() / 2], &[0xFF; 4_096]];
    for bytes in broken {
        assert!(matches!(warder.host.pdf_page(bytes, 1, 100).await, Err(ToolError::Failed("pdftoppm", _))));
    }
    assert!(matches!(warder.host.pdf_page(&whole, 9, 100).await, Err(ToolError::Failed("pdftoppm", _))));
    assert!(matches!(warder.host.pdf_page(huge.as_bytes(), 1, 300).await, Err(ToolError::Failed("pdftoppm", _))));
}
