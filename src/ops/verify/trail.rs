//! The audit trail as a witness: the chain itself, and what it says was received, filed and decided.

use super::{
    PAGE, Verified,
    rows::{Expected, Thing},
};
use crate::{
    audit::{Act, Checkpoint, StoredEvent, Walk},
    catalog::{RulingKind, Witness},
    domain::{
        entry::{EntryRow, Outcome, Stage},
        ids::{ArrivalId, CaseId, EntryId, LinkId, RulingId, UploadId},
    },
    pipeline::{Stores, Trouble},
};
use std::collections::{HashMap, HashSet};

/// What the trail says, as far as it was read.
pub(super) struct Trail {
    walk: Walk,
    next: u64,
    received: HashMap<EntryId, Receipt>,
    filed: HashMap<String, Filed>,
    links: HashMap<String, LinkSaid>,
    rulings: HashMap<RulingId, RulingSaid>,
    arrivals: HashMap<ArrivalId, CaseId>,
    uploads: HashMap<UploadId, CaseId>,
    moved: HashSet<EntryId>,
    cases: HashMap<CaseId, Decided>,
}

/// What a receipt's event says.
struct Receipt {
    case: Option<CaseId>,
    parent: Option<EntryId>,
    bytes: String,
    mark: String,
}

/// What the filings of an entry say: the first and the latest.
struct Filed {
    first: String,
    latest: String,
    count: u32,
}

/// What is said of an upload link.
#[derive(Default)]
pub(super) struct LinkSaid {
    pub(super) case: Option<CaseId>,
    /// As [`crate::domain::link::LinkRow::made`] says it.
    pub(super) made: String,
    pub(super) revoked: bool,
}

/// What is said of a ruling.
pub(super) struct RulingSaid {
    pub(super) kind: RulingKind,
    pub(super) case: Option<CaseId>,
    /// As [`crate::catalog::NewRuling::given`] says it.
    pub(super) made: String,
    pub(super) given: Witness,
    pub(super) ended: Option<Witness>,
}

/// The last decisions about a case.
#[derive(Default)]
struct Decided {
    opened: bool,
    state: Option<String>,
    gate: Option<String>,
    passwords: usize,
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
            rulings: HashMap::new(),
            arrivals: HashMap::new(),
            uploads: HashMap::new(),
            moved: HashSet::new(),
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
        let is = |act: Act| event.act == act.name();
        if is(Act::EntryReceived) || is(Act::EntryFiled) || is(Act::EntryMoved) {
            self.note_entry(event);
        } else if is(Act::LinkMade) {
            let said = self.links.entry(event.subject.clone()).or_default();
            (said.case, said.made) = (event.case, event.detail.clone());
        } else if is(Act::LinkRevoked) {
            self.links.entry(event.subject.clone()).or_default().revoked = true;
        } else if is(Act::FindingWaived) {
            self.note_ruling(RulingKind::Waived, event);
        } else if is(Act::FindingFlagged) {
            self.note_ruling(RulingKind::Flagged, event);
        } else if is(Act::WaiverEnded) {
            self.note_ending(RulingKind::Waived, event);
        } else if is(Act::FlagEnded) {
            self.note_ending(RulingKind::Flagged, event);
        } else if let Some(case) = event.case {
            self.note_case(case, event);
        }
    }

    fn note_entry(&mut self, event: &StoredEvent) {
        if event.act == Act::EntryFiled.name() {
            let detail = &event.detail;
            let fresh = || Filed { first: detail.clone(), latest: String::new(), count: 0 };
            let filed = self.filed.entry(event.subject.clone()).or_insert_with(fresh);
            filed.latest.clone_from(detail);
            filed.count += 1;
            return;
        }
        // A subject that is no id was edited, which the chain has said.
        let Ok(entry) = event.subject.parse() else { return };
        if event.act == Act::EntryMoved.name() {
            self.moved.insert(entry);
            return;
        }
        let mark = event.detail.find("header=").map(|at| event.detail[at..].to_owned()).unwrap_or_default();
        let mut words = event.detail.split(' ');
        let bytes = words.next().unwrap_or_default().to_owned();
        // Trails of earlier versions do not say what a member came in.
        let parent = words.skip_while(|word| *word != "in").nth(1).and_then(|parent| parent.parse().ok());
        self.received.insert(entry, Receipt { case: event.case, parent, bytes, mark });
    }

    fn note_ruling(&mut self, kind: RulingKind, event: &StoredEvent) {
        let Ok(ruling) = event.subject.parse() else { return };
        let (case, made, given) = (event.case, event.detail.clone(), witness(event));
        self.rulings.insert(ruling, RulingSaid { kind, case, made, given, ended: None });
    }

    fn note_ending(&mut self, kind: RulingKind, event: &StoredEvent) {
        let said = event.subject.parse().ok().and_then(|ruling| self.rulings.get_mut(&ruling));
        if let Some(said) = said.filter(|said| said.kind == kind) {
            said.ended = Some(witness(event));
        }
    }

    fn note_case(&mut self, case: CaseId, event: &StoredEvent) {
        let is = |act: Act| event.act == act.name();
        let decided = self.cases.entry(case).or_default();
        if is(Act::CaseOpened) {
            decided.opened = true;
        } else if is(Act::CaseStateChanged) {
            decided.state = Some(event.detail.clone());
        } else if is(Act::GateComputed) {
            decided.gate = Some(event.detail.clone());
        } else if is(Act::PasswordAdded) {
            decided.passwords += 1;
        } else if is(Act::ArrivalOpened) {
            self.arrivals.extend(event.subject.parse().ok().map(|arrival: ArrivalId| (arrival, case)));
        } else if is(Act::UploadCreated) {
            self.uploads.extend(event.subject.parse().ok().map(|upload: UploadId| (upload, case)));
        }
    }

    /// Does the receipt speak of these headers? `None` where there is no receipt.
    pub(super) fn agrees_on_headers(&self, entry: EntryId, mark: &str) -> Option<bool> {
        self.received.get(&entry).map(|receipt| receipt.mark == mark)
    }

    /// What in the clear columns of an entry the trail does not bear out.
    pub(super) fn contradicts(&self, row: &EntryRow) -> Option<&'static str> {
        let id = row.id.to_string();
        let Some(receipt) = self.received.get(&row.id) else { return Some("the audit trail has no receipt of it") };
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

    /// Was this entry judged more than once?
    pub(super) fn was_judged_again(&self, entry: EntryId) -> bool {
        self.filed.get(&entry.to_string()).is_some_and(|filed| filed.count > 1)
    }

    /// What is said of a ruling; `None` where it was never given.
    pub(super) fn ruling(&self, ruling: RulingId) -> Option<&RulingSaid> {
        self.rulings.get(&ruling)
    }

    /// Everything that the catalog has to have a row of.
    pub(super) fn expected(&self) -> Expected {
        let mut expected = Expected::default();
        for (case, decided) in &self.cases {
            if decided.opened {
                expected.of(*case).passwords = decided.passwords;
            }
        }
        let entries = self.received.iter().filter(|(entry, _)| !self.left(**entry));
        for (entry, receipt) in entries {
            expected.note(receipt.case, Thing::Entry(*entry));
        }
        for (arrival, case) in &self.arrivals {
            expected.note(Some(*case), Thing::Arrival(*arrival));
        }
        for (upload, case) in &self.uploads {
            expected.note(Some(*case), Thing::Upload(*upload));
        }
        for (link, said) in &self.links {
            expected.note(said.case, link.parse().map_or(Thing::Unknown, Thing::Link));
        }
        let rulings = self.rulings.iter().filter(|(_, said)| !self.named_what_left(said));
        for (ruling, said) in rulings {
            expected.note(said.case, Thing::Ruling(said.kind, *ruling));
        }
        expected
    }

    /// Did this entry leave its case, by itself or with what it came in?
    fn left(&self, entry: EntryId) -> bool {
        let mut next = Some(entry);
        // No more steps than entries: a trail that was tampered with could hold a ring.
        for _ in 0..=self.received.len() {
            match next {
                Some(entry) if self.moved.contains(&entry) => return true,
                Some(entry) => next = self.received.get(&entry).and_then(|receipt| receipt.parent),
                None => return false,
            }
        }
        false
    }

    /// Rulings go with the document that they name.
    fn named_what_left(&self, said: &RulingSaid) -> bool {
        let named = said.made.split(' ').skip_while(|word| *word != "document").nth(1);
        named.and_then(|named| named.parse().ok()).is_some_and(|entry| self.left(entry))
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

fn witness(event: &StoredEvent) -> Witness {
    Witness { seq: event.seq, hash: event.hash }
}
