//! A pass over a page, or over a part of it: how it was read, what came out, and what that is worth. Pure.

use crate::{
    casework::{
        language,
        wordlike::{self, Measure},
    },
    domain::{
        facts::{LanguageLines, LanguageShare},
        reading::{Bitmap, ReadWord},
    },
    jail::{Layout, Thresholding},
};

/// From this share of sure letters on nothing better is looked for. Clear scans have 0.94 and more, wrong turns and
/// scripts below 0.4.
const SURE_WELL_MIN: f32 = 0.85;

/// Fewer letters than this are no text that could read well; a label or a page number.
const LETTERS_WELL_MIN: u32 = 15;

/// The language of what was read is believed from this share of sure letters on.
pub(super) const SURE_LANGUAGE_MIN: f32 = 0.6;

/// Below this share of sure letters in the best part of a page there is nothing more to be had of it as it was read: pages
/// upside down have up to 0.1, in another script mostly up to 0.25.
pub(super) const SURE_HOPELESS_MAX: f32 = 0.25;

/// Below this share of sure letters what was read is noise. Pages read with a pack of another script have up to 0.35,
/// few of them above 0.25.
pub(super) const SURE_NOISE_MAX: f32 = 0.4;

/// So many letters of noise are a page of text that is upside down or in an unknown script; a photo gives fewer.
pub(super) const LETTERS_NOISE_MIN: u32 = 80;

/// Words with fewer letters are as often higher than wide as not.
const LETTERS_LYING_MIN: usize = 4;

/// How a page is to be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Plan {
    /// Language packs, the likeliest first.
    pub(super) packs: Vec<String>,
    /// Quarter turns clockwise before.
    pub(super) quarter_turns: u8,
    /// How ink is told from paper.
    pub(super) thresholding: Thresholding,
    /// How lines are looked for.
    pub(super) layout: Layout,
}

/// What a pass gave.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Pass {
    /// How it was read.
    pub(super) plan: Plan,
    /// The words.
    pub(super) words: Vec<ReadWord>,
    /// What they are worth.
    pub(super) measure: Measure,
    /// Their languages.
    pub(super) languages: Vec<LanguageShare>,
    /// Which of its lines are in which of them.
    pub(super) language_lines: Vec<LanguageLines>,
    /// How its lines run.
    pub(super) lines: Lines,
}

/// How the lines of what was read run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lines {
    /// Across the page, or it cannot be told.
    Across,
    /// Up or down the page: the reader turned its blocks by itself, and the page lies on its side.
    Along,
}

impl Pass {
    /// A pass with its words measured.
    pub(super) fn of(plan: Plan, words: Vec<ReadWord>, languages: Vec<LanguageShare>) -> Self {
        let measure = wordlike::measure(&words);
        Self { plan, words, measure, languages, language_lines: Vec::new(), lines: Lines::Across }
    }

    /// The same, with what the boxes of its words on this page say of its lines.
    pub(super) fn on(self, page: &Bitmap) -> Self {
        Self { lines: lines_of(&self.words, page), ..self }
    }

    /// Is there nothing to be gained by another one?
    pub(super) fn reads_well(&self) -> bool {
        self.measure.sure >= SURE_WELL_MIN && self.has_text() && self.lines == Lines::Across
    }

    /// Are there letters enough to be text?
    pub(super) fn has_text(&self) -> bool {
        self.measure.letters >= LETTERS_WELL_MIN
    }

    /// Much that came out, and hardly a word of it: text in letters that the reader does not know.
    pub(super) fn is_noise(&self) -> bool {
        self.measure.sure < SURE_NOISE_MAX && self.measure.letters >= LETTERS_NOISE_MIN
    }

    /// Letters that are worth something, by how sure the reader is of all. Of a page that lies on its side half: read
    /// upright, it gives the same letters, and is known to have been turned.
    pub(super) fn score(&self) -> f32 {
        let upright = if self.lines == Lines::Across { 1.0 } else { 0.5 };
        self.measure.sure_letters() * self.measure.confidence * upright
    }

    /// The foreign language of what was read, where enough of it was read to believe that.
    pub(super) fn foreign_tag(&self) -> Option<&str> {
        let (_, share) = language::of_page(&self.languages);
        self.suspected_tag().filter(|_| self.measure.sure >= SURE_LANGUAGE_MIN && language::is_foreign(share))
    }

    /// The foreign language that most of what was read may be in, however badly it was.
    pub(super) fn suspected_tag(&self) -> Option<&str> {
        let foreign = self.languages.iter().filter(|share| !matches!(share.tag.as_str(), "en" | "und" | "mis"));
        foreign.max_by_key(|share| share.letters).map(|share| share.tag.as_str())
    }

    /// Share of English in what could be told.
    pub(super) fn english_share(&self) -> f32 {
        let (_, share) = language::of_page(&self.languages);
        1.0 - share
    }
}

/// Words are wider than high, unless their line runs up or down.
fn lines_of(words: &[ReadWord], page: &Bitmap) -> Lines {
    let (mut across, mut along) = (0, 0);
    for word in words {
        let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
        let [_, _, width, height] = word.place.map(u64::from);
        if letters >= LETTERS_LYING_MIN && width > 0 && height > 0 {
            let lies = width * u64::from(page.width) >= height * u64::from(page.height);
            *(if lies { &mut across } else { &mut along }) += letters;
        }
    }
    if along > across { Lines::Along } else { Lines::Across }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulk::Bulk;

    /// Proves that a page whose words stand on end is told from one whose words lie.
    #[test]
    fn lines_that_run_along_are_seen() {
        let page = Bitmap { width: 1_000, height: 2_000, dpi: 150, grey: Bulk(Vec::new()) };
        let word =
            |text: &str, place| ReadWord { text: text.to_owned(), confidence: 0.9, place, ..ReadWord::default() };
        let lines = |words: Vec<ReadWord>| Pass::of(Plan::default(), words, Vec::new()).on(&page).lines;
        // 60 by 20 pixels.
        let lying = word("fever", [0, 0, 600, 100]);
        let standing = word("cough", [0, 0, 200, 300]);
        assert_eq!(lines(vec![lying.clone(), lying.clone(), standing.clone()]), Lines::Across);
        assert_eq!(lines(vec![lying, standing.clone(), standing]), Lines::Along);
        assert_eq!(lines(vec![word("of", [0, 0, 200, 300])]), Lines::Across);
    }
}
