//! The key store: a folder apart from the data folder with the wraps of each case identity.
//!
//! `<case>/site.age` is the case identity wrapped to the site, `<case>/recovery-<letters>.age` to the recovery recipient
//! whose public key begins with those letters. Each is an age file that holds a key file, so
//! `age -d -i site.key <case>/site.age` gives what `age -d -i` needs for the case's objects.
//!
//! Invariants: a case's folder appears whole (made aside, then renamed) and goes whole (renamed away, then shredded);
//! both are finished at the next opening after a crash. `site-next.age` exists during a rotation only.
//! One process uses a key store at a time (the data folder's lock sees to it). All calls block.

use super::{
    age_key::{AgeIdentity, AgeRecipient},
    durable::{self, Existing},
    error::SealError,
    keys::{CaseKeys, key_file_title},
    stream::{PartOpener, seal_to},
};
use crate::domain::ids::CaseId;
use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const SITE: &str = "site.age";
const SITE_NEXT: &str = "site-next.age";
const MAKING: &str = ".making-";
const SHREDDING: &str = ".shredding-";

/// A wrap of ours has about 400 bytes.
const WRAP_BYTES_MAX: u64 = 8 * 1024;

/// A folder of wraps.
pub struct KeyStore {
    root: PathBuf,
}

impl KeyStore {
    /// Opens the folder, making it if need be, and finishes what a crash interrupted.
    ///
    /// # Errors
    /// [`SealError::World`].
    pub fn open(root: &Path) -> Result<Self, SealError> {
        durable::make_folder(root)?;
        let store = Self { root: root.to_path_buf() };
        for name in store.names()? {
            if name.starts_with(MAKING) || name.starts_with(SHREDDING) {
                shred_folder(&root.join(name))?;
            }
        }
        durable::sync_folder(root)?;
        Ok(store)
    }

    /// The cases that have keys here.
    ///
    /// # Errors
    /// [`SealError::World`].
    pub fn list(&self) -> Result<Vec<CaseId>, SealError> {
        let mut cases: Vec<CaseId> = self.names()?.iter().filter_map(|name| name.parse().ok()).collect();
        cases.sort_unstable();
        Ok(cases)
    }

    /// Removes every wrap of a case. Once this returns, only copies of wraps elsewhere open the case.
    ///
    /// # Errors
    /// [`SealError::NoCase`], [`SealError::World`].
    pub fn remove(&self, case: CaseId) -> Result<(), SealError> {
        let gone = self.root.join(format!("{SHREDDING}{case}"));
        fs::rename(self.folder(case), &gone).map_err(|error| match error.kind() {
            ErrorKind::NotFound => SealError::NoCase(case),
            _ => SealError::World { act: "removing the keys of a case", source: error },
        })?;
        durable::sync_folder(&self.root)?;
        shred_folder(&gone)?;
        durable::sync_folder(&self.root)
    }

    /// Writes the wraps of a new case: all or none.
    pub(super) fn add(
        &self,
        case: CaseId,
        keys: &CaseKeys,
        site: &AgeRecipient,
        recovery: &[AgeRecipient],
    ) -> Result<(), SealError> {
        let folder = self.folder(case);
        if folder.exists() {
            return Err(SealError::CaseExists(case));
        }
        let making = self.root.join(format!("{MAKING}{case}"));
        let made = (|| {
            // What an attempt before this one left is replaced file by file.
            durable::make_folder(&making)?;
            durable::write(&making.join(SITE), &wrap(case, keys, site), Existing::Replace)?;
            for recipient in recovery {
                let name = making.join(recovery_name(recipient));
                durable::write(&name, &wrap(case, keys, recipient), Existing::Replace)?;
            }
            fs::rename(&making, &folder).map_err(SealError::world("placing the keys of a case"))
        })();
        if made.is_err() {
            // Where this fails too, the next opening does it.
            let _ = shred_folder(&making);
        }
        made?;
        durable::sync_folder(&self.root)
    }

    /// Unwraps a case with a site identity. A rotation that was interrupted leaves the wrap to the new identity beside
    /// the old one: either identity opens the case then.
    pub(super) fn unwrap_site(&self, case: CaseId, site: &AgeIdentity) -> Result<CaseKeys, SealError> {
        match self.unwrap(case, SITE, site) {
            Err(SealError::WrongKey) => match self.unwrap(case, SITE_NEXT, site) {
                Err(SealError::NoCase(_)) => Err(SealError::WrongKey),
                other => other,
            },
            other => other,
        }
    }

    /// Unwraps a case with a recovery identity.
    pub(super) fn unwrap_recovery(&self, case: CaseId, recovery: &AgeIdentity) -> Result<CaseKeys, SealError> {
        self.unwrap(case, &recovery_name(&recovery.recipient()), recovery)
    }

    /// Does the site's wrap of this case open with this identity?
    pub(super) fn is_wrapped_to(&self, case: CaseId, site: &AgeIdentity) -> Result<bool, SealError> {
        match self.unwrap(case, SITE, site) {
            Ok(_) => Ok(true),
            // No wrap at all: it was shredded by a promotion that did not come to its end.
            Err(SealError::WrongKey | SealError::NoCase(_) | SealError::Damaged(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Unwraps a case from the wrap that a rotation has staged.
    pub(super) fn unwrap_staged(&self, case: CaseId, site: &AgeIdentity) -> Result<CaseKeys, SealError> {
        self.unwrap(case, SITE_NEXT, site)
    }

    /// First half of a rotation: the wrap to the new site identity, beside the old one.
    pub(super) fn stage_site(&self, case: CaseId, keys: &CaseKeys, site: &AgeRecipient) -> Result<(), SealError> {
        durable::write(&self.folder(case).join(SITE_NEXT), &wrap(case, keys, site), Existing::Replace)
    }

    /// Second half of a rotation: the staged wrap takes the place of the old one, which is shredded.
    pub(super) fn promote_site(&self, case: CaseId) -> Result<(), SealError> {
        let folder = self.folder(case);
        // The staged wrap first takes the old one's name, then the old one's blocks are overwritten: the case has a
        // whole wrap at every moment.
        let old = File::options().write(true).open(folder.join(SITE));
        fs::rename(folder.join(SITE_NEXT), folder.join(SITE)).map_err(SealError::world("placing a new wrap"))?;
        durable::sync_folder(&folder)?;
        match old {
            Ok(mut old) => durable::overwrite(&mut old),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(source) => Err(SealError::World { act: "opening an old wrap", source }),
        }
    }

    /// Wraps a case to one more recovery recipient, or anew to the same.
    pub(super) fn add_recovery(&self, case: CaseId, keys: &CaseKeys, to: &AgeRecipient) -> Result<(), SealError> {
        durable::write(&self.folder(case).join(recovery_name(to)), &wrap(case, keys, to), Existing::Replace)
    }

    fn unwrap(&self, case: CaseId, name: &str, identity: &AgeIdentity) -> Result<CaseKeys, SealError> {
        let mut sealed = Vec::new();
        let read = File::open(self.folder(case).join(name))
            .and_then(|file| file.take(WRAP_BYTES_MAX + 1).read_to_end(&mut sealed));
        match read {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(SealError::NoCase(case)),
            other => other.map_err(SealError::world("reading the keys of a case"))?,
        };
        if sealed.len() as u64 > WRAP_BYTES_MAX {
            return Err(SealError::Damaged("a wrap is too long"));
        }
        let text = PartOpener::open_unrecorded(identity, &sealed)?.open_all(&sealed)?;
        let text = std::str::from_utf8(&text).map_err(|_| SealError::Damaged("a wrap holds no text"))?;
        if text.lines().next().and_then(|line| line.strip_prefix("# ")) != Some(key_file_title(case).as_str()) {
            return Err(SealError::Damaged("a wrap of another case"));
        }
        CaseKeys::from_identity_text(text).map_err(|_| SealError::Damaged("a wrap holds no key"))
    }

    fn folder(&self, case: CaseId) -> PathBuf {
        self.root.join(case.to_string())
    }

    fn names(&self) -> Result<Vec<String>, SealError> {
        let act = "listing the key store";
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(SealError::world(act))? {
            names.extend(entry.map_err(SealError::world(act))?.file_name().into_string());
        }
        Ok(names)
    }
}

fn wrap(case: CaseId, keys: &CaseKeys, to: &AgeRecipient) -> Vec<u8> {
    let text: Zeroizing<String> = keys.expose_key_file(case);
    seal_to(to, text.as_bytes()).bytes
}

fn recovery_name(recipient: &AgeRecipient) -> String {
    format!("recovery-{}.age", recipient.short_name())
}

fn shred_folder(folder: &Path) -> Result<(), SealError> {
    let act = "shredding the keys of a case";
    for entry in fs::read_dir(folder).map_err(SealError::world(act))? {
        durable::shred_file(&entry.map_err(SealError::world(act))?.path())?;
    }
    fs::remove_dir(folder).map_err(SealError::world(act))
}
