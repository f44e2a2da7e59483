//! Index files as sealed objects of their case.

use super::{SearchError, sealed::IndexStore};
use crate::{
    domain::{
        entry::Parts,
        ids::{CaseId, ObjectId},
    },
    seal::Keyring,
    vault::{
        VaultError,
        objects::{ObjectError, Objects},
    },
};
use async_trait::async_trait;
use std::sync::Arc;

/// Bytes of one index file: beyond the text of any case that people can read.
const INDEX_FILE_BYTES_MAX: u64 = 4 << 30;

/// Seals index files to the vault under the keys of their case.
pub struct ObjectIndexStore {
    objects: Arc<Objects>,
    keyring: Arc<Keyring>,
}

impl ObjectIndexStore {
    /// A store over these objects and keys.
    pub fn new(objects: Arc<Objects>, keyring: Arc<Keyring>) -> Self {
        Self { objects, keyring }
    }
}

#[async_trait]
impl IndexStore for ObjectIndexStore {
    async fn write(&self, case: CaseId, bytes: Vec<u8>) -> Result<(ObjectId, Parts), SearchError> {
        let keys = self.keyring.case(case).map_err(|e| world("opening the case's keys", &e))?;
        let written = self.objects.write(&keys.recipient(), bytes).await;
        written.map_err(|e| world("sealing an index file", &e))
    }

    async fn read(&self, case: CaseId, _object: ObjectId, parts: &Parts) -> Result<Vec<u8>, SearchError> {
        let keys = self.keyring.case(case).map_err(|e| world("opening the case's keys", &e))?;
        let read = self.objects.reader(keys, parts.clone()).read_all(INDEX_FILE_BYTES_MAX).await;
        read.map_err(|error| match error {
            ObjectError::Vault(VaultError::World { .. }) => world("reading an index file", &error),
            other => SearchError::Damaged(other.to_string()),
        })
    }
}

fn world(act: &'static str, error: &dyn std::fmt::Display) -> SearchError {
    SearchError::World { act, detail: error.to_string() }
}
