//! `serve`: the daemon. Listens, opens the site, says that it is ready, and works until it is told to stop.
//!
//! Stopping: nothing new is accepted, bodies under way end with what arrived made durable, jobs under way are finished
//! for a while, leases are given back; all within ten seconds.

use super::desk;
use crate::{
    app::{
        AppError, Purpose, Site,
        http::{self, Shared, server},
    },
    config::{AfterReceipt, Config, Watch},
    control::{self, client::Refused},
    inlet::{watch, way::Way},
    ops::telemetry::{self, Numbers, Voice},
};
use sd_notify::NotifyState;
use std::{
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Bodies and answers under way get this long to end.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);
/// Jobs under way get this long more; what is left runs again under the next process.
const JOBS_WITHIN: Duration = Duration::from_secs(3);
/// Where the addresses in use are written, in the data folder: with port 0 nobody else knows them.
const HTTP_ADDRESS: &str = "http.address";
/// See `HTTP_ADDRESS`.
const METRICS_ADDRESS: &str = "metrics.address";

pub(super) async fn serve(mut config: Config) -> Result<ExitCode, Refused> {
    telemetry::log(&config, Voice::Daemon);
    crate::jail::sandbox::harden_self();
    raise_open_files();
    let mut signals = Signals::new()?;
    let tls = check_named(&config)?;
    let listening = Listening::open(&mut config).await?;
    // A command that is still at work is waited for; another daemon is not.
    let Some(site) = desk::opened(&config, Purpose::Work).await? else {
        return Err(AppError::Locked(config.data.folder).into());
    };
    listening.write_addresses(&config.data.folder)?;
    let numbers = Numbers::begin().map_err(Refused::world)?;
    let daemon = Daemon::start(&config, (site, numbers), (listening, tls.clone())).await?;
    tell(&[NotifyState::Ready]);
    signals.wait(&config, tls.as_ref()).await;
    tell(&[NotifyState::Stopping]);
    daemon.stop(&config.data.folder).await;
    Ok(ExitCode::SUCCESS)
}

/// The sockets, bound before anything else: an address that is taken is said at once, and links name the real port.
struct Listening {
    http: TcpListener,
    http_address: SocketAddr,
    metrics: Option<(TcpListener, SocketAddr)>,
}

impl Listening {
    async fn open(config: &mut Config) -> Result<Self, Refused> {
        let (http, http_address) = bind(config.http.listen, "http.listen").await?;
        config.http.listen = http_address;
        let metrics = match config.metrics.listen.parse() {
            Ok(address) => Some(bind(address, "metrics.listen").await?),
            Err(_) => None,
        };
        Ok(Self { http, http_address, metrics })
    }

    fn write_addresses(&self, data: &Path) -> Result<(), Refused> {
        write_address(&data.join(HTTP_ADDRESS), Some(self.http_address))?;
        write_address(&data.join(METRICS_ADDRESS), self.metrics.as_ref().map(|(_, address)| *address))
    }
}

async fn bind(address: SocketAddr, key: &'static str) -> Result<(TcpListener, SocketAddr), Refused> {
    let failed = |e: std::io::Error| {
        let next = match e.kind() {
            ErrorKind::AddrInUse => {
                "; another program has it, perhaps another daemon: stop that one, or set another port"
            }
            ErrorKind::AddrNotAvailable => "; this machine does not have that address: set one of its own",
            ErrorKind::PermissionDenied => "; ports below 1024 are for root: set a higher one",
            _ => "",
        };
        Refused::world(format!("`{key}`: cannot listen on {address}: {e}{next}"))
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// A reader sees an address whole or not at all.
fn write_address(file: &Path, address: Option<SocketAddr>) -> Result<(), Refused> {
    let failed = |e: std::io::Error| Refused::world(format!("an address could not be noted in the data folder: {e}"));
    let Some(address) = address else {
        return match std::fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        };
    };
    let fresh = file.with_extension("fresh");
    std::fs::write(&fresh, format!("{address}\n")).map_err(failed)?;
    std::fs::rename(&fresh, file).map_err(failed)
}

/// Everything that runs.
struct Daemon {
    site: Site,
    way: Way,
    /// Stops what serves senders.
    serving: CancellationToken,
    /// Stops what works on jobs, and the commands.
    working: CancellationToken,
    servers: Vec<JoinHandle<()>>,
    workers: Vec<JoinHandle<()>>,
}

impl Daemon {
    async fn start(
        config: &Config,
        (site, numbers): (Site, Numbers),
        (listening, tls): (Listening, Option<server::Tls>),
    ) -> Result<Self, Refused> {
        let (serving, working) = (CancellationToken::new(), CancellationToken::new());
        let way = Way::new(site.uploads.clone(), serving.clone());
        let router = http::router(Shared::new(way.clone(), site.desk.clone()));
        let plan = server::Plan {
            tls,
            peers: config.http.behind_proxy.clone(),
            limits: Arc::new(config.limits.clone()),
            stop: serving.clone(),
        };
        let mut servers = Vec::new();
        if let Some(watching) = watch_plan(config, &site).await? {
            servers.push(tokio::spawn(watch::watch(site.desk.door().clone(), watching, serving.clone())));
        }
        tracing::info!(address = %listening.http_address, tls = config.has_tls(), "families and pages are served");
        servers.push(tokio::spawn(server::serve(listening.http, router, plan)));
        if let Some((listener, address)) = listening.metrics {
            tracing::info!(%address, "metrics are served");
            if config.metrics_are_open() {
                tracing::warn!("`metrics.listen`: other machines can read the numbers, without TLS; they name nobody");
            }
            let stores = site.desk.stores().clone();
            servers.push(tokio::spawn(http::serve_metrics(listener, (stores, numbers), serving.clone())));
        }
        let workers = vec![
            site.start(working.clone()),
            tokio::spawn(commands(site.desk.clone(), config.data.folder.clone(), working.clone())),
            tokio::spawn(keep_alive(site.desk.clone(), working.clone())),
        ];
        Ok(Self { site, way, serving, working, servers, workers })
    }

    async fn stop(self, data: &Path) {
        tracing::info!("stopping: nothing new is accepted, what is under way becomes durable");
        self.serving.cancel();
        self.way.tasks.close();
        if timeout(DRAIN_WITHIN, self.way.tasks.wait()).await.is_err() {
            tracing::warn!("some uploads did not end in time; they go on from their last durable part");
        }
        end(self.servers, Duration::from_secs(1)).await;
        self.way.links.close().await;
        self.working.cancel();
        end(self.workers, JOBS_WITHIN).await;
        for file in [HTTP_ADDRESS, METRICS_ADDRESS] {
            // A left-over address is overwritten by the next process.
            let _ = std::fs::remove_file(data.join(file));
        }
        self.site.close().await;
        tracing::info!("stopped");
    }
}

async fn end(tasks: Vec<JoinHandle<()>>, within: Duration) {
    let deadline = tokio::time::Instant::now() + within;
    for mut task in tasks {
        if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
            task.abort();
        }
    }
}

async fn commands(desk: control::Desk, folder: PathBuf, stop: CancellationToken) {
    if let Err(error) = control::server::serve(desk, &folder, stop).await {
        tracing::error!(%error, "commands cannot be taken: the socket in the data folder failed");
    }
}

/// Where a service manager lays secrets, for the service alone: from outside nobody can say whether they are there.
const CREDENTIALS: &str = "/run/credentials";

/// Looks whether what a configuration names outside of itself is there: certificates, the passphrase, and the folders of
/// what is watched.
pub(super) fn check_named(config: &Config) -> Result<Option<server::Tls>, Refused> {
    let Watch { folder, after, move_to, .. } = &config.watch;
    if !folder.as_os_str().is_empty() {
        check_folder("watch.folder", folder)?;
        if *after == AfterReceipt::Move {
            check_folder("watch.move_to", move_to)?;
        }
    }
    let passphrase = &config.keys.passphrase_file;
    if !passphrase.as_os_str().is_empty() && !passphrase.starts_with(CREDENTIALS) && !passphrase.is_file() {
        let words = "a file with the passphrase of the site key, or empty where it has none";
        return Err(Refused::usage(format!(
            "`keys.passphrase_file`: there is no file {}; {words}",
            passphrase.display()
        )));
    }
    server::Tls::of(config).map_err(|e| Refused::usage(e.to_string()))
}

fn check_folder(key: &str, folder: &Path) -> Result<(), Refused> {
    if folder.is_dir() {
        return Ok(());
    }
    Err(Refused::usage(format!("`{key}`: there is no folder {}; make it, or name another one", folder.display())))
}

async fn watch_plan(config: &Config, site: &Site) -> Result<Option<watch::Plan>, Refused> {
    let watch = &config.watch;
    if watch.folder.as_os_str().is_empty() {
        return Ok(None);
    }
    let case = if watch.case.is_empty() {
        site.desk.holding_case().await.map_err(|e| Refused::world(e.to_string()))?
    } else {
        watch.case.parse().map_err(|_| Refused::usage("`watch.case`: the id of a case, or empty"))?
    };
    let known = site.desk.stores().catalog.case(case).await;
    known.map_err(|e| Refused::usage(format!("`watch.case`: {e}")))?;
    Ok(Some(watch::Plan {
        folder: watch.folder.clone(),
        case,
        stable: Duration::from_secs(watch.stable_seconds),
        after: watch.after,
        move_to: watch.move_to.clone(),
    }))
}

/// Tells the service manager that we live, as often as it asks for, while the catalog answers.
async fn keep_alive(desk: control::Desk, stop: CancellationToken) {
    let Some(period) = sd_notify::watchdog_enabled() else { return };
    loop {
        tokio::select! {
            () = tokio::time::sleep(period / 3) => {}
            () = stop.cancelled() => return,
        }
        let asked = timeout(period / 3, desk.stores().catalog.audit_head()).await;
        if matches!(asked, Ok(Ok(_))) {
            tell(&[NotifyState::Watchdog]);
        }
    }
}

fn tell(state: &[NotifyState<'_>]) {
    // Without a service manager there is nobody to tell.
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

/// Each connection is an open file; the usual soft limit of 1,024 is too low for a crowd.
fn raise_open_files() {
    if let Ok((soft, hard)) = rlimit::Resource::NOFILE.get()
        && soft < hard
        && let Err(error) = rlimit::Resource::NOFILE.set(hard.min(1 << 16).max(soft), hard)
    {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

/// What the service manager or a person may signal.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> Result<Self, Refused> {
        let of = |kind| signal(kind).map_err(|e| Refused::world(format!("signals cannot be heard: {e}")));
        Ok(Self {
            terminate: of(SignalKind::terminate())?,
            interrupt: of(SignalKind::interrupt())?,
            hangup: of(SignalKind::hangup())?,
        })
    }

    /// Waits until the daemon is told to stop; reads certificates again where it is told to.
    async fn wait(&mut self, config: &Config, tls: Option<&server::Tls>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {}
            }
            match tls.map(|tls| tls.reload(config)) {
                Some(Ok(())) => tracing::info!("certificates were read again"),
                Some(Err(error)) => tracing::error!(%error, "certificates could not be read again; the old ones stay"),
                None => tracing::info!("nothing to read again: the daemon does not end TLS itself"),
            }
        }
    }
}
