//! The trait over this adapter: each method hands its work to the writer or to a reader, and says what is attempted.

use super::{
    super::{
        Account, ArrivalRow, Catalog, Docket, Filing, IndexState, NamedObject, NewEntry, NewRuling, Received, Result,
        RulingRow,
    },
    SqliteCatalog, accounts, audit, cases, entries, file, index, jobs, leave, links, objects, passwords, receive,
    rulings, upkeep, uploads,
};
use crate::{
    audit::{Event, Head, StoredEvent},
    domain::{
        case::{CaseRow, CaseState},
        entry::{EntryRow, Part, Parts, Sealed},
        ids::{ArrivalId, CaseId, EntryId, EpochId, Fingerprint, LinkId, ObjectId, PartKey, RulingId, UploadId},
        job::{Fate, Lease, OpenWork, Work},
        link::LinkRow,
        time::Instant,
        upload::{UploadRow, UploadState},
    },
};
use async_trait::async_trait;
use std::{collections::HashMap, path::Path, sync::Arc};

#[async_trait]
impl Catalog for SqliteCatalog {
    async fn begin_epoch(&self, epoch: EpochId, now: Instant) -> Result<()> {
        self.write("beginning an epoch", move |s| cases::begin_epoch(s.db, epoch, now)).await
    }

    async fn end_other_epochs(&self, epoch: EpochId, now: Instant) -> Result<Vec<EpochId>> {
        self.write("ending epochs", move |s| cases::end_other_epochs(s.db, epoch, now)).await
    }

    async fn ended_epochs(&self) -> Result<Vec<EpochId>> {
        self.read("listing epochs", cases::ended_epochs).await
    }

    async fn open_case(&self, case: CaseRow, event: Event) -> Result<()> {
        self.write("opening a case", move |s| cases::open(s, &case, event)).await
    }

    async fn cases(&self) -> Result<Vec<CaseRow>> {
        self.read("listing cases", cases::all).await
    }

    async fn case(&self, case: CaseId) -> Result<CaseRow> {
        self.look_up("reading a case", move |db| cases::one(db, case)).await
    }

    async fn set_case_state(&self, case: CaseId, state: CaseState, event: Event) -> Result<()> {
        self.write("changing a case's state", move |s| cases::set_state(s, case, state, event)).await
    }

    async fn add_link(&self, link: LinkRow, event: Event) -> Result<()> {
        self.write("adding a link", move |s| links::add(s, &link, event)).await
    }

    async fn link_by_token(&self, token_hash: [u8; 32]) -> Result<Option<LinkRow>> {
        self.read("looking a link up", move |db| links::by_token(db, &token_hash)).await
    }

    async fn links(&self, case: CaseId) -> Result<Vec<LinkRow>> {
        self.read("listing links", move |db| links::of_case(db, case)).await
    }

    async fn add_password(&self, case: CaseId, password: Sealed, event: Event) -> Result<()> {
        self.write("adding a password", move |s| passwords::add(s, case, &password, event)).await
    }

    async fn passwords(&self, case: CaseId) -> Result<Vec<Sealed>> {
        self.read("reading passwords", move |db| passwords::of_case(db, case)).await
    }

    async fn add_ruling(&self, ruling: NewRuling, event: Event) -> Result<()> {
        self.write("adding a ruling", move |s| rulings::add(s, &ruling, event)).await
    }

    async fn end_ruling(&self, ruling: RulingId, event: Event) -> Result<()> {
        self.write("taking a ruling back", move |s| rulings::end(s, ruling, event)).await
    }

    async fn rulings(&self, case: CaseId) -> Result<Vec<RulingRow>> {
        self.read("listing rulings", move |db| rulings::of_case(db, case)).await
    }

    async fn revoke_link(&self, link: LinkId, event: Event) -> Result<()> {
        self.write("revoking a link", move |s| {
            uploads::end_of_link(s, link, &event)?;
            links::revoke(s, link, event)
        })
        .await
    }

    async fn open_arrival(&self, arrival: ArrivalRow, event: Event) -> Result<()> {
        self.write("opening an arrival", move |s| links::open_arrival(s, &arrival, event)).await
    }

    async fn close_arrival(&self, arrival: ArrivalId, event: Option<Event>) -> Result<()> {
        self.write("closing an arrival", move |s| links::close_arrival(s, arrival, event)).await
    }

    async fn note_arrival(&self, arrival: ArrivalId, origin: Sealed) -> Result<()> {
        self.write("noting what an arrival lacks", move |s| links::note_arrival(s, arrival, &origin)).await
    }

    async fn unclosed_arrivals(&self, case: Option<CaseId>) -> Result<Vec<ArrivalRow>> {
        self.read("listing arrivals", move |db| links::unclosed_arrivals(db, case)).await
    }

    async fn arrivals(&self, case: CaseId) -> Result<Vec<ArrivalRow>> {
        self.read("listing arrivals", move |db| links::arrivals(db, case)).await
    }

    async fn create_upload(&self, upload: UploadRow, event: Event) -> Result<()> {
        self.write("creating an upload", move |s| uploads::create(s, &upload, event)).await
    }

    async fn upload(&self, upload: UploadId) -> Result<UploadRow> {
        self.read("reading an upload", move |db| uploads::one(db, upload)).await
    }

    async fn uploads(&self, case: CaseId) -> Result<Vec<UploadRow>> {
        self.read("listing uploads", move |db| uploads::of_case(db, case)).await
    }

    async fn append_part(&self, upload: UploadId, offset: u64, part: Part, expires: Instant) -> Result<()> {
        self.write("appending a part", move |s| uploads::append(s.db, upload, offset, (part, expires))).await
    }

    async fn set_upload_length(&self, upload: UploadId, length: u64) -> Result<()> {
        self.write("setting an upload's length", move |s| uploads::set_length(s.db, upload, length)).await
    }

    async fn end_upload(&self, upload: UploadId, state: UploadState, event: Event) -> Result<()> {
        self.write("ending an upload", move |s| uploads::end(s, upload, state, event)).await
    }

    async fn expired_uploads(&self, now: Instant) -> Result<Vec<UploadId>> {
        self.read("listing expired uploads", move |db| uploads::expired(db, now)).await
    }

    async fn receive(&self, entry: NewEntry, upload: Option<UploadId>, event: Event) -> Result<Received> {
        self.write("receiving an entry", move |s| receive::receive(s, &entry, upload, event)).await
    }

    async fn entry(&self, entry: EntryId) -> Result<Option<EntryRow>> {
        self.look_up("reading an entry", move |db| entries::one(db, entry)).await
    }

    async fn account(&self, entry: EntryId) -> Result<Option<Account>> {
        self.read("looking at an entry", move |db| accounts::one(db, entry)).await
    }

    async fn docket(&self, entry: EntryId) -> Result<Option<Docket>> {
        self.look_up("reading what an examination begins with", move |db| entries::docket(db, entry)).await
    }

    async fn holder(&self, case: CaseId, fingerprint: Fingerprint) -> Result<Option<EntryId>> {
        self.look_up("looking for bytes", move |db| entries::holder(db, case, fingerprint)).await
    }

    async fn holds_size(&self, case: CaseId, bytes: u64) -> Result<bool> {
        self.look_up("looking for a size", move |db| entries::holds_size(db, case, bytes)).await
    }

    async fn entries(&self, case: CaseId) -> Result<Vec<EntryRow>> {
        self.read("listing entries", move |db| entries::of_case(db, case)).await
    }

    async fn filed_since(&self, case: CaseId, watermark: u64) -> Result<(Vec<EntryRow>, u64)> {
        self.read("listing filed entries", move |db| entries::filed_since(db, case, watermark)).await
    }

    async fn instances(&self, case: CaseId, instance: Fingerprint, except: EntryId) -> Result<Vec<EntryId>> {
        self.look_up("looking for an instance", move |db| entries::instances(db, case, instance, except)).await
    }

    async fn file(&self, filing: Filing, lease: &Lease, event: Event) -> Result<()> {
        let lease = lease.clone();
        self.write("filing an entry", move |s| file::file(s, &filing, &lease, event)).await
    }

    async fn leave(&self, case: CaseId, entries: Vec<EntryId>, event: Event) -> Result<()> {
        self.write("taking an entry out of a case", move |s| leave::leave(s, case, &entries, event)).await
    }

    async fn object(&self, object: ObjectId) -> Result<NamedObject> {
        self.read("reading an object's parts", move |db| objects::one(db, object)).await
    }

    async fn parts_of_case(&self, case: CaseId) -> Result<HashMap<ObjectId, Parts>> {
        self.read("reading a case's parts", move |db| objects::parts_of_case(db, case)).await
    }

    async fn text_object(&self, entry: EntryId) -> Result<Option<ObjectId>> {
        self.read("looking a text up", move |db| entries::text_object(db, entry)).await
    }

    async fn texts(&self, entries: Vec<EntryId>) -> Result<HashMap<EntryId, Parts>> {
        self.read("looking texts up", move |db| entries::texts(db, &entries)).await
    }

    async fn index(&self, case: CaseId) -> Result<IndexState> {
        self.read("reading an index", move |db| index::state(db, case)).await
    }

    async fn commit_index(&self, case: CaseId, state: IndexState, lease: &Lease, event: Event) -> Result<()> {
        let lease = lease.clone();
        self.write("committing an index", move |s| index::commit(s, case, &state, &lease, event)).await
    }

    async fn enqueue(&self, case: Option<CaseId>, work: Work, not_before: Instant) -> Result<()> {
        self.write("enqueueing work", move |s| jobs::enqueue_apart(s.db, case, &work, not_before)).await
    }

    async fn lease(&self, now: Instant, kinds: &[&'static str]) -> Result<Option<Lease>> {
        let kinds = kinds.to_vec();
        self.write_lazily("leasing a job", move |s| jobs::lease(s.db, now, &kinds)).await
    }

    async fn heartbeat(&self, lease: &Lease, now: Instant) -> Result<()> {
        let lease = lease.clone();
        self.write_lazily("renewing a lease", move |s| jobs::heartbeat(s.db, &lease, now)).await
    }

    async fn complete(&self, lease: &Lease) -> Result<()> {
        let lease = lease.clone();
        self.write("completing a job", move |s| jobs::complete(s.db, &lease)).await
    }

    async fn fail(&self, lease: &Lease, not_before: Instant, fate: Fate) -> Result<()> {
        let lease = lease.clone();
        self.write("counting a failure", move |s| jobs::fail(s.db, &lease, not_before, fate)).await
    }

    async fn release_leases(&self) -> Result<()> {
        self.write("giving leases back", jobs::release_all).await
    }

    async fn works(&self, case: CaseId) -> Result<Vec<Work>> {
        self.read("listing jobs", move |db| jobs::of_case(db, case)).await
    }

    async fn open_work(&self, case: Option<CaseId>) -> Result<OpenWork> {
        self.read("counting open work", move |db| jobs::open_work(db, case)).await
    }

    async fn append_audit(&self, event: Event) -> Result<()> {
        self.write("appending to the audit trail", move |s| audit::append(s, event)).await
    }

    async fn audit(&self, from: u64, limit: u32) -> Result<Vec<StoredEvent>> {
        let node = self.node;
        self.read("reading the audit trail", move |db| audit::events(db, node, from, limit)).await
    }

    async fn audit_head(&self) -> Result<Head> {
        let node = self.node;
        self.read("reading the audit trail", move |db| audit::head(db, node)).await
    }

    async fn named_objects(&self, after: Option<ObjectId>, limit: u32) -> Result<Vec<NamedObject>> {
        self.read("listing objects", move |db| objects::page(db, after, limit)).await
    }

    async fn names_part(&self, part: PartKey) -> Result<bool> {
        self.read("looking a part up", move |db| objects::names_part(db, part)).await
    }

    async fn mark_damaged(&self, object: ObjectId, event: Event) -> Result<()> {
        self.write("marking damage", move |s| upkeep::mark_damaged(s, object, event)).await
    }

    async fn backup_to(&self, file: &Path) -> Result<()> {
        let file = file.to_owned();
        self.outside("backing up the catalog", move |db| upkeep::backup(db, &file)).await
    }

    async fn read_copy(&self, file: &Path) -> Result<Arc<dyn Catalog>> {
        Ok(Arc::new(Self::open_copy(file, self.node)?))
    }

    async fn self_check(&self) -> Result<Vec<String>> {
        self.read("checking the catalog", upkeep::self_check).await
    }
}
