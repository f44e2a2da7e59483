//! People named in tables: below the headings of columns, or in pairs of a label and a value.
//!
//! Text that is laid out shows neither which heading a value has nor, between two separators, where one ends. Rows are turned
//! into labels and values here, and the rules for those apply. What they find counts where it is said to be the
//! patient's, or has a birth date or a number: a column of laboratory tests is headed `Name` too.

use super::entities;
use crate::{
    domain::facts::{Facts, NamedPerson, PageText, PersonRole},
    kinds::text::people::people,
};

/// Rows of one table.
pub(super) type Rows = Vec<Vec<String>>;

/// Rows of a document that are looked at.
const ROWS_MAX: usize = 5_000;

/// Cells of a row.
const CELLS_MAX: usize = 64;

/// Characters of a cell.
const CELL_CHARS_MAX: usize = 200;

/// Rows above the headings: a title, a date.
const TITLE_ROWS_MAX: usize = 10;

/// Rows that must have the same number of cells to be a table of separated values.
const ALIKE_ROWS: usize = 20;

/// Mark-up that is taken apart, in bytes.
const MARK_UP_BYTES_MAX: usize = 8 << 20;

/// Adds people that these tables name and the text around them does not.
pub(super) fn note_people(facts: &mut Facts, tables: &[Rows]) {
    for table in tables {
        let found = match named(&below_headings(table)) {
            none if none.is_empty() => named(&pairs(table)),
            found => found,
        };
        note(facts, found);
    }
}

/// The same for tables that are known to be pairs of a label and a value.
pub(super) fn note_pairs(facts: &mut Facts, tables: &[Rows]) {
    tables.iter().for_each(|table| note(facts, named(&pairs(table))));
}

fn note(facts: &mut Facts, found: Vec<NamedPerson>) {
    for person in found {
        let known = facts.people.iter().any(|known| {
            let says = |known: &Option<String>, new: &Option<String>| new.is_none() || known == new;
            person.names.iter().all(|name| known.names.contains(name))
                && says(&known.birth_date, &person.birth_date)
                && person.ids.iter().all(|id| known.ids.contains(id))
        });
        if !known {
            facts.people.push(person);
        }
    }
}

/// Separated values, if this text is that: its first rows have the same number of cells, two or more.
pub(super) fn separated(text: &str) -> Vec<Rows> {
    [b',', b';', b'|'].into_iter().find_map(|separator| rows_of(text, separator)).into_iter().collect()
}

fn rows_of(text: &str, separator: u8) -> Option<Rows> {
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if !first.as_bytes().contains(&separator) {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut rows: Rows = Vec::new();
    for record in reader.records().take(ROWS_MAX) {
        let record = record.ok()?;
        let row: Vec<String> = record.iter().take(CELLS_MAX).map(bounded).collect();
        if row.iter().all(String::is_empty) {
            continue;
        }
        let alike = rows.first().is_none_or(|first| first.len() == row.len());
        if row.len() < 2 || (rows.len() < ALIKE_ROWS && !alike) {
            return None;
        }
        rows.push(row);
    }
    (rows.len() > 1).then_some(rows)
}

/// The tables of a page of HTML; one within another is a table of its own.
pub(super) fn of_html(source: &str) -> Vec<Rows> {
    let mut tables = Tables::default();
    if source.len() > MARK_UP_BYTES_MAX {
        return Vec::new();
    }
    for part in source.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split(|c: char| c.is_whitespace() || (c == '/' && !tag.starts_with('/'))).next().unwrap_or("");
        tables.tag(&name.to_ascii_lowercase());
        tables.text(text);
        if tables.rows_taken >= ROWS_MAX {
            break;
        }
    }
    tables.tag("/table");
    tables.done
}

/// Tables that are being read.
#[derive(Default)]
struct Tables {
    done: Vec<Rows>,
    rows: Rows,
    row: Vec<String>,
    cell: Option<String>,
    rows_taken: usize,
}

impl Tables {
    fn tag(&mut self, name: &str) {
        match name {
            "td" | "th" => {
                self.end_cell();
                self.cell = Some(String::new());
            }
            "/td" | "/th" => self.end_cell(),
            "tr" | "/tr" => self.end_row(),
            "table" | "/table" => {
                self.end_row();
                let rows = std::mem::take(&mut self.rows);
                self.done.extend((!rows.is_empty()).then_some(rows));
            }
            // Words parted by a tag, a line break most often, are two words.
            _ => self.text(" "),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(cell) = self.cell.as_mut().filter(|cell| cell.len() < CELL_CHARS_MAX * 4) {
            cell.push_str(&entities::replaced(text));
        }
    }

    fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take().filter(|_| self.row.len() < CELLS_MAX) {
            self.row.push(bounded(&cell));
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        let row = std::mem::take(&mut self.row);
        if row.iter().any(|cell| !cell.is_empty()) {
            self.rows.push(row);
            self.rows_taken += 1;
        }
    }
}

/// A cell's words on one line, without what would end a value.
pub(super) fn bounded(cell: &str) -> String {
    let words: Vec<&str> = cell.split_whitespace().collect();
    words.join(" ").chars().take(CELL_CHARS_MAX).collect()
}

/// A line for each row: each value behind the heading of its column.
fn below_headings(rows: &Rows) -> String {
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let Some(at) = rows.iter().take(TITLE_ROWS_MAX).position(|row| filled(row) >= 2) else { return String::new() };
    let heading = |cell: &String| cell.trim_end_matches([':', '.', ' ']).replace(':', " ");
    let headings: Vec<String> = rows[at].iter().map(heading).collect();
    let mut text = String::new();
    for row in &rows[at + 1..] {
        let cells = headings.iter().zip(row).filter(|(heading, value)| !heading.is_empty() && !value.is_empty());
        let cells: Vec<String> = cells.map(|(heading, value)| format!("{heading}: {value}")).collect();
        text.push_str(&cells.join("  "));
        text.push('\n');
    }
    text
}

/// A line for each row of two cells: a label and its value.
fn pairs(rows: &Rows) -> String {
    let mut text = String::new();
    for row in rows {
        if let [label, value] = row.as_slice() {
            text.push_str(&format!("{}: {value}\n", label.trim_end_matches([':', ' '])));
        }
    }
    text
}

/// The people who are surely meant.
fn named(text: &str) -> Vec<NamedPerson> {
    let found = people(&[PageText { page: 1, text: text.to_owned() }]);
    let sure = |person: &NamedPerson| {
        person.birth_date.is_some() || !person.ids.is_empty() || person.role == PersonRole::Patient
    };
    found.into_iter().filter(sure).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::facts::{FileKind, Readable};

    fn found(tables: &[Rows]) -> Vec<(String, Option<String>)> {
        let mut facts = Facts::of(FileKind::Text, Readable::Yes);
        note_people(&mut facts, tables);
        // Twice the same tables name nobody else.
        note_people(&mut facts, tables);
        facts.people.into_iter().map(|person| (person.names.join("|"), person.birth_date)).collect()
    }

    fn person(name: &str, birth: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(birth.to_owned()))
    }

    /// Proves that people are found below headings, in quotes and with empty cells beside them, and in pairs.
    #[test]
    fn separated_values() {
        for (text, expected) in [
            ("Patient Name,Date of Birth,Test,Result\nAna Ruiz,2015-03-02,Sodium,139\n", "Ana Ruiz"),
            ("\"Patient Name\",\"Ward\",\"Date of Birth\"\r\n\"Ruiz, Ana\",,\"2015-03-02\"\r\n", "Ruiz, Ana"),
            ("Patient name;Ana Ruiz\nDate of birth;2015-03-02\nSodium;139\n", "Ana Ruiz"),
            ("Name|Birth date\nAna Ruiz|2015-03-02\n", "Ana Ruiz"),
        ] {
            assert_eq!(found(&separated(text)), [person(expected, "2015-03-02")], "{text}");
        }
        let two = "Patient,DOB,Test\nAna Ruiz,2015-03-02,Hb\nBen Ito,2014-01-05,Hb\nAna Ruiz,2015-03-02,Na\n";
        assert_eq!(found(&separated(two)), [person("Ana Ruiz", "2015-03-02"), person("Ben Ito", "2014-01-05")]);
    }

    /// Proves that a column of tests, of physicians or of anything in prose names nobody.
    #[test]
    fn other_tables_name_nobody() {
        for text in [
            "Name,Value,Unit\nTotal Cholesterol,4.1,mmol/l\nFree Thyroxine,12,pmol/l\n",
            "Physician,Phone\nEva Klein,030 1234\nJohn Smith,040 5678\n",
            "Dear colleagues, thank you\nfor the child, whom we saw\nlast week, Ana Ruiz.\n",
            "one line, Patient: Ana\n",
        ] {
            assert_eq!(found(&separated(text)), [], "{text}");
        }
    }

    /// Proves that a table of HTML is read by its headings and by its pairs, and a broken one to its end.
    #[test]
    fn tables_of_html() {
        let table = |rows: &str| format!("<html><body><p>Seen.</p><TABLE border=1>{rows}</TABLE></body></html>");
        let headed = "<tr><th>Patient<br>name</th><th>Ward</th><th>Date of birth</th></tr>\
                      <tr><td><b>Ana</b> Ruiz</td><td></td><td>2015-03-02</td></tr>";
        let pairs = "<tr><td>Patient</td><td>Ana&nbsp;Ruiz</td></tr><tr><td>Date of birth:</td><td>2015-03-02";
        for rows in [headed, pairs] {
            assert_eq!(found(&of_html(&table(rows))), [person("Ana Ruiz", "2015-03-02")], "{rows}");
        }
        let around = table(&format!("<tr><td>Clinic<td>{}<td>Page 1</tr>", table(headed)));
        assert_eq!(found(&of_html(&around)), [person("Ana Ruiz", "2015-03-02")]);
        assert_eq!(of_html(&"<table><tr><td>".repeat(50_000)).len(), 0);
    }
}
