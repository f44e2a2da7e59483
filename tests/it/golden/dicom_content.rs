//! Documents, reports and slides inside DICOM objects, from objects made here.

use super::dicom::examine;
use crate::make::dicom::{Writer, part10};
use casegate::domain::{
    facts::{FileKind, MemberEnd, Readable},
    reason::Reason,
};

const ENCAPSULATED_PDF: &str = "1.2.840.10008.5.1.4.1.1.104.1";
const BASIC_TEXT: &str = "1.2.840.10008.5.1.4.1.1.88.11";
const WHOLE_SLIDE: &str = "1.2.840.10008.5.1.4.1.1.77.1.6";

fn encapsulated(title: &str, mime: &str, payload: &[u8]) -> Vec<u8> {
    let mut set = Writer::default();
    set.text((8, 0x16), "UI", ENCAPSULATED_PDF)
        .text((0x42, 0x10), "ST", title)
        .put((0x42, 0x11), "OB", payload)
        .text((0x42, 0x12), "LO", mime)
        .long((0x42, 0x15), payload.len() as u32);
    part10(ENCAPSULATED_PDF, "1.2.3", &set.0)
}

/// A sequence of defined length with these items.
fn sequence(set: &mut Writer, tag: (u16, u16), items: &[Writer]) {
    let mut value = Vec::new();
    for item in items {
        value.extend([0xFE, 0xFF, 0x00, 0xE0]);
        value.extend((item.0.len() as u32).to_le_bytes());
        value.extend(&item.0);
    }
    set.put(tag, "SQ", &value);
}

fn code(meaning: &str) -> Writer {
    let mut item = Writer::default();
    item.text((8, 0x100), "SH", "X").text((8, 0x102), "SH", "99X").text((8, 0x104), "LO", meaning);
    item
}

/// Proves that a payload comes out byte for byte, the pad byte off, whatever its MIME type claims, under a name that
/// leads nowhere.
#[test]
fn a_payload_comes_out_as_it_went_in() {
    let check = |title: &str, mime: &str, payload: &[u8], expected: &str| {
        let (facts, sink) = examine(&encapsulated(title, mime, payload));
        let (member, bytes, end) = &sink.members[0];
        assert_eq!((member.name.shown().as_str(), bytes.as_slice()), (expected, payload));
        assert_eq!((member.ordinal, end), (0, &Some(MemberEnd::Whole)));
        assert_eq!(facts.unwrap().readable, Readable::Yes);
    };
    let large = vec![b'x'; 300_001];
    check("Letter", "application/pdf", b"%PDF-1.4 odd", "Letter.pdf");
    check("Letter.pdf", "application/pdf", b"%PDF-1.4 odd length", "Letter.pdf");
    check("", "text/xml", &large, "encapsulated.xml");
    check("../../etc/passwd", "application/pdf", b"not a PDF at all.", ".._.._etc_passwd.pdf");
}

/// Proves that a payload cut short is handed over as far as it goes, and told.
#[test]
fn a_cut_payload_is_told() {
    let whole = encapsulated("Letter", "application/pdf", &vec![b'x'; 200_000]);
    let (facts, _) = examine(&whole[..150_000]);
    let facts = facts.unwrap();
    assert_eq!(facts.readable, Readable::No);
    assert!(facts.has(Reason::Truncated));
}

/// Proves that a report's content is read in order, nested and coded values and a repertoire of an item's own included.
#[test]
fn a_report_is_read_in_order() {
    let mut finding = Writer::default();
    finding.text((8, 5), "CS", "ISO_IR 144").text((0x40, 0xA040), "CS", "TEXT");
    sequence(&mut finding, (0x40, 0xA043), &[code("Finding")]);
    finding.put((0x40, 0xA160), "UT", b"\xBB\xEE\xDA");
    let mut section = Writer::default();
    sequence(&mut section, (0x40, 0xA043), &[code("Findings")]);
    sequence(&mut section, (0x40, 0xA730), &[finding]);
    let mut conclusion = Writer::default();
    sequence(&mut conclusion, (0x40, 0xA043), &[code("Conclusion")]);
    sequence(&mut conclusion, (0x40, 0xA168), &[code("No abnormality")]);
    let mut set = Writer::default();
    set.text((8, 5), "CS", "ISO_IR 100").text((8, 0x16), "UI", BASIC_TEXT);
    sequence(&mut set, (0x40, 0xA043), &[code("Report")]);
    sequence(&mut set, (0x40, 0xA730), &[section, conclusion]);
    let (facts, sink) = examine(&part10(BASIC_TEXT, "1.2.3", &set.0));
    assert!(facts.unwrap().language_asked);
    assert_eq!(sink.pages[0].text, "Report\nFindings\nFinding: Люк\nConclusion: No abnormality\n");
}

/// An item of a content tree: its concept's code and meaning, and a value.
fn content(concept: (&str, &str), tag: (u16, u16), vr: &str, value: &str) -> Writer {
    let mut name = Writer::default();
    name.text((8, 0x100), "SH", concept.0).text((8, 0x102), "SH", "DCM").text((8, 0x104), "LO", concept.1);
    let mut item = Writer::default();
    sequence(&mut item, (0x40, 0xA043), &[name]);
    match vr {
        "SQ" => {
            let mut class = Writer::default();
            class.text((8, 0x100), "SH", value).text((8, 0x102), "SH", "DCM").text((8, 0x104), "LO", "Class");
            sequence(&mut item, tag, &[class]);
        }
        _ => {
            item.text(tag, vr, value);
        }
    }
    item
}

/// The people of a report under the header of Ana Ruiz, with these items.
fn people_of_report(items: &[Writer]) -> Vec<String> {
    let mut set = Writer::default();
    set.text((8, 0x16), "UI", BASIC_TEXT).text((0x10, 0x10), "PN", "Ruiz^Ana");
    sequence(&mut set, (0x40, 0xA730), items);
    let people = examine(&part10(BASIC_TEXT, "1.2.3", &set.0)).0.unwrap().people;
    people.into_iter().flat_map(|person| person.names).collect()
}

/// Proves that a report which names another patient is heard, in a text with a label of its own and in its observation
/// context, and that a fetus and the header's own patient are nobody else.
#[test]
fn a_report_names_its_subject() {
    let finding = content(("121071", "Finding"), (0x40, 0xA160), "UT", "Patient: Ben Ito, born 2014-01-05");
    assert!(people_of_report(&[finding]).iter().any(|name| name.starts_with("Ben Ito")));
    let name = |written: &str| content(("121029", "Subject Name"), (0x40, 0xA123), "PN", written);
    let class = |code: &str| content(("121024", "Subject Class"), (0x40, 0xA168), "SQ", code);
    assert_eq!(people_of_report(&[class("121025"), name("Ito^Ben")]), ["Ruiz^Ana", "Ito^Ben"]);
    assert_eq!(people_of_report(&[name("Ito^Ben")]), ["Ruiz^Ana", "Ito^Ben"]);
    assert_eq!(people_of_report(&[class("121026"), name("Ito^Ben")]), ["Ruiz^Ana"]);
    assert_eq!(people_of_report(&[class("121025"), name("Ruiz^Ana")]), ["Ruiz^Ana"]);
}

/// Proves that a slide instance tells its size, scale, magnification, container and that it shows a label.
#[test]
fn a_slide_instance_tells_its_slide() {
    let mut specimen = Writer::default();
    specimen.text((0x40, 0x551), "LO", "S26-1-A1").text((0x40, 0x600), "LO", "Kidney, left");
    let mut path = Writer::default();
    path.text((0x48, 0x112), "DS", "40");
    let mut measures = Writer::default();
    measures.text((0x18, 0x50), "DS", "0.001").text((0x28, 0x30), "DS", "0.00025\\0.0005");
    let mut shared = Writer::default();
    sequence(&mut shared, (0x28, 0x9110), &[measures]);
    let mut set = Writer::default();
    set.text((8, 8), "CS", "ORIGINAL\\PRIMARY\\LABEL\\NONE").text((8, 0x16), "UI", WHOLE_SLIDE);
    set.text((0x40, 0x512), "LO", "BOX-9");
    sequence(&mut set, (0x40, 0x560), &[specimen]);
    set.long((0x48, 6), 90_000).long((0x48, 7), 70_000);
    sequence(&mut set, (0x48, 0x105), &[path]);
    sequence(&mut set, (0x5200, 0x9229), &[shared]);
    let (facts, _) = examine(&part10(WHOLE_SLIDE, "1.2.3", &set.0));
    let facts = facts.unwrap();
    let slide = facts.slide.unwrap();
    assert_eq!((facts.kind, slide.vendor.as_str()), (Some(FileKind::Slide), "dicom"));
    assert_eq!((slide.width, slide.height, slide.magnification), (90_000, 70_000, Some(40.0)));
    assert_eq!((slide.mpp_x, slide.mpp_y, slide.label_image), (Some(0.5), Some(0.25), true));
    let words = &facts.search.iter().find(|field| field.field == "slide").unwrap().text;
    assert_eq!(words, "BOX-9 S26-1-A1 Kidney, left");
}
