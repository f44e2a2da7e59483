//! A family's upload with known troubles.

use super::{inspect, part};
use serde_json::Value;

/// The reasons that stand for a flag of the expectations, one of which is asked for.
fn reasons(flag: &str) -> &'static [&'static str] {
    match flag {
        "wrong_patient" => &["wrong_patient"],
        "unreadable" if super::score::reads() => &["illegible", "low_resolution"],
        "non_english" => &["not_english"],
        "password_protected" => &["password_required"],
        "empty_file" => &["empty_file"],
        "slide_listed_but_missing" => &["slide_missing"],
        "exact_duplicate" => &["exact_duplicate"],
        "near_duplicate" if super::score::reads() => &["near_duplicate"],
        "executable_on_disc" => &["viewer_software"],
        "system_junk" => &["system_junk"],
        _ => &[],
    }
}

/// The patient file of the case.
fn stated(patient: &Value) -> Value {
    let id = serde_json::json!({ "value": patient["mrn"], "issuer": "" });
    serde_json::json!({
        "given": patient["given"], "family": patient["family"], "birth_date": patient["birth_date"], "ids": [id],
    })
}

/// Is this row expected to be another patient's?
fn flagged(expected: &Value, row: &Value) -> bool {
    let flags = expected["flags"].as_array().unwrap();
    let wrong = flags.iter().filter(|flag| flag["flag"] == "wrong_patient");
    wrong.map(|flag| format!("upload/{}", flag["file"].as_str().unwrap())).any(|path| row["path"] == path.as_str())
}

fn severity(stated: &str) -> &'static str {
    if matches!(stated, "critical" | "high" | "medium") { "block" } else { "info" }
}

/// Proves that every flag that can be told from each file by itself is there with its weight, and nothing that must not be.
#[test]
fn a_familys_upload() {
    let Some(folder) = part("case") else { return };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("case-expected.json")).unwrap()).unwrap();
    let own = tempfile::tempdir().unwrap();
    let patient = own.path().join("patient.json");
    std::fs::write(&patient, stated(&expected["patient"]).to_string()).unwrap();
    let patient = patient.to_str().unwrap();
    let (rows, closing) = inspect(&folder, &["--programme", "chla-families", "--patient", patient, "upload"]);
    let row = |file: &str| rows.iter().find(|row| row["path"] == format!("upload/{file}")).unwrap();
    let found = |file: &str, codes: &[&str]| {
        let reasons = row(file)["reasons"].as_array().unwrap();
        reasons.iter().find(|reason| codes.iter().any(|code| reason["code"] == *code)).cloned()
    };
    for flag in expected["flags"].as_array().unwrap() {
        let (file, name) = (flag["file"].as_str().unwrap(), flag["flag"].as_str().unwrap());
        let codes = reasons(name);
        if codes.is_empty() {
            continue;
        }
        let found = found(file, codes).unwrap_or_else(|| panic!("{file}: {codes:?} are not there"));
        assert_eq!(found["severity"], severity(flag["severity"].as_str().unwrap()), "{file}: {codes:?}");
    }
    for denied in expected["must_not_flag"].as_array().unwrap() {
        let (file, name) = (denied["file"].as_str().unwrap(), denied["not"].as_str().unwrap());
        assert!(found(file, reasons(name)).is_none(), "{file}: {name}");
    }
    for row in &rows {
        let wrong = row["patient"]["match"] == "no";
        assert_eq!(wrong, flagged(&expected, row), "{}", row["patient"]);
    }
    assert_eq!(row("Discharge summary.pdf")["patient"]["match"], "yes");
    assert_eq!(row("Discharge summary (1).pdf")["duplicate_of"], "upload/Discharge summary.pdf");
    assert_eq!(closing["case"]["ready"], false);
    let summary = &closing["summary"];
    let sum: u64 = ["stored", "duplicate_of", "conflict_with", "junk", "held", "unreadable"]
        .iter()
        .map(|outcome| summary[outcome].as_u64().unwrap())
        .sum();
    assert_eq!(summary["entries"].as_u64(), Some(sum));
}
