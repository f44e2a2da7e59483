//! Slide manifests against files.

use super::{Making, codes, readable, row};
use casegate::domain::{
    entry::Outcome,
    facts::{Facts, FileKind, ManifestFacts, ManifestRow, SlideFacts},
    ids::PlainDigest,
    reason::Reason,
};

fn manifest(rows: &[&[(&str, &str)]]) -> Facts {
    let mut facts = readable(FileKind::SlideManifest);
    let rows = rows.iter().zip(1..).map(|(values, row)| ManifestRow {
        row,
        values: values.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect(),
    });
    facts.manifest = Some(ManifestFacts { rows: rows.collect(), fields: Vec::new() });
    facts
}

fn slide(vendor: &str) -> Facts {
    let mut facts = readable(FileKind::Slide);
    facts.slide = Some(SlideFacts { vendor: vendor.to_owned(), ..SlideFacts::default() });
    facts
}

/// One slide of 10 bytes, and a manifest with one row.
fn check(values: &[(&str, &str)], expected: &[Reason]) {
    let mut making = Making::default();
    let at = making.add("s/a.svs", slide("aperio"));
    making.md5(at, "0123456789abcdef0123456789abcdef");
    making.add("s/manifest.csv", manifest(&[values]));
    let (_, overlay) = making.judged();
    assert_eq!(overlay.manifests[0].rows[0].reasons, expected, "{values:?}");
}

/// Proves each outcome of a row whose file is there.
#[test]
fn outcomes_of_a_row() {
    let hash = PlainDigest([0; 32]).to_hex();
    check(&[("file_name", "a.svs")], &[]);
    check(&[("file_name", "A.SVS"), ("sha256", &hash.to_uppercase()), ("file_size", "10")], &[]);
    check(&[("sha256", &hash)], &[]);
    check(&[("file_name", "a.svs"), ("sha256", "ff")], &[Reason::ChecksumMismatch]);
    check(&[("file_name", "a.svs"), ("md5", "0123456789ABCDEF0123456789ABCDEF")], &[]);
    check(&[("file_name", "a.svs"), ("md5", "ff")], &[Reason::ChecksumMismatch]);
    check(&[("file_name", "a.svs"), ("file_size", "11"), ("sha256", &hash)], &[Reason::SizeMismatch]);
    check(&[("file_name", "a.svs"), ("mpp_x", "250")], &[Reason::ImplausibleMpp]);
    check(&[("file_name", "a.svs"), ("mpp_x", "0.25"), ("magnification", "40x")], &[]);
    check(&[("file_name", "../../etc/passwd")], &[Reason::PathEscape]);
}

/// Proves that a slide that is listed and not there is a missing row, until it comes.
#[test]
fn missing_until_it_comes() {
    let mut making = Making::default();
    making.add("s/manifest.csv", manifest(&[&[("file_name", "late.svs")]]));
    let rows = making.ledger();
    assert_eq!(row(&rows, "s/late.svs").outcome, Outcome::Missing);
    assert_eq!(codes(row(&rows, "s/manifest.csv")), [Reason::SlideMissing]);
    making.add("elsewhere/late.svs", slide("aperio"));
    assert_eq!(codes(row(&making.ledger(), "s/manifest.csv")), []);
}

/// Proves that a slide listed twice and a slide that no row names are told.
#[test]
fn twice_and_unlisted() {
    let mut making = Making::default();
    making.add("a.svs", slide("aperio"));
    making.add("b.svs", slide("aperio"));
    making.add(
        "m.csv",
        manifest(&[&[("slide_id", "1"), ("file_name", "a.svs")], &[("slide_id", "2"), ("file_name", "a.svs")]]),
    );
    assert_eq!(codes(row(&making.ledger(), "m.csv")), [Reason::DuplicateSlide, Reason::UnlistedSlide]);
}

/// Proves that a MIRAX file without its folder is told, and with it is not.
#[test]
fn companions() {
    let mut making = Making::default();
    making.add("x/s1.mrxs", slide("mirax"));
    assert_eq!(codes(row(&making.ledger(), "x/s1.mrxs")), [Reason::CompanionMissing]);
    making.add("x/s1/Slidedat.ini", readable(FileKind::Text));
    assert_eq!(codes(row(&making.ledger(), "x/s1.mrxs")), []);
}
