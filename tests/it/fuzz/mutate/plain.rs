//! Faults that any bytes can have.

use crate::support::random::Random;

/// Bytes that a copy may grow by.
const GROWTH_BYTES_MAX: usize = 64 * 1024;

/// Numbers that break arithmetic.
const EXTREMES: &[u64] =
    &[0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, u64::MAX >> 1, u64::MAX];

/// One fault of any kind.
pub(super) fn spoil(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    match random.below(10) {
        0 => flip(bytes, random),
        1 => bytes.truncate(place(bytes, random)),
        2 => splice(bytes, other, random),
        3 => number(bytes, random),
        4 => double(bytes, random),
        5 => remove(bytes, random),
        6 => fill(bytes, random),
        7 => digits(bytes, random),
        8 => count(bytes, random),
        _ => swap(bytes, random),
    }
}

/// A number that no counter expects.
pub(super) fn extreme(random: &mut Random) -> u64 {
    EXTREMES[random.below(EXTREMES.len() as u64) as usize]
}

fn place(bytes: &[u8], random: &mut Random) -> usize {
    // Structure stands at both ends more often than in between.
    let length = bytes.len() as u64;
    let at = match random.below(4) {
        0 => random.below(length.min(256)),
        1 => length - 1 - random.below(length.min(256)),
        _ => random.below(length),
    };
    at as usize
}

fn range(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let start = place(bytes, random);
    let most = [4, 64, 1_024, 65_536][random.below(4) as usize];
    start..(start + 1 + random.below(most) as usize).min(bytes.len())
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(8) {
        let at = place(bytes, random);
        bytes[at] ^= 1 << random.below(8);
    }
}

/// Bytes of another document, or of another place in this one, over or between.
fn splice(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let from = if other.is_empty() || random.below(2) == 0 { bytes.clone() } else { other.to_vec() };
    let piece = &from[range(&from, random)];
    let at = place(bytes, random);
    let end = if random.below(2) == 0 { at } else { (at + piece.len()).min(bytes.len()) };
    bytes.splice(at..end, piece.iter().copied().take(GROWTH_BYTES_MAX));
}

/// A length or count that is a lie, of 1 to 8 bytes in either order.
fn number(bytes: &mut [u8], random: &mut Random) {
    let width = [1, 2, 4, 8][random.below(4) as usize];
    let near = [bytes.len() as u64, bytes.len() as u64 * 2, random.below(65_536)];
    let value = match random.below(3) {
        0 => near[random.below(3) as usize],
        _ => extreme(random),
    };
    let written =
        if random.below(2) == 0 { value.to_le_bytes() } else { value.rotate_left(64 - 8 * width as u32).to_be_bytes() };
    let at = place(bytes, random);
    let end = (at + width).min(bytes.len());
    bytes[at..end].copy_from_slice(&written[..end - at]);
}

fn double(bytes: &mut Vec<u8>, random: &mut Random) {
    let range = range(bytes, random);
    let piece = bytes[range.clone()].to_vec();
    let times = 1 + random.below(16) as usize;
    let many = piece.iter().copied().cycle().take((piece.len() * times).min(GROWTH_BYTES_MAX));
    bytes.splice(range.end..range.end, many);
}

fn remove(bytes: &mut Vec<u8>, random: &mut Random) {
    let range = range(bytes, random);
    bytes.drain(range);
}

/// What may be a length, a count or an offset, since the file is long enough for it, becomes a lie by little or by much.
fn count(bytes: &mut [u8], random: &mut Random) {
    let width = [2, 4][random.below(2) as usize];
    let from = place(bytes, random);
    for at in from..bytes.len().saturating_sub(width).min(from + 256) {
        let read = |piece: &[u8]| piece.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let big = read(&bytes[at..at + width]);
        let little = read(&bytes[at..at + width].iter().rev().copied().collect::<Vec<u8>>());
        let Some(value) = [little, big].into_iter().find(|value| (1..=bytes.len() as u64).contains(value)) else {
            continue;
        };
        let lie = match random.below(5) {
            0 => value + 1,
            1 => value - 1,
            2 => value * 2,
            3 => bytes.len() as u64 - at as u64,
            _ => extreme(random),
        };
        let lie = lie.to_le_bytes();
        if value == little {
            bytes[at..at + width].copy_from_slice(&lie[..width]);
        } else {
            bytes[at..at + width].iter_mut().zip(lie[..width].iter().rev()).for_each(|(byte, new)| *byte = *new);
        }
        return;
    }
}

fn fill(bytes: &mut [u8], random: &mut Random) {
    let value = [0, 0xFF, b' ', b'<'][random.below(4) as usize];
    let range = range(bytes, random);
    bytes[range].fill(value);
}

/// A number in digits becomes one that no counter holds.
fn digits(bytes: &mut Vec<u8>, random: &mut Random) {
    let from = place(bytes, random);
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else { return };
    let end = bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |at| start + at);
    let value: &[u8] = [&b"0"[..], b"-1", b"4294967296", b"99999999999999999999", b"1e999"][random.below(5) as usize];
    bytes.splice(start..end, value.iter().copied());
}

fn swap(bytes: &mut [u8], random: &mut Random) {
    let (one, other) = (place(bytes, random), place(bytes, random));
    let length = (1 + random.below(64) as usize).min(bytes.len() - one.max(other));
    if one.abs_diff(other) >= length {
        for step in 0..length {
            bytes.swap(one + step, other + step);
        }
    }
}
