//! Copies of bytes in the ledger.

use super::{Making, codes, readable, row};
use casegate::domain::{entry::Outcome, facts::FileKind, reason::Reason};

/// Proves that whichever copy was committed first, the one with the plain name is shown as the first, with the verdict,
/// and the other as its duplicate.
#[test]
fn the_plain_name_leads() {
    for (first, second) in [("Letter.pdf", "Letter (1).pdf"), ("Letter (1).pdf", "Letter.pdf")] {
        let mut making = Making::default();
        let holder = making.add(first, readable(FileKind::Pdf));
        let copy = making.add(second, readable(FileKind::Pdf));
        making.duplicate(copy, holder);
        let rows = making.ledger();
        assert_eq!(row(&rows, "Letter.pdf").outcome, Outcome::Stored);
        assert_eq!(codes(row(&rows, "Letter.pdf")), []);
        let copy = row(&rows, "Letter (1).pdf");
        assert_eq!((copy.outcome, copy.duplicate_of.as_deref()), (Outcome::DuplicateOf, Some("Letter.pdf")));
        assert_eq!(codes(copy), [Reason::ExactDuplicate]);
        assert_eq!(copy.kind, FileKind::Pdf);
    }
}

/// Proves that a name which promises another kind is remarked on with the copy that bears it, whichever copy was examined.
#[test]
fn each_name_answers_for_itself() {
    for (first, second) in [("slice.dcm", "photo.jpg"), ("photo.jpg", "slice.dcm")] {
        let mut making = Making::default();
        let holder = making.add(first, readable(FileKind::Dicom));
        let copy = making.add(second, readable(FileKind::Dicom));
        making.duplicate(copy, holder);
        let rows = making.ledger();
        let remarked = |path: &str| codes(row(&rows, path)).contains(&Reason::WrongExtension);
        assert_eq!((remarked("slice.dcm"), remarked("photo.jpg")), (false, true), "{first} came first");
    }
}
