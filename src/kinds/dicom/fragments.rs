//! Which fragments of encapsulated pixel data make up which frame (PS3.5 A.4), and what can be told of a codestream
//! without decoding it: whether it has come to its end, and how many bits its samples have.

use super::{image::Shape, input::Input, layout::Layout, pixels::Refusal, walk::Fragments};
use crate::{domain::limits::Limits, kinds::Source};

/// Where the fragments of a frame stand, and their bytes.
pub(super) type Places = Vec<(u64, u32)>;

/// What codestreams begin with: SOI of JPEG and JPEG-LS; SOC and SIZ of JPEG 2000.
const STARTS: &[&[u8]] = &[b"\xFF\xD8\xFF", b"\xFF\x4F\xFF\x51"];

/// EOI of JPEG and JPEG-LS (ITU-T T.81 B.1.1.3), and EOC of JPEG 2000.
const END: [u8; 2] = [0xFF, 0xD9];

/// Bytes behind the end of a codestream that are padding.
const PADDING_BYTES_MAX: u64 = 64;

/// Fragments of each frame: one each, all for one, or as the Basic Offset Table says. Where that is empty, as it may be,
/// as the codestreams themselves begin.
pub(super) fn frames(
    source: &mut dyn Source,
    limits: &Limits,
    layout: &Layout,
    fragments: &Fragments,
    shape: &Shape,
) -> Result<Vec<Places>, Refusal> {
    let places = &fragments.places;
    if shape.frames == 1 {
        return Ok(vec![places.clone()]);
    }
    if places.len() == shape.frames as usize {
        return Ok(places.iter().map(|place| vec![*place]).collect());
    }
    let (at, length) = fragments.table.ok_or(Refusal::Failed)?;
    if layout.deflated || u64::from(length) > limits.dicom_value_bytes_max {
        return Err(Refusal::Failed);
    }
    if length == 0 {
        return by_codestream(source, places, shape.frames as usize);
    }
    if length / 4 != shape.frames {
        return Err(Refusal::Failed);
    }
    let table = Input::plain(source, at).value(u64::from(length)).ok_or(Refusal::Failed)?;
    let base = at + u64::from(length);
    let starts: Vec<u64> = table
        .chunks_exact(4)
        .map(|raw| base + u64::from(u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]])))
        .collect();
    let mut frames = vec![Vec::new(); starts.len()];
    for place in places {
        // A fragment belongs to the last frame that starts at or before its item tag.
        let item = place.0 - 8;
        let frame = starts.partition_point(|start| *start <= item);
        frames.get_mut(frame.wrapping_sub(1)).ok_or(Refusal::Failed)?.push(*place);
    }
    Ok(frames)
}

/// Fragments from one that begins a codestream up to the next that does. More or none of them than frames are a film or
/// something else that is no fault; fewer are frames that are not there.
fn by_codestream(source: &mut dyn Source, places: &[(u64, u32)], count: usize) -> Result<Vec<Places>, Refusal> {
    let mut frames: Vec<Places> = Vec::new();
    for (offset, length) in places {
        let head = Input::plain(source, *offset).value(u64::from(*length).min(4)).ok_or(Refusal::Failed)?;
        match frames.last_mut() {
            _ if STARTS.iter().any(|start| head.starts_with(start)) => frames.push(vec![(*offset, *length)]),
            Some(frame) => frame.push((*offset, *length)),
            None => return Err(Refusal::Unsupported),
        }
    }
    match frames.len() {
        found if found == count => Ok(frames),
        found if found < count => Err(Refusal::Failed),
        _ => Err(Refusal::Unsupported),
    }
}

/// Does the codestream in these fragments come to its end? Padding behind it is passed over.
pub(super) fn is_ended(source: &mut dyn Source, places: &[(u64, u32)]) -> bool {
    let Some((offset, length)) = places.iter().rev().find(|(_, length)| *length > 0) else { return false };
    let tail = u64::from(*length).min(PADDING_BYTES_MAX);
    let bytes = Input::plain(source, offset + u64::from(*length) - tail).value(tail).unwrap_or_default();
    has_end(&bytes)
}

/// Does a codestream end here, but for padding?
pub(super) fn has_end(stream: &[u8]) -> bool {
    let padding = stream.iter().rev().take_while(|byte| matches!(byte, 0 | 0xFF)).count();
    stream[..stream.len() - padding].ends_with(&END)
}

/// Bits of a sample by the frame header of a JPEG stream (ITU-T T.81 B.2.2); `None` where there is none.
pub(super) fn precision(stream: &[u8]) -> Option<u8> {
    let mut at = stream.strip_prefix(&[0xFF, 0xD8])?;
    loop {
        let &[0xFF, marker, high, low, precision, ..] = at else { return None };
        match marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Some(precision),
            _ => at = at.get(2 + usize::from(u16::from_be_bytes([high, low]))..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Proves that fragments are put together by where codestreams begin, and that too few are a fault.
    #[test]
    fn fragments_by_codestream() {
        let bytes = b"\xFF\xD8\xFF\xC0..ab\xFF\xD9\xFF\xD8\xFF\xC0cd";
        let places = [(0, 6), (6, 4), (10, 4), (14, 2)];
        let of = |count| by_codestream(&mut Cursor::new(bytes.to_vec()), &places, count);
        assert_eq!(of(2), Ok(vec![vec![(0, 6), (6, 4)], vec![(10, 4), (14, 2)]]));
        assert_eq!((of(3), of(1)), (Err(Refusal::Failed), Err(Refusal::Unsupported)));
        assert_eq!(by_codestream(&mut Cursor::new(bytes.to_vec()), &places[1..], 1), Err(Refusal::Unsupported));
    }

    /// Proves that the end of a codestream is found before padding, and is not found where it is cut off.
    #[test]
    fn ends_are_found() {
        assert!(has_end(b"..\xFF\xD9") && has_end(b"..\xFF\xD9\0") && has_end(b"\xFF\xD9\xFF\xFF"));
        assert!(!has_end(b"..\xFF") && !has_end(b"\xD9") && !has_end(b"") && !has_end(b"..\xFF\xD9.."));
    }

    /// Proves that the depth is read behind other segments, and that a stream without one has none.
    #[test]
    fn depths_are_read() {
        assert_eq!(precision(b"\xFF\xD8\xFF\xDB\0\x04..\xFF\xC1\0\x0B\x0C\0\0"), Some(12));
        assert_eq!(precision(b"\xFF\xD8\xFF\xDB\0\x04.."), None);
        assert_eq!(precision(b"\xFF\xD8\xFF\xDB\xFF\xFF.."), None);
    }
}
