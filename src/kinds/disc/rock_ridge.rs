//! Rock Ridge (IEEE P1282) in the system use area (SUSP, IEEE P1281): real names, links, moved folders.

use super::read_at;
use super::record::Record;
use crate::kinds::Source;

/// Continuation areas followed for one record; each may lead to another.
const CONTINUATIONS_MAX: usize = 16;
/// Bytes of one continuation area: it lies within one block.
const CONTINUATION_BYTES_MAX: u64 = 2048;

/// What the entries of one record say.
#[derive(Clone, Default, Debug)]
pub(super) struct Attributes {
    /// From `NM`.
    pub(super) name: Option<Vec<u8>>,
    /// From `SL`, components joined by `/`.
    pub(super) link: Option<Vec<u8>>,
    /// From `PX`: the POSIX mode.
    pub(super) mode: Option<u32>,
    /// From `CL`: the block where this folder was moved to.
    pub(super) moved_to: Option<u64>,
    /// From `RE`: this folder was moved here and is listed where it belongs.
    pub(super) moved_here: bool,
    /// From `ZF`: the data is compressed by a scheme of Linux.
    pub(super) compressed: bool,
    /// Anything of Rock Ridge was there.
    pub(super) present: bool,
    /// From `SP`: bytes to skip at the start of every area.
    pub(super) skip: Option<usize>,
}

impl Attributes {
    /// Is it a device, pipe or socket?
    pub(super) fn is_device(&self) -> bool {
        self.mode.is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o040_000 | 0o100_000 | 0o120_000))
    }

    /// Is it a symbolic link?
    pub(super) fn is_link(&self) -> bool {
        self.link.is_some() || self.mode.is_some_and(|mode| mode & 0o170_000 == 0o120_000)
    }
}

/// Reads the entries of a record, `skip` bytes into its area.
pub(super) fn attributes(source: &mut dyn Source, record: &Record, skip: usize, block_bytes: u64) -> Attributes {
    let mut found = Attributes::default();
    let mut area = record.system_use.get(skip..).unwrap_or_default().to_vec();
    for _ in 0..CONTINUATIONS_MAX {
        let Some((block, offset, bytes)) = entries(&area, &mut found) else { break };
        area = vec![0; bytes.min(CONTINUATION_BYTES_MAX) as usize];
        let at = block.saturating_mul(block_bytes).saturating_add(offset);
        match read_at(source, at, &mut area) {
            Ok(read) => area.truncate(read),
            Err(_) => break,
        }
    }
    found
}

/// Reads one area; gives block, offset and length of the next one, if it is continued.
fn entries(mut area: &[u8], found: &mut Attributes) -> Option<(u64, u64, u64)> {
    let mut next = None;
    while area.len() >= 4 {
        let length = usize::from(area[2]);
        let Some(entry) = area.get(..length).filter(|entry| entry.len() >= 4) else { break };
        let number = |at: usize| entry.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        match &entry[..2] {
            b"CE" => next = number(4).zip(number(12)).zip(number(20)),
            b"SP" if entry.get(4..6) == Some(b"\xBE\xEF") => found.skip = entry.get(6).map(|skip| usize::from(*skip)),
            b"NM" => name(entry, found),
            b"SL" => link(entry, found),
            b"PX" => found.mode = number(4),
            b"CL" => found.moved_to = number(4).map(u64::from),
            b"RE" => found.moved_here = true,
            b"ZF" => found.compressed = true,
            b"ST" => break,
            _ => {}
        }
        found.present |= matches!(&entry[..2], b"NM" | b"PX" | b"RR" | b"SL" | b"TF");
        area = &area[length..];
    }
    next.map(|((block, offset), bytes)| (block.into(), offset.into(), bytes.into()))
}

/// P1282 4.1.4: flags, then a piece of the name; flags 2 and 4 mean the folder itself and the one above.
fn name(entry: &[u8], found: &mut Attributes) {
    if entry.get(4).is_some_and(|flags| flags & 0x06 == 0) {
        found.name.get_or_insert_default().extend_from_slice(entry.get(5..).unwrap_or_default());
    }
}

/// P1282 4.1.3: components of flags, length, content.
fn link(entry: &[u8], found: &mut Attributes) {
    let target = found.link.get_or_insert_default();
    let mut rest = entry.get(5..).unwrap_or_default();
    while let [flags, length, tail @ ..] = rest {
        let content = tail.get(..usize::from(*length)).unwrap_or_default();
        if !target.is_empty() && !target.ends_with(b"/") {
            target.push(b'/');
        }
        match flags & 0x0E {
            0x02 => target.push(b'.'),
            0x04 => target.extend_from_slice(b".."),
            0x08 => target.push(b'/'),
            _ => target.extend_from_slice(content),
        }
        rest = tail.get(usize::from(*length)..).unwrap_or_default();
    }
}
