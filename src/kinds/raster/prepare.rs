//! Makes a page ready to be read: even paper, upright lines, letters of a usual size, little noise.

use super::{
    drawn::Drawn,
    filter,
    grey::{Grey, histogram, percentile},
    ink::{self, Ink},
    letters::{self, Letters},
    look::{self, Found},
    paper, resample, sheet,
};
use crate::domain::{
    bulk::Bulk,
    reading::{Bitmap, PageLook, Rendered},
};

/// Pixels of a page that is worked on: a sheet of A4 at 330 dpi. More shows no more of its letters.
const WORK_PIXELS_MAX: usize = 11_000_000;

/// Pixels of a page that is given to the reader.
const READ_PIXELS_MAX: f32 = 14_000_000.0;

/// Height of small letters that readers of text like best, in pixels: 10 points at 300 dpi.
const LETTER_HEIGHT: f32 = 24.0;

/// Resolution of the page in which they have that height.
const READ_DPI: f32 = 300.0;

/// A page is not made larger or smaller than by these: beyond, the height of letters was mistaken.
const SCALE_MIN: f32 = 0.3;
/// See `SCALE_MIN`.
const SCALE_MAX: f32 = 4.0;

/// Lines that lean less than this are not set straight: it would blur more than it helps.
const SKEW_MIN: f32 = 0.15;

/// Lines that lean more than this are left: no careless hand lays a page so.
const SKEW_MAX: f32 = 6.0;

/// From this deviation on noise is taken out.
const NOISE_MIN: f32 = 4.0;

/// Which steps are taken; all of them but where the worth of one is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    pub(super) sheet: bool,
    pub(super) flatten: bool,
    pub(super) scale: bool,
    pub(super) median: bool,
    pub(super) deskew: bool,
    pub(super) stretch: bool,
}

impl Steps {
    pub(super) const ALL: Self =
        Self { sheet: true, flatten: true, scale: true, median: true, deskew: true, stretch: true };
}

/// Measures a page and prepares it.
pub(super) fn prepare(drawn: Drawn, steps: Steps) -> Rendered {
    let Drawn { grey, came, dpi, mut shrunk } = squared(drawn);
    let by = (grey.pixels().len() as f32 / WORK_PIXELS_MAX as f32).sqrt().ceil().max(1.0) as usize;
    let mut grey = if by > 1 { grey.shrunk(by) } else { grey };
    shrunk *= by as f32;
    let dpi = dpi.map(|(dpi, _)| dpi / by as f32);
    let mut from_photo = false;
    if steps.sheet
        && let Some(corners) = sheet::corners(&grey)
        && let Some(flat) = sheet::straightened(&grey, &corners)
    {
        grey = flat;
        from_photo = true;
    }
    if paper::is_light_on_dark(&grey) {
        grey.invert();
    }
    let size = (grey.width(), grey.height());
    let paper = paper::paper(&grey);
    let flat = paper.flattened(&grey);
    let ink = ink_of(&flat);
    let letters = letters::letters(&ink, size);
    let measures = look::measures(&Found { grey: &grey, flat: &flat, paper: &paper, ink: &ink, letters: &letters });
    let dpi = dpi.filter(|_| !from_photo).or_else(|| estimated_dpi(&letters));
    let look = PageLook {
        width: came.0,
        height: came.1,
        dpi: dpi.map(|dpi| dpi * shrunk),
        letter_height: letters.height * shrunk,
        contrast: measures.contrast,
        brightness: measures.brightness,
        ink: ink.share,
        sharpness: measures.sharpness,
        skew_degrees: letters.skew,
        edge_ink: measures.edge_ink,
        picture_hash: measures.picture_hash,
    };
    if letters::is_blank(&ink, &letters, size) {
        return Rendered::Blank(look);
    }
    let page = if steps.flatten { flat } else { grey };
    Rendered::Page { look, bitmap: ready(page, (&ink, &letters, dpi), steps) }
}

/// Letters in noise fall apart and specks look like letters: the noise goes first.
fn ink_of(flat: &Grey) -> Ink {
    let ink = ink::ink(flat);
    if ink.noise < NOISE_MIN {
        return ink;
    }
    let noise = ink.noise;
    Ink { noise, ..ink::ink(&filter::median(flat)) }
}

/// A fax has twice as many pixels across as down: the fewer are stretched to the more.
fn squared(drawn: Drawn) -> Drawn {
    let Some((x, y)) = drawn.dpi.filter(|(x, y)| (x / y - 1.0).abs() > 0.02) else { return drawn };
    let dpi = x.max(y);
    let width = (drawn.grey.width() as f32 * dpi / x).round() as usize;
    let height = (drawn.grey.height() as f32 * dpi / y).round() as usize;
    Drawn { grey: resample::resized(&drawn.grey, width, height), dpi: Some((dpi, dpi)), ..drawn }
}

/// Resolution at which the letters would have their usual size.
fn estimated_dpi(letters: &Letters) -> Option<f32> {
    (letters.pieces.len() >= 20).then(|| letters.height * READ_DPI / LETTER_HEIGHT)
}

/// Scales, clears, sets straight.
fn ready(page: Grey, (ink, letters, dpi): (&Ink, &Letters, Option<f32>), steps: Steps) -> Bitmap {
    let wanted = match letters.height {
        height if letters.pieces.len() >= 20 => LETTER_HEIGHT / height,
        _ => dpi.map_or(1.0, |dpi| READ_DPI / dpi),
    };
    let most = (READ_PIXELS_MAX / page.pixels().len() as f32).sqrt();
    let scale = if steps.scale { wanted.clamp(SCALE_MIN, SCALE_MAX).min(most) } else { 1.0 };
    let size = |pixels: usize| (pixels as f32 * scale).round() as usize;
    let mut page = if (scale - 1.0).abs() < 0.08 {
        page
    } else {
        resample::resized(&page, size(page.width()), size(page.height()))
    };
    if steps.median && ink.noise >= NOISE_MIN {
        page = filter::median(&page);
    }
    if steps.deskew && (SKEW_MIN..=SKEW_MAX).contains(&letters.skew.abs()) {
        page = resample::turned(&page, -letters.skew);
    }
    if steps.stretch {
        stretch(&mut page);
    }
    let dpi = dpi.map_or(READ_DPI, |dpi| dpi * scale).clamp(70.0, 1_200.0) as u32;
    let (width, height) = (page.width() as u32, page.height() as u32);
    Bitmap { width, height, dpi, grey: Bulk(page.into_pixels()) }
}

/// The darkest ink becomes black, paper white.
fn stretch(page: &mut Grey) {
    let counts = histogram(page.pixels());
    let low = f32::from(percentile(&counts, 0.002));
    let high = f32::from(percentile(&counts, 0.5));
    if high - low < 10.0 {
        return;
    }
    let table: Vec<u8> =
        (0..256).map(|shade| ((shade as f32 - low) * 255.0 / (high - low)).clamp(0.0, 255.0) as u8).collect();
    for pixel in page.pixels_mut() {
        *pixel = table[usize::from(*pixel)];
    }
}
