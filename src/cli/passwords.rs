//! Passwords for locked documents, from a file, standard input or the keyboard: never from the command line, and never
//! shown while they are typed.

use crate::control::client::Refused;
use console::Term;
use std::{
    io::{IsTerminal, Read},
    path::Path,
};

/// Passwords, one a line; `-` is standard input. At a terminal one is asked for.
pub(super) fn read(file: &Path) -> Result<Vec<String>, Refused> {
    let cannot = |e: std::io::Error| Refused::usage(format!("the password file cannot be read: {e}"));
    let mut text = String::new();
    if file != Path::new("-") {
        text = std::fs::read_to_string(file).map_err(cannot)?;
    } else if std::io::stdin().is_terminal() {
        text = typed()?;
    } else {
        std::io::stdin().read_to_string(&mut text).map_err(cannot)?;
    }
    let passwords: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if passwords.is_empty() {
        return Err(Refused::usage("no password was given, and an empty one opens nothing; nothing was changed"));
    }
    Ok(passwords)
}

/// What somebody types, without showing it.
fn typed() -> Result<String, Refused> {
    let Some(terminal) = [Term::stderr(), Term::stdout()].into_iter().find(Term::is_term) else {
        return Err(Refused::usage("there is no terminal to ask on; give the password with --password-file FILE"));
    };
    let asked = terminal.write_str("Password (it is not shown): ").and_then(|()| terminal.read_secure_line());
    asked.map_err(|e| Refused::world(format!("the password cannot be asked for: {e}")))
}
