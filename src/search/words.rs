//! Cuts text into words for the index, for questions and for marks in snippets: one routine, so that the three agree.
//!
//! Words are runs of letters and digits (Unicode), folded: compatibility forms (NFKC, so also Arabic presentation
//! forms and full-width letters), case and diacritics do not matter. Words joined by a hyphen and the like count
//! singly, and once more glued together ([`Role::Glued`]), so that `S15-2041` is found by its parts, whole and as
//! `S152041`, and a word that a line break cut is found whole. Scripts without spaces (Han, Kana, Hangul, Thai and
//! neighbours) are cut into pairs of characters plus the last one alone ([`Role::Last`]), which makes every
//! substring findable. No stemming, no stop words: phrases hold as they stand.
//!
//! Invariants: offsets are character boundaries of the text given; memory is bounded whatever the text is.

use super::fold::{self, Folded};
use crate::domain::limits::{WORD_CHARS_MAX, WORD_PARTS_MAX};
use std::{borrow::Cow, collections::VecDeque};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Characters of a script without spaces that are cut at once; longer runs are cut piece by piece.
const RUN_CHARS_MAX: usize = 512;

/// What a word is to its surroundings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// A word as it stands.
    Word,
    /// A pair of characters of a script without spaces.
    Pair,
    /// The last character of such a script's run, or its only one.
    Last,
    /// Joined words without their joints; stands at the position of the first.
    Glued,
}

/// A word found in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Word<'a> {
    /// Folded; the text's own bytes where folding changes nothing.
    pub(super) text: Cow<'a, str>,
    /// First byte in the text.
    pub(super) start: usize,
    /// Byte behind the last.
    pub(super) end: usize,
    /// Counted from 0 in words.
    pub(super) position: usize,
    /// Its role.
    pub(super) role: Role,
}

/// The words of a text, one after the other.
pub(super) struct Words<'a> {
    text: &'a str,
    at: usize,
    position: usize,
    ready: VecDeque<Word<'a>>,
}

impl<'a> Words<'a> {
    /// Begins at the start of `text`.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0, position: 0, ready: VecDeque::new() }
    }

    /// Cuts one compound of words, beginning at `self.at`.
    fn cut_compound(&mut self) -> Option<Word<'a>> {
        let (start, first) = (self.at, self.position);
        let (folded, end) = self.cut_word();
        let Some(next) = joint(self.text, end) else {
            // By far the most words stand alone: they need not queue.
            self.at = end;
            let word = Word { text: folded, start, end, position: first, role: Role::Word };
            self.position += usize::from(!word.text.is_empty());
            return (!word.text.is_empty()).then_some(word);
        };
        let mut glued = String::new();
        self.push_part(folded, end, &mut glued);
        self.at = next;
        loop {
            let (folded, end) = self.cut_word();
            self.push_part(folded, end, &mut glued);
            self.at = end;
            match joint(self.text, end) {
                Some(next) if self.ready.len() < WORD_PARTS_MAX => self.at = next,
                _ => break,
            }
        }
        if self.ready.len() > 1 && glued.chars().count() <= WORD_CHARS_MAX {
            // Directly behind the first part: positions must not go down, the index relies on it.
            let text = Cow::Owned(glued);
            self.ready.insert(1, Word { text, start, end: self.at, position: first, role: Role::Glued });
        }
        self.ready.pop_front()
    }

    fn push_part(&mut self, folded: Cow<'a, str>, end: usize, glued: &mut String) {
        if !folded.is_empty() {
            glued.push_str(&folded);
            self.push(folded, (self.at, end), Role::Word);
        }
    }

    /// The folded run of word characters at `self.at`, cut to the longest word there is, and where it ends.
    fn cut_word(&self) -> (Cow<'a, str>, usize) {
        let text = self.text;
        let rest = &text[self.at..];
        let bytes = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let next = rest[bytes..].chars().next();
        if bytes > 0 && !next.is_some_and(in_word) {
            let word = &rest[..bytes.min(WORD_CHARS_MAX)];
            let capitals = word.bytes().any(|byte| byte.is_ascii_uppercase());
            let word = if capitals { Cow::Owned(word.to_ascii_lowercase()) } else { Cow::Borrowed(word) };
            return (word, self.at + bytes);
        }
        let chars = rest.find(|char| !in_word(char)).unwrap_or(rest.len());
        let kept = rest[..chars].char_indices().nth(WORD_CHARS_MAX).map_or(chars, |(at, _)| at);
        (Cow::Owned(fold::word(&rest[..kept])), self.at + chars)
    }

    /// Cuts one run of a script without spaces, beginning at `self.at`.
    fn cut_run(&mut self) {
        let rest = &self.text[self.at..];
        let in_run = |(_, char): &(usize, char)| is_unspaced(*char) || fold::is_mark(*char);
        let run = rest.char_indices().take_while(in_run).take(RUN_CHARS_MAX + 1);
        let (count, last) = run.fold((0, 0), |(count, _), (at, _)| (count + 1, at));
        // With one character more than a piece holds, the piece ends before it.
        let cut = (count > RUN_CHARS_MAX).then_some(last);
        let whole = last + rest[last..].chars().next().map_or(0, char::len_utf8);
        let chars: Vec<Folded> = fold::run(&rest[..cut.unwrap_or(whole)]);
        let base = self.at;
        for pair in chars.windows(2) {
            let text: String = [pair[0].char, pair[1].char].iter().collect();
            self.push(Cow::Owned(text), (base + pair[0].start, base + pair[1].end), Role::Pair);
        }
        match (chars.last(), cut) {
            // The next piece begins with this piece's last character: no pair is lost at the cut.
            (Some(last), Some(_)) if last.start > 0 => self.at = base + last.start,
            (Some(last), _) => {
                self.push(Cow::Owned(last.char.to_string()), (base + last.start, base + last.end), Role::Last);
                self.at = base + cut.unwrap_or(whole);
            }
            (None, _) => self.at = base + cut.unwrap_or(whole),
        }
    }

    fn push(&mut self, text: Cow<'a, str>, (start, end): (usize, usize), role: Role) {
        self.ready.push_back(Word { text, start, end, position: self.position, role });
        self.position += 1;
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        loop {
            if let Some(word) = self.ready.pop_front() {
                return Some(word);
            }
            let rest = &self.text[self.at..];
            self.at += rest.find(|char: char| char.is_alphanumeric() || is_unspaced(char))?;
            if self.text[self.at..].starts_with(is_unspaced) {
                self.cut_run();
            } else if let Some(word) = self.cut_compound() {
                return Some(word);
            }
        }
    }
}

/// The tokenizer of every indexed field.
#[derive(Clone)]
pub(super) struct WordTokenizer;

/// Words as the index wants them.
pub(super) struct WordStream<'a> {
    words: Words<'a>,
    token: Token,
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { words: Words::of(text), token: Token::default() }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.text.clear();
        self.token.text.push_str(&word.text);
        self.token.offset_from = word.start;
        self.token.offset_to = word.end;
        self.token.position = word.position;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Where the next part begins if the word ending at `end` is joined to one.
fn joint(text: &str, end: usize) -> Option<usize> {
    let mut chars = text[end..].chars();
    let joiner = chars.next().filter(|char| *char != ' ')?;
    let before = text[..end].chars().next_back()?;
    let mut rest = chars.as_str();
    if is_hyphen(joiner) {
        // A word cut at the end of a line goes on at the start of the next.
        if let Some(line) = rest.strip_prefix('\n').or_else(|| rest.strip_prefix("\r\n")) {
            rest = line.trim_start_matches([' ', '\t']);
        }
    }
    let after = rest.chars().next().filter(|char| char.is_alphanumeric() && !is_unspaced(*char))?;
    let digits = before.is_numeric() && after.is_numeric();
    let joined = match joiner {
        '_' | '\'' | '\u{2019}' => true,
        '.' | ',' | '/' | ':' => digits,
        _ => is_hyphen(joiner),
    };
    joined.then(|| text.len() - rest.len())
}

fn is_hyphen(char: char) -> bool {
    matches!(char, '-' | '\u{2010}'..='\u{2013}' | '\u{00AD}')
}

fn in_word(char: char) -> bool {
    (char.is_alphanumeric() || fold::is_mark(char)) && !is_unspaced(char)
}

/// Is this a letter of a script that writes without spaces, or (Hangul) whose words carry their endings?
fn is_unspaced(char: char) -> bool {
    // Most text lies below them all.
    char >= '\u{E01}'
        && matches!(u32::from(char),
        0x0E01..=0x0ECF                 // Thai, Lao; their digits (0E50, 0ED0) sort with the run, harmlessly
        | 0x1000..=0x109F | 0x1780..=0x17DD // Myanmar, Khmer
        | 0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF // Hangul
        | 0x3005..=0x3007 | 0x3041..=0x3096 | 0x3099..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF | 0x31F0..=0x31FF // Kana
        | 0xFF66..=0xFFDC               // half-width Kana and Hangul
        | 0x2E80..=0x2FD5 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF) // Han
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[(&str, usize)]) {
        let found: Vec<(String, usize)> = Words::of(text).map(|word| (word.text.into_owned(), word.position)).collect();
        let found: Vec<(&str, usize)> = found.iter().map(|(text, at)| (text.as_str(), *at)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    /// Proves that case, diacritics and compatibility forms are folded.
    #[test]
    fn folds() {
        check("Größe NIÑO ﬁbrosis", &[("grosse", 0), ("nino", 1), ("fibrosis", 2)]);
        check("\u{FED3}\u{FEA4}\u{FEBA}", &[("\u{641}\u{62D}\u{635}", 0)]);
        check("ＣＴ２", &[("ct2", 0)]);
        check("Łódź İstanbul", &[("lodz", 0), ("istanbul", 1)]);
    }

    /// Proves that joined words are found by part and whole.
    #[test]
    fn keeps_numbers_whole_and_in_parts() {
        check("S15-2041.", &[("s15", 0), ("s152041", 0), ("2041", 1)]);
        check("HLC-20413 x", &[("hlc", 0), ("hlc20413", 0), ("20413", 1), ("x", 2)]);
        check("1.2.3", &[("1", 0), ("123", 0), ("2", 1), ("3", 2)]);
        check("medullo-\n  blastoma", &[("medullo", 0), ("medulloblastoma", 0), ("blastoma", 1)]);
        check("brain.Next a/b", &[("brain", 0), ("next", 1), ("a", 2), ("b", 3)]);
    }

    /// Proves that scripts without spaces become pairs, and that the last character stands alone.
    #[test]
    fn pairs() {
        check("CT検査結果", &[("ct", 0), ("検査", 1), ("査結", 2), ("結果", 3), ("果", 4)]);
        check("肝", &[("肝", 0)]);
        check("ｶﾞﾝ", &[("ガン", 0), ("ン", 1)]);
    }

    /// Proves that pieces of a long run lose no pair and repeat no position.
    #[test]
    fn long_run() {
        let text: String = (0..2_000).map(|n| if n % 2 == 0 { '肝' } else { '臓' }).collect();
        let words: Vec<Word> = Words::of(&text).collect();
        assert_eq!(words.len(), 2_000);
        assert!(words.iter().enumerate().all(|(n, word)| word.position == n));
        assert_eq!(words.iter().filter(|word| word.role == Role::Last).count(), 1);
    }

    proptest! {
        /// Proves for any text that offsets are character boundaries, positions never fall and words are bounded.
        #[test]
        fn any_text(text in "\\PC{0,80}|[a-zé肝ガ\\-_.\n0-9\u{301}\u{3099}\u{E33} ]{0,80}") {
            let mut last = 0;
            for word in Words::of(&text) {
                prop_assert!(word.start < word.end && text.get(word.start..word.end).is_some());
                prop_assert!(word.position >= last);
                prop_assert!(!word.text.is_empty());
                last = word.position;
            }
        }
    }
}
