//! What came through a link, and what is still to do about it, in the words of its reader.
//!
//! Nothing here hangs on what came by another way: a file that is the same as one sent by somebody else is shown as if it
//! were the only one.

use crate::{
    casework::{
        case::{CaseFile, Entry, Overlay},
        flags::{self, Flagged},
        ledger::{self, Row},
        waivers::Waived,
    },
    domain::{
        entry::{Outcome, Stage},
        facts::{FileKind, Readable},
        ids::{ArrivalId, EntryId, RulingId},
        link::LinkRow,
        reading::Reading,
        reason::{Reason, Severity},
        upload::UploadState,
        verdict::Finding,
    },
    outlet::words::{self, Audience},
    pipeline::{Trouble, Workshop, index, uploads},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Everything a link's page tells.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Status {
    /// The programme, for people.
    pub programme: String,
    /// For whom the link is.
    pub audience: String,
    /// When it ends, RFC 3339.
    pub expires: String,
    /// Are files still being looked at?
    pub working: bool,
    /// What to do, the heaviest first.
    pub needed: Vec<Need>,
    /// What came, grouped by folder, disc or archive, in order of arrival.
    pub sent: Vec<Group>,
    /// Uploads that are not complete.
    pub unfinished: Vec<Unfinished>,
    /// Files in all, members of archives too.
    pub files: usize,
}

/// Something to do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Need {
    /// The reason.
    pub code: Reason,
    /// What is wrong.
    pub wrong: &'static str,
    /// What to do next.
    pub next: &'static str,
    /// Which files it is about.
    pub files: Vec<String>,
}

/// Files that came together: a folder, a disc, an archive; or a single file.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// The state that matters most among its files.
    pub state: State,
    /// Its files.
    pub files: Vec<File>,
}

/// A file as its sender sees it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Its bytes.
    pub bytes: u64,
    /// Where it stands.
    pub state: State,
    /// Pages, where it has some.
    pub pages: Option<usize>,
    /// What there is to say about it.
    pub notes: Vec<Note>,
}

/// Something to say about a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Note {
    /// The reason.
    pub code: Reason,
    /// Its weight.
    pub severity: Severity,
    /// Pages it concerns, counted from 1; empty where it concerns the file.
    pub pages: Vec<u32>,
    /// What is wrong.
    pub wrong: &'static str,
    /// What to do next.
    pub next: &'static str,
}

/// Where a file stands, the weightiest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not needed: system files, viewer software.
    NotNeeded,
    /// The same as another one that came through this link.
    Same,
    /// Received and readable.
    Readable,
    /// Received; what there was to say about it was settled at the desk.
    Settled,
    /// Received; somebody may look at something.
    Noted,
    /// Being looked at.
    Checking,
    /// A person of the programme looks at it.
    Held,
    /// Something must be done.
    NeedsYou,
    /// Listed, but not there.
    Missing,
    /// Nobody can read it as it is.
    Unreadable,
}

/// An upload that is not complete.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unfinished {
    /// Its name.
    pub path: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Bytes announced.
    pub length: Option<u64>,
}

/// What came through a link.
///
/// # Errors
/// A seal does not hold or the catalog failed.
pub async fn of_link(shop: &Workshop, link: &LinkRow) -> Result<Status, Trouble> {
    let stores = &shop.stores;
    let case = stores.catalog.case(link.case).await?;
    let programme = shop.programmes.get(&case.programme).map(|programme| programme.title.clone());
    let arrivals = stores.catalog.arrivals(link.case).await?;
    let own: Vec<ArrivalId> = arrivals.iter().filter(|one| one.link == Some(link.id)).map(|one| one.id).collect();
    let files = if own.is_empty() { Vec::new() } else { files(shop, link, &own).await? };
    let unfinished = unfinished(shop, link).await?;
    Ok(Status {
        programme: programme.unwrap_or_default(),
        audience: link.audience.clone(),
        expires: link.expires.to_string(),
        working: files.iter().any(|file| file.state == State::Checking),
        needed: needed(&files),
        files: files.len(),
        sent: grouped(files),
        unfinished,
    })
}

/// A reader of this link.
pub fn audience(link_audience: &str) -> Audience {
    if link_audience == "family" { Audience::Family } else { Audience::Physician }
}

async fn files(shop: &Workshop, link: &LinkRow, own: &[ArrivalId]) -> Result<Vec<File>, Trouble> {
    let stores = &shop.stores;
    let keys = stores.keys(link.case)?;
    let state = stores.catalog.index(link.case).await?;
    let file = index::lay_open(stores, &keys, link.case).await?;
    let overlay = index::current(stores, (&keys, link.case), (&state, &file)).await?;
    let waived = Waived::new(&overlay);
    let (set, own_arrivals) = (flags::by_entry(&overlay.flagged), own.iter().copied().collect());
    let seen = Seen { file: &file, overlay: &overlay, set, waived, own: own_arrivals };
    let reader = audience(&link.audience);
    let mut files = Vec::new();
    for arrival in own {
        let rows = ledger::rows(&file, &overlay, Some(*arrival));
        files.extend(rows.iter().map(|row| seen.told(row, reader)));
    }
    Ok(files)
}

/// The case, and what of it may be seen.
struct Seen<'a> {
    file: &'a CaseFile,
    overlay: &'a Overlay,
    set: HashMap<EntryId, Vec<&'a Flagged>>,
    waived: Waived<'a>,
    own: HashSet<ArrivalId>,
}

impl Seen<'_> {
    fn told(&self, row: &Row, reader: Audience) -> File {
        let entry = row.id.and_then(|id| self.file.get(id));
        let original = entry.map(|entry| self.file.original(entry));
        let same = match (entry, original) {
            (Some(entry), Some(original)) => {
                entry.row.id != original.row.id && self.own.contains(&original.row.arrival)
            }
            _ => false,
        };
        // What is only looked at so far, its pages not read, is still being checked.
        let unread = original.and_then(|original| original.record.reading.as_ref()).is_some_and(Reading::is_under_way);
        let checking = original.is_some_and(|original| original.row.stage == Stage::Received) || unread;
        let notes = self.notes(row, (original, same), reader);
        let outcome = match row.outcome {
            // Somebody else sent the same: to this sender it is a file like any other.
            Outcome::DuplicateOf if !same => {
                original.and_then(|original| original.row.outcome).unwrap_or(Outcome::Stored)
            }
            outcome => outcome,
        };
        let settled =
            row.reasons.iter().any(|reason| reason.waived.is_some()) && heaviest(&notes) <= Some(Severity::Info);
        let state = match (checking, settled) {
            (true, _) => State::Checking,
            // Why it was settled is for the desk; that nothing is asked for any more is for its sender.
            (false, true) => State::Settled,
            (false, false) => state(outcome, row.readable, &notes),
        };
        let pages = original.and_then(|original| original.record.verdict.as_ref()).map(|verdict| verdict.pages.len());
        let pages = pages.filter(|pages| *pages > 0 && matches!(row.kind, FileKind::Pdf | FileKind::Office));
        File { path: row.path.clone(), bytes: row.bytes, state, pages, notes }
    }

    fn notes(&self, row: &Row, (original, same): (Option<&Entry>, bool), reader: Audience) -> Vec<Note> {
        let mut notes: BTreeMap<(std::cmp::Reverse<Severity>, Reason), Vec<u32>> = BTreeMap::new();
        let mut add = |code: Reason, severity: Severity, page: Option<u32>| {
            notes.entry((std::cmp::Reverse(severity), code)).or_default().extend(page);
        };
        for reason in &row.reasons {
            let about_others = reason.code == Reason::ExactDuplicate && !same;
            // Whether it is the right child, or the same as another's image, is for the desk to say, not for a page.
            if reason.waived.is_none() && !about_others && !self.rests_on_others(row, reason.code) {
                add(reason.code, reason.severity, reason.page);
            }
        }
        if row.outcome == Outcome::DuplicateOf && !same {
            let verdict = original.and_then(|original| original.record.verdict.as_ref());
            let found = verdict.iter().flat_map(|verdict| &verdict.findings).map(|finding| (finding, None));
            let set = original.into_iter().flat_map(|holder| self.set_of(holder.row.id));
            for (finding, flag) in found.chain(set) {
                let waived = |holder: &Entry| self.waived.of_entry(holder.row.id, finding, flag).is_some();
                if !original.is_some_and(waived) {
                    add(finding.code, finding.severity, finding.page);
                }
            }
        }
        let noted = notes.into_iter().map(|((severity, code), mut pages)| {
            pages.sort_unstable();
            pages.dedup();
            let words = words::of(code, reader);
            Note { code, severity: severity.0, pages, wrong: words.wrong, next: words.next }
        });
        noted.collect()
    }

    /// What somebody at the desk set of a document, each with its flag.
    fn set_of(&self, entry: EntryId) -> impl Iterator<Item = (&Finding, Option<RulingId>)> {
        let of_it = self.set.get(&entry).into_iter().flatten();
        of_it.map(|flagged| (&flagged.finding, Some(flagged.id)))
    }

    /// Does this finding come from comparing with something that came by another way?
    fn rests_on_others(&self, row: &Row, code: Reason) -> bool {
        let Some(id) = row.id else { return false };
        let foreign = |other| self.file.get(other).is_none_or(|other| !self.own.contains(&other.row.arrival));
        match code {
            Reason::InstanceConflict | Reason::SameInstance => {
                self.overlay.outcomes.iter().any(|(entry, _, other)| *entry == id && foreign(*other))
            }
            Reason::NearDuplicate => {
                let alike = self.overlay.similar.iter().filter(|(entry, _, reason)| *entry == id && *reason == code);
                alike.map(|(_, other, _)| *other).any(foreign)
            }
            _ => false,
        }
    }
}

fn state(outcome: Outcome, readable: Readable, notes: &[Note]) -> State {
    match outcome {
        Outcome::DuplicateOf => State::Same,
        Outcome::Junk => State::NotNeeded,
        Outcome::Missing => State::Missing,
        Outcome::Held => State::Held,
        Outcome::Unreadable => State::Unreadable,
        Outcome::Stored | Outcome::ConflictWith => match (readable, heaviest(notes)) {
            (Readable::No, _) => State::Unreadable,
            (_, Some(Severity::Block)) => State::NeedsYou,
            (_, Some(Severity::Warn)) => State::Noted,
            (Readable::Yes | Readable::Partial | Readable::Undetermined, Some(Severity::Info) | None) => {
                State::Readable
            }
        },
    }
}

fn heaviest(notes: &[Note]) -> Option<Severity> {
    notes.iter().map(|note| note.severity).max()
}

/// What blocks, by reason.
fn needed(files: &[File]) -> Vec<Need> {
    let mut needs: BTreeMap<Reason, Need> = BTreeMap::new();
    for file in files.iter().filter(|file| file.state > State::Held) {
        for note in file.notes.iter().filter(|note| note.severity == Severity::Block) {
            let fresh = || Need { code: note.code, wrong: note.wrong, next: note.next, files: Vec::new() };
            needs.entry(note.code).or_insert_with(fresh).files.push(file.path.clone());
        }
    }
    needs.into_values().collect()
}

/// Files by the folder, disc or archive they came in.
fn grouped(files: Vec<File>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for file in files {
        let name = top(&file.path).to_owned();
        match places.get(&name) {
            Some(place) => {
                let group = &mut groups[*place];
                group.state = group.state.max(file.state);
                group.files.push(file);
            }
            None => {
                places.insert(name.clone(), groups.len());
                groups.push(Group { name, state: file.state, files: vec![file] });
            }
        }
    }
    groups
}

/// The first part of a path: the archive before `!/`, or the folder before the first `/`.
fn top(path: &str) -> &str {
    let outside = path.split("!/").next().unwrap_or(path);
    let trimmed = outside.trim_start_matches('/');
    match trimmed.split_once('/') {
        Some((folder, _)) if !folder.is_empty() => folder,
        _ => outside,
    }
}

async fn unfinished(shop: &Workshop, link: &LinkRow) -> Result<Vec<Unfinished>, Trouble> {
    let stores = &shop.stores;
    let mut unfinished = Vec::new();
    if link.open_uploads == 0 {
        return Ok(unfinished);
    }
    for upload in stores.catalog.uploads(link.case).await? {
        if upload.link == Some(link.id) && upload.state == UploadState::Open {
            let path = uploads::name_of(stores, &upload)?.shown();
            unfinished.push(Unfinished { path, bytes: upload.offset, length: upload.length });
        }
    }
    Ok(unfinished)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves what is shown as one line: a folder, an archive with its members, a file by itself.
    #[test]
    fn tops_of_paths() {
        for (path, expected) in
            [("a.pdf", "a.pdf"), ("d/e/a.pdf", "d"), ("a.zip!/d/x", "a.zip"), ("d/a.zip!/x", "d"), ("/etc/x", "etc")]
        {
            assert_eq!(top(path), expected, "{path}");
        }
    }

    /// Proves that a group shows the weightiest state among its files, and that only what blocks is asked for.
    #[test]
    fn groups_and_needs() {
        let note = |severity| Note { code: Reason::Damaged, severity, pages: vec![], wrong: "w", next: "n" };
        let file = |path: &str, state, notes| File { path: path.to_owned(), bytes: 1, state, pages: None, notes };
        let files = vec![
            file("d/a", State::Readable, vec![]),
            file("d/b", State::NeedsYou, vec![note(Severity::Block)]),
            file("c", State::Noted, vec![note(Severity::Warn)]),
        ];
        let needs = needed(&files);
        assert_eq!(needs.len(), 1);
        assert_eq!(needs[0].files, ["d/b"]);
        let groups = grouped(files);
        let seen: Vec<_> = groups.iter().map(|group| (group.name.as_str(), group.state, group.files.len())).collect();
        assert_eq!(seen, [("d", State::NeedsYou, 2), ("c", State::Noted, 1)]);
    }
}
