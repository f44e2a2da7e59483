//! Documents that name the child and something beside it: notes, records without a name, other names.

use super::{
    judged,
    pool::{self, Child, any_latin},
    writings::{dicom, iso, person},
};
use crate::{
    casework::{Making, codes, readable, row},
    make::dicom::{Writer, part10},
};
use casegate::{
    domain::{
        facts::{FileKind, NamedPerson, PageText, PersonRole},
        limits::Limits,
        reason::Reason,
        verdict::PatientMatch,
    },
    kinds::{dicom, text::people},
};
use std::io::Cursor;

const YES: (PatientMatch, bool) = (PatientMatch::Yes, false);
const KEPT: (PatientMatch, bool) = (PatientMatch::Unknown, true);
const OPEN: (PatientMatch, bool) = (PatientMatch::Unknown, false);
const NO: (PatientMatch, bool) = (PatientMatch::No, false);

/// What is said of a text that begins with the child's name and birth date.
fn text(child: &Child, below: &str) -> (PatientMatch, bool) {
    let text = format!("Patient: {} {}\nDOB: {}\n\n{below}\n", child.given.latin, child.family.latin, iso(child));
    judged(child, people::people(&[PageText { page: 1, text }]))
}

fn record(place: &str, ids: &[(&str, Option<&str>)]) -> NamedPerson {
    NamedPerson {
        ids: ids.iter().map(|(id, issuer)| ((*id).to_owned(), issuer.map(str::to_owned))).collect(),
        place: place.to_owned(),
        role: PersonRole::Patient,
        ..NamedPerson::default()
    }
}

/// Proves that notes that begin with `Patient:` make nobody a second patient, and that one which looks like a name is kept
/// for a person to look at and does not block.
#[test]
fn notes_are_no_patients() {
    let child = any_latin();
    for note in [
        "Patient: Resting Comfortably",
        "Patient: Verbalized Understanding",
        "Patient: Self Pay",
        "Child: Lives With Parents",
        "Patient Name: Last, First",
        "Patient: Mother Present",
        "Patient: Alert And Oriented",
        "Paciente: Consciente Y Orientado",
    ] {
        assert_eq!(text(&child, note), YES, "{note}");
    }
    assert_eq!(text(&child, "Patient: Lying Quietly"), KEPT);
    let mut making = Making::default();
    making.about(super::stated(&child));
    let mut facts = readable(FileKind::Pdf);
    let second = "Patient: Ottoline Quagmire\nDOB: 1999-12-31\nMRN: 9028316";
    for (name, below) in [("note", "Patient: Lying Quietly"), ("two", second)] {
        let text = format!("Patient: {} {}\nDOB: {}\n\n{below}\n", child.given.latin, child.family.latin, iso(&child));
        facts.people = people::people(&[PageText { page: 1, text }]);
        making.add(name, facts.clone());
    }
    let rows = making.ledger();
    assert_eq!(codes(row(&rows, "note")), [Reason::PatientUnconfirmed]);
    assert_eq!(codes(row(&rows, "two")), [Reason::MultiplePatients]);
}

/// Proves that a record without a name under another number of the same issuer keeps a message, and that the child's own
/// number, or one of somewhere else, does not.
#[test]
fn a_record_without_a_name_is_somebodys() {
    let child = any_latin();
    let own = NamedPerson {
        ids: vec![("4711823".to_owned(), Some("STB".to_owned()))],
        place: "message 1, PID".to_owned(),
        ..person(&dicom(&child), Some(iso(&child)), &child)
    };
    let with = |second: NamedPerson| judged(&child, vec![own.clone(), second]);
    assert_eq!(with(record("message 2, PID", &[("9028316", Some("STB"))])), KEPT);
    assert_eq!(with(record("message 2, PID", &[("4711823", Some("STB"))])), YES);
    assert_eq!(with(record("message 2, PID", &[("9028316", Some("Elsewhere"))])), YES);
    assert_eq!(with(record("message 2, PID", &[("4711823", Some("STB")), ("9028316", Some("STB"))])), YES);
    let bare = NamedPerson { ids: vec![("4711823".to_owned(), None)], ..own };
    assert_eq!(judged(&child, vec![bare.clone(), record("row 3", &[("9028316", None)])]), KEPT);
    // In running text a number belongs to whoever is named.
    assert_eq!(judged(&child, vec![bare, record("page 2", &[("9028316", None)])]), YES);
}

/// Proves that the child's given name with another family name is a former name only with the birth date or a number.
#[test]
fn another_family_name_beside_the_child() {
    let child = any_latin();
    let former = |birth: Option<String>| {
        let own = person(&dicom(&child), Some(iso(&child)), &child);
        judged(&child, vec![own, person(&format!("Blackwood^{}", child.given.latin), birth, &child)])
    };
    assert_eq!(former(Some(iso(&child))), YES);
    assert_eq!(former(None), KEPT);
}

/// Proves that a given name before the child's own leaves it open whose it is, and one behind it does not.
#[test]
fn the_childs_name_may_be_a_siblings_second() {
    let child = Child { given: pool::latin("Grace"), family: pool::latin("Ashgrove"), people: 0, ..any_latin() };
    let told = |name: &str| judged(&child, vec![person(name, Some(iso(&child)), &child)]);
    for name in ["Ella Grace Ashgrove", "Ashgrove^Ella Grace", "Ashgrove^Ella^Grace", "Ashgrove, Ella Grace"] {
        assert_eq!(told(name), OPEN, "{name}");
    }
    for name in
        ["Grace Ella Ashgrove", "Ashgrove^Grace^Ella", "Ashgrove, Grace E.", "Ms Grace Ashgrove", "Grace Ashgrove"]
    {
        assert_eq!(told(name), YES, "{name}");
    }
}

/// Proves that a number or a mark in the place of a name is nobody's name, and that a name with a number is one.
#[test]
fn pseudonyms_are_no_names() {
    let child = any_latin();
    let told = |name: &str| judged(&child, vec![person(name, None, &child)]);
    for name in [
        "ANON0001",
        "Pat_0012",
        "9028316",
        "DE-IDENTIFIED",
        "Subject^001",
        "PHI REMOVED",
        "UNKNOWN^TRAUMA",
        "Anonymous",
        "PSEUDONYMIZED^7781",
    ] {
        assert_eq!(told(name), OPEN, "{name}");
    }
    for name in ["Quagmire^Ottoline", "Quagmire Ottoline 20413"] {
        assert_eq!(judged(&child, vec![person(name, Some("1999-12-31".to_owned()), &child)]), NO, "{name}");
    }
    // Letters that were misread as digits are letters.
    let will = Child { given: pool::latin("William"), family: pool::latin("Russell"), people: 0, ..child };
    assert!(!judged(&will, vec![person("Wi11iam Russe11", Some(iso(&will)), &will)]).1);
}

/// Proves that a mother's or twin's number and birth date, called so, are not taken for the patient's.
#[test]
fn numbers_of_kin_are_theirs() {
    let of = |text: &str| people::people(&[PageText { page: 1, text: text.to_owned() }]);
    for line in ["Mother's MRN: 8812345", "Twin (Lina) MRN: 8812345", "Sibling MRN: 8812345", "Father's MRN 8812345"] {
        let people = of(&format!("Patient: Lena Ashgrove\nDOB: 2015-03-02\n{line}\nMRN: 4711823\n"));
        assert_eq!(people.len(), 1, "{line}");
        assert_eq!(people[0].ids, [("4711823".to_owned(), None)], "{line}");
    }
    let people = of("Patient: Ashgrove Twin B\nTwin B MRN: 4711823\n");
    assert_eq!(people[0].ids, [("4711823".to_owned(), None)]);
}

/// Proves that a header whose letters nobody knows is decided by number and birth date: neither for the letters' sake another
/// patient's nor, by a guess, the child's.
#[test]
fn letters_nobody_knows_decide_nothing() {
    let child = any_latin();
    let of = |charset: &str, birth: &str, number: &str| {
        let mut set = Writer::default();
        if !charset.is_empty() {
            set.text((8, 5), "CS", charset);
        }
        set.put((0x10, 0x10), "PN", b"\xD5\xEE\xF4\xF4\xEC\xE0\xED^\xCB\xE5\xED\xE0");
        if !number.is_empty() {
            set.text((0x10, 0x20), "LO", number).text((0x10, 0x21), "LO", "Harbour Lane");
        }
        set.text((0x10, 0x30), "DA", birth);
        let bytes = part10("1.2.840.10008.5.1.4.1.1.2", "1.2.3", &set.0);
        judged(&child, dicom::facts_from(&mut Cursor::new(bytes), &Limits::default()).people)
    };
    let own = iso(&child).replace('-', "");
    for charset in ["", "ISO_IR 100"] {
        assert_eq!(of(charset, &own, &child.id), YES, "{charset}");
        assert_eq!(of(charset, &own, ""), OPEN, "{charset}");
        assert_eq!(of(charset, "19991231", ""), KEPT, "{charset}");
        assert_eq!(of(charset, &own, "9028316"), NO, "{charset}");
    }
    // Where a script is declared, its letters are believed.
    assert_eq!(of("ISO_IR 144", "19991231", "9028316"), NO);
}
