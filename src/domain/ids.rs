//! Identifiers. Each is its own type, so that one cannot be passed for another.
//!
//! All ids are 128 random bits (or bits derived with a key), written in lower-case
//! base32 without padding (RFC 4648): 26 characters that survive being read aloud.
//! An id says nothing about what it names and may stand in logs and paths.

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A text that is not an id of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: 26 characters of a-z and 2-7 are expected")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes 16 bytes that were drawn at random or derived with a key.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, as they stand in the catalog.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let upper = text.trim().to_ascii_uppercase();
                let bytes = BASE32_NOPAD.decode(upper.as_bytes()).map_err(|_| IdError)?;
                Ok(Self(bytes.try_into().map_err(|_| IdError)?))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A case: one child's request for a second opinion.
    CaseId
);
id!(
    /// One delivery through one inlet.
    ArrivalId
);
id!(
    /// One thing found in an arrival; also the id of the document it becomes.
    EntryId
);
id!(
    /// The sealed bytes of an entry, text or index file.
    ObjectId
);
id!(
    /// A piece of work in the queue.
    JobId
);
id!(
    /// An upload link.
    LinkId
);
id!(
    /// What somebody at the desk said of a finding: accepted, or set.
    RulingId
);
id!(
    /// A resumable upload under way.
    UploadId
);
id!(
    /// One life of a process that writes objects; part of every object's key.
    EpochId
);
id!(
    /// A node whose audit chain is its own.
    NodeId
);

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

digest!(
    /// SHA-256 of a plaintext. Never stored bare: it confirms that we hold a known file.
    PlainDigest
);
digest!(
    /// HMAC-SHA-256 of a plaintext digest under a key of the case: may stand in the catalog.
    Fingerprint
);
digest!(
    /// SHA-256 of an age header: it fixes the file key, and so the whole sealed part.
    HeaderDigest
);
digest!(
    /// One link of the audit chain.
    AuditHash
);

impl PlainDigest {
    /// Lower-case hex, for the ledger that leaves with the case.
    pub fn to_hex(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

/// Where a sealed part lies: `<epoch>/<random 128 bit>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PartKey {
    /// The life of the process that wrote it.
    pub epoch: EpochId,
    /// Random; the name of the file or of the bucket's key.
    pub name: ObjectId,
}

impl fmt::Display for PartKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.epoch, self.name)
    }
}
