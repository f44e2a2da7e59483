//! Server-sent events: the status of a link again whenever something about it changed.
//!
//! Coarse on purpose: what costs a reader of a large case much is sent seldom. The link is looked up at every turn, so that
//! a listener learns no more once it is revoked.

use super::status;
use crate::{
    domain::{link::LinkRow, time::Instant},
    pipeline::{Trouble, Workshop},
};
use axum::response::{
    IntoResponse, Response, Sse,
    sse::{Event, KeepAlive},
};
use futures_util::stream;
use std::{convert::Infallible, time::Duration};
use tokio_util::sync::CancellationToken;

/// Between two looks.
const TURN: Duration = Duration::from_secs(1);
/// The work of telling once is rested for so many times as long.
const REST_RATIO: u32 = 10;

/// What changes when the status does.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    revision: u64,
    gate: Instant,
    files: u64,
    bytes: u64,
    open_uploads: u64,
}

struct Listener<P, L> {
    shop: Workshop,
    /// Its place among the listeners, given back at the end.
    _place: P,
    look_again: L,
    draining: CancellationToken,
    told: Option<Mark>,
    rest: Duration,
}

/// A stream of statuses until the link or the daemon ends.
pub fn stream<P, L, F>((shop, place): (Workshop, P), look_again: L, draining: CancellationToken) -> Response
where
    P: Send + 'static,
    L: Fn() -> F + Send + Sync + 'static,
    F: Future<Output = Result<Option<LinkRow>, Trouble>> + Send,
{
    let listener = Listener { shop, _place: place, look_again, draining, told: None, rest: Duration::ZERO };
    let events = stream::unfold(listener, async |mut listener| {
        let event = next(&mut listener).await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Sse::new(Box::pin(events)).keep_alive(KeepAlive::default()).into_response()
}

/// The next status; `None` at the end.
async fn next<P, L, F>(listener: &mut Listener<P, L>) -> Option<Event>
where
    L: Fn() -> F,
    F: Future<Output = Result<Option<LinkRow>, Trouble>>,
{
    loop {
        tokio::select! {
            () = tokio::time::sleep(listener.rest) => {}
            () = listener.draining.cancelled() => return None,
        }
        listener.rest = TURN;
        let link = match (listener.look_again)().await {
            Ok(Some(link)) => link,
            Ok(None) => return None,
            // The world's trouble passes; the listener asks again.
            Err(_) => continue,
        };
        let Ok(mark) = mark(&listener.shop, &link).await else { continue };
        if listener.told == Some(mark) {
            continue;
        }
        let begun = tokio::time::Instant::now();
        let Ok(status) = status::of_link(&listener.shop, &link).await else { continue };
        listener.rest = TURN.max(begun.elapsed() * REST_RATIO);
        listener.told = Some(mark);
        if let Ok(event) = Event::default().event("status").json_data(status) {
            return Some(event);
        }
    }
}

async fn mark(shop: &Workshop, link: &LinkRow) -> Result<Mark, Trouble> {
    let catalog = &shop.stores.catalog;
    let revision = catalog.case(link.case).await?.revision;
    let gate = catalog.index(link.case).await?.gate.at;
    Ok(Mark { revision, gate, files: link.files, bytes: link.bytes, open_uploads: link.open_uploads })
}
