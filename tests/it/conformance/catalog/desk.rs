//! A catalog with a case open, and short ways to say what happens at it.

use casegate::{
    audit::{Act, Event},
    catalog::{ArrivalRow, Catalog, CatalogError, Filing, NewEntry, Received, Result, sqlite::SqliteCatalog},
    domain::{
        case::{CaseRow, CaseState, ProgrammeName},
        entry::{EntryRow, Outcome, Part, Parts, Sealed},
        facts::{FileKind, Readable},
        ids::{ArrivalId, CaseId, EntryId, EpochId, Fingerprint, HeaderDigest, NodeId, ObjectId, PartKey},
        job::{Lease, Work},
        origin::Actor,
        reason::{Reason, Severity},
        time::Instant,
    },
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

pub(super) const NODE: NodeId = NodeId::from_bytes([9; 16]);
pub(super) const CASE: CaseId = CaseId::from_bytes([1; 16]);
pub(super) const ARRIVAL: ArrivalId = ArrivalId::from_bytes([2; 16]);
pub(super) const EPOCH: EpochId = EpochId::from_bytes([3; 16]);
pub(super) const NOW: Instant = Instant(1_000_000);
pub(super) const EVERY_KIND: &[&str] = &["examine", "compare", "gate", "delete", "expire"];

pub(super) struct Desk {
    pub(super) catalog: Arc<dyn Catalog>,
    next: AtomicU64,
    folder: Option<TempDir>,
}

/// Every adapter, each with one open case and one arrival.
pub(super) async fn desks() -> Vec<Desk> {
    let memory = Desk::of(Arc::new(SqliteCatalog::in_memory(NODE).unwrap()), None).await;
    vec![memory, on_disk().await]
}

/// The adapter that outlives its process.
pub(super) async fn on_disk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let catalog = SqliteCatalog::open(&folder.path().join("catalog.sqlite"), NODE).unwrap();
    Desk::of(Arc::new(catalog), Some(folder)).await
}

impl Desk {
    async fn of(catalog: Arc<dyn Catalog>, folder: Option<TempDir>) -> Self {
        let desk = Self { catalog, next: AtomicU64::new(100), folder };
        desk.catalog.begin_epoch(EPOCH, NOW).await.unwrap();
        desk.catalog.open_case(case_row(CASE), event(Act::CaseOpened)).await.unwrap();
        let arrival =
            ArrivalRow { id: ARRIVAL, case: CASE, link: None, origin: Sealed(vec![1]), at: NOW, closed: false };
        desk.catalog.open_arrival(arrival, event(Act::ArrivalOpened)).await.unwrap();
        desk
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("catalog.sqlite")
    }

    /// The process ends without an orderly end, and another begins.
    pub(super) fn reopened(self) -> Self {
        let file = self.file();
        drop(self.catalog);
        let catalog = Arc::new(SqliteCatalog::open(&file, NODE).unwrap());
        Self { catalog, next: self.next, folder: self.folder }
    }

    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> [u8; 16] {
        bytes(self.number())
    }

    pub(super) fn part(&self, plain_bytes: u64) -> Part {
        part(self.number(), plain_bytes)
    }

    /// A new entry with bytes of its own in one part.
    pub(super) fn entry(&self, content: u8) -> NewEntry {
        let id = EntryId::from_bytes(self.bytes());
        NewEntry {
            id,
            case: CASE,
            arrival: ARRIVAL,
            parent: None,
            ordinal: 0,
            depth: 0,
            bytes: 10,
            kind: FileKind::Pdf,
            record: Sealed(vec![content; 3]),
            object: Some((ObjectId::from_bytes(self.bytes()), Parts(vec![self.part(10)]))),
            fingerprint: Some(Fingerprint([content; 32])),
            job: Some(Work::Examine(id)),
        }
    }

    pub(super) async fn receive(&self, entry: &NewEntry) -> Result<Received> {
        self.catalog.receive(entry.clone(), None, event(Act::EntryReceived)).await
    }

    pub(super) async fn lease(&self, kind: &'static str) -> Option<Lease> {
        self.catalog.lease(NOW, &[kind]).await.unwrap()
    }

    pub(super) async fn row(&self, entry: EntryId) -> EntryRow {
        self.catalog.entry(entry).await.unwrap().unwrap()
    }

    pub(super) async fn revision(&self) -> u64 {
        self.catalog.case(CASE).await.unwrap().revision
    }

    pub(super) async fn set_state(&self, state: CaseState) {
        self.catalog.set_case_state(CASE, state, event(Act::CaseStateChanged)).await.unwrap();
    }

    /// Files the entry of the oldest examine job.
    pub(super) async fn file_next(&self, change: impl FnOnce(&mut Filing)) -> EntryId {
        let lease = self.lease("examine").await.expect("an entry waits to be examined");
        let Work::Examine(entry) = lease.work else { panic!("an examine job was asked for") };
        let mut filing = filing(entry);
        change(&mut filing);
        self.catalog.file(filing, &lease, event(Act::EntryFiled)).await.unwrap();
        entry
    }

    /// Ends every delete job; the keys they named, sorted.
    pub(super) async fn deleted(&self) -> Vec<PartKey> {
        let mut keys = Vec::new();
        while let Some(lease) = self.lease("delete").await {
            let Work::Delete(some) = &lease.work else { panic!("a delete job was asked for") };
            keys.extend(some.iter().copied());
            self.catalog.complete(&lease).await.unwrap();
        }
        keys.sort_unstable();
        keys
    }

    /// Nothing is wrong, and the audit trail holds together.
    pub(super) async fn check(&self) {
        assert_eq!(self.catalog.self_check().await.unwrap(), Vec::<String>::new());
        let events = self.catalog.audit(1, u32::MAX).await.unwrap();
        let head = casegate::audit::verify(NODE, &events, None).unwrap();
        assert_eq!(head, self.catalog.audit_head().await.unwrap());
    }
}

pub(super) fn case_row(id: CaseId) -> CaseRow {
    CaseRow {
        id,
        programme: ProgrammeName("cincinnati".into()),
        state: CaseState::Open,
        opened: NOW,
        revision: 0,
        patient: Sealed(vec![7; 4]),
        recipient: "age1example".into(),
        holding: false,
    }
}

pub(super) fn filing(entry: EntryId) -> Filing {
    Filing {
        entry,
        kind: FileKind::Pdf,
        outcome: Outcome::Stored,
        readable: Readable::Yes,
        language: "en".into(),
        twin: None,
        instance: None,
        record: Sealed(vec![4; 4]),
        findings: vec![(Reason::Rotated, Severity::Info)],
        text: None,
        drop_object: false,
        then: Vec::new(),
        changed_from: None,
    }
}

pub(super) fn event(act: Act) -> Event {
    Event {
        actor: Actor::Daemon,
        at: NOW,
        act,
        case: Some(CASE),
        subject: "thing".into(),
        detail: String::new(),
        sealed: Sealed::default(),
    }
}

pub(super) fn bytes(number: u64) -> [u8; 16] {
    u128::from(number).to_be_bytes()
}

pub(super) fn part(number: u64, plain_bytes: u64) -> Part {
    Part {
        key: PartKey { epoch: EPOCH, name: ObjectId::from_bytes(bytes(number)) },
        plain_bytes,
        sealed_bytes: plain_bytes.saturating_add(200),
        header: HeaderDigest([u8::try_from(number % 251).unwrap(); 32]),
    }
}

pub(super) fn keys(entry: &NewEntry) -> Vec<PartKey> {
    entry.object.iter().flat_map(|(_, parts)| &parts.0).map(|part| part.key).collect()
}

pub(super) fn is_refused<T>(result: &Result<T>) -> bool {
    matches!(result, Err(CatalogError::Refused(_)))
}
