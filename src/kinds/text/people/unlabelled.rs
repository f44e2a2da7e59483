//! People named without a label: in a sentence that says when they were born, in the line above their particulars.
//!
//! Asked only where no label names anybody: beside a patient who is named, a sentence speaks of relatives as well. What
//! such a line means is less sure than a label, so whoever is found has no role.

use super::{
    PEOPLE_MAX, is_staff,
    kin::is_kin,
    labels::Field,
    lines::{LINE_CHARS_MAX, cells, fields, first_label, is_label_of_name},
    speaks_of_others, unlabelled_words as words,
    values::accepted,
};
use crate::domain::facts::{NamedPerson, PersonRole};

/// Characters before a birth date in which the name is looked for.
const BEFORE_CHARS_MAX: usize = 160;

/// Characters behind a word of birth in which the date is looked for.
const DATE_CHARS_MAX: usize = 48;

/// Words of a name.
const NAME_WORDS_MAX: usize = 6;

/// Words before a birth date, in its line and sentence, among which one may say that a relative was born then.
const LEAD_WORDS_MAX: usize = 14;

/// Words of a place between birth and its date.
const PLACE_WORDS_MAX: usize = 4;

/// Words between a name and what says when its bearer was born: `, a 7-year-old boy who was`.
const BETWEEN_WORDS_MAX: usize = 9;

/// Characters up to which a word before a full stop is an abbreviation or an initial, and ends no sentence.
const SHORT_WORD_CHARS_MAX: usize = 3;

/// Characters from which a word that begins large speaks of kin: Anne, Mor and Cha are names, and words for them elsewhere.
const KIN_CHARS_MIN: usize = 5;

/// Figures of an age in a cell.
const AGE_DIGITS_MAX: usize = 2;

/// The people of a page whom no label names.
pub(super) fn people(lines: &[&str], place: &str) -> Vec<NamedPerson> {
    let mut all = above_particulars(lines, place);
    if all.is_empty() {
        all = in_sentences(lines, place);
    }
    all
}

fn somebody(name: String, birth_date: Option<String>, place: &str) -> NamedPerson {
    NamedPerson {
        names: vec![name],
        birth_date,
        role: PersonRole::Unknown,
        place: place.to_owned(),
        ..NamedPerson::default()
    }
}

/// `Oliver Bennett, a 7-year-old boy born on 22 July 2016`: a name, what may stand between, and a birth date.
fn in_sentences(lines: &[&str], place: &str) -> Vec<NamedPerson> {
    let text: Vec<char> = lines.iter().flat_map(|line| line.chars().take(LINE_CHARS_MAX).chain(['\n'])).collect();
    let small: Vec<char> = text.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let mut all: Vec<NamedPerson> = Vec::new();
    let mut at = 0;
    while at < small.len() && all.len() < PEOPLE_MAX {
        let Some(length) = words::born_at(&small, at) else {
            at += 1;
            continue;
        };
        // A star is one of birth where the date follows at once: others are notes and stress.
        if text[at] == '*' && !text.get(at + 1).is_some_and(char::is_ascii_digit) {
            at += 1;
            continue;
        }
        let before = &text[at.saturating_sub(BEFORE_CHARS_MAX)..at];
        let after = &text[at + length..(at + length + DATE_CHARS_MAX).min(text.len())];
        let found = match words::is_behind_date(&small[at..at + length]) {
            true => date_before(before).and_then(|(start, date)| Some((name_before(&before[..start])?, date))),
            false => date_after(after)
                .and_then(|date| Some((name_before(before)?, date)))
                .filter(|(_, date)| !is_kin_behind(after, date)),
        };
        all.extend(found.map(|(name, date)| somebody(name, Some(date), place)));
        at += length;
    }
    all
}

/// The date at which a text begins, or before which it says no more than `on`.
fn date_after(text: &[char]) -> Option<String> {
    let text: String = text.iter().map(|c| if *c == '\n' { ' ' } else { *c }).collect();
    let text = text.trim_start_matches([' ', ':', '.', ')']);
    let text = words::ON.iter().find_map(|on| text.strip_prefix(on)).unwrap_or(text);
    let text = behind_place(text.trim_start());
    let date = accepted(Field::Birth, text)?;
    (text.starts_with(date.as_str()) && begins_a_date(&date)).then_some(date)
}

/// A figure, or a month and a bare day: `preterm. 12/03/2024` and `deaf 12 March 2024` begin with no month.
fn begins_a_date(date: &str) -> bool {
    let mut words = date.split_whitespace();
    let first = words.next().unwrap_or_default();
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let day = words.next().unwrap_or_default().trim_end_matches([',', '.']);
    let bare = (1..=2).contains(&day.len()) && day.chars().all(|c| c.is_ascii_digit());
    bare && !first.ends_with([',', '.']) && !words.any(|word| word.chars().any(char::is_alphabetic))
}

/// `in Boston on`, `a Roma il` before a date.
fn behind_place(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..PLACE_WORDS_MAX {
        let Some((word, behind)) = rest.split_once(' ') else { break };
        let is_place = word.starts_with(char::is_uppercase) && !word.ends_with('.');
        if words::ON.iter().any(|on| rest.starts_with(on)) && rest.len() < text.len() {
            return behind.trim_start();
        }
        if !is_place && !words::IN.contains(&word) {
            break;
        }
        rest = behind.trim_start();
    }
    text
}

/// `Leo Ruiz, born 2 March 2015, half-brother, healthy`: a word for a relative that stands by itself behind the date.
fn is_kin_behind(after: &[char], date: &str) -> bool {
    let after: String = after.iter().collect();
    let Some((_, rest)) = after.split_once(date) else { return false };
    let rest = rest.trim_start_matches([')', ' ']);
    let Some(rest) = rest.strip_prefix([',', '(', '-', '–']) else { return false };
    let apart = rest.split([',', '.', ';', ')', '\n']).next().unwrap_or_default();
    let mut words = apart.split_whitespace();
    words.next_back().is_some_and(|word| is_kin(&word.to_lowercase())) && words.count() <= 1
}

/// The date with which a text ends, and where it begins: `22.07.2016 г.р.`
fn date_before(text: &[char]) -> Option<(usize, String)> {
    let end = text.iter().rposition(|c| c.is_alphanumeric())? + 1;
    let start = text[..end].iter().rposition(|c| !(c.is_ascii_digit() || matches!(c, '.' | '/' | '-')))? + 1;
    let written: String = text[start..end].iter().collect();
    Some((start, accepted(Field::Birth, &written).filter(|date| *date == written)?))
}

/// The name with which a text ends, but for what may stand between a name and a birth date.
fn name_before(text: &[char]) -> Option<String> {
    let text: String = text.iter().collect();
    let whole = last_sentence(&text);
    let sentence = last_sentence(text.rsplit(['|', '\t', ';', ':']).next()?.rsplit("  ").next()?);
    let mut before = words_of(sentence);
    let mut is_apart = false;
    for _ in 0..BETWEEN_WORDS_MAX {
        match before.last() {
            Some((word, is_last)) if words::may_stand_between(word) => {
                is_apart |= !*is_last || word.chars().any(char::is_alphanumeric);
                before.pop();
            }
            _ => break,
        }
    }
    // A heading above `born:` is no name.
    let (last, ends_line) = *before.last()?;
    if ends_line && !is_apart && !last.ends_with([',', '(']) {
        return None;
    }
    let name = name_at_end(&mut before)?;
    let lead = before.last().map(|(word, _)| plain(word));
    let is_led = |is: fn(&str) -> bool| before.iter().rev().take(2).any(|(word, _)| is(&plain(word)));
    let is_of = lead.as_deref().is_some_and(words::is_of);
    let is_place = lead.as_deref().is_some_and(words::leads_to_place);
    // `Siblings: Leo (born ...) and Mia (born ...)`: over the cells of the line, too.
    let line = whole.rsplit('\n').next().unwrap_or_default();
    let led = line.split_whitespace().rev().take(LEAD_WORDS_MAX).any(|word| is_of_kin(&plain(word)));
    (!is_place && (is_of || !led && !is_led(is_kin))).then_some(name)
}

/// The words that begin large and stand together at the end, and particles among them; what is left stays.
fn name_at_end(before: &mut Vec<(&str, bool)>) -> Option<String> {
    let mut name: Vec<&str> = Vec::new();
    while let Some((word, ends_line)) = before.last().copied() {
        let own = word.trim_matches(['(', '[', ')', ']', '"', '“', '„']);
        let bare = own.trim_end_matches(',');
        let parted = own.len() > bare.len() && name.len() > 1;
        let large = bare.chars().next().is_some_and(char::is_uppercase);
        let fits = large || !name.is_empty() && words::is_particle(bare);
        // `MRI. Ana Ruiz`, but `St. John` and `J. Ruiz`.
        let ends_sentence = !name.is_empty() && bare.ends_with('.') && bare.chars().count() > SHORT_WORD_CHARS_MAX;
        let full = name.len() >= NAME_WORDS_MAX || name.len() > 1 && ends_line;
        let word_of_kin = !name.is_empty() && is_of_kin(&plain(bare));
        if parted || full || ends_sentence || word_of_kin || !fits || words::is_before_name(&plain(bare)) {
            break;
        }
        // The comma behind the whole name belongs to the sentence.
        name.insert(0, if name.is_empty() { bare } else { own });
        before.pop();
        if word.starts_with(['(', '[']) {
            break;
        }
    }
    // `Mutter von Anna Muster`: a small word before the name belongs to what leads to it.
    while name.first().is_some_and(|first| !first.starts_with(char::is_uppercase)) {
        before.push((name.remove(0), false));
    }
    let is_other = |word: &&str| is_of_kin(&plain(word)) || words::is_of_heading(&plain(word));
    let is_other = name.iter().any(is_other);
    let name = name.join(" ");
    (!is_other && !is_staff(&name)).then(|| accepted(Field::Name, &name).filter(|found| *found == name)).flatten()
}

/// A word for a relative that is nobody's name.
fn is_of_kin(word: &str) -> bool {
    word.chars().count() >= KIN_CHARS_MIN && is_kin(word)
}

/// Words with whether a line ends behind them.
fn words_of(text: &str) -> Vec<(&str, bool)> {
    let mut all: Vec<(&str, bool)> = Vec::new();
    for line in text.split('\n') {
        if let Some(last) = all.last_mut() {
            last.1 = true;
        }
        all.extend(line.split_whitespace().map(|word| (word, false)));
    }
    all
}

/// What stands behind the last full stop that ends a sentence: not that of `J.` or `Mr.`
fn last_sentence(text: &str) -> &str {
    let mut ends = text.char_indices().filter(|(at, c)| {
        let behind = text[at + c.len_utf8()..].starts_with(char::is_whitespace);
        let word = text[..*at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        behind && (matches!(c, '!' | '?') || *c == '.' && word.chars().count() > SHORT_WORD_CHARS_MAX)
    });
    ends.next_back().map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// What a line says of somebody without naming them.
#[derive(Default)]
struct Particulars {
    /// A birth date or number behind its label.
    is_labelled: bool,
    /// A sex behind its label or in a cell of its own.
    has_sex: bool,
    /// An age in a cell of its own.
    has_age: bool,
    /// A date in a cell of its own, of which the line does not say what it means.
    date: Option<String>,
}

impl Particulars {
    fn of(line: &str) -> Self {
        let labelled = fields(line, None);
        let mut all = Self {
            is_labelled: labelled.iter().any(|(field, _)| matches!(field, Field::Birth | Field::Id)),
            has_sex: labelled.iter().any(|(field, _)| *field == Field::Sex),
            has_age: false,
            date: None,
        };
        for cell in cells(line).into_iter().flat_map(|cell| cell.split([',', '·'])).map(str::trim) {
            all.has_age |= is_age(cell);
            all.has_sex |= words::is_sex(cell);
            if let Some(date) = accepted(Field::Birth, cell).filter(|date| date == cell) {
                all.date.get_or_insert(date);
            }
        }
        all
    }

    /// Do they belong to the name beside or above them? A name that is written in the order of registers, or called the
    /// patient's, needs a label; another, which may be a heading, two of them.
    fn fit(&self, is_sure: bool) -> bool {
        let several = [self.is_labelled, self.has_sex, self.has_age].into_iter().filter(|has| *has).count() > 1;
        is_sure && self.is_labelled || several
    }
}

/// `8 yrs`, `14 months old`, `8y`; `7 days after surgery` is none.
fn is_age(cell: &str) -> bool {
    let figures = cell.chars().take_while(char::is_ascii_digit).count();
    let unit = cell.get(figures..).unwrap_or_default().trim_start_matches([' ', '-']).to_lowercase();
    (1..=AGE_DIGITS_MAX).contains(&figures) && words::is_unit_of_age(&unit)
}

/// `Bennett, Oliver` above `DOB: ...`, `Oliver Bennett | M | 8 yrs | 22 Jul 2016`: a name beside or above what describes a
/// person.
fn above_particulars(lines: &[&str], place: &str) -> Vec<NamedPerson> {
    let mut all: Vec<NamedPerson> = Vec::new();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.len() <= LINE_CHARS_MAX) {
        let Some((name, is_sure, rest)) = name_at_start(line) else { continue };
        let told = if rest.trim().is_empty() { lines.get(at + 1).copied().unwrap_or_default() } else { rest };
        let particulars = Particulars::of(told);
        if all.len() >= PEOPLE_MAX {
            break;
        }
        let known = all.iter().any(|person| person.names.contains(&name));
        if known || told.len() > LINE_CHARS_MAX || !particulars.fit(is_sure) {
            continue;
        }
        all.push(somebody(name, None, place));
        // Only a birth date that turns out to be the child's is taken for one.
        all.extend(particulars.date.map(|written| NamedPerson {
            birth_date: Some(written),
            role: PersonRole::Unknown,
            place: place.to_owned(),
            ..NamedPerson::default()
        }));
    }
    all
}

/// The name in the first cell of a line, whether it can hardly be anything else, and what follows it in the line.
fn name_at_start(line: &str) -> Option<(String, bool, &str)> {
    let line = line.trim_start();
    let gap = [line.find("  "), line.find(['|', '\t']), line.find(" · "), first_label(line)];
    let end = gap.into_iter().flatten().min().unwrap_or(line.len());
    let cell = line[..end].trim();
    let told = cell.split_once(' ').filter(|(first, _)| is_label_of_name(&first.to_lowercase()));
    let name = told.map_or(cell, |(_, name)| name).trim_end_matches(',').trim();
    let of_others = |word: &str| word.chars().count() >= KIN_CHARS_MIN && speaks_of_others(word);
    let is_heading = name.split_whitespace().map(plain).any(|word| words::is_of_heading(&word) || of_others(&word));
    if name.chars().any(|c| c.is_ascii_digit()) || is_heading || is_staff(name) {
        return None;
    }
    let sides = name.split(',').map(|side| side.split_whitespace().count());
    let in_order = name.matches(',').count() == 1 && sides.into_iter().all(|count| (1..=3).contains(&count));
    let accepted = accepted(Field::Name, name).filter(|found| found == name)?;
    Some((accepted, told.is_some() || in_order, &line[end..]))
}

#[cfg(test)]
mod tests;
