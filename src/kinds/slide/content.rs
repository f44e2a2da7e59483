//! The pixels of one directory, from outside: are all strips or tiles there, can anybody decode them?

use super::{
    directory::{Directory, Entry, Tiff, tag},
    jpeg_tile,
};
use crate::{domain::reason::Reason, kinds::docs::read::read_range};

/// A tile of more than this is not looked into.
const TILE_BYTES_MAX: u64 = 32 << 20;

/// What is wrong with the pixels of a directory.
pub(crate) type Flaw = (Reason, String);

/// The shape of one directory's image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    pub(crate) width: u64,
    pub(crate) height: u64,
    pub(crate) tiled: bool,
    pub(crate) compression: u64,
}

/// How the pixels are coded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Coding {
    /// As they are.
    Plain,
    /// JPEG (TIFF Technical Note 2).
    Jpeg,
    /// JPEG 2000.
    Jpeg2000,
    /// Another that common programs know.
    Known,
    /// None that common programs know.
    Foreign,
}

/// By libtiff's registry of compression schemes, and Aperio's two for JPEG 2000.
fn coding(compression: u64) -> Coding {
    match compression {
        1 => Coding::Plain,
        7 => Coding::Jpeg,
        33_003 | 33_004 | 33_005 | 34_712 => Coding::Jpeg2000,
        2..=6
        | 8
        | 32_773
        | 32_771
        | 32_946
        | 34_661
        | 34_676
        | 34_677
        | 34_892
        | 34_925
        | 50_000
        | 50_001
        | 22_610 => Coding::Known,
        _ => Coding::Foreign,
    }
}

/// Is it coded in a way that common programs do not know?
pub(crate) fn is_foreign(shape: Shape) -> bool {
    coding(shape.compression) == Coding::Foreign
}

/// The shape, or why it has none.
pub(crate) fn shape(tiff: &mut Tiff<'_>, directory: &Directory) -> Result<Shape, Flaw> {
    let width = tiff.first(directory, tag::WIDTH).unwrap_or(0);
    let height = tiff.first(directory, tag::HEIGHT).unwrap_or(0);
    if width == 0 || height == 0 {
        return Err((Reason::Damaged, format!("an image of {width} by {height} pixels")));
    }
    let compression = tiff.first(directory, tag::COMPRESSION).unwrap_or(1);
    Ok(Shape { width, height, tiled: directory.has(tag::TILE_OFFSETS), compression })
}

/// Looks at strips or tiles: places first, then the content of some.
pub(crate) fn check(tiff: &mut Tiff<'_>, directory: &Directory, shape: Shape) -> Option<Flaw> {
    if coding(shape.compression) == Coding::Foreign {
        let detail = format!("compression scheme {} is not known to common programs", shape.compression);
        return Some((Reason::UnsupportedFormat, detail));
    }
    let (offsets, counts) = if shape.tiled {
        (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
    } else {
        (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
    };
    let (Some(offsets), Some(counts)) = (directory.entry(offsets), directory.entry(counts)) else {
        return Some((Reason::Damaged, "the directory does not say where its pixels are".to_owned()));
    };
    places(tiff, offsets, counts, shape)
        .or_else(|| enough(tiff, directory, (offsets, counts), shape))
        .or_else(|| samples(tiff, directory, (offsets, counts), shape))
}

/// Does every strip or tile lie inside the file?
fn places(tiff: &mut Tiff<'_>, offsets: Entry, counts: Entry, shape: Shape) -> Option<Flaw> {
    let unit = if shape.tiled { "tiles" } else { "strips" };
    if tiff.reaches_beyond(offsets) || tiff.reaches_beyond(counts) {
        return Some((Reason::Truncated, format!("the list of {} {unit} reaches behind the end", offsets.count())));
    }
    let bytes = tiff.length();
    let (mut beyond, mut furthest, mut empty) = (0_u64, 0_u64, 0_u64);
    tiff.each_pair(offsets, counts, |offset, count| {
        let end = offset.saturating_add(count);
        beyond += u64::from(end > bytes);
        empty += u64::from(count == 0);
        furthest = furthest.max(end);
    });
    if beyond > 0 {
        let detail = format!(
            "{beyond} of {} {unit} lie behind the end: {furthest} bytes needed, {bytes} there",
            offsets.count()
        );
        return Some((Reason::Truncated, detail));
    }
    // Slides leave out empty tiles; an image of which nothing is left is none.
    (empty >= offsets.count()).then(|| (Reason::Damaged, format!("all {empty} {unit} are empty")))
}

/// Are there as many strips, tiles and bytes as the dimensions ask for?
fn enough(tiff: &mut Tiff<'_>, directory: &Directory, lists: (Entry, Entry), shape: Shape) -> Option<Flaw> {
    let samples = tiff.first(directory, tag::SAMPLES_PER_PIXEL).unwrap_or(1).max(1);
    if shape.tiled {
        let tile_width = tiff.first(directory, tag::TILE_WIDTH).unwrap_or(0);
        let tile_height = tiff.first(directory, tag::TILE_HEIGHT).unwrap_or(0);
        if tile_width == 0 || tile_height == 0 {
            return Some((Reason::Damaged, format!("tiles of {tile_width} by {tile_height} pixels")));
        }
        let planes = if tiff.first(directory, tag::PLANAR) == Some(2) { samples } else { 1 };
        let across = u128::from(shape.width.div_ceil(tile_width)) * u128::from(shape.height.div_ceil(tile_height));
        let needed = across * u128::from(planes);
        let there = lists.0.count().min(lists.1.count());
        return (u128::from(there) < needed).then(|| (Reason::Truncated, format!("{there} tiles listed of {needed}")));
    }
    if coding(shape.compression) != Coding::Plain {
        return None;
    }
    let bits = tiff.first(directory, tag::BITS_PER_SAMPLE).unwrap_or(1).max(1);
    let needed =
        (u128::from(shape.width) * u128::from(samples) * u128::from(bits)).div_ceil(8) * u128::from(shape.height);
    let mut there = 0_u128;
    tiff.each_pair(lists.0, lists.1, |_, count| there += u128::from(count));
    (there < needed).then(|| (Reason::Truncated, format!("{there} bytes of pixels for {needed}")))
}

/// Looks into the first tile that is not empty, one in the middle and the last.
fn samples(tiff: &mut Tiff<'_>, directory: &Directory, lists: (Entry, Entry), shape: Shape) -> Option<Flaw> {
    let count = lists.0.count().min(lists.1.count());
    let tables = tiff.bytes_of(directory, tag::JPEG_TABLES);
    // Hamamatsu writes a level as one JPEG with dimensions that its header cannot hold.
    let partial = directory.has(tag::NDPI_FORMAT);
    let mut looked: Vec<u64> = vec![0, count / 2, count.saturating_sub(1)];
    looked.dedup();
    for index in looked {
        let (Some(offset), Some(length)) = (tiff.at_index(lists.0, index), tiff.at_index(lists.1, index)) else {
            continue;
        };
        if length == 0 || length > TILE_BYTES_MAX || partial {
            continue;
        }
        let tile = read_range(tiff.source, offset, length);
        let fault = match coding(shape.compression) {
            Coding::Jpeg => jpeg_tile::fault(&tables, &tile),
            Coding::Jpeg2000 => jpeg2000_fault(&tile),
            Coding::Plain | Coding::Known | Coding::Foreign => None,
        };
        if let Some(fault) = fault {
            let unit = if shape.tiled { "tile" } else { "strip" };
            return Some((Reason::Damaged, format!("{unit} {index} of {count}: {fault}")));
        }
    }
    None
}

/// A codestream begins with SOC and SIZ (ISO/IEC 15444-1 Annex A), a file with the signature box.
fn jpeg2000_fault(tile: &[u8]) -> Option<String> {
    let known = tile.starts_with(b"\xFF\x4F\xFF\x51") || tile.starts_with(b"\0\0\0\x0CjP  ");
    (!known).then(|| "no JPEG 2000 code stream".to_owned())
}
