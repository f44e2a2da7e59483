//! Formats that are tables of tags: TIFF (TIFF 6.0, section 2) and DICOM (PS3.5, 7.1).

use super::{any, plain, put};
use crate::support::random::Random;

/// Tags that say how pixels lie: sizes, coding, places, colours, tiles, sub-directories.
const TIFF_TAGS: &[u16] = &[
    256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 292, 293, 296, 317, 320, 322, 323, 324, 325,
    330, 338, 339, 347, 530, 532, 34_665, 65_420,
];

/// Values that change what a reader does: schemes of compression, colours, sample formats.
const TIFF_VALUES: &[u32] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 32_773, 32_946, 34_712, 33_003, 50_000];

/// Directories that are followed; damaged ones may lead round.
const DIRECTORIES_MAX: usize = 8;

/// An entry of a directory with another tag, type, count or value; or a directory that follows itself.
pub(super) fn tiff(bytes: &mut Vec<u8>, random: &mut Random) {
    let little = bytes.first() == Some(&b'I');
    let number = |bytes: &[u8], at: usize, width: usize| {
        let piece = bytes.get(at..at.checked_add(width)?)?;
        let next = |value, byte: &u8| value << 8 | usize::from(*byte);
        Some(if little { piece.iter().rev().fold(0, next) } else { piece.iter().fold(0, next) })
    };
    let written = |value: u32, width: usize| {
        if little { value.to_le_bytes()[..width].to_vec() } else { value.to_be_bytes()[4 - width..].to_vec() }
    };
    let (mut directories, mut next) = (Vec::new(), number(bytes, 4, 4));
    while let Some(at) = next.filter(|at| *at > 0 && directories.len() < DIRECTORIES_MAX) {
        let Some(entries) = number(bytes, at, 2) else { break };
        directories.push((at, entries));
        next = number(bytes, at + 2 + entries * 12, 4);
    }
    if directories.is_empty() {
        return plain::spoil(bytes, &[], random);
    }
    let (start, entries) = any(&directories, random);
    let entry = start + 2 + 12 * random.below(entries as u64) as usize;
    let (extreme, anywhere) = (plain::extreme(random) as u32, random.below(bytes.len() as u64) as u32);
    match random.below(9) {
        0 => put(bytes, entry, &written(any(TIFF_TAGS, random).into(), 2)),
        1 => put(bytes, entry + 2, &written(random.below(19) as u32, 2)),
        2 => put(bytes, entry + 4, &written(extreme, 4)),
        3 => put(bytes, entry + 4, &written(random.below(70) as u32, 4)),
        4 => put(bytes, entry + 8, &written(extreme, 4)),
        5 => put(bytes, entry + 8, &written(any(TIFF_VALUES, random), any(&[2, 4], random))),
        6 => put(bytes, entry + 8, &written(anywhere, 4)),
        7 => put(bytes, start, &written(random.below(80) as u32, 2)),
        _ => put(bytes, start + 2 + entries * 12, &written(any(&directories, random).0 as u32, 4)),
    }
}

const REPRESENTATIONS: &[&[u8; 2]] = &[
    b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LO", b"LT", b"OB", b"OW", b"PN", b"SH",
    b"SL", b"SQ", b"SS", b"ST", b"TM", b"UI", b"UL", b"UN", b"US", b"UT",
];

/// Elements of the image's shape, its pixels, and those that nest.
const DICOM_TAGS: &[[u8; 4]] = &[
    [0x28, 0, 2, 0],
    [0x28, 0, 4, 0],
    [0x28, 0, 8, 0],
    [0x28, 0, 0x10, 0],
    [0x28, 0, 0x11, 0],
    [0x28, 0, 0, 1],
    [0x28, 0, 1, 1],
    [0x28, 0, 2, 1],
    [0x28, 0, 3, 1],
    [0x28, 0, 6, 0],
    [0xE0, 0x7F, 0x10, 0],
    [0xFE, 0xFF, 0, 0xE0],
    [0xFE, 0xFF, 0x0D, 0xE0],
    [0xFE, 0xFF, 0xDD, 0xE0],
    [0, 0x52, 0x30, 0x92],
    [2, 0, 0x10, 0],
];

/// An element with another tag, representation, length or value; one more or less; a sequence that does not end.
pub(super) fn dicom(bytes: &mut Vec<u8>, random: &mut Random) {
    let found =
        |at: &usize| bytes.get(at + 4..at + 6).is_some_and(|pair| REPRESENTATIONS.iter().any(|known| **known == pair));
    let from = 132 + random.below(bytes.len() as u64 - 132) as usize;
    let Some(at) = (from..bytes.len().min(from + 400)).chain(132..bytes.len().min(532)).find(found) else {
        return plain::spoil(bytes, &[], random);
    };
    let long = matches!(&bytes[at + 4..at + 6], b"OB" | b"OW" | b"SQ" | b"UN" | b"UT");
    let (head, width) = if long { (8, 4) } else { (6, 2) };
    let extreme = plain::extreme(random).to_le_bytes();
    match random.below(8) {
        0 => put(bytes, at, &any(DICOM_TAGS, random)),
        1 => put(bytes, at + 4, any::<&[u8; 2]>(REPRESENTATIONS, random)),
        2 => put(bytes, at + head, &extreme[..width]),
        3 => put(bytes, at + head + width, &extreme[..any(&[1, 2, 4], random)]),
        4 => put(bytes, at + head + width, &[any(&[0, 1, 2, 3, 7, 8, 12, 16, 31, 32, 64, 255], random), 0]),
        5 => {
            // Sequences and items of unknown length, in each other.
            const OPEN: &[u8] = b"\x08\0\x40\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF";
            let many = OPEN.repeat(1 + random.below(300) as usize);
            bytes.splice(at..at, many);
        }
        6 => {
            let end = (at + 8 + random.below(24) as usize).min(bytes.len());
            bytes.drain(at..end);
        }
        _ => {
            let copy = bytes[at..(at + 8 + random.below(64) as usize).min(bytes.len())].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}
