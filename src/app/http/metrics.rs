//! The metrics server: numbers for Prometheus, on an address of its own. No label holds an id or a name.

use super::server::{self, Plan};
use crate::{domain::limits::Limits, ops::telemetry::Numbers, pipeline::Stores};
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves `/metrics` and `/healthz` until `stop`.
pub async fn serve(listener: TcpListener, (stores, numbers): (Stores, Numbers), stop: CancellationToken) {
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "alive\n"))
        .with_state((stores, numbers));
    let plan = Plan { tls: None, peers: Vec::new(), limits: Arc::new(Limits::default()), stop };
    server::serve(listener, router, plan).await;
}

async fn metrics(State((stores, numbers)): State<(Stores, Numbers)>) -> impl IntoResponse {
    match stores.catalog.open_work(None).await {
        Ok(work) => numbers.work(work),
        Err(error) => tracing::warn!(%error, "open work could not be counted"),
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], numbers.render())
}
