//! What lies inside a container is said of the container too: a desk that looks at the outermost row must see that
//! something in it escapes, swells or lies too deep, and that nothing of a patient lies in it.

use super::case::{CaseFile, Entry, Overlay};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{FileKind, Readable},
    ids::EntryId,
    reason::Reason,
};
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
    for entry in case.entries().iter().filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf)) {
        if let Some(detail) = emptiness(case, entry) {
            overlay.find(entry.row.id, (Reason::EmptyFile, detail.to_owned()), programme);
        }
    }
}

/// Says that whoever sent a disc or an archive sent nothing of a patient with it: a blank disc, or one that was burnt with
/// its viewer and without the images.
fn emptiness(case: &CaseFile, entry: &Entry) -> Option<&'static str> {
    let kind = case.kind(entry);
    let facts = entry.facts().filter(|facts| facts.readable == Readable::Yes)?;
    if !matches!(kind, FileKind::Disc | FileKind::Archive) {
        return None;
    }
    let mut members = case.members(entry.row.id).peekable();
    if members.peek().is_none() {
        let listed = facts.container.as_ref().is_some_and(|container| container.listed == 0);
        return listed.then_some("there is nothing in it");
    }
    let of_program = |member: &Entry| match case.kind(member) {
        FileKind::Executable | FileKind::SystemJunk | FileKind::Empty => true,
        FileKind::Text => case.facts(member).is_some_and(|facts| facts.people.is_empty()),
        _ => false,
    };
    let has_program = case.members(entry.row.id).any(|member| case.kind(member) == FileKind::Executable);
    let nothing_else = kind == FileKind::Disc && has_program && members.all(of_program);
    nothing_else.then_some("programs, and nothing of a patient")
}

fn says(entry: &Entry, reason: Reason) -> bool {
    entry.record.verdict.as_ref().is_some_and(|verdict| verdict.has(reason))
}
