//! Backup and restore: a consistent copy of the catalog first, then every object it names. Keys go apart.
//!
//! Objects are written once and never changed, so those that the catalog's copy names can be copied at leisure; what is
//! deleted meanwhile was given up before the copy or is copied already. A restore checks that nothing named is missing.

use crate::{
    audit::{Act, Event},
    control::Reply,
    domain::{entry::Sealed, origin::Actor},
    pipeline::{Stores, Trouble},
    vault::{Vault, VaultError, fs::FsVault},
};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// Objects asked for at once.
const PAGE: u32 = 500;

/// Copies catalog and objects to a new folder.
///
/// # Errors
/// The folder exists, or the world failed: what was written then is no backup.
pub async fn backup(stores: &Stores, to: &Path, actor: &Actor) -> Result<Reply, Trouble> {
    if to.exists() {
        return Err(Trouble::Refused("the folder of a backup must not exist yet".to_owned()));
    }
    fs::create_dir_all(to).map_err(|e| retry("making the backup's folder", &e))?;
    let copy = FsVault::open(&to.join("objects")).map_err(|e| vault("making the backup's store", &e))?;
    // In the chain before the copy is made, so that the copy says that it is one.
    stores.catalog.append_audit(backed_up(stores, actor)).await?;
    stores.catalog.backup_to(&to.join("catalog.db")).await?;
    let (mut files, mut bytes) = (1, 0);
    let mut after = None;
    loop {
        let page = stores.catalog.named_objects(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.object);
        for part in page.iter().flat_map(|named| &named.parts.0) {
            let sealed = stores.objects.vault().get(part.key, 0..part.sealed_bytes).await;
            let sealed = sealed.map_err(|e| vault("reading a part", &e))?;
            copy.put(part.key, sealed).await.map_err(|e| vault("copying a part", &e))?;
            files += 1;
            bytes += part.sealed_bytes;
        }
    }
    Ok(Reply::Wrote { files, bytes })
}

/// Makes a data folder from a backup.
///
/// # Errors
/// The data folder exists, or the backup is not whole.
pub fn restore(from: &Path, data: &Path) -> Result<(u64, u64), Trouble> {
    if data.join("catalog.db").exists() {
        return Err(Trouble::Refused("there is a catalog in the data folder already; nothing was changed".to_owned()));
    }
    if !from.join("catalog.db").exists() {
        return Err(Trouble::Refused("this folder holds no backup: it has no catalog.db".to_owned()));
    }
    let (mut files, mut bytes) = (0, 0);
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        for item in fs::read_dir(from.join(&folder)).map_err(|e| retry("listing the backup", &e))? {
            let item = item.map_err(|e| retry("listing the backup", &e))?;
            let name = folder.join(item.file_name());
            if item.file_type().map_err(|e| retry("listing the backup", &e))?.is_dir() {
                waiting.push(name);
                continue;
            }
            let content = fs::read(item.path()).map_err(|e| retry("reading the backup", &e))?;
            write_durably(&data.join(&name), &content)?;
            files += 1;
            bytes += content.len() as u64;
        }
    }
    Ok((files, bytes))
}

fn write_durably(path: &Path, content: &[u8]) -> Result<(), Trouble> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|e| retry("making a folder", &e))?;
    let mut file = fs::File::create_new(path).map_err(|e| retry("making a file", &e))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|e| retry("writing a file", &e))?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| retry("syncing a folder", &e))
}

fn retry(act: &'static str, error: &std::io::Error) -> Trouble {
    Trouble::Retry { act, cause: error.to_string() }
}

fn vault(act: &'static str, error: &VaultError) -> Trouble {
    Trouble::Retry { act, cause: error.to_string() }
}

fn backed_up(stores: &Stores, actor: &Actor) -> Event {
    Event {
        actor: actor.clone(),
        at: stores.clock.now(),
        act: Act::BackedUp,
        case: None,
        subject: "site".to_owned(),
        detail: String::new(),
        sealed: Sealed::default(),
    }
}
