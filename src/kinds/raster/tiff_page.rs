//! Draws one page of a TIFF: fax (Group 3 and 4), and everything that the `tiff` crate decodes.
//!
//! A fax is decoded strip by strip and row by row, so that a poster of one bit a pixel needs no more memory than what
//! is drawn of it. Its resolution may differ across and down (TIFF class F: 204 by 98 and 204 by 196).

use super::{
    drawn::{Drawn, believable},
    luma,
    rows::Rows,
};
use crate::{
    domain::limits::Limits,
    kinds::{
        Source,
        docs::read::read_range,
        slide::{
            content,
            directory::{Directory, Tiff, tag},
        },
    },
};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use std::{
    io::{BufReader, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};
use tiff::{
    ColorType,
    decoder::{ChunkType, Decoder, DecodingResult},
};

/// Bytes of one compressed strip of a fax: beyond, no page is in it.
const STRIP_BYTES_MAX: u64 = 64 << 20;

/// Bytes of decoded pixels of one page.
const DECODED_BYTES_MAX: usize = 384 << 20;

/// Fax rows have no more pixels: sixteen sheets at 600 dpi side by side.
const FAX_WIDTH_MAX: u64 = 80_000;

const BROKEN: &str = "the page cannot be decoded";

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
        let work = AssertUnwindSafe(|| decode(&mut *tiff.source, number, &mut rows));
        catch_unwind(work).unwrap_or(Err(BROKEN))?;
    }
    let (came, grey) = ((shape.width as u32, shape.height as u32), rows.finish()?);
    let swapped = (5..=8).contains(&upright);
    let turn = |(x, y): (f32, f32)| if swapped { (y, x) } else { (x, y) };
    let dpi = resolution.map(|(x, y)| turn((x / by, y / by)));
    let came = if swapped { (came.1, came.0) } else { came };
    Ok(Drawn { grey: grey.oriented(upright), came, dpi, shrunk: by })
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

/// How a fax page is coded.
struct Fax {
    settings: DecodeSettings,
    /// The lowest bit of a byte comes first (tag 266 is 2).
    low_bit_first: bool,
    /// What the code calls white is black (photometric interpretation 1).
    inverted: bool,
}

impl Fax {
    fn of(tiff: &mut Tiff<'_>, directory: &Directory, compression: u64) -> Option<Self> {
        let options = tiff.first(directory, tag::FAX_OPTIONS).unwrap_or(0);
        let encoding = match compression {
            2 => EncodingMode::Group3_1D,
            3 if options & 1 == 0 => EncodingMode::Group3_1D,
            3 => EncodingMode::Group3_2D,
            4 => EncodingMode::Group4,
            _ => return None,
        };
        let columns = tiff.first(directory, tag::WIDTH).filter(|width| *width <= FAX_WIDTH_MAX)?;
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

    /// Strips one after the other; a strip that breaks off leaves the rest of its rows white.
    fn decode(&self, tiff: &mut Tiff<'_>, directory: &Directory, rows: &mut Rows) -> Result<(), &'static str> {
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

/// Everything else: chunk by chunk where chunks are strips, else as a whole.
fn decode(source: &mut dyn Source, directory: usize, rows: &mut Rows) -> Result<(), &'static str> {
    source.seek(SeekFrom::Start(0)).map_err(|_| "the file cannot be read")?;
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = DECODED_BYTES_MAX;
    limits.intermediate_buffer_size = DECODED_BYTES_MAX / 3;
    limits.ifd_value_size = 16 << 20;
    let mut decoder = Decoder::new(BufReader::new(source)).map_err(|_| BROKEN)?.with_limits(limits);
    decoder.seek_to_image(directory).map_err(|_| BROKEN)?;
    let colours = decoder.colortype().map_err(|_| "its colours are not known")?;
    let palette = palette(&mut decoder, colours);
    let shades = Shades { colours, palette };
    if decoder.get_chunk_type() == ChunkType::Strip {
        let count = decoder.strip_count().map_err(|_| BROKEN)?;
        let mut strip = 0;
        while strip < count && rows.missing() > 0 {
            let (width, height) = decoder.chunk_data_dimensions(strip);
            match decoder.read_chunk(strip) {
                Ok(pixels) => shades.push(&pixels, width as usize, rows)?,
                // The rest of a damaged scan may be whole.
                Err(_) if strip > 0 => (0..height).for_each(|_| rows.push(&[])),
                Err(_) => return Err(BROKEN),
            }
            strip += 1;
        }
        return Ok(());
    }
    let width = rows.width();
    let pixels = decoder.read_image().map_err(|_| BROKEN)?;
    shades.push(&pixels, width, rows)
}

/// The colours that indexed pixels stand for, as shades.
fn palette(decoder: &mut Decoder<BufReader<&mut dyn Source>>, colours: ColorType) -> Vec<u8> {
    if !matches!(colours, ColorType::Palette(_)) {
        return Vec::new();
    }
    let map = decoder.get_tag_u16_vec(tiff::tags::Tag::ColorMap).unwrap_or_default();
    let third = map.len() / 3;
    let high = |at: usize| (map[at] >> 8) as u8;
    (0..third).map(|at| luma(high(at), high(at + third), high(at + 2 * third))).collect()
}

/// How samples become shades.
struct Shades {
    colours: ColorType,
    palette: Vec<u8>,
}

impl Shades {
    fn push(&self, pixels: &DecodingResult, width: usize, rows: &mut Rows) -> Result<(), &'static str> {
        match pixels {
            DecodingResult::U8(samples) => self.bytes(samples, width, rows),
            DecodingResult::U16(samples) => {
                let high: Vec<u8> = samples.iter().map(|sample| (sample >> 8) as u8).collect();
                self.bytes(&high, width, rows)
            }
            _ => Err("its samples are not those of a picture"),
        }
    }

    fn bytes(&self, samples: &[u8], width: usize, rows: &mut Rows) -> Result<(), &'static str> {
        let mut row = Vec::with_capacity(width);
        let bits = self.colours.bit_depth();
        let count = usize::from(self.colours.num_samples());
        let row_bytes = if bits < 8 { (width * count * usize::from(bits)).div_ceil(8) } else { width * count };
        for raw in samples.chunks_exact(row_bytes.max(1)) {
            row.clear();
            match self.colours {
                ColorType::Gray(1 | 2 | 4) | ColorType::Palette(1 | 2 | 4) => self.packed(raw, bits, &mut row),
                ColorType::Gray(_) => row.extend_from_slice(raw),
                ColorType::Palette(_) => row.extend(raw.iter().map(|index| self.indexed(*index))),
                ColorType::GrayA(_) => row.extend(raw.chunks_exact(2).map(|p| p[0])),
                ColorType::RGB(_) | ColorType::RGBA(_) => {
                    row.extend(raw.chunks_exact(count).map(|p| luma(p[0], p[1], p[2])));
                }
                // The first sample is the brightness.
                ColorType::YCbCr(_) | ColorType::Lab(_) => row.extend(raw.chunks_exact(count).map(|p| p[0])),
                ColorType::CMYK(_) | ColorType::CMYKA(_) => row.extend(raw.chunks_exact(count).map(ink)),
                _ => return Err("its colours are not known"),
            }
            row.truncate(width);
            rows.push(&row);
        }
        Ok(())
    }

    fn packed(&self, raw: &[u8], bits: u8, row: &mut Vec<u8>) {
        let mask = (1_u8 << bits) - 1;
        for byte in raw {
            for place in (0..8 / bits).rev() {
                let value = byte >> (place * bits) & mask;
                row.push(match self.colours {
                    ColorType::Palette(_) => self.indexed(value),
                    _ => value * (255 / mask),
                });
            }
        }
    }

    fn indexed(&self, index: u8) -> u8 {
        self.palette.get(usize::from(index)).copied().unwrap_or(255)
    }
}

/// Cyan, magenta, yellow and black on white paper.
fn ink(pixel: &[u8]) -> u8 {
    let light = |ink: u8| (u32::from(255 - ink) * u32::from(255 - pixel[3]) / 255) as u8;
    luma(light(pixel[0]), light(pixel[1]), light(pixel[2]))
}
