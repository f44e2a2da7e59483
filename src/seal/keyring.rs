//! The keyring: from a case's id to its keys, over the site identity and the key store.
//!
//! Opened keys are cached, a bounded number of them. Calls block on small files the first time a case is asked for and
//! whenever keys are written. Changes to the key store go one after the other.

use super::{
    age_key::AgeRecipient,
    error::SealError,
    keys::CaseKeys,
    keystore::KeyStore,
    site::{RecoveryIdentity, SiteIdentity},
};
use crate::domain::ids::CaseId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Cases whose keys stay open: more than are worked on at once; each takes about 3 KiB.
const OPEN_CASES_MAX: usize = 512;

/// The keys of the site's cases.
pub struct Keyring {
    backing: Backing,
    open: Mutex<OpenCases>,
}

enum Backing {
    Store(Mutex<Stored>),
    Memory,
}

struct Stored {
    site: SiteIdentity,
    recovery: Vec<AgeRecipient>,
    store: KeyStore,
}

impl Keyring {
    /// A keyring over a key store. New cases are wrapped to the site and to every recovery recipient.
    pub fn new(site: SiteIdentity, store: KeyStore, recovery: Vec<AgeRecipient>) -> Self {
        Self { backing: Backing::Store(Mutex::new(Stored { site, recovery, store })), open: Mutex::default() }
    }

    /// A keyring whose keys live in memory only and end with it: for looking at files without keeping anything.
    pub fn ephemeral() -> Self {
        Self { backing: Backing::Memory, open: Mutex::default() }
    }

    /// Makes the keys of a new case; they are durable when this returns.
    ///
    /// # Errors
    /// [`SealError::CaseExists`], [`SealError::World`].
    pub fn create_case(&self, case: CaseId) -> Result<Arc<CaseKeys>, SealError> {
        let keys = Arc::new(CaseKeys::generate());
        match &self.backing {
            Backing::Store(stored) => {
                let stored = lock(stored);
                stored.store.add(case, &keys, &stored.site.recipient(), &stored.recovery)?;
                lock(&self.open).insert(case, &keys, OPEN_CASES_MAX);
            }
            Backing::Memory => {
                let mut open = lock(&self.open);
                if open.get(case).is_some() {
                    return Err(SealError::CaseExists(case));
                }
                open.insert(case, &keys, usize::MAX);
            }
        }
        Ok(keys)
    }

    /// The keys of a case. Whoever seals to the case compares [`CaseKeys::recipient`] with the one on record: age does
    /// not say who wrote a wrap.
    ///
    /// # Errors
    /// [`SealError::NoCase`] where it is unknown or shredded; [`SealError::WrongKey`] where its wrap is to another
    /// site; [`SealError::Damaged`]; [`SealError::World`].
    pub fn case(&self, case: CaseId) -> Result<Arc<CaseKeys>, SealError> {
        if let Some(keys) = lock(&self.open).get(case) {
            return Ok(keys);
        }
        let Backing::Store(stored) = &self.backing else { return Err(SealError::NoCase(case)) };
        // The store stays locked until the keys are cached, lest a shredding in between be undone by the cache.
        let stored = lock(stored);
        let keys = Arc::new(stored.store.unwrap_site(case, stored.site.identity())?);
        lock(&self.open).insert(case, &keys, OPEN_CASES_MAX);
        Ok(keys)
    }

    /// The cases that have keys.
    ///
    /// # Errors
    /// [`SealError::World`].
    pub fn cases(&self) -> Result<Vec<CaseId>, SealError> {
        match &self.backing {
            Backing::Store(stored) => lock(stored).store.list(),
            Backing::Memory => Ok(lock(&self.open).cases.keys().copied().collect()),
        }
    }

    /// The public half of the site identity; none of a keyring that lives in memory only.
    pub fn site_recipient(&self) -> Option<AgeRecipient> {
        match &self.backing {
            Backing::Store(stored) => Some(lock(stored).site.recipient()),
            Backing::Memory => None,
        }
    }

    /// Wraps every case to a new site identity, which then is this keyring's.
    ///
    /// The new identity's key file MUST be durable before this is called, beside the old one, and take its place only
    /// afterwards; else a crash in between locks the site out (but for recovery). After a crash, call it again with the
    /// same two identities; until then either opens each case whose wrap is not promoted, and only the new one the others.
    ///
    /// # Errors
    /// [`SealError::Ephemeral`]; where one case fails, that fault, and the old identity stays in use.
    pub fn rotate(&self, new: SiteIdentity) -> Result<(), SealError> {
        let Backing::Store(stored) = &self.backing else { return Err(SealError::Ephemeral("rotate")) };
        let mut stored = lock(stored);
        let store = &stored.store;
        rewrap(store, &new, |case| store.unwrap_site(case, stored.site.identity()))?;
        stored.site = new;
        Ok(())
    }

    /// Wraps every case to one more recovery recipient, and each new case from now on. May be repeated.
    ///
    /// # Errors
    /// [`SealError::Ephemeral`], or the fault of the first case that fails.
    pub fn add_recovery(&self, recipient: AgeRecipient) -> Result<(), SealError> {
        let Backing::Store(stored) = &self.backing else { return Err(SealError::Ephemeral("add a recipient")) };
        let mut stored = lock(stored);
        for case in stored.store.list()? {
            let keys = stored.store.unwrap_site(case, stored.site.identity())?;
            stored.store.add_recovery(case, &keys, &recipient)?;
        }
        if !stored.recovery.contains(&recipient) {
            stored.recovery.push(recipient);
        }
        Ok(())
    }

    /// Destroys the keys of a case. Copies handed out before end with their holders.
    ///
    /// # Errors
    /// [`SealError::NoCase`], [`SealError::World`].
    pub fn shred(&self, case: CaseId) -> Result<(), SealError> {
        match &self.backing {
            Backing::Store(stored) => {
                let stored = lock(stored);
                lock(&self.open).remove(case);
                stored.store.remove(case)
            }
            Backing::Memory => lock(&self.open).remove(case).map(drop).ok_or(SealError::NoCase(case)),
        }
    }
}

/// Gives a key store whose site identity is lost to a new one, with a recovery identity. The new key file MUST be
/// durable before.
///
/// # Errors
/// [`SealError::NoCase`] where a case was never wrapped to this recovery identity; the other faults of reading wraps.
pub fn recover(store: &KeyStore, recovery: &RecoveryIdentity, new: &SiteIdentity) -> Result<(), SealError> {
    rewrap(store, new, |case| store.unwrap_recovery(case, recovery.identity()))
}

/// Stages the new wrap of every case, and promotes only when all are staged: up to there the old identity still opens
/// everything. A case that is promoted already, by a run that was interrupted, is left as it is.
fn rewrap(
    store: &KeyStore,
    new: &SiteIdentity,
    open: impl Fn(CaseId) -> Result<CaseKeys, SealError>,
) -> Result<(), SealError> {
    let mut staged = Vec::new();
    for case in store.list()? {
        if store.is_wrapped_to(case, new.identity())? {
            continue;
        }
        let keys = match store.unwrap_staged(case, new.identity()) {
            Ok(keys) => keys,
            Err(_) => open(case)?,
        };
        store.stage_site(case, &keys, &new.recipient())?;
        staged.push(case);
    }
    staged.into_iter().try_for_each(|case| store.promote_site(case))
}

#[derive(Default)]
struct OpenCases {
    cases: HashMap<CaseId, (Arc<CaseKeys>, u64)>,
    uses: u64,
}

impl OpenCases {
    fn get(&mut self, case: CaseId) -> Option<Arc<CaseKeys>> {
        self.uses += 1;
        let (keys, used) = self.cases.get_mut(&case)?;
        *used = self.uses;
        Some(Arc::clone(keys))
    }

    fn insert(&mut self, case: CaseId, keys: &Arc<CaseKeys>, cases_max: usize) {
        if self.cases.len() >= cases_max
            && let Some(oldest) = self.cases.iter().min_by_key(|(_, (_, used))| *used).map(|(case, _)| *case)
        {
            self.cases.remove(&oldest);
        }
        self.uses += 1;
        self.cases.insert(case, (Arc::clone(keys), self.uses));
    }

    fn remove(&mut self, case: CaseId) -> Option<Arc<CaseKeys>> {
        self.cases.remove(&case).map(|(keys, _)| keys)
    }
}

/// What is under these locks is whole at every moment, so a panic elsewhere does not taint it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
