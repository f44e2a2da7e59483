//! Comparing instances that share a SOP Instance UID: slow work behind the fast path. Each is decoded once; whether two
//! are the same is said by `casework::instances` from what was decoded.

use super::{Trouble, Workshop, examine, file};
use crate::domain::{
    entry::PixelsRead,
    ids::{CaseId, EntryId},
    job::Lease,
};

/// Decodes one entry, unless that was done before.
///
/// # Errors
/// The world failed.
pub async fn compare(shop: &Workshop, entry: EntryId, (case, lease): (CaseId, &Lease)) -> Result<(), Trouble> {
    let catalog = &shop.stores.catalog;
    let Some(row) = catalog.entry(entry).await? else {
        return Ok(catalog.complete(lease).await?);
    };
    let keys = shop.stores.keys(case)?;
    let record = shop.stores.record(&keys, &row)?;
    if record.pixels.is_some() {
        return Ok(catalog.complete(lease).await?);
    }
    let pixels = if row.object.is_some() { examine::pixels(shop, case, &row).await? } else { PixelsRead::Failed };
    file::add_pixels(shop, &row, pixels, (case, lease)).await
}
