//! Text to pages: where it has no pages of its own, it gets some, so that a hit in search names a place.

use super::decode::Decoded;
use crate::{
    domain::{
        facts::{Facts, PageFacts, PageText, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::{Exam, text::people::people},
};

/// Lines of a page that has no end of its own: a printed page.
const PAGE_LINES: usize = 60;

/// Characters of such a page: sixty full lines.
const PAGE_CHARS: usize = 4_000;

/// Cuts text at form feeds, and else into pages of a printed page's size, no more than the limit of pages: the more
/// text, the longer the pages.
pub fn split(text: &str, limits: &Limits) -> Vec<String> {
    let pages_max = (limits.document_pages_max as usize).max(1);
    let chars_max = PAGE_CHARS.max(text.len().div_ceil(pages_max) * 2);
    let lines_max = if chars_max > PAGE_CHARS { usize::MAX } else { PAGE_LINES };
    let mut pages: Vec<String> = Vec::new();
    for (index, sheet) in text.split('\u{C}').enumerate() {
        let mut page = String::new();
        let mut lines = 0;
        for line in sheet.split_inclusive('\n').flat_map(|line| pieces(line, chars_max)) {
            let full = lines >= lines_max || page.len() + line.len() > chars_max;
            if full && !page.is_empty() && pages.len() + 1 < pages_max {
                pages.push(std::mem::take(&mut page));
                lines = 0;
            }
            page.push_str(line);
            lines += 1;
        }
        let room = pages.len() < pages_max;
        match pages.last_mut() {
            Some(last) if !room => last.push_str(&page),
            // A form feed at the very end begins no page.
            _ if index > 0 && page.trim().is_empty() => {}
            _ => pages.push(page),
        }
    }
    pages
}

/// Cuts a line that is longer than a page at character boundaries.
fn pieces(line: &str, bytes_max: usize) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, tail) = rest.split_at(whole_chars(rest, bytes_max.max(4)));
        rest = tail;
        Some(piece)
    })
}

/// The most bytes from the start of a text, `bytes_max` at most, that end between two characters.
pub fn whole_chars(text: &str, bytes_max: usize) -> usize {
    (0..=bytes_max.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0)
}

/// Sends pages to the sink and writes into the facts what is true of them: words, blankness, readability. Pages
/// beyond the limits are not sent, and the facts say so.
pub fn pages(exam: &mut Exam<'_>, facts: &mut Facts, texts: Vec<String>) {
    let mut room = exam.limits.document_text_bytes_max as usize;
    let total = texts.len();
    let mut words_all = 0;
    let mut taken = Vec::new();
    for (index, mut text) in texts.into_iter().enumerate() {
        if index >= exam.limits.document_pages_max as usize || text.len() > room {
            let detail = format!("text is read up to page {index} of {total}: a limit is reached");
            facts.observe(Reason::ParserFailed, detail);
            facts.readable = Readable::Partial;
            break;
        }
        room -= text.len();
        // NUL is no character of any text, and search engines stumble over it.
        text.retain(|c| c != '\0');
        let page = index as u32 + 1;
        let words = words(&text);
        words_all += words;
        let glyphs = text.chars().filter(|c| !c.is_whitespace()).count() as u32;
        facts.pages.push(PageFacts { page, words, glyphs, ..PageFacts::default() });
        taken.push(PageText { page, text });
    }
    if facts.people.is_empty() {
        facts.people = people(&taken);
    }
    taken.into_iter().for_each(|page| exam.sink.page(page));
    if words_all == 0 && facts.pages.iter().all(|page| page.glyphs == 0) {
        facts.observe(Reason::Blank, "no character other than blanks");
        facts.readable = Readable::No;
    }
}

/// Says what is wrong with decoded text: a fifth of it meaningless is not readable, a fiftieth is a warning.
pub fn note_decoding(facts: &mut Facts, decoded: &Decoded) {
    let chars = decoded.text.chars().count();
    let detail = || format!("{} of {chars} characters have no meaning in {}", decoded.malformed, decoded.encoding);
    if decoded.malformed * 5 > chars {
        facts.observe(Reason::Damaged, detail());
        facts.readable = Readable::No;
    } else if decoded.malformed * 50 > chars {
        facts.observe(Reason::Damaged, detail());
    }
}

/// Words, as a person would count them: runs between blanks that hold a letter or digit, and each ideograph or kana.
pub fn words(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut inside = false;
    for c in text.chars() {
        if matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        {
            count = count.saturating_add(1);
            inside = false;
        } else if c.is_whitespace() {
            inside = false;
        } else if c.is_alphanumeric() && !inside {
            count = count.saturating_add(1);
            inside = true;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that pages end at form feeds and after sixty lines, and that nothing is lost between them.
    #[test]
    fn text_is_cut_into_pages() {
        let limits = Limits::default();
        assert_eq!(split("a\u{C}b\u{C}", &limits), ["a", "b"]);
        assert_eq!(split("", &limits), [""]);
        let long: String = (0..130).map(|line| format!("line {line}\n")).collect();
        let pages = split(&long, &limits);
        assert_eq!(pages.len(), 3);
        assert_eq!(pages.concat(), long);
    }

    /// Proves that the number of pages is bounded however the text is made, without loss of text.
    #[test]
    fn pages_are_bounded() {
        let limits = Limits { document_pages_max: 7, ..Limits::default() };
        for text in ["ü".repeat(100_000), "a\n".repeat(50_000), "x\u{C}".repeat(500)] {
            let pages = split(&text, &limits);
            assert!(pages.len() <= 7, "{} pages", pages.len());
            assert_eq!(pages.concat().replace('\u{C}', ""), text.replace('\u{C}', ""));
        }
    }

    /// Proves that words are counted in scripts with and without blanks.
    #[test]
    fn words_are_counted() {
        assert_eq!(words("Two words, - and 3.5 mg"), 5);
        assert_eq!(words("患者は女児"), 5);
        assert_eq!(words(" \n"), 0);
    }
}
