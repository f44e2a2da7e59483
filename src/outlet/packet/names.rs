//! Names of files in a packet. What came from outside is a hint for people, never a path: one component, letters, digits
//! and a few signs, an ending that agrees with what the file is.

use crate::domain::{facts::FileKind, path::RawName};

/// Characters of a name before its ending.
const STEM_CHARS_MAX: usize = 60;

/// A safe name for a document, to be put behind a number that makes it unique.
pub(super) fn safe(name: &RawName, kind: FileKind) -> String {
    let last = String::from_utf8_lossy(name.last()).into_owned();
    let extension = name.extension();
    let stem = if extension.is_empty() {
        last.as_str()
    } else {
        last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem)
    };
    let mut clean: String = stem.chars().map(plain).take(STEM_CHARS_MAX).collect();
    clean = clean.trim_matches(['.', '_', '-']).to_owned();
    if clean.is_empty() {
        clean = "document".to_owned();
    }
    let (usual, known) = endings(kind);
    let ending = if known.contains(&extension.as_str()) { extension.as_str() } else { usual };
    format!("{clean}.{ending}")
}

/// Separators, control and direction characters, and signs that a shell or a file system reads otherwise become `_`.
fn plain(c: char) -> char {
    if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' }
}

/// The usual ending of a kind, and those that are kept: a program's ending on a letter would be asking for a double
/// click.
const fn endings(kind: FileKind) -> (&'static str, &'static [&'static str]) {
    match kind {
        FileKind::Dicom => ("dcm", &["dcm", "dicom"]),
        FileKind::Pdf => ("pdf", &["pdf"]),
        FileKind::Image => ("img", &["png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "heic", "heif"]),
        FileKind::Text => ("txt", &["txt", "csv", "tsv", "rtf", "xml", "json", "md", "html", "htm"]),
        FileKind::Office => ("office", &["docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt"]),
        FileKind::Message => ("eml", &["eml", "msg", "mbox", "hl7", "xml", "json", "ndjson", "txt"]),
        FileKind::Slide => {
            ("tif", &["svs", "tif", "tiff", "ndpi", "mrxs", "scn", "bif", "vms", "vmu", "dcm", "ini", "dat"])
        }
        FileKind::SlideManifest => ("txt", &["csv", "tsv", "json", "xlsx", "xml", "txt", "sha256", "md5"]),
        FileKind::Dicomdir
        | FileKind::Archive
        | FileKind::Disc
        | FileKind::Executable
        | FileKind::SystemJunk
        | FileKind::Unknown
        | FileKind::Empty => ("dat", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &[u8], kind: FileKind, expected: &str) {
        assert_eq!(safe(&RawName(name.to_vec()), kind), expected);
    }

    /// Proves that no name leads out of the folder, hides its ending or reaches a shell or spreadsheet.
    #[test]
    fn names_become_harmless() {
        check(b"../../etc/passwd", FileKind::Text, "passwd.txt");
        check(b"C:\\Windows\\system.exe", FileKind::Pdf, "C__Windows_system.pdf");
        check(b"=cmd|'/C calc'!A0.txt", FileKind::Text, "C_calc__A0.txt");
        check("invoice\u{202e}fdp.exe".as_bytes(), FileKind::Pdf, "invoice_fdp.pdf");
        check(b"a\nb\0c.PDF", FileKind::Pdf, "a_b_c.pdf");
        check(b"..", FileKind::Unknown, "document.dat");
        check(b"", FileKind::Image, "document.img");
        check(b".bashrc", FileKind::Text, "bashrc.txt");
        check("Befund März 2024.docx".as_bytes(), FileKind::Office, "Befund_März_2024.docx");
        check(&[b'x'; 4_000], FileKind::Text, &format!("{}.txt", "x".repeat(60)));
        check(b"\xff\xfe.txt", FileKind::Text, "document.txt");
    }
}
