//! The central directory (APPNOTE 4.3.12 to 4.3.16): what the archive says it holds.
//!
//! Only claims: every offset and size is checked against the bytes there before anything follows it.

use crate::domain::limits::Limits;
use crate::kinds::{
    Source,
    archive::bytes::{read_at, u16_at, u32_at, u64_at},
};
use std::io::{self, BufReader, Read, SeekFrom};

/// Deflate turns one byte into at most this many (RFC 1951: a match of 258 bytes takes two bits at the least).
const DEFLATE_RATIO_MAX: u64 = 1032;

const END_BYTES: usize = 22;
const LOCATOR_BYTES: usize = 20;
const RECORD_BYTES: usize = 46;
/// The comment after the end record has at most this many bytes (its length is 16 bits wide).
const COMMENT_BYTES_MAX: usize = 0xFFFF;

/// One member as listed.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) name: Vec<u8>,
    /// The name is the record's own, whole: not from an extra field, not shortened.
    pub(super) is_own_name: bool,
    pub(super) made_by: u8,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) time: [u8; 4],
    pub(super) crc32: u32,
    pub(super) packed_bytes: u64,
    pub(super) plain_bytes: u64,
    pub(super) attributes: u32,
    /// From the start of the file, whatever stands before the archive included.
    pub(super) offset: u64,
    /// The AES extra field (0x9901), whole, where there is one.
    pub(super) aes: Option<Vec<u8>>,
}

impl Record {
    /// Folders are no members.
    pub(super) fn is_folder(&self) -> bool {
        self.plain_bytes == 0 && (self.name.ends_with(b"/") || (self.is_from_dos() && self.name.ends_with(b"\\")))
    }

    /// A symbolic link, device, pipe or socket, by the Unix mode.
    pub(super) fn is_special(&self) -> bool {
        self.made_by == 3 && !matches!((self.attributes >> 16) & 0o170_000, 0 | 0o100_000 | 0o040_000)
    }

    /// How the data is packed beneath any encryption: AES hides the method in its own field (WinZip AE-1, AE-2).
    pub(super) fn packing(&self) -> u16 {
        self.aes.as_ref().filter(|_| self.method == 99).map_or(self.method, |field| u16_at(field, 9))
    }

    /// Bytes that can come out at most, whatever is claimed.
    pub(super) fn most_bytes(&self) -> u64 {
        match self.packing() {
            0 => self.packed_bytes,
            8 => self.packed_bytes.saturating_mul(DEFLATE_RATIO_MAX),
            _ => u64::MAX,
        }
    }

    pub(super) const fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// The sizes follow the data instead of standing in the local header.
    pub(super) const fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    /// The name as it is kept. Old Windows programs wrote `\` between folders; then, and only then, it becomes `/`.
    pub(super) fn shown_name(&self) -> Vec<u8> {
        let mut name = self.name.clone();
        if self.is_from_dos() && !name.contains(&b'/') {
            name.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        }
        name
    }

    const fn is_from_dos(&self) -> bool {
        matches!(self.made_by, 0 | 10)
    }
}

/// All members as listed.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) records: Vec<Record>,
    /// The list breaks off before its end.
    pub(super) faulty_tail: bool,
    pub(super) source_bytes: u64,
}

impl Directory {
    /// Do members lie over one another? Their local headers are counted with the 30 bytes that each has at least.
    pub(super) fn overlaps(&self) -> bool {
        let mut ranges: Vec<(u64, u64)> = self
            .records
            .iter()
            .map(|record| (record.offset, record.offset.saturating_add(30).saturating_add(record.packed_bytes)))
            .collect();
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| pair[0].1 > pair[1].0)
    }
}

/// Why there is no directory to go by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DirectoryFault {
    /// No end record.
    Missing,
    /// An end record that leads nowhere.
    Faulty,
    /// The archive is spread over several files.
    Split,
}

/// Where the directory lies.
struct Place {
    start: u64,
    bytes: u64,
    records: u64,
    /// Bytes before the archive proper.
    shift: u64,
}

/// Reads the directory.
pub(super) fn read(source: &mut dyn Source, limits: &Limits) -> Result<Directory, DirectoryFault> {
    let place = find(source)?;
    let source_bytes = Source::bytes(&*source);
    source.seek(SeekFrom::Start(place.start)).map_err(|_| DirectoryFault::Faulty)?;
    let mut reader = BufReader::with_capacity(64 * 1024, source.take(place.bytes));
    let mut records = Vec::new();
    let mut faulty_tail = false;
    // One record more than allowed is read, so that the limit is seen to be passed.
    while (records.len() as u64) < place.records.min(limits.container_entries_max.saturating_add(1)) {
        match read_record(&mut reader, place.shift, limits) {
            Ok(record) => records.push(record),
            Err(_) => {
                faulty_tail = true;
                break;
            }
        }
    }
    if records.is_empty() && place.records > 0 {
        return Err(DirectoryFault::Faulty);
    }
    Ok(Directory { records, faulty_tail, source_bytes })
}

fn find(source: &mut dyn Source) -> Result<Place, DirectoryFault> {
    let total = Source::bytes(&*source);
    let tail_bytes = total.min((END_BYTES + COMMENT_BYTES_MAX) as u64);
    let tail_start = total - tail_bytes;
    let tail = read_at(source, tail_start, tail_bytes as usize).map_err(|_| DirectoryFault::Missing)?;
    let mut fault = DirectoryFault::Missing;
    for at in (0..tail.len().saturating_sub(END_BYTES - 1)).rev() {
        if tail[at..].starts_with(b"PK\x05\x06") {
            match place(source, tail_start + at as u64, &tail[at..]) {
                Ok(place) => return Ok(place),
                Err(found) => fault = found,
            }
        }
    }
    Err(fault)
}

/// Follows one end record to the directory.
fn place(source: &mut dyn Source, end_at: u64, end: &[u8]) -> Result<Place, DirectoryFault> {
    let disks = (u16_at(end, 4), u16_at(end, 6));
    let (mut records, mut bytes) = (u64::from(u16_at(end, 10)), u64::from(u32_at(end, 12)));
    let (mut start, mut limit) = (u64::from(u32_at(end, 16)), end_at);
    if let Some((at, end64)) = zip64_end(source, end_at) {
        (records, bytes, start) = (u64_at(&end64, 32), u64_at(&end64, 40), u64_at(&end64, 48));
        limit = at;
    } else if disks != (0, 0) && disks != (0xFFFF, 0xFFFF) {
        return Err(DirectoryFault::Split);
    }
    if records == 0 && bytes == 0 {
        return Ok(Place { start: limit, bytes: 0, records: 0, shift: 0 });
    }
    // Where something was put before the archive, the directory still ends where its end record begins.
    let behind = limit.checked_sub(bytes);
    for candidate in [Some(start), behind].into_iter().flatten() {
        let fits = candidate.checked_add(bytes).is_some_and(|end| end <= limit);
        let magic = read_at(source, candidate, 4).unwrap_or_default();
        if fits && magic == b"PK\x01\x02" && candidate >= start {
            return Ok(Place { start: candidate, bytes, records, shift: candidate - start });
        }
    }
    Err(DirectoryFault::Faulty)
}

fn zip64_end(source: &mut dyn Source, end_at: u64) -> Option<(u64, Vec<u8>)> {
    let locator_at = end_at.checked_sub(LOCATOR_BYTES as u64)?;
    let locator = read_at(source, locator_at, LOCATOR_BYTES).ok()?;
    if !locator.starts_with(b"PK\x06\x07") {
        return None;
    }
    // The record lies at its offset, or right before its locator where something was put before the archive.
    for at in [u64_at(&locator, 8), locator_at.checked_sub(56)?] {
        let record = read_at(source, at, 56).ok()?;
        if record.len() == 56 && record.starts_with(b"PK\x06\x06") && at < locator_at {
            return Some((at, record));
        }
    }
    None
}

fn read_record(reader: &mut dyn Read, shift: u64, limits: &Limits) -> io::Result<Record> {
    let mut fixed = [0; RECORD_BYTES];
    reader.read_exact(&mut fixed)?;
    if !fixed.starts_with(b"PK\x01\x02") {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let lengths = [u16_at(&fixed, 28), u16_at(&fixed, 30), u16_at(&fixed, 32)].map(usize::from);
    let mut variable = vec![0; lengths.iter().sum()];
    reader.read_exact(&mut variable)?;
    let (name, rest) = variable.split_at(lengths[0]);
    let extra = &rest[..lengths[1]];
    let mut record = Record {
        // One byte more than allowed, so that the limit is seen to be passed.
        name: name[..name.len().min(limits.name_bytes_max.saturating_add(1))].to_vec(),
        is_own_name: name.len() <= limits.name_bytes_max,
        made_by: fixed[5],
        flags: u16_at(&fixed, 8),
        method: u16_at(&fixed, 10),
        time: [fixed[12], fixed[13], fixed[14], fixed[15]],
        crc32: u32_at(&fixed, 16),
        packed_bytes: u64::from(u32_at(&fixed, 20)),
        plain_bytes: u64::from(u32_at(&fixed, 24)),
        attributes: u32_at(&fixed, 38),
        offset: u64::from(u32_at(&fixed, 42)),
        aes: None,
    };
    apply_extra(&mut record, extra);
    record.offset = record.offset.saturating_add(shift);
    Ok(record)
}

/// Takes what matters from the extra fields (APPNOTE 4.5): ZIP64 sizes, the AES field, the name in UTF-8.
fn apply_extra(record: &mut Record, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let end = 4 + usize::from(u16_at(extra, 2));
        let Some(field) = extra.get(..end) else { return };
        match u16_at(extra, 0) {
            0x0001 => apply_zip64(record, &field[4..]),
            0x9901 if field.len() == 11 => record.aes = Some(field.to_vec()),
            0x7075 => apply_unicode_name(record, &field[4..]),
            _ => {}
        }
        extra = &extra[end..];
    }
}

/// APPNOTE 4.5.3: only those values are there whose 32-bit field is all ones, in this order.
fn apply_zip64(record: &mut Record, mut values: &[u8]) {
    for field in [&mut record.plain_bytes, &mut record.packed_bytes, &mut record.offset] {
        if *field == 0xFFFF_FFFF && values.len() >= 8 {
            *field = u64_at(values, 0);
            values = &values[8..];
        }
    }
}

/// APPNOTE 4.6.9: a name in UTF-8, valid while the checksum of the plain name still agrees.
fn apply_unicode_name(record: &mut Record, field: &[u8]) {
    if field.len() <= 5 || field[0] != 1 {
        return;
    }
    let mut crc = flate2::Crc::new();
    crc.update(&record.name);
    if crc.sum() == u32_at(field, 1) && std::str::from_utf8(&field[5..]).is_ok() {
        record.name = field[5..].to_vec();
        record.is_own_name = false;
    }
}
