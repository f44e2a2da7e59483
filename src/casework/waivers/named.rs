//! What the desk names, and what that reaches: a document with everything in it, a study, a row that is no entry.

use super::{Place, Seen};
use crate::{
    casework::case::{CaseFile, Entry, ExtraRow, Overlay},
    domain::ids::{ArrivalId, EntryId},
};
use std::collections::{HashMap, HashSet};

/// How far a name reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The document, with everything that came in it or is listed by it.
    #[default]
    Document,
    /// The whole study that the image belongs to.
    Study,
}

/// Why a name means nothing in a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unknown {
    /// No document and no row.
    #[error("there is no such document in that case; `casegate case show --json` has their ids and paths")]
    Nothing,
    /// A path that several documents share.
    #[error("several documents of the case have that path; give the id of the one that is meant")]
    Several,
    /// A study was meant, and this is no image of one.
    #[error("it is no image of a study; leave --study out")]
    NoStudy,
}

/// What somebody names by an id, or by a path as the ledger shows it.
///
/// # Errors
/// [`Unknown`].
pub fn resolve<'a>(case: &'a CaseFile, overlay: &'a Overlay, named: &str) -> Result<Place<'a>, Unknown> {
    if let Some(entry) = named.parse().ok().and_then(|id| case.get(id)) {
        return Ok(Place::Entry(entry));
    }
    let entries = case.entries().iter().filter(|entry| entry.path == named).map(Place::Entry);
    let rows = overlay.rows.iter().filter(|row| row.path == named).map(Place::Row);
    let mut found = entries.chain(rows);
    match (found.next(), found.next()) {
        (None, _) => Err(Unknown::Nothing),
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(Unknown::Several),
    }
}

/// Everything that a name reaches.
#[derive(Debug)]
pub struct Cover<'a> {
    entries: HashSet<EntryId>,
    /// Rows below this path of this arrival, and the row itself.
    below: Option<(ArrivalId, String)>,
    row: Option<&'a ExtraRow>,
}

impl<'a> Cover<'a> {
    /// What is reached from a place.
    ///
    /// # Errors
    /// [`Unknown::NoStudy`].
    pub fn of(case: &'a CaseFile, place: Place<'a>, reach: Reach) -> Result<Self, Unknown> {
        match (place, reach) {
            (Place::Entry(entry), Reach::Document) => Ok(Self::of_document(case, entry)),
            (Place::Entry(entry), Reach::Study) => Self::of_study(case, entry).ok_or(Unknown::NoStudy),
            (Place::Row(row), Reach::Document) => Ok(Self::of_row(case, row)),
            (Place::Row(_), Reach::Study) => Err(Unknown::NoStudy),
        }
    }

    /// Is this entry reached?
    pub fn has_entry(&self, entry: EntryId) -> bool {
        self.entries.contains(&entry)
    }

    /// Is this finding about something that is reached?
    pub fn has(&self, seen: &Seen<'_>) -> bool {
        match seen.place {
            Place::Entry(entry) => self.has_entry(entry.row.id),
            Place::Row(row) => {
                let listed = row.listed_by.is_some_and(|by| self.entries.contains(&by));
                let below = self.below.as_ref().is_some_and(|(arrival, path)| is_below(row, *arrival, path));
                listed || below || self.row.is_some_and(|own| own.arrival == row.arrival && own.path == row.path)
            }
        }
    }

    fn of_document(case: &CaseFile, entry: &Entry) -> Self {
        let shown = case.lead(entry);
        let below = Some((shown.row.arrival, format!("{}!/", shown.path)));
        Self { entries: with_members(case, [entry]), below, row: None }
    }

    fn of_study(case: &CaseFile, entry: &Entry) -> Option<Self> {
        let study = |entry: &Entry| {
            let dicom = case.facts(entry).and_then(|facts| facts.dicom.as_ref())?;
            Some(dicom.study.clone()).filter(|study| !study.is_empty())
        };
        let wanted = study(entry)?;
        let images = case.entries().iter().filter(|other| study(other).is_some_and(|study| study == wanted));
        Some(Self { entries: with_members(case, images), below: None, row: None })
    }

    fn of_row(case: &CaseFile, row: &'a ExtraRow) -> Self {
        // A folder at the top of what was given is shown as `./` and its files without it.
        let folder = row.path.ends_with('/').then(|| row.path.trim_start_matches("./").to_owned());
        let inside = |entry: &&Entry| {
            let there = folder.as_ref().is_some_and(|folder| entry.path.starts_with(folder.as_str()));
            there && entry.row.arrival == row.arrival && entry.row.parent.is_none()
        };
        let entries = with_members(case, case.entries().iter().filter(inside));
        let below = folder.map(|folder| (row.arrival, folder));
        Self { entries, below, row: Some(row) }
    }
}

fn is_below(row: &ExtraRow, arrival: ArrivalId, path: &str) -> bool {
    row.arrival == arrival && row.path.trim_start_matches("./").starts_with(path)
}

/// Entries with the holders of their bytes and everything that came out of these.
fn with_members<'a>(case: &'a CaseFile, entries: impl IntoIterator<Item = &'a Entry>) -> HashSet<EntryId> {
    let mut waiting: Vec<EntryId> = Vec::new();
    for entry in entries {
        waiting.extend([entry.row.id, case.original(entry).row.id]);
    }
    // Once for all: a container may have as many members as a case has entries.
    let mut members: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
    for entry in case.entries() {
        let Some(container) = entry.row.parent else { continue };
        members.entry(container).or_default().push(entry.row.id);
    }
    let mut all = HashSet::new();
    while let Some(id) = waiting.pop() {
        if all.insert(id) {
            waiting.extend(members.get(&id).into_iter().flatten());
        }
    }
    all
}
