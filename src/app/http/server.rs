//! The HTTP server: accepts connections, ends TLS, bounds what one connection may cost, and stops gracefully.
//!
//! Beyond loopback the configuration allows it only with TLS or behind named proxies; of those only the named peers are
//! let in. TLS 1.2 and newer only.

use super::guard::Peer;
use crate::{
    config::Config,
    domain::limits::{HTTP_CONNECTIONS_MAX, Limits},
};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A connection that says nothing for this long, before its first or between two requests, is closed.
const HEADER_WITHIN: Duration = Duration::from_secs(30);
/// A TLS handshake is done within this time.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Where no connection can be accepted (no more files may be opened), the next try waits this long.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Bytes a connection reads at once: large, so that big bodies cost few system calls.
const READ_BYTES: usize = 512 << 10;

/// The certificates could not be read; names the key of the configuration.
#[derive(Debug, thiserror::Error)]
#[error("`{key}`: {cause}")]
pub struct TlsError {
    key: &'static str,
    cause: String,
}

/// TLS with certificates that can be read again.
#[derive(Clone)]
pub struct Tls(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    /// Reads the certificates of a configuration; `None` where it has none.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn of(config: &Config) -> Result<Option<Self>, TlsError> {
        if !config.has_tls() {
            return Ok(None);
        }
        Ok(Some(Self(Arc::new(RwLock::new(read(config)?)))))
    }

    /// Reads the certificates again; where they cannot be, the ones in use stay.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload(&self, config: &Config) -> Result<(), TlsError> {
        let fresh = read(config)?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

fn read(config: &Config) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(&config.http.tls_certificate)?;
    let wrong_key = |e: String| TlsError { key: "http.tls_key", cause: e };
    let key = PrivateKeyDer::from_pem_file(&config.http.tls_key).map_err(|e| wrong_key(e.to_string()))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|e| wrong_key(e.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| wrong_key(e.to_string()))?;
    Ok(Arc::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |cause: String| TlsError { key: "http.tls_certificate", cause };
    let read = CertificateDer::pem_file_iter(file).map_err(|e| wrong(e.to_string()))?;
    let chain: Result<Vec<_>, _> = read.collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(wrong("the file holds no certificate".to_owned())),
        Ok(chain) => Ok(chain),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// What a server needs beside its router.
pub struct Plan {
    /// TLS, where the daemon ends it itself.
    pub tls: Option<Tls>,
    /// The only peers that may connect, unless empty.
    pub peers: Vec<IpAddr>,
    /// The limits.
    pub limits: Arc<Limits>,
    /// Stops accepting, and asks open connections to end after their request.
    pub stop: CancellationToken,
}

/// Serves until `stop`, then until every connection has ended; who cannot wait for that drops the future.
pub async fn serve(listener: TcpListener, router: Router, plan: Plan) {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(HTTP_CONNECTIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = plan.stop.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if !plan.peers.is_empty() && !plan.peers.contains(&peer.ip().to_canonical()) {
            tracing::warn!(peer = %peer.ip(), "a peer that is not in `http.behind_proxy` was turned away");
            continue;
        }
        let router = router.clone().layer(Extension(Peer(peer)));
        let (tls, stop, builder) = (plan.tls.clone(), plan.stop.clone(), builder(&plan.limits));
        connections.spawn(async move {
            connection((stream, peer), tls, (builder, router), stop).await;
            drop(place);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_WITHIN)
        .max_header_size(limits.http_header_bytes_max)
        .max_buf_size(READ_BYTES.max(limits.http_header_bytes_max));
    builder
}

async fn connection(
    (stream, peer): (TcpStream, SocketAddr),
    tls: Option<Tls>,
    (builder, router): (http1::Builder, Router),
    stop: CancellationToken,
) {
    // Answers are small; waiting to fill a packet would only delay them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection went away at once");
        return;
    }
    let Some(tls) = tls else { return exchange(stream, (builder, router), stop).await };
    match tokio::time::timeout(HANDSHAKE_WITHIN, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => exchange(stream, (builder, router), stop).await,
        Ok(Err(error)) => tracing::debug!(peer = %peer.ip(), %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(peer = %peer.ip(), "a TLS handshake took too long"),
    }
}

async fn exchange<S>(stream: S, (builder, router): (http1::Builder, Router), stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
