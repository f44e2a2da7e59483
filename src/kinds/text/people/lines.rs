//! Labels found in lines, each with the value that belongs to it.

use super::{
    kin::{KIN, is_kin},
    labels::{Field, LABELS, Label},
    others::STAFF,
    values::accepted,
};
use std::{collections::HashMap, sync::LazyLock};

/// Characters of a line that are looked at.
pub(super) const LINE_CHARS_MAX: usize = 2_000;

/// Words before a label that say whose it is.
const KIN_WORDS_MAX: usize = 4;

type Known = (Field, Label, Vec<char>);

/// Labels by their first character.
static BY_FIRST: LazyLock<HashMap<char, Vec<Known>>> = LazyLock::new(|| {
    let mut by_first: HashMap<char, Vec<Known>> = HashMap::new();
    for (field, label, texts) in LABELS.iter().chain(STAFF).chain(KIN) {
        for text in texts.iter().flat_map(|text| text.split('|')) {
            let chars: Vec<char> = text.chars().collect();
            if let Some(first) = chars.first() {
                by_first.entry(*first).or_default().push((*field, *label, chars));
            }
        }
    }
    by_first
});

/// A label found in a line, by positions of characters.
struct Found {
    field: Field,
    start: usize,
    value: usize,
}

/// Fields of a line; a label at its end takes the next line.
pub(super) fn fields(line: &str, next: Option<&str>) -> Vec<(Field, String)> {
    let chars: Vec<char> = line.chars().take(LINE_CHARS_MAX).collect();
    let lower: Vec<char> = chars.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let found = labels(&lower);
    let mut all = Vec::new();
    for (at, label) in found.iter().enumerate() {
        let end = found.get(at + 1).map_or(chars.len(), |next| next.start);
        if matches!(label.field, Field::Staff | Field::Kin) {
            all.push((label.field, String::new()));
            continue;
        }
        if at == 0 && matches!(label.field, Field::Id | Field::Birth | Field::Sex) && is_of_kin(&lower[..label.start]) {
            all.push((Field::Kin, String::new()));
        }
        let value: String = chars.get(label.value..end).unwrap_or_default().iter().collect();
        let value =
            if value.trim().is_empty() && end == chars.len() { next.unwrap_or_default().to_owned() } else { value };
        if let Some(value) = accepted(label.field, cell(&value)) {
            all.push((label.field, value));
        }
    }
    all
}

/// Where the first label of a line begins, in bytes.
pub(super) fn first_label(line: &str) -> Option<usize> {
    let lower: Vec<char> = line.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
    let first = labels(&lower).first()?.start;
    line.char_indices().nth(first).map(|(at, _)| at)
}

/// Does this word, in small letters, announce a name where a colon follows it?
pub(super) fn is_label_of_name(word: &str) -> bool {
    let of_name = |field: &Field| matches!(field, Field::Name | Field::SomeName);
    LABELS
        .iter()
        .filter(|(field, _, _)| of_name(field))
        .any(|(_, _, texts)| texts.iter().flat_map(|text| text.split('|')).any(|text| text == word))
}

/// `Mother's`, `Twin (Lina)` before a label: what follows is theirs. `Twin A` may be a newborn patient's only name.
fn is_of_kin(before: &[char]) -> bool {
    let before: String = before.iter().collect();
    let filled = |part: &&str| !part.trim().is_empty();
    let cell = before.rsplit(['|', ';', ':', '\t']).find(filled).unwrap_or_default();
    let cell = cell.rsplit(". ").find(filled).unwrap_or_default();
    let cell = cell.rsplit("  ").find(|part| !part.trim().is_empty()).unwrap_or_default();
    let words: Vec<&str> = cell.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let named = |at: usize| words.get(at + 1).is_some_and(|next| next.chars().count() == 1 && *next != "s");
    words.len() <= KIN_WORDS_MAX && words.iter().enumerate().any(|(at, word)| is_kin(word) && !named(at))
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
    for (field, label, text) in BY_FIRST.get(&line[at]).into_iter().flatten() {
        let length = text.len();
        if !line[at..].starts_with(text) || best.as_ref().is_some_and(|(longest, _)| *longest >= length) {
            continue;
        }
        if let Some(value) = value_at(line, at, at + length, *label) {
            best = Some((length, Found { field: *field, start: at, value }));
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
            // `**Patient:** ...`
            '*' => {}
            '(' if !colon => {
                // `DOB (mm/dd/yyyy):` explains itself in brackets.
                value += line[value..].iter().position(|c| *c == ')')?;
            }
            _ => break,
        }
        value += 1;
    }
    let cell_start = line[..start].iter().all(|c| is_mark(*c))
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

/// Does it mark a heading, a quotation or an item of a list where a line begins?
fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, '#' | '>' | '*' | '+' | '-' | '_' | '•' | '·' | '–' | '▪' | '■' | '●' | '◦')
}

/// The value's own cell: up to a wide gap, a bar or a semicolon.
fn cell(value: &str) -> &str {
    let value = value.trim_start();
    let ends = [value.find("  "), value.find(['|', ';', '\t', '•']), value.find(" · "), value.find(" – ")];
    let end = ends.into_iter().flatten().min().unwrap_or(value.len());
    value[..end].trim().trim_matches([',', '_', '.', '(', ')', ' ', '·'])
}

/// A row of headings above a row of values: at least two labels with nothing between them, and as many cells below.
pub(super) fn columns(line: &str, next: Option<&str>) -> Option<Vec<(Field, String)>> {
    if line.len() > LINE_CHARS_MAX {
        return None;
    }
    let heads: Vec<&str> = cells(line).into_iter().map(|head| head.trim_end_matches([':', '：', ' '])).collect();
    if heads.iter().any(|head| head.contains([':', '：'])) {
        return None;
    }
    let values = cells(next?);
    if heads.len() < 2 || heads.len() != values.len() {
        return None;
    }
    let field = |head: &str| {
        let lower: Vec<char> = head.trim_end_matches('.').to_lowercase().chars().collect();
        let known = BY_FIRST.get(lower.first()?)?.iter().find(|(_, _, text)| *text == lower);
        known.map(|(field, _, _)| *field)
    };
    let fields: Vec<Option<Field>> = heads.iter().map(|head| field(head)).collect();
    if fields.iter().flatten().count() < 2 {
        return None;
    }
    let mut taken = Vec::new();
    let mut of_kin = false;
    for (field, value) in fields.into_iter().zip(values) {
        match field {
            Some(Field::Staff) | None => {}
            Some(Field::Kin) => of_kin = true,
            Some(Field::Birth | Field::Id | Field::Sex) if of_kin => {}
            Some(field) => {
                of_kin = false;
                taken.extend(accepted(field, value.trim()).map(|value| (field, value)));
            }
        }
    }
    Some(taken)
}

/// Cells of a row: parted by wide gaps, bars or tabs.
pub(super) fn cells(line: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let parts = line.split(['|', '\t']).flat_map(|part| part.split("  "));
    cells.extend(parts.map(str::trim).filter(|cell| !cell.is_empty()));
    cells
}
