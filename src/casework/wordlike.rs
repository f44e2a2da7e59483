//! Does what was read look like words? Noise from a picture, a broken font map or a blurred page does not.
//!
//! The test knows no dictionary: it asks what a word of nearly any language obeys. In Latin script that is vowels, no
//! letter three times, capitals at the beginning or throughout, digits apart from letters. Other scripts are not taken
//! apart: their noise is told by the reader's confidence. A test this coarse says little of one word and much of fifty.

use crate::domain::reading::ReadWord;

/// Words with fewer letters say nothing: noise is as often `a` or `il` as language is.
const LETTERS_JUDGED_MIN: usize = 3;

/// From this confidence on a word counts as read. On clear pages up to 6 % of the letters lie below, on pages turned upside
/// down or in a script the reader does not know two thirds and more.
const CONFIDENCE_SURE_MIN: f32 = 0.6;

/// The same for Thai, whose pack makes each sign a word of its own and believes in most of them whatever is written: of
/// eleven other scripts and six hands it read 0.31 to 0.81 of the letters with 0.6 and more, 0.03 to 0.28 with this; of a
/// clear page of Thai 0.92, of a poor one 0.52.
const CONFIDENCE_SURE_THAI_MIN: f32 = 0.9;

/// Consonants in a row beyond which nothing is a word: `Angstschweiß` and `Borschtsch` have eight, hardly any other word more
/// than five.
const CONSONANTS_MAX: usize = 8;

/// Words of up to so many letters may rest on `r` or `l` (`smrt`, `vlk`, Czech, Slovak, Serbian).
const SYLLABIC_LETTERS_MAX: usize = 4;

/// Letters of a text from which on its vowels are counted.
const VOWELS_LETTERS_MIN: usize = 40;

/// How much of what was read looks like words.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Measure {
    /// Words.
    pub words: u32,
    /// Letters and digits of them.
    pub letters: u32,
    /// Mean confidence, weighted by letters, 0 to 1.
    pub confidence: f32,
    /// Share of the letters, in words long enough to be judged, that stand in words like words, 0 to 1.
    pub wordlike: f32,
    /// The same share, of words that were read with confidence as well.
    pub sure: f32,
    /// Share of the letters that stand in words of another script than Latin, 0 to 1.
    pub other_script: f32,
}

impl Measure {
    /// Letters that were read with confidence and look like words.
    pub fn sure_letters(&self) -> f32 {
        self.sure * self.letters as f32
    }
}

/// Measures words as they were read.
pub fn measure(words: &[ReadWord]) -> Measure {
    let (mut letters, mut confidence) = (0_u32, 0.0_f32);
    let (mut judged, mut like, mut sure, mut other) = (0_u32, 0_u32, 0_u32, 0_u32);
    for word in words {
        let weight = weight(&word.text);
        letters = letters.saturating_add(weight);
        other += if is_other_script(&word.text) { weight } else { 0 };
        confidence += weight as f32 * word.confidence.clamp(0.0, 1.0);
        if let Some(wordlike) = is_wordlike(&word.text) {
            judged += weight;
            like += if wordlike { weight } else { 0 };
            sure += if wordlike && is_sure(word) { weight } else { 0 };
        }
    }
    Measure {
        words: u32::try_from(words.len()).unwrap_or(u32::MAX),
        letters,
        confidence: share(confidence, letters),
        wordlike: share(like as f32, judged),
        sure: share(sure as f32, judged),
        other_script: share(other as f32, letters),
    }
}

fn is_sure(word: &ReadWord) -> bool {
    let thai = word.text.chars().any(|c| matches!(c, '\u{e01}'..='\u{e5b}'));
    word.confidence >= if thai { CONFIDENCE_SURE_THAI_MIN } else { CONFIDENCE_SURE_MIN }
}

/// The share of the letters of a text that stand in words like words; 1 where no word is long enough to be judged.
pub fn of_text(text: &str) -> f32 {
    let (mut judged, mut like) = (0_u32, 0_u32);
    for word in text.split_whitespace() {
        if let Some(wordlike) = is_wordlike(word) {
            judged += weight(word);
            like += if wordlike { weight(word) } else { 0 };
        }
    }
    if judged == 0 { 1.0 } else { share(like as f32, judged) }
}

/// The share of vowels among the letters of a text's Latin words of four letters and more, since shorter ones are often
/// abbreviations; `None` where they are too few. What a wrong font map makes of a text has the letters of words in the
/// wrong places, and nothing but their mixture tells.
pub fn vowels_of_text(text: &str) -> Option<f32> {
    let (mut letters, mut vowels) = (0_usize, 0_usize);
    for word in text.split_whitespace() {
        let of_word = || word.chars().filter(|c| c.is_alphabetic());
        if of_word().count() >= 4 && of_word().all(is_latin) {
            letters += of_word().count();
            vowels += of_word().filter(|c| is_vowel(*c)).count();
        }
    }
    (letters >= VOWELS_LETTERS_MIN).then(|| vowels as f32 / letters as f32)
}

/// Could this be a word, a number or a code of any language? `None` where it is too short to tell.
pub fn is_wordlike(token: &str) -> Option<bool> {
    let word = token.trim_matches(|c: char| !c.is_alphanumeric());
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if is_other_script(word) {
        return Some(is_one_script(word));
    }
    if letters + digits < LETTERS_JUDGED_MIN {
        return None;
    }
    let strange = |c: char| !c.is_alphanumeric() && !is_joint(c) && !unicode_normalization::char::is_combining_mark(c);
    if word.chars().any(strange) {
        return Some(false);
    }
    let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    Some(parts.clone().all(is_part) && parts.count() <= 8)
}

fn is_other_script(word: &str) -> bool {
    word.chars().any(|c| c.is_alphabetic() && !is_latin(c))
}

/// A run of letters and digits without a joint.
fn is_part(part: &str) -> bool {
    let chars: Vec<char> = part.chars().collect();
    let changes = chars.windows(2).filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit()).count();
    // `18F`, `T2`, `H1N1` and `500mg` are written; `l1fe2y` is not.
    if changes > 3 || changes > 1 && chars.len() > 6 {
        return false;
    }
    let letters: Vec<char> = chars.iter().copied().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < 4 {
        return true;
    }
    let shouting = letters.iter().all(|c| !c.is_lowercase());
    has_vowel(&letters, shouting) && no_triple(&letters) && few_consonants(&letters) && cased_like_a_word(&letters)
}

/// Abbreviations in capitals need no vowel up to five letters.
fn has_vowel(letters: &[char], shouting: bool) -> bool {
    let syllabic = letters.len() <= SYLLABIC_LETTERS_MAX && letters.iter().any(|c| matches!(c, 'r' | 'l'));
    shouting && letters.len() <= 5 || syllabic || letters.iter().any(|c| is_vowel(*c))
}

fn no_triple(letters: &[char]) -> bool {
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    !letters.windows(3).any(|three| {
        let first = lower(three[0]);
        // Roman numerals have three of a kind.
        first == lower(three[1]) && first == lower(three[2]) && !matches!(first, 'i' | 'x' | 'c' | 'm')
    })
}

fn few_consonants(letters: &[char]) -> bool {
    let longest = letters.split(|c| is_vowel(*c)).map(<[char]>::len).max().unwrap_or(0);
    longest <= CONSONANTS_MAX
}

/// `Word`, `word`, `WORD`, `McDonald`, `pH`: at most two changes from small to large.
fn cased_like_a_word(letters: &[char]) -> bool {
    let rises = letters.windows(2).filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()).count();
    rises <= 1
}

/// A word in another script keeps to it, but for digits and single Latin letters (`β2`, `X-лучи`).
fn is_one_script(word: &str) -> bool {
    let latin = word.chars().filter(|c| c.is_alphabetic() && is_latin(*c)).count();
    let other = word.chars().filter(|c| c.is_alphabetic() && !is_latin(*c)).count();
    latin == 0 || other >= 2 * latin || other == 1 && latin >= 3
}

/// Letters and digits; a sign of Chinese or Japanese is worth two letters.
fn weight(token: &str) -> u32 {
    let of = |c: char| match u32::from(c) {
        0x3040..=0x30FF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => 2,
        _ => u32::from(c.is_alphanumeric()),
    };
    token.chars().map(of).sum()
}

fn share(part: f32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (part / whole as f32).clamp(0.0, 1.0) }
}

fn is_latin(c: char) -> bool {
    matches!(u32::from(c), 0x41..=0x24F | 0x1E00..=0x1EFF | 0x2C60..=0x2C7F | 0xFB00..=0xFB06)
}

fn is_vowel(c: char) -> bool {
    // Those behind `y` have no decomposition.
    matches!(base_of(c), 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ı' | 'æ' | 'œ' | 'ø' | 'ə' | 'ɛ' | 'ɔ' | 'ơ' | 'ư')
}

/// The letter without its marks, small.
fn base_of(c: char) -> char {
    use unicode_normalization::UnicodeNormalization;
    std::iter::once(c).nfd().next().and_then(|base| base.to_lowercase().next()).unwrap_or(c)
}

/// Signs that stand inside words and figures.
fn is_joint(c: char) -> bool {
    matches!(
        c,
        '-' | '–' | '\'' | '’' | '.' | ',' | '/' | ':' | '&' | '+' | '%' | '·' | '(' | ')' | '@' | '_' | '°' | '='
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&str, f32)]) -> Vec<ReadWord> {
        let word = |(text, confidence): &(&str, f32)| ReadWord {
            text: (*text).to_owned(),
            confidence: *confidence,
            ..ReadWord::default()
        };
        words.iter().map(word).collect()
    }

    /// Proves that words, figures and codes of medical records pass, in many languages.
    #[test]
    fn words_of_many_languages_pass() {
        let text = "patient Discharge HEMOGLOBIN mg/dL 12.5% 03/14/2019 H1N1 T2-weighted McDonald's 5-year-old l'hôpital \
            Knieschmerzen Angstschweiß čtvrtek krvavý zmrzlina chrząszcz źdźbło hassasiyet ağrısı người nghiêm пациент \
            ребёнок المريض रोगी 患者 カルテ 환자 πυρετός rhythm 500mg MRN-20413 COVID-19 IgG q.i.d. xviii (HbA1c)";
        let failing: Vec<&str> = text.split_whitespace().filter(|word| is_wordlike(word) == Some(false)).collect();
        assert!(failing.is_empty(), "{failing:?}");
    }

    /// Proves that what a reader makes of blur, stains and unknown scripts does not pass.
    #[test]
    fn noise_fails() {
        let text = "Sjhkq t~nw? fff~ m1nX4k ||Il|k xKpTz gQbZt ©rf§ zzzz hjklmnpst BacM10IIpex";
        let passing: Vec<&str> = text.split_whitespace().filter(|word| is_wordlike(word) == Some(true)).collect();
        assert!(passing.len() <= 2, "{passing:?}");
    }

    /// Proves that Thai, in which every sign is a word, has to be read with more confidence than others.
    #[test]
    fn thai_needs_more_confidence() {
        let (doubtful, clear) =
            (measure(&read(&[("ก", 0.8), ("ชิ", 0.85)])), measure(&read(&[("ก", 0.95), ("ชิ", 0.91)])));
        assert_eq!((doubtful.wordlike, doubtful.sure), (1.0, 0.0));
        assert_eq!((clear.wordlike, clear.sure), (1.0, 1.0));
        assert_eq!(measure(&read(&[("गंभीर", 0.7)])).sure, 1.0);
    }

    /// Proves that letters weigh, that short words are not judged, and that confidence and likeness are two things.
    #[test]
    fn measures_weigh_letters() {
        let measure = measure(&read(&[("fever", 0.9), ("fever", 0.3), ("ae", 0.1), ("Sjhkq", 0.9)]));
        assert_eq!((measure.words, measure.letters), (4, 17));
        assert!((measure.wordlike - 10.0 / 15.0).abs() < 1e-6, "{measure:?}");
        assert!((measure.sure - 5.0 / 15.0).abs() < 1e-6, "{measure:?}");
        assert_eq!(super::measure(&[]), Measure::default());
    }

    /// Proves that signs in the place of letters are no words, and that text whose letters a font map exchanged has the
    /// shapes of words and the vowels of none.
    #[test]
    fn garbled_text_is_told_from_text() {
        let text = "The patient was seen in our clinic with fever and cough after returning.";
        assert!(of_text(text) > 0.99 && vowels_of_text(text).unwrap() > 0.33);
        assert!(of_text("T¬e p§tie~t w|s se¢n f¶om «ur cl¤nic w©th fe®er a°d co±gh.") < 0.5);
        let next_letter = "Uif qbujfou xbt tffo jo pvs dmjojd xjui gfwfs boe dpvhi bgufs sfuvsojoh gspn gbnjmz.";
        assert!(vowels_of_text(next_letter).unwrap() < 0.25);
        let by_glyph = "7KH SDWLHQW ZDV VHHQ LQ RXU FOLQLF ZLWK IHYHU DQG FRXJK DIWHU UHWXUQLQJ";
        assert!(vowels_of_text(by_glyph).unwrap() < 0.2);
        assert!(of_text("Gxqtk nbrzd wqfns tplkv xzcrt hgdfs bnmkp pqwrt zxcdf") < 0.2);
        assert!((of_text("1 2 3") - 1.0).abs() < 1e-6 && vowels_of_text("1 2 3").is_none());
    }
}
