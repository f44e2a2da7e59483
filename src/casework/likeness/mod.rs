//! What looks like something that is there already: hints, never deletions.
//!
//! A scan or photo of a letter that is there as a file, the same report under another letterhead, one text in two
//! encodings, one picture with other metadata, one study on two discs. Forms look alike as well: two filled-in forms
//! share their print and differ in figures and names, and are not called the same.
//!
//! Documents are compared with those that lead (digital before read, plain names first), through runs of words that
//! they share; what leads nothing is compared with nothing, so that a thousand copies cost a thousand comparisons.

mod holders;
mod pictures;
mod print;
mod studies;
mod texts;

pub use print::print;

use super::case::{CaseFile, Entry, Overlay};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{FileKind, TextSource},
    ids::EntryId,
    reason::Reason,
};

/// Adds what is alike.
pub fn judge(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    let mut hints = texts::hints(case);
    hints.extend(pictures::hints(case));
    hints.extend(studies::hints(case));
    for Hint { entry, other, detail } in hints {
        overlay.find(entry, (Reason::NearDuplicate, detail), programme);
        overlay.similar.push((entry, other, Reason::NearDuplicate));
    }
}

/// This entry is like that one.
struct Hint {
    entry: EntryId,
    other: EntryId,
    detail: String,
}

/// Documents that can be like another one, those first that the others are compared with. Independent of the order in
/// which they came.
fn documents(case: &CaseFile) -> Vec<&Entry> {
    let wanted = |entry: &&Entry| {
        let kind = matches!(
            case.kind(entry),
            FileKind::Pdf | FileKind::Image | FileKind::Text | FileKind::Office | FileKind::Message
        );
        kind && !matches!(entry.row.outcome, None | Some(Outcome::DuplicateOf | Outcome::Junk))
    };
    let mut documents: Vec<&Entry> = case.entries().iter().filter(wanted).collect();
    documents.sort_by_cached_key(|entry| {
        let source = entry.facts().and_then(|facts| facts.text_print.as_ref()).map(|print| print.source);
        let path = &case.lead(entry).path;
        (source.unwrap_or(TextSource::Pixels), entry.row.depth, path.len(), path.clone())
    });
    documents
}
