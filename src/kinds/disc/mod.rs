//! Disc images: ISO 9660 (ECMA-119, 4th edition), Joliet, Rock Ridge (IEEE P1282), the ISO side of UDF bridges.
//!
//! Our own reader rather than a library: discs are what this product is about, and it must say of each file whether its
//! bytes are there, in an image that lies or was cut, without an allocation that the image chooses. Nothing is mounted,
//! nothing is run; boot images are not looked at.
//!
//! Names: Rock Ridge before Joliet before the plain ones, since those are the names that the maker of the disc gave;
//! a conformant DICOM File ID is the same in all three. Files that only another tree of the disc lists come after.

mod record;
mod rock_ridge;
mod volume;
mod walk;

use super::archive::delivery::Delivery;
use super::{Exam, Kind, Probe, Source};
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    reason::Reason,
};
use std::io::{self, SeekFrom};

/// ECMA-119 6.1.2: a logical sector has 2,048 bytes on every disc there is.
const SECTOR_BYTES: u64 = 2048;
/// ECMA-119 6.2.1: the first 16 sectors belong to the system.
const DESCRIPTORS_START: u64 = 16 * SECTOR_BYTES;
/// Bytes that a writer leaves behind the last file (150 sectors of padding, two of run-out): their loss is no loss.
const PADDING_BYTES: u64 = 152 * SECTOR_BYTES;

/// ISO 9660 images.
#[derive(Debug)]
pub struct Iso9660;

impl Kind for Iso9660 {
    fn name(&self) -> &'static str {
        "iso9660"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Disc
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        identifier_at(probe, 0) == Some(b"CD001")
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let (source, mut delivery) = Delivery::of(exam);
        let Some(sessions) = volume::sessions(source) else {
            let mut facts = Facts::of(FileKind::Disc, Readable::No);
            facts.observe(Reason::Damaged, "the volume descriptors of the disc image are faulty");
            return facts;
        };
        let mut tally = walk::Tally::default();
        let ended = walk::deliver(source, &sessions, &mut tally, &mut delivery);
        let there = Source::bytes(&*source);
        let missing = sessions.claimed_bytes().saturating_sub(there);
        if sessions.lost > 0 {
            let detail = format!(
                "what was added to the disc later cannot be followed ({} times): the image lacks what lies between sessions",
                sessions.lost
            );
            delivery.note(Reason::Damaged, detail);
        }
        if tally.bytes_lost > 0 || tally.folders_lost > 0 || missing > PADDING_BYTES {
            let detail = format!("{missing} bytes are missing from the image; {} bytes of files", tally.bytes_lost);
            delivery.note(Reason::Truncated, detail);
        }
        let mut facts = delivery.finish(FileKind::Disc, tally.format, ended);
        // An image of which most is lost is of no use to anyone, whatever small files are still whole.
        if tally.bytes_lost > tally.bytes_listed / 2 {
            facts.readable = Readable::No;
        }
        facts
    }
}

/// Discs that have UDF (ECMA-167) and no ISO 9660, raw images with sync bytes: known, not read.
#[derive(Debug)]
pub struct UnreadDisc;

impl Kind for UnreadDisc {
    fn name(&self) -> &'static str {
        "disc-unread"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Disc
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        // ECMA-167 2/9.1: the recognition sequence begins where ISO 9660 has its descriptors.
        let udf = [0, 1, 2]
            .iter()
            .any(|sector| matches!(identifier_at(probe, *sector), Some(b"BEA01" | b"NSR02" | b"NSR03")));
        // ECMA-130 14: each raw sector of 2,352 bytes begins with this.
        udf || probe.head.starts_with(b"\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00")
    }

    fn examine(&self, _: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Disc, Readable::No);
        facts
            .observe(Reason::UnsupportedFormat, "a disc image in a format that is not supported; an ISO 9660 image is");
        facts
    }
}

/// The five bytes that name a descriptor's standard.
fn identifier_at<'a>(probe: &Probe<'a>, sector: u64) -> Option<&'a [u8; 5]> {
    let at = (DESCRIPTORS_START + sector * SECTOR_BYTES) as usize + 1;
    probe.head.get(at..at + 5)?.try_into().ok()
}

/// Reads up to `buffer.len()` bytes at `offset` and says how many there were.
fn read_at(source: &mut dyn Source, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    source.seek(SeekFrom::Start(offset))?;
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
