//! Hamamatsu NDPI larger than 4 GiB: classic TIFF whose offsets of directories have 64 bits all the same, and whose
//! values elsewhere do not. What stands in the first directory itself can be believed; the rest is said to be unknown.

use super::directory::{Tiff, tag};
use crate::domain::{
    facts::{Facts, FileKind, Readable, SlideFacts},
    reason::Reason,
};

/// Classic TIFF counts in 32 bits.
const CLASSIC_BYTES_MAX: u64 = 1 << 32;

/// Is it larger than its own offsets can count?
pub(super) fn is_beyond_classic(tiff: &Tiff<'_>) -> bool {
    !tiff.is_big() && tiff.length() > CLASSIC_BYTES_MAX
}

/// Facts of such a file, if its first directory is one of Hamamatsu's. It is not damaged: we cannot follow it.
pub(super) fn beyond_classic(tiff: &mut Tiff<'_>) -> Option<Facts> {
    if !is_beyond_classic(tiff) {
        return None;
    }
    let first = tiff.first_directory_by_64_bits().filter(|directory| directory.has(tag::NDPI_FORMAT))?;
    Some(unavailable(SlideFacts {
        vendor: "hamamatsu".to_owned(),
        width: tiff.first(&first, tag::WIDTH).unwrap_or(0),
        height: tiff.first(&first, tag::HEIGHT).unwrap_or(0),
        magnification: tiff.real(&first, tag::NDPI_LENS).filter(|power| *power > 0.0),
        ..SlideFacts::default()
    }))
}

/// Facts of a slide of which no more is known than this. Nothing looks at it again later: that it is pending would have
/// somebody wait for ever.
pub(super) fn unavailable(slide: SlideFacts) -> Facts {
    let mut facts = Facts::of(FileKind::Slide, Readable::Undetermined);
    facts.slide = Some(slide);
    let detail =
        "an NDPI slide of more than 4 GiB: its tiles are not looked at here, and it may be whole; open it in a viewer";
    facts.observe(Reason::UnsupportedFormat, detail);
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Source;
    use std::io::{Read, Seek, SeekFrom};

    /// A file of five gigabytes with something at its head and at its end only.
    struct Sparse {
        head: Vec<u8>,
        tail: (u64, Vec<u8>),
        at: u64,
    }

    impl Read for Sparse {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let left = Source::bytes(self).saturating_sub(self.at);
            let length = buffer.len().min(left as usize);
            for byte in &mut buffer[..length] {
                let behind = self.at.checked_sub(self.tail.0).and_then(|place| self.tail.1.get(place as usize));
                *byte = behind.or_else(|| self.head.get(self.at as usize)).copied().unwrap_or(0);
                self.at += 1;
            }
            Ok(length)
        }
    }

    impl Seek for Sparse {
        fn seek(&mut self, place: SeekFrom) -> std::io::Result<u64> {
            let SeekFrom::Start(at) = place else { return Err(std::io::ErrorKind::Unsupported.into()) };
            self.at = at;
            Ok(at)
        }
    }

    impl Source for Sparse {
        fn bytes(&self) -> u64 {
            5 << 30
        }
    }

    fn entry(tag: u16, kind: u16, value: u32) -> Vec<u8> {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()].concat()
    }

    /// Proves that a slide whose first directory lies beyond 4 GiB is found by its 64-bit offset, and another TIFF of
    /// that size is not taken for one.
    #[test]
    fn the_first_directory_is_found_far_out() {
        let at = (4_u64 << 30) + 1024;
        let rows = [
            entry(tag::WIDTH, 4, 122_880),
            entry(tag::HEIGHT, 4, 110_592),
            entry(tag::NDPI_FORMAT, 4, 1),
            entry(tag::NDPI_LENS, 11, 40_f32.to_bits()),
        ];
        let directory = [4_u16.to_le_bytes().to_vec(), rows.concat(), vec![0; 8]].concat();
        let head = [b"II*\0".to_vec(), at.to_le_bytes().to_vec()].concat();
        let mut source = Sparse { head, tail: (at, directory), at: 0 };
        let facts = beyond_classic(&mut Tiff::open(&mut source).unwrap()).unwrap();
        let slide = facts.slide.as_ref().unwrap();
        assert_eq!((slide.width, slide.height, slide.magnification), (122_880, 110_592, Some(40.0)));
        assert!(facts.has(Reason::UnsupportedFormat) && !facts.has(Reason::Damaged));
        assert!(!facts.has(Reason::ReadingPending), "nothing of it is read later");
        let mut other = Sparse { head: b"II*\0\x08\0\0\0\x01\0".to_vec(), tail: (at, Vec::new()), at: 0 };
        assert_eq!(beyond_classic(&mut Tiff::open(&mut other).unwrap()), None);
    }
}
