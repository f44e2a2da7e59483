//! How names sound: one name spelt by two habits, or written in two scripts.
//!
//! Transliterations are many (ISO 9, BGN/PCGN, passports, families' own), so spellings are brought to what they have in
//! common. Equal results mean "may well be the same name", never more; the weights say what that is worth.

use super::letters::{Script, Word};

/// Spellings of one sound, the longer first. Applied from left to right, each place once.
const SPELLINGS: &[(&str, &str)] = &[
    ("shch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("tch", "C"),
    ("kh", "h"),
    ("ch", "C"),
    ("sh", "S"),
    ("zh", "Z"),
    ("ts", "T"),
    ("tz", "T"),
    ("cz", "C"),
    ("sz", "S"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("gh", "g"),
    ("ck", "k"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("qu", "k"),
    ("q", "k"),
    ("c", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
];

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

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Spellings brought to one sign a sound.
fn spelt(latin: &str) -> String {
    let mut spelt = String::with_capacity(latin.len());
    let mut rest = latin;
    while let Some(first) = rest.chars().next() {
        let spelling = SPELLINGS.iter().find(|(spelling, _)| rest.starts_with(spelling));
        match spelling {
            Some((_, sign)) => spelt.push_str(sign),
            None => spelt.push(first),
        }
        rest = &rest[spelling.map_or(first.len_utf8(), |(spelling, _)| spelling.len())..];
    }
    without_doubles(&spelt)
}

/// The sound where one of the two words was written in an alphabet that has letters of its own for `ya` and `ye`.
pub(super) fn sound_across(latin: &str) -> String {
    let sound = without_doubles(&sound(latin).replace('j', "i"));
    // A leading `Ye` is a mere `E` in many passports, a final `-iy` or `-ij` an `-i`.
    sound.strip_prefix("ie").map_or_else(|| sound.clone(), |rest| format!("e{rest}"))
}

/// Korean: letters that romanisations write in different ways.
pub(super) fn sound_korean(latin: &str) -> String {
    const HABITS: &[(&str, &str)] = &[
        ("park", "bag"),
        ("pak", "bag"),
        ("choi", "coe"),
        ("choe", "coe"),
        ("jung", "jeong"),
        ("chung", "jeong"),
        ("kang", "gang"),
        ("cho", "jo"),
    ];
    let whole = HABITS.iter().find(|(habit, _)| *habit == latin).map_or(latin, |(_, revised)| *revised);
    let whole = match whole {
        "lee" | "yi" | "rhee" => "i",
        "kim" => "gim",
        "yoon" => "yun",
        "moon" => "mun",
        "woo" => "u",
        other => other,
    };
    let one = whole.replace("ch", "j").replace("oo", "u").replace("eo", "o").replace("ee", "i").replace("sh", "s");
    let one: String = one
        .chars()
        .map(|c| match c {
            'k' => 'g',
            't' => 'd',
            'p' => 'b',
            'r' => 'l',
            'y' | 'w' | 'h' => ' ',
            other => other,
        })
        .filter(|c| *c != ' ')
        .collect();
    without_doubles(&one.replace('u', "o"))
}

fn without_doubles(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    chars.dedup();
    chars.into_iter().collect()
}

/// Can these letters of Arabic or Hebrew be read as this word in Latin letters? Short vowels need not be written.
pub(super) fn reads_as(abjad: &Word, latin: &str) -> bool {
    // Long vowels are written, and may not be passed over.
    let long = latin.replace("ou", "U").replace("oo", "U").replace("ee", "I").replace("ei", "I");
    let spelt: Vec<char> = spelt(&long).chars().collect();
    let mut whole: Vec<char> = abjad.native.chars().collect();
    whole.dedup();
    let bare = whole.strip_prefix(&['ا', 'ل']).filter(|rest| rest.len() >= 2);
    aligned(&whole, &spelt) || bare.is_some_and(|rest| aligned(rest, &spelt))
}

/// What a letter may be in Latin: its consonants, its vowels, and whether it may be silent.
fn letter(c: char) -> (&'static str, &'static str, bool) {
    match c {
        'ا' | 'א' | 'ع' | 'ע' | 'ء' => ("", "aeiouUI", true),
        'ب' | 'ב' => ("bpv", "", false),
        'پ' => ("p", "", false),
        'ت' | 'ط' | 'ט' | 'ת' => ("t", "", false),
        'ث' => ("ts", "", false),
        'ج' => ("jgZ", "", false),
        'چ' => ("C", "", false),
        'ح' | 'خ' | 'ח' => ("hkCH", "", false),
        'د' | 'ض' | 'ד' => ("d", "", false),
        'ذ' | 'ظ' => ("dz", "", false),
        'ر' | 'ר' => ("r", "", false),
        'ز' | 'ז' | 'ژ' => ("zZ", "", false),
        'س' | 'ص' | 'ס' => ("sk", "", false),
        'ش' | 'ש' => ("Ss", "", false),
        'غ' => ("g", "", false),
        'ف' | 'פ' => ("fpv", "", false),
        'ق' | 'ك' | 'ק' => ("kg", "", false),
        'כ' => ("kCh", "", false),
        'گ' | 'ג' => ("gj", "", false),
        'ل' | 'ל' => ("l", "", false),
        'م' | 'מ' => ("m", "", false),
        'ن' | 'נ' => ("n", "", false),
        'ه' | 'ה' => ("ht", "ae", true),
        'و' | 'ו' => ("v", "ouU", false),
        'ي' | 'י' => ("j", "ieI", false),
        'צ' => ("Tzs", "", false),
        _ => ("", "", true),
    }
}

fn aligned(abjad: &[char], latin: &[char]) -> bool {
    // reach[j]: the letters so far can be read as the first j signs.
    let mut reach = vec![false; latin.len() + 1];
    reach[0] = true;
    // Between two letters one short vowel may be passed over; an `h` at the end of a word is a habit of spelling.
    let over_vowel = |reach: &mut Vec<bool>| {
        for at in (0..latin.len()).rev() {
            reach[at + 1] |= reach[at] && (is_vowel(latin[at]) || (latin[at] == 'h' && at + 1 == latin.len()));
        }
    };
    over_vowel(&mut reach);
    for (place, c) in abjad.iter().enumerate() {
        let (consonants, vowels, silent) = letter(*c);
        // At the beginning of a word alef carries its vowel.
        let silent = silent && !(place == 0 && matches!(c, 'ا' | 'א'));
        let mut next = if silent { reach.clone() } else { vec![false; reach.len()] };
        for at in 0..latin.len() {
            next[at + 1] |= reach[at] && (consonants.contains(latin[at]) || vowels.contains(latin[at]));
        }
        over_vowel(&mut next);
        reach = next;
    }
    reach[latin.len()]
}

/// Can the sounds of two words in different scripts be compared at all? Characters may be read in many ways.
pub(super) const fn comparable(a: Script, b: Script) -> bool {
    !a.is_joined() && !b.is_joined()
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
        }
        for (a, b) in [("김", "kim"), ("박", "park"), ("최", "choi"), ("길동", "gildong"), ("민준", "minjun")] {
            assert_eq!(sound_korean(&words(a)[0].latin), sound_korean(b));
        }
    }

    /// Proves that names in Arabic and Hebrew letters are read with their vowels, and that others are not read into them.
    #[test]
    fn abjads_are_read() {
        for (abjad, latin) in [
            ("محمد", "mohammed"),
            ("محمد", "muhammad"),
            ("أحمد", "ahmad"),
            ("فاطمة", "fatima"),
            ("يوسف", "youssef"),
            ("الحسن", "hassan"),
            ("דוד", "david"),
            ("שרה", "sarah"),
            ("כהן", "cohen"),
            ("יצחק", "yitzhak"),
        ] {
            assert!(reads_as(&words(abjad)[0], latin), "{abjad} {latin}");
        }
        for (abjad, latin) in [("أحمد", "hamid"), ("حسن", "hussein"), ("محمد", "mahmoud"), ("שרה", "ruth")]
        {
            assert!(!reads_as(&words(abjad)[0], latin), "{abjad} {latin}");
        }
    }
}
