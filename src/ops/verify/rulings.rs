//! Rulings: each was given as the trail says, by the very event that its row names, and is taken back if the trail says
//! so. What an edited or invented row would let out is what nobody accepted, and what a person set is not unsaid.

use super::{LOOKS_MAX, Verified, readable, trail::Trail};
use crate::{
    catalog::{RulingKind, RulingRow},
    domain::ids::{CaseId, RulingId},
    pipeline::{Stores, Trouble, rulings},
    seal::CaseKeys,
};

/// Looks at the rulings of a case.
pub(super) async fn check(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let rows = readable(stores.catalog.rulings(case).await, &format!("case {case}: a ruling"), verified);
    let Some(rows) = rows else { return Ok(()) };
    verified.seals += rows.len() as u64;
    let mut wrong = faults(&rows, keys, trail);
    for _ in 0..LOOKS_MAX {
        if wrong.is_empty() {
            return Ok(());
        }
        // One may have been given or taken back since the trail was read: what is wrong stays wrong each time.
        let Ok(rows) = stores.catalog.rulings(case).await else { return Ok(()) };
        trail.read_on(stores, verified).await?;
        let still = faults(&rows, keys, trail);
        wrong.retain(|fault| still.contains(fault));
    }
    verified.wrong.extend(wrong.iter().map(|((kind, id), why)| format!("{} {id}: {why}", kind.noun())));
    Ok(())
}

type Named = (RulingKind, RulingId);

fn faults(rows: &[RulingRow], keys: &CaseKeys, trail: &Trail) -> Vec<(Named, &'static str)> {
    rows.iter().filter_map(|row| Some(((row.ruling.kind, row.ruling.id), fault(row, keys, trail)?))).collect()
}

fn fault(row: &RulingRow, keys: &CaseKeys, trail: &Trail) -> Option<&'static str> {
    if rulings::check(keys, row).is_err() {
        return Some("its seal does not hold");
    }
    let Some(said) = trail.ruling(row.ruling.id) else {
        return Some("the audit trail says of none such that it was given");
    };
    if said.kind != row.ruling.kind || said.case != Some(row.ruling.case) || said.made != row.ruling.given() {
        return Some("it is not as it was given");
    }
    if said.given != row.given {
        return Some("it names another audit event than the one by which it was given");
    }
    (said.ended != row.ended).then_some("whether it was taken back is not what the audit trail says")
}
