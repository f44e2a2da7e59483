//! Making a site: folders, keys, catalog, in an order that a death may cut anywhere.
//!
//! The catalog comes last and says that the site is complete. Keys without one were left by an `init` that did not end:
//! nothing can have been sealed with them yet, so the next `init` takes what stands there and makes the rest. Where
//! something *was* sealed with them, the data folder is lost or lies elsewhere, and nothing is made.

use super::{AppError, Layout, passphrase, take_lock, world};
use crate::{
    catalog::sqlite::SqliteCatalog,
    config::Config,
    domain::ids::NodeId,
    seal::{self, KeyStore, Passphrase, RecoveryIdentity, SiteIdentity},
    vault::fs::FsVault,
};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// What making a site wrote.
pub struct Made {
    /// Where things lie.
    pub layout: Layout,
    /// The recovery identity, unless none was wanted.
    pub recovery: Option<PathBuf>,
    /// Where it began.
    pub began: Began,
}

/// Where the making of a site began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Began {
    /// Nothing was there.
    Anew,
    /// With what an earlier `init` had made before it was ended.
    HalfWay,
}

/// Makes a site: data folder, catalog, site key, and a recovery identity to be moved away.
///
/// # Errors
/// [`AppError::SiteExists`] and [`AppError::KeysInUse`] without changing anything; `Locked`; `World`, after which `init`
/// may be given again.
pub fn init(config: &Config, recovery: Option<&Path>) -> Result<Made, AppError> {
    let layout = Layout::of(config);
    let began = look(&layout, recovery)?;
    for folder in [&layout.data, &layout.keys] {
        std::fs::create_dir_all(folder).map_err(|error| AppError::Folder(folder.clone(), error))?;
        restrict(folder, 0o700)?;
    }
    let _alone = take_lock(&layout)?;
    seal::sweep_key_folder(&layout.keys).map_err(world("clearing what an earlier init left"))?;
    site_key(&layout, passphrase(config)?.as_ref())?;
    fail::fail_point!("init.step");
    KeyStore::open(&layout.key_store()).map_err(world("making the key store"))?;
    fail::fail_point!("init.step");
    note_recovery(&layout, recovery)?;
    fail::fail_point!("init.step");
    let node = node(&layout)?;
    fail::fail_point!("init.step");
    FsVault::open(&layout.vault()).map_err(world("making the object store"))?;
    fail::fail_point!("init.step");
    SqliteCatalog::open(&layout.catalog(), node).map_err(world("making the catalog"))?;
    Ok(Made { layout, recovery: recovery.map(Path::to_owned), began })
}

/// Looks, without changing anything, whether a site may be made here.
fn look(layout: &Layout, recovery: Option<&Path>) -> Result<Began, AppError> {
    if layout.catalog().exists() {
        return Err(AppError::SiteExists(layout.data.clone()));
    }
    if layout.site_key().exists() {
        let store = KeyStore::open(&layout.key_store()).map_err(world("opening the key store"))?;
        let cases = store.list().map_err(world("listing the keys of cases"))?;
        return if cases.is_empty() { Ok(Began::HalfWay) } else { Err(AppError::KeysInUse(layout.keys.clone())) };
    }
    match recovery {
        // Another site's, or something else altogether: it is never taken for ours.
        Some(path) if path.exists() => Err(AppError::FileExists(path.to_owned())),
        _ => Ok(Began::Anew),
    }
}

fn site_key(layout: &Layout, passphrase: Option<&Passphrase>) -> Result<(), AppError> {
    let path = layout.site_key();
    if path.exists() {
        // It must open with the passphrase that is configured now, or nothing ever would.
        return SiteIdentity::load(&path, passphrase).map(drop).map_err(world("opening the site key"));
    }
    SiteIdentity::generate().store(&path, passphrase).map_err(world("writing the site key"))
}

/// Makes the recovery identity, unless an earlier `init` did, and notes to whom keys are wrapped from now on.
fn note_recovery(layout: &Layout, path: Option<&Path>) -> Result<(), AppError> {
    let note = layout.recovery_recipients();
    let Some(path) = path else {
        return match std::fs::remove_file(note) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(world("clearing recovery recipients")(error)),
            _ => Ok(()),
        };
    };
    let identity = if path.exists() {
        RecoveryIdentity::load(path, None).map_err(world("reading the recovery identity"))?
    } else {
        let fresh = RecoveryIdentity::generate();
        fresh.store(path, None).map_err(world("writing the recovery identity"))?;
        fresh
    };
    fail::fail_point!("init.step");
    let text = format!("{}\n", identity.recipient());
    seal::replace_file(&note, text.as_bytes()).map_err(world("noting the recovery recipient"))
}

fn node(layout: &Layout) -> Result<NodeId, AppError> {
    if layout.node().exists() {
        return super::read_node(layout);
    }
    let node = NodeId::from_bytes(seal::random_bytes());
    seal::replace_file(&layout.node(), format!("{node}\n").as_bytes()).map_err(world("writing the node's id"))?;
    Ok(node)
}

fn restrict(path: &Path, mode: u32) -> Result<(), AppError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(world("restricting a folder"))
}
