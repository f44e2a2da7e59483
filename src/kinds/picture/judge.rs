//! From a walk to facts: the same steps for every format of picture.

use super::{Walk, bmp, decode, gif, jpeg, png, webp};
use crate::{
    domain::{
        facts::{Facts, FileKind, PageFacts, PictureFacts, Readable, SlideFacts},
        limits::Limits,
        reason::Reason,
    },
    kinds::{
        Exam, Kind, Probe, Source,
        docs::read::{length_of, read_range},
    },
};
use image::ImageFormat;
use std::io::{BufReader, SeekFrom};

/// PNG, for [`crate::kinds::ALL`].
pub static PNG: &dyn Kind = &Picture {
    name: "png",
    format: ImageFormat::Png,
    is: |head| head.starts_with(b"\x89PNG\r\n\x1A\n"),
    walk: png::walk,
};

/// JPEG, for [`crate::kinds::ALL`].
pub static JPEG: &dyn Kind = &Picture {
    name: "jpeg",
    format: ImageFormat::Jpeg,
    is: |head| head.starts_with(b"\xFF\xD8\xFF"),
    walk: jpeg::walk,
};

/// GIF, for [`crate::kinds::ALL`].
pub static GIF: &dyn Kind = &Picture {
    name: "gif",
    format: ImageFormat::Gif,
    is: |head| head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a"),
    walk: gif::walk,
};

/// BMP, for [`crate::kinds::ALL`].
pub static BMP: &dyn Kind = &Picture { name: "bmp", format: ImageFormat::Bmp, is: is_bmp, walk: bmp::walk };

/// WebP, for [`crate::kinds::ALL`].
pub static WEBP: &dyn Kind = &Picture {
    name: "webp",
    format: ImageFormat::WebP,
    is: |head| head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
    walk: webp::walk,
};

/// Bytes behind a picture that are looked at for another file's beginning.
const TAIL_BYTES: u64 = 4_096;

struct Picture {
    name: &'static str,
    format: ImageFormat,
    is: fn(&[u8]) -> bool,
    walk: fn(&mut dyn Source) -> Walk,
}

impl Kind for Picture {
    fn name(&self) -> &'static str {
        self.name
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Image
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        (self.is)(probe.head)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let walk = (self.walk)(&mut *exam.source);
        let mut facts = Facts::of(FileKind::Image, Readable::Undetermined);
        // A broken structure may claim a block of any size; nothing in it is worth allocating that.
        let readable_exif =
            walk.flaw.is_none() && matches!(self.format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP);
        facts.picture = Some(PictureFacts {
            width: u32::try_from(walk.width).unwrap_or(u32::MAX),
            height: u32::try_from(walk.height).unwrap_or(u32::MAX),
            orientation: if readable_exif { orientation(exam.source) } else { 1 },
            pages: walk.frames,
        });
        facts.pages.push(PageFacts { page: 1, pictures: 1, ..PageFacts::default() });
        note_tail(exam.source, &walk, &mut facts);
        let flaw = walk
            .flaw
            .clone()
            .or_else(|| too_large(walk.width, walk.height, exam.limits))
            .or_else(|| undecodable(exam.source, &walk, self.format));
        match flaw {
            Some((reason, detail)) => {
                facts.observe(reason, detail);
                facts.readable = Readable::No;
            }
            None => {
                facts.observe(Reason::ImageOnly, format!("{} by {} pixels", walk.width, walk.height));
                note_others(&mut facts, walk.frames);
            }
        }
        as_slide(&mut facts, &exam.name.extension(), self.format);
        facts
    }
}

/// Only the first picture of a file is read: a moving one is seen in it, a second page is not.
pub(super) fn note_others(facts: &mut Facts, pictures: u32) {
    if pictures > 1 {
        let detail = format!("{pictures} pictures in one file; the first is read, the others are not looked at");
        facts.observe(Reason::UnsupportedFormat, detail);
    }
}

/// More pixels than any picture we would decode: a bomb, or nothing a family sends.
pub fn too_large(width: u64, height: u64, limits: &Limits) -> Option<(Reason, String)> {
    let pixels = u128::from(width) * u128::from(height);
    (pixels > u128::from(limits.picture_pixels_max)).then(|| {
        let detail = format!("{width} by {height} pixels claimed, {} allowed", limits.picture_pixels_max);
        (Reason::ArchiveBomb, detail)
    })
}

fn undecodable(source: &mut dyn Source, walk: &Walk, format: ImageFormat) -> Option<(Reason, String)> {
    if walk.pixels() > decode::PIXELS_MAX {
        return None;
    }
    decode::fault(source, format).map(|fault| (Reason::Damaged, format!("cannot be decoded: {fault}")))
}

/// EXIF orientation (Exif 2.32, tag 0x0112), 1 where there is none.
pub(crate) fn orientation(source: &mut dyn Source) -> u8 {
    if source.seek(SeekFrom::Start(0)).is_err() {
        return 1;
    }
    let read = exif::Reader::new().read_from_container(&mut BufReader::new(source));
    let stated =
        read.ok().and_then(|exif| exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0));
    stated.and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// Another file behind the picture. Phones put films and second pictures there; archives and programs hide there.
pub(super) fn note_tail(source: &mut dyn Source, walk: &Walk, facts: &mut Facts) {
    let bytes = length_of(source);
    let behind = bytes.saturating_sub(walk.end);
    if walk.end == 0 || behind < 4 {
        return;
    }
    let start = read_range(source, walk.end, TAIL_BYTES);
    let last = read_range(source, bytes.saturating_sub(TAIL_BYTES).max(walk.end), TAIL_BYTES);
    let holds = |bytes: &[u8], magic: &[u8]| bytes.windows(magic.len()).any(|window| window == magic);
    let found = [
        ("ZIP", b"PK\x03\x04".as_slice()),
        ("ZIP", b"PK\x05\x06"),
        ("RAR", b"Rar!\x1A\x07"),
        ("7z", b"7z\xBC\xAF\x27\x1C"),
        ("PDF", b"%PDF-"),
        ("ELF", b"\x7FELF"),
        ("Windows program", b"This program cannot be run in DOS mode"),
    ]
    .into_iter()
    .find(|(_, magic)| holds(&start, magic) || holds(&last, magic));
    if let Some((name, _)) = found {
        facts.observe(Reason::Polyglot, format!("{name} within the {behind} bytes behind the picture"));
    }
}

/// A MIRAX slide is a JPEG beside a folder that bears its name; and what is broken as a JPEG but named like a slide
/// is a broken slide.
fn as_slide(facts: &mut Facts, extension: &str, format: ImageFormat) {
    if format != ImageFormat::Jpeg {
        return;
    }
    if extension == "mrxs" {
        facts.kind = Some(FileKind::Slide);
        facts.slide = Some(SlideFacts { vendor: "mirax".to_owned(), label_image: true, ..SlideFacts::default() });
        facts.observations.retain(|observation| observation.reason != Reason::ImageOnly);
    } else if facts.readable == Readable::No && crate::kinds::slide::slide_name(extension) {
        facts.kind = Some(FileKind::Slide);
    }
}

/// A bitmap begins with two letters only, so its header must make sense too.
fn is_bmp(head: &[u8]) -> bool {
    let number = |at: usize| head.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    head.starts_with(b"BM")
        && number(14).is_some_and(|header| matches!(header, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
        && number(10).is_some_and(|first| (26..=100_000).contains(&first))
}
