//! What can go wrong while sealing and opening.

use crate::domain::ids::CaseId;

/// A fault of sealed bytes, of keys, or of the world they lie in.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The bytes are not what was sealed: flipped, cut, swapped, moved or replayed. The words say which check failed.
    #[error("the sealed bytes are damaged: {0}")]
    Damaged(&'static str),
    /// Well formed, but sealed to somebody else.
    #[error("the sealed bytes are not for this key")]
    WrongKey,
    /// Not the text of an age X25519 key of the kind that is wanted.
    #[error("not an age key: {0}")]
    NotAKey(&'static str),
    /// The key file needs a passphrase and got none, or got the wrong one.
    #[error("the key file does not open with this passphrase")]
    Passphrase,
    /// The key file may be read by others than its owner.
    #[error("the key file may be read by others: its mode is {mode:o}, 600 is expected")]
    TooOpen {
        /// The permission bits found.
        mode: u32,
    },
    /// The key store has no keys for the case: unknown here, or shredded.
    #[error("there are no keys for case {0}")]
    NoCase(CaseId),
    /// The case has keys already, and keys are never replaced.
    #[error("case {0} has keys already")]
    CaseExists(CaseId),
    /// This keyring keeps its keys in memory only and cannot do what was asked.
    #[error("an ephemeral keyring cannot {0}")]
    Ephemeral(&'static str),
    /// The system's fault while touching key files.
    #[error("the key store failed while {act}: {source}")]
    World {
        /// What was attempted.
        act: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl SealError {
    /// Wraps what the system said about an attempted act.
    pub(super) fn world(act: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::World { act, source }
    }
}
