//! The document's bytes as a parser sees them: a file that seeks, made of ranges asked of the host.
//!
//! Blocks of 64 KiB; whoever reads on where the last range ended gets twice as much the next time, up to
//! `READ_BYTES_MAX`. A few ranges are kept, so that a reader that goes back and forth between a directory and its
//! members does not ask twice.

use super::link::{Link, unexpected};
use crate::jail::protocol::{BLOCK_BYTES, Bulk, FromChild, READ_BYTES_MAX, ToChild};
use crate::kinds::Source;
use std::{
    cell::RefCell,
    collections::VecDeque,
    io::{self, Read, Seek, SeekFrom},
    rc::Rc,
};

/// Ranges that are kept: at most 8 of 960 KiB.
const RANGES_MAX: usize = 8;

/// One document, read through the host.
pub(super) struct HostSource {
    link: Rc<RefCell<Link>>,
    bytes: u64,
    position: u64,
    /// Ranges as (offset, bytes), the latest used first.
    ranges: VecDeque<(u64, Vec<u8>)>,
    /// Where the last range that was asked for ends.
    ahead_from: u64,
    ahead_bytes: usize,
}

impl HostSource {
    /// A document of so many bytes, of which the head is known.
    pub(super) fn new(link: Rc<RefCell<Link>>, bytes: u64, head: Bulk) -> Self {
        let ahead_from = head.0.len() as u64;
        let ranges = VecDeque::from([(0, head.0)]);
        Self { link, bytes, position: 0, ranges, ahead_from, ahead_bytes: BLOCK_BYTES }
    }

    /// Makes the range with this offset the first in `ranges`; it holds at least one byte from there.
    fn bring(&mut self, offset: u64) -> io::Result<()> {
        let holds = |(start, bytes): &(u64, Vec<u8>)| (*start..*start + bytes.len() as u64).contains(&offset);
        if let Some(index) = self.ranges.iter().position(holds) {
            if index > 0
                && let Some(range) = self.ranges.remove(index)
            {
                self.ranges.push_front(range);
            }
            return Ok(());
        }
        let start = offset - offset % BLOCK_BYTES as u64;
        let follows = start == self.ahead_from;
        self.ahead_bytes = if follows { (self.ahead_bytes * 2).min(READ_BYTES_MAX) } else { BLOCK_BYTES };
        let length = (self.bytes - start).min(self.ahead_bytes as u64);
        let bytes = self.ask(start, length)?;
        self.ahead_from = start + length;
        if offset >= start + bytes.len() as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.ranges.truncate(RANGES_MAX - 1);
        self.ranges.push_front((start, bytes));
        Ok(())
    }

    fn ask(&self, offset: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut link = self.link.borrow_mut();
        // At most READ_BYTES_MAX, so it fits.
        link.send(&FromChild::Read { offset, length: length as u32 })?;
        match link.answer()? {
            ToChild::Bytes(bytes) => Ok(bytes.0),
            other => Err(unexpected(&other)),
        }
    }
}

impl Read for HostSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.bytes || buffer.is_empty() {
            return Ok(0);
        }
        self.bring(self.position)?;
        let (start, bytes) = &self.ranges[0];
        // Within the range, which is at most 960 KiB long.
        let from = (self.position - start) as usize;
        let count = buffer.len().min(bytes.len() - from);
        buffer[..count].copy_from_slice(&bytes[from..from + count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for HostSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl Source for HostSource {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Asks for no block: of one that is carried through the socket for a thousand bytes, most is carried in vain.
    fn glimpse(&mut self, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        let end = offset.saturating_add(bytes as u64);
        if end > self.bytes || bytes > READ_BYTES_MAX {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        for (start, range) in &self.ranges {
            if *start <= offset && end <= start + range.len() as u64 {
                // Within the range, which is at most 960 KiB long.
                let from = (offset - start) as usize;
                return Ok(range[from..from + bytes].to_vec());
            }
        }
        let seen = self.ask(offset, bytes as u64)?;
        if seen.len() == bytes { Ok(seen) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limits::FRAME_BYTES_MAX;
    use crate::jail::protocol::{Bounds, Decoder, encode};
    use proptest::prelude::*;
    use std::{io::Cursor, io::Write, os::unix::net::UnixStream, thread};

    /// A host that gives out ranges of a document, with credit and stops in between, until the child hangs up.
    fn host(document: Vec<u8>) -> UnixStream {
        let (mut stream, inside) = UnixStream::pair().unwrap();
        thread::spawn(move || {
            let bounds = Bounds { message_bytes_max: FRAME_BYTES_MAX, message_items_max: 1_000 };
            let mut decoder = Decoder::new(bounds);
            let mut piece = [0; 1_000];
            while let Ok(count @ 1..) = stream.read(&mut piece) {
                decoder.push(&piece[..count]);
                while let Some(FromChild::Read { offset, length }) = decoder.message().unwrap() {
                    assert!(length as usize <= READ_BYTES_MAX);
                    let from = offset as usize;
                    let bytes = document[from..(from + length as usize).min(document.len())].to_vec();
                    let mut wire = Vec::new();
                    encode(&ToChild::Credit, &mut wire).unwrap();
                    encode(&ToChild::Bytes(Bulk(bytes)), &mut wire).unwrap();
                    if stream.write_all(&wire).is_err() {
                        return;
                    }
                }
            }
        });
        inside
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Proves that a document read through the host, in any order, has the bytes it has in memory.
        #[test]
        fn reads_what_is_there(
            bytes in 0_usize..3_000_000,
            steps in proptest::collection::vec((any::<u32>(), 0_usize..300_000, any::<bool>()), 1..30),
        ) {
            let document: Vec<u8> = (0..bytes).map(|n| ((n / 7) ^ n) as u8).collect();
            let head = Bulk(document[..bytes.min(BLOCK_BYTES)].to_vec());
            let link = Rc::new(RefCell::new(Link::new(host(document.clone()))));
            let mut source = HostSource::new(link, bytes as u64, head);
            let mut wanted = Cursor::new(document);
            for (place, length, go) in steps {
                if go {
                    let offset = u64::from(place) % (bytes as u64 + 10);
                    source.seek(SeekFrom::Start(offset)).unwrap();
                    wanted.seek(SeekFrom::Start(offset)).unwrap();
                }
                let (mut here, mut there) = (Vec::new(), Vec::new());
                source.by_ref().take(length as u64).read_to_end(&mut here).unwrap();
                Read::by_ref(&mut wanted).take(length as u64).read_to_end(&mut there).unwrap();
                prop_assert!(here == there);
                let glimpse = |source: &mut dyn Source| source.glimpse(u64::from(place) % 3_000_000, length / 100).ok();
                prop_assert!(glimpse(&mut source) == glimpse(&mut wanted));
                prop_assert_eq!(source.stream_position().unwrap(), wanted.stream_position().unwrap());
            }
        }
    }

    /// Proves that looking at nothing is refused behind the end, and nowhere else, as for a document in memory.
    #[test]
    fn looks_at_nothing_within_only() {
        let link = Rc::new(RefCell::new(Link::new(host(Vec::new()))));
        let mut source = HostSource::new(link, 5, Bulk(b"hello".to_vec()));
        let mut wanted = Cursor::new(b"hello");
        for offset in [0, 5, 6, u64::MAX] {
            let seen = [source.glimpse(offset, 0), wanted.glimpse(offset, 0)].map(|seen| seen.is_ok());
            assert_eq!(seen, [offset <= 5; 2], "{offset}");
        }
    }

    /// Proves that no seek leaves the range of offsets, and that reading beyond the end is reading nothing.
    #[test]
    fn seeks_stay_in_range() {
        let link = Rc::new(RefCell::new(Link::new(host(Vec::new()))));
        let mut source = HostSource::new(link, 5, Bulk(b"hello".to_vec()));
        assert!(source.seek(SeekFrom::End(-6)).is_err());
        assert!(source.seek(SeekFrom::Current(-1)).is_err());
        assert_eq!(source.seek(SeekFrom::End(-2)).unwrap(), 3);
        assert_eq!(io::read_to_string(&mut source).unwrap(), "lo");
        assert_eq!(source.seek(SeekFrom::Start(u64::MAX)).unwrap(), u64::MAX);
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 0);
        assert!(source.seek(SeekFrom::Current(1)).is_err());
    }
}
