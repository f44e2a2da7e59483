//! Pages that are only pixels: drawn, measured, made ready for the reader of text.
//!
//! `pdf_page`, `picture`, `tiff_page` and `frame` draw one page of what their kind is, in grey and upright as far as the
//! document says how it stands. `prepare` measures it (`look`) and takes the steps that make text easier to read. What
//! is read, in which language and which way up, is decided outside of the jail's bitmaps.
//!
//! Sizes are claims: what would take more pixels than the limits allow is refused before anything is allocated, and a
//! page that cannot be drawn says why, without a word of the document.

mod bands;
mod colour;
mod drawn;
mod faint;
mod fax;
mod filter;
pub(crate) mod grey;
mod ink;
mod letters;
mod look;
mod overlay;
mod paper;
mod pdf_page;
mod picture;
mod prepare;
mod resample;
mod rows;
#[cfg(test)]
mod sample;
mod sheet;
#[cfg(test)]
mod tests;
mod tiff_page;
mod tiff_samples;
#[cfg(test)]
mod worth;

use crate::{
    domain::{
        limits::{Limits, SNIFF_BYTES_MAX},
        path::RawName,
        reading::Rendered,
    },
    kinds::{
        Probe, Source,
        docs::read::{length_of, read_range},
        recognise,
    },
};
use colour::Colours;
use drawn::Drawn;
use prepare::Steps;

/// Draws one page, counted from 1, of a document and prepares it for reading.
pub(crate) fn render(
    source: &mut dyn Source,
    page: u32,
    (name, passwords, limits): (&RawName, &[String], &Limits),
) -> Rendered {
    match draw(source, page, (name, passwords, limits)) {
        Ok(drawn) => prepare::prepare(drawn, Steps::ALL),
        Err(why) => Rendered::Undrawable(why.to_owned()),
    }
}

fn draw(
    source: &mut dyn Source,
    page: u32,
    (name, passwords, limits): (&RawName, &[String], &Limits),
) -> Result<Drawn, &'static str> {
    let head = read_range(source, 0, SNIFF_BYTES_MAX as u64);
    let bytes = length_of(source);
    let kind = recognise(&Probe { head: &head, bytes, name }).map(|kind| kind.name());
    match kind {
        Some("pdf") => pdf_page::draw(source, page, (passwords, limits)),
        Some("tiff") => tiff_page::draw(source, page, limits),
        Some("dicom" | "dicom-slide") => {
            let frame = crate::kinds::dicom::frame(source, page, limits)?;
            let came = (frame.width() as u32, frame.height() as u32);
            Ok(Drawn { grey: frame, came, dpi: None, shrunk: 1.0, undrawn: 0, colours: Colours::default() })
        }
        Some(format) if page == 1 => picture::draw(source, format, limits),
        _ => Err("there is no such page"),
    }
}

/// Brightness of a colour (ITU-R BT.601, as scanners and JPEG use it).
pub(crate) fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 77 + u32::from(green) * 150 + u32::from(blue) * 29 + 128) >> 8) as u8
}
