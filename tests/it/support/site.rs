//! A site on a folder of its own, run by the real program.

use super::{oracle::Oracle, watch};
use std::{
    fs::{self, File},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long anything may take before a test gives up: generous, since the machine may be busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

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

    /// Makes a site with these lines added to its configuration.
    pub(crate) fn with(configuration: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["tmp", "input"] {
            fs::create_dir(site.path(folder)).unwrap();
        }
        let base = "[http]\nlisten = \"127.0.0.1:0\"\n[metrics]\nlisten = \"\"\n";
        fs::write(site.path("casegate.toml"), format!("{base}{configuration}")).unwrap();
        fs::write(site.path("patient.toml"), PATIENT).unwrap();
        site.done(&["init", "--no-recovery"]);
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
            .arg(self.path("casegate.toml"))
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
        let patient = self.path("patient.toml");
        let programme = "childrens-national-domestic";
        let arguments = ["case", "open", "--json", "--programme", programme, "--patient", patient.to_str().unwrap()];
        let answer: serde_json::Value = serde_json::from_str(&self.done(&arguments)).unwrap();
        answer["case"].as_str().unwrap().to_owned()
    }

    /// A case as the desk sees it.
    pub(crate) fn show(&self, case: &str) -> serde_json::Value {
        serde_json::from_str(&self.done(&["case", "show", case, "--json"])).unwrap()
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn serve(&self) -> Daemon {
        Daemon::start(self)
    }

    /// What the daemons of this site have logged.
    pub(crate) fn log(&self) -> PathBuf {
        self.path("daemon.log")
    }
}

/// A daemon that runs until it is killed or dropped.
pub(crate) struct Daemon {
    child: Child,
    /// From its start until it answered.
    pub(crate) ready: Duration,
}

impl Daemon {
    fn start(site: &Site) -> Self {
        let log = File::options().create(true).append(true).open(site.log()).unwrap();
        let began = Instant::now();
        let mut command = site.command(&["serve"]);
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut daemon = Self { child, ready: Duration::ZERO };
        let socket = site.data().join("control.socket");
        watch::until_true("the daemon to answer", PATIENCE, || {
            let ended = daemon.child.try_wait().unwrap();
            assert!(ended.is_none(), "the daemon ended: {}", tail(&site.log()));
            UnixStream::connect(&socket).is_ok()
        });
        daemon.ready = began.elapsed();
        daemon
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Does it still run?
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub(crate) fn kill(mut self) {
        kill(&mut self.child);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

/// Kills a child and waits for its end, so that its locks are free.
pub(crate) fn kill(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    child.wait().unwrap();
}

/// The last lines of a log.
pub(crate) fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
