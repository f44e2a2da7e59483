//! The collector: deletes parts that nothing names.
//!
//! It looks at ended epochs only, never at times: the process that wrote such a part is gone, so a part that no
//! transaction names now will never be named.

use super::{Vault, VaultError};
use crate::domain::ids::{EpochId, PartKey};
use std::future::Future;

/// What a run did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Collected {
    /// Parts that are named and stay.
    pub kept: u64,
    /// Parts deleted.
    pub deleted: u64,
    /// Bytes of those.
    pub deleted_bytes: u64,
}

/// Why a run stopped. What it did before is done; run it again.
#[derive(Debug, thiserror::Error)]
pub enum CollectError<E> {
    /// The store failed.
    #[error(transparent)]
    Vault(VaultError),
    /// Whoever knows the names failed.
    #[error("asking for the names of parts failed")]
    Names(E),
}

/// Deletes the parts of `ended` that `is_named` denies. The caller has made sure that the epoch HAS ended: a living
/// process names its parts only after they are written, and would lose them.
///
/// # Errors
/// [`CollectError`]; a part is deleted only after a clear "no" about it.
pub async fn collect<E, F, Answer>(vault: &dyn Vault, ended: EpochId, is_named: F) -> Result<Collected, CollectError<E>>
where
    F: Fn(PartKey) -> Answer,
    Answer: Future<Output = Result<bool, E>>,
{
    let mut collected = Collected::default();
    for (key, bytes) in vault.parts(ended).await.map_err(CollectError::Vault)? {
        if is_named(key).await.map_err(CollectError::Names)? {
            collected.kept += 1;
        } else {
            vault.delete(key).await.map_err(CollectError::Vault)?;
            collected.deleted += 1;
            collected.deleted_bytes += bytes;
        }
    }
    Ok(collected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::ids::ObjectId, vault::memory::MemoryVault};

    fn key(epoch: u8, name: u8) -> PartKey {
        PartKey { epoch: EpochId::from_bytes([epoch; 16]), name: ObjectId::from_bytes([name; 16]) }
    }

    /// Only unnamed parts of the ended epoch go; a living epoch's unnamed part stays.
    #[tokio::test]
    async fn only_unnamed_parts_of_the_ended_epoch_go() {
        let vault = MemoryVault::new();
        for (epoch, name) in [(1, 1), (1, 2), (2, 3)] {
            vault.put(key(epoch, name), vec![0; 7]).await.unwrap();
        }
        let named = |part| async move { Ok::<_, ()>(part == key(1, 1)) };
        let collected = collect(&vault, key(1, 0).epoch, named).await.unwrap();
        assert_eq!(collected, Collected { kept: 1, deleted: 1, deleted_bytes: 7 });
        assert_eq!(vault.parts(key(1, 0).epoch).await.unwrap(), [(key(1, 1), 7)]);
        assert_eq!(vault.parts(key(2, 0).epoch).await.unwrap(), [(key(2, 3), 7)]);
    }

    /// Where the names cannot be asked for, nothing is deleted.
    #[tokio::test]
    async fn no_answer_deletes_nothing() {
        let vault = MemoryVault::new();
        vault.put(key(1, 1), vec![0; 7]).await.unwrap();
        let broken = |_| async { Err::<bool, _>(()) };
        assert!(matches!(collect(&vault, key(1, 0).epoch, broken).await, Err(CollectError::Names(()))));
        assert_eq!(vault.parts(key(1, 0).epoch).await.unwrap().len(), 1);
    }
}
