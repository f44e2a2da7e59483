//! How a page looks, in figures. What they mean is said elsewhere.

use super::{
    filter,
    grey::{Grey, histogram, percentile},
    ink::Piece,
    letters::Letters,
    paper::Paper,
};

/// Side of the blocks by which text is told from the rest of a page.
const BLOCK: usize = 8;

/// Heights of a letter from which a piece is a bar: it is that long, and full, or so broad that no word is.
const BAR_LONGER_MIN: f32 = 4.0;

/// See there.
const BAR_SHORTER_MIN: f32 = 2.5;

/// Share of its box that a bar fills; joined letters fill about half.
const BAR_FILL_MIN: f32 = 0.7;

/// What was found on a page, as far as its look needs it.
pub(super) struct Found<'a> {
    /// As it came, with dark letters.
    pub(super) grey: &'a Grey,
    /// With its paper made white.
    pub(super) flat: &'a Grey,
    /// Its paper.
    pub(super) paper: &'a Paper,
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
    /// How much less sharp letters are one way than the other.
    pub(super) smear: f32,
    /// Share of an edge of the page that cuts through letters, of the edge that cuts most.
    pub(super) edge_ink: f32,
    /// Difference hash.
    pub(super) picture_hash: u64,
}

/// Measures a page.
pub(super) fn measures(found: &Found<'_>) -> Measures {
    let size = (found.grey.width(), found.grey.height());
    let text = Mask::around(&found.letters.pieces, size);
    let edges = edges(found.grey, &text);
    Measures {
        contrast: contrast(found.grey, &text),
        brightness: found.paper.brightness(),
        sharpness: edges.sharpness,
        smear: edges.smear,
        edge_ink: edge_ink(found.letters, size),
        picture_hash: hash(found.flat, found.letters),
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

/// Second differences around letters.
#[derive(Default)]
struct Edges {
    sharpness: f32,
    smear: f32,
}

/// Noise has strong second differences too: half size and a median take most of it away, and outside of text nothing
/// is sharp or blurred.
fn edges(grey: &Grey, text: &Mask) -> Edges {
    let half = filter::median(&grey.shrunk(2));
    if half.width() < 3 || half.height() < 3 || !text.any {
        return Edges::default();
    }
    let (mut level, mut upright, mut both) = (Variance::default(), Variance::default(), Variance::default());
    for y in 1..half.height() - 1 {
        let (above, here, below) = (half.row(y - 1), half.row(y), half.row(y + 1));
        let marked = text.row(y * 2);
        for x in (1..half.width() - 1).filter(|x| marked[x * 2 / BLOCK]) {
            let twice = 2 * i64::from(here[x]);
            let beside = i64::from(here[x - 1]) + i64::from(here[x + 1]) - twice;
            let over = i64::from(above[x]) + i64::from(below[x]) - twice;
            level.add(beside);
            upright.add(over);
            both.add(beside + over);
        }
    }
    let (lesser, greater) = (level.value().min(upright.value()), level.value().max(upright.value()));
    let smear = if greater > 0.0 { 1.0 - lesser / greater } else { 0.0 };
    Edges { sharpness: both.value(), smear }
}

/// Sums of which a variance is made.
#[derive(Default)]
struct Variance {
    sum: i64,
    squares: i64,
    count: i64,
}

impl Variance {
    fn add(&mut self, value: i64) {
        self.sum += value;
        self.squares += value * value;
        self.count += 1;
    }

    fn value(&self) -> f32 {
        if self.count == 0 {
            return 0.0;
        }
        let mean = self.sum as f64 / self.count as f64;
        (self.squares as f64 / self.count as f64 - mean * mean) as f32
    }
}

/// A letter that touches the edge was cut, and so was its line. Each edge by itself: a page is mostly cut on one.
fn edge_ink(letters: &Letters, (width, height): (usize, usize)) -> f32 {
    let (mut left, mut right, mut top, mut bottom) = (0, 0, 0, 0);
    for piece in letters.pieces.iter().filter(|piece| !is_bar(piece, letters.height)) {
        left += if piece.left <= 1 { piece.height() } else { 0 };
        right += if piece.right as usize + 1 >= width { piece.height() } else { 0 };
        top += if piece.top <= 1 { piece.width() } else { 0 };
        bottom += if piece.bottom as usize + 1 >= height { piece.width() } else { 0 };
    }
    let upright = left.max(right) as f32 / height.max(1) as f32;
    let level = top.max(bottom) as f32 / width.max(1) as f32;
    upright.max(level).min(1.0)
}

/// The coloured head of a portal's page, a button, the rim of a scan: longer than a letter, and full or broad. The words of
/// scripts that hang their letters on a line are long as well, but open and no higher than a line.
fn is_bar(piece: &Piece, usual: f32) -> bool {
    let (longer, shorter) = (piece.width().max(piece.height()) as f32, piece.width().min(piece.height()) as f32);
    longer > BAR_LONGER_MIN * usual && (piece.fill() >= BAR_FILL_MIN || shorter > BAR_SHORTER_MIN * usual)
}

/// Of 9 by 8 fields of what is written, whether each is darker than its right neighbour (difference hash). Neither
/// margins nor the lean of the lines count: two scans of a page differ in them.
fn hash(flat: &Grey, letters: &Letters) -> u64 {
    /// Pixels that are taken together each way, so that a sample stands for its neighbours.
    const TOGETHER: usize = 4;
    /// Samples of a field each way.
    const SAMPLES: usize = 24;
    let small = flat.shrunk(TOGETHER);
    let (sin, cos) = letters.skew.to_radians().sin_cos();
    let ((left, right), (top, bottom)) = written(letters, (flat.width(), flat.height()));
    let shade = |along: f32, across: f32| {
        let (u, v) = (left + (right - left) * along, top + (bottom - top) * across);
        let (x, y) = ((u * cos - v * sin) / TOGETHER as f32, (u * sin + v * cos) / TOGETHER as f32);
        let inside = x >= 0.0 && y >= 0.0 && (x as usize) < small.width() && (y as usize) < small.height();
        if inside { u32::from(small.row(y as usize)[x as usize]) } else { 255 }
    };
    let mut bits = 0;
    for row in 0..8 {
        let mut fields = [0_u32; 9];
        for (column, field) in fields.iter_mut().enumerate() {
            for sample in 0..SAMPLES * SAMPLES {
                let part = |index: usize| (index as f32 + 0.5) / SAMPLES as f32;
                let (x, y) = (part(sample % SAMPLES), part(sample / SAMPLES));
                *field += shade((column as f32 + x) / 9.0, (row as f32 + y) / 8.0);
            }
        }
        for pair in fields.windows(2) {
            bits = bits << 1 | u64::from(pair[0] < pair[1]);
        }
    }
    bits
}

type Span = (f32, f32);

/// What is written on, along the lines and across them: all letters but the outermost, which may be dirt.
fn written(letters: &Letters, (width, height): (usize, usize)) -> (Span, Span) {
    let (sin, cos) = letters.skew.to_radians().sin_cos();
    let middles = letters.pieces.iter().map(|piece| {
        let (x, y) = ((piece.left + piece.right) as f32 / 2.0, (piece.top + piece.bottom) as f32 / 2.0);
        (x * cos + y * sin, y * cos - x * sin)
    });
    let (mut along, mut across): (Vec<f32>, Vec<f32>) = middles.unzip();
    let span = |values: &mut Vec<f32>, whole: usize| {
        values.sort_unstable_by(f32::total_cmp);
        let trim = values.len() / 50;
        match (values.get(trim), values.get(values.len().saturating_sub(trim + 1))) {
            (Some(first), Some(last)) if last - first >= 8.0 => (*first, *last),
            _ => (0.0, whole as f32),
        }
    };
    (span(&mut along, width), span(&mut across, height))
}

#[cfg(test)]
mod tests {
    use super::super::{ink, letters, sample};
    use super::*;

    /// Each pixel becomes the mean of so many of its row.
    fn moved(page: &Grey, by: usize) -> Grey {
        let mut anew = page.clone();
        for y in 0..page.height() {
            for (out, run) in anew.row_mut(y).iter_mut().zip(page.row(y).windows(by)) {
                *out = (run.iter().map(|pixel| u32::from(*pixel)).sum::<u32>() / by as u32) as u8;
            }
        }
        anew
    }

    fn of(page: &Grey) -> Edges {
        let letters = letters::letters(&ink::ink(page), (page.width(), page.height()));
        edges(page, &Mask::around(&letters.pieces, (page.width(), page.height())))
    }

    /// Proves that motion is seen along lines and across them, and not where nothing moved.
    #[test]
    fn motion_smears_one_way() {
        let page = sample::page(900, 700);
        let still = of(&page);
        assert!(still.smear < 0.6, "{}", still.smear);
        for page in [moved(&page, 14), moved(&page.oriented(6), 14)] {
            let smeared = of(&page);
            assert!(smeared.smear > 0.85 && smeared.sharpness < still.sharpness, "{}", smeared.smear);
        }
        assert_eq!(of(&Grey::filled(60, 60, 200)).smear, 0.0);
    }
}
