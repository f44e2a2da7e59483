//! What the walk over a picture's structure found, and the cursor it is walked with.

use crate::{domain::reason::Reason, kinds::Source};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// What a picture says about itself, and whether it is whole.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Walk {
    /// Pixels, claimed.
    pub width: u64,
    /// Pixels, claimed.
    pub height: u64,
    /// Frames.
    pub frames: u32,
    /// What is wrong, with evidence.
    pub flaw: Option<(Reason, String)>,
    /// Bytes up to the end of the picture; what follows does not belong to it. 0 where the end was not reached.
    pub end: u64,
    /// Bytes of compressed pixels.
    pub data_bytes: u64,
}

impl Walk {
    /// Pixels of a frame.
    pub fn pixels(&self) -> u64 {
        self.width.saturating_mul(self.height)
    }

    pub(super) fn truncated(mut self, detail: impl Into<String>) -> Self {
        self.flaw = Some((Reason::Truncated, detail.into()));
        self
    }

    pub(super) fn damaged(mut self, detail: impl Into<String>) -> Self {
        self.flaw = Some((Reason::Damaged, detail.into()));
        self
    }
}

/// Reads forward through a source in small windows.
pub(super) struct Steps<'a> {
    reader: BufReader<&'a mut dyn Source>,
    at: u64,
    bytes: u64,
}

impl<'a> Steps<'a> {
    pub(super) fn new(source: &'a mut dyn Source) -> Self {
        let bytes = Source::bytes(&*source);
        let mut reader = BufReader::with_capacity(64 * 1024, source);
        // A source that cannot seek gives no bytes below, and that is found.
        let _ = reader.seek(SeekFrom::Start(0));
        Self { reader, at: 0, bytes }
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn left(&self) -> u64 {
        self.bytes.saturating_sub(self.at)
    }

    /// Exactly `N` bytes, or `None` at the end.
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).ok()?;
        self.at += N as u64;
        Some(bytes)
    }

    /// Steps over `length` bytes; `None` if there are fewer.
    pub(super) fn skip(&mut self, length: u64) -> Option<()> {
        if length > self.left() {
            return None;
        }
        self.reader.seek_relative(i64::try_from(length).ok()?).ok()?;
        self.at += length;
        Some(())
    }

    /// Hands the next `length` bytes over in pieces; `None` if there are fewer.
    pub(super) fn each(&mut self, length: u64, mut visit: impl FnMut(&[u8])) -> Option<()> {
        let mut left = length;
        while left > 0 {
            let window = self.reader.fill_buf().ok()?;
            if window.is_empty() {
                return None;
            }
            let taken = (window.len() as u64).min(left) as usize;
            visit(&window[..taken]);
            self.reader.consume(taken);
            self.at += taken as u64;
            left -= taken as u64;
        }
        Some(())
    }

    /// Steps up to and over the next byte of that value; `None` if there is none.
    pub(super) fn until(&mut self, byte: u8) -> Option<()> {
        loop {
            let window = self.reader.fill_buf().ok()?;
            if window.is_empty() {
                return None;
            }
            let found = window.iter().position(|b| *b == byte);
            let taken = found.map_or(window.len(), |place| place + 1);
            self.reader.consume(taken);
            self.at += taken as u64;
            if found.is_some() {
                return Some(());
            }
        }
    }
}
