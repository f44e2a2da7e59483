//! Objects that share a SOP Instance UID.

use super::{At, Making, codes, image, row};
use casegate::domain::{
    entry::{Outcome, PixelsRead},
    ids::PlainDigest,
    reason::Reason,
};

fn two(pixels: [Option<PixelsRead>; 2], patients: [&str; 2]) -> Making {
    let mut making = Making::default();
    for ((name, pixels), patient) in ["a.dcm", "b.dcm"].into_iter().zip(pixels).zip(patients) {
        let at: At = making.add(name, image("1.2.3", patient));
        making.at(at).1.pixels = pixels;
    }
    making
}

fn read(byte: u8) -> Option<PixelsRead> {
    Some(PixelsRead::Digest(PlainDigest([byte; 32])))
}

/// Proves that equal pixels are the same instance, kept and named.
#[test]
fn same_pixels() {
    let rows = two([read(1), read(1)], ["A", "A"]).ledger();
    assert_eq!(codes(row(&rows, "a.dcm")), []);
    let other = row(&rows, "b.dcm");
    assert_eq!((codes(other), other.outcome), (vec![Reason::SameInstance], Outcome::Stored));
    assert_eq!(other.similar_to[0].path, "a.dcm");
}

/// Proves that other pixels, pixels that cannot be decoded and another patient's name are conflicts, and both are kept.
#[test]
fn conflicts() {
    let undecodable = Some(PixelsRead::Unsupported);
    for (pixels, patients, words) in [
        ([read(1), read(2)], ["A", "A"], "other pixels"),
        ([read(1), undecodable], ["A", "A"], "not compared"),
        ([read(1), read(1)], ["A", "B"], "another patient"),
    ] {
        let rows = two(pixels, patients).ledger();
        assert_eq!(row(&rows, "a.dcm").outcome, Outcome::Stored);
        let other = row(&rows, "b.dcm");
        assert_eq!((other.outcome, other.conflict_with.as_deref()), (Outcome::ConflictWith, Some("a.dcm")));
        assert!(other.reasons[0].detail.contains(words), "{:?}", other.reasons);
    }
}

/// Proves that nothing is claimed before both were decoded.
#[test]
fn pending() {
    let rows = two([read(1), None], ["A", "A"]).ledger();
    assert_eq!(codes(row(&rows, "b.dcm")), [Reason::ReadingPending]);
}
