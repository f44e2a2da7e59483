//! Waivers as they are kept: opened, and laid over what a case has found of itself.

use super::{Stores, Trouble};
use crate::{
    casework::{
        case::{CaseFile, Overlay},
        waivers::{self, Waiver},
    },
    catalog::WaiverRow,
    domain::ids::{CaseId, WaiverId},
    seal::{CaseKeys, Place},
};

/// Where a waiver's record stands in the catalog.
pub fn record_place(waiver: &WaiverId) -> Place<'_> {
    Place { table: "waivers", row: waiver.as_bytes(), field: "record" }
}

/// Opens a waiver.
///
/// # Errors
/// [`Trouble::Damaged`] where the seal does not hold, or holds another code than the row says.
pub fn open(keys: &CaseKeys, row: &WaiverRow) -> Result<Waiver, Trouble> {
    let id = row.waiver.id;
    let damaged = || Trouble::Damaged(format!("waiver {id}"));
    let plain = keys.open_record(record_place(&id), &row.waiver.record).map_err(|_| damaged())?;
    let waiver: Waiver = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    if waiver.code == row.waiver.code { Ok(waiver) } else { Err(damaged()) }
}

/// The waivers of a case that were not taken back.
///
/// # Errors
/// As for [`open`], or the catalog failed.
pub async fn given(stores: &Stores, (keys, case): (&CaseKeys, CaseId)) -> Result<Vec<(WaiverId, Waiver)>, Trouble> {
    let rows = stores.catalog.waivers(case).await?;
    let standing = rows.iter().filter(|row| row.ended.is_none());
    standing.map(|row| Ok((row.waiver.id, open(keys, row)?))).collect()
}

/// Lays the waivers that hold now over what was found.
///
/// # Errors
/// As for [`given`].
pub async fn bring_up(
    stores: &Stores,
    case: (&CaseKeys, CaseId),
    file: &CaseFile,
    overlay: &mut Overlay,
) -> Result<(), Trouble> {
    let given = given(stores, case).await?;
    overlay.waived = waivers::in_force(&waivers::findings(file, overlay), &given);
    Ok(())
}
