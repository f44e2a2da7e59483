//! Samples of a TIFF page as shades of grey: everything that is no fax.

use super::{luma, rows::Rows, tiff_page::BROKEN};
use crate::kinds::Source;
use std::io::{BufReader, SeekFrom};
use tiff::{
    ColorType,
    decoder::{ChunkType, Decoder, DecodingResult, Limits},
    tags::Tag,
};

/// Bytes of decoded pixels of one page.
const DECODED_BYTES_MAX: usize = 384 << 20;

/// Bytes of one value of a directory: offsets of a million strips.
const VALUE_BYTES_MAX: usize = 16 << 20;

/// How the samples of a page lie, beside what the decoder knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Samples {
    /// Samples are indices of colours (photometric interpretation 3).
    pub(super) indexed: bool,
    /// All samples of one colour come before those of the next (planar configuration 2).
    pub(super) planar: bool,
}

/// Decodes the page of this directory into rows.
pub(super) fn decode(
    source: &mut dyn Source,
    (directory, samples): (usize, Samples),
    rows: &mut Rows,
) -> Result<(), &'static str> {
    source.seek(SeekFrom::Start(0)).map_err(|_| "the file cannot be read")?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = DECODED_BYTES_MAX;
    limits.intermediate_buffer_size = DECODED_BYTES_MAX / 3;
    limits.ifd_value_size = VALUE_BYTES_MAX;
    let mut decoder = Decoder::new(BufReader::new(source)).map_err(|_| BROKEN)?.with_limits(limits);
    decoder.seek_to_image(directory).map_err(|_| BROKEN)?;
    let colours = decoder.colortype().map_err(|_| "its colours are not known")?;
    let palette = if samples.indexed { Some(palette(&mut decoder)) } else { None };
    let planes = if samples.planar { u32::from(colours.num_samples()) } else { 1 };
    // Of separate colours one is enough to read: the second, which is green where there are three.
    let colours = if planes > 1 { ColorType::Gray(colours.bit_depth()) } else { colours };
    let shades = Shades { colours, palette };
    if decoder.get_chunk_type() == ChunkType::Tile {
        let width = rows.width();
        let pixels = decoder.read_image().map_err(|_| BROKEN)?;
        return shades.push(&pixels, width, rows);
    }
    let count = decoder.strip_count().map_err(|_| BROKEN)?;
    let first = if planes > 1 { count / planes } else { 0 };
    for strip in first..first + count / planes {
        if rows.missing() == 0 {
            break;
        }
        let (width, height) = decoder.chunk_data_dimensions(strip);
        match decoder.read_chunk(strip) {
            Ok(pixels) => shades.push(&pixels, width as usize, rows)?,
            // The rest of a damaged scan may be whole.
            Err(_) if strip > first => (0..height.min(rows.missing() as u32)).for_each(|_| rows.push(&[])),
            Err(_) => return Err(BROKEN),
        }
    }
    Ok(())
}

/// The colours that indexed pixels stand for, as shades.
fn palette(decoder: &mut Decoder<BufReader<&mut dyn Source>>) -> Vec<u8> {
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).unwrap_or_default();
    let third = map.len() / 3;
    let high = |at: usize| (map[at] >> 8) as u8;
    (0..third).map(|at| luma(high(at), high(at + third), high(at + 2 * third))).collect()
}

/// How samples become shades.
struct Shades {
    colours: ColorType,
    palette: Option<Vec<u8>>,
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
        let count = usize::from(self.colours.num_samples()).max(1);
        let row_bytes = if bits < 8 { (width * count * usize::from(bits)).div_ceil(8) } else { width * count };
        for raw in samples.chunks_exact(row_bytes.max(1)) {
            row.clear();
            match self.colours {
                ColorType::Gray(1 | 2 | 4) => self.packed(raw, bits, &mut row),
                ColorType::Gray(_) => row.extend(raw.iter().map(|value| self.shade(*value, 1))),
                ColorType::RGB(_) | ColorType::RGBA(_) => {
                    row.extend(raw.chunks_exact(count).map(|p| luma(p[0], p[1], p[2])));
                }
                ColorType::CMYK(_) | ColorType::CMYKA(_) => row.extend(raw.chunks_exact(count).map(inks)),
                // The first sample is the brightness.
                ColorType::GrayA(_) | ColorType::YCbCr(_) | ColorType::Lab(_) | ColorType::Multiband { .. } => {
                    row.extend(raw.chunks_exact(count).map(|p| p[0]));
                }
                _ => return Err("its colours are not known"),
            }
            row.truncate(width);
            rows.push(&row);
        }
        Ok(())
    }

    /// Samples of less than a byte, the first in the highest bits.
    fn packed(&self, raw: &[u8], bits: u8, row: &mut Vec<u8>) {
        let mask = (1_u8 << bits) - 1;
        for byte in raw {
            row.extend((0..8 / bits).rev().map(|place| self.shade(byte >> (place * bits) & mask, 255 / mask)));
        }
    }

    fn shade(&self, value: u8, step: u8) -> u8 {
        match &self.palette {
            Some(palette) => palette.get(usize::from(value)).copied().unwrap_or(255),
            None => value * step,
        }
    }
}

/// Cyan, magenta, yellow and black on white paper.
fn inks(pixel: &[u8]) -> u8 {
    let light = |ink: u8| (u32::from(255 - ink) * u32::from(255 - pixel[3]) / 255) as u8;
    luma(light(pixel[0]), light(pixel[1]), light(pixel[2]))
}
