//! Fax pages in a TIFF: Group 3 and Group 4 (ITU-T T.4 and T.6; TIFF 6.0, section 11).
//!
//! Decoded strip by strip and row by row, so that a poster of one bit a pixel needs no more memory than what is drawn of
//! it. A strip that breaks off leaves the rest of its rows white.

use super::{rows::Rows, tiff_page::BROKEN};
use crate::kinds::{
    docs::read::read_range,
    slide::directory::{Directory, Tiff, tag},
};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of one compressed strip: beyond, no page is in it.
const STRIP_BYTES_MAX: u64 = 64 << 20;

/// Rows have no more pixels: sixteen sheets at 600 dpi side by side.
const WIDTH_MAX: u64 = 80_000;

/// How a fax page is coded.
pub(super) struct Fax {
    settings: DecodeSettings,
    /// The lowest bit of a byte comes first (tag 266 is 2).
    low_bit_first: bool,
    /// What the code calls white is black (photometric interpretation 1).
    inverted: bool,
}

impl Fax {
    /// How this page is coded, if it is a fax.
    pub(super) fn of(tiff: &mut Tiff<'_>, directory: &Directory, compression: u64) -> Option<Self> {
        let options = tiff.first(directory, tag::FAX_OPTIONS).unwrap_or(0);
        let encoding = match compression {
            2 => EncodingMode::Group3_1D,
            3 if options & 1 == 0 => EncodingMode::Group3_1D,
            3 => EncodingMode::Group3_2D,
            4 => EncodingMode::Group4,
            _ => return None,
        };
        let columns = tiff.first(directory, tag::WIDTH).filter(|width| *width <= WIDTH_MAX)?;
        let settings = DecodeSettings {
            columns: columns as u32,
            rows: 0,
            end_of_block: compression != 2,
            end_of_line: compression == 3,
            rows_are_byte_aligned: compression == 2,
            encoding,
            strict: false,
        };
        let low_bit_first = tiff.first(directory, tag::FILL_ORDER) == Some(2);
        Some(Self { settings, low_bit_first, inverted: tiff.first(directory, tag::PHOTOMETRIC) == Some(1) })
    }

    /// Decodes strips one after the other.
    pub(super) fn decode(
        &self,
        tiff: &mut Tiff<'_>,
        directory: &Directory,
        rows: &mut Rows,
    ) -> Result<(), &'static str> {
        let (Some(offsets), Some(counts)) =
            (directory.entry(tag::STRIP_OFFSETS), directory.entry(tag::STRIP_BYTE_COUNTS))
        else {
            return Err("the directory does not say where its pixels are");
        };
        let rows_per_strip = tiff.first(directory, tag::ROWS_PER_STRIP).filter(|rows| *rows > 0).unwrap_or(u64::MAX);
        let (mut strip, mut decoded) = (0, 0);
        while rows.missing() > 0 && strip < offsets.count().min(counts.count()) {
            let (Some(offset), Some(length)) = (tiff.at_index(offsets, strip), tiff.at_index(counts, strip)) else {
                break;
            };
            let mut bytes = read_range(tiff.source, offset, length.min(STRIP_BYTES_MAX));
            if self.low_bit_first {
                bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
            }
            let height = rows_per_strip.min(rows.missing() as u64) as usize;
            let mut lines = Lines { rows, left: height, row: Vec::new(), paper: if self.inverted { 0 } else { 255 } };
            let mut context = DecoderContext::new(DecodeSettings { rows: height as u32, ..self.settings });
            let work = AssertUnwindSafe(|| hayro_ccitt::decode(&bytes, &mut lines, &mut context));
            // What came before a fault is kept.
            let _ = catch_unwind(work);
            decoded += height - lines.left;
            lines.fill();
            strip += 1;
        }
        if decoded == 0 { Err(BROKEN) } else { Ok(()) }
    }
}

/// Takes the rows of one strip.
struct Lines<'a> {
    rows: &'a mut Rows,
    left: usize,
    row: Vec<u8>,
    paper: u8,
}

impl Lines<'_> {
    fn fill(&mut self) {
        let row = vec![self.paper; self.rows.width()];
        for _ in 0..std::mem::take(&mut self.left) {
            self.rows.push(&row);
        }
    }
}

impl hayro_ccitt::Decoder for Lines<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        self.row.clear();
        self.row.resize(self.rows.width(), self.paper);
        for pair in changes.chunks(2) {
            let start = (pair[0] as usize).min(self.row.len());
            let end = pair.get(1).map_or(self.row.len(), |end| (*end as usize).clamp(start, self.row.len()));
            self.row[start..end].fill(!self.paper);
        }
        self.rows.push(&self.row);
    }
}
