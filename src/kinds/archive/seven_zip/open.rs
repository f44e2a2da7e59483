//! Reads the list of an archive: the start header first, by our own hand, then the list itself by the library.

use crate::domain::{facts::Observation, reason::Reason};
use crate::kinds::{Source, archive::bytes};
use sevenz_rust2::{Archive, Error, Password};

/// What a 7z file begins with.
pub(super) const SIGNATURE: &[u8] = b"7z\xBC\xAF\x27\x1C";

/// Signature, version, checksum, and where the list lies.
const START_BYTES: usize = 32;

/// An archive whose list was read.
pub(super) struct Opened {
    pub(super) archive: Archive,
    /// The empty one first, then those that were supplied.
    pub(super) passwords: Vec<Password>,
    /// Index of the password that has opened the list or a block.
    pub(super) proven: Option<usize>,
}

/// Reads the list, with each password in turn where it is encrypted.
pub(super) fn open(source: &mut dyn Source, passwords: &[String]) -> Result<Opened, Observation> {
    let empty = start(source)?;
    let passwords: Vec<Password> =
        std::iter::once(Password::empty()).chain(passwords.iter().map(|text| Password::new(text))).collect();
    if empty {
        return Ok(Opened { archive: Archive::default(), passwords, proven: None });
    }
    let mut source = source;
    for index in 0..passwords.len() {
        match Archive::read(&mut source, &passwords[index]) {
            Ok(archive) => return Ok(Opened { archive, passwords, proven: (index > 0).then_some(index) }),
            Err(Error::PasswordRequired) => {}
            Err(error) if index == 0 => return Err(fault(&error)),
            // A wrong password makes rubbish of the list.
            Err(_) => {}
        }
    }
    Err(Observation::new(Reason::PasswordRequired, "its list is encrypted and no password that was supplied fits"))
}

/// Checks the start header; says whether the archive is an empty one.
fn start(source: &mut dyn Source) -> Result<bool, Observation> {
    let total = Source::bytes(&*source);
    let head = bytes::read_at(source, 0, START_BYTES).unwrap_or_default();
    if head.len() < START_BYTES {
        return Err(Observation::new(Reason::Truncated, format!("{total} bytes, less than its head takes")));
    }
    if head[8..].iter().all(|byte| *byte == 0) {
        return Err(Observation::new(Reason::Truncated, "the archive was never finished: its list was not written"));
    }
    let mut crc = flate2::Crc::new();
    crc.update(&head[12..]);
    if crc.sum() != bytes::u32_at(&head, 8) {
        return Err(Observation::new(Reason::Damaged, "the checksum of its head does not agree"));
    }
    let (offset, length) = (bytes::u64_at(&head, 12), bytes::u64_at(&head, 20));
    let end = offset.saturating_add(length).saturating_add(START_BYTES as u64);
    if end > total {
        return Err(Observation::new(Reason::Truncated, format!("its list is to end at byte {end} of {total}")));
    }
    Ok(length == 0)
}

/// What the library's refusal means. Its words are fixed ones; those that could quote the archive are left out.
pub(super) fn fault(error: &Error) -> Observation {
    let (reason, detail) = match error {
        Error::Io(error, _) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            (Reason::Truncated, "the packed data breaks off".to_owned())
        }
        Error::Io(error, _) if error.kind() == std::io::ErrorKind::OutOfMemory => {
            (Reason::ArchiveBomb, "it unpacks to more than there is memory for".to_owned())
        }
        Error::UnsupportedVersion { major, minor } => {
            (Reason::UnsupportedFormat, format!("version {major}.{minor} of the format is not supported"))
        }
        Error::UnsupportedCompressionMethod(method) => {
            (Reason::UnsupportedFormat, format!("packed with {method}, which is not supported"))
        }
        Error::Unsupported(_) | Error::ExternalUnsupported => {
            (Reason::UnsupportedFormat, "packed in a way that is not supported".to_owned())
        }
        Error::MaxMemLimited { actaul_kb, .. } => {
            (Reason::UnsupportedFormat, format!("unpacking takes {actaul_kb} KiB of memory"))
        }
        Error::PasswordRequired | Error::MaybeBadPassword(_) => {
            (Reason::PasswordRequired, "it is encrypted and no password that was supplied fits".to_owned())
        }
        Error::ChecksumVerificationFailed | Error::NextHeaderCrcMismatch => {
            (Reason::Damaged, "a checksum does not agree".to_owned())
        }
        Error::Other(words) => (Reason::Damaged, words.to_string()),
        _ => (Reason::Damaged, "its structure is broken".to_owned()),
    };
    Observation::new(reason, detail)
}
