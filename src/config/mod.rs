//! The configuration: a struct per section, unknown keys refused, everything checked before anything starts.
//!
//! The shipped `pipeline.toml` is built in and is the default; a file is laid over it key by key. Secrets are files
//! named here, never values.

mod check;
mod places;

use crate::domain::{
    case::{Programme, ProgrammeName},
    limits::Limits,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// The shipped configuration, as text.
pub const SHIPPED: &str = include_str!("../../pipeline.toml");

/// The whole configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the sections are documented in pipeline.toml")]
pub struct Config {
    pub data: Data,
    pub keys: Keys,
    pub http: Http,
    pub metrics: Metrics,
    pub watch: Watch,
    pub jail: Jail,
    pub reading: Reading,
    pub log: Log,
    pub limits: Limits,
    pub programmes: BTreeMap<ProgrammeName, Programme>,
}

/// Where the data lies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Data {
    pub folder: PathBuf,
}

/// Where the keys lie.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Keys {
    pub folder: PathBuf,
    pub passphrase_file: PathBuf,
}

/// The HTTP server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Http {
    pub listen: SocketAddr,
    pub tls_certificate: PathBuf,
    pub tls_key: PathBuf,
    pub behind_proxy: Vec<IpAddr>,
    pub public_url: String,
}

/// The metrics server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Metrics {
    pub listen: String,
}

/// The watch folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Watch {
    pub folder: PathBuf,
    pub case: String,
    pub stable_seconds: u64,
    pub after: AfterReceipt,
    pub move_to: PathBuf,
}

/// What becomes of a watched file after its receipt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub enum AfterReceipt {
    Delete,
    Move,
    Leave,
}

/// The jail.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Jail {
    pub mode: JailMode,
    pub workers: usize,
}

/// What to do where the kernel cannot jail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub enum JailMode {
    Required,
    BestEffort,
}

/// Reading what is only pixels.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Reading {
    pub mode: ReadingMode,
    pub workers: usize,
    pub page_seconds: u64,
}

/// Whether outside programs read pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub enum ReadingMode {
    On,
    Off,
}

/// Log lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "documented in pipeline.toml")]
pub enum LogFormat {
    Text,
    Json,
}

/// What is wrong with a configuration; each names the key and what would be accepted.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It is no TOML, or a key or value is not known.
    #[error("{0}")]
    Malformed(String),
    /// A value that makes no sense or is not safe.
    #[error("`{key}`: {what}")]
    Refused {
        /// The key.
        key: String,
        /// What is wrong and what to set.
        what: String,
    },
}

impl Config {
    /// The shipped configuration, with the file laid over it where one is given.
    ///
    /// # Errors
    /// [`ConfigError`]; says which key and which values it takes.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = file else { return Self::from_text("", "no file") };
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::Unreadable(path.to_owned(), e))?;
        Self::from_text(&text, &path.display().to_string())
    }

    /// The shipped configuration with this text laid over it; `what` is what the text is called where it is malformed.
    ///
    /// # Errors
    /// As `load`.
    pub fn from_text(text: &str, what: &str) -> Result<Self, ConfigError> {
        let mut merged = parse(SHIPPED, "the shipped pipeline.toml")?;
        lay_over(&mut merged, parse(text, what)?);
        let config: Self = merged.try_into().map_err(|e: toml::de::Error| ConfigError::Malformed(e.to_string()))?;
        config.check()?;
        Ok(config)
    }

    /// The folder of the keys.
    pub fn keys_folder(&self) -> PathBuf {
        if self.keys.folder.as_os_str().is_empty() {
            let mut name = self.data.folder.as_os_str().to_owned();
            name.push(".keys");
            PathBuf::from(name)
        } else {
            self.keys.folder.clone()
        }
    }

    /// How links begin.
    pub fn link_base(&self) -> String {
        if !self.http.public_url.is_empty() {
            return self.http.public_url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.has_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.http.listen)
    }

    /// Does the daemon speak TLS itself?
    pub fn has_tls(&self) -> bool {
        !self.http.tls_certificate.as_os_str().is_empty()
    }

    /// Documents examined at once.
    pub fn workers(&self) -> usize {
        match self.jail.workers {
            0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            workers => workers,
        }
    }

    /// Pages read at once: half of the processors where nothing else is said, so that what arrives goes on being taken.
    pub fn readers(&self) -> usize {
        match self.reading.workers {
            0 => std::thread::available_parallelism().map_or(1, |processors| processors.get() / 2).max(1),
            workers => workers,
        }
    }
}

fn parse(text: &str, what: &str) -> Result<toml::Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::Malformed(format!("{what}: {e}")))
}

/// Lays one table over another, key by key; arrays and values are replaced.
fn lay_over(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("pipeline.toml");
        std::fs::write(&file, text).expect("the file is written");
        Config::load(Some(&file))
    }

    /// Proves that the shipped file loads, holds the six programmes and is safe.
    #[test]
    fn shipped_configuration_loads() {
        let config = Config::load(None).expect("the shipped file is right");
        assert_eq!(config.programmes.len(), 6);
        assert!(config.http.listen.ip().is_loopback());
        assert!(!config.keys_folder().starts_with(&config.data.folder));
    }

    /// Proves T26: beyond loopback without TLS nothing starts, and the sentence names the key to set.
    #[test]
    fn t26_open_listener_without_tls_is_refused() {
        let error = with("[http]\nlisten = \"0.0.0.0:8480\"\n").expect_err("must be refused");
        assert!(error.to_string().contains("http.tls_certificate"), "{error}");
        assert!(with("[http]\nlisten = \"0.0.0.0:8480\"\nbehind_proxy = [\"10.0.0.1\"]\n").is_ok());
    }

    /// Proves that a key that is not known is refused by name.
    #[test]
    fn unknown_keys_are_refused() {
        let error = with("[http]\nlissen = \"127.0.0.1:1\"\n").expect_err("must be refused");
        assert!(error.to_string().contains("lissen"), "{error}");
    }

    /// Proves that a page that may never be done, or may take no time, is refused by the key's name.
    #[test]
    fn pages_need_some_time_and_not_all() {
        for seconds in ["0", "100000"] {
            let error = with(&format!("[reading]\npage_seconds = {seconds}\n")).expect_err("must be refused");
            assert!(error.to_string().contains("reading.page_seconds"), "{error}");
        }
        let config = with("[reading]\nmode = \"off\"\nworkers = 3\n").expect("loads");
        assert_eq!((config.reading.mode, config.readers()), (ReadingMode::Off, 3));
    }

    /// Proves that one changed key leaves the rest as shipped.
    #[test]
    fn a_file_is_laid_over_the_shipped_one() {
        let config = with("[limits]\ndocument_pages_max = 7\n").expect("loads");
        assert_eq!(config.limits.document_pages_max, 7);
        assert_eq!(config.programmes.len(), 6);
    }
}
