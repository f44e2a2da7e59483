//! The upload that `make demo` shows: every file of it is judged as `samples/family-upload/expected.toml` says.

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// What has to come of a file.
#[derive(serde::Deserialize)]
struct Expected {
    outcome: String,
    reasons: BTreeSet<String>,
}

#[derive(serde::Deserialize)]
struct Sheet {
    files: BTreeMap<String, Expected>,
}

/// The rows that `casegate inspect` prints over the sample, without storing anything.
fn inspected(sample: &Path) -> Vec<Value> {
    #[expect(clippy::disallowed_methods, reason = "this test runs the program as a person does")]
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_casegate"))
        .args(["inspect", "--json", "--programme", "chla-families", "--patient", "patient.toml", "upload"])
        .current_dir(sample)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "blocking findings: {}", String::from_utf8_lossy(&output.stderr));
    said.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|row: &Value| row["path"].is_string()).collect()
}

/// Proves that each file of the family's upload gets its outcome and its reasons, that nothing else of it blocks, and
/// that nothing is listed that is not expected.
#[test]
fn sample_upload_is_judged_as_expected() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/family-upload");
    let sheet = std::fs::read_to_string(sample.join("expected.toml")).unwrap();
    let Sheet { mut files } = toml::from_str(&sheet).unwrap();
    for row in inspected(&sample) {
        let path = row["path"].as_str().unwrap().trim_start_matches("upload/");
        let expected = files.remove(path).unwrap_or_else(|| panic!("{path} is not expected, or is listed twice"));
        assert_eq!(row["outcome"], expected.outcome, "{path}: {row}");
        let reasons = row["reasons"].as_array().unwrap();
        let code = |reason: &Value| reason["code"].as_str().unwrap().to_owned();
        let said: BTreeSet<String> = reasons.iter().map(code).collect();
        assert!(said.is_superset(&expected.reasons), "{path}: {:?} in {said:?}", expected.reasons);
        let blocking: BTreeSet<String> = reasons.iter().filter(|r| r["severity"] == "block").map(code).collect();
        assert!(blocking.is_subset(&expected.reasons), "{path}: {blocking:?} was not expected to block");
    }
    assert!(files.is_empty(), "not listed: {:?}", files.keys());
}
