//! The whole corpus, scored by the scorer that comes with it.

use super::{inspect, part, program};
use crate::support::lacking::{Lack, skip};
use std::{fmt::Write, path::Path};

/// What is held with every page read: an answer for every row, few false alarms, foreign text found and named.
const REQUIRED: &[&str] = &[
    "answered=1.0",
    "unreadable_f1=0.95",
    "readable_false_alarms=0.015",
    "non_english_recall=0.98",
    "english_false_alarms=0.01",
    "language_exact=0.93",
    "duplicate_groups=1.0",
];

/// What is held without the reader of text: the same of what has digital text.
const REQUIRED_DIGITAL: &[&str] = &[
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
        return skip(Lack::Installable, "no scorer beside the project");
    }
    // Half of the processors would read; nothing else is to be done here.
    let configuration = tempfile::NamedTempFile::new().unwrap();
    let readers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::fs::write(configuration.path(), format!("[reading]\nworkers = {readers}\n")).unwrap();
    let (rows, closing) = inspect(&corpus, &["--config", configuration.path().to_str().unwrap(), "."]);
    let answers = tempfile::NamedTempFile::new().unwrap();
    let mut lines = String::new();
    for row in rows.iter().chain([&closing]) {
        writeln!(lines, "{row}").unwrap();
    }
    std::fs::write(answers.path(), lines).unwrap();
    let hold = |required: &[&str], options: &[&str]| {
        let mut score = program("python3", &corpus);
        score.arg(&scorer).arg(&corpus).arg(answers.path()).arg("--misses").args(options);
        required.iter().for_each(|required| {
            score.args(["--require", required]);
        });
        let output = score.output().unwrap();
        println!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    if reads() {
        hold(REQUIRED, &[]);
    } else {
        hold(REQUIRED_DIGITAL, &["--digital"]);
    }
    super::agreement::evaluate_agrees(&corpus, &scorer, answers.path());
}

/// Are the reader of text and the packs that `deploy/install-deps.sh` installs here?
pub(super) fn reads() -> bool {
    let listed = program("tesseract", Path::new("/")).arg("--list-langs").output();
    let listed = listed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let packs = ["eng", "osd", "spa", "fra", "deu", "ita", "por", "rus", "ara", "chi_sim"];
    let all = packs.iter().all(|pack| listed.lines().any(|line| line == *pack));
    if !all {
        skip(Lack::Installable, "tesseract or a pack of it is not installed: only what has digital text is held");
    }
    all
}
