//! The command `casegate`: arguments → configuration → desk. The jailed children are this binary too, executed again
//! with a hidden sub-command.

use casegate::{cli, jail::worker};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| note(panic.location())));
    // Before anything else: a child of the jail reads no arguments meant for people and starts no threads.
    let mut arguments = std::env::args();
    if let Some(role) = arguments.nth(1).as_deref().and_then(worker::Role::from_command) {
        return worker::run(role, arguments);
    }
    let arguments = cli::arguments::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("the asynchronous runtime cannot start: {error}"), 3),
    };
    match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(refused) => refuse(&refused.message, refused.exit_code),
    }
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
