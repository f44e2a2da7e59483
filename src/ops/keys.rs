//! Keys: listing, rotating the site key, adding a recovery recipient.

use crate::seal::{self, AgeRecipient, Keyring, Passphrase, SiteIdentity, site::replace_key_file};
use std::path::Path;

/// Why nothing was done with keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The asker is to give another recipient.
    #[error("a recovery recipient is the public part of an age identity: age1…")]
    NoRecipient,
    /// The key store failed.
    #[error("{0}")]
    Store(String),
}

/// What keys there are, in words.
///
/// # Errors
/// The key store cannot be read.
pub fn list(keyring: &Keyring, recovery: &Path) -> Result<String, KeysError> {
    let recovery = std::fs::read_to_string(recovery).unwrap_or_default();
    let cases = keyring.cases().map_err(world)?;
    let mut text = String::new();
    if let Some(site) = keyring.site_recipient() {
        text.push_str(&format!("Recipient of the site:\n  {site}\n"));
    }
    text.push_str("Recovery recipients:\n");
    for recipient in recovery.split_whitespace() {
        text.push_str(&format!("  {recipient}\n"));
    }
    if recovery.trim().is_empty() {
        text.push_str(
            "  none: if the site key is lost, everything is lost; add one with `casegate keys add-recovery`\n",
        );
    }
    text.push_str(&format!("Cases with keys: {}\n", cases.len()));
    for case in cases {
        text.push_str(&format!("  {case}\n"));
    }
    Ok(text.trim_end().to_owned())
}

/// Wraps every case to a new site key and puts it in the old one's place. May be repeated after a crash: the new key's
/// file stands beside the old one until every case is wrapped to it.
///
/// # Errors
/// The key store failed; either key still opens what it opened.
pub fn rotate(keyring: &Keyring, (site_key, passphrase): (&Path, Option<&Passphrase>)) -> Result<usize, KeysError> {
    let beside = site_key.with_extension("key.next");
    if !beside.exists() {
        SiteIdentity::generate().store(&beside, passphrase).map_err(world)?;
    }
    let new = SiteIdentity::load(&beside, passphrase).map_err(world)?;
    keyring.rotate(new).map_err(world)?;
    replace_key_file(&beside, site_key).map_err(world)?;
    Ok(keyring.cases().map_err(world)?.len())
}

/// Wraps every case to one more recovery recipient, and each new one from now on.
///
/// # Errors
/// It is no age recipient, or the key store failed.
pub fn add_recovery(keyring: &Keyring, recipient: &str, list: &Path) -> Result<usize, KeysError> {
    let recipient: AgeRecipient = recipient.parse().map_err(|_| KeysError::NoRecipient)?;
    keyring.add_recovery(recipient).map_err(world)?;
    let known = std::fs::read_to_string(list).unwrap_or_default();
    if !known.split_whitespace().any(|line| line == recipient.to_string()) {
        seal::replace_file(list, format!("{known}{recipient}\n").as_bytes()).map_err(world)?;
    }
    Ok(keyring.cases().map_err(world)?.len())
}

fn world(error: impl std::fmt::Display) -> KeysError {
    KeysError::Store(error.to_string())
}
