//! One study on two media: said once for the study, on the medium that came later.
//!
//! That single images are the same is said of each image (`exact_duplicate`, `same_instance`); a desk wants to know that
//! the second disc is the first one again, and whether it holds more.

use super::Hint;
use crate::{
    casework::case::{CaseFile, Entry},
    domain::{facts::FileKind, ids::EntryId},
};
use std::collections::{BTreeMap, BTreeSet};

/// The images of one study on one medium.
#[derive(Default)]
struct Part<'a> {
    instances: BTreeSet<&'a str>,
    /// What the hint stands on: the outermost container, or the first image of a folder.
    holder: Option<&'a Entry>,
}

/// A hint for each study that lies on a second medium.
pub(super) fn hints(case: &CaseFile) -> Vec<Hint> {
    let mut studies: BTreeMap<&str, BTreeMap<EntryId, Part<'_>>> = BTreeMap::new();
    for entry in case.entries() {
        let Some(dicom) = case.facts(entry).and_then(|facts| facts.dicom.as_ref()) else { continue };
        if dicom.study.is_empty() || dicom.sop_instance.is_empty() || case.kind(entry) != FileKind::Dicom {
            continue;
        }
        // Images that came by themselves lie on no medium.
        let Some(medium) = case.around(entry).last().copied() else { continue };
        let part = studies.entry(&dicom.study).or_default().entry(medium.row.id).or_default();
        part.instances.insert(&dicom.sop_instance);
        part.holder.get_or_insert(medium);
    }
    studies.into_values().flat_map(|parts| of_study(case, &parts)).collect()
}

fn of_study(case: &CaseFile, parts: &BTreeMap<EntryId, Part<'_>>) -> Vec<Hint> {
    let mut all: Vec<(&Entry, &Part<'_>)> =
        parts.values().filter_map(|part| part.holder.map(|holder| (holder, part))).collect();
    all.sort_by_cached_key(|(holder, part)| {
        let path = &case.lead(holder).path;
        (std::cmp::Reverse(part.instances.len()), path.len(), path.clone())
    });
    let Some(((first, most), others)) = all.split_first() else { return Vec::new() };
    let hint = |(holder, part): &(&Entry, &Part<'_>)| {
        let common = part.instances.intersection(&most.instances).count();
        (common > 0).then(|| Hint {
            entry: holder.row.id,
            other: first.row.id,
            detail: format!(
                "{common} of the {} images of a study on it are on {} too, which has {} of that study",
                part.instances.len(),
                case.lead(first).path,
                most.instances.len()
            ),
        })
    };
    others.iter().filter_map(hint).collect()
}
