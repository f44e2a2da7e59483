//! Light letters over a dark picture: what a viewer of images writes into the corners of its screen.
//!
//! Preparing a page for reading looks for dark ink on light paper, and takes such letters for noise of the picture under
//! them. Here everything that is light and thin is kept (a white top-hat: the picture less its opening, J. Serra, Image
//! Analysis and Mathematical Morphology, 1982), black on white, and the picture itself is left out.

use super::grey::{Grey, histogram};

/// Shade below which a screen is dark.
const DARK_BELOW: u8 = 40;

/// Shade from which on it is light.
const LIGHT_FROM: u8 = 235;

/// Share of the picture that is dark, at least: around a body is air.
const DARK_MIN: f32 = 0.15;

/// Share that shows something in shades of grey, at least: on a dark page of text there is nothing between letters.
const PICTURE_MIN: f32 = 0.05;

/// Share that is light, at most: a report has a picture on it, and is mostly paper.
const LIGHT_MAX: f32 = 0.45;

/// Side of the blocks in which shades are looked at, and how far they must differ to be more than a flat colour.
const BLOCK: usize = 8;
/// See `BLOCK`.
const RANGE_MIN: u8 = 4;

/// Pixels of the longer side for each of the width above which nothing is a stroke of a letter.
const SIDE_PART: usize = 160;

/// Bounds of that width, in pixels: strokes of the smallest letters that can be read, and of large ones.
const WIDTH: std::ops::RangeInclusive<usize> = 5..=13;

/// Difference to what is around from which on something is light, and from which on it is as light as letters are. The
/// grain of a picture stays below.
const FAINT: u8 = 40;
/// See `FAINT`.
const CLEAR: u8 = 120;

/// Pixels of clear strokes below which they are no writing: a word of small letters has more.
const STROKE_PIXELS_MIN: usize = 48;

/// Is there enough of these strokes to be a word? Over most slices that were saved as captures there is nothing, and
/// reading nothing takes as long as reading a line.
pub(super) fn has_letters(strokes: &Grey) -> bool {
    strokes.pixels().iter().filter(|shade| **shade < 128).take(STROKE_PIXELS_MIN).count() == STROKE_PIXELS_MIN
}

/// The light, thin strokes of a picture, black on white; `None` where it is no dark picture.
pub(super) fn of(grey: &Grey) -> Option<Grey> {
    let dark: u64 = histogram(grey.pixels())[..usize::from(DARK_BELOW)].iter().map(|count| u64::from(*count)).sum();
    if (dark as f32) < DARK_MIN * grey.pixels().len() as f32 {
        return None;
    }
    let width = (grey.width().max(grey.height()) / SIDE_PART) | 1;
    let opened = opened(grey, width.clamp(*WIDTH.start(), *WIDTH.end()));
    is_picture(&opened).then(|| strokes(grey, &opened))
}

/// Without its letters, is it dark, with something in shades of grey?
fn is_picture(opened: &Grey) -> bool {
    let (mut dark, mut light, mut picture, mut blocks) = (0_u32, 0_u32, 0_u32, 0_u32);
    for y in (0..opened.height()).step_by(BLOCK) {
        for x in (0..opened.width()).step_by(BLOCK) {
            let right = (x + BLOCK).min(opened.width());
            let rows = (y..(y + BLOCK).min(opened.height())).flat_map(|row| &opened.row(row)[x..right]);
            let (low, high) = rows.fold((255, 0), |(low, high), shade| (low.min(*shade), high.max(*shade)));
            blocks += 1;
            match () {
                () if high < DARK_BELOW => dark += 1,
                () if low >= LIGHT_FROM => light += 1,
                () if high - low >= RANGE_MIN => picture += 1,
                () => {}
            }
        }
    }
    let share = |count: u32| count as f32 / blocks.max(1) as f32;
    share(dark) >= DARK_MIN && share(light) <= LIGHT_MAX && share(picture) >= PICTURE_MIN
}

fn strokes(grey: &Grey, opened: &Grey) -> Grey {
    let mut anew = grey.clone();
    let reach = u32::from(CLEAR - FAINT);
    for (pixel, ground) in anew.pixels_mut().iter_mut().zip(opened.pixels()) {
        let above = u32::from(pixel.saturating_sub(*ground).saturating_sub(FAINT));
        *pixel = 255 - (above * 255 / reach).min(255) as u8;
    }
    anew
}

/// The darkest, then the lightest of each pixel's surroundings: nothing that is light and thinner than `width` is left.
fn opened(grey: &Grey, width: usize) -> Grey {
    let eroded = over_columns(&over_rows(grey, width, u8::min), width, u8::min);
    over_columns(&over_rows(&eroded, width, u8::max), width, u8::max)
}

fn over_rows(grey: &Grey, width: usize, choose: impl Fn(u8, u8) -> u8) -> Grey {
    let mut anew = grey.clone();
    let (reach, last) = (width / 2, grey.width() - 1);
    let mut padded = vec![0; grey.width() + 2 * reach];
    for y in 0..grey.height() {
        let row = grey.row(y);
        padded[..reach].fill(row[0]);
        padded[reach..reach + grey.width()].copy_from_slice(row);
        padded[reach + grey.width()..].fill(row[last]);
        let out = anew.row_mut(y);
        out.copy_from_slice(&padded[..=last]);
        for shift in 1..=2 * reach {
            out.iter_mut().zip(&padded[shift..]).for_each(|(out, near)| *out = choose(*out, *near));
        }
    }
    anew
}

fn over_columns(grey: &Grey, width: usize, choose: impl Fn(u8, u8) -> u8) -> Grey {
    let mut anew = grey.clone();
    let (reach, last) = (width / 2, grey.height() - 1);
    for y in 0..grey.height() {
        for near in y.saturating_sub(reach)..=(y + reach).min(last) {
            let row = grey.row(near);
            anew.row_mut(y).iter_mut().zip(row).for_each(|(out, near)| *out = choose(*out, *near));
        }
    }
    anew
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// A round body of coarse grain in the middle of a screen.
    fn screen(ground: u8) -> Grey {
        let mut screen = Grey::filled(640, 480, ground);
        for y in 0..480_usize {
            for x in 0..640_usize {
                let (across, down) = (x.abs_diff(320), y.abs_diff(240));
                if across * across + down * down < 150 * 150 {
                    screen.row_mut(y)[x] = 90 + ((x / 6 * 37 + y / 6 * 53) % 31) as u8;
                }
            }
        }
        screen
    }

    /// Light letters, three pixels thick, on what is there.
    fn written(mut grey: Grey, light: u8) -> Grey {
        let mut page = Grey::filled(grey.width(), grey.height(), 255);
        for (at, letter) in "THE CHILD HAS NO".chars().enumerate() {
            sample::write(&mut page, letter, (10 + at * 18, 8));
            sample::write(&mut page, letter, (200 + at * 18, 235));
        }
        grey.pixels_mut().iter_mut().zip(page.pixels()).filter(|(_, ink)| **ink == 0).for_each(|(out, _)| *out = light);
        grey
    }

    /// Proves that letters over a dark picture come out, over the body as beside it, and nothing else does.
    #[test]
    fn letters_over_a_picture_come_out() {
        let found = of(&written(screen(4), 230)).expect("a dark picture");
        let letters = written(Grey::filled(640, 480, 255), 0);
        let differ =
            found.pixels().iter().zip(letters.pixels()).filter(|(one, other)| one.abs_diff(**other) > 60).count();
        assert!(differ < 60, "{differ} pixels differ");
        let empty = of(&screen(4)).expect("a dark picture");
        assert!(empty.pixels().iter().all(|shade| *shade > 200));
        assert!(has_letters(&found) && !has_letters(&empty));
    }

    /// Proves that paper, dark pages of text and a report with a picture on it are no dark pictures.
    #[test]
    fn pages_are_no_pictures() {
        assert_eq!(of(&sample::page(640, 480)), None);
        let mut dark = sample::page(640, 480);
        dark.invert();
        assert_eq!(of(&dark), None);
        assert_eq!(of(&written(Grey::filled(640, 480, 60), 230)), None);
        let mut report = Grey::filled(640, 900, 255);
        (0..300).for_each(|y| report.row_mut(y).copy_from_slice(screen(4).row(y + 90)));
        assert_eq!(of(&report), None);
        assert_eq!(of(&Grey::filled(3, 2, 0)), None);
    }
}
