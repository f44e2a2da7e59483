//! Draws one page of a TIFF: a fax, or samples of any kind that is known.
//!
//! Resolutions across and down may differ (TIFF class F: 204 by 98 and 204 by 196); a page keeps its pixels here.

use super::{
    colour::Colours,
    drawn::{Drawn, believable},
    fax::Fax,
    rows::Rows,
    tiff_samples::{self, Samples},
};
use crate::{
    domain::limits::Limits,
    kinds::{
        Source,
        docs::read::{Extent, read_start},
        slide::{
            content,
            directory::{Directory, Tiff, tag},
        },
    },
};
use std::{
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Bytes of a file with indexed colours, which is held in memory.
const INDEXED_BYTES_MAX: u64 = 128 << 20;

/// Photometric interpretations (TIFF 6.0, tag 262).
const BLACK_IS_ZERO: u16 = 1;
/// See `BLACK_IS_ZERO`.
const INDEXED: u64 = 3;

/// What is said of a page whose pixels cannot be had.
pub(super) const BROKEN: &str = "the page cannot be decoded";

/// Draws a page, counted from 1.
pub(super) fn draw(source: &mut dyn Source, page: u32, limits: &Limits) -> Result<Drawn, &'static str> {
    let mut tiff = Tiff::open(source).ok_or("the file has no TIFF header")?;
    let (directories, _) = tiff.directories();
    // Pages are counted as they are when the file is examined: directories with an image.
    let mut pages = (0..).zip(&directories).filter(|(_, directory)| content::shape(&mut tiff, directory).is_ok());
    let index = (page as usize).checked_sub(1).ok_or("there is no such page")?;
    let (number, directory) = pages.nth(index).ok_or("there is no such page")?;
    drop(pages);
    let shape = content::shape(&mut tiff, directory).map_err(|_| "there is no such page")?;
    let mut rows = Rows::new((shape.width, shape.height), limits)?;
    let by = rows.by() as f32;
    let resolution = resolution(&mut tiff, directory);
    let upright = tiff.first(directory, tag::ORIENTATION).and_then(|o| u8::try_from(o).ok()).unwrap_or(1);
    if let Some(fax) = Fax::of(&mut tiff, directory, shape.compression) {
        fax.decode(&mut tiff, directory, &mut rows)?;
    } else {
        let work = AssertUnwindSafe(|| samples(&mut tiff, (number, directory), &mut rows));
        catch_unwind(work).unwrap_or(Err(BROKEN))?;
    }
    let (came, grey) = ((shape.width as u32, shape.height as u32), rows.finish()?);
    let swapped = (5..=8).contains(&upright);
    let turn = |(x, y): (f32, f32)| if swapped { (y, x) } else { (x, y) };
    let dpi = resolution.map(|(x, y)| turn((x / by, y / by)));
    let came = if swapped { (came.1, came.0) } else { came };
    Ok(Drawn { grey: grey.oriented(upright), came, dpi, shrunk: by, undrawn: 0, colours: Colours::default() })
}

/// Pixels per inch across and down.
fn resolution(tiff: &mut Tiff<'_>, directory: &Directory) -> Option<(f32, f32)> {
    let (x, y) = (tiff.real(directory, tag::X_RESOLUTION)?, tiff.real(directory, tag::Y_RESOLUTION)?);
    let inch = match tiff.first(directory, tag::RESOLUTION_UNIT).unwrap_or(2) {
        2 => 1.0,
        3 => 2.54,
        _ => return None,
    };
    let (x, y) = ((x * inch) as f32, (y * inch) as f32);
    believable((x, y)).filter(|(x, y)| (0.24..4.1).contains(&(x / y)))
}

/// Decodes what is no fax.
fn samples(tiff: &mut Tiff<'_>, (number, directory): (usize, &Directory), rows: &mut Rows) -> Result<(), &'static str> {
    let photometric =
        directory.entry(tag::PHOTOMETRIC).filter(|_| tiff.first(directory, tag::PHOTOMETRIC) == Some(INDEXED));
    let planar = tiff.first(directory, tag::PLANAR) == Some(2);
    let Some(photometric) = photometric else {
        return tiff_samples::decode(tiff.source, (number, Samples { indexed: false, planar }), rows);
    };
    // The decoder knows no indexed colours: told that they are shades, it gives the indices.
    let (mut bytes, extent) = read_start(tiff.source, INDEXED_BYTES_MAX);
    let (place, label) = (photometric.place() as usize, tiff.short(BLACK_IS_ZERO));
    match bytes.get_mut(place..place.saturating_add(2)) {
        Some(value) if extent == Extent::Whole => value.copy_from_slice(&label),
        _ => return Err(BROKEN),
    }
    tiff_samples::decode(&mut Cursor::new(bytes), (number, Samples { indexed: true, planar }), rows)
}
