//! The watch folder.

use super::daemon::{Site, row, sha256};
use crate::support::deep::too_deep;
use std::path::Path;

fn config(folder: &Path, more: &str) -> String {
    format!("[watch]\nfolder = \"{}\"\nstable_seconds = 0\n{more}\n", folder.display())
}

/// Puts a file in place whole: half of it could be taken for all of it otherwise, since nothing is waited for here.
fn put(folder: &Path, name: &str, text: &str) {
    let unfinished = folder.join(format!("{name}.part"));
    std::fs::write(&unfinished, text).unwrap();
    std::fs::rename(unfinished, folder.join(name)).unwrap();
}

fn holding(site: &Site) -> String {
    let told = site.done(&["case", "list", "--json"]);
    let cases = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let holding = cases.into_iter().find(|case| case["holding"] == true).unwrap();
    holding["case"].as_str().unwrap().to_owned()
}

/// Proves that files are taken into the holding case under their relative names and deleted after their receipt, that the
/// log says so without naming them, and that unfinished names are waited for until they are renamed.
#[test]
fn files_are_taken_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("disc")).unwrap();
    std::fs::write(folder.path().join("disc/letter.txt"), "a letter").unwrap();
    std::fs::write(folder.path().join("film.bin.part"), "not whole").unwrap();
    let mut site = Site::running(&config(folder.path(), ""));
    site.until("the letter is taken", |_| !folder.path().join("disc/letter.txt").exists());
    let case = holding(&site);
    let rows = site.ledger(&case);
    assert_eq!(rows.len(), 1);
    assert_eq!(row(&rows, "disc/letter.txt")["sha256"], sha256(b"a letter"));
    let log = site.log();
    let taken = log.lines().find(|line| line.contains("a file of the watch folder was taken in")).unwrap();
    assert!(taken.contains(&case) && !log.contains("letter.txt"), "{taken}");
    assert!(folder.path().join("film.bin.part").exists());
    std::fs::write(folder.path().join("film.bin.part"), "now it is whole").unwrap();
    std::fs::rename(folder.path().join("film.bin.part"), folder.path().join("film.bin")).unwrap();
    site.until("the film is taken", |_| !folder.path().join("film.bin").exists());
    assert_eq!(row(&site.ledger(&case), "film.bin")["sha256"], sha256(b"now it is whole"));
}

/// Proves that files are moved where that is wanted, also below the folder itself, without being taken again.
#[test]
fn files_are_moved() {
    let folder = tempfile::tempdir().unwrap();
    let done = folder.path().join("done");
    std::fs::create_dir(&done).unwrap();
    std::fs::write(folder.path().join("a.txt"), "a").unwrap();
    let move_to = format!("after = \"move\"\nmove_to = \"{}\"", done.display());
    let mut site = Site::running(&config(folder.path(), &move_to));
    site.until("a.txt is moved", |_| done.join("a.txt").exists());
    put(folder.path(), "b.txt", "b");
    site.until("b.txt is moved", |_| done.join("b.txt").exists());
    let case = holding(&site);
    assert_eq!(site.ledger(&case).len(), 2);
}

/// Proves that files that stay are taken once, again when they change, and after a kill only as duplicates.
#[test]
fn files_that_stay_are_taken_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "one").unwrap();
    let mut site = Site::running(&config(folder.path(), "after = \"leave\""));
    let case = holding(&site);
    let stored = |rows: &[serde_json::Value]| rows.iter().filter(|row| row["outcome"] == "stored").count();
    site.until("it is taken", |site| site.ledger(&case).len() == 1);
    put(folder.path(), "a.txt", "two, longer");
    site.until("it is taken again", |site| site.ledger(&case).len() == 2);
    site.kill();
    site.start();
    site.until("it is seen again after the kill", |site| site.ledger(&case).len() == 3);
    assert_eq!(stored(&site.ledger(&case)), 2);
    assert!(file.exists());
}

/// Proves that what lies in the folder and cannot be looked at is told in the log, without its name, and keeps nothing else.
#[test]
fn what_cannot_be_looked_at_is_told() {
    let folder = tempfile::tempdir().unwrap();
    too_deep(folder.path());
    std::fs::write(folder.path().join("a.txt"), "a").unwrap();
    let mut site = Site::running(&config(folder.path(), ""));
    site.until("a.txt is taken", |_| !folder.path().join("a.txt").exists());
    site.until("the log tells", |site| site.log().contains("files or folders in the watch folder cannot be looked at"));
    assert!(!site.log().contains("ddd"), "{}", site.log());
    assert_eq!(site.ledger(&holding(&site)).len(), 1);
}
