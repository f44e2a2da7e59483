//! Sealing: everything that turns plaintext into bytes that may rest on a disk, and back.
//!
//! Objects are plain age files (C2SP `age`, version 1), so the stock `age` command opens them; small records that are
//! re-read often are AES-256-GCM under a key derived from the case identity. All derivation is in `keys.rs`.
//! This module knows no catalog and no vault. Secrets have no `Debug`, `Display` or `Clone` and are wiped on drop; no
//! error carries anything but ids and fixed words.

mod age_key;
mod digest;
mod durable;
mod error;
mod header;
pub mod keyring;
pub mod keys;
pub mod keystore;
pub mod site;
pub mod stream;

pub use age_key::{AgeIdentity, AgeRecipient};
pub use digest::{Digester, random_bytes, sha256};
pub use durable::{replace_file, sweep_key_folder};
pub use error::SealError;
pub use keyring::Keyring;
pub use keys::{CaseKeys, CaseRecipient, Place, seal_small};
pub use keystore::KeyStore;
pub use site::{Passphrase, RecoveryIdentity, SiteIdentity};
pub use stream::{PartOpener, SealedPart, seal_part, seal_part_into, sealed_bytes_max};
