//! Intakes that somebody waits for: what a command was given to take in, whether all of it came, and what a crash left open.
//!
//! Until its sender is done an arrival counts as open work, so that no case is called ready while files are still coming.
//! A command that is killed, or whose store is full, leaves its arrival open for good: nobody knows what it had still to
//! bring. So does one that met a bad sector, or a file that nobody may open. It ends when the same is handed in again and
//! comes whole, or when the desk gives it up.

use super::{
    Stores, Trouble,
    door::{Door, origin_place},
};
use crate::{
    catalog::ArrivalRow,
    domain::{
        entry::Sealed,
        ids::{ArrivalId, CaseId},
        origin::{NotRead, Origin},
    },
    seal::CaseKeys,
};

/// Where an arrival came from.
///
/// # Errors
/// The seal does not hold, or holds something else.
pub fn origin(keys: &CaseKeys, arrival: &ArrivalRow) -> Result<Origin, Trouble> {
    let plain = keys.open_record(origin_place(&arrival.id), &arrival.origin)?;
    serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("arrival {}", arrival.id)))
}

/// The same, sealed.
///
/// # Errors
/// None that can happen: it has no map whose keys are no text.
pub(super) fn sealed(keys: &CaseKeys, arrival: ArrivalId, origin: &Origin) -> Result<Sealed, Trouble> {
    let plain = serde_json::to_vec(origin).map_err(|e| Trouble::Refused(e.to_string()))?;
    Ok(keys.seal_record(origin_place(&arrival), &plain))
}

/// The intakes of a case whose sender is not done, the oldest first, with what they were given.
///
/// # Errors
/// The catalog failed or a seal does not hold.
pub async fn open(stores: &Stores, case: CaseId) -> Result<Vec<(ArrivalRow, Origin)>, Trouble> {
    let arrivals = stores.catalog.unclosed_arrivals(Some(case)).await?;
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    let keys = stores.keys(case)?;
    let each = arrivals.into_iter().map(|arrival| origin(&keys, &arrival).map(|origin| (arrival, origin)));
    each.collect()
}

/// Ends this arrival where all of what was given could be read, and else notes what could not; ends in any case earlier ones
/// that were broken off over just the same: what they lacked came now, or this one lacks it.
///
/// # Errors
/// The catalog failed or a seal does not hold.
pub async fn end(
    door: &Door,
    (case, arrival): (CaseId, ArrivalId),
    (given, not_read): (&[String], NotRead),
) -> Result<(), Trouble> {
    let stores = door.stores();
    for (row, origin) in open(stores, case).await? {
        let is_own = row.id == arrival;
        if is_own && !not_read.is_empty() {
            let origin = Origin { not_read: not_read.clone(), ..origin };
            stores.catalog.note_arrival(arrival, sealed(stores.keys(case)?.as_ref(), arrival, &origin)?).await?;
        } else if is_own || !given.is_empty() && origin.given == given {
            stores.catalog.close_arrival(row.id, None).await?;
        }
    }
    door.ring();
    Ok(())
}

/// Ends what processes that are gone left open and nobody waits for: what the watch folder has not taken yet it takes again.
/// To be called when a process begins.
///
/// # Errors
/// The catalog failed.
pub async fn end_orphans(stores: &Stores) -> Result<(), Trouble> {
    for arrival in stores.catalog.unclosed_arrivals(None).await? {
        let opened = stores.keys(arrival.case).and_then(|keys| origin(&keys, &arrival));
        match opened {
            Ok(origin) if origin.given.is_empty() => stores.catalog.close_arrival(arrival.id, None).await?,
            // Of a case whose keys are gone nothing comes any more; what is damaged `verify` names.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}
