//! Which scanner wrote a TIFF, and what it says about the slide.

use super::{
    content::{self, Shape},
    directory::{Directory, Tiff, tag},
    leica, ventana,
};
use crate::domain::facts::SlideFacts;

/// Micrometres per pixel beyond which a TIFF's resolution speaks of paper, not of a slide (about 850 dots an inch).
const MPP_MAX: f64 = 30.0;

/// Pixels of one level that paper may have: a page of A3 at 600 dots an inch has 70 million, and some margin.
const PAPER_PIXELS_MAX: u128 = 80_000_000;

/// Micrometres per pixel that only a microscope resolves: 2,540 dots an inch.
const MICROSCOPE_MPP_MAX: f64 = 10.0;

/// A lower level has at most this share of a side: the next smaller sheet of paper (A5 of A4) has 0.71.
const LEVEL_SIDE_MAX: f64 = 0.6;

/// Sides of a level are rounded: by this many pixels its shape may be off.
const LEVEL_ROUNDING_PIXELS: f64 = 4.0;

/// The maker of a slide, in the words of [`SlideFacts::vendor`]; `None` for a picture. `likely`: it is named as only
/// slides are, or its directories end in a fault, so that nobody knows whether it was a pyramid.
pub(crate) fn vendor(
    tiff: &mut Tiff<'_>,
    (directories, shapes): (&[Directory], &[Option<Shape>]),
    likely: bool,
) -> Option<&'static str> {
    let first = directories.first()?;
    let description = tiff.text_of(first, tag::DESCRIPTION);
    let software = tiff.text_of(first, tag::SOFTWARE);
    let make = tiff.text_of(first, tag::MAKE);
    if description.starts_with("Aperio") {
        Some("aperio")
    } else if first.has(tag::NDPI_FORMAT) || make.starts_with("Hamamatsu") {
        Some("hamamatsu")
    } else if description.contains("leica-microsystems.com/scn") {
        Some("leica")
    } else if description.contains("<iScan") || ventana::scanner_xmp(tiff, directories).is_some() {
        Some("ventana")
    } else if software.starts_with("Philips") {
        Some("philips")
    } else if software.starts_with("MedScan") {
        Some("trestle")
    } else {
        is_generic(tiff, (directories, shapes), likely).then_some("generic-tiff")
    }
}

/// A slide without a maker is tiled, and a pyramid, or larger than paper, or of a microscope. Tiles alone are no sign:
/// programs write the scan of one page in tiles too, and a page is to be read.
fn is_generic(tiff: &mut Tiff<'_>, (directories, shapes): (&[Directory], &[Option<Shape>]), likely: bool) -> bool {
    let pixels = |shape: Shape| u128::from(shape.width) * u128::from(shape.height);
    let tiled = || directories.iter().zip(shapes).filter_map(|(directory, shape)| Some((directory, (*shape)?)));
    let mut tiled: Vec<(&Directory, Shape)> = tiled().filter(|(_, shape)| shape.tiled).collect();
    tiled.sort_by_key(|(_, shape)| std::cmp::Reverse(pixels(*shape)));
    // Tiles in a directory that has no shape: what is broken there can only be said of a slide.
    let Some((base, whole)) = tiled.first().copied() else {
        return directories.iter().any(|directory| directory.has(tag::TILE_OFFSETS));
    };
    // NewSubfileType, bit 0: a smaller version of another image in the file.
    let mut is_smaller = |directory: &Directory| tiff.first(directory, tag::SUBFILE_TYPE).unwrap_or(0) & 1 == 1;
    let pyramid = tiled.iter().skip(1).any(|(directory, shape)| is_level(*shape, whole) || is_smaller(directory));
    let microscope = [tag::X_RESOLUTION, tag::Y_RESOLUTION]
        .into_iter()
        .all(|side| resolution(tiff, base, side).is_some_and(|mpp| mpp < MICROSCOPE_MPP_MAX));
    likely
        || pyramid
        // Who writes pages uses a coding that others know.
        || content::is_foreign(whole)
        || microscope
        || pixels(whole) > PAPER_PIXELS_MAX
        || base.has(tag::SUB_DIRECTORIES)
        || tiff.text_of(base, tag::DESCRIPTION).contains("openmicroscopy.org")
}

/// Is it the same picture, made smaller?
fn is_level(shape: Shape, base: Shape) -> bool {
    let share = shape.width as f64 / base.width as f64;
    share <= LEVEL_SIDE_MAX && (share * base.height as f64 - shape.height as f64).abs() <= LEVEL_ROUNDING_PIXELS
}

/// What the directories say, given the shapes of those that have one.
pub(crate) fn facts(
    tiff: &mut Tiff<'_>,
    vendor: &str,
    directories: &[Directory],
    shapes: &[Option<Shape>],
) -> SlideFacts {
    let base = shapes.iter().flatten().max_by_key(|shape| u128::from(shape.width) * u128::from(shape.height));
    let mut slide = SlideFacts {
        vendor: vendor.to_owned(),
        width: base.map_or(0, |shape| shape.width),
        height: base.map_or(0, |shape| shape.height),
        ..SlideFacts::default()
    };
    for (directory, shape) in directories.iter().zip(shapes) {
        if is_label(tiff, directory, shapes.len()) {
            slide.label_image = true;
        } else if shape.is_some_and(|shape| shape.tiled || vendor == "hamamatsu") {
            slide.levels += 1;
        }
    }
    let Some(first) = directories.first() else { return slide };
    let description = tiff.text_of(first, tag::DESCRIPTION);
    slide.magnification = pair(&description, "AppMag").or_else(|| tiff.real(first, tag::NDPI_LENS));
    slide.mpp_x = pair(&description, "MPP").or_else(|| resolution(tiff, first, tag::X_RESOLUTION));
    slide.mpp_y = pair(&description, "MPP").or_else(|| resolution(tiff, first, tag::Y_RESOLUTION));
    match vendor {
        "leica" => with_leica(&mut slide, leica::scan(&description)),
        "ventana" => with_ventana(&mut slide, ventana::scan(tiff, directories), shapes),
        _ => {}
    }
    slide
}

/// Label and macro images show what is written on the glass: names, numbers.
fn is_label(tiff: &mut Tiff<'_>, directory: &Directory, directories: usize) -> bool {
    let description = tiff.text_of(directory, tag::DESCRIPTION).to_ascii_lowercase();
    let line = description.lines().nth(1).unwrap_or(&description);
    let named = ["label", "macro"].iter().any(|word| line.starts_with(word) || description.starts_with(word));
    // Aperio marks the label 1 and the macro image 9 in NewSubfileType; neither is tiled.
    let marked = directories > 1
        && !directory.has(tag::TILE_OFFSETS)
        && match tiff.first(directory, tag::SUBFILE_TYPE) {
            Some(9) => true,
            // Elsewhere 1 says only that there is a larger version (TIFF 6.0, NewSubfileType).
            Some(1) => description.starts_with("aperio"),
            _ => false,
        };
    let lens = tiff.real(directory, tag::NDPI_LENS).is_some_and(|power| power < 0.0);
    named || marked || lens
}

/// `name = number` among the `|`-separated fields of an Aperio description.
fn pair(description: &str, name: &str) -> Option<f64> {
    let mut fields = description.split('|').filter_map(|field| field.split_once('='));
    let (_, value) = fields.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    value.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// Takes over what Leica's description says; the overview is no level.
fn with_leica(slide: &mut SlideFacts, scan: Option<leica::Scan>) {
    let Some(scan) = scan.filter(|scan| scan.width > 0) else { return };
    (slide.width, slide.height, slide.levels) = (scan.width, scan.height, scan.levels);
    slide.mpp_x = scan.mpp_x.or(slide.mpp_x);
    slide.mpp_y = scan.mpp_y.or(slide.mpp_y);
    slide.magnification = scan.magnification;
    slide.label_image |= scan.overview;
}

/// Takes over what Ventana's descriptions say; the resolution of the TIFF itself is of the label.
fn with_ventana(slide: &mut SlideFacts, scan: ventana::Scan, shapes: &[Option<Shape>]) {
    if let Some(base) = scan.base.and_then(|base| shapes.get(base).copied().flatten()) {
        (slide.width, slide.height, slide.levels) = (base.width, base.height, scan.levels);
    }
    slide.mpp_x = scan.mpp.or(slide.mpp_x);
    slide.mpp_y = scan.mpp.or(slide.mpp_y);
    slide.magnification = scan.magnification;
    slide.label_image |= scan.label;
}

fn resolution(tiff: &mut Tiff<'_>, directory: &Directory, tag: u16) -> Option<f64> {
    let micrometres = match tiff.first(directory, tag::RESOLUTION_UNIT)? {
        2 => 25_400.0,
        3 => 10_000.0,
        _ => return None,
    };
    let mpp = micrometres / tiff.real(directory, tag).filter(|dots| *dots > 0.0)?;
    (mpp < MPP_MAX).then_some(mpp)
}
