//! A glance at uncompressed pixel data while its object is examined: does it show anything, and up to where?
//!
//! A few hundred bytes at a time, from the end backwards, and no further than to the first that differ: of nearly every
//! image one look is enough. That nothing is to be seen is only a suspicion; whoever has it decodes the whole.

use super::{
    image::Shape,
    layout::Layout,
    walk::{Stored, Walked},
};
use crate::kinds::Source;

/// Parts that pixel data is looked at in.
const PARTS: u64 = 8;

/// Bytes of one look: a row of a CT slice.
const LOOK_BYTES: u64 = 1_024;

/// Eighths at the end of pixel data whose middle holds one and the same value; `None` where it is compressed or short.
pub(super) fn flat_eighths(source: &mut dyn Source, layout: &Layout, walked: &Walked) -> Option<u8> {
    let Stored::Native { offset, whole: true, .. } = walked.pixels.as_ref()?.stored else { return None };
    let shape = Shape::of(&walked.data_set);
    let bytes = u64::try_from(shape.native_bytes()).ok()?;
    // Samples that do not fill bytes are compared as bytes.
    let packed = !shape.bits_allocated.is_multiple_of(8) || shape.photometric.contains("42");
    let pixel = if packed { 1 } else { u64::from(shape.bits_allocated / 8) * u64::from(shape.samples) };
    let look = LOOK_BYTES.min(bytes / PARTS) / pixel.max(1) * pixel;
    if layout.deflated || look == 0 {
        return None;
    }
    let mut first: Vec<u8> = Vec::new();
    let mut flat = 0;
    for part in (0..PARTS).rev() {
        let place = (bytes * part / PARTS + (bytes / PARTS - look) / 2) / pixel * pixel;
        let seen = source.glimpse(offset + place, look as usize).ok()?;
        if first.is_empty() {
            first.extend_from_slice(&seen[..pixel as usize]);
        }
        if seen.chunks_exact(pixel as usize).any(|one| one != first) {
            break;
        }
        flat += 1;
    }
    Some(flat)
}
