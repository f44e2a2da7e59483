//! The daemon as a test runs it: there is no other way to start one. It is ready when it takes commands and connections.

use super::watch::{self, PATIENCE};
use std::{
    fs::{self, File},
    os::unix::{net::UnixStream, process::ExitStatusExt},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// A daemon that runs until it is stopped, killed or dropped.
pub(crate) struct Daemon {
    child: Child,
    log: PathBuf,
    /// From its start until it answered.
    pub(crate) ready: Duration,
}

impl Daemon {
    /// Runs `serve`, a command that holds the data folder `data`, and waits until it answers. What it says is added to
    /// the file `log`.
    pub(crate) fn start(serve: Command, data: &Path, log: &Path) -> Self {
        let began = Instant::now();
        let mut daemon = Self::begin(serve, data, log);
        watch::until_true("the daemon to answer", PATIENCE, || {
            let ended = daemon.child.try_wait().unwrap();
            assert!(ended.is_none(), "the daemon ended: {}", tail(log));
            answers(data)
        });
        daemon.ready = began.elapsed();
        daemon
    }

    /// The same without waiting for anything: for one that is to be met, or to die, before it is ready.
    pub(crate) fn begin(mut serve: Command, data: &Path, log: &Path) -> Self {
        // A dead one's address would be taken for this one's.
        let _ = fs::remove_file(data.join("http.address"));
        let said = File::options().create(true).append(true).open(log).unwrap();
        serve.stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
        Self { child: serve.spawn().unwrap(), log: log.to_owned(), ready: Duration::ZERO }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Does it still run?
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Sends it a signal, by its name with a hyphen.
    #[expect(clippy::disallowed_methods, reason = "a test signals its daemon as a service manager does")]
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Tells it to stop; its exit code and how long it took.
    pub(crate) fn stop(mut self) -> (Option<i32>, Duration) {
        self.signal("-TERM");
        let began = Instant::now();
        (self.ended().code(), began.elapsed())
    }

    /// Waits until it has died of SIGKILL by itself, as it was told by a failure point.
    pub(crate) fn died(mut self, when: &str) {
        let status = self.ended();
        assert_eq!(status.signal(), Some(9), "{when}: the daemon was to die there, {status}");
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub(crate) fn kill(mut self) {
        kill(&mut self.child);
    }

    fn ended(&mut self) -> ExitStatus {
        let log = self.log.clone();
        watch::until(&format!("the daemon to end: {}", tail(&log)), PATIENCE, || self.child.try_wait().unwrap())
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

/// Does a daemon on this data folder take commands, and does it say where it listens?
fn answers(data: &Path) -> bool {
    UnixStream::connect(data.join("control.socket")).is_ok() && data.join("http.address").exists()
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
