//! What the bytes of a text say against the character set that is declared for them, or of one that is not declared.
//!
//! Specific Character Set (0008,0005) is required wherever a text leaves ISO-IR 6 (PS3.3 C.12.1.1.2), and is often absent
//! or wrong. UTF-8 proves itself. Of other bytes it can only be told that no name in Latin letters is written so; such
//! words become U+FFFD, so that nobody compares letters that were never written. Nothing is guessed.

use encoding_rs::Encoding;

/// What is declared, as far as it can be contradicted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Declared {
    /// Nothing, or nothing but ASCII.
    Nothing,
    /// ISO-IR 100, which many devices write into everything.
    Latin1,
    /// Another set in Latin letters.
    Latin,
    /// A single-byte set of another script.
    OtherScript,
    /// Sets of two and more bytes a character, or none that bytes could contradict.
    Bytes,
}

/// Single bytes of the Latin sets that are met beside ISO-IR 100: central European and Turkish, as Windows writes them.
const BESIDE_LATIN1: &[&Encoding] = &[encoding_rs::WINDOWS_1250, encoding_rs::WINDOWS_1254];

/// Sequences that prove UTF-8 where another script is declared: three in a row are no chance.
const SEQUENCES_MIN: usize = 3;

/// Bytes beyond ASCII to one ASCII letter, from which on a word is in no Latin script.
const FOREIGN_SHARE: usize = 3;

/// The text, if the bytes are UTF-8 whatever is declared. Text with escape sequences never is.
pub(super) fn as_utf8(bytes: &[u8], declared: Declared) -> Option<&str> {
    if bytes.is_ascii() || bytes.contains(&0x1B) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let beyond = || text.chars().filter(|c| !c.is_ascii());
    let proven = match declared {
        Declared::Nothing | Declared::Latin1 | Declared::Latin => true,
        Declared::OtherScript => beyond().count() >= SEQUENCES_MIN && beyond().all(char::is_alphabetic),
        // Two-byte characters seldom fall into threes.
        Declared::Bytes => beyond().count() >= 2 && beyond().all(|c| c.len_utf8() == 3 && c.is_alphabetic()),
    };
    proven.then_some(text)
}

/// What a person name that is not UTF-8 may read where nothing or ISO-IR 100 is declared: the likeliest first. Words in
/// another script than Latin are U+FFFD.
pub(super) fn names(bytes: &[u8], declared: Declared) -> Vec<String> {
    let groups: Vec<&[u8]> = bytes.split(|byte| matches!(byte, b'\\' | b'=')).collect();
    let foreign: Vec<bool> = groups.iter().map(|group| words(group).any(is_foreign)).collect();
    let latin1 = |byte: u8| char::from(byte).to_string();
    let mut readings = vec![written(bytes, &foreign, latin1)];
    // `³` in a name is a letter of another set.
    let doubtful =
        groups.iter().zip(&foreign).any(|(group, foreign)| !foreign && group.iter().any(|byte| is_no_letter(*byte)));
    if declared == Declared::Nothing || doubtful {
        for encoding in BESIDE_LATIN1 {
            let one = |byte: u8| encoding.decode_without_bom_handling(&[byte]).0.into_owned();
            let reading = written(bytes, &foreign, one);
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
    }
    readings
}

/// Is it beyond ASCII and no letter in ISO-IR 100?
fn is_no_letter(byte: u8) -> bool {
    byte >= 0x80 && byte != 0xA0 && byte != 0xB4 && !char::from(byte).is_alphabetic()
}

fn words(group: &[u8]) -> impl Iterator<Item = &[u8]> {
    group.split(|byte| is_gap(*byte)).filter(|word| !word.is_empty())
}

const fn is_gap(byte: u8) -> bool {
    matches!(byte, b'^' | b' ' | b',' | b'-' | b'.' | b'\'' | b'\\' | b'=' | 0)
}

/// Hardly an ASCII letter beside two and more bytes beyond, or control characters of ISO-IR 100 where letters should be.
fn is_foreign(word: &[u8]) -> bool {
    let beyond = word.iter().filter(|byte| **byte >= 0x80).count();
    let controls = word.iter().filter(|byte| (0x80..0xA0).contains(*byte)).count();
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    beyond >= 2 && (beyond >= FOREIGN_SHARE * letters || controls >= 2)
}

/// The text with each byte as `one` reads it, but for words of groups in another script.
fn written(bytes: &[u8], foreign: &[bool], one: impl Fn(u8) -> String) -> String {
    let mut text = String::new();
    let mut group = 0;
    for word in bytes.split_inclusive(|byte| is_gap(*byte)) {
        let hidden = foreign.get(group).copied().unwrap_or_default() && !word.is_ascii();
        for byte in word {
            match byte {
                _ if byte.is_ascii() && (!hidden || is_gap(*byte)) => text.push(char::from(*byte)),
                _ if hidden => text.push(char::REPLACEMENT_CHARACTER),
                _ => text.push_str(&one(*byte)),
            }
        }
        group += usize::from(word.last().is_some_and(|byte| matches!(byte, b'\\' | b'=')));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that UTF-8 is told under any declaration, and that what another set writes is not taken for it.
    #[test]
    fn utf8_proves_itself() {
        let of = |text: &str, declared| as_utf8(text.as_bytes(), declared) == Some(text);
        assert!(of("M\u{fc}ller^J\u{f6}rg", Declared::Latin1) && of("Хоффманн^Лена", Declared::Latin1));
        assert!(of("Хоффманн^Лена", Declared::OtherScript) && of("王^小東", Declared::Bytes));
        assert!(!of("Ж", Declared::OtherScript) && !of("Хоффманн", Declared::Bytes) && !of("Ann", Declared::Nothing));
        // ISO 8859-5 for TA, GBK for two characters: both are well-formed UTF-8 by chance.
        assert_eq!(as_utf8(b"\xC2\xB0\xC2\xB0", Declared::OtherScript), None);
        assert_eq!(as_utf8(b"\xC4\xA3\xC4\xA3", Declared::Bytes), None);
    }

    /// Proves that words in another script are not read as Latin letters, and that Latin names are.
    #[test]
    fn letters_of_unknown_sets() {
        let of = |bytes: &[u8]| names(bytes, Declared::Latin1);
        let hidden = |written: &[String]| {
            written.iter().all(|name| !name.contains(char::is_alphabetic) && name.contains('\u{FFFD}'))
        };
        for foreign in [
            &b"\xD5\xEE\xF4\xF4\xEC\xE0\xED\xED^\xCB\xE5\xED\xE0"[..],
            b"\xBB\xF4\xB7\xF2\xC2\xFC^\xC0\xB3\xC4\xC8",
            b"\x83z\x83t\x83}\x83\x93^\x83\x8C\x83i",
            b"\xC7\xED",
        ] {
            assert!(hidden(&of(foreign)), "{foreign:?}: {:?}", of(foreign));
        }
        assert_eq!(of(b"M\xFCller^J\xF6rg"), ["M\u{fc}ller^J\u{f6}rg"]);
        assert_eq!(of(b"\xDC\xE7\xFCnc\xFC^G\xFCl"), ["\u{dc}\u{e7}\u{fc}nc\u{fc}^G\u{fc}l"]);
        assert_eq!(of(b"Hoffmann^Lena=\xBB\xF4\xB7\xF2"), ["Hoffmann^Lena=\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"]);
        assert_eq!(of(b"Hoffmann^\xCB\xE5\xED\xE0"), ["Hoffmann^\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"]);
    }

    /// Proves that a central European name is read in its own letters beside the likelier reading.
    #[test]
    fn latin_sets_beside_the_first() {
        let polish = names(b"Wa\xB3\xEAsa^Wies\xB3aw", Declared::Latin1);
        assert!(polish.contains(&"Wałęsa^Wiesław".to_owned()), "{polish:?}");
        let czech = names(b"Nov\xE1\xE8ek^Jan", Declared::Nothing);
        assert!(czech.contains(&"Nováček^Jan".to_owned()), "{czech:?}");
        assert_eq!(names(b"Nov\xE1k^Jan", Declared::Latin1).len(), 1);
    }
}
