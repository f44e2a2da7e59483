//! Names of patients in a slide manifest, in whichever columns laboratories put them.
//!
//! A column headed `Patient` holds numbers in one list and names in the next; only its values tell. What is not plainly a
//! name stays a number, which contradicts nobody.

use super::fields::{FAMILY_NAME, GIVEN_NAME};
use crate::domain::facts::ManifestRow;

/// Words of study labels that stand where a name would: `Patient A`, `Healthy control`.
const LABELS: &[&str] = &[
    "patient",
    "pat",
    "subject",
    "participant",
    "case",
    "control",
    "child",
    "donor",
    "anon",
    "anonymous",
    "anonymized",
    "anonymised",
    "unknown",
    "none",
    "not",
    "group",
    "cohort",
    "study",
    "test",
    "male",
    "female",
    "id",
];

/// Characters of a name in Chinese, Japanese or Korean letters that are not parted by a blank.
const UNSPACED_CHARS: std::ops::RangeInclusive<usize> = 2..=5;

/// Is this a person's name, not a number or code? Two words of letters at least, the first of each a capital where the
/// script has them.
pub(super) fn is_name(value: &str) -> bool {
    let is_letter = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '\u{2019}' | '.' | '\u{B7}');
    let words: Vec<&str> =
        value.split(|c: char| c.is_whitespace() || matches!(c, ',' | '^')).filter(|word| !word.is_empty()).collect();
    let all_letters = words.iter().all(|word| word.chars().all(is_letter) || is_mark(word));
    let is_label = |word: &&str| LABELS.contains(&word.to_lowercase().as_str());
    if !all_letters || words.iter().any(is_label) {
        return false;
    }
    if let [word] = words.as_slice() {
        return UNSPACED_CHARS.contains(&word.chars().count()) && word.chars().all(is_unspaced);
    }
    let is_long = |word: &&&str| {
        let first = word.chars().next().is_some_and(|first| !first.is_lowercase());
        first && (word.chars().filter(|c| c.is_alphabetic()).count() > 1 || word.chars().all(is_unspaced))
    };
    words.iter().filter(is_long).count() > 1
}

/// Vowel signs are no letters of their own in the scripts of India and South-East Asia.
fn is_mark(word: &str) -> bool {
    !word.is_ascii() && !word.chars().any(|c| c.is_ascii() || c.is_numeric())
}

const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Puts a family and a given name that stand in columns of their own together, where no column has the whole.
pub(super) fn join(row: &mut ManifestRow) {
    let whole = match (row.get(FAMILY_NAME), row.get(GIVEN_NAME)) {
        (Some(family), Some(given)) if row.get("patient_name").is_none() => Some(format!("{family}, {given}")),
        _ => None,
    };
    if let Some(whole) = whole {
        row.values.retain(|(field, _)| field != FAMILY_NAME && field != GIVEN_NAME);
        row.values.push(("patient_name".to_owned(), whole));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that names are told from numbers, codes and labels of studies.
    #[test]
    fn names_are_told_from_numbers() {
        for name in
            ["Gil, Ana", "GIL^ANA", "Ana Gil", "O'Neil, Siân-Mary", "Gil, Ana E.", "王小明", "김 민호", "Иванов Пётр"]
        {
            assert!(is_name(name), "{name}");
        }
        for number in [
            "77",
            "A-77",
            "ANON",
            "Patient A",
            "Subject Alpha",
            "Pt. B",
            "P 0012",
            "not known",
            "",
            "AB C",
            "77-1004 X",
        ] {
            assert!(!is_name(number), "{number}");
        }
    }
}
