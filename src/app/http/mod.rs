//! The HTTP side, put together: which address leads to which inlet or outlet, and what every request passes first.
//!
//! A token in an address is looked up before anything else is done; whatever is not there is answered with the same 404.
//! Tokens and ids stand in no log and no metric: both name the route, never the address.

mod guard;
mod handlers;
mod metrics;
pub mod server;

pub use metrics::serve as serve_metrics;

use crate::{control::Desk, inlet::way::Way};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::{MethodRouter, any, get},
};
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;

/// What is allowed to a page: our own style, our own script, forms back to us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    /// The way in.
    pub way: Way,
    /// Shows cases.
    pub desk: Desk,
    /// Cancelled when the daemon stops.
    pub draining: CancellationToken,
    listeners: handlers::Listeners,
}

impl Shared {
    /// What the handlers share.
    pub fn new(way: Way, desk: Desk) -> Self {
        let draining = way.draining.clone();
        Self { way, desk, draining, listeners: handlers::Listeners::default() }
    }
}

/// Addresses with what they lead to; remembers them, so that a test can compare them with the description.
pub(crate) struct Table {
    router: Router<Shared>,
    pub(crate) paths: Vec<&'static str>,
}

impl Table {
    fn new() -> Self {
        Self { router: Router::new(), paths: Vec::new() }
    }

    fn route(mut self, path: &'static str, to: MethodRouter<Shared>) -> Self {
        self.router = self.router.route(path, to);
        self.paths.push(path);
        self
    }
}

/// Addresses under a link.
pub(crate) fn link_table() -> Table {
    Table::new()
        .route("/u/{token}", get(handlers::page).post(handlers::form))
        .route("/u/{token}/files", any(handlers::files))
        .route("/u/{token}/files/{id}", any(handlers::file))
        .route("/u/{token}/status", get(handlers::status))
        .route("/u/{token}/events", get(handlers::events))
}

/// Addresses that are open to everybody.
pub(crate) fn open_table() -> Table {
    Table::new()
        .route("/healthz", get(handlers::alive))
        .route("/readyz", get(handlers::ready))
        .route("/openapi.json", get(handlers::openapi))
        .route("/assets/{name}", get(handlers::asset))
}

/// Everything the HTTP server answers.
pub fn router(shared: Shared) -> Router {
    let under_links = link_table().router.route_layer(middleware::from_fn_with_state(shared.clone(), guard::guest));
    let fixed = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    under_links
        .merge(open_table().router)
        .fallback(handlers::nothing)
        // Bodies are streamed; their limits are the link's.
        .layer(DefaultBodyLimit::disable())
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(fixed(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(fixed(HeaderName::from_static("x-robots-tag"), "noindex, nofollow"))
        .layer(middleware::from_fn(guard::count))
        .with_state(shared)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Proves that the description names every address that is served, and no other.
    #[test]
    fn the_description_is_true() {
        let described: serde_json::Value = serde_json::from_str(handlers::OPENAPI).expect("JSON");
        let described: BTreeSet<&str> =
            described["paths"].as_object().expect("paths").keys().map(String::as_str).collect();
        let served: BTreeSet<&str> = link_table().paths.into_iter().chain(open_table().paths).collect();
        assert_eq!(described, served);
    }
}
