//! Several files of an index in one sealed object.
//!
//! A segment of tantivy is six immutable files; each as an object of its own would cost a key exchange and a durable
//! write. So a segment is one object, and what changes with every commit (`meta.json` and the lists of deleted
//! documents) is another.
//!
//! Format, version 1, numbers little-endian: `CGIX`, `u8` version, `u32` count, then per file `u16` length of the
//! name, the name, `u64` length of the bytes, the bytes. Nothing may follow. Files are ordered by name.

use std::collections::BTreeMap;
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 5] = b"CGIX\x01";

/// Files by name. Cloning is cheap: the bytes are shared.
pub(super) type Files = BTreeMap<String, OwnedBytes>;

/// Writes files as one bundle.
pub(super) fn pack(files: &Files) -> Vec<u8> {
    let bytes: usize = files.iter().map(|(name, bytes)| name.len() + bytes.len() + 10).sum();
    let mut packed = Vec::with_capacity(MAGIC.len() + 4 + bytes);
    packed.extend_from_slice(MAGIC);
    packed.extend_from_slice(&u32::try_from(files.len()).expect("an index has few files").to_le_bytes());
    for (name, bytes) in files {
        packed.extend_from_slice(&u16::try_from(name.len()).expect("tantivy's names are short").to_le_bytes());
        packed.extend_from_slice(name.as_bytes());
        packed.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        packed.extend_from_slice(bytes.as_slice());
    }
    packed
}

/// Reads a bundle without copying its files; `None` where it is none of ours or cut.
pub(super) fn unpack(packed: OwnedBytes) -> Option<Files> {
    let mut at = 0;
    if packed.get(..MAGIC.len())? != MAGIC {
        return None;
    }
    at += MAGIC.len();
    let count = u32::from_le_bytes(take(&packed, &mut at, 4)?.try_into().ok()?);
    let mut files = Files::new();
    for _ in 0..count {
        let length = u16::from_le_bytes(take(&packed, &mut at, 2)?.try_into().ok()?);
        let name = std::str::from_utf8(take(&packed, &mut at, length.into())?).ok()?.to_owned();
        let length = u64::from_le_bytes(take(&packed, &mut at, 8)?.try_into().ok()?);
        let length = usize::try_from(length).ok()?;
        let start = at;
        take(&packed, &mut at, length)?;
        files.insert(name, packed.slice(start..at));
    }
    (at == packed.len()).then_some(files)
}

fn take<'a>(bytes: &'a OwnedBytes, at: &mut usize, length: usize) -> Option<&'a [u8]> {
    let end = at.checked_add(length)?;
    let taken = bytes.get(*at..end)?;
    *at = end;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(files: &Files) -> Vec<(String, Vec<u8>)> {
        files.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice().to_vec())).collect()
    }

    proptest! {
        /// Proves that bundles read back as written, and that every shortened one is refused.
        #[test]
        fn round_trip(files in proptest::collection::btree_map("[a-z.]{1,9}", proptest::collection::vec(any::<u8>(), 0..40), 0..4)) {
            let files: Files = files.into_iter().map(|(name, bytes)| (name, OwnedBytes::new(bytes))).collect();
            let packed = pack(&files);
            let read = unpack(OwnedBytes::new(packed.clone()));
            prop_assert_eq!(read.as_ref().map(plain), Some(plain(&files)));
            for end in 0..packed.len() {
                prop_assert!(unpack(OwnedBytes::new(packed[..end].to_vec())).is_none());
            }
            let longer = [packed.as_slice(), b"x"].concat();
            prop_assert!(unpack(OwnedBytes::new(longer)).is_none());
        }

        /// Proves that arbitrary bytes do no harm.
        #[test]
        fn noise(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = unpack(OwnedBytes::new([MAGIC.as_slice(), &bytes].concat()));
        }
    }
}
