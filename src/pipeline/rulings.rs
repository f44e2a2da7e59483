//! Rulings as they are kept, opened, and laid over what a case has found of itself: what the desk set is one of its findings,
//! what the desk accepted keeps nothing back.

use super::{Stores, Trouble};
use crate::{
    casework::{
        case::{CaseFile, Overlay},
        flags::{self, Flag, Flagged},
        waivers::{self, Waiver},
    },
    catalog::{RulingKind, RulingRow},
    domain::{
        entry::Sealed,
        ids::{CaseId, RulingId},
        reason::Reason,
    },
    seal::{CaseKeys, Place},
};
use serde::{Serialize, de::DeserializeOwned};

/// A kind of ruling as it is sealed.
pub trait Ruling: Serialize + DeserializeOwned {
    /// Its kind in the catalog.
    const KIND: RulingKind;
    /// The name under which it is sealed: one kind does not open as the other.
    const SEALED_AS: &'static str;

    /// Of which code it speaks.
    fn code(&self) -> Reason;
}

impl Ruling for Waiver {
    const KIND: RulingKind = RulingKind::Waived;
    const SEALED_AS: &'static str = "waivers";

    fn code(&self) -> Reason {
        self.code
    }
}

impl Ruling for Flag {
    const KIND: RulingKind = RulingKind::Flagged;
    const SEALED_AS: &'static str = "flags";

    fn code(&self) -> Reason {
        self.code
    }
}

/// Seals a ruling for the catalog.
///
/// # Errors
/// [`Trouble::Refused`] where it cannot be written down.
pub fn seal<R: Ruling>(keys: &CaseKeys, id: &RulingId, ruling: &R) -> Result<Sealed, Trouble> {
    let plain = serde_json::to_vec(ruling).map_err(|e| Trouble::Refused(e.to_string()))?;
    Ok(keys.seal_record(record_place::<R>(id), &plain))
}

/// Does a row's seal hold, and what it holds agree with the row?
///
/// # Errors
/// [`Trouble::Damaged`].
pub fn check(keys: &CaseKeys, row: &RulingRow) -> Result<(), Trouble> {
    match row.ruling.kind {
        RulingKind::Waived => open::<Waiver>(keys, row).map(drop),
        RulingKind::Flagged => open::<Flag>(keys, row).map(drop),
    }
}

/// The rulings of this kind that were not taken back.
///
/// # Errors
/// [`Trouble::Damaged`] where a seal does not hold, or the catalog failed.
pub async fn given<R: Ruling>(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
) -> Result<Vec<(RulingId, R)>, Trouble> {
    standing(keys, &stores.catalog.rulings(case).await?)
}

/// What the desk set of the documents of a case.
///
/// # Errors
/// As for [`given`].
pub async fn flagged(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    file: &CaseFile,
) -> Result<Vec<Flagged>, Trouble> {
    Ok(flags::laid(file, &given(stores, (keys, case)).await?))
}

/// Lays the rulings that stand now over what was found.
///
/// # Errors
/// As for [`given`].
pub async fn bring_up(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    file: &CaseFile,
    overlay: &mut Overlay,
) -> Result<(), Trouble> {
    let rows = stores.catalog.rulings(case).await?;
    // What was set may have been accepted: it has to be there first.
    overlay.flagged = flags::laid(file, &standing(keys, &rows)?);
    overlay.waived = waivers::in_force(&waivers::findings(file, overlay), &standing(keys, &rows)?);
    Ok(())
}

fn record_place<R: Ruling>(id: &RulingId) -> Place<'_> {
    Place { table: R::SEALED_AS, row: id.as_bytes(), field: "record" }
}

fn standing<R: Ruling>(keys: &CaseKeys, rows: &[RulingRow]) -> Result<Vec<(RulingId, R)>, Trouble> {
    let wanted = rows.iter().filter(|row| row.ruling.kind == R::KIND && row.ended.is_none());
    wanted.map(|row| Ok((row.ruling.id, open(keys, row)?))).collect()
}

fn open<R: Ruling>(keys: &CaseKeys, row: &RulingRow) -> Result<R, Trouble> {
    let id = row.ruling.id;
    let damaged = || Trouble::Damaged(format!("{} {id}", R::KIND.noun()));
    let plain = keys.open_record(record_place::<R>(&id), &row.ruling.record).map_err(|_| damaged())?;
    let ruling: R = serde_json::from_slice(&plain).map_err(|_| damaged())?;
    if ruling.code() == row.ruling.code { Ok(ruling) } else { Err(damaged()) }
}
