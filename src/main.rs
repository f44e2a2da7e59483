//! The command `casegate`: arguments → configuration → desk. The jailed children are this binary too, executed again
//! with a hidden sub-command.

use casegate::{
    cli,
    jail::{sandbox, tools::launch, worker},
};
use clap::Parser;
use std::process::ExitCode;

/// Threads for what blocks (files, hashing, sealing): each holds a buffer, and a disk gains nothing from more.
const BLOCKING_THREADS_MAX: usize = 32;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| note(panic.location())));
    // Before anything else: a child of the jail reads no arguments meant for people and starts no threads.
    let mut arguments = std::env::args();
    let command = arguments.nth(1).unwrap_or_default();
    if let Some(role) = worker::Role::from_command(&command) {
        return worker::run(role, arguments);
    }
    if command == launch::COMMAND {
        return launch::run(arguments);
    }
    if fail::has_failpoints() {
        die_where_told();
    }
    let arguments = cli::arguments::Arguments::parse();
    sandbox::bound_allocator();
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = match threads.max_blocking_threads(BLOCKING_THREADS_MAX).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the asynchronous runtime cannot start: {error}"), 3),
    };
    let code = match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(refused) => refuse(&refused.message, refused.exit_code),
    };
    // A read that hangs on a dead drive must not keep a process that has ended its work.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    code
}

/// What a panic says may quote a document; where it happened does not.
fn note(location: Option<&std::panic::Location<'_>>) {
    use std::io::Write;
    let place = location.map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let _ = writeln!(std::io::stderr(), "casegate: a bug was met at {place}");
}

fn refuse(message: &str, code: u8) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "casegate: {message}");
    ExitCode::from(code)
}

/// For the crash tests, whose build alone has failure points: `CASEGATE_DIE_AT=POINT:N` ends the process, as a power cut
/// would, when it passes that failure point for the N-th time.
fn die_where_told() {
    use nix::{sys::signal, unistd::Pid};
    use std::sync::atomic::{AtomicU64, Ordering};
    let Ok(told) = std::env::var("CASEGATE_DIE_AT") else { return };
    let Some((point, Ok(nth))) = told.split_once(':').map(|(point, nth)| (point, nth.parse::<u64>())) else { return };
    let passed = AtomicU64::new(0);
    let armed = fail::cfg_callback(point, move || {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            let _ = signal::kill(Pid::this(), signal::Signal::SIGKILL);
        }
    });
    assert!(armed.is_ok(), "the failure point cannot be armed");
}
