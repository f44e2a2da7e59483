//! One frame as a picture in shades of grey, for objects whose pixels may show a page: secondary captures, scanned
//! documents, screenshots, and images with text burnt in.
//!
//! Values go the way to the screen as far as grey needs it: modality rescale, window where one is stated, the frame's
//! own range where none is (PS3.3 C.11.1, C.11.2.1), MONOCHROME1 inverted, colour as brightness.

use super::{
    data_set::DataSet,
    element::{self, ByteOrder},
    fragments,
    image::Shape,
    layout::{self, Layout},
    pixels,
    walk::{self, Pixels, Stored},
};
use crate::{
    domain::limits::{DRAWN_PIXELS_MAX, Limits},
    kinds::{Source, raster::grey::Grey},
};
use dicom_core::Tag;
use dicom_dictionary_std::tags;

const BROKEN: &str = "the frame cannot be decoded";

/// Draws frame `number`, counted from 1.
///
/// # Errors
/// What keeps it from being drawn, without text of the document.
pub(crate) fn frame(source: &mut dyn Source, number: u32, limits: &Limits) -> Result<Grey, &'static str> {
    let layout = layout::read(source, limits).ok_or("the file has no data set")?;
    let walked = walk::walk(&layout, source, limits);
    let pixels = walked.pixels.ok_or("the object has no pixels")?;
    let shape = Shape::of(&walked.data_set);
    let index = number.checked_sub(1).filter(|index| *index < shape.frames).ok_or("there is no such frame")?;
    let single = Shape { frames: 1, ..shape.clone() };
    if single.pixels() == 0 || !matches!(shape.bits_allocated, 1 | 8 | 16 | 32) {
        return Err("its pixels are of no known shape");
    }
    let most = u128::from(limits.picture_pixels_max.min(DRAWN_PIXELS_MAX));
    if single.pixels() > most || single.native_bytes() > 4 * most {
        return Err("the frame is too large");
    }
    let samples = match &pixels.stored {
        Stored::Native { offset, .. } => native(source, (&layout, &pixels, *offset), &single, (index, limits)),
        Stored::Fragments(pieces) => {
            let frames = fragments::frames(source, limits, &layout, pieces, &shape).map_err(|_| BROKEN)?;
            let places = frames.into_iter().nth(index as usize).ok_or(BROKEN)?;
            pixels::decoded(source, (&layout, &single), places).map_err(|_| BROKEN)
        }
    }?;
    let encoded = matches!(pixels.stored, Stored::Fragments(_));
    let shades = shades(&samples, &single, (&walked.data_set, encoded)).ok_or(BROKEN)?;
    Grey::from_rows(shape.columns as usize, shape.rows as usize, shades).ok_or(BROKEN)
}

/// The bytes of one native frame, little endian, samples of a pixel together.
pub(super) fn native(
    source: &mut dyn Source,
    (layout, pixels, offset): (&Layout, &Pixels, u64),
    shape: &Shape,
    (index, limits): (u32, &Limits),
) -> Result<Vec<u8>, &'static str> {
    let frame_bits = shape.pixels() as u64 * u64::from(shape.samples) * u64::from(shape.bits_allocated);
    // Only samples of one bit may begin inside a byte.
    let frame_bits = if shape.bits_allocated == 1 { frame_bits } else { shape.native_bytes() as u64 * 8 };
    let first = u64::from(index) * frame_bits;
    let (from, to) = (first / 8, (first + frame_bits).div_ceil(8));
    let mut input = layout.open(source, limits);
    let place = offset + from;
    if !input.advance(place.saturating_sub(input.position())) {
        return Err("the object ends before the frame");
    }
    let mut bytes = input.value(to - from).ok_or("the object ends before the frame")?;
    if layout.syntax.order == ByteOrder::Big {
        let word = if pixels.vr == Some(*b"OW") { 2 } else { 1 };
        let size = (shape.bits_allocated as usize / 8).max(word);
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    if shape.bits_allocated == 1 {
        let start = first as usize % 8;
        let bit = |at: usize| bytes[at / 8] >> (at % 8) & 1;
        return Ok((start..start + frame_bits as usize).map(bit).collect());
    }
    let size = shape.bits_allocated as usize / 8;
    let planar = shape.planar && shape.samples > 1;
    Ok(if planar { pixels::interleaved(&bytes, shape.samples as usize, size) } else { bytes })
}

/// From samples to shades.
fn shades(samples: &[u8], shape: &Shape, (data_set, encoded): (&DataSet, bool)) -> Option<Vec<u8>> {
    let count = usize::try_from(shape.pixels()).ok()?;
    let photometric = shape.photometric.as_str();
    if photometric == "PALETTE COLOR" {
        let palette = palette(data_set)?;
        let shade = |value: i64| palette.get(usize::try_from(value).unwrap_or(0)).or(palette.last()).copied();
        return values(samples, shape, Sign::Unsigned).take(count).map(shade).collect();
    }
    if shape.samples >= 3 {
        let bytes = (shape.bits_allocated as usize / 8).max(1);
        let brightness_first = photometric.starts_with("YBR") && !encoded;
        if photometric.contains("42") && !encoded {
            // Two pixels, then what colour they share.
            let shades: Vec<u8> = samples.chunks_exact(4).flat_map(|four| [four[0], four[1]]).take(count).collect();
            return (shades.len() == count).then_some(shades);
        }
        let high = |pixel: &[u8], sample: usize| pixel[sample * bytes + bytes - 1];
        let pixel_bytes = shape.samples as usize * bytes;
        let shade = |pixel: &[u8]| match brightness_first {
            true => high(pixel, 0),
            false => crate::kinds::raster::luma(high(pixel, 0), high(pixel, 1), high(pixel, 2)),
        };
        let shades: Vec<u8> = samples.chunks_exact(pixel_bytes).take(count).map(shade).collect();
        return (shades.len() == count).then_some(shades);
    }
    let sign = if data_set.count(tags::PIXEL_REPRESENTATION) == Some(1) { Sign::Signed } else { Sign::Unsigned };
    let values: Vec<i64> = values(samples, shape, sign).take(count).collect();
    let mut shades = windowed(&values, shape, data_set);
    if photometric == "MONOCHROME1" {
        shades.iter_mut().for_each(|shade| *shade = !*shade);
    }
    (shades.len() == count).then_some(shades)
}

/// How samples count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sign {
    Signed,
    Unsigned,
}

/// The stored values of single samples (PS3.5 8.1.1).
fn values<'a>(samples: &'a [u8], shape: &Shape, sign: Sign) -> impl Iterator<Item = i64> + use<'a> {
    let size = (shape.bits_allocated as usize / 8).max(1);
    let bits = shape.bits_stored.clamp(1, shape.bits_allocated);
    let shift = (shape.high_bit + 1).saturating_sub(bits).min(shape.bits_allocated - bits);
    samples.chunks_exact(size).map(move |raw| {
        let wide = raw.iter().rev().fold(0_u64, |wide, byte| wide << 8 | u64::from(*byte));
        let value = (wide >> shift) & ((1_u64 << bits) - 1);
        match sign {
            Sign::Signed if value >> (bits - 1) & 1 == 1 => value as i64 - (1_i64 << bits),
            Sign::Signed | Sign::Unsigned => value as i64,
        }
    })
}

fn windowed(values: &[i64], shape: &Shape, data_set: &DataSet) -> Vec<u8> {
    let first = |tag: Tag| data_set.numbers(tag).first().copied();
    let slope = first(tags::RESCALE_SLOPE).filter(|slope| *slope != 0.0).unwrap_or(1.0);
    let intercept = first(tags::RESCALE_INTERCEPT).unwrap_or(0.0);
    let stated = first(tags::WINDOW_CENTER).zip(first(tags::WINDOW_WIDTH)).filter(|(_, width)| *width >= 1.0);
    let (low, width) = match stated {
        // C.11.2.1.2.1: the lowest value that is not black, and how many there are up to white.
        Some((centre, width)) => (centre - 0.5 - (width - 1.0) / 2.0, (width - 1.0).max(1.0)),
        // A capture of eight bits is what was on the screen.
        None if shape.bits_stored == 8 && slope == 1.0 => (0.0, 255.0),
        None => {
            let low = values.iter().min().copied().unwrap_or(0) as f64 * slope + intercept;
            let high = values.iter().max().copied().unwrap_or(0) as f64 * slope + intercept;
            (low.min(high), (high - low).abs().max(1.0))
        }
    };
    let shade = |value: &i64| ((*value as f64 * slope + intercept - low) / width * 255.0).clamp(0.0, 255.0) as u8;
    values.iter().map(shade).collect()
}

/// The shades that indices stand for (C.7.6.3.1.5), without what lies below the first one mapped.
fn palette(data_set: &DataSet) -> Option<Vec<u8>> {
    let descriptor = data_set.bytes(tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR);
    let number = |at: usize| element::short_at(descriptor, at, data_set.order).map(usize::from);
    let entries = number(0).map(|count| if count == 0 { 65_536 } else { count })?;
    let (first, bits) = (number(2)?, number(4)?);
    let colours = [
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
        tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
    ]
    .map(|tag| {
        let bytes = data_set.bytes(tag);
        // Entries of eight bits may be packed or each in a word of its own.
        let packed = bytes.len() < entries * 2;
        let high = |at: usize| {
            let value = if packed {
                bytes.get(at).map(|b| u16::from(*b))
            } else {
                element::short_at(bytes, at * 2, data_set.order)
            };
            value.map(|value| if bits == 16 { (value >> 8) as u8 } else { value as u8 })
        };
        (0..entries).map_while(high).collect::<Vec<u8>>()
    });
    let shades = colours[0].iter().zip(&colours[1]).zip(&colours[2]);
    let shades: Vec<u8> = shades.map(|((r, g), b)| crate::kinds::raster::luma(*r, *g, *b)).collect();
    let below = *shades.first()?;
    Some(std::iter::repeat_n(below, first.min(65_535)).chain(shades).collect())
}
