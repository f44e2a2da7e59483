//! What belongs to the viewers on discs: nearly every hospital burns one beside the images, with its pictures, help texts,
//! fonts and empty logs. Nobody has to look at these, and none of them keeps a case back.
//!
//! They are told by their place: a folder of a medium in which a program stands and no image, directory or slide. What may
//! be somebody's document there is judged like any other: PDF, office documents, messages, large pictures, whatever names a
//! person or turned out to be read as a page of text.

use super::case::{CaseFile, Entry};
use crate::domain::{
    extension,
    facts::FileKind,
    ids::{ArrivalId, EntryId},
    reason::{Family, Reason, Severity},
    verdict::Verdict,
};
use std::collections::{HashMap, HashSet};

/// Longer side in pixels up to which a picture is one of a program's own: a title screen, not a scan.
const PICTURE_SIDE_MAX: u32 = 800;

/// Words that were read of a picture from which it is a page of text.
const PICTURE_WORDS_MIN: u32 = 30;

/// What holds files side by side: a container, or the arrival.
type Group = (Option<EntryId>, ArrivalId);

/// The entries that belong to viewers, each with all of its copies, by their place in the case.
pub(super) fn belongings(case: &CaseFile) -> HashSet<EntryId> {
    if !case.entries().iter().any(|entry| entry.row.kind == FileKind::Executable) {
        return HashSet::new();
    }
    let mut groups: HashMap<Group, Vec<(String, &Entry)>> = HashMap::new();
    for entry in case.entries() {
        groups.entry((entry.row.parent, entry.row.arrival)).or_default().push((entry.name(), entry));
    }
    let mut inside: HashSet<EntryId> = HashSet::new();
    for (group, files) in &groups {
        for base in media(case, *group, files) {
            let folders = folders(case, &base, files);
            let is_inside = |name: &str| folders.iter().any(|folder| name.starts_with(folder.as_str()));
            let own = files.iter().filter(|(name, entry)| {
                let programs = name.starts_with(&base) && case.kind(entry) == FileKind::Executable;
                programs || is_inside(name) && is_of_program(case, entry)
            });
            inside.extend(own.map(|(_, entry)| entry.row.id));
        }
    }
    // What a program is packed in holds nothing else.
    for entry in case.entries() {
        if entry.row.parent.is_some_and(|parent| inside.contains(&parent)) {
            inside.insert(entry.row.id);
        }
    }
    // A picture of a viewer that came by itself as well is somebody's.
    let strays: HashSet<EntryId> = case
        .entries()
        .iter()
        .filter(|entry| !inside.contains(&entry.row.id))
        .map(|entry| case.original(entry).row.id)
        .collect();
    inside.retain(|id| case.get(*id).is_some_and(|entry| !strays.contains(&case.original(entry).row.id)));
    inside
}

/// Where media begin among these files: at the top of a disc image with DICOM on it, and at each DICOMDIR.
fn media(case: &CaseFile, (parent, _): Group, files: &[(String, &Entry)]) -> Vec<String> {
    let of = |kind: FileKind| files.iter().filter(move |(_, entry)| case.kind(entry) == kind);
    let mut bases: Vec<String> = of(FileKind::Dicomdir).map(|(name, _)| folder_of(name).to_owned()).collect();
    let is_disc = parent.and_then(|id| case.get(id)).is_some_and(|holder| case.kind(holder) == FileKind::Disc);
    if is_disc && of(FileKind::Dicom).next().is_some() {
        bases.push(String::new());
    }
    bases.sort();
    bases.dedup();
    bases
}

/// The folders of viewers below a base: of each program the highest one around it that holds nothing of a patient. A
/// program at the top has none of its own.
fn folders(case: &CaseFile, base: &str, files: &[(String, &Entry)]) -> Vec<String> {
    let below = |kinds: &'static [FileKind]| {
        files.iter().filter(move |(name, entry)| name.starts_with(base) && kinds.contains(&case.kind(entry)))
    };
    let of_patients: Vec<&str> =
        below(&[FileKind::Dicom, FileKind::Dicomdir, FileKind::Slide]).map(|(name, _)| name.as_str()).collect();
    let mut folders: Vec<String> = below(&[FileKind::Executable])
        .filter_map(|(name, _)| {
            let ends = name.match_indices('/').map(|(at, _)| at + 1).filter(|end| *end > base.len());
            let mut around = ends.map(|end| &name[..end]);
            around.find(|folder| !of_patients.iter().any(|name| name.starts_with(folder))).map(str::to_owned)
        })
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// Is it nothing that anybody would have put there as a document?
fn is_of_program(case: &CaseFile, entry: &Entry) -> bool {
    let facts = case.facts(entry);
    let names_somebody = facts.is_some_and(|facts| !facts.people.is_empty());
    let reading = case.original(entry).record.reading.as_ref();
    let words = reading.map_or(0, |reading| reading.pages.iter().map(|page| page.words).sum());
    let is_small = || {
        let picture = facts.and_then(|facts| facts.picture.as_ref());
        picture.is_some_and(|picture| picture.width.max(picture.height) <= PICTURE_SIDE_MAX)
    };
    match case.kind(entry) {
        FileKind::Executable => true,
        FileKind::Empty | FileKind::Unknown => !extension::promises_a_record(&entry.record.name),
        FileKind::Archive => entry.record.name.extension() == "jar",
        FileKind::Text => !names_somebody,
        FileKind::Image => is_small() && words < PICTURE_WORDS_MIN && !names_somebody,
        _ => false,
    }
}

/// Takes out of a verdict what is wrong with a document where there is none. That a file is a program is but information
/// here; a harmful one stays that.
pub(super) fn quieten(verdict: &mut Verdict) {
    verdict.findings.retain(|finding| !matches!(finding.code.family(), Family::Unreadable | Family::Language));
    for finding in verdict.findings.iter_mut().filter(|finding| finding.code == Reason::Executable) {
        finding.severity = finding.severity.min(Severity::Info);
    }
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}
