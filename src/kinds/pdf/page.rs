//! Reads one page: its text, what it draws, and what that makes of it.

use super::{fields, glyphs::Collector, layout, streams, structure};
use crate::domain::{
    facts::{Observation, PageFacts, PageText},
    limits::Limits,
    reason::Reason,
};
use hayro_interpret::kurbo::Rect;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};
use hayro_syntax::page::Page;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A page whose picture covers this share of it is a scan, unless it has text to go with it.
const SCAN_SHARE_MIN: f64 = 0.5;

/// Words that make a scan's text layer: fewer are a stamp or a page number put on it.
const SCAN_WORDS_MIN: u32 = 12;

/// Of a hundred glyphs, this many without text make a page's text doubtful.
const UNMAPPED_PERCENT_DOUBTFUL: u32 = 10;

/// Of a hundred glyphs, this many without text make it useless.
const UNMAPPED_PERCENT_USELESS: u32 = 30;

/// What a page is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Look {
    /// Its text can be read.
    Text,
    /// Only its pixels can.
    Picture,
    /// It draws glyphs that no text is known for: only its pixels can be read.
    Unmappable,
    /// It draws nothing.
    Blank,
    /// Its content is missing or broken.
    Lost,
}

/// A page that was read.
pub(super) struct ReadPage {
    /// What it is good for.
    pub(super) look: Look,
    /// Its figures.
    pub(super) facts: PageFacts,
    /// Its text.
    pub(super) text: PageText,
    /// What it says of people read in other ways: row by row, and as its form calls its fields.
    pub(super) other_views: Vec<String>,
    /// What is remarkable.
    pub(super) observations: Vec<Observation>,
}

/// Reads page `number`, counted from 1.
pub(super) fn read<'a>(page: &Page<'a>, number: u32, cache: &InterpreterCache<'a>, limits: &Limits) -> ReadPage {
    let mut observations = Vec::new();
    let mut observe = |reason, detail: String| observations.push(Observation::on_page(reason, number, detail));
    let lost = |look_at: &Page<'_>| look_at.raw().contains_key("Contents") && look_at.page_stream().is_none();
    let within = streams::content_is_bounded(page, limits.pdf_stream_bytes_max);
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut collector = Collector::new(bounds, limits.pdf_page_glyphs_max);
    let mut failed = false;
    if within {
        // A panic harms this page only; its neighbours are read.
        failed = catch_unwind(AssertUnwindSafe(|| interpret(page, bounds, cache, &mut collector))).is_err();
    } else {
        observe(Reason::ArchiveBomb, format!("content inflates beyond {} bytes", limits.pdf_stream_bytes_max));
    }
    if failed {
        observe(Reason::ParserFailed, "the page's content cannot be interpreted".to_owned());
    }
    if collector.is_full() {
        observe(Reason::TooManyEntries, format!("more than {} glyphs", limits.pdf_page_glyphs_max));
    }
    let fields = fields::of_page(page);
    let placed = fields::placed(&fields, page.initial_transform(true).to_kurbo());
    let (mut text, rows) = layout::text(std::mem::take(&mut collector.glyphs), placed);
    for note in fields::undrawn(&fields).map(str::to_owned).chain(structure::notes(page)) {
        if !text.contains(&note) {
            text.push_str(if text.is_empty() { "" } else { "\n\n" });
            text.push_str(&note);
        }
    }
    let other_views = rows.into_iter().chain(fields::said(&fields)).filter(|view| !view.is_empty()).collect();
    let facts = PageFacts {
        page: number,
        words: u32::try_from(text.split_whitespace().count()).unwrap_or(u32::MAX),
        glyphs: collector.drawn,
        glyphs_unmapped: collector.unmapped,
        pictures: collector.pictures,
        picture_share: collector.covered_share.min(1.0) as f32,
        strokes: collector.strokes,
        languages: Vec::new(),
        language_lines: Vec::new(),
    };
    let broken = !within || failed || lost(page);
    let look = look(&facts, collector.picture_share, &text, broken);
    match look {
        Look::Picture => {
            observe(
                Reason::ImageOnly,
                format!("{} pictures, {} shapes, {} words", facts.pictures, facts.strokes, facts.words),
            );
        }
        Look::Blank => observe(Reason::Blank, "nothing is drawn".to_owned()),
        Look::Lost if within && !failed => observe(Reason::Damaged, "the page's content is missing".to_owned()),
        Look::Text | Look::Unmappable | Look::Lost => {}
    }
    if look == Look::Unmappable || is_doubtful(&facts) {
        let detail = format!("{} of {} glyphs have no text", facts.glyphs_unmapped, facts.glyphs);
        observe(Reason::UnmappableText, detail);
    }
    ReadPage { look, facts, text: PageText { page: number, text }, other_views, observations }
}

fn interpret<'a>(page: &Page<'a>, bounds: Rect, cache: &InterpreterCache<'a>, collector: &mut Collector) {
    let transform = page.initial_transform(true).to_kurbo();
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings);
    interpret_page(page, &mut context, collector);
}

fn look(facts: &PageFacts, picture_share: f64, text: &str, broken: bool) -> Look {
    let useless =
        u64::from(facts.glyphs_unmapped) * 100 > u64::from(facts.glyphs) * u64::from(UNMAPPED_PERCENT_USELESS);
    if broken && facts.words == 0 {
        return Look::Lost;
    }
    if facts.glyphs_unmapped > 0 && useless || facts.words > 0 && is_garbage(text) {
        return Look::Unmappable;
    }
    let scan = picture_share >= SCAN_SHARE_MIN && facts.words < SCAN_WORDS_MIN;
    if facts.words > 0 && !scan {
        return Look::Text;
    }
    if facts.pictures > 0 || facts.strokes > 0 { Look::Picture } else { Look::Blank }
}

fn is_doubtful(facts: &PageFacts) -> bool {
    facts.glyphs_unmapped >= 5
        && u64::from(facts.glyphs_unmapped) * 100 > u64::from(facts.glyphs) * u64::from(UNMAPPED_PERCENT_DOUBTFUL)
}

/// Text that is mapped, but to signs: a font whose map was made up. Tables have digits, forms dots and lines.
fn is_garbage(text: &str) -> bool {
    let (mut words, mut signs) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '_' | '-' | '…' | '·')) {
        if c.is_alphanumeric() || is_mark(c) { words += 1 } else { signs += 1 }
    }
    words + signs >= 40 && signs > words
}

/// Vowel signs and accents of their own, which belong to words.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(words: u32, unmapped: u32, pictures: u32) -> PageFacts {
        PageFacts { words, glyphs: words * 5 + unmapped, glyphs_unmapped: unmapped, pictures, ..PageFacts::default() }
    }

    /// Proves what pages are taken for, from their figures.
    #[test]
    fn pages_are_told_apart() {
        assert_eq!(look(&facts(200, 0, 1), 1.0, "word", false), Look::Text);
        assert_eq!(look(&facts(3, 0, 1), 0.9, "word", false), Look::Picture);
        assert_eq!(look(&facts(3, 0, 1), 0.1, "word", false), Look::Text);
        assert_eq!(look(&facts(0, 90, 0), 0.0, "", false), Look::Unmappable);
        assert_eq!(look(&facts(0, 0, 0), 0.0, "", false), Look::Blank);
        assert_eq!(look(&facts(0, 0, 0), 0.0, "", true), Look::Lost);
        assert_eq!(look(&facts(9, 0, 0), 0.0, &"!%&/ $§( ".repeat(9), false), Look::Unmappable);
    }
}
