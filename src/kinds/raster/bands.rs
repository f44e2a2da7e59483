//! Lines of writing as even bands of grey, which they stay where no letter is left of them: in a photo out of focus.
//!
//! Such a page is not blank, and nobody can read it. Bands are looked for in upright strips of the page made small, whose
//! rows are averaged, so that neither noise nor lines that lean a little hide them.

use super::{filter, grey::Grey};

/// Longer side of the small page at least: bands of the smallest print have some pixels each.
const SMALL_SIDE: usize = 600;

/// Strips side by side. Lines that lean by 5 degrees fall by half of their distance within one.
const STRIPS: usize = 8;

/// Strips that must show bands: a paragraph of half the page's width.
const STRIPS_MIN: usize = 4;

/// Shades between a band and the paper beside it, so much at least.
const DEPTH_MIN: f32 = 5.0;

/// And this many deviations of what noise is left in the means of rows; grain is coarser than a pixel.
const DEPTH_NOISES: f32 = 6.0;

/// And this part of the way from the darkest bands to paper: within a clear line, marks above and below the letters make
/// bands of their own.
const DEPTH_PART: f32 = 0.5;

/// Bands in a strip: fewer may be folds, shadows, rulings of a form.
const BANDS_MIN: usize = 6;

/// Part by which a distance of two bands may differ from the usual one.
const UNEVEN_MAX: f32 = 0.3;

/// Share of the distances that are even.
const EVEN_SHARE_MIN: f32 = 0.5;

/// Share of the rows from the first band to the last that are dark. Writing has 0.4 to 0.55, ruled paper less than 0.2.
const DARK_SHARE: std::ops::Range<f32> = 0.25..0.75;

/// Lines of something on a page of even, white paper: across it, and up or down it; 0 where there are none for certain.
pub(super) fn lines(flat: &Grey) -> (u32, u32) {
    let small = flat.shrunk((flat.width().max(flat.height()) / SMALL_SIDE).max(1));
    let noise = filter::noise(&small);
    (level_lines(&small, noise), level_lines(&small.oriented(6), noise))
}

/// Lines that run across: as many as the usual one of the strips that show them.
fn level_lines(small: &Grey, noise: f32) -> u32 {
    let noise = noise / ((small.width() / STRIPS).max(1) as f32).sqrt();
    let mut found: Vec<u32> = (0..STRIPS).filter_map(|strip| even_bands(&row_means(small, strip), noise)).collect();
    found.sort_unstable();
    if found.len() < STRIPS_MIN { 0 } else { found[found.len() / 2] }
}

fn row_means(small: &Grey, strip: usize) -> Vec<f32> {
    let (left, right) = (strip * small.width() / STRIPS, (strip + 1) * small.width() / STRIPS);
    if left == right {
        return Vec::new();
    }
    let mean = |row: &[u8]| row.iter().map(|shade| f32::from(*shade)).sum::<f32>() / (right - left) as f32;
    (0..small.height()).map(|y| mean(&small.row(y)[left..right])).collect()
}

/// Bands in a strip, if they are as even and as wide as lines of writing.
fn even_bands(means: &[f32], noise: f32) -> Option<u32> {
    let range = share_of(means, 0.95) - share_of(means, 0.05);
    let depth = DEPTH_MIN.max(DEPTH_NOISES * noise).max(DEPTH_PART * range);
    let bands = bands(means, depth);
    if bands.len() < BANDS_MIN {
        return None;
    }
    let mut distances: Vec<f32> = bands.windows(2).map(|pair| (pair[1] - pair[0]) as f32).collect();
    distances.sort_unstable_by(f32::total_cmp);
    let usual = distances[distances.len() / 2];
    // A row more or less is the grid's doing.
    let even = distances.iter().filter(|distance| (*distance - usual).abs() <= UNEVEN_MAX * usual + 1.0).count();
    let is_writing =
        even as f32 >= EVEN_SHARE_MIN * distances.len() as f32 && DARK_SHARE.contains(&dark_share(means, &bands));
    is_writing.then_some(bands.len() as u32)
}

/// Darkest rows of what is darker by this depth than what is above and below it.
fn bands(means: &[f32], depth: f32) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut light, mut dark) = (f32::NEG_INFINITY, None);
    for (y, mean) in means.iter().copied().enumerate() {
        match dark {
            None if mean < light - depth => dark = Some((y, mean)),
            None => light = light.max(mean),
            Some((_, darkest)) if mean < darkest => dark = Some((y, mean)),
            Some((at, darkest)) if mean > darkest + depth => {
                found.push(at);
                (light, dark) = (mean, None);
            }
            Some(_) => {}
        }
    }
    found
}

/// Share of the rows, from the first band to the last, that are nearer to the usual band than to paper.
fn dark_share(means: &[f32], bands: &[usize]) -> f32 {
    let between = &means[bands[0]..=bands[bands.len() - 1]];
    let darkest: Vec<f32> = bands.iter().map(|y| means[*y]).collect();
    let middle = (share_of(&darkest, 0.5) + share_of(between, 0.9)) / 2.0;
    between.iter().filter(|mean| **mean < middle).count() as f32 / between.len() as f32
}

/// The value that this share of the values is below; 0 where there are none.
fn share_of(means: &[f32], share: f32) -> f32 {
    let mut sorted = means.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((share * last as f32) as usize).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::super::{resample, sample};
    use super::*;

    /// The mean of each pixel's surroundings, and grain over it.
    fn out_of_focus(page: &Grey, by: usize) -> Grey {
        let mut blurred = resample::resized(&page.shrunk(by), page.width(), page.height());
        for (at, pixel) in blurred.pixels_mut().iter_mut().enumerate() {
            let grain = (at.wrapping_mul(2_654_435_761) >> 9) as u8 % 15;
            *pixel = (f32::from(*pixel) * 0.2 + 190.0) as u8 + grain;
        }
        blurred
    }

    /// Proves that lines are seen on a page out of focus, leaning, and lying on its side, about as many as there are.
    #[test]
    fn lines_without_letters_are_seen() {
        let page = sample::page(1_240, 1_754);
        for leaning in [0.0, 3.0] {
            let photo = out_of_focus(&resample::turned(&page, leaning), 12);
            let (across, along) = lines(&photo);
            assert!(
                (25..=36).contains(&across) && along * 2 < across,
                "{across} and {along} lines at {leaning} degrees"
            );
            let (across, along) = lines(&photo.oriented(6));
            assert!((25..=36).contains(&along) && across * 2 < along, "{across} and {along} lines lying");
        }
    }

    /// Proves that none are seen on grain, on ruled paper, on folds and on a slope of light.
    #[test]
    fn nothing_is_no_lines() {
        let empty = || out_of_focus(&Grey::filled(1_240, 1_754, 255), 12);
        assert_eq!(lines(&empty()), (0, 0));
        for (apart, thick, shade) in [(47, 3, 150), (47, 2, 190), (84, 3, 200), (118, 4, 120), (30, 2, 160)] {
            let mut ruled = empty();
            (100..1_700).step_by(apart).for_each(|y| {
                (y..y + thick).for_each(|y| ruled.row_mut(y).iter_mut().for_each(|pixel| *pixel = shade + *pixel % 15));
            });
            assert_eq!(lines(&ruled), (0, 0), "{apart} apart, {thick} thick");
        }
        let mut folded = empty();
        for y in [580, 585, 1_160] {
            (y..y + 12).for_each(|y| folded.row_mut(y).fill(180));
        }
        assert_eq!(lines(&folded), (0, 0));
        let mut sloped = empty();
        for y in 0..1_754 {
            sloped
                .row_mut(y)
                .iter_mut()
                .for_each(|pixel| *pixel = (f32::from(*pixel) * (1.0 - y as f32 / 4_000.0)) as u8);
        }
        assert_eq!(lines(&sloped), (0, 0));
        assert_eq!(lines(&Grey::filled(3, 3, 9)), (0, 0));
    }
}
