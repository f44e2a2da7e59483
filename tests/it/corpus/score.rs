//! The whole corpus, scored by the scorer that comes with it.

use super::{inspect, part, program};
use std::{fmt::Write, path::Path};

/// What is held: an answer for every row, few false alarms, foreign text found, duplicates linked.
const REQUIRED: &[&str] = &[
    "answered=1.0",
    "unreadable_f1=0.85",
    "readable_false_alarms=0.03",
    "non_english_recall=0.90",
    "english_false_alarms=0.03",
    "duplicate_groups=1.0",
];

/// Proves that `inspect` answers for every file of the corpus, and answers well enough.
#[test]
fn the_corpus_is_judged_well() {
    let Some(corpus) = part("") else { return };
    let scorer = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/score.py");
    if !scorer.exists() {
        println!("skipped: no scorer beside the project");
        return;
    }
    let (rows, closing) = inspect(&corpus, &["."]);
    let answers = tempfile::NamedTempFile::new().unwrap();
    let mut lines = String::new();
    for row in rows.iter().chain([&closing]) {
        writeln!(lines, "{row}").unwrap();
    }
    std::fs::write(answers.path(), lines).unwrap();
    let mut score = program("python3", &corpus);
    score.arg(&scorer).arg(&corpus).arg(answers.path()).args(["--digital", "--misses"]);
    for required in REQUIRED {
        score.args(["--require", required]);
    }
    let output = score.output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    super::agreement::evaluate_agrees(&corpus, &scorer, answers.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
