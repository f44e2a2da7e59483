//! What operating systems leave behind: recognised so that nobody has to look at it.
//!
//! Where a format has magic bytes they must be there, so that a document cannot hide behind a name. Names alone count
//! only for what never is a document, and only after every other kind was asked.

use super::{Exam, Kind, Probe};
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    path::RawName,
    reason::Reason,
};

/// The first bytes of an OLE compound file (MS-CFB 2.2).
pub(super) const OLE_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Folders in which systems keep their own files.
const FOLDERS: &[&str] = &[
    "__macosx",
    ".spotlight-v100",
    ".trashes",
    ".fseventsd",
    ".temporaryitems",
    ".documentrevisions-v100",
    "$recycle.bin",
    "system volume information",
];

/// Names that are never documents.
const NAMES: &[&str] = &[
    ".localized",
    ".nomedia",
    ".apdisk",
    ".volumeicon.icns",
    "icon\r",
    ".directory",
    ".hidden",
    "iconcache.db",
    "folder.htt",
];

/// Names that count where there is no byte of content to go by: what would tell these files from documents is missing,
/// and so is the document.
const NAMES_OF_NOTHING: &[&str] = &[".ds_store", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"];

/// Bytes of the file that Word, Excel and PowerPoint keep beside a document while it is open.
const OWNER_FILE_BYTES: [u64; 2] = [162, 165];

/// Characters of the owner's name in it.
const OWNER_NAME_MAX: u16 = 54;

/// Bytes that the same file of LibreOffice may have: names of a person and a machine, a date, a path.
const LOCK_FILE_BYTES_MAX: u64 = 4096;

/// Facts of a file of 0 bytes, which only its name can say anything of.
pub fn facts_of_nothing(name: &RawName) -> Facts {
    let last = last_name(name);
    if NAMES_OF_NOTHING.contains(&last.as_str()) || last.starts_with("._") || is_kept_by_systems(name) {
        return junk("left behind by an operating system, and empty");
    }
    let mut facts = Facts::of(FileKind::Empty, Readable::No);
    facts.observe(Reason::EmptyFile, "0 bytes");
    facts
}

/// Junk that its content gives away.
#[derive(Debug)]
pub struct Junk;

impl Kind for Junk {
    fn name(&self) -> &'static str {
        "system-junk"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::SystemJunk
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let last = last_name(probe.name);
        let head = probe.head;
        // AppleDouble (RFC 1740 appendix B); the Finder's folder settings.
        head.starts_with(b"\x00\x05\x16\x07")
            || head.starts_with(b"\0\0\0\x01Bud1")
            || (head.starts_with(OLE_MAGIC)
                && matches!(last.as_str(), "thumbs.db" | "ehthumbs.db" | "ehthumbs_vista.db"))
            || (last == "desktop.ini" && is_settings(head))
            || is_owner_file(probe, &last)
            || is_lock_file(probe, &last)
    }

    fn examine(&self, _: &mut Exam<'_>) -> Facts {
        junk("left behind by an operating system or an office program")
    }
}

/// Junk that only its place or name gives away. Must be asked after every kind but plain text.
#[derive(Debug)]
pub struct JunkByName;

impl Kind for JunkByName {
    fn name(&self) -> &'static str {
        "system-junk-by-name"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::SystemJunk
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        is_kept_by_systems(probe.name)
    }

    fn examine(&self, _: &mut Exam<'_>) -> Facts {
        junk("in a folder, or of a name, that an operating system keeps for itself")
    }
}

fn junk(detail: &str) -> Facts {
    let mut facts = Facts::of(FileKind::SystemJunk, Readable::No);
    facts.observe(Reason::SystemJunk, detail);
    facts
}

/// Is it of a name, or in a folder, that an operating system keeps for itself?
fn is_kept_by_systems(name: &RawName) -> bool {
    let shown = String::from_utf8_lossy(&name.0).to_lowercase();
    let folders = shown.rsplit_once('/').map_or("", |(folders, _)| folders);
    NAMES.contains(&last_name(name).as_str()) || folders.split('/').any(|folder| FOLDERS.contains(&folder))
}

/// `~$Letter.docx`: the length of a name, the name in one byte a character, its length once more, the name in UTF-16.
fn is_owner_file(probe: &Probe<'_>, last: &str) -> bool {
    let length = probe.head.first().copied().map(u16::from);
    let again = |at: usize| probe.head.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]));
    let is_length = |length: u16| (1..=OWNER_NAME_MAX).contains(&length);
    last.starts_with("~$")
        && OWNER_FILE_BYTES.contains(&probe.bytes)
        && length.is_some_and(is_length)
        && [54, 55].into_iter().filter_map(again).any(is_length)
}

/// `.~lock.Letter.odt#`: five values, the first and the last of which may be empty, and a semicolon.
fn is_lock_file(probe: &Probe<'_>, last: &str) -> bool {
    let named = last.starts_with(".~lock.") && last.ends_with('#');
    let text = probe.head.trim_ascii_end();
    let values = text.iter().filter(|byte| **byte == b',').count();
    named && probe.bytes <= LOCK_FILE_BYTES_MAX && (3..=6).contains(&values) && !text.contains(&b'\n')
}

fn last_name(name: &RawName) -> String {
    String::from_utf8_lossy(name.last()).to_lowercase()
}

/// The section that Windows writes, in UTF-8 or UTF-16.
fn is_settings(head: &[u8]) -> bool {
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
    ["[.shellclassinfo]", "[localizedfilenames]", "[viewstate]"].iter().any(|section| text.contains(section))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_junk(name: &str, head: &[u8]) -> bool {
        let name = RawName::from_text(name);
        Junk.sniff(&Probe { head, bytes: head.len() as u64, name: &name })
    }

    /// Proves that content decides where there is content to decide by.
    #[test]
    fn a_document_cannot_hide_behind_a_name() {
        assert!(is_junk("photos/Thumbs.db", OLE_MAGIC));
        assert!(!is_junk("photos/Thumbs.db", b"%PDF-1.7"));
        assert!(is_junk("._report.pdf", b"\x00\x05\x16\x07\0\x02\0\0"));
        assert!(!is_junk("._report.pdf", b"%PDF-1.7"));
        assert!(is_junk("desktop.ini", b"\r\n[.ShellClassInfo]\r\n"));
        assert!(!is_junk("desktop.ini", b"Dear colleague"));
    }

    /// Proves that what office programs keep beside an open document is junk by name and content together.
    #[test]
    fn owners_of_open_documents() {
        let mut owner = vec![0; 162];
        owner[..4].copy_from_slice(b"\x03Ana");
        owner[54] = 3;
        assert!(is_junk("a/~$Letter.docx", &owner));
        assert!(!is_junk("a/Letter.docx", &owner));
        assert!(!is_junk("a/~$Letter.docx", &owner[..100]));
        assert!(!is_junk("a/~$Letter.docx", &[b'x'; 162]));
        assert!(is_junk(".~lock.Letter.odt#", b",ana,pc,04.11.2024 10:00,file:///ana/.config;"));
        assert!(!is_junk(".~lock.Letter.odt#", b"Dear colleague,\nthank you"));
    }

    /// Proves that an empty file that systems leave is junk, and any other empty file is a document that is missing.
    #[test]
    fn nothing_is_junk_by_name_only() {
        let kind = |name: &str| facts_of_nothing(&RawName::from_text(name)).kind;
        for name in [".nomedia", "a/.localized", "Icon\r", ".DS_Store", "Thumbs.db", "desktop.ini", "._scan.pdf"] {
            assert_eq!(kind(name), Some(FileKind::SystemJunk), "{name}");
        }
        assert_eq!(kind("__MACOSX/a/b"), Some(FileKind::SystemJunk));
        for name in ["scan.pdf", "Icon", "Thumbs.db.pdf", "nomedia", "a/.DS_Store/scan.pdf"] {
            let facts = facts_of_nothing(&RawName::from_text(name));
            assert_eq!((facts.kind, facts.has(Reason::EmptyFile)), (Some(FileKind::Empty), true), "{name}");
        }
    }
}
