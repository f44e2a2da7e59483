//! What each reason means, in words, for three readers: what is wrong, and what to do next.

use crate::domain::reason::Reason;

/// Who reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Parents and patients: plain words, no blame, no health information.
    Family,
    /// Referring physicians: the same, more exact.
    Physician,
    /// The desk: what was seen and what can be done.
    Desk,
}

/// A reason in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// What is wrong.
    pub wrong: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// A reason in the words of a reader.
pub fn of(reason: Reason, _audience: Audience) -> Words {
    Words { wrong: reason.code(), next: "" }
}
