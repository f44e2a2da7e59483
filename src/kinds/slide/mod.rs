//! TIFF in all its uses: whole-slide images (Aperio, Hamamatsu, Leica, Ventana, Philips, generic pyramids), and
//! faxes, scans and pictures that happen to be TIFF.
//!
//! The file is walked by its directories (TIFF 6.0 section 2; BigTIFF as in libtiff), never loaded: a slide may have
//! tens of gigabytes. Every offset and count is a claim that is checked against the bytes there are; a few tiles are
//! looked at, one may be decoded.

pub(crate) mod content;
mod describe;
pub(crate) mod directory;
mod fax;
mod jpeg_tile;
mod tiff_file;

pub use tiff_file::TIFF;
pub(crate) use tiff_file::slide_name;
