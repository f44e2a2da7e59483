//! Flags: findings that somebody at the desk set, with the reason. A person sees what no detector looks for (a translation
//! that makes no sense) or what one overlooked (a page about another child).
//!
//! A flag is a finding beside those of the machine and like them everywhere: it weighs what the programme gives its code, it
//! can be waived, it is open in the packet. It never changes what the machine said: readability, language and whose a
//! document is stay as they were judged. It hangs on the document, not on a verdict, so that a later reading keeps it. What
//! is said of a container or a study is said of everything in it, of what comes out of it later too.
//!
//! Which codes a person may set is said in [`refusal`].

mod codes;

pub use codes::refusal;

use super::{
    case::{CaseFile, Entry},
    waivers::{Cover, Place, Reach, Unknown},
};
use crate::domain::{
    case::Programme,
    entry::Outcome,
    facts::{Facts, FileKind},
    ids::{EntryId, RulingId},
    reading::Reading,
    reason::{Reason, Severity},
    time::Instant,
    verdict::Finding,
};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

/// What stands as the evidence of a finding that was set. Why it was set is for fewer readers, and stands apart.
const DETAIL: &str = "set at the desk";

/// A flag as it is sealed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flag {
    /// The code that was set.
    pub code: Reason,
    /// Its weight, as the programme gave it then.
    pub severity: Severity,
    /// The document it was set of: the one that holds the bytes.
    pub named: EntryId,
    /// The page, where it concerns one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// How far it reaches.
    #[serde(default)]
    pub reach: Reach,
    /// Why; may hold names, and is never shown to a family.
    pub reason: String,
    /// Who set it, as the audit trail says it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// A flag with what it says of which documents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flagged {
    /// Its id.
    pub id: RulingId,
    /// As it was set.
    pub flag: Flag,
    /// What it says.
    pub finding: Finding,
    /// Of these: each the entry that holds the bytes.
    pub entries: Vec<EntryId>,
}

/// Why nothing can be set of what was named.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// It is no document, or none of a study.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// A row of the ledger that is no entry.
    #[error("it is not there as a document, so nobody can have seen that of it; name a document")]
    NoDocument,
    /// System files, viewer software.
    #[error("it is no document of the case: {0}; nothing is set of it")]
    Junk(FileKind),
    /// Pages are counted from 1.
    #[error("pages are counted from 1")]
    NoPage,
    /// Further on than the document goes.
    #[error("it has {0} pages, and that page is not among them")]
    Beyond(u32),
    /// A page of several documents.
    #[error("a page is one of a single document; leave --page out, or name the document that has it")]
    PageOfSeveral,
}

/// How much a finding weighs that is set under this programme. Doubt about whose a document is is never a mere remark where
/// a person has it.
pub fn weight(code: Reason, programme: &Programme) -> Severity {
    let weight = programme.severity_of(code);
    if code == Reason::PatientUnconfirmed { weight.max(Severity::Warn) } else { weight }
}

/// The documents that something would be set of.
///
/// # Errors
/// [`Unfit`].
pub fn reached<'a>(
    case: &'a CaseFile,
    place: Place<'a>,
    (page, reach): (Option<u32>, Reach),
) -> Result<Vec<&'a Entry>, Unfit> {
    let Place::Entry(named) = place else { return Err(Unfit::NoDocument) };
    let documents = documents(case, named, reach)?;
    if documents.is_empty() {
        return Err(Unfit::Junk(case.kind(named)));
    }
    match page {
        None => {}
        Some(0) => return Err(Unfit::NoPage),
        Some(_) if documents.len() > 1 => return Err(Unfit::PageOfSeveral),
        Some(page) => {
            if let Some(last) = last_page(documents[0]).filter(|last| page > *last) {
                return Err(Unfit::Beyond(last));
            }
        }
    }
    Ok(documents)
}

/// What the flags of a case say of it now. The same set twice of one document is said once, by the flag that weighs most and,
/// of those, by the last: one that was set after another was accepted is not accepted. A flag whose document is gone says
/// nothing.
pub fn laid(case: &CaseFile, given: &[(RulingId, Flag)]) -> Vec<Flagged> {
    let mut said: HashSet<(EntryId, Reason, Option<u32>)> = HashSet::new();
    let mut all = Vec::new();
    let mut ranked: Vec<(usize, &(RulingId, Flag))> = given.iter().enumerate().collect();
    ranked.sort_by_key(|(place, (_, flag))| Reverse((flag.severity, *place)));
    for (place, (id, flag)) in ranked {
        let Some(named) = case.get(flag.named) else { continue };
        let reached = documents(case, named, flag.reach).unwrap_or_default();
        let ids = reached.into_iter().map(|entry| entry.row.id);
        let entries: Vec<EntryId> = ids.filter(|entry| said.insert((*entry, flag.code, flag.page))).collect();
        if !entries.is_empty() {
            all.push((place, Flagged { id: *id, flag: flag.clone(), finding: flag.finding(), entries }));
        }
    }
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, flagged)| flagged).collect()
}

/// What was set, by the entry that it was set of.
pub fn by_entry(laid: &[Flagged]) -> HashMap<EntryId, Vec<&Flagged>> {
    let mut all: HashMap<EntryId, Vec<&Flagged>> = HashMap::new();
    for one in laid {
        one.entries.iter().for_each(|entry| all.entry(*entry).or_default().push(one));
    }
    all
}

impl Flag {
    /// What it says.
    fn finding(&self) -> Finding {
        Finding { code: self.code, severity: self.severity, page: self.page, detail: DETAIL.to_owned() }
    }
}

/// What a flag reaches: the document, everything in it or in its study, each by the entry that holds the bytes. Junk is not
/// kept and is nobody's document.
fn documents<'a>(case: &'a CaseFile, named: &'a Entry, reach: Reach) -> Result<Vec<&'a Entry>, Unknown> {
    let cover = Cover::of(case, Place::Entry(named), reach)?;
    let covered = case.entries().iter().filter(|entry| cover.has_entry(entry.row.id));
    let holders: HashSet<EntryId> = covered.map(|entry| case.original(entry).row.id).collect();
    let kept = |entry: &&Entry| holders.contains(&entry.row.id) && entry.row.outcome != Some(Outcome::Junk);
    Ok(case.entries().iter().filter(kept).collect())
}

/// The last page, where all are known.
fn last_page(entry: &Entry) -> Option<u32> {
    let whole = |facts: &&Facts| !facts.has(Reason::TooManyEntries);
    let counted = entry.facts().filter(whole)?.pages.iter().map(|page| page.page).max();
    let waiting = entry.record.reading.as_ref().is_some_and(Reading::is_under_way);
    counted.filter(|_| !waiting)
}
