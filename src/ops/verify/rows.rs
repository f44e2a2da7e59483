//! Every row that the trail speaks of is there. A row that is deleted takes everything along that could contradict it, so
//! each is asked for by its id: cases, arrivals, uploads, links, entries, rulings; passwords by their number.
//!
//! An entry may be gone where it, or what it came in, was moved to another case: its own row there is asked for as well.

use super::{LOOKS_MAX, Verified, trail::Trail};
use crate::{
    catalog::{RulingKind, RulingRow},
    domain::ids::{ArrivalId, CaseId, EntryId, LinkId, RulingId, UploadId},
    pipeline::{Stores, Trouble},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Something that has a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    Arrival(ArrivalId),
    Upload(UploadId),
    Link(LinkId),
    Entry(EntryId),
    Ruling(RulingKind, RulingId),
    /// Its id was edited, which the chain has said.
    Unknown,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arrival(id) => write!(f, "arrival {id}"),
            Self::Upload(id) => write!(f, "upload {id}"),
            Self::Link(id) => write!(f, "link {id}"),
            Self::Entry(id) => write!(f, "entry {id}"),
            Self::Ruling(kind, id) => write!(f, "{} {id}", kind.noun()),
            Self::Unknown => f.write_str("something"),
        }
    }
}

/// What a case has to have.
#[derive(Default)]
pub(super) struct OfCase {
    things: BTreeSet<Thing>,
    pub(super) passwords: usize,
}

/// What every case has to have.
#[derive(Default)]
pub(super) struct Expected(BTreeMap<CaseId, OfCase>);

impl Expected {
    pub(super) fn of(&mut self, case: CaseId) -> &mut OfCase {
        self.0.entry(case).or_default()
    }

    pub(super) fn note(&mut self, case: Option<CaseId>, thing: Thing) {
        let Some(case) = case.filter(|_| thing != Thing::Unknown) else { return };
        self.of(case).things.insert(thing);
    }
}

/// Asks for every row.
pub(super) async fn check(stores: &Stores, trail: &mut Trail, verified: &mut Verified) -> Result<(), Trouble> {
    let mut wrong = missing(stores, trail).await?;
    for _ in 0..LOOKS_MAX {
        if wrong.is_empty() {
            return Ok(());
        }
        // Something may have been moved since the trail was read: what is missing is missing each time.
        trail.read_on(stores, verified).await?;
        let still = missing(stores, trail).await?;
        wrong.retain(|fault| still.contains(fault));
    }
    verified.wrong.extend(wrong);
    Ok(())
}

/// What is missing, in words. Lists that cannot be read were said to be wrong already, and nothing is missed in them.
async fn missing(stores: &Stores, trail: &Trail) -> Result<Vec<String>, Trouble> {
    let Ok(cases) = stores.catalog.cases().await else { return Ok(Vec::new()) };
    let cases: BTreeSet<CaseId> = cases.iter().map(|row| row.id).collect();
    let mut missing = Vec::new();
    for (case, expected) in trail.expected().0 {
        if !cases.contains(&case) {
            let count = expected.things.len();
            missing.push(format!("case {case}: it was opened, and its row is not there ({count} rows hang on it)"));
            continue;
        }
        let (there, unread) = there(stores, case).await;
        let gone = expected.things.iter().filter(|thing| !there.contains(thing) && !unread.contains(&kind(thing)));
        missing.extend(gone.map(|thing| format!("{thing}: the audit trail speaks of it, and its row is not there")));
        let passwords = stores.catalog.passwords(case).await.map_or(expected.passwords, |rows| rows.len());
        if passwords != expected.passwords {
            let supplied = expected.passwords;
            missing.push(format!("case {case}: {supplied} passwords were supplied, and {passwords} are there"));
        }
    }
    Ok(missing)
}

/// Everything that a case has, and the kinds of rows that cannot be read.
async fn there(stores: &Stores, case: CaseId) -> (BTreeSet<Thing>, BTreeSet<&'static str>) {
    let (mut there, mut unread, catalog) = (BTreeSet::new(), BTreeSet::new(), &stores.catalog);
    let mut take = |kind: &'static str, things: Option<Vec<Thing>>| match things {
        Some(things) => there.extend(things),
        None => drop(unread.insert(kind)),
    };
    let entries = catalog.entries(case).await.ok();
    take("entry", entries.map(|rows| rows.iter().map(|row| Thing::Entry(row.id)).collect()));
    let arrivals = catalog.arrivals(case).await.ok();
    take("arrival", arrivals.map(|rows| rows.iter().map(|row| Thing::Arrival(row.id)).collect()));
    let uploads = catalog.uploads(case).await.ok();
    take("upload", uploads.map(|rows| rows.iter().map(|row| Thing::Upload(row.id)).collect()));
    let links = catalog.links(case).await.ok();
    take("link", links.map(|rows| rows.iter().map(|row| Thing::Link(row.id)).collect()));
    let rulings = catalog.rulings(case).await.ok();
    let ruling = |row: &RulingRow| Thing::Ruling(row.ruling.kind, row.ruling.id);
    take("ruling", rulings.map(|rows| rows.iter().map(ruling).collect()));
    (there, unread)
}

const fn kind(thing: &Thing) -> &'static str {
    match thing {
        Thing::Arrival(_) => "arrival",
        Thing::Upload(_) => "upload",
        Thing::Link(_) => "link",
        Thing::Entry(_) => "entry",
        Thing::Ruling(..) => "ruling",
        Thing::Unknown => "",
    }
}
