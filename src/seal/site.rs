//! The site identity and recovery identities: age key files outside the data folder.
//!
//! Written once, durably, mode 0600; optionally under a passphrase (the scrypt recipient of age), so that the stock
//! `age -d` opens that layer too. A systemd credential is read from the folder systemd names; its mode is systemd's.

use super::{
    age_key::{AgeIdentity, AgeRecipient},
    durable::{self, Existing},
    error::SealError,
    header::MAGIC,
};
use age::secrecy::SecretString;
use std::{
    fs::{self, File},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::Path,
};
use zeroize::Zeroizing;

/// A key file is a few hundred bytes, with scrypt a few hundred more; whatever is longer is something else.
const KEY_FILE_BYTES_MAX: u64 = 16 * 1024;

/// Largest scrypt work factor that is accepted when opening: 2^20 takes 1 GiB; `age -p` chooses 2^18.
const SCRYPT_LOG_N_MAX: u8 = 20;

/// Work factor of what we write: 2^18 takes 256 MiB and about a second, as `age -p` has it.
const SCRYPT_LOG_N: u8 = 18;

/// What a person types to open a key file. Wiped on drop.
pub struct Passphrase(SecretString);

impl Passphrase {
    /// Takes what was typed.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }
}

/// The secret that opens the keys of every case of this site.
pub struct SiteIdentity(AgeIdentity);

/// The secret that opens the keys of every case where the site identity is lost. It is kept off the machine.
pub struct RecoveryIdentity(AgeIdentity);

macro_rules! key_file {
    ($name:ident, $title:literal) => {
        impl $name {
            /// Draws a new identity.
            pub fn generate() -> Self {
                Self(AgeIdentity::generate())
            }

            /// The public half.
            pub const fn recipient(&self) -> AgeRecipient {
                self.0.recipient()
            }

            /// Writes the key file, durably and with mode 0600. An existing file is never replaced.
            ///
            /// # Errors
            /// [`SealError::World`], with `AlreadyExists` where there is a file.
            pub fn store(&self, path: &Path, passphrase: Option<&Passphrase>) -> Result<(), SealError> {
                let text = self.0.expose_key_file($title);
                match passphrase {
                    None => durable::write(path, text.as_bytes(), Existing::Keep),
                    Some(passphrase) => durable::write(path, &lock(&text, passphrase)?, Existing::Keep),
                }
            }

            /// Reads a key file that only its owner may read.
            ///
            /// # Errors
            /// [`SealError::TooOpen`], [`SealError::Passphrase`], [`SealError::NotAKey`], [`SealError::World`].
            pub fn load(path: &Path, passphrase: Option<&Passphrase>) -> Result<Self, SealError> {
                let mode = fs::metadata(path).map_err(SealError::world("looking at a key file"))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(SealError::TooOpen { mode: mode & 0o777 });
                }
                read(path, passphrase).map(Self)
            }

            pub(super) const fn identity(&self) -> &AgeIdentity {
                &self.0
            }
        }
    };
}

key_file!(SiteIdentity, "casegate site identity");
key_file!(RecoveryIdentity, "casegate recovery identity: keep it off this machine");

impl SiteIdentity {
    /// Reads the identity from a systemd credential: `folder` is what `CREDENTIALS_DIRECTORY` says, `name` the
    /// credential's. Its mode is not checked: systemd keeps it on a file system of its own for this service.
    ///
    /// # Errors
    /// As for `load`.
    pub fn load_credential(folder: &Path, name: &str, passphrase: Option<&Passphrase>) -> Result<Self, SealError> {
        if name.is_empty() || name.starts_with('.') || name.contains('/') {
            return Err(SealError::NotAKey("not the name of a credential"));
        }
        read(&folder.join(name), passphrase).map(Self)
    }
}

/// The last step of a rotation: the new key file takes the place of the old one at once, and the old one's bytes are
/// overwritten. Both lie in one folder.
///
/// # Errors
/// [`SealError::World`].
pub fn replace_key_file(next: &Path, current: &Path) -> Result<(), SealError> {
    let mut old = File::options().write(true).open(current).map_err(SealError::world("opening the old key file"))?;
    fs::rename(next, current).map_err(SealError::world("placing a new key file"))?;
    durable::sync_folder(&durable::folder_of(current))?;
    durable::overwrite(&mut old)
}

fn read(path: &Path, passphrase: Option<&Passphrase>) -> Result<AgeIdentity, SealError> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(KEY_FILE_BYTES_MAX as usize + 1));
    File::open(path)
        .and_then(|file| file.take(KEY_FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(SealError::world("reading a key file"))?;
    if bytes.len() as u64 > KEY_FILE_BYTES_MAX {
        return Err(SealError::NotAKey("the file is too long"));
    }
    if bytes.starts_with(MAGIC) {
        bytes = unlock(&bytes, passphrase.ok_or(SealError::Passphrase)?)?;
    }
    AgeIdentity::from_text(std::str::from_utf8(&bytes).map_err(|_| SealError::NotAKey("the file is not text"))?)
}

fn lock(text: &str, passphrase: &Passphrase) -> Result<Vec<u8>, SealError> {
    let mut recipient = age::scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(SCRYPT_LOG_N);
    age::encrypt(&recipient, text.as_bytes())
        .map_err(|_| SealError::NotAKey("the passphrase layer could not be written"))
}

fn unlock(bytes: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut identity = age::scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(SCRYPT_LOG_N_MAX);
    age::decrypt(&identity, bytes).map(Zeroizing::new).map_err(|_| SealError::Passphrase)
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;
