//! The print of a text: a sketch of its runs of words (Broder, "On the resemblance and containment of documents", 1997),
//! and its figures.
//!
//! The sketch keeps the smallest hashes, so that the share of runs two texts have in common can be told from two
//! sketches. A single hash of 64 bits (SimHash) was measured against it: a scan of a short laboratory report lies 13
//! bits from its file there, and letters of two patients with one body 12 to 15, so that it cannot tell them.

use crate::domain::{
    facts::{PageText, TextPrint, TextSource},
    limits::{TEXT_PRINT_FIGURES_MAX, TEXT_PRINT_RUNS_MAX, TEXT_PRINT_WORDS_MAX},
};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Words of a run: fewer are shared by any two letters of one hospital, more do not survive a misread word.
const RUN_WORDS: usize = 3;

/// Texts of fewer words say too little to be like another: `Page 1 of 1`.
const WORDS_MIN: usize = 12;

/// Characters of a figure that are kept: longer ones are data.
const FIGURE_CHARS_MAX: usize = 24;

/// The print of a document's text; `None` where there is too little of it.
pub fn print(pages: &[PageText], source: TextSource) -> Option<TextPrint> {
    let words = words(pages);
    if words.len() < WORDS_MIN {
        return None;
    }
    let hashes: BTreeSet<u32> = words.windows(RUN_WORDS).map(hash).collect();
    let whole = hashes.len() <= TEXT_PRINT_RUNS_MAX;
    let count = u32::try_from(words.len()).unwrap_or(u32::MAX);
    let runs = hashes.into_iter().take(TEXT_PRINT_RUNS_MAX).collect();
    Some(TextPrint { source, words: count, runs, whole, figures: figures(pages) })
}

/// Words in small letters, each character of a script without spaces by itself.
fn words(pages: &[PageText]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for page in pages {
        let mut word = String::new();
        for c in page.text.nfkc().flat_map(char::to_lowercase).chain([' ']) {
            let alone = is_ideograph(c);
            if c.is_alphanumeric() && !alone {
                word.push(c);
                continue;
            }
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if alone {
                words.push(c.to_string());
            }
        }
        if words.len() >= TEXT_PRINT_WORDS_MAX {
            words.truncate(TEXT_PRINT_WORDS_MAX);
            break;
        }
    }
    words
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// FNV-1a (Fowler, Noll, Vo), its bits mixed once more so that the smallest hashes are a fair sample. It is kept sealed
/// in records and must stay the same from release to release.
fn hash(run: &[String]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in run.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// Numbers, dates and identifiers as written, each once, in the order in which they stand.
fn figures(pages: &[PageText]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut figures = Vec::new();
    let tokens = pages.iter().flat_map(|page| page.text.split_whitespace());
    for token in tokens.filter(|token| token.bytes().any(|byte| byte.is_ascii_digit())) {
        let plain: String = token.nfkc().flat_map(char::to_lowercase).collect();
        let plain = plain.trim_matches(|c: char| !c.is_alphanumeric());
        if plain.chars().count() <= FIGURE_CHARS_MAX && seen.insert(plain.to_owned()) {
            figures.push(plain.to_owned());
            if figures.len() == TEXT_PRINT_FIGURES_MAX {
                break;
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<TextPrint> {
        print(&[PageText { page: 1, text: text.to_owned() }], TextSource::Digital)
    }

    /// Proves that neither case, layout nor the form of characters changes a print, and that a word does.
    #[test]
    fn what_changes_a_print() {
        let text =
            "The patient was seen on 02.03.2015 with confirmed fever and cough; haemoglobin 89 g/L, platelets 64.";
        let runs = |text: &str| of(text).unwrap().runs;
        assert_eq!(runs(text), runs(&text.to_uppercase().replace(' ', "\n  ")));
        assert_eq!(runs(text), runs(&text.replace("fi", "ﬁ")));
        assert_ne!(runs(text), runs(&text.replace("fever", "rash")));
        assert_eq!(of(text).unwrap().figures, ["02.03.2015", "89", "64"]);
    }

    /// Proves that a few words have no print, that text without spaces has one, and that long texts keep a sample.
    #[test]
    fn sizes() {
        assert_eq!(of("Page 1 of 1"), None);
        assert!(of("患者因腹痛三天来我院就诊，入院后行超声检查。").is_some());
        let long: String = (0..5_000).map(|at| format!("word{at} ")).collect();
        let print = of(&long).unwrap();
        assert_eq!((print.runs.len(), print.whole), (TEXT_PRINT_RUNS_MAX, false));
        assert!(print.runs.is_sorted() && print.runs[199] < u32::MAX / 20);
    }
}
