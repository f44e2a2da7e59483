//! Faint print beside what was read of a page: taken in where it can be read, and forgotten where it cannot. What shines
//! through from the back of a sheet looks like it, and says nothing of the sheet.

use super::{
    attempts::Prospect,
    page::{Document, Halt, ReadPage, text_of},
};
use crate::{
    casework::wordlike::{self, Measure},
    domain::{
        facts::{LanguageLines, LanguageShare},
        reading::{FaintPrint, FaintRead, PageReading, ReadState, ReadWord},
    },
};

/// Faint print is believed from this share of sure letters on, as the language of a page is.
const SURE_MIN: f32 = 0.6;

/// And from so many of them: a sentence.
const SURE_LETTERS_MIN: f32 = 40.0;

/// The page with its faint print behind what was read before, if that can be read.
pub(super) async fn with(document: &Document<'_>, read: ReadPage, faint: Option<FaintPrint>) -> Result<ReadPage, Halt> {
    let Some(FaintPrint { look, bitmap, lay }) = faint else { return Ok(read) };
    // Pieces without lines are the grain of the paper, a watermark, the edges of a table.
    if look.lines() == 0 {
        return Ok(read);
    }
    let page = read.reading.page;
    let found = document.read_laid(page, (look, lay), (&bitmap, Prospect::Poor)).await?;
    let seen = &found.reading;
    tracing::debug!(
        page,
        letters = seen.letters,
        sure = seen.sure,
        contrast = look.contrast,
        "faint print was looked for"
    );
    if seen.sure < SURE_MIN {
        return Ok(read);
    }
    let found = only_new(found, &read.kept.words);
    let measure = wordlike::measure(&found.kept.words);
    let believed = measure.sure >= SURE_MIN && measure.sure_letters() >= SURE_LETTERS_MIN;
    Ok(if believed { joined(read, (found, measure)) } else { read })
}

/// Without the words that were read before: print that is not so faint is read both ways.
fn only_new(mut found: ReadPage, known: &[ReadWord]) -> ReadPage {
    let before = found.kept.words.len();
    found.kept.words.retain(|word| !known.iter().any(|known| lies_on(word, known)));
    if found.kept.words.len() < before {
        found.kept.text = text_of(found.kept.words.iter());
        // Lines were counted with the others among them.
        found.reading.language_lines.clear();
    }
    found
}

/// Does the middle of a word lie within another one's box?
fn lies_on(word: &ReadWord, other: &ReadWord) -> bool {
    let [left, top, width, height] = word.place.map(u32::from);
    let [other_left, other_top, other_width, other_height] = other.place.map(u32::from);
    let (x, y) = (left + width / 2, top + height / 2);
    (other_left..=other_left + other_width).contains(&x) && (other_top..=other_top + other_height).contains(&y)
}

/// Both as one page. Of an empty one nothing is left; else the look is that of the page, and the turn that of most of it.
fn joined(mut read: ReadPage, (mut found, measure): (ReadPage, Measure)) -> ReadPage {
    found.reading.words = measure.words;
    (found.reading.letters, found.reading.sure) = (measure.letters, measure.sure);
    let faint = Some(FaintRead { letters: measure.letters, contrast: found.reading.look.contrast });
    if read.reading.state == ReadState::Blank || read.kept.words.is_empty() {
        found.reading.faint = faint;
        return found;
    }
    let lines_before = u32::try_from(read.kept.text.lines().count()).unwrap_or(u32::MAX);
    let behind = read.kept.words.iter().map(|word| word.line.saturating_add(1)).max().unwrap_or(0);
    let words = found.kept.words.into_iter();
    read.kept.words.extend(words.map(|word| ReadWord { line: word.line.saturating_add(behind), ..word }));
    read.kept.text.push('\n');
    read.kept.text.push_str(&found.kept.text);
    let moved = |run: LanguageLines| LanguageLines {
        first: run.first.saturating_add(lines_before),
        last: run.last.saturating_add(lines_before),
        tag: run.tag,
    };
    let mut reading = measured_together(&read.reading, &found.reading);
    reading.language_lines.extend(found.reading.language_lines.into_iter().map(moved));
    reading.faint = faint;
    ReadPage { reading, kept: read.kept }
}

fn measured_together(one: &PageReading, other: &PageReading) -> PageReading {
    let letters = one.letters.saturating_add(other.letters);
    let mean = |of: fn(&PageReading) -> f32| {
        let sum = of(one) * one.letters as f32 + of(other) * other.letters as f32;
        if letters == 0 { 0.0 } else { sum / letters as f32 }
    };
    let turned = if other.letters > one.letters { other } else { one };
    PageReading {
        words: one.words.saturating_add(other.words),
        letters,
        confidence: mean(|read| read.confidence),
        wordlike: mean(|read| read.wordlike),
        sure: mean(|read| read.sure),
        other_script: mean(|read| read.other_script),
        quarter_turns: turned.quarter_turns,
        languages: shares_of_both(&one.languages, &other.languages),
        ..one.clone()
    }
}

fn shares_of_both(one: &[LanguageShare], other: &[LanguageShare]) -> Vec<LanguageShare> {
    let mut all = one.to_vec();
    for share in other {
        match all.iter_mut().find(|known| known.tag == share.tag) {
            Some(known) => known.letters = known.letters.saturating_add(share.letters),
            None => all.push(share.clone()),
        }
    }
    all.sort_by(|a, b| b.letters.cmp(&a.letters).then_with(|| a.tag.cmp(&b.tag)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reading::{KeptPage, PageLook};

    fn read(text: &str, tag: &str, (letters, sure): (u32, f32)) -> ReadPage {
        let words = text.lines().enumerate().flat_map(|(line, words)| {
            words.split(' ').map(move |word| ReadWord {
                text: word.to_owned(),
                confidence: 0.9,
                line: line as u32,
                ..ReadWord::default()
            })
        });
        let words: Vec<ReadWord> = words.collect();
        let reading = PageReading {
            page: 3,
            letters,
            sure,
            words: words.len() as u32,
            languages: vec![LanguageShare { tag: tag.to_owned(), letters }],
            language_lines: vec![LanguageLines { tag: tag.to_owned(), first: 1, last: text.lines().count() as u32 }],
            ..PageReading::default()
        };
        ReadPage { reading, kept: KeptPage { page: 3, text: text.to_owned(), words } }
    }

    /// Proves that faint print stands behind the rest with its own lines and languages, and that each letter counts once.
    #[test]
    fn faint_print_stands_behind_the_rest() {
        let (one, other) =
            (read("University\nHospital", "en", (100, 0.9)), read("Madre de la niña\nsana", "es", (300, 0.7)));
        let both = joined(one, (other, Measure { words: 5, letters: 300, sure: 0.7, ..Measure::default() }));
        assert_eq!(both.kept.text, "University\nHospital\nMadre de la niña\nsana");
        assert_eq!(both.kept.words.iter().map(|word| word.line).collect::<Vec<_>>(), [0, 1, 2, 2, 2, 2, 3]);
        let runs: Vec<_> =
            both.reading.language_lines.iter().map(|run| (run.tag.as_str(), run.first, run.last)).collect();
        assert_eq!(runs, [("en", 1, 2), ("es", 3, 4)]);
        let tags: Vec<_> = both.reading.languages.iter().map(|share| (share.tag.as_str(), share.letters)).collect();
        assert_eq!(tags, [("es", 300), ("en", 100)]);
        assert!((both.reading.sure - 0.75).abs() < 0.001 && both.reading.letters == 400);
        assert_eq!(both.reading.faint.map(|faint| faint.letters), Some(300));
    }

    /// Proves that a sheet which looked empty becomes the page that was read on it.
    #[test]
    fn an_empty_sheet_becomes_a_page() {
        let blank = PageReading { page: 3, state: ReadState::Blank, ..PageReading::default() };
        let mut found = read("pale print", "en", (60, 0.8));
        found.reading.look = PageLook { contrast: 14.0, ..PageLook::default() };
        let measure = wordlike::measure(&found.kept.words);
        let page =
            joined(ReadPage { reading: blank, kept: KeptPage { page: 3, ..KeptPage::default() } }, (found, measure));
        assert_eq!((page.reading.state, page.kept.text.as_str()), (ReadState::Read, "pale print"));
        assert_eq!(page.reading.faint, Some(FaintRead { letters: 9, contrast: 14.0 }));
    }

    /// Proves that a word which was read before, about where it stands, is not read twice, and its neighbours are.
    #[test]
    fn words_are_read_once() {
        let at = |text: &str, place| ReadWord { text: text.to_owned(), place, ..ReadWord::default() };
        let mut found = read("faint print", "en", (10, 0.9));
        found.kept.words = vec![at("faint", [1_000, 500, 400, 60]), at("print", [1_500, 500, 400, 60])];
        let new = only_new(found, &[at("Faint", [990, 510, 410, 55]), at("dark", [1_500, 700, 400, 60])]);
        assert_eq!((new.kept.text.as_str(), new.kept.words.len()), ("print", 1));
    }
}
