//! Office Open XML under a password: a compound file with the stream `EncryptedPackage` (MS-OFFCRYPTO 2.3; MS-CFB).

use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe, Source, docs::read::read_range},
};

/// The kind for [`crate::kinds::ALL`].
pub static ENCRYPTED: &dyn Kind = &Encrypted;

struct Encrypted;

/// First bytes of a compound file (MS-CFB 2.2).
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Extensions of Office Open XML; a compound file so named is encrypted, or an old document by a new name.
const EXTENSIONS: &[&str] = &["docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "xlsb", "pptx", "pptm", "potx", "ppsx"];

/// Bytes from the directory's start that are looked at: all of its sectors, where they lie together, as they do.
const DIRECTORY_BYTES: u64 = 8 * 1024;

impl Kind for Encrypted {
    fn name(&self) -> &'static str {
        "office-encrypted"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Office
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        probe.head.starts_with(COMPOUND)
            && (EXTENSIONS.contains(&probe.name.extension().as_str()) || names_package(probe.head))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Office, Readable::No);
        if is_encrypted(exam.source) {
            facts.observe(Reason::PasswordRequired, "an encrypted office document");
        } else {
            facts.observe(Reason::UnsupportedFormat, "a compound file: an office document of before 2007");
        }
        facts
    }
}

fn is_encrypted(source: &mut dyn Source) -> bool {
    let head = read_range(source, 0, 512);
    let word = |at: usize| head.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let (Some(shift), Some(first)) = (word(30), head.get(48..52)) else { return false };
    let first = u32::from_le_bytes([first[0], first[1], first[2], first[3]]);
    // Sectors have 512 or 4,096 bytes; the header takes the place of sector -1.
    let offset = (u64::from(first) + 1) << shift.min(16);
    names_package(&read_range(source, offset, DIRECTORY_BYTES)) || names_package(&read_range(source, 0, 64 * 1024))
}

fn names_package(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}
