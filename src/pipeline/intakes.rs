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
        ids::{ArrivalId, CaseId},
        origin::Origin,
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

/// How much came of what was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// All of it.
    All,
    /// Not what cannot be read: the arrival stays open.
    InPart,
}

/// Ends this arrival where all came, and in any case earlier ones that were broken off over just the same: what they lacked
/// came now, or this one lacks it.
///
/// # Errors
/// The catalog failed or a seal does not hold.
pub async fn end(
    door: &Door,
    (case, arrival): (CaseId, ArrivalId),
    (given, came): (&[String], Came),
) -> Result<(), Trouble> {
    for (row, origin) in open(door.stores(), case).await? {
        let ends = match row.id == arrival {
            true => came == Came::All,
            false => !given.is_empty() && origin.given == given,
        };
        if ends {
            door.stores().catalog.close_arrival(row.id, None).await?;
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
