//! Our writer and reader against the age crate and, where it is installed, the `age` command.

use super::*;
use crate::lacking::{Lack, skip};
use age::secrecy::ExposeSecret;
use proptest::prelude::*;
use std::{io::Write, process::Stdio};

const KIB64: usize = CHUNK_BYTES;
const LENGTHS: [usize; 8] = [0, 1, KIB64 - 1, KIB64, KIB64 + 1, 2 * KIB64, 5 * KIB64 + 77, 20 * KIB64];

/// The same secret for both implementations.
fn pair() -> (age::x25519::Identity, CaseKeys) {
    let theirs = age::x25519::Identity::generate();
    let ours = CaseKeys::from_identity_text(theirs.to_string().expose_secret()).unwrap();
    (theirs, ours)
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + index / 251) as u8).collect()
}

/// Opens a part by ranges, as the reader of objects does.
fn open(keys: &CaseKeys, recorded: &HeaderDigest, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let opener = PartOpener::open(keys, recorded, sealed, sealed.len() as u64)?;
    opener.open_all(sealed).map(|plain| plain.to_vec())
}

fn digest_of(sealed: &[u8]) -> HeaderDigest {
    header::digest(&sealed[..Header::parse(sealed).unwrap().length])
}

/// What we write, the age crate opens; what we read back is the same, and the lengths are as foretold.
#[test]
fn ours_opens_in_age() {
    let (theirs, ours) = pair();
    for length in LENGTHS {
        let plain = text(length);
        let sealed = seal_part(&ours.recipient(), &plain);
        assert_eq!(age::decrypt(&theirs, &sealed.bytes).unwrap(), plain, "{length}");
        assert_eq!(open(&ours, &sealed.header, &sealed.bytes).unwrap(), plain, "{length}");
        let opener = PartOpener::open(&ours, &sealed.header, &sealed.bytes, sealed.bytes.len() as u64).unwrap();
        assert_eq!(opener.plain_bytes(), length as u64);
    }
}

/// What the age crate writes, with its extra stanzas, ours opens, also chunks out of order.
#[test]
fn age_opens_in_ours() {
    let (theirs, ours) = pair();
    let stranger = age::x25519::Identity::generate().to_public();
    for length in LENGTHS {
        let plain = text(length);
        let both: [&dyn age::Recipient; 2] = [&stranger, &theirs.to_public()];
        let mut sealed = Vec::new();
        let encryptor = age::Encryptor::with_recipients(both.into_iter()).unwrap();
        let mut writer = encryptor.wrap_output(&mut sealed).unwrap();
        writer.write_all(&plain).unwrap();
        writer.finish().unwrap();
        let opener = PartOpener::open(&ours, &digest_of(&sealed), &sealed, sealed.len() as u64).unwrap();
        for index in (0..opener.chunks()).rev() {
            let range = opener.sealed_range(index);
            let chunk = opener.open_chunk(index, &sealed[range.start as usize..range.end as usize]).unwrap();
            let from = index as usize * KIB64;
            assert_eq!(chunk, plain[from..plain.len().min(from + KIB64)], "{length}, chunk {index}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any bytes survive the way through both implementations, in both directions.
    #[test]
    fn any_bytes_go_both_ways(plain in proptest::collection::vec(any::<u8>(), 0..200_000)) {
        let (theirs, ours) = pair();
        let sealed = seal_part(&ours.recipient(), &plain);
        prop_assert_eq!(&age::decrypt(&theirs, &sealed.bytes).unwrap(), &plain);
        let sealed = age::encrypt(&theirs.to_public(), &plain).unwrap();
        prop_assert_eq!(&open(&ours, &digest_of(&sealed), &sealed).unwrap(), &plain);
    }

    /// One flipped bit anywhere, or any cut, is found.
    #[test]
    fn flips_and_cuts_are_found(length in 0_usize..150_000, at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let keys = CaseKeys::generate();
        let sealed = seal_part(&keys.recipient(), &text(length));
        let mut flipped = sealed.bytes.clone();
        let place = at.index(flipped.len());
        flipped[place] ^= 1 << bit;
        prop_assert!(open(&keys, &sealed.header, &flipped).is_err(), "bit {} of byte {}", bit, place);
        prop_assert!(open(&keys, &sealed.header, &sealed.bytes[..place]).is_err(), "cut at {}", place);
    }

    /// No bytes at all make the parser of headers panic.
    #[test]
    fn any_head_is_survived(tail in proptest::collection::vec(any::<u8>(), 0..400), lines in "(-> [X25519 a-zA-Z0-9+/]{0,70}\n){0,4}") {
        let head = [header::MAGIC, lines.as_bytes(), &tail].concat();
        let _ = Header::parse(&head);
        let _ = Header::parse(&tail);
    }
}

/// Every single bit of the header and the payload's nonce counts.
#[test]
fn every_bit_of_the_head_counts() {
    let keys = CaseKeys::generate();
    let sealed = seal_part(&keys.recipient(), b"x");
    for place in 0..sealed.bytes.len() {
        for bit in 0..8 {
            let mut flipped = sealed.bytes.clone();
            flipped[place] ^= 1 << bit;
            assert!(open(&keys, &sealed.header, &flipped).is_err(), "bit {bit} of byte {place}");
        }
    }
}

/// Cuts at chunk borders, swapped or doubled chunks and bytes put behind are found.
#[test]
fn moved_chunks_are_found() {
    let keys = CaseKeys::generate();
    let sealed = seal_part(&keys.recipient(), &text(3 * KIB64));
    let whole = &sealed.bytes;
    let chunk = SEALED_CHUNK_BYTES as usize;
    let start = whole.len() - 3 * chunk;
    let found = |bytes: Vec<u8>, what: &str| {
        assert!(matches!(open(&keys, &sealed.header, &bytes), Err(SealError::Damaged(_))), "{what}");
    };
    found(whole[..start].to_vec(), "no chunk");
    found(whole[..start + chunk].to_vec(), "one chunk");
    found(whole[..start + 2 * chunk].to_vec(), "two chunks");
    found([whole, &whole[whole.len() - chunk..]].concat(), "last chunk doubled");
    found([whole.as_slice(), &[0; 16]].concat(), "an empty chunk behind");
    found([whole.as_slice(), b"x"].concat(), "a byte behind");
    let mut swapped = whole.clone();
    swapped[start..start + 2 * chunk].rotate_left(chunk);
    found(swapped, "chunks swapped");
}

/// A part of the same case in another's place, though authentic in itself, is found by the recorded header.
#[test]
fn a_swapped_part_is_found() {
    let keys = CaseKeys::generate();
    let one = seal_part(&keys.recipient(), b"one");
    let two = seal_part(&keys.recipient(), b"two");
    assert!(matches!(open(&keys, &one.header, &two.bytes), Err(SealError::Damaged(_))));
    // Its body under the recorded header does not open either: the file key is another.
    let head = Header::parse(&one.bytes).unwrap().length;
    let mixed = [&one.bytes[..head], &two.bytes[head..]].concat();
    assert!(matches!(open(&keys, &one.header, &mixed), Err(SealError::Damaged(_))));
}

/// Another case's keys do not open a part, and say so.
#[test]
fn wrong_keys_are_named() {
    let sealed = seal_part(&CaseKeys::generate().recipient(), b"x");
    assert!(matches!(open(&CaseKeys::generate(), &sealed.header, &sealed.bytes), Err(SealError::WrongKey)));
}

/// A header that claims to go on for ever ends at the limit.
#[test]
fn an_endless_header_is_refused() {
    let mut head = header::MAGIC.to_vec();
    head.extend_from_slice(b"-> X\n");
    head.extend(std::iter::repeat_n([b'A'; 64], 10_000).flat_map(|line| [&line[..], b"\n"].concat()));
    assert!(matches!(Header::parse(&head), Err(SealError::Damaged(_))));
}

/// The stock command opens what we write, and we open what it writes.
#[test]
#[expect(clippy::disallowed_methods, reason = "the stock command is the oracle of this test")]
fn the_stock_command_agrees() {
    let command = |arguments: &[&std::ffi::OsStr], input: &[u8]| -> std::io::Result<Vec<u8>> {
        let mut child = std::process::Command::new("age")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feed = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output()?;
        feed.join().unwrap()?;
        assert!(output.status.success());
        Ok(output.stdout)
    };
    if let Err(error) = command(&["--version".as_ref()], b"") {
        return skip(Lack::Installable, &format!("the age command is not installed ({error})"));
    }
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("case.key");
    let keys = CaseKeys::generate();
    std::fs::write(&key_file, keys.identity().expose_key_file("test").as_bytes()).unwrap();
    let plain = text(3 * KIB64 + 5);
    let sealed = seal_part(&keys.recipient(), &plain);
    let opened = command(&["-d".as_ref(), "-i".as_ref(), key_file.as_ref()], &sealed.bytes).unwrap();
    assert_eq!(opened, plain);
    let recipient = keys.recipient().to_string();
    let theirs = command(&["-r".as_ref(), recipient.as_ref()], &plain).unwrap();
    assert_eq!(open(&keys, &digest_of(&theirs), &theirs).unwrap(), plain);
}

/// Prints how fast parts are sealed and opened, beside the age crate. By hand:
/// `cargo test --release --lib seal::stream -- --ignored --nocapture`.
#[test]
#[ignore = "prints figures, judges nothing"]
fn figures() {
    let (theirs, ours) = pair();
    for bytes in [526_000, 4 << 20] {
        let plain = text(bytes);
        let rounds = (256 << 20) / bytes;
        let time = |what: &str, work: &dyn Fn()| {
            let start = std::time::Instant::now();
            (0..rounds).for_each(|_| work());
            let seconds = start.elapsed().as_secs_f64();
            println!("{bytes:>8} {what:>12}: {:.0} MB/s", (bytes * rounds) as f64 / seconds / 1e6);
        };
        let sealed = seal_part(&ours.recipient(), &plain);
        time("seal ours", &|| drop(seal_part(&ours.recipient(), &plain)));
        time("seal age", &|| drop(age::encrypt(&theirs.to_public(), &plain).unwrap()));
        time("open ours", &|| {
            let opener = PartOpener::open(&ours, &sealed.header, &sealed.bytes, sealed.bytes.len() as u64).unwrap();
            for index in 0..opener.chunks() {
                let range = opener.sealed_range(index);
                drop(opener.open_chunk(index, &sealed.bytes[range.start as usize..range.end as usize]).unwrap());
            }
        });
        time("open age", &|| drop(age::decrypt(&theirs, &sealed.bytes).unwrap()));
    }
}
