//! Slide manifests against the files of the case: an outcome for every row, made anew when late files come.
//!
//! A row's file is looked for by its path beside the manifest, then by its name anywhere in the case (of several of that
//! name the one with its checksum, else with most of its path, its size, nearest to the manifest), then by its SHA-256. A row that names no file means the slide of its MD5, or the one that is called like its slide ID. A checksum
//! that agrees outweighs a size that does not.

use super::case::{CaseFile, Entry, ExtraRow, ManifestOutcome, ManifestReport, Overlay, weighed};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{FileKind, ManifestFacts, ManifestRow},
    ids::EntryId,
    reason::Reason,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Micrometres per pixel that a scanner can have: 100× oil is about 0.05, a macro overview some tens.
const MPP_RANGE: std::ops::RangeInclusive<f64> = 0.04..=40.0;

/// Characters of a slide ID from which on it says by itself which slide is meant.
const OWN_ID_CHARS: usize = 8;

/// Characters up to which it is a number within its block.
const NUMBER_CHARS: usize = 3;

/// MD5 sums of entries, for manifests that know no better; asked for by [`md5_wanted`].
pub type Md5Sums = HashMap<EntryId, String>;

/// Entries whose MD5 a manifest asks about.
pub fn md5_wanted(case: &CaseFile) -> Vec<EntryId> {
    let (mut wanted, mut sizes) = (BTreeSet::new(), HashSet::new());
    let shelf = Shelf::new(case, &Md5Sums::new());
    for (manifest, facts) in manifests(case) {
        for row in facts.rows.iter().filter(|row| row.get("md5").is_some() && row.get("sha256").is_none()) {
            match shelf.find(manifest, row) {
                Some(entry) => {
                    let named = row.get("file_name").map(|file| shelf.all_called(file)).unwrap_or_default();
                    wanted.extend(std::iter::once(&entry).chain(named).map(|entry| case.original(entry).row.id));
                }
                // Nothing but the sum says which slide is meant: it may be any of that size.
                None if row.get("file_name").is_none() => _ = sizes.insert(size(row)),
                None => {}
            }
        }
    }
    let may_be_meant = |entry: &&&Entry| sizes.contains(&None) || sizes.contains(&Some(entry.row.bytes));
    wanted.extend(shelf.slides.iter().filter(may_be_meant).map(|entry| case.original(entry).row.id));
    wanted.into_iter().collect()
}

/// Adds what is to be said about manifests and slides.
pub fn judge(case: &CaseFile, md5: &Md5Sums, programme: &Programme, overlay: &mut Overlay) {
    let shelf = Shelf::new(case, md5);
    for (entry, facts) in manifests(case) {
        let check = Check { case, shelf: &shelf, md5, manifest: entry };
        let report = check.report(facts);
        say(entry, &report, programme, overlay);
        overlay.manifests.push(report);
    }
    companions(case, programme, overlay);
}

fn manifests(case: &CaseFile) -> impl Iterator<Item = (&Entry, &ManifestFacts)> {
    case.entries()
        .iter()
        .filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf))
        .filter_map(|entry| entry.facts().and_then(|facts| facts.manifest.as_ref()).map(|facts| (entry, facts)))
}

/// Every file that a row could mean, by path, name and hash; slides by what they are called without extension, too.
#[derive(Default)]
struct Shelf<'a> {
    by_path: HashMap<String, &'a Entry>,
    by_name: HashMap<String, Vec<&'a Entry>>,
    by_hash: HashMap<String, &'a Entry>,
    by_id: HashMap<String, &'a Entry>,
    slides: Vec<&'a Entry>,
}

impl<'a> Shelf<'a> {
    fn new(case: &'a CaseFile, md5: &Md5Sums) -> Self {
        let mut shelf = Self::default();
        for entry in case.entries().iter().filter(|entry| case.kind(entry) != FileKind::SlideManifest) {
            shelf.by_path.insert(entry.path.to_lowercase(), entry);
            shelf.by_name.entry(last_of(&entry.path).to_lowercase()).or_default().push(entry);
            if let Some(sha256) = &entry.record.sha256 {
                shelf.by_hash.entry(sha256.to_hex()).or_insert(entry);
            }
            if let Some(md5) = md5.get(&case.original(entry).row.id) {
                shelf.by_hash.entry(md5.to_lowercase()).or_insert(entry);
            }
            if case.kind(entry) == FileKind::Slide {
                let name = last_of(&entry.path).to_lowercase();
                let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
                shelf.by_id.entry(stem.to_owned()).or_insert(entry);
                shelf.slides.push(entry);
            }
        }
        shelf
    }

    fn find(&self, manifest: &Entry, row: &ManifestRow) -> Option<&'a Entry> {
        if let Some(file) = row.get("file_name") {
            let file = file.replace('\\', "/");
            let beside = format!("{}{}", folder_of(&manifest.path), file.trim_start_matches("./"));
            let found = self.by_path.get(&beside.to_lowercase()).copied();
            if let Some(entry) = found.or_else(|| self.called(&file, manifest, row)) {
                return Some(entry);
            }
        }
        let hashed = |field: &str| row.get(field).and_then(|hash| self.by_hash.get(&hash.trim().to_lowercase()));
        let found = hashed("sha256").copied();
        if row.get("file_name").is_some() {
            return found;
        }
        found.or_else(|| hashed("md5").copied()).or_else(|| self.called_like(id_of(row)?))
    }

    /// Files of this name, wherever they are.
    fn all_called(&self, file: &str) -> &[&'a Entry] {
        let file = file.replace('\\', "/");
        self.by_name.get(&last_of(&file).to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The file of this name that the row most likely means.
    fn called(&self, file: &str, manifest: &Entry, row: &ManifestRow) -> Option<&'a Entry> {
        let named = self.all_called(file);
        let meant = row.get("sha256").or(row.get("md5")).and_then(|sum| self.by_hash.get(&sum.trim().to_lowercase()));
        let likeness = |entry: &Entry| {
            (
                meant.is_some_and(|meant| is_one_content(meant, entry)),
                alike(entry.path.rsplit('/'), file.rsplit('/')),
                size(row) == Some(entry.row.bytes),
                entry.row.arrival == manifest.row.arrival,
                alike(entry.path.split('/'), manifest.path.split('/')),
            )
        };
        // Of equals the first one, whatever the order of arrival made of the others.
        named.iter().copied().reduce(|best, entry| if likeness(entry) > likeness(best) { entry } else { best })
    }

    /// The slide whose file is called like a slide ID. A number within a block may be anybody's.
    fn called_like(&self, id: &str) -> Option<&'a Entry> {
        let id = id.to_lowercase();
        if id.chars().count() <= NUMBER_CHARS {
            return None;
        }
        self.by_id.get(&id).copied()
    }
}

fn is_one_content(one: &Entry, other: &Entry) -> bool {
    one.row.id == other.row.id || one.record.sha256.is_some() && one.record.sha256 == other.record.sha256
}

/// How many components of two paths agree, from where both begin.
fn alike<'p>(one: impl Iterator<Item = &'p str>, other: impl Iterator<Item = &'p str>) -> usize {
    one.zip(other).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}

/// One manifest being checked.
struct Check<'a> {
    case: &'a CaseFile,
    shelf: &'a Shelf<'a>,
    md5: &'a Md5Sums,
    manifest: &'a Entry,
}

impl Check<'_> {
    fn report(&self, facts: &ManifestFacts) -> ManifestReport {
        let mut report = ManifestReport { path: self.manifest.path.clone(), ..ManifestReport::default() };
        let (mut slides, mut files) = (HashSet::new(), HashSet::new());
        let mut answered: HashSet<EntryId> = HashSet::new();
        let promised = self.promised(facts);
        for row in &facts.rows {
            let mut outcome = self.row(row, promised, &mut answered);
            if twice(row, (&mut slides, &mut files)) {
                outcome.reasons.push(Reason::DuplicateSlide);
            }
            report.rows.push(outcome);
        }
        report.unlisted = self.unlisted(&answered);
        report
    }

    /// What the rows promise: files where any of them names one, or where most slide IDs are names of slides that are
    /// there. Else it is a list of glass.
    fn promised(&self, facts: &ManifestFacts) -> Promised {
        let by_id = facts.rows.iter().filter(|row| self.shelf.find(self.manifest, row).is_some()).count();
        match !facts.rows.iter().any(names_a_file) && by_id * 2 > facts.rows.len() {
            true => Promised::FilesById,
            false => Promised::FilesByName,
        }
    }

    fn row(&self, row: &ManifestRow, promised: Promised, answered: &mut HashSet<EntryId>) -> ManifestOutcome {
        let mut reasons = Vec::new();
        let found = self.shelf.find(self.manifest, row);
        match found {
            Some(entry) => {
                answered.insert(entry.row.id);
                reasons.extend(self.differs(entry, row));
            }
            None if escapes(row) => reasons.push(Reason::PathEscape),
            None if names_a_file(row) => reasons.push(Reason::SlideMissing),
            None if promised == Promised::FilesById && id_of(row).is_some() => reasons.push(Reason::SlideMissing),
            None => {}
        }
        if implausible(row) {
            reasons.push(Reason::ImplausibleMpp);
        }
        let names = ["file_name", "slide_id", "barcode", "sha256", "md5"].into_iter().find_map(|field| row.get(field));
        let names = names.unwrap_or_default().to_owned();
        ManifestOutcome { row: row.row, names, file: found.map(|entry| entry.path.clone()), reasons }
    }

    /// Does the file differ from what the row says?
    fn differs(&self, entry: &Entry, row: &ManifestRow) -> Option<Reason> {
        let sha256 = entry.record.sha256.map(|digest| digest.to_hex());
        let original = self.case.original(entry).row.id;
        let same =
            |stated: &str, found: Option<&str>| found.is_some_and(|found| stated.trim().eq_ignore_ascii_case(found));
        if let Some(stated) = row.get("sha256")
            && !same(stated, sha256.as_deref())
        {
            return Some(Reason::ChecksumMismatch);
        }
        if let (Some(stated), None, Some(found)) = (row.get("md5"), row.get("sha256"), self.md5.get(&original))
            && !same(stated, Some(found))
        {
            return Some(Reason::ChecksumMismatch);
        }
        size(row).filter(|stated| *stated != entry.row.bytes).map(|_| Reason::SizeMismatch)
    }

    /// Slides in the manifest's folder that no row names.
    fn unlisted(&self, answered: &HashSet<EntryId>) -> Vec<String> {
        let folder = folder_of(&self.manifest.path);
        let beside = |entry: &&Entry| folder_of(&entry.path) == folder && entry.row.parent == self.manifest.row.parent;
        self.case
            .entries()
            .iter()
            .filter(beside)
            .filter(|entry| self.case.kind(entry) == FileKind::Slide && !answered.contains(&entry.row.id))
            .map(|entry| entry.path.clone())
            .collect()
    }
}

/// What rows without a file's name stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promised {
    FilesById,
    FilesByName,
}

/// Is this slide or file named by an earlier row?
fn twice(row: &ManifestRow, (slides, files): (&mut HashSet<Vec<String>>, &mut HashSet<String>)) -> bool {
    let slide_again = slide(row).is_some_and(|slide| !slides.insert(slide));
    let file = row.get("file_name").unwrap_or_default().trim().to_lowercase();
    // Scanners number their files anew in each folder: of one name and another sum it is another file.
    let sum = row.get("sha256").or(row.get("md5")).unwrap_or_default().trim().to_lowercase();
    let file_again = !file.is_empty() && !files.insert(format!("{file}/{sum}"));
    slide_again || file_again
}

/// What tells a row's slide from others. `1` is a number within its block, level and stain; `A1-2` a label within its case.
fn slide(row: &ManifestRow) -> Option<Vec<String>> {
    let id = id_of(row)?;
    let within: &[&str] = match id.chars().count() {
        0..=NUMBER_CHARS => &["accession_number", "part_id", "block_id", "level", "stain"],
        length if length < OWN_ID_CHARS => &["accession_number"],
        _ => &[],
    };
    let within = within.iter().map(|field| row.get(field).unwrap_or_default());
    Some(std::iter::once(id).chain(within).map(|value| value.trim().to_lowercase()).collect())
}

/// What the row calls its slide.
fn id_of(row: &ManifestRow) -> Option<&str> {
    row.get("slide_id").or(row.get("barcode")).map(str::trim).filter(|id| !id.is_empty())
}

fn size(row: &ManifestRow) -> Option<u64> {
    row.get("file_size").and_then(|size| size.trim().parse().ok())
}

fn names_a_file(row: &ManifestRow) -> bool {
    row.get("file_name").is_some() || row.get("sha256").is_some() || row.get("md5").is_some()
}

fn escapes(row: &ManifestRow) -> bool {
    let Some(file) = row.get("file_name") else { return false };
    let file = file.replace('\\', "/");
    let drive = file.as_bytes().get(1) == Some(&b':');
    file.starts_with('/') || drive || file.split('/').any(|part| part == "..")
}

/// Resolution that no scanner has, or that contradicts the objective: pixels are about 10 µm at the camera, so
/// micrometres per pixel times magnification lies near 10.
fn implausible(row: &ManifestRow) -> bool {
    let number =
        |field: &str| row.get(field).and_then(|text| text.trim().trim_end_matches(['x', 'X']).parse::<f64>().ok());
    let stated: Vec<f64> = [number("mpp_x"), number("mpp_y")].into_iter().flatten().collect();
    let contradicts =
        |mpp: &f64| number("magnification").is_some_and(|m| m > 0.0 && !(2.0..=50.0).contains(&(mpp * m)));
    stated.iter().any(|mpp| !MPP_RANGE.contains(mpp) || contradicts(mpp))
}

fn say(entry: &Entry, report: &ManifestReport, programme: &Programme, overlay: &mut Overlay) {
    for row in &report.rows {
        for reason in &row.reasons {
            overlay.find(entry.row.id, (*reason, format!("row {}: {}", row.row, row.names)), programme);
        }
        if row.reasons.contains(&Reason::SlideMissing) {
            let detail = format!("listed in row {} of the manifest, not there", row.row);
            overlay.rows.push(ExtraRow {
                arrival: entry.row.arrival,
                path: format!("{}{}", folder_of(&entry.path), row.names.replace('\\', "/")),
                kind: FileKind::Slide,
                outcome: Outcome::Missing,
                findings: vec![weighed(Reason::SlideMissing, detail, programme)],
                listed_by: Some(entry.row.id),
            });
        }
    }
    for path in &report.unlisted {
        overlay.find(entry.row.id, (Reason::UnlistedSlide, path.clone()), programme);
    }
}

/// A MIRAX slide is a file and a folder of the same name with `Slidedat.ini` in it; without the folder nothing but a
/// preview is there.
fn companions(case: &CaseFile, programme: &Programme, overlay: &mut Overlay) {
    let paths: HashSet<String> = case.entries().iter().map(|entry| entry.path.to_lowercase()).collect();
    for entry in case.entries() {
        let mirax = entry.facts().and_then(|facts| facts.slide.as_ref()).is_some_and(|slide| slide.vendor == "mirax");
        let stem = entry.path.to_lowercase();
        // The files in that folder are of the same maker and have no folder of their own.
        let Some(stem) = stem.strip_suffix(".mrxs") else { continue };
        if mirax && !paths.contains(&format!("{stem}/slidedat.ini")) {
            let detail = "the folder that belongs to this file is not there".to_owned();
            overlay.find(entry.row.id, (Reason::CompanionMissing, detail), programme);
        }
    }
}

fn last_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}
