//! Volume descriptors (ECMA-119 8): where the trees begin and how large the disc says it is.

use super::record::Record;
use super::{DESCRIPTORS_START, SECTOR_BYTES, read_at};
use crate::{
    domain::limits::{DISC_SESSION_SEARCH_BYTES_MAX, DISC_SESSIONS_MAX},
    kinds::Source,
};

/// Descriptors looked at: a disc has four or five; the set is ended by a terminator that a faulty one may lack.
const DESCRIPTORS_MAX: u64 = 64;

/// The root of one tree.
#[derive(Clone, Debug)]
pub(super) struct Volume {
    pub(super) root: Record,
    pub(super) block_bytes: u64,
    blocks: u64,
}

/// The trees of a session of a disc.
#[derive(Debug)]
pub(super) struct Volumes {
    pub(super) primary: Option<Volume>,
    pub(super) joliet: Option<Volume>,
}

impl Volumes {
    /// Bytes that the disc says it has, up to the end of this session.
    fn claimed_bytes(&self) -> u64 {
        let trees = self.primary.iter().chain(&self.joliet);
        trees.map(|tree| tree.blocks.saturating_mul(tree.block_bytes)).max().unwrap_or(0)
    }
}

/// What was written to a disc, each time.
#[derive(Debug)]
pub(super) struct Sessions {
    /// The last one first: its trees are what a computer shows of the disc.
    pub(super) newest_first: Vec<Volumes>,
    /// Sessions whose trees are not where they say: the gaps between sessions were left out of the image.
    pub(super) lost: usize,
}

impl Sessions {
    /// Bytes that the disc says it has.
    pub(super) fn claimed_bytes(&self) -> u64 {
        self.newest_first.iter().map(Volumes::claimed_bytes).max().unwrap_or(0)
    }
}

/// Reads the descriptors of each session; `None` where the first one has no tree.
///
/// Sessions that were added later begin anywhere behind the first (Orange Book, ECMA-394), with descriptors of their own and
/// block numbers counted from the beginning of the disc.
pub(super) fn sessions(source: &mut dyn Source) -> Option<Sessions> {
    let first = read(source, DESCRIPTORS_START)?;
    let mut at = first.claimed_bytes().max(DESCRIPTORS_START).next_multiple_of(SECTOR_BYTES);
    let mut found = Sessions { newest_first: vec![first], lost: 0 };
    let end = Source::bytes(&*source).min(at.saturating_add(DISC_SESSION_SEARCH_BYTES_MAX));
    while let Some(place) = next_primary(source, at, end) {
        match read(source, place) {
            Some(volumes) if is_in_place(source, &volumes, place) => found.newest_first.insert(0, volumes),
            Some(_) => found.lost += 1,
            None => {}
        }
        if found.newest_first.len() + found.lost >= DISC_SESSIONS_MAX {
            break;
        }
        at = place + SECTOR_BYTES;
    }
    Some(found)
}

/// Where the next primary volume descriptor stands, as far as the image goes.
fn next_primary(source: &mut dyn Source, start: u64, end: u64) -> Option<u64> {
    let mut sectors = vec![0; 512 * SECTOR_BYTES as usize];
    let mut at = start;
    while at < end {
        let read = read_at(source, at, &mut sectors).ok().filter(|read| *read > 0)?;
        let heads = sectors[..read].chunks_exact(SECTOR_BYTES as usize);
        let found = heads.enumerate().find(|(_, sector)| sector.starts_with(b"\x01CD001\x01"));
        if let Some((number, _)) = found {
            return Some(at + number as u64 * SECTOR_BYTES);
        }
        at += sectors.len() as u64;
    }
    None
}

/// Does the root directory stand where it says it does, behind its descriptors? In an image within the image it does not, nor
/// where the image leaves out what lies between sessions.
fn is_in_place(source: &mut dyn Source, volumes: &Volumes, descriptors: u64) -> bool {
    volumes.primary.iter().chain(&volumes.joliet).all(|volume| {
        let mut head = [0; SECTOR_BYTES as usize];
        let at = volume.root.block.saturating_mul(volume.block_bytes);
        let read = read_at(source, at, &mut head).unwrap_or(0);
        let own = Record::parse(&head[..read]);
        at > descriptors && own.is_some_and(|own| own.identifier == [0] && own.block == volume.root.block)
    })
}

/// Reads the descriptors that begin there; `None` where no tree is found.
fn read(source: &mut dyn Source, start: u64) -> Option<Volumes> {
    let mut volumes = Volumes { primary: None, joliet: None };
    for number in 0..DESCRIPTORS_MAX {
        let mut sector = [0; SECTOR_BYTES as usize];
        let read = read_at(source, start + number * SECTOR_BYTES, &mut sector).ok()?;
        if read < sector.len() || &sector[1..6] != b"CD001" {
            break;
        }
        match sector[0] {
            1 if volumes.primary.is_none() => volumes.primary = volume(&sector),
            2 if volumes.joliet.is_none() && is_joliet(&sector) => volumes.joliet = volume(&sector),
            255 => break,
            _ => {}
        }
    }
    (volumes.primary.is_some() || volumes.joliet.is_some()).then_some(volumes)
}

/// Joliet 2.1: the escape sequences of UCS-2, levels 1 to 3.
fn is_joliet(sector: &[u8]) -> bool {
    matches!(&sector[88..91], b"%/@" | b"%/C" | b"%/E")
}

fn volume(sector: &[u8]) -> Option<Volume> {
    let block_bytes = u64::from(u16::from_le_bytes([sector[128], sector[129]]));
    let blocks = u64::from(u32::from_le_bytes([sector[80], sector[81], sector[82], sector[83]]));
    let known = matches!(block_bytes, 512 | 1024 | 2048);
    let root = Record::parse(&sector[156..190])?;
    (known && root.is_folder()).then_some(Volume { root, block_bytes, blocks })
}
