//! What the program says of files: rows as the contract writes them.

use super::expected::key;
use crate::domain::{entry::Outcome, facts::Readable, reason::Reason};
use serde::Deserialize;
use std::{
    collections::{BTreeSet, HashMap},
    fmt::Write,
};

/// One row of `inspect --json`, as far as it is compared.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Answer {
    /// As shown.
    pub path: String,
    /// Can it be read?
    pub readable: Readable,
    /// What became of it.
    pub outcome: Outcome,
    /// Tags joined by `+`.
    pub language: String,
    /// What was found.
    pub reasons: Vec<AnswerReason>,
    /// The first one with these bytes.
    pub duplicate_of: Option<String>,
    /// Others that are alike.
    #[serde(default)]
    pub similar_to: Vec<serde::de::IgnoredAny>,
}

/// A finding of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct AnswerReason {
    /// Its code.
    pub code: Reason,
}

impl Answer {
    /// Codes of its findings, each once.
    pub fn codes(&self) -> BTreeSet<Reason> {
        self.reasons.iter().map(|reason| reason.code).collect()
    }

    /// Is one of these among its findings?
    pub(super) fn has_any(&self, codes: &[Reason]) -> bool {
        self.reasons.iter().any(|reason| codes.contains(&reason.code))
    }
}

/// Answers by path.
pub(super) type Answers<'a> = HashMap<String, &'a Answer>;

/// By path as the tables write it; of two with one path the later holds.
pub(super) fn by_path(answers: &[Answer]) -> Answers<'_> {
    answers.iter().map(|answer| (key(&escaped(&answer.path)), answer)).collect()
}

/// Control and direction characters as the tables write them.
fn escaped(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for letter in path.chars() {
        match letter {
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(text, "\\x{:02x}", u32::from(letter));
            }
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
            }
            other => text.push(other),
        }
    }
    text
}
