//! DICOMDIR (PS3.3 F.3, PS3.10 8.6): the File-set's claims about its patients and files.
//!
//! Records are read in the order they stand in, never by following their offsets: offsets that are zero, wrong or
//! circular then cost nothing. The offsets are only checked, to say that other readers will stumble.

use super::{data_set::DataSet, element::Syntax, people};
use crate::domain::{
    facts::{DicomdirFacts, DicomdirReference, Facts, NamedPerson},
    reason::Reason,
};
use dicom_dictionary_std::tags;
use std::collections::{BTreeMap, BTreeSet};

/// File IDs that escape are each told, up to this many.
const ESCAPES_TOLD_MAX: usize = 16;

/// Reads the directory into the facts.
pub(super) fn fill(facts: &mut Facts, data_set: &DataSet, syntax: Syntax) {
    let records = data_set.items(tags::DIRECTORY_RECORD_SEQUENCE);
    // Some writers leave the flag at zero throughout; then it says nothing.
    let flagged = records.iter().any(|record| record.count(tags::RECORD_IN_USE_FLAG) == Some(0xFFFF));
    let active: Vec<&DataSet> =
        records.iter().filter(|record| !flagged || record.count(tags::RECORD_IN_USE_FLAG) != Some(0)).collect();
    let series = series_of(&active);
    let references: Vec<DicomdirReference> =
        active.iter().zip(series).filter_map(|(record, series)| reference(record, series)).collect();
    let patients = || active.iter().filter(|record| kind(record) == "PATIENT");
    facts.people.extend(patients().enumerate().filter_map(|(index, record)| person(record, index + 1)));
    for complaint in complaints(data_set, &active, patients().count(), syntax) {
        facts.observe(Reason::DicomdirDamaged, complaint);
    }
    for reference in references.iter().filter(|reference| escapes(&reference.file_id)).take(ESCAPES_TOLD_MAX) {
        facts.observe(Reason::PathEscape, format!("Referenced File ID {}", reference.file_id.join("\\")));
    }
    facts.dicomdir =
        Some(DicomdirFacts { references, patients: patients().count() as u32, records: records.len() as u32 });
}

fn kind(record: &DataSet) -> String {
    record.ascii(tags::DIRECTORY_RECORD_TYPE)
}

fn person(record: &DataSet, number: usize) -> Option<NamedPerson> {
    people::patient(record, &format!("(0004,1220) PATIENT {number}"))
}

/// The Series Instance UID above each record: as the offsets say, or else of the SERIES record that stands before it.
fn series_of(active: &[&DataSet]) -> Vec<String> {
    let by_offset: BTreeMap<u64, &DataSet> = active.iter().map(|record| (record.offset, *record)).collect();
    let mut reached: BTreeMap<u64, String> = BTreeMap::new();
    for series in active.iter().filter(|record| kind(record) == "SERIES") {
        let mut next = series.count(tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY);
        // A record belongs to the first series that leads to it, so circles end.
        while let Some(record) = next.and_then(|offset| by_offset.get(&u64::from(offset))) {
            if reached.insert(record.offset, series.ascii(tags::SERIES_INSTANCE_UID)).is_some() {
                break;
            }
            next = record.count(tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD);
        }
    }
    let mut before = String::new();
    let mut uids = Vec::with_capacity(active.len());
    for record in active {
        match kind(record).as_str() {
            "SERIES" => before = record.ascii(tags::SERIES_INSTANCE_UID),
            "PATIENT" | "STUDY" => before.clear(),
            _ => {}
        }
        uids.push(reached.get(&record.offset).unwrap_or(&before).clone());
    }
    uids
}

fn reference(record: &DataSet, series: String) -> Option<DicomdirReference> {
    let file_id = record.texts(tags::REFERENCED_FILE_ID);
    if file_id.iter().all(String::is_empty) {
        return None;
    }
    Some(DicomdirReference {
        file_id,
        sop_instance: record.ascii(tags::REFERENCED_SOP_INSTANCE_UID_IN_FILE),
        record_type: kind(record),
        series,
    })
}

/// Would a reader that trusts it leave the medium?
fn escapes(file_id: &[String]) -> bool {
    file_id.iter().enumerate().any(|(index, component)| {
        let drive = component.as_bytes().get(1) == Some(&b':');
        let absolute = index == 0 && component.is_empty() && file_id.len() > 1;
        let climbs = matches!(component.trim(), ".." | ".");
        climbs || drive || absolute || component.contains(['/', '\0'])
    })
}

fn complaints(data_set: &DataSet, active: &[&DataSet], patients: usize, syntax: Syntax) -> Vec<String> {
    let mut complaints = Vec::new();
    if syntax != Syntax::EXPLICIT_LITTLE {
        complaints.push("not in Explicit VR Little Endian".to_owned());
    }
    if active.is_empty() {
        complaints.push("no directory records".to_owned());
        return complaints;
    }
    if patients == 0 {
        complaints.push("no PATIENT record".to_owned());
    }
    let lost = active.len() - reachable(data_set, active);
    if lost > 0 {
        complaints.push(format!("{lost} of {} records are reached by no offset", active.len()));
    }
    complaints
}

/// How many active records the offsets lead to, from the root entity down. Each is visited once, so circles end.
fn reachable(data_set: &DataSet, active: &[&DataSet]) -> usize {
    let by_offset: BTreeMap<u64, &DataSet> = active.iter().map(|record| (record.offset, *record)).collect();
    let first = tags::OFFSET_OF_THE_FIRST_DIRECTORY_RECORD_OF_THE_ROOT_DIRECTORY_ENTITY;
    let mut open: Vec<u64> = data_set.count(first).map(u64::from).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(offset) = open.pop() {
        let Some(record) = by_offset.get(&offset) else { continue };
        if seen.insert(offset) {
            let next =
                [tags::OFFSET_OF_THE_NEXT_DIRECTORY_RECORD, tags::OFFSET_OF_REFERENCED_LOWER_LEVEL_DIRECTORY_ENTITY];
            open.extend(next.into_iter().filter_map(|tag| record.count(tag)).map(u64::from));
        }
    }
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that File IDs that would lead off the medium are recognised, and lawful ones are not.
    #[test]
    fn escaping_file_ids_are_recognised() {
        let check = |file_id: &str, expected| {
            let components: Vec<String> = file_id.split('\\').map(str::to_owned).collect();
            assert_eq!(escapes(&components), expected, "{file_id}");
        };
        check("DICOM\\IM000001", false);
        check("IM000001", false);
        check("..\\..\\etc\\passwd", true);
        check("\\WINDOWS\\SYSTEM", true);
        check("C:\\X", true);
        check("DICOM\\/etc/passwd", true);
    }
}
