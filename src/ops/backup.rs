//! Backup and restore: a consistent copy of the catalog, every object that this copy names, and the contents list of
//! each case as the copy has it. Keys go apart.
//!
//! Objects are written once and never changed, and nothing is deleted while a backup copies, so what the copy of the
//! catalog names is there, however long copying takes; taking in goes on meanwhile. Both ways write to a folder beside
//! the one that is wanted, `<name>.partial`, and rename it when all is durable: a folder under its final name is whole.

use crate::{
    audit::{Act, Event},
    catalog::Catalog,
    domain::{
        case::CaseState,
        entry::{Part, Sealed},
        limits::WRITES_IN_FLIGHT_MAX,
        origin::Actor,
    },
    pipeline::{Stores, Trouble, contents, index},
    vault::{Vault, VaultError, fs::FsVault, shelf::FolderShelf},
};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::task::{JoinError, JoinSet};

/// Objects asked for at once.
const PAGE: u32 = 500;

/// Names within a backup, and within a data folder.
const CATALOG: &str = "catalog.db";
const NODE: &str = "node-id";
const OBJECTS: &str = "objects";
const CONTENTS: &str = "contents";

/// Copies catalog, objects and contents lists to a new folder. Parts that are missing or cut are named in the answer:
/// one damaged object does not keep the others from being backed up.
///
/// # Errors
/// The folder exists, or the world failed: there is no folder of that name then.
pub async fn backup(stores: &Stores, to: &Path, actor: &Actor) -> Result<Copied, Trouble> {
    let beside = begin(to, "the folder of a backup must not exist yet")?;
    let _everything_stays = stores.deletions.read().await;
    let written = write(stores, &beside, actor).await;
    let copied = match written {
        Ok(copied) => copied,
        Err(trouble) => {
            // What is there is no backup; where it cannot be removed, its name says so.
            let _ = fs::remove_dir_all(&beside);
            return Err(trouble);
        }
    };
    place(&beside, to)?;
    Ok(copied)
}

async fn write(stores: &Stores, beside: &Path, actor: &Actor) -> Result<Copied, Trouble> {
    // In the chain before the copy is made, so that the copy says that it is one.
    stores.catalog.append_audit(event(stores, Act::BackedUp, actor)).await?;
    stores.catalog.backup_to(&beside.join(CATALOG)).await?;
    let copy = stores.catalog.read_copy(&beside.join(CATALOG)).await?;
    let node = copy.audit_head().await?.node;
    write_durably(&beside.join(NODE), format!("{node}\n").as_bytes())?;
    let mut copied = Copied { files: 2, bytes: size_of(&beside.join(CATALOG))?, faults: Vec::new() };
    copied.objects(stores, copy.as_ref(), Arc::new(FsVault::open(&beside.join(OBJECTS))?)).await?;
    copied.contents(Stores { catalog: copy, ..stores.clone() }, &beside.join(CONTENTS)).await?;
    Ok(copied)
}

/// A part, and how copying it went.
type PartCopied = (Part, Result<(), VaultError>);

/// What was copied.
pub struct Copied {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// What could not be copied because it is damaged, by id.
    pub faults: Vec<String>,
}

impl Copied {
    /// Every part that the copy of the catalog names, a few at a time.
    async fn objects(&mut self, stores: &Stores, copy: &dyn Catalog, to: Arc<FsVault>) -> Result<(), Trouble> {
        let from = stores.objects.vault();
        let mut after = None;
        loop {
            let page = copy.named_objects(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.object);
            let mut under_way = JoinSet::new();
            for part in page.iter().flat_map(|named| &named.parts.0) {
                if under_way.len() >= WRITES_IN_FLIGHT_MAX {
                    self.settle(under_way.join_next().await)?;
                }
                under_way.spawn(copy_part(from.clone(), to.clone(), *part));
            }
            while !under_way.is_empty() {
                self.settle(under_way.join_next().await)?;
            }
        }
    }

    /// Counts a part that was copied, or notes that it cannot be.
    fn settle(&mut self, ended: Option<Result<PartCopied, JoinError>>) -> Result<(), Trouble> {
        match ended.transpose().map_err(|e| failed("copying a part", io::Error::other(e)))? {
            None => {}
            Some((part, Ok(()))) => {
                self.files += 1;
                self.bytes += part.sealed_bytes;
            }
            Some((_, Err(fault @ (VaultError::Missing(_) | VaultError::Short { .. })))) => {
                self.faults.push(fault.to_string());
            }
            Some((_, Err(other))) => return Err(other.into()),
        }
        Ok(())
    }

    /// The contents lists, made from the copy, so that they name what was copied and nothing else.
    async fn contents(&mut self, mut stores: Stores, folder: &Path) -> Result<(), Trouble> {
        stores.shelf = Arc::new(FolderShelf::open(folder)?);
        for case in stores.catalog.cases().await? {
            if case.state == CaseState::Shredded {
                continue;
            }
            let listed = async {
                let keys = stores.keys(case.id)?;
                let file = index::lay_open(&stores, &keys, case.id).await?;
                contents::write(&stores, &keys, (case.id, case.revision), &file).await
            };
            match listed.await {
                Ok(()) => self.files += 1,
                Err(Trouble::Damaged(what)) => self.faults.push(format!("contents list of case {}: {what}", case.id)),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }
}

async fn copy_part(from: Arc<dyn Vault>, to: Arc<FsVault>, part: Part) -> PartCopied {
    let copied = async {
        let sealed = from.get(part.key, 0..part.sealed_bytes).await?;
        to.put(part.key, sealed).await
    };
    (part, copied.await)
}

/// Makes a data folder from a backup; files and bytes.
///
/// # Errors
/// There is a data folder already, this is no backup, or the world failed: the data folder is as it was then.
pub fn restore(from: &Path, data: &Path) -> Result<(u64, u64), Trouble> {
    for name in [CATALOG, NODE, OBJECTS] {
        if !from.join(name).exists() {
            return Err(Trouble::Refused(format!("this folder holds no whole backup: it has no {name}")));
        }
    }
    let empty = fs::read_dir(data).map_or(true, |mut items| items.next().is_none());
    if !empty {
        return Err(Trouble::Refused("the data folder is not empty; nothing was changed".to_owned()));
    }
    let beside = partial(data);
    make_new(&beside)?;
    let (mut files, mut bytes) = (0, 0);
    let mut waiting: Vec<PathBuf> = [CATALOG, NODE, OBJECTS, CONTENTS].map(PathBuf::from).to_vec();
    while let Some(name) = waiting.pop() {
        let source = from.join(&name);
        let Ok(kind) = fs::symlink_metadata(&source).map(|found| found.file_type()) else { continue };
        if kind.is_dir() {
            DirBuilder::new().mode(0o700).create(beside.join(&name)).map_err(|e| failed("making a folder", e))?;
            for item in fs::read_dir(&source).map_err(|e| failed("listing the backup", e))? {
                waiting.push(name.join(item.map_err(|e| failed("listing the backup", e))?.file_name()));
            }
        } else if kind.is_file() {
            bytes += copy_file(&source, &beside.join(&name))?;
            files += 1;
        }
    }
    place(&beside, data)?;
    Ok((files, bytes))
}

/// What a restored catalog names and the restored store does not have whole, by id; and the audit trail is told of the
/// restore, so that it goes on where the backup ended.
///
/// # Errors
/// The world failed.
pub async fn restored((catalog, vault): (&dyn Catalog, &dyn Vault), event: Event) -> Result<Vec<String>, Trouble> {
    let mut faults = Vec::new();
    let mut after = None;
    loop {
        let page = catalog.named_objects(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.object);
        for part in page.iter().flat_map(|named| &named.parts.0) {
            match vault.get(part.key, part.sealed_bytes..part.sealed_bytes).await {
                Ok(_) => {}
                Err(fault @ (VaultError::Missing(_) | VaultError::Short { .. })) => faults.push(fault.to_string()),
                Err(other) => return Err(other.into()),
            }
        }
    }
    catalog.append_audit(event).await?;
    Ok(faults)
}

/// The folder beside the wanted one, made; neither may be there.
fn begin(to: &Path, exists: &str) -> Result<PathBuf, Trouble> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(Trouble::Refused(exists.to_owned()));
    }
    let beside = partial(to);
    make_new(&beside)?;
    Ok(beside)
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn make_new(folder: &Path) -> Result<(), Trouble> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|e| unmade(parent, e))?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Trouble::Refused(format!(
            "{} is left from an attempt that was interrupted; remove it and try again",
            folder.display()
        ))),
        other => other.map_err(|e| unmade(folder, e)),
    }
}

/// Everything beside becomes durable, then takes its name. An empty folder of that name gives way.
fn place(beside: &Path, to: &Path) -> Result<(), Trouble> {
    let act = "placing a folder";
    let sync = |path: &Path| File::open(path).and_then(|folder| nix::unistd::syncfs(&folder).map_err(io::Error::from));
    sync(beside).map_err(|e| failed(act, e))?;
    fs::rename(beside, to).map_err(|e| failed(act, e))?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent).and_then(|folder| folder.sync_all()).map_err(|e| failed(act, e))
}

fn copy_file(from: &Path, to: &Path) -> Result<u64, Trouble> {
    let act = "copying a file of the backup";
    let mut source = File::open(from).map_err(|e| failed(act, e))?;
    let target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut target = target.map_err(|e| failed(act, e))?;
    io::copy(&mut source, &mut target).map_err(|e| failed(act, e))
}

fn write_durably(path: &Path, content: &[u8]) -> Result<(), Trouble> {
    use std::io::Write;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
        .map_err(|e| failed("writing a file", e))
}

fn size_of(path: &Path) -> Result<u64, Trouble> {
    fs::metadata(path).map(|found| found.len()).map_err(|e| failed("looking at the catalog's copy", e))
}

/// Said to the asker, who named the place.
fn unmade(folder: &Path, error: io::Error) -> Trouble {
    match failed("making a folder", error) {
        Trouble::Retry { act, cause } => Trouble::Retry { act, cause: format!("{}: {cause}", folder.display()) },
        other => other,
    }
}

fn failed(act: &'static str, error: io::Error) -> Trouble {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Trouble::Full,
        _ => Trouble::Retry { act, cause: error.to_string() },
    }
}

fn event(stores: &Stores, act: Act, actor: &Actor) -> Event {
    Event {
        actor: actor.clone(),
        at: stores.clock.now(),
        act,
        case: None,
        subject: "site".to_owned(),
        detail: String::new(),
        sealed: Sealed::default(),
    }
}
