//! Writes a disc image block by block (ECMA-119), independently of any library: files in the root and in folders of it.

use std::collections::BTreeMap;

const BLOCK: usize = 2048;
/// Flag of a directory (9.1.6).
const FOLDER: u8 = 2;
/// The first block of the root directory: after 16 of the system, the volume descriptor and the terminator.
const ROOT: u32 = 18;

/// An image of these files; a name may have one folder before it. All records of a folder must fit into one block:
/// about 40 files.
pub(crate) fn image(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut folders: BTreeMap<&str, Vec<(&str, &[u8])>> = BTreeMap::from([("", Vec::new())]);
    for (name, bytes) in files {
        let (folder, name) = name.rsplit_once('/').unwrap_or(("", name));
        folders.entry(folder).or_default().push((name, bytes));
    }
    let blocks: BTreeMap<&str, u32> = folders.keys().copied().zip(ROOT..).collect();
    let mut next = ROOT + folders.len() as u32;
    let (mut directories, mut contents) = (Vec::new(), Vec::new());
    for (folder, files) in &folders {
        let mut directory =
            [record(&[0], (blocks[folder], BLOCK), FOLDER), record(&[1], (ROOT, BLOCK), FOLDER)].concat();
        if folder.is_empty() {
            for (name, block) in blocks.iter().filter(|(name, _)| !name.is_empty()) {
                directory.extend(record(name.as_bytes(), (*block, BLOCK), FOLDER));
            }
        }
        for (name, bytes) in files {
            directory.extend(record(format!("{name};1").as_bytes(), (next, bytes.len()), 0));
            contents.extend(padded(bytes));
            next += bytes.len().div_ceil(BLOCK) as u32;
        }
        assert!(directory.len() <= BLOCK, "a folder of the image has too many files");
        directories.extend(padded(&directory));
    }
    let mut image = vec![0; 16 * BLOCK];
    image.extend(volume(next));
    image.extend(padded(b"\xFFCD001\x01"));
    [image, directories, contents].concat()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().div_ceil(BLOCK) * BLOCK, 0);
    padded
}

/// The primary volume descriptor (8.4).
fn volume(blocks: u32) -> Vec<u8> {
    let mut volume = vec![0; BLOCK];
    volume[..8].copy_from_slice(b"\x01CD001\x01\0");
    volume[8..72].fill(b' ');
    volume[80..88].copy_from_slice(&both(blocks));
    volume[120..124].copy_from_slice(&[1, 0, 0, 1]);
    volume[124..128].copy_from_slice(&[1, 0, 0, 1]);
    volume[128..132].copy_from_slice(&[0, 8, 8, 0]);
    let root = record(&[0], (ROOT, BLOCK), FOLDER);
    volume[156..156 + root.len()].copy_from_slice(&root);
    volume[881] = 1;
    volume
}

/// A directory record (9.1).
fn record(identifier: &[u8], (block, bytes): (u32, usize), flags: u8) -> Vec<u8> {
    let mut record = vec![0; 33];
    record[2..10].copy_from_slice(&both(block));
    record[10..18].copy_from_slice(&both(bytes as u32));
    record[18..25].copy_from_slice(&[126, 1, 5, 10, 15, 0, 0]);
    record[25] = flags;
    record[28..32].copy_from_slice(&[1, 0, 0, 1]);
    record[32] = identifier.len() as u8;
    record.extend(identifier);
    if record.len() % 2 == 1 {
        record.push(0);
    }
    record[0] = record.len() as u8;
    record
}

/// A number in both orders of bytes (7.3.3).
fn both(number: u32) -> [u8; 8] {
    let mut both = [0; 8];
    both[..4].copy_from_slice(&number.to_le_bytes());
    both[4..].copy_from_slice(&number.to_be_bytes());
    both
}
