//! Languages of a text, as facts: how much of it is in which, and which lines.

use serde::{Deserialize, Serialize};

/// How much of a page or document is in one language.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LanguageShare {
    /// BCP 47, `und` where undetermined.
    pub tag: String,
    /// Letters counted for it.
    pub letters: u32,
}

/// A run of lines of a page in one language. Runs may share a line, where two scripts stand on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LanguageLines {
    /// BCP 47.
    pub tag: String,
    /// The first line, counted from 1 in the text of the page; may be off by one, since short lines are judged together.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

/// The languages of one page's text.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PageLanguages {
    /// By weight; empty where the page has no letters.
    pub shares: Vec<LanguageShare>,
    /// In the order of the page, at most [`super::limits::LANGUAGE_LINES_MAX`]; empty where it has one language.
    pub lines: Vec<LanguageLines>,
}
