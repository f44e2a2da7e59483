//! Numbers that the case's own documents teach.

use super::{
    Answers, Kind, Made, judged, judged_beside, letters, letters_of, others,
    pool::{self, Child},
    stated, table_by, twins, twins_of, writings,
    writings::{SLIPS, dicom, iso, person},
    writings_of,
};
use crate::{
    casework::{Making, codes, readable, row},
    support::random::{Random, seed},
};
use casegate::{
    casework::{
        identity::{Characteristic, Says},
        ledger::{PatientRow, Row},
    },
    domain::{
        facts::{FileKind, NamedPerson},
        reason::Reason,
        verdict::PatientMatch,
    },
};
use proptest::prelude::*;

const NUMBER: &str = "4711823";
const HOSPITAL: &str = "St. Brendan";

/// A number of that hospital.
fn numbered(mut person: NamedPerson, issuer: Option<&str>) -> NamedPerson {
    person.ids = vec![(NUMBER.to_owned(), issuer.map(str::to_owned))];
    person
}

/// A study that says outright whose it is, and bears the number.
fn study(child: &Child) -> Vec<NamedPerson> {
    vec![numbered(person(&dicom(child), Some(iso(child)), child), Some(HOSPITAL))]
}

fn any_child() -> Child {
    pool::child(&mut Random::new(seed()))
}

/// A case of these documents in this order, and what is said of each.
fn ledger(child: &Child, documents: &[(&str, Vec<NamedPerson>)]) -> Vec<Row> {
    making(child, documents).ledger()
}

fn making(child: &Child, documents: &[(&str, Vec<NamedPerson>)]) -> Making {
    let mut making = Making::default();
    let mut patient = stated(child);
    patient.aliases.clear();
    patient.ids.clear();
    making.about(patient);
    for (name, people) in documents {
        let mut facts = readable(FileKind::Pdf);
        facts.people.clone_from(people);
        making.add(name, facts);
    }
    making
}

/// What is said of a letter beside that study, and what without it.
fn with_and_without(child: &Child, letter: &NamedPerson) -> [PatientRow; 2] {
    let of = |documents: &[(&str, Vec<NamedPerson>)]| row(&ledger(child, documents), "letter").patient.clone();
    [of(&[("letter", vec![letter.clone()]), ("study", study(child))]), of(&[("letter", vec![letter.clone()])])]
}

fn answers(rows: [PatientRow; 2]) -> [(PatientMatch, bool); 2] {
    rows.map(|told| (told.matches, told.doubtful))
}

/// Proves that a number borne by a document that is surely the child's tells whose another one is, and that it is said.
#[test]
fn a_number_of_a_sure_document_tells_whose_another_is() {
    let child = any_child();
    let (year, month, day) = child.birth;
    let slipped = format!("{:04}-{month:02}-{day:02}", year + 1);
    let letters = [
        (person(&dicom(&child), None, &child), (PatientMatch::Unknown, false)),
        (person(&dicom(&child), Some(slipped), &child), (PatientMatch::Unknown, true)),
        (person(&format!("Blackwood^{}", child.given.latin), Some(iso(&child)), &child), (PatientMatch::Unknown, true)),
    ];
    for (letter, before) in letters {
        for issuer in [Some(HOSPITAL), None] {
            let letter = numbered(letter.clone(), issuer);
            assert_eq!(answers(with_and_without(&child, &letter)), [(PatientMatch::Yes, false), before], "{letter:?}");
        }
        let elsewhere = numbered(letter, Some("Another Hospital"));
        assert_eq!(answers(with_and_without(&child, &elsewhere)), [before, before], "{elsewhere:?}");
    }
    let letter = numbered(person(&dicom(&child), None, &child), None);
    let rows = ledger(&child, &[("letter", vec![letter]), ("study", study(&child))]);
    let told = &row(&rows, "letter").patient.evidence;
    let learnt = told.iter().find(|evidence| evidence.of == Characteristic::LearntIdentifier).unwrap();
    assert_eq!((learnt.says, learnt.written.as_str()), (Says::Agrees, NUMBER));
    assert!(!codes(row(&rows, "letter")).contains(&Reason::PatientUnconfirmed));
}

/// Proves that a learnt number excuses nothing that may tell a twin, nor what contradicts plainly, nor another sex, and
/// that it changes no word of what is said then: somebody may have accepted just that.
#[test]
fn a_learnt_number_is_for_the_own_given_name_only() {
    let child = Child { given: pool::latin("Lena"), family: pool::latin("Ashgrove"), people: 0, ..any_child() };
    let (year, month, day) = child.birth;
    let born = Some(iso(&child));
    let other_sex = if child.sex == "female" { "male" } else { "female" };
    for letter in [
        person("Ashgrove^Lina", born.clone(), &child),
        person("Ashgrove^L", born.clone(), &child),
        person("Ashgrove^Baby Girl", born.clone(), &child),
        person("Ashgrove^Harper", born, &child),
        person("Ashgrove^Lena", Some(format!("{:04}-{:02}-{:02}", year - 2, month % 12 + 1, day % 28 + 1)), &child),
        NamedPerson { sex: Some(other_sex.to_owned()), ..person("Ashgrove^Lena", None, &child) },
        person("Blackwood^Lena", None, &child),
    ] {
        let [with, without] = with_and_without(&child, &numbered(letter.clone(), Some(HOSPITAL)));
        assert_eq!(with, without, "{letter:?}");
        assert_ne!(with.matches, PatientMatch::Yes, "{letter:?}");
    }
}

/// Proves that a number somebody else bears too, or that is no one's own, teaches nothing.
#[test]
fn what_others_bear_teaches_nothing() {
    let child = any_child();
    let letter = |number: &str| {
        let mut letter = person(&dicom(&child), None, &child);
        letter.ids = vec![(number.to_owned(), None)];
        letter
    };
    let told = |documents: &[(&str, Vec<NamedPerson>)]| row(&ledger(&child, documents), "letter").patient.matches;
    let sure = |number: &str| {
        let mut study = study(&child);
        study[0].ids = vec![(number.to_owned(), None)];
        ("study", study)
    };
    assert_eq!(told(&[("letter", vec![letter(NUMBER)]), sure(NUMBER)]), PatientMatch::Yes);
    let mut random = Random::new(seed());
    let sibling = pool::other_given(&mut random, &child);
    let sibling = person(&format!("{}^{}", child.family.latin, sibling.latin), Some("2004-01-30".to_owned()), &child);
    let others = ("sibling", vec![numbered(sibling, None)]);
    assert_eq!(told(&[("letter", vec![letter(NUMBER)]), sure(NUMBER), others]), PatientMatch::Unknown);
    let (year, month, day) = child.birth;
    for default in
        ["000000", "123456", "ANON", &format!("{year}{month:02}{day:02}"), &format!("{year}{month:02}{day:02}-1")]
    {
        assert_eq!(told(&[("letter", vec![letter(default)]), sure(default)]), PatientMatch::Unknown, "{default}");
    }
}

/// Proves that a document about the child and somebody else teaches no number, and one that was told by a learnt number
/// teaches none either.
#[test]
fn only_documents_sure_by_themselves_teach() {
    let child = any_child();
    let letter = numbered(person(&dicom(&child), None, &child), None);
    let mut both = study(&child);
    both.push(person("Quagmire^Ottoline", Some("1999-12-31".to_owned()), &child));
    let rows = ledger(&child, &[("letter", vec![letter.clone()]), ("both", both)]);
    assert_eq!(row(&rows, "letter").patient.matches, PatientMatch::Unknown);
    // A letter that bears both numbers does not hand the child on from one to the next.
    let mut bridge = letter.clone();
    bridge.ids.push(("9028316".to_owned(), None));
    let mut beyond = letter;
    beyond.ids = vec![("9028316".to_owned(), None)];
    let rows = ledger(&child, &[("beyond", vec![beyond]), ("bridge", vec![bridge]), ("study", study(&child))]);
    assert_eq!(row(&rows, "bridge").patient.matches, PatientMatch::Yes);
    assert_eq!(row(&rows, "beyond").patient.matches, PatientMatch::Unknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Proves that what is said does not depend on the order in which documents came.
    #[test]
    fn the_order_of_arrival_says_nothing(order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(), seed in any::<u64>()) {
        let child = pool::child(&mut Random::new(seed));
        let other = person("Quagmire^Ottoline", Some("1999-12-31".to_owned()), &child);
        // The number is another's in every second case.
        let number = if seed.is_multiple_of(2) { NUMBER } else { "5500917" };
        let all = [
            ("study", study(&child)),
            ("letter", vec![numbered(person(&dicom(&child), None, &child), None)]),
            ("name", vec![person(&dicom(&child), None, &child)]),
            ("former", vec![numbered(person(&format!("Blackwood^{}", child.given.latin), Some(iso(&child)), &child), None)]),
            ("other", vec![other.clone()]),
            ("shared", vec![NamedPerson { ids: vec![(number.to_owned(), None)], ..other }]),
        ];
        let told = |order: &[usize]| {
            let documents: Vec<_> = order.iter().map(|at| all[*at].clone()).collect();
            let rows = ledger(&child, &documents);
            all.iter().map(|(name, _)| format!("{:?}", row(&rows, name).patient)).collect::<Vec<_>>()
        };
        prop_assert_eq!(told(&order), told(&[0, 1, 2, 3, 4, 5]));
    }
}

/// The number on the paper of everybody whom it makes a patient.
fn with_number((child, people): Made) -> Made {
    (child, people.into_iter().map(|person| numbered(person, None)).collect())
}

fn papers(kinds: Vec<Kind>) -> Vec<Kind> {
    let number = |(name, make): Kind| -> Kind { (name, Box::new(move |random| with_number(make(random)))) };
    kinds.into_iter().map(number).collect()
}

/// Proves that papers of other children, all of them filed under the child's number, are answered as they are without it,
/// and that of the child's own, slips and all, fewer are kept than without the number.
#[test]
fn papers_under_the_childs_number() {
    let beside = |child: &Child, people: Vec<NamedPerson>| judged_beside(&[study(child)], child, people);
    let right = table_by("the right child, under a learnt number", papers(writings_of(writings::RIGHT)), beside);
    let slips = table_by("the right child, with a slip", papers(writings_of(SLIPS)), beside);
    let mut others = writings_of(others::OTHERS);
    // With the child's given name, birth date and number these are the child's own papers, in a former name or as stated.
    others.retain(|(name, _)| {
        !["same given name and birth date, other family", "same name, other number of the issuer"].contains(name)
    });
    let as_without = |child: &Child, people: Vec<NamedPerson>| {
        let with = judged_beside(&[study(child)], child, people.clone());
        assert_eq!(with, judged(child, people.clone()), "{people:?}");
        with
    };
    let other = table_by("another child, under that number", papers(others), as_without);
    let twin = table_by("the other twin, under that number", papers(twins_of(twins::TWINS)), as_without);
    let letter = table_by("another child, in a letter", papers(letters_of(letters::OTHERS)), as_without);
    let wrong = [other, twin, letter].into_iter().fold(Answers::default(), Answers::plus);
    assert_eq!(wrong.yes, 0, "another child is called the same");
    let plain = table_by("with a slip, without the number", writings_of(SLIPS), beside);
    assert!(slips.held() * 3 < plain.held() * 2, "{} of {}", slips.held(), plain.held());
    assert_eq!(right.no, 0);
}

/// Proves that a document of which the desk said that it is another's teaches nothing, and that its number is then that
/// other's, whatever else bears it.
#[test]
fn what_the_desk_refused_teaches_nothing() {
    let child = any_child();
    let letter = vec![numbered(person(&dicom(&child), None, &child), None)];
    let documents = [("letter", letter), ("study", study(&child)), ("again", study(&child))];
    let told = |code: Reason| {
        let mut making = making(&child, &documents);
        making.flag("study", code);
        row(&making.ledger(), "letter").patient.matches
    };
    assert_eq!(told(Reason::PoorTranslation), PatientMatch::Yes);
    for code in [Reason::WrongPatient, Reason::MultiplePatients, Reason::PatientUnconfirmed] {
        assert_eq!(told(code), PatientMatch::Unknown, "{code}");
    }
}
