//! Labels and headings as they stand in letters, forms and tables.

use super::*;

#[track_caller]
fn check(text: &str, name: Option<&str>, birth: Option<&str>, id: Option<&str>) {
    let found = people(&[PageText { page: 3, text: text.to_owned() }]);
    let person = found.first().cloned().unwrap_or_default();
    assert_eq!(person.names.first().map(String::as_str), name, "{found:?}");
    assert_eq!(person.birth_date.as_deref(), birth, "{found:?}");
    assert_eq!(person.ids.first().map(|(id, _)| id.as_str()), id, "{found:?}");
}

/// Proves that labels in several languages and layouts are understood.
#[test]
fn labelled_people_are_found() {
    check("Patient: Ana Ruiz   DOB: 02/03/2015   MRN: 4711-22", Some("Ana Ruiz"), Some("02/03/2015"), Some("4711-22"));
    check("RE: Ana María Ruiz, DOB 2015-03-02 (MRN 00123)", Some("Ana María Ruiz"), Some("2015-03-02"), Some("00123"));
    check(
        "Patient name\nRUIZ, Ana\nDate of birth (mm/dd/yyyy): March 2, 2015",
        Some("RUIZ, Ana"),
        Some("March 2, 2015"),
        None,
    );
    check(
        "Paciente: Ana Ruiz\nFecha de nacimiento: 2 de marzo de 2015\nNHC: 998877",
        Some("Ana Ruiz"),
        Some("2 de marzo de 2015"),
        Some("998877"),
    );
    check("姓名：王小明 出生日期：2015年3月2日 住院号：88123", Some("王小明"), Some("2015年3月2日"), Some("88123"));
    check("Patient: Rowan ASH · DOB 2011-04-17 · MRN H-20413", Some("Rowan ASH"), Some("2011-04-17"), Some("H-20413"));
    check("Patient: Max Muster, geb. am 02.03.2015", Some("Max Muster"), Some("02.03.2015"), None);
}

/// Proves that marks of headings, quotations, items and stress hide no label.
#[test]
fn marks_hide_no_label() {
    for mark in ["# ", "### ", "> ", "* ", "- ", "• ", "  – ", "** "] {
        check(&format!("{mark}Patient: Ana Ruiz"), Some("Ana Ruiz"), None, None);
    }
    check("**Patient:** Ana Ruiz", Some("Ana Ruiz"), None, None);
    check("Seen for review - patient: stable", None, None, None);
}

/// Proves that a name which stands there again, in another order, is the same person's, and what follows it as well.
#[test]
fn a_name_in_another_order_is_nobody_else() {
    for again in ["Name: RUIZ, Ana", "Name: Ruiz^Ana", "Surname: Ruiz  First name: Ana"] {
        let text = format!("Patient: Ana Ruiz\n{again}  DOB: 02/03/2015  MRN: 4711-22");
        check(&text, Some("Ana Ruiz"), Some("02/03/2015"), Some("4711-22"));
    }
    check("Patient: Ana Ruiz\nName: Luisa Ruiz  DOB: 02/03/2015", Some("Ana Ruiz"), None, None);
}

/// Proves that ordinary words and other people's names are not taken for the patient.
#[test]
fn ordinary_words_are_no_labels() {
    check("The patient is a 5-year-old boy. Patient tolerated it well.", None, None, None);
    check("Physician name: John Smith\nMother's name: Eva Ruiz", None, None, None);
    check("Diagnosis code MRN pending", None, None, None);
}

fn names(text: &str) -> Vec<(String, PersonRole, Option<String>)> {
    let found = people(&[PageText { page: 1, text: text.to_owned() }]);
    found.into_iter().map(|person| (person.names.join("|"), person.role, person.birth_date)).collect()
}

/// Proves that what is said of parents, siblings and physicians is not taken for the patient's, and the reverse.
#[test]
fn others_are_left_out() {
    let patient = |name: &str, birth: &str| (name.to_owned(), PersonRole::Patient, Some(birth.to_owned()));
    let expected = [patient("Ana Ruiz", "02/03/2015")];
    assert_eq!(names("Patient: Ana Ruiz\nMother: Eva Ruiz  DOB: 01/01/1985\nDOB: 02/03/2015"), expected);
    assert_eq!(names("Patient: Ana Ruiz  Physician: Dr. John Smith  DOB: 02/03/2015"), expected);
    assert_eq!(
        names("Patient: Ana Ruiz\nDOB: 02/03/2015\nEmergency contact\nName: Eva Ruiz\nDOB: 01/01/1985"),
        expected
    );
    assert_eq!(names("Patient: Ana Ruiz\nDOB: 02/03/2015\nName: John Smith, MD"), expected);
    assert_eq!(names("Patient: Ana Ruiz\nDOB: 02/03/2015\nFamily: one brother, Leo Ruiz (DOB 01/01/2012)"), expected);
    assert_eq!(names("Patient: Ana Ruiz\nDOB: 02/03/2015\nYounger sister: DOB 07/05/2012"), expected);
    assert_eq!(names("Younger sister: DOB 07/05/2012"), []);
    assert_eq!(names("Guardian's full name\nTom Miller\nMRN 993812"), []);
    assert_eq!(names("Family: one brother, Leo Ruiz (DOB 01/01/2012), healthy"), []);
    assert_eq!(names("Re: Your Letter\nName: Dr. Eva Klein"), []);
    assert_eq!(names("Re: Ana Ruiz\nName: Dr. Eva Klein")[0].1, PersonRole::Unknown);
}

/// Proves that forms with names in parts, tables with headings and misread figures are understood.
#[test]
fn forms_and_tables() {
    assert_eq!(names("Surname: RUIZ\nGiven name: Ana\nDate of birth: 02/03/2015")[0].0, "RUIZ^Ana");
    assert_eq!(names("Nom : RUIZ   Prénom : Ana")[0].0, "RUIZ^Ana");
    assert_eq!(names("Nombre: Ana   Apellidos: Ruiz Gil")[0].0, "Ruiz Gil^Ana");
    let table = names("Patient name    Date of birth    MRN\nAna Ruiz    02/03/2015    4711-22");
    assert_eq!((table[0].0.as_str(), table[0].2.as_deref()), ("Ana Ruiz", Some("02/03/2015")));
    assert_eq!(names("Patient name:    Date of birth:    MRN:\nAna Ruiz    02/03/2015    4711-22"), table);
    assert_eq!(names("Patient: An0a RU1Z 5 years")[0].0, "An0a RU1Z");
}

/// Proves that another patient's label begins another person, and that headers repeated page by page do not.
#[test]
fn people_are_kept_apart() {
    let page = |page, text: &str| PageText { page, text: text.to_owned() };
    let found = people(&[page(1, "Patient: Ana Ruiz\nPatient: Ben Ito"), page(2, "Patient: Ben Ito")]);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].place, "page 1");
}

/// Proves that a birth date beside or below somebody else's name is not taken for the patient's, and is told as nobody's
/// where it may be either's.
#[test]
fn birth_dates_of_others() {
    let patient = |birth: Option<&str>| ("Ana Ruiz".to_owned(), PersonRole::Patient, birth.map(str::to_owned));
    for others in [
        "Name: Eva Ruiz  DOB: 30/09/2012\nDOB: 02/03/2015",
        "DOB: 02/03/2015\nBilling name: Eva Ruiz  DOB: 30/09/1985",
        "DOB: 02/03/2015\nResponsible party\nName: Eva Ruiz\nDOB: 30/09/1985",
        "DOB: 02/03/2015\nGuarantor: Eva Ruiz\nDOB: 30/09/1985\nSex: F",
        "Encarregado de educação: Eva Ruiz  DOB: 30/09/1985\nDOB: 02/03/2015",
        "Ansprechpartner: Eva Ruiz  geb. am 30.09.1985\nDOB: 02/03/2015",
    ] {
        assert_eq!(names(&format!("Patient: Ana Ruiz\n{others}"))[0], patient(Some("02/03/2015")), "{others}");
    }
    let nobodys = (String::new(), PersonRole::Unknown, Some("30/09/1985".to_owned()));
    for others in ["Policy holder: Eva Ruiz\nDOB: 30/09/1985", "Name: Eva Ruiz\nDate of birth: 30/09/1985"] {
        assert_eq!(names(&format!("Patient: Ana Ruiz\n{others}")), [patient(None), nobodys.clone()], "{others}");
    }
    let table = names("Patient name    Guarantor    Date of birth\nAna Ruiz    Eva Ruiz    30/09/1985");
    assert_eq!(table, [patient(None)]);
}

/// Proves that names are found in scripts whose capitals nobody uses, and dates with months of any script.
#[test]
fn other_scripts() {
    assert_eq!(names("Patient: de la Cruz^Ximena")[0].0, "de la Cruz^Ximena");
    assert_eq!(names("Patient: გიორგი ბერიძე")[0].0, "გიორგი ბერიძე");
    for date in ["2 กุมภาพันธ์ 2558", "2 মার্চ 2015", "2. ožujka 2015", "2-MAR-2015", "02/Mar/2015"]
    {
        assert_eq!(names(&format!("Patient: Ana Ruiz\nDOB: {date}"))[0].2.as_deref(), Some(date));
    }
}

/// Proves that a page is read for people in the way in which its labels have values, and in its own order where that is no
/// worse: across two columns a parent stands beside the patient.
#[test]
fn other_ways_to_read_a_page() {
    let found = |own: &str, other: &str| {
        let found = people_in_views(&[PageText { page: 2, text: own.to_owned() }], &[vec![other.to_owned()]]);
        found.into_iter().map(|person| (person.names.join("|"), person.birth_date, person.place)).collect::<Vec<_>>()
    };
    let ana = [("Ana Ruiz".to_owned(), Some("02/03/2015".to_owned()), "page 2".to_owned())];
    let apart = "Patient name:\nDate of birth:\nAdmission:\nAna Ruiz\n02/03/2015\n4 May 2024";
    assert_eq!(found(apart, "Patient name:  Ana Ruiz\nDate of birth:  02/03/2015\nAdmission:  4 May 2024"), ana);
    let columns = "Name: Ana Ruiz\nDOB: 02/03/2015\nParent information\nName: Eva Ruiz\nDOB: 30/09/1985";
    assert_eq!(found(columns, "Name: Ana Ruiz  Name: Eva Ruiz\nDOB: 02/03/2015  DOB: 30/09/1985"), ana);
}
