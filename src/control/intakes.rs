//! Intakes by commands that have not brought all they were given, shown and given up.

use super::{Desk, Discarded, Note, Unfinished, discarding::refused, rulings::sealed_reason};
use crate::{
    audit::Act,
    casework::case::CaseFile,
    catalog::ArrivalRow,
    domain::{
        ids::{ArrivalId, CaseId, UploadId},
        origin::{Actor, Origin},
    },
    pipeline::{Trouble, intakes},
};
use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc::Sender;

/// The intakes that are under way in this process. What is open and not among them was broken off.
#[derive(Clone, Default, Debug)]
pub(super) struct AtWork(Arc<Mutex<HashSet<ArrivalId>>>);

/// One intake under way, until this is dropped.
pub(super) struct Working(AtWork, ArrivalId);

impl AtWork {
    pub(super) fn begin(&self, arrival: ArrivalId) -> Working {
        self.all().insert(arrival);
        Working(self.clone(), arrival)
    }

    fn has(&self, arrival: ArrivalId) -> bool {
        self.all().contains(&arrival)
    }

    fn all(&self) -> MutexGuard<'_, HashSet<ArrivalId>> {
        // The set holds whole values at any time, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.all().remove(&self.1);
    }
}

impl Desk {
    /// The intakes of a case that have not brought all, with what came of each.
    pub(super) async fn open_intakes(&self, case: CaseId, file: &CaseFile) -> Result<Vec<Unfinished>, Trouble> {
        let open = intakes::open(self.stores(), case).await?;
        Ok(open.iter().map(|(arrival, origin)| self.intake(file, (arrival, origin))).collect())
    }

    fn intake(&self, file: &CaseFile, (arrival, origin): (&ArrivalRow, &Origin)) -> Unfinished {
        let came = file.entries().iter().filter(|entry| entry.row.arrival == arrival.id && entry.row.parent.is_none());
        let state = if self.at_work.has(arrival.id) { "under_way" } else { "broken_off" };
        let names = origin.given.iter().map(|path| last_of(path)).collect::<Vec<_>>().join(", ");
        Unfinished {
            upload: as_upload(arrival.id),
            path: if names.is_empty() { "a document that comes from elsewhere".to_owned() } else { names },
            bytes: came.map(|entry| entry.row.bytes).sum(),
            length: None,
            state: state.to_owned(),
            link: None,
            not_read: origin.not_read.clone(),
        }
    }

    /// Ends an intake that was broken off: what it brought stays, and the case waits for the rest no longer. `None` where the
    /// case has none of this id.
    pub(super) async fn give_up(
        &self,
        (case, id): (CaseId, UploadId),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Option<Discarded>, Trouble> {
        let open = intakes::open(self.stores(), case).await?;
        let Some((arrival, _)) = open.into_iter().find(|(arrival, _)| as_upload(arrival.id) == id) else {
            return Ok(None);
        };
        if self.at_work.has(arrival.id) {
            return Err(refused("this intake is under way: it ends by itself, or with the command that began it"));
        }
        let keys = self.stores().keys(case)?;
        let mut event = self.event(actor, Act::ArrivalGivenUp, Some(case), arrival.id.to_string());
        event.sealed = sealed_reason(&keys, case, reason);
        self.stores().catalog.close_arrival(arrival.id, Some(event)).await?;
        let entries = self.stores().catalog.entries(case).await?;
        let came = entries.iter().filter(|entry| entry.arrival == arrival.id && entry.parent.is_none());
        let bytes = came.map(|entry| entry.bytes).sum();
        let gate = self.gate_after(case, notes).await?;
        Ok(Some(Discarded { upload: id, bytes, intake: true, gate }))
    }
}

/// Commands name both alike.
fn as_upload(arrival: ArrivalId) -> UploadId {
    UploadId::from_bytes(*arrival.as_bytes())
}

fn last_of(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}
