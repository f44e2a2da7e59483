//! Where an arrival came from: who, through which inlet, when. Kept sealed.

use super::{ids::LinkId, limits::NOT_READ_NAMED_MAX, time::Instant};
use serde::{Deserialize, Serialize};

/// The protocol an arrival came through.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inlet {
    /// The command line on the machine itself.
    Cli,
    /// A resumable upload (tus 1.0).
    Tus,
    /// A plain HTML form.
    Form,
    /// The watch folder.
    Watch,
    /// A disc or disc image at the desk.
    Disc,
}

/// Who stands behind a deed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A user of the machine, by number.
    Os(u32),
    /// Whoever holds an upload link.
    Link(LinkId),
    /// The daemon itself (watch folder, jobs).
    Daemon,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Os(uid) => write!(f, "os:{uid}"),
            Self::Link(id) => write!(f, "link:{id}"),
            Self::Daemon => f.write_str("daemon"),
        }
    }
}

/// Provenance of an arrival.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The inlet.
    pub inlet: Inlet,
    /// Who sent it.
    pub actor: Actor,
    /// Network peer or host path as the inlet saw it; sealed, shown to the desk only.
    pub peer: String,
    /// What was given by a person who waits for all of it, as absolute paths; empty where what is not taken comes by itself
    /// again. Sealed as well.
    #[serde(default)]
    pub given: Vec<String>,
    /// What of it could not be read, noted at the end.
    #[serde(default)]
    pub not_read: NotRead,
    /// When it began.
    pub at: Instant,
}

/// What was given and could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct NotRead {
    /// The first of them.
    pub named: Vec<Unread>,
    /// How many more there were.
    pub more: u64,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unread {
    /// Its name, as given.
    pub path: String,
    /// What the system said.
    pub why: String,
}

impl NotRead {
    /// Notes those that there is room for and counts the others.
    pub fn of(mut all: Vec<Unread>) -> Self {
        let more = all.len().saturating_sub(NOT_READ_NAMED_MAX);
        all.truncate(NOT_READ_NAMED_MAX);
        Self { named: all, more: more as u64 }
    }

    /// Was everything read?
    pub const fn is_empty(&self) -> bool {
        self.named.is_empty()
    }
}
