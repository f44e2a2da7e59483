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

/// Proves that of several files of one name a row means the one of its sum, else that with most of its path, else that of
/// its size, else that nearest to the manifest; whichever came first.
#[test]
fn one_name_several_times() {
    let sum = "0123456789abcdef0123456789abcdef";
    let found = |values: &[(&str, &str)], reversed: bool| {
        let mut making = Making::default();
        let mut folders = ["left/b1", "right/b1", "right/b2"];
        if reversed {
            folders.reverse();
        }
        for folder in folders {
            let at = making.add(&format!("{folder}/1.svs"), slide("aperio"));
            making.md5(at, if folder == "left/b1" { sum } else { "ff" });
        }
        making.add("right/list.csv", manifest(&[values]));
        let (_, overlay) = making.judged();
        let row = overlay.manifests[0].rows[0].clone();
        (row.file.unwrap_or_default(), row.reasons)
    };
    for reversed in [false, true] {
        let of = |values: &[(&str, &str)]| found(values, reversed);
        assert_eq!(of(&[("file_name", "1.svs"), ("md5", sum)]), ("left/b1/1.svs".to_owned(), vec![]));
        assert_eq!(of(&[("file_name", "other/b2/1.svs")]), ("right/b2/1.svs".to_owned(), vec![]));
        assert!(of(&[("file_name", "1.svs")]).0.starts_with("right/"));
    }
}

/// Proves that rows of one file name and two sums are two slides.
#[test]
fn one_name_and_two_sums() {
    let mut making = Making::default();
    let rows: [&[(&str, &str)]; 3] = [
        &[("file_name", "1.svs"), ("md5", "aa")],
        &[("file_name", "1.svs"), ("md5", "bb")],
        &[("file_name", "1.svs"), ("md5", "bb")],
    ];
    making.add("m.csv", manifest(&rows));
    let (_, overlay) = making.judged();
    let again: Vec<bool> =
        overlay.manifests[0].rows.iter().map(|row| row.reasons.contains(&Reason::DuplicateSlide)).collect();
    assert_eq!(again, [false, false, true]);
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

/// Proves that a number within a block is no slide listed twice, and that the same number of the same block is.
#[test]
fn numbers_within_a_block() {
    let listed = |rows: &[&[(&str, &str)]]| {
        let mut making = Making::default();
        making.add("m.csv", manifest(rows));
        let (_, overlay) = making.judged();
        overlay.manifests[0].rows.iter().filter(|row| row.reasons.contains(&Reason::DuplicateSlide)).count()
    };
    let row =
        |block, id, stain| [("accession_number", "S24-1"), ("block_id", block), ("slide_id", id), ("stain", stain)];
    assert_eq!(listed(&[&row("1", "1", "HE"), &row("2", "1", "HE"), &row("3", "1", "HE"), &row("3", "1", "CD3")]), 0);
    assert_eq!(listed(&[&row("1", "1", "HE"), &row("2", "1", "HE"), &row("1", "1", "HE")]), 1);
    assert_eq!(listed(&[&row("1", "S24-1-A1-1", "HE"), &row("2", "S24-1-A1-1", "HE")]), 1);
    assert_eq!(listed(&[&[("slide_id", "1")], &[("slide_id", "1")]]), 1);
}

/// Proves that rows without a file's name find their slides by MD5 and by what the slide is called, and say which is
/// missing.
#[test]
fn slides_without_a_file_column() {
    let sum = "0123456789abcdef0123456789abcdef";
    let mut making = Making::default();
    let at = making.add("s/scan-0001.svs", slide("aperio"));
    making.md5(at, sum);
    making.add("s/S24-1-A2.svs", slide("aperio"));
    making.add("s/S24-1-A3.svs", slide("aperio"));
    making.add("s/sums.csv", manifest(&[&[("stain", "HE"), ("md5", &sum.to_uppercase())]]));
    let (_, overlay) = making.judged();
    let found: Vec<_> = overlay.manifests[0].rows.iter().map(|row| (row.file.clone(), row.reasons.clone())).collect();
    assert_eq!(found, [(Some("s/scan-0001.svs".to_owned()), Vec::new())]);

    let ids: [&[(&str, &str)]; 3] =
        [&[("slide_id", "S24-1-A2")], &[("slide_id", "s24-1-a3")], &[("slide_id", "S24-1-A7")]];
    making.add("s/ids.csv", manifest(&ids));
    let rows = making.ledger();
    assert_eq!(row(&rows, "s/S24-1-A7").outcome, Outcome::Missing);
    assert_eq!(codes(row(&rows, "s/ids.csv")), [Reason::SlideMissing, Reason::UnlistedSlide]);
}

/// Proves that a sum that no slide has is told with the sum for a name, and that a list of glass misses nothing.
#[test]
fn lists_of_what_is_not_there() {
    let mut making = Making::default();
    making.add("s/a.svs", slide("aperio"));
    making.add("s/sums.csv", manifest(&[&[("md5", "ff00")]]));
    making.add("glass/list.csv", manifest(&[&[("slide_id", "S24-1-A1")], &[("slide_id", "S24-1-A2")]]));
    let rows = making.ledger();
    assert_eq!(row(&rows, "s/ff00").outcome, Outcome::Missing);
    assert_eq!(codes(row(&rows, "glass/list.csv")), []);
}
