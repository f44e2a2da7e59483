//! The PDF kind against pages made here.

use super::*;
use std::io::Cursor;

#[derive(Default)]
struct Taken {
    members: Vec<(Member, Vec<u8>, Option<MemberEnd>)>,
    pages: Vec<PageText>,
}

impl Sink for Taken {
    fn begin(&mut self, member: Member) -> Result<Offer, Stop> {
        self.members.push((member, Vec::new(), None));
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.members.last_mut().unwrap().1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, end: MemberEnd) -> Result<(), Stop> {
        self.members.last_mut().unwrap().2 = Some(end);
        Ok(())
    }

    fn page(&mut self, page: PageText) {
        self.pages.push(page);
    }
}

fn examine(data: &[u8], limits: &Limits) -> (Facts, Taken) {
    let mut taken = Taken::default();
    let mut source = Cursor::new(data);
    let name = RawName::from_text("x.pdf");
    let mut exam = Exam { source: &mut source, name: &name, passwords: &[], limits, sink: &mut taken };
    let facts = PdfKind.examine(&mut exam);
    (facts, taken)
}

/// A PDF of these objects, numbered from 1, the first being the catalog.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", i + 1).as_bytes());
    }
    let at = file.len();
    file.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in &offsets {
        file.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let size = objects.len() + 1;
    file.extend_from_slice(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").as_bytes());
    file
}

fn stream(content: &str) -> String {
    format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())
}

const PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>";
const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";

fn one_page(catalog: &str, content: &str) -> Vec<u8> {
    let content = stream(content);
    pdf(&[catalog, "<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, &content, FONT])
}

const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R>>";
const HELLO: &str = "BT /F 12 Tf 20 200 Td (Patient: Ana Ruiz) Tj 0 -14 Td (seen today) Tj ET";

/// Proves that text comes out in lines and makes a page readable.
#[test]
fn text_is_read() {
    let (facts, taken) = examine(&one_page(CATALOG, HELLO), &Limits::default());
    assert_eq!(facts.readable, Readable::Yes, "{:?}", facts.observations);
    assert_eq!(taken.pages[0].text, "Patient: Ana Ruiz\nseen today");
    assert!(facts.observations.is_empty(), "{:?}", facts.observations);
    assert!(facts.language_asked);
}

/// Proves that invisible text, as OCR puts it under a scan, counts as text.
#[test]
fn invisible_text_counts() {
    let (facts, _) = examine(&one_page(CATALOG, &HELLO.replace("Td (P", "Td 3 Tr (P")), &Limits::default());
    assert_eq!(facts.readable, Readable::Yes);
}

/// Proves that nothing drawn, or only paper, is blank, and that shapes alone are a picture.
#[test]
fn blank_and_drawn_pages_differ() {
    for content in ["", "1 1 1 rg 0 0 300 300 re f", "5000 5000 10 10 re f"] {
        let (facts, _) = examine(&one_page(CATALOG, content), &Limits::default());
        assert_eq!((facts.readable, facts.has(Reason::Blank)), (Readable::No, true), "{content}");
    }
    let (facts, _) = examine(&one_page(CATALOG, "10 10 m 200 200 l S"), &Limits::default());
    assert_eq!((facts.readable, facts.has(Reason::ImageOnly)), (Readable::Undetermined, true));
}

/// Proves that a file that lost its end but no page is readable with a warning, and one that lost pages is not.
#[test]
fn truncation_is_told_from_recovery() {
    let whole = one_page(CATALOG, HELLO);
    let cut = whole.windows(4).rposition(|window| window == b"xref").unwrap() - 5;
    let (facts, _) = examine(&whole[..cut.min(whole.len() - 30)], &Limits::default());
    assert_eq!((facts.readable, facts.has(Reason::Damaged)), (Readable::Yes, true), "{:?}", facts.observations);
    let cut = whole.windows(5).position(|window| window == b"4 0 o").unwrap();
    let (facts, _) = examine(&whole[..cut], &Limits::default());
    assert_eq!((facts.readable, facts.has(Reason::Truncated)), (Readable::No, true), "{:?}", facts.observations);
}

/// Proves that scripts are seen and attached files handed over.
#[test]
fn scripts_and_attachments_are_found() {
    let catalog = "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(1)>>\
        /Names<</EmbeddedFiles<</Names[(a)<</F(a.csv)/EF<</F 6 0 R>>>>]>>>>>>";
    let (content, file) = (stream(HELLO), stream("1,2"));
    let data = pdf(&[catalog, "<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, &content, FONT, &file]);
    let (facts, taken) = examine(&data, &Limits::default());
    let seen = facts.observations.iter().find(|o| o.reason == Reason::ActiveContent).unwrap();
    assert_eq!(seen.detail, "JavaScript, embedded files");
    let (member, bytes, end) = &taken.members[0];
    assert_eq!((member.ordinal, member.name.shown().as_str(), bytes.as_slice()), (0, "a.csv", b"1,2".as_slice()));
    assert_eq!(end, &Some(MemberEnd::Whole));
}

/// Proves that limits end the work with a word about it.
#[test]
fn limits_hold() {
    let data = one_page(CATALOG, HELLO);
    let (facts, _) = examine(&data, &Limits { pdf_bytes_max: 10, ..Limits::default() });
    assert!(facts.has(Reason::ParserFailed));
    let (facts, _) = examine(&data, &Limits { pdf_stream_bytes_max: 10, ..Limits::default() });
    assert_eq!((facts.readable, facts.has(Reason::ArchiveBomb)), (Readable::No, true));
    let (facts, _) = examine(&data, &Limits { document_pages_max: 0, ..Limits::default() });
    assert!(facts.has(Reason::TooManyEntries));
}

/// Proves that only PDF is taken for PDF.
#[test]
fn sniffing_wants_a_header() {
    let name = RawName::from_text("x.pdf");
    let sniff = |head: &[u8]| PdfKind.sniff(&Probe { head, bytes: head.len() as u64, name: &name });
    assert!(sniff(b"%PDF-1.7\n"));
    assert!(sniff(&[b"junk ".repeat(100).as_slice(), b"%PDF-1.7"].concat()));
    assert!(!sniff(b"<html>error"));
    assert!(!sniff(b"<html>%PDF-1.7"));
    assert!(!sniff(&[b"junk ".repeat(300).as_slice(), b"%PDF-1.7"].concat()));
    assert!(!sniff(b""));
}

/// Proves that no prefix and no single damaged byte of a file brings the reader down.
#[test]
fn damage_is_survived() {
    let whole = one_page(CATALOG, HELLO);
    for end in (0..whole.len()).step_by(7) {
        let _ = examine(&whole[..end], &Limits::default());
        let mut damaged = whole.clone();
        damaged[end] ^= 0x55;
        let _ = examine(&damaged, &Limits::default());
    }
}

/// Proves that the page which stands in for a form that is laid out elsewhere is not taken for the form, and that a form
/// whose fields are on its page, or that was printed to it, is.
#[test]
fn a_form_that_is_laid_out_elsewhere() {
    let catalog = |more: &str| format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]/XFA(<f/>)>>{more}>>");
    let wait = "BT /F 12 Tf 20 200 Td (Please wait... If this message is not eventually replaced) Tj ET";
    for (catalog, content) in [(catalog("/NeedsRendering true"), HELLO), (catalog(""), wait)] {
        let (facts, taken) = examine(&one_page(&catalog, content), &Limits::default());
        assert_eq!(facts.readable, Readable::No);
        assert!(facts.has(Reason::UnsupportedFormat) && facts.has(Reason::ActiveContent));
        assert!(!facts.language_asked && facts.people.is_empty() && taken.pages.is_empty());
    }
    let (facts, taken) = examine(&one_page(&catalog(""), HELLO), &Limits::default());
    assert_eq!((facts.readable, taken.pages.len()), (Readable::Yes, 1), "printed");
    let field = PAGE.replace("/Contents", "/Annots[<</Subtype/Widget/V(Ben Ito)/Rect[0 0 9 9]>>]/Contents");
    let content = stream(HELLO);
    let catalog = catalog("/NeedsRendering true");
    let form = pdf(&[&catalog, "<</Type/Pages/Kids[3 0 R]/Count 1>>", &field, &content, FONT]);
    let (facts, taken) = examine(&form, &Limits::default());
    assert_eq!(facts.readable, Readable::Yes, "fields on the page");
    assert!(taken.pages[0].text.contains("Ben Ito"));
    let (facts, _) = examine(&one_page(CATALOG, wait), &Limits::default());
    assert_eq!(facts.readable, Readable::Yes, "words alone");
}

/// Proves that what was filled into a form belongs to the label beside or above it, drawn with the page or not, and else to
/// what the form calls the field.
#[test]
fn forms_that_were_filled_in() {
    let form = |fields: &str, content: &str| {
        let page = PAGE.replace("/Contents", &format!("/Annots[{fields}]/Contents"));
        let content = stream(content);
        let data = pdf(&[CATALOG, "<</Type/Pages/Kids[3 0 R]/Count 1>>", &page, &content, FONT]);
        examine(&data, &Limits::default()).0.people
    };
    let labels = "BT /F 10 Tf 20 200 Td (Patient name:) Tj 0 -30 Td (Date of birth:) Tj ET";
    let values = " BT /F 9 Tf 150 199 Td (Ben Ito) Tj 0 -30 Td (02/03/2015) Tj ET";
    let field = |value: &str, rect: &str, more: &str| format!("<</Subtype/Widget/V({value})/Rect[{rect}]{more}>>");
    let beside = field("Ben Ito", "150 194 290 212", "") + &field("02/03/2015", "150 164 290 182", "");
    let below = field("Ben Ito", "20 180 290 196", "") + &field("02/03/2015", "20 150 290 166", "");
    let named = field("Ben Ito", "0 0 90 9", "/T(PatientName)") + &field("02/03/2015", "0 50 90 59", "/T(dob[0])");
    let hint =
        field("Ben Ito", "0 0 90 9", "/TU(Patient name:)") + &field("02/03/2015", "0 50 90 59", "/TU(Date of birth)");
    let elsewhere = "BT /F 10 Tf 20 290 Td (Questionnaire) Tj ET";
    for (fields, content, case) in [
        ("", &*format!("{labels}{values}"), "drawn in columns"),
        (&beside, labels, "beside"),
        (&below, labels, "below"),
        (&named, elsewhere, "named"),
        (&hint, elsewhere, "hint"),
    ] {
        let people = form(fields, content);
        assert_eq!(people.len(), 1, "{case}: {people:?}");
        assert_eq!(
            (people[0].names.as_slice(), people[0].birth_date.as_deref()),
            (["Ben Ito".to_owned()].as_slice(), Some("02/03/2015")),
            "{case}"
        );
    }
}
