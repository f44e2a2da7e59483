//! A hospital measures the verdicts on files of its own.

use crate::make;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

fn evaluate(folder: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casegate"));
    command.args(["evaluate", "."]).args(more).current_dir(folder);
    command.env_remove("CASEGATE_DATA").env_remove("CASEGATE_CONFIG").output().unwrap()
}

/// A letter that is said to be unreadable, wrongly; an empty file; English said to be Spanish.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = "The child was seen in our clinic today and is doing well after the operation on her heart.";
    fs::write(folder.path().join("letter.pdf"), make::pdf::page(&[text])).unwrap();
    fs::write(folder.path().join("note.txt"), text).unwrap();
    fs::write(folder.path().join("empty.pdf"), "").unwrap();
    let rows = [
        "path\tkind\treadable\tlanguage\treason\tcodes",
        "letter.pdf\tdoc-pdf\tno\t-\ta wrong row",
        "note.txt\ttext\tyes\tes\ta wrong row",
        "empty.pdf\tdoc-pdf\tno\t-\t0 bytes\tempty_file",
        "gone.pdf\tdoc-pdf\tyes\ten\tnot there",
    ];
    fs::write(folder.path().join("expected.tsv"), rows.join("\n")).unwrap();
    folder
}

/// Proves that measures, misses and requirements are told, and that the report with its pictures is for its owner alone
/// and is not written over.
#[test]
fn a_hospital_measures() {
    let folder = corpus();
    let output = evaluate(folder.path(), &["--json", "--report", "report.html", "--require", "answered=0.7"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let value = |name: &str| {
        let measure = said["measures"].as_array().unwrap().iter().find(|measure| measure["name"] == name).unwrap();
        measure["value"].as_f64()
    };
    assert_eq!((value("answered"), value("unreadable_recall")), (Some(0.75), Some(0.5)));
    assert_eq!((value("language_exact"), value("english_false_alarms")), (Some(0.0), None));
    let misses: Vec<&str> =
        said["misses"].as_array().unwrap().iter().map(|miss| miss["what"].as_str().unwrap()).collect();
    assert_eq!(misses, ["called_readable", "unanswered", "language"]);
    let codes = said["reasons"].as_array().unwrap().iter().find(|line| line["code"] == "empty_file").unwrap();
    assert_eq!((codes["expected"].as_u64(), codes["expected_found"].as_u64()), (Some(1), Some(1)));

    let report = folder.path().join("report.html");
    assert_eq!(fs::metadata(&report).unwrap().permissions().mode() & 0o777, 0o600);
    let html = fs::read_to_string(&report).unwrap();
    assert!(html.lines().next().unwrap().contains("HEALTH DATA"));
    assert!(html.contains("data:image/png;base64,"), "the letter is drawn");
    let again = evaluate(folder.path(), &["--report", "report.html"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&report).unwrap(), html);
}

/// Proves that a requirement that is missed, a wrong table and a wrong requirement each have their exit code and words.
#[test]
fn what_falls_short_is_told() {
    let folder = corpus();
    let answers = folder.path().join("answers.jsonl");
    let row =
        r#"{"path":"./note.txt","readable":"yes","outcome":"stored","language":"en","reasons":[],"duplicate_of":null}"#;
    fs::write(&answers, format!("{row}\n{{\"summary\":{{}}}}\n")).unwrap();
    let missed = evaluate(folder.path(), &["--answers", "answers.jsonl", "--require", "answered=0.9"]);
    assert_eq!(missed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missed.stderr).contains("falls short: answered 0.250, required 0.9"));
    let wrong = evaluate(folder.path(), &["--require", "answered"]);
    assert_eq!(wrong.status.code(), Some(2));
    let unknown = evaluate(folder.path(), &["--answers", "nowhere.jsonl", "--require", "foo=1"]);
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert!(unknown.status.code() == Some(2) && said.contains("foo") && said.contains("unreadable_f1"), "{said}");
    fs::write(folder.path().join("expected.tsv"), "path\nletter.pdf\tdoc\tperhaps\t-\n").unwrap();
    let table = evaluate(folder.path(), &[]);
    assert!(table.status.code() == Some(2) && String::from_utf8_lossy(&table.stderr).contains("line 2"));
}
