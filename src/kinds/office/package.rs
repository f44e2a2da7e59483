//! The ZIP package around a document's parts (ECMA-376 Part 2; OpenDocument 1.3 Part 2), every part read under limits.

use crate::{
    domain::{facts::Facts, limits::Limits, reason::Reason},
    kinds::{
        Source,
        docs::{decode, xml::XmlFault},
    },
};
use std::io::Read;
use zip::ZipArchive;

/// Bytes of mark-up for each byte of text that is kept: a letter of two pages has some 40 KB of it.
const MARK_UP_RATIO: u64 = 2;

/// A part cannot be had.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum PartFault {
    /// No such part.
    Absent,
    /// It inflates to more than is allowed.
    Bomb(String),
    /// Its bytes are encrypted.
    Locked,
    /// Its bytes cannot be inflated, or its mark-up cannot be read.
    Broken(String),
}

impl PartFault {
    /// Writes into the facts why a part that must be there cannot be had.
    pub(super) fn note(&self, facts: &mut Facts, part: &str) {
        match self {
            Self::Absent => facts.observe(Reason::Damaged, format!("{part} is not in the package")),
            Self::Bomb(detail) => facts.observe(Reason::ArchiveBomb, format!("{part}: {detail}")),
            Self::Locked => facts.observe(Reason::PasswordRequired, format!("{part} is encrypted")),
            Self::Broken(detail) => facts.observe(Reason::Damaged, format!("{part}: {detail}")),
        }
    }
}

impl From<XmlFault> for PartFault {
    fn from(fault: XmlFault) -> Self {
        match fault {
            XmlFault::EntityBomb(count) => Self::Bomb(format!("a document type with {count} entities of entities")),
            XmlFault::Malformed { offset, .. } => Self::Broken(format!("the mark-up breaks at byte {offset}")),
        }
    }
}

/// An open package.
pub(super) struct Package<'a> {
    pub(super) archive: ZipArchive<&'a mut dyn Source>,
    names: Vec<String>,
    /// Bytes that may still be inflated, all parts together.
    room: u64,
    ratio_max: u64,
    ratio_from: u64,
}

impl<'a> Package<'a> {
    /// Opens a package, or says why not: most often its end, where the directory is, is missing.
    pub(super) fn open(source: &'a mut dyn Source, limits: &Limits) -> Result<Self, (Reason, String)> {
        let archive = ZipArchive::new(source)
            .map_err(|error| (Reason::Truncated, format!("the package has no directory: {error}")))?;
        if archive.len() as u64 > limits.container_entries_max {
            return Err((Reason::TooManyEntries, format!("{} parts", archive.len())));
        }
        let names = archive.file_names().map(|name| name.map(|n| n.into_owned()).unwrap_or_default()).collect();
        Ok(Self {
            archive,
            names,
            room: limits.document_text_bytes_max.saturating_mul(MARK_UP_RATIO),
            ratio_max: limits.member_ratio_max,
            ratio_from: limits.member_ratio_from_bytes,
        })
    }

    /// Names of all parts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Parts `<stem>N.xml`, in the order of their numbers.
    pub(super) fn numbered(&self, stem: &str) -> Vec<String> {
        let number = |name: &String| -> Option<u32> {
            let digits = name.strip_prefix(stem)?.strip_suffix(".xml")?;
            if digits.is_empty() { Some(0) } else { digits.parse().ok() }
        };
        let mut found: Vec<(u32, String)> =
            self.names.iter().filter_map(|name| Some((number(name)?, name.clone()))).collect();
        found.sort();
        found.into_iter().map(|(_, name)| name).collect()
    }

    /// A part's bytes.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, PartFault> {
        let index = self.archive.index_for_name(name).ok_or(PartFault::Absent)?;
        let room = self.room;
        let locked = self.archive.by_index_raw(index).is_ok_and(|part| part.encrypted());
        if locked {
            return Err(PartFault::Locked);
        }
        let part = self.archive.by_index(index).map_err(|error| PartFault::Broken(error.to_string()))?;
        let (packed, claimed) = (part.compressed_size(), part.size());
        if claimed > room {
            return Err(PartFault::Bomb(format!("{claimed} bytes claimed, {room} allowed")));
        }
        let by_ratio = packed.saturating_mul(self.ratio_max).max(self.ratio_from);
        let allowed = room.min(by_ratio);
        let mut bytes = Vec::new();
        let read = part.take(allowed + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > allowed {
            return Err(PartFault::Bomb(format!("{packed} bytes inflate to more than {allowed}")));
        }
        self.room -= bytes.len() as u64;
        read.map_err(|error| PartFault::Broken(format!("breaks off after {} bytes: {error}", bytes.len())))?;
        Ok(bytes)
    }

    /// A part of mark-up as characters.
    pub(super) fn mark_up(&mut self, name: &str) -> Result<String, PartFault> {
        Ok(decode::decode(&self.bytes(name)?).text)
    }
}

/// Names in the local headers of a ZIP's head (APPNOTE 4.3.7), by searching for headers: members that are stored as
/// they are may be packages themselves, so only the first name is certain to be the package's own.
pub(super) fn names_in_head(head: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    if !head.starts_with(b"PK\x03\x04") {
        return names;
    }
    let mut rest = head;
    while let Some(at) = rest.windows(4).position(|window| window == b"PK\x03\x04") {
        rest = &rest[at..];
        let length = rest.get(26..28).map_or(0, |two| usize::from(u16::from_le_bytes([two[0], two[1]])));
        let Some(name) = rest.get(30..30 + length) else { break };
        names.push(name);
        rest = &rest[30 + length..];
    }
    names
}
