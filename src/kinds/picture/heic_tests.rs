//! HEIC pictures, whole, turned and broken.

use super::*;
use std::io::Cursor;

const CORNER: &[u8] = include_bytes!("../../../samples/image/corner.heic");
const TURNED: &[u8] = include_bytes!("../../../samples/image/corner-turned.heic");

/// Six tiles, of the last column and row of which a part is shown, as phones write their pictures.
const GRID: &[u8] = include_bytes!("../../../samples/image/grid.heic");

/// Made for these tests: four squares, over two rows: red, green, blue, skin; half the rows and columns of colours are kept.
const COLOURS: &[u8] = include_bytes!("../../../tests/it/golden/pictures/colours.heic");

fn decoded(bytes: &[u8]) -> Result<Shades, &'static str> {
    decode(&mut Cursor::new(bytes.to_vec()), &Limits::default())
}

/// Mean shade of a rectangle: left, top, width, height.
fn mean(picture: &Shades, [left, top, width, height]: [u32; 4]) -> u32 {
    let rows = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (y * picture.width + x) as usize));
    rows.map(|at| u32::from(picture.grey[at])).sum::<u32>() / (width * height)
}

/// Proves that a picture is decoded to its shades: a dark corner of 40 by 24 pixels on light ground.
#[test]
fn pictures_are_decoded() {
    let picture = decoded(CORNER).expect("a picture");
    assert_eq!((picture.width, picture.height), (96, 64));
    let (corner, ground) = (mean(&picture, [4, 4, 32, 16]), mean(&picture, [48, 0, 48, 64]));
    assert!(corner.abs_diff(20) < 6 && ground.abs_diff(235) < 6, "{corner} {ground}");
}

/// Proves that colours are told, and that a picture of greys has none.
#[test]
fn colours_are_told() {
    let picture = decoded(COLOURS).expect("a picture");
    for (square, colour) in [[200, 60, 50], [60, 170, 70], [50, 70, 190], [224, 172, 140]].into_iter().enumerate() {
        let found = picture.colour(16 + square % 2 * 32, 16 + square / 2 * 32);
        let near = found.iter().zip(colour).all(|(found, wanted)| found.abs_diff(wanted) < 16);
        assert!(near, "{found:?} for {colour:?}");
    }
    let [red, green, blue] = decoded(CORNER).expect("a picture").colour(60, 40);
    assert!(red.abs_diff(green) < 6 && green.abs_diff(blue) < 6, "{red} {green} {blue}");
}

/// Proves that a picture is turned as its own property says: a quarter turn against the clock.
#[test]
fn pictures_are_set_upright() {
    let picture = decoded(TURNED).expect("a picture");
    assert_eq!((picture.width, picture.height), (64, 96));
    let (corner, ground) = (mean(&picture, [4, 60, 16, 32]), mean(&picture, [0, 0, 64, 48]));
    assert!(corner.abs_diff(20) < 6 && ground.abs_diff(235) < 6, "{corner} {ground}");
}

/// Proves that a picture of several tiles is decoded whole: every tile at its place, what hangs over is cut off.
#[test]
fn tiles_are_put_together() {
    let picture = decoded(GRID).expect("a picture");
    assert_eq!((picture.width, picture.height), (150, 100));
    for (tile, shade) in [90_u32, 120, 150, 180, 210, 240].into_iter().enumerate() {
        let (left, top) = (tile as u32 % 3 * 64, tile as u32 / 3 * 64);
        let found = mean(&picture, [left + 1, top + 1, 12, 12]);
        assert!(found.abs_diff(shade) < 6, "tile {tile}: {found}");
    }
    // What is left of the last tile: its dark corner, up to the last pixel.
    assert!(mean(&picture, [138, 88, 12, 12]) < 20);
    let limits = Limits { picture_pixels_max: 150 * 100 - 1, ..Limits::default() };
    assert_eq!(decode(&mut Cursor::new(GRID.to_vec()), &limits), Err("the picture is too large"));
    assert!((GRID.len() - 600..GRID.len()).step_by(7).all(|end| decoded(&GRID[..end]).is_err()), "a tile is gone");
}

/// Proves that neither a cut at any place nor a changed byte at any place does more than make the picture undecodable.
#[test]
fn broken_pictures_are_refused() {
    for end in 0..CORNER.len() {
        assert!(decoded(&CORNER[..end]).is_err(), "cut at {end}");
        let flaw = walk(&mut Cursor::new(CORNER[..end].to_vec())).flaw.map(|(reason, _)| reason);
        // Cut before the head of the last box is there, what is there is whole, and the decoder misses what it speaks of.
        assert!(flaw == Some(Reason::Truncated) || (342..350).contains(&end), "cut at {end}: {flaw:?}");
    }
    for place in 0..CORNER.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut bytes = CORNER.to_vec();
            bytes[place] ^= change;
            if let Ok(picture) = decoded(&bytes) {
                assert!(u64::from(picture.width) * u64::from(picture.height) <= 1 << 20, "byte {place}");
            }
        }
    }
}

/// Proves that a picture with more pixels than allowed is not decoded.
#[test]
fn pictures_within_limits() {
    let limits = Limits { picture_pixels_max: 96 * 64 - 1, ..Limits::default() };
    assert_eq!(decode(&mut Cursor::new(CORNER.to_vec()), &limits), Err("the picture is too large"));
}

/// Proves that pictures coded with HEVC are told by any of their brands, and others are not taken for them.
#[test]
fn brands_are_told() {
    let is = |head: &[u8]| brands(head).any(|brand| HEVC_BRANDS.contains(&brand));
    assert!(is(CORNER) && is(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic"));
    assert!(!is(b"\0\0\0\x18ftypavif\0\0\0\0mif1avif") && !is(b"\0\0\0\x14ftypmif1heic\0\0\0\0") && !is(b"ftyp"));
    assert!(!is(b"\0\0\0\x10ftypmif1\0\0\0\0heicheic"));
}
