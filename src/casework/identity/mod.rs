//! Whose is it? Every study, document and slide row against the case's child.
//!
//! Answers yes, no or unknown with the evidence for it. What is another patient's is held (`wrong_patient`), what names
//! several is held (`multiple_patients`), and what does not say whose it is is let through with a remark
//! (`patient_unconfirmed`); where something contradicts and something agrees, that remark is a warning and the document
//! stays until a person has looked. Nothing is ever changed because of it.
//!
//! Findings name no name and no date: they are shown to specialists and, as words, to families, and the other person is
//! somebody's child. What was compared stands in the evidence, which the desk sees.

mod abjads;
mod alike;
mod calendars;
mod dates;
mod document;
mod hangul;
mod letters;
mod months;
mod names;
mod newborn;
mod numbers;
mod slides;
mod sounds;
mod too_early;
mod variants;
mod weighing;

pub use weighing::{Characteristic, Evidence, Says, is_sex};

use super::case::{CaseFile, Entry, Identity, MediumReport, Overlay};
use crate::domain::{
    case::{Patient, Programme},
    entry::Outcome,
    facts::{Facts, FileKind, NamedPerson, PersonRole, Readable},
    ids::EntryId,
    limits::{IDENTITIES_MERGED_MAX, PEOPLE_JUDGED_MAX},
    reason::{Reason, Severity},
    verdict::{Finding, PatientMatch},
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use weighing::{Child, Weighed, weigh};

/// People of a document that are compared with those of another.
const PAIRS_OF_PEOPLE_MAX: usize = 8;

/// Evidence kept of one document; what is beyond is counted.
const EVIDENCE_MAX: usize = 24;

/// Whose a document is, and why.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Identified {
    /// Yes, no or unknown.
    pub matches: PatientMatch,
    /// What was compared, for the desk.
    pub evidence: Vec<Evidence>,
    /// A person must say whose it is before it goes out.
    pub doubtful: bool,
    /// Pieces of evidence beyond those that are kept.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more: u32,
}

impl Identified {
    /// Adds what was compared elsewhere about the same document.
    fn take_evidence(&mut self, other: Self) {
        self.evidence.extend(other.evidence);
        self.more = self.more.saturating_add(other.more);
        let over = self.evidence.len().saturating_sub(EVIDENCE_MAX);
        self.evidence.truncate(EVIDENCE_MAX);
        self.more = self.more.saturating_add(u32::try_from(over).unwrap_or(u32::MAX));
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

/// Adds to each document whose it is. Says nothing where the case does not say whom it is about.
pub fn judge(case: &CaseFile, (patient, programme): (&Patient, &Programme), overlay: &mut Overlay) {
    let Some(child) = Child::new(patient) else { return };
    let mut desk = Comparing::new(child);
    let documents = documents(case);
    let first: Vec<document::Verdict> = documents.iter().map(|(_, facts)| desk.verdict(facts)).collect();
    judge_media(&desk.child, &mut overlay.media);
    let again = desk.learn(&documents, &first, &said_to_be_anothers(overlay));
    let mut whose: HashMap<EntryId, Identified> = HashMap::new();
    for ((entry, facts), verdict) in documents.into_iter().zip(first) {
        // A number that was learnt decides or says nothing: what was accepted of a document stays as it was.
        let sure = |verdict: &document::Verdict| verdict.identified.matches == PatientMatch::Yes;
        let learnt = (again && !sure(&verdict)).then(|| desk.verdict(facts)).filter(sure);
        let verdict = learnt.unwrap_or(verdict);
        if let Some((code, detail, page)) = said(entry, facts, &verdict) {
            let raised = if verdict.identified.doubtful { Severity::Warn } else { Severity::Info };
            let severity = programme.severity_of(code).max(raised);
            overlay.findings.push((entry.row.id, Finding { code, severity, page, detail }));
        } else if desk.child.birth().is_some_and(|birth| too_early::is_made_before(birth, facts)) {
            let detail = "the study is dated before the child was born: another patient's, or a clock was wrong";
            let severity = programme.severity_of(Reason::PatientUnconfirmed).max(Severity::Warn);
            let code = Reason::PatientUnconfirmed;
            overlay.findings.push((entry.row.id, Finding { code, severity, page: None, detail: detail.to_owned() }));
        }
        whose.insert(entry.row.id, verdict.identified);
    }
    slides::judge(case, (&mut desk, programme), (&mut whose, overlay));
    overlay.patients = grouped(case, whose);
}

/// Says of everybody who is named on a medium whether it is the child, each by itself.
fn judge_media(child: &Child, media: &mut [MediumReport]) {
    for named in media.iter_mut().flat_map(|medium| &mut medium.identities) {
        let weighed = weigh(child, &person(named));
        named.matches = Some(document::verdict(&[weighed]).identified.matches);
    }
}

/// Documents of which a person said that they are, or may be, about somebody else.
fn said_to_be_anothers(overlay: &Overlay) -> HashSet<EntryId> {
    let about = [Reason::WrongPatient, Reason::MultiplePatients, Reason::PatientUnconfirmed];
    let flags = overlay.flagged.iter().filter(|flagged| about.contains(&flagged.finding.code));
    flags.flat_map(|flagged| flagged.entries.iter().copied()).collect()
}

/// What speaks of a patient, duplicates aside.
fn documents(case: &CaseFile) -> Vec<(&Entry, &Facts)> {
    let entries = case.entries().iter().filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf));
    entries.filter_map(|entry| Some((entry, entry.facts().filter(|_| is_asked(case.kind(entry)))?))).collect()
}

/// Entries by what is known of them, in the order of the case.
fn grouped(case: &CaseFile, mut whose: HashMap<EntryId, Identified>) -> Vec<(Identified, Vec<EntryId>)> {
    let mut groups: Vec<(Identified, Vec<EntryId>)> = Vec::new();
    let mut places: HashMap<Identified, usize> = HashMap::new();
    for id in case.entries().iter().map(|entry| entry.row.id) {
        let Some(identified) = whose.remove(&id) else { continue };
        let place = *places.entry(identified.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, entries)) => entries.push(id),
            None => groups.push((identified, vec![id])),
        }
    }
    groups
}

/// The child, and everybody who was compared with it before: a study names the same patient in each of its slices.
struct Comparing {
    child: Child,
    known: HashMap<NamedPerson, Weighed>,
}

impl Comparing {
    fn new(child: Child) -> Self {
        Self { child, known: HashMap::new() }
    }

    fn verdict(&mut self, facts: &Facts) -> document::Verdict {
        let people: Vec<Weighed> = self.people(facts).into_iter().map(|person| self.of(person)).collect();
        document::verdict(&people)
    }

    fn people(&self, facts: &Facts) -> Vec<NamedPerson> {
        document::gathered(judged(facts), |written| self.child.was_born(written))
    }

    fn of(&mut self, person: NamedPerson) -> Weighed {
        if let Some(known) = self.known.get(&person) {
            return known.clone();
        }
        let weighed = weigh(&self.child, &person);
        self.known.insert(person, weighed.clone());
        weighed
    }

    /// Learns the numbers of documents that are the child's. False where there is nothing to learn. What a person said to be
    /// another's teaches nothing, and its numbers are that other's.
    fn learn(
        &mut self,
        documents: &[(&Entry, &Facts)],
        verdicts: &[document::Verdict],
        refused: &HashSet<EntryId>,
    ) -> bool {
        let Some(birth) = self.child.birth() else { return false };
        let mut people: HashSet<&NamedPerson> = HashSet::new();
        let mut others: HashSet<&NamedPerson> = HashSet::new();
        for ((entry, facts), verdict) in documents.iter().zip(verdicts) {
            if refused.contains(&entry.row.id) {
                others.extend(judged(facts));
            } else if verdict.identified.matches == PatientMatch::Yes {
                // As they were written: what stands elsewhere in a document may be somebody else's number.
                people.extend(judged(facts));
            }
        }
        let sure: Vec<_> = people.into_iter().map(|person| (self.of(person.clone()), person.clone())).collect();
        let learnt = numbers::taught(sure.iter(), self.known.iter(), others.into_iter(), birth);
        if learnt.is_empty() {
            return false;
        }
        // Whoever was compared before was so without these numbers.
        *self = Self::new(self.child.clone().knowing(learnt));
        true
    }
}

/// Does this stand in running text, where a number or a date may be a line or a page away from the name? Else it is a record:
/// a header, a segment of a message, a row.
fn is_of_text(person: &NamedPerson) -> bool {
    person.place.starts_with("page ")
}

/// The people of a document that are compared.
fn judged(facts: &Facts) -> &[NamedPerson] {
    &facts.people[..facts.people.len().min(PEOPLE_JUDGED_MAX)]
}

/// Does this kind of file speak of a patient?
const fn is_asked(kind: FileKind) -> bool {
    match kind {
        FileKind::Dicom
        | FileKind::Dicomdir
        | FileKind::Pdf
        | FileKind::Image
        | FileKind::Text
        | FileKind::Office
        | FileKind::Message
        | FileKind::Slide
        | FileKind::SlideManifest => true,
        FileKind::Archive
        | FileKind::Disc
        | FileKind::Executable
        | FileKind::SystemJunk
        | FileKind::Unknown
        | FileKind::Empty => false,
    }
}

/// The finding about a document, if there is anything to say.
fn said(entry: &Entry, facts: &Facts, verdict: &document::Verdict) -> Option<(Reason, String, Option<u32>)> {
    let told = verdict.finding.clone();
    if told.is_some() {
        return told;
    }
    // What nobody can read, or what is still being read, does not fail to say whose it is.
    let pending = entry.record.verdict.as_ref().is_some_and(|verdict| verdict.has(Reason::ReadingPending));
    let silent = facts.readable == Readable::No || pending || facts.kind == Some(FileKind::Dicomdir);
    let open = verdict.identified.matches == PatientMatch::Unknown && !silent && !stands_for_itself(facts);
    open.then(|| (Reason::PatientUnconfirmed, verdict.open.to_owned(), None))
}

/// Slides and manifests without patient columns are named by accession and block; their row says whose they are.
fn stands_for_itself(facts: &Facts) -> bool {
    matches!(facts.kind, Some(FileKind::Slide | FileKind::SlideManifest)) && facts.people.is_empty()
}

/// Everybody on a medium once: records of one person that lack a birth date or add a name are put together. Values stay
/// as written; the fullest record leads.
pub fn merged(identities: Vec<Identity>) -> Vec<Identity> {
    if identities.len() > IDENTITIES_MERGED_MAX {
        return identities;
    }
    let fullness = |one: &Identity| {
        let told = usize::from(one.birth_date.is_some()) + usize::from(one.sex.is_some());
        (told + one.ids.len().min(1) + one.names.len().min(1), one.objects)
    };
    let mut order = identities;
    order.sort_by_key(|one| std::cmp::Reverse(fullness(one)));
    let mut people: Vec<Identity> = Vec::new();
    for one in order {
        let same = people.iter_mut().find(|known| weighing::one_person(&person(known), &person(&one)));
        match same {
            Some(known) => known.take_in(one),
            None => people.push(one),
        }
    }
    people.sort();
    people
}

/// Are the patients of two documents plainly two? As far as both name one: no given name of the one fits the other's.
pub fn are_others(a: &[NamedPerson], b: &[NamedPerson]) -> bool {
    let named = |people: &[NamedPerson]| {
        let patients = people.iter().filter(|person| person.role == PersonRole::Patient && !person.names.is_empty());
        patients.take(PAIRS_OF_PEOPLE_MAX).cloned().collect::<Vec<_>>()
    };
    let (a, b) = (named(a), named(b));
    let differ = |a: &NamedPerson, b: &NamedPerson| weighing::is_other_given(a, b);
    !a.is_empty() && !b.is_empty() && a.iter().all(|a| b.iter().all(|b| differ(a, b)))
}

fn person(identity: &Identity) -> NamedPerson {
    NamedPerson {
        names: identity.names.clone(),
        birth_date: identity.birth_date.clone(),
        sex: identity.sex.clone(),
        ids: identity.ids.clone(),
        ..NamedPerson::default()
    }
}

impl Identity {
    /// Adds what another record of the same person says beyond this one.
    fn take_in(&mut self, other: Self) {
        for name in other.names {
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        for id in other.ids {
            if !self.ids.contains(&id) {
                self.ids.push(id);
            }
        }
        self.birth_date = self.birth_date.take().or(other.birth_date);
        self.sex = self.sex.take().or(other.sex);
        self.objects += other.objects;
    }
}
