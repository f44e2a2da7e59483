//! DICOM files of every kind and condition against what a person says of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use super::corpus;
use casegate::{
    domain::{
        entry::PixelsRead,
        facts::{Facts, FileKind, Member, MemberEnd, PageText, Readable},
        limits::Limits,
        path::RawName,
        reason::Reason,
    },
    kinds::{self, Exam, Offer, Probe, Sink, Stop, dicom},
};
use std::{fs, io::Cursor, path::Path};

/// Rows of `expected.tsv` as (path, kind, readable, reason).
fn rows(corpus: &Path) -> Vec<[String; 4]> {
    let table = fs::read_to_string(corpus.join("expected.tsv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        [cells[0], cells[1], cells[2], cells[4]].map(str::to_owned)
    };
    table.lines().skip(1).map(row).collect()
}

/// Keeps everything that is handed over.
#[derive(Default)]
pub(crate) struct Collected {
    pub(crate) members: Vec<(Member, Vec<u8>, Option<MemberEnd>)>,
    pub(crate) pages: Vec<PageText>,
}

impl Sink for Collected {
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

/// Examines bytes the way the inspector does.
pub(crate) fn examine(bytes: &[u8]) -> (Option<Facts>, Collected) {
    let (name, limits) = (RawName::from_text("x"), Limits::default());
    let head = &bytes[..bytes.len().min(casegate::domain::limits::SNIFF_BYTES_MAX)];
    let mut sink = Collected::default();
    let probe = Probe { head, bytes: bytes.len() as u64, name: &name };
    let facts = [&dicom::DIRECTORY, &dicom::WHOLE_SLIDE, &dicom::OBJECT]
        .into_iter()
        .find(|kind| kinds::Kind::sniff(*kind, &probe))
        .map(|kind| {
            let mut source = Cursor::new(bytes);
            kinds::Kind::examine(
                kind,
                &mut Exam { source: &mut source, name: &name, passwords: &[], limits: &limits, sink: &mut sink },
            )
        });
    (facts, sink)
}

/// Proves that each file of the ground truth is readable or not as a person found it, and of the right kind.
#[test]
fn readability_agrees_with_a_person() {
    let Some(corpus) = corpus() else { return };
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for [path, kind, readable, reason] in rows(&corpus) {
        let ours = path.starts_with("dicom/")
            || path.starts_with("hostile/dicom")
            || path.starts_with("discs/dicomdir-variants/")
            || path.starts_with("slides/dicom-wsi")
            || (path.starts_with("duplicates/") && kind == "dicom");
        if !ours || reason.starts_with("UNCERTAIN") {
            continue;
        }
        compared += 1;
        let bytes = fs::read(corpus.join(&path)).unwrap();
        let found = examine(&bytes).0;
        let found_kind = found.as_ref().and_then(|facts| facts.kind);
        let kind_agrees = match kind.as_str() {
            "dicomdir" => found_kind == Some(FileKind::Dicomdir),
            "wsi-dicom" => found_kind == Some(FileKind::Slide),
            _ => bytes.is_empty() || found_kind == Some(FileKind::Dicom),
        };
        let found_readable = found.as_ref().map_or(Readable::No, |facts| facts.readable);
        if (found_readable == Readable::Yes) != (readable == "yes") || !kind_agrees {
            let seen = found.map(|facts| facts.observations);
            wrong.push(format!("{path}: {found_kind:?} {found_readable:?}, expected {readable}; {seen:?}"));
        }
    }
    assert!(compared > 100, "only {compared} rows");
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Proves that text comes out as it was meant, from single-byte sets to ISO 2022 with ideographs, and component groups
/// stay apart. The names were compared with a second implementation.
#[test]
fn names_are_decoded() {
    let Some(corpus) = corpus() else { return };
    let check = |file: &str, expected: &[&str]| {
        let bytes = fs::read(corpus.join("dicom/charset").join(file)).unwrap();
        let facts = examine(&bytes).0.unwrap();
        assert_eq!(facts.people[0].names, expected, "{file}");
    };
    check("chrArab.dcm", &["قباني^لنزار"]);
    check("chrFren.dcm", &["Buc^Jérôme"]);
    check("chrFrenMulti.dcm", &["Buc^Jérôme"]);
    check("chrGreek.dcm", &["Διονυσιος"]);
    check("chrRuss.dcm", &["Люкceмбypг"]);
    check("chrH31.dcm", &["Yamada^Tarou", "山田^太郎", "やまだ^たろう"]);
    check("chrKoreanMulti.dcm", &["김희중"]);
}

/// Proves that lossless re-encodings of one image have one digest, and other pixels under the same UID another.
#[test]
fn pixel_digests_ignore_the_transfer_syntax() {
    let Some(corpus) = corpus() else { return };
    let digest = |path: &str| {
        let mut source = Cursor::new(fs::read(corpus.join(path)).unwrap());
        dicom::pixels(&mut source, &Limits::default())
    };
    let original = digest("dicom/pydicom/MR_small.dcm");
    assert!(matches!(original, PixelsRead::Digest(_)));
    let same = [
        "duplicates/recoded-implicit.dcm",
        "duplicates/recoded-deflated.dcm",
        "duplicates/recoded-jpegll.dcm",
        "duplicates/recoded-rle.dcm",
        "duplicates/recoded-j2k.dcm",
        "dicom/pydicom/MR_small_bigendian.dcm",
        "dicom/pydicom/MR_small_implicit.dcm",
        "dicom/pydicom/MR_small_RLE.dcm",
        "dicom/pydicom/MR_small_padded.dcm",
        "dicom/pydicom/MR_small_jp2klossless.dcm",
    ];
    for path in same {
        assert_eq!(digest(path), original, "{path}");
    }
    assert_eq!(digest("duplicates/recoded-jpegls.dcm"), PixelsRead::Unsupported);
    assert_ne!(digest("duplicates/same-uid-different-pixels.dcm"), original);
    assert_eq!(digest("dicom/damaged/truncated-half.dcm"), PixelsRead::Failed);
    assert_eq!(digest("dicom/pydicom/rtdose.dcm"), digest("dicom/pydicom/rtdose_expb.dcm"));
    assert_eq!(digest("dicom/pydicom/rtdose_rle.dcm"), PixelsRead::Unsupported);
    assert_eq!(digest("dicom/pydicom/liver_1frame.dcm"), digest("dicom/pydicom/liver_expb_1frame.dcm"));
    assert_eq!(digest("dicom/pydicom/SC_rgb_small_odd.dcm"), digest("dicom/pydicom/SC_rgb_small_odd_big_endian.dcm"));
}

/// Proves that an encapsulated document comes out whole, without its pad byte.
#[test]
fn an_encapsulated_document_is_handed_over() {
    let Some(corpus) = corpus() else { return };
    let bytes = fs::read(corpus.join("dicom/encapsulated/encapsulated-pdf.dcm")).unwrap();
    let (facts, sink) = examine(&bytes);
    let (member, payload, end) = &sink.members[0];
    assert_eq!(member.ordinal, 0);
    assert_eq!(member.claimed_bytes, Some(payload.len() as u64));
    assert!(payload.starts_with(b"%PDF"));
    assert_eq!(*end, Some(MemberEnd::Whole));
    assert_eq!(facts.unwrap().readable, Readable::Yes);
}

/// Proves that a report's text is a page that can be searched, and asks for its language.
#[test]
fn a_report_is_a_page_of_text() {
    let Some(corpus) = corpus() else { return };
    for path in ["dicom/pydicom/reportsi.dcm", "dicom/pydicom/test-SR.dcm", "dicom/dcm4che/report_dfl"] {
        let (facts, sink) = examine(&fs::read(corpus.join(path)).unwrap());
        assert!(facts.unwrap().language_asked, "{path}");
        assert!(sink.pages[0].text.split_whitespace().count() > 10, "{path}: {:?}", sink.pages);
    }
}

/// Proves that every way of writing a directory gives its references, and that what is odd about it is told.
#[test]
fn odd_directories_are_read_and_told() {
    let Some(corpus) = corpus() else { return };
    let check = |file: &str, references: usize, patients: u32, damaged: bool| {
        let facts = examine(&fs::read(corpus.join("discs/dicomdir-variants").join(file)).unwrap()).0.unwrap();
        let directory = facts.dicomdir.as_ref().unwrap();
        let found = (directory.references.len(), directory.patients, facts.has(Reason::DicomdirDamaged));
        assert_eq!(found, (references, patients, damaged), "{file} {:?}", facts.observations);
    };
    check("DICOMDIR-bigEnd", 31, 2, true);
    check("DICOMDIR-implicit", 31, 2, true);
    check("DICOMDIR-nooffset", 31, 2, true);
    check("DICOMDIR-reordered", 31, 2, false);
    check("DICOMDIR-nopatient", 31, 0, true);
    check("DICOMDIR-empty.dcm", 0, 0, true);
}

/// Proves that a hostile object is told for what it is and does no harm.
#[test]
fn hostile_objects_are_told() {
    let Some(corpus) = corpus() else { return };
    let facts = |path: &str| examine(&fs::read(corpus.join(path)).unwrap()).0.unwrap();
    assert!(facts("hostile/dicom-deep-sequence.dcm").has(Reason::TooDeep));
    assert!(facts("hostile/dicom-huge-length.dcm").has(Reason::Truncated));
    assert!(facts("hostile/dicom-pe-polyglot.dcm").has(Reason::Polyglot));
    assert!(!facts("dicom/pynetdicom/CTImageStorage_bad_meta.dcm").has(Reason::Polyglot));
}

/// Prints what examining one slice costs; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a proof"]
fn time_of_one_examination() {
    let Some(corpus) = corpus() else { return };
    for path in ["dicom/pydicom/MR_small.dcm", "dicom/pydicom/CT_small.dcm", "dicom/pydicom/rtplan.dcm"] {
        let bytes = fs::read(corpus.join(path)).unwrap();
        let started = std::time::Instant::now();
        for _ in 0..1000 {
            std::hint::black_box(dicom::facts_from(&mut Cursor::new(&bytes), &Limits::default()));
        }
        println!("{path}: {} µs", started.elapsed().as_micros() / 1000);
    }
}
