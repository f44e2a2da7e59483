//! Waivers: each was given as the trail says, by the very event that its row names, and is taken back if the trail says
//! so. What an edited or invented row would let out is what nobody accepted.

use super::{LOOKS_MAX, Verified, readable, trail::Trail};
use crate::{
    catalog::WaiverRow,
    domain::ids::{CaseId, WaiverId},
    pipeline::{Stores, Trouble, waivers},
    seal::CaseKeys,
};

/// Looks at the waivers of a case.
pub(super) async fn check(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let rows = readable(stores.catalog.waivers(case).await, &format!("case {case}: a waiver"), verified);
    let Some(rows) = rows else { return Ok(()) };
    verified.seals += rows.len() as u64;
    let mut wrong = faults(&rows, keys, trail);
    for _ in 0..LOOKS_MAX {
        if wrong.is_empty() {
            return Ok(());
        }
        // One may have been given or taken back since the trail was read: what is wrong stays wrong each time.
        let Ok(rows) = stores.catalog.waivers(case).await else { return Ok(()) };
        trail.read_on(stores, verified).await?;
        let still = faults(&rows, keys, trail);
        wrong.retain(|fault| still.contains(fault));
    }
    verified.wrong.extend(wrong.iter().map(|(waiver, why)| format!("waiver {waiver}: {why}")));
    Ok(())
}

fn faults(rows: &[WaiverRow], keys: &CaseKeys, trail: &Trail) -> Vec<(WaiverId, &'static str)> {
    rows.iter().filter_map(|row| Some((row.waiver.id, fault(row, keys, trail)?))).collect()
}

fn fault(row: &WaiverRow, keys: &CaseKeys, trail: &Trail) -> Option<&'static str> {
    if waivers::open(keys, row).is_err() {
        return Some("its seal does not hold");
    }
    let Some(said) = trail.waiver(row.waiver.id) else {
        return Some("the audit trail says of no such waiver that it was given");
    };
    if said.case != Some(row.waiver.case) || said.made != row.waiver.given() {
        return Some("it is not as it was given");
    }
    if said.given != row.given {
        return Some("it names another audit event than the one by which it was given");
    }
    (said.ended != row.ended).then_some("whether it was taken back is not what the audit trail says")
}
