//! Entries: what was found in arrivals, and what became of each.

use super::{
    facts::{FileKind, Readable},
    ids::{ArrivalId, EntryId, HeaderDigest, ObjectId, PartKey},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of an entry. The sum of all but `Missing` is the number of entries found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sealed, judged, searchable.
    Stored,
    /// The same bytes are in the case already; provenance is kept, bytes are not.
    DuplicateOf,
    /// The same SOP Instance UID with other content; both are kept.
    ConflictWith,
    /// System files and viewer software: listed by hash, bytes dropped.
    Junk,
    /// Kept apart until a person decides.
    Held,
    /// Kept, but nobody gets at the content as it is.
    Unreadable,
    /// Listed in a manifest or DICOMDIR, but not there. Not an entry found.
    Missing,
}

impl Outcome {
    /// Every outcome, in the order of the contract's summary.
    pub const ALL: &[Self] =
        &[Self::Stored, Self::DuplicateOf, Self::ConflictWith, Self::Junk, Self::Held, Self::Unreadable, Self::Missing];

    /// The word as scripts see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::DuplicateOf => "duplicate_of",
            Self::ConflictWith => "conflict_with",
            Self::Junk => "junk",
            Self::Held => "held",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }

    /// The outcome of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.name() == name)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far an entry has come. Each state is reached in one transaction.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Durable and acknowledged; waits to be examined.
    Received,
    /// Examined, judged, written to the ledger.
    Filed,
}

/// One sealed part of an object: an age file of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Where it lies.
    pub key: PartKey,
    /// Bytes of plaintext in it.
    pub plain_bytes: u64,
    /// Bytes of the sealed file.
    pub sealed_bytes: u64,
    /// SHA-256 of its age header: fixes everything behind it.
    pub header: HeaderDigest,
}

/// An object: parts in order. Its plaintext is their plaintexts joined.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Parts(pub Vec<Part>);

impl Parts {
    /// Bytes of plaintext in all.
    pub fn plain_bytes(&self) -> u64 {
        self.0.iter().map(|part| part.plain_bytes).sum()
    }
}

/// An entry as the catalog keeps it, sealed columns still sealed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryRow {
    /// Its id.
    pub id: EntryId,
    /// The delivery it came in.
    pub arrival: ArrivalId,
    /// The container it came out of.
    pub parent: Option<EntryId>,
    /// Its place in the container, or in the arrival.
    pub ordinal: u64,
    /// Containers around it: 0 for what came by itself.
    pub depth: u32,
    /// How far it has come.
    pub stage: Stage,
    /// Bytes of plaintext.
    pub bytes: u64,
    /// Best guess at receipt, certain once filed.
    pub kind: FileKind,
    /// Set when filed; duplicates of bytes are known at receipt.
    pub outcome: Option<Outcome>,
    /// Set when filed.
    pub readable: Readable,
    /// Set when filed: BCP 47 tags joined by `+`, `und`, `-`.
    pub language: String,
    /// The entry this one is a duplicate of or in conflict with.
    pub twin: Option<EntryId>,
    /// Its bytes, unless they are a duplicate's or were dropped.
    pub object: Option<ObjectId>,
    /// Sealed [`EntryRecord`]: name, digest, facts and verdict.
    pub record: Sealed,
}

/// Bytes that only the case's keys open; how is said by `seal`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The sealed part of an entry's row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EntryRecord {
    /// Name within its container or arrival, as it came.
    pub name: super::path::RawName,
    /// SHA-256 of its plaintext; `None` where no bytes were handed over.
    pub sha256: Option<super::ids::PlainDigest>,
    /// What the container said about it beside the bytes (a bad checksum, a link).
    pub claims: Vec<super::facts::Observation>,
    /// Facts, once examined.
    pub facts: Option<super::facts::Facts>,
    /// Verdict, once judged; the latest.
    pub verdict: Option<super::verdict::Verdict>,
    /// Digest of decoded pixels, once they were decoded to compare instances.
    pub pixels: Option<PixelsRead>,
    /// What was read from its pixels, as far as that has come.
    #[serde(default)]
    pub reading: Option<super::reading::Reading>,
}

/// The result of decoding a DICOM image to compare it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum PixelsRead {
    /// SHA-256 over the decoded samples of all frames, in one canonical form.
    Digest(super::ids::PlainDigest),
    /// The same, and every pixel has one value: nothing is to be seen.
    Constant(super::ids::PlainDigest),
    /// No decoder for its transfer syntax here.
    Unsupported,
    /// The decoder failed.
    Failed,
    /// Too large to be decoded as a whole: the first, the middle and the last frame were.
    Sampled(Shows),
    /// Decoded like the first, and these frames of several have one value each: nothing is to be seen in them.
    EmptyFrames(super::ids::PlainDigest, Vec<FrameRun>),
    /// No decoder here, and a codestream breaks off before its end.
    Cut,
}

/// Frames in a row, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrameRun {
    /// The first of them.
    pub first: u32,
    /// The last of them.
    pub last: u32,
}

/// Is anything to be seen in pixels?
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Shows {
    /// Pixels differ.
    Something,
    /// All of them are alike.
    OneValue,
}

impl PixelsRead {
    /// The digest, where the pixels could be decoded.
    pub const fn digest(&self) -> Option<&super::ids::PlainDigest> {
        match self {
            Self::Digest(digest) | Self::Constant(digest) | Self::EmptyFrames(digest, _) => Some(digest),
            Self::Unsupported | Self::Failed | Self::Cut | Self::Sampled(_) => None,
        }
    }
}
