//! Documents in small: the same structure with fewer pixels and shorter streams, so that many rounds can be gone through.
//!
//! Nothing is drawn or coded anew where it can be cut instead: a JPEG keeps its tables and the beginning of its pixels, a
//! PNG the first columns of its first rows, a fax its first lines.

use super::structure;
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use lopdf::{Dictionary, Document, Object, Stream};
use std::io::{Read, Write};

/// Pixels along each side that are kept of a picture.
const SIDE: u32 = 64;

/// Bytes that are kept of coded pixels.
const CODED_BYTES_MAX: usize = 1_500;

/// Bytes that are kept of what a page draws, or of a stream that is neither a picture nor a font.
const STREAM_BYTES_MAX: usize = 1_500;

/// Bytes that are kept of what a page draws where nothing else is cut: two or three lines of text.
const DRAWN_BYTES_MAX: usize = 300;

/// Bytes of a segment of a JPEG that is kept: previews and profiles of colours are larger.
const SEGMENT_BYTES_MAX: usize = 4_000;

/// Bytes that pixels may have before they are cut.
const PIXEL_BYTES_MAX: u64 = 64 << 20;

/// A smaller document of the same structure; `None` where it cannot be had.
pub(super) fn small(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        [0xFF, 0xD8, ..] => jpeg(bytes),
        [0x89, b'P', b'N', b'G', ..] => png(bytes),
        [b'I', b'I', 42, 0, ..] => tiff(bytes),
        _ => pdf(bytes),
    }
}

/// The first blocks of a JPEG, which take no more than their own bits (ITU-T T.81, annex B).
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut small, mut at) = (bytes.get(..2)?.to_vec(), 2);
    loop {
        let [0xFF, mark, high, low] = *bytes.get(at..at + 4)? else { return None };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        let mut segment = bytes.get(at..end)?.to_vec();
        if matches!(mark, 0xC0..=0xC3) {
            for side in [5, 7] {
                let length = u16::from_be_bytes([*segment.get(side)?, *segment.get(side + 1)?]).min(SIDE as u16);
                segment[side..side + 2].copy_from_slice(&length.to_be_bytes());
            }
        }
        // Marks that are no comment and no matter of an application are needed to read it.
        if segment.len() <= SEGMENT_BYTES_MAX || !matches!(mark, 0xE0..=0xEF | 0xFE) {
            small.extend(segment);
        }
        at = end;
        if mark == 0xDA {
            break;
        }
    }
    small.extend(&bytes[at..(at + CODED_BYTES_MAX).min(bytes.len())]);
    small.extend([0, 0xFF, 0xD9]);
    Some(small)
}

/// The upper left corner of a PNG: filters look left and up only (PNG, clause 9).
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut before, mut coded, mut at) = (Vec::new(), Vec::new(), 8);
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        let data = bytes.get(at + 8..at + 8 + length)?;
        match &head[4..] {
            b"IDAT" => coded.extend(data),
            b"IEND" => break,
            _ if coded.is_empty() && length <= SEGMENT_BYTES_MAX => before.push((head[4..].to_vec(), data.to_vec())),
            _ => {}
        }
        at += 12 + length;
    }
    let header = &mut before.first_mut()?.1;
    let [width, height] = [0, 4].map(|at| u32::from_be_bytes(header[at..at + 4].try_into().unwrap_or_default()));
    let samples = [1, 0, 3, 1, 2, 0, 4][usize::from(header[9].min(6))];
    let row = |width: u32| 1 + (u64::from(width) * samples * u64::from(header[8])).div_ceil(8) as usize;
    let (wide, narrow) = (row(width), row(width.min(SIDE)));
    // Interlaced rows are of different lengths.
    if header[12] != 0 || samples == 0 {
        return None;
    }
    let mut pixels = Vec::new();
    ZlibDecoder::new(&coded[..]).take((wide * height.min(SIDE) as usize) as u64).read_to_end(&mut pixels).ok()?;
    let rows: Vec<u8> = pixels.chunks_exact(wide).flat_map(|row| &row[..narrow]).copied().collect();
    header[..4].copy_from_slice(&width.min(SIDE).to_be_bytes());
    header[4..8].copy_from_slice(&height.min(SIDE).to_be_bytes());
    before.push((b"IDAT".to_vec(), deflated(&rows)));
    before.push((b"IEND".to_vec(), Vec::new()));
    let mut small = bytes[..8].to_vec();
    for (name, data) in before {
        small.extend((data.len() as u32).to_be_bytes());
        small.extend(&name);
        small.extend(&data);
        let mut sum = flate2::Crc::new();
        sum.update(&name);
        sum.update(&data);
        small.extend(sum.sum().to_be_bytes());
    }
    Some(small)
}

/// The first lines of a TIFF whose first directory has its pixels in one strip before or behind it (TIFF 6.0).
fn tiff(bytes: &[u8]) -> Option<Vec<u8>> {
    let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let directory = long(4)? as usize;
    let entries = usize::from(u16::from_le_bytes(bytes.get(directory..directory + 2)?.try_into().ok()?));
    let mut small = bytes.to_vec();
    for entry in (0..entries).map(|entry| directory + 2 + 12 * entry) {
        let tag = u16::from_le_bytes(bytes.get(entry..entry + 2)?.try_into().ok()?);
        // Length of the image, rows of a strip: both stand in the entry itself, whether short or long.
        if matches!(tag, 257 | 278) && long(entry + 4)? == 1 && long(entry + 8)? > SIDE {
            small.get_mut(entry + 8..entry + 12)?.copy_from_slice(&SIDE.to_le_bytes());
        }
        // Bytes of the only strip.
        if tag == 279 && long(entry + 4)? == 1 && long(entry + 8)? as usize > CODED_BYTES_MAX {
            small.get_mut(entry + 8..entry + 12)?.copy_from_slice(&(CODED_BYTES_MAX as u32).to_le_bytes());
        }
    }
    // Where the directory stands before the pixels, what is behind the kept ones can go.
    let strip =
        (0..entries).map(|entry| directory + 2 + 12 * entry).find(|entry| bytes[*entry..].starts_with(&[17, 1]));
    let end = long(strip? + 8)? as usize + CODED_BYTES_MAX;
    if end > directory + 2 + 12 * entries + 1_024 {
        small.truncate(end);
    }
    (small != bytes).then_some(small)
}

/// The first page of a PDF, with pictures and streams cut. An encrypted one stays: what is in it cannot be cut.
fn pdf(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut document = Document::load_mem(bytes).ok().filter(|document| !document.is_encrypted())?;
    let others: Vec<u32> = document.get_pages().into_keys().skip(1).collect();
    document.delete_pages(&others);
    document.prune_objects();
    for object in document.objects.values_mut() {
        if let Object::Stream(stream) = object {
            cut_stream(stream);
        }
    }
    let mut small = Vec::new();
    document.save_to(&mut small).ok()?;
    Some(small)
}

fn cut_stream(stream: &mut Stream) {
    let is = |key: &[u8], value: &[u8]| stream.dict.get(key).and_then(Object::as_name).is_ok_and(|name| name == value);
    let is_font = [&b"Length1"[..], b"Length2", b"Length3"].iter().any(|key| stream.dict.has(key))
        || stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name.ends_with(b"C"));
    let is_table = is(b"Type", b"XRef") || is(b"Type", b"ObjStm");
    if is(b"Subtype", b"Image") {
        cut_picture(stream);
    } else if !is_font && !is_table && stream.content.len() > STREAM_BYTES_MAX {
        let Ok(mut plain) = stream.decompressed_content_with_limit(PIXEL_BYTES_MAX as usize) else { return };
        plain.truncate(STREAM_BYTES_MAX);
        // No half of an operator at the end.
        plain.truncate(plain.iter().rposition(|byte| *byte == b'\n').unwrap_or(plain.len()));
        replace(stream, plain);
    }
}

/// Fewer rows and columns, by the way the pixels are coded.
fn cut_picture(stream: &mut Stream) {
    let number = |dict: &Dictionary, key: &[u8]| dict.get(key).and_then(Object::as_i64).unwrap_or(0).max(0) as u64;
    let (width, height) = (number(&stream.dict, b"Width"), number(&stream.dict, b"Height"));
    let filters: Vec<Vec<u8>> =
        stream.filters().map(|names| names.iter().map(|name| name.to_vec()).collect()).unwrap_or_default();
    let [narrow, low] = [width, height].map(|side| side.min(u64::from(SIDE)));
    let mut sides = (narrow, low);
    match filters.last().map(Vec::as_slice) {
        Some(b"DCTDecode") if filters.len() == 1 => match jpeg(&stream.content) {
            Some(small) => stream.set_content(small),
            None => return,
        },
        Some(b"CCITTFaxDecode") if filters.len() == 1 => {
            sides.0 = width;
            if let Ok(parameters) = stream.dict.get_mut(b"DecodeParms").and_then(Object::as_dict_mut) {
                parameters.set("Rows", low as i64);
            }
            let small = stream.content[..stream.content.len().min(CODED_BYTES_MAX)].to_vec();
            stream.set_content(small);
        }
        Some(b"DCTDecode" | b"CCITTFaxDecode" | b"JBIG2Decode" | b"JPXDecode") => return,
        _ => {
            let Ok(plain) = stream.decompressed_content_with_limit(PIXEL_BYTES_MAX as usize) else { return };
            let wide = plain.len() as u64 / height.max(1);
            let kept = (wide * narrow).div_ceil(width.max(1));
            if wide == 0 || kept > wide {
                return;
            }
            let rows = plain.chunks_exact(wide as usize).take(low as usize);
            replace(stream, rows.flat_map(|row| &row[..kept as usize]).copied().collect());
        }
    }
    stream.dict.set("Width", sides.0 as i64);
    stream.dict.set("Height", sides.1 as i64);
}

/// Other content, deflated as most are.
fn replace(stream: &mut Stream, plain: Vec<u8>) {
    stream.set_plain_content(plain);
    stream.dict.remove(b"DecodeParms");
    let _ = stream.compress();
}

/// A PDF with what its pages draw cut short in place, so that everything else of it stays where it is, byte for byte.
/// Each letter that is drawn costs time in each round.
pub(super) fn shortened(bytes: &[u8]) -> Vec<u8> {
    let mut small = bytes.to_vec();
    let mut at = 0;
    while let Some(start) = structure::find(&small[at..], b"stream").map(|start| at + start + 6) {
        let start = start + small[start..].iter().take(2).take_while(|byte| byte.is_ascii_whitespace()).count();
        let Some(length) = structure::find(&small[start..], b"endstream") else { break };
        shorten(&mut small[start..start + length]);
        at = start + length + 9;
    }
    small
}

/// Cuts what a page draws after some operators; what it no longer takes is filled with spaces.
fn shorten(content: &mut [u8]) {
    let mut plain = Vec::new();
    let is_packed = content.first().is_some_and(|first| first & 0x0F == 8)
        && ZlibDecoder::new(&*content).take(PIXEL_BYTES_MAX).read_to_end(&mut plain).is_ok();
    if !is_packed {
        plain = content.to_vec();
    }
    let draws = structure::find(&plain, b" Tf").is_some() && structure::find(&plain, b"ET").is_some();
    let end = plain.iter().take(DRAWN_BYTES_MAX).rposition(|byte| *byte == b'\n');
    let Some(end) = end.filter(|_| draws && plain.len() > DRAWN_BYTES_MAX) else { return };
    plain.truncate(end);
    let packed = if is_packed { deflated(&plain) } else { plain };
    if packed.len() <= content.len() {
        content.fill(b' ');
        content[..packed.len()].copy_from_slice(&packed);
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Proves that a page is cut after some lines, packed or plain, and that the rest of the file stays where it is.
#[test]
fn pages_are_shortened_in_place() {
    let lines: Vec<&str> = vec!["No fever since Monday, and the child has been eating well"; 40];
    let page = crate::make::pdf::page(&lines);
    let short = shortened(&page);
    assert_eq!((short.len(), &short[short.len() - 60..]), (page.len(), &page[page.len() - 60..]));
    let count = |bytes: &[u8]| bytes.windows(5).filter(|window| window == b"fever").count();
    assert!((2..12).contains(&count(&short)) && count(&page) == 40, "{}", count(&short));
}

/// Proves that pictures cut down are still pictures, and smaller.
#[test]
fn small_pictures_are_pictures() {
    let picture = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, 90]));
    for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        let cut = small(bytes.get_ref()).unwrap();
        assert!(cut.len() < bytes.get_ref().len());
        let decoded = image::load_from_memory_with_format(&cut, format).unwrap().to_rgb8();
        assert_eq!((decoded.width(), decoded.height()), (SIDE, SIDE));
        let far = |place: (u32, u32)| {
            let (is, was) = (decoded.get_pixel(place.0, place.1).0, picture.get_pixel(place.0, place.1).0);
            is.iter().zip(was).any(|(is, was)| is.abs_diff(was) > 40)
        };
        assert!(!far((0, 0)) && !far((20, 4)), "{format:?}");
    }
}
