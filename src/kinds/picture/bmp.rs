//! BMP by its header (Windows `BITMAPFILEHEADER`, `BITMAPINFOHEADER` and their OS/2 forerunner).

use super::walk::{Steps, Walk};
use crate::kinds::Source;

/// Reads the headers and compares the pixels that they ask for with the bytes there are.
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let walk = Walk { frames: 1, ..Walk::default() };
    let (Some(file), Some(size)) = (steps.take::<14>(), steps.take::<4>()) else {
        return walk.truncated("the header is cut off");
    };
    let (claimed, first) = (le(&file[2..6]), le(&file[10..14]));
    let Some((mut walk, bits, compression)) = dimensions(&mut steps, le(&size), walk.clone()) else {
        return walk.truncated("the header is cut off");
    };
    walk.end = if claimed > first { claimed.min(steps.bytes()) } else { steps.bytes() };
    if walk.width == 0 || walk.height == 0 {
        return walk.damaged("no pixels");
    }
    // Run-length coded pictures say their length only in the file header, which some writers leave at zero.
    let row = walk.width.saturating_mul(bits).div_ceil(32).saturating_mul(4);
    let needed = match compression {
        0 | 3 | 6 => first.saturating_add(row.saturating_mul(walk.height)),
        _ => claimed,
    };
    if needed > steps.bytes() {
        let detail = format!("{needed} bytes needed, {} there", steps.bytes());
        return walk.truncated(detail);
    }
    walk
}

fn dimensions(steps: &mut Steps<'_>, header_bytes: u64, mut walk: Walk) -> Option<(Walk, u64, u64)> {
    if header_bytes == 12 {
        let core = steps.take::<8>()?;
        walk.width = le(&core[..2]);
        walk.height = le(&core[2..4]);
        return Some((walk, le(&core[6..8]), 0));
    }
    let info = steps.take::<16>()?;
    // A negative height means rows from top to bottom.
    let signed = |bytes: &[u8]| u64::from((le(bytes) as u32).cast_signed().unsigned_abs());
    walk.width = signed(&info[..4]);
    walk.height = signed(&info[4..8]);
    Some((walk, le(&info[10..12]), le(&info[12..16])))
}

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
