//! People named in a document's text, as far as labels say who is meant: `Patient:`, `DOB`, `MRN`, and the like in a
//! dozen languages.
//!
//! Where no label names anybody, a name counts that a sentence joins with a birth date, or that stands beside or above
//! particulars of a person. Nothing is concluded from other names in running text: a physician is no patient. What is
//! found is copied as written; `casework` compares it. Labels that are ordinary words too (`name`, `patient`) count only
//! at the start of a cell and with a colon.

mod kin;
mod labels;
mod lines;
mod others;
mod unlabelled;
mod unlabelled_words;
mod values;

use crate::domain::facts::{NamedPerson, PageText, PersonRole};
use kin::heads_kin;
use labels::{Field, Label};
use lines::{columns, fields};
use others::STAFF_TITLES;
use values::has_case;

/// Lines of a document that are looked at.
const LINES_MAX: usize = 200_000;

/// People of one document.
const PEOPLE_MAX: usize = 200;

/// Lines for which a heading holds.
const KIN_LINES: u32 = 5;

/// Digits from which a word is a number, which no heading has: `Parent 2` is one, `Mother's MRN 8812345` none.
const NUMBER_DIGITS_MIN: usize = 3;

/// Lines, with its own, in which a birth date may belong to somebody named beside the patient.
const OTHERS_LINES: u32 = 3;

/// The people a document's labels name, page by page: the label that names another patient begins another person.
/// Parents, siblings and physicians are left out as far as labels and headings say who is who.
pub fn people(pages: &[PageText]) -> Vec<NamedPerson> {
    people_in_views(pages, &[])
}

/// The same, of pages that can be read in other ways as well, by the place of each in `pages`: forms keep labels and what
/// was filled in apart. Of each page that way counts in which the most sorts of labels have a value, its own before others.
pub fn people_in_views(pages: &[PageText], others: &[Vec<String>]) -> Vec<NamedPerson> {
    let mut all = Vec::new();
    let mut lines_left = LINES_MAX;
    for (at, page) in pages.iter().enumerate() {
        let place = format!("page {}", page.page);
        let mut best = of_page(&page.text, &place, &mut lines_left);
        for view in others.get(at).into_iter().flatten() {
            let found = of_page(view, &place, &mut lines_left);
            if told(&found) > told(&best) {
                best = found;
            }
        }
        all.extend(best);
        if all.len() >= PEOPLE_MAX {
            all.truncate(PEOPLE_MAX);
            break;
        }
    }
    if all.iter().all(|person| person.names.is_empty()) {
        all.extend(without_labels(pages));
    }
    without_repeats(all)
}

/// The people whom pages name without a label.
fn without_labels(pages: &[PageText]) -> Vec<NamedPerson> {
    let mut lines_left = LINES_MAX;
    let mut all = Vec::new();
    for page in pages {
        let lines = lines_of(&page.text, &mut lines_left);
        all.extend(unlabelled::people(&lines, &format!("page {}", page.page)));
    }
    all.truncate(PEOPLE_MAX);
    all
}

/// The lines of a page on which something stands, as far as there are lines left to look at.
fn lines_of<'a>(text: &'a str, lines_left: &mut usize) -> Vec<&'a str> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(*lines_left).collect();
    *lines_left -= lines.len();
    lines
}

/// The people of one page, as far as there are lines left to look at.
fn of_page(text: &str, place: &str, lines_left: &mut usize) -> Vec<NamedPerson> {
    let lines = lines_of(text, lines_left);
    let mut reading = PageReading::new(place.to_owned());
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied();
        match columns(line, next) {
            Some(fields) => reading.line(fields),
            None => {
                let fields = fields(line, next);
                // `To the parents of` names the patient.
                let names = fields.iter().any(|(field, _)| matches!(field, Field::Name | Field::SomeName));
                let head = lines::first_label(line).map_or(*line, |at| &line[..at]);
                let is_of_kin = is_kin_heading(line) && (!names || is_kin_heading(head));
                reading.kin_lines = if is_of_kin { KIN_LINES } else { reading.kin_lines.saturating_sub(1) };
                reading.line(fields);
            }
        }
    }
    reading.finish()
}

/// Of how many sorts there is something: names, birth dates, identifiers, sexes. Not how many there are: read across two
/// columns, a parent's stand beside the patient's.
fn told(people: &[NamedPerson]) -> usize {
    let some: [fn(&NamedPerson) -> bool; 4] = [
        |person| !person.names.is_empty(),
        |person| person.birth_date.is_some(),
        |person| !person.ids.is_empty(),
        |person| person.sex.is_some(),
    ];
    some.into_iter().filter(|is_told| people.iter().any(is_told)).count()
}

/// A page being read.
struct PageReading {
    place: String,
    done: Vec<NamedPerson>,
    person: NamedPerson,
    /// A given name and a family name that stand apart, and one of which it is not known yet what it is.
    parts: [Option<String>; 3],
    /// Lines for which a heading holds that speaks of a parent.
    kin_lines: u32,
    /// Lines in which a birth date may still be that of somebody named beside the patient.
    others_lines: u32,
    /// A birth date of which the page does not say whose it is.
    spare_birth: Option<String>,
}

impl PageReading {
    fn new(place: String) -> Self {
        let person = NamedPerson { place: place.clone(), ..NamedPerson::default() };
        let parts = [None, None, None];
        Self { place, done: Vec::new(), person, parts, kin_lines: 0, others_lines: 0, spare_birth: None }
    }

    /// Takes the fields of a line.
    fn line(&mut self, fields: Vec<(Field, String)>) {
        let mut aside: Option<Field> = (self.kin_lines > 0).then_some(Field::Kin);
        for (field, value) in fields {
            match field {
                Field::Staff => aside = Some(field),
                Field::Kin => {
                    aside = Some(field);
                    self.others_lines = OTHERS_LINES;
                }
                Field::Name => {
                    (aside, self.kin_lines, self.others_lines) = (None, 0, 0);
                    self.name(value, PersonRole::Patient);
                }
                // A name behind a physician's or parent's label is theirs, and so is what follows it.
                Field::SomeName if aside.is_some() || is_staff(&value) => aside = aside.or(Some(Field::Staff)),
                Field::SomeName if value.contains([' ', ',', '^']) || !value.is_ascii() && !has_case(&value) => {
                    aside = aside.or(self.some_name(value));
                }
                Field::Given | Field::Family | Field::SomeName if aside.is_none() => {
                    aside = self.part(field, value);
                }
                Field::Given | Field::Family | Field::SomeName => {}
                Field::Birth => self.birth(value, aside),
                Field::Id | Field::Sex if aside == Some(Field::Kin) => {}
                Field::Id if self.person.ids.iter().any(|(id, _)| *id == value) => {}
                Field::Id => self.person.ids.push((value, None)),
                Field::Sex => _ = self.person.sex.get_or_insert(value),
            }
        }
        self.others_lines = self.others_lines.saturating_sub(1);
    }

    /// A birth date: of the patient; of somebody else in whose cell it stands; or, in the lines below somebody else's
    /// name, of either.
    fn birth(&mut self, value: String, aside: Option<Field>) {
        match aside {
            // The cell, or the heading, says whose it is; what follows further down is the patient's again.
            Some(Field::Kin) if self.kin_lines == 0 => self.others_lines = 0,
            _ if aside == Some(Field::Kin) || self.others_lines > 0 => {
                if self.person.birth_date.is_none() {
                    self.spare_birth.get_or_insert(value);
                }
                self.others_lines = 0;
            }
            _ => _ = self.person.birth_date.get_or_insert(value),
        }
    }

    /// A name of which the label does not say whose it is. Once a patient is named, it is more likely somebody else's:
    /// what follows it in the line is theirs then.
    fn some_name(&mut self, value: String) -> Option<Field> {
        let known = self.person.names.iter().any(|name| same(name, &value));
        if known || self.person.names.is_empty() || self.person.role != PersonRole::Patient {
            self.name(value, PersonRole::Unknown);
            return None;
        }
        self.others_lines = OTHERS_LINES;
        Some(Field::Kin)
    }

    fn name(&mut self, value: String, role: PersonRole) {
        let known = self.person.names.iter().any(|name| same(name, &value));
        if known {
            if role == PersonRole::Patient {
                self.person.role = role;
            }
            return;
        }
        if !self.person.names.is_empty() {
            self.next_person();
        }
        self.person.role = role;
        self.person.names.push(value);
    }

    /// Puts the person aside, and a birth date that may be theirs.
    fn next_person(&mut self) {
        let next = NamedPerson { place: self.place.clone(), ..NamedPerson::default() };
        let person = std::mem::replace(&mut self.person, next);
        let spare = self.spare_birth.take().filter(|_| person.birth_date.is_none());
        let known = !person.names.is_empty() || !person.ids.is_empty() || person.birth_date.is_some();
        self.done.extend(known.then_some(person));
        self.done.extend(spare.map(|written| NamedPerson {
            birth_date: Some(written),
            place: self.place.clone(),
            role: PersonRole::Unknown,
            ..NamedPerson::default()
        }));
    }

    /// A form that asks for given and family name apart.
    fn part(&mut self, field: Field, value: String) -> Option<Field> {
        let at = match field {
            Field::Given => 0,
            Field::Family => 1,
            _ => 2,
        };
        self.parts[at] = Some(value);
        let name = match &self.parts {
            [Some(given), Some(family), _] => format!("{family}^{given}"),
            [Some(given), None, Some(lone)] => format!("{lone}^{given}"),
            [None, Some(family), Some(lone)] => format!("{family}^{lone}"),
            _ => return None,
        };
        self.parts = [None, None, None];
        self.some_name(name)
    }

    fn finish(mut self) -> Vec<NamedPerson> {
        self.next_person();
        self.done
    }
}

/// Is this a word, in small letters, for somebody of the patient's family or of a hospital?
pub fn speaks_of_others(word: &str) -> bool {
    let of_staff = |(_, _, labels): &(Field, Label, &[&str])| labels.contains(&word);
    kin::is_kin(word) || STAFF_TITLES.contains(&word) || others::STAFF.iter().any(of_staff)
}

fn is_staff(value: &str) -> bool {
    // `do` within a Portuguese name is a particle, no degree.
    let is_title = |word: &str| word != "do" && STAFF_TITLES.contains(&word.to_lowercase().as_str());
    value.split([' ', ',', '.']).any(is_title)
}

/// `Parent information`, `Emergency contact`: a short line of its own.
fn is_kin_heading(line: &str) -> bool {
    let line = line.trim().trim_end_matches(':').to_lowercase();
    let words = || line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let number = |word: &str| word.chars().filter(char::is_ascii_digit).count() >= NUMBER_DIGITS_MIN;
    !line.contains(':') && words().count() <= 5 && words().any(heads_kin) && !words().any(number)
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

/// The same words in any order: `Max Muster` is `Muster, Max` further down.
fn same(a: &str, b: &str) -> bool {
    let words = |text: &str| {
        let text = text.to_lowercase();
        let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '^'));
        let mut words: Vec<String> = parts.filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    words(a) == words(b)
}

#[cfg(test)]
mod tests;
