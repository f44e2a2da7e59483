//! People named in a document's text, as far as labels say who is meant: `Patient:`, `DOB`, `MRN`, and the like in a
//! dozen languages.
//!
//! Nothing is concluded from names standing about in running text: a physician is no patient. What is found is copied
//! as written; `casework` compares it. Labels that are ordinary words too (`name`, `patient`) count only at the start
//! of a cell and with a colon.

mod labels;

use crate::domain::facts::{NamedPerson, PageText};
use labels::{Field, LABELS, Label};

/// Lines of a document that are looked at.
const LINES_MAX: usize = 200_000;

/// Characters of a line that are looked at.
const LINE_CHARS_MAX: usize = 2_000;

/// People of one document.
const PEOPLE_MAX: usize = 200;

/// The people a document's labels name, page by page: the label that names another patient begins another person.
pub fn people(pages: &[PageText]) -> Vec<NamedPerson> {
    let mut all = Vec::new();
    let mut lines_left = LINES_MAX;
    for page in pages {
        let lines: Vec<&str> = page.text.lines().filter(|line| !line.trim().is_empty()).take(lines_left).collect();
        lines_left -= lines.len();
        let place = format!("page {}", page.page);
        let mut person = NamedPerson { place: place.clone(), ..NamedPerson::default() };
        for (at, line) in lines.iter().enumerate() {
            for (field, value) in fields(line, lines.get(at + 1).copied()) {
                let other = field == Field::Name
                    && !person.names.is_empty()
                    && !person.names.iter().any(|name| same(name, &value));
                if other && all.len() < PEOPLE_MAX {
                    all.push(std::mem::replace(
                        &mut person,
                        NamedPerson { place: place.clone(), ..NamedPerson::default() },
                    ));
                }
                put(&mut person, field, value);
            }
        }
        if person.names.len() + person.ids.len() > 0 || person.birth_date.is_some() {
            all.push(person);
        }
        if all.len() >= PEOPLE_MAX {
            break;
        }
    }
    without_repeats(all)
}

fn put(person: &mut NamedPerson, field: Field, value: String) {
    match field {
        Field::Name if person.names.iter().any(|name| same(name, &value)) => {}
        Field::Name => person.names.push(value),
        Field::Birth => {
            person.birth_date.get_or_insert(value);
        }
        Field::Id if person.ids.iter().any(|(id, _)| *id == value) => {}
        Field::Id => person.ids.push((value, None)),
        Field::Sex => {
            person.sex.get_or_insert(value);
        }
    }
}

/// A header repeated on each page names one person once.
fn without_repeats(people: Vec<NamedPerson>) -> Vec<NamedPerson> {
    let mut all: Vec<NamedPerson> = Vec::new();
    for person in people {
        let known = all.iter().any(|known| {
            known.names == person.names
                && known.birth_date == person.birth_date
                && known.ids == person.ids
                && known.sex == person.sex
        });
        if !known {
            all.push(person);
        }
    }
    all
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// A label found in a line, by positions of characters.
struct Found {
    field: Field,
    start: usize,
    value: usize,
}

/// Fields of a line; a label at its end takes the next line.
fn fields(line: &str, next: Option<&str>) -> Vec<(Field, String)> {
    let chars: Vec<char> = line.chars().take(LINE_CHARS_MAX).collect();
    let lower: Vec<char> = chars.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let found = labels(&lower);
    let mut all = Vec::new();
    for (at, label) in found.iter().enumerate() {
        let end = found.get(at + 1).map_or(chars.len(), |next| next.start);
        let value: String = chars.get(label.value..end).unwrap_or_default().iter().collect();
        let value =
            if value.trim().is_empty() && end == chars.len() { next.unwrap_or_default().to_owned() } else { value };
        if let Some(value) = accepted(label.field, cell(&value)) {
            all.push((label.field, value));
        }
    }
    all
}

/// Labels of a line, from left to right, the longest where several begin at one place.
fn labels(line: &[char]) -> Vec<Found> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let best = (!line[at].is_whitespace()).then(|| label_at(line, at)).flatten();
        match best {
            Some(found) => {
                at = found.value.max(at + 1);
                all.push(found);
            }
            None => at += 1,
        }
    }
    all
}

fn label_at(line: &[char], at: usize) -> Option<Found> {
    if at > 0 && line[at - 1].is_alphanumeric() {
        return None;
    }
    let mut best: Option<(usize, Found)> = None;
    for (field, label, texts) in LABELS {
        for text in *texts {
            let length = text.chars().count();
            let matches = line.len() >= at + length && text.chars().zip(&line[at..]).all(|(a, b)| a == *b);
            if !matches || best.as_ref().is_some_and(|(longest, _)| *longest >= length) {
                continue;
            }
            if let Some(value) = value_at(line, at, at + length, *label) {
                best = Some((length, Found { field: *field, start: at, value }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Where the value of a label begins; `None` where the label is no label there.
fn value_at(line: &[char], start: usize, end: usize, label: Label) -> Option<usize> {
    let after = line.get(end);
    if after.is_some_and(|c| c.is_alphanumeric()) && line[end - 1].is_ascii() {
        return None;
    }
    let mut value = end;
    let mut colon = false;
    while let Some(c) = line.get(value) {
        match c {
            ':' | '：' | '=' => colon = true,
            ' ' | '\t' | '.' | '#' | '-' | '/' if !colon || c.is_whitespace() => {}
            '(' if !colon => {
                // `DOB (mm/dd/yyyy):` explains itself in brackets.
                value += line[value..].iter().position(|c| *c == ')')?;
            }
            _ => break,
        }
        value += 1;
    }
    let cell_start = start == 0
        || line[..start].iter().rev().take_while(|c| c.is_whitespace()).count() >= 2
        || matches!(line[start - 1], '|' | '\t')
        || {
            let before = line[..start].iter().rev().find(|c| !c.is_whitespace());
            before.is_none_or(|c| matches!(c, '|' | ';' | ',' | ')'))
        };
    match label {
        Label::Sure => Some(value),
        Label::Word if colon && cell_start => Some(value),
        Label::Word => None,
    }
}

/// The value's own cell: up to a wide gap, a bar or a semicolon.
fn cell(value: &str) -> &str {
    let value = value.trim_start();
    let ends = [value.find("  "), value.find(['|', ';', '\t', '•']), value.find(" · "), value.find(" – ")];
    let end = ends.into_iter().flatten().min().unwrap_or(value.len());
    value[..end].trim().trim_matches([',', '_', '.', '(', ')', ' ', '·'])
}

/// A value that can be what its label says, cut to it.
fn accepted(field: Field, value: &str) -> Option<String> {
    match field {
        Field::Name => name(value),
        Field::Birth => date(value),
        Field::Id => value.split_whitespace().next().and_then(id),
        Field::Sex => {
            let word = value.split([' ', ',', '/']).next().unwrap_or_default();
            let fits = !word.is_empty() && word.chars().count() <= 12 && word.chars().all(char::is_alphabetic);
            fits.then(|| word.to_owned())
        }
    }
}

/// Two to six words that begin large, or a few letters of a script without capitals.
fn name(value: &str) -> Option<String> {
    // What follows a digit or a bracket is an age, a number, a date.
    let end = value.find(|c: char| c.is_ascii_digit() || matches!(c, '(' | '[' | '/' | ':')).unwrap_or(value.len());
    let value = value[..end].trim().trim_end_matches([',', '-', '–', '.']).trim_end();
    let words: Vec<&str> = value.split_whitespace().collect();
    let cased = value.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let letters = value.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || is_name_sign(c));
    let large = words.iter().filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    let fits = if cased {
        (2..=6).contains(&words.len()) && large * 2 >= words.len() && large >= 2
    } else {
        (2..=40).contains(&value.chars().count())
    };
    (letters && fits).then(|| value.to_owned())
}

fn is_name_sign(c: char) -> bool {
    matches!(c, '\'' | '’' | '-' | '.' | ',' | '·' | '・') || unicode_normalization::char::is_combining_mark(c)
}

/// The date at the start of a value, as written.
fn date(value: &str) -> Option<String> {
    let mut end = 0;
    let mut digits = 0;
    for (at, word) in value.split_inclusive(' ').scan(0, |at, word| {
        let start = *at;
        *at += word.len();
        Some((start, word))
    }) {
        let plain = word.trim().trim_matches([',', '.', '(', ')']);
        let count = plain.chars().filter(char::is_ascii_digit).count();
        let east_asian = plain.chars().any(|c| matches!(c, '年' | '月' | '日' | '년' | '월' | '일'));
        let part = count > 0
            && (east_asian
                || plain.chars().all(|c| {
                    c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | '°' | 't' | 'h' | 's' | 'n' | 'd' | 'r')
                }));
        let month = count == 0 && at < 20 && plain.chars().all(char::is_alphabetic) && digits < 8;
        if !part && !month || digits >= 8 && count > 0 || digits >= 5 && month {
            break;
        }
        digits += count;
        if part {
            end = at + word.trim_end().len();
        }
    }
    let text = value[..end].trim_end_matches([',', '.']);
    ((4..=8).contains(&digits) && text.chars().count() <= 40).then(|| text.to_owned())
}

/// Three to twenty-four letters, digits and joints with at least two digits among them.
fn id(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let fits = (3..=24).contains(&word.chars().count())
        && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_'))
        && word.chars().filter(char::is_ascii_digit).count() >= 2;
    fits.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
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
        check(
            "Patient: Ana Ruiz   DOB: 02/03/2015   MRN: 4711-22",
            Some("Ana Ruiz"),
            Some("02/03/2015"),
            Some("4711-22"),
        );
        check(
            "RE: Ana María Ruiz, DOB 2015-03-02 (MRN 00123)",
            Some("Ana María Ruiz"),
            Some("2015-03-02"),
            Some("00123"),
        );
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
        check(
            "Patient: Rowan ASH · DOB 2011-04-17 · MRN H-20413",
            Some("Rowan ASH"),
            Some("2011-04-17"),
            Some("H-20413"),
        );
        check("Patient: Max Muster, geb. am 02.03.2015", Some("Max Muster"), Some("02.03.2015"), None);
    }

    /// Proves that ordinary words and other people's names are not taken for the patient.
    #[test]
    fn ordinary_words_are_no_labels() {
        check("The patient is a 5-year-old boy. Patient tolerated it well.", None, None, None);
        check("Physician name: John Smith\nMother's name: Eva Ruiz", None, None, None);
        check("Diagnosis code MRN pending", None, None, None);
    }

    /// Proves that another patient's label begins another person, and that headers repeated page by page do not.
    #[test]
    fn people_are_kept_apart() {
        let page = |page, text: &str| PageText { page, text: text.to_owned() };
        let found = people(&[page(1, "Patient: Ana Ruiz\nPatient: Ben Ito"), page(2, "Patient: Ben Ito")]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].place, "page 1");
    }
}
