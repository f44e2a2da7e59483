//! The desk: carries commands out.

use super::{CaseSummary, Note, Reply, Request, Shown, Sight, Unfinished, boxes, ingest::Intent, intakes::AtWork};
use crate::{
    audit::{Act, Event},
    casework::{case::CaseFile, ledger},
    domain::{
        case::{CaseRow, CaseState, Gate, Patient, ProgrammeName},
        entry::Sealed,
        ids::{ArrivalId, CaseId, EntryId},
        origin::{Actor, Inlet, NotRead},
        reading::{Bitmap, Rendered},
        upload::{UploadRow, UploadState},
    },
    ops,
    outlet::packet,
    pipeline::{Stores, Trouble, Workshop, door::Door, examine, index, uploads},
    seal::{self, Place},
    search::{Hit, Query},
};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Notify, mpsc::Sender};

/// Carries out what the desk asks for.
#[derive(Clone)]
pub struct Desk {
    shop: Workshop,
    door: Door,
    done: Arc<Notify>,
    /// How links begin.
    link_base: String,
    pub(super) at_work: AtWork,
}

impl Desk {
    /// A desk in this workshop.
    pub fn new(shop: Workshop, door: Door, done: Arc<Notify>, link_base: String) -> Self {
        Self { shop, door, done, link_base, at_work: AtWork::default() }
    }

    /// Where things are kept.
    pub fn stores(&self) -> &Stores {
        &self.shop.stores
    }

    /// The workshop.
    pub fn shop(&self) -> &Workshop {
        &self.shop
    }

    /// The door.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// How the addresses of links begin.
    pub(super) fn link_base(&self) -> &str {
        &self.link_base
    }

    /// Rung after each job.
    pub(super) fn done(&self) -> &Notify {
        &self.done
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// [`Trouble`]; its words are for the asker.
    pub async fn handle(&self, request: Request, actor: &Actor, notes: &Sender<Note>) -> Result<Reply, Trouble> {
        self.must_be_there(&request).await?;
        match request {
            Request::OpenCase { programme, patient } => {
                Ok(Reply::Case(self.open_case(programme, &patient, actor).await?))
            }
            Request::Cases => Ok(Reply::Cases(self.cases().await?)),
            Request::HoldingCase => Ok(Reply::Case(self.holding_case().await?)),
            Request::Show { case } => {
                self.note_read(Act::LedgerRead, case, actor).await?;
                Ok(Reply::Shown(Box::new(self.shown(case, None).await?)))
            }
            Request::Child { case } => {
                self.note_read(Act::LedgerRead, case, actor).await?;
                let row = self.stores().catalog.case(case).await?;
                Ok(Reply::Child { patient: self.patient(&row)?, programme: row.programme })
            }
            Request::SetState { case, state } => self.set_state(case, state, actor).await,
            Request::Shred { case } => self.shred(case, actor).await,
            Request::Ingest { case, paths, folder, until, disc, naming } => {
                let inlet = if disc { Inlet::Disc } else { Inlet::Cli };
                let intent = Intent { case, paths: &paths, folder: &folder, until, inlet, naming };
                self.ingest(intent, actor, notes).await
            }
            Request::Move { from, document, to } => self.move_named((from, &document), to, actor).await,
            Request::Waive { case, finding, reason } => {
                self.waive((case, &finding), (actor, &reason), notes).await.map(Reply::Waived)
            }
            Request::Unwaive { case, finding, reason } => {
                self.unwaive((case, &finding), (actor, &reason), notes).await.map(Reply::Waived)
            }
            Request::Flag { case, finding, reason } => {
                self.flag((case, &finding), (actor, &reason), notes).await.map(Reply::Flagged)
            }
            Request::Unflag { case, finding, reason } => {
                self.unflag((case, &finding), (actor, &reason), notes).await.map(Reply::Flagged)
            }
            Request::AddPassword { case, password } => self.add_password(case, &password, actor).await,
            Request::Search { cases, query, reason, limit } => {
                let query = Query { text: query, limit };
                Ok(Reply::Hits(self.search(&cases, &query, (actor, &reason)).await?))
            }
            Request::Link { case, audience, lasts_ms } => self.link(case, (audience, lasts_ms), actor).await,
            Request::Links { case } => Ok(Reply::Links(self.links(case).await?)),
            Request::Unlink { link } => self.unlink(link, actor).await,
            Request::Discard { case, upload, reason } => {
                self.discard((case, upload), (actor, &reason), notes).await.map(Reply::Discarded)
            }
            Request::Export { case, to, reason } => {
                let packet::Written { files, bytes, gate } =
                    packet::write(&self.shop, case, (&to, &reason), actor).await?;
                Ok(Reply::Wrote { files, bytes, gate })
            }
            Request::Backup { to } => {
                let copied = ops::backup::backup(self.stores(), &to, actor).await?;
                Ok(Reply::BackedUp { files: copied.files, bytes: copied.bytes, faults: copied.faults })
            }
            Request::Verify { deep, checkpoint } => {
                let verified = ops::verify::verify(self.stores(), deep, checkpoint.as_deref(), actor).await?;
                Ok(Reply::Verified(verified))
            }
            Request::Audit { from, limit } => Ok(Reply::Audit(ops::audit_rows(self.stores(), from, limit).await?)),
            Request::Look { path } => Ok(Reply::Sight(Sight::of(&path))),
        }
    }

    /// Opens a case.
    ///
    /// # Errors
    /// The programme is not configured, or the stores failed.
    pub async fn open_case(
        &self,
        programme: ProgrammeName,
        patient: &Patient,
        actor: &Actor,
    ) -> Result<CaseId, Trouble> {
        if !self.shop.programmes.contains_key(&programme) {
            let known: Vec<&str> = self.shop.programmes.keys().map(|name| name.0.as_str()).collect();
            return Err(Trouble::Refused(format!("no programme of that name; there are {}", known.join(", "))));
        }
        self.add_case(programme, patient, (false, actor)).await
    }

    /// Opens the site's holding case unless there is one: what belongs to no case yet is sealed to it.
    ///
    /// # Errors
    /// The stores failed.
    pub async fn holding_case(&self) -> Result<CaseId, Trouble> {
        let cases = self.stores().catalog.cases().await?;
        if let Some(case) = cases.iter().find(|case| case.holding) {
            return Ok(case.id);
        }
        let nobody = Patient::default();
        self.add_case(ProgrammeName("holding".to_owned()), &nobody, (true, &Actor::Daemon)).await
    }

    async fn add_case(
        &self,
        programme: ProgrammeName,
        patient: &Patient,
        (holding, actor): (bool, &Actor),
    ) -> Result<CaseId, Trouble> {
        let id = CaseId::from_bytes(seal::random_bytes());
        let keys = self.stores().keyring.create_case(id)?;
        let plain = serde_json::to_vec(patient).map_err(|e| Trouble::Refused(e.to_string()))?;
        let row = CaseRow {
            id,
            programme,
            state: CaseState::Open,
            opened: self.stores().clock.now(),
            revision: 0,
            patient: keys.seal_record(index::patient_place(&id), &plain),
            recipient: keys.recipient().to_string(),
            holding,
        };
        let event = self.event(actor, Act::CaseOpened, Some(id), id.to_string());
        self.stores().catalog.open_case(row, event).await?;
        Ok(id)
    }

    async fn cases(&self) -> Result<Vec<CaseSummary>, Trouble> {
        let mut summaries = Vec::new();
        for row in self.stores().catalog.cases().await? {
            let gate = self.stores().catalog.index(row.id).await?.gate;
            summaries.push(self.summary_of(row, gate).await?);
        }
        Ok(summaries)
    }

    async fn summary_of(&self, row: CaseRow, gate: Gate) -> Result<CaseSummary, Trouble> {
        let gate = gate.as_of(&row);
        let work = self.stores().catalog.open_work(Some(row.id)).await?;
        // Of a case whose key is gone there is still to be said that it is here; `verify` says what is wrong.
        let child = self.child(&row).unwrap_or_default();
        Ok(CaseSummary {
            case: row.id,
            programme: row.programme,
            state: row.state,
            opened: row.opened.to_string(),
            child,
            gate,
            uploads_open: work.uploads,
            intakes_open: work.arrivals,
            documents_open: work.jobs.saturating_sub(work.readings),
            readings_open: work.readings,
            holding: row.holding,
        })
    }

    fn child(&self, row: &CaseRow) -> Result<String, Trouble> {
        let patient = self.patient(row)?;
        let names = [patient.family.to_uppercase(), patient.given].into_iter().filter(|name| !name.is_empty());
        Ok(names.collect::<Vec<_>>().join(", "))
    }

    /// The child a case is about.
    ///
    /// # Errors
    /// The seal does not hold or the case was shredded.
    pub fn patient(&self, row: &CaseRow) -> Result<Patient, Trouble> {
        index::patient(self.stores().keys(row.id)?.as_ref(), row)
    }

    /// A case, shown; of one arrival only, where one is given.
    ///
    /// # Errors
    /// A seal does not hold or the catalog failed.
    pub async fn shown(&self, case: CaseId, arrival: Option<ArrivalId>) -> Result<Shown, Trouble> {
        let stores = self.stores();
        let keys = stores.keys(case)?;
        let row = stores.catalog.case(case).await?;
        let state = stores.catalog.index(case).await?;
        let file = index::lay_open(stores, &keys, case).await?;
        let overlay = index::current(stores, (&keys, case), (&state, &file)).await?;
        let rows = ledger::rows(&file, &overlay, arrival);
        let summary = ledger::summary(&rows, 0.0);
        Ok(Shown {
            case: self.summary_of(row, state.gate).await?,
            rows,
            summary,
            media: overlay.media,
            manifests: overlay.manifests,
            series: overlay.series,
            waivers: self.waivers(&keys, case, (&file, &overlay.waived)).await?,
            flags: self.flags(&keys, case, (&file, &overlay.flagged)).await?,
            unfinished: self.unfinished(case, &file).await?,
        })
    }

    async fn unfinished(&self, case: CaseId, file: &CaseFile) -> Result<Vec<Unfinished>, Trouble> {
        let mut unfinished = self.open_intakes(case, file).await?;
        for upload in self.stores().catalog.uploads(case).await? {
            let state = match upload.state {
                UploadState::Open => "open",
                UploadState::Expired => "expired",
                UploadState::Finished | UploadState::Terminated => continue,
            };
            let path = uploads::name_of(self.stores(), &upload)?.shown();
            let state = state.to_owned();
            let UploadRow { id: upload, offset: bytes, length, link, .. } = upload;
            unfinished.push(Unfinished { upload, path, bytes, length, state, link, not_read: NotRead::default() });
        }
        Ok(unfinished)
    }

    async fn set_state(&self, case: CaseId, state: CaseState, actor: &Actor) -> Result<Reply, Trouble> {
        if state == CaseState::Closed && self.stores().catalog.case(case).await?.holding {
            return Err(Trouble::Refused(
                "this is the holding case, to which what belongs elsewhere is moved: it stays open".to_owned(),
            ));
        }
        let mut event = self.event(actor, Act::CaseStateChanged, Some(case), case.to_string());
        event.detail = state.name().to_owned();
        self.stores().catalog.set_case_state(case, state, event).await?;
        Ok(Reply::Done)
    }

    async fn shred(&self, case: CaseId, actor: &Actor) -> Result<Reply, Trouble> {
        let row = self.stores().catalog.case(case).await?;
        if row.state == CaseState::Held {
            return Err(Trouble::Refused("this case is on hold: nothing of it may be destroyed".to_owned()));
        }
        self.set_state(case, CaseState::Shredded, actor).await?;
        self.stores().keyring.shred(case)?;
        self.shop.search.forget(case).await;
        Ok(Reply::Done)
    }

    async fn add_password(&self, case: CaseId, password: &str, actor: &Actor) -> Result<Reply, Trouble> {
        let keys = self.stores().keys(case)?;
        let sealed = keys.seal_record(examine::password_place(&case), password.as_bytes());
        let event = self.event(actor, Act::PasswordAdded, Some(case), case.to_string());
        self.stores().catalog.add_password(case, sealed, event).await?;
        self.door.ring();
        Ok(Reply::Done)
    }

    /// Searches the cases, best hits first; the question is audited before anything is read.
    ///
    /// # Errors
    /// The question cannot be understood, or the stores failed.
    pub async fn search(
        &self,
        cases: &[CaseId],
        query: &Query,
        (actor, reason): (&Actor, &str),
    ) -> Result<Vec<Hit>, Trouble> {
        let mut hits = Vec::new();
        for case in cases {
            let keys = self.stores().keys(*case)?;
            let mut event = self.event(actor, Act::Searched, Some(*case), case.to_string());
            let told = serde_json::json!({ "query": query.text, "reason": reason }).to_string();
            let place = Place { table: "audit", row: case.as_bytes(), field: "detail" };
            event.sealed = keys.seal_record(place, told.as_bytes());
            self.stores().catalog.append_audit(event).await?;
            let state = self.stores().catalog.index(*case).await?;
            let (overlay, files) = index::committed(&keys, *case, &state)?;
            let renamed: HashMap<_, _> = overlay.renamed.into_iter().collect();
            for mut hit in self.shop.search.search(*case, &files, query).await? {
                if let Some(path) = renamed.get(&hit.entry) {
                    hit.path.clone_from(path);
                }
                hits.push(hit);
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(query.limit);
        for of_case in hits.chunk_by_mut(|one, next| one.case == next.case) {
            let keys = self.stores().keys(of_case[0].case)?;
            boxes::fill(self.stores(), &keys, of_case).await;
        }
        Ok(hits)
    }

    /// Draws a page of an entry, counted from 1, in the jail; `None` where there is none to be seen. Audited as a reading.
    ///
    /// # Errors
    /// The stores failed.
    pub async fn draw(
        &self,
        (case, entry): (CaseId, EntryId),
        page: u32,
        actor: &Actor,
    ) -> Result<Option<Bitmap>, Trouble> {
        let catalog = &self.stores().catalog;
        let Some(row) = catalog.entry(entry).await? else { return Ok(None) };
        let holder = match (row.object, row.twin) {
            (None, Some(twin)) => catalog.entry(twin).await?,
            _ => Some(row),
        };
        let Some(holder) = holder.filter(|holder| holder.object.is_some()) else { return Ok(None) };
        let event = self.event(actor, Act::DocumentRead, Some(case), entry.to_string());
        catalog.append_audit(event).await?;
        match examine::draw(&self.shop, case, (&holder, page)).await? {
            Rendered::Page { bitmap, .. } => Ok(Some(bitmap)),
            Rendered::Blank { .. } | Rendered::Undrawable(_) => Ok(None),
        }
    }

    async fn note_read(&self, act: Act, case: CaseId, actor: &Actor) -> Result<(), Trouble> {
        let event = self.event(actor, act, Some(case), case.to_string());
        Ok(self.stores().catalog.append_audit(event).await?)
    }

    pub(crate) fn event(&self, actor: &Actor, act: Act, case: Option<CaseId>, subject: String) -> Event {
        let at = self.stores().clock.now();
        Event { actor: actor.clone(), at, act, case, subject, detail: String::new(), sealed: Sealed::default() }
    }
}
