//! The command `casegate`.

use casegate::jail::worker::{self, Role};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref().and_then(Role::from_command) {
        // Before anything else starts or is opened: the child must be alone with its socket.
        Some(role) => worker::run(role, arguments),
        None => ExitCode::from(2),
    }
}
