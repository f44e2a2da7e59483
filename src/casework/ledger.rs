//! The ledger: one row for every entry of a case, as the contract writes it.

use super::{
    case::{CaseFile, Entry, Overlay},
    flags::{self, Flagged},
    identity::{Evidence, Identified},
    waivers::{InForce, Waived},
};
use crate::domain::{
    case::Gate,
    entry::Outcome,
    extension,
    facts::{FileKind, Readable},
    ids::{ArrivalId, EntryId, RulingId},
    reason::{Family, Reason, Severity},
    verdict::{Finding, PageVerdict, PatientMatch},
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashMap};

/// One row. Serialises to the contract's JSON, keys in the contract's order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// As shown; members are `container!/member`.
    pub path: String,
    /// Bytes of plaintext.
    pub bytes: u64,
    /// SHA-256 of the plaintext in hex; `null` where no bytes were handed over.
    pub sha256: Option<String>,
    /// What it is.
    pub kind: FileKind,
    /// What became of it.
    pub outcome: Outcome,
    /// Can it be read?
    pub readable: Readable,
    /// BCP 47 tags joined by `+`, `und`, or `-`.
    pub language: String,
    /// Findings.
    pub reasons: Vec<ReasonRow>,
    /// Page by page.
    pub pages: Vec<PageVerdict>,
    /// Path of the first one with these bytes; its id where it is not among these rows.
    pub duplicate_of: Option<String>,
    /// Path of the one that claims the same SOP Instance UID.
    pub conflict_with: Option<String>,
    /// Others that are alike, and why.
    pub similar_to: Vec<Similar>,
    /// Is it about the child?
    pub patient: PatientRow,
    /// Where it belongs among studies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dicom: Option<DicomRow>,
    /// The document's id, for later commands; absent for rows that are no entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<EntryId>,
}

/// A finding as the contract writes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReasonRow {
    /// The code.
    pub code: Reason,
    /// Its weight.
    pub severity: Severity,
    /// The page, where it concerns one.
    pub page: Option<u32>,
    /// Evidence.
    pub detail: String,
    /// Where somebody at the desk accepted it: it is good to know and keeps nothing back any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedRow>,
    /// Where somebody at the desk set it: no detector said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<FlaggedRow>,
}

/// How a finding was accepted. The reason may hold names: for desk and specialist, never for a page of a family.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct WaivedRow {
    /// The waiver.
    pub waiver: RulingId,
    /// What the finding weighs without it.
    pub was: Severity,
    /// Why it was accepted.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// How a finding came to be set by a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlaggedRow {
    /// The flag.
    pub flag: RulingId,
    /// Why it was set. May hold names: never for a page of a family; absent where [`keep_names_in_house`] took it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// By whom.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Another entry that is alike.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Similar {
    /// Its path.
    pub path: String,
    /// In what way.
    pub code: Reason,
}

/// The identity verdict.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PatientRow {
    /// Yes, no or unknown.
    #[serde(rename = "match")]
    pub matches: PatientMatch,
    /// What was compared. It may quote another person's data: for the desk only, never for a page or packet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// A person must say whose it is before it goes out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

/// Where a DICOM object belongs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DicomRow {
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID.
    pub series: String,
    /// SOP Instance UID.
    pub sop_instance: String,
    /// Transfer Syntax UID.
    pub transfer_syntax: String,
}

/// Sums over a ledger. Entries = all outcomes but `missing`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[allow(missing_docs, reason = "an outcome each")]
pub struct Summary {
    pub entries: u64,
    pub stored: u64,
    pub duplicate_of: u64,
    pub conflict_with: u64,
    pub junk: u64,
    pub held: u64,
    pub unreadable: u64,
    pub missing: u64,
    /// Bytes of the entries that came by themselves, members not counted again.
    pub bytes: u64,
    /// Wall-clock seconds of the command.
    pub seconds: f64,
}

/// The last line of `inspect --json` and `ingest --json`.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Closing {
    /// Sums.
    pub summary: Summary,
    /// The gate in short.
    pub case: GateRow,
}

/// The gate in short.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GateRow {
    /// Ready for a specialist?
    pub ready: bool,
    /// Codes of what blocks.
    pub blocking: Vec<Reason>,
}

impl From<&Gate> for GateRow {
    fn from(gate: &Gate) -> Self {
        Self { ready: gate.ready, blocking: gate.blocking.clone() }
    }
}

/// Every row of a case, or of one arrival: containers before their members, media and missing things where they belong.
pub fn rows(case: &CaseFile, overlay: &Overlay, arrival: Option<ArrivalId>) -> Vec<Row> {
    let wanted = |of: ArrivalId| arrival.is_none_or(|only| only == of);
    let joint = Joint::new(overlay);
    let mut rows: Vec<(SortKey, Row)> = Vec::with_capacity(case.entries().len() + overlay.rows.len());
    let mut arrivals: HashMap<ArrivalId, u64> = HashMap::new();
    for entry in case.entries() {
        let next = arrivals.len() as u64;
        let rank = *arrivals.entry(entry.row.arrival).or_insert(next);
        if wanted(entry.row.arrival) {
            rows.push((sort_key(case, entry, rank), row(case, entry, (&joint, &wanted))));
        }
    }
    for extra in overlay.rows.iter().filter(|extra| wanted(extra.arrival)) {
        rows.push((vec![(u64::MAX, 0, extra.path.clone())], extra_row(extra, &joint)));
    }
    place_extras(&mut rows);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Takes out of rows that leave the house why somebody at the desk set that they are about somebody else: like the findings
/// of the machine, these name nobody, since the other person is somebody's child.
pub fn keep_names_in_house(rows: &mut [Row]) {
    let identity = rows.iter_mut().flat_map(|row| &mut row.reasons).filter(|r| r.code.family() == Family::Identity);
    identity.filter_map(|reason| reason.flagged.as_mut()).for_each(|flagged| flagged.reason = None);
}

/// Sums over rows.
pub fn summary(rows: &[Row], seconds: f64) -> Summary {
    let mut sum = Summary { seconds, ..Summary::default() };
    for row in rows {
        let count = match row.outcome {
            Outcome::Stored => &mut sum.stored,
            Outcome::DuplicateOf => &mut sum.duplicate_of,
            Outcome::ConflictWith => &mut sum.conflict_with,
            Outcome::Junk => &mut sum.junk,
            Outcome::Held => &mut sum.held,
            Outcome::Unreadable => &mut sum.unreadable,
            Outcome::Missing => &mut sum.missing,
        };
        *count += 1;
        sum.bytes += if row.path.contains("!/") { 0 } else { row.bytes };
    }
    sum.entries = rows.len() as u64 - sum.missing;
    sum
}

/// Input order: arrival, place in it, and so on inwards.
type SortKey = Vec<(u64, u64, String)>;

fn sort_key(case: &CaseFile, entry: &Entry, arrival: u64) -> SortKey {
    let mut key = vec![(arrival, entry.row.ordinal, entry.path.clone())];
    key.extend(case.shown_around(entry).iter().map(|above| (arrival, above.row.ordinal, above.path.clone())));
    key.reverse();
    key
}

/// Rows that are no entry come before the first row that lies under them, or after the rest of their folder.
fn place_extras(rows: &mut Vec<(SortKey, Row)>) {
    let (mut placed, extras): (Vec<_>, Vec<_>) =
        std::mem::take(rows).into_iter().partition(|(_, row)| row.id.is_some());
    placed.sort_by(|a, b| a.0.cmp(&b.0));
    for extra in extras {
        let path = &extra.1.path;
        let folder = path.trim_end_matches(|c| c != '/');
        let position = if path.ends_with('/') {
            placed.iter().position(|(_, row)| row.path.starts_with(path.trim_start_matches("./")))
        } else {
            placed.iter().rposition(|(_, row)| row.path.starts_with(folder)).map(|at| at + 1)
        };
        placed.insert(position.unwrap_or(placed.len()), extra);
    }
    *rows = placed;
}

/// The overlay, by entry.
struct Joint<'a> {
    findings: HashMap<EntryId, Vec<&'a Finding>>,
    outcomes: HashMap<EntryId, (Outcome, EntryId)>,
    similar: HashMap<EntryId, Vec<(EntryId, Reason)>>,
    patients: HashMap<EntryId, &'a Identified>,
    flagged: HashMap<EntryId, Vec<&'a Flagged>>,
    waived: Waived<'a>,
}

impl<'a> Joint<'a> {
    fn new(overlay: &'a Overlay) -> Self {
        let mut findings: HashMap<EntryId, Vec<&Finding>> = HashMap::new();
        for (entry, finding) in &overlay.findings {
            findings.entry(*entry).or_default().push(finding);
        }
        let mut similar: HashMap<EntryId, Vec<(EntryId, Reason)>> = HashMap::new();
        for (entry, other, reason) in &overlay.similar {
            similar.entry(*entry).or_default().push((*other, *reason));
        }
        let outcomes = overlay.outcomes.iter().map(|(entry, outcome, other)| (*entry, (*outcome, *other))).collect();
        let whose = overlay.patients.iter();
        let patients =
            whose.flat_map(|(identified, entries)| entries.iter().map(move |entry| (*entry, identified))).collect();
        let flagged = flags::by_entry(&overlay.flagged);
        Self { findings, outcomes, similar, patients, flagged, waived: Waived::new(overlay) }
    }
}

/// Does this speak of where an entry stands, not of its bytes?
fn is_of_place(code: Reason) -> bool {
    match code.family() {
        Family::Disc | Family::Slides | Family::Safety | Family::Case => true,
        Family::Unreadable | Family::Language | Family::Identity | Family::Imaging | Family::Duplicates => false,
    }
}

fn row(case: &CaseFile, entry: &Entry, (joint, wanted): (&Joint<'_>, &dyn Fn(ArrivalId) -> bool)) -> Row {
    let original = case.original(entry);
    let lead = case.lead(entry);
    let duplicate = lead.row.id != entry.row.id;
    let verdict = original.record.verdict.as_ref();
    let joint_outcome = joint.outcomes.get(&original.row.id).filter(|_| !duplicate);
    let path_of = |id: &EntryId| case.get(*id).map(|other| case.lead(other).path.clone());
    let mut reasons: Vec<ReasonRow> = Vec::new();
    if duplicate {
        let detail = format!("the same bytes as {}", lead.path);
        reasons.push(ReasonRow::remark(Reason::ExactDuplicate, detail));
    } else {
        let own = verdict.map(|verdict| verdict.findings.as_slice()).unwrap_or_default();
        let of_bytes = own.iter().filter(|finding| finding.code != Reason::WrongExtension);
        reasons.extend(of_bytes.map(|finding| joint.reason(original.row.id, finding)));
    }
    // What a name promises is asked of each copy by its own name, not by that of the copy which was examined.
    if verdict.is_some()
        && let Some(broken) = extension::observation(original.row.kind, &entry.record.name)
    {
        reasons.push(ReasonRow::remark(broken.reason, broken.detail));
    }
    // What is said of its place is the entry's own; what is said of its bytes is their holder's.
    let mut about = vec![entry.row.id];
    if !duplicate && original.row.id != entry.row.id {
        about.push(original.row.id);
    }
    let joined =
        about.iter().flat_map(|id| joint.findings.get(id).into_iter().flatten().map(|finding| (*id, *finding)));
    // The holder of the bytes may be shown as the copy: then what is said of them stands with the one that leads.
    let shown = joined.filter(|(_, finding)| !duplicate || is_of_place(finding.code));
    reasons.extend(shown.map(|(id, finding)| joint.reason(id, finding)));
    // A flag is of the bytes: it stands with the copy that leads.
    let set = joint.flagged.get(&original.row.id).filter(|_| !duplicate).into_iter().flatten();
    reasons.extend(set.map(|flagged| joint.set_reason(original.row.id, flagged)));
    if original.row.outcome.is_none() {
        let detail = "received, not examined yet".to_owned();
        reasons.push(ReasonRow::remark(Reason::ReadingPending, detail));
    }
    let patient = PatientRow::new(joint.patients.get(&original.row.id).copied(), &reasons);
    let similar = about.iter().filter(|_| !duplicate).filter_map(|id| joint.similar.get(id)).flatten();
    Row {
        path: entry.path.clone(),
        bytes: entry.row.bytes,
        sha256: entry.record.sha256.map(|digest| digest.to_hex()),
        kind: original.row.kind,
        outcome: match (duplicate, joint_outcome) {
            (true, _) => Outcome::DuplicateOf,
            (false, Some((outcome, _))) => *outcome,
            (false, None) => original.row.outcome.unwrap_or(Outcome::Stored),
        },
        readable: verdict.map_or(Readable::Undetermined, |verdict| verdict.readable),
        language: verdict.map_or_else(|| "-".to_owned(), |verdict| verdict.language.clone()),
        reasons,
        pages: if duplicate { Vec::new() } else { verdict.map(|verdict| verdict.pages.clone()).unwrap_or_default() },
        // A path says nothing of what is not among these rows: it may be this row's own.
        duplicate_of: duplicate.then(|| match wanted(lead.row.arrival) {
            true => lead.path.clone(),
            false => lead.row.id.to_string(),
        }),
        conflict_with: joint_outcome.and_then(|(_, other)| path_of(other)),
        similar_to: similar
            .filter_map(|(other, code)| path_of(other).map(|path| Similar { path, code: *code }))
            .collect(),
        patient,
        dicom: original.facts().and_then(|facts| facts.dicom.as_ref()).map(DicomRow::from),
        id: Some(entry.row.id),
    }
}

fn extra_row(extra: &super::case::ExtraRow, joint: &Joint<'_>) -> Row {
    let there = extra.outcome != Outcome::Missing;
    Row {
        path: extra.path.clone(),
        bytes: 0,
        sha256: None,
        kind: extra.kind,
        outcome: extra.outcome,
        readable: if there { Readable::Yes } else { Readable::No },
        language: "-".to_owned(),
        reasons: extra
            .findings
            .iter()
            .map(|finding| ReasonRow::new(finding, joint.waived.of_row(extra, finding)))
            .collect(),
        pages: Vec::new(),
        duplicate_of: None,
        conflict_with: None,
        similar_to: Vec::new(),
        patient: PatientRow::default(),
        dicom: None,
        id: None,
    }
}

impl Joint<'_> {
    fn reason(&self, entry: EntryId, finding: &Finding) -> ReasonRow {
        ReasonRow::new(finding, self.waived.of_entry(entry, finding, None))
    }

    fn set_reason(&self, entry: EntryId, flagged: &Flagged) -> ReasonRow {
        let Flagged { id, flag, finding, .. } = flagged;
        let row = ReasonRow::new(finding, self.waived.of_entry(entry, finding, Some(*id)));
        let (reason, by, at) = (Some(flag.reason.clone()), flag.by.clone(), flag.at.to_string());
        ReasonRow { flagged: Some(FlaggedRow { flag: *id, reason, by, at }), ..row }
    }
}

impl PatientRow {
    /// What was compared stays as it is; the doubt ends where what was said about it was accepted. A person's doubt keeps a
    /// document in the house like the machine's.
    fn new(identified: Option<&Identified>, reasons: &[ReasonRow]) -> Self {
        let Identified { matches, evidence, doubtful, more: _ } = identified.cloned().unwrap_or_default();
        let said = || reasons.iter().filter(|reason| reason.code.family() == Family::Identity);
        let accepted = said().any(|reason| reason.waived.is_some()) && said().all(|r| r.severity == Severity::Info);
        let doubted = said().any(|reason| reason.flagged.is_some() && reason.waived.is_none());
        Self { matches, evidence, doubtful: doubted || doubtful && !accepted }
    }
}

impl ReasonRow {
    /// Evidence, with why it was set where a person did.
    pub fn told(&self) -> Cow<'_, str> {
        match self.flagged.as_ref().and_then(|flagged| flagged.reason.as_ref()) {
            Some(reason) => Cow::Owned(format!("{}: {reason}", self.detail)),
            None => Cow::Borrowed(&self.detail),
        }
    }

    fn new(finding: &Finding, waiver: Option<&InForce>) -> Self {
        let Finding { code, severity, page, detail } = finding.clone();
        let waived = waiver.map(|InForce { id, waiver }| WaivedRow {
            waiver: *id,
            was: severity,
            reason: waiver.reason.clone(),
            by: waiver.by.clone(),
            at: waiver.at.to_string(),
        });
        let severity = if waived.is_some() { Severity::Info } else { severity };
        Self { code, severity, page, detail, waived, flagged: None }
    }

    /// Something to know about a document as a whole.
    fn remark(code: Reason, detail: String) -> Self {
        Self { code, severity: Severity::Info, page: None, detail, waived: None, flagged: None }
    }
}

impl From<&crate::domain::facts::DicomFacts> for DicomRow {
    fn from(dicom: &crate::domain::facts::DicomFacts) -> Self {
        Self {
            study: dicom.study.clone(),
            series: dicom.series.clone(),
            sop_instance: dicom.sop_instance.clone(),
            transfer_syntax: dicom.transfer_syntax.clone(),
        }
    }
}
