//! A site in a temporary folder with the real daemon on it, met over HTTP.

use crate::support::{
    daemon::Daemon,
    http::{self, Answer},
    site,
    watch::{self, PATIENCE},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    ops::Deref,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

/// The child that all cases of these tests are about.
const PATIENT: &str = "given = \"Wilhelmina\"\nfamily = \"Quince-Canary\"\nbirth_date = \"2015-02-03\"\n";

/// A site that has a daemon, or had one.
pub(crate) struct Site {
    site: site::Site,
    daemon: Option<Daemon>,
}

/// A link of a case.
pub(crate) struct Link {
    pub(crate) id: String,
    /// `/u/…`
    pub(crate) path: String,
}

impl Deref for Site {
    type Target = site::Site;

    fn deref(&self) -> &site::Site {
        &self.site
    }
}

impl Site {
    /// A site whose configuration has these lines too; the daemon runs.
    pub(crate) fn running(lines: &str) -> Self {
        let mut site = Self::new(lines);
        site.start();
        site
    }

    pub(crate) fn new(lines: &str) -> Self {
        // Everything is logged and counted, unless a test's own lines say otherwise.
        let metrics = if lines.contains("[metrics]") { "" } else { "[metrics]\nlisten = \"127.0.0.1:0\"\n" };
        let log = if lines.contains("[log]") { "" } else { "[log]\nlevel = \"debug\"\n" };
        let site = site::Site::with(&format!("{lines}\n{metrics}{log}"));
        std::fs::write(site.path("patient.toml"), PATIENT).unwrap();
        Self { site, daemon: None }
    }

    /// Starts the daemon and waits until it is ready; how long that took.
    pub(crate) fn start(&mut self) -> Duration {
        self.start_unasked();
        self.until("the daemon is ready", |site| site.ask("GET", "/readyz", &[], b"").status == 200);
        self.daemon.as_ref().unwrap().ready
    }

    /// Starts the daemon and waits until it listens, without asking it anything over HTTP.
    pub(crate) fn start_unasked(&mut self) {
        self.daemon = Some(self.site.serve());
    }

    /// What the daemon wrote to its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.site.log()).unwrap()
    }

    /// Where the daemon listens.
    pub(crate) fn address(&self) -> String {
        self.site.address().unwrap()
    }

    /// Waits for something that happens by itself.
    pub(crate) fn until(&mut self, what: &str, mut happened: impl FnMut(&mut Self) -> bool) {
        watch::until_true(what, PATIENCE, || happened(self));
    }

    /// Kills the daemon as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.daemon.take().unwrap().kill();
    }

    /// Sends the daemon a signal.
    pub(crate) fn signal(&self, signal: &str) {
        self.daemon.as_ref().unwrap().signal(signal);
    }

    /// Tells the daemon to stop; its exit code and how long it took.
    pub(crate) fn stop(&mut self) -> (Option<i32>, Duration) {
        self.daemon.take().unwrap().stop()
    }

    pub(crate) fn open_case(&self) -> String {
        self.open_case_of("chla-families")
    }

    /// Gives the daemon a command over its socket.
    pub(crate) fn order(&self, request: &Value) -> Value {
        let mut stream = UnixStream::connect(self.data().join("control.socket")).unwrap();
        stream.write_all(format!("{request}\n").as_bytes()).unwrap();
        let last = BufReader::new(stream).lines().last().unwrap().unwrap();
        let answer: Value = serde_json::from_str(&last).unwrap();
        assert!(answer.get("Reply").is_some(), "{answer}");
        answer["Reply"].clone()
    }

    pub(crate) fn link(&self, case: &str, lasts_ms: i64) -> Link {
        let reply = self.order(&json!({ "Link": { "case": case, "audience": "family", "lasts_ms": lasts_ms } }));
        let address = reply["Link"]["address"].as_str().unwrap();
        let base = format!("http://{}", self.address());
        let path = address.strip_prefix(&base).unwrap_or_else(|| panic!("{address} does not begin with {base}"));
        Link { id: reply["Link"]["id"].as_str().unwrap().to_owned(), path: path.to_owned() }
    }

    /// A case with a link that lasts a day.
    pub(crate) fn family(&self) -> (String, Link) {
        let case = self.open_case();
        let link = self.link(&case, 86_400_000);
        (case, link)
    }

    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        http::ask(&self.address(), (method, path), headers, body)
    }

    /// The ledger of a case once nothing of it is under way any more.
    pub(crate) fn ledger(&mut self, case: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        self.until("the case settles", |site| {
            let shown = site.show(case);
            let found = shown["rows"].as_array().unwrap();
            let pending = |row: &Value| row["reasons"].to_string().contains("reading_pending");
            let settled = shown["case"]["gate"]["work_open"] == 0 && !found.iter().any(pending);
            rows.clone_from(found);
            settled
        });
        rows
    }
}

/// The row of a path.
pub(crate) fn row<'a>(rows: &'a [Value], path: &str) -> &'a Value {
    rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("no row for {path}: {rows:#?}"))
}

/// SHA-256 in hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    casegate::seal::sha256(bytes).to_hex()
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                waiting.push(path)
            } else if path.is_file() {
                files.push(path)
            }
        }
    }
    files
}
