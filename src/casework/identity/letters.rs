//! Names taken apart into words that can be compared.
//!
//! A word is kept twice: in its own script, folded (NFKC, small letters, without accents and vowel points), and in Latin
//! letters. What is written is never changed; these are copies for comparison only.

use unicode_normalization::UnicodeNormalization;

/// Words of a name that are looked at: more stand in no name.
const WORDS_MAX: usize = 16;

/// Characters of a word that are looked at.
const WORD_CHARS_MAX: usize = 40;

/// How a script writes sounds, as far as comparing needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Script {
    /// Latin.
    Latin,
    /// Cyrillic, Greek and others with vowels that can be written in Latin letters.
    Alphabet,
    /// Arabic and Hebrew: short vowels are not written.
    Abjad,
    /// Chinese characters: their sound depends on the language.
    Han,
    /// Hiragana and katakana.
    Kana,
    /// Korean.
    Hangul,
}

impl Script {
    /// Is it written without a space between family and given name?
    pub(super) const fn is_joined(self) -> bool {
        matches!(self, Self::Han | Self::Kana | Self::Hangul)
    }
}

/// Where in a structured name a word stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Family name complex (PS3.5 6.2.1.1), or before the comma.
    Family,
    /// Given or middle name, or behind the comma.
    Given,
    /// The writing does not say.
    Any,
}

/// A word of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Word {
    /// Folded, in its own script.
    pub(super) native: String,
    /// Folded, in Latin letters.
    pub(super) latin: String,
    /// Its script.
    pub(super) script: Script,
    /// Where it stands.
    pub(super) part: Part,
    /// Digits among its letters were read as the letters they resemble.
    pub(super) mended: bool,
}

impl Word {
    fn new(text: &str, part: Part) -> Option<Self> {
        let mended = text.chars().any(|c| c.is_ascii_digit());
        let text: String = if mended { text.chars().map(letter_of).collect() } else { text.to_owned() };
        let native = folded(&text);
        let script = script_of(&native)?;
        let latin: String =
            any_ascii::any_ascii(&native).chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
        // Greek writes one sound with the two letters that are `oy` each by itself.
        let latin = if native.chars().any(|c| matches!(c, 'α'..='ω')) { latin.replace("oy", "ou") } else { latin };
        (!latin.is_empty()).then_some(Self { native, latin, script, part, mended })
    }

    /// A single letter: it may stand for many names.
    pub(super) fn is_initial(&self) -> bool {
        self.native.chars().count() == 1 && !self.script.is_joined()
    }

    /// A word that belongs to names and is none: `de`, `van`, `al`.
    pub(super) fn is_particle(&self) -> bool {
        PARTICLES.contains(&self.latin.as_str())
    }

    /// Several words written as one.
    pub(super) fn joined(words: &[Self]) -> Option<Self> {
        let first = words.first()?;
        let same = words.iter().all(|word| word.script == first.script);
        same.then(|| Self {
            native: words.iter().map(|word| word.native.as_str()).collect(),
            latin: words.iter().map(|word| word.latin.as_str()).collect(),
            mended: words.iter().any(|word| word.mended),
            ..first.clone()
        })
    }
}

/// Particles of family names, folded.
const PARTICLES: &[&str] = &[
    "de", "del", "della", "dello", "di", "da", "do", "dos", "das", "du", "des", "van", "von", "vom", "zu", "zum",
    "der", "den", "ter", "ten", "te", "la", "las", "le", "les", "los", "el", "al", "ul", "bin", "bint", "ben", "ibn",
    "bat", "abu", "y", "e", "i", "und", "and", "af", "av", "st", "o", "mac", "mc", "d", "l",
];

/// Titles, suffixes and degrees: they stand beside names and are none.
const BESIDE_NAMES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "master", "mister", "madam", "dr", "prof", "herr", "frau", "fr", "hr", "sr",
    "sra", "srta", "sig", "sigra", "mme", "mlle", "m", "jr", "jnr", "junior", "snr", "senior", "ii", "iii", "iv",
    "filho", "neto", "md", "phd", "rn", "sh", "san", "sama", "kun", "chan",
];

/// Words that stand where a name is not known, or not yet given: newborns, anonymised studies, tests.
const PLACEHOLDERS: &[&str] = &[
    "anon",
    "anonym",
    "anonymous",
    "anonymized",
    "anonymised",
    "anonymisiert",
    "anonimo",
    "anonymise",
    "unknown",
    "unnamed",
    "unbekannt",
    "desconocido",
    "inconnu",
    "none",
    "null",
    "noname",
    "name",
    "patient",
    "paciente",
    "baby",
    "babyboy",
    "babygirl",
    "boy",
    "girl",
    "newborn",
    "neonate",
    "infant",
    "male",
    "female",
    "bb",
    "bg",
    "test",
    "testpatient",
    "phantom",
    "dummy",
    "deidentified",
    "removed",
    "redacted",
    "hidden",
    "nourrisson",
    "neugeborenes",
    "neonato",
    "recien",
    "nacido",
    "twin",
    "triplet",
    "withheld",
    "confidential",
    "subject",
    "case",
    "xxx",
    "xxxx",
    "xxxxx",
];

/// The words of a name as written: DICOM components, `Family, Given`, or in any order.
pub(super) fn words(name: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for (part, text) in parts(name) {
        let of_part = text.split(|c: char| !is_of_word(c)).map(without_marks).filter(|text| !text.is_empty());
        words.extend(of_part.filter_map(|text| Word::new(&text, part)));
    }
    let beside =
        |word: &Word| word.script == Script::Latin && BESIDE_NAMES.contains(&word.latin.as_str()) && !word.is_initial();
    // `Sr^Ana` and the like may be all there is; then it is a name.
    if words.iter().any(|word| !beside(word)) {
        words.retain(|word| !beside(word));
    }
    words.retain(|word| !PLACEHOLDERS.contains(&word.latin.as_str()));
    words.truncate(WORDS_MAX);
    words
}

fn parts(name: &str) -> Vec<(Part, &str)> {
    if name.contains('^') {
        let components: Vec<&str> = name.split('^').collect();
        // Prefix and suffix, the fourth and fifth component, are no names.
        let named = [Part::Family, Part::Given, Part::Given].into_iter().zip(components);
        return named.collect();
    }
    match name.split_once([',', '，', '、']) {
        Some((family, given)) => {
            let given = given.split(',').next().unwrap_or_default();
            let beside = given.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
            // `Ana Ruiz, MD` names nobody behind its comma.
            if beside.clone().all(|word| BESIDE_NAMES.contains(&word.to_lowercase().as_str())) {
                return vec![(Part::Any, family)];
            }
            vec![(Part::Family, family), (Part::Given, given)]
        }
        None => vec![(Part::Any, name)],
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_apostrophe(c) || unicode_normalization::char::is_combining_mark(c)
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʿ' | 'ʾ')
}

fn without_marks(word: &str) -> String {
    word.chars().filter(|c| !is_apostrophe(*c)).take(WORD_CHARS_MAX).collect()
}

/// The letter that readers of pixels take for this digit.
const fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'l',
        '5' => 's',
        '8' => 'b',
        '6' => 'g',
        other => other,
    }
}

/// NFKC, small letters, without accents and points, one form of letters that keyboards tell apart.
fn folded(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_point(*c)).flat_map(char::to_lowercase).filter(|c| !is_point(*c));
    bare.map(|c| match c {
        '\u{6CC}' | '\u{649}' => '\u{64A}',
        '\u{6A9}' => '\u{643}',
        '\u{629}' | '\u{6C1}' => '\u{647}',
        'ς' => 'σ',
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        // Hiragana as katakana, which lies 0x60 further.
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    })
    .nfc()
    .collect()
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, the stretching stroke.
const fn is_point(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{640}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}' | '\u{200B}'..='\u{200F}')
}

fn script_of(word: &str) -> Option<Script> {
    let c = word.chars().find(|c| c.is_alphabetic())?;
    Some(match u32::from(c) {
        0x41..=0x24F | 0x1E00..=0x1EFF => Script::Latin,
        0x590..=0x7BF | 0x8A0..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF => Script::Abjad,
        0x3040..=0x30FF | 0x31F0..=0x31FF => Script::Kana,
        0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF | 0x3005 => Script::Han,
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7FF => Script::Hangul,
        _ => Script::Alphabet,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        let found: Vec<String> = words(name).into_iter().map(|word| word.latin).collect();
        assert_eq!(found, expected, "{name}");
    }

    /// Proves that titles, suffixes and placeholders are no names, and that accents, case and joints do not matter.
    #[test]
    fn names_are_taken_apart() {
        check("GARCÍA-LÓPEZ^José María^^Mr^Jr", &["garcia", "lopez", "jose", "maria"]);
        check("O’Brien, Seán, MD", &["obrien", "sean"]);
        check("Ana Ruiz, MD", &["ana", "ruiz"]);
        check("R0wan ASHGR0VE III", &["rowan", "ashgrove"]);
        check("Baby Boy Garcia", &["garcia"]);
        check("Anonymous^Patient", &[]);
        check("Петров Иван", &["petrov", "ivan"]);
        check("王小明", &["wangxiaoming"]);
        check("やまだ たろう", &["yamada", "tarou"]);
    }

    /// Proves that the writing tells family from given name where it can.
    #[test]
    fn structure_is_kept() {
        let part = |name: &str| words(name)[0].part;
        assert_eq!([part("Ash^Rowan"), part("Ash, Rowan"), part("Ash Rowan")], [Part::Family, Part::Family, Part::Any]);
    }
}
