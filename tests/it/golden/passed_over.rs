//! Content that is easily passed over, in files made here: a page in tiles, sealed text, a waveform that is not there,
//! words in attributes, in parts of a letter and in links, people in tables.

use super::{
    dicom,
    docs::{Kept, examine},
};
use crate::make::{
    dicom::{Writer, part10},
    zip::zip,
};
use casegate::{
    domain::{
        facts::{Facts, FileKind, MemberEnd, Readable},
        limits::Limits,
        path::RawName,
        reading::Rendered,
        reason::Reason,
    },
    kinds::render,
};
use std::io::Cursor;

const TILE: u32 = 128;

/// One directory of a TIFF.
#[derive(Clone, Copy)]
struct Image {
    width: u32,
    height: u32,
    /// NewSubfileType.
    subfile: u32,
    /// Dots per inch; 0 for none.
    dots: u32,
    /// Are the pixels there?
    filled: bool,
}

const PAGE: Image = Image { width: 620, height: 877, subfile: 0, dots: 0, filled: true };

/// A TIFF in tiles of eight bits of grey, nothing compressed (TIFF 6.0, sections 2 and 15).
fn tiled(images: &[Image]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for image in images {
        let count = image.width.div_ceil(TILE) * image.height.div_ceil(TILE);
        let pixels = file.len() as u32;
        let tile_bytes = TILE * TILE;
        if image.filled {
            file.extend((0..count * tile_bytes).map(|at| if at % 97 < 3 { 0 } else { 255 }));
        }
        let offsets = file.len() as u32;
        file.extend((0..count).flat_map(|tile| (pixels + tile * tile_bytes).to_le_bytes()));
        let counts = file.len() as u32;
        file.extend((0..count).flat_map(|_| tile_bytes.to_le_bytes()));
        let dots = file.len() as u32;
        file.extend([image.dots, 1].iter().flat_map(|part| part.to_le_bytes()));
        let mut fields = vec![
            (254, 4, 1, image.subfile),
            (256, 4, 1, image.width),
            (257, 4, 1, image.height),
            (258, 3, 1, 8),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (277, 3, 1, 1),
        ];
        if image.dots > 0 {
            fields.extend([(282, 5, 1, dots), (283, 5, 1, dots), (296, 3, 1, 2)]);
        }
        fields.extend([(322, 4, 1, TILE), (323, 4, 1, TILE), (324, 4, count, offsets), (325, 4, count, counts)]);
        let at = file.len() as u32;
        file[link..link + 4].copy_from_slice(&at.to_le_bytes());
        file.extend((fields.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in fields {
            let (tag, kind): (u16, u16) = (tag, kind);
            file.extend(
                [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat(),
            );
        }
        link = file.len();
        file.extend([0; 4]);
    }
    file
}

fn facts(bytes: Vec<u8>, name: &str) -> (Facts, Kept) {
    let (facts, kept) = examine(bytes, name);
    (facts.expect("recognised"), kept)
}

/// Proves that a page in tiles is a picture that can be drawn and read, two of them are two pages, and that what a
/// microscope made is a slide.
#[test]
fn a_page_in_tiles_is_a_page() {
    let smaller = Image { width: 310, height: 439, subfile: 1, ..PAGE };
    let huge = Image { width: 20_000, height: 16_000, filled: false, ..PAGE };
    for (images, name, kind) in [
        (vec![PAGE], "letter.tif", FileKind::Image),
        (vec![PAGE, PAGE], "letter.tif", FileKind::Image),
        (vec![Image { dots: 600, ..PAGE }], "letter.tif", FileKind::Image),
        (vec![PAGE, Image { width: 439, height: 620, ..PAGE }], "a4-and-a5.tif", FileKind::Image),
        (vec![PAGE, smaller], "pyramid.tif", FileKind::Slide),
        (vec![PAGE, Image { subfile: 0, ..smaller }], "pyramid.tif", FileKind::Slide),
        (vec![Image { dots: 50_800, ..PAGE }], "microscope.tif", FileKind::Slide),
        (vec![huge], "large.tif", FileKind::Slide),
        (vec![PAGE], "slide.svs", FileKind::Slide),
    ] {
        let (facts, _) = facts(tiled(&images), name);
        assert_eq!(facts.kind, Some(kind), "{name}: {:?}", facts.observations);
        let pages = if kind == FileKind::Image { images.len() } else { 0 };
        assert_eq!(facts.pages.len(), pages, "{name}");
    }
    let (name, limits) = (RawName::from_text("letter.tif"), Limits::default());
    let drawn = render(&mut Cursor::new(tiled(&[PAGE])), 1, (&name, &[], &limits));
    assert!(!matches!(drawn, Rendered::Undrawable(_)));
}

/// Proves that text which is encrypted for somebody is not called readable, whole or in part, and plain text is.
#[test]
fn sealed_text_is_not_readable() {
    let passage = format!(
        "-----BEGIN PGP MESSAGE-----\n\n{}=abcd\n-----END PGP MESSAGE-----\n",
        format!("{}\n", "a1B/".repeat(16)).repeat(9)
    );
    let age = b"age-encryption.org/v1\n-> X25519 abc\nxyz\n--- mac\n\x01\x02\x03\x04\x05\x06\x07\x08\xff\xfe".repeat(2);
    for (bytes, name) in [(passage.clone().into_bytes(), "report.pdf.asc"), (age, "report.age")] {
        let (facts, kept) = facts(bytes, name);
        assert_eq!(facts.readable, Readable::No, "{name}");
        assert!(facts.has(Reason::PasswordRequired) && !facts.has(Reason::Blank), "{:?}", facts.observations);
        assert!(!facts.language_asked && kept.pages.is_empty(), "{name}");
    }
    let (facts, kept) = facts(format!("Patient: Ana Ruiz\n{passage}").into_bytes(), "letter.txt");
    assert_eq!((facts.readable, facts.people.len()), (Readable::Partial, 1));
    assert_eq!(kept.pages[0].text.trim(), "Patient: Ana Ruiz");
}

const ECG_CLASS: &str = "1.2.840.10008.5.1.4.1.1.9.1.1";

/// An electrocardiogram of these groups of channels: samples that are stated, and bytes that are there.
fn ecg(class: &str, groups: &[(u32, Option<usize>)]) -> Vec<u8> {
    let mut set = Writer::default();
    set.text((8, 0x16), "UI", class).text((8, 0x18), "UI", "1.2.3");
    let mut items = Vec::new();
    for (samples, bytes) in groups {
        let mut group = Writer::default();
        group.short((0x3A, 5), 12).long((0x3A, 0x10), *samples).short((0x5400, 0x1004), 16);
        if let Some(bytes) = bytes {
            group.put((0x5400, 0x1010), "OW", &vec![1; *bytes]);
        }
        items.extend([&[0xFE, 0xFF, 0x00, 0xE0][..], &(group.0.len() as u32).to_le_bytes(), &group.0].concat());
    }
    if !groups.is_empty() {
        set.put((0x5400, 0x100), "SQ", &items);
    }
    part10(class, "1.2.3", &set.0)
}

/// Proves that a recording without its waveform, or with less of it than it states, is told, and a whole one is not.
#[test]
fn a_waveform_is_there_or_missed() {
    let (damaged, truncated) = (Some(Reason::Damaged), Some(Reason::Truncated));
    for (groups, readable, reason) in [
        (&[(500, Some(12_000))][..], Readable::Yes, None),
        (&[], Readable::No, damaged),
        (&[(500, None)], Readable::No, damaged),
        (&[(500, Some(0))], Readable::No, damaged),
        (&[(500, Some(600))], Readable::No, truncated),
        (&[(500, Some(12_000)), (500, None)], Readable::Partial, damaged),
    ] {
        let (facts, _) = dicom::examine(&ecg(ECG_CLASS, groups));
        let facts = facts.unwrap();
        assert_eq!(facts.readable, readable, "{groups:?}: {:?}", facts.observations);
        assert_eq!(facts.observations.first().map(|observation| observation.reason), reason, "{groups:?}");
    }
    let (presentation, _) = dicom::examine(&ecg("1.2.840.10008.5.1.4.1.1.9.100.1", &[]));
    assert_eq!(presentation.unwrap().readable, Readable::Yes);
}

/// Proves that an export which has all it says in attributes is not blank, and names its patient.
#[test]
fn attributes_are_content() {
    let source = "<?xml version=\"1.0\"?><ECG><SUBJECT LAST_NAME=\"RUIZ\" FIRST_NAME=\"ANA\" DOB=\"20150302\"/></ECG>";
    let (facts, kept) = facts(source.into(), "ecg.xml");
    assert_eq!(facts.readable, Readable::Yes);
    assert!(!facts.has(Reason::Blank) && !facts.language_asked);
    let person = &facts.people[0];
    assert_eq!((person.names[0].as_str(), person.birth_date.as_deref()), ("RUIZ^ANA", Some("20150302")));
    assert!(kept.pages[0].text.contains("RUIZ"));
    let (empty, _) = self::facts("<?xml version=\"1.0\"?><ECG><SUBJECT/></ECG>".into(), "ecg.xml");
    assert!(empty.has(Reason::Blank));
}

/// Proves that the words of a part in another format are the letter's, and that a part which is not there is missed.
#[test]
fn a_letter_in_parts() {
    let letter = |part: &[u8], target: &str| {
        let link = format!(
            "<Relationships><Relationship Id=\"a\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk\" \
             Target=\"{target}\"/></Relationships>"
        );
        let body = "<w:document><w:body><w:altChunk r:id=\"a\"/></w:body></w:document>";
        zip(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("word/document.xml", body.as_bytes()),
            ("word/_rels/document.xml.rels", link.as_bytes()),
            ("word/part.html", part),
        ])
    };
    let (facts, kept) =
        facts(letter(b"<html><body><p>Patient: Ana Ruiz</p></body></html>", "part.html"), "letter.docx");
    assert_eq!((facts.readable, facts.people.len()), (Readable::Yes, 1), "{:?}", facts.observations);
    assert!(!facts.has(Reason::Blank));
    assert_eq!(kept.pages[0].text.trim(), "Patient: Ana Ruiz");
    let (facts, _) = self::facts(letter(b"", "/word/other.html"), "letter.docx");
    assert!(facts.readable != Readable::Yes && facts.has(Reason::Damaged), "{:?}", facts.observations);
}

/// Proves that files in the links of a page are members, byte for byte, and a page of nothing else is not readable yet.
#[test]
fn files_in_links_are_members() {
    let scan: Vec<u8> = [b"%PDF-1.4\n".to_vec(), (0..6_000_u32).map(|at| ((at * 31) >> 3) as u8).collect()].concat();
    let link = format!("data:application/pdf;base64,{}", data_encoding::BASE64.encode(&scan));
    let page = format!("<html><body><p>Please see below.</p><iframe src=\"{link}\"></iframe></body></html>");
    let (facts, kept) = facts(page.into_bytes(), "letter.html");
    assert_eq!((facts.readable, kept.members.len()), (Readable::Yes, 1));
    let (member, bytes, end) = &kept.members[0];
    assert_eq!((member.ordinal, member.name.clone()), (0, RawName::from_text("embedded-1.pdf")));
    assert_eq!((bytes, end), (&scan, &Some(MemberEnd::Whole)));
    let (facts, kept) = self::facts(format!("<html><body><img src='{link}'></body></html>").into_bytes(), "page.html");
    assert_eq!((facts.readable, kept.members.len()), (Readable::Undetermined, 1));
    assert!(facts.has(Reason::ImageOnly) && !facts.has(Reason::Blank));
}

/// Proves that a child is found below the headings of separated values and of a table, once.
#[test]
fn people_in_tables() {
    let html = "<html><body><table><tr><th>Patient name</th><th>Date of birth</th></tr><tr><td>Ana Ruiz</td><td>2015-03-02\
                </td></tr></table><p>She was seen.</p></body></html>";
    for (text, name) in [
        ("Patient Name,Date of Birth,Test,Result\nAna Ruiz,2015-03-02,Sodium,139\n", "results.csv"),
        ("Patient name;Ana Ruiz\nDate of birth;2015-03-02\nSodium;139\n", "results.csv"),
        ("Patient: Ana Ruiz, DOB: 2015-03-02\nSodium, 139\n", "results.txt"),
        (html, "letter.html"),
    ] {
        let (facts, _) = facts(text.into(), name);
        let people: Vec<_> =
            facts.people.iter().map(|person| (person.names.join("|"), person.birth_date.clone())).collect();
        assert_eq!(people, [("Ana Ruiz".to_owned(), Some("2015-03-02".to_owned()))], "{text}");
    }
}

/// Proves that pictures behind the first one of a file are told to be unread, and one picture is not.
#[test]
fn pictures_behind_the_first() {
    for (frames, told) in [(1, false), (2, true)] {
        let mut gif = Vec::new();
        let frame = || image::Frame::new(image::RgbaImage::from_pixel(64, 48, image::Rgba([250, 250, 250, 255])));
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        encoder.encode_frames((0..frames).map(|_| frame())).unwrap();
        drop(encoder);
        let (facts, _) = facts(gif, "letter.gif");
        assert!(facts.has(Reason::ImageOnly), "{:?}", facts.observations);
        assert_eq!(facts.has(Reason::UnsupportedFormat), told, "{frames} frames");
    }
}
