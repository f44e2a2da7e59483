//! TIFF directories (TIFF 6.0, section 2; BigTIFF): a lean reader that believes nothing.

use crate::kinds::{
    Source,
    docs::read::{length_of, read_range},
};

/// Directories of one file: a fax of many pages has one each.
pub(crate) const DIRECTORIES_MAX: usize = 10_000;

/// Entries of one directory; the fullest seen in the wild have about a hundred.
const ENTRIES_MAX: u64 = 4_096;

/// Bytes of one value that is loaded as a whole; arrays of offsets are read in windows instead.
const VALUE_BYTES_MAX: u64 = 4 << 20;

/// Tags that are read, by their number (TIFF 6.0 and the vendors' own).
pub(crate) mod tag {
    pub(crate) const SUBFILE_TYPE: u16 = 254;
    pub(crate) const WIDTH: u16 = 256;
    pub(crate) const HEIGHT: u16 = 257;
    pub(crate) const BITS_PER_SAMPLE: u16 = 258;
    pub(crate) const COMPRESSION: u16 = 259;
    pub(crate) const PHOTOMETRIC: u16 = 262;
    pub(crate) const FILL_ORDER: u16 = 266;
    pub(crate) const DESCRIPTION: u16 = 270;
    pub(crate) const MAKE: u16 = 271;
    pub(crate) const STRIP_OFFSETS: u16 = 273;
    pub(crate) const ORIENTATION: u16 = 274;
    pub(crate) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(crate) const ROWS_PER_STRIP: u16 = 278;
    pub(crate) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(crate) const X_RESOLUTION: u16 = 282;
    pub(crate) const Y_RESOLUTION: u16 = 283;
    pub(crate) const PLANAR: u16 = 284;
    pub(crate) const FAX_OPTIONS: u16 = 292;
    pub(crate) const RESOLUTION_UNIT: u16 = 296;
    pub(crate) const SOFTWARE: u16 = 305;
    pub(crate) const TILE_WIDTH: u16 = 322;
    /// Directories of smaller versions (TIFF Technical Note 1).
    pub(crate) const SUB_DIRECTORIES: u16 = 330;
    pub(crate) const TILE_HEIGHT: u16 = 323;
    pub(crate) const TILE_OFFSETS: u16 = 324;
    pub(crate) const TILE_BYTE_COUNTS: u16 = 325;
    pub(crate) const JPEG_TABLES: u16 = 347;
    pub(crate) const XMP: u16 = 700;
    /// Hamamatsu: present in every directory of an NDPI file.
    pub(crate) const NDPI_FORMAT: u16 = 65_420;
    /// Hamamatsu: objective power; -1 for the macro image, -2 for a map.
    pub(crate) const NDPI_LENS: u16 = 65_421;
}

/// Why the walk over directories ended early.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// An offset points behind the end.
    Beyond {
        /// Where it points.
        offset: u64,
    },
    /// A directory is its own successor, near or far.
    Loop {
        /// Where that directory lies.
        offset: u64,
    },
    /// More entries or directories than any real file has.
    TooMany(u64),
}

/// One entry of a directory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where its values lie: in the entry itself or elsewhere.
    at: u64,
}

impl Entry {
    fn unit_bytes(self) -> u64 {
        match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16 | 17 | 18 => 8,
            _ => 0,
        }
    }

    pub(crate) fn count(self) -> u64 {
        self.count
    }

    /// Where its first value lies.
    pub(crate) fn place(self) -> u64 {
        self.at
    }
}

/// One directory: an image, or a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    entries: Vec<Entry>,
}

impl Directory {
    pub(crate) fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().copied().find(|entry| entry.tag == tag)
    }

    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }
}

/// A TIFF file and how it counts.
pub(crate) struct Tiff<'a> {
    pub(crate) source: &'a mut dyn Source,
    little: bool,
    big: bool,
}

impl<'a> Tiff<'a> {
    /// Reads the header; `None` if it is none.
    pub(crate) fn open(source: &'a mut dyn Source) -> Option<Self> {
        let head = read_range(source, 0, 16);
        let little = match head.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let mut tiff = Self { source, little, big: false };
        match tiff.number(head.get(2..4)?) {
            42 => {}
            43 => tiff.big = true,
            _ => return None,
        }
        Some(tiff)
    }

    /// Bytes of the file.
    pub(crate) fn length(&self) -> u64 {
        length_of(self.source)
    }

    pub(crate) fn is_big(&self) -> bool {
        self.big
    }

    /// A short as this file writes it.
    pub(crate) fn short(&self, value: u16) -> [u8; 2] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    /// Walks all directories; what was read before a fault is returned with it.
    pub(crate) fn directories(&mut self) -> (Vec<Directory>, Option<Fault>) {
        let mut found = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let (at, length) = if self.big { (8, 8) } else { (4, 4) };
        let Some(mut offset) = self.number_at(at, length) else { return (found, Some(Fault::Beyond { offset: at })) };
        while offset != 0 {
            if !seen.insert(offset) {
                return (found, Some(Fault::Loop { offset }));
            }
            if found.len() >= DIRECTORIES_MAX {
                return (found, Some(Fault::TooMany(DIRECTORIES_MAX as u64)));
            }
            match self.directory(offset) {
                Ok((directory, next)) => {
                    found.push(directory);
                    offset = next;
                }
                Err(fault) => return (found, Some(fault)),
            }
        }
        (found, None)
    }

    /// The first directory of a file that is classic by its head and counts that one offset in 64 bits, as Hamamatsu
    /// writes it.
    pub(crate) fn first_directory_by_64_bits(&mut self) -> Option<Directory> {
        let offset = self.number_at(4, 8).filter(|offset| *offset < self.length())?;
        self.directory(offset).ok().map(|(directory, _)| directory)
    }

    fn directory(&mut self, offset: u64) -> Result<(Directory, u64), Fault> {
        let (count_bytes, entry_bytes, next_bytes) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let beyond = Fault::Beyond { offset };
        let count = self.number_at(offset, count_bytes).ok_or_else(|| beyond.clone())?;
        if count > ENTRIES_MAX {
            return Err(Fault::TooMany(count));
        }
        let first = offset + count_bytes;
        let block = read_range(self.source, first, count * entry_bytes + next_bytes);
        let Some(next) = block.get((count * entry_bytes) as usize..).filter(|next| next.len() as u64 == next_bytes)
        else {
            return Err(beyond);
        };
        let rows = block.chunks_exact(entry_bytes as usize).take(count as usize).enumerate();
        let entries = rows.map(|(index, row)| self.read_entry(row, first + index as u64 * entry_bytes)).collect();
        Ok((Directory { entries }, self.number(next)))
    }

    fn read_entry(&self, row: &[u8], at: u64) -> Entry {
        let inline_bytes = if self.big { 8 } else { 4 };
        let value = row.len() - inline_bytes;
        let mut entry = Entry {
            tag: self.number(&row[..2]) as u16,
            kind: self.number(&row[2..4]) as u16,
            count: self.number(&row[4..value]),
            at: at + value as u64,
        };
        let bytes = entry.unit_bytes().saturating_mul(entry.count);
        if bytes > inline_bytes as u64 {
            entry.at = self.number(&row[value..]);
        }
        entry
    }

    /// A whole number of up to eight bytes in the file's byte order.
    fn number(&self, bytes: &[u8]) -> u64 {
        let step = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        if self.little { bytes.iter().rev().fold(0, step) } else { bytes.iter().fold(0, step) }
    }

    fn number_at(&mut self, offset: u64, length: u64) -> Option<u64> {
        let bytes = read_range(self.source, offset, length);
        (bytes.len() as u64 == length).then(|| self.number(&bytes))
    }

    /// Does the entry's value reach behind the end?
    pub(crate) fn reaches_beyond(&self, entry: Entry) -> bool {
        let bytes = entry.unit_bytes().saturating_mul(entry.count);
        entry.at.saturating_add(bytes) > self.length()
    }

    /// The bytes of a value; empty if it is too long or not all there.
    pub(crate) fn bytes_of(&mut self, directory: &Directory, tag: u16) -> Vec<u8> {
        let Some(entry) = directory.entry(tag) else { return Vec::new() };
        let length = entry.unit_bytes().saturating_mul(entry.count);
        if length > VALUE_BYTES_MAX || self.reaches_beyond(entry) {
            return Vec::new();
        }
        read_range(self.source, entry.at, length)
    }

    /// Text of a value, as far as the terminating zero; bytes that are not UTF-8 are taken for Latin-1.
    pub(crate) fn text_of(&mut self, directory: &Directory, tag: u16) -> String {
        let bytes = self.bytes_of(directory, tag);
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or(&[]);
        match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::mem::decode_latin1(text).into_owned(),
        }
    }

    /// The first number of a value.
    pub(crate) fn first(&mut self, directory: &Directory, tag: u16) -> Option<u64> {
        self.at_index(directory.entry(tag)?, 0)
    }

    /// The number at an index of a value.
    pub(crate) fn at_index(&mut self, entry: Entry, index: u64) -> Option<u64> {
        let unit = entry.unit_bytes();
        if index >= entry.count || unit == 0 || matches!(entry.kind, 5 | 10 | 11 | 12) {
            return None;
        }
        self.number_at(entry.at.checked_add(index.checked_mul(unit)?)?, unit)
    }

    /// A float, double or rational value.
    pub(crate) fn real(&mut self, directory: &Directory, tag: u16) -> Option<f64> {
        let entry = directory.entry(tag)?;
        match entry.kind {
            5 => {
                let above = self.number_at(entry.at, 4)?;
                let below = self.number_at(entry.at + 4, 4)?;
                (below != 0).then(|| above as f64 / below as f64)
            }
            11 => self.number_at(entry.at, 4).map(|bits| f64::from(f32::from_bits(bits as u32))),
            12 => self.number_at(entry.at, 8).map(f64::from_bits),
            _ => self.at_index(entry, 0).map(|number| number as f64),
        }
        .filter(|value| value.is_finite())
    }

    /// Reads an array of numbers in windows, so that a million offsets take no memory to speak of.
    pub(crate) fn each_pair(&mut self, one: Entry, other: Entry, mut visit: impl FnMut(u64, u64)) {
        const WINDOW: u64 = 8_192;
        let count = one.count.min(other.count);
        let (one_bytes, other_bytes) = (one.unit_bytes(), other.unit_bytes());
        if one_bytes == 0 || other_bytes == 0 {
            return;
        }
        let mut index = 0;
        while index < count {
            let window = WINDOW.min(count - index);
            let ones = read_range(self.source, one.at.saturating_add(index * one_bytes), window * one_bytes);
            let others = read_range(self.source, other.at.saturating_add(index * other_bytes), window * other_bytes);
            let pairs = ones.chunks_exact(one_bytes as usize).zip(others.chunks_exact(other_bytes as usize));
            for (one, other) in pairs {
                visit(self.number(one), self.number(other));
            }
            if (ones.len() as u64) < window * one_bytes || (others.len() as u64) < window * other_bytes {
                return;
            }
            index += window;
        }
    }
}
