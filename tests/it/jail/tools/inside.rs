//! Misdeeds: each runs as an outside program within its jail, started by the tests in `walls`, and says what came of
//! it. Ignored otherwise: outside of the jail they prove nothing.

#![expect(clippy::disallowed_methods, reason = "to prove that it fails")]

use std::{
    fmt::Debug,
    fs, hint, io,
    io::Write,
    net::{TcpListener, TcpStream, UdpSocket},
    os::unix::{net::UnixStream, process::CommandExt},
    process::Command,
    thread,
};

/// Only as an outside program: somebody who runs all ignored tests must not be harmed.
fn told() -> bool {
    std::env::var_os("CASEGATE_TOLD").is_some()
}

fn say(what: impl Debug) {
    println!("\nSAID: {what:?}");
}

/// The numbers of the errors.
fn refusals<T>(tried: Vec<io::Result<T>>) -> Vec<Option<i32>> {
    tried.into_iter().map(|it| it.err().and_then(|error| error.raw_os_error())).collect()
}

/// Reads files and folders that are none of its business.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn reads_files() {
    if told() {
        let own = fs::read("/proc/self/status").map(|_| ());
        let list = |path: &str| fs::read_dir(path).map(|_| ());
        say(refusals(vec![
            fs::read("/etc/passwd").map(|_| ()),
            own,
            list("/"),
            list("/tmp"),
            list("/home"),
            list("/etc"),
        ]));
    }
}

/// Makes, changes and removes files.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn writes_files() {
    if told() {
        say(refusals(vec![
            fs::write("/tmp/casegate-tool-probe", "x"),
            fs::write("/dev/shm/casegate-tool-probe", "x"),
            fs::write("/dev/null", "x"),
            fs::create_dir("/tmp/casegate-tool-probe"),
            fs::remove_file("/etc/ld.so.cache"),
            fs::rename("/etc/ld.so.cache", "/etc/ld.so.cache.old"),
        ]));
    }
}

/// Opens sockets.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn opens_sockets() {
    if told() {
        say(refusals(vec![
            TcpStream::connect(("127.0.0.1", 80)).map(|_| ()),
            TcpListener::bind(("127.0.0.1", 0)).map(|_| ()),
            UdpSocket::bind(("127.0.0.1", 0)).map(|_| ()),
            UnixStream::connect("/run/casegate-probe").map(|_| ()),
            UnixStream::pair().map(|_| ()),
        ]));
    }
}

/// Executes another program.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn executes_another() {
    if told() {
        say(Command::new("/bin/true").exec());
    }
}

/// Executes the very program that it was allowed to be.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn executes_itself() {
    if told() {
        say(Command::new(std::env::args().next().unwrap_or_default()).exec());
    }
}

/// Starts a process.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn forks() {
    if told() {
        let pid = clone_a_process();
        say(pid);
    }
}

/// vfork, fork or clone, as the standard library does it; the socket pair that it asks for first is refused, so this
/// goes by itself.
fn clone_a_process() -> io::Result<()> {
    let mut child = Command::new("/bin/true");
    child.spawn().map(|_| ())
}

/// Signals its parent.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn signals_its_parent() {
    if told() {
        say(nix::sys::signal::kill(nix::unistd::getppid(), None));
    }
}

/// Has itself traced.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn traces() {
    if told() {
        say(nix::sys::ptrace::traceme());
    }
}

/// Raises its own limits.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn raises_limits() {
    if told() {
        let raise = |resource| rlimit::setrlimit(resource, rlimit::INFINITY, rlimit::INFINITY);
        say(refusals(vec![raise(rlimit::Resource::CPU), raise(rlimit::Resource::AS), raise(rlimit::Resource::FSIZE)]));
    }
}

/// Names its environment and counts its descriptors.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn looks_around() {
    if told() {
        let names: Vec<_> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        let open = (0..1_024).filter(|fd| {
            // SAFETY is not at stake: only a number is asked about.
            nix::fcntl::fcntl(unsafe_borrow(*fd), nix::fcntl::FcntlArg::F_GETFD).is_ok()
        });
        say((names, open.count()));
    }
}

#[expect(unsafe_code, reason = "a descriptor by its number, asked only whether it is open")]
fn unsafe_borrow(fd: i32) -> std::os::fd::BorrowedFd<'static> {
    // SAFETY: the descriptor is only asked whether it is open, and -1, the one forbidden number, is not among them.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) }
}

/// Asks politely for more memory than there is.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn reserves_memory() {
    if told() {
        let mut room: Vec<u8> = Vec::new();
        say(room.try_reserve_exact(4 << 30).is_err());
    }
}

/// Takes memory without end.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn takes_memory() {
    if told() {
        let mut rooms = Vec::new();
        loop {
            rooms.push(hint::black_box(vec![1_u8; 16 << 20]));
        }
    }
}

/// Computes without end.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn spins() {
    if told() {
        let mut number = 1_u64;
        loop {
            number = hint::black_box(number.wrapping_mul(3));
        }
    }
}

/// Does nothing, for ever.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn hangs() {
    if told() {
        loop {
            thread::park();
        }
    }
}

/// Closes its outputs and stays.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn lingers() {
    if told() {
        for fd in [1, 2] {
            let _ = nix::unistd::close(fd);
        }
        loop {
            thread::park();
        }
    }
}

/// Talks without end.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn chatters() {
    if told() {
        while io::stdout().write_all(&[b'x'; 4_096]).is_ok() {}
    }
}

/// Complains at length, starts a thread, and ends well.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn works_honestly() {
    if told() {
        (0..4_000).for_each(|_| io::stderr().write_all(&[b'x'; 1_000]).unwrap_or_default());
        let thread = thread::spawn(|| 7).join().unwrap_or_default();
        say(thread);
    }
}

/// Reads its input and says how long it was.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn reads_its_input() {
    if told() {
        say(io::copy(&mut io::stdin(), &mut io::sink()).unwrap_or_default());
    }
}

/// Says that it was not jailed, as the launcher would.
#[test]
#[ignore = "a misdeed, tried by walls"]
fn forges_the_launchers_line() {
    if told() {
        let _ = io::stderr().write_all(b"unjailed: no walls\n");
        std::process::exit(1);
    }
}
