//! What is in the samples of messages, slides and workbooks beyond their verdicts: people, packed documents, numbers.

use casegate::{
    domain::{
        facts::{Facts, Member, MemberEnd, PageText},
        limits::{Limits, SNIFF_BYTES_MAX},
        path::RawName,
    },
    kinds::{Exam, Offer, Probe, Sink, Stop, recognise},
};
use std::{fs, io::Cursor, path::Path};

/// Names and bytes of what is packed inside.
#[derive(Default)]
struct Packed(Vec<(String, Vec<u8>)>);

impl Sink for Packed {
    fn begin(&mut self, member: Member) -> Result<Offer, Stop> {
        self.0.push((member.name.shown(), Vec::new()));
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.0.last_mut().unwrap().1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, _end: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, _page: PageText) {}
}

fn sample(path: &str) -> (Facts, Packed) {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(path)).unwrap();
    let name = RawName::from_text(path);
    let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
    let kind = recognise(&Probe { head, bytes: bytes.len() as u64, name: &name }).unwrap();
    let (mut packed, limits) = (Packed::default(), Limits::default());
    let mut source = Cursor::new(&bytes);
    let facts = kind.examine(&mut Exam {
        source: &mut source,
        name: &name,
        passwords: &[],
        limits: &limits,
        sink: &mut packed,
    });
    (facts, packed)
}

/// Proves that the same PDF comes out of every message it is packed in, under a fitting name.
#[test]
fn packed_documents_come_out_whole() {
    let (_, binary) = sample("message/binary-fhir.json");
    let pdf = &binary.0[0].1;
    assert!(pdf.starts_with(b"%PDF-1.4") && pdf.ends_with(b"%%EOF\n"));
    for (path, name) in [
        ("message/scan-in-cda.xml", "attachment-1.pdf"),
        ("message/packed-scan-in-cda.xml", "attachment-1.pdf"),
        ("message/bundle-fhir.json", "Echo report.pdf"),
        ("message/report-fhir.xml", "Befund.pdf"),
        ("message/document.hl7", "Echo report.pdf"),
    ] {
        let (_, packed) = sample(path);
        assert_eq!(packed.0.len(), 1, "{path}");
        assert_eq!((packed.0[0].0.as_str(), &packed.0[0].1 == pdf), (name, true), "{path}");
    }
}

/// Proves that every standard names the same child, with the issuer of the number, and nobody else.
#[test]
fn patients_are_named() {
    for path in
        ["message/summary-cda.xml", "message/bundle-fhir.json", "message/result.hl7", "message/lines-fhir.ndjson"]
    {
        let (facts, _) = sample(path);
        let [person] = facts.people.as_slice() else { panic!("{path}: {:?}", facts.people) };
        assert_eq!(person.names, ["Ferrer Gil^Ana^Lucía"], "{path}");
        assert_eq!(
            person.birth_date.as_deref().map(|date| date.replace('-', "")).as_deref(),
            Some("20170304"),
            "{path}"
        );
        assert_eq!(person.ids[0].0, "77-1004", "{path}");
        assert!(person.ids[0].1.is_some(), "{path}");
        assert!(facts.search.iter().any(|field| field.field == "patient" && field.text.contains("Ferrer")), "{path}");
    }
    let (facts, _) = sample("message/batch.hl7");
    assert_eq!(facts.people.iter().map(|person| person.place.as_str()).collect::<Vec<_>>(), ["PID", "message 2, PID"]);
}

/// Proves that languages are taken down as declared, and that language is asked.
#[test]
fn languages_are_declared() {
    for (path, tag) in [
        ("message/summary-cda-es.xml", "es-ES"),
        ("message/report-fhir.xml", "de"),
        ("message/result-8859-5.hl7", "ru"),
    ] {
        let (facts, _) = sample(path);
        assert!(facts.language_asked, "{path}");
        let declared = facts.search.iter().find(|field| field.field == "language").unwrap();
        assert_eq!(declared.text, tag, "{path}");
    }
}

/// Proves that slides of four makers say what a viewer needs.
#[test]
fn slides_of_four_makers() {
    for (path, vendor, size, levels, mpp, power) in [
        ("slide/overview-and-scan.scn", "leica", (64, 48), 2, 0.5, 20.0),
        ("slide/label-and-levels.bif", "ventana", (64, 48), 2, 0.2325, 40.0),
        ("slide/levels-and-macro.ndpi", "hamamatsu", (16, 16), 2, 0.228, 40.0),
        ("slide/Slidedat.ini", "mirax", (20 * 688 - 19 * 16, 10 * 516 - 9 * 16), 3, 0.2325, 20.0),
    ] {
        let slide = sample(path).0.slide.unwrap();
        assert_eq!(
            (slide.vendor.as_str(), (slide.width, slide.height), slide.levels),
            (vendor, size, levels),
            "{path}"
        );
        assert!(slide.mpp_x.is_some_and(|x| (x - mpp).abs() < 0.001), "{path}: {slide:?}");
        assert_eq!((slide.magnification, slide.label_image), (Some(power), true), "{path}");
    }
}

/// Proves that a hospital's export is read through its frame: titles, a header on two lines, merged cells, dates,
/// numbers, a hidden row, a total, and a second list on another sheet.
#[test]
fn workbooks_as_hospitals_export_them() {
    let (facts, _) = sample("manifest/hospital-export.xlsx");
    assert_eq!(facts.observations, []);
    let manifest = facts.manifest.unwrap();
    let cell = |row: usize, field: &str| manifest.rows[row].get(field).unwrap_or_default().to_owned();
    let column = |field: &str| (0..manifest.rows.len()).map(|row| cell(row, field)).collect::<Vec<_>>();
    assert_eq!(column("slide_id"), ["1001", "1002", "1003", "1004", "1005"]);
    assert_eq!(column("accession_number"), ["S24-0042", "S24-0042", "S24-0042", "S24-0051", ""]);
    assert_eq!(column("file_name")[3..], ["S24-0051-1.svs", "S24-0060-1.svs"]);
    assert_eq!((cell(1, "file_size"), cell(1, "stain")), ("980".to_owned(), "CD20".to_owned()));
    assert_eq!((cell(0, "birth_date"), cell(0, "scan_date")), ("2017-03-04".to_owned(), "2024-02-28 09:05".to_owned()));
    assert_eq!(facts.people[0].ids[0].0, "771004");
}
