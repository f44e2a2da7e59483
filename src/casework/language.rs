//! From shares to the language of a page and of a document.
//!
//! A letterhead is not the letter: English over a Spanish body does not make it bilingual, nor does a Spanish
//! letterhead make an English report foreign. A language therefore counts on a page from a share of its letters on,
//! and English beside another one from a larger share: a mixed page needs its translation in any case, so that only
//! English that could stand for itself is worth naming.

use crate::domain::facts::{LanguageLines, LanguageShare};
use std::collections::BTreeMap;

/// From this share of the letters on a page is foreign: less is a letterhead, a quotation, a name.
const FOREIGN_SHARE_MIN: f32 = 0.2;

/// From this share on English is named beside a foreign language.
const ENGLISH_SHARE_MIN: f32 = 0.4;

/// Runs of lines that are named in the words of a finding; the record of the page has them all.
const RUNS_IN_WORDS_MAX: usize = 8;

/// Fewer letters than this say nothing about a page.
const LETTERS_MIN: u32 = 20;

/// The language tag of a page and the share of its letters that are not English, 0 to 1, of those whose language
/// could be told. The tag is one or several joined by `+`, heaviest first; `und` where none could be told; `-` where
/// the page has no letters.
pub fn of_page(shares: &[LanguageShare]) -> (String, f32) {
    let told = letters(shares, |_| true);
    if shares.is_empty() {
        return ("-".to_owned(), 0.0);
    }
    if told < LETTERS_MIN {
        return ("und".to_owned(), 0.0);
    }
    let foreign = letters(shares, |tag| tag != "en");
    let tags: Vec<&str> = spoken(shares).iter().map(|share| share.tag.as_str()).collect();
    (tags.join("+"), foreign as f32 / told as f32)
}

/// The language tag of a document, the share of its letters that are not English, and the weight of each language.
/// Each page votes for the languages that count on it; pages with too few letters vote together.
pub fn of_document(pages: &[Vec<LanguageShare>]) -> (String, f32, Vec<LanguageShare>) {
    let total = add(pages.iter().flatten());
    let (few, full): (Vec<_>, Vec<_>) = pages.iter().partition(|page| letters(page, |_| true) < LETTERS_MIN);
    let mut voting: Vec<Vec<LanguageShare>> = full.into_iter().cloned().collect();
    if voting.is_empty() {
        voting.push(add(few.into_iter().flatten()));
    }
    let votes = add(voting.iter().filter(|page| letters(page, |_| true) >= LETTERS_MIN).flat_map(|page| spoken(page)));
    let tags: Vec<&str> = votes.iter().map(|share| share.tag.as_str()).collect();
    let tag = match (tags.is_empty(), total.is_empty()) {
        (false, _) => tags.join("+"),
        (true, false) => "und".to_owned(),
        (true, true) => "-".to_owned(),
    };
    let told = letters(&total, |_| true);
    let foreign = letters(&total, |tag| tag != "en");
    let share = if tags.is_empty() || told == 0 { 0.0 } else { foreign as f32 / told as f32 };
    (tag, share, total)
}

/// Is a page with this share of letters that are not English foreign?
pub fn is_foreign(share_non_english: f32) -> bool {
    share_non_english >= FOREIGN_SHARE_MIN
}

/// Where on a page its languages stand, to follow what is said of it: `; lines 1-4 en, 6-30 es`; empty where there is one.
pub fn lines_in_words(lines: &[LanguageLines]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let range = |LanguageLines { tag, first, last }: &LanguageLines| match first == last {
        true => format!("{first} {tag}"),
        false => format!("{first}-{last} {tag}"),
    };
    let ranges: Vec<String> = lines.iter().take(RUNS_IN_WORDS_MAX).map(range).collect();
    let more = if lines.len() > RUNS_IN_WORDS_MAX { ", and more" } else { "" };
    format!("; lines {}{more}", ranges.join(", "))
}

/// The languages that count on a page, heaviest first; the heaviest always does.
fn spoken(shares: &[LanguageShare]) -> Vec<&LanguageShare> {
    let told = letters(shares, |_| true) as f32;
    let mut known: Vec<&LanguageShare> =
        shares.iter().filter(|share| share.tag != "und" && share.letters > 0).collect();
    known.sort_by_key(|share| std::cmp::Reverse(share.letters));
    let foreign = letters(shares, |tag| tag != "en") as f32;
    let is_foreign = foreign >= FOREIGN_SHARE_MIN * told;
    let heaviest_foreign = known.iter().find(|share| share.tag != "en").map(|share| share.tag.clone());
    known.retain(|share| {
        let part = share.letters as f32 / told;
        match share.tag.as_str() {
            "en" => !is_foreign || part >= ENGLISH_SHARE_MIN,
            // Several languages that make the page foreign only together are represented by the heaviest.
            tag => is_foreign && (part >= FOREIGN_SHARE_MIN || Some(tag) == heaviest_foreign.as_deref()),
        }
    });
    known
}

/// Letters whose language could be told, of the languages wanted.
fn letters(shares: &[LanguageShare], wanted: fn(&str) -> bool) -> u32 {
    let told = shares.iter().filter(|share| share.tag != "und" && wanted(&share.tag));
    told.fold(0, |sum, share| sum.saturating_add(share.letters))
}

/// Adds up by language, heaviest first.
fn add<'a>(shares: impl IntoIterator<Item = &'a LanguageShare>) -> Vec<LanguageShare> {
    let mut sum: BTreeMap<&str, u32> = BTreeMap::new();
    for share in shares {
        let letters = sum.entry(&share.tag).or_default();
        *letters = letters.saturating_add(share.letters);
    }
    let mut sum: Vec<_> =
        sum.into_iter().map(|(tag, letters)| LanguageShare { tag: tag.to_owned(), letters }).collect();
    sum.sort_by_key(|share| std::cmp::Reverse(share.letters));
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(shares: &[(&str, u32)]) -> Vec<LanguageShare> {
        shares.iter().map(|(tag, letters)| LanguageShare { tag: (*tag).to_owned(), letters: *letters }).collect()
    }

    #[track_caller]
    fn check(pages: &[&[(&str, u32)]], tag: &str) {
        let pages: Vec<_> = pages.iter().map(|shares| page(shares)).collect();
        assert_eq!(of_document(&pages).0, tag);
    }

    /// Proves that letterheads neither make a foreign letter bilingual nor an English one foreign.
    #[test]
    fn letterheads_do_not_count() {
        check(&[&[("es", 900), ("en", 200)]], "es");
        check(&[&[("en", 900), ("es", 150)]], "en");
        check(&[&[("en", 500), ("es", 400)]], "en+es");
    }

    /// Proves that one foreign page among English ones is named, and that nothing is guessed from nothing.
    #[test]
    fn pages_vote() {
        check(&[&[("en", 900)], &[("es", 800)], &[("en", 700)]], "en+es");
        check(&[&[("und", 12)]], "und");
        check(&[&[]], "-");
        check(&[], "-");
        check(&[&[("en", 12)], &[("en", 11)]], "en");
        check(&[&[("zh", 14)]], "und");
    }

    /// Proves that runs of lines are said in few words.
    #[test]
    fn runs_are_said_in_words() {
        let run = |tag: &str, first, last| LanguageLines { tag: tag.to_owned(), first, last };
        assert_eq!(lines_in_words(&[]), "");
        assert_eq!(lines_in_words(&[run("en", 1, 4), run("es", 6, 6)]), "; lines 1-4 en, 6 es");
        let many = lines_in_words(&vec![run("en", 1, 2); 20]);
        assert!(many.ends_with(", and more") && many.len() < 120, "{many}");
    }

    /// Proves that what was kept of a page before its lines were told is read still.
    #[test]
    fn older_records_are_read() {
        let known = "{\"page\":1,\"words\":9,\"glyphs\":40,\"glyphs_unmapped\":0,\"pictures\":0,\"strokes\":0,\"languages\":[]}";
        let page: crate::domain::facts::PageFacts = serde_json::from_str(known).expect("a page");
        assert_eq!((page.words, page.language_lines), (9, Vec::new()));
    }

    /// Proves that the share counts only letters whose language is told.
    #[test]
    fn shares_are_of_told_letters() {
        let (tag, share) = of_page(&page(&[("und", 900), ("en", 75), ("fr", 25)]));
        assert_eq!((tag.as_str(), share), ("en+fr", 0.25));
        assert_eq!(of_page(&[]), ("-".to_owned(), 0.0));
    }
}
