//! Files that are valid as two kinds at once: made by hand, to pass as one thing and act as another.
//!
//! Light on purpose: it looks at the head and the tail, after a kind was recognised.

use crate::domain::{
    facts::{FileKind, Observation},
    reason::Reason,
};

/// Bytes at the end of a file that [`observation`] wants to see: an end record of a ZIP and a short comment.
pub const TAIL_BYTES: usize = 1024;

/// Looks for a second kind in a file of `kind`, given its head and its last [`TAIL_BYTES`].
pub fn observation(kind: FileKind, head: &[u8], tail: &[u8]) -> Option<Observation> {
    let second = program_in_preamble(head)
        .or_else(|| script_in_picture(kind, head))
        .or_else(|| document_behind_magic(kind, head))
        .or_else(|| archive_behind(kind, head, tail))?;
    Some(Observation::new(Reason::Polyglot, second))
}

/// PS3.10 7.1 leaves the first 128 bytes to applications; TIFF heads belong there, programs and archives do not.
fn program_in_preamble(head: &[u8]) -> Option<&'static str> {
    if head.get(128..132) != Some(b"DICM") {
        return None;
    }
    let magics: [&[u8]; 6] = [b"MZ", b"\x7FELF", b"PK\x03\x04", b"%PDF-", b"#!", b"\xCF\xFA\xED\xFE"];
    magics
        .iter()
        .any(|magic| head.starts_with(magic))
        .then_some("the preamble of a DICOM file is the head of something else")
}

/// A GIF whose width spells the start of a comment is a script too.
fn script_in_picture(kind: FileKind, head: &[u8]) -> Option<&'static str> {
    let gif = kind == FileKind::Image && head.starts_with(b"GIF8");
    (gif && matches!(head.get(6..8), Some(b"/*" | b"=1" | b"=\""))).then_some("a picture that is a script too")
}

/// Readers of PDF look for its head within the first 1,024 bytes, so another kind may come first.
fn document_behind_magic(kind: FileKind, head: &[u8]) -> Option<&'static str> {
    let start = head.get(..head.len().min(1024))?;
    let at = start.windows(5).position(|window| window == b"%PDF-")?;
    let binary = matches!(kind, FileKind::Image | FileKind::Executable | FileKind::Dicom);
    (binary && at > 0 && !is_encapsulated(&start[..at])).then_some("a PDF begins within another kind of file")
}

/// Is what comes next the value of Encapsulated Document (0042,0011)? Behind a short header it begins as early as this. Value
/// representation and length stand between tag and value (PS3.5 7.1.2 and 7.1.3).
fn is_encapsulated(before: &[u8]) -> bool {
    let explicit: [&[u8]; 2] = [b"\x42\0\x11\0OB\0\0", b"\0\x42\0\x11OB\0\0"];
    let is_explicit =
        before.len().checked_sub(12).is_some_and(|at| explicit.iter().any(|tag| before[at..].starts_with(tag)));
    let is_implicit = before.len().checked_sub(8).is_some_and(|at| before[at..].starts_with(b"\x42\0\x11\0"));
    before.get(128..132) == Some(b"DICM") && (is_explicit || is_implicit)
}

/// A ZIP is found from its end, so it may be appended to anything.
fn archive_behind(kind: FileKind, head: &[u8], tail: &[u8]) -> Option<&'static str> {
    // A workbook is a ZIP, whatever list it holds.
    if kind == FileKind::SlideManifest && head.starts_with(b"PK\x03\x04") {
        return None;
    }
    if matches!(kind, FileKind::Archive | FileKind::Office | FileKind::Disc | FileKind::Message | FileKind::Text) {
        return None;
    }
    let last = tail.len().checked_sub(22)?;
    let found = (0..=last).rev().any(|at| {
        let comment = usize::from(tail[at + 20]) | usize::from(tail[at + 21]) << 8;
        tail[at..].starts_with(b"PK\x05\x06") && at + 22 + comment == tail.len() && tail[at + 10] != 0
    });
    found.then_some("a ZIP archive is appended")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a second kind is seen before, within and behind the first, and that plain files are left alone.
    #[test]
    fn sees_second_kinds() {
        let mut dicom = b"MZ".to_vec();
        dicom.resize(128, 0);
        dicom.extend_from_slice(b"DICM");
        assert!(observation(FileKind::Dicom, &dicom, &[]).is_some());
        dicom[..2].fill(0);
        assert!(observation(FileKind::Dicom, &dicom, &[]).is_none());
        let mut end = b"%%EOF PK\x05\x06".to_vec();
        end.extend_from_slice(&[0, 0, 0, 0, 1, 0, 1, 0, 46, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
        assert!(observation(FileKind::Pdf, b"%PDF-1.7", &end).is_some());
        assert!(observation(FileKind::Archive, b"PK\x03\x04", &end).is_none());
        assert!(observation(FileKind::SlideManifest, b"PK\x03\x04", &end).is_none());
        assert!(observation(FileKind::SlideManifest, b"slide_id,file", &end).is_some());
        assert!(observation(FileKind::Image, b"GIF89a/*", &[]).is_some());
        assert!(observation(FileKind::Image, b"GIF89a\x10\0", &[]).is_none());
    }

    /// Proves that a PDF that is the value of its DICOM object is no second kind, however short the header, and that one
    /// anywhere else is.
    #[test]
    fn encapsulated_documents_are_no_second_kind() {
        let mut header = vec![0; 128];
        header.extend_from_slice(b"DICM");
        header.extend_from_slice(&[7; 300]);
        let seen = |before: &[u8]| {
            let head = [&header, before, b"%PDF-1.4\n"].concat();
            observation(FileKind::Dicom, &head, &[]).is_some()
        };
        assert!(!seen(b"\x42\0\x11\0OB\0\0\x10\x27\0\0"));
        assert!(!seen(b"\0\x42\0\x11OB\0\0\0\0\x27\x10"));
        assert!(!seen(b"\x42\0\x11\0\x10\x27\0\0"));
        assert!(seen(b"\x09\0\x11\0OB\0\0\x10\x27\0\0"));
        assert!(seen(b""));
        let preamble = [b"\x42\0\x11\0OB\0\0\x10\x27\0\0%PDF-1.4".as_slice(), &[0; 108], b"DICM"].concat();
        assert!(observation(FileKind::Dicom, &preamble, &[]).is_some());
    }
}
