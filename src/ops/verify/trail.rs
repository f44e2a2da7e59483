//! The audit trail as a witness: the chain itself, and what it says was received, filed and decided.

use super::{PAGE, Verified};
use crate::{
    audit::{Act, Checkpoint, StoredEvent, Walk},
    domain::{
        entry::{EntryRow, Outcome, Stage},
        ids::{CaseId, EntryId, LinkId},
    },
    pipeline::{Stores, Trouble},
};
use std::collections::HashMap;

/// What the trail says, as far as it was read.
pub(super) struct Trail {
    walk: Walk,
    next: u64,
    received: HashMap<String, Receipt>,
    filed: HashMap<String, Filed>,
    links: HashMap<String, LinkSaid>,
    cases: HashMap<CaseId, Decided>,
}

/// What a receipt's event says.
struct Receipt {
    bytes: String,
    mark: String,
}

/// What the filings of an entry say: the first and the latest.
struct Filed {
    first: String,
    latest: String,
}

/// What is said of an upload link.
#[derive(Default)]
pub(super) struct LinkSaid {
    pub(super) case: Option<CaseId>,
    /// As [`crate::domain::link::LinkRow::made`] says it.
    pub(super) made: String,
    pub(super) revoked: bool,
}

/// The last decisions about a case.
#[derive(Default)]
struct Decided {
    opened: bool,
    state: Option<String>,
    gate: Option<String>,
}

impl Trail {
    /// A trail of which nothing is read yet.
    pub(super) async fn begin(stores: &Stores, checkpoint: Option<Checkpoint>) -> Result<Self, Trouble> {
        let head = stores.catalog.audit_head().await?;
        Ok(Self {
            walk: Walk::new(head.node, checkpoint.map(|checkpoint| checkpoint.head)),
            next: 1,
            received: HashMap::new(),
            filed: HashMap::new(),
            links: HashMap::new(),
            cases: HashMap::new(),
        })
    }

    /// Reads what was added since.
    pub(super) async fn read_on(&mut self, stores: &Stores, verified: &mut Verified) -> Result<(), Trouble> {
        loop {
            let end = stores.catalog.audit_head().await?.seq;
            if self.next > end {
                return Ok(());
            }
            match stores.catalog.audit(self.next, PAGE).await {
                Ok(events) if events.is_empty() => return Ok(()),
                Ok(events) => self.take(&events, verified),
                Err(_) => self.step_singly(stores, end, verified).await,
            }
        }
    }

    /// The rest of a page, event by event, since one of them cannot be read.
    async fn step_singly(&mut self, stores: &Stores, end: u64, verified: &mut Verified) {
        let to = end.min(self.next + u64::from(PAGE) - 1);
        while self.next <= to {
            match stores.catalog.audit(self.next, 1).await {
                Ok(events) if events.is_empty() => return,
                Ok(events) => self.take(&events, verified),
                Err(error) => {
                    verified.wrong.push(format!("audit: event {} cannot be read: {error}", self.next));
                    self.next += 1;
                }
            }
        }
    }

    fn take(&mut self, events: &[StoredEvent], verified: &mut Verified) {
        for event in events {
            verified.events += 1;
            if let Err(fault) = self.walk.step(event) {
                verified.wrong.push(format!("audit: {fault}"));
                self.walk.go_on_behind(event);
            }
            self.next = event.seq + 1;
            self.note(event);
        }
    }

    fn note(&mut self, event: &StoredEvent) {
        let subject = event.subject.clone();
        let is = |act: Act| event.act == act.name();
        if is(Act::EntryReceived) {
            let mark = event.detail.find("header=").map(|at| event.detail[at..].to_owned()).unwrap_or_default();
            let bytes = event.detail.split(' ').next().unwrap_or_default().to_owned();
            self.received.insert(subject, Receipt { bytes, mark });
        } else if is(Act::EntryFiled) {
            let detail = &event.detail;
            let filed = self.filed.entry(subject);
            filed
                .and_modify(|filed| filed.latest.clone_from(detail))
                .or_insert_with(|| Filed { first: detail.clone(), latest: detail.clone() });
        } else if is(Act::LinkMade) {
            let said = self.links.entry(subject).or_default();
            (said.case, said.made) = (event.case, event.detail.clone());
        } else if is(Act::LinkRevoked) {
            self.links.entry(subject).or_default().revoked = true;
        } else if let Some(case) = event.case {
            let decided = self.cases.entry(case).or_default();
            if is(Act::CaseOpened) {
                decided.opened = true;
            } else if is(Act::CaseStateChanged) {
                decided.state = Some(event.detail.clone());
            } else if is(Act::GateComputed) {
                decided.gate = Some(event.detail.clone());
            }
        }
    }

    /// Does the receipt speak of these headers? `None` where there is no receipt.
    pub(super) fn agrees_on_headers(&self, entry: EntryId, mark: &str) -> Option<bool> {
        self.received.get(&entry.to_string()).map(|receipt| receipt.mark == mark)
    }

    /// What in the clear columns of an entry the trail does not bear out.
    pub(super) fn contradicts(&self, row: &EntryRow) -> Option<&'static str> {
        let id = row.id.to_string();
        let Some(receipt) = self.received.get(&id) else { return Some("the audit trail has no receipt of it") };
        if receipt.bytes != row.bytes.to_string() {
            return Some("its size is not the one that was received");
        }
        match (row.stage, self.filed.get(&id)) {
            (Stage::Received, None) => None,
            (Stage::Received, Some(_)) => Some("it was filed, and its row says that it was not"),
            // A duplicate of bytes is filed with its receipt.
            (Stage::Filed, None) if row.outcome == Some(Outcome::DuplicateOf) => None,
            (Stage::Filed, None) => Some("the audit trail has no filing of it"),
            (Stage::Filed, Some(filed)) => {
                let outcome = row.outcome.map_or("", Outcome::name);
                (filed.latest != format!("{} {outcome}", row.kind))
                    .then_some("its kind or outcome is not the one that was filed")
            }
        }
    }

    /// Was this the outcome of an entry when it was filed first?
    pub(super) fn agrees_on_first(&self, entry: EntryId, outcome: Outcome) -> bool {
        self.filed.get(&entry.to_string()).is_some_and(|filed| filed.first.ends_with(&format!(" {outcome}")))
    }

    /// What is said of a link; `None` where it was never made.
    pub(super) fn link(&self, link: LinkId) -> Option<&LinkSaid> {
        self.links.get(&link.to_string()).filter(|said| said.case.is_some())
    }

    /// Does the trail bear out where a case stands?
    pub(super) fn agrees_on_state(&self, case: CaseId, state: &str) -> bool {
        self.cases
            .get(&case)
            .is_some_and(|decided| decided.opened && decided.state.as_deref().unwrap_or("open") == state)
    }

    /// Does the trail bear out the gate? `None` where none was computed.
    pub(super) fn gate(&self, case: CaseId) -> Option<&str> {
        self.cases.get(&case)?.gate.as_deref()
    }

    /// The chain must reach its head, and the checkpoint.
    pub(super) async fn end(mut self, stores: &Stores, verified: &mut Verified) -> Result<(), Trouble> {
        let head = stores.catalog.audit_head().await?;
        self.read_on(stores, verified).await?;
        match self.walk.end() {
            Ok(end) if end.seq > head.seq || (end.seq == head.seq && end.hash == head.hash) => {}
            Ok(_) => verified.wrong.push("audit: the chain does not end where its head says".to_owned()),
            Err(fault) => verified.wrong.push(format!("audit: {fault}")),
        }
        Ok(())
    }
}
