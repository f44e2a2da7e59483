//! Reading a document's bytes into memory, never more than a limit.

use crate::kinds::Source;
use std::io::{Read, SeekFrom};

/// How a bounded read ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// All bytes are there.
    Whole,
    /// There is more than the limit allows.
    Cut,
    /// The source gave fewer bytes than it said.
    Short,
}

/// Reads from the start, at most `bytes_max` bytes. Memory grows with what is really there, not with what is claimed.
pub fn read_start(source: &mut dyn Source, bytes_max: u64) -> (Vec<u8>, Extent) {
    let claimed = length_of(source);
    let bytes = read_range(source, 0, claimed.min(bytes_max));
    let extent = match bytes.len() as u64 {
        length if length < claimed.min(bytes_max) => Extent::Short,
        length if length < claimed => Extent::Cut,
        _ => Extent::Whole,
    };
    (bytes, extent)
}

/// Reads up to `length` bytes from `offset`; fewer at the end or where reading fails.
pub fn read_range(source: &mut dyn Source, offset: u64, length: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if source.seek(SeekFrom::Start(offset)).is_ok() {
        // What was read before a failure is kept: the caller sees that it is short.
        let _ = source.take(length).read_to_end(&mut bytes);
    }
    bytes
}

/// Bytes in all. (`Read` has a method of the same name, which hides the one of [`Source`].)
pub fn length_of(source: &dyn Source) -> u64 {
    source.bytes()
}
