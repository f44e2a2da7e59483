//! Instances that share a SOP Instance UID (PS3.3 C.12.1): the same one twice, or two that claim one name.
//!
//! Equal decoded pixels under one patient are the same instance in another transfer syntax; other pixels, or pixels
//! that cannot be decoded here, are a conflict. Both are kept in either case. Which of them is the first is decided by
//! path, not by the order in which jobs happened to run.

use super::case::{CaseFile, Entry, Overlay};
use crate::domain::{
    case::Programme,
    entry::{Outcome, PixelsRead},
    facts::DicomFacts,
    ids::EntryId,
    reason::Reason,
};
use std::collections::{BTreeMap, BTreeSet};

/// Adds what is to be said about instances.
pub fn judge(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    for group in groups(case) {
        for other in &group[1..] {
            compare((case.lead(group[0]), group[0]), other, programme, overlay);
        }
    }
}

/// Entries whose pixels must be decoded before [`judge`] can say what they are to each other.
pub fn waiting(case: &CaseFile) -> BTreeSet<EntryId> {
    let mut waiting = BTreeSet::new();
    for group in groups(case) {
        for other in &group[1..] {
            if matches!(likeness(group[0], other), Likeness::Pending) {
                let pair = [group[0], *other].into_iter();
                waiting.extend(pair.filter(|entry| entry.record.pixels.is_none()).map(|entry| entry.row.id));
            }
        }
    }
    waiting
}

/// Entries that share an instance, by path.
fn groups(case: &CaseFile) -> Vec<Vec<&Entry>> {
    let mut groups: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in case.entries() {
        if let Some(dicom) = instance(entry) {
            groups.entry(&dicom.sop_instance).or_default().push(entry);
        }
    }
    let mut groups: Vec<_> = groups.into_values().filter(|group| group.len() > 1).collect();
    for group in &mut groups {
        group.sort_by_key(|entry| case.lead(entry).path.clone());
    }
    groups
}

/// The instance an entry is, unless it is a copy of bytes or has been dropped.
fn instance(entry: &Entry) -> Option<&DicomFacts> {
    let kept = matches!(entry.row.outcome, Some(Outcome::Stored | Outcome::ConflictWith | Outcome::Unreadable));
    let dicom = entry.facts()?.dicom.as_ref()?;
    (kept && !dicom.sop_instance.is_empty()).then_some(dicom)
}

fn compare((shown, first): (&Entry, &Entry), other: &Entry, programme: &Programme, overlay: &mut Overlay) {
    let id = other.row.id;
    match likeness(first, other) {
        Likeness::Pending => {
            let detail = "shares its SOP Instance UID with another object; being compared".to_owned();
            overlay.find(id, (Reason::ReadingPending, detail), programme);
        }
        Likeness::Same => {
            let detail = format!("the same image as {}", shown.path);
            overlay.find(id, (Reason::SameInstance, detail), programme);
            overlay.similar.push((id, first.row.id, Reason::SameInstance));
        }
        Likeness::Other(why) => {
            let detail = format!("the same SOP Instance UID as {}: {why}", shown.path);
            overlay.find(id, (Reason::InstanceConflict, detail), programme);
            overlay.outcomes.push((id, Outcome::ConflictWith, first.row.id));
        }
    }
}

enum Likeness {
    Pending,
    Same,
    Other(&'static str),
}

fn likeness(first: &Entry, other: &Entry) -> Likeness {
    if people(first) != people(other) {
        return Likeness::Other("another patient is named");
    }
    match (&first.record.pixels, &other.record.pixels) {
        (None, _) | (_, None) => Likeness::Pending,
        (Some(a), Some(b)) if a.digest().is_some() && a.digest() == b.digest() => Likeness::Same,
        (Some(PixelsRead::Unsupported), _) | (_, Some(PixelsRead::Unsupported)) => {
            Likeness::Other("not compared, a transfer syntax cannot be decoded here")
        }
        (Some(PixelsRead::Failed | PixelsRead::Cut), _) | (_, Some(PixelsRead::Failed | PixelsRead::Cut)) => {
            Likeness::Other("not compared, the pixels cannot be decoded")
        }
        (Some(PixelsRead::Sampled(_)), _) | (_, Some(PixelsRead::Sampled(_))) => {
            Likeness::Other("not compared, too large to be decoded as a whole here")
        }
        (Some(PixelsRead::Digest(_) | PixelsRead::Constant(_) | PixelsRead::EmptyFrames(..)), Some(_)) => {
            Likeness::Other("other pixels")
        }
    }
}

fn people(entry: &Entry) -> Vec<(Vec<String>, Vec<String>)> {
    let people = entry.facts().map(|facts| facts.people.as_slice()).unwrap_or_default();
    people.iter().map(|p| (p.names.clone(), p.ids.iter().map(|(id, _)| id.clone()).collect())).collect()
}
