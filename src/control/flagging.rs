//! Setting findings at the desk, and taking that back: what a person sees and no detector does.
//!
//! Given again for what is set already, the command answers with the flag that stands. What may be set of what is said by
//! `casework::flags`.

use super::{
    Desk, FindingNamed, FlagSummary, Flagging, Note,
    rulings::{Standing, must_be_a_reason, refused},
};
use crate::{
    casework::{
        case::CaseFile,
        flags::{self, Flag, Flagged},
        waivers::{self, Place, Seen, Waived},
    },
    catalog::RulingKind,
    domain::{
        ids::{CaseId, EntryId, RulingId},
        origin::Actor,
        reason::Severity,
    },
    pipeline::{Trouble, rulings as kept},
    seal::CaseKeys,
};
use std::collections::HashSet;
use tokio::sync::mpsc::Sender;

impl Desk {
    /// Sets a finding.
    pub(super) async fn flag(
        &self,
        (case, named): (CaseId, &FindingNamed),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Flagging, Trouble> {
        if let Some(why) = flags::refusal(named.code) {
            return Err(Trouble::Refused(format!("{} cannot be set by a person: {why}", named.code)));
        }
        must_be_a_reason(reason, "say what you see, with --reason TEXT: it stands beside the finding")?;
        self.must_be_open(case).await?;
        let keys = self.stores().keys(case)?;
        let standing = self.standing(&keys, case).await?;
        let place = standing.resolved(&named.document)?;
        let reached = flags::reached(&standing.file, place, (named.page, named.reach)).map_err(refused)?;
        let Place::Entry(entry) = place else { return Err(refused(flags::Unfit::NoDocument)) };
        let same = |flag: &Flag| (flag.code, flag.page, flag.reach) == (named.code, named.page, named.reach);
        let given: Vec<(RulingId, Flag)> = kept::given(self.stores(), (&keys, case)).await?;
        let severity = self.weight_of(case, named).await?;
        let told = standing.told(named, severity);
        // What was accepted meanwhile, or weighed less, is set anew: the acceptance was for the flag before.
        if reached.iter().all(|one| told.contains(&one.row.id)) {
            if let Some((id, _)) = given.iter().rfind(|(_, flag)| flag.named == entry.row.id && same(flag)) {
                return self.flagged(case, (&[*id], reached.len()), notes).await;
            }
            let code = named.code;
            return Err(Trouble::Refused(format!("{code} is found of it already, and nobody accepted that")));
        }
        let flag = Flag {
            code: named.code,
            severity,
            named: entry.row.id,
            page: named.page,
            reach: named.reach,
            reason: reason.to_owned(),
            by: actor.to_string(),
            at: self.stores().clock.now(),
        };
        let id = self.keep((&keys, case), (&flag, Some(entry.row.id)), reason, actor).await?;
        self.flagged(case, (&[id], reached.len()), notes).await
    }

    /// Takes back whatever was set of what is named.
    pub(super) async fn unflag(
        &self,
        (case, named): (CaseId, &FindingNamed),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Flagging, Trouble> {
        self.must_be_open(case).await?;
        let keys = self.stores().keys(case)?;
        let standing = self.standing(&keys, case).await?;
        let Place::Entry(entry) = standing.resolved(&named.document)? else {
            return Err(refused(flags::Unfit::NoDocument));
        };
        let (mut ended, mut documents) = (Vec::new(), 0);
        for (id, flag) in kept::given::<Flag>(self.stores(), (&keys, case)).await? {
            let on_page = named.page.is_none_or(|page| flag.page == Some(page));
            if flag.named != entry.row.id || flag.code != named.code || !on_page {
                continue;
            }
            self.end((&keys, case), (RulingKind::Flagged, id, flag.code), reason, actor).await?;
            documents += standing.overlay.flagged.iter().find(|one| one.id == id).map_or(0, |one| one.entries.len());
            ended.push(id);
        }
        let is_of_it = |one: &Flagged| one.flag.code == named.code && one.entries.contains(&entry.row.id);
        if ended.is_empty() && standing.overlay.flagged.iter().any(is_of_it) {
            return Err(Trouble::Refused(
                "it was set of more than this document; name what was named then, as `casegate case show` has it"
                    .to_owned(),
            ));
        }
        self.flagged(case, (&ended, documents), notes).await
    }

    /// Says what was done, with the gate that has seen it.
    async fn flagged(
        &self,
        case: CaseId,
        (flags, documents): (&[RulingId], usize),
        notes: &Sender<Note>,
    ) -> Result<Flagging, Trouble> {
        let gate = self.gate_after(case, notes).await?;
        Ok(Flagging { flags: flags.to_vec(), documents: documents as u64, gate })
    }

    async fn weight_of(&self, case: CaseId, named: &FindingNamed) -> Result<Severity, Trouble> {
        let row = self.stores().catalog.case(case).await?;
        let programme = self.shop().programmes.get(&row.programme).cloned().unwrap_or_default();
        Ok(flags::weight(named.code, &programme))
    }

    /// Flags that were not taken back, with what of each holds now.
    pub(super) async fn flags(
        &self,
        keys: &CaseKeys,
        case: CaseId,
        (file, laid): (&CaseFile, &[Flagged]),
    ) -> Result<Vec<FlagSummary>, Trouble> {
        let given: Vec<(RulingId, Flag)> = kept::given(self.stores(), (keys, case)).await?;
        let path_of = |entry: EntryId| file.get(entry).map(|entry| file.lead(entry).path.clone());
        let summary = |(id, flag): (RulingId, Flag)| FlagSummary {
            flag: id,
            document: flag.named,
            path: path_of(flag.named).unwrap_or_default(),
            code: flag.code,
            severity: flag.severity,
            page: flag.page,
            reach: flag.reach,
            documents: laid.iter().find(|one| one.id == id).map_or(0, |one| one.entries.len() as u64),
            reason: flag.reason,
            by: flag.by,
            at: flag.at.to_string(),
        };
        Ok(given.into_iter().map(summary).collect())
    }
}

impl Standing {
    /// Of which documents this is said already, by whomever, with no less weight, and accepted by nobody.
    fn told(&self, named: &FindingNamed, weight: Severity) -> HashSet<EntryId> {
        let waived = Waived::new(&self.overlay);
        let same = |seen: &Seen<'_>| {
            let said = seen.finding;
            said.code == named.code && said.page == named.page && said.severity >= weight && !waived.covers(seen)
        };
        let told = waivers::findings(&self.file, &self.overlay).into_iter().filter(same);
        told.filter_map(|seen| match seen.place {
            Place::Entry(entry) => Some(entry.row.id),
            Place::Row(_) => None,
        })
        .collect()
    }
}
