//! Draws a PNG, JPEG, GIF, BMP, WebP or HEIC: its first frame, over white, upright by its EXIF orientation or, HEIC, by
//! its own properties.

use super::{
    colour::{self, Colours},
    drawn::{Drawn, believable},
    luma,
    rows::Rows,
};
use crate::{
    domain::limits::Limits,
    kinds::{
        Source,
        docs::read::{length_of, read_range},
        picture::{heic, orientation},
    },
};
use image::{ColorType, ImageDecoder, ImageFormat, ImageReader};
use std::{
    io::{BufReader, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Bytes of a file that is decoded: decoders keep the compressed picture in memory beside the pixels.
const FILE_BYTES_MAX: u64 = 128 << 20;

/// Bytes of decoded pixels: 128 million in colour, and with what is drawn of them they fit into an inspector.
const DECODED_BYTES_MAX: u64 = 384 << 20;

/// Bytes at the head in which a resolution is looked for.
const HEAD_BYTES: u64 = 64 << 10;

/// Draws the picture.
pub(super) fn draw(source: &mut dyn Source, format: &str, limits: &Limits) -> Result<Drawn, &'static str> {
    let format = match format {
        "png" => ImageFormat::Png,
        "jpeg" => ImageFormat::Jpeg,
        "gif" => ImageFormat::Gif,
        "bmp" => ImageFormat::Bmp,
        "webp" => ImageFormat::WebP,
        "heic" => return phone(source, limits),
        _ => return Err("no picture is known to be in it"),
    };
    if length_of(source) > FILE_BYTES_MAX {
        return Err("the file is too large");
    }
    let resolution = resolution(&read_range(source, 0, HEAD_BYTES), format);
    let upright = orientation(source);
    source.seek(SeekFrom::Start(0)).map_err(|_| "the file cannot be read")?;
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(source, format, limits)));
    let Decoded { grey, came, by, colours } = decoded.unwrap_or(Err("the picture cannot be decoded"))?;
    let (grey, swapped) = (grey.oriented(upright), upright >= 5);
    let turn = |(x, y)| if swapped { (y, x) } else { (x, y) };
    let shrunk = by as f32;
    let dpi = resolution.and_then(believable).map(|(x, y)| turn((x / shrunk, y / shrunk)));
    let came = if swapped { (came.1, came.0) } else { came };
    Ok(Drawn { grey, came, dpi, shrunk, undrawn: 0, colours })
}

/// Draws a HEIC picture, which says nothing of its resolution.
fn phone(source: &mut dyn Source, limits: &Limits) -> Result<Drawn, &'static str> {
    let shades = heic::decode(source, limits)?;
    let came = (shades.width, shades.height);
    let mut rows = Rows::new((came.0.into(), came.1.into()), limits)?;
    shades.grey.chunks_exact((came.0 as usize).max(1)).for_each(|row| rows.push(row));
    let by = rows.by();
    let colours = colour::colours((came.0 as usize, came.1 as usize), |x, y| shades.colour(x, y));
    drop(shades);
    Ok(Drawn { grey: rows.finish()?, came, dpi: None, shrunk: by as f32, undrawn: 0, colours })
}

struct Decoded {
    grey: super::grey::Grey,
    came: (u32, u32),
    by: usize,
    colours: Colours,
}

fn decode(source: &mut dyn Source, format: ImageFormat, limits: &Limits) -> Result<Decoded, &'static str> {
    const BROKEN: &str = "the picture cannot be decoded";
    let mut reader = ImageReader::with_format(BufReader::new(source), format);
    let mut allowed = image::Limits::no_limits();
    allowed.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(allowed);
    let decoder = reader.into_decoder().map_err(|_| BROKEN)?;
    let (width, height) = decoder.dimensions();
    let mut rows = Rows::new((width.into(), height.into()), limits)?;
    let bytes = decoder.total_bytes();
    if bytes > DECODED_BYTES_MAX {
        return Err("the picture is too large");
    }
    let samples = decoder.color_type();
    let mut pixels = vec![0; bytes as usize];
    decoder.read_image(&mut pixels).map_err(|_| BROKEN)?;
    let grey = shades(samples).ok_or(BROKEN)?;
    let pixel_bytes = usize::from(samples.bytes_per_pixel());
    let mut row = Vec::with_capacity(width as usize);
    for raw in pixels.chunks_exact((width as usize * pixel_bytes).max(1)) {
        row.clear();
        row.extend(raw.chunks_exact(pixel_bytes).map(grey));
        rows.push(&row);
    }
    let by = rows.by();
    let across = width as usize;
    let colours = rgb(samples).map(|rgb| {
        let at = |x, y| rgb(&pixels[(y * across + x) * pixel_bytes..][..pixel_bytes]);
        colour::colours((across, height as usize), at)
    });
    drop(pixels);
    Ok(Decoded { grey: rows.finish()?, came: (width, height), by, colours: colours.unwrap_or_default() })
}

/// Of samples of two bytes, which are in this machine's order, the place of the higher.
const HIGH: usize = if cfg!(target_endian = "little") { 1 } else { 0 };

/// How a pixel's bytes become one shade, over white.
fn shades(samples: ColorType) -> Option<fn(&[u8]) -> u8> {
    Some(match samples {
        ColorType::L8 => |p| p[0],
        ColorType::La8 => |p| over_white(p[0], p[1]),
        ColorType::Rgb8 => |p| luma(p[0], p[1], p[2]),
        ColorType::Rgba8 => |p| over_white(luma(p[0], p[1], p[2]), p[3]),
        ColorType::L16 => |p| p[HIGH],
        ColorType::La16 => |p| over_white(p[HIGH], p[2 + HIGH]),
        ColorType::Rgb16 => |p| luma(p[HIGH], p[2 + HIGH], p[4 + HIGH]),
        ColorType::Rgba16 => |p| over_white(luma(p[HIGH], p[2 + HIGH], p[4 + HIGH]), p[6 + HIGH]),
        _ => return None,
    })
}

type Rgb = fn(&[u8]) -> [u8; 3];

/// How a pixel's bytes become red, green and blue, over white; of shades there are none.
fn rgb(samples: ColorType) -> Option<Rgb> {
    Some(match samples {
        ColorType::Rgb8 => |p| [p[0], p[1], p[2]],
        ColorType::Rgba8 => |p| [p[0], p[1], p[2]].map(|channel| over_white(channel, p[3])),
        ColorType::Rgb16 => |p| [p[HIGH], p[2 + HIGH], p[4 + HIGH]],
        ColorType::Rgba16 => |p| [p[HIGH], p[2 + HIGH], p[4 + HIGH]].map(|channel| over_white(channel, p[6 + HIGH])),
        _ => return None,
    })
}

fn over_white(shade: u8, alpha: u8) -> u8 {
    let (shade, alpha) = (u32::from(shade), u32::from(alpha));
    ((shade * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Pixels per inch across and down, as the file says it.
fn resolution(head: &[u8], format: ImageFormat) -> Option<(f32, f32)> {
    match format {
        ImageFormat::Jpeg => jfif(head),
        ImageFormat::Png => physical(head),
        ImageFormat::Bmp => bitmap(head),
        _ => None,
    }
}

/// JFIF 1.02: the segment APP0 right behind the start of image, its density in inches or centimetres.
fn jfif(head: &[u8]) -> Option<(f32, f32)> {
    if head.get(2..4)? != [0xFF, 0xE0] || head.get(6..11)? != b"JFIF\0" {
        return None;
    }
    let density = |at: usize| Some(f32::from(u16::from_be_bytes([*head.get(at)?, *head.get(at + 1)?])));
    let inch = match head.get(13)? {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    Some((density(14)? * inch, density(16)? * inch))
}

/// PNG, chunk pHYs before the pixels: pixels per metre.
fn physical(head: &[u8]) -> Option<(f32, f32)> {
    let end = head.windows(4).position(|name| name == b"IDAT").unwrap_or(head.len());
    let at = head[..end].windows(4).position(|name| name == b"pHYs")? + 4;
    let number = |at: usize| head.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as f32);
    (head.get(at + 8) == Some(&1)).then_some((number(at)? * 0.025_4, number(at + 4)? * 0.025_4))
}

/// BITMAPINFOHEADER: pixels per metre.
fn bitmap(head: &[u8]) -> Option<(f32, f32)> {
    let number = |at: usize| head.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    (number(14)? >= 40).then_some((number(38)? as f32 * 0.025_4, number(42)? as f32 * 0.025_4))
}
