//! Makes a page ready to be read: even paper, upright lines, letters of a usual size, little noise.

use super::{
    bands,
    drawn::Drawn,
    faint::{self, Faint},
    filter,
    grey::{Grey, histogram, percentile},
    ink::{self, Ink},
    letters::{self, Letters},
    look::{self, Found},
    overlay,
    paper::{self, Paper},
    resample, sheet,
};
use crate::domain::{
    bulk::Bulk,
    limits::DRAWN_PIXELS_MAX,
    reading::{Bitmap, FaintPrint, Lay, PageLook, Rendered},
};
use std::ops::Range;

/// Pixels of a page that is worked on: a sheet of A4 at 330 dpi. More shows no more of its letters.
const WORK_PIXELS_MAX: f32 = 11_000_000.0;

/// Pixels of a page that is given to the reader.
const READ_PIXELS_MAX: f32 = 14_000_000.0;

/// Letters as readers of text like them, by their height in pixels.
struct Liked {
    /// So they are left as they are.
    legible: Range<f32>,
    /// Else they are given this height.
    height: f32,
}

/// On pages in shades of grey. Measured with tesseract 5 (docs/verdicts.md): from 11 to 24 pixels letters are read alike,
/// above, joined scripts lose words, and every pixel costs time.
const SHADES: Liked = Liked { legible: 10.0..32.0, height: 20.0 };

/// On pages of black and white alone, as faxes are: small letters have steps, which a page twice the size smooths.
const TWO_VALUED: Liked = Liked { legible: 20.0..40.0, height: 24.0 };

/// Longer side of a page in inches, from a small card to a large chart: else its resolution is some program's default.
const PAGE_INCHES: Range<f32> = 2.0..24.0;

/// Height of small letters of ordinary print, 10 to 11 points, at `READ_DPI`.
const USUAL_HEIGHT: f32 = 24.0;

/// Letters from which their height is believed.
const LETTERS_MIN: usize = 12;

/// Resolution at which print is read.
const READ_DPI: f32 = 300.0;

/// A page is not made larger or smaller than by these: beyond, the height of letters was mistaken.
const SCALE_MIN: f32 = 0.3;
/// See `SCALE_MIN`.
const SCALE_MAX: f32 = 4.0;

/// Lines that lean less than this are not set straight: it would blur more than it helps.
const SKEW_MIN: f32 = 0.15;

/// Lines that lean more than this are left: no careless hand lays a page so.
const SKEW_MAX: f32 = 6.0;

/// From this deviation on letters are looked for without the noise.
const NOISE_MIN: f32 = 4.0;

/// From this deviation on noise is taken out of what is read: once made larger, letters bear a median of nine well.
const READ_NOISE_MIN: f32 = 1.0;

/// Which steps are taken; all of them but where the worth of one is measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    /// A photographed sheet is laid flat.
    pub(super) sheet: bool,
    /// Shadows are taken off the paper.
    pub(super) flatten: bool,
    /// Letters get their usual height.
    pub(super) scale: bool,
    /// Noise is taken out.
    pub(super) median: bool,
    /// Leaning lines are set straight.
    pub(super) deskew: bool,
    /// Ink becomes black and paper white.
    pub(super) stretch: bool,
}

impl Steps {
    /// Every step.
    pub(super) const ALL: Self =
        Self { sheet: true, flatten: true, scale: true, median: true, deskew: true, stretch: true };
}

/// Measures a page and prepares it.
pub(super) fn prepare(drawn: Drawn, steps: Steps) -> Rendered {
    let Drawn { grey, came, dpi, mut shrunk, undrawn, colours } = squared(drawn);
    let by = (grey.pixels().len() as f32 / WORK_PIXELS_MAX).sqrt().max(1.0);
    let grey = if by > 1.0 { smaller(&grey, by) } else { grey };
    shrunk *= by;
    let sheet = if steps.sheet { laid_flat(&grey) } else { None };
    let strokes = overlay::of(&grey);
    let dark_picture = strokes.is_some();
    let overlay = strokes.filter(overlay::has_letters).map(overlaid);
    // A photo says nothing of the size of the paper.
    let dpi = if sheet.is_some() { None } else { dpi.map(|(dpi, _)| dpi / by) };
    let is_sheet = sheet.is_some();
    let (mut grey, flat_lay) = sheet.unwrap_or((grey, Lay::default()));
    let light_on_dark = paper::is_light_on_dark(&grey);
    if light_on_dark {
        grey.invert();
    }
    let size = (grey.width(), grey.height());
    let paper = paper::paper(&grey);
    let flat = paper.flattened(&grey);
    let ink = ink_of(&flat);
    let letters = letters::letters(&ink, size);
    let measures = look::measures(&Found { grey: &grey, flat: &flat, paper: &paper, letters: &letters });
    let stated = dpi;
    let dpi = believed_dpi(stated, &letters, size);
    let lines = bands::lines(&flat);
    let look = PageLook {
        width: came.0,
        height: came.1,
        dpi: dpi.map(|dpi| dpi * shrunk),
        letter_height: letters.height * shrunk,
        contrast: measures.contrast,
        brightness: measures.brightness,
        ink: ink.share,
        sharpness: measures.sharpness,
        smear: measures.smear,
        skew_degrees: letters.skew,
        edge_ink: measures.edge_ink,
        picture_hash: measures.picture_hash,
        lines_across: lines.0,
        lines_along: lines.1,
        undrawn,
        // A sheet on a dark table is a page all the same.
        dark_picture: dark_picture && light_on_dark && !is_sheet,
        dpi_stated: Some(stated.is_some() && dpi == stated),
        redrawn: false,
        // A sheet that was found is paper; around it is the table.
        ground_colour: if is_sheet { 0.0 } else { colours.ground },
        ink_colour: if is_sheet { 0.0 } else { colours.ink },
    };
    let faint = if look.dark_picture { None } else { faint::print(&flat, &ink) };
    let faint = faint.map(|faint| faint_print(faint, (&grey, &paper), (look, flat_lay), (stated, shrunk, steps)));
    if letters::is_blank(&ink, &letters, size) {
        return Rendered::Blank { look, faint };
    }
    let page = if steps.flatten { flat } else { grey };
    let lay = flat_lay.after(&leaning(letters.skew, size, steps));
    Rendered::Page { look, bitmap: ready(page, (&ink, &letters, dpi), steps), lay, overlay, faint }
}

/// Faint print as it is given to the reader, and how the page looks around it.
fn faint_print(
    found: Faint,
    (grey, paper): (&Grey, &Paper),
    (page_look, flat_lay): (PageLook, Lay),
    (stated, shrunk, steps): (Option<f32>, f32, Steps),
) -> FaintPrint {
    let Faint { page, ink, letters } = found;
    let size = (grey.width(), grey.height());
    let measures = look::measures(&Found { grey, flat: &page, paper, letters: &letters });
    let dpi = believed_dpi(stated, &letters, size);
    let lines = bands::lines(&page);
    let look = PageLook {
        lines_across: lines.0,
        lines_along: lines.1,
        letter_height: letters.height * shrunk,
        contrast: measures.contrast,
        ink: ink.share,
        sharpness: measures.sharpness,
        smear: measures.smear,
        skew_degrees: letters.skew,
        edge_ink: measures.edge_ink,
        ..page_look
    };
    let lay = flat_lay.after(&leaning(letters.skew, size, steps));
    FaintPrint { look, bitmap: ready(page, (&ink, &letters, dpi), steps), lay }
}

/// The letters over a dark picture at a size at which they can be read; where they stand is of interest, so that nothing
/// is turned.
fn overlaid(found: Grey) -> Bitmap {
    let letters = letters::letters(&ink::ink(&found), (found.width(), found.height()));
    let wanted = if letters.height > 0.0 { TWO_VALUED.height / letters.height } else { 1.0 };
    let most = (READ_PIXELS_MAX / found.pixels().len() as f32).sqrt();
    let scale = wanted.clamp(1.0, SCALE_MAX).min(most);
    let size = |pixels: usize| (pixels as f32 * scale).round() as usize;
    let page = resample::resized(&found, size(found.width()), size(found.height()));
    let (width, height) = (page.width() as u32, page.height() as u32);
    Bitmap { width, height, dpi: READ_DPI as u32, grey: Bulk(page.into_pixels()) }
}

/// The sheet of paper in a photo, if it is surely one.
fn laid_flat(photo: &Grey) -> Option<(Grey, Lay)> {
    sheet::straightened(photo, &sheet::corners(photo)?)
}

/// Made smaller by any factor; whole blocks first, which is quick.
fn smaller(grey: &Grey, by: f32) -> Grey {
    let side = |pixels: usize| (pixels as f32 / by).round() as usize;
    let (width, height) = (side(grey.width()), side(grey.height()));
    resample::resized(&grey.shrunk(by as usize), width, height)
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
    let Some(stated) = drawn.dpi.filter(|(x, y)| (x / y - 1.0).abs() > 0.02) else { return drawn };
    let (width, height, dpi) = square_size((drawn.grey.width(), drawn.grey.height()), stated);
    Drawn { grey: resample::resized(&drawn.grey, width, height), dpi: Some((dpi, dpi)), ..drawn }
}

/// The size at which a page of these resolutions has one for both, and that one: the finer, unless the page would become
/// larger than any is drawn. Resolutions are claims, and one may be many times the other.
fn square_size((width, height): (usize, usize), (x, y): (f32, f32)) -> (usize, usize, f32) {
    let at = |dpi: f32| ((width as f32 * dpi / x).round() as usize, (height as f32 * dpi / y).round() as usize);
    let stretched = at(x.max(y));
    let fits = (stretched.0 as u64).saturating_mul(stretched.1 as u64) <= DRAWN_PIXELS_MAX;
    let dpi = if fits { x.max(y) } else { x.min(y) };
    let (width, height) = at(dpi);
    (width, height, dpi)
}

/// The resolution stated, if it makes a page of a usual size; else the one at which the letters would be ordinary print.
/// A photo that was put on a page of a PDF has any resolution.
fn believed_dpi(stated: Option<f32>, letters: &Letters, (width, height): (usize, usize)) -> Option<f32> {
    let longer = width.max(height) as f32;
    let believed = stated.filter(|dpi| PAGE_INCHES.contains(&(longer / dpi)));
    let many = letters.pieces.len() >= LETTERS_MIN;
    let by_letters = || many.then(|| letters.height * READ_DPI / USUAL_HEIGHT);
    believed.or_else(by_letters).or(stated)
}

/// Scales, clears, sets straight.
fn ready(page: Grey, (ink, letters, dpi): (&Ink, &Letters, Option<f32>), steps: Steps) -> Bitmap {
    let wanted = wanted_scale(&page, letters, dpi);
    let most = (READ_PIXELS_MAX / page.pixels().len() as f32).sqrt();
    let scale = if steps.scale { wanted.clamp(SCALE_MIN, SCALE_MAX).min(most) } else { 1.0 };
    let size = |pixels: usize| (pixels as f32 * scale).round() as usize;
    let mut page = if (scale - 1.0).abs() < 0.08 {
        page
    } else {
        resample::resized(&page, size(page.width()), size(page.height()))
    };
    if steps.median && ink.noise >= READ_NOISE_MIN {
        page = filter::median(&page);
    }
    if is_set_straight(letters.skew, steps) {
        page = resample::turned(&page, -letters.skew);
    }
    if steps.stretch {
        stretch(&mut page);
    }
    let dpi = dpi.map_or(READ_DPI, |dpi| dpi * scale).clamp(70.0, 1_200.0) as u32;
    let (width, height) = (page.width() as u32, page.height() as u32);
    Bitmap { width, height, dpi, grey: Bulk(page.into_pixels()) }
}

fn is_set_straight(skew: f32, steps: Steps) -> bool {
    steps.deskew && (SKEW_MIN..=SKEW_MAX).contains(&skew.abs())
}

/// Where a page that was set straight lies on the one that leans: turned back about its middle.
fn leaning(skew: f32, (width, height): (usize, usize), steps: Steps) -> Lay {
    if !is_set_straight(skew, steps) {
        return Lay::default();
    }
    let (sin, cos) = skew.to_radians().sin_cos();
    let aspect = width as f32 / height as f32;
    let (across, down) = (sin / aspect, sin * aspect);
    let x = [cos, -across, 0.5 - 0.5 * cos + 0.5 * across];
    let y = [down, cos, 0.5 - 0.5 * down - 0.5 * cos];
    Lay([x[0], x[1], x[2], y[0], y[1], y[2], 0.0, 0.0, 1.0])
}

/// The scale that makes a page readable: by its letters; by its resolution where there are too few to tell.
fn wanted_scale(page: &Grey, letters: &Letters, dpi: Option<f32>) -> f32 {
    if letters.pieces.len() < LETTERS_MIN {
        return dpi.map_or(1.0, |dpi| READ_DPI / dpi);
    }
    let liked = liked(page);
    if liked.legible.contains(&letters.height) { 1.0 } else { liked.height / letters.height }
}

/// How letters of this page are liked.
fn liked(page: &Grey) -> Liked {
    let counts = histogram(page.pixels());
    let between: u64 = counts[16..240].iter().map(|count| u64::from(*count)).sum();
    if between * 500 < page.pixels().len() as u64 { TWO_VALUED } else { SHADES }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a point of a page that was set straight is found on the page that leans.
    #[test]
    fn points_go_back_to_the_leaning_page() {
        let mut page = Grey::filled(400, 300, 255);
        (48..53).for_each(|y| page.row_mut(y)[98..103].fill(0));
        for lean in [-4.0, 3.0] {
            let leaning_page = resample::turned(&page, lean);
            let darkest = leaning_page.pixels().iter().enumerate().min_by_key(|(_, shade)| **shade).expect("pixels").0;
            let seen = ((darkest % 400) as f32, (darkest / 400) as f32);
            let found = leaning(lean, (400, 300), Steps::ALL).point((100.0 / 400.0, 50.0 / 300.0));
            let (x, y) = (found.0 * 400.0, found.1 * 300.0);
            assert!((x - seen.0).abs() < 4.0 && (y - seen.1).abs() < 4.0, "{x}, {y} for {seen:?}");
        }
        assert_eq!(leaning(0.05, (400, 300), Steps::ALL), Lay::default());
    }

    /// Proves that a page is stretched to its finer resolution, and that one whose resolutions lie about each other does
    /// not become larger than any page that is drawn.
    #[test]
    fn pages_become_square_within_limits() {
        assert_eq!(square_size((1_728, 1_145), (204.0, 98.0)), (1_728, 2_383, 204.0));
        let (width, height, dpi) = square_size((6_000, 6_000), (96.6, 2_399.0));
        assert_eq!((width, dpi), (6_000, 96.6));
        assert!(height < 300 && width as u64 * height as u64 <= DRAWN_PIXELS_MAX);
        let (width, height, _) = square_size((1, 40_000_000), (2_399.0, 96.6));
        assert!(width as u64 * height as u64 <= DRAWN_PIXELS_MAX, "{width} by {height}");
    }
}
