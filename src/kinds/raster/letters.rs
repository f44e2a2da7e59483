//! Letters among the pieces of ink: how high they are, how their lines lean, whether there is anything at all.

use super::ink::{Ink, Piece};

/// Rows of the smallest piece that may be a letter: below, nobody can tell letters apart.
const HEIGHT_MIN: u32 = 4;

/// A letter is not higher than this part of the page, unless the page is but a strip with a line of text.
const HEIGHT_PAGE_PART: u32 = 8;

/// Rows up to which a piece may be a letter on the smallest page.
const HEIGHT_STRIP: u32 = 60;

/// Joined scripts make one piece of a word: so many times as wide as high.
const WIDTH_HEIGHTS_MAX: u32 = 15;

/// Degrees up to which lines are followed: more is no careless scan but a page that lies askew on purpose.
const SKEW_MAX: f32 = 15.0;

/// Letters that make a direction of lines: three or four words.
const SKEW_LETTERS_MIN: usize = 20;

/// Letters that are looked at for it: a full page has about 3,000, and any part of them shows the same lean.
const SKEW_LETTERS_MAX: usize = 3_000;

/// Letters from which a page is not blank.
const WRITING_LETTERS_MIN: usize = 6;

/// The letters of a page.
pub(super) struct Letters {
    /// Pieces that may be letters or joined words.
    pub(super) pieces: Vec<Piece>,
    /// Their usual height in pixels; 0 where there are none.
    pub(super) height: f32,
    /// Degrees by which their lines lean, clockwise as seen.
    pub(super) skew: f32,
}

/// Picks out letters and measures them.
pub(super) fn letters(ink: &Ink, (width, height): (usize, usize)) -> Letters {
    let tallest = (width.min(height) as u32 / HEIGHT_PAGE_PART).max(HEIGHT_STRIP);
    let pieces: Vec<Piece> = ink.pieces.iter().copied().filter(|piece| is_letter(piece, tallest)).collect();
    let usual = usual_height(&pieces);
    // Specks beside letters are dirt, dots and commas; the letters alone say how lines run.
    let pieces: Vec<Piece> = pieces.into_iter().filter(|piece| piece.height() as f32 >= usual * 0.4).collect();
    let skew = skew(&pieces);
    Letters { pieces, height: usual, skew }
}

fn is_letter(piece: &Piece, tallest: u32) -> bool {
    let (width, height) = (piece.width(), piece.height());
    (HEIGHT_MIN..=tallest).contains(&height)
        && width >= 2
        && width <= height * WIDTH_HEIGHTS_MAX
        && height <= width * 8
        && piece.fill() > 0.08
}

/// The middle one of the heights, each counted as often as it has rows, so that specks do not outweigh letters.
fn usual_height(pieces: &[Piece]) -> f32 {
    let mut heights: Vec<u32> = pieces.iter().map(Piece::height).collect();
    heights.sort_unstable();
    let total: u64 = heights.iter().map(|height| u64::from(*height)).sum();
    let mut below = 0;
    for height in heights {
        below += u64::from(height);
        if below * 2 >= total {
            return height as f32;
        }
    }
    0.0
}

/// Degrees by which lines lean. Letters of a line stand on a common base: at the right angle their lower ends fall
/// into few rows. Lines that run down the page are followed likewise.
fn skew(pieces: &[Piece]) -> f32 {
    if pieces.len() < SKEW_LETTERS_MIN {
        return 0.0;
    }
    let middle = |low: u32, high: u32| (low + high) as f32 / 2.0;
    let some = || pieces.iter().step_by(pieces.len().div_ceil(SKEW_LETTERS_MAX));
    let lying: Vec<(f32, f32)> = some().map(|p| (middle(p.left, p.right), p.bottom as f32)).collect();
    let standing: Vec<(f32, f32)> = some().map(|p| (-middle(p.top, p.bottom), p.left as f32)).collect();
    let (flat, flat_score) = best_angle(&lying);
    let (upright, upright_score) = best_angle(&standing);
    if upright_score > flat_score * 1.1 { upright } else { flat }
}

fn best_angle(points: &[(f32, f32)]) -> (f32, f64) {
    let mut best = (0.0, score(points, 0.0));
    let mut consider = |angle: f32| {
        let found = score(points, angle);
        if found > best.1 {
            best = (angle, found);
        }
    };
    let steps = (SKEW_MAX / 0.25) as i32;
    (-steps..=steps).for_each(|step| consider(step as f32 * 0.25));
    let coarse = best.0;
    let mut consider = |angle: f32| {
        let found = score(points, angle);
        if found > best.1 {
            best = (angle, found);
        }
    };
    (-10..=10).for_each(|step| consider(coarse + step as f32 * 0.025));
    best
}

/// How much the points gather in few rows once turned back by an angle: the sum of squares of what falls into each.
fn score(points: &[(f32, f32)], degrees: f32) -> f64 {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let turned: Vec<f32> = points.iter().map(|(x, y)| y * cos - x * sin).collect();
    let lowest = turned.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = turned.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut rows = vec![0_u32; ((highest - lowest) / 2.0) as usize + 2];
    for place in turned {
        rows[((place - lowest) / 2.0) as usize] += 1;
    }
    // Neighbouring rows are taken together, so that the grid does not matter.
    rows.windows(2).map(|pair| f64::from(pair[0] + pair[1]).powi(2)).sum()
}

/// Is there anything to see? Specks, a scanner's dark border and punched holes are nothing.
pub(super) fn is_blank(ink: &Ink, letters: &Letters, (width, height): (usize, usize)) -> bool {
    let page = (width * height).max(1) as f32;
    let speck = (page / 500_000.0).max(4.0) as u32;
    let content: Vec<&Piece> =
        ink.pieces.iter().filter(|piece| piece.area > speck && !is_border(piece, (width, height))).collect();
    let written: u64 = content.iter().map(|piece| u64::from(piece.area)).sum();
    let large = content.iter().any(|piece| {
        let side = piece.width().max(piece.height()) as f32;
        side > width.min(height) as f32 / 12.0 && !is_hole(piece, (width, height))
    });
    let in_lines = letters.pieces.iter().filter(|piece| piece.area > speck && !is_border(piece, (width, height)));
    let letters = in_lines.count();
    letters < WRITING_LETTERS_MIN && !large && (written as f32 / page) < 0.003
}

/// Touches the edge of the page: the border of a scan, the shadow of a lid.
fn is_border(piece: &Piece, (width, height): (usize, usize)) -> bool {
    piece.left <= 1 || piece.top <= 1 || piece.right as usize + 1 >= width || piece.bottom as usize + 1 >= height
}

/// A punched hole: round, filled, near an edge.
fn is_hole(piece: &Piece, (width, height): (usize, usize)) -> bool {
    let round = piece.width().abs_diff(piece.height()) * 5 <= piece.width().max(piece.height());
    let near = |low: u32, high: u32, size: usize| {
        low * 8 < size as u32 || (size as u32).saturating_sub(high) * 8 < size as u32
    };
    round && piece.fill() > 0.6 && (near(piece.left, piece.right, width) || near(piece.top, piece.bottom, height))
}

#[cfg(test)]
mod tests {
    use super::super::{ink, resample, sample};
    use super::*;

    fn of(page: &super::super::grey::Grey) -> (Ink, Letters) {
        let ink = ink::ink(page);
        let letters = letters(&ink, (page.width(), page.height()));
        (ink, letters)
    }

    /// Proves that the lean of lines is found within a tenth of a degree, either way and on a page lying on its side.
    #[test]
    fn lean_is_measured() {
        for degrees in [-4.0, -0.7, 0.0, 1.3, 4.5] {
            let page = resample::turned(&sample::page(900, 700), degrees);
            let found = of(&page).1.skew;
            assert!((found - degrees).abs() < 0.1, "{degrees} was found as {found}");
            let lying = of(&page.oriented(6)).1.skew;
            assert!((lying - degrees).abs() < 0.1, "on its side {degrees} was found as {lying}");
        }
    }

    /// Proves that letters are as high as they were drawn.
    #[test]
    fn height_is_measured() {
        let found = of(&sample::page(900, 700)).1.height;
        assert!((found - sample::LETTER_HEIGHT as f32).abs() <= 3.0, "{found}");
    }
}
