//! Runs one outside program once: feeds it, takes what it says within limits, and makes sure that it ends.

use super::{
    launch::{JAILED, Launch, UNJAILED},
    programs::Program,
};
use crate::jail::{
    ToolError,
    host::nursery::{Cradle, Nursery, Reaper},
    worker::JailMode,
};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use std::{
    io,
    os::{fd::OwnedFd, unix::process::ExitStatusExt},
    path::PathBuf,
    process::{Child, ExitStatus},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::pipe,
    time::timeout,
};

/// Bytes of standard error that are kept, the first ones: the launcher's line is among them, and the program's own
/// words are of no use, since they may quote the document.
const COMPLAINT_BYTES_MAX: usize = 1_024;

/// What a run may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Seconds of processor time.
    pub cpu_seconds: u64,
    /// Seconds in all, waiting for a processor included.
    pub wall_seconds: u64,
    /// Bytes of output.
    pub output_bytes: usize,
}

/// One run of one program.
#[derive(Clone, Debug)]
pub struct Errand<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its arguments. Every user of the machine can see them: nothing of a document, no password.
    pub arguments: Vec<String>,
    /// Its environment, `NAME=value`; it has no other.
    pub environment: Vec<String>,
    /// Files and folders that it may read beside the system's libraries.
    pub readable: Vec<PathBuf>,
    /// What it reads on its standard input, piece after piece.
    pub input: [&'a [u8]; 2],
    /// What it may take.
    pub allowance: Allowance,
}

/// How a program ended that ended by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: i32,
    /// What it wrote to its standard output.
    pub output: Vec<u8>,
    /// Walls that could not be had; none unless the mode is [`JailMode::BestEffort`].
    pub missing_walls: Option<String>,
}

/// Runs it.
///
/// # Errors
/// [`ToolError`].
pub(super) async fn run(nursery: &Nursery, mode: JailMode, errand: Errand<'_>) -> Result<Ran, ToolError> {
    let name = errand.program.name;
    let program = errand.program.path.clone().ok_or(ToolError::Missing(name))?;
    let world = |e: io::Error| ToolError::Unavailable(name, e.to_string());
    let launch = Launch {
        memory_bytes: errand.allowance.memory_bytes,
        cpu_seconds: errand.allowance.cpu_seconds,
        mode,
        readable: errand.readable,
        environment: errand.environment,
        program,
        arguments: errand.arguments,
    };
    let (mut ways, cradle) = Ways::new(&launch).map_err(world)?;
    let born = nursery.start(cradle).await.map_err(world)?;
    let running = Running { child: Some(born.child), reaper: born.reaper };
    let patience = Duration::from_secs(errand.allowance.wall_seconds);
    let talked = timeout(patience, ways.talk(errand.input, errand.allowance.output_bytes)).await;
    // Its ways are closed, so it has ended or will not: a signal does not change how it ended before.
    let status = running.end().await.map_err(world)?;
    let failed = |why: String| Err(ToolError::Failed(name, why));
    let (output, complaints) = match talked {
        Ok(Ok(talked)) => talked,
        Ok(Err(Unheard::TooLong)) => {
            return failed(format!("it said more than {} bytes", errand.allowance.output_bytes));
        }
        Ok(Err(Unheard::World(error))) => return Err(world(error)),
        Err(_) => return Err(ToolError::TooLong(name, format!("more than {} s", errand.allowance.wall_seconds))),
    };
    let missing_walls = walls_stood(&complaints).map_err(|why| ToolError::Unavailable(name, why))?;
    match status.code() {
        Some(code) => Ok(Ran { code, output, missing_walls }),
        None if died_of_time(status) => {
            Err(ToolError::TooLong(name, format!("more than {} s of processor time", errand.allowance.cpu_seconds)))
        }
        None => failed(cause_of_death(status, errand.allowance)),
    }
}

/// A running program. Dropping it kills it.
struct Running {
    child: Option<Child>,
    reaper: Reaper,
}

impl Running {
    /// Kills what may be left of it, and says how it ended.
    async fn end(mut self) -> io::Result<ExitStatus> {
        let gone = || io::Error::other("nobody waited for its end");
        let child = self.child.take().ok_or_else(gone)?;
        kill_group(&child);
        self.reaper.end(child).await.map_err(|_| gone())?
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            kill_group(&child);
            self.reaper.end(child);
        }
    }
}

/// It leads a group of its own since its launcher locked itself in; before, there is no such group, and the child is
/// killed by itself.
fn kill_group(child: &Child) {
    // Process ids fit: the kernel's type is i32 (pid_t).
    let _ = signal::killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
}

/// The host's ends of the pipes to a program.
struct Ways {
    input: Option<pipe::Sender>,
    output: pipe::Receiver,
    complaints: pipe::Receiver,
}

/// Why a program was not heard to its end.
enum Unheard {
    TooLong,
    World(io::Error),
}

impl Ways {
    fn new(launch: &Launch) -> io::Result<(Self, Cradle)> {
        let (input, feeder) = io::pipe()?;
        let (output, speaker) = io::pipe()?;
        let (complaints, complainer) = io::pipe()?;
        let ways = Self {
            input: Some(pipe::Sender::from_owned_fd(OwnedFd::from(feeder))?),
            output: pipe::Receiver::from_owned_fd(OwnedFd::from(output))?,
            complaints: pipe::Receiver::from_owned_fd(OwnedFd::from(complaints))?,
        };
        let cradle = Cradle {
            arguments: launch.to_arguments(),
            input: input.into(),
            output: Some(speaker.into()),
            complaints: complainer.into(),
        };
        Ok((ways, cradle))
    }

    /// Feeds and listens until both its outputs are closed; then it has ended, or has nothing more to say.
    async fn talk(&mut self, input: [&[u8]; 2], output_bytes_max: usize) -> Result<(Vec<u8>, Vec<u8>), Unheard> {
        let feeder = self.input.take();
        let feeding = async {
            if let Some(mut feeder) = feeder {
                for piece in input {
                    // A program need not read all that it is given.
                    if feeder.write_all(piece).await.is_err() {
                        break;
                    }
                }
            }
            Ok(())
        };
        let output = async {
            let mut output = Vec::new();
            let mut piece = (&mut self.output).take(output_bytes_max as u64 + 1);
            piece.read_to_end(&mut output).await.map_err(Unheard::World)?;
            if output.len() > output_bytes_max { Err(Unheard::TooLong) } else { Ok(output) }
        };
        let complaints = listen(&mut self.complaints);
        let ((), output, complaints) = tokio::try_join!(feeding, output, complaints)?;
        Ok((output, complaints))
    }
}

/// Reads standard error to its end, so that the program never waits for us, and keeps the first of it.
async fn listen(pipe: &mut pipe::Receiver) -> Result<Vec<u8>, Unheard> {
    let mut kept = Vec::new();
    let mut piece = [0; 1_024];
    loop {
        let count = pipe.read(&mut piece).await.map_err(Unheard::World)?;
        if count == 0 {
            return Ok(kept);
        }
        let room = COMPLAINT_BYTES_MAX.saturating_sub(kept.len());
        kept.extend_from_slice(&piece[..count.min(room)]);
    }
}

/// Reads the launcher's line: the walls that could not be had, or why the program was not started.
fn walls_stood(complaints: &[u8]) -> Result<Option<String>, String> {
    let line = complaints.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    match line.strip_prefix(JAILED) {
        Some("") => Ok(None),
        Some(missing) => Ok(Some(missing.trim_start_matches(": ").to_owned())),
        None => Err(line.strip_prefix(UNJAILED).unwrap_or("it ended before it was locked in").to_owned()),
    }
}

fn died_of_time(status: ExitStatus) -> bool {
    matches!(status.signal().map(Signal::try_from), Some(Ok(Signal::SIGXCPU)))
}

fn cause_of_death(status: ExitStatus, allowance: Allowance) -> String {
    match status.signal().map(Signal::try_from) {
        Some(Ok(Signal::SIGSYS)) => "it tried what it may not do".to_owned(),
        // What C and C++ programs do when they are given no memory, among other things.
        Some(Ok(signal @ (Signal::SIGABRT | Signal::SIGSEGV))) => {
            format!("it gave up with {signal}, perhaps for want of {} bytes of memory", allowance.memory_bytes)
        }
        _ => format!("it was stopped by signal {}", status.signal().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that only the launcher's own line says how the walls stand, and that nothing else passes for it.
    #[test]
    fn the_first_line_is_the_launchers() {
        assert_eq!(walls_stood(b"jailed\nunjailed: no\n"), Ok(None));
        assert_eq!(walls_stood(b"jailed: no files\nx"), Ok(Some("no files".to_owned())));
        assert_eq!(walls_stood(b"unjailed: no files\n"), Err("no files".to_owned()));
        assert!(walls_stood(b"").is_err() && walls_stood(b"sh: not found\njailed\n").is_err());
    }
}
