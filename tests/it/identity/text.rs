//! Whole documents: who is named on them, in what role, and what the case says of them.

use super::pool::Child;
use crate::casework::{Making, codes, readable, row};
use casegate::{
    domain::{
        case::Patient,
        facts::{FileKind, PageText},
        reason::{Reason, Severity},
        verdict::PatientMatch,
    },
    kinds::text::people::people,
};

fn rowan() -> Patient {
    Patient {
        given: "Rowan".to_owned(),
        family: "ASHGROVE".to_owned(),
        birth_date: "2011-04-17".to_owned(),
        ..Patient::default()
    }
}

/// A letter with this text on its pages, judged in Rowan's case: whose it is, and the reasons of identity.
#[track_caller]
fn check(pages: &[&str], matches: PatientMatch, reasons: &[Reason]) {
    let mut making = Making::default();
    making.about(rowan());
    let mut facts = readable(FileKind::Pdf);
    let texts: Vec<PageText> =
        (1..).zip(pages).map(|(page, text)| PageText { page, text: (*text).to_owned() }).collect();
    facts.people = people(&texts);
    let seen = format!("{:?}", facts.people);
    making.add("letter.pdf", facts);
    let rows = making.ledger();
    let letter = row(&rows, "letter.pdf");
    assert_eq!((letter.patient.matches, codes(letter).as_slice()), (matches, reasons), "{seen}");
    for reason in &letter.reasons {
        let told = reason.detail.to_lowercase();
        assert!(!told.contains("marta") && !told.contains("quill") && !told.contains("2012"), "{told}");
    }
}

const HEAD: &str = "Harbour Lane Children's Clinic\nPatient: Rowan ASHGROVE · DOB 2011-04-17 · MRN HLC-20413\n";

/// Proves that a letter about the child is the child's, whoever else stands on it.
#[test]
fn a_letter_names_many() {
    use PatientMatch::Yes;
    for more in [
        "",
        "Referring physician: Dr. Marta Quill",
        "Mother: Marta Ashgrove  DOB: 03/04/1980",
        "Emergency contact\nName: Marta Ashgrove\nDate of birth: 1980-04-03",
        "cc: Marta Quill, 12 Harbour Lane",
        "Dear Mrs Ashgrove,\nthank you for bringing your son and his sister Marta.",
        "Sibling: Marta Ashgrove, DOB: 2012-09-30, healthy",
        "Name: Marta Quill, MD\nSigned: Marta Quill",
        "Guarantor name: Marta Ashgrove   DOB: 1980-04-03",
        "Billing name: Marta Ashgrove DOB: 1985-09-30",
        "Name: Marta Ashgrove  DOB: 2012-09-30",
        "Responsible party\nName: Marta Ashgrove\nDOB: 1985-02-02",
        "Policy holder: Marta Ashgrove\nDOB: 1985-02-02",
    ] {
        check(&[&format!("{HEAD}{more}\n")], Yes, &[]);
    }
}

/// Proves that a birth date below another person's name is not held against the child, and counts where it is the child's.
#[test]
fn a_birth_date_of_somebody_else() {
    use PatientMatch::{Unknown, Yes};
    let head = "Patient: Rowan Ashgrove";
    check(&[&format!("{head}\nName: Marta Ashgrove  DOB: 2012-09-30\nDOB: 2011-04-17")], Yes, &[]);
    check(&[&format!("{head}\nMother: Marta Ashgrove\nDOB: 2011-04-17")], Yes, &[]);
    for others in ["Billing name: Marta Ashgrove DOB: 1985-09-30", "Responsible party: Marta Ashgrove\nDOB: 1985-09-30"]
    {
        check(&[&format!("{head}\n{others}")], Unknown, &[Reason::PatientUnconfirmed]);
    }
}

/// Proves that a twin's paper does not go out: not with a label that says little, not under a name that looks like a
/// particle, and not in one file with the child's own.
#[test]
fn a_twins_letter_stays() {
    const BORN: &str = "DOB: 2011-04-17";
    for text in [
        format!("Name: Marta Ashgrove  {BORN}"),
        format!("Full name: Robin Ashgrove  Sex: F  {BORN}"),
        format!("Surname: ASHGROVE\nGiven name: Marta\n{BORN}"),
        format!("Surname: ASHGROVE\nGiven name: Ben\n{BORN}"),
        format!("Patient: Ben Ashgrove  {BORN}"),
        format!("{HEAD}Patient: Ben Ashgrove  {BORN}"),
        format!("{HEAD}Patient: Rowen Ashgrove  {BORN}"),
        format!("{HEAD}Patient: M. Ashgrove  {BORN}"),
    ] {
        let mut making = Making::default();
        making.about(rowan());
        let mut facts = readable(FileKind::Pdf);
        facts.people = people(&[PageText { page: 1, text: text.clone() }]);
        making.add("letter.pdf", facts);
        let rows = making.ledger();
        let letter = row(&rows, "letter.pdf");
        assert_eq!((letter.patient.matches, letter.patient.doubtful), (PatientMatch::Unknown, true), "{text}");
        assert_eq!(codes(letter), [Reason::PatientUnconfirmed], "{text}");
        assert_eq!(letter.reasons[0].severity, Severity::Warn, "{text}");
    }
    check(&[&format!("Patient: Ashgrove^Ben  {BORN}")], PatientMatch::No, &[Reason::WrongPatient]);
}

/// Proves that a birth date behind the mother's line is the child's where it fits, although a second page names the child
/// again, and that it makes no child of another patient.
#[test]
fn a_face_sheet_and_a_second_page() {
    let sheet = |name: &str| format!("Patient: {name}\nMother: Eva Ashgrove\nDOB: 17/04/2011\nMRN: HLC-20413");
    check(&[&sheet("Rowan Ashgrove"), "Patient: ASHGROVE, Rowan"], PatientMatch::Yes, &[]);
    check(&[&sheet("Marta Ashgrove"), "Patient: ASHGROVE, Marta"], PatientMatch::No, &[Reason::WrongPatient]);
}

/// Proves that two spellings of one sound in one file leave open whose it is.
#[test]
fn two_spellings_in_one_file() {
    let text = format!("{HEAD}Patient: Rowann Ashgrove  DOB 2011-04-17");
    check(&[&text], PatientMatch::Unknown, &[Reason::PatientUnconfirmed]);
}

/// Proves that a letter about another child is held, and that the finding names nobody.
#[test]
fn another_childs_letter() {
    use PatientMatch::No;
    for text in [
        "Patient: Marta QUILLFEATHER · DOB 2012-09-30 · MRN HLC-20977",
        "Name: Marta Quillfeather   Date of birth: 30 September 2012",
        "Paciente: Marta Ashgrove  Fecha de nacimiento: 30/09/2012",
        "姓名：王小明 出生日期：2012年9月30日",
        "Patient: Marta Ashgrove\nMother: Eva Ashgrove",
        "Patient: Rowan Ashgrove  DOB: 30.09.2012",
        "Surname: QUILLFEATHER\nGiven name: Marta\nDate of birth: 30.09.2012",
        "Thank you for referring Marta Quillfeather, a 7-year-old girl born on 30 September 2012.",
        "This is to certify that Marta Ashgrove, born on 30 September 2012, was admitted.",
        "Clinic\nPatient QUILLFEATHER, MARTA   DOB 30/09/2012   MRN 993812",
        "To the parents of Marta Quillfeather\n12 High Street\nDOB: 30.09.2012",
    ] {
        check(&[text], No, &[Reason::WrongPatient]);
    }
}

/// Proves that pages of two patients in one file are told, with the page of the other one.
#[test]
fn two_patients_in_one_file() {
    let pages = [HEAD, "Patient: Marta QUILLFEATHER · DOB 2012-09-30 · MRN HLC-20977"];
    check(&pages, PatientMatch::Unknown, &[Reason::MultiplePatients]);
    let mut making = Making::default();
    making.about(rowan());
    let mut facts = readable(FileKind::Pdf);
    facts.people = people(&pages.map(|text| PageText { page: 1 + u32::from(text != HEAD), text: text.to_owned() }));
    making.add("letter.pdf", facts);
    let reasons = &making.ledger()[0].reasons;
    assert_eq!((reasons[0].page, reasons[0].severity), (Some(2), Severity::Block));
}

/// Proves that what does not say whose it is gets a remark, and what nearly says so a warning; a birth date on another
/// page belongs to the only patient who is named.
#[test]
fn what_cannot_be_told() {
    use PatientMatch::{Unknown, Yes};
    check(&["Laboratory report\nHb 89 g/L"], Unknown, &[Reason::PatientUnconfirmed]);
    check(&["Patient: Rowan Ashgrove"], Unknown, &[Reason::PatientUnconfirmed]);
    check(&["Patient: Rowan Ashgrove", "DOB: 17.04.2011"], Yes, &[]);
    check(&["Patient: Rowan Ashgrove  DOB: 2011-04-18"], Unknown, &[Reason::PatientUnconfirmed]);
    check(&["Name: Dr. Marta Quill"], Unknown, &[Reason::PatientUnconfirmed]);
    check(&["Patient: R0wan ASHGR0VE  DOB: 17/04/2011"], Yes, &[]);
}

/// Proves that a child named in a sentence or in a head without labels is compared: the case's is told, another kept for a
/// person to look at, and an elder relative is neither.
#[test]
fn names_without_labels() {
    use PatientMatch::{Unknown, Yes};
    for text in [
        "I saw Rowan Ashgrove (born 17 April 2011) in clinic today.",
        "ASHGROVE, Rowan\nDOB: 17/04/2011",
        "Rowan Ashgrove\nMale | 8 yrs | 17 Apr 2011 | MRN 993812",
    ] {
        check(&[text], Yes, &[]);
    }
    for text in [
        "To the parents of Marta Quillfeather\n12 High Street",
        "Marta Quillfeather\nFemale | 8 yrs | 30 Sep 2012 | MRN 993812",
        "Marta Ashgrove, born 5 April 1980, attended alone.",
    ] {
        check(&[text], Unknown, &[Reason::PatientUnconfirmed]);
    }
}

/// Proves that nothing is said of identity where the case does not say whom it is about.
#[test]
fn a_case_about_nobody() {
    let mut making = Making::default();
    let mut facts = readable(FileKind::Pdf);
    facts.people = people(&[PageText { page: 1, text: HEAD.to_owned() }]);
    making.add("letter.pdf", facts);
    let rows = making.ledger();
    assert_eq!((rows[0].patient.matches, codes(&rows[0]).len()), (PatientMatch::Unknown, 0));
}

/// Proves that the child of the generator is stated as a case states it: its own DICOM name is the child's.
#[test]
fn the_generator_is_sound() {
    let mut random = crate::support::random::Random::new(1);
    for _ in 0..50 {
        let child: Child = super::pool::child(&mut random);
        let person =
            super::writings::person(&super::writings::dicom(&child), Some(super::writings::iso(&child)), &child);
        assert_eq!(super::judged(&child, vec![person]).0, PatientMatch::Yes, "{child:?}");
    }
}
