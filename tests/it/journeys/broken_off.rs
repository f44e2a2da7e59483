//! Commands that end before all was done: an intake that was killed, a key that is another's, an answer that nobody got.

use super::shell::{Said, Shell};
use crate::support::deep::too_deep;
use serde_json::Value;
use std::{fs, os::unix::process::ExitStatusExt, process::Stdio};

/// A case whose intake of a folder with ten letters was killed at the fifth.
fn killed() -> (Shell, String) {
    let shell = Shell::init();
    for number in 0..10 {
        let letter = format!("Dear colleague, this is letter {number} about the child who was seen in the clinic.\n");
        shell.write(&format!("records/letter {number}.txt"), letter.as_bytes());
    }
    let case = shell.open_case();
    let mut command = shell.command();
    command.args(["ingest", "--case", &case, "records"]).env("CASEGATE_DIE_AT", "receive.committed:1");
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.signal(), Some(9), "{status}");
    (shell, case)
}

fn unfinished(shell: &Shell, case: &str) -> Vec<Value> {
    shell.show(case)["unfinished"].as_array().unwrap().clone()
}

/// Proves that a case is not ready while an intake that was broken off has not brought the rest, that the desk is told what to
/// do, and that taking the same in again ends it.
#[test]
fn a_broken_intake_keeps_the_case() {
    let (shell, case) = killed();
    // Whatever came of it is looked at first, so that nothing else keeps the case.
    shell.write("other/note.txt", b"Another letter about the child, which came by itself, from the clinic.\n");
    shell.ingest(&case, &["other"]);
    let said = shell.run(["case", "gate", &case]).ended(1).out;
    assert!(said.contains("An intake was broken off, and not all of it came: records"), "{said}");
    let open = unfinished(&shell, &case);
    assert_eq!((open.len(), &open[0]["state"]), (1, &Value::from("broken_off")));
    let gate = shell.run(["case", "gate", &case, "--json"]).ended(1).lines().remove(0);
    assert_eq!((gate["ready"].as_bool(), gate["work_open"].as_u64()), (Some(false), Some(1)));
    assert!(shell.run(["case", "list"]).ended(0).out.contains("1 intake"));
    shell.ingest(&case, &["records"]);
    assert!(unfinished(&shell, &case).is_empty());
    let gate = shell.run(["case", "gate", &case, "--json"]).lines().remove(0);
    assert_eq!(gate["work_open"], 0);
    let rows = shell.show(&case)["rows"].as_array().unwrap().len();
    assert!(rows >= 11, "{rows} rows");
}

/// Proves that a file which cannot be read keeps the case as well, however often it is tried, and that the same command ends
/// the intake once it can be.
#[test]
fn what_was_not_taken_in_keeps_the_case() {
    let shell = Shell::init();
    let case = shell.open_case();
    shell.write("records/letter.txt", b"A letter about the child who was seen in the clinic in spring.\n");
    // Reading the first bytes of a process's memory fails, as reading a bad sector does.
    std::os::unix::fs::symlink("/proc/self/mem", shell.path("report.txt")).unwrap();
    let ingest = ["ingest", "--case", &case, "records", "report.txt"];
    for _ in 0..2 {
        let said = shell.run(ingest).ended(3);
        assert!(said.err.contains("NOT TAKEN IN: report.txt: "), "{}", said.err);
        assert!(said.out.contains("Not ready: 1 intake open. Next: casegate"), "{}", said.out);
        let open = unfinished(&shell, &case);
        assert_eq!((open.len(), &open[0]["path"]), (1, &Value::from("records, report.txt")), "{open:?}");
        let named = open[0]["not_read"]["named"].as_array().unwrap();
        assert_eq!((named.len(), &named[0]["path"]), (1, &Value::from("report.txt")), "{open:?}");
        for ask in ["gate", "show"] {
            let said = shell.run(["case", ask, &case]).out;
            assert!(said.contains("not taken in: report.txt: "), "{said}");
            assert_eq!(
                said.contains("An intake could not read all that it was given: records"),
                ask == "gate",
                "{said}"
            );
        }
        let gate = shell.run(["case", "gate", &case, "--json"]).ended(1).lines().remove(0);
        assert_eq!((gate["ready"].as_bool(), gate["work_open"].as_u64()), (Some(false), Some(1)));
    }
    let said = shell.run(["inspect", "--no-reading", "records", "report.txt"]).ended(3).out;
    assert!(said.contains("It would not be ready: not all of it could be read."), "{said}");
    fs::remove_file(shell.path("report.txt")).unwrap();
    shell.write("report.txt", b"The report about the child that could not be read before.\n");
    shell.run(ingest).ended(0);
    assert!(unfinished(&shell, &case).is_empty());
    assert_eq!(shell.run(["case", "gate", &case, "--json"]).ended(0).lines()[0]["ready"], true);
}

/// Proves that what lies too deep in a folder to be looked at keeps nothing else back, is named, and leaves the intake open.
#[test]
fn what_nobody_can_look_at_is_named() {
    let shell = Shell::init();
    let case = shell.open_case();
    shell.write("records/letter.txt", b"A letter about the child who was seen in the clinic in spring.\n");
    too_deep(&shell.path("records"));
    let said = shell.run(["ingest", "--case", &case, "records"]).ended(3);
    assert!(said.err.contains("NOT TAKEN IN: records/deep/ddd"), "{}", said.err);
    let rows = shell.show(&case)["rows"].as_array().unwrap().clone();
    assert_eq!(rows.iter().map(|row| row["path"].as_str().unwrap()).collect::<Vec<_>>(), ["records/letter.txt"]);
    let open = unfinished(&shell, &case);
    assert!(open[0]["not_read"]["named"][0]["path"].as_str().unwrap().starts_with("records/deep/ddd"), "{open:?}");
}

/// Proves that the desk may give such an intake up, with a reason that is in the trail and sealed, and that what it brought
/// stays.
#[test]
fn a_broken_intake_is_given_up() {
    let (shell, case) = killed();
    let id = unfinished(&shell, &case)[0]["upload"].as_str().unwrap().to_owned();
    shell.run(["case", "discard", &case, &id, "--reason", ""]).ended(2);
    let before = shell.show(&case)["rows"].as_array().unwrap().len();
    let reason = "the family brings a stick instead";
    let done = shell.run(["case", "discard", &case, &id, "--reason", reason, "--json"]).ended(0).lines().remove(0);
    assert_eq!((done["intake"].as_bool(), done["upload"].as_str()), (Some(true), Some(id.as_str())));
    assert!(unfinished(&shell, &case).is_empty());
    assert_eq!(shell.show(&case)["rows"].as_array().unwrap().len(), before);
    let events = shell.run(["audit", "export"]).ended(0).out;
    assert!(events.contains("arrival-given-up") && !events.contains("stick"));
    shell.run(["case", "discard", &case, &id, "--reason", reason]).ended(2);
    shell.run(["verify"]).ended(0);
}

/// Proves that a site which is given another site's key says so at once, and that a case whose own key is gone is listed with
/// the others.
#[test]
fn keys_that_do_not_fit_are_told() {
    let (shell, other) = (Shell::init(), Shell::init());
    let (case, second) = (shell.open_case(), shell.open_case());
    let gone = fs::read_dir(shell.keys().join("cases")).unwrap().map(|file| file.unwrap().path());
    let of_second: Vec<_> = gone.filter(|path| path.to_string_lossy().contains(&second)).collect();
    assert!(!of_second.is_empty(), "no key is called by its case");
    of_second.iter().for_each(|path| fs::remove_dir_all(path).unwrap());
    let listed = shell.run(["case", "list"]).ended(0).out;
    assert!(listed.contains("SAMPLE, Ana María") && listed.contains("(cannot be opened)"), "{listed}");
    assert!(listed.contains(&case) && listed.contains(&second));
    fs::copy(other.keys().join("site.key"), shell.keys().join("site.key")).unwrap();
    let said = shell.run(["case", "list"]).ended(3).err;
    assert!(said.contains("another site's") && said.contains("site.key"), "{said}");
}

/// Proves that an answer which cannot be written is no success, and that nobody reading on is.
#[test]
fn an_answer_that_is_lost_is_no_success() {
    let shell = Shell::init();
    let case = shell.open_case();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ran = shell.command().args(["case", "show", &case, "--json"]).stdout(full).output().unwrap();
    let said = Said::from(ran).ended(3);
    assert!(said.err.contains("could not be written"), "{}", said.err);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ran = shell.command().args(["case", "show", &case, "--json"]).stdout(writer).output().unwrap();
    Said::from(ran).ended(0);
}

/// Proves that a case to which nothing came says so and what to do, that the holding case stays open, and that a duplicate of
/// what came another time names it by its id.
#[test]
fn what_is_named_can_be_found() {
    let shell = Shell::init();
    let case = shell.open_case();
    let said = shell.run(["case", "gate", &case]).ended(1).out;
    assert!(said.contains(&format!("Nothing has arrived: `casegate --data site ingest --case {case} PATH`")), "{said}");
    shell.write("a/disc.txt", b"One text about the child that is handed in twice.\n");
    shell.write("b/disc.txt", b"One text about the child that is handed in twice.\n");
    let first = shell.ingest(&case, &["a/disc.txt"]);
    let second = shell.ingest(&case, &["b/disc.txt"]);
    let copy = second.iter().find(|row| row["outcome"] == "duplicate_of").unwrap();
    assert_eq!(copy["duplicate_of"], first[0]["id"]);
    let shown = shell.show(&case);
    let copy = shown["rows"].as_array().unwrap().iter().find(|row| row["outcome"] == "duplicate_of").unwrap();
    assert_eq!(copy["duplicate_of"], "disc.txt", "all rows are there: the path names it");
    shell.write("other.txt", b"A text about some other child, which belongs elsewhere.\n");
    shell.ingest(&case, &["other.txt"]);
    shell.run(["case", "move", &case, "other.txt", "--to", "holding"]).ended(0);
    let listed = shell.run(["case", "list", "--json"]).ended(0).lines();
    let holding = listed.iter().find(|row| row["holding"] == true).unwrap()["case"].as_str().unwrap().to_owned();
    assert!(shell.run(["case", "close", &holding]).ended(2).err.contains("stays open"));
}
