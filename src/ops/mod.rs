//! Operation: backup, verifying, keys, housekeeping, telemetry.

pub mod backup;
pub mod housekeeping;
pub mod keys;
pub mod telemetry;
pub mod verify;

use crate::pipeline::{Stores, Trouble};
use serde_json::{Value, json};

/// Audit events as JSON, sealed details as base64.
///
/// # Errors
/// The catalog failed.
pub async fn audit_rows(stores: &Stores, from: u64, limit: u32) -> Result<Vec<Value>, Trouble> {
    let events = stores.catalog.audit(from, limit).await?;
    Ok(events
        .into_iter()
        .map(|event| {
            json!({
                "node": event.node, "seq": event.seq, "actor": event.actor, "at": event.at.to_string(),
                "act": event.act, "case": event.case, "subject": event.subject, "detail": event.detail,
                "sealed": data_encoding::BASE64.encode(&event.sealed.0),
                "before": data_encoding::HEXLOWER.encode(&event.before.0),
                "hash": data_encoding::HEXLOWER.encode(&event.hash.0),
            })
        })
        .collect())
}
