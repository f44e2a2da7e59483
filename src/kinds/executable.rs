//! Programs and what starts them: recognised, never read, never run.
//!
//! Recognised by magic bytes. Scripts that only Windows knows by their names are recognised by those, because the name is
//! what makes them run. `AUTORUN.INF` belongs to a disc's viewer software, not to its content.

use super::{Exam, Kind, Probe};
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    reason::Reason,
};
use std::io::{Read, SeekFrom};

/// Extensions that Windows runs although the content is plain text.
const SCRIPT_EXTENSIONS: &[&str] = &["bat", "cmd", "hta", "js", "jse", "ps1", "vbe", "vbs", "wsf", "wsh"];

/// Programs.
#[derive(Debug)]
pub struct Executable;

impl Kind for Executable {
    fn name(&self) -> &'static str {
        "executable"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Executable
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        is_autorun(probe.head) || format(probe.head).is_some()
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut head = Vec::new();
        // A head that cannot be read leaves only the name to go by.
        let _ = exam.source.seek(SeekFrom::Start(0)).and_then(|_| exam.source.take(4096).read_to_end(&mut head));
        let mut facts = Facts::of(FileKind::Executable, Readable::No);
        if is_autorun(&head) {
            facts.observe(Reason::ViewerSoftware, "tells Windows which program of the disc to start");
        } else {
            facts.observe(Reason::Executable, format(&head).unwrap_or("a program"));
        }
        facts
    }
}

/// Scripts that Windows runs by their names. Must be asked after every kind but plain text.
#[derive(Debug)]
pub struct Script;

impl Kind for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Executable
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        !probe.head.is_empty() && SCRIPT_EXTENSIONS.contains(&probe.name.extension().as_str())
    }

    fn examine(&self, _: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Executable, Readable::No);
        facts.observe(Reason::Executable, "a script that Windows runs by its name");
        facts
    }
}

/// What kind of program starts with these bytes.
fn format(head: &[u8]) -> Option<&'static str> {
    // PS3.10 7.1: the preamble of a DICOM file may be anything, the head of a program included.
    if head.get(128..132) == Some(b"DICM") {
        return None;
    }
    match head {
        [b'M', b'Z', ..] if is_dos_header(head) => Some("a program for Windows or DOS"),
        [0x7F, b'E', b'L', b'F', ..] => Some("a program for Linux or Unix"),
        [0xFE, 0xED, 0xFA, 0xCE | 0xCF, ..] | [0xCE | 0xCF, 0xFA, 0xED, 0xFE, ..] => Some("a program for macOS"),
        // The same four bytes start Java classes (version 45 and up) and macOS programs for several processors.
        [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 1..=30, ..] => Some("a program for macOS"),
        [0xCA, 0xFE, 0xBA, 0xBE, _, _, 0, 45..=255, ..] => Some("a Java class"),
        [b'd', b'e', b'x', b'\n', b'0', ..] => Some("a program for Android"),
        [0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0, ..] => Some("a Windows shortcut"),
        [b'#', b'!', rest @ ..] if is_interpreter(rest) => Some("a script"),
        _ => None,
    }
}

/// `MZ` alone could begin a text; the header that follows is binary.
fn is_dos_header(head: &[u8]) -> bool {
    head.len() >= 28 && head[2..28].contains(&0)
}

fn is_interpreter(rest: &[u8]) -> bool {
    rest.trim_ascii_start().starts_with(b"/")
}

fn is_autorun(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"[autorun]"))
        || text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"[autorun.alpha]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that each program format is seen, and that texts and DICOM files which begin alike are not taken for one.
    #[test]
    fn tells_programs_from_what_begins_alike() {
        let mut program = b"MZ".to_vec();
        program.resize(64, 0);
        assert!(format(&program).is_some());
        assert!(format(b"#!/bin/sh\n").is_some());
        assert!(format(b"\x7FELF\x02\x01").is_some());
        assert!(format(b"MZ is how some letters of our laboratory begin, strange as it is").is_none());
        assert!(format(b"#! a heading").is_none());
        program.resize(128, 0);
        program.extend_from_slice(b"DICM");
        assert!(format(&program).is_none());
        assert!(is_autorun(b"\xEF\xBB\xBF\r\n[AutoRun]\r\nopen=x.exe"));
    }
}
