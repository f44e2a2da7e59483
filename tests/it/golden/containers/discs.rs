//! Disc images made here, block by block.

use super::recorder::{Outcome, examine};
use casegate::domain::{
    facts::{FileKind, MemberEnd, Readable},
    reason::Reason,
};

const BLOCK: usize = 2048;
/// Flags of ECMA-119 9.1.6.
const FOLDER: u8 = 2;
const CONTINUES: u8 = 0x80;

/// A directory record with an optional system use area.
fn record(identifier: &[u8], (block, bytes): (u32, u32), flags: u8, system_use: &[u8]) -> Vec<u8> {
    let padding = usize::from(identifier.len().is_multiple_of(2));
    let mut record = vec![0; 33];
    record[2..6].copy_from_slice(&block.to_le_bytes());
    record[10..14].copy_from_slice(&bytes.to_le_bytes());
    record[25] = flags;
    record[32] = identifier.len() as u8;
    record.extend_from_slice(identifier);
    record.resize(record.len() + padding, 0);
    record.extend_from_slice(system_use);
    record[0] = record.len() as u8;
    record
}

/// An image of 22 blocks with these records in its root (block 18); blocks 19 to 21 are filled with their numbers.
fn image(records: &[Vec<u8>], claimed_blocks: u32) -> Vec<u8> {
    let mut image = vec![0; 22 * BLOCK];
    for number in 19..22 {
        image[number * BLOCK..(number + 1) * BLOCK].fill(number as u8);
    }
    let volume = &mut image[16 * BLOCK..17 * BLOCK];
    volume[0] = 1;
    volume[1..6].copy_from_slice(b"CD001");
    volume[80..84].copy_from_slice(&claimed_blocks.to_le_bytes());
    volume[128..130].copy_from_slice(&(BLOCK as u16).to_le_bytes());
    let root = record(&[0], (18, BLOCK as u32), FOLDER, &[]);
    volume[156..156 + root.len()].copy_from_slice(&root);
    image[17 * BLOCK] = 255;
    image[17 * BLOCK + 1..17 * BLOCK + 6].copy_from_slice(b"CD001");
    let records = records.concat();
    image[18 * BLOCK..18 * BLOCK + records.len()].copy_from_slice(&records);
    image
}

fn examine_root(records: &[Vec<u8>]) -> Outcome {
    examine("x.iso", &image(records, 22))
}

/// Proves that folders which lead back to themselves are entered once.
#[test]
fn folders_in_a_circle_end() {
    let folder = record(b"LOOP", (18, BLOCK as u32), FOLDER, &[]);
    let file = record(b"ONE.TXT;1", (19, 5), 0, &[]);
    let outcome = examine_root(&[record(&[0], (18, 2048), FOLDER, &[]), folder, file]);
    assert_eq!((outcome.names(), outcome.facts.readable), (vec!["ONE.TXT"], Readable::Yes));
    assert_eq!((outcome.facts.kind, outcome.sink.members[0].bytes.as_slice()), (Some(FileKind::Disc), &[19; 5][..]));
}

/// Proves that a file in several extents comes out as one.
#[test]
fn extents_are_joined() {
    let parts = [record(b"BIG.;1", (20, 2048), CONTINUES, &[]), record(b"BIG.;1", (19, 3), 0, &[])];
    let outcome = examine_root(&parts);
    assert_eq!(outcome.names(), ["BIG"]);
    assert_eq!(outcome.sink.members[0].bytes, [vec![20; 2048], vec![19; 3]].concat());
    assert_eq!(outcome.sink.members[0].end, MemberEnd::Whole);
}

/// Proves that each file of a cut image says what became of it, and that what is whole counts.
#[test]
fn files_beyond_the_end_are_told() {
    let records = [
        record(b"WHOLE;1", (19, 4096), 0, &[]),
        record(b"PART;1", (21, 4096), 0, &[]),
        record(b"GONE;1", (40, 2048), 0, &[]),
    ];
    let outcome = examine("x.iso", &image(&records, 400));
    assert_eq!(outcome.sink.members[0].end, MemberEnd::Whole);
    assert!(matches!(&outcome.sink.members[1].end, MemberEnd::Flawed(why) if why.reason == Reason::Truncated));
    assert_eq!(outcome.sink.members[1].bytes.len(), 2048);
    assert!(outcome.sink.members[2].is_withheld_for(Reason::Truncated));
    assert_eq!(outcome.facts.readable, Readable::Partial);
    assert!(outcome.facts.has(Reason::Truncated));
}

/// Proves that padding which was not copied is no loss, and that sizes which lie do no harm.
#[test]
fn padding_may_be_missing() {
    let outcome = examine("x.iso", &image(&[record(b"ONE;1", (19, 5), 0, &[])], 22 + 150));
    assert_eq!((outcome.facts.readable, outcome.facts.observations.is_empty()), (Readable::Yes, true));
    let lies = [record(b"DIR", (u32::MAX, u32::MAX), FOLDER, &[]), record(b"FILE;1", (u32::MAX, u32::MAX), 0, &[])];
    let outcome = examine_root(&lies);
    assert!(outcome.sink.members[0].is_withheld_for(Reason::Truncated));
    assert_eq!(outcome.facts.readable, Readable::No);
}

/// Proves that Rock Ridge names count, links are never followed, and one that leads out is told.
#[test]
fn rock_ridge_names_and_links_are_read() {
    let name = |name: &[u8]| [b"NM", &[5 + name.len() as u8, 1, 0][..], name].concat();
    let link = [&name(b"passwd")[..], b"SL", &[16, 1, 0, 8, 0, 0, 9], b"etc/passw"].concat();
    let records = [
        record(&[0], (18, 2048), FOLDER, b"SP\x07\x01\xBE\xEF\0RR\x05\x01\x08"),
        record(b"LETTER.TXT;1", (19, 5), 0, &name("Lettre du médecin.txt".as_bytes())),
        record(b"PASSWD;1", (20, 0), 0, &link),
    ];
    let outcome = examine_root(&records);
    assert_eq!(outcome.names(), ["Lettre du médecin.txt", "passwd"]);
    assert!(outcome.sink.members[1].is_withheld_for(Reason::PathEscape), "{:?}", outcome.sink.members[1].end);
    assert_eq!(outcome.facts.container.unwrap().format, "iso9660+rockridge");
    assert_eq!(outcome.facts.readable, Readable::No);
}
