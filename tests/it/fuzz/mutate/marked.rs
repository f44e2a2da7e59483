//! Formats that are a row of pieces, each with its name and length: PNG chunks, JPEG segments, boxes of ISO/IEC 14496-12.

use super::{any, plain, put};
use crate::support::random::Random;
use std::ops::Range;

/// Pieces that are looked at; damaged files may seem to have many.
const PIECES_MAX: usize = 500;

/// A chunk more or less, moved, or with other values.
pub(super) fn png(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut pieces = Vec::new();
    let mut at = 8;
    while let Some(length) = big(bytes, at, 4).filter(|_| pieces.len() < PIECES_MAX) {
        let end = at.saturating_add(12).saturating_add(length as usize).min(bytes.len());
        pieces.push(at..end);
        at = end;
    }
    piecewise(bytes, (&pieces, 8), random);
}

/// A segment more or less, moved, or with other values.
pub(super) fn jpeg(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut pieces = Vec::new();
    let mut at = 2;
    while at + 4 <= bytes.len() && bytes[at] == 0xFF && pieces.len() < PIECES_MAX {
        let length = big(bytes, at + 2, 2).unwrap_or(0) as usize;
        let mut end = (at + 2 + length).min(bytes.len());
        if bytes[at + 1] == 0xDA {
            // The scan goes on to the next marker that is none of its own.
            let next = bytes[end..].windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7));
            end = next.map_or(bytes.len(), |next| end + next);
        }
        pieces.push(at..end);
        at = end.max(at + 2);
    }
    piecewise(bytes, (&pieces, 4), random);
}

/// A box more or less, moved, or with other values; boxes in boxes too.
pub(super) fn boxes(bytes: &mut Vec<u8>, random: &mut Random) {
    const AROUND: [(&[u8; 4], usize); 6] =
        [(b"meta", 12), (b"iprp", 8), (b"ipco", 8), (b"iinf", 14), (b"jp2h", 8), (b"dinf", 8)];
    let mut pieces = Vec::new();
    let mut waiting: Vec<Range<usize>> = std::iter::once(0..bytes.len()).collect();
    while let Some(inside) = waiting.pop() {
        let mut at = inside.start;
        while at + 8 <= inside.end && pieces.len() < PIECES_MAX {
            let length = big(bytes, at, 4).unwrap_or(0).max(8) as usize;
            let end = at.saturating_add(length).min(inside.end);
            if let Some((_, head)) = AROUND.iter().find(|(name, _)| bytes[at + 4..at + 8] == **name) {
                waiting.push((at + head).min(end)..end);
            }
            pieces.push(at..end);
            at = end;
        }
    }
    piecewise(bytes, (&pieces, 8), random);
}

/// Spoils one piece, whose content begins after `head` bytes.
fn piecewise(bytes: &mut Vec<u8>, (pieces, head): (&[Range<usize>], usize), random: &mut Random) {
    if pieces.is_empty() {
        return plain::spoil(bytes, &[], random);
    }
    let piece = pieces[random.below(pieces.len() as u64) as usize].clone();
    let content = (piece.start + head).min(piece.end)..piece.end;
    let near = |random: &mut Random| content.start + random.below((content.len() as u64).clamp(1, 24)) as usize;
    match random.below(8) {
        0 => {
            let copy = bytes[piece.clone()].to_vec();
            let times = 1 + random.below(40) as usize;
            let many: Vec<u8> = copy.iter().copied().cycle().take((copy.len() * times).min(64 << 10)).collect();
            bytes.splice(piece.end..piece.end, many);
        }
        1 => drop(bytes.drain(piece)),
        2 => {
            let moved: Vec<u8> = bytes.drain(piece).collect();
            let at = random.below(bytes.len() as u64 + 1) as usize;
            bytes.splice(at..at, moved);
        }
        // Its length, in two or four bytes.
        3 => put(bytes, piece.start + if head == 4 { 2 } else { 0 }, &lie(random, if head == 4 { 2 } else { 4 })),
        // Its first values say how large everything is.
        4 => {
            let width = any(&[1, 2, 4], random);
            put(bytes, near(random), &lie(random, width));
        }
        5 => put(bytes, near(random), &[random.below(20) as u8]),
        6 => drop(bytes.drain(near(random).min(piece.end)..piece.end)),
        _ => put(bytes, content.start + random.below(content.len() as u64) as usize, &[random.draw() as u8]),
    }
}

/// A number that is wrong, in so many bytes, the highest first.
fn lie(random: &mut Random, width: usize) -> Vec<u8> {
    let value = if random.below(2) == 0 { random.below(40) } else { plain::extreme(random) };
    value.to_be_bytes()[8 - width..].to_vec()
}

fn big(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(width)?)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}
