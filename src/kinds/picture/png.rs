//! PNG by its chunks (PNG Specification, Third Edition, section 5). Compressed text and colour profiles are stepped
//! over, never inflated.

use super::walk::{Steps, Walk};
use crate::kinds::Source;
use flate2::Crc;

/// Walks all chunks to IEND, checking the sums of those that make the picture.
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let mut walk = Walk { frames: 1, ..Walk::default() };
    if steps.skip(8).is_none() {
        return walk.truncated("the signature is cut off");
    }
    let mut bits_per_pixel = 0;
    loop {
        let (Some(length), Some(name)) = (steps.take::<4>(), steps.take::<4>()) else {
            return walk.truncated(format!("no end chunk in {} bytes", steps.bytes()));
        };
        let length = u64::from(u32::from_be_bytes(length));
        if length.saturating_add(4) > steps.left() {
            let detail = format!("a chunk of {length} bytes, {} there", steps.left());
            return walk.truncated(detail);
        }
        let Some((head, sum_holds)) = chunk(&mut steps, name, length) else {
            return walk.truncated("a chunk is cut off");
        };
        match &name {
            b"IHDR" => {
                walk.width = be(&head[..4]);
                walk.height = be(&head[4..8]);
                bits_per_pixel = u64::from(head[8]) * channels(head[9]);
            }
            b"acTL" => walk.frames = be(&head[..4]).clamp(1, 100_000) as u32,
            b"IDAT" => walk.data_bytes += length,
            b"IEND" => {
                walk.end = steps.at();
                return finish(walk, bits_per_pixel);
            }
            _ => {}
        }
        // A flipped bit in an ancillary chunk (first letter small) harms no pixel.
        if !sum_holds && name[0].is_ascii_uppercase() && walk.flaw.is_none() {
            let detail = format!("the checksum of chunk {} before byte {} is wrong", name.escape_ascii(), steps.at());
            walk = walk.damaged(detail);
        }
    }
}

/// Reads one chunk: its first 16 bytes (zeros where it is shorter), and whether its checksum holds.
fn chunk(steps: &mut Steps<'_>, name: [u8; 4], length: u64) -> Option<([u8; 16], bool)> {
    let mut sum = Crc::new();
    sum.update(&name);
    let mut head = [0_u8; 16];
    let mut filled = 0;
    steps.each(length, |piece| {
        let more = piece.len().min(16 - filled);
        head[filled..filled + more].copy_from_slice(&piece[..more]);
        filled += more;
        sum.update(piece);
    })?;
    Some((head, u32::from_be_bytes(steps.take()?) == sum.sum()))
}

/// Deflate makes at most 1,032 bytes of one (RFC 1951: 258 bytes from two bits).
fn finish(walk: Walk, bits_per_pixel: u64) -> Walk {
    let needed = walk.pixels().saturating_mul(bits_per_pixel) / 8 / 1_032;
    if walk.flaw.is_none() && walk.width > 0 && walk.data_bytes.saturating_add(64) < needed {
        let detail = format!("{} bytes cannot hold {} by {} pixels", walk.data_bytes, walk.width, walk.height);
        return walk.damaged(detail);
    }
    walk
}

fn channels(colour_type: u8) -> u64 {
    match colour_type {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    }
}

fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
