//! How a page looks, in figures. What they mean is said elsewhere.

use super::{
    filter,
    grey::{Grey, histogram, percentile},
    ink::{Ink, Piece},
    letters::Letters,
    paper::Paper,
};

/// Side of the blocks by which text is told from the rest of a page.
const BLOCK: usize = 8;

/// What was found on a page, as far as its look needs it.
pub(super) struct Found<'a> {
    /// As it came, with dark letters.
    pub(super) grey: &'a Grey,
    /// With its paper made white.
    pub(super) flat: &'a Grey,
    /// Its paper.
    pub(super) paper: &'a Paper,
    /// Its ink.
    pub(super) ink: &'a Ink,
    /// Its letters.
    pub(super) letters: &'a Letters,
}

/// The measures that pixels give.
pub(super) struct Measures {
    /// Difference of the 95th and 5th percentile of grey around letters; of the whole page where there are none.
    pub(super) contrast: f32,
    /// Mean grey of the paper.
    pub(super) brightness: f32,
    /// Variance of the Laplacian at half size after a median, around letters.
    pub(super) sharpness: f32,
    /// Share of the page's edges that cut through letters.
    pub(super) edge_ink: f32,
    /// Difference hash.
    pub(super) picture_hash: u64,
}

/// Measures a page.
pub(super) fn measures(found: &Found<'_>) -> Measures {
    let size = (found.grey.width(), found.grey.height());
    let text = Mask::around(&found.letters.pieces, size);
    Measures {
        contrast: contrast(found.grey, &text),
        brightness: found.paper.brightness(),
        sharpness: sharpness(found.grey, &text),
        edge_ink: edge_ink(&found.letters.pieces, size),
        picture_hash: hash(found.flat, &found.letters.pieces),
    }
}

/// Blocks of a page with letters in them.
struct Mask {
    across: usize,
    marked: Vec<bool>,
    any: bool,
}

impl Mask {
    fn around(pieces: &[Piece], (width, height): (usize, usize)) -> Self {
        let (across, down) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
        let mut marked = vec![false; across * down];
        for piece in pieces {
            let columns = piece.left as usize / BLOCK..(piece.right as usize).div_ceil(BLOCK).min(across);
            for row in piece.top as usize / BLOCK..(piece.bottom as usize).div_ceil(BLOCK).min(down) {
                marked[row * across..][columns.clone()].fill(true);
            }
        }
        Self { across, marked, any: !pieces.is_empty() }
    }

    /// Blocks of this row of pixels.
    fn row(&self, y: usize) -> &[bool] {
        &self.marked[y / BLOCK * self.across..][..self.across]
    }
}

fn contrast(grey: &Grey, text: &Mask) -> f32 {
    let counts = if text.any {
        let rows = (0..grey.height()).flat_map(|y| grey.row(y).chunks(BLOCK).zip(text.row(y)));
        histogram(rows.filter(|(_, marked)| **marked).flat_map(|(pixels, _)| pixels))
    } else {
        histogram(grey.pixels())
    };
    f32::from(percentile(&counts, 0.95)) - f32::from(percentile(&counts, 0.05))
}

/// Noise has strong second differences too: half size and a median take most of it away, and outside of text nothing
/// is sharp or blurred.
fn sharpness(grey: &Grey, text: &Mask) -> f32 {
    let half = filter::median(&grey.shrunk(2));
    if half.width() < 3 || half.height() < 3 || !text.any {
        return 0.0;
    }
    let (mut sum, mut squares, mut count) = (0_i64, 0_i64, 0_i64);
    for y in 1..half.height() - 1 {
        let (above, here, below) = (half.row(y - 1), half.row(y), half.row(y + 1));
        let marked = text.row(y * 2);
        for x in (1..half.width() - 1).filter(|x| marked[x * 2 / BLOCK]) {
            let around = i64::from(above[x]) + i64::from(below[x]) + i64::from(here[x - 1]) + i64::from(here[x + 1]);
            let value = around - 4 * i64::from(here[x]);
            sum += value;
            squares += value * value;
            count += 1;
        }
    }
    if count == 0 {
        return 0.0;
    }
    let mean = sum as f64 / count as f64;
    (squares as f64 / count as f64 - mean * mean) as f32
}

/// A letter that touches the edge was cut, and so was its line.
fn edge_ink(letters: &[Piece], (width, height): (usize, usize)) -> f32 {
    let mut cut = 0;
    for piece in letters {
        if piece.left <= 1 || piece.right as usize + 1 >= width {
            cut += piece.height();
        }
        if piece.top <= 1 || piece.bottom as usize + 1 >= height {
            cut += piece.width();
        }
    }
    (cut as f32 / (2 * (width + height)).max(1) as f32).min(1.0)
}

/// Of 9 by 8 fields of what is written, whether each is darker than its right neighbour (difference hash). Margins do
/// not count: two scans of a page differ in them.
fn hash(flat: &Grey, letters: &[Piece]) -> u64 {
    let bounds = |low: fn(&Piece) -> u32, high: fn(&Piece) -> u32, size: usize| {
        let first = letters.iter().map(low).min().unwrap_or(0) as usize;
        let last = letters.iter().map(high).max().unwrap_or(size as u32) as usize;
        (first, last.max(first + 1))
    };
    let (left, right) = bounds(|p| p.left, |p| p.right, flat.width());
    let (top, bottom) = bounds(|p| p.top, |p| p.bottom, flat.height());
    let mean = |column: usize, row: usize| {
        let across = left + (right - left) * column / 9..(left + (right - left) * (column + 1) / 9).min(flat.width());
        let (mut sum, mut count) = (0_u64, 0_u64);
        for y in top + (bottom - top) * row / 8..top + (bottom - top) * (row + 1) / 8 {
            let pixels = flat.row(y).get(across.clone()).unwrap_or(&[]);
            sum += pixels.iter().map(|pixel| u64::from(*pixel)).sum::<u64>();
            count += pixels.len() as u64;
        }
        sum * 16 / count.max(1)
    };
    let mut bits = 0;
    for row in 0..8 {
        let shades: Vec<u64> = (0..9).map(|column| mean(column, row)).collect();
        for pair in shades.windows(2) {
            bits = bits << 1 | u64::from(pair[0] < pair[1]);
        }
    }
    bits
}
