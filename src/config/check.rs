//! What a configuration may say: checks that need nothing but itself. `serve` and `check-config` look at the same.

use super::{AfterReceipt, Config, ConfigError, places};
use crate::domain::{
    ids::CaseId,
    limits::{Limits, PART_BYTES_MAX},
};
use std::net::SocketAddr;

/// Limits that may be less than one: 0 switches something off, or lets something weigh from the first byte on.
const MAY_BE_NOTHING: &[&str] = &[
    "container_depth_max",
    "container_ratio_from_bytes",
    "member_ratio_from_bytes",
    "http_slow_bytes_per_second",
    "inspector_cpu_seconds_per_gib",
    "search_cache_bytes_max",
];

/// Limits below which nothing works; all others that may not be nothing begin at 1.
const MINIMA: &[(&str, u64)] = &[
    // The longest name of a file on Linux (NAME_MAX).
    ("name_bytes_max", 255),
    // Browsers send a few thousand bytes of header.
    ("http_header_bytes_max", 4 << 10),
    // A part is sealed as a whole, in memory.
    ("upload_buffer_bytes_max", PART_BYTES_MAX),
    // With half of it the program itself barely fits, and no document beside it.
    ("inspector_memory_bytes_max", 256 << 20),
];

impl Config {
    /// Looks whether keys and data lie apart; also once the data folder was named elsewhere.
    ///
    /// # Errors
    /// They do not.
    pub fn check_apart(&self) -> Result<(), ConfigError> {
        let keys = self.keys_folder();
        if places::lie_within_each_other(&keys, &self.data.folder) {
            let (keys, data) = (keys.display(), self.data.folder.display());
            let what = format!(
                "keys must lie outside the data folder, and the data outside of theirs: a stolen data folder would open \
                 itself. The keys would lie in {keys}, the data in {data}"
            );
            return refuse("keys.folder", &what);
        }
        Ok(())
    }

    /// Everything that can be said without looking at the world.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.check_http()?;
        self.check_metrics()?;
        if self.programmes.is_empty() {
            return refuse("programmes", "at least one programme is needed");
        }
        self.check_watch()?;
        self.check_apart()?;
        if !(1..=3_600).contains(&self.reading.page_seconds) {
            return refuse("reading.page_seconds", "between 1 and 3600 seconds");
        }
        if !["error", "warn", "info", "debug"].contains(&self.log.level.as_str()) {
            return refuse("log.level", "one of error, warn, info, debug");
        }
        check_limits(&self.limits)
    }

    fn check_http(&self) -> Result<(), ConfigError> {
        if self.has_tls() == self.http.tls_key.as_os_str().is_empty() {
            return refuse("http.tls_key", "tls_certificate and tls_key are given together or not at all");
        }
        if !self.http.listen.ip().is_loopback() && !self.has_tls() && self.http.behind_proxy.is_empty() {
            return refuse(
                "http.tls_certificate",
                "beyond loopback health records need TLS: set http.tls_certificate and http.tls_key, or name the \
                 addresses of the proxy that ends TLS in http.behind_proxy, or listen on 127.0.0.1",
            );
        }
        if !self.http.public_url.is_empty() && !is_base(&self.http.public_url) {
            return refuse(
                "http.public_url",
                "how links begin, such as https://casegate.example.org, with no `?`, `#` or space in it; or empty",
            );
        }
        Ok(())
    }

    fn check_metrics(&self) -> Result<(), ConfigError> {
        if self.metrics.listen.is_empty() {
            return Ok(());
        }
        let Ok(address) = self.metrics.listen.parse() else {
            return refuse("metrics.listen", "an address with port, such as 127.0.0.1:8481, or empty");
        };
        if meet(address, self.http.listen) {
            return refuse(
                "metrics.listen",
                "metrics need an address of their own, such as 127.0.0.1:8481: this one is taken by http.listen",
            );
        }
        Ok(())
    }

    /// Can other machines read the numbers? That is allowed, since they name nobody, and worth a word.
    pub fn metrics_are_open(&self) -> bool {
        self.metrics.listen.parse().is_ok_and(|address: SocketAddr| !address.ip().is_loopback())
    }

    fn check_watch(&self) -> Result<(), ConfigError> {
        if self.watch.after == AfterReceipt::Move && self.watch.move_to.as_os_str().is_empty() {
            return refuse("watch.move_to", "a folder is needed where watch.after is \"move\"");
        }
        if !self.watch.case.is_empty() && self.watch.case.parse::<CaseId>().is_err() {
            return refuse(
                "watch.case",
                "the whole id of a case, as `casegate case list --json` shows it, or empty for the holding case",
            );
        }
        Ok(())
    }
}

fn refuse(key: &str, what: &str) -> Result<(), ConfigError> {
    Err(ConfigError::Refused { key: key.to_owned(), what: what.to_owned() })
}

/// Scheme, host and perhaps a path: an address of a page can be written behind it.
fn is_base(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    host.is_some_and(|host| host.starts_with(|first: char| first.is_alphanumeric() || first == '['))
        && !url.contains(|other: char| matches!(other, '?' | '#' | '\\' | '"' | '<' | '>') || other.is_whitespace())
}

/// Do two listeners want the same port of the same address? Port 0 is another one each time, and an address of zeros
/// stands for all.
fn meet(one: SocketAddr, other: SocketAddr) -> bool {
    let all = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() != 0 && one.port() == other.port() && (all || one.ip() == other.ip())
}

fn check_limits(limits: &Limits) -> Result<(), ConfigError> {
    let table = toml::Table::try_from(limits).map_err(|e| ConfigError::Malformed(e.to_string()))?;
    for (name, value) in &table {
        let own = MINIMA.iter().find(|(limit, _)| limit == name).map(|(_, least)| *least);
        let least = own.unwrap_or_else(|| u64::from(!MAY_BE_NOTHING.contains(&name.as_str())));
        if value.as_integer().is_none_or(|value| u64::try_from(value).is_ok_and(|value| value < least)) {
            return refuse(&format!("limits.{name}"), &format!("{least} or more"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(lines: &str, key: &str) {
        let error = Config::from_text(lines, "a test").expect_err("must be refused");
        assert!(error.to_string().starts_with(&format!("`{key}`: ")), "{lines}: {error}");
    }

    /// Proves that an address that no link can begin with is refused, and one that it can is taken.
    #[test]
    fn links_begin_with_an_address() {
        for url in
            ["not a url", "casegate.example.org", "ftp://a.example", "https://", "https://a.example/?x", "http:///a"]
        {
            refused(&format!("[http]\npublic_url = \"{url}\"\n"), "http.public_url");
        }
        for url in
            ["https://a.example", "http://127.0.0.1:8480/", "https://[::1]/casegate", "https://klinik-münchen.example"]
        {
            assert!(Config::from_text(&format!("[http]\npublic_url = \"{url}\"\n"), "a test").is_ok(), "{url}");
        }
    }

    /// Proves that metrics on the address of the pages are refused, and that metrics open to others are known to be.
    #[test]
    fn metrics_have_an_address_of_their_own() {
        for address in ["127.0.0.1:8480", "0.0.0.0:8480", "here"] {
            refused(&format!("[metrics]\nlisten = \"{address}\"\n"), "metrics.listen");
        }
        let both =
            Config::from_text("[http]\nlisten = \"127.0.0.1:0\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n", "a test");
        assert!(!both.expect("the system chooses two ports").metrics_are_open());
        let open = Config::from_text("[metrics]\nlisten = \"0.0.0.0:8481\"\n", "a test");
        assert!(open.expect("allowed").metrics_are_open());
    }

    /// Proves that what is no id of a case is refused before anything starts.
    #[test]
    fn a_watched_case_is_an_id() {
        refused("[watch]\ncase = \"zzz\"\n", "watch.case");
        assert!(Config::from_text(&format!("[watch]\ncase = \"{}\"\n", CaseId::from_bytes([7; 16])), "a test").is_ok());
    }

    /// Proves that every limit of which nothing would work is refused by its name, and the least that works is taken.
    #[test]
    fn limits_have_minima() {
        let limits = toml::Table::try_from(Limits::default()).expect("a table");
        for name in limits.keys() {
            let with = |value: u64| Config::from_text(&format!("[limits]\n{name} = {value}\n"), "a test");
            let least = match MINIMA.iter().find(|(limit, _)| limit == name) {
                Some((_, least)) => *least,
                None => u64::from(!MAY_BE_NOTHING.contains(&name.as_str())),
            };
            assert!(with(least).is_ok(), "{name} = {least}");
            if least > 0 {
                refused(&format!("[limits]\n{name} = {}\n", least - 1), &format!("limits.{name}"));
            }
        }
        for name in MAY_BE_NOTHING.iter().chain(MINIMA.iter().map(|(name, _)| name)) {
            assert!(limits.contains_key(*name), "{name} is no limit");
        }
    }

    /// Proves that the shipped file lists every limit, with its default as a comment, and none that is not there.
    #[test]
    fn limits_are_listed_with_their_defaults() {
        let section = crate::config::SHIPPED.split("\n[limits]\n").nth(1).expect("a section of limits");
        let section = section.split("\n\n").next().expect("its lines");
        let lines = section.lines().filter_map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')));
        let listed: toml::Table = lines.collect::<Vec<_>>().join("\n").parse().expect("comments that are TOML");
        assert_eq!(listed, toml::Table::try_from(Limits::default()).expect("a table"));
    }
}
