//! Walks the trees of a disc and hands over the files.
//!
//! Invariants: each folder is entered once (by its first block); folders lie at most [`DEPTH_MAX`] deep; directories are
//! read sector by sector, and no more of them than the image has bytes.

use super::record::{Naming, Record, joliet_name, plain_name};
use super::volume::{Sessions, Volume, Volumes};
use super::{SECTOR_BYTES, read_at, rock_ridge};
use crate::domain::{facts::Observation, reason::Reason};
use crate::kinds::{
    Source, Stop,
    archive::{
        delivery::{Delivery, Item},
        names,
    },
};
use std::collections::HashSet;
use std::io::{self, Read, SeekFrom};

/// Folders within folders. ECMA-119 allows eight; Joliet and Rock Ridge are written deeper.
const DEPTH_MAX: usize = 64;

/// What became of the files.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) format: &'static str,
    pub(super) bytes_listed: u64,
    pub(super) bytes_lost: u64,
    pub(super) folders_lost: u64,
}

/// A file or folder as one tree has it.
struct Node {
    name: Vec<u8>,
    /// First block and bytes, in order.
    extents: Vec<(u64, u64)>,
    attributes: rock_ridge::Attributes,
    is_folder: bool,
    interleaved: bool,
}

/// One walk through one tree.
struct Walk<'a> {
    source: &'a mut dyn Source,
    block_bytes: u64,
    naming: Naming,
    skip: usize,
    folders: HashSet<u64>,
    /// First blocks of the files that trees walked before listed.
    earlier: &'a HashSet<u64>,
    /// First blocks of the files of this tree.
    listed: HashSet<u64>,
    /// Another tree was walked before: only what it did not list counts.
    is_second: bool,
    /// Bytes of directories that may still be read.
    budget_bytes: u64,
}

/// Hands over every file of the disc: those of its last session, then what only earlier ones list.
pub(super) fn deliver(
    source: &mut dyn Source,
    sessions: &Sessions,
    tally: &mut Tally,
    delivery: &mut Delivery<'_>,
) -> Result<(), Stop> {
    let mut earlier = HashSet::new();
    for (session, volumes) in sessions.newest_first.iter().enumerate() {
        let (trees, skip) = trees(source, volumes);
        if session == 0 {
            tally.format = format(&trees);
        }
        for (tree, (volume, naming)) in trees.into_iter().enumerate() {
            let mut walk = Walk {
                budget_bytes: Source::bytes(&*source),
                source: &mut *source,
                block_bytes: volume.block_bytes,
                naming,
                skip,
                folders: HashSet::new(),
                earlier: &earlier,
                listed: HashSet::new(),
                is_second: session > 0 || tree > 0,
            };
            walk.tree(volume, tally, delivery)?;
            let listed = walk.listed;
            earlier.extend(listed);
        }
    }
    Ok(())
}

/// The trees of a session, that with the best names first, and how many bytes Rock Ridge skips.
fn trees<'a>(source: &mut dyn Source, volumes: &'a Volumes) -> (Vec<(&'a Volume, Naming)>, usize) {
    let rock_ridge = volumes.primary.as_ref().and_then(|volume| rock_ridge_skip(source, volume));
    let (plain, skip) = rock_ridge.map_or((Naming::Plain, 0), |skip| (Naming::RockRidge, skip));
    let primary = volumes.primary.iter().map(|volume| (volume, plain));
    let joliet = volumes.joliet.iter().map(|volume| (volume, Naming::Joliet));
    let trees =
        if plain == Naming::RockRidge { primary.chain(joliet).collect() } else { joliet.chain(primary).collect() };
    (trees, skip)
}

fn format(trees: &[(&Volume, Naming)]) -> &'static str {
    let has = |naming| trees.iter().any(|(_, own)| *own == naming);
    match (has(Naming::RockRidge), has(Naming::Joliet)) {
        (true, _) => "iso9660+rockridge",
        (_, true) => "iso9660+joliet",
        _ => "iso9660",
    }
}

/// Is this a Rock Ridge tree? Then the root's own record says how many bytes of each area to skip.
fn rock_ridge_skip(source: &mut dyn Source, volume: &Volume) -> Option<usize> {
    let mut sector = [0; SECTOR_BYTES as usize];
    let at = volume.root.block.saturating_mul(volume.block_bytes);
    let read = read_at(source, at, &mut sector).ok()?;
    let root = Record::parse(&sector[..read])?;
    let found = rock_ridge::attributes(source, &root, 0, volume.block_bytes);
    found.skip.filter(|_| found.present).or(found.present.then_some(0))
}

impl Walk<'_> {
    fn tree(&mut self, volume: &Volume, tally: &mut Tally, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
        let mut waiting = vec![(volume.root.block, volume.root.bytes, Vec::new(), 0)];
        while let Some((block, bytes, path, depth)) = waiting.pop() {
            if !self.folders.insert(block) || depth > DEPTH_MAX {
                continue;
            }
            let nodes = self.folder(block, bytes, tally);
            let mut folders = Vec::new();
            for mut node in nodes {
                node.name = join(&path, &node.name);
                if let Some(place) = self.subfolder(&node) {
                    folders.push((place.0, place.1, node.name, depth + 1));
                } else if !node.is_folder {
                    self.file(node, tally, delivery)?;
                }
            }
            // The last one waiting is walked first; reversed, folders come in the order of the disc.
            waiting.extend(folders.into_iter().rev());
        }
        Ok(())
    }

    /// Block and bytes of a folder to enter, where it was moved to included.
    fn subfolder(&mut self, node: &Node) -> Option<(u64, u64)> {
        if let Some(block) = node.attributes.moved_to {
            let mut head = [0; 34];
            let at = block.saturating_mul(self.block_bytes);
            let read = read_at(self.source, at, &mut head).ok()?;
            let bytes = u32::from_le_bytes([head[10], head[11], head[12], head[13]]);
            return (read == head.len()).then_some((block, bytes.into()));
        }
        let place = node.extents.first().copied();
        place.filter(|_| node.is_folder && !node.attributes.moved_here)
    }

    fn folder(&mut self, block: u64, bytes: u64, tally: &mut Tally) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut continued: Option<Record> = None;
        let start = block.saturating_mul(self.block_bytes);
        let mut at = 0;
        while at < bytes {
            let mut sector = [0; SECTOR_BYTES as usize];
            let read = read_at(self.source, start.saturating_add(at), &mut sector).unwrap_or(0);
            self.budget_bytes = self.budget_bytes.saturating_sub(SECTOR_BYTES);
            if read == 0 || self.budget_bytes == 0 {
                tally.folders_lost += 1;
                break;
            }
            let within = &sector[..read.min((bytes - at) as usize)];
            self.sector(within, &mut continued, &mut nodes);
            at += SECTOR_BYTES;
        }
        nodes
    }

    /// Reads the records of one sector; none crosses into the next (ECMA-119 6.8.1.1).
    fn sector(&mut self, mut bytes: &[u8], continued: &mut Option<Record>, nodes: &mut Vec<Node>) {
        while bytes.first().is_some_and(|length| *length != 0) {
            let Some(record) = Record::parse(bytes) else { return };
            bytes = &bytes[usize::from(bytes[0])..];
            if record.is_self_or_parent() || record.is_associated() {
                continue;
            }
            let extent = (record.block, record.bytes);
            let joins = continued.as_ref().is_some_and(|before| before.identifier == record.identifier);
            match nodes.last_mut().filter(|_| joins) {
                Some(node) => node.extents.push(extent),
                None => {
                    let node = self.node(&record, extent);
                    nodes.push(node);
                }
            }
            *continued = record.continues().then_some(record);
        }
    }

    fn node(&mut self, record: &Record, extent: (u64, u64)) -> Node {
        let attributes = match self.naming {
            Naming::RockRidge => rock_ridge::attributes(self.source, record, self.skip, self.block_bytes),
            Naming::Plain | Naming::Joliet => rock_ridge::Attributes::default(),
        };
        let plain = || if record.is_folder() { record.identifier.clone() } else { plain_name(&record.identifier) };
        let name = match (self.naming, &attributes.name) {
            (Naming::RockRidge, Some(name)) => name.clone(),
            (Naming::Joliet, _) => joliet_name(&record.identifier),
            (Naming::Plain | Naming::RockRidge, _) => plain(),
        };
        let is_folder = record.is_folder();
        Node { name, extents: vec![extent], attributes, is_folder, interleaved: record.interleaved }
    }

    fn file(&mut self, node: Node, tally: &mut Tally, delivery: &mut Delivery<'_>) -> Result<(), Stop> {
        let bytes: u64 = node.extents.iter().fold(0, |sum, extent| sum.saturating_add(extent.1));
        let item = Item::new(node.name.clone(), Some(bytes));
        if let Some(why) = refusal(&node) {
            return delivery.withhold(item, why);
        }
        let first = node.extents.first().map_or(0, |extent| extent.0);
        // Empty files have no block of their own to be told apart by; the first tree has them.
        if self.is_second && (bytes == 0 || self.earlier.contains(&first)) {
            return Ok(());
        }
        self.listed.insert(first);
        let lost = self.lost_bytes(&node.extents);
        tally.bytes_listed = tally.bytes_listed.saturating_add(bytes);
        tally.bytes_lost = tally.bytes_lost.saturating_add(lost);
        if bytes > 0 && lost == bytes {
            let why = Observation::new(Reason::Truncated, "its bytes lie beyond the end of the image");
            return delivery.withhold(item, why);
        }
        let extents = node.extents.iter().map(|(block, bytes)| (block.saturating_mul(self.block_bytes), *bytes));
        let mut reader = Extents { source: self.source, left: extents.collect(), next: 0 };
        delivery.copy(item, &mut reader)
    }

    fn lost_bytes(&self, extents: &[(u64, u64)]) -> u64 {
        let total = Source::bytes(&*self.source);
        let there =
            |(block, bytes): &(u64, u64)| total.saturating_sub(block.saturating_mul(self.block_bytes)).min(*bytes);
        extents.iter().map(|extent| extent.1.saturating_sub(there(extent))).fold(0, u64::saturating_add)
    }
}

/// Why no bytes of this node go out.
fn refusal(node: &Node) -> Option<Observation> {
    let attributes = &node.attributes;
    if attributes.is_link() {
        let target = attributes.link.as_deref().unwrap_or_default();
        let (reason, detail) = if names::link_escapes(&node.name, target) {
            (Reason::PathEscape, "a symbolic link that leads out of the disc")
        } else {
            (Reason::LinkEntry, "a symbolic link")
        };
        return Some(Observation::new(reason, detail));
    }
    if attributes.is_device() {
        return Some(Observation::new(Reason::LinkEntry, "a device, pipe or socket"));
    }
    if attributes.compressed || node.interleaved {
        return Some(Observation::new(Reason::UnsupportedFormat, "stored in a way that is not supported"));
    }
    None
}

fn join(path: &[u8], name: &[u8]) -> Vec<u8> {
    // A name on a disc is one component; a slash in it would make it two.
    let name: Vec<u8> = name.iter().map(|byte| if *byte == b'/' { b'\\' } else { *byte }).collect();
    if path.is_empty() { name } else { [path, b"/", &name].concat() }
}

/// The bytes of a file, extent after extent, as far as the image has them.
struct Extents<'a> {
    source: &'a mut dyn Source,
    left: Vec<(u64, u64)>,
    next: usize,
}

impl Read for Extents<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some((offset, bytes)) = self.left.get_mut(self.next) {
            if *bytes == 0 {
                self.next += 1;
                continue;
            }
            let most = buffer.len().min(usize::try_from(*bytes).unwrap_or(usize::MAX));
            self.source.seek(SeekFrom::Start(*offset))?;
            let read = self.source.read(&mut buffer[..most])?;
            if read == 0 && most > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            *offset = offset.saturating_add(read as u64);
            *bytes -= read as u64;
            return Ok(read);
        }
        Ok(0)
    }
}
