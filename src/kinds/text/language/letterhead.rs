//! Which lines at the top of a page are a letterhead: who writes, from where, how to be reached.
//!
//! A letterhead says in which country a letter was printed, not in which language it is written. It is told by its form:
//! lines of headings, names and addresses, no sentence among them, with something on it that only a sender has (an
//! institution, a title, a telephone, an address of the net), and sentences after it. A table or a form has no sentences
//! after it and is no letterhead, in whatever language it is.

use std::ops::Range;

/// Lines that a letterhead has at most: what is longer is content.
const LINES_MAX: usize = 8;

/// Words that a line of running text has at least.
const RUNNING_WORDS_MIN: usize = 4;

/// Characters that a line of running text has at least where the script knows no small letters.
const RUNNING_CHARS_MIN: usize = 20;

/// Digits that a telephone number or a postal code has at least.
const NUMBER_DIGITS_MIN: usize = 5;

/// Parts of words for places where people are treated, and titles of those who treat them.
const SENDERS: &[&str] = &[
    "hospital",
    "hôpital",
    "hospice",
    "klini",
    "clini",
    "clíni",
    "κλινικ",
    "клини",
    "institut",
    "istituto",
    "instytut",
    "институт",
    "praxis",
    "praktijk",
    "universi",
    "универси",
    "ospedal",
    "policlin",
    "szpital",
    "nemocni",
    "bolni",
    "больни",
    "болни",
    "лікарн",
    "бальні",
    "hastane",
    "xəstəxana",
    "shifoxona",
    "sjukhus",
    "sykehus",
    "sygehus",
    "sjúkrahús",
    "ziekenhuis",
    "sairaala",
    "haigla",
    "slimnīc",
    "ligonin",
    "kórház",
    "spital",
    "νοσοκομ",
    "rumah sakit",
    "bệnh viện",
    "isbitaal",
    "medical cent",
    "مستشفى",
    "بیمارستان",
    "ہسپتال",
    "בית חולים",
    "בית החולים",
    "医院",
    "病院",
    "병원",
    "अस्पताल",
    "रुग्णालय",
    "হাসপাতাল",
    "โรงพยาบาล",
    "dr.",
    "dra.",
    "prof.",
    "д-р",
];

/// Lines of a letterhead behind the last that says who writes: hours, a ward, a motto. More are what it is about.
const BEHIND_SENDER_MAX: usize = 3;

/// The lines of the letterhead, from 0; empty where there is none.
pub(super) fn lines(page: &[&str]) -> Range<usize> {
    let filled = || page.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((body, _)) = filled().take(LINES_MAX + 1).find(|(at, _)| is_running(page, *at)) else { return 0..0 };
    // Paragraph by paragraph from the top, as long as each says who writes: diagnoses between sender and text do not.
    let mut end = 0;
    for paragraph in page[..body].split_inclusive(|line| line.trim().is_empty()) {
        if paragraph.iter().all(|line| line.trim().is_empty()) {
            end += paragraph.len();
            continue;
        }
        // What was read from pixels has no empty lines: a paragraph counts up to its last line that says who writes, and a
        // little beyond.
        let Some(last) = paragraph.iter().rposition(|line| is_of_sender(line)) else { break };
        let filled = paragraph[last + 1..].iter().filter(|line| !line.trim().is_empty()).count();
        if filled > BEHIND_SENDER_MAX {
            end += last + 1 + BEHIND_SENDER_MAX;
            break;
        }
        end += paragraph.len();
    }
    0..end
}

/// Is this line a part of a sentence: does one end in it, or go on in the next line?
fn is_running(page: &[&str], at: usize) -> bool {
    let line = page[at].trim();
    let is_cased = line.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    if !is_cased {
        return line.chars().count() >= RUNNING_CHARS_MIN && !is_of_sender(line);
    }
    let words = line.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    let next = page.get(at + 1).and_then(|line| line.trim().chars().next());
    let goes_on = next.is_some_and(char::is_lowercase) || line.starts_with(char::is_lowercase);
    words >= RUNNING_WORDS_MIN && (goes_on || ends_sentence(line)) && !has_number(line)
}

/// Does a sentence end in this line: a point behind a word that is too long for an abbreviation?
fn ends_sentence(line: &str) -> bool {
    let mut tokens = line.split_whitespace().peekable();
    while let Some(token) = tokens.next() {
        let word = token.trim_end_matches(['.', '!', '?', '"', ')', '”', '»']);
        let ends = token[word.len()..].starts_with(['.', '!', '?']);
        let is_small = word.starts_with(char::is_lowercase);
        let letters_min = if !is_small {
            5
        } else if tokens.peek().is_none() {
            3
        } else {
            4
        };
        if ends && word.chars().count() >= letters_min && word.chars().skip(1).all(char::is_lowercase) {
            return true;
        }
    }
    false
}

/// Does this line say who writes, or how to reach them?
fn is_of_sender(line: &str) -> bool {
    let lower = line.to_lowercase();
    line.contains('@') || lower.contains("www.") || has_number(line) || SENDERS.iter().any(|part| lower.contains(part))
}

/// A telephone number or a postal code: digits with nothing but spaces and signs between them.
fn has_number(line: &str) -> bool {
    let mut digits = 0;
    line.chars().any(|c| {
        match c {
            c if c.is_numeric() => digits += 1,
            ' ' | '-' | '/' | '(' | ')' | '+' => {}
            _ => digits = 0,
        }
        digits >= NUMBER_DIGITS_MIN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(page: &str, wanted: usize) {
        assert_eq!(lines(&page.lines().collect::<Vec<_>>()), 0..wanted, "{page}");
    }

    /// Proves that a letterhead ends where the letter begins, with a gap between them or without.
    #[test]
    fn letterheads_end_where_letters_begin() {
        let head = "Kinderklinik am Stadtwald\nLindenallee 14, 50931 Köln\nTel. 0221 5550 118";
        let body = "Thank you for seeing this boy. He has had\nseizures since the spring.";
        check(&format!("{head}\n{body}"), 3);
        check(&format!("{head}\n\n{body}"), 4);
        check(body, 0);
    }

    /// Proves that diagnoses, tables and forms are no letterhead, nor is a letterhead alone.
    #[test]
    fn content_is_no_letterhead() {
        let body = "The boy was seen today and he is\nwell.";
        check(&format!("Diagnose: Asthma bronchiale\nTherapie: Salbutamol\n\n{body}"), 0);
        check("Kinderklinik am Stadtwald\nHämoglobin 12,1\nLeukozyten 7,2\nThrombozyten 240", 0);
        check(&format!("{}{body}", "Klinik\n".repeat(12)), 0);
        check("", 0);
    }
}
