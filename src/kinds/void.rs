//! Files that were never written: a stick that dies or a copy that breaks off leaves zeros, or the ones of erased memory,
//! as long as the document was.

use super::Source;

/// Places that are looked at, spread over the whole.
const PLACES: u64 = 64;

/// Bytes looked at in each.
const PLACE_BYTES: u64 = 4096;

/// The byte that everything consists of wherever it is looked at, if it is one that stands for nothing. Up to 256 KiB are
/// looked at as a whole. What cannot be read is not known to be void.
pub fn filling(source: &mut dyn Source) -> Option<u8> {
    let bytes = Source::bytes(source);
    let filler = *source.glimpse(0, 1).ok()?.first()?;
    if !matches!(filler, 0x00 | 0xFF) {
        return None;
    }
    let step = bytes.div_ceil(PLACES).max(PLACE_BYTES);
    let last = bytes.saturating_sub(PLACE_BYTES);
    let mut at = 0;
    while at < bytes {
        let length = usize::try_from(PLACE_BYTES.min(bytes - at)).ok()?;
        if source.glimpse(at, length).ok()?.iter().any(|byte| *byte != filler) {
            return None;
        }
        at += step;
    }
    let length = usize::try_from(bytes - last).ok()?;
    source.glimpse(last, length).ok()?.iter().all(|byte| *byte == filler).then_some(filler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Proves that zeros and ones are seen in every length, and that one other byte at either end, or anywhere in a small
    /// file, is content.
    #[test]
    fn nothing_but_filling() {
        for bytes in [1, 100, 4096, 4097, 100_000, 3_000_000] {
            assert_eq!(filling(&mut Cursor::new(vec![0; bytes])), Some(0), "{bytes}");
            assert_eq!(filling(&mut Cursor::new(vec![0xFF; bytes])), Some(0xFF), "{bytes}");
            assert_eq!(filling(&mut Cursor::new(vec![b' '; bytes])), None, "{bytes}");
            let mut end = vec![0; bytes];
            end[bytes - 1] = 1;
            assert_eq!(filling(&mut Cursor::new(end)), None, "{bytes}");
        }
        for at in (0..200_000).step_by(1_771) {
            let mut content = vec![0; 200_000];
            content[at] = 1;
            assert_eq!(filling(&mut Cursor::new(content)), None, "{at}");
        }
        assert_eq!(filling(&mut Cursor::new(Vec::new())), None);
    }
}
