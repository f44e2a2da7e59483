//! Verdicts on a corpus with known answers. The corpus lies beside the project and is not shipped with it: without it
//! these tests say so and pass, unless it is required (`support::lacking`).

mod containers;
mod dicom;
mod dicom_content;
mod dicom_damage;
mod docs;
mod language;
mod languages;
mod messages;
mod passed_over;
mod pdf;
mod pixels;
mod slides;

use crate::support::lacking::{Lack, skip};
use std::path::{Path, PathBuf};

/// One line of the corpus's answers.
pub(crate) struct Row {
    /// Relative to the corpus.
    pub(crate) path: String,
    /// What made the file.
    pub(crate) kind: String,
    /// `yes` or `no`.
    pub(crate) readable: String,
    /// Tags joined by `+`, or `-`.
    pub(crate) language: String,
    /// Why, in words.
    pub(crate) reason: String,
}

impl Row {
    /// The answer is known well enough to be counted.
    pub(crate) fn is_certain(&self) -> bool {
        !self.reason.contains("UNCERTAIN")
    }

    /// The answer lies in the pixels.
    pub(crate) fn needs_pixels(&self) -> bool {
        let kinds = ["photo", "scan-pdf", "scan-tiff", "image"];
        kinds.contains(&self.kind.as_str())
            || self.reason.contains("OCR sees text")
            || self.reason.contains("no or almost no text layer")
    }
}

/// Where the corpus lies, if it does; says so where it does not.
pub(crate) fn corpus() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if root.join("expected.tsv").exists() {
        return Some(root);
    }
    skip(Lack::Installable, &format!("no corpus at {}", root.display()));
    None
}

/// The answers whose path is wanted.
pub(crate) fn rows(corpus: &Path, wanted: impl Fn(&str) -> bool) -> Vec<Row> {
    let table = std::fs::read_to_string(corpus.join("expected.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|line| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next().unwrap_or_default();
        Row { path: next(), kind: next(), readable: next(), language: next(), reason: next() }
    });
    rows.filter(|row| wanted(&row.path)).collect()
}

/// Recall, precision and their mean, of counts of hits, misses and false alarms.
pub(crate) fn f1(hits: usize, misses: usize, alarms: usize) -> f64 {
    let (hits, misses, alarms) = (hits as f64, misses as f64, alarms as f64);
    2.0 * hits / (2.0 * hits + misses + alarms)
}
