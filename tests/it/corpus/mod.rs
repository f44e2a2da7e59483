//! The real binary on the shared corpus: scored as a whole, each disc in each wrapping, and a family's upload.
//!
//! The corpus lies beside the project and is not shipped with it: without it these tests say so and pass.

mod agreement;
mod case;
mod discs;
mod score;

use crate::golden::corpus;
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The binary, told to work in a folder.
#[expect(clippy::disallowed_methods, reason = "the program under test is started")]
fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(folder).env_remove("CASEGATE_DATA").env_remove("CASEGATE_CONFIG");
    command
}

/// What `casegate inspect --json` says about a path: its rows and its closing line.
fn inspect(folder: &Path, arguments: &[&str]) -> (Vec<Value>, Value) {
    let mut command = program(env!("CARGO_BIN_EXE_casegate"), folder);
    let output = command.args(["inspect", "--json"]).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let closing = lines.pop().unwrap();
    (lines, closing)
}

/// The corpus's folder of that name, if there is a corpus.
fn part(name: &str) -> Option<PathBuf> {
    corpus().map(|corpus| corpus.join(name))
}
