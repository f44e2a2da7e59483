//! Verifying: everything that is stored is read again, and what is wrong is named by id.
//!
//! - `trail`: the audit chain is walked, against a checkpoint kept elsewhere where one is given; its receipts and filings
//!   are what clear columns are compared with.
//! - `objects`: every part's header is compared with the digest that the catalog keeps, its length too, and every chunk
//!   is decrypted and so authenticated; with `deep` the plaintext's SHA-256 is compared with the ledger's as well.
//! - `records`: every sealed column is opened, and agrees with what stands in the clear beside it (`columns`).
//! - `links`, `rulings`: each is as the trail says; links count what came through them.
//! - `rows`: whatever the trail speaks of has its row; `work`: what waits for work has its job.
//!
//! It runs beside a daemon at work: nothing is deleted meanwhile, and what seems wrong is looked at again, with the trail
//! read on, before it is said. A fault is the answer, never an error, and no fault hides another.

mod columns;
mod links;
mod objects;
mod records;
mod rows;
mod rulings;
mod trail;
mod work;

use crate::{
    audit::{Act, Checkpoint, Event},
    catalog::CatalogError,
    domain::{entry::Sealed, ids::CaseId, origin::Actor},
    pipeline::{Stores, Trouble},
};
use serde::{Deserialize, Serialize};
use trail::Trail;

/// Rows asked for at once.
const PAGE: u32 = 500;

/// A site at work changes all the time: what seems wrong is looked at so often again.
const LOOKS_MAX: usize = 5;

/// What verifying looked at and found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Verified {
    /// Objects read.
    pub objects: u64,
    /// Sealed records opened.
    pub seals: u64,
    /// Audit events checked.
    pub events: u64,
    /// What is wrong, by id.
    pub wrong: Vec<String>,
    /// Parts that nothing names: left by interrupted writes, deleted by the next start.
    #[serde(default)]
    pub orphans: u64,
    /// Their bytes.
    #[serde(default)]
    pub orphan_bytes: u64,
    /// The head of the audit chain, to be kept elsewhere as a checkpoint.
    pub checkpoint: String,
}

/// Looks at everything.
///
/// # Errors
/// The world failed; what is damaged is no error but the answer.
pub async fn verify(stores: &Stores, deep: bool, checkpoint: Option<&str>, actor: &Actor) -> Result<Verified, Trouble> {
    let _everything_stays = stores.deletions.read().await;
    let mut verified = Verified::default();
    let checkpoint = checkpoint
        .map(|line| Checkpoint::from_line(line.trim()).map_err(|e| Trouble::Refused(e.to_string())))
        .transpose()?;
    verified.wrong.extend(stores.catalog.self_check().await?);
    let mut trail = Trail::begin(stores, checkpoint).await?;
    trail.read_on(stores, &mut verified).await?;
    let keys = records::keys(stores, &mut verified).await?;
    objects::check(stores, (&keys, deep), &mut trail, (&mut verified, actor)).await?;
    records::check(stores, &keys, &mut trail, &mut verified).await?;
    rows::check(stores, &mut trail, &mut verified).await?;
    trail.end(stores, &mut verified).await?;
    verified.checkpoint = Checkpoint { head: stores.catalog.audit_head().await?, at: stores.clock.now() }.to_line();
    let mut event = event(stores, actor, Act::Verified, None);
    event.detail = format!("{} objects, {} wrong", verified.objects, verified.wrong.len());
    stores.catalog.append_audit(event).await?;
    Ok(verified)
}

/// An answer of the catalog about rows: where a row itself cannot be read, that is a fault of the row.
fn readable<T>(answer: Result<T, CatalogError>, what: &str, verified: &mut Verified) -> Option<T> {
    match answer {
        Ok(rows) => Some(rows),
        Err(error) => {
            verified.wrong.push(format!("{what} cannot be read: {error}"));
            None
        }
    }
}

fn event(stores: &Stores, actor: &Actor, act: Act, case: Option<CaseId>) -> Event {
    Event {
        actor: actor.clone(),
        at: stores.clock.now(),
        act,
        case,
        subject: "site".to_owned(),
        detail: String::new(),
        sealed: Sealed::default(),
    }
}
