//! The kind: recognises a manifest by its header, reads it, and keeps its text for search.

use super::{json, rows, sheet, table};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        limits::Limits,
        path::RawName,
    },
    kinds::{
        Exam, Kind, Probe,
        docs::{decode, deliver, plain},
    },
};

/// The kind for [`crate::kinds::ALL`].
pub static MANIFEST: &dyn Kind = &Manifest;

struct Manifest;

impl Kind for Manifest {
    fn name(&self) -> &'static str {
        "slide-manifest"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::SlideManifest
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        if !decode::looks_like_text(probe.head) {
            return false;
        }
        let mut head = decode::decode(probe.head).text;
        if (probe.head.len() as u64) < probe.bytes {
            // The last line may be cut off.
            head.truncate(head.rfind('\n').unwrap_or(head.len()));
        }
        json::looks_like(&head) || table::separated(&head, 1).is_some() || table::checksums(&head, 100).is_some()
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut read = Facts::of(FileKind::SlideManifest, Readable::Yes);
        let text = plain::read_text(exam, &mut read);
        let rows_max = exam.limits.manifest_rows_max;
        let table = match text.trim_start().starts_with(['{', '[']) {
            true => json::read(&text, rows_max),
            false => {
                table::separated(&text, rows_max).or_else(|| table::checksums(&text, rows_max)).unwrap_or_default()
            }
        };
        let mut facts = rows::facts(std::slice::from_ref(&table), exam.name);
        facts.observations.append(&mut read.observations);
        facts.readable = read.readable;
        let pages = deliver::split(&text, exam.limits);
        deliver::pages(exam, &mut facts, pages);
        facts
    }
}

/// Facts of a workbook of which some sheets are manifests; `None` if none is. The caller sends its pages.
pub fn facts_of_sheets<'s>(
    sheets: impl Iterator<Item = &'s [sheet::Row]>,
    name: &RawName,
    limits: &Limits,
) -> Option<Facts> {
    let tables: Vec<table::Table> = sheets.filter_map(|rows| sheet::table(rows, limits.manifest_rows_max)).collect();
    (!tables.is_empty()).then(|| rows::facts(&tables, name))
}
