//! Lines of a page as they are kept, from lines as they were judged.
//!
//! Languages are told from words that are fairly sure, and more words than those are kept for search: a line that is kept
//! may have had no part in the judgement, so that the same line has two numbers.

use super::page::{CONFIDENCE_KEPT_MIN, CONFIDENCE_TOLD_MIN};
use crate::domain::{facts::LanguageLines, reading::ReadWord};

/// The same runs, counted in lines of the text that is kept.
pub(super) fn as_kept(words: &[ReadWord], runs: Vec<LanguageLines>) -> Vec<LanguageLines> {
    let (mut kept, mut last_line, mut told) = (0, None, Vec::new());
    for word in words.iter().filter(|word| word.confidence >= CONFIDENCE_KEPT_MIN) {
        if last_line != Some(word.line) {
            (kept, last_line) = (kept + 1, Some(word.line));
        }
        if word.confidence >= CONFIDENCE_TOLD_MIN && told.last() != Some(&kept) {
            told.push(kept);
        }
    }
    let at = |line: u32| told.get(line.saturating_sub(1) as usize).copied();
    let run = |run: LanguageLines| Some(LanguageLines { first: at(run.first)?, last: at(run.last)?, tag: run.tag });
    runs.into_iter().filter_map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that lines of which no word is sure are counted, and that lines that are not there are not named.
    #[test]
    fn lines_are_those_that_are_kept() {
        let word = |line, confidence| ReadWord { text: "word".to_owned(), line, confidence, ..ReadWord::default() };
        let words = [word(3, 0.9), word(3, 0.9), word(4, 0.1), word(5, 0.4), word(6, 0.9), word(8, 0.6)];
        let run = |first, last| LanguageLines { tag: "en".to_owned(), first, last };
        assert_eq!(as_kept(&words, vec![run(1, 2), run(3, 3), run(2, 9)]), [run(1, 3), run(4, 4)]);
    }
}
