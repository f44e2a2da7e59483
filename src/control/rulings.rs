//! What waiving and flagging share: the case as it stands, a ruling kept beside its event, and the gate that has seen it.
//!
//! A ruling is one row and one audit event in one transaction; both seal the reason.

use super::{Desk, Note, Until};
use crate::{
    audit::Act,
    casework::{
        case::{CaseFile, Overlay},
        waivers::{self, Place},
    },
    catalog::{NewRuling, RulingKind},
    domain::{
        case::{CaseState, Gate},
        entry::Sealed,
        ids::{CaseId, EntryId, RulingId},
        limits::RULING_REASON_BYTES_MAX,
        origin::Actor,
        reason::Reason,
    },
    pipeline::{
        Trouble, index,
        rulings::{self, Ruling},
    },
    seal::{self, CaseKeys},
};
use std::time::Duration;
use tokio::sync::mpsc::Sender;

/// How long an answer waits for the gate to see what was done. Beyond, the case is busy with other things; the answer then
/// says that work is open.
const GATE_WITHIN: Duration = Duration::from_secs(60);

/// A case as it stands when something is said of it.
pub(super) struct Standing {
    pub(super) file: CaseFile,
    pub(super) overlay: Overlay,
    /// Is something of the case looked at just now, so that its findings may be older than its documents?
    pub(super) busy: bool,
}

impl Desk {
    /// Nothing is said of a case that is at its end.
    pub(super) async fn must_be_open(&self, case: CaseId) -> Result<(), Trouble> {
        match self.stores().catalog.case(case).await?.state {
            CaseState::Open | CaseState::Held => Ok(()),
            state @ (CaseState::Closed | CaseState::Shredded) => {
                Err(Trouble::Refused(format!("this case is {state}: nothing about it is decided any more")))
            }
        }
    }

    pub(super) async fn standing(&self, keys: &CaseKeys, case: CaseId) -> Result<Standing, Trouble> {
        let stores = self.stores();
        let state = stores.catalog.index(case).await?;
        let file = index::lay_open(stores, keys, case).await?;
        let overlay = index::current(stores, (keys, case), (&state, &file)).await?;
        let busy = stores.catalog.case(case).await?.revision != state.gate.revision;
        Ok(Standing { file, overlay, busy })
    }

    /// Keeps a ruling of a document, or of a row that is none; its id.
    pub(super) async fn keep<R: Ruling>(
        &self,
        (keys, case): (&CaseKeys, CaseId),
        (ruling, entry): (&R, Option<EntryId>),
        reason: &str,
        actor: &Actor,
    ) -> Result<RulingId, Trouble> {
        let id = RulingId::from_bytes(seal::random_bytes());
        let record = rulings::seal(keys, &id, ruling)?;
        let new = NewRuling { id, case, kind: R::KIND, entry, code: ruling.code(), record };
        let act = match R::KIND {
            RulingKind::Waived => Act::FindingWaived,
            RulingKind::Flagged => Act::FindingFlagged,
        };
        let mut event = self.event(actor, act, Some(case), id.to_string());
        event.detail = new.given();
        event.sealed = sealed_reason(keys, case, reason);
        fail::fail_point!("ruling.before");
        self.stores().catalog.add_ruling(new, event).await?;
        fail::fail_point!("ruling.committed");
        Ok(id)
    }

    /// Takes a ruling back.
    pub(super) async fn end(
        &self,
        (keys, case): (&CaseKeys, CaseId),
        (kind, id, code): (RulingKind, RulingId, Reason),
        reason: &str,
        actor: &Actor,
    ) -> Result<(), Trouble> {
        let act = match kind {
            RulingKind::Waived => Act::WaiverEnded,
            RulingKind::Flagged => Act::FlagEnded,
        };
        let mut event = self.event(actor, act, Some(case), id.to_string());
        event.detail = code.code().to_owned();
        event.sealed = sealed_reason(keys, case, reason);
        self.stores().catalog.end_ruling(id, event).await?;
        fail::fail_point!("ruling.ended");
        Ok(())
    }

    /// The gate once it has seen what was done. Where that takes longer it says that work is open; what was said is durable
    /// all the same.
    pub(super) async fn gate_after(&self, case: CaseId, notes: &Sender<Note>) -> Result<Gate, Trouble> {
        self.door().ring();
        let _ = tokio::time::timeout(GATE_WITHIN, self.settle(case, Until::Filed, notes)).await;
        let row = self.stores().catalog.case(case).await?;
        Ok(self.stores().catalog.index(case).await?.gate.as_of(&row))
    }
}

impl Standing {
    /// What is named; of a copy, the one that holds the bytes.
    pub(super) fn resolved(&self, named: &str) -> Result<Place<'_>, Trouble> {
        match waivers::resolve(&self.file, &self.overlay, named).map_err(refused)? {
            Place::Entry(entry) => Ok(Place::Entry(self.file.original(entry))),
            row @ Place::Row(_) => Ok(row),
        }
    }
}

/// What makes no sense is refused in its own words.
pub(super) fn refused(why: impl std::error::Error) -> Trouble {
    Trouble::Refused(why.to_string())
}

/// `asked`: what to say where there is none.
pub(super) fn must_be_a_reason(reason: &str, asked: &str) -> Result<(), Trouble> {
    if reason.trim().is_empty() {
        return Err(Trouble::Refused(asked.to_owned()));
    }
    if reason.len() > RULING_REASON_BYTES_MAX {
        return Err(Trouble::Refused(format!("a reason has at most {RULING_REASON_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// Why something was done, as its event keeps it.
pub(super) fn sealed_reason(keys: &CaseKeys, case: CaseId, reason: &str) -> Sealed {
    let told = serde_json::json!({ "reason": reason }).to_string();
    let place = seal::Place { table: "audit", row: case.as_bytes(), field: "detail" };
    keys.seal_record(place, told.as_bytes())
}
