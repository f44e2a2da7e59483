//! Starts children and reaps them, on two threads of its own.
//!
//! Starting has a thread of its own because the parent-death signal (prctl(2), `PR_SET_PDEATHSIG`) follows the *thread*
//! that started the child: threads of an async runtime come and go. Reaping has one because waiting for the end of
//! a process blocks; so no child stays a zombie, whichever way it ends.

use std::{
    io,
    os::fd::OwnedFd,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    thread,
};
use tokio::sync::{oneshot, watch};

/// What a child is started with: this program's hidden sub-command, and the child's ends of what leads to it.
pub(in crate::jail) struct Cradle {
    pub(in crate::jail) arguments: Vec<String>,
    pub(in crate::jail) input: OwnedFd,
    /// The null device where there is none.
    pub(in crate::jail) output: Option<OwnedFd>,
    pub(in crate::jail) complaints: OwnedFd,
}

/// A child that was just started.
pub(in crate::jail) struct Born {
    pub(in crate::jail) child: Child,
    pub(in crate::jail) reaper: Reaper,
}

/// Where children come from and go to.
pub(in crate::jail) struct Nursery {
    births: mpsc::Sender<Birth>,
    living: watch::Receiver<usize>,
}

struct Birth {
    cradle: Cradle,
    reply: oneshot::Sender<io::Result<Born>>,
}

/// Counts as a child as long as it lives: for what a child leaves to be cleared away.
pub(in crate::jail) struct Attendant(Arc<watch::Sender<usize>>);

impl Drop for Attendant {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Waits for the ends of children.
#[derive(Clone)]
pub(in crate::jail) struct Reaper {
    deaths: mpsc::Sender<Death>,
    living: Arc<watch::Sender<usize>>,
}

struct Death {
    child: Child,
    reply: oneshot::Sender<io::Result<ExitStatus>>,
}

impl Nursery {
    /// Starts both threads.
    pub(in crate::jail) fn new(executable: PathBuf) -> io::Result<Self> {
        let (living, watching) = watch::channel(0);
        let (deaths, dead) = mpsc::channel::<Death>();
        let reaper = Reaper { deaths, living: Arc::new(living) };
        let counter = Arc::clone(&reaper.living);
        thread::Builder::new().name("jail-reaper".to_owned()).spawn(move || {
            for Death { mut child, reply } in dead {
                let status = child.wait();
                counter.send_modify(|count| *count -= 1);
                // Whoever dropped the child does not ask how it ended.
                let _ = reply.send(status);
            }
        })?;
        let (births, requests) = mpsc::channel::<Birth>();
        thread::Builder::new().name("jail-nursery".to_owned()).spawn(move || {
            for Birth { cradle, reply } in requests {
                if let Err(Ok(born)) = reply.send(give_birth(&executable, cradle, &reaper)) {
                    // Nobody waits for it any more.
                    born.reaper.end(born.child);
                }
            }
        })?;
        Ok(Self { births, living: watching })
    }

    /// Starts a child.
    pub(in crate::jail) async fn start(&self, cradle: Cradle) -> io::Result<Born> {
        let gone = || io::Error::other("the thread that starts children is gone");
        let (reply, born) = oneshot::channel();
        self.births.send(Birth { cradle, reply }).map_err(|_| gone())?;
        born.await.map_err(|_| gone())?
    }

    /// Waits until no child is left, nor anything of one.
    pub(in crate::jail) async fn emptied(&self) {
        // An error means that both threads have ended, and then there is no child.
        let _ = self.living.clone().wait_for(|count| *count == 0).await;
    }
}

impl Reaper {
    /// See [`Attendant`].
    pub(in crate::jail) fn attendant(&self) -> Attendant {
        self.living.send_modify(|count| *count += 1);
        Attendant(Arc::clone(&self.living))
    }

    /// Kills the child and waits for its end, on the reaper's thread. None is waited for that may live on: the thread
    /// would stand still, and with it the ends of all others.
    pub(in crate::jail) fn end(&self, mut child: Child) -> oneshot::Receiver<io::Result<ExitStatus>> {
        // Fails only where the child is reaped already, which nobody else does.
        let _ = child.kill();
        let (reply, status) = oneshot::channel();
        if let Err(mpsc::SendError(Death { mut child, .. })) = self.deaths.send(Death { child, reply }) {
            // The reaper's thread lives as long as any Reaper; should it have died, wait here rather than leave
            // a zombie.
            let _ = child.wait();
        }
        status
    }
}

#[expect(clippy::disallowed_methods, reason = "the place where programs are started: our own, jailed")]
fn give_birth(executable: &PathBuf, cradle: Cradle, reaper: &Reaper) -> io::Result<Born> {
    let child = Command::new(executable)
        .args(cradle.arguments)
        .env_clear()
        // The C library would reserve 64 MiB of the limited address space for each thread's heap.
        .env("MALLOC_ARENA_MAX", "1")
        .current_dir("/")
        .stdin(cradle.input)
        .stdout(cradle.output.map_or_else(Stdio::null, Stdio::from))
        .stderr(cradle.complaints)
        .spawn()?;
    reaper.living.send_modify(|count| *count += 1);
    Ok(Born { child, reaper: reaper.clone() })
}
