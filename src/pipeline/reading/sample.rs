//! The part of a page on which packs, turns and thresholds are tried before the whole page is read that way. Pure.

use crate::{
    casework::wordlike,
    domain::{
        bulk::Bulk,
        reading::{Bitmap, ReadWord},
    },
};
use std::ops::Range;

/// Side of the fields in which ink is counted: about a letter.
const FIELD: usize = 32;

/// How large a part of a page is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// Ten lines of a letter, half of each, and no less than a sentence of any print: what packs, turns and thresholds are
    /// compared on.
    Trial,
    /// Four or five of them, which mostly tell a language and cost a tenth of a full page or less.
    Glance,
}

impl Part {
    /// How often its width and height go into those of the page.
    const fn parts(self) -> (usize, usize) {
        match self {
            Self::Trial => (2, 5),
            Self::Glance => (2, 12),
        }
    }

    /// Pixels across and down below which nothing is cut.
    const fn least(self) -> (usize, usize) {
        match self {
            Self::Trial => (900, 360),
            Self::Glance => (450, 110),
        }
    }

    /// Pixels across and down of this part of a page.
    fn of(self, page: &Bitmap) -> (usize, usize) {
        let (width, height) = (page.width as usize, page.height as usize);
        let ((across, down), (width_min, height_min)) = (self.parts(), self.least());
        ((width / across).max(width_min).min(width), (height / down).max(height_min).min(height))
    }
}

/// Difference of neighbouring pixels, of 255, that is an edge of a letter rather than the grain of paper.
const EDGE_MIN: u8 = 64;

/// The same of pale print, which is looked for where a page has hardly any other edges than those of a picture on it.
const FAINT_EDGE_MIN: u8 = 24;

/// Pixels of a sample for each of its edges, at most, where there is print: a line of text has an edge for every fifty.
const EDGE_PIXELS_MAX: u64 = 200;

/// Words above this confidence were read: what is tried is tried on the others.
const CONFIDENCE_READ_MIN: f32 = 0.6;

/// A page has so many times the pixels of what is glanced at where that saves more than it costs: pages in a foreign language
/// cost one pass less, all others the glance more.
const GLANCE_TIMES_MIN: usize = 12;

/// Is what is glanced at of this page a small part of it?
pub(super) fn is_worth_a_glance(page: &Bitmap) -> bool {
    let (width, height) = Part::Glance.of(page);
    width * height * GLANCE_TIMES_MIN <= page.width as usize * page.height as usize
}

/// The part of a page with the most edges of letters in it, leaving out what was read already: a letterhead in Latin
/// letters says nothing of the letter below it.
pub(super) fn sample(page: &Bitmap, read: &[ReadWord], part: Part) -> Bitmap {
    let (width, height) = (page.width as usize, page.height as usize);
    let wanted = part.of(page);
    if wanted == (width, height) {
        return page.clone();
    }
    let fullest = |edge_min| {
        let mut fields = Fields::of(page, edge_min);
        read.iter().filter(|word| is_read(word)).for_each(|word| fields.clear(word.place));
        fields.fullest((wanted.0.div_ceil(FIELD), wanted.1.div_ceil(FIELD)))
    };
    let (mut place, edges) = fullest(EDGE_MIN);
    if edges * EDGE_PIXELS_MAX < (wanted.0 * wanted.1) as u64 {
        place = fullest(FAINT_EDGE_MIN).0;
    }
    let (left, top) = place;
    let (left, top) = ((left * FIELD).min(width - wanted.0), (top * FIELD).min(height - wanted.1));
    cut(page, (left..left + wanted.0, top..top + wanted.1))
}

/// Pixels of the page for each of the sample.
pub(super) fn times(page: &Bitmap, sample: &Bitmap) -> f32 {
    page.grey.0.len() as f32 / sample.grey.0.len().max(1) as f32
}

fn is_read(word: &ReadWord) -> bool {
    word.confidence >= CONFIDENCE_READ_MIN && wordlike::is_wordlike(&word.text) == Some(true)
}

fn cut(page: &Bitmap, (columns, rows): (Range<usize>, Range<usize>)) -> Bitmap {
    let width = page.width as usize;
    let pixels = rows.clone().flat_map(|y| &page.grey.0[y * width..][columns.clone()]).copied().collect();
    Bitmap { width: columns.len() as u32, height: rows.len() as u32, dpi: page.dpi, grey: Bulk(pixels) }
}

/// Edges of letters, counted field by field.
struct Fields {
    across: usize,
    down: usize,
    edges: Vec<u32>,
}

impl Fields {
    fn of(page: &Bitmap, edge_min: u8) -> Self {
        let (width, height) = (page.width as usize, page.height as usize);
        let (across, down) = (width.div_ceil(FIELD), height.div_ceil(FIELD));
        let mut edges = vec![0; across * down];
        // Every other row tells as much as all.
        for (y, row) in page.grey.0.chunks_exact(width.max(1)).enumerate().step_by(2) {
            for (field, pixels) in edges[y / FIELD * across..].iter_mut().zip(row.chunks(FIELD)) {
                let steep = pixels.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) >= edge_min);
                *field += steep.count() as u32;
            }
        }
        Self { across, down, edges }
    }

    /// Forgets what is in a box given in ten-thousandths of the page.
    fn clear(&mut self, [left, top, width, height]: [u16; 4]) {
        let span = |start: u16, length: u16, of: usize| {
            let place = |part: u32| part as usize * of / 10_000;
            let end = u32::from(start) + u32::from(length);
            place(u32::from(start)).min(of)..(place(end) + 1).min(of)
        };
        let columns = span(left, width, self.across);
        for row in span(top, height, self.down) {
            self.edges[row * self.across..][columns.clone()].fill(0);
        }
    }

    /// The field at the left top of the window of this size with the most edges, and how many it has.
    fn fullest(&self, (width, height): (usize, usize)) -> ((usize, usize), u64) {
        // Sums over all above and left of a field make the sum of any window four look-ups (F. Crow, 1984).
        let line = self.across + 1;
        let mut sums = vec![0_u64; line * (self.down + 1)];
        for y in 0..self.down {
            for x in 0..self.across {
                let above = sums[y * line + x + 1] + sums[(y + 1) * line + x] - sums[y * line + x];
                sums[(y + 1) * line + x + 1] = above + u64::from(self.edges[y * self.across + x]);
            }
        }
        let within = |x: usize, y: usize| {
            let (right, bottom) = ((x + width).min(self.across), (y + height).min(self.down));
            sums[bottom * line + right] + sums[y * line + x] - sums[y * line + right] - sums[bottom * line + x]
        };
        let lefts = 0..=self.across.saturating_sub(width);
        let places = (0..=self.down.saturating_sub(height)).flat_map(|y| lefts.clone().map(move |x| (x, y)));
        let counted = places.rev().map(|place| (place, within(place.0, place.1)));
        counted.max_by_key(|(_, edges)| *edges).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white page with upright strokes in two places.
    fn page() -> Bitmap {
        let (width, height) = (2_000_usize, 2_400_usize);
        let mut grey = vec![255; width * height];
        for (columns, rows) in [(100..1_900, 100..300), (1_000..1_900, 1_800..2_000)] {
            for y in rows {
                for x in columns.clone().step_by(8) {
                    grey[y * width + x..][..3].fill(0);
                }
            }
        }
        Bitmap { width: width as u32, height: height as u32, dpi: 300, grey: Bulk(grey) }
    }

    fn ink(part: &Bitmap) -> usize {
        part.grey.0.iter().filter(|pixel| **pixel == 0).count()
    }

    /// Proves that pale print is found beside a picture whose sides are all the strong edges there are.
    #[test]
    fn pale_print_is_found() {
        let (width, height) = (2_000_usize, 2_400_usize);
        let mut grey = vec![255; width * height];
        for y in 100..1_100 {
            grey[y * width + 200..][..1_600].fill(0);
        }
        for y in (1_800..2_100).filter(|y| y % 50 < 20) {
            for x in (200..1_800).step_by(8) {
                grey[y * width + x..][..3].copy_from_slice(&[215, 175, 215]);
            }
        }
        let page = Bitmap { width: 2_000, height: 2_400, dpi: 300, grey: Bulk(grey) };
        let sample = sample(&page, &[], Part::Trial);
        assert!(sample.grey.0.contains(&175) && !sample.grey.0.contains(&0));
    }

    /// Proves that the part with letters is found, and that what was read already is left out of the search.
    #[test]
    fn letters_are_found() {
        let page = page();
        let part = sample(&page, &[], Part::Trial);
        assert_eq!((part.width, part.height, part.dpi), (1_000, 480, 300));
        assert!(ink(&part) > 20_000, "{} pixels", ink(&part));
        assert!((times(&page, &part) - 10.0).abs() < 0.01);
        let head = ReadWord {
            text: "Hospital".to_owned(),
            confidence: 0.9,
            place: [400, 300, 9_200, 1_100],
            ..ReadWord::default()
        };
        let body = sample(&page, std::slice::from_ref(&head), Part::Trial);
        assert!(ink(&body) > 50_000, "{} pixels", ink(&body));
        let unsure = ReadWord { confidence: 0.3, ..head };
        assert_eq!(sample(&page, &[unsure], Part::Trial), part);
    }

    /// Proves that a small picture is tried as it is, and that an empty page and boxes beyond it do no harm.
    #[test]
    fn small_pages_are_whole() {
        let small = Bitmap { width: 300, height: 200, dpi: 70, grey: Bulk(vec![9; 60_000]) };
        assert_eq!(sample(&small, &[], Part::Trial), small);
        let empty = Bitmap { width: 1_001, height: 3_001, dpi: 70, grey: Bulk(vec![255; 1_001 * 3_001]) };
        let beyond =
            ReadWord { text: "Hospital".to_owned(), confidence: 0.9, place: [u16::MAX; 4], ..ReadWord::default() };
        let part = sample(&empty, &[beyond], Part::Trial);
        assert_eq!((part.width, part.height), (900, 600));
    }
}
