//! Random calls against a tiny model, with crashes in between: what was acknowledged is there, once.

use super::desk::{ARRIVAL, CASE, Desk, NOW, event, filing, on_disk};
use casegate::{
    audit::Act,
    catalog::{NewEntry, Received},
    domain::{
        entry::{Outcome, Parts, Sealed},
        ids::{EntryId, ObjectId, PartKey, UploadId},
        job::{Fate, Lease, Work},
        time::Instant,
        upload::{UploadRow, UploadState},
    },
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Step {
    /// Bytes of this content arrive as a new entry.
    Receive(u8),
    /// A second run brings the entry of this index again, sealed anew.
    Again(usize),
    /// An upload of this content is made in two parts and, perhaps, received.
    Upload(u8, UploadEnd),
    Lease,
    /// The oldest lease files its entry; as junk, or stored.
    File(Outcome),
    Fail,
    LeasesRunOut,
    Crash,
}

#[derive(Clone, Copy, Debug)]
enum UploadEnd {
    Received,
    Terminated,
    Open,
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![Just(UploadEnd::Received), Just(UploadEnd::Terminated), Just(UploadEnd::Open)];
    prop_oneof![
        4 => (0_u8..6).prop_map(Step::Receive),
        1 => (0_usize..20).prop_map(Step::Again),
        2 => ((0_u8..6), end).prop_map(|(content, end)| Step::Upload(content, end)),
        3 => Just(Step::Lease),
        3 => prop_oneof![3 => Just(Outcome::Stored), 1 => Just(Outcome::Junk)].prop_map(Step::File),
        1 => Just(Step::Fail),
        1 => Just(Step::LeasesRunOut),
        1 => Just(Step::Crash),
    ]
}

/// What should be so.
#[derive(Default)]
struct Model {
    /// Outcome and twin of each entry, in the order of receipt.
    ledger: Vec<(EntryId, Option<Outcome>, Option<EntryId>)>,
    /// Who holds the bytes of a content.
    holders: BTreeMap<u8, EntryId>,
    contents: BTreeMap<EntryId, u8>,
    open_uploads: u64,
    /// Every part that was ever sealed.
    sealed: BTreeSet<PartKey>,
}

impl Model {
    fn receive(&mut self, entry: &NewEntry, content: u8) -> Received {
        let twin = self.holders.get(&content).copied();
        self.ledger.push((entry.id, twin.map(|_| Outcome::DuplicateOf), twin));
        self.contents.insert(entry.id, content);
        match twin {
            Some(twin) => Received::DuplicateOf(twin),
            None => {
                self.holders.insert(content, entry.id);
                Received::New
            }
        }
    }

    fn file(&mut self, entry: EntryId, outcome: Outcome) {
        let row = self.ledger.iter_mut().find(|row| row.0 == entry).unwrap();
        row.1 = Some(outcome);
        if outcome == Outcome::Junk {
            self.holders.remove(&self.contents[&entry]);
        }
    }
}

struct Run {
    desk: Desk,
    model: Model,
    leases: Vec<Lease>,
    now: Instant,
}

impl Run {
    async fn step(mut self, step: Step) -> Self {
        match step {
            Step::Receive(content) => {
                let entry = self.sealed(content);
                let expected = self.model.receive(&entry, content);
                assert_eq!(self.desk.receive(&entry).await, Ok(expected));
            }
            Step::Again(index) => {
                let known = self.model.ledger.get(index).map(|row| row.0);
                if let Some(id) = known {
                    let mut entry = self.sealed(self.model.contents[&id]);
                    entry.id = id;
                    assert_eq!(self.desk.receive(&entry).await, Ok(Received::Known));
                }
            }
            Step::Upload(content, end) => self.upload(content, end).await,
            Step::Lease => {
                self.leases.extend(self.desk.catalog.lease(self.now, &["examine"]).await.unwrap());
            }
            Step::File(outcome) => self.file(outcome).await,
            Step::Fail => {
                if let Some(lease) = self.leases.pop() {
                    self.desk.catalog.fail(&lease, self.now, Fate::Counted).await.unwrap();
                }
            }
            Step::LeasesRunOut => {
                // Whoever held them is fenced once somebody asks; here nobody holds on.
                self.now = self.now.plus_ms(60_000);
                self.leases.clear();
                self.desk.catalog.lease(self.now, &[]).await.unwrap();
            }
            Step::Crash => {
                self.leases.clear();
                self.desk = self.desk.reopened();
                self.desk.catalog.release_leases().await.unwrap();
            }
        }
        self
    }

    fn sealed(&mut self, content: u8) -> NewEntry {
        let entry = self.desk.entry(content);
        self.model.sealed.extend(super::desk::keys(&entry));
        entry
    }

    async fn file(&mut self, outcome: Outcome) {
        if self.leases.is_empty() {
            return;
        }
        let lease = self.leases.remove(0);
        let Work::Examine(entry) = lease.work else { panic!("examine jobs only") };
        let mut filing = filing(entry);
        filing.outcome = outcome;
        filing.drop_object = outcome == Outcome::Junk;
        self.desk.catalog.file(filing, &lease, event(Act::EntryFiled)).await.unwrap();
        self.model.file(entry, outcome);
    }

    async fn upload(&mut self, content: u8, end: UploadEnd) {
        let desk = &self.desk;
        let later = self.now.plus_ms(1_000);
        let upload = UploadRow {
            id: UploadId::from_bytes(desk.bytes()),
            entry: EntryId::from_bytes(desk.bytes()),
            link: None,
            case: CASE,
            arrival: ARRIVAL,
            length: None,
            offset: 0,
            object: ObjectId::from_bytes(desk.bytes()),
            parts: Parts::default(),
            record: Sealed(vec![]),
            expires: later,
            state: UploadState::Open,
        };
        desk.catalog.create_upload(upload.clone(), event(Act::UploadCreated)).await.unwrap();
        let parts = Parts(vec![desk.part(4), desk.part(6)]);
        for (offset, part) in [0, 4].into_iter().zip(&parts.0) {
            desk.catalog.append_part(upload.id, offset, *part, later).await.unwrap();
            self.model.sealed.insert(part.key);
        }
        match end {
            UploadEnd::Open => self.model.open_uploads += 1,
            UploadEnd::Terminated => {
                let (id, event) = (upload.id, event(Act::UploadEnded));
                desk.catalog.end_upload(id, UploadState::Terminated, event).await.unwrap();
            }
            UploadEnd::Received => {
                let mut entry = desk.entry(content);
                entry.id = upload.entry;
                entry.object = Some((upload.object, parts));
                entry.job = Some(Work::Examine(entry.id));
                let expected = self.model.receive(&entry, content);
                let received = desk.catalog.receive(entry, Some(upload.id), event(Act::EntryReceived)).await;
                assert_eq!(received, Ok(expected));
            }
        }
    }

    /// The ledger is the model's; each part that was sealed is named or deleted, never both and never neither; each
    /// entry that is not filed has its job.
    async fn check(self) {
        let desk = self.desk.reopened();
        desk.catalog.release_leases().await.unwrap();
        desk.check().await;
        let rows = desk.catalog.entries(CASE).await.unwrap();
        let ledger: Vec<_> = rows.iter().map(|row| (row.id, row.outcome, row.twin)).collect();
        assert_eq!(ledger, self.model.ledger);
        let deleted: BTreeSet<PartKey> = desk.deleted().await.into_iter().collect();
        for key in &self.model.sealed {
            assert_ne!(desk.catalog.names_part(*key).await.unwrap(), deleted.contains(key), "{key}");
        }
        let work = desk.catalog.open_work(Some(CASE)).await.unwrap();
        let waiting = ledger.iter().filter(|row| row.1.is_none()).count();
        assert_eq!(work.jobs + work.stuck, u64::try_from(waiting).unwrap());
        assert_eq!(work.uploads, self.model.open_uploads);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Proves that after any calls and crashes the catalog holds what was acknowledged, once, and that no sealed part
    /// is lost or left over.
    #[test]
    fn nothing_is_lost_and_nothing_left_over(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut run = Run { desk: on_disk().await, model: Model::default(), leases: vec![], now: NOW };
            for step in steps {
                run = run.step(step).await;
            }
            run.check().await;
        });
    }
}
