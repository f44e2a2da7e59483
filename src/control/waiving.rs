//! Accepting findings at the desk, and taking that back.
//!
//! One waiver is one row and one audit event in one transaction; both seal the reason. Given again for what is accepted
//! already, the command answers with the waivers that stand. What it may be given for is said by `casework::waivers`.

use super::{Desk, FindingNamed, Note, Until, WaiverSummary, Waiving};
use crate::{
    audit::Act,
    casework::{
        case::{CaseFile, Overlay},
        waivers::{self, About, Cover, InForce, Place, Reach, Seen, Waiver},
    },
    catalog::NewWaiver,
    domain::{
        case::CaseState,
        entry::{Sealed, Stage},
        ids::{CaseId, WaiverId},
        limits::WAIVER_REASON_BYTES_MAX,
        origin::Actor,
        reading::Reading,
    },
    pipeline::{Trouble, index, waivers as kept},
    seal::{self, CaseKeys},
};
use std::{collections::HashSet, time::Duration};
use tokio::sync::mpsc::Sender;

/// How long an answer waits for the gate to see what was done. Beyond, the case is busy with other things; the answer then
/// says that work is open.
const GATE_WITHIN: Duration = Duration::from_secs(60);

/// A case as it stands when something is accepted.
struct Standing {
    file: CaseFile,
    overlay: Overlay,
    /// Is something of the case looked at just now, so that its findings may be older than its documents?
    busy: bool,
}

impl Desk {
    /// Accepts a finding.
    pub(super) async fn waive(
        &self,
        (case, named): (CaseId, &FindingNamed),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Waiving, Trouble> {
        if let Some(why) = waivers::refusal(named.code) {
            return Err(Trouble::Refused(format!("{} cannot be accepted: {why}", named.code)));
        }
        must_be_a_reason(reason)?;
        self.must_be_open(case).await?;
        let keys = self.stores().keys(case)?;
        let standing = self.standing(&keys, case).await?;
        let found = standing.find(named)?;
        let place = standing.resolved(&named.document)?;
        let standing_already = waivers::in_force(&found, &kept::given(self.stores(), (&keys, case)).await?);
        let fresh: Vec<Seen<'_>> =
            found.iter().filter(|seen| !standing_already.iter().any(|one| covers(one, seen))).copied().collect();
        if fresh.is_empty() {
            return self.answer(case, &standing_already, notes).await;
        }
        let waiver = Waiver {
            code: named.code,
            named: place.about(),
            findings: waivers::grouped(&fresh),
            reason: reason.to_owned(),
            by: actor.to_string(),
            at: self.stores().clock.now(),
        };
        let id = WaiverId::from_bytes(seal::random_bytes());
        self.keep(&keys, (case, id), (&waiver, place), actor).await?;
        self.answer(case, &[InForce { id, waiver }], notes).await
    }

    async fn keep(
        &self,
        keys: &CaseKeys,
        (case, id): (CaseId, WaiverId),
        (waiver, place): (&Waiver, Place<'_>),
        actor: &Actor,
    ) -> Result<(), Trouble> {
        let plain = serde_json::to_vec(waiver).map_err(|e| Trouble::Refused(e.to_string()))?;
        let record = keys.seal_record(kept::record_place(&id), &plain);
        let entry = match place {
            Place::Entry(entry) => Some(entry.row.id),
            Place::Row(_) => None,
        };
        let new = NewWaiver { id, case, entry, code: waiver.code, record };
        let mut event = self.event(actor, Act::FindingWaived, Some(case), id.to_string());
        event.detail = new.given();
        event.sealed = sealed_reason(keys, case, &waiver.reason);
        fail::fail_point!("waive.before");
        self.stores().catalog.add_waiver(new, event).await?;
        fail::fail_point!("waive.committed");
        Ok(())
    }

    /// Takes back whatever was accepted of what is named.
    pub(super) async fn unwaive(
        &self,
        (case, named): (CaseId, &FindingNamed),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Waiving, Trouble> {
        if named.reach == Reach::Study {
            return Err(Trouble::Refused("name the document that was named when it was accepted".to_owned()));
        }
        self.must_be_open(case).await?;
        let keys = self.stores().keys(case)?;
        let standing = self.standing(&keys, case).await?;
        let place = standing.resolved(&named.document);
        // What was missing when it was accepted may have come since under its path, or be listed no more.
        let is_meant = |about: &About| match about {
            About::Row { path, .. } if *path == named.document => true,
            about => place.as_ref().is_ok_and(|place| same_place(about, &place.about())),
        };
        let mut ended = Vec::new();
        for (id, waiver) in kept::given(self.stores(), (&keys, case)).await? {
            let on_page = named.page.is_none_or(|page| waiver.findings.iter().any(|one| one.page == Some(page)));
            if waiver.code != named.code || !on_page || !is_meant(&waiver.named) {
                continue;
            }
            let mut event = self.event(actor, Act::WaiverEnded, Some(case), id.to_string());
            event.detail = waiver.code.code().to_owned();
            event.sealed = sealed_reason(&keys, case, reason);
            self.stores().catalog.end_waiver(id, event).await?;
            fail::fail_point!("unwaive.committed");
            ended.push(InForce { id, waiver });
        }
        if ended.is_empty() {
            place?;
        }
        self.answer(case, &ended, notes).await
    }

    /// Waivers that were not taken back, with what of each holds now.
    pub(super) async fn waivers(
        &self,
        keys: &CaseKeys,
        case: CaseId,
        (file, holding): (&CaseFile, &[InForce]),
    ) -> Result<Vec<WaiverSummary>, Trouble> {
        let given = kept::given(self.stores(), (keys, case)).await?;
        let summary = |(id, waiver): (WaiverId, Waiver)| {
            let holds = holding.iter().find(|standing| standing.id == id);
            let (document, path) = match &waiver.named {
                About::Document { entry, .. } => {
                    let shown = file.get(*entry).map(|entry| file.lead(entry).path.clone());
                    (Some(*entry), shown.unwrap_or_default())
                }
                About::Row { path, .. } => (None, path.clone()),
            };
            WaiverSummary {
                waiver: id,
                document,
                path,
                code: waiver.code,
                given_for: count(&waiver),
                in_force: holds.map_or(0, |standing| count(&standing.waiver)),
                reason: waiver.reason,
                by: waiver.by,
                at: waiver.at.to_string(),
            }
        };
        Ok(given.into_iter().map(summary).collect())
    }

    async fn must_be_open(&self, case: CaseId) -> Result<(), Trouble> {
        match self.stores().catalog.case(case).await?.state {
            CaseState::Open | CaseState::Held => Ok(()),
            state @ (CaseState::Closed | CaseState::Shredded) => {
                Err(Trouble::Refused(format!("this case is {state}: nothing about it is decided any more")))
            }
        }
    }

    async fn standing(&self, keys: &CaseKeys, case: CaseId) -> Result<Standing, Trouble> {
        let stores = self.stores();
        let state = stores.catalog.index(case).await?;
        let file = index::lay_open(stores, keys, case).await?;
        let overlay = index::current(stores, (keys, case), (&state, &file)).await?;
        let busy = stores.catalog.case(case).await?.revision != state.gate.revision;
        Ok(Standing { file, overlay, busy })
    }

    /// Says what was done, with the gate that has seen it.
    async fn answer(&self, case: CaseId, done: &[InForce], notes: &Sender<Note>) -> Result<Waiving, Trouble> {
        self.door().ring();
        // Where it takes longer the answer says that work is open; the waiver is durable all the same.
        let _ = tokio::time::timeout(GATE_WITHIN, self.settle(case, Until::Filed, notes)).await;
        let row = self.stores().catalog.case(case).await?;
        let gate = self.stores().catalog.index(case).await?.gate;
        let about: HashSet<&About> =
            done.iter().flat_map(|one| &one.waiver.findings).flat_map(|accepted| &accepted.about).collect();
        Ok(Waiving {
            waivers: done.iter().map(|one| one.id).collect(),
            findings: done.iter().map(|one| count(&one.waiver)).sum(),
            documents: about.len() as u64,
            gate: gate.as_of(row.revision),
        })
    }
}

impl Standing {
    /// What is named; of a copy, the one that holds the bytes.
    fn resolved(&self, named: &str) -> Result<Place<'_>, Trouble> {
        match waivers::resolve(&self.file, &self.overlay, named).map_err(refused)? {
            Place::Entry(entry) => Ok(Place::Entry(self.file.original(entry))),
            row @ Place::Row(_) => Ok(row),
        }
    }

    /// The findings that are named and keep something back.
    fn find(&self, named: &FindingNamed) -> Result<Vec<Seen<'_>>, Trouble> {
        let place = waivers::resolve(&self.file, &self.overlay, &named.document).map_err(refused)?;
        let cover = Cover::of(&self.file, place, named.reach).map_err(refused)?;
        let wanted = |seen: &Seen<'_>| {
            let on_page = named.page.is_none_or(|page| seen.finding.page == Some(page));
            seen.finding.code == named.code && on_page && cover.has(seen)
        };
        let all: Vec<Seen<'_>> =
            waivers::findings(&self.file, &self.overlay).into_iter().filter(|seen| wanted(seen)).collect();
        let found: Vec<Seen<'_>> = all.iter().filter(|seen| waivers::keeps_back(seen.finding)).copied().collect();
        if found.iter().any(is_being_read) {
            return Err(Trouble::Refused("it is still being read; try again when that has ended".to_owned()));
        }
        match (found.is_empty(), all.is_empty(), self.busy) {
            (false, ..) => Ok(found),
            (true, false, _) => Err(Trouble::Refused(format!(
                "{} is only a remark about it and keeps nothing back: there is nothing to accept",
                named.code
            ))),
            (true, true, true) => {
                Err(Trouble::Refused("the case is being looked at just now; try again in a moment".to_owned()))
            }
            (true, true, false) => Err(Trouble::Refused(format!(
                "there is no finding {} about it; `casegate case show` lists what there is",
                named.code
            ))),
        }
    }
}

fn refused(why: waivers::Unknown) -> Trouble {
    Trouble::Refused(why.to_string())
}

fn is_being_read(seen: &Seen<'_>) -> bool {
    match seen.place {
        Place::Entry(entry) => {
            entry.row.stage != Stage::Filed || entry.record.reading.as_ref().is_some_and(Reading::is_under_way)
        }
        Place::Row(_) => false,
    }
}

fn must_be_a_reason(reason: &str) -> Result<(), Trouble> {
    if reason.trim().is_empty() {
        return Err(Trouble::Refused(
            "say why it is accepted, with --reason TEXT: it goes out with the case".to_owned(),
        ));
    }
    if reason.len() > WAIVER_REASON_BYTES_MAX {
        return Err(Trouble::Refused(format!("a reason has at most {WAIVER_REASON_BYTES_MAX} bytes")));
    }
    Ok(())
}

fn covers(standing: &InForce, seen: &Seen<'_>) -> bool {
    let about = seen.place.about();
    standing.waiver.findings.iter().any(|accepted| accepted.is_of(seen) && accepted.about.contains(&about))
}

/// The same document or row, whatever its bytes were.
fn same_place(a: &About, b: &About) -> bool {
    match (a, b) {
        (About::Document { entry: a, .. }, About::Document { entry: b, .. }) => a == b,
        (About::Row { .. }, About::Row { .. }) => a == b,
        (About::Document { .. }, About::Row { .. }) | (About::Row { .. }, About::Document { .. }) => false,
    }
}

fn count(waiver: &Waiver) -> u64 {
    waiver.findings.iter().map(|accepted| accepted.about.len() as u64).sum()
}

fn sealed_reason(keys: &CaseKeys, case: CaseId, reason: &str) -> Sealed {
    let told = serde_json::json!({ "reason": reason }).to_string();
    let place = seal::Place { table: "audit", row: case.as_bytes(), field: "detail" };
    keys.seal_record(place, told.as_bytes())
}
