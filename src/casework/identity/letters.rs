//! Names taken apart into words that can be compared.
//!
//! A word is kept twice: in its own script, folded (NFKC, small letters, without accents and vowel points), and in Latin
//! letters. What is written is never changed; these are copies for comparison only.

use super::newborn;
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
    /// Cyrillic, Greek, Armenian and Georgian: every sound has its letter, and romanisations are strict.
    Alphabet,
    /// Arabic and Hebrew: short vowels are not written.
    Abjad,
    /// Chinese characters: their sound depends on the language.
    Han,
    /// Hiragana and katakana.
    Kana,
    /// Korean.
    Hangul,
    /// Brahmic scripts, Thai, Ethiopic and all others: vowels go with consonants and are not always heard.
    Syllabic,
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
    /// Latin words with accents: small letters as written; empty where there is none.
    pub(super) marked: String,
    /// It belongs to a name and is none: `de`, `van`, `al`.
    pub(super) particle: bool,
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
        let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
        let marked = if script == Script::Latin && !lower.is_ascii() { lower } else { String::new() };
        (!latin.is_empty()).then_some(Self { native, latin, script, part, mended, marked, particle: false })
    }

    /// A single letter: it may stand for many names.
    pub(super) fn is_initial(&self) -> bool {
        self.native.chars().count() == 1 && !self.script.is_joined()
    }

    /// Can it be a particle, by its letters? Its place decides.
    fn is_like_particle(&self) -> bool {
        matches!(self.script, Script::Latin | Script::Alphabet | Script::Abjad)
            && PARTICLES.contains(&self.latin.as_str())
    }

    /// Does it stand beside names, wherever it is found?
    fn is_title(&self) -> bool {
        self.script == Script::Latin && TITLES.contains(&self.latin.as_str()) && !self.is_initial()
    }

    /// Does it stand where a name is not known, or not yet given?
    fn is_placeholder(&self) -> bool {
        PLACEHOLDERS.contains(&self.latin.as_str()) || newborn::stands_for_a_name(&self.latin)
    }

    /// May it stand beside names, and be one as well?
    fn is_suffix(&self) -> bool {
        self.script == Script::Latin && SUFFIXES.contains(&self.latin.as_str())
    }

    /// Do both writings carry accents that tell names apart, and other ones? Vietnamese names differ by tone and horn
    /// alone; in other languages keyboards and character sets lose accents, and only other tones count.
    pub(super) fn has_other_marks(&self, other: &Self) -> bool {
        if self.marked.is_empty() || other.marked.is_empty() {
            return false;
        }
        let ((shapes, tones), (other_shapes, other_tones)) = (marks(&self.marked), marks(&other.marked));
        let vietnamese = |shapes: &str, tones: &[char]| {
            shapes.contains(['\u{31B}', 'đ']) || tones.iter().any(|tone| matches!(tone, '\u{309}' | '\u{323}'))
        };
        if vietnamese(&shapes, &tones) || vietnamese(&other_shapes, &other_tones) {
            return (shapes, tones) != (other_shapes, other_tones);
        }
        !tones.is_empty() && !other_tones.is_empty() && tones != other_tones
    }

    /// Latin letters with the two letters that German and Scandinavian keyboards write for one: `mueller` for `müller`.
    pub(super) fn in_two_letters(&self) -> String {
        const PAIRS: &[(char, &str)] =
            &[('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('ø', "oe"), ('å', "aa"), ('æ', "ae"), ('œ', "oe"), ('ß', "ss")];
        let pair = |c: char| PAIRS.iter().find(|(letter, _)| *letter == c).map(|(_, pair)| (*pair).to_owned());
        match self.marked.is_empty() {
            true => self.latin.clone(),
            false => {
                let spelt: String = self.marked.chars().map(|c| pair(c).unwrap_or_else(|| c.to_string())).collect();
                any_ascii::any_ascii(&folded(&spelt))
            }
        }
    }

    /// Several words written as one.
    pub(super) fn joined(words: &[Self]) -> Option<Self> {
        let first = words.first()?;
        let same = words.iter().all(|word| word.script == first.script);
        same.then(|| Self {
            native: words.iter().map(|word| word.native.as_str()).collect(),
            latin: words.iter().map(|word| word.latin.as_str()).collect(),
            mended: words.iter().any(|word| word.mended),
            marked: match words.iter().all(|word| word.marked.is_empty()) {
                true => String::new(),
                false => words.iter().map(|w| if w.marked.is_empty() { &*w.latin } else { &*w.marked }).collect(),
            },
            ..first.clone()
        })
    }
}

/// The letters of a word with what is part of their shape, and its tones, wherever in the word they are written
/// (`Hòa` and `Hoà` are one name). Turkish `i` and `ı` are one capital letter to most programs.
fn marks(marked: &str) -> (String, Vec<char>) {
    let is_tone = |c: &char| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
    let all = || marked.nfd().filter(|c| *c != '\u{307}').map(|c| if c == 'ı' { 'i' } else { c });
    let mut tones: Vec<char> = all().filter(is_tone).collect();
    tones.sort_unstable();
    (all().filter(|c| !is_tone(c)).collect(), tones)
}

/// Particles of family names, folded.
const PARTICLES: &[&str] = &[
    "de", "del", "della", "dello", "di", "da", "do", "dos", "das", "du", "des", "van", "von", "vom", "zu", "zum",
    "der", "den", "ter", "ten", "te", "la", "las", "le", "les", "los", "el", "al", "ul", "bin", "bint", "ben", "ibn",
    "bat", "abu", "y", "e", "i", "und", "and", "af", "av", "st", "o", "mac", "mc", "d", "l",
];

/// Titles and degrees: they stand beside names and are none.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "master", "mister", "madam", "dr", "prof", "herr", "frau", "fr", "hr", "sr",
    "sra", "srta", "sig", "sigra", "mme", "mlle", "jr", "jnr", "snr", "ii", "iii", "iv", "md", "phd", "rn",
];

/// Suffixes and forms of address that are names as well: Chan, San, Neto.
const SUFFIXES: &[&str] = &["junior", "senior", "filho", "neto", "sh", "san", "sama", "kun", "chan"];

/// Digits at the end of a word that is no name: two may be letters that were misread, `Russe11`.
const PSEUDONYM_DIGITS_MIN: usize = 3;

/// Words that stand where a name is not known: anonymised studies, tests. Those for newborns are in [`super::newborn`].
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
    "male",
    "female",
    "test",
    "testpatient",
    "phantom",
    "dummy",
    "deidentified",
    "removed",
    "redacted",
    "hidden",
    "withheld",
    "confidential",
    "subject",
    "case",
    "xxx",
    "xxxx",
    "xxxxx",
    "identified",
    "deid",
    "phi",
    "pii",
    "pseudonym",
    "pseudonymized",
    "pseudonymised",
    "blinded",
    "masked",
    "trauma",
];

/// The words of a name as written: DICOM components, `Family, Given`, or in any order.
pub(super) fn words(name: &str) -> Vec<Word> {
    words_beside(name, &[])
}

/// The words of a name as written, for a child of whose name `own` are the words: what is called like a title or a
/// placeholder is a name there.
pub(super) fn words_beside(name: &str, own: &[&Word]) -> Vec<Word> {
    if is_pseudonym(name) {
        return Vec::new();
    }
    let is_own = |word: &Word| own.iter().any(|own| own.latin == word.latin);
    let mut components: Vec<Vec<(Word, bool)>> = Vec::new();
    for (at, (part, text)) in parts(name).into_iter().enumerate() {
        let found = plain_words(&newborn::named_yet(text, part, |word| own.iter().any(|own| own.latin == word)), part);
        // `CHAN^Tai Man`: what stands alone where a name belongs is one.
        let alone = found.len() == 1 && part != Part::Any && at < 2;
        let beside = |word: &Word| !is_own(word) && (word.is_title() || word.is_suffix() && !alone);
        components.push(found.into_iter().map(|word| (word.clone(), beside(&word))).collect());
    }
    // `Sr^Ana` and the like may be all there is; then it is a name.
    let all_beside = components.iter().flatten().all(|(_, beside)| *beside);
    let mut words = Vec::new();
    for component in components {
        let kept = component.into_iter().filter(|(_, beside)| all_beside || !beside).map(|(word, _)| word);
        words.extend(with_particles(kept.collect()));
    }
    words.retain(|word| is_own(word) || !word.is_placeholder());
    words.truncate(WORDS_MAX);
    words
}

/// `ANON0001`, `Pat_0012`, `9028316`: a number in the place of a name, with no more than one word beside it.
fn is_pseudonym(name: &str) -> bool {
    let numbered = |word: &&str| {
        let digits = word.chars().rev().take_while(char::is_ascii_digit).count();
        digits >= PSEUDONYM_DIGITS_MIN
    };
    let words = || name.split(|c: char| !is_of_word(c)).filter(|word| word.chars().count() > 1);
    words().any(|word| numbered(&word)) && words().filter(|word| !numbered(word)).count() <= 1
}

/// The words of one part of a name as the case states it. A family may be called like a suffix or a placeholder.
pub(super) fn stated(text: &str, part: Part) -> Vec<Word> {
    let mut words = plain_words(text, part);
    if words.iter().any(|word| !word.is_title()) {
        words.retain(|word| !word.is_title());
    }
    if part != Part::Family {
        words.retain(|word| !word.is_placeholder());
    }
    words.truncate(WORDS_MAX);
    with_particles(words)
}

fn plain_words(text: &str, part: Part) -> Vec<Word> {
    let of_part = text.split(|c: char| !is_of_word(c)).map(without_marks).filter(|text| !text.is_empty());
    of_part.filter_map(|text| Word::new(&text, part)).collect()
}

/// Marks particles by their place: one is followed by what it belongs to, and no given name begins with one.
fn with_particles(mut words: Vec<Word>) -> Vec<Word> {
    let last = words.len().saturating_sub(1);
    for (at, word) in words.iter_mut().enumerate() {
        let named = at == last || word.part == Part::Given && at == 0;
        word.particle = word.is_like_particle() && !named;
    }
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
            let several = plain_words(family, Part::Any).len() > 1;
            let beside = |word: &Word| word.is_title() || word.is_suffix() && several;
            // `Ana Ruiz, MD` names nobody behind its comma.
            if plain_words(given, Part::Given).iter().all(beside) {
                return vec![(Part::Any, family)];
            }
            vec![(Part::Family, family), (Part::Given, given)]
        }
        None => vec![(Part::Any, name)],
    }
}

pub(super) fn is_of_word(c: char) -> bool {
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
pub(super) fn folded(text: &str) -> String {
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
        // Greek, Cyrillic, Armenian, Georgian.
        0x370..=0x58F
        | 0x10A0..=0x10FF
        | 0x1C80..=0x1CBF
        | 0x1F00..=0x1FFF
        | 0x2D00..=0x2D2F
        | 0x2DE0..=0x2DFF
        | 0xA640..=0xA69F => Script::Alphabet,
        _ => Script::Syllabic,
    })
}

/// Are two words of one kind of script written in the same letters? Hebrew and Arabic are both abjads, Hindi and Bengali
/// both Brahmic.
pub(super) fn same_letters(a: &Word, b: &Word) -> bool {
    let block = |word: &Word| {
        word.native.chars().find(|c| c.is_alphabetic()).map(|c| match u32::from(c) {
            0x590..=0x5FF => 1,
            0x600..=0x7BF | 0x8A0..=0x8FF | 0xFB50..=0xFEFF => 2,
            code => code >> 7,
        })
    };
    a.script == b.script && block(a) == block(b)
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
        check("Ruiz^Ana^MD", &["ruiz", "ana"]);
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
        check("CHAN^Tai Man", &["chan", "tai", "man"]);
        check("Yamada Taro-san", &["yamada", "taro"]);
        check("João Silva, Neto", &["joao", "silva"]);
        check("Neto, João", &["neto", "joao"]);
        let part = |name: &str| words(name)[0].part;
        assert_eq!([part("Ash^Rowan"), part("Ash, Rowan"), part("Ash Rowan")], [Part::Family, Part::Family, Part::Any]);
    }

    /// Proves that a particle is one by its place: somebody may be called Ben.
    #[test]
    fn particles_stand_before_names() {
        let particles = |name: &str| words(name).into_iter().filter(|word| word.particle).count();
        assert_eq!(["van der Berg^Jan", "Jan van der Berg", "al Hassan^Ali"].map(particles), [2, 2, 1]);
        assert_eq!(["Ashgrove^Ben", "Ashgrove Ben", "Ashgrove, Ben", "王 乐"].map(particles), [0; 4]);
    }

    /// Proves that tones tell Vietnamese names apart, and lost accents nothing.
    #[test]
    fn marks() {
        let differ = |a: &str, b: &str| words(a)[0].has_other_marks(&words(b)[0]);
        for (a, b) in [("Hùng", "Hưng"), ("Hường", "Hương"), ("Tú", "Tù")] {
            assert!(differ(a, b), "{a} {b}");
        }
        for (a, b) in [("Hùng", "Hung"), ("Hòa", "Hoà"), ("Çağla", "Çagla"), ("IŞIK", "ışık"), ("José", "JOSÉ")]
        {
            assert!(!differ(a, b), "{a} {b}");
        }
    }
}
