//! The text of a structured report (PS3.3 C.17.3): its content tree as lines, headings and values together; and whom its
//! observation context says it is about (PS3.16 TID 1007), which need not be the patient of the header.

use super::{data_set::DataSet, people};
use crate::domain::facts::{NamedPerson, PersonRole};
use dicom_dictionary_std::tags;
use std::fmt::Write;

/// The report's text; empty where the data set has no content tree. The tree is as deep as the walk allowed, so
/// recursion is bounded by `dicom_depth_max`.
pub(super) fn text(data_set: &DataSet, bytes_max: u64) -> String {
    let mut text = String::new();
    if data_set.items(tags::CONTENT_SEQUENCE).is_empty() {
        return text;
    }
    write_item(data_set, &mut text, bytes_max as usize);
    text
}

/// Codes of DCM (PS3.16 annex D) that an observation context consists of.
const SUBJECT_CLASS: &str = "121024";
const SUBJECT_NAME: &str = "121029";
const SUBJECT_ID: &str = "121030";
const SUBJECT_BIRTH_DATE: &str = "121031";
const SUBJECT_SEX: &str = "121032";

/// Subjects that are no patient: fetus, specimen, device (CID 271).
const NO_PATIENTS: &[&str] = &["121026", "121027", "121192"];

/// Subjects that are told apart: a report is about one, and seldom about two.
const SUBJECTS_MAX: usize = 16;

/// Patients whom the content tree names as its subjects.
pub(super) fn subjects(data_set: &DataSet) -> Vec<NamedPerson> {
    let mut found = Vec::new();
    gather_subjects(data_set, Subject::Patient, &mut found);
    found
}

/// What the items below speak of, unless they say otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Subject {
    Patient,
    Other,
}

fn gather_subjects(item: &DataSet, around: Subject, found: &mut Vec<NamedPerson>) {
    let children = item.items(tags::CONTENT_SEQUENCE);
    let child = |concept: &str| children.iter().find(|child| code(child, tags::CONCEPT_NAME_CODE_SEQUENCE) == concept);
    let class = child(SUBJECT_CLASS).map(|child| code(child, tags::CONCEPT_CODE_SEQUENCE));
    let subject = match class.as_deref() {
        Some(class) if NO_PATIENTS.contains(&class) => Subject::Other,
        Some(_) => Subject::Patient,
        None => around,
    };
    if subject == Subject::Patient {
        let filled = |text: String| (!text.is_empty()).then_some(text);
        let names = child(SUBJECT_NAME).map(|child| child.names(tags::PERSON_NAME)).unwrap_or_default();
        let number = child(SUBJECT_ID).and_then(|child| filled(child.text(tags::TEXT_VALUE)));
        let person = NamedPerson {
            names: names.iter().flat_map(|name| people::groups(name)).collect(),
            birth_date: child(SUBJECT_BIRTH_DATE).and_then(|child| filled(child.ascii(tags::DATE))),
            sex: child(SUBJECT_SEX).and_then(|child| filled(meaning(child, tags::CONCEPT_CODE_SEQUENCE))),
            ids: number.map(|number| (number, None)).into_iter().collect(),
            place: "(0040,A730)".to_owned(),
            role: PersonRole::Patient,
        };
        let told = !person.names.is_empty() || person.birth_date.is_some();
        if told && found.len() < SUBJECTS_MAX && !found.contains(&person) {
            found.push(person);
        }
    }
    children.iter().for_each(|child| gather_subjects(child, subject, found));
}

fn write_item(item: &DataSet, text: &mut String, bytes_max: usize) {
    if text.len() >= bytes_max {
        return;
    }
    let name = meaning(item, tags::CONCEPT_NAME_CODE_SEQUENCE);
    let value = value(item);
    let _ = match (name.is_empty(), value.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => writeln!(text, "{value}"),
        (false, true) => writeln!(text, "{name}"),
        // A text with labels of its own begins its own line: a label counts where a line or a cell begins.
        (false, false) if value.contains(": ") => writeln!(text, "{name}:\n{value}"),
        (false, false) => writeln!(text, "{name}: {value}"),
    };
    for child in item.items(tags::CONTENT_SEQUENCE) {
        write_item(child, text, bytes_max);
    }
}

/// The value of a content item, whichever type it has.
fn value(item: &DataSet) -> String {
    let code = meaning(item, tags::CONCEPT_CODE_SEQUENCE);
    let measured = item.items(tags::MEASURED_VALUE_SEQUENCE).first().map(|measured| {
        let unit = meaning(measured, tags::MEASUREMENT_UNITS_CODE_SEQUENCE);
        format!("{} {unit}", measured.ascii(tags::NUMERIC_VALUE)).trim().to_owned()
    });
    let names: Vec<String> = people::groups(&item.text(tags::PERSON_NAME)).collect();
    let parts = [
        item.long_text(tags::TEXT_VALUE),
        code,
        measured.unwrap_or_default(),
        names.join(" = ").replace('^', " "),
        item.ascii(tags::DATE_TIME),
        item.ascii(tags::DATE),
        item.ascii(tags::TIME),
    ];
    let filled: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    filled.join(" ")
}

fn meaning(item: &DataSet, sequence: dicom_core::Tag) -> String {
    item.items(sequence).first().map(|code| code.text(tags::CODE_MEANING)).unwrap_or_default()
}

fn code(item: &DataSet, sequence: dicom_core::Tag) -> String {
    item.items(sequence).first().map(|code| code.ascii(tags::CODE_VALUE)).unwrap_or_default()
}
