//! What every request passes: its link is looked up, and it is counted.

use super::{Shared, handlers};
use crate::inlet::{problem::Problem, way::Guest};
use axum::{
    extract::{MatchedPath, RawPathParams, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

/// Characters of a forwarded address that are kept.
const FORWARDED_CHARS_MAX: usize = 128;

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// Lets a request under `/u/{token}` through if its link lives. One that does not is answered like an address that does
/// not exist.
pub(super) async fn guest(
    State(shared): State<Shared>,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    let token = parameters.iter().find(|(name, _)| *name == "token").map(|(_, token)| token.to_owned());
    let token = token.unwrap_or_default();
    let link = match shared.way.links.of_token(&token).await {
        Ok(Some(link)) => link,
        Ok(None) => return handlers::not_found(request.method(), request.headers()),
        Err(trouble) => return Problem::from(trouble).into_response(),
    };
    if !shared.way.links.may_ask(link.id) {
        return Problem::too_many_requests().into_response();
    }
    let peer = peer(&request);
    request.extensions_mut().insert(Guest { link, token, peer });
    next.run(request).await
}

/// The address of the sender. What a proxy says about it stands beside: it is a claim.
fn peer(request: &Request) -> String {
    let address = request.extensions().get::<Peer>().map(|peer| peer.0.ip().to_string()).unwrap_or_default();
    match forwarded(request.headers()) {
        Some(forwarded) => format!("{address} for {forwarded}"),
        None => address,
    }
}

fn forwarded(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-forwarded-for")?.to_str().ok()?;
    Some(value.chars().take(FORWARDED_CHARS_MAX).collect())
}

/// Counts requests by route and status.
pub(super) async fn count(request: Request, next: Next) -> Response {
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        // Anybody can invent methods; a metric does not keep them.
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    let status = response.status().as_u16();
    tracing::debug!(%route, %method, status, "request");
    metrics::counter!("casegate_http_requests_total", "route" => route, "method" => method, "status" => status.to_string())
        .increment(1);
    response
}
