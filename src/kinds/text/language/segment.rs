//! Cutting a page into pieces of one script that are long enough to be judged.
//!
//! A piece ends with a line; lines shorter than wanted are joined with their neighbours of the same paragraph. What
//! is no word of any language (addresses of the net, numbers, codes, abbreviations) is left out of text and count.

use super::{letterhead, script::Script};
use std::collections::HashMap;

/// Fewer letters than this are not judged by statistics: measured, they are guessed as often as told.
pub(super) const LETTERS_JUDGED_MIN: u32 = 20;

/// Letters at which a piece is closed at the end of its line.
const LETTERS_WANTED: u32 = 40;

/// Words that are kept of one piece: a page without line ends is cut here.
const WORDS_MAX: usize = 60;

/// Units of measure, which stand in tables of any language.
const UNITS: &[&str] = &[
    "mg", "kg", "mcg", "ng", "pg", "ml", "mL", "dl", "dL", "fl", "cm", "mm", "mmHg", "mmol", "mol", "meq", "mEq", "bpm",
];

/// Where on a page a piece stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the letterhead.
    Head,
    /// In what is written below it.
    Body,
}

/// A piece of a page in one script.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Its script; `Kana` stands for Han with kana among it.
    pub(super) script: Script,
    /// Its words, one space between.
    pub(super) text: String,
    /// Its words as written.
    pub(super) words: Vec<String>,
    lower: Vec<String>,
    /// Weight in letters.
    pub(super) letters: u32,
    pub(super) place: Place,
    /// First and last line, from 0.
    pub(super) lines: (usize, usize),
    commas: usize,
}

impl Segment {
    /// Words in lower case.
    pub(super) fn lower_words(&self) -> impl Iterator<Item = &str> {
        self.lower.iter().map(String::as_str)
    }

    /// Words in lower case that hold a letter with a diacritic or beyond ASCII: no names, for those begin large.
    pub(super) fn marked_words(&self) -> usize {
        let shouting = self.words.iter().all(|word| !word.chars().any(char::is_lowercase));
        let marked = |word: &&String| {
            let small = word.chars().next().is_some_and(char::is_lowercase);
            (small || shouting) && word.chars().any(|c| c.is_alphabetic() && !c.is_ascii())
        };
        self.words.iter().filter(marked).count()
    }

    /// Running text: mostly words that begin small, and no list with a comma after every other word.
    pub(super) fn is_prose(&self) -> bool {
        let small = self.words.iter().filter(|word| word.chars().next().is_some_and(char::is_lowercase)).count();
        small * 10 >= self.words.len() * 6 && self.commas * 4 <= self.words.len()
    }

    /// All of these as one; `None` where there are none.
    pub(super) fn join(segments: &[Self]) -> Option<Self> {
        let mut rest = segments.iter();
        let mut whole = rest.next()?.clone();
        for segment in rest {
            whole.text.push(' ');
            whole.text.push_str(&segment.text);
            whole.words.extend_from_slice(&segment.words);
            whole.lower.extend_from_slice(&segment.lower);
            whole.letters = whole.letters.saturating_add(segment.letters);
            whole.commas += segment.commas;
            whole.lines = (whole.lines.0.min(segment.lines.0), whole.lines.1.max(segment.lines.1));
        }
        Some(whole)
    }

    fn new(script: Script, place: Place, line: usize) -> Self {
        let (words, lower) = (Vec::new(), Vec::new());
        Self { script, text: String::new(), words, lower, letters: 0, place, lines: (line, line), commas: 0 }
    }

    fn push(&mut self, word: &Word<'_>, line: usize) {
        self.lines.1 = line;
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word.text);
        self.lower.push(word.text.to_lowercase());
        self.words.push(word.text.to_owned());
        self.letters = self.letters.saturating_add(word.letters);
        self.commas += usize::from(word.comma);
        if word.script == Script::Kana {
            self.script = Script::Kana;
        }
    }
}

/// A word as found in a line.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    script: Script,
    letters: u32,
    comma: bool,
}

/// Cuts a page. Pieces come in the order in which they begin, script by script within a paragraph.
pub(super) fn segments(page: &str) -> Vec<Segment> {
    let mut all = Vec::new();
    let mut open: Vec<Segment> = Vec::new();
    let mut started: HashMap<Script, usize> = HashMap::new();
    let lines: Vec<&str> = page.lines().collect();
    let head = letterhead::lines(&lines);
    for (number, line) in lines.iter().enumerate() {
        if line.trim().is_empty() || number == head.end {
            close_paragraph(&mut all, &mut open, &mut started);
        }
        let place = if head.contains(&number) { Place::Head } else { Place::Body };
        for word in words(line) {
            let bucket = bucket(word.script);
            let at = open.iter().position(|segment| self::bucket(segment.script) == bucket);
            let at = at.unwrap_or_else(|| {
                open.push(Segment::new(bucket, place, number));
                open.len() - 1
            });
            open[at].push(&word, number);
            if open[at].words.len() >= WORDS_MAX {
                close(&mut all, open.swap_remove(at), &mut started);
            }
        }
        while let Some(full) = open.iter().position(|segment| segment.letters >= LETTERS_WANTED) {
            close(&mut all, open.remove(full), &mut started);
        }
    }
    close_paragraph(&mut all, &mut open, &mut started);
    all
}

/// Han and kana are one stream of text.
fn bucket(script: Script) -> Script {
    if script == Script::Kana { Script::Han } else { script }
}

fn close(all: &mut Vec<Segment>, segment: Segment, started: &mut HashMap<Script, usize>) {
    started.insert(bucket(segment.script), all.len());
    all.push(segment);
}

/// Ends a paragraph; a rest too short to be judged joins the paragraph's previous piece of its script.
fn close_paragraph(all: &mut Vec<Segment>, open: &mut Vec<Segment>, started: &mut HashMap<Script, usize>) {
    for rest in open.drain(..) {
        let previous = started.get(&bucket(rest.script)).copied();
        match previous {
            Some(previous) if rest.letters < LETTERS_JUDGED_MIN => {
                let pair = [all[previous].clone(), rest];
                if let Some(joined) = Segment::join(&pair) {
                    all[previous] = joined;
                }
            }
            _ => all.push(rest),
        }
    }
    started.clear();
}

/// The words of a line that bear on its language.
fn words(line: &str) -> Vec<Word<'_>> {
    let shouting = !line.chars().any(char::is_lowercase);
    let singles = line.split_whitespace().filter(|token| token.chars().count() == 1).count();
    let spaced_out = singles >= 5 && singles * 2 > line.split_whitespace().count();
    let mut words = Vec::new();
    for token in line.split_whitespace() {
        if is_code(token) {
            continue;
        }
        let whole = token.trim_matches(|c: char| !c.is_alphanumeric());
        let parts = token.split(|c: char| !(c.is_alphanumeric() || is_joiner(c)));
        for part in parts {
            let text = part.trim_matches(|c: char| !c.is_alphanumeric());
            let Some((script, letters)) = script_of(text) else { continue };
            // Single letters count only as words of their own: not from `b.i.d.`, not where type is spaced out.
            let torn = text.chars().count() == 1 && script == Script::Latin && (text.len() < whole.len() || spaced_out);
            if !torn && !is_abbreviation(text, shouting) && !UNITS.contains(&text) {
                words.push(Word { text, script, letters, comma: false });
            }
        }
        if token.ends_with([',', ';', '،', '、'])
            && let Some(last) = words.last_mut()
        {
            last.comma = true;
        }
    }
    words
}

/// Marks that stand inside words: vowel signs, accents of their own, apostrophes of English possessives.
fn is_joiner(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0610..=0x061A | 0x064B..=0x065F | 0x093C..=0x0963 | 0x0981..=0x0DFF
        | 0x0E31..=0x0EBC | 0x102B..=0x103E | 0x17B4..=0x17D3 | 0x200C..=0x200D)
        || c == '\''
        || c == '’'
}

/// Addresses of the net, and tokens with a digit in Latin letters: doses, codes, dates.
fn is_code(token: &str) -> bool {
    token.contains('@')
        || token.contains("://")
        || token.contains('_')
        || token.starts_with("www.")
        || token.chars().any(|c| c.is_ascii_digit()) && token.is_ascii()
}

/// `CT`, `TSH`, `kg`'s kin: a few capitals in a line that is not written in capitals throughout, or one capital.
fn is_abbreviation(word: &str, shouting: bool) -> bool {
    let count = word.chars().count();
    let capitals = word.chars().all(|c| c.is_uppercase());
    capitals && (count == 1 || count <= 5 && !shouting)
}

/// The script most letters of a word have, and their weight. One or two Greek letters are symbols.
fn script_of(word: &str) -> Option<(Script, u32)> {
    let mut counts: Vec<(Script, u32)> = Vec::new();
    for script in word.chars().filter_map(Script::of) {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    let (script, count) = counts.iter().copied().max_by_key(|(_, count)| *count)?;
    let kana = counts.iter().any(|(script, _)| *script == Script::Kana);
    let script = if script == Script::Han && kana { Script::Kana } else { script };
    let symbol = script == Script::One("el") && count <= 2;
    let weight = counts.iter().map(|(script, count)| script.weight() * count).sum();
    (!symbol).then_some((script, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that short lines of a paragraph are joined, that paragraphs stay apart and that codes do not count.
    #[test]
    fn lines_become_pieces() {
        let page =
            "Short line\nand another one that is longer than it\n\nMRN 4711-22 info@example.org CT\nПациент дома";
        let pieces = segments(page);
        let shown: Vec<_> = pieces.iter().map(|p| (p.script, p.text.as_str())).collect();
        assert_eq!(
            shown,
            [(Script::Latin, "Short line and another one that is longer than it"), (Script::Cyrillic, "Пациент дома")]
        );
    }

    /// Proves that any text is cut without loss of letters beyond the words left out, and without panic.
    #[test]
    fn letters_are_kept() {
        let page = "слово ".repeat(1_000);
        assert_eq!(segments(&page).iter().map(|p| p.letters).sum::<u32>(), 5_000);
        assert!(segments("").is_empty());
        assert!(segments("12.5 % (3/4)\n\n\u{301}").is_empty());
    }
}
