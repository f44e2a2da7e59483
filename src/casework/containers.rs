//! What lies inside a container is said of the container too: a desk that looks at the outermost row must see that
//! something in it escapes, swells or lies too deep.

use super::case::{CaseFile, Entry, Overlay};
use crate::domain::{case::Programme, ids::EntryId, reason::Reason};
use std::collections::BTreeMap;

/// Reasons that are said of every container around the entry they concern.
const CARRIED: &[Reason] = &[
    Reason::ArchiveBomb,
    Reason::PathEscape,
    Reason::LinkEntry,
    Reason::TooDeep,
    Reason::TooManyEntries,
    Reason::Malware,
];

/// Adds what is to be said about containers.
pub fn judge(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    let mut inside: BTreeMap<(EntryId, Reason), u64> = BTreeMap::new();
    for entry in case.entries().iter().filter(|entry| entry.row.parent.is_some()) {
        for reason in CARRIED.iter().filter(|reason| says(entry, **reason)) {
            for container in case.shown_around(entry) {
                *inside.entry((container.row.id, *reason)).or_default() += 1;
            }
        }
    }
    for ((container, reason), count) in inside {
        let said = case.get(container).is_some_and(|entry| says(case.original(entry), reason));
        if !said {
            overlay.find(container, (reason, format!("{count} inside")), programme);
        }
    }
}

fn says(entry: &Entry, reason: Reason) -> bool {
    entry.record.verdict.as_ref().is_some_and(|verdict| verdict.has(reason))
}
