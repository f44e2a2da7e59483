//! The text around a match, with the matches marked.
//!
//! Finds matches with the same words and patterns as the index, so marks are right for phrases, prefixes, near words
//! and scripts without spaces. The result is one line without control characters; marks lie on character
//! boundaries, in order, and do not overlap.

use super::{
    question::{Clause, How, Pattern, Wanted},
    words::{Word, Words},
};
use crate::domain::limits::SNIPPET_CHARS_MAX;

/// Characters shown before the first match.
const LEAD_CHARS: usize = 40;
/// Matches that are weighed against each other; a page full of them needs no better choice.
const MATCHES_MAX: usize = 256;

/// A match: bytes of the text, and the clause that found it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Match {
    start: usize,
    end: usize,
    clause: usize,
}

/// What is shown of a match.
pub(super) struct Shown {
    /// Text around it.
    pub(super) snippet: String,
    /// Byte ranges of the snippet that matched.
    pub(super) marks: Vec<(usize, usize)>,
    /// Byte ranges of the whole text that matched, in order; of very many the first.
    pub(super) found: Vec<(usize, usize)>,
}

/// The snippet, and what matched in it and in the whole text.
pub(super) fn snippet(text: &str, clauses: &[Clause]) -> Shown {
    let mut matches = find(text, clauses);
    matches.sort_unstable();
    let few = &matches[..matches.len().min(MATCHES_MAX)];
    let (from, until) = window(text, best(text, few));
    let found = few.iter().map(|found| (found.start, found.end)).collect();
    let (snippet, marks) = render(text, (from, until), &merged(&matches));
    Shown { snippet, marks, found }
}

fn find(text: &str, clauses: &[Clause]) -> Vec<Match> {
    let wanted: Vec<(usize, &Clause)> =
        clauses.iter().enumerate().filter(|(_, clause)| clause.wanted == Wanted::Present).collect();
    let mut seen: Vec<Vec<Vec<Seen>>> = Vec::new();
    let phrases: Vec<(usize, &[Pattern])> = wanted
        .iter()
        .flat_map(|(index, clause)| clause.phrases.iter().map(|phrase| (*index, phrase.as_slice())))
        .collect();
    seen.extend(phrases.iter().map(|(_, phrase)| vec![Vec::new(); phrase.len()]));
    for word in Words::of(text) {
        for ((_, phrase), seen) in phrases.iter().zip(&mut seen) {
            for (pattern, seen) in phrase.iter().zip(seen) {
                if matches_word(pattern, &word) {
                    seen.push(Seen { position: word.position, start: word.start, end: word.end });
                }
            }
        }
    }
    let mut matches = Vec::new();
    for ((clause, phrase), seen) in phrases.iter().zip(&seen) {
        for first in &seen[0] {
            let rest = phrase.iter().zip(seen).map(|(pattern, seen)| at(seen, first.position + pattern.offset));
            if let Some(words) = rest.collect::<Option<Vec<Seen>>>() {
                matches.extend(words.iter().map(|word| Match { start: word.start, end: word.end, clause: *clause }));
            }
        }
    }
    matches
}

/// Where a pattern was seen.
#[derive(Clone, Copy)]
struct Seen {
    position: usize,
    start: usize,
    end: usize,
}

fn at(seen: &[Seen], position: usize) -> Option<Seen> {
    let index = seen.partition_point(|seen| seen.position < position);
    seen.get(index).filter(|seen| seen.position == position).copied()
}

fn matches_word(pattern: &Pattern, word: &Word<'_>) -> bool {
    match pattern.how {
        How::Exact => word.text == pattern.text,
        How::Prefix => word.text.starts_with(&pattern.text),
        How::Fuzzy(distance) => near(&pattern.text, &word.text, distance.into()),
    }
}

/// Do two words differ in at most `distance` letters, swapped neighbours counting as one (optimal string alignment)?
fn near(a: &str, b: &str, distance: usize) -> bool {
    if a.len().abs_diff(b.len()) > distance * char::MAX.len_utf8() {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > distance {
        return false;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cost = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(before[j - 2] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= distance
}

/// Where the window with most clauses, then most matches, begins and ends.
fn best(text: &str, matches: &[Match]) -> Option<Match> {
    let mut best: Option<((usize, usize), Match)> = None;
    for (index, first) in matches.iter().enumerate() {
        let reach = forward(text, first.start, SNIPPET_CHARS_MAX - LEAD_CHARS);
        let inside: Vec<&Match> = matches[index..].iter().take_while(|other| other.end <= reach).collect();
        let mut clauses: Vec<usize> = inside.iter().map(|other| other.clause).collect();
        clauses.sort_unstable();
        clauses.dedup();
        let weight = (clauses.len(), inside.len());
        if best.is_none_or(|(most, _)| weight > most) {
            let end = inside.iter().map(|other| other.end).max().unwrap_or(first.end);
            best = Some((weight, Match { end, ..*first }));
        }
    }
    best.map(|(_, found)| found)
}

/// The bytes to show: some words before the match, then as many as there is room for.
fn window(text: &str, found: Option<Match>) -> (usize, usize) {
    let Some(found) = found else {
        return (0, word_end(text, 0, forward(text, 0, SNIPPET_CHARS_MAX - 1)));
    };
    let lead = backward(text, found.start, LEAD_CHARS);
    let from = match text[lead..found.start].find(char::is_whitespace) {
        Some(space) if lead > 0 => lead + space,
        _ => lead,
    };
    // Two characters are kept for the signs of omission.
    (from, word_end(text, found.end, forward(text, from, SNIPPET_CHARS_MAX - 2)))
}

/// The last space before `until`, unless that would cut what ends at `keep`.
fn word_end(text: &str, keep: usize, until: usize) -> usize {
    if until == text.len() || keep >= until {
        return until;
    }
    text[keep..until].rfind(char::is_whitespace).filter(|space| keep + space > 0).map_or(until, |space| keep + space)
}

fn forward(text: &str, from: usize, chars: usize) -> usize {
    text[from..].char_indices().nth(chars).map_or(text.len(), |(at, _)| from + at)
}

fn backward(text: &str, from: usize, chars: usize) -> usize {
    text[..from].char_indices().rev().take(chars).last().map_or(from, |(at, _)| at)
}

/// Joins matches that touch or overlap.
fn merged(matches: &[Match]) -> Vec<(usize, usize)> {
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for found in matches {
        match merged.last_mut() {
            Some(last) if found.start <= last.1 => last.1 = last.1.max(found.end),
            _ => merged.push((found.start, found.end)),
        }
    }
    merged
}

fn render(text: &str, (from, until): (usize, usize), matches: &[(usize, usize)]) -> (String, Vec<(usize, usize)>) {
    let mut shown = String::with_capacity(until - from + 8);
    let mut marks = Vec::new();
    let mut open = None;
    let mut space = false;
    let mut coming = matches.iter().skip_while(|found| found.1 <= from).peekable();
    shown.push_str(if text[..from].trim().is_empty() { "" } else { "…" });
    for (at, char) in text[from..until].char_indices().map(|(at, char)| (from + at, char)) {
        if let (Some(start), true) = (open, coming.peek().is_some_and(|found| at >= found.1)) {
            marks.push((start, shown.len()));
            open = None;
            coming.next();
        }
        if char.is_whitespace() || char.is_control() {
            space = !shown.is_empty();
            continue;
        }
        if is_invisible(char) {
            continue;
        }
        if std::mem::take(&mut space) {
            shown.push(' ');
        }
        if open.is_none() && coming.peek().is_some_and(|found| at >= found.0) {
            open = Some(shown.len());
        }
        shown.push(char);
    }
    marks.extend(open.map(|start| (start, shown.len())));
    shown.push_str(if text[until..].trim().is_empty() { "" } else { "…" });
    (shown, marks)
}

/// Characters that only steer: directions of writing, joiners, byte-order marks. Foreign text must not steer a page.
fn is_invisible(char: char) -> bool {
    matches!(char, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::question;
    use proptest::prelude::*;

    /// Marks in brackets.
    fn shown(text: &str, question: &str) -> String {
        let clauses = question::read(question).unwrap();
        let Shown { snippet: mut shown, marks, .. } = snippet(text, &clauses);
        for (start, end) in marks.into_iter().rev() {
            shown.insert(end, ']');
            shown.insert(start, '[');
        }
        shown
    }

    /// Proves that each kind of clause marks what it found, and nothing else.
    #[test]
    fn marks() {
        assert_eq!(shown("Left lobe, left ear", "\"left lobe\""), "[Left] [lobe], left ear");
        assert_eq!(shown("a Größe b", "grosse"), "a [Größe] b");
        assert_eq!(shown("medulloblastoma\nand\tmedulla", "medull*"), "[medulloblastoma] and [medulla]");
        assert_eq!(shown("the tumuor grew", "tumour~"), "the [tumuor] grew");
        assert_eq!(shown("CT検査結果です", "検査結果"), "CT[検査結果]です");
        assert_eq!(shown("大きい肝臓", "臓"), "大きい肝[臓]");
        assert_eq!(shown("No. S15-2041, other", "s15-2041 -other"), "No. [S15-2041], other");
        assert_eq!(shown("medullo-\n blastoma", "medulloblastoma"), "[medullo- blastoma]");
        assert_eq!(shown("plain \u{202E}words", "kind:pdf"), "plain words");
    }

    /// Proves that the window is where most of the question is, cut between words.
    #[test]
    fn windows() {
        let filler = "lorem ipsum dolor sit amet ".repeat(30);
        let text = format!("glioma {filler} posterior fossa glioma seen {filler}");
        let found = shown(&text, "glioma fossa");
        assert!(found.contains("posterior [fossa] [glioma] seen"), "{found}");
        assert!(found.starts_with("… ") && found.ends_with('…'), "{found}");
        assert!(found.replace(['[', ']'], "").chars().count() <= SNIPPET_CHARS_MAX, "{found}");
    }

    proptest! {
        /// Proves for any text that marks lie on boundaries, in order, inside the snippet, and that it is bounded.
        #[test]
        fn any_text(text in "([a-cé肝臓\n\u{301}\\- ]{0,40}|\\PC{0,40}){0,12}", question in "(ab|a\u{e9}*|abca~|肝臓|肝|\"a b\"|a-b)") {
            let Shown { snippet: shown, marks, .. } = snippet(&text, &question::read(&question).unwrap());
            prop_assert!(shown.chars().count() <= SNIPPET_CHARS_MAX);
            prop_assert!(!shown.contains('\n'));
            let mut last = 0;
            for (start, end) in marks {
                prop_assert!(start >= last && start < end && shown.get(start..end).is_some());
                last = end;
            }
        }
    }
}
