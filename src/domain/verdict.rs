//! What is said about a document after its facts were judged.

use super::{
    facts::{LanguageLines, LanguageShare, Readable},
    reason::{Reason, Severity},
};
use serde::{Deserialize, Serialize};

/// A reason with its weight, place and evidence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The reason code.
    pub code: Reason,
    /// Its weight under the case's programme.
    pub severity: Severity,
    /// The page, counted from 1, where it concerns one.
    pub page: Option<u32>,
    /// Evidence; sealed wherever it is kept.
    pub detail: String,
}

/// The verdict on one page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PageVerdict {
    /// Counted from 1.
    pub page: u32,
    /// Can it be read?
    pub readable: Readable,
    /// BCP 47, several joined by `+` in order of weight, `und`, or `-` where language means nothing.
    pub language: String,
    /// Share of letters that are not English, 0 to 1.
    pub share_non_english: f32,
    /// Words of text.
    pub words: u32,
    /// Mean confidence of what was read from pixels, 0 to 1.
    pub ocr_confidence: Option<f32>,
    /// Which lines are in which language, where the page has several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub language_lines: Vec<LanguageLines>,
}

/// The verdict on one document.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// Can it be read?
    pub readable: Readable,
    /// As in [`PageVerdict::language`].
    pub language: String,
    /// Weight of each language.
    pub shares: Vec<LanguageShare>,
    /// What was found, the heaviest first.
    pub findings: Vec<Finding>,
    /// Page by page, as many as were read.
    pub pages: Vec<PageVerdict>,
}

impl Verdict {
    /// Is this reason among the findings?
    pub fn has(&self, reason: Reason) -> bool {
        self.findings.iter().any(|finding| finding.code == reason)
    }

    /// Does anything block?
    pub fn blocks(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Block)
    }
}

/// Is a document about the case's child?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatientMatch {
    /// Yes, with evidence.
    Yes,
    /// No, with evidence.
    No,
    /// It does not say, or not enough.
    #[default]
    Unknown,
}
