//! Calls of the file system, off the threads that serve connections.

use super::{VaultError, fs::fault};
use std::io;

/// Runs a call that blocks; `act` says in an error what was attempted.
pub(super) async fn blocking<T: Send + 'static>(
    act: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, VaultError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| fault(act, error)),
        Err(error) => Err(VaultError::World { act, source: io::Error::other(error) }),
    }
}
