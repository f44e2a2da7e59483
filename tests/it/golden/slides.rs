//! Slides that are too large to be samples: their heads are made, the rest of the file is a hole.

use crate::casework::{Making, codes, row};
use casegate::{
    casework::{gate, waivers},
    domain::{
        entry::Outcome,
        facts::{Facts, FileKind, Readable},
        job::OpenWork,
        limits::{Limits, SNIFF_BYTES_MAX},
        path::RawName,
        reason::{Reason, Severity},
        time::Instant,
    },
    kinds::{Exam, Probe, Source, recognise},
};
use std::{
    fs::File,
    io::{Read, Result, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
};

/// TIFF tags of width, height and of Hamamatsu's own mark.
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const NDPI_FORMAT: u16 = 65_420;

/// Bytes of a slide that its own offsets cannot count.
const BYTES: u64 = 5 << 30;

/// A file as a source.
struct OfFile(File);

impl Read for OfFile {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for OfFile {
    fn seek(&mut self, place: SeekFrom) -> Result<u64> {
        self.0.seek(place)
    }
}

impl Source for OfFile {
    fn bytes(&self) -> u64 {
        BYTES
    }
}

fn field(tag: u16, value: u32) -> Vec<u8> {
    [&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()].concat()
}

/// An NDPI slide of five gigabytes whose first directory lies here.
fn large_ndpi(directory_at: u64) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&[&b"II*\0"[..], &directory_at.to_le_bytes()].concat()).unwrap();
    let fields = [field(WIDTH, 122_880), field(HEIGHT, 110_592), field(NDPI_FORMAT, 1)].concat();
    file.write_all_at(&[&3_u16.to_le_bytes()[..], &fields, &[0; 8]].concat(), directory_at).unwrap();
    file.set_len(BYTES).unwrap();
    file
}

fn examined(file: File) -> Facts {
    let name = RawName::from_text("slide.ndpi");
    let mut head = vec![0; SNIFF_BYTES_MAX];
    file.read_exact_at(&mut head, 0).unwrap();
    let kind = recognise(&Probe { head: &head, bytes: BYTES, name: &name }).unwrap();
    let (limits, mut kept, mut file) = (Limits::default(), super::docs::Kept::default(), OfFile(file));
    kind.examine(&mut Exam { source: &mut file, name: &name, passwords: &[], limits: &limits, sink: &mut kept })
}

/// Proves that a slide that is too large for its own offsets is a stored slide with a warning that can be accepted, and never
/// one that is still being read: nothing would ever end that.
#[test]
fn nobody_waits_for_a_slide_that_is_too_large() {
    for directory_at in [1024, (4 << 30) + 1024] {
        let mut making = Making::default();
        making.add("slide.ndpi", examined(large_ndpi(directory_at)));
        let (file, overlay) = making.judged();
        let rows = making.ledger();
        let slide = row(&rows, "slide.ndpi");
        assert_eq!(
            (slide.kind, slide.outcome, slide.readable),
            (FileKind::Slide, Outcome::Stored, Readable::Undetermined)
        );
        assert_eq!(codes(slide), [Reason::UnsupportedFormat], "{directory_at}");
        assert_eq!(slide.reasons[0].severity, Severity::Warn);
        assert!(slide.reasons[0].detail.contains("may be whole"));
        assert!(waivers::refusal(slide.reasons[0].code).is_none());
        assert!(gate::judge(&file, &overlay, (OpenWork::default(), 1, Instant(1))).ready);
    }
}
