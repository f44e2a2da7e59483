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

/// The reasons that must block: for each blocking flag one of those that stand for it.
fn blocking(expected: &Value) -> Vec<&'static [&'static str]> {
    let flags = expected["flags"].as_array().unwrap().iter();
    let blocking = flags.filter(|flag| severity(flag["severity"].as_str().unwrap()) == "block");
    let mut groups: Vec<_> = blocking.map(|flag| reasons(flag["flag"].as_str().unwrap())).collect();
    groups.retain(|group| !group.is_empty());
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Every document or missing thing that blocks, with the code.
fn blocked(rows: &[Value]) -> Vec<(String, String)> {
    let found = rows.iter().flat_map(|row| {
        let weighty = row["reasons"].as_array().unwrap().iter().filter(|reason| reason["severity"] == "block");
        weighty.map(|reason| (row["path"].as_str().unwrap().to_owned(), reason["code"].as_str().unwrap().to_owned()))
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    found.dedup();
    found
}

/// The gate is shut by exactly what is expected to block: no code is missing, none is there beside them, and no other
/// document blocks. A slide that is missing has a row of its own beside the list that names it.
fn gate_is_exact(expected: &Value, rows: &[Value], gate: &Value) {
    assert_eq!(gate["ready"], false);
    let codes: Vec<&str> = gate["blocking"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let groups = blocking(expected);
    for group in &groups {
        assert!(codes.iter().any(|code| group.contains(code)), "nothing of {group:?} blocks: {codes:?}");
    }
    for code in &codes {
        assert!(groups.iter().any(|group| group.contains(code)), "{code} blocks and is not expected to");
    }
    let flags = expected["flags"].as_array().unwrap();
    for (path, code) in blocked(rows) {
        let stands_for = |flag: &Value| {
            let named = path == format!("upload/{}", flag["file"].as_str().unwrap());
            let slide = flag["detail"].as_str().is_some_and(|slide| path.ends_with(slide)) && code == "slide_missing";
            (named || slide) && reasons(flag["flag"].as_str().unwrap()).contains(&code.as_str())
        };
        let flag = flags.iter().find(|flag| stands_for(flag));
        let flag = flag.unwrap_or_else(|| panic!("{path}: {code} blocks and is not expected to"));
        assert_eq!(severity(flag["severity"].as_str().unwrap()), "block", "{path}: {code}");
    }
}

/// Proves that every flag that can be told from each file by itself is there with its weight, and nothing that must not
/// be; that the gate is not ready, for exactly the blocking ones.
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
    gate_is_exact(&expected, &rows, &closing["case"]);
    let summary = &closing["summary"];
    let sum: u64 = ["stored", "duplicate_of", "conflict_with", "junk", "held", "unreadable"]
        .iter()
        .map(|outcome| summary[outcome].as_u64().unwrap())
        .sum();
    assert_eq!(summary["entries"].as_u64(), Some(sum));
}
