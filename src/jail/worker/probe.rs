//! Misdeeds on request, to prove the walls: a document `casegate-probe:WHAT` makes a child that was started with
//! `--probes` try WHAT from within its jail and report what the kernel said. The product never starts one so, and
//! nothing here gets any further than any other code in the jail.

use super::{link::Link, sink::HostSink, source::HostSource};
use crate::domain::{
    facts::{Facts, FileKind, Member, MemberEnd, PageText, Readable},
    limits::FRAME_BYTES_MAX,
    path::RawName,
    reason::Reason,
};
use crate::kinds::{Offer, Sink, Stop};
use std::{
    cell::RefCell,
    hint::black_box,
    io::{self, Read},
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::{net::UnixStream, process::CommandExt},
    panic,
    process::Command,
    rc::Rc,
    sync::{Mutex, PoisonError},
    thread,
};

const MARK: &[u8] = b"casegate-probe:";

static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Replaces the message on standard error, which may quote the document, by the place in the code, kept for the host.
pub(super) fn remember_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |at| {
            // The last parts of the path: the library's name and version, and the file in it.
            let parts: Vec<&str> = at.file().rsplit('/').take(4).collect();
            let file: Vec<&str> = parts.into_iter().rev().collect();
            format!("{}:{}", file.join("/"), at.line())
        });
        *LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// Where the last panic happened: a source file and line, nothing of the document.
pub(super) fn last_panic() -> String {
    LAST_PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What a misdeed may use.
pub(super) struct Scene<'a> {
    pub(super) link: &'a Rc<RefCell<Link>>,
    pub(super) source: &'a mut HostSource,
    pub(super) sink: &'a mut HostSink,
}

/// The misdeed that a document asks for.
pub(super) fn asked_for(head: &[u8]) -> Option<String> {
    let text = head.strip_prefix(MARK)?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Some(String::from_utf8_lossy(line).into_owned())
}

/// Tries it; if it lives, the facts say what came of it.
pub(super) fn commit(misdeed: &str, scene: Scene<'_>) -> Facts {
    let result = forbidden(misdeed).or_else(|| exhaust(misdeed)).or_else(|| disturb(misdeed, scene));
    let detail = match result {
        Some(Ok(done)) => format!("done: {done}"),
        Some(Err(error)) => format!("refused: errno {}", error.raw_os_error().unwrap_or(0)),
        None => "no such misdeed".to_owned(),
    };
    let mut facts = Facts::of(FileKind::Text, Readable::Yes);
    facts.observe(Reason::ActiveContent, detail);
    facts
}

type Tried = Option<io::Result<String>>;

/// What seccomp and Landlock forbid.
#[expect(clippy::disallowed_methods, reason = "to prove that it fails")]
fn forbidden(misdeed: &str) -> Tried {
    let said = |_| "it works".to_owned();
    Some(match misdeed {
        "open-read" => std::fs::read("/etc/passwd").map(|bytes| format!("{} bytes", bytes.len())),
        "open-write" => std::fs::write("/tmp/casegate-probe", "x").map(|()| "it works".to_owned()),
        "list" => std::fs::read_dir("/").map(|_| "it works".to_owned()),
        "tcp" => TcpStream::connect(("127.0.0.1", 80)).map(|_| "it works".to_owned()),
        "listen" => TcpListener::bind(("127.0.0.1", 0)).map(|_| "it works".to_owned()),
        "udp" => UdpSocket::bind(("127.0.0.1", 0)).map(|_| "it works".to_owned()),
        "unix" => UnixStream::connect("/run/casegate-probe").map(|_| "it works".to_owned()),
        "pair" => UnixStream::pair().map(|_| "it works".to_owned()),
        "exec" => Err(Command::new("/bin/true").exec()),
        "fork" => Command::new("/bin/true").spawn().map(|_| "it works".to_owned()),
        "ptrace" => nix::sys::ptrace::traceme().map(said).map_err(Into::into),
        // The null signal: only whether it would be allowed.
        "signal" => nix::sys::signal::kill(nix::unistd::Pid::from_raw(1), None).map(said).map_err(Into::into),
        "execute-memory" => crate::jail::sandbox::take_executable_memory().map(said),
        "unlimit" => rlimit::setrlimit(rlimit::Resource::CPU, rlimit::INFINITY, rlimit::INFINITY).map(said),
        "environ" => Ok(std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect()),
        "thread" => thread::Builder::new().spawn(|| 1).map(|it| it.join().map_or(0, |n| n).to_string()),
        "process-id" => Ok(std::process::id().to_string()),
        _ => return None,
    })
}

/// What rlimits, clocks and the end of the stack forbid.
fn exhaust(misdeed: &str) -> Tried {
    Some(match misdeed {
        "reserve" => {
            let mut room: Vec<u8> = Vec::new();
            let reserved = room.try_reserve_exact(2 << 30);
            reserved.map(|()| "2 GiB".to_owned()).map_err(|_| io::Error::from_raw_os_error(nix::libc::ENOMEM))
        }
        "allocate" => Ok(black_box(vec![1_u8; 4 << 30]).len().to_string()),
        "spin" => loop {
            black_box(0);
        },
        "hang" => loop {
            thread::park();
        },
        "recurse" => Ok(recurse(1).to_string()),
        "panic" => panic!("a parser gives up on this document"),
        "abort" => std::process::abort(),
        "hang-up" => {
            // The socket, and its copy that the link has.
            for fd in (0..8).filter(|fd| *fd != 2) {
                let _ = nix::unistd::close(fd);
            }
            loop {
                thread::park();
            }
        }
        "chatter" => {
            for _ in 0..4_000 {
                nix::unistd::write(io::stderr(), &[b'x'; 1_000]).map_err(io::Error::from).ok()?;
            }
            Ok("4 MB on standard error".to_owned())
        }
        _ => return None,
    })
}

#[expect(unconditional_recursion, reason = "it is to end at the end of the stack")]
fn recurse(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    recurse(depth + 1) + room[0]
}

/// What the host must bear.
fn disturb(misdeed: &str, mut scene: Scene<'_>) -> Tried {
    let (verb, count) = misdeed.split_once(' ').unwrap_or((misdeed, ""));
    let count = count.parse().unwrap_or(u64::MAX);
    Some(match verb {
        "garbage" => scene.link.borrow_mut().send_raw(b"\x08\0\0\0garbage!").map(|()| "sent".to_owned()),
        "overlong" => {
            let header = (FRAME_BYTES_MAX as u32 + 1).to_le_bytes();
            scene.link.borrow_mut().send_raw(&header).map(|()| "sent".to_owned())
        }
        "cut" => scene.link.borrow_mut().send_raw(b"\xff\0\0\0half").map(|()| std::process::exit(0)),
        "members" => Ok(format!("{:?}", members(&mut scene, count, 1_000))),
        "large-member" => Ok(format!("{:?}", members(&mut scene, 1, count))),
        "members-then-abort" => {
            let _ = members(&mut scene, count, 10);
            std::process::abort()
        }
        "half-member-then-abort" => {
            let member = Member { ordinal: 0, name: RawName::from_text("half"), claimed_bytes: None };
            let _ = scene.sink.begin(member).and_then(|_| scene.sink.data(b"half"));
            std::process::abort()
        }
        "pages" => {
            (0..count).for_each(|n| scene.sink.page(PageText { page: n as u32 + 1, text: "word ".repeat(200) }));
            Ok("handed over".to_owned())
        }
        "read-all" => {
            let mut bytes = Vec::new();
            let read = scene.source.read_to_end(&mut bytes);
            let sum: u64 = bytes.iter().map(|byte| u64::from(*byte)).sum();
            read.map(|count| format!("{count} bytes, sum {sum}"))
        }
        _ => return None,
    })
}

fn members(scene: &mut Scene<'_>, count: u64, bytes: u64) -> Result<u64, Stop> {
    let piece = vec![b'm'; bytes.min(256 * 1024) as usize];
    for ordinal in 0..count {
        let name = RawName::from_text(&format!("member {ordinal}"));
        if scene.sink.begin(Member { ordinal, name, claimed_bytes: Some(bytes) })? == Offer::Skip {
            continue;
        }
        let mut left = bytes;
        while left > 0 {
            let now = left.min(piece.len() as u64);
            scene.sink.data(&piece[..now as usize])?;
            left -= now;
        }
        scene.sink.end(MemberEnd::Whole)?;
    }
    Ok(count)
}
