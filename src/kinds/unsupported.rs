//! Formats that are known and not read: the family is asked for another format, never told that the file is damaged.

use super::junk::OLE_MAGIC;
use super::{Exam, Kind, Probe, Source};
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    reason::Reason,
};
use std::io::{Read, SeekFrom};

/// Bytes of an OLE file's directory that are searched for the streams that tell what it is: 32 entries.
const OLE_DIRECTORY_BYTES: u64 = 4096;

/// A format that is known and not read.
struct Format {
    kind: FileKind,
    what: &'static str,
    is: fn(&[u8]) -> bool,
}

/// Asked in this order.
const FORMATS: &[Format] = &[
    Format { kind: FileKind::Archive, what: "a RAR archive", is: |h| h.starts_with(b"Rar!\x1A\x07") },
    Format { kind: FileKind::Archive, what: "a Windows cabinet", is: |h| h.starts_with(b"MSCF\0\0\0\0") },
    Format { kind: FileKind::Archive, what: "a zstd stream", is: |h| h.starts_with(b"\x28\xB5\x2F\xFD") },
    Format { kind: FileKind::Archive, what: "a compress (.Z) stream", is: |h| h.starts_with(b"\x1F\x9D") },
    Format { kind: FileKind::Archive, what: "an LZH archive", is: is_lzh },
    Format { kind: FileKind::Archive, what: "an xar archive", is: |h| h.starts_with(b"xar!\0") },
    Format { kind: FileKind::Archive, what: "a cpio archive", is: |h| h.starts_with(b"07070") },
    Format {
        kind: FileKind::Message,
        what: "an Outlook attachment container",
        is: |h| h.starts_with(b"\x78\x9F\x3E\x22"),
    },
    Format { kind: FileKind::Message, what: "an Outlook mailbox", is: |h| h.starts_with(b"!BDN") },
    Format { kind: FileKind::Image, what: "an AVIF picture", is: is_heif },
    Format { kind: FileKind::Image, what: "a JPEG 2000 picture", is: is_jpeg_2000 },
    Format { kind: FileKind::Image, what: "a JPEG XL picture", is: |h| h.starts_with(b"\0\0\0\x0CJXL \r\n\x87\n") },
    Format { kind: FileKind::Image, what: "a Photoshop picture", is: |h| h.starts_with(b"8BPS") },
    Format { kind: FileKind::Image, what: "a DjVu document", is: |h| h.starts_with(b"AT&TFORM") },
    Format { kind: FileKind::Unknown, what: "a PostScript document", is: |h| h.starts_with(b"%!PS") },
    Format { kind: FileKind::Unknown, what: "a video", is: is_video },
    Format { kind: FileKind::Unknown, what: "a database", is: |h| h.starts_with(b"SQLite format 3\0") },
];

/// Formats that are known and not read, of one [`FileKind`].
#[derive(Debug)]
pub struct Unsupported(pub FileKind);

impl Unsupported {
    fn format(&self, head: &[u8]) -> Option<&'static Format> {
        FORMATS.iter().find(|format| format.kind == self.0 && (format.is)(head))
    }
}

impl Kind for Unsupported {
    fn name(&self) -> &'static str {
        match self.0 {
            FileKind::Archive => "archive-unread",
            FileKind::Message => "message-unread",
            FileKind::Image => "image-unread",
            _ => "unread",
        }
    }

    fn file_kind(&self) -> FileKind {
        self.0
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        self.format(probe.head).is_some()
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let head = head(exam.source);
        unread(self.0, self.format(&head).map_or("a file", |format| format.what))
    }
}

/// OLE compound files: office documents before 2007, Outlook messages, encrypted office documents.
#[derive(Debug)]
pub struct Ole;

impl Kind for Ole {
    fn name(&self) -> &'static str {
        "ole"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Office
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        probe.head.starts_with(OLE_MAGIC)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let directory = ole_directory(exam.source).unwrap_or_default();
        let holds = |name: &str| {
            let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            directory.windows(wide.len()).any(|window| window == wide)
        };
        if holds("EncryptedPackage") {
            let mut facts = Facts::of(FileKind::Office, Readable::No);
            facts.observe(Reason::PasswordRequired, "an office document that is encrypted with a password");
            return facts;
        }
        if holds("__properties_version1.0") || holds("__nameid_version1.0") {
            return unread(FileKind::Message, "an Outlook message");
        }
        let named = [
            ("WordDocument", "a Word document of before 2007"),
            ("Workbook", "an Excel workbook of before 2007"),
            ("PowerPoint Document", "a PowerPoint presentation of before 2007"),
        ];
        match named.iter().find(|(stream, _)| holds(stream)) {
            Some((_, what)) => unread(FileKind::Office, what),
            None => unread(FileKind::Unknown, "a file in Microsoft's compound format"),
        }
    }
}

fn unread(kind: FileKind, what: &str) -> Facts {
    let mut facts = Facts::of(kind, Readable::No);
    facts.observe(Reason::UnsupportedFormat, format!("{what}; this format is not supported"));
    facts
}

fn head(source: &mut dyn Source) -> Vec<u8> {
    let mut head = Vec::new();
    // What cannot be read is not there: then nothing matches.
    let _ = source
        .seek(SeekFrom::Start(0))
        .and_then(|_| source.take(crate::domain::limits::SNIFF_BYTES_MAX as u64).read_to_end(&mut head));
    head
}

/// MS-CFB 2.2: sector size as a power of two at 30, first sector of the directory at 48.
fn ole_directory(source: &mut dyn Source) -> Option<Vec<u8>> {
    let head = head(source);
    let shift = u32::from(u16::from_le_bytes([*head.get(30)?, *head.get(31)?]));
    let sector = u64::from(u32::from_le_bytes([*head.get(48)?, *head.get(49)?, *head.get(50)?, *head.get(51)?]));
    let bytes = 1_u64.checked_shl(shift).filter(|bytes| (512..=4096).contains(bytes))?;
    source.seek(SeekFrom::Start((sector + 1).checked_mul(bytes)?)).ok()?;
    let mut directory = Vec::new();
    source.take(OLE_DIRECTORY_BYTES).read_to_end(&mut directory).ok()?;
    Some(directory)
}

fn is_lzh(head: &[u8]) -> bool {
    matches!(head.get(2..7), Some([b'-', b'l', b'h' | b'z', b'0'..=b'9' | b'd' | b's', b'-']))
}

fn brand(head: &[u8]) -> Option<&[u8]> {
    head.get(4..12).filter(|start| start.starts_with(b"ftyp")).map(|start| &start[4..])
}

fn is_heif(head: &[u8]) -> bool {
    // ISO/IEC 23008-12: the brands of still pictures. Those coded with HEVC were recognised before.
    let brands: [&[u8]; 9] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"];
    brand(head).is_some_and(|brand| brands.contains(&brand))
}

fn is_jpeg_2000(head: &[u8]) -> bool {
    head.starts_with(b"\0\0\0\x0CjP  \r\n\x87\n") || head.starts_with(b"\xFF\x4F\xFF\x51")
}

fn is_video(head: &[u8]) -> bool {
    (brand(head).is_some() && !is_heif(head))
        || (head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI "))
        || head.starts_with(b"\0\0\x01\xBA")
        || head.starts_with(b"\x30\x26\xB2\x75\x8E\x66\xCF\x11")
        || head.starts_with(b"\x1A\x45\xDF\xA3")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(head: &[u8]) -> Option<&'static str> {
        FORMATS.iter().find(|format| (format.is)(head)).map(|format| format.what)
    }

    /// Proves that one box structure is told apart by its brand.
    #[test]
    fn tells_pictures_from_videos() {
        assert_eq!(what(b"\0\0\0\x18ftypavif\0\0\0\0"), Some("an AVIF picture"));
        assert_eq!(what(b"\0\0\0\x18ftypisom\0\0\0\0"), Some("a video"));
    }

    /// Proves that an Outlook container stays one when the first thing in it is a PDF: what else it holds would be lost.
    #[test]
    fn containers_are_not_taken_for_what_they_hold() {
        let name = crate::domain::path::RawName::from_text("winmail.dat");
        for magic in [b"\x78\x9F\x3E\x22".as_slice(), b"!BDN"] {
            let head = [magic, &[0; 60], b"%PDF-1.7\n1 0 obj"].concat();
            let kind = crate::kinds::recognise(&Probe { head: &head, bytes: 9_000, name: &name }).unwrap();
            assert_eq!((kind.name(), kind.file_kind()), ("message-unread", FileKind::Message));
        }
        let junk_before = [[0; 60].as_slice(), b"%PDF-1.7\n1 0 obj"].concat();
        let kind = crate::kinds::recognise(&Probe { head: &junk_before, bytes: 9_000, name: &name }).unwrap();
        assert_eq!(kind.file_kind(), FileKind::Pdf);
    }
}
