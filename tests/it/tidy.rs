//! House rules that no compiler knows, as tests: which module may know which, what stands where, and that what has to be
//! there is there. `src/ARCHITECTURE.md` says why.

mod arrows;
mod dependencies;
mod project;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders that are made, not written.
const MADE: &[&str] = &["target", "demo", ".git", ".lab", "node_modules", "__pycache__"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project with its path from the root.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Is it a test, or does it hold nothing but tests?
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.path.starts_with("tests/")
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
            || self.path.contains("/tests/")
    }

    /// Its code without comments and without the tests at its end.
    fn code(&self) -> String {
        let (code, _) = self.text.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&self.text, ""));
        let lines = code.lines().map(|line| line.split_once("//").map_or(line, |(before, _)| before));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Every file of the project below a folder whose name ends so, in order.
fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        Source { path: relative, text }
    };
    paths.into_iter().map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let item = item.unwrap();
        let kind = item.file_type().unwrap();
        if MADE.iter().any(|made| item.file_name() == *made) {
            continue;
        }
        if kind.is_dir() {
            walk(&item.path(), found);
        } else if kind.is_file() {
            found.push(item.path());
        }
    }
}

/// Stops with every breach on a line of its own.
fn none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}:\n  {}", breaches.join("\n  "));
}
