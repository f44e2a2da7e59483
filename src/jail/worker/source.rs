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
}
