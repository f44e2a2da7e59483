//! WebP by its chunks (WebP Container Specification; RFC 6386 9.1 and RFC 9649 for the two bit streams).

use super::walk::{Steps, Walk};
use crate::kinds::Source;

/// Walks the chunks of the RIFF form.
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let mut walk = Walk::default();
    let (Some(head), Some(_)) = (steps.take::<8>(), steps.take::<4>()) else {
        return walk.truncated("the header is cut off");
    };
    let end = 8 + le(&head[4..8]);
    if end > steps.bytes() {
        let detail = format!("{end} bytes claimed, {} there", steps.bytes());
        return walk.truncated(detail);
    }
    while steps.at() + 8 <= end {
        let Some(chunk) = steps.take::<8>() else { return walk.truncated("a chunk is cut off") };
        let length = le(&chunk[4..8]);
        let next = steps.at() + length + length % 2;
        let head = if length >= 10 { steps.take::<10>().unwrap_or_default() } else { [0; 10] };
        match &chunk[..4] {
            b"VP8X" => (walk.width, walk.height) = (le(&head[4..7]) + 1, le(&head[7..10]) + 1),
            b"VP8 " | b"VP8L" => {
                walk.frames += 1;
                if walk.width == 0 {
                    (walk.width, walk.height) = stream_dimensions(&chunk[..4], &head);
                }
            }
            b"ANMF" => walk.frames = walk.frames.saturating_add(1),
            _ => {}
        }
        let left = next.saturating_sub(steps.at());
        if next > end + 1 || (left > 0 && steps.skip(left.min(steps.left())).is_none()) {
            let detail = format!("a chunk of {length} bytes reaches behind the end");
            return walk.damaged(detail);
        }
    }
    walk.end = end;
    if walk.frames == 0 || walk.width == 0 { walk.damaged("no image in it") } else { walk }
}

fn stream_dimensions(name: &[u8], head: &[u8; 10]) -> (u64, u64) {
    if name == b"VP8L" {
        let bits = le(&head[1..5]);
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
    }
    (le(&head[6..8]) & 0x3FFF, le(&head[8..10]) & 0x3FFF)
}

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}
