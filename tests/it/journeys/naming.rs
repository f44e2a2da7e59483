//! What files that are given by their paths are called in ledger and packet.

use super::shell::{Said, Shell, tree};
use serde_json::Value;
use std::path::Path;

const FIRST: &[u8] = b"Dear colleague, thank you for seeing this child in your clinic. The scan was normal.\n";
const SECOND: &[u8] = b"Dear colleague, the second letter is about the appointment in June, at ten o'clock.\n";
const THIRD: &[u8] = b"Dear colleague, the results of the laboratory were all within the usual bounds.\n";

/// Two folders of one name in a home whose names are nobody's business.
fn site() -> (Shell, String) {
    let shell = Shell::init();
    shell.write("home/secretary/ana/records/letter.txt", FIRST);
    shell.write("home/secretary/ana/records/old/letter.txt", SECOND);
    shell.write("home/secretary/bea/records/letter.txt", THIRD);
    let case = shell.open_case();
    (shell, case)
}

/// Takes paths in from a folder of the site; the paths in the ledger of this arrival.
fn taken(shell: &Shell, from: &str, paths: &[&Path]) -> Vec<String> {
    let case = shell.open_case();
    let mut command = shell.command();
    command.current_dir(shell.path(from)).env("CASEGATE_DATA", shell.data());
    let said: Said = command.args(["ingest", "--case", &case, "--json"]).args(paths).output().unwrap().into();
    rows(&said.ended(0).lines())
}

fn rows(lines: &[Value]) -> Vec<String> {
    lines.iter().filter_map(|row| Some(row["path"].as_str()?.to_owned())).collect()
}

/// Proves that a folder is called by its own name and a file by its own, whatever way they are given, and that what is only
/// looked at is called as it was given.
#[test]
fn a_path_begins_with_what_was_given() {
    let (shell, _) = site();
    let whole = shell.path("home/secretary/ana/records");
    let folder = ["records/letter.txt", "records/old/letter.txt"];
    let slash = format!("{}/", whole.display());
    for given in [whole.as_path(), Path::new(&slash), Path::new("ana/records/"), Path::new("./bea/../ana/records/")] {
        assert_eq!(taken(&shell, "home/secretary", &[given]), folder, "{}", given.display());
    }
    assert_eq!(taken(&shell, "home/secretary/ana/records", &[Path::new(".")]), folder);
    assert_eq!(taken(&shell, "home/secretary/ana/records/old", &[Path::new("..")]), folder);
    for given in [whole.join("letter.txt").as_path(), Path::new("ana/records/letter.txt")] {
        assert_eq!(taken(&shell, "home/secretary", &[given]), ["letter.txt"]);
    }
    let looked = shell.run(["inspect", "--json", "home/secretary/ana/"]).ended(0).lines();
    assert_eq!(rows(&looked)[0], "home/secretary/ana/records/letter.txt");
}

/// Proves that two folders and two files of one name, given together, keep apart in ledger and packet, that none of their files
/// is lost, and that nothing tells where they lay.
#[test]
fn two_of_one_name_keep_apart() {
    let (shell, case) = site();
    let [first, second] = ["ana", "bea"].map(|who| shell.path(&format!("home/secretary/{who}/records")));
    let [letter, again] = [first.join("old/letter.txt"), second.join("letter.txt")];
    let paths = [&first, &second, &letter, &again].map(|path| path.to_str().unwrap());
    let lines = shell.ingest(&case, &paths);
    let expected =
        ["records/letter.txt", "records/old/letter.txt", "records (2)/letter.txt", "letter.txt", "letter (2).txt"];
    assert_eq!(rows(&lines), expected);
    let bytes: Vec<u64> = lines[..3].iter().map(|row| row["bytes"].as_u64().unwrap()).collect();
    assert_eq!(bytes, [FIRST, SECOND, THIRD].map(|text| text.len() as u64));
    let words = shell.run(["case", "show", &case]).ended(0).out;
    assert!(words.contains("records (2)/letter.txt") && !words.contains("secretary"), "{words}");
    shell.run(["export", "--case", &case, "--to", "packet", "--reason", "released"]).ended(0);
    for (name, content) in tree(&shell.path("packet")) {
        assert!(!String::from_utf8_lossy(&content).contains("secretary"), "{name}");
    }
}
