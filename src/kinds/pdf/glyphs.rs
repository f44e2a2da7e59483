//! Collects what a page draws: glyphs with their places, pictures, shapes. Nothing is rendered.

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Shape};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask};
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// From this brightness on a filled shape is paper: form designers draw white rectangles under everything.
const WHITE: f32 = 0.98;

/// One glyph that stands for text.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Glyph {
    /// Its text: usually one character, more for a ligature.
    pub(super) text: String,
    /// Origin along the line, points, in the frame of its direction: grows with reading for left-to-right text.
    pub(super) along: f64,
    /// Origin across the line, points, growing downwards.
    pub(super) across: f64,
    /// Width, points.
    pub(super) advance: f64,
    /// Height of an em, points.
    pub(super) size: f64,
    /// Quarter turns of the line, clockwise, as the page is shown.
    pub(super) turn: u8,
}

/// What a page draws.
#[derive(Default)]
pub(super) struct Collector {
    /// Glyphs with text, in the order in which they are drawn.
    pub(super) glyphs: Vec<Glyph>,
    /// Glyphs drawn, spaces apart.
    pub(super) drawn: u32,
    /// Of these, the ones no text is known for.
    pub(super) unmapped: u32,
    /// Pictures drawn.
    pub(super) pictures: u32,
    /// Lines and shapes drawn in something else than the colour of paper.
    pub(super) strokes: u32,
    /// Share of the page under the largest picture, 0 to 1.
    pub(super) picture_share: f64,
    /// Share of the page under all of them; what lies under several counts each time.
    pub(super) covered_share: f64,
    page: Rect,
    seen: HashSet<(i64, i64, String)>,
    glyphs_max: usize,
}

impl Collector {
    /// For a page with these bounds, in points as shown.
    pub(super) fn new(page: Rect, glyphs_max: usize) -> Self {
        Self { page, glyphs_max, ..Self::default() }
    }

    /// Were glyphs left out because there are too many?
    pub(super) fn is_full(&self) -> bool {
        self.glyphs.len() >= self.glyphs_max
    }

    /// `text` as [`readable`] gives it.
    fn glyph(&mut self, text: Option<String>, transform: Affine, advance: Option<f32>, mode: WritingMode) {
        let Some(text) = text else {
            self.drawn = self.drawn.saturating_add(1);
            self.unmapped = self.unmapped.saturating_add(1);
            return;
        };
        // Mapped to nothing, as joiners are.
        if text.is_empty() || self.is_full() {
            return;
        }
        if !text.chars().all(char::is_whitespace) {
            self.drawn = self.drawn.saturating_add(1);
        }
        let origin = transform * Point::ZERO;
        let em = transform * Point::new(0.0, 1_000.0) - origin;
        let ahead = transform * Point::new(1_000.0, 0.0) - origin;
        let size = em.hypot();
        if ![origin.x, origin.y, size, ahead.x, ahead.y].iter().all(|number| number.is_finite()) {
            return;
        }
        let width = f64::from(advance.unwrap_or(500.0)) / 1_000.0 * ahead.hypot();
        // Vertical text runs down the page: a line turned by a quarter whose glyphs advance by their height.
        let (turn, advance) = match mode {
            WritingMode::Horizontal => (quarter_turns(ahead.x, ahead.y), width),
            WritingMode::Vertical => (1, size),
        };
        let (along, across) = match turn {
            0 => (origin.x, origin.y),
            1 => (origin.y, -origin.x),
            2 => (-origin.x, -origin.y),
            _ => (-origin.y, origin.x),
        };
        // Bold is faked by drawing twice, stroked text comes filled and stroked: once is enough.
        let grid = (size / 4.0).max(0.1);
        let place = ((along / grid).round() as i64, (across / grid).round() as i64, text.clone());
        if text.trim().is_empty() || self.seen.insert(place) {
            self.glyphs.push(Glyph { text, along, across, advance, size, turn });
        }
    }

    fn shape(&mut self, bounds: Rect, props: &DrawProps<'_>) {
        if !is_paper(&props.paint) && self.is_on_page(props.transform.transform_rect_bbox(bounds)) {
            self.strokes = self.strokes.saturating_add(1);
        }
    }

    fn is_on_page(&self, bounds: Rect) -> bool {
        let common = bounds.intersect(self.page);
        common.width() >= 0.0 && common.height() >= 0.0 && bounds.overlaps(self.page.inflate(1.0, 1.0))
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        if !path.is_empty() {
            self.shape(path.bounding_box(), &props);
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, _: &DrawMode) {
        self.shape(*rect, &props);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_clip_rect(&mut self, _: &Rect) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        // A run has one font, so a code stands for the same text throughout; finding it takes several look-ups by name.
        let mut texts: HashMap<u32, Option<String>> = HashMap::new();
        for glyph in run.glyphs() {
            let text = texts.entry(glyph.char_code()).or_insert_with(|| glyph.as_unicode().and_then(readable)).clone();
            let advance = match &**glyph {
                hayro_interpret::font::Glyph::Outline(outline) => outline.advance_width(),
                hayro_interpret::font::Glyph::Type3(drawn) => drawn.advance_width(),
            };
            self.glyph(text, props.transform * glyph.transform(), advance, run.writing_mode());
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let own = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let shown = props.transform.transform_rect_bbox(own);
        if !self.is_on_page(shown) {
            return;
        }
        self.pictures = self.pictures.saturating_add(1);
        let page = self.page.area().max(1.0);
        let share = shown.intersect(self.page).area() / page;
        self.picture_share = self.picture_share.max(share);
        self.covered_share += share;
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// The text of a glyph, made plain; `None` where it is no text.
fn readable(text: BfString) -> Option<String> {
    let text = match text {
        BfString::Char(c) => plain(c.encode_utf8(&mut [0; 4])),
        BfString::String(text) => plain(&text),
    };
    (!is_unreadable(&text)).then_some(text)
}

/// Ligatures and presentation forms as the letters they stand for, so that words are found and languages told.
fn plain(text: &str) -> String {
    let form = |c: char| matches!(u32::from(c), 0xFB00..=0xFDFF | 0xFE70..=0xFEFC);
    let text: String = if text.chars().any(form) { text.nfkc().collect() } else { text.to_owned() };
    text.replace('\u{a0}', " ").replace(['\u{ad}', '\u{feff}', '\u{200b}'], "")
}

/// No text, although mapped: control characters, private use, the replacement character.
fn is_unreadable(text: &str) -> bool {
    text.chars().any(|c| {
        matches!(u32::from(c), 0xE000..=0xF8FF | 0xF0000..=0x10FFFF | 0xFFFD) || c.is_control() && !c.is_whitespace()
    })
}

fn quarter_turns(x: f64, y: f64) -> u8 {
    match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
        (true, true, _) => 0,
        (true, false, _) => 2,
        (false, _, true) => 1,
        (false, _, false) => 3,
    }
}

fn is_paper(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => {
            let [red, green, blue, alpha] = color.to_rgba().components();
            alpha == 0.0 || red >= WHITE && green >= WHITE && blue >= WHITE
        }
        Paint::Pattern(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that ligatures become letters, and that what is no text is not taken for it.
    #[test]
    fn text_is_made_plain() {
        assert_eq!(plain("ﬁ"), "fi");
        assert_eq!(plain("ﻻ"), "لا");
        assert_eq!(plain("a\u{ad}"), "a");
        assert!(is_unreadable("\u{f0b7}"));
        assert!(is_unreadable("\u{1}"));
        assert!(!is_unreadable("\t"));
    }

    /// Proves that directions are told in quarter turns, the y axis pointing down.
    #[test]
    fn directions_are_quarter_turns() {
        assert_eq!([(1.0, 0.1), (0.1, 1.0), (-1.0, 0.0), (0.0, -1.0)].map(|(x, y)| quarter_turns(x, y)), [0, 1, 2, 3]);
    }
}
