//! How names sound: one name spelt by two habits, or written in two scripts.
//!
//! Transliterations are many (ISO 9, BGN/PCGN, passports, families' own), so spellings are brought to what they have in
//! common. Equal results mean "may well be the same name", never more; the weights say what that is worth.

use super::letters::Script;

/// How surely a word in another script can be read as one in Latin letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Fit {
    /// Not at all.
    No,
    /// It can, and other names of one family can as well.
    Loose,
    /// It can, and hardly anything else can.
    Sure,
}

/// Spellings of one consonant, the longer first: no two children of a family are called Sofia and Sophia.
const CONSONANTS: &[(&str, &str)] = &[
    ("shch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("tch", "C"),
    ("ch", "C"),
    ("sh", "S"),
    ("zh", "Z"),
    ("ts", "T"),
    ("tz", "T"),
    ("cz", "C"),
    ("sz", "S"),
    ("ph", "f"),
    ("ck", "k"),
    ("qu", "k"),
    ("q", "k"),
    ("c", "k"),
    ("x", "ks"),
    ("w", "v"),
];

/// Spellings that are mostly of one sound, and sometimes tell two names apart: Kyra is not Kira, nor Joe Jo. Applied
/// together with those of consonants, from left to right, each place once.
const OTHERS: &[(&str, &str)] = &[
    ("kh", "h"),
    ("th", "t"),
    ("dh", "d"),
    ("gh", "g"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("y", "i"),
];

/// The word with one sign a consonant, its vowels and doubled letters as written: equal for `Eric` and `Erik`, not for
/// `Noah` and `Noa`.
pub(super) fn spelling(latin: &str) -> String {
    signs(latin, &[CONSONANTS])
}

/// The sound of a word in Latin letters: equal for `Müller` and `Mueller`, `Sarah` and `Sara`, `Jon` and `John`.
pub(super) fn sound(latin: &str) -> String {
    let spelt: Vec<char> = spelt(latin).chars().collect();
    // An `h` behind a vowel is only heard before another vowel.
    let silent = |at: usize| {
        spelt[at] == 'h' && at > 0 && is_vowel(spelt[at - 1]) && spelt.get(at + 1).is_none_or(|next| !is_vowel(*next))
    };
    let heard: String = (0..spelt.len()).filter(|at| !silent(*at)).map(|at| spelt[at]).collect();
    without_doubles(&heard)
}

pub(super) const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Spellings brought to one sign a sound.
fn spelt(latin: &str) -> String {
    without_doubles(&signs(latin, &[CONSONANTS, OTHERS]))
}

/// The word with one sign a consonant and its vowels as written, without doubles.
pub(super) fn consonants_spelt(latin: &str) -> String {
    const HABITS: &[(&str, &str)] = &[("kh", "h"), ("th", "t"), ("dh", "d"), ("gh", "g"), ("y", "i")];
    without_doubles(&signs(latin, &[CONSONANTS, HABITS]))
}

fn signs(latin: &str, tables: &[&[(&str, &str)]]) -> String {
    let mut spelt = String::with_capacity(latin.len());
    let mut rest = latin;
    while let Some(first) = rest.chars().next() {
        let known = tables.iter().copied().flatten().filter(|(spelling, _)| rest.starts_with(spelling));
        let spelling = known.max_by_key(|(spelling, _)| spelling.len());
        match spelling {
            Some((_, sign)) => spelt.push_str(sign),
            None => spelt.push(first),
        }
        rest = &rest[spelling.map_or(first.len_utf8(), |(spelling, _)| spelling.len())..];
    }
    spelt
}

/// The sound where one of the two words was written in an alphabet that has letters of its own for `ya` and `ye`.
pub(super) fn sound_across(latin: &str) -> String {
    let sound = without_doubles(&sound(latin).replace('j', "i"));
    // A leading `Ye` is a mere `E` in many passports, a final `-iy` or `-ij` an `-i`.
    sound.strip_prefix("ie").map_or_else(|| sound.clone(), |rest| format!("e{rest}"))
}

/// The spelling where one of the two words was written in an alphabet: vowels and doubled consonants as they are, and no
/// silent `h`, so that Hanna is not Хана, nor Noah Ноа.
pub(super) fn spelling_across(latin: &str) -> String {
    const HABITS: &[(&str, &str)] = &[("kh", "h"), ("y", "i"), ("j", "i")];
    let mut signs: Vec<char> = signs(latin, &[CONSONANTS, HABITS]).chars().collect();
    // `Yuliya` and `Yulia`, `Dmitriy` and `Dmitri`.
    signs.dedup_by(|a, b| a == b && *a == 'i');
    let spelling: String = signs.into_iter().collect();
    spelling.strip_prefix("ie").map_or_else(|| spelling.clone(), |rest| format!("e{rest}"))
}

/// Is it one syllable, as far as letters tell?
pub(super) fn is_syllable(latin: &str) -> bool {
    let vowel = |c: char| is_vowel(c) || c == 'y';
    latin.split(|c: char| !vowel(c)).filter(|run| !run.is_empty()).count() == 1
}

/// What is left of a word where vowels are not compared: scripts in which they go with consonants, and are read by habit.
/// Readers of many languages tell neither `v` from `w` nor a breath behind a consonant.
pub(super) fn skeleton(latin: &str) -> String {
    let heard = |c: &char| !is_vowel(*c) && *c != 'y' && *c != 'h';
    let bare: String = signs(latin, &[CONSONANTS]).chars().filter(heard).collect();
    without_doubles(&bare.replace('Z', "j").replace(['T', 'S'], "s"))
}

fn without_doubles(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// Can the sounds of two words in different scripts be compared at all? Characters may be read in many ways.
pub(super) fn comparable(a: Script, b: Script) -> bool {
    let alike = |script: Script| !script.is_joined() && !matches!(script, Script::Syllabic);
    alike(a) && alike(b)
}

#[cfg(test)]
mod tests {
    use super::super::letters::words;
    use super::*;

    /// Proves that spellings of one name sound alike, and different names do not.
    #[test]
    fn spellings_sound_alike() {
        for (a, b) in
            [("muller", "mueller"), ("sarah", "sara"), ("stefan", "stephan"), ("mohammed", "mohamed"), ("john", "jon")]
        {
            assert_eq!(sound(a), sound(b));
        }
        for (a, b) in [("hassan", "hussein"), ("jan", "jon"), ("lena", "lina"), ("marta", "maria"), ("jan", "ian")] {
            assert_ne!(sound(a), sound(b));
        }
        for (a, b) in
            [("Юлия", "yulia"), ("Екатерина", "yekaterina"), ("Сергей", "sergej"), ("Щербаков", "shcherbakov")]
        {
            assert_eq!(sound_across(&words(a)[0].latin), sound_across(b));
            assert_eq!(spelling_across(&words(a)[0].latin), spelling_across(b));
        }
    }

    /// Proves that consonants may be spelt in several ways, and that vowels, doubled letters and a silent `h` may not:
    /// they tell names apart.
    #[test]
    fn spellings_tell_names_apart() {
        for (a, b) in [("sofia", "sophia"), ("eric", "erik"), ("max", "maks"), ("ivan", "iwan"), ("jakob", "jacob")] {
            assert_eq!(spelling(a), spelling(b));
        }
        for (a, b) in [("noah", "noa"), ("michael", "michal"), ("hana", "hanna"), ("kyra", "kira"), ("joe", "jo")] {
            assert_ne!(spelling(a), spelling(b));
        }
        assert_eq!(skeleton("somchay"), skeleton("somchai"));
        assert_ne!(skeleton("rahim"), skeleton("kamal"));
    }
}
