//! Every sealed column, opened, and compared with what stands in the clear beside it.

use super::{Verified, columns, links, readable, rulings, trail::Trail, work};
use crate::{
    catalog::IndexState,
    domain::{
        case::{CaseRow, CaseState},
        ids::CaseId,
    },
    pipeline::{Stores, Trouble, contents, door, examine, index, uploads},
    seal::CaseKeys,
};
use std::{collections::HashMap, sync::Arc};

/// The keys of every case that has some.
pub(super) struct Keys(HashMap<CaseId, Arc<CaseKeys>>);

impl Keys {
    pub(super) fn get(&self, case: CaseId) -> Option<&Arc<CaseKeys>> {
        self.0.get(&case)
    }
}

/// Opens the keys of every case; a case that should have some and has none is wrong.
pub(super) async fn keys(stores: &Stores, verified: &mut Verified) -> Result<Keys, Trouble> {
    let mut keys = HashMap::new();
    let cases = readable(stores.catalog.cases().await, "the list of cases", verified);
    for row in cases.unwrap_or_default() {
        match (stores.keyring.case(row.id), row.state) {
            (Ok(found), _) => {
                keys.insert(row.id, found);
            }
            (Err(_), CaseState::Shredded) => {}
            (Err(error), _) => verified.wrong.push(format!("case {}: its key cannot be had: {error}", row.id)),
        }
    }
    Ok(Keys(keys))
}

/// Looks at every case.
pub(super) async fn check(
    stores: &Stores,
    keys: &Keys,
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let Ok(cases) = stores.catalog.cases().await else { return Ok(()) };
    for row in cases {
        if !trail.agrees_on_state(row.id, row.state.name()) {
            trail.read_on(stores, verified).await?;
            let now = stores.catalog.case(row.id).await?;
            if !trail.agrees_on_state(row.id, now.state.name()) {
                verified.wrong.push(format!("case {}: its state is not the one of the audit trail", row.id));
            }
        }
        let Some(keys) = keys.get(row.id) else { continue };
        case(keys, &row, verified);
        arrivals(stores, (keys, row.id), verified).await;
        let whole = entries(stores, (keys, row.id), trail, verified).await?;
        gate(stores, (keys, row.id), trail, verified).await?;
        links::check(stores, row.id, trail, verified).await?;
        rulings::check(stores, (keys, row.id), trail, verified).await?;
        work::check(stores, (keys, row.id), verified).await?;
        if whole {
            contents_list(stores, (keys, row.id), verified).await?;
        }
    }
    Ok(())
}

fn case(keys: &CaseKeys, row: &CaseRow, verified: &mut Verified) {
    if keys.recipient().to_string() != row.recipient {
        verified.wrong.push(format!("case {}: its key is not the one it was opened with", row.id));
    }
    verified.seals += 1;
    if keys.open_record(index::patient_place(&row.id), &row.patient).is_err() {
        verified.wrong.push(format!("case {}: the seal of its patient does not hold", row.id));
    }
}

/// Arrivals, uploads and passwords.
async fn arrivals(stores: &Stores, (keys, case): (&CaseKeys, CaseId), verified: &mut Verified) {
    let rows = readable(stores.catalog.arrivals(case).await, &format!("case {case}: an arrival"), verified);
    for row in rows.unwrap_or_default() {
        verified.seals += 1;
        if keys.open_record(door::origin_place(&row.id), &row.origin).is_err() {
            verified.wrong.push(format!("arrival {}: the seal of its origin does not hold", row.id));
        }
    }
    let rows = readable(stores.catalog.uploads(case).await, &format!("case {case}: an upload"), verified);
    for row in rows.unwrap_or_default() {
        verified.seals += 1;
        if keys.open_record(uploads::upload_place(&row.id), &row.record).is_err() {
            verified.wrong.push(format!("upload {}: its seal does not hold", row.id));
        }
    }
    let rows = readable(stores.catalog.passwords(case).await, &format!("case {case}: a password"), verified);
    for (number, password) in rows.unwrap_or_default().iter().enumerate() {
        verified.seals += 1;
        if keys.open_record(examine::password_place(&case), password).is_err() {
            verified.wrong.push(format!("case {case}: the seal of password {} does not hold", number + 1));
        }
    }
}

/// Entries one by one; says whether all of them could be opened.
async fn entries(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<bool, Trouble> {
    let rows = readable(stores.catalog.entries(case).await, &format!("case {case}: a row of its entries"), verified);
    let Some(rows) = rows else { return Ok(false) };
    let mut whole = true;
    for row in rows {
        let what = format!("entry {}: what stands beside it", row.id);
        let Some(account) = readable(stores.catalog.account(row.id).await, &what, verified) else {
            whole = false;
            continue;
        };
        verified.seals += 1;
        let Some(why) = account.and_then(|account| columns::fault(stores, keys, &account, trail)) else { continue };
        // It may have been filed since the trail was read: both are looked at again.
        trail.read_on(stores, verified).await?;
        let again = stores.catalog.account(row.id).await?;
        if again.is_some_and(|account| columns::fault(stores, keys, &account, trail).is_some()) {
            verified.wrong.push(format!("entry {}: {why}", row.id));
            whole = false;
        }
    }
    Ok(whole)
}

/// Index list, overlay and gate.
async fn gate(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let state = readable(stores.catalog.index(case).await, &format!("case {case}: its gate"), verified);
    let Some(state) = state else { return Ok(()) };
    verified.seals += 2;
    match index::committed(keys, case, &state) {
        Ok((overlay, files)) => {
            if index::clear_findings(&overlay) != state.findings {
                verified.wrong.push(format!("case {case}: its findings are not the ones of its overlay"));
            }
            if index::named_objects(&files) != state.objects {
                verified.wrong.push(format!("case {case}: the objects of its index are not the ones of its list"));
            }
        }
        Err(_) => verified.wrong.push(format!("case {case}: the seal of its overlay or index list does not hold")),
    }
    let agrees = |trail: &Trail, state: &IndexState| {
        let said = (state.gate.revision > 0).then(|| index::gate_words(&state.gate));
        trail.gate(case) == said.as_deref()
    };
    if !agrees(trail, &state) {
        trail.read_on(stores, verified).await?;
        if !agrees(trail, &stores.catalog.index(case).await?) {
            verified.wrong.push(format!("case {case}: its gate is not the one of the audit trail"));
        }
    }
    Ok(())
}

async fn contents_list(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    verified: &mut Verified,
) -> Result<(), Trouble> {
    verified.seals += 1;
    let file = index::lay_open(stores, keys, case).await?;
    if let Some(fault) = contents::fault(stores, keys, case, &file).await? {
        verified.wrong.push(format!("case {case}: {fault}"));
    }
    Ok(())
}
