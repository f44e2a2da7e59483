//! Walks the local headers where there is no usable directory, as after an upload that broke off.
//!
//! A local header may leave its sizes to a descriptor behind the data (APPNOTE 4.3.9). For Deflate the decoder finds the
//! end; for anything else the walk ends there, because any guess could take one member's bytes for another's.

use super::directory::Record;
use super::member::Opener;
use crate::domain::{facts::Observation, reason::Reason};
use crate::kinds::{
    Source, Stop,
    archive::{
        bytes::{read_at, u16_at, u32_at, u64_at},
        delivery::{Delivery, Item},
    },
};
use std::io::{self, BufReader, Read, SeekFrom};

const LOCAL_BYTES: usize = 30;
const METHOD_DEFLATE: u16 = 8;

/// Delivers what can be found. Encrypted members are withheld: without the directory no password can be proven.
pub(super) fn deliver(source: &mut dyn Source, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let mut at = 0;
    // Split and spanned archives begin with a marker of four bytes.
    if read_at(source, 0, 4).is_ok_and(|head| head == b"PK\x07\x08") {
        at = 4;
    }
    while let Some(found) = local(source, at) {
        let next = found.record.offset + found.header_bytes + found.record.packed_bytes;
        let end = deliver_found(source, found, delivery)?;
        let Some(resume) = end.or(Some(next)).filter(|next| *next > at) else { break };
        match next_header(source, resume) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(())
}

struct Found {
    record: Record,
    header_bytes: u64,
}

fn local(source: &mut dyn Source, at: u64) -> Option<Found> {
    let header = read_at(source, at, LOCAL_BYTES).ok()?;
    if header.len() < LOCAL_BYTES || !header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let (name_bytes, extra_bytes) = (usize::from(u16_at(&header, 26)), usize::from(u16_at(&header, 28)));
    let variable = read_at(source, at + LOCAL_BYTES as u64, name_bytes + extra_bytes).ok()?;
    let name = variable.get(..name_bytes)?.to_vec();
    let extra = variable.get(name_bytes..)?;
    let (mut packed_bytes, mut plain_bytes) = (u64::from(u32_at(&header, 18)), u64::from(u32_at(&header, 22)));
    if packed_bytes == 0xFFFF_FFFF && extra.len() >= 20 && u16_at(extra, 0) == 1 {
        (plain_bytes, packed_bytes) = (u64_at(extra, 4), u64_at(extra, 12));
    }
    let record = Record {
        name,
        is_own_name: true,
        made_by: 0,
        flags: u16_at(&header, 6),
        method: u16_at(&header, 8),
        time: [header[10], header[11], header[12], header[13]],
        crc32: u32_at(&header, 14),
        packed_bytes,
        plain_bytes,
        attributes: 0,
        offset: at,
        aes: None,
    };
    let header_bytes = (LOCAL_BYTES + name_bytes + extra_bytes) as u64;
    record.offset.checked_add(header_bytes)?.checked_add(packed_bytes)?;
    Some(Found { record, header_bytes })
}

/// Delivers one member; says where its data ended where only the decoder knows.
fn deliver_found(source: &mut dyn Source, found: Found, delivery: &mut Delivery<'_>) -> Result<Option<u64>, Stop> {
    let Found { record, header_bytes } = found;
    if record.is_folder() {
        return Ok(None);
    }
    let start = record.offset + header_bytes;
    let mut item = Item::new(record.shown_name(), None);
    if record.is_encrypted() {
        let why = Observation::new(Reason::PasswordRequired, "it is encrypted, and the archive's list is lost");
        return delivery.withhold(item, why).map(|()| None);
    }
    if record.has_descriptor() && record.packed_bytes == 0 {
        if record.method != METHOD_DEFLATE {
            let why = Observation::new(Reason::Truncated, "its length stood in the archive's list, which is lost");
            return delivery.withhold(item, why).map(|()| None);
        }
        return inflate(source, start, item, delivery).map(Some);
    }
    item.claimed_bytes = Some(record.plain_bytes);
    item.packed_bytes = Some(record.packed_bytes);
    item.most_bytes = Some(record.most_bytes());
    let opener = Opener::new(&[], delivery.limits());
    match opener.place(source, &record) {
        Err(why) => delivery.withhold(item, why)?,
        Ok(place) => opener.with_reader(source, &place, None, |opened| match opened {
            Ok(reader) => delivery.copy(item, reader),
            Err(why) => delivery.withhold(item, why),
        })?,
    }
    Ok(None)
}

/// Inflates a member whose packed length is not known and returns where its data ended.
fn inflate(source: &mut dyn Source, start: u64, item: Item, delivery: &mut Delivery<'_>) -> Result<u64, Stop> {
    if source.seek(SeekFrom::Start(start)).is_err() {
        let why = Observation::new(Reason::Damaged, "its bytes cannot be read");
        return delivery.withhold(item, why).map(|()| start);
    }
    let mut decoder = flate2::bufread::DeflateDecoder::new(BufReader::new(&mut *source));
    delivery.copy(item, &mut decoder)?;
    Ok(start + decoder.total_in())
}

/// The next local header at or after `from`, within what a descriptor or some padding may take, else by searching.
fn next_header(source: &mut dyn Source, from: u64) -> Option<u64> {
    source.seek(SeekFrom::Start(from)).ok()?;
    let mut reader = BufReader::with_capacity(64 * 1024, source);
    let mut last = [0_u8; 4];
    let mut at = from;
    let mut byte = [0_u8; 1];
    loop {
        match reader.read(&mut byte) {
            Ok(1) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            _ => return None,
        }
        last.rotate_left(1);
        last[3] = byte[0];
        at += 1;
        match &last {
            b"PK\x03\x04" if at >= from + 4 => return Some(at - 4),
            b"PK\x01\x02" if at >= from + 4 => return None,
            _ => {}
        }
    }
}
