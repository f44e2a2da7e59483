//! tar: ustar and pax (POSIX.1-2017 pax, "ustar Interchange Format"), GNU long names, the old format by its checksum.
//!
//! Read as a stream, so the same walk serves compressed ones. Links and devices are listed, never followed.

use super::delivery::{Delivery, Item};
use super::names;
use crate::domain::{
    facts::{Facts, FileKind, Observation},
    reason::Reason,
};
use crate::kinds::{Exam, Kind, Probe, Stop};
use std::io::{BufReader, Read, SeekFrom};
use tar::EntryType;

/// Bytes of a header block.
pub(super) const BLOCK_BYTES: usize = 512;

/// The tar kind.
#[derive(Debug)]
pub struct Tar;

impl Kind for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Archive
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        is_header(probe.head)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let (source, mut delivery) = Delivery::of(exam);
        // A source that cannot be rewound yields no members, which the account then says.
        let _ = source.seek(SeekFrom::Start(0));
        let mut reader = BufReader::with_capacity(128 * 1024, source);
        let ended = deliver(&mut reader, &mut delivery);
        delivery.finish(FileKind::Archive, "tar", ended)
    }
}

/// Does a tar header with a right checksum start here?
pub(super) fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.get(..BLOCK_BYTES) else { return false };
    // The checksum stands in octal at 148, itself counted as eight spaces.
    let digits: String =
        block[148..156].iter().filter(|b| (b'0'..=b'7').contains(*b)).map(|b| char::from(*b)).collect();
    let Ok(stated) = u32::from_str_radix(&digits, 8) else { return false };
    let others = block[..148].iter().chain(&block[156..]);
    let sum: u32 = others.map(|b| u32::from(*b)).sum::<u32>() + 8 * u32::from(b' ');
    block[0] != 0 && stated == sum
}

/// Hands over the members of a tar stream.
pub(super) fn deliver(reader: &mut dyn Read, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let mut archive = tar::Archive::new(reader);
    let Ok(entries) = archive.entries() else { return Ok(()) };
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                note_fault(&error, delivery);
                return Ok(());
            }
        };
        let name = entry.path_bytes().into_owned();
        let item = Item::new(name, Some(entry.size()));
        match entry.header().entry_type() {
            EntryType::Directory => {}
            EntryType::XGlobalHeader => {}
            EntryType::Link | EntryType::Symlink => {
                let target = entry.link_name_bytes().map(|target| target.into_owned()).unwrap_or_default();
                let why = link(&item.name, &target, entry.header().entry_type());
                delivery.withhold(Item { claimed_bytes: None, ..item }, why)?;
            }
            EntryType::Char | EntryType::Block | EntryType::Fifo => {
                let why = Observation::new(Reason::LinkEntry, "a device or pipe");
                delivery.withhold(Item { claimed_bytes: None, ..item }, why)?;
            }
            _ => delivery.copy(item, &mut entry)?,
        }
    }
    Ok(())
}

fn link(name: &[u8], target: &[u8], entry_type: EntryType) -> Observation {
    // A hard link's target counts from the archive's root, a symbolic link's from where the link lies.
    let place: &[u8] = if entry_type == EntryType::Link { b"" } else { name };
    if names::link_escapes(place, target) {
        return Observation::new(Reason::PathEscape, "a link that leads out of the archive");
    }
    Observation::new(Reason::LinkEntry, "a link")
}

fn note_fault(error: &std::io::Error, delivery: &mut Delivery<'_>) {
    let members = delivery.listed();
    let cut = error.kind() == std::io::ErrorKind::UnexpectedEof || error.to_string().contains("unexpected EOF");
    let reason = if cut { Reason::Truncated } else { Reason::Damaged };
    delivery.note(reason, format!("the archive breaks off after {members} members"));
}
