//! What a file of code may hold.

use super::{files, none, root};
use crate::support::lacking::{Lack, skip};
use std::{collections::BTreeSet, fs};

/// Lines after which a file has to say at its head why it is one file.
const LINES_MAX: usize = 500;

/// Proves that every file opens by saying what it is, and that a long one says why it is long.
#[test]
fn files_are_short_and_say_what_they_are() {
    let mut breaches = Vec::new();
    for source in files("src", ".rs").into_iter().chain(files("tests", ".rs")) {
        if !source.text.starts_with("//!") {
            breaches.push(format!("{} does not open with what it is", source.path));
        }
        let head = source.text.lines().take_while(|line| line.starts_with("//!")).collect::<String>();
        let lines = source.text.lines().count();
        if lines > LINES_MAX && !head.contains("Longer than 500 lines because") {
            breaches.push(format!("{} has {lines} lines and does not say why", source.path));
        }
    }
    none("files", &breaches);
}

/// Proves that SQL is written in the catalog and nowhere else.
#[test]
fn sql_stands_in_the_catalog_only() {
    let words = ["rusqlite", "SELECT ", "INSERT INTO ", "DELETE FROM ", "CREATE TABLE "];
    none("SQL outside of the catalog", &saying(&words, &["src/catalog/"]));
}

/// Proves that HTTP is known where it comes in and goes out, and nowhere else.
#[test]
fn http_is_known_at_the_edges_only() {
    let edges = ["src/inlet/", "src/outlet/", "src/app", "src/cli/serve.rs"];
    none("axum or tower-http away from the edges", &saying(&["axum::", "tower_http::"], &edges));
}

/// Proves that foreign formats are read in the inspector and nowhere else.
#[test]
fn foreign_formats_are_read_in_the_jail_only() {
    let parsers =
        ["lopdf::", "hayro_", "dicom_object::", "dicom_pixeldata::", "calamine::", "mailparse::", "html2text::"];
    none("parsers outside of the inspector", &saying(&parsers, &["src/kinds/", "src/jail/"]));
}

/// Files outside of the places named whose code says one of the words.
fn saying(words: &[&str], places: &[&str]) -> Vec<String> {
    let elsewhere = |path: &str| !places.iter().any(|place| path.starts_with(place));
    let mut breaches = Vec::new();
    for source in files("src", ".rs").into_iter().filter(|source| !source.is_test() && elsewhere(&source.path)) {
        let code = source.code();
        breaches
            .extend(words.iter().filter(|word| code.contains(*word)).map(|word| format!("{}: {word}", source.path)));
    }
    breaches
}

/// Names that any disc or computer has.
const COMMON: &[&str] = &[".DS_Store", "Thumbs.db", "desktop.ini", "report.pdf.exe"];

/// Proves that no code knows the files it is measured with: a name of the test corpus in `src/` would be a result that
/// was looked up. Skipped where the corpus is not beside the project.
#[test]
fn no_code_knows_the_corpus() {
    let list = root().join("../shared/corpus/expected.tsv");
    let Ok(list) = fs::read_to_string(&list) else {
        return skip(Lack::Installable, "there is no corpus beside the project");
    };
    let name = |line: &str| Some(line.split('\t').next()?.rsplit('/').next()?.to_owned());
    let names: BTreeSet<String> = list.lines().skip(1).filter_map(name).filter(|name| name.len() >= 8).collect();
    assert!(names.len() > 100, "the corpus names only {} files", names.len());
    let mut breaches = Vec::new();
    for source in files("src", ".rs") {
        let known = names.iter().filter(|name| !COMMON.contains(&name.as_str()) && source.text.contains(*name));
        breaches.extend(known.map(|name| format!("{} names {name}", source.path)));
    }
    none("names of the corpus", &breaches);
}
