//! Print so pale that it is lost beside darker ink, or taken for an empty sheet: a carbon copy, a worn ribbon, pencil.
//!
//! What is dark is covered, and what is left of the page is raised field by field until its darkest strokes are dark. Print
//! that shines through from the back, folds and the grain of paper come out too: only what can be read afterwards counts.

use super::{
    filter,
    grey::{Grey, histogram, percentile},
    ink::{self, Ink},
    letters::{self, Letters},
};

/// Strokes that are darker than paper by no more than this part of the way to the darkest ink are lost to the reader, which
/// takes what lies nearer to paper for paper: under a black letterhead print of 50 shades is mostly not read, of 70 it is.
const FAINT_PART: f32 = 0.3;

/// Share of the pixels that are the darkest ink, if there is any: a line of a letterhead.
const DARKEST_SHARE: f32 = 0.002;

/// And so many shades at most: what is darker is seen by anybody.
const FAINT_MAX: f32 = 80.0;

/// Strokes are darker than paper by so much at least: below, they are as likely steps of the scanner.
const FAINT_MIN: f32 = 6.0;

/// And by so many deviations of what noise a median leaves.
const FAINT_NOISES: f32 = 5.0;

/// Pixels around dark ink that are covered with it: its soft edge, and the ripples that JPEG leaves all over a block of eight
/// that ink reaches into. With four, what is left between the lines of an ordinary photo looks like lines.
const EDGE: usize = 8;

/// And so many times as much as in the fields of the page where there is least: the grain of paper, and what JPEG makes of it,
/// is everywhere.
const FAINT_GRAINS: f32 = 2.5;

/// Share of a page's fields that hold no print: its margins.
const EMPTY_SHARE: f32 = 0.25;

/// Side of the fields that are raised each by itself: two or three letters.
const FIELD: usize = 64;

/// Share of a field's pixels that are surely strokes, where a few letters reach into it.
const STROKES_SHARE: f32 = 0.02;

/// A field of which less than this part is left open, one in so many, says nothing: what is left stands around dark ink.
const OPEN_PART: usize = 4;

/// Shades below paper that the darkest strokes of a field are given.
const RAISED_DEPTH: f32 = 180.0;

/// Letters from which there is something to be read: a sentence.
const LETTERS_MIN: usize = 40;

/// From this deviation on noise is taken out before.
const NOISE_MIN: f32 = 1.0;

/// Print that only raising shows.
pub(super) struct Faint {
    /// Its page, without what is dark, its strokes raised.
    pub(super) page: Grey,
    /// What ink there is on that.
    pub(super) ink: Ink,
    /// The letters of that.
    pub(super) letters: Letters,
}

/// Looks for faint print on a page whose paper is white; `None` where there is less than a sentence.
pub(super) fn print(flat: &Grey, seen: &Ink) -> Option<Faint> {
    let darkest = f32::from(percentile(&histogram(flat.pixels()), DARKEST_SHARE));
    let darkest_faint = seen.gap.max((seen.paper - darkest) * FAINT_PART).min(FAINT_MAX);
    let (mut page, open) = without(flat, seen.paper - darkest_faint, seen.paper as u8);
    if seen.noise >= NOISE_MIN {
        page = filter::median(&page);
    }
    let least = FAINT_MIN.max(filter::noise(&page) * FAINT_NOISES);
    if least >= darkest_faint || !raise(&mut page, &open, (seen.paper, least)) {
        return None;
    }
    let ink = ink::ink(&page);
    let letters = letters::letters(&ink, (page.width(), page.height()));
    (letters.pieces.len() >= LETTERS_MIN).then_some(Faint { page, ink, letters })
}

/// The page with what is darker than this, and what is near it, covered by paper; and what was left open.
fn without(flat: &Grey, dark: f32, paper: u8) -> (Grey, Vec<bool>) {
    let (width, dark) = (flat.width(), dark.max(0.0) as u8);
    let mut near = vec![false; flat.pixels().len()];
    for (y, near) in near.chunks_exact_mut(width).enumerate() {
        for (x, _) in flat.row(y).iter().enumerate().filter(|(_, shade)| **shade < dark) {
            near[x.saturating_sub(EDGE)..(x + EDGE + 1).min(width)].fill(true);
        }
    }
    let mut page = flat.clone();
    let mut open = vec![true; near.len()];
    // Rows since the last dark one, from above and then from below.
    for from_above in [true, false] {
        let mut since = vec![EDGE + 1; width];
        for step in 0..flat.height() {
            let y = if from_above { step } else { flat.height() - 1 - step };
            let dark_here = &near[y * width..][..width];
            let out = page.row_mut(y).iter_mut().zip(&mut open[y * width..]);
            for (((out, open), since), dark) in out.zip(&mut since).zip(dark_here) {
                *since = if *dark { 0 } else { since.saturating_add(1) };
                if *since <= EDGE {
                    (*out, *open) = (paper, false);
                }
            }
        }
    }
    (page, open)
}

/// Raises each field with strokes in it, and as much what is beside one; everything else becomes white. False where no field
/// has any.
fn raise(page: &mut Grey, open: &[bool], (paper, least): (f32, f32)) -> bool {
    let (across, down) = (page.width().div_ceil(FIELD), page.height().div_ceil(FIELD));
    let depth = |at| depth(page, open, (at % across, at / across)).map(|darkest| paper - darkest);
    let depths: Vec<Option<f32>> = (0..across * down).map(depth).collect();
    let mut sorted: Vec<f32> = depths.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let grain = sorted.get((sorted.len() as f32 * EMPTY_SHARE) as usize).copied().unwrap_or(0.0);
    let least = least.max(grain * FAINT_GRAINS);
    let gain = |depth: Option<f32>| depth.filter(|depth| *depth >= least).map_or(0.0, |depth| RAISED_DEPTH / depth);
    let own: Vec<f32> = depths.into_iter().map(gain).collect();
    if own.iter().all(|gain| *gain == 0.0) {
        return false;
    }
    let beside = |x: usize, y: usize| {
        let rows = y.saturating_sub(1)..(y + 2).min(down);
        let near = rows.flat_map(|row| &own[row * across..][x.saturating_sub(1)..(x + 2).min(across)]);
        near.copied().fold(0.0, f32::max)
    };
    let gains: Vec<f32> =
        (0..across * down).map(|at| if own[at] > 0.0 { own[at] } else { beside(at % across, at / across) }).collect();
    for y in 0..page.height() {
        let gains = &gains[y / FIELD * across..][..across];
        for (pixels, gain) in page.row_mut(y).chunks_mut(FIELD).zip(gains) {
            for pixel in pixels {
                let depth = (paper - f32::from(*pixel)).max(0.0);
                *pixel = (255.0 - depth * gain).max(0.0) as u8;
            }
        }
    }
    true
}

/// The shade of the darkest strokes of a field, in what is left open of it; `None` where that is little.
fn depth(page: &Grey, open: &[bool], (column, row): (usize, usize)) -> Option<f32> {
    let (left, right) = (column * FIELD, ((column + 1) * FIELD).min(page.width()));
    let rows = row * FIELD..((row + 1) * FIELD).min(page.height());
    let all = rows.len() * (right - left);
    let seen = rows.flat_map(|y| {
        let open = &open[y * page.width()..][left..right];
        page.row(y)[left..right].iter().zip(open).filter(|(_, open)| **open).map(|(shade, _)| shade)
    });
    let counts = histogram(seen);
    let seen: usize = counts.iter().map(|count| *count as usize).sum();
    (seen * OPEN_PART >= all).then(|| f32::from(percentile(&counts, STROKES_SHARE)))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use image::ImageEncoder;

    /// Print of so many shades on paper, with grain of some.
    fn pale(shades: u8, grain: u8) -> Grey {
        let mut page = sample::page(1_240, 1_000);
        for (at, pixel) in page.pixels_mut().iter_mut().enumerate() {
            let speck = (at.wrapping_mul(2_654_435_761) >> 11) as u8 % (grain + 1);
            *pixel = 255 - speck - if *pixel == 0 { shades } else { 0 };
        }
        page
    }

    /// A black letterhead over it.
    fn under_a_letterhead(mut page: Grey) -> Grey {
        let head = sample::page(1_240, 400);
        (0..120).for_each(|y| page.row_mut(y).fill(255));
        (124..250).for_each(|y| page.row_mut(y).copy_from_slice(head.row(y)));
        page
    }

    fn found(page: &Grey) -> Option<Faint> {
        print(page, &ink::ink(page))
    }

    /// Proves that print of a few shades is raised to what dark print looks like, alone and under a dark letterhead, whose
    /// letters are left out.
    #[test]
    fn pale_print_is_raised() {
        let dark = ink::ink(&sample::page(1_240, 1_000));
        let all = letters::letters(&dark, (1_240, 1_000)).pieces.len();
        for shades in [8, 12, 20] {
            let alone = found(&pale(shades, 1)).expect("faint print");
            assert!(alone.letters.pieces.len().abs_diff(all) < all / 10, "{} of {all}", alone.letters.pieces.len());
            let under = under_a_letterhead(pale(shades, 1));
            let found = found(&under).expect("faint print under a letterhead");
            let left = found.letters.pieces.iter().filter(|piece| piece.bottom < 245).count();
            assert!(left < 10, "{left} pieces of the letterhead");
            assert!(found.letters.pieces.len() > all / 2, "{} of {all}", found.letters.pieces.len());
        }
    }

    /// Proves that nothing is raised where all print is dark or plainly seen, and nothing but grain on an empty sheet.
    #[test]
    fn what_is_seen_is_left_alone() {
        assert!(found(&sample::page(1_240, 1_000)).is_none());
        for shades in [30, 60, 140] {
            assert!(found(&pale(shades, 1)).is_none(), "{shades}");
        }
        for grain in [0, 1, 3, 6, 12] {
            assert!(found(&pale(0, grain)).is_none(), "grain of {grain}");
        }
        assert!(found(&Grey::filled(3, 2, 250)).is_none());
    }

    /// Proves that what JPEG leaves between the lines of dark print is no faint print.
    #[test]
    fn ripples_of_jpeg_are_no_print() {
        let page = sample::page(1_240, 1_000);
        for quality in [25, 40, 60, 80] {
            let mut file = Vec::new();
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, quality);
            let size = (page.width() as u32, page.height() as u32);
            encoder.write_image(page.pixels(), size.0, size.1, image::ExtendedColorType::L8).unwrap();
            let seen = image::load_from_memory(&file).unwrap().into_luma8().into_raw();
            let seen = Grey::from_rows(page.width(), page.height(), seen).unwrap();
            assert!(found(&seen).is_none(), "quality {quality}");
        }
    }
}
