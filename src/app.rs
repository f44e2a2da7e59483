//! The composition root: the only place that names concrete adapters.

pub mod http;
mod init;

pub use init::{Began, Made, init};

use crate::{
    audit::{Act, Event},
    catalog::{Catalog, sqlite::SqliteCatalog},
    config::{Config, JailMode, ReadingMode},
    control::Desk,
    domain::{
        entry::Sealed,
        ids::{CaseId, EpochId, NodeId},
        origin::Actor,
        time::{Clock, Instant},
    },
    jail::{
        JailError,
        host::{JailConfig, JailHost},
        tools::{ToolHost, ToolsConfig, programs::Programs},
        worker,
    },
    ops::{self, housekeeping},
    pipeline::{
        Stores, Workshop,
        door::Door,
        intakes,
        reading::{self, Pixels},
        runner::Runner,
        uploads::Uploads,
    },
    seal::{self, KeyStore, Keyring, Passphrase, SealError, SiteIdentity},
    search::{sealed::SealedSearch, store::ObjectIndexStore},
    vault::{
        Vault,
        fs::FsVault,
        objects::Objects,
        shelf::{FolderShelf, MemoryShelf, Shelf},
        spill::SpillVault,
    },
};
use std::{fs::File, path::PathBuf, sync::Arc};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// The site could not be opened; says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no site here yet.
    #[error("there is no Casegate site at {0}; make one with `casegate init`")]
    NoSite(PathBuf),
    /// Nobody can say whether there is one.
    #[error("the data folder {0} cannot be looked into: {1}; give commands as the user whom it belongs to")]
    Closed(PathBuf, std::io::Error),
    /// There is one already.
    #[error("there is a Casegate site at {0} already; nothing was changed")]
    SiteExists(PathBuf),
    /// There are keys that cases were sealed with, and no data.
    #[error(
        "the keys in {0} belong to cases whose data is not here: restore it with `casegate restore`, or choose another \
         `keys.folder` for a new site; nothing was changed"
    )]
    KeysInUse(PathBuf),
    /// A file lies where a new one was to be written.
    #[error("there is a file at {0} already; choose another place for the recovery key. Nothing was changed")]
    FileExists(PathBuf),
    /// The keys are not there.
    #[error(
        "there is no site key at {0}: put the backup of the keys into that folder, or name theirs with `keys.folder`"
    )]
    NoKey(PathBuf),
    /// A file of the operator's that is needed, and why it cannot be used.
    #[error("{what} {path} cannot be used: {cause}")]
    File {
        /// What it is.
        what: &'static str,
        /// Where it lies.
        path: PathBuf,
        /// What was said.
        cause: String,
    },
    /// A folder cannot be made.
    #[error("the folder {0} cannot be made: {1}; make it for this user first, or name another one")]
    Folder(PathBuf, std::io::Error),
    /// Another process holds the data folder.
    #[error("another process holds the data folder {0}: a daemon, or a command that is still at work")]
    Locked(PathBuf),
    /// The site's key is of another site.
    #[error(
        "the site key {0} opens none of this site's cases: it is another site's, or of before the keys were rotated; put \
         back the keys that belong to this data"
    )]
    WrongKey(PathBuf),
    /// Anything else.
    #[error("{act}: {cause}")]
    World {
        /// What was attempted.
        act: &'static str,
        /// What was said.
        cause: String,
    },
}

fn world<E: std::fmt::Display>(act: &'static str) -> impl FnOnce(E) -> AppError {
    move |error| AppError::World { act, cause: error.to_string() }
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant(jiff::Timestamp::now().as_millisecond())
    }
}

/// Where the parts of a site lie.
pub struct Layout {
    /// The data folder.
    pub data: PathBuf,
    /// The keys, apart.
    pub keys: PathBuf,
}

impl Layout {
    /// The layout of a configuration.
    pub fn of(config: &Config) -> Self {
        Self { data: config.data.folder.clone(), keys: config.keys_folder() }
    }

    /// The site key.
    pub fn site_key(&self) -> PathBuf {
        self.keys.join("site.key")
    }

    /// Public recovery recipients, one a line.
    pub fn recovery_recipients(&self) -> PathBuf {
        self.keys.join("recovery-recipients.txt")
    }

    /// The wrapped keys of the cases.
    pub fn key_store(&self) -> PathBuf {
        self.keys.join("cases")
    }

    /// The catalog.
    pub fn catalog(&self) -> PathBuf {
        self.data.join("catalog.db")
    }

    /// Sealed objects.
    pub fn vault(&self) -> PathBuf {
        self.data.join("objects")
    }

    /// The sealed contents list of each case.
    pub fn contents(&self) -> PathBuf {
        self.data.join("contents")
    }

    /// Which node this is.
    pub fn node(&self) -> PathBuf {
        self.data.join("node-id")
    }

    /// Locked while a process holds the data folder.
    pub fn lock(&self) -> PathBuf {
        self.data.join("lock")
    }
}

/// What a site is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To work on jobs: the jails are tried first, so that a kernel without them is met at the start.
    Work,
    /// To take in only: nothing is examined, so no jail is tried. [`Site::start`] is not for such a site.
    TakeIn,
}

/// A site that is open: the stores, and the means to work on what is in them.
pub struct Site {
    /// Carries commands out.
    pub desk: Desk,
    /// Uploads under way.
    pub uploads: Arc<Uploads>,
    runner: Runner,
    jail: Arc<JailHost>,
    tools: Arc<ToolHost>,
    workers: (usize, usize),
    lock: Option<File>,
}

impl Site {
    /// Opens the site of a configuration. Whatever a dead process left is taken up: its epoch ends, its leases are given
    /// back, its orphans are collected.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn open(config: &Config, purpose: Purpose) -> Result<Self, AppError> {
        let layout = Layout::of(config);
        match layout.catalog().try_exists() {
            Ok(true) => {}
            Ok(false) => return Err(AppError::NoSite(layout.data)),
            Err(error) => return Err(AppError::Closed(layout.data, error)),
        }
        let lock = take_lock(&layout)?;
        let keyring = Arc::new(open_keyring(config, &layout)?);
        must_fit(&keyring, &layout)?;
        let node = read_node(&layout)?;
        let catalog: Arc<dyn Catalog> =
            Arc::new(SqliteCatalog::open(&layout.catalog(), node).map_err(world("opening the catalog"))?);
        let vault: Arc<dyn Vault> =
            Arc::new(FsVault::open(&layout.vault()).map_err(world("opening the object store"))?);
        let shelf: Arc<dyn Shelf> =
            Arc::new(FolderShelf::open(&layout.contents()).map_err(world("opening the shelf of contents lists"))?);
        let site = Self::assemble((config, purpose), (catalog, vault, shelf), keyring).await?;
        Ok(Self { lock: Some(lock), ..site })
    }

    /// A site that exists in memory only and stores nothing: its keys are never written.
    ///
    /// # Errors
    /// The jail cannot be set up.
    pub async fn throwaway(config: &Config) -> Result<Self, AppError> {
        let node = NodeId::from_bytes(seal::random_bytes());
        let catalog: Arc<dyn Catalog> =
            Arc::new(SqliteCatalog::in_memory(node).map_err(world("making a catalog in memory"))?);
        let vault: Arc<dyn Vault> = Arc::new(SpillVault::new());
        let shelf: Arc<dyn Shelf> = Arc::new(MemoryShelf::default());
        Self::assemble((config, Purpose::Work), (catalog, vault, shelf), Arc::new(Keyring::ephemeral())).await
    }

    async fn assemble(
        (config, purpose): (&Config, Purpose),
        (catalog, vault, shelf): (Arc<dyn Catalog>, Arc<dyn Vault>, Arc<dyn Shelf>),
        keyring: Arc<Keyring>,
    ) -> Result<Self, AppError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let epoch = EpochId::from_bytes(seal::random_bytes());
        catalog.begin_epoch(epoch, clock.now()).await.map_err(world("registering this process"))?;
        catalog.end_other_epochs(epoch, clock.now()).await.map_err(world("ending what dead processes began"))?;
        catalog.release_leases().await.map_err(world("taking up jobs"))?;
        let objects = Arc::new(Objects::new(vault, epoch));
        let limits = Arc::new(config.limits.clone());
        let deletions = Arc::default();
        let stores = Stores { catalog, objects, shelf, deletions, keyring, clock, limits };
        let index_store = Arc::new(ObjectIndexStore::new(stores.objects.clone(), stores.keyring.clone()));
        let jail = Arc::new(JailHost::new(jail_config(config)).map_err(world("setting up the jail"))?);
        let tools = Arc::new(open_tools(config, purpose).await.map_err(world("trying the tools' jail"))?);
        let walls = match purpose {
            Purpose::Work => jail.check().await.map_err(world("trying the jail"))?,
            Purpose::TakeIn => Vec::new(),
        };
        for wall in walls.iter().chain(tools.missing_walls()) {
            tracing::warn!(%wall, "the jail lacks a wall on this kernel");
        }
        let shop = Workshop {
            inspector: jail.clone(),
            tools: tools.clone(),
            pixels: match config.reading.mode {
                ReadingMode::On => Pixels::Read,
                ReadingMode::Off => Pixels::LeftAlone,
            },
            search: Arc::new(SealedSearch::new(index_store, config.limits.search_cache_bytes_max)),
            programmes: Arc::new(config.programmes.clone()),
            stores,
        };
        intakes::end_orphans(&shop.stores).await.map_err(world("ending arrivals"))?;
        reading::take_up(&shop).await.map_err(world("taking up readings"))?;
        let (bell, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let door = Door::new(shop.stores.clone(), bell.clone());
        let runner = Runner::new(shop.clone(), door.clone(), bell, done.clone());
        let uploads = Arc::new(Uploads::new(door.clone()));
        let desk = Desk::new(shop, door, done, config.link_base());
        Ok(Self { desk, uploads, runner, jail, tools, workers: (config.workers(), config.readers()), lock: None })
    }

    /// Begins to work on jobs, and collects what dead processes left, until `stop`.
    pub fn start(&self, stop: CancellationToken) -> JoinHandle<()> {
        let runner = self.runner.clone();
        let stores = self.desk.stores().clone();
        let workers = self.workers;
        let housekeeping = stop.clone();
        tokio::spawn(housekeeping::keep(stores, housekeeping));
        tokio::spawn(async move { runner.run(workers, stop).await })
    }

    /// Lets the data folder go: open work is left for the next process, leases are given back.
    pub async fn close(self) {
        if let Err(error) = self.desk.stores().catalog.release_leases().await {
            tracing::warn!(%error, "leases could not be given back; they run out by themselves");
        }
        self.jail.quiesce().await;
        self.tools.quiesce().await;
        drop(self.lock);
    }
}

/// Looks whether a restored data folder has every part that its catalog names, and notes the restore in the audit trail.
/// Needs no keys. What is not whole, by id.
///
/// # Errors
/// [`AppError`].
pub async fn note_restored(layout: &Layout) -> Result<Vec<String>, AppError> {
    let _lock = take_lock(layout)?;
    let catalog = SqliteCatalog::open(&layout.catalog(), read_node(layout)?).map_err(world("opening the catalog"))?;
    let vault = FsVault::open(&layout.vault()).map_err(world("opening the object store"))?;
    let event = Event {
        actor: Actor::Os(nix::unistd::Uid::current().as_raw()),
        at: SystemClock.now(),
        act: Act::Restored,
        case: None,
        subject: "site".to_owned(),
        detail: String::new(),
        sealed: Sealed::default(),
    };
    ops::backup::restored((&catalog, &vault), event).await.map_err(world("looking at what was restored"))
}

/// Holds the data folder until what is returned is dropped, so that no other process works on it.
///
/// # Errors
/// [`AppError::Locked`].
pub fn take_lock(layout: &Layout) -> Result<File, AppError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(layout.lock())
        .map_err(world("opening the lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(AppError::Locked(layout.data.clone())),
        Err(std::fs::TryLockError::Error(error)) => Err(world("locking the data folder")(error)),
    }
}

/// The keyring of a site.
///
/// # Errors
/// A key cannot be read.
pub fn open_keyring(config: &Config, layout: &Layout) -> Result<Keyring, AppError> {
    let passphrase = passphrase(config)?;
    let path = layout.site_key();
    let site = match SiteIdentity::load(&path, passphrase.as_ref()) {
        Ok(site) => site,
        Err(_) if matches!(path.try_exists(), Ok(false)) => return Err(AppError::NoKey(path)),
        Err(error) => return Err(AppError::File { what: "the site key", path, cause: error.to_string() }),
    };
    let store = KeyStore::open(&layout.key_store()).map_err(world("opening the key store"))?;
    let recovery = match std::fs::read_to_string(layout.recovery_recipients()) {
        Ok(text) => text
            .split_whitespace()
            .map(str::parse)
            .collect::<Result<Vec<_>, _>>()
            .map_err(world("reading recovery recipients"))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(world("reading recovery recipients")(error)),
    };
    Ok(Keyring::new(site, store, recovery))
}

/// Where the site's key opens not one case, nothing here can work.
fn must_fit(keyring: &Keyring, layout: &Layout) -> Result<(), AppError> {
    let cases = keyring.cases().map_err(world("listing the keys of cases"))?;
    let is_strange = |case: &CaseId| matches!(keyring.case(*case), Err(SealError::WrongKey));
    let strange = !cases.is_empty() && cases.iter().all(is_strange);
    if strange { Err(AppError::WrongKey(layout.site_key())) } else { Ok(()) }
}

/// The passphrase of the site key, where one is configured.
///
/// # Errors
/// Its file cannot be read.
pub fn passphrase(config: &Config) -> Result<Option<Passphrase>, AppError> {
    if config.keys.passphrase_file.as_os_str().is_empty() {
        return Ok(None);
    }
    let path = &config.keys.passphrase_file;
    let text = std::fs::read_to_string(path).map_err(|error| AppError::File {
        what: "`keys.passphrase_file`",
        path: path.clone(),
        cause: error.to_string(),
    })?;
    Ok(Some(Passphrase::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}

fn read_node(layout: &Layout) -> Result<NodeId, AppError> {
    let text = std::fs::read_to_string(layout.node()).map_err(world("reading the node's id"))?;
    text.parse().map_err(world("reading the node's id"))
}

fn jail_config(config: &Config) -> JailConfig {
    JailConfig {
        executable: own_executable(),
        limits: config.limits.clone(),
        mode: jail_mode(config),
        inspectors_max: config.workers() + config.readers() + 1,
        probes: worker::Probes::Ignored,
    }
}

async fn open_tools(config: &Config, purpose: Purpose) -> Result<ToolHost, JailError> {
    match purpose {
        Purpose::Work => ToolHost::open(tools_config(config)).await,
        Purpose::TakeIn => ToolHost::untried(tools_config(config)),
    }
}

fn tools_config(config: &Config) -> ToolsConfig {
    let programs = match config.reading.mode {
        ReadingMode::On => Programs::find(),
        ReadingMode::Off => Programs::none(),
    };
    ToolsConfig {
        executable: own_executable(),
        mode: jail_mode(config),
        at_once: config.readers(),
        page_seconds: config.reading.page_seconds,
        programs,
    }
}

/// Holds even after the file was replaced by an upgrade.
fn own_executable() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

fn jail_mode(config: &Config) -> worker::JailMode {
    match config.jail.mode {
        JailMode::Required => worker::JailMode::Strict,
        JailMode::BestEffort => worker::JailMode::BestEffort,
    }
}
