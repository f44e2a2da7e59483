//! A site on a folder of its own, run by the real program.

use super::{daemon::Daemon, oracle::Oracle};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// The child of every case here.
pub(crate) const PATIENT: &str = r#"
given = "Ana María"
family = "Sample"
birth_date = "2019-03-14"
sex = "F"
ids = [{ value = "SMP-0042", issuer = "CASEGATE-DEMO" }]
"#;

/// A data folder, its keys, a folder for temporary files, and what is to be taken in.
pub(crate) struct Site {
    folder: TempDir,
}

impl Site {
    /// Makes a site.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// Makes a site with these lines in its configuration. It listens where the system has room.
    pub(crate) fn with(lines: &str) -> Self {
        let site = Self::nowhere(lines);
        site.done(&["init", "--no-recovery"]);
        site
    }

    /// Folders and configuration for a site that is still to be made.
    pub(crate) fn nowhere(lines: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["tmp", "input"] {
            fs::create_dir(site.path(folder)).unwrap();
        }
        // Each table may stand only once: a test's own lines about these two come first.
        let http = if lines.contains("[http]") { "" } else { "[http]\nlisten = \"127.0.0.1:0\"\n" };
        let metrics = if lines.contains("[metrics]") { "" } else { "[metrics]\nlisten = \"\"\n" };
        fs::write(site.path("pipeline.toml"), format!("{lines}\n{http}{metrics}")).unwrap();
        fs::write(site.path("patient.toml"), PATIENT).unwrap();
        site
    }

    /// A path beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Where commands are given: relative paths are relative to it.
    pub(crate) fn input(&self) -> PathBuf {
        self.path("input")
    }

    /// The stores, looked at from outside.
    pub(crate) fn oracle(&self) -> Oracle {
        Oracle::open(&self.data())
    }

    /// A command of the program, not started yet.
    #[expect(clippy::disallowed_methods, reason = "a test of the program starts the program")]
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casegate"));
        command
            .arg("--data")
            .arg(self.data())
            .arg("--config")
            .arg(self.path("pipeline.toml"))
            .args(arguments)
            .current_dir(self.input())
            .env("TMPDIR", self.path("tmp"))
            .stdin(Stdio::null());
        command
    }

    /// Gives a command and waits for its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Gives a command that must be carried out (findings that block are no failure); what it said.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {} {said}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// Opens a case.
    pub(crate) fn open_case(&self) -> String {
        self.open_case_of("childrens-national-domestic")
    }

    /// Opens a case of a programme.
    pub(crate) fn open_case_of(&self, programme: &str) -> String {
        let patient = self.path("patient.toml");
        let arguments = ["case", "open", "--json", "--programme", programme, "--patient", patient.to_str().unwrap()];
        let answer: serde_json::Value = serde_json::from_str(&self.done(&arguments)).unwrap();
        answer["case"].as_str().unwrap().to_owned()
    }

    /// A case as the desk sees it.
    pub(crate) fn show(&self, case: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&["case", "show", case, "--json"])).unwrap()
    }

    /// Makes an upload link of a case; its path, `/u/…`, which no restart changes.
    pub(crate) fn link(&self, case: &str) -> String {
        let said = self.done(&["link", "--case", case, "--json"]);
        let made: serde_json::Value = serde_json::from_str(&said).unwrap();
        let address = made["address"].as_str().unwrap();
        address[address.find("/u/").unwrap()..].to_owned()
    }

    /// Where the daemon listens; `None` while it does not say so.
    pub(crate) fn address(&self) -> Option<String> {
        Some(fs::read_to_string(self.data().join("http.address")).ok()?.trim().to_owned())
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn serve(&self) -> Daemon {
        Daemon::start(self.command(&["serve"]), &self.data(), &self.log())
    }

    /// Starts a daemon that will die when it passes a failure point for the n-th time, and waits until it answers.
    pub(crate) fn serve_until(&self, (point, nth): (&str, u64)) -> Daemon {
        let mut command = self.command(&["serve"]);
        command.env("CASEGATE_DIE_AT", format!("{point}:{nth}"));
        Daemon::start(command, &self.data(), &self.log())
    }

    /// What the daemons of this site have logged.
    pub(crate) fn log(&self) -> PathBuf {
        self.path("daemon.log")
    }
}
