//! One JPEG tile of a slide: an abbreviated stream that shares its tables with the others (TIFF Technical Note 2).

use crate::kinds::picture::{decode, jpeg};
use image::ImageFormat;
use std::io::Cursor;

/// Pixels of a tile that is decoded; real ones have 512² or less, whole strips a few million.
const PIXELS_MAX: u64 = 16_000_000;

/// What keeps a tile from being decoded, if anything does.
pub(crate) fn fault(tables: &[u8], tile: &[u8]) -> Option<String> {
    let whole = with_tables(tables, tile)?;
    let walk = jpeg::walk(&mut Cursor::new(&whole));
    if let Some((_, detail)) = walk.flaw {
        return Some(detail);
    }
    if walk.pixels() > PIXELS_MAX {
        return None;
    }
    decode::fault(&mut Cursor::new(whole), ImageFormat::Jpeg)
}

/// Puts the shared tables in front of a tile. `None`: the tile has none of its own and must not be judged.
fn with_tables(tables: &[u8], tile: &[u8]) -> Option<Vec<u8>> {
    let (Some(body), Some(shared)) = (tile.strip_prefix(b"\xFF\xD8"), tables.strip_suffix(b"\xFF\xD9")) else {
        return Some(tile.to_vec());
    };
    Some([shared, body].concat())
}
