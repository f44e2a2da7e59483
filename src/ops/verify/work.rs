//! Work that is due stands in the queue: a document that was received and is to be read, a reading under way, a gate that
//! is older than its case. A job that is lost would leave each as it is for good, and nobody would hear of it.

use super::{LOOKS_MAX, Verified, readable};
use crate::{
    domain::{
        case::CaseState,
        entry::{Outcome, Stage},
        ids::CaseId,
        job::Work,
    },
    pipeline::{Stores, Trouble},
    seal::CaseKeys,
};
use std::collections::BTreeSet;

/// Looks at the work of a case.
pub(super) async fn check(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    verified: &mut Verified,
) -> Result<(), Trouble> {
    if readable(stores.catalog.works(case).await, &format!("case {case}: a job"), verified).is_none() {
        return Ok(());
    }
    let mut lost = lost(stores, (keys, case)).await?;
    for _ in 0..LOOKS_MAX {
        if lost.is_empty() {
            return Ok(());
        }
        let still = self::lost(stores, (keys, case)).await?;
        lost.retain(|fault| still.contains(fault));
    }
    verified.wrong.extend(lost);
    Ok(())
}

/// What waits for work that nobody will do. Rows that cannot be read were said to be wrong already.
async fn lost(stores: &Stores, (keys, case): (&CaseKeys, CaseId)) -> Result<BTreeSet<String>, Trouble> {
    let mut lost = BTreeSet::new();
    let (Ok(row), Ok(entries)) = (stores.catalog.case(case).await, stores.catalog.entries(case).await) else {
        return Ok(lost);
    };
    let Ok(state) = stores.catalog.index(case).await else { return Ok(lost) };
    // Asked for last: a job that ends in between has changed its entry by then, which the next look sees.
    let Ok(works) = stores.catalog.works(case).await else { return Ok(lost) };
    for entry in entries {
        if entry.stage == Stage::Received && !works.contains(&Work::Examine(entry.id)) {
            lost.insert(format!("entry {}: it was never read, and no work on it is waiting", entry.id));
        }
        let Ok(record) = stores.record(keys, &entry) else { continue };
        // What is given up as junk is not read, even where a held case keeps its bytes.
        let read = entry.object.is_some() && entry.outcome != Some(Outcome::Junk);
        let open = read && record.reading.as_ref().is_some_and(|reading| !reading.waiting.is_empty());
        let waits = [Work::Read(entry.id), Work::ReadLater(entry.id), Work::Examine(entry.id)];
        if open && !waits.iter().any(|work| works.contains(work)) {
            lost.insert(format!("entry {}: its pages are not all read, and no work on it is waiting", entry.id));
        }
    }
    let due = row.state != CaseState::Shredded && state.gate.revision < row.revision;
    let uploads = stores.catalog.open_work(Some(case)).await?.uploads;
    // Whatever is open of its documents and uploads makes the gate due when it ends.
    if due
        && uploads == 0
        && works.iter().all(|work| matches!(work, Work::Delete(_) | Work::Expire(_) | Work::ReadLater(_)))
    {
        lost.insert(format!("case {case}: it changed since its gate was computed, and no work on it is waiting"));
    }
    Ok(lost)
}
