//! Volume descriptors (ECMA-119 8): where the trees begin and how large the disc says it is.

use super::record::Record;
use super::{DESCRIPTORS_START, SECTOR_BYTES, read_at};
use crate::kinds::Source;

/// Descriptors looked at: a disc has four or five; the set is ended by a terminator that a faulty one may lack.
const DESCRIPTORS_MAX: u64 = 64;

/// The root of one tree.
#[derive(Clone, Debug)]
pub(super) struct Volume {
    pub(super) root: Record,
    pub(super) block_bytes: u64,
    blocks: u64,
}

/// The trees of a disc.
#[derive(Debug)]
pub(super) struct Volumes {
    pub(super) primary: Option<Volume>,
    pub(super) joliet: Option<Volume>,
}

impl Volumes {
    /// Bytes that the disc says it has.
    pub(super) fn claimed_bytes(&self) -> u64 {
        let trees = self.primary.iter().chain(&self.joliet);
        trees.map(|tree| tree.blocks.saturating_mul(tree.block_bytes)).max().unwrap_or(0)
    }
}

/// Reads the descriptors; `None` where no tree is found.
pub(super) fn read(source: &mut dyn Source) -> Option<Volumes> {
    let mut volumes = Volumes { primary: None, joliet: None };
    for number in 0..DESCRIPTORS_MAX {
        let mut sector = [0; SECTOR_BYTES as usize];
        let read = read_at(source, DESCRIPTORS_START + number * SECTOR_BYTES, &mut sector).ok()?;
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
