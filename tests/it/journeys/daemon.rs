//! A site in a temporary folder with the real daemon on it.

use super::http::{self, Answer};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// What waits for the daemon gives up after this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The child that all cases of these tests are about.
const PATIENT: &str = "given = \"Wilhelmina\"\nfamily = \"Quince-Canary\"\nbirth_date = \"2015-02-03\"\n";

/// A site.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    child: Option<Child>,
}

/// A link of a case.
pub(crate) struct Link {
    pub(crate) id: String,
    /// `/u/…`
    pub(crate) path: String,
}

impl Site {
    /// A site whose configuration has these lines too; the daemon runs.
    pub(crate) fn running(lines: &str) -> Self {
        let mut site = Self::new(lines);
        site.start();
        site
    }

    pub(crate) fn new(lines: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), child: None };
        // Each table may stand only once: a test's own lines about these two come first.
        let http = if lines.contains("[http]") { "" } else { "[http]\nlisten = \"127.0.0.1:0\"\n" };
        let metrics = if lines.contains("[metrics]") { "" } else { "[metrics]\nlisten = \"127.0.0.1:0\"\n" };
        let log = if lines.contains("[log]") { "" } else { "[log]\nlevel = \"debug\"\n" };
        std::fs::write(site.path("pipeline.toml"), format!("{lines}\n{http}{metrics}{log}")).unwrap();
        std::fs::write(site.path("patient.toml"), PATIENT).unwrap();
        site.done(&["init", "--no-recovery"]);
        site
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casegate"));
        command.arg("--data").arg(self.data()).arg("--config").arg(self.path("pipeline.toml")).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must do what it should; what it said.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the daemon and waits until it is ready; how long that took.
    pub(crate) fn start(&mut self) -> Duration {
        let begun = Instant::now();
        self.start_unasked();
        self.until("the daemon is ready", |site| site.ask("GET", "/readyz", &[], b"").status == 200);
        begun.elapsed()
    }

    /// Starts the daemon and waits until it listens, without asking it anything.
    pub(crate) fn start_unasked(&mut self) {
        let _ = std::fs::remove_file(self.data().join("http.address"));
        let log = std::fs::File::options().create(true).append(true).open(self.path("log")).unwrap();
        self.child = Some(self.command(&["serve"]).stderr(log).stdin(Stdio::null()).spawn().unwrap());
        self.until("the daemon listens", |site| {
            if let Some(status) = site.child.as_mut().unwrap().try_wait().unwrap() {
                panic!("the daemon ended with {status}: {}", site.log());
            }
            site.log().contains("families and pages are served") && site.data().join("http.address").exists()
        });
    }

    /// What the daemon wrote to its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }

    /// Where the daemon listens.
    pub(crate) fn address(&self) -> String {
        std::fs::read_to_string(self.data().join("http.address")).unwrap().trim().to_owned()
    }

    /// Waits for something that happens by itself.
    pub(crate) fn until(&mut self, what: &str, mut happened: impl FnMut(&mut Self) -> bool) {
        let begun = Instant::now();
        while !happened(self) {
            assert!(begun.elapsed() < PATIENCE, "in vain: {what}: {}", self.log());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// Kills the daemon as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Sends the daemon a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Tells the daemon to stop; its exit code and how long it took.
    pub(crate) fn stop(&mut self) -> (Option<i32>, Duration) {
        self.signal("-TERM");
        let begun = Instant::now();
        let status = self.child.take().unwrap().wait().unwrap();
        (status.code(), begun.elapsed())
    }

    pub(crate) fn open_case(&self) -> String {
        let patient = self.path("patient.toml");
        let told = self.done(&[
            "case",
            "open",
            "--json",
            "--programme",
            "chla-families",
            "--patient",
            patient.to_str().unwrap(),
        ]);
        let told: Value = serde_json::from_str(&told).unwrap();
        told["case"].as_str().unwrap().to_owned()
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
            let shown: Value = serde_json::from_str(&site.done(&["case", "show", "--json", case])).unwrap();
            let found = shown["rows"].as_array().unwrap();
            let pending = |row: &Value| row["reasons"].to_string().contains("reading_pending");
            let settled = shown["case"]["gate"]["work_open"] == 0 && !found.iter().any(pending);
            rows.clone_from(found);
            settled
        });
        rows
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
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
