//! Accepting findings at the desk, and taking that back.
//!
//! Given again for what is accepted already, the command answers with the waivers that stand. What it may be given for is
//! said by `casework::waivers`.

use super::{
    Desk, FindingNamed, Note, WaiverSummary, Waiving,
    rulings::{Standing, must_be_a_reason, refused},
};
use crate::{
    casework::{
        case::CaseFile,
        waivers::{self, About, Cover, InForce, Place, Reach, Seen, Waiver},
    },
    catalog::RulingKind,
    domain::{
        entry::Stage,
        ids::{CaseId, RulingId},
        origin::Actor,
        reading::Reading,
    },
    pipeline::{Trouble, rulings as kept},
    seal::CaseKeys,
};
use std::collections::HashSet;
use tokio::sync::mpsc::Sender;

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
        must_be_a_reason(reason, "say why it is accepted, with --reason TEXT: it goes out with the case")?;
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
        let entry = match place {
            Place::Entry(entry) => Some(entry.row.id),
            Place::Row(_) => None,
        };
        let id = self.keep((&keys, case), (&waiver, entry), reason, actor).await?;
        self.answer(case, &[InForce { id, waiver }], notes).await
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
        for (id, waiver) in kept::given::<Waiver>(self.stores(), (&keys, case)).await? {
            let on_page = named.page.is_none_or(|page| waiver.findings.iter().any(|one| one.page == Some(page)));
            if waiver.code != named.code || !on_page || !is_meant(&waiver.named) {
                continue;
            }
            self.end((&keys, case), (RulingKind::Waived, id, waiver.code), reason, actor).await?;
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
        let given: Vec<(RulingId, Waiver)> = kept::given(self.stores(), (keys, case)).await?;
        let summary = |(id, waiver): (RulingId, Waiver)| {
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

    /// Says what was done, with the gate that has seen it.
    async fn answer(&self, case: CaseId, done: &[InForce], notes: &Sender<Note>) -> Result<Waiving, Trouble> {
        let gate = self.gate_after(case, notes).await?;
        let about: HashSet<&About> =
            done.iter().flat_map(|one| &one.waiver.findings).flat_map(|accepted| &accepted.about).collect();
        Ok(Waiving {
            waivers: done.iter().map(|one| one.id).collect(),
            findings: done.iter().map(|one| count(&one.waiver)).sum(),
            documents: about.len() as u64,
            gate,
        })
    }
}

impl Standing {
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
        // What a person set does not change with the reading.
        if found.iter().any(|seen| seen.flag.is_none() && is_being_read(seen)) {
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

fn is_being_read(seen: &Seen<'_>) -> bool {
    match seen.place {
        Place::Entry(entry) => {
            entry.row.stage != Stage::Filed || entry.record.reading.as_ref().is_some_and(Reading::is_under_way)
        }
        Place::Row(_) => false,
    }
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
