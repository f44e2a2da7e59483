//! Folds words: what a person would call the same word becomes the same bytes.
//!
//! NFKC (Unicode Annex 15), lower case, without the diacritics of Latin, Greek, Cyrillic, Hebrew and Arabic. Marks
//! that carry the sound (Indic and Thai vowels, the voicing of Kana) stay.

use unicode_normalization::{UnicodeNormalization, char::compose, char::is_combining_mark};

/// A folded character and the bytes it came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Folded {
    /// The character.
    pub(super) char: char,
    /// First byte.
    pub(super) start: usize,
    /// Byte behind the last.
    pub(super) end: usize,
}

/// Folds one word.
pub(super) fn word(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for char in text.nfkd().filter(|char| !is_dropped(*char)).flat_map(char::to_lowercase) {
        match letters(char) {
            Some(letters) => folded.push_str(letters),
            None if is_dropped(char) => {}
            None => folded.push(char),
        }
    }
    if folded.is_ascii() { folded } else { folded.nfc().collect() }
}

/// Folds a run of a script without spaces character by character, so that each knows where it came from.
pub(super) fn run(text: &str) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::with_capacity(text.len() / 3);
    for (start, char) in text.char_indices() {
        let end = start + char.len_utf8();
        for char in std::iter::once(char).nfkc().filter(|char| !is_dropped(*char)) {
            // Half-width Kana write their voicing mark as a character of its own.
            if let Some(last) = folded.last_mut()
                && let Some(joined) = compose(last.char, char)
            {
                (last.char, last.end) = (joined, end);
            } else if char.is_alphanumeric() || is_combining_mark(char) {
                folded.push(Folded { char, start, end });
            }
        }
    }
    folded
}

/// May this stand inside a word without being a letter or digit: combining marks and invisible joiners?
pub(super) fn is_mark(char: char) -> bool {
    matches!(char, '\u{200C}' | '\u{200D}' | '\u{640}') || (!char.is_ascii() && is_combining_mark(char))
}

/// Marks that do not make another word.
fn is_dropped(char: char) -> bool {
    matches!(u32::from(char),
        0x0300..=0x036F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F
        | 0x0483..=0x0487
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x065F | 0x0670 | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06ED
        | 0x200C..=0x200D)
}

/// Letters that differ by habit or keyboard only and that NFKC leaves apart.
fn letters(char: char) -> Option<&'static str> {
    Some(match char {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'þ' => "th",
        'ς' => "σ",
        // Persian and Urdu forms of Arabic letters, alef maqsura, teh marbuta.
        '\u{6CC}' | '\u{649}' => "\u{64A}",
        '\u{6A9}' => "\u{643}",
        '\u{629}' | '\u{6C1}' => "\u{647}",
        _ => return None,
    })
}
