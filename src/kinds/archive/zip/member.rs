//! Opens one member: finds its bytes, the password that fits, and the decoder.

use super::directory::Record;
use super::unsupported_method;
use crate::domain::{facts::Observation, limits::Limits, reason::Reason};
use crate::kinds::{
    Source,
    archive::{
        bytes::{read_at, u16_at, u32_at},
        names,
    },
};
use std::io::{BufReader, Cursor, Read, SeekFrom};
use zip::{ZipReadOptions, read::read_zipfile_from_stream_with_options, result::ZipError};

const LOCAL_BYTES: usize = 30;
/// Bytes of a link's target that are read to see where it leads.
const TARGET_BYTES_MAX: u64 = 4096;
/// Stored, Deflate, Deflate64, bzip2, LZMA: what the decoder was built with.
const METHODS: [u16; 5] = [0, 8, 9, 12, METHOD_LZMA];
/// Method 14, whose decoder must be told the length of its output.
const METHOD_LZMA: u16 = 14;

/// A member and where its bytes lie.
pub(super) struct Place<'r> {
    record: &'r Record,
    start: u64,
    /// The local header contradicts the directory.
    pub(super) flaw: Option<Observation>,
}

/// Opens members, remembering which password fitted.
pub(super) struct Opener<'a> {
    passwords: Vec<&'a [u8]>,
    limits: &'a Limits,
    /// Index of the password that has opened a member whole.
    proven: Option<usize>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(passwords: &'a [String], limits: &'a Limits) -> Self {
        let empty: &[u8] = b"";
        let passwords = std::iter::once(empty).chain(passwords.iter().map(String::as_bytes)).collect();
        Self { passwords, limits, proven: None }
    }

    /// Reads the local header (APPNOTE 4.3.7) and compares it.
    pub(super) fn place<'r>(&self, source: &mut dyn Source, record: &'r Record) -> Result<Place<'r>, Observation> {
        if !METHODS.contains(&record.packing()) {
            return Err(unsupported_method(record.packing()));
        }
        let total = Source::bytes(&*source);
        let header = read_at(source, record.offset, LOCAL_BYTES + record.name.len()).unwrap_or_default();
        if record.offset >= total || header.len() < LOCAL_BYTES {
            return Err(Observation::new(Reason::Truncated, "it lies beyond the end of the file"));
        }
        if !header.starts_with(b"PK\x03\x04") {
            return Err(Observation::new(Reason::Damaged, "there is no member where the list says"));
        }
        let name_bytes = usize::from(u16_at(&header, 26));
        let start = record.offset + (LOCAL_BYTES + name_bytes + usize::from(u16_at(&header, 28))) as u64;
        if start >= total && record.packed_bytes > 0 {
            return Err(Observation::new(Reason::Truncated, "its data lies beyond the end of the file"));
        }
        let flaw = contradiction(&header, record).map(|what| Observation::new(Reason::Damaged, what));
        Ok(Place { record, start, flaw })
    }

    /// The password that opens the member, `None` where it needs none.
    pub(super) fn password(
        &mut self,
        source: &mut dyn Source,
        place: &Place<'_>,
    ) -> Result<Option<usize>, Observation> {
        let record = place.record;
        if !record.is_encrypted() {
            return Ok(None);
        }
        if record.flags & 0x40 != 0 {
            return Err(Observation::new(Reason::UnsupportedFormat, "PKWARE strong encryption is not supported"));
        }
        let candidates = self.proven.into_iter().chain(0..self.passwords.len());
        for index in candidates.collect::<Vec<_>>() {
            match self.fits(source, place, index) {
                Ok(true) => {
                    self.proven = Some(index);
                    return Ok(Some(index));
                }
                Ok(false) => {}
                Err(why) => return Err(why),
            }
        }
        Err(Observation::new(Reason::PasswordRequired, "it is encrypted and no password that was supplied fits"))
    }

    /// Builds the decoder over the member's bytes and passes it on, or the reason why there is none.
    pub(super) fn with_reader<T>(
        &self,
        source: &mut dyn Source,
        place: &Place<'_>,
        password: Option<usize>,
        then: impl FnOnce(Result<&mut dyn Read, Observation>) -> T,
    ) -> T {
        let record = place.record;
        let there = Source::bytes(&*source).saturating_sub(place.start);
        if source.seek(SeekFrom::Start(place.start)).is_err() {
            return then(Err(Observation::new(Reason::Damaged, "its bytes cannot be read")));
        }
        let packed = BufReader::with_capacity(128 * 1024, source.take(record.packed_bytes));
        let mut stream = Cursor::new(header_for(record)).chain(packed);
        // Our own count of the bytes replaces the decoder's, which would drop the last piece of a member that lies.
        let plain_bytes = if record.packing() == METHOD_LZMA { record.plain_bytes } else { u64::MAX };
        let options = ZipReadOptions::new()
            .password(password.map(|index| self.passwords[index]))
            .override_compressed_size(record.packed_bytes)
            .override_uncompressed_size(plain_bytes)
            .override_crc(record.crc32);
        match read_zipfile_from_stream_with_options(&mut stream, options) {
            Ok(Some(mut file)) => then(Ok(&mut CutAware { inner: &mut file, cut: there < record.packed_bytes })),
            Ok(None) => then(Err(Observation::new(Reason::Damaged, "it cannot be opened"))),
            Err(error) => then(Err(open_fault(&error, record))),
        }
    }

    /// Where a link leads, or that it is a device.
    pub(super) fn link(&mut self, source: &mut dyn Source, record: &Record) -> Observation {
        if (record.attributes >> 16) & 0o170_000 != 0o120_000 {
            return Observation::new(Reason::LinkEntry, "a device, pipe or socket");
        }
        let mut target = Vec::new();
        let read = |opened: Result<&mut dyn Read, Observation>| {
            let _ = opened.map(|reader| reader.take(TARGET_BYTES_MAX).read_to_end(&mut target));
        };
        if let Ok(place) = self.place(source, record)
            && let Ok(password) = self.password(source, &place)
        {
            self.with_reader(source, &place, password, read);
        }
        if names::link_escapes(&record.name, &target) {
            return Observation::new(Reason::PathEscape, "a symbolic link that leads out of the archive");
        }
        Observation::new(Reason::LinkEntry, "a symbolic link")
    }

    /// Does this password open the member? The check in the header lets one wrong password in 256 pass (ZipCrypto), so
    /// one that was not proven yet must decode the member whole. Of AES, one in 65,536 passes, and its own seal tells.
    fn fits(&self, source: &mut dyn Source, place: &Place<'_>, index: usize) -> Result<bool, Observation> {
        let proven = self.proven == Some(index) || place.record.aes.is_some();
        let most = self.limits.member_ratio_from_bytes.max(place.record.packed_bytes.saturating_mul(4));
        self.with_reader(source, place, Some(index), |opened| match opened {
            Ok(_) if proven => Ok(true),
            Ok(reader) => Ok(std::io::copy(&mut reader.take(most), &mut std::io::sink()).is_ok()),
            Err(why) if why.reason == Reason::PasswordRequired => Ok(false),
            Err(why) => Err(why),
        })
    }
}

/// Calls a decoder's failure at the end of the file what it is: a cut.
struct CutAware<'a> {
    inner: &'a mut dyn Read,
    cut: bool,
}

impl Read for CutAware<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.inner.read(buffer) {
            Err(_) if self.cut => Err(std::io::ErrorKind::UnexpectedEof.into()),
            other => other,
        }
    }
}

/// What the local header says otherwise than the directory. Sizes that follow the data are zero there, rightly.
fn contradiction(header: &[u8], record: &Record) -> Option<&'static str> {
    if u16_at(header, 8) != record.method {
        return Some("its own header names another packing than the list");
    }
    if u16_at(header, 6) & 1 != record.flags & 1 {
        return Some("its own header says otherwise than the list whether it is encrypted");
    }
    let name_bytes = usize::from(u16_at(header, 26));
    if record.is_own_name && header.get(LOCAL_BYTES..LOCAL_BYTES + name_bytes) != Some(&record.name) {
        return Some("its own header has another name than the list");
    }
    let crc = u32_at(header, 14);
    (crc != record.crc32 && crc != 0 && !record.has_descriptor())
        .then_some("its own header has another checksum than the list")
}

/// A local header that says what the directory says, without a name, for the decoder.
pub(super) fn header_for(record: &Record) -> Vec<u8> {
    let large = record.packed_bytes >= 0xFFFF_FFFF || record.plain_bytes >= 0xFFFF_FFFF;
    let mut extra = record.aes.clone().unwrap_or_default();
    if large {
        extra.extend_from_slice(&[1, 0, 16, 0]);
        extra.extend_from_slice(&record.plain_bytes.to_le_bytes());
        extra.extend_from_slice(&record.packed_bytes.to_le_bytes());
    }
    let size = |bytes: u64| if large { u32::MAX } else { bytes as u32 };
    let mut header = b"PK\x03\x04\x14\x00".to_vec();
    header.extend_from_slice(&record.flags.to_le_bytes());
    header.extend_from_slice(&record.method.to_le_bytes());
    header.extend_from_slice(&record.time);
    header.extend_from_slice(&record.crc32.to_le_bytes());
    header.extend_from_slice(&size(record.packed_bytes).to_le_bytes());
    header.extend_from_slice(&size(record.plain_bytes).to_le_bytes());
    header.extend_from_slice(&0_u16.to_le_bytes());
    header.extend_from_slice(&(extra.len() as u16).to_le_bytes());
    header.extend_from_slice(&extra);
    header
}

fn open_fault(error: &ZipError, record: &Record) -> Observation {
    match error {
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Observation::new(Reason::PasswordRequired, "it is encrypted and no password that was supplied fits")
        }
        ZipError::CompressionMethodNotSupported(method) => unsupported_method(*method),
        ZipError::UnsupportedArchive(_) => unsupported_method(record.method),
        _ => Observation::new(Reason::Damaged, "its header is faulty"),
    }
}
