//! Korean syllables read as words in Latin letters.
//!
//! Revised Romanization (National Institute of Korean Language, notice 2000-8), McCune-Reischauer, and what families
//! write in passports are spellings of single letters, so a syllable is taken apart (Unicode, section 3.12) and each of
//! its letters compared. A spelling that stands for one letter in names is sure; one that stands for several (`u` for ㅓ,
//! ㅜ and ㅡ, `t` for ㄷ and ㅌ) is not: 승민 and 성민 are brothers, and both are written Sungmin.

use super::sounds::Fit;

/// Sure spellings, and those that are another letter's as well.
type Spellings = (&'static [&'static str], &'static [&'static str]);

/// ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ.
const INITIALS: [Spellings; 19] = [
    (&["g", "k"], &["c"]),
    (&["kk"], &["k", "g"]),
    (&["n"], &["l", "r", ""]),
    (&["d"], &["t"]),
    (&["tt"], &["t", "d"]),
    (&["r"], &["l", "n", "rh"]),
    (&["m"], &[]),
    (&["b"], &["p", "v"]),
    (&["pp"], &["p", "b"]),
    (&["s", "sh"], &["x"]),
    (&["ss"], &["s", "sh"]),
    (&[""], &["l", "r", "rh"]),
    (&["j"], &["ch", "z"]),
    (&["jj"], &["j", "ch"]),
    (&["ch"], &["c", "j"]),
    (&["k"], &["kh", "q"]),
    (&["t"], &["th"]),
    (&["p"], &["ph", "f"]),
    (&["h"], &[]),
];

/// ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅘ ㅙ ㅚ ㅛ ㅜ ㅝ ㅞ ㅟ ㅠ ㅡ ㅢ ㅣ.
const VOWELS: [Spellings; 21] = [
    (&["a", "ah"], &["ar"]),
    (&["ae"], &["ai", "ay", "e", "a"]),
    (&["ya"], &["ia", "yah"]),
    (&["yae"], &["ye", "yea"]),
    (&["eo", "uh"], &["u", "o", "eu", "ur", "au"]),
    (&["e"], &["ae", "ay", "eh"]),
    (&["yeo", "yuh"], &["you", "yo", "yu", "yeu", "yau"]),
    (&["ye"], &["yae", "e", "yea"]),
    (&["o", "oh"], &["oo", "ou"]),
    (&["wa"], &["oa", "ua"]),
    (&["wae"], &["we", "oae", "wai"]),
    (&["oe"], &["oi", "we", "ue", "oy"]),
    (&["yo"], &["yoh", "io"]),
    (&["u", "oo"], &["woo", "wu", "ou", "o"]),
    (&["wo", "weo"], &["wuh", "uo", "eo"]),
    (&["we"], &["wae", "ue"]),
    (&["wi"], &["ui", "wee", "we"]),
    (&["yu", "yoo"], &["you", "u", "iu"]),
    (&["eu"], &["u", "e", "o", "oo"]),
    (&["ui", "eui"], &["ee", "i", "e", "yi", "oui"]),
    (&["i", "ee"], &["y", "yi", "e", "ie"]),
];

/// None, ㄱ ㄲ ㄳ ㄴ ㄵ ㄶ ㄷ ㄹ ㄺ ㄻ ㄼ ㄽ ㄾ ㄿ ㅀ ㅁ ㅂ ㅄ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ.
const FINALS: [Spellings; 28] = [
    (&[""], &[]),
    (&["k", "g"], &["c", "ck"]),
    (&["k"], &["g"]),
    (&["k"], &["g"]),
    (&["n"], &[]),
    (&["n"], &[]),
    (&["n"], &[]),
    (&["t", "d"], &[]),
    (&["l"], &["r"]),
    (&["k", "l"], &["g"]),
    (&["m"], &["l"]),
    (&["l"], &["p"]),
    (&["l"], &[]),
    (&["l"], &[]),
    (&["p"], &[]),
    (&["l"], &[]),
    (&["m"], &[]),
    (&["p", "b"], &[]),
    (&["p"], &[]),
    (&["t", "s"], &[]),
    (&["t"], &["s"]),
    (&["ng"], &["n"]),
    (&["t", "j"], &[]),
    (&["t", "ch"], &[]),
    (&["k"], &[]),
    (&["t"], &[]),
    (&["p"], &[]),
    (&[""], &["h"]),
];

/// Can these syllables be read as this word in Latin letters, and how surely?
pub(super) fn fit(hangul: &str, latin: &str) -> Fit {
    let mut reach = vec![Fit::No; latin.len() + 1];
    reach[0] = Fit::Sure;
    for syllable in hangul.chars() {
        let Some((initial, vowel, last)) = letters(syllable) else { return Fit::No };
        reach = read(reach, (latin, &INITIALS[initial]));
        reach = read(reach, (latin, &vowels_of(initial, vowel, last)));
        reach = read(reach, (latin, &FINALS[last]));
    }
    reach.pop().unwrap_or(Fit::No)
}

/// The letters of a syllable, as places in the tables.
fn letters(syllable: char) -> Option<(usize, usize, usize)> {
    let at = u32::from(syllable).checked_sub(0xAC00).filter(|at| *at < 11_172)?;
    let place = |number: u32| usize::try_from(number).ok();
    Some((place(at / 588)?, place(at % 588 / 28)?, place(at % 28)?))
}

/// Spellings of a vowel in its syllable: what is ambiguous by itself may be sure beside its neighbours.
fn vowels_of(initial: usize, vowel: usize, last: usize) -> Spellings {
    const G: usize = 0;
    const H: usize = 18;
    const SILENT: usize = 11;
    const J: usize = 12;
    const N: usize = 4;
    const NG: usize = 21;
    match (initial, vowel, last) {
        // 현, 경 and 형 are Hyun, Kyung and Hyung; no name has 휸, 귱 or 흉.
        (H, 6, N | NG) | (G, 6, NG) => (&["yeo", "yu"], &["you", "yo", "yeu"]),
        // 영 is Young; 용 and 융 are not.
        (SILENT, 6, NG) => (&["yeo", "you"], &["yo", "yu"]),
        // 순 and 선 are both Sun, 숙 and 석 both Suk; 준 is Jun, and no name has 전.
        (J, 13, N) => VOWELS[13],
        (SILENT, 13, 1..) => (&["woo", "oo"], &["u", "wu", "ou", "o"]),
        (_, 13, 1..) => (&["oo"], &["u", "woo", "wu", "ou", "o"]),
        // 우 is Woo, 희 is Hee.
        (SILENT, 13, _) => (&["u", "oo", "woo", "wu"], &["ou"]),
        (H, 19, _) => (&["ui", "eui", "ee"], &["i", "e"]),
        _ => VOWELS[vowel],
    }
}

/// What is reached once one more letter is read.
fn read(reach: Vec<Fit>, (latin, (sure, loose)): (&str, &Spellings)) -> Vec<Fit> {
    let mut next = vec![Fit::No; reach.len()];
    for (at, so_far) in reach.iter().enumerate().filter(|(_, fit)| **fit != Fit::No) {
        let spellings = sure.iter().map(|text| (text, Fit::Sure)).chain(loose.iter().map(|text| (text, Fit::Loose)));
        for (text, fit) in spellings.filter(|(text, _)| latin[at..].starts_with(**text)) {
            let end = &mut next[at + text.len()];
            *end = (*end).max(fit.min(*so_far));
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Fit, pairs: &[(&str, &str)]) {
        for (hangul, latin) in pairs {
            assert_eq!(fit(hangul, latin), expected, "{hangul} {latin}");
        }
    }

    /// Proves that common romanisations are read, that ambiguous ones are not believed, and that siblings' names are not
    /// read into one another.
    #[test]
    fn syllables_are_read_letter_by_letter() {
        check(
            Fit::Sure,
            &[
                ("민준", "minjun"),
                ("민준", "minjoon"),
                ("민우", "minwoo"),
                ("서연", "seoyeon"),
                ("지훈", "jihoon"),
                ("길동", "gildong"),
                ("현우", "hyunwoo"),
                ("건우", "geonwoo"),
                ("은희", "eunhee"),
                ("순희", "soonhee"),
                ("김", "kim"),
                ("홍", "hong"),
            ],
        );
        check(
            Fit::Loose,
            &[
                ("승민", "sungmin"),
                ("성민", "sungmin"),
                ("대현", "taehyun"),
                ("박", "park"),
                ("이", "lee"),
                ("최", "choi"),
            ],
        );
        check(
            Fit::No,
            &[
                ("민우", "minho"),
                ("지윤", "jihoon"),
                ("지우", "jiho"),
                ("지후", "jiwoo"),
                ("지우", "jihu"),
                ("민", "kim"),
            ],
        );
    }
}
