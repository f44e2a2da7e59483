//! Housekeeping: orphans of dead processes are collected once after the start, uploads whose time is over are ended.

use crate::{
    domain::job::Work,
    pipeline::{Stores, Trouble},
    vault::collector,
};
use std::time::Duration;
use tokio::time;
use tokio_util::sync::CancellationToken;

/// How often expired uploads are looked for.
const ROUND: Duration = Duration::from_secs(60);

/// Keeps house until `stop`.
pub async fn keep(stores: Stores, stop: CancellationToken) {
    // A command that has ended meanwhile leaves them to the next process.
    if let Err(trouble) = collect(&stores).await
        && !stop.is_cancelled()
    {
        tracing::warn!(%trouble, "orphans could not be collected; the next start tries again");
    }
    while !stop.is_cancelled() {
        if let Err(trouble) = expire(&stores).await {
            tracing::warn!(%trouble, "expired uploads could not be ended");
        }
        tokio::select! {
            () = time::sleep(ROUND) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Deletes the parts of ended epochs that nothing names. Never by time: a slow writer of this process is safe, because
/// its epoch lives.
///
/// # Errors
/// The stores failed; nothing is lost by trying again.
pub async fn collect(stores: &Stores) -> Result<u64, Trouble> {
    let mut deleted = 0;
    for epoch in stores.catalog.ended_epochs().await? {
        let named = |part| {
            let catalog = stores.catalog.clone();
            async move { catalog.names_part(part).await }
        };
        let collected = collector::collect(stores.objects.vault().as_ref(), epoch, named).await;
        let collected = collected.map_err(|e| Trouble::Retry { act: "collecting orphans", cause: e.to_string() })?;
        deleted += collected.deleted;
    }
    if deleted > 0 {
        tracing::info!(parts = deleted, "orphaned parts of ended processes were deleted");
    }
    Ok(deleted)
}

async fn expire(stores: &Stores) -> Result<(), Trouble> {
    let now = stores.clock.now();
    for upload in stores.catalog.expired_uploads(now).await? {
        stores.catalog.enqueue(None, Work::Expire(upload), now).await?;
    }
    Ok(())
}
