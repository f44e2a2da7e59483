//! Archives made here, one fault each.

use super::recorder::{examine, examine_as, examine_with};
use casegate::domain::{
    facts::{FileKind, MemberEnd, Readable},
    limits::Limits,
    reason::Reason,
};
use casegate::kinds::archive::zip::Zip;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const LETTER: &[u8] = b"Dear colleague, thank you for seeing this child in your clinic.";

/// A ZIP of these members.
pub(super) fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar of these members.
pub(super) fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Bytes, compressed.
pub(super) fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_u32;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    })
    .take(length)
    .collect()
}

/// Proves that a ZIP whose end was lost yields what is whole, and is called cut off.
#[test]
fn a_cut_zip_yields_its_first_members() {
    let noise = noise(100_000);
    let whole = zip_of(&[("one.txt", LETTER), ("two.bin", &noise), ("three.bin", &noise)]);
    let cut = examine("cut.zip", &whole[..150_000]);
    assert_eq!(cut.names(), ["one.txt", "two.bin", "three.bin"]);
    assert_eq!((cut.facts.readable, cut.sink.members[1].bytes == noise), (Readable::Partial, true));
    assert!(cut.facts.has(Reason::Truncated));
    assert!(matches!(&cut.sink.members[2].end, MemberEnd::Flawed(why) if why.reason == Reason::Truncated));
}

/// Proves that a ZIP that was streamed (lengths behind the data) is recovered too when its list is lost.
#[test]
fn a_cut_stream_yields_its_first_members() {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for name in ["one.txt", "two.txt"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(LETTER).unwrap();
    }
    let whole = writer.finish().unwrap().into_inner();
    let list = whole.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let cut = examine("cut.zip", &whole[..list]);
    assert_eq!(cut.names(), ["one.txt", "two.txt"]);
    assert!(cut.sink.members.iter().all(|member| member.bytes == LETTER));
    assert_eq!(cut.facts.readable, Readable::Partial);
}

/// Proves that damage to one member is told of that member, and its bytes are kept.
#[test]
fn a_flipped_bit_is_found_by_the_checksum() {
    let noise = noise(5_000);
    let mut bytes = zip_of(&[("one.txt", LETTER), ("two.bin", &noise)]);
    let at = bytes.windows(8).position(|window| window == b"PK\x03\x04").unwrap_or(0);
    let second = bytes.windows(7).position(|window| window == b"two.bin").unwrap();
    bytes[at.max(second) + 2_000] ^= 1;
    let outcome = examine("x.zip", &bytes);
    assert_eq!(outcome.sink.members[0].end, MemberEnd::Whole);
    assert!(matches!(&outcome.sink.members[1].end, MemberEnd::Flawed(why) if why.reason == Reason::Damaged));
    assert!(!outcome.sink.members[1].bytes.is_empty());
    assert_eq!(outcome.facts.readable, Readable::Partial);
    assert!(outcome.facts.has(Reason::Damaged));
}

/// Proves that an archive behind other bytes (a self-extracting one) is read at its real place.
#[test]
fn bytes_before_a_zip_do_not_hide_it() {
    let mut bytes = noise(1_000);
    bytes.extend_from_slice(&zip_of(&[("one.txt", LETTER)]));
    let outcome = examine_as(&Zip, "x.zip", &bytes, (&[], &Limits::default(), None));
    assert_eq!((outcome.facts.readable, outcome.names()), (Readable::Yes, vec!["one.txt"]));
    assert_eq!(outcome.sink.members[0].bytes, LETTER);
}

/// Proves that ZIP64 fields are followed, and old Windows separators become folders.
#[test]
fn large_fields_and_backslashes_are_read() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("large.txt", SimpleFileOptions::default().large_file(true)).unwrap();
    writer.write_all(LETTER).unwrap();
    let outcome = examine("x.zip", &writer.finish().unwrap().into_inner());
    assert_eq!((outcome.facts.readable, outcome.sink.members[0].bytes == LETTER), (Readable::Yes, true));

    let mut bytes = zip_of(&[("dir_DICOMDIR", LETTER)]);
    while let Some(at) = bytes.windows(4).position(|window| window == b"dir_") {
        bytes[at + 3] = b'\\';
    }
    // The system that made it: MS-DOS.
    let list = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[list + 5] = 0;
    let outcome = examine("x.zip", &bytes);
    assert_eq!((outcome.names(), outcome.facts.kind), (vec!["dir/DICOMDIR"], Some(FileKind::Disc)));
}

/// Proves that a member whose own header bears another name than the list is told, and its bytes are kept.
#[test]
fn two_names_for_one_member_are_told() {
    let mut bytes = zip_of(&[("one.txt", LETTER), ("two.txt", LETTER)]);
    let at = bytes.windows(7).position(|window| window == b"one.txt").unwrap();
    bytes[at] = b'X';
    let outcome = examine("x.zip", &bytes);
    assert!(matches!(&outcome.sink.members[0].end, MemberEnd::Flawed(why) if why.reason == Reason::Damaged));
    assert_eq!((outcome.sink.members[0].bytes.as_slice(), outcome.names()), (LETTER, vec!["one.txt", "two.txt"]));
}

/// Proves that a damaged size field is not mistaken for a bomb: the members still come out.
#[test]
fn an_impossible_claim_is_no_bomb() {
    let mut bytes = zip_of(&[("one.txt", LETTER), ("two.txt", LETTER)]);
    let list = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[list + 27] = 0x70;
    let outcome = examine("x.zip", &bytes);
    assert!(!outcome.facts.has(Reason::ArchiveBomb));
    assert!(outcome.sink.members.iter().all(|member| member.bytes == LETTER));
    assert_eq!(outcome.sink.members[1].end, MemberEnd::Whole);
    assert_eq!(outcome.facts.readable, Readable::Partial);
}

/// Proves that limits of entries, names and bytes hold, each with its own reason.
#[test]
fn limits_hold() {
    let bytes = zip_of(&[("one", LETTER), ("two", LETTER), ("three", LETTER)]);
    let few = Limits { container_entries_max: 2, ..Limits::default() };
    let outcome = examine_with("x.zip", &bytes, &[], &few);
    assert_eq!((outcome.sink.members.len(), outcome.facts.readable), (2, Readable::Partial));
    assert!(outcome.facts.has(Reason::TooManyEntries));

    let short = Limits { name_bytes_max: 3, ..Limits::default() };
    let outcome = examine_with("x.zip", &bytes, &[], &short);
    assert!(outcome.sink.members[2].is_withheld_for(Reason::Damaged));
    assert_eq!(outcome.sink.members[2].raw_name, b"thr");

    let small = Limits { container_bytes_max: 100, ..Limits::default() };
    for bytes in [bytes, tar_of(&[("one", LETTER), ("two", LETTER)]), gzip_of(&LETTER.repeat(10))] {
        let outcome = examine_with("x", &bytes, &[], &small);
        assert!(outcome.facts.has(Reason::ArchiveBomb));
        assert_eq!(outcome.facts.readable, Readable::No);
    }
}

/// Proves that a stream that swells out of all proportion is ended although it claims no size.
#[test]
fn a_gzip_bomb_is_ended() {
    let outcome = examine("zeros.gz", &gzip_of(&vec![0; 100 << 20]));
    assert!(outcome.facts.has(Reason::ArchiveBomb));
    assert!(outcome.sink.bytes < 65 << 20);
}

/// Proves that tar, with long names and compressed, gives names and bytes, and that a cut is told.
#[test]
fn tar_is_read_plain_and_compressed() {
    let long = format!("{}/letter.txt", "folder".repeat(40));
    let plain = tar_of(&[("one.txt", LETTER), (&long, LETTER)]);
    for (name, bytes, format) in [
        ("x.tar", plain.clone(), "tar"),
        ("x.tgz", gzip_of(&plain), "tar+gzip"),
        ("no-extension", gzip_of(&plain), "tar+gzip"),
    ] {
        let outcome = examine(name, &bytes);
        assert_eq!(outcome.names(), ["one.txt", long.as_str()], "{name}");
        assert_eq!(outcome.facts.container.unwrap().format, format);
        assert_eq!(outcome.facts.readable, Readable::Yes);
    }
    let noise = noise(20_000);
    let whole = tar_of(&[("one.txt", LETTER), ("two.bin", &noise)]);
    let cut = examine("x.tar", &whole[..10_000]);
    assert_eq!(cut.facts.readable, Readable::Partial);
    assert!(cut.facts.has(Reason::Truncated));
    assert!(matches!(&cut.sink.members[1].end, MemberEnd::Flawed(why) if why.reason == Reason::Truncated));
}

/// Proves that single streams give one member under a fitting name, and that a wrong checksum is told.
#[test]
fn single_streams_give_one_member() {
    let mut bytes = gzip_of(LETTER);
    let outcome = examine("letter.txt.gz", &bytes);
    assert_eq!((outcome.names(), outcome.facts.readable), (vec!["letter.txt"], Readable::Yes));
    let twice = [gzip_of(LETTER), gzip_of(LETTER), vec![0; 512]].concat();
    let outcome = examine("letter.txt.gz", &twice);
    assert_eq!((outcome.sink.members[0].bytes.len(), outcome.facts.readable), (2 * LETTER.len(), Readable::Yes));
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    assert_eq!(examine("letter.txt.gz", &bytes).facts.readable, Readable::No);

    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(LETTER).unwrap();
    let outcome = examine("letter.txt.bz2", &encoder.finish().unwrap());
    assert_eq!((outcome.kind, outcome.sink.members[0].bytes == LETTER), ("bzip2", true));
    let xz = data_encoding::HEXLOWER.decode(XZ_OF_HELLO.as_bytes()).unwrap();
    let outcome = examine("hello.xz", &xz);
    assert_eq!((outcome.kind, outcome.sink.members[0].bytes.as_slice()), ("xz", &b"hello\n"[..]));
    assert_eq!(outcome.facts.readable, Readable::Yes);
}

/// `hello` and a line feed, by xz.
const XZ_OF_HELLO: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a301000568656c6c6f0a000000a56097f194f6fde000011e06c12fa41d1fb6f37d010000000004595a";

/// Proves that members packed in a way that is not known are listed as such, and the rest is delivered.
#[test]
fn unknown_packing_is_not_called_damage() {
    let mut bytes = zip_of(&[("one.txt", LETTER), ("two.txt", LETTER)]);
    for (magic, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let found = bytes.windows(4).position(|window| window == magic).unwrap();
        bytes[found + at] = 98;
    }
    let outcome = examine("x.zip", &bytes);
    assert!(outcome.sink.members[0].is_withheld_for(Reason::UnsupportedFormat), "{:?}", outcome.sink.members[0].end);
    assert_eq!(outcome.sink.members[1].end, MemberEnd::Whole);
    assert_eq!(outcome.facts.readable, Readable::Partial);
    assert!(!outcome.facts.has(Reason::Damaged));
}

/// Proves that formats that are known and not read are never called damaged.
#[test]
fn unread_formats_are_told() {
    // The directory is the first sector of 512 bytes after the head.
    let mut ole = vec![0; 2048];
    ole[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    ole[30] = 9;
    let stream: Vec<u8> = "WordDocument".encode_utf16().flat_map(u16::to_le_bytes).collect();
    ole[640..640 + stream.len()].copy_from_slice(&stream);
    let mut udf = vec![0; 17 * 2048];
    udf[16 * 2048 + 1..16 * 2048 + 6].copy_from_slice(b"BEA01");
    let cases: [(&[u8], FileKind); 7] = [
        (b"7z\xBC\xAF\x27\x1C\0\x04", FileKind::Archive),
        (b"Rar!\x1A\x07\x01\0", FileKind::Archive),
        (b"MSH|^~\\&|LAB|HOSPITAL|||20240101||ORU^R01|1|P|2.5\r", FileKind::Message),
        (b"{\"resourceType\":\"Bundle\"}", FileKind::Message),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", FileKind::Image),
        (&ole, FileKind::Office),
        (&udf, FileKind::Disc),
    ];
    for (bytes, kind) in cases {
        let outcome = examine("x", bytes);
        assert_eq!((outcome.facts.kind, outcome.facts.readable), (Some(kind), Readable::No));
        assert!(outcome.facts.has(Reason::UnsupportedFormat) && !outcome.facts.has(Reason::Damaged), "{kind}");
    }
}
