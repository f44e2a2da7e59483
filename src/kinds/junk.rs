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
const NAMES: &[&str] =
    &[".localized", ".apdisk", ".volumeicon.icns", "icon\r", ".directory", ".hidden", "iconcache.db", "folder.htt"];

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
    }

    fn examine(&self, _: &mut Exam<'_>) -> Facts {
        junk("left behind by an operating system")
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
        let shown = String::from_utf8_lossy(&probe.name.0).to_lowercase();
        let folders = shown.rsplit_once('/').map_or("", |(folders, _)| folders);
        NAMES.contains(&last_name(probe.name).as_str()) || folders.split('/').any(|folder| FOLDERS.contains(&folder))
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
}
