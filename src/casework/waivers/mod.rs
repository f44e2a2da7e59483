//! Waivers: findings that somebody at the desk accepted, with the reason.
//!
//! A waiver holds for the very findings it was given for and for no others: the same document with the same bytes, the
//! same code, page and words, and, where it is about whose a document is, the same evidence. A reading that comes later
//! and says anything else makes a finding that was never accepted. What is accepted stays in the ledger with its reason
//! and no longer blocks; what nobody can read, or what could do harm, stays in the house all the same: the case goes
//! without it.
//!
//! Some codes are never accepted ([`refusal`]): what could do harm, what is work still to be done, and what asks for
//! something other than a look at a document.

mod codes;
mod named;

pub use codes::refusal;
pub use named::{Cover, Reach, Unknown, resolve};

use super::{
    case::{CaseFile, Entry, ExtraRow, Overlay},
    flags::Flagged,
    identity::Evidence,
};
use crate::domain::{
    entry::Outcome,
    ids::{ArrivalId, EntryId, PlainDigest, RulingId},
    reason::{Family, Reason, Severity},
    time::Instant,
    verdict::Finding,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A document, with the bytes it had.
    Document {
        /// Its entry.
        entry: EntryId,
        /// SHA-256 of its plaintext; `None` where no bytes were handed over.
        sha256: Option<PlainDigest>,
    },
    /// A row of the ledger that is no entry: a folder that is a medium, something listed and missing.
    Row {
        /// The arrival it belongs to.
        arrival: ArrivalId,
        /// As shown.
        path: String,
    },
}

/// A finding as it was when it was accepted, and everything of which it was said in the same words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Accepted {
    /// The page, where it concerns one.
    pub page: Option<u32>,
    /// Evidence in words.
    pub detail: String,
    /// Whose the documents are, as far as it was compared; empty where the finding is about something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Pieces of evidence beyond those.
    #[serde(default)]
    pub more: u32,
    /// The flag by which somebody at the desk set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<RulingId>,
    /// What it was said of.
    pub about: Vec<About>,
}

/// A waiver as it is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waiver {
    /// The code that was accepted.
    pub code: Reason,
    /// What was named: a document with everything in it, or a row.
    pub named: About,
    /// The findings it was given for.
    pub findings: Vec<Accepted>,
    /// Why; may hold names, and is for desk and specialist only.
    pub reason: String,
    /// Who gave it, as the audit trail says it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// A waiver with those of its findings that the case still has.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InForce {
    /// Its id.
    pub id: RulingId,
    /// As it was given, less the findings that are gone.
    pub waiver: Waiver,
}

/// A finding of a case with what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// What it is about.
    pub place: Place<'a>,
    /// The finding.
    pub finding: &'a Finding,
    /// What was compared, where it is about whose the document is.
    pub evidence: &'a [Evidence],
    /// Pieces of evidence beyond those that are kept.
    pub more: u32,
    /// The flag by which somebody at the desk set it.
    pub flag: Option<RulingId>,
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// With an entry.
    Entry(&'a Entry),
    /// With a row that is no entry.
    Row(&'a ExtraRow),
}

impl Place<'_> {
    /// The same, to be kept.
    pub fn about(&self) -> About {
        match self {
            Self::Entry(entry) => About::Document { entry: entry.row.id, sha256: entry.record.sha256 },
            Self::Row(row) => About::Row { arrival: row.arrival, path: row.path.clone() },
        }
    }
}

/// Every finding of a case: of documents by themselves, of several at once, of rows that are no entries. What is said of
/// bytes is said once, where they are held.
pub fn findings<'a>(case: &'a CaseFile, overlay: &'a Overlay) -> Vec<Seen<'a>> {
    let evidence: HashMap<EntryId, (&[Evidence], u32)> = overlay
        .patients
        .iter()
        .flat_map(|(whose, entries)| entries.iter().map(|entry| (*entry, (whose.evidence.as_slice(), whose.more))))
        .collect();
    let seen = |place: Place<'a>, finding: &'a Finding| {
        let known = match place {
            Place::Entry(entry) if finding.code.family() == Family::Identity => evidence.get(&entry.row.id).copied(),
            Place::Entry(_) | Place::Row(_) => None,
        };
        let (evidence, more) = known.unwrap_or_default();
        Seen { place, finding, evidence, more, flag: None }
    };
    let holders = case.entries().iter().filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf));
    let own = holders.flat_map(|entry| {
        let verdict = entry.record.verdict.as_ref();
        verdict.into_iter().flat_map(|verdict| &verdict.findings).map(move |finding| (Place::Entry(entry), finding))
    });
    let joint = overlay.findings.iter().filter_map(|(id, finding)| Some((Place::Entry(case.get(*id)?), finding)));
    let rows = overlay.rows.iter().flat_map(|row| row.findings.iter().map(move |finding| (Place::Row(row), finding)));
    let found = own.chain(joint).chain(rows).map(|(place, finding)| seen(place, finding));
    found.chain(set(case, overlay)).collect()
}

/// Findings that were set at the desk. What was compared with the child is no evidence of theirs.
fn set<'a>(case: &'a CaseFile, overlay: &'a Overlay) -> impl Iterator<Item = Seen<'a>> {
    let of_each = |flagged: &'a Flagged| flagged.entries.iter().map(move |entry| (flagged, *entry));
    overlay.flagged.iter().flat_map(of_each).filter_map(|(flagged, entry)| {
        let place = Place::Entry(case.get(entry)?);
        Some(Seen { place, finding: &flagged.finding, evidence: &[], more: 0, flag: Some(flagged.id) })
    })
}

/// What of these waivers holds now: each with those of its findings that the case has, word for word. Whatever has
/// become another finding is left out, and a waiver of which nothing is left.
pub fn in_force(seen: &[Seen<'_>], given: &[(RulingId, Waiver)]) -> Vec<InForce> {
    if given.is_empty() {
        return Vec::new();
    }
    let mut known: HashMap<(Reason, About), Vec<&Seen<'_>>> = HashMap::new();
    for one in seen {
        known.entry((one.finding.code, one.place.about())).or_default().push(one);
    }
    let holds = |waiver: &Waiver, accepted: &Accepted, about: &About| {
        let there = known.get(&(waiver.code, about.clone()));
        there.is_some_and(|all| all.iter().any(|one| accepted.is_of(one)))
    };
    let mut standing = Vec::new();
    for (id, waiver) in given {
        let mut left = waiver.clone();
        for accepted in &mut left.findings {
            let same = Accepted { about: Vec::new(), ..accepted.clone() };
            accepted.about.retain(|about| holds(waiver, &same, about));
        }
        left.findings.retain(|accepted| !accepted.about.is_empty());
        if !left.findings.is_empty() && refusal(waiver.code).is_none() {
            standing.push(InForce { id: *id, waiver: left });
        }
    }
    standing
}

impl Accepted {
    /// Are these the words, page and evidence that were accepted?
    pub fn is_of(&self, seen: &Seen<'_>) -> bool {
        let evidence = self.evidence == seen.evidence && self.more == seen.more;
        self.page == seen.finding.page && self.detail == seen.finding.detail && self.flag == seen.flag && evidence
    }
}

/// Findings put together as a waiver keeps them: a study says the same of each of its slices.
pub fn grouped(seen: &[Seen<'_>]) -> Vec<Accepted> {
    let mut groups: Vec<Accepted> = Vec::new();
    for one in seen {
        match groups.iter_mut().find(|group| group.is_of(one)) {
            Some(group) => group.about.push(one.place.about()),
            None => groups.push(Accepted {
                page: one.finding.page,
                detail: one.finding.detail.clone(),
                evidence: one.evidence.to_vec(),
                more: one.more,
                flag: one.flag,
                about: vec![one.place.about()],
            }),
        }
    }
    groups
}

/// The waivers of an overlay, to be asked about one finding after another.
#[derive(Debug, Default)]
pub struct Waived<'a> {
    of: HashMap<Key<'a>, Vec<(&'a Accepted, &'a InForce)>>,
}

/// What a finding is looked up by.
#[derive(PartialEq, Eq, Hash, Debug)]
enum Key<'a> {
    Entry(Reason, EntryId),
    Row(Reason, ArrivalId, &'a str),
}

impl<'a> Waived<'a> {
    /// The waivers that were in force when the overlay was made.
    pub fn new(overlay: &'a Overlay) -> Self {
        let mut of: HashMap<Key<'a>, Vec<(&Accepted, &InForce)>> = HashMap::new();
        for standing in &overlay.waived {
            for accepted in &standing.waiver.findings {
                for about in &accepted.about {
                    of.entry(Key::of(standing.waiver.code, about)).or_default().push((accepted, standing));
                }
            }
        }
        Self { of }
    }

    /// Was this finding accepted?
    pub fn covers(&self, seen: &Seen<'_>) -> bool {
        match seen.place {
            Place::Entry(entry) => self.of_entry(entry.row.id, seen.finding, seen.flag).is_some(),
            Place::Row(row) => self.of_row(row, seen.finding).is_some(),
        }
    }

    /// The waiver of a finding of an entry, if it was accepted. `flag`: the one by which it was set at the desk.
    pub fn of_entry(&self, entry: EntryId, finding: &Finding, flag: Option<RulingId>) -> Option<&'a InForce> {
        self.find(&Key::Entry(finding.code, entry), (finding, flag))
    }

    /// The waiver of a finding of a row that is no entry.
    pub fn of_row(&self, row: &ExtraRow, finding: &Finding) -> Option<&'a InForce> {
        self.find(&Key::Row(finding.code, row.arrival, &row.path), (finding, None))
    }

    fn find(&self, key: &Key<'_>, (finding, flag): (&Finding, Option<RulingId>)) -> Option<&'a InForce> {
        // Most cases have none: nothing is compared then.
        if self.of.is_empty() {
            return None;
        }
        let all = self.of.get(key)?;
        let same = |accepted: &Accepted| {
            accepted.page == finding.page && accepted.detail == finding.detail && accepted.flag == flag
        };
        all.iter().find(|(accepted, _)| same(accepted)).map(|(_, standing)| *standing)
    }
}

impl<'a> Key<'a> {
    fn of(code: Reason, about: &'a About) -> Self {
        match about {
            About::Document { entry, .. } => Self::Entry(code, *entry),
            About::Row { arrival, path } => Self::Row(code, *arrival, path),
        }
    }
}

/// Does this finding keep anything back, so that there is something to accept?
pub fn keeps_back(finding: &Finding) -> bool {
    finding.severity > Severity::Info
}
