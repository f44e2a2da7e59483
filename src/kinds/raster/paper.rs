//! The paper under the ink: how bright it is at each place, whether it is dark with light letters on it, and a page
//! as it would look under even light.

use super::grey::{Grey, histogram, percentile};

/// Side of the blocks in which the shade of the paper is taken: some strokes of a letter wide.
const BLOCK: usize = 16;

/// Share of a block's pixels that are darker than its paper: letters cover up to a third of a line of text.
const PAPER_SHARE: f32 = 0.8;

/// Paper is not taken to be darker than this part of the page's usual paper: what is darker is a picture or a bar
/// with light letters, whose contrast must stay.
const SHADOW_PART: f32 = 0.4;

/// Side of the blocks in which light letters are told from dark ones: a letter or two.
const LETTERS_BLOCK: usize = 32;

/// Difference of shades from which a block is taken to hold letters.
const LETTERS_RANGE: u8 = 50;

/// The shade of the paper, block by block.
pub(super) struct Paper {
    shades: Grey,
}

/// Finds the paper of a page with dark letters.
pub(super) fn paper(grey: &Grey) -> Paper {
    let shades = blocks(grey, BLOCK, |counts| percentile(counts, PAPER_SHARE));
    // Bold letters and thick lines fill whole blocks: the brightest neighbour is paper.
    let wide = spread(&spread(&shades));
    Paper { shades: smooth(&smooth(&wide)) }
}

impl Paper {
    /// Usual shade of the paper.
    pub(super) fn brightness(&self) -> f32 {
        f32::from(percentile(&histogram(self.shades.pixels()), 0.5))
    }

    /// The page as if light fell on it evenly and its paper were white.
    pub(super) fn flattened(&self, grey: &Grey) -> Grey {
        let floor = (self.brightness() * SHADOW_PART).max(1.0);
        let gains: Vec<f32> = self.shades.pixels().iter().map(|shade| 255.0 / f32::from(*shade).max(floor)).collect();
        let columns = self.shades.width();
        let mut anew = Grey::filled(grey.width(), grey.height(), 255);
        let mut nodes = vec![0.0_f32; columns];
        let places: Vec<_> = (0..grey.width()).map(|x| between(x, columns)).collect();
        let mut row_gains = vec![0.0_f32; grey.width()];
        for y in 0..grey.height() {
            let (first, second, part) = between(y, self.shades.height());
            let (above, below) = (&gains[first * columns..][..columns], &gains[second * columns..][..columns]);
            for ((node, a), b) in nodes.iter_mut().zip(above).zip(below) {
                *node = a + (b - a) * part;
            }
            for (gain, (first, second, part)) in row_gains.iter_mut().zip(&places) {
                *gain = nodes[*first] + (nodes[*second] - nodes[*first]) * part;
            }
            for ((out, pixel), gain) in anew.row_mut(y).iter_mut().zip(grey.row(y)).zip(&row_gains) {
                *out = (f32::from(*pixel) * gain).min(255.0) as u8;
            }
        }
        anew
    }
}

/// The two blocks whose middles a pixel lies between, and how far it is on its way from one to the other.
fn between(at: usize, blocks: usize) -> (usize, usize, f32) {
    let half = BLOCK / 2;
    if at < half {
        return (0, 0, 0.0);
    }
    let first = ((at - half) / BLOCK).min(blocks - 1);
    let second = (first + 1).min(blocks - 1);
    (first, second, ((at - half) % BLOCK) as f32 / BLOCK as f32)
}

/// One value for each block.
fn blocks(grey: &Grey, side: usize, value: impl Fn(&[u32; 256]) -> u8) -> Grey {
    let (width, height) = (grey.width().div_ceil(side), grey.height().div_ceil(side));
    let mut anew = Grey::filled(width, height, 255);
    for y in 0..height {
        for x in 0..width {
            let rows = (y * side..((y + 1) * side).min(grey.height())).map(|row| grey.row(row));
            let right = ((x + 1) * side).min(grey.width());
            let counts = histogram(rows.flat_map(|row| &row[x * side..right]));
            anew.row_mut(y)[x] = value(&counts);
        }
    }
    anew
}

/// The brightest of each value and its eight neighbours.
fn spread(grey: &Grey) -> Grey {
    over_neighbours(grey, |near| near.iter().copied().max().unwrap_or(255))
}

/// The mean of each value and its eight neighbours.
fn smooth(grey: &Grey) -> Grey {
    over_neighbours(grey, |near| {
        let sum: u32 = near.iter().map(|shade| u32::from(*shade)).sum();
        (sum / near.len().max(1) as u32) as u8
    })
}

fn over_neighbours(grey: &Grey, value: impl Fn(&[u8]) -> u8) -> Grey {
    let mut anew = grey.clone();
    let mut near = Vec::with_capacity(9);
    for y in 0..grey.height() {
        for x in 0..grey.width() {
            near.clear();
            for row in y.saturating_sub(1)..(y + 2).min(grey.height()) {
                near.extend_from_slice(&grey.row(row)[x.saturating_sub(1)..(x + 2).min(grey.width())]);
            }
            anew.row_mut(y)[x] = value(&near);
        }
    }
    anew
}

/// Are letters light on dark? In a block with letters the ground has the majority: its middle shade is near one end.
pub(super) fn is_light_on_dark(grey: &Grey) -> bool {
    let sides = blocks(grey, LETTERS_BLOCK, |counts| {
        let (low, middle, high) = (percentile(counts, 0.05), percentile(counts, 0.5), percentile(counts, 0.95));
        match high.saturating_sub(low) {
            range if range < LETTERS_RANGE => 128,
            // Light letters: the ground is well below the middle between both.
            range if middle < low + range / 3 => 255,
            range if middle > high - range / 3 => 0,
            _ => 128,
        }
    });
    let count = |side| sides.pixels().iter().filter(|shade| **shade == side).count();
    let (light, dark) = (count(255), count(0));
    light >= 8 && light > 2 * dark
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// Proves that a shadow over half of a page goes, and the letters in it stay dark.
    #[test]
    fn shadows_are_flattened() {
        let even = sample::page(600, 400);
        let mut shady = even.clone();
        for y in 0..shady.height() {
            for (x, pixel) in shady.row_mut(y).iter_mut().enumerate() {
                let light = 1.0 - 0.5 * x as f32 / 600.0;
                *pixel = (f32::from(*pixel) * light) as u8;
            }
        }
        let flat = paper(&shady).flattened(&shady);
        let (mut paper_min, mut ink_max) = (255, 0);
        for (flat, even) in flat.pixels().iter().zip(even.pixels()) {
            match even {
                255 => paper_min = paper_min.min(*flat),
                0 => ink_max = ink_max.max(*flat),
                _ => {}
            }
        }
        assert!(paper_min > 225, "the darkest paper has {paper_min}");
        assert!(ink_max < 30, "the lightest ink has {ink_max}");
    }

    /// Proves that light letters on dark ground are told from dark ones, and an empty page from both.
    #[test]
    fn light_letters_are_told() {
        let mut page = sample::page(600, 400);
        assert!(!is_light_on_dark(&page));
        page.invert();
        assert!(is_light_on_dark(&page));
        assert!(!is_light_on_dark(&Grey::filled(600, 400, 0)));
    }
}
