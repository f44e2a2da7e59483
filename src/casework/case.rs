//! A case laid open: its entries with their records, paths and places, and what was found about several at once.

use super::{copies, flags::Flagged, identity::Identified, series::SeriesReport, viewers, waivers::InForce};
use crate::domain::{
    case::Programme,
    entry::{EntryRecord, EntryRow, Outcome},
    facts::{Facts, FileKind},
    ids::{ArrivalId, EntryId},
    reason::Reason,
    verdict::{Finding, PatientMatch},
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An entry with everything known about it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As the catalog has it.
    pub row: EntryRow,
    /// Its record, opened.
    pub record: EntryRecord,
    /// As shown: `container!/member`, nested the same way.
    pub path: String,
}

impl Entry {
    /// Its facts, once examined.
    pub fn facts(&self) -> Option<&Facts> {
        self.record.facts.as_ref()
    }

    /// Its path within what holds it: the container, or the arrival.
    pub fn name(&self) -> String {
        self.record.name.shown()
    }
}

/// The entries of a case, in the order in which they were received.
#[derive(Debug, Default)]
pub struct CaseFile {
    entries: Vec<Entry>,
    places: HashMap<EntryId, usize>,
    /// For each entry whose bytes came more than once: which of the copies is shown as the first.
    leads: HashMap<EntryId, EntryId>,
}

impl CaseFile {
    /// Lays open the rows of a case. What belongs to the viewers on its discs is not judged as a document.
    pub fn new(rows: Vec<(EntryRow, EntryRecord)>) -> Self {
        let places: HashMap<EntryId, usize> = rows.iter().enumerate().map(|(i, (row, _))| (row.id, i)).collect();
        let copies::Shown { paths, leads } = copies::shown(&rows);
        let entries: Vec<Entry> =
            rows.into_iter().zip(paths).map(|((row, record), path)| Entry { row, record, path }).collect();
        let mut file = Self { entries, places, leads };
        for id in viewers::belongings(&file) {
            if let Some(place) = file.places.get(&id)
                && let Some(verdict) = &mut file.entries[*place].record.verdict
            {
                viewers::quieten(verdict);
            }
        }
        file
    }

    /// Every entry.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of that id.
    pub fn get(&self, id: EntryId) -> Option<&Entry> {
        self.places.get(&id).map(|index| &self.entries[*index])
    }

    /// The entry whose bytes these are: of a duplicate, the first one.
    pub fn original<'a>(&'a self, entry: &'a Entry) -> &'a Entry {
        match (entry.row.outcome, entry.row.twin) {
            (Some(Outcome::DuplicateOf), Some(twin)) => self.get(twin).unwrap_or(entry),
            _ => entry,
        }
    }

    /// The copy of an entry's bytes that is shown as the first; see [`super::copies`].
    pub fn lead<'a>(&'a self, entry: &'a Entry) -> &'a Entry {
        let holder = self.original(entry);
        self.leads.get(&holder.row.id).and_then(|lead| self.get(*lead)).unwrap_or(holder)
    }

    /// The facts about an entry's content, of its first copy where it is a duplicate.
    pub fn facts<'a>(&'a self, entry: &'a Entry) -> Option<&'a Facts> {
        self.original(entry).facts()
    }

    /// What an entry is, of its first copy where it is a duplicate.
    pub fn kind(&self, entry: &Entry) -> FileKind {
        self.original(entry).row.kind
    }

    /// Members directly inside a container.
    pub fn members(&self, container: EntryId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.row.parent == Some(container))
    }

    /// The containers around an entry as it is shown, from the inside out: of each the copy that leads.
    pub fn shown_around(&self, entry: &Entry) -> Vec<&Entry> {
        let mut around: Vec<&Entry> = Vec::new();
        let mut next = entry.row.parent;
        while let Some(container) = next.and_then(|id| self.get(id)).map(|container| self.lead(container)) {
            around.push(container);
            // A catalog that was tampered with could hold a ring.
            if around.len() > self.entries.len() {
                break;
            }
            next = container.row.parent;
        }
        around
    }

    /// Entries that hold their bytes and are shown under another path than their own names make, with that path: what
    /// the search index says of them may be older than the copy that leads now.
    pub fn renamed(&self) -> Vec<(EntryId, String)> {
        let holders = self.entries.iter().filter(|entry| self.original(entry).row.id == entry.row.id);
        let shown = holders.map(|entry| (entry, &self.lead(entry).path));
        shown
            .filter(|(entry, path)| self.own_path(entry) != **path)
            .map(|(entry, path)| (entry.row.id, path.clone()))
            .collect()
    }

    /// The path that an entry's own name and those of the containers it came out of make.
    fn own_path(&self, entry: &Entry) -> String {
        let mut names: Vec<String> = self.around(entry).iter().map(|container| container.name()).collect();
        names.reverse();
        names.push(entry.name());
        names.join("!/")
    }

    /// The containers around an entry, from the inside out.
    pub fn around(&self, entry: &Entry) -> Vec<&Entry> {
        let mut around = Vec::new();
        let mut next = entry.row.parent;
        while let Some(container) = next.and_then(|id| self.get(id)) {
            around.push(container);
            // A catalog that was tampered with could hold a ring.
            if around.len() > self.entries.len() {
                break;
            }
            next = container.row.parent;
        }
        around
    }
}

/// What was found about several entries at once; made anew whenever the case changes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Overlay {
    /// Findings to add to entries.
    pub findings: Vec<(EntryId, Finding)>,
    /// Outcomes that only neighbours can tell, with the other entry.
    pub outcomes: Vec<(EntryId, Outcome, EntryId)>,
    /// Entries that look like another one: the other, and why.
    pub similar: Vec<(EntryId, EntryId, Reason)>,
    /// Rows for what is no entry of its own: folders that are media, things listed but missing.
    pub rows: Vec<ExtraRow>,
    /// A report on each medium.
    pub media: Vec<MediumReport>,
    /// A report on each slide manifest.
    pub manifests: Vec<ManifestReport>,
    /// Whose documents are, and which documents: a study says the same in each of its slices. Empty where the case does
    /// not say whom it is about.
    #[serde(default)]
    pub patients: Vec<(Identified, Vec<EntryId>)>,
    /// A report on each series of images.
    #[serde(default)]
    pub series: Vec<SeriesReport>,
    /// Entries that are shown under the path of another copy of theirs.
    #[serde(default)]
    pub renamed: Vec<(EntryId, String)>,
    /// Findings that somebody at the desk set.
    #[serde(default)]
    pub flagged: Vec<Flagged>,
    /// Findings that somebody at the desk accepted and that are still the ones that were.
    #[serde(default)]
    pub waived: Vec<InForce>,
}

impl Overlay {
    /// Adds a finding about an entry, weighed by the programme.
    pub fn find(&mut self, entry: EntryId, (code, detail): (Reason, String), programme: &Programme) {
        self.findings.push((entry, weighed(code, detail, programme)));
    }
}

/// A finding about something as a whole.
pub fn weighed(code: Reason, detail: String, programme: &Programme) -> Finding {
    Finding { code, severity: programme.severity_of(code), page: None, detail }
}

/// A ledger row for what is no entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExtraRow {
    /// The arrival it belongs to.
    pub arrival: ArrivalId,
    /// As shown.
    pub path: String,
    /// Its kind.
    pub kind: FileKind,
    /// `Stored` for a folder that is a medium, `Missing` for what is not there.
    pub outcome: Outcome,
    /// What is said about it.
    pub findings: Vec<Finding>,
    /// The disc or list that names it, where that is an entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_by: Option<EntryId>,
}

/// What a medium claims and what is on it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct MediumReport {
    /// As shown.
    pub path: String,
    /// Does it have a DICOMDIR?
    pub dicomdir: bool,
    /// Listed in the DICOMDIR and present: paths within the medium.
    pub listed_present: Vec<String>,
    /// Listed and missing: Referenced File IDs.
    pub listed_missing: Vec<String>,
    /// DICOM objects that are present and not listed.
    pub present_unlisted: Vec<String>,
    /// Present, listed or not, and nobody can read them: they stand in the lists above as well.
    #[serde(default)]
    pub unreadable: Vec<String>,
    /// Programs and their starters.
    pub viewer_software: Vec<String>,
    /// Everybody named in its DICOM objects and DICOMDIR, each once.
    pub identities: Vec<Identity>,
}

/// Somebody named on a medium.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Identity {
    /// As written.
    pub names: Vec<String>,
    /// As written.
    pub birth_date: Option<String>,
    /// As written.
    pub sex: Option<String>,
    /// With their issuers.
    pub ids: Vec<(String, Option<String>)>,
    /// Objects that name this person.
    pub objects: u64,
    /// Is it the case's child? `None` where the case does not say whom it is about.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<PatientMatch>,
}

/// What became of each row of a slide manifest.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ManifestReport {
    /// As shown.
    pub path: String,
    /// Row by row.
    pub rows: Vec<ManifestOutcome>,
    /// Slides beside it that it does not list.
    pub unlisted: Vec<String>,
}

/// What became of one row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ManifestOutcome {
    /// The row, counted from 1 after the header.
    pub row: u32,
    /// The slide's name or file as the row gives it.
    pub names: String,
    /// The file that answers it.
    pub file: Option<String>,
    /// What is wrong with it; empty where it matches.
    pub reasons: Vec<Reason>,
}
