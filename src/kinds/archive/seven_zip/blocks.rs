//! Hands over members block by block, in the order of the list.
//!
//! Members of a solid block hang on those before them: a fault in one may take the rest of its block with it, never
//! another block.

use super::open::{self, Opened};
use crate::domain::{
    facts::Observation,
    limits::{DICTIONARY_BYTES_MAX, Limits},
    reason::Reason,
};
use crate::kinds::{
    Source, Stop,
    archive::{
        bytes,
        delivery::{Delivery, Item},
        names,
    },
};
use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, Coder, EncoderMethod, Error, Password};
use std::io::Read;
use std::ops::Range;

/// Bytes of a link's target that are read to see where it leads.
const TARGET_BYTES_MAX: u64 = 4096;

/// Set in the attributes of Windows where their upper half is a Unix mode (7-Zip, `FILE_ATTRIBUTE_UNIX_EXTENSION`).
const HAS_UNIX_MODE: u32 = 0x8000;

/// `FILE_ATTRIBUTE_REPARSE_POINT` of Windows: a link or mount point.
const REPARSE_POINT: u32 = 0x400;

/// Hands over all members.
///
/// # Errors
/// [`Stop`]: hand over nothing more.
pub(super) fn deliver(source: &mut dyn Source, opened: &mut Opened, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
    let files = opened.archive.files.len();
    let claimed = opened.archive.files.iter().map(|file| file.size).fold(0_u64, u64::saturating_add);
    if delivery.is_bomb(claimed) {
        let detail = format!("{files} members claim {claimed} bytes in a file of {}", Source::bytes(&*source));
        delivery.note(Reason::ArchiveBomb, detail);
        delivery.list_only(files as u64);
        return Ok(());
    }
    let mut next = 0;
    while next < files {
        let block = opened.archive.stream_map.file_block_index.get(next).copied().flatten();
        next = match block {
            Some(block) => deliver_block(source, opened, (block, next), delivery)?,
            None => {
                deliver_entry(&opened.archive.files[next], None, &mut std::io::empty(), delivery)?;
                next + 1
            }
        };
    }
    Ok(())
}

/// Hands over the members of a block, of which `next` is the first; says which member comes after them.
fn deliver_block(
    source: &mut dyn Source,
    opened: &mut Opened,
    (block, next): (usize, usize),
    delivery: &mut Delivery<'_>,
) -> Result<usize, Stop> {
    let start = opened.archive.stream_map.block_first_file_index.get(block).copied().unwrap_or(next).max(next);
    let password = too_much_memory(&opened.archive.blocks[block], delivery.limits())
        .map_or_else(|| password(source, opened, block, delivery.limits()), Err);
    let archive = &opened.archive;
    let mut source = source;
    // Which members belong to a block the library knows only of a decoder.
    let count = BlockDecoder::new(1, block, archive, &opened.passwords[0], &mut source).entry_count().max(1);
    let members = start..(start + count).min(archive.files.len());
    let password = match password {
        Ok(index) => &opened.passwords[index],
        Err(why) => return withhold(archive, members, &why, delivery),
    };
    let packed_bytes = packed_bytes(archive, block);
    let (mut seen, mut stop) = (0, None);
    let decoder = BlockDecoder::new(1, block, archive, password, &mut source);
    let ended = decoder.for_each_entries(&mut |entry, reader| {
        seen += 1;
        let mut member = Watched { inner: reader, is_broken: false };
        stop = deliver_entry(entry, packed_bytes, &mut member, delivery).err();
        Ok(stop.is_none() && !member.is_broken)
    });
    let why = match (stop, ended) {
        (Some(stop), _) => return Err(stop),
        (None, Ok(_)) => Observation::new(Reason::Damaged, "it hangs on a member that is damaged"),
        (None, Err(error)) => open::fault(&error),
    };
    withhold(archive, (start + seen).min(members.end)..members.end, &why, delivery)
}

/// Remembers that a decoder failed. It must not be read from again, not even to step over the rest of a member: the one
/// for LZMA2 then goes in circles. After a wrong checksum it may, since all bytes have come.
struct Watched<'a> {
    inner: &'a mut dyn Read,
    is_broken: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer);
        if let Err(error) = &read {
            let checksum = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
            let is_whole = matches!(checksum, Some(Error::ChecksumVerificationFailed));
            self.is_broken |= !is_whole && error.kind() != std::io::ErrorKind::Interrupted;
        }
        read
    }
}

/// Lists members without their bytes, and says which one comes next.
fn withhold(
    archive: &Archive,
    members: Range<usize>,
    why: &Observation,
    delivery: &mut Delivery<'_>,
) -> Result<usize, Stop> {
    let end = members.end;
    for entry in archive.files.get(members).unwrap_or_default().iter().filter(|entry| !entry.is_directory) {
        delivery.withhold(item(entry, None), why.clone())?;
    }
    Ok(end)
}

fn item(entry: &ArchiveEntry, packed_bytes: Option<u64>) -> Item {
    Item { packed_bytes, ..Item::new(entry.name.clone().into_bytes(), Some(entry.size)) }
}

fn deliver_entry(
    entry: &ArchiveEntry,
    packed_bytes: Option<u64>,
    reader: &mut dyn Read,
    delivery: &mut Delivery<'_>,
) -> Result<(), Stop> {
    if entry.is_directory {
        return Ok(());
    }
    let item = item(entry, packed_bytes);
    if entry.is_anti_item {
        let why = Observation::new(Reason::UnsupportedFormat, "a mark that a file is to be deleted");
        return delivery.withhold(item, why);
    }
    match special(entry, reader) {
        Some(why) => delivery.withhold(item, why),
        None => delivery.copy(item, reader),
    }
}

/// What speaks against a member that is no file.
fn special(entry: &ArchiveEntry, reader: &mut dyn Read) -> Option<Observation> {
    let attributes = if entry.has_windows_attributes { entry.windows_attributes } else { 0 };
    let mode = if attributes & HAS_UNIX_MODE == 0 { 0 } else { (attributes >> 16) & 0o170_000 };
    if attributes & REPARSE_POINT == 0 && matches!(mode, 0 | 0o100_000 | 0o040_000) {
        return None;
    }
    if !matches!(mode, 0 | 0o100_000 | 0o040_000 | 0o120_000) {
        return Some(Observation::new(Reason::LinkEntry, "a device, pipe or socket"));
    }
    let mut target = Vec::new();
    // A target that cannot be read leads nowhere.
    let _ = reader.take(TARGET_BYTES_MAX).read_to_end(&mut target);
    if names::link_escapes(entry.name.as_bytes(), &target) {
        return Some(Observation::new(Reason::PathEscape, "a symbolic link that leads out of the archive"));
    }
    Some(Observation::new(Reason::LinkEntry, "a symbolic link"))
}

/// Bytes that a block takes up in the file, all its streams together.
fn packed_bytes(archive: &Archive, block: usize) -> Option<u64> {
    let firsts = archive.stream_map.block_first_pack_stream_index();
    let first = *firsts.get(block)?;
    let end = firsts.get(block + 1).copied().unwrap_or(archive.pack_sizes().len());
    Some(archive.pack_sizes().get(first..end)?.iter().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes)))
}

/// Would unpacking the block take more memory than one document may have?
fn too_much_memory(block: &Block, limits: &Limits) -> Option<Observation> {
    let wanted = block.coders.iter().map(dictionary_bytes).fold(0_u64, u64::saturating_add);
    // The library makes room for it as data comes, doubling as it goes.
    let most = DICTIONARY_BYTES_MAX.min(limits.inspector_memory_bytes_max / 2);
    let detail = || format!("unpacking takes a dictionary of {wanted} bytes; up to {most} are supported");
    (wanted > most).then(|| Observation::new(Reason::UnsupportedFormat, detail()))
}

/// Bytes of dictionary that a coder asks for, by its properties.
fn dictionary_bytes(coder: &Coder) -> u64 {
    let properties = coder.properties();
    let id = coder.encoder_method_id();
    if id == EncoderMethod::ID_LZMA || id == EncoderMethod::ID_PPMD {
        return u64::from(bytes::u32_at(properties, 1));
    }
    if id == EncoderMethod::ID_LZMA2 {
        // Two bits of mantissa, the rest exponent; 40 stands for all but 4 GiB.
        let bits = u64::from(properties.first().copied().unwrap_or(0)).min(40);
        return (2 | (bits & 1)) << (bits / 2 + 11);
    }
    0
}

/// Index of the password that opens a block; 0, the empty one, where it needs none.
fn password(source: &mut dyn Source, opened: &mut Opened, block: usize, limits: &Limits) -> Result<usize, Observation> {
    let coders = &opened.archive.blocks[block].coders;
    if !coders.iter().any(|coder| coder.encoder_method_id() == EncoderMethod::ID_AES256_SHA256) {
        return Ok(0);
    }
    if let Some(proven) = opened.proven {
        return Ok(proven);
    }
    // Nothing but the checksum tells a wrong password from a right one where data is not packed beneath.
    let most = if coders.len() > 1 { limits.member_ratio_from_bytes } else { u64::MAX };
    for index in 1..opened.passwords.len() {
        if fits(source, &opened.archive, (block, &opened.passwords[index]), most) {
            opened.proven = Some(index);
            return Ok(index);
        }
    }
    Err(Observation::new(Reason::PasswordRequired, "it is encrypted and no password that was supplied fits"))
}

/// Can the first member of the block be unpacked with this password, as far as `most` bytes?
fn fits(source: &mut dyn Source, archive: &Archive, (block, password): (usize, &Password), most: u64) -> bool {
    let mut source = source;
    let mut whole = true;
    let decoder = BlockDecoder::new(1, block, archive, password, &mut source);
    let ended = decoder.for_each_entries(&mut |entry, reader| {
        if entry.size == 0 {
            return Ok(true);
        }
        whole = match std::io::copy(&mut reader.take(most), &mut std::io::sink()) {
            Ok(bytes) => bytes == entry.size.min(most),
            Err(_) => false,
        };
        Ok(false)
    });
    whole && ended.is_ok()
}
