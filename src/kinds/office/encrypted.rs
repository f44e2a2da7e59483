//! Office Open XML under a password: a compound file with the stream `EncryptedPackage` (MS-OFFCRYPTO 2.3; MS-CFB).
//!
//! Opened with a supplied password it is examined as the document that it holds. Agile encryption with SHA-512 and AES-256
//! (Office since 2013) and standard encryption (2007) are opened; what Office 2010 wrote is not.

use super::OPEN_XML;
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        reason::Reason,
    },
    kinds::{
        Exam, Kind, Probe, Source,
        docs::read::{Extent, length_of, read_range, read_start},
    },
};
use office_crypto::{DecryptError, decrypt_from_bytes};
use std::io::Cursor;

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
        if !is_encrypted(exam.source) {
            facts.observe(Reason::UnsupportedFormat, "a compound file: an office document of before 2007");
            return facts;
        }
        match opened(exam) {
            Ok(document) => return examine_opened(exam, document),
            Err(why) => facts.observe(Reason::PasswordRequired, format!("an encrypted office document{why}")),
        }
        facts
    }
}

/// The document inside; `Err` says why it stays locked.
fn opened(exam: &mut Exam<'_>) -> Result<Vec<u8>, &'static str> {
    if exam.passwords.is_empty() {
        return Err("");
    }
    // Held three times: as it is, as the stream inside and as the document.
    let most = exam.limits.inspector_memory_bytes_max / 4;
    if length_of(exam.source) > most {
        return Err(", too large to be opened here");
    }
    let (bytes, extent) = read_start(exam.source, most);
    if extent != Extent::Whole {
        return Err(" that cannot be read to its end");
    }
    let mut why = "; no password supplied fits";
    for password in exam.passwords {
        match decrypt_from_bytes(bytes.clone(), password) {
            // A wrong password opens it too, to noise.
            Ok(document) if is_document(&document) => return Ok(document),
            Ok(_) => {}
            Err(DecryptError::Unimplemented(_)) => why = " in a way that is not known here",
            Err(_) => why = "; what it is locked with cannot be read",
        }
    }
    Err(why)
}

/// Every package is a ZIP.
fn is_document(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The facts of the document inside, which leaves as it came: locked.
fn examine_opened(exam: &mut Exam<'_>, document: Vec<u8>) -> Facts {
    let mut source = Cursor::new(document);
    let mut facts = OPEN_XML.examine(&mut Exam {
        source: &mut source,
        name: exam.name,
        passwords: exam.passwords,
        limits: exam.limits,
        sink: &mut *exam.sink,
    });
    facts.observe(Reason::OpensWithPassword, "encrypted; a password supplied opens it");
    facts
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
