//! The command line: what scripts and people rely on.

use super::shell::{Shell, tree};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const FIELDS: [&str; 13] = [
    "path",
    "bytes",
    "sha256",
    "kind",
    "outcome",
    "readable",
    "language",
    "reasons",
    "pages",
    "duplicate_of",
    "conflict_with",
    "similar_to",
    "patient",
];

/// Checks rows and closing line against the contract, field by field.
fn check_lines(lines: &[Value]) {
    let (closing, rows) = lines.split_last().unwrap();
    for row in rows {
        let keys: BTreeSet<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(FIELDS.iter().all(|field| keys.contains(field)), "{row}");
        assert!(keys.iter().all(|key| FIELDS.contains(key) || ["dicom", "id"].contains(key)), "{row}");
        assert!(row["patient"]["match"].is_string());
        for reason in row["reasons"].as_array().unwrap() {
            for field in ["code", "severity", "page", "detail"] {
                assert!(reason.get(field).is_some(), "{reason}");
            }
        }
        for page in row["pages"].as_array().unwrap() {
            for field in ["page", "readable", "language", "share_non_english", "words", "ocr_confidence"] {
                assert!(page.get(field).is_some(), "{page}");
            }
        }
        if row["kind"] == "dicom" && row["outcome"] != "missing" {
            for field in ["study", "series", "sop_instance", "transfer_syntax"] {
                assert!(row["dicom"][field].is_string(), "{row}");
            }
        }
    }
    let sum = &closing["summary"];
    let outcomes = ["stored", "duplicate_of", "conflict_with", "junk", "held", "unreadable", "missing"];
    for outcome in outcomes {
        let counted = rows.iter().filter(|row| row["outcome"] == outcome).count();
        assert_eq!(sum[outcome].as_u64(), Some(counted as u64), "{outcome}");
    }
    let found = rows.iter().filter(|row| row["outcome"] != "missing").count();
    assert_eq!(sum["entries"].as_u64(), Some(found as u64));
    assert!(sum["bytes"].is_u64() && sum["seconds"].is_f64());
    assert!(closing["case"]["ready"].is_boolean() && closing["case"]["blocking"].is_array());
}

/// Checks that the keys of each row come in the contract's order.
fn check_order(said: &str) {
    for line in said.lines().filter(|line| line.starts_with("{\"path\"")) {
        let places: Vec<_> = FIELDS.iter().map(|field| line.find(&format!("\"{field}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{line}");
    }
}

/// Proves the way from a new site to a search hit, with the shapes and exit codes of the contract.
#[test]
fn from_init_to_a_hit() {
    let shell = Shell::nowhere();
    let made = shell.run(["init", "--recovery-out", "recovery.key"]).ended(0);
    assert!(made.out.contains("MOVE IT AWAY NOW"));
    assert!(shell.path("recovery.key").exists());
    shell.run(["init"]).ended(2);
    shell.write_upload();
    let case = shell.open_case();
    let taken = shell.run(["ingest", "--case", &case, "--json", "upload"]).ended(1);
    check_lines(&taken.lines());
    assert!(taken.out.starts_with("{\"path\""), "{}", taken.out);
    check_order(&taken.out);
    assert_eq!(taken.err, "");
    let prefix = &case[..8];
    let shown = shell.run(["case", "show", prefix]).ended(0).out;
    assert!(shown.contains("SAMPLE, Ana María") && shown.contains("listed and present"), "{shown}");
    let gate = shell.run(["case", "gate", prefix, "--json"]).ended(1).lines();
    assert_eq!(gate[0]["ready"], false);
    assert!(gate[0]["blocking"].as_array().unwrap().contains(&"empty_file".into()));
    let listed = shell.run(["case", "list", "--json"]).ended(0).lines();
    assert_eq!(listed[0]["case"], case.as_str());
    assert!(shell.run(["search", "--case", prefix, "clinic"]).ended(2).err.contains("--reason"));
    let hits = shell.run(["search", "--case", prefix, "--reason", "x", "--json", "clinic"]).ended(0).lines();
    assert!(hits[0]["path"].as_str().unwrap().contains("letter.txt"));
    assert!(hits[0]["snippet"].as_str().unwrap().contains("clinic"));
    let none = shell.run(["search", "--case", prefix, "--reason", "x", "zebra"]).ended(0);
    assert_eq!(none.out, "Nothing found.\n");
    let link = shell.run(["link", "--case", prefix, "--for", "family", "--expires", "14d", "--json"]).ended(0).lines();
    assert!(link[0]["address"].as_str().unwrap().contains("/u/"));
}

/// Proves that what is done to a case as a whole answers in one JSON object and nothing else, with the state the case is in
/// then.
#[test]
fn states_are_told_in_json() {
    let shell = Shell::init();
    shell.write("password", b"open-Sesame-7\n\nanother\n");
    let case = shell.open_case();
    let order = |words: &[&str]| {
        let said = shell.run(["case"].iter().chain(words).chain(&["--json"])).ended(0);
        let lines = said.lines();
        assert_eq!(lines.len(), 1, "{words:?}");
        lines[0].clone()
    };
    let state = |state: &str| json!({ "case": case, "state": state });
    assert_eq!(order(&["hold", &case]), state("held"));
    assert_eq!(order(&["reopen", &case[..8]]), state("open"));
    let passwords = order(&["password", &case, "--password-file", shell.path("password").to_str().unwrap()]);
    assert_eq!(passwords, json!({ "case": case, "passwords": 2 }));
    assert_eq!(order(&["close", &case]), state("closed"));
    assert_eq!(order(&["shred", &case, "--yes"]), state("shredded"));
    assert_eq!(order(&["list"])["state"], "shredded");
}

/// Proves that a daemon gives the same answers over its socket as the folder does by itself.
#[test]
fn a_daemon_answers_the_same() {
    let shell = Shell::init();
    shell.write_upload();
    let case = shell.open_case();
    let daemon = shell.serve();
    let taken = shell.run(["ingest", "--case", &case, "--json", "upload"]).ended(1);
    check_lines(&taken.lines());
    check_order(&taken.out);
    let over = shell.show(&case);
    daemon.kill();
    let here = shell.show(&case);
    assert_eq!(here["rows"], over["rows"]);
    assert_eq!(here["summary"], over["summary"]);
}

/// Proves that `inspect` says what ingest does, on files and folders, and writes nothing: not in the folder it runs in,
/// not in the folders for temporary files, not in a data folder.
#[test]
fn inspect_writes_nothing() {
    let shell = Shell::nowhere();
    shell.write_upload();
    std::fs::create_dir(shell.path("tmp")).unwrap();
    let before = tree(shell.folder.path());
    let mut command = shell.command();
    command.env("TMPDIR", shell.path("tmp")).args(["inspect", "--json", "--patient", "patient.toml", "upload"]);
    let output = command.output().unwrap();
    let said = super::shell::Said::from(output).ended(1);
    check_lines(&said.lines());
    assert!(tree(shell.folder.path()) == before, "nothing was written");
    assert!(!shell.data().exists() && !shell.keys().exists());
    let site = Shell::init();
    site.write_upload();
    let case = site.open_case();
    let plain = |lines: Vec<Value>| -> Vec<(Value, Value, Value, Value)> {
        let rows = lines.iter().filter(|line| line.get("path").is_some());
        rows.map(|row| (row["path"].clone(), row["kind"].clone(), row["outcome"].clone(), row["sha256"].clone()))
            .collect()
    };
    assert_eq!(plain(said.lines()), plain(site.ingest(&case, &["upload"])));
}

/// Proves that a portal's error page saved under the name of a report, and the stub of a disc, are asked for again and
/// not passed as documents, while a table of HTML under a workbook's name, which opens, is.
#[test]
fn a_page_in_the_place_of_a_report_is_no_report() {
    let shell = Shell::nowhere();
    let page =
        b"<!DOCTYPE html><html><body><h1>Session expired</h1><p>Please sign in again to see this.</p></body></html>";
    let table = b"<html><body><table><tr><td>The potassium was normal</td><td>4.1</td></tr></table></body></html>";
    for (name, content) in
        [("report.pdf", &page[..]), ("cd.iso", b"version of the large file: 1\n"), ("lab.xls", table)]
    {
        shell.write(name, content);
    }
    let said = shell.run(["inspect", "--json", "report.pdf", "cd.iso", "lab.xls"]).ended(1).lines();
    let told: Vec<_> =
        said[..3].iter().map(|row| (row["readable"].as_str().unwrap(), row["kind"].as_str().unwrap())).collect();
    assert_eq!(told, [("no", "text"), ("no", "text"), ("yes", "text")]);
    let codes = |row: &Value| {
        row["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(codes(&said[0]).contains(&"damaged".to_owned()), "{said:?}");
    assert!(!codes(&said[2]).contains(&"damaged".to_owned()), "{said:?}");
}

/// Proves that the row of a folder that is a disc has that folder's name, beside files in it and alone.
#[test]
fn a_disc_folder_has_a_name() {
    let shell = Shell::init();
    shell.write_upload();
    let case = shell.open_case();
    let said = shell.run(["ingest", "--case", &case, "upload/disc"]).out;
    let is_disc = |line: &&str| line.split_whitespace().nth(1) == Some("disc");
    let line = said.lines().find(is_disc).unwrap_or_else(|| panic!("{said}"));
    assert!(line.starts_with("  disc/ "), "{said}");
}

/// Proves that a disc is shown before it is taken in: who is on it, the three lists; and that nothing happens unasked.
#[test]
fn a_disc_is_shown_first() {
    let shell = Shell::init();
    shell.write_upload();
    std::fs::remove_file(shell.path("upload/disc/DICOM/CT000003")).unwrap();
    let case = shell.open_case();
    let asked = shell.run(["disc", "--case", &case, "upload/disc"]).ended(2);
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    assert!(asked.out.contains("3 listed and present, 1 listed and missing"), "{}", asked.out);
    assert!(asked.out.contains("SMP-0042"), "{}", asked.out);
    assert_eq!(shell.show(&case)["rows"].as_array().unwrap().len(), 0);
    let taken = shell.run(["disc", "--case", &case, "--yes", "--json", "upload/disc"]).ended(1).lines();
    check_lines(&taken);
    assert_eq!(taken.last().unwrap()["summary"]["missing"], 1);
}

/// Proves that a wrong command says in words what is wrong and what would be right, with exit code 2, and says nothing
/// on standard output.
#[test]
fn wrong_commands_are_told_what_is_right() {
    let shell = Shell::init();
    shell.write("no-date.toml", b"given = \"Ana\"\nfamily = \"Sample\"\nbirth_date = \"14.3.2019\"\n");
    shell.write("unknown.toml", b"given = \"Ana\"\nfamily = \"Sample\"\nbirth_date = \"2019-03-14\"\nweight = 3\n");
    shell.write("sex.toml", b"given = \"Ana\"\nfamily = \"Sample\"\nbirth_date = \"2019-03-14\"\nsex = \"gril\"\n");
    shell.write("half.json", b"{\"given\": \"Ana\"");
    let case = shell.open_case();
    let open = |programme: &'static str, patient: &'static str| {
        vec!["case", "open", "--programme", programme, "--patient", patient]
    };
    let checks: Vec<(Vec<&str>, &str)> = vec![
        (open("nonsense", "patient.toml"), "childrens-national-domestic"),
        (open("cincinnati", "no-date.toml"), "birth_date"),
        (open("cincinnati", "unknown.toml"), "weight"),
        (open("cincinnati", "half.json"), "patient file"),
        (open("cincinnati", "nowhere.toml"), "patient file nowhere.toml cannot be read"),
        (open("cincinnati", "sex.toml"), "female, male, other or unknown"),
        (vec!["case", "show", "zzzz"], "case list"),
        (vec!["ingest", "--case", &case, "nowhere"], "nowhere"),
        (vec!["link", "--case", &case, "--for", "neighbours"], "family, physician or imaging"),
        (vec!["link", "--case", &case, "--expires", "soon"], "14d"),
        (vec!["case", "shred", &case], "--yes"),
        (vec!["restore", "--from", "nowhere"], "backup"),
        (vec!["search", "--case", &case, "--reason", "x", "\"open"], "quotation mark"),
        (vec!["search", "--case", &case, "--reason", "x", "--limit", "0", "word"], "1..=1000"),
        (vec!["search", "--case", &case, "--reason", "x", "--limit", "1001", "word"], "1..=1000"),
    ];
    for (arguments, hint) in checks {
        let said = shell.run(&arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {}", said.err);
        assert!(said.err.contains(hint), "{arguments:?}: {}", said.err);
        assert_eq!(said.out, "", "{arguments:?}");
    }
    let nobody = Shell::nowhere();
    assert!(nobody.run(["case", "list"]).ended(2).err.contains("`casegate --data site init`"));
}

/// Proves that an error of the operator's own files and addresses names the one that is meant, and what to do about it.
#[test]
fn errors_name_what_they_are_about() {
    let shell = Shell::init();
    let site_key = shell.keys().join("site.key");
    let daemon = shell.serve();
    let address = std::fs::read_to_string(shell.data().join("http.address")).unwrap().trim().to_owned();
    let taken = Shell::init();
    taken.write("port.toml", format!("[http]\nlisten = \"{address}\"\n[metrics]\nlisten = \"\"\n").as_bytes());
    let said = taken.run(["--config", "port.toml", "serve"]).ended(3).err;
    assert!(said.contains(&address) && said.contains("another program has it"), "{said}");
    daemon.kill();
    std::fs::rename(&site_key, shell.path("kept.key")).unwrap();
    let said = shell.run(["verify"]).ended(3).err;
    assert!(said.contains("site.key") && said.contains("backup of the keys"), "{said}");
    std::fs::write(shell.path("file"), "no folder").unwrap();
    let said = shell.run(["init", "--data", shell.path("file/data").to_str().unwrap()]).ended(3).err;
    assert!(said.contains("file/data cannot be made"), "{said}");
    let said = shell.run(["verify", "--checkpoint", "nowhere.json"]).ended(2).err;
    assert!(said.contains("the checkpoint nowhere.json"), "{said}");
}

/// Proves that help says what the exit codes mean.
#[test]
fn help_tells_the_exit_codes() {
    let help = Shell::nowhere().run(["--help"]).ended(0).out;
    for code in 0..=3 {
        assert!(help.contains(&format!("\n  {code}  ")), "{code}: {help}");
    }
}
