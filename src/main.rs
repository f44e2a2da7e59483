//! The command `casegate`: arguments → configuration → desk. The jailed children are this binary too, executed again
//! with a hidden sub-command.

use casegate::{cli, jail::worker};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
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
    let code = match runtime.block_on(cli::run(arguments)) {
        Ok(code) => code,
        Err(refused) => refuse(&refused.message, refused.exit_code),
    };
    // A read that hangs on a dead drive must not keep a process that has ended its work.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    code
}

fn refuse(message: &str, code: u8) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "casegate: {message}");
    ExitCode::from(code)
}
