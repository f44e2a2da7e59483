//! Forward reading of a data set: straight from the document, or through an inflater (PS3.5 A.5).
//!
//! Nothing is allocated because a document says so: values grow with the bytes that really come, skipped values are
//! never held, and an inflater stops at its limit. Positions count bytes of the data set's own stream: offsets in
//! the file when read straight, offsets in the inflated stream otherwise.

use crate::{domain::limits::Limits, kinds::Source};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::{Read, Seek, SeekFrom};

/// Bytes held ahead: a slice's header is 2 to 6 KiB, and each refill costs the jail a question to the host.
const WINDOW_BYTES: usize = 8 * 1024;

/// Why bytes stopped coming before the end, where it is not a plain end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The source or the inflater refused.
    Failed,
    /// The inflater passed its limit.
    Bomb,
}

enum Origin<'a> {
    Plain { source: &'a mut dyn Source, at: u64, total: u64 },
    Inflated { stream: Box<dyn Read + 'a>, left_max: u64 },
}

/// Bytes of a data set, read forward.
pub(super) struct Input<'a> {
    origin: Origin<'a>,
    window: Vec<u8>,
    next: usize,
    position: u64,
    fault: Option<Fault>,
}

impl<'a> Input<'a> {
    /// Reads the document as it stands, from `start`.
    pub(super) fn plain(source: &'a mut dyn Source, start: u64) -> Self {
        let total = total(source);
        let failed = source.seek(SeekFrom::Start(start)).is_err();
        let fault = failed.then_some(Fault::Failed);
        Self { origin: Origin::Plain { source, at: start, total }, window: Vec::new(), next: 0, position: start, fault }
    }

    /// Inflates the document from `start`. Raw deflate is the standard; a zlib header is taken too, because some write it.
    pub(super) fn inflated(source: &'a mut dyn Source, start: u64, limits: &Limits) -> Self {
        let packed = total(source).saturating_sub(start);
        let left_max = packed
            .saturating_mul(limits.container_ratio_max)
            .max(limits.container_ratio_from_bytes)
            .min(limits.container_bytes_max);
        let mut first = [0_u8; 2];
        let mut failed = source.seek(SeekFrom::Start(start)).is_err();
        let wrapped = source.read_exact(&mut first).is_ok() && first[0] == 0x78 && u16::from_be_bytes(first) % 31 == 0;
        failed |= source.seek(SeekFrom::Start(start)).is_err();
        let stream: Box<dyn Read + 'a> =
            if wrapped { Box::new(ZlibDecoder::new(source)) } else { Box::new(DeflateDecoder::new(source)) };
        let fault = failed.then_some(Fault::Failed);
        Self { origin: Origin::Inflated { stream, left_max }, window: Vec::new(), next: 0, position: 0, fault }
    }

    /// Where the next byte stands.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Bytes that remain, where that is known before reading.
    pub(super) fn left(&self) -> Option<u64> {
        match &self.origin {
            Origin::Plain { total, .. } => Some(total.saturating_sub(self.position)),
            Origin::Inflated { .. } => None,
        }
    }

    /// What went wrong beside a plain end.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The next bytes without taking them; fewer than asked only at the end.
    pub(super) fn peek(&mut self, count: usize) -> &[u8] {
        if self.window.len() - self.next < count {
            self.refill(count);
        }
        let end = self.window.len().min(self.next + count);
        &self.window[self.next..end]
    }

    /// Goes on by `count` bytes. False if the data ends before; then the position is the end.
    pub(super) fn advance(&mut self, count: u64) -> bool {
        let held = (self.window.len() - self.next) as u64;
        if count <= held {
            self.next += count as usize;
            self.position += count;
            return true;
        }
        self.position += held;
        self.next = self.window.len();
        self.jump(count - held)
    }

    /// The next `count` bytes; `None` if the data ends before.
    pub(super) fn value(&mut self, count: u64) -> Option<Vec<u8>> {
        if self.left().is_some_and(|left| left < count) {
            return None;
        }
        let mut value = Vec::new();
        while (value.len() as u64) < count {
            let wanted = (count - value.len() as u64).min(WINDOW_BYTES as u64) as usize;
            let piece = self.peek(wanted);
            if piece.is_empty() {
                return None;
            }
            value.extend_from_slice(piece);
            let taken = piece.len() as u64;
            self.advance(taken);
        }
        Some(value)
    }

    /// Is everything that follows zero? Takes it all.
    pub(super) fn rest_is_zero(&mut self) -> bool {
        loop {
            let piece = self.peek(WINDOW_BYTES);
            if piece.is_empty() {
                return true;
            }
            if piece.iter().any(|byte| *byte != 0) {
                return false;
            }
            let taken = piece.len() as u64;
            self.advance(taken);
        }
    }

    fn jump(&mut self, count: u64) -> bool {
        match &mut self.origin {
            Origin::Plain { source, at, total } => {
                let target = self.position.saturating_add(count);
                let reached = target.min((*total).max(self.position));
                if source.seek(SeekFrom::Start(reached)).is_err() {
                    self.fault = Some(Fault::Failed);
                    return false;
                }
                (*at, self.position) = (reached, reached);
                self.window.clear();
                self.next = 0;
                reached == target
            }
            Origin::Inflated { .. } => self.inflate_away(count),
        }
    }

    fn inflate_away(&mut self, count: u64) -> bool {
        let mut open = count;
        while open > 0 {
            let held = self.peek(open.min(WINDOW_BYTES as u64) as usize).len() as u64;
            if held == 0 {
                return false;
            }
            self.next += held as usize;
            self.position += held;
            open -= held;
        }
        true
    }

    /// Fills the window until `count` bytes are held or none come.
    fn refill(&mut self, count: usize) {
        self.window.drain(..self.next);
        self.next = 0;
        let mut held = self.window.len();
        self.window.resize(count.max(WINDOW_BYTES), 0);
        while held < count && self.fault.is_none() {
            let room = &mut self.window[held..];
            let read = match &mut self.origin {
                Origin::Plain { source, at, .. } => source.read(room).inspect(|read| *at += *read as u64),
                Origin::Inflated { stream, left_max } => {
                    let read = stream.read(room);
                    if let Ok(read) = &read {
                        *left_max = left_max.saturating_sub(*read as u64);
                        if *left_max == 0 {
                            self.fault = Some(Fault::Bomb);
                        }
                    }
                    read
                }
            };
            match read {
                Ok(0) => break,
                Ok(read) => held += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => self.fault = Some(Fault::Failed),
            }
        }
        self.window.truncate(held);
    }
}

/// Bytes of the document in all. (`source.bytes()` would be taken for [`Read::bytes`].)
pub(super) fn total(source: &dyn Source) -> u64 {
    Source::bytes(source)
}

/// Up to `count` bytes from the start of the document.
pub(super) fn head(source: &mut dyn Source, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    if source.seek(SeekFrom::Start(0)).is_ok() {
        // A source that fails here fails again where it matters; what came is what there is.
        let _ = Read::take(source, count as u64).read_to_end(&mut bytes);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    /// Proves that skipping past the end is told and leaves the position at the end.
    #[test]
    fn a_skip_past_the_end_is_told() {
        let mut source = Cursor::new(vec![7_u8; 20_000]);
        let mut input = Input::plain(&mut source, 0);
        assert!(input.advance(19_000));
        assert_eq!(input.peek(4), [7; 4]);
        assert!(!input.advance(u64::MAX / 2));
        assert_eq!(input.position(), 20_000);
        assert!(input.peek(1).is_empty());
    }

    /// Proves that a declared length larger than the document is refused before anything is held.
    #[test]
    fn a_value_longer_than_the_document_is_refused() {
        let mut source = Cursor::new(vec![1_u8; 100]);
        let mut input = Input::plain(&mut source, 0);
        assert_eq!(input.value(u64::from(u32::MAX)), None);
        assert_eq!(input.value(100).map(|value| value.len()), Some(100));
    }

    /// Proves that an inflater stops at its limit instead of filling memory or time.
    #[test]
    fn an_inflater_stops_at_its_limit() {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0_u8; 4 << 20]).unwrap();
        let mut source = Cursor::new(packer.finish().unwrap());
        let limits = Limits { container_ratio_max: 1, container_ratio_from_bytes: 1 << 20, ..Limits::default() };
        let mut input = Input::inflated(&mut source, 0, &limits);
        assert!(!input.advance(4 << 20));
        assert_eq!(input.fault(), Some(Fault::Bomb));
    }
}
