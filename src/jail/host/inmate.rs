//! One child: its socket, its CPU clock, its end.

use super::{
    Allowance,
    nursery::{Born, Cradle, Nursery, Reaper},
    unavailable,
};
use crate::jail::{
    JailError,
    protocol::{self, Bounds, Decoder, FromChild, ProtocolError, ToChild},
    worker::{Role, Terms},
};
use nix::{
    sys::signal::{self, Signal},
    time::ClockId,
    unistd::Pid,
};
use std::{
    fmt, io,
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream as StdStream, process::ExitStatusExt},
    },
    process::{Child, ExitStatus},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixStream, unix::pipe},
    task::JoinHandle,
    time::timeout,
};

/// How long a child may take to lock itself in: it does nothing else meanwhile, but the machine may be busy.
const START_SECONDS_MAX: u64 = 30;

/// How long each step of an ending may take before the next, harder one.
const STEP: Duration = Duration::from_millis(200);

/// Bytes of standard error that are kept, the last ones; they are looked at, never logged, since they may quote the
/// document.
const COMPLAINT_BYTES_MAX: usize = 2_048;

/// A jailed child. Dropping it kills it.
pub(super) struct Inmate {
    process: Pid,
    /// Taken when its end is awaited.
    child: Option<Child>,
    reaper: Reaper,
    stream: UnixStream,
    decoder: Decoder,
    piece: Vec<u8>,
    complaints: JoinHandle<Vec<u8>>,
    missing: Vec<String>,
    documents: u32,
    reusable: bool,
}

/// Why a conversation with a child cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Broken {
    /// Its end of the socket is closed: it is dead or dying.
    Closed,
    /// It took too long.
    Late,
    /// It broke the rules; says which.
    Violation(&'static str),
    /// It broke the rules of the frames.
    Protocol(ProtocolError),
}

/// Why a child did not finish its document: numbers and names of limits, nothing of the document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Breakdown {
    Wall(u64),
    Cpu(u64),
    Memory(u64),
    Stack,
    Forbidden,
    Panic(String),
    Violation(&'static str),
    Protocol(ProtocolError),
    Signal(i32),
    Exit(i32),
}

impl fmt::Display for Breakdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wall(seconds) => write!(f, "the reader took longer than {seconds} s"),
            Self::Cpu(seconds) => write!(f, "the reader used more than {seconds} s of processor time"),
            Self::Memory(bytes) => write!(f, "the reader needed more than {bytes} bytes of memory"),
            Self::Stack => f.write_str("the reader stopped: nested too deep"),
            Self::Forbidden => f.write_str("the reader was stopped: it tried what it may not do"),
            Self::Panic(place) => write!(f, "the reader gave up at {place}"),
            Self::Violation(what) => write!(f, "the reader was stopped: {what}"),
            Self::Protocol(what) => write!(f, "the reader was stopped: it sent {what}"),
            Self::Signal(number) => write!(f, "the reader stopped: signal {number}"),
            Self::Exit(code) => write!(f, "the reader stopped: exit code {code}"),
        }
    }
}

impl Inmate {
    /// Starts a child and waits until it has locked itself in.
    pub(super) async fn start(nursery: &Nursery, role: Role, terms: Terms, bounds: Bounds) -> Result<Self, JailError> {
        let (stream, complaints, cradle) = ways(role, terms).map_err(|e| unavailable("making ways to a child", &e))?;
        let born = nursery.start(cradle).await.map_err(|e| unavailable("starting a child", &e))?;
        let ends = (stream, complaints);
        let mut inmate = Self::new(born, ends, bounds).map_err(|e| unavailable("talking to a child", &e))?;
        let patience = Duration::from_secs(START_SECONDS_MAX);
        match timeout(patience, inmate.receive()).await {
            Ok(Ok(FromChild::Ready(missing))) => {
                inmate.missing = missing;
                Ok(inmate)
            }
            Ok(Ok(FromChild::Unjailed(why))) => Err(JailError::Unavailable(why)),
            Ok(Ok(_) | Err(_)) => Err(JailError::Unavailable("a child ended before it was locked in".to_owned())),
            Err(_) => Err(JailError::Unavailable(format!("a child was not ready within {START_SECONDS_MAX} s"))),
        }
    }

    fn new(born: Born, (stream, complaints): (StdStream, OwnedFd), bounds: Bounds) -> io::Result<Self> {
        let Born { child, reaper } = born;
        // Process ids fit: the kernel's type is i32 (pid_t).
        let process = Pid::from_raw(child.id() as i32);
        let opened = UnixStream::from_std(stream).and_then(|it| Ok((it, pipe::Receiver::from_owned_fd(complaints)?)));
        let (stream, complaints) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                reaper.end(child);
                return Err(error);
            }
        };
        let attendant = reaper.attendant();
        let complaints = tokio::spawn(async move {
            let kept = listen(complaints).await;
            drop(attendant);
            kept
        });
        Ok(Self {
            process,
            child: Some(child),
            reaper,
            stream,
            decoder: Decoder::new(bounds),
            piece: vec![0; 64 * 1024],
            complaints,
            missing: Vec::new(),
            documents: 0,
            reusable: true,
        })
    }

    /// Walls that could not be had.
    pub(super) fn missing_walls(&self) -> &[String] {
        &self.missing
    }

    /// Documents it was given so far.
    pub(super) fn documents(&self) -> u32 {
        self.documents
    }

    /// Did all it was given end well?
    pub(super) fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// Says that it must not be given another document.
    pub(super) fn spend(&mut self) {
        self.reusable = false;
    }

    /// Gives the child its CPU time for the next document, counted from what it has used by now.
    pub(super) fn begin_document(&mut self, cpu_seconds: u64) {
        self.documents += 1;
        let used = ClockId::pid_cpu_clock_id(self.process).and_then(ClockId::now);
        let used_seconds = used.map_or(0, |used| used.tv_sec().max(0) as u64);
        let mut hard = rlimit::INFINITY;
        let mut soft = 0;
        let process = self.process.as_raw();
        // A failure means that the child is gone, which shows when it is spoken to.
        let known = rlimit::prlimit(process, rlimit::Resource::CPU, None, Some((&mut soft, &mut hard)));
        if known.is_ok() {
            let renewed = used_seconds.saturating_add(cpu_seconds).saturating_add(1).min(hard);
            let _ = rlimit::prlimit(process, rlimit::Resource::CPU, Some((renewed, hard)), None);
        }
    }

    /// Sends a message.
    pub(super) async fn send(&mut self, message: &ToChild) -> Result<(), Broken> {
        let mut wire = Vec::new();
        protocol::encode(message, &mut wire).map_err(Broken::Protocol)?;
        self.stream.write_all(&wire).await.map_err(|_| Broken::Closed)
    }

    /// Waits for the next message. May be given up at any time without losing bytes.
    pub(super) async fn receive(&mut self) -> Result<FromChild, Broken> {
        loop {
            if let Some(message) = self.decoder.message().map_err(Broken::Protocol)? {
                return Ok(message);
            }
            match self.stream.read(&mut self.piece).await {
                Ok(0) | Err(_) => return Err(Broken::Closed),
                Ok(count) => self.decoder.push(&self.piece[..count]),
            }
        }
    }

    /// Kills it at once: it has done its work, and has nothing to lose.
    pub(super) fn kill(self) {
        drop(self);
    }

    /// Ends it in steps, and says what was the matter.
    pub(super) async fn break_down(mut self, broken: Broken, allowance: Allowance) -> Breakdown {
        self.ask_to_end().await;
        let Some(child) = self.child.take() else { return Breakdown::Exit(0) };
        // Killed even where it hung up by itself: a child may do that and stay. How it ended before, a signal does not
        // change.
        let status = self.reaper.end(child).await.ok().and_then(Result::ok);
        let complaints = (&mut self.complaints).await.unwrap_or_default();
        let cause = status.map_or(Breakdown::Exit(0), |status| cause_of_death(status, &complaints, allowance));
        match broken {
            Broken::Closed => cause,
            Broken::Late => Breakdown::Wall(allowance.wall_seconds),
            Broken::Violation(what) => Breakdown::Violation(what),
            Broken::Protocol(error) => Breakdown::Protocol(error),
        }
    }

    /// Hangs up, then asks the whole session to terminate, unless its end of the socket is closed before.
    async fn ask_to_end(&mut self) {
        let _ = self.stream.shutdown().await;
        if self.hangs_up().await {
            return;
        }
        // The child leads a session and group of its own since it locked itself in.
        let _ = signal::killpg(self.process, Signal::SIGTERM);
        if !self.hangs_up().await {
            let _ = signal::killpg(self.process, Signal::SIGKILL);
        }
    }

    async fn hangs_up(&mut self) -> bool {
        let stream = &mut self.stream;
        let piece = &mut self.piece;
        let closed = async { while !matches!(stream.read(piece).await, Ok(0) | Err(_)) {} };
        timeout(STEP, closed).await.is_ok()
    }
}

impl Drop for Inmate {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            self.reaper.end(child);
        }
    }
}

/// The host's ends of a child's socket and of its standard error, and what it is started with.
fn ways(role: Role, terms: Terms) -> io::Result<(StdStream, OwnedFd, Cradle)> {
    let (stream, inside) = StdStream::pair()?;
    let (complaints, outlet) = io::pipe()?;
    stream.set_nonblocking(true)?;
    let mut arguments = vec![role.command().to_owned()];
    arguments.extend(terms.to_arguments());
    let cradle = Cradle { arguments, input: inside.into(), output: None, complaints: outlet.into() };
    Ok((stream, complaints.into(), cradle))
}

/// Reads what the child writes to standard error until it ends, so that it never waits for us, and keeps the last of it.
async fn listen(mut pipe: pipe::Receiver) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut piece = [0; 1_024];
    while let Ok(count @ 1..) = pipe.read(&mut piece).await {
        kept.extend_from_slice(&piece[..count]);
        kept.drain(..kept.len().saturating_sub(COMPLAINT_BYTES_MAX));
    }
    kept
}

/// Reads the status, and for aborts the words with which the Rust runtime ends a process.
fn cause_of_death(status: ExitStatus, complaints: &[u8], allowance: Allowance) -> Breakdown {
    let said = |words: &str| complaints.windows(words.len()).any(|window| window == words.as_bytes());
    match status.signal().map(Signal::try_from) {
        Some(Ok(Signal::SIGXCPU)) => Breakdown::Cpu(allowance.cpu_seconds),
        Some(Ok(Signal::SIGSYS)) => Breakdown::Forbidden,
        Some(Ok(Signal::SIGABRT)) if said("memory allocation of") => Breakdown::Memory(allowance.memory_bytes),
        Some(Ok(Signal::SIGABRT | Signal::SIGSEGV)) if said("overflowed its stack") => Breakdown::Stack,
        Some(_) => Breakdown::Signal(status.signal().unwrap_or_default()),
        None => Breakdown::Exit(status.code().unwrap_or_default()),
    }
}
