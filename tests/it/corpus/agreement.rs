//! `casegate evaluate` measures what the scorer beside the corpus measures.

use super::program;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// Both are asked about the same answers, in both scopes, and must agree to the third place of each measure.
pub(super) fn evaluate_agrees(corpus: &Path, scorer: &Path, answers: &Path) {
    for scope in [&["--digital"][..], &[]] {
        let theirs = scored(corpus, scorer, answers, scope);
        let ours = evaluated(corpus, answers, scope);
        assert!(theirs.len() >= 8, "{theirs:?}");
        assert_eq!(ours, theirs, "{scope:?}");
    }
}

fn scored(corpus: &Path, scorer: &Path, answers: &Path, scope: &[&str]) -> BTreeMap<String, String> {
    let output = program("python3", corpus).arg(scorer).arg(corpus).arg(answers).args(scope).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines = said.lines().take_while(|line| !line.contains(':'));
    let measure = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    lines.filter_map(measure).collect()
}

fn evaluated(corpus: &Path, answers: &Path, scope: &[&str]) -> BTreeMap<String, String> {
    let mut command = program(env!("CARGO_BIN_EXE_casegate"), corpus);
    let output = command.args(["evaluate", ".", "--json", "--answers"]).arg(answers).args(scope).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let measure = |measure: &Value| {
        let value = measure["value"].as_f64().map_or_else(|| "nan".to_owned(), |value| format!("{value:.3}"));
        (measure["name"].as_str().unwrap().to_owned(), value)
    };
    said["measures"].as_array().unwrap().iter().map(measure).collect()
}
