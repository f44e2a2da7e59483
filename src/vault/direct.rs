//! Writing large parts past the page cache (open(2), `O_DIRECT`).
//!
//! A part is written once, synced at once and read back seldom: copying it into the page cache first costs more than
//! sealing it, and pushes out what is read. The bytes go to the disk from where they were sealed, which takes a buffer
//! that begins at a page boundary. Only speed hangs on it: whatever cannot be written so is written as usual, and
//! either way it is durable after the same `fsync`.

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::{
    fs::File,
    io::{self, ErrorKind},
    ops::Deref,
    os::unix::fs::FileExt,
};

/// What address, offset and length must be multiples of: the largest block of any disk in use.
const BLOCK_BYTES: usize = 4096;

/// Smaller parts are written as usual: copying them is cheap, and they are examined soon.
const DIRECT_BYTES_MIN: usize = 128 << 10;

/// Bytes that begin at a block's boundary in memory.
pub struct Aligned {
    buffer: Vec<u8>,
    start: usize,
}

impl Aligned {
    /// Has `fill` append at most `capacity` bytes. Where it appends more they may end up elsewhere, which costs time
    /// when they are written, nothing else.
    pub fn filled<T>(capacity: usize, fill: impl FnOnce(&mut Vec<u8>) -> T) -> (Self, T) {
        let mut buffer: Vec<u8> = Vec::with_capacity(capacity + BLOCK_BYTES);
        let start = buffer.as_ptr().align_offset(BLOCK_BYTES).min(BLOCK_BYTES);
        buffer.resize(start, 0);
        let filled = fill(&mut buffer);
        (Self { buffer, start }, filled)
    }

    /// The bytes, wherever they begin.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.buffer.drain(..self.start);
        self.buffer
    }
}

impl Deref for Aligned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

/// Writes all bytes to a file that is empty, past the page cache where that is possible and pays.
pub(super) fn write_all(file: &File, bytes: &[u8]) -> io::Result<()> {
    let mut written = 0;
    let whole = bytes.len() - bytes.len() % BLOCK_BYTES;
    if whole >= DIRECT_BYTES_MIN && bytes.as_ptr().addr().is_multiple_of(BLOCK_BYTES) {
        // A file system that cannot do it says so here or at the first write.
        if fcntl(file, FcntlArg::F_SETFL(OFlag::O_DIRECT)).is_ok() {
            let result = write_direct(file, &bytes[..whole]);
            fcntl(file, FcntlArg::F_SETFL(OFlag::empty())).map_err(io::Error::from)?;
            written = result?;
        }
    }
    file.write_all_at(&bytes[written..], written as u64)
}

/// How many of the bytes were written: whole blocks, none where this file takes none in this way.
fn write_direct(file: &File, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match file.write_at(&bytes[written..], written as u64) {
            Ok(0) => break,
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::InvalidInput => break,
            Err(error) => return Err(error),
        }
        if !written.is_multiple_of(BLOCK_BYTES) {
            break;
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part");
        write_all(&File::create_new(&path).unwrap(), bytes).unwrap();
        std::fs::read(path).unwrap()
    }

    /// Proves that what is written is what was given, for lengths around every boundary, at aligned places and others.
    #[test]
    fn every_length_arrives_whole() {
        for length in [0, 1, BLOCK_BYTES, DIRECT_BYTES_MIN - 1, DIRECT_BYTES_MIN, DIRECT_BYTES_MIN + 1, 526_001] {
            let bytes: Vec<u8> = (0..length).map(|n| ((n / 251) ^ n) as u8).collect();
            let (aligned, ()) = Aligned::filled(length, |buffer| buffer.extend_from_slice(&bytes));
            assert!(aligned.as_ptr().addr().is_multiple_of(BLOCK_BYTES), "{length}");
            assert!(written(&aligned) == bytes, "{length}");
            assert!(written(aligned.get(1..).unwrap_or_default()) == bytes.get(1..).unwrap_or_default(), "{length}");
            assert!(aligned.into_vec() == bytes, "{length}");
        }
    }

    /// Proves that more bytes than were announced are kept, wherever they lie then.
    #[test]
    fn a_wrong_capacity_loses_nothing() {
        let (aligned, told) = Aligned::filled(10, |buffer| {
            buffer.extend_from_slice(&[7; 300_000]);
            "told"
        });
        assert!(written(&aligned) == [7; 300_000]);
        assert_eq!((aligned.len(), told), (300_000, "told"));
    }
}
