//! What the desk names, and what that reaches: a document with everything in it, a study, a row that is no entry.

use super::{Place, Seen};
use crate::{
    casework::case::{CaseFile, Entry, ExtraRow, Overlay},
    domain::ids::{ArrivalId, EntryId},
};
use std::collections::{HashMap, HashSet};

/// Documents of one name that are listed for whoever has to choose among them.
const NAMESAKES_SHOWN_MAX: usize = 20;

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
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unknown {
    /// No document and no row.
    #[error(
        "there is no such document in that case; `casegate case show` lists them, with --json their ids and whole paths"
    )]
    Nothing,
    /// A path, or the last part of one, that several documents share: each by its whole path, with its id. They are said
    /// to who named them, and to nobody else.
    #[error("several documents of the case are called that; give the id of the one that is meant, or its whole path:{}", lines(.0))]
    Several(Vec<String>),
    /// A study was meant, and this is no image of one.
    #[error("it is no image of a study; leave --study out")]
    NoStudy,
}

/// What somebody names by an id, by a path as the ledger shows it, or by the last part of such a path where that is
/// unique: whole names of it, or what a narrow terminal left of it behind `…`.
///
/// # Errors
/// [`Unknown`].
pub fn resolve<'a>(case: &'a CaseFile, overlay: &'a Overlay, named: &str) -> Result<Place<'a>, Unknown> {
    if let Some(entry) = named.parse().ok().and_then(|id| case.get(id)) {
        return Ok(Place::Entry(entry));
    }
    let called = |fits: &dyn Fn(&str) -> bool| -> Vec<Place<'a>> {
        let entries = case.entries().iter().filter(|entry| fits(&entry.path)).map(Place::Entry);
        entries.chain(overlay.rows.iter().filter(|row| fits(&row.path)).map(Place::Row)).collect()
    };
    let mut found = called(&|path| path == named);
    if found.is_empty() {
        found = called(&|path| is_end_of(named, path));
    }
    match found.as_slice() {
        [] => Err(Unknown::Nothing),
        [only] => Ok(*only),
        several => Err(Unknown::Several(several.iter().map(whole).collect())),
    }
}

/// Is it the end of this path, from the beginning of a name on, or from wherever `…` stands for the rest? Characters that
/// no terminal is shown stand as U+FFFD in a ledger, and may be given so.
fn is_end_of(named: &str, path: &str) -> bool {
    let (end, cut) = named.strip_prefix('…').map_or((named, false), |end| (end, true));
    if end.is_empty() {
        return false;
    }
    let (mut wanted, mut there) = (end.chars().rev(), path.chars().rev());
    let alike = wanted.by_ref().all(|c| there.next().is_some_and(|is| c == is || c == '\u{fffd}'));
    alike && (cut || matches!(there.next(), None | Some('/')))
}

/// The whole path of a place, with the id where it has one.
fn whole(place: &Place<'_>) -> String {
    match place {
        Place::Entry(entry) => format!("{} ({})", entry.path, entry.row.id),
        Place::Row(row) => row.path.clone(),
    }
}

/// Each on a line of its own, as many as one looks through; no control characters of theirs reach a terminal.
fn lines(paths: &[String]) -> String {
    let shown = paths.iter().take(NAMESAKES_SHOWN_MAX).map(|path| format!("\n  {}", path.escape_debug()));
    let more = paths.len().saturating_sub(NAMESAKES_SHOWN_MAX);
    let rest = if more == 0 { String::new() } else { format!("\n  … and {more} more") };
    shown.chain([rest]).collect()
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
