//! Arabic and Hebrew letters read as words in Latin ones.
//!
//! Long vowels are written, short ones are not, and Latin letters do not tell long from short. So a consonant says much,
//! a written vowel something, and what is not written nothing: سمر can be read as Samir, and is Samar, a sister's name.
//! A reading counts as sure only where what is written leaves little else to read.

use super::{
    letters::Word,
    sounds::{Fit, consonants_spelt, is_vowel},
};

/// Written sounds from which on a reading without a guessed vowel is sure: names of three letters are many names.
const WRITTEN_MIN: usize = 4;

/// Can these letters be read as this word in Latin letters, and how surely?
pub(super) fn fit(abjad: &Word, latin: &str) -> Fit {
    // Long vowels that Latin letters show.
    let long = latin.replace("dj", "j").replace("ou", "U").replace("oo", "U").replace("ee", "I").replace("ei", "I");
    let spelt: Vec<char> = consonants_spelt(&long).chars().collect();
    let mut whole: Vec<char> = abjad.native.chars().collect();
    whole.dedup();
    let bare = whole.strip_prefix(&['ا', 'ل']).filter(|rest| rest.len() >= 2);
    let readings = [Some(whole.as_slice()), bare].into_iter().flatten();
    readings.map(|letters| aligned(letters, &spelt)).max().unwrap_or(Fit::No)
}

/// What a letter may be in Latin: its consonants, its vowels, vowels that it is rarely, and whether it may be silent.
struct Letter(&'static str, &'static str, &'static str, bool);

fn letter(word: &[char], place: usize) -> Letter {
    let next = word.get(place + 1).copied();
    // `Abdullah` is written with the article within.
    let article = place > 2 && next == Some('ل') && word.len() > place + 2;
    let c = word[place];
    match c {
        'ا' | 'א' if place == 0 => Letter("", "ae", "iouUI", false),
        'ا' if article => Letter("", "aeiouUI", "", false),
        'ا' => Letter("", "a", "e", false),
        'א' => Letter("", "a", "eo", true),
        'ع' | 'ע' | 'ء' => Letter("", "aeiouUI", "", true),
        'ب' | 'ב' => Letter("bpv", "", "", false),
        'پ' => Letter("p", "", "", false),
        'ت' | 'ط' | 'ט' | 'ת' => Letter("t", "", "", false),
        'ث' => Letter("ts", "", "", false),
        'ج' => Letter("jgZ", "", "", false),
        'چ' => Letter("C", "", "", false),
        'ح' | 'خ' | 'ח' => Letter("hkCH", "", "", false),
        'د' | 'ض' | 'ד' => Letter("d", "", "", false),
        'ذ' | 'ظ' => Letter("dz", "", "", false),
        'ر' | 'ר' => Letter("r", "", "", false),
        'ز' | 'ז' | 'ژ' => Letter("zZ", "", "", false),
        'س' | 'ص' | 'ס' => Letter("s", "", "", false),
        'ش' => Letter("SsC", "", "", false),
        'ש' => Letter("Ss", "", "", false),
        'غ' => Letter("g", "", "", false),
        'ف' | 'פ' => Letter("fpv", "", "", false),
        'ق' | 'ك' | 'ק' => Letter("kg", "", "", false),
        'כ' => Letter("kCh", "", "", false),
        'گ' | 'ג' => Letter("gj", "", "", false),
        'ل' | 'ל' => Letter("l", "", "", false),
        'م' | 'מ' => Letter("m", "", "", false),
        'ن' | 'נ' => Letter("n", "", "", false),
        // At the end of a word it is a vowel, and so is the bound `t` that is folded to it.
        'ه' | 'ה' if next.is_none() => Letter("ht", "ae", "o", false),
        'ه' | 'ה' => Letter("h", "", "", false),
        'و' | 'ו' => Letter("v", "ouU", "", false),
        'ي' | 'י' => Letter("j", "iI", "ea", false),
        'צ' => Letter("Tzs", "", "", false),
        _ => Letter("", "", "", true),
    }
}

/// How the letters so far can be read as the signs so far: is it sure, and how many sounds were written.
type Reached = Option<(bool, usize)>;

fn better(a: Reached, b: Reached) -> Reached {
    a.max(b)
}

fn aligned(abjad: &[char], latin: &[char]) -> Fit {
    let mut reach: Vec<Reached> = vec![None; latin.len() + 1];
    reach[0] = Some((true, 0));
    pass_over(&mut reach, latin, false);
    let mut long = false;
    for place in 0..abjad.len() {
        let mut next = vec![None; reach.len()];
        if let Letter(.., true) = letter(abjad, place) {
            // A silent alef within a word leaves room for another vowel: Michal is no מיכאל.
            let sure = place == 0 || abjad[place] != 'א';
            next = reach.iter().map(|so_far| so_far.map(|(known, written)| (known && sure, written))).collect();
        }
        for at in 0..latin.len() {
            next[at + 1] = better(next[at + 1], reach[at].and_then(|so_far| read(so_far, (abjad, place), (latin, at))));
        }
        long |= place > 0 && matches!(abjad[place], 'ا' | 'و' | 'ي');
        pass_over(&mut next, latin, long);
        reach = next;
    }
    match reach[latin.len()] {
        Some((true, written)) if written >= WRITTEN_MIN => Fit::Sure,
        Some(_) => Fit::Loose,
        None => Fit::No,
    }
}

/// Reads one letter as one sign.
fn read((sure, written): (bool, usize), (abjad, place): (&[char], usize), (latin, at): (&[char], usize)) -> Reached {
    let Letter(consonants, vowels, rare, _) = letter(abjad, place);
    let (sign, c) = (latin[at], abjad[place]);
    if consonants.contains(sign) {
        return Some((sure, written + 1));
    }
    let usual = vowels.contains(sign);
    if !usual && !rare.contains(sign) {
        return None;
    }
    let spoken = |at: Option<usize>| at.and_then(|at| latin.get(at)).is_some_and(|sign| is_spoken(*sign));
    Some(match (c, place) {
        // It carries any vowel, so that it says little.
        ('ع' | 'ע' | 'ء', _) => (sure, written),
        // Ayman and Iman begin with the same two letters.
        ('ا', 0) if matches!(abjad.get(1), Some('ي' | 'و')) => (false, written + 1),
        ('ا' | 'א', 0) => (sure, written + usize::from(usual)),
        // It parts two vowels, as in Michael; by itself it may be an `e`, as in Michal beside it.
        ('א', _) => (sure && (spoken(at.checked_sub(1)) || spoken(Some(at + 1))), written + 1),
        _ => (sure && usual, written + 1),
    })
}

/// Between two letters one short vowel may be passed over; an `h` at the end of a word is a habit of spelling. Of short
/// vowels, `a` and `e` are the common ones, and behind a long one in Arabic only `e` is: Kamal is no كامل. Any other that
/// is not written is a guess behind the first syllable, where other names have a long one: Salim is سالم and سليم.
fn pass_over(reach: &mut [Reached], latin: &[char], long: bool) {
    let first_vowel = latin.iter().position(|sign| is_spoken(*sign)).unwrap_or(latin.len());
    for at in (0..latin.len()).rev() {
        let Some((sure, written)) = reach[at] else { continue };
        let sign = latin[at];
        let last = at + 1 == latin.len();
        let passed = match sign {
            'h' if last => Some((sure, written)),
            // A vowel at the end is written, or is none: Samira is not Samir. An `h` behind it may be silent.
            'e' if last => Some((false, written)),
            _ if last => None,
            _ if is_vowel(sign) && latin[at + 1..] == ['h'] => Some((false, written)),
            'a' => Some((sure && !long, written)),
            'e' => Some((sure, written)),
            _ if is_vowel(sign) => Some((sure && at == first_vowel, written)),
            _ => None,
        };
        reach[at + 1] = better(reach[at + 1], passed);
    }
}

const fn is_spoken(sign: char) -> bool {
    is_vowel(sign) || matches!(sign, 'U' | 'I')
}

#[cfg(test)]
mod tests {
    use super::super::letters::words;
    use super::*;

    #[track_caller]
    fn check(expected: Fit, pairs: &[(&str, &str)]) {
        for (abjad, latin) in pairs {
            assert_eq!(fit(&words(abjad)[0], latin), expected, "{abjad} {latin}");
        }
    }

    /// Proves that what is written with its vowels is read surely, that what leaves another name open is not, and that
    /// other names are not read into it.
    #[test]
    fn abjads_are_read_as_far_as_they_say() {
        check(
            Fit::Sure,
            &[
                ("محمد", "mohammed"),
                ("محمد", "muhammad"),
                ("أحمد", "ahmad"),
                ("يوسف", "youssef"),
                ("جمال", "jamal"),
                ("سمير", "samir"),
                ("حسين", "hussein"),
            ],
        );
        check(
            Fit::Sure,
            &[("יונתן", "yonatan"), ("יצחק", "yitzhak"), ("מרים", "miriam"), ("מיכאל", "michael"), ("كامل", "kamel")],
        );
        check(
            Fit::Loose,
            &[
                ("سمر", "samir"),
                ("سامر", "samir"),
                ("سامر", "samar"),
                ("كامل", "kamal"),
                ("صالح", "salah"),
                ("إيمان", "ayman"),
                ("מיכאל", "michal"),
                ("سليم", "salem"),
                ("سالم", "salim"),
                ("حسن", "hassan"),
                ("عمر", "ammar"),
                ("عمار", "omar"),
                ("فاطمة", "fatima"),
                ("الحسن", "hassan"),
                ("גל", "gil"),
                ("דוד", "david"),
                ("שרה", "sarah"),
                ("כהן", "cohen"),
            ],
        );
        check(
            Fit::No,
            &[
                ("أحمد", "hamid"),
                ("حسن", "hussein"),
                ("محمد", "mahmoud"),
                ("שרה", "ruth"),
                ("جمال", "jamil"),
                ("سامية", "sami"),
                ("מיכל", "michael"),
                ("سمير", "samira"),
            ],
        );
    }
}
