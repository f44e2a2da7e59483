//! What leaves, what stays, and why.

use super::names;
use crate::{
    casework::{
        case::{CaseFile, Entry},
        ledger::Row,
    },
    domain::{
        entry::{Outcome, Stage},
        facts::{DicomFacts, FileKind, PixelData},
        ids::{EntryId, ObjectId},
        reason::{Family, Severity},
    },
};
use std::collections::{BTreeMap, HashSet};

/// The plan of a packet.
pub(super) struct Plan<'a> {
    pub(super) leaving: Vec<Leaving<'a>>,
    pub(super) staying: Vec<Staying<'a>>,
}

/// A document that leaves.
pub(super) struct Leaving<'a> {
    pub(super) row: &'a Row,
    /// The entry that holds the bytes.
    pub(super) entry: &'a Entry,
    pub(super) object: ObjectId,
    /// Its path in the packet; given by [`Plan::name`].
    pub(super) file: String,
    /// What the File-set's directory says about it, where it belongs to the File-set.
    pub(super) image: Option<&'a DicomFacts>,
    /// The first of its series, or a document by itself: reading it is an event in the audit trail.
    pub(super) opens: bool,
}

/// An entry that stays.
pub(super) struct Staying<'a> {
    pub(super) row: &'a Row,
    pub(super) why: &'static str,
}

/// An image with its Referenced File ID.
pub(super) struct Image<'a> {
    pub(super) facts: &'a DicomFacts,
    pub(super) entry: &'a Entry,
    pub(super) file_id: Vec<String>,
}

impl<'a> Plan<'a> {
    /// Sorts the rows of a case into what leaves and what stays.
    pub(super) fn new(file: &'a CaseFile, rows: &'a [Row]) -> Self {
        let confined: HashSet<EntryId> = rows
            .iter()
            .filter(|row| own_reason(file, row).is_some_and(|why| CONFINED.contains(&why)))
            .filter_map(|row| row.id)
            .collect();
        let holders = holders(file, &confined);
        let mut plan = Self { leaving: Vec::new(), staying: Vec::new() };
        let mut instances = HashSet::new();
        for row in rows {
            let why = own_reason(file, row);
            let bytes = row.id.and_then(|id| file.get(id)).map(|entry| file.original(entry));
            let holds = bytes.is_some_and(|entry| holders.contains(&entry.row.id));
            let why = why.or(holds.then_some("something in it may not leave"));
            match (why, bytes.and_then(|entry| Some((entry, entry.row.object?)))) {
                (Some(why), _) => plan.staying.push(Staying { row, why }),
                (None, None) => plan.staying.push(Staying { row, why: "it has no bytes of its own" }),
                (None, Some((entry, object))) => {
                    let image = entry.facts().and_then(|facts| facts.dicom.as_ref());
                    let image = image.filter(|facts| row.outcome == Outcome::Stored && belongs(facts));
                    let image = image.filter(|facts| instances.insert(facts.sop_instance.as_str()));
                    plan.leaving.push(Leaving { row, entry, object, file: String::new(), image, opens: true });
                }
            }
        }
        plan
    }

    /// Gives every file its path: images by study and series, documents by number.
    pub(super) fn name(&mut self) {
        let mut studies: Vec<&str> = Vec::new();
        let mut series: BTreeMap<&str, Vec<(&str, u32)>> = BTreeMap::new();
        let mut documents = 0_u32;
        for leaving in &mut self.leaving {
            let Some(facts) = leaving.image else {
                documents += 1;
                leaving.file =
                    format!("documents/{documents:04}-{}", names::safe(&leaving.entry.record.name, leaving.row.kind));
                continue;
            };
            let study = place(&mut studies, facts.study.as_str());
            let of_study = series.entry(facts.study.as_str()).or_default();
            let known = of_study.iter().position(|(uid, _)| *uid == facts.series);
            leaving.opens = known.is_none();
            let number = known.unwrap_or_else(|| {
                of_study.push((facts.series.as_str(), 0));
                of_study.len() - 1
            });
            of_study[number].1 += 1;
            let image = of_study[number].1;
            leaving.file = format!("DICOM/ST{study:06}/SE{:06}/IM{image:06}", number + 1);
        }
    }

    /// The File-set.
    pub(super) fn images(&self) -> Vec<Image<'a>> {
        let image = |leaving: &Leaving<'a>| {
            let file_id = leaving.file.split('/').map(str::to_owned).collect();
            Some(Image { facts: leaving.image?, entry: leaving.entry, file_id })
        };
        self.leaving.iter().filter_map(image).collect()
    }
}

/// The place of a name in a list, from 1; at its end where it is new.
fn place<'a>(names: &mut Vec<&'a str>, name: &'a str) -> usize {
    let known = names.iter().position(|known| *known == name);
    known.unwrap_or_else(|| {
        names.push(name);
        names.len() - 1
    }) + 1
}

const HELD: &str = "it is held until a person decides";
const PROGRAM: &str = "programs never leave";
const HARM: &str = "it could do harm";
const STRANGER: &str = "it seems to be about somebody else";
const WHOSE: &str = "a person must say first whose it is";

/// Reasons that keep what holds such an entry as well; an empty or unreadable attachment does not keep its letter.
const CONFINED: [&str; 5] = [HELD, PROGRAM, HARM, STRANGER, WHOSE];

/// Why an entry stays, for itself.
fn own_reason(file: &CaseFile, row: &Row) -> Option<&'static str> {
    let blocked = |family: Family| {
        row.reasons.iter().any(|reason| reason.severity == Severity::Block && reason.code.family() == family)
    };
    match (row.outcome, row.kind) {
        (Outcome::Missing, _) => Some("it is listed and did not arrive"),
        (Outcome::DuplicateOf, _) => Some("the same bytes leave under another name"),
        (Outcome::Held, _) => Some(HELD),
        (_, FileKind::Executable) => Some(PROGRAM),
        (Outcome::Junk, _) | (_, FileKind::SystemJunk) => Some("it is no document"),
        (_, FileKind::Empty) => Some("it is empty"),
        (Outcome::Unreadable, _) => Some("nobody can read it as it is"),
        _ if blocked(Family::Safety) => Some(HARM),
        (_, FileKind::Archive | FileKind::Disc) if blocked(Family::Identity) => Some("what is in it leaves one by one"),
        _ if blocked(Family::Identity) => Some(STRANGER),
        _ if row.patient.doubtful => Some(WHOSE),
        (_, FileKind::Archive | FileKind::Disc) => Some("what is in it leaves one by one"),
        (_, FileKind::Dicomdir) => Some("the packet has a DICOMDIR of its own"),
        (Outcome::Stored | Outcome::ConflictWith, _) => {
            let entry = row.id.and_then(|id| file.get(id))?;
            (file.original(entry).row.stage != Stage::Filed).then_some("it is not read yet")
        }
    }
}

/// Everything that holds something that may not leave: the attachment would go with it.
fn holders(file: &CaseFile, confined: &HashSet<EntryId>) -> HashSet<EntryId> {
    let is_confined =
        |entry: &&Entry| confined.contains(&entry.row.id) || confined.contains(&file.original(entry).row.id);
    let around = file.entries().iter().filter(is_confined).flat_map(|entry| file.around(entry));
    around.map(|holder| file.original(holder).row.id).collect()
}

/// Does it go into the File-set? Images with whole identifiers do. Other DICOM objects (reports, presentation states)
/// leave as documents: their directory records need attributes that are not read here, and inventing clinical ones is
/// not ours to do (PS3.3 F.5).
fn belongs(facts: &DicomFacts) -> bool {
    let uids = [&facts.study, &facts.series, &facts.sop_instance, &facts.sop_class, &facts.transfer_syntax];
    facts.rows > 0 && facts.pixel_data != PixelData::Absent && uids.iter().all(|uid| is_uid(uid))
}

/// PS3.5 section 9.1.
fn is_uid(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}
