//! The text of a structured report (PS3.3 C.17.3): its content tree as lines, headings and values together.

use super::{data_set::DataSet, people};
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
