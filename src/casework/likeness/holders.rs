//! What a study lies on: the medium, as `media` sees it, or the folder where it lies in several.
//!
//! Innermost first: a folder with a DICOMDIR, the container around it. Where one study has the same instance twice on one
//! of these, it lies in two folders, and they are told apart where their paths part.

use crate::{
    casework::case::{CaseFile, Entry},
    domain::{
        facts::{DicomFacts, FileKind},
        ids::{ArrivalId, EntryId},
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An image and where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Image<'a> {
    /// Its entry.
    pub(super) entry: &'a Entry,
    /// Its facts, of the first copy where it is one.
    pub(super) dicom: &'a DicomFacts,
}

/// The images of one study on one medium.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// What a hint about it stands on: the container, or an image in the folder.
    pub(super) holder: &'a Entry,
    /// The container or folder as it is shown.
    pub(super) path: String,
    /// How they lie there.
    pub(super) lies: Lies,
    /// The images, in the order of their paths.
    pub(super) images: Vec<Image<'a>>,
}

/// How images lie on something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lies {
    /// On a container: a disc image, an archive.
    On,
    /// In a folder of one, or in one with a DICOMDIR.
    InMedium,
    /// In a folder that somebody made.
    InFolder,
}

/// The container, or the arrival of what came by itself.
type Scope = (Option<EntryId>, ArrivalId);

/// A folder within a scope, with its final `/`; empty for the top.
type Place = (Scope, String);

/// Images with their folders, within whatever they are gathered under.
type Placed<'a> = Vec<(String, Image<'a>)>;

/// The parts of each study, by Study Instance UID.
pub(super) fn parts(case: &CaseFile) -> BTreeMap<&str, Vec<Part<'_>>> {
    let mut members: HashMap<EntryId, usize> = HashMap::new();
    case.entries().iter().filter_map(|entry| entry.row.parent).for_each(|id| *members.entry(id).or_default() += 1);
    let directories = directories(case, &members);
    let mut studies: BTreeMap<&str, BTreeMap<Base, Placed<'_>>> = BTreeMap::new();
    for entry in case.entries() {
        let Some(dicom) = case.facts(entry).and_then(|facts| facts.dicom.as_ref()) else { continue };
        if dicom.study.is_empty() || dicom.sop_instance.is_empty() || case.kind(entry) != FileKind::Dicom {
            continue;
        }
        let (scope, folder) = place(case, entry, &members);
        let own = folders_up(&folder).find(|folder| directories.contains(&(scope, (*folder).to_owned())));
        let rest = folder[own.map_or(0, str::len)..].to_owned();
        let base = Base { scope, medium: own.map(str::to_owned) };
        studies.entry(&dicom.study).or_default().entry(base).or_default().push((rest, Image { entry, dicom }));
    }
    let mut parts: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
    for (study, bases) in studies {
        let of_study = bases.into_iter().flat_map(|(base, images)| of_base(case, &base, images));
        parts.insert(study, of_study.collect());
    }
    parts
}

/// What images are gathered under, before it is seen whether an instance is there twice.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Base {
    scope: Scope,
    /// The folder with a DICOMDIR; empty where that lies at the top.
    medium: Option<String>,
}

/// Folders that hold a DICOMDIR.
fn directories(case: &CaseFile, members: &HashMap<EntryId, usize>) -> BTreeSet<Place> {
    let directory = |entry: &&Entry| case.kind(entry) == FileKind::Dicomdir;
    case.entries().iter().filter(directory).map(|entry| place(case, entry, members)).collect()
}

/// Where an entry lies. A container that holds nothing else is a wrapping, and no place.
fn place(case: &CaseFile, entry: &Entry, members: &HashMap<EntryId, usize>) -> Place {
    let mut name = entry.name();
    for container in case.around(entry) {
        if members.get(&container.row.id).is_some_and(|count| *count > 1) {
            return ((Some(container.row.id), container.row.arrival), folder_of(&name).to_owned());
        }
        name = container.name();
    }
    ((None, entry.row.arrival), folder_of(&name).to_owned())
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// A folder and those around it, from the inside out, the top last.
fn folders_up(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| folder_of(folder.trim_end_matches('/'))))
}

/// The parts of a study under one base: one, or one for each folder where instances are there twice.
fn of_base<'a>(case: &'a CaseFile, base: &Base, images: Placed<'a>) -> Vec<Part<'a>> {
    let instances: BTreeSet<&str> = images.iter().map(|(_, image)| image.dicom.sop_instance.as_str()).collect();
    let common = common(images.iter().map(|(folder, _)| folder.as_str()));
    let loose = base.scope.0.is_none() && base.medium.is_none();
    let mut groups: BTreeMap<String, Vec<Image<'a>>> = BTreeMap::new();
    let twice = instances.len() < images.len();
    for (folder, image) in images {
        let next = folder[common.len()..].split_inclusive('/').next().unwrap_or_default();
        let own = match (twice, loose) {
            (true, _) => format!("{common}{next}"),
            // What came in a folder lies on whatever the folder was copied from.
            (false, true) => common.split_inclusive('/').next().unwrap_or_default().to_owned(),
            (false, false) => String::new(),
        };
        groups.entry(own).or_default().push(image);
    }
    let medium = base.medium.as_deref().unwrap_or_default();
    // Images that came by themselves lie on no medium.
    let placed = groups.into_iter().filter(|(folder, _)| !(loose && folder.is_empty()));
    let part = |(folder, images): (String, _)| part(case, (base, &format!("{medium}{folder}")), images);
    placed.filter_map(part).collect()
}

/// The longest path that all folders begin with, whole components only.
fn common<'p>(mut folders: impl Iterator<Item = &'p str>) -> String {
    let mut common: Vec<&str> = folders.next().unwrap_or_default().split_inclusive('/').collect();
    for folder in folders {
        let alike = common.iter().zip(folder.split_inclusive('/')).take_while(|(a, b)| **a == *b).count();
        common.truncate(alike);
    }
    common.concat()
}

/// `None` without images.
fn part<'a>(case: &'a CaseFile, (base, folder): (&Base, &str), mut images: Vec<Image<'a>>) -> Option<Part<'a>> {
    images.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
    // A copy of bytes that lead elsewhere says nothing in its own row.
    let leads = |image: &&Image<'_>| case.lead(image.entry).row.id == image.entry.row.id;
    let image = images.iter().find(leads).or(images.first())?.entry;
    let container = base.scope.0.and_then(|id| case.get(id));
    let path = match container {
        Some(container) if folder.is_empty() => case.lead(container).path.clone(),
        Some(container) => format!("{}!/{folder}", case.lead(container).path),
        None if folder.is_empty() => "./".to_owned(),
        None => folder.to_owned(),
    };
    let lies = match (container, folder.is_empty(), &base.medium) {
        (Some(_), true, _) => Lies::On,
        (Some(_), false, _) | (None, _, Some(_)) => Lies::InMedium,
        (None, _, None) => Lies::InFolder,
    };
    Some(Part { holder: container.unwrap_or(image), path, lies, images })
}
