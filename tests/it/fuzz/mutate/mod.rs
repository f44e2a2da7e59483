//! One damaged copy of a document: faults that any bytes can have, and faults that know how the format is built, so
//! that they get past its first check.

mod binary;
mod checksums;
mod marked;
mod plain;
mod written;

use crate::support::random::Random;

/// How a format is built, as far as faults need to know it.
type Spoiler = fn(&mut Vec<u8>, &mut Random);

/// A copy with one to four faults; `other` lends bytes for a splice.
pub(super) fn mutant(original: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            break;
        }
        match spoiler(&bytes).filter(|_| random.below(2) == 0) {
            Some(spoil) => spoil(&mut bytes, random),
            None => plain::spoil(&mut bytes, other, random),
        }
    }
    // Behind a wrong checksum hardly anything is read.
    if random.below(4) > 0 {
        checksums::mend(&mut bytes);
    }
    bytes
}

fn spoiler(bytes: &[u8]) -> Option<Spoiler> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', ..] => marked::png,
        [0xFF, 0xD8, ..] => marked::jpeg,
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => binary::tiff,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => marked::boxes,
        _ if bytes.starts_with(b"%PDF") => written::pdf,
        _ if bytes.get(128..132) == Some(b"DICM") => binary::dicom,
        _ => return None,
    })
}

/// One of these.
fn any<T: Copy>(choices: &[T], random: &mut Random) -> T {
    choices[random.below(choices.len() as u64) as usize]
}

/// Puts a number there, as far as there is room.
fn put(bytes: &mut [u8], at: usize, number: &[u8]) {
    for (place, byte) in bytes.iter_mut().skip(at).zip(number) {
        *place = *byte;
    }
}

/// Proves that a damaged copy is the same for the same seed, that copies differ, and that those of a PNG keep sums that
/// a strict reader accepts.
#[test]
fn copies_are_the_same_every_time() {
    let original = include_bytes!("../../../../samples/image/grey.png");
    let copies = |seed| {
        let mut random = Random::new(seed);
        (0..300).map(|_| mutant(original, b"other", &mut random)).collect::<Vec<_>>()
    };
    let first = copies(7);
    assert_eq!(first, copies(7));
    assert_ne!(first, copies(8));
    let mut mended = original.to_vec();
    mended[16] ^= 1;
    let spoiled = mended.clone();
    checksums::mend(&mut mended);
    assert_ne!(mended, spoiled);
    let mut whole = original.to_vec();
    checksums::mend(&mut whole);
    assert_eq!(whole, original, "what is right stays");
}
