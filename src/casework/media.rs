//! Media: a DICOMDIR is a claim (PS3.10 section 8, PS3.3 annex F), compared with what is there. Three lists come of it:
//! listed and present, listed and missing, present and unlisted.
//!
//! A medium is a disc image or archive with DICOM on it, or a folder that holds a file named DICOMDIR. The same disc as
//! image, archive and folder gives the same lists, because only names relative to the DICOMDIR and content count.

use super::{
    case::{CaseFile, Entry, ExtraRow, Identity, MediumReport, Overlay, weighed},
    identity, viewers,
};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{DicomdirFacts, DicomdirReference, FileKind, NamedPerson, Readable},
    ids::{ArrivalId, EntryId},
    reason::Reason,
    verdict::Verdict,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Adds what is to be said about media.
pub fn judge(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    let of_viewers = viewers::belongings(case);
    for medium in media(case) {
        let report = report(case, &medium);
        say(&medium, &report, programme, overlay);
        for (name, entry) in &medium.content {
            let program = report.viewer_software.binary_search(name).is_ok();
            if program || of_viewers.contains(&entry.row.id) {
                let detail = if program { "a program on a disc" } else { "belongs to a program on a disc" };
                overlay.find(entry.row.id, (Reason::ViewerSoftware, detail.to_owned()), programme);
            }
        }
        overlay.media.push(report);
    }
    lone_directories(case, programme, overlay);
}

/// A medium and the entries on it.
struct Medium<'a> {
    path: String,
    /// The container's entry; none for a folder.
    entry: Option<EntryId>,
    /// What is on it, by name relative to its top.
    content: Vec<(String, &'a Entry)>,
    arrival: ArrivalId,
    disc_image: bool,
}

fn media(case: &CaseFile) -> Vec<Medium<'_>> {
    let mut media = Vec::new();
    for entry in case.entries().iter().filter(|entry| case.kind(entry) == FileKind::Disc) {
        // A copy of a disc has no members of its own; the first one's are shown under the first one.
        let content: Vec<_> = case.members(entry.row.id).map(|member| (member.name(), member)).collect();
        if entry.row.outcome != Some(Outcome::DuplicateOf) {
            let shown = case.lead(entry);
            let (path, arrival) = (shown.path.clone(), shown.row.arrival);
            media.push(Medium { path, entry: Some(entry.row.id), content, arrival, disc_image: true });
        }
    }
    for (folder, arrival) in folders(case) {
        let content = case
            .entries()
            .iter()
            .filter(|entry| entry.row.parent.is_none() && entry.row.arrival == arrival)
            .filter_map(|entry| entry.path.strip_prefix(&folder).map(|rest| (rest.to_owned(), entry)))
            .collect();
        media.push(Medium { path: folder, entry: None, content, arrival, disc_image: false });
    }
    media
}

/// Folders that hold a file named DICOMDIR, with their final `/` and the arrival they came in.
fn folders(case: &CaseFile) -> Vec<(String, ArrivalId)> {
    let mut folders: Vec<_> = case
        .entries()
        .iter()
        .filter(|entry| entry.row.parent.is_none() && case.kind(entry) == FileKind::Dicomdir)
        .filter(|entry| file_id(last_of(&entry.path)) == "DICOMDIR")
        .map(|entry| (folder_of(&entry.path).to_owned(), entry.row.arrival))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

/// The three lists, the programs and the people of a medium.
fn report(case: &CaseFile, medium: &Medium<'_>) -> MediumReport {
    let mut report = MediumReport { path: medium.path.clone(), ..MediumReport::default() };
    let mut listed: HashSet<EntryId> = HashSet::new();
    let by_name: HashMap<String, &Entry> = medium.content.iter().map(|(name, entry)| (file_id(name), *entry)).collect();
    let by_instance = by_instance(case, medium);
    for (name, entry) in &medium.content {
        let Some(directory) = case.facts(entry).and_then(|facts| facts.dicomdir.as_ref()) else { continue };
        report.dicomdir = true;
        for reference in wanted(directory) {
            let path = format!("{}{}", folder_of(name), reference.file_id.join("/"));
            let found = by_name.get(&file_id(&path)).or_else(|| by_instance.get(reference.sop_instance.as_str()));
            match found {
                Some(found) if listed.insert(found.row.id) => report.listed_present.push(relative(medium, found)),
                Some(_) => {}
                None => report.listed_missing.push(path),
            }
        }
    }
    for (name, entry) in &medium.content {
        match case.kind(entry) {
            FileKind::Dicom | FileKind::Slide if report.dicomdir && !listed.contains(&entry.row.id) => {
                report.present_unlisted.push(name.clone());
            }
            FileKind::Executable => report.viewer_software.push(name.clone()),
            _ => {}
        }
        if nobody_reads(case, entry) {
            report.unreadable.push(name.clone());
        }
    }
    let lists = [&mut report.listed_present, &mut report.listed_missing, &mut report.present_unlisted];
    for list in lists.into_iter().chain([&mut report.unreadable]) {
        list.sort();
        list.dedup();
    }
    report.viewer_software.sort();
    report.identities = identities(case, medium);
    report
}

/// Is it something that should be read, and cannot be?
fn nobody_reads(case: &CaseFile, entry: &Entry) -> bool {
    let holder = case.original(entry);
    let wanted = !matches!(holder.row.kind, FileKind::Executable | FileKind::SystemJunk);
    let unreadable = |verdict: &Verdict| verdict.readable == Readable::No;
    wanted && holder.row.outcome != Some(Outcome::Junk) && holder.record.verdict.as_ref().is_some_and(unreadable)
}

fn by_instance<'a>(case: &'a CaseFile, medium: &Medium<'a>) -> HashMap<&'a str, &'a Entry> {
    let dicom = |entry: &'a Entry| case.facts(entry).and_then(|facts| facts.dicom.as_ref());
    medium
        .content
        .iter()
        .filter_map(|(_, entry)| dicom(entry).map(|dicom| (dicom.sop_instance.as_str(), *entry)))
        .filter(|(uid, _)| !uid.is_empty())
        .collect()
}

fn wanted(directory: &DicomdirFacts) -> impl Iterator<Item = &DicomdirReference> {
    directory.references.iter().filter(|reference| !reference.file_id.is_empty())
}

fn relative(medium: &Medium<'_>, entry: &Entry) -> String {
    let found = medium.content.iter().find(|(_, candidate)| candidate.row.id == entry.row.id);
    found.map(|(name, _)| name.clone()).unwrap_or_default()
}

/// Everybody named in DICOM objects and the DICOMDIR, each person once.
fn identities(case: &CaseFile, medium: &Medium<'_>) -> Vec<Identity> {
    let mut found: BTreeMap<Identity, u64> = BTreeMap::new();
    for (_, entry) in &medium.content {
        let Some(facts) = case.facts(entry) else { continue };
        if !matches!(case.kind(entry), FileKind::Dicom | FileKind::Dicomdir | FileKind::Slide) {
            continue;
        }
        for person in &facts.people {
            let counted = u64::from(case.kind(entry) != FileKind::Dicomdir);
            *found.entry(record_of(person)).or_default() += counted;
        }
    }
    identity::merged(found.into_iter().map(|(identity, objects)| Identity { objects, ..identity }).collect())
}

fn record_of(person: &NamedPerson) -> Identity {
    Identity {
        names: person.names.clone(),
        birth_date: person.birth_date.clone(),
        sex: person.sex.clone(),
        ids: person.ids.clone(),
        objects: 0,
        matches: None,
    }
}

/// Findings and rows for one medium.
fn say(medium: &Medium<'_>, report: &MediumReport, programme: &Programme, overlay: &mut Overlay) {
    let mut about = Vec::new();
    if !report.listed_missing.is_empty() {
        let listed = report.listed_present.len() + report.listed_missing.len();
        about.push((
            Reason::ListedMissing,
            format!("{} of {listed} listed files are missing", report.listed_missing.len()),
        ));
    }
    if !report.present_unlisted.is_empty() {
        about.push((Reason::UnlistedPresent, format!("{} DICOM files are not listed", report.present_unlisted.len())));
    }
    let has_dicom = medium.content.iter().any(|(_, entry)| entry.row.kind == FileKind::Dicom);
    if medium.disc_image && !report.dicomdir && has_dicom {
        about.push((Reason::NoDicomdir, "DICOM files without a DICOMDIR".to_owned()));
    }
    if report.identities.len() > 1 {
        about.push((Reason::MultiplePatients, format!("{} patients are named on it", report.identities.len())));
    }
    if !report.viewer_software.is_empty() {
        about.push((Reason::ViewerSoftware, report.viewer_software.join(", ")));
    }
    for (name, entry) in &medium.content {
        if report.present_unlisted.binary_search(name).is_ok() {
            overlay.find(entry.row.id, (Reason::UnlistedPresent, "not listed in the DICOMDIR".to_owned()), programme);
        }
    }
    missing_rows(medium, report, programme, overlay);
    let findings: Vec<_> = about.into_iter().map(|(code, detail)| weighed(code, detail, programme)).collect();
    match medium.entry {
        Some(entry) => overlay.findings.extend(findings.into_iter().map(|finding| (entry, finding))),
        None => {
            let path = if medium.path.is_empty() { "./".to_owned() } else { medium.path.clone() };
            overlay.rows.push(ExtraRow {
                arrival: medium.arrival,
                path,
                kind: FileKind::Disc,
                outcome: Outcome::Stored,
                findings,
                listed_by: None,
            });
        }
    }
}

fn missing_rows(medium: &Medium<'_>, report: &MediumReport, programme: &Programme, overlay: &mut Overlay) {
    let joint = if medium.entry.is_some() { "!/" } else { "" };
    for name in &report.listed_missing {
        let detail = "listed in the DICOMDIR, not on the medium".to_owned();
        overlay.rows.push(ExtraRow {
            arrival: medium.arrival,
            path: format!("{}{joint}{name}", medium.path),
            kind: FileKind::Dicom,
            outcome: Outcome::Missing,
            findings: vec![weighed(Reason::ListedMissing, detail, programme)],
            listed_by: medium.entry,
        });
    }
}

/// A DICOMDIR that came by itself, under another name: one sentence, not a row for each file it lists.
fn lone_directories(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    for entry in case.entries().iter().filter(|entry| entry.row.parent.is_none()) {
        let Some(directory) = entry.facts().and_then(|facts| facts.dicomdir.as_ref()) else { continue };
        let listed = wanted(directory).count();
        if file_id(last_of(&entry.path)) != "DICOMDIR" && listed > 0 {
            let detail = format!("a DICOMDIR by itself: none of its {listed} files came with it");
            overlay.find(entry.row.id, (Reason::ListedMissing, detail), programme);
        }
    }
}

/// Names as a File-set compares them: upper case, without version and trailing dot (ECMA-119 7.5, PS3.10 8.2).
fn file_id(name: &str) -> String {
    let name = name.strip_suffix(";1").unwrap_or(name);
    name.strip_suffix('.').unwrap_or(name).replace('\\', "/").to_uppercase()
}

fn last_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}
