//! Sentences and heads of letters that name somebody without a label, and such as name nobody.

use crate::{
    domain::facts::{NamedPerson, PageText, PersonRole},
    kinds::text::people::people,
};

fn found(text: &str) -> Vec<NamedPerson> {
    people(&[PageText { page: 2, text: text.to_owned() }])
}

/// Who is named in a text, and the birth date that stands beside the name.
fn named(text: &str) -> Vec<(String, Option<String>)> {
    let named = found(text).into_iter().filter(|person| !person.names.is_empty());
    named
        .map(|person| {
            assert_eq!((person.role, person.place.as_str()), (PersonRole::Unknown, "page 2"));
            (person.names.join("|"), person.birth_date)
        })
        .collect()
}

#[track_caller]
fn check(text: &str, name: &str, birth: Option<&str>) {
    assert_eq!(named(text), [(name.to_owned(), birth.map(str::to_owned))], "{text}");
}

/// Proves that a name is found beside a birth date in sentences as letters write them, over the ends of lines too.
#[test]
fn sentences_name_a_child() {
    for (text, name, birth) in [
        ("Thank you for referring Ana Ruiz, a 7-year-old girl born on 2 March 2015.", "Ana Ruiz", "2 March 2015"),
        ("I saw Ana Ruiz (born 2 March 2015) in clinic today.", "Ana Ruiz", "2 March 2015"),
        ("The patient, Ana Ruiz, was born on March 2, 2015.", "Ana Ruiz", "March 2, 2015"),
        ("This is to certify that Ana Ruiz, born on 02/03/2015, was here.", "Ana Ruiz", "02/03/2015"),
        ("We reviewed Ana María de la Cruz Ruiz (DOB 02/03/2015).", "Ana María de la Cruz Ruiz", "02/03/2015"),
        ("Today Ana J. Ruiz (D.O.B. 02/03/2015) came with her father.", "Ana J. Ruiz", "02/03/2015"),
        ("I met Ruiz, Ana, born 2015-03-02, on the ward.", "Ruiz, Ana", "2015-03-02"),
        ("the mother of Ana Ruiz, born 2 March 2015, reports", "Ana Ruiz", "2 March 2015"),
        ("Thank you for referring Ana\nRuiz, a 7-year-\nold girl\nborn on 2 March 2015.", "Ana Ruiz", "2 March 2015"),
        ("wir berichten über Ihre Patientin Anna Muster, geboren am 02.03.2015.", "Anna Muster", "02.03.2015"),
        ("Anna Muster, *02.03.2015, wohnhaft in Ulm", "Anna Muster", "02.03.2015"),
        ("Je vous adresse l'enfant Anne Dupont, née le 2 mars 2015.", "Anne Dupont", "2 mars 2015"),
        ("Paciente Ana Ruiz Gil, niña de 7 años, nacida el 2 de marzo de 2015.", "Ana Ruiz Gil", "2 de marzo de 2015"),
        ("La bambina Anna Rossi, nata il 02/03/2015, è stata vista.", "Anna Rossi", "02/03/2015"),
        ("La piccola Anna Rossi, nata a Reggio Emilia il 02/03/2015, è stata vista.", "Anna Rossi", "02/03/2015"),
        ("Ana Ruiz was born in Boston on March 2, 2015, mother reports fever.", "Ana Ruiz", "March 2, 2015"),
        ("A menina Ana Souza, nascida em 02/03/2015, foi vista.", "Ana Souza", "02/03/2015"),
        ("Пациентка Иванова Анна, 02.03.2015 г.р., поступила", "Иванова Анна", "02.03.2015"),
        ("Пациентка Иванова Анна, 02.03.2015г.р., поступила", "Иванова Анна", "02.03.2015"),
        ("A criança Ana do Carmo Souza, nascida em 02/03/2015.", "Ana do Carmo Souza", "02/03/2015"),
        ("Die Mutter von Anna Muster, geboren am 02.03.2015, berichtet", "Anna Muster", "02.03.2015"),
        ("la madre de Ana Ruiz, nacida el 02/03/2015, refiere", "Ana Ruiz", "02/03/2015"),
        ("Ayşe Yılmaz, 02.03.2015 doğumlu, görüldü.", "Ayşe Yılmaz", "02.03.2015"),
    ] {
        check(text, name, Some(birth));
    }
}

/// Proves that relatives, physicians, places and headings beside a birth date name nobody.
#[test]
fn sentences_about_others() {
    for text in [
        "His brother Leo Ruiz, born on 2 March 2015, is healthy.",
        "Her older sister, Eva Ruiz (born 2 March 2015), is healthy.",
        "His Mother Eva Ruiz, born 2 March 1985, is healthy.",
        "Bruder Leo Muster, geb. 02.03.2015",
        "Family history\nLeo Ruiz, born 2 March 2015, half-brother, healthy.",
        "HLA typing was done in Leo Ruiz, born 2 March 2015, his cousin.",
        "Sa soeur Anne Dupont, née le 2 mars 2015, va bien.",
        "Ana Ruiz was born in Boston. On 2 March 2015 she fell.",
        "Brother: Leo Ruiz, born 7 May 2012",
        "Sibling 1: Leo Ruiz, born 07/05/2012",
        "Donor: Leo Ruiz (DOB 07/05/2012)",
        "Her brothers, Leo Ruiz, born 7 May 2012, and others",
        "His siblings are Leo Ruiz (born 7 May 2012) and Mia Ruiz (born 5 May 2018)",
        "Ana Ruiz was born preterm.\n12/03/2024 MRI brain normal",
        "Ana Ruiz was born deaf. 12 March 2024 seen",
        "Eva Muster, geb. Schmidt, 12.03.2024",
        "** Ana Ruiz ** 12/03/2024",
        "sa mère Anne Dupont, née le 2 mars 1985",
        "She was seen by Dr. John Smith and was born on 2 March 2015.",
        "He was in Great Ormond Street, born on 2 March 2015.",
        "Bone Marrow Aspirate\nDOB: 02/03/2015",
        "Bone Marrow Aspirate    DOB: 02/03/2015",
        "Bone Marrow Aspirate\nborn 02/03/2015",
        "Anna Muster, geb. Schmidt, kam zur Aufnahme.",
        "Ana Ruiz was born at term. On 2 March 2015 she fell.",
        "Ana Ruiz came. She was born on 2 March 2015.",
        "Regional Hospital, born 2 March 2015",
        "She has Down Syndrome, born 2 March 2015.",
        "By Vaginal Delivery, born 2 March 2015.",
    ] {
        assert_eq!(named(text), [], "{text}");
    }
}

/// Proves that a name above or beside the particulars of a person is found, in heads as charts and portals print them.
#[test]
fn heads_name_a_child() {
    for (text, name) in [
        ("DISCHARGE SUMMARY\nRuiz, Ana\nDOB: 02/03/2015\nMRN: 993812", "Ruiz, Ana"),
        ("Regional Hospital\nPatient RUIZ, ANA   DOB 02/03/2015   MRN 993812", "RUIZ, ANA"),
        ("Patient Ana Ruiz DOB 02/03/2015", "Ana Ruiz"),
        ("Ana Ruiz\nFemale | 8 yrs | 2 Mar 2015 | MRN 993812\n\nTest results", "Ana Ruiz"),
        ("Ana J. Ruiz  F  3/2/2015  MRN: 993812\nLab results", "Ana J. Ruiz"),
        ("Ana Ruiz\nFemale, 8 y/o, MRN 993812", "Ana Ruiz"),
    ] {
        check(text, name, None);
    }
}

/// Proves that what a head does not say to be a birth date is none, unless it is found to be the child's.
#[test]
fn a_date_without_a_label_may_be_any() {
    let people = found("Ana Ruiz\nFemale | 8 yrs | 2 Mar 2024 | MRN 993812");
    let dated: Vec<&NamedPerson> = people.iter().filter(|person| person.birth_date.is_some()).collect();
    assert_eq!(dated.len(), 1, "{people:?}");
    assert!(dated[0].names.is_empty() && dated[0].role == PersonRole::Unknown, "{people:?}");
}

/// Proves that headings, towns and rows of tables above particulars name nobody.
#[test]
fn heads_without_a_name() {
    for text in [
        "Bone Marrow Aspirate\nDOB: 02/03/2015\nMRN: 993812",
        "Chest X-Ray\nMRN: 993812",
        "Discharge Summary\nFemale | 8 yrs | MRN 993812",
        "Boston, Massachusetts 02115\nDOB: 02/03/2015",
        "Marta Quill, MD\nDOB: 02/03/2015",
        "Visit One   7/22/2016   seen",
        "Attending Physician Smith, John   MRN 993812",
        "Child Life Services   MRN 993812",
        "Bone Marrow Aspirate   M   6 yrs   MRN 993812",
        "Jones, Mary    Female    12/03/2024    Oncology",
        "Cycle Two   7 days after surgery   MRN 993812",
        "Quest Diagnostics, Inc\nDOB: 02/03/2015   Sex: M",
    ] {
        assert_eq!(named(text), [], "{text}");
    }
}

/// Proves that where a label names somebody, nobody is looked for beside them.
#[test]
fn a_label_goes_first() {
    let people = found("Patient: Ana Ruiz\nLeo Gil, a boy born on 2 March 2016, lay in the next bed.");
    let names: Vec<&str> = people.iter().flat_map(|person| person.names.iter().map(String::as_str)).collect();
    assert_eq!(names, ["Ana Ruiz"], "{people:?}");
}

/// Proves that a letter to parents names their child, and the heading of a parent's part does not.
#[test]
fn letters_to_parents() {
    for text in ["To the parents of Ana Ruiz\n12 High Street", "To the parents of\nAna Ruiz\n12 High Street"] {
        check(text, "Ana Ruiz", None);
    }
    assert_eq!(named("An die Eltern von Anna Muster"), [("Anna Muster".to_owned(), None)]);
    assert_eq!(named("To the parents of Children with Asthma"), []);
    assert_eq!(named("Parents of the patient\nName: Eva Ruiz"), []);
}
