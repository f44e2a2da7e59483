//! Outside clients: what they upload gives the same ledger as the command line does.

use super::{super::golden::corpus, daemon::Site};
use crate::support::lacking::{Lack, skip};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

/// A ledger as two runs are compared: path relative to the arrival, bytes, kind, reasons and outcome; members of one
/// group of duplicates are interchangeable.
fn comparable(rows: &[Value], prefix: &str) -> Vec<String> {
    let digest = |row: &Value| row["sha256"].as_str().unwrap_or_default().to_owned();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let outcome = format!("{} {}", row["outcome"], codes(row));
        groups.entry(digest(row)).or_default().push(outcome);
    }
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let mut outcomes = groups[&digest(row)].clone();
            outcomes.sort();
            let shared =
                if row["sha256"].is_null() { vec![format!("{} {}", row["outcome"], codes(row))] } else { outcomes };
            let path = row["path"].as_str().unwrap();
            let path = path.strip_prefix(prefix).unwrap_or(path);
            format!("{path} {} {} {shared:?}", row["bytes"], row["kind"])
        })
        .collect();
    lines.sort();
    lines
}

fn codes(row: &Value) -> String {
    let mut codes: Vec<String> = row["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| format!("{}/{}", reason["code"], reason["page"]))
        .collect();
    codes.sort();
    codes.join(",")
}

/// The Python that has the clients of `requirements.txt`, where `deploy/install-deps.sh --tests` puts them.
pub(super) fn python() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/target/clients/python/bin/python").to_owned()
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Uploads with a client and by command, each into a case of its own, and compares.
fn same_ledger(client: &mut Command) {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("case/upload").canonicalize().unwrap();
    let mut site = Site::running("[reading]\nmode = \"off\"\n");
    let (uploaded, link) = site.family();
    let endpoint = format!("http://{}{}/files", site.address(), link.path);
    let output = client.arg(endpoint).arg(&folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let by_client = site.ledger(&uploaded);
    let taken = site.open_case();
    site.done(&["ingest", "--case", &taken, "--json", folder.to_str().unwrap()]);
    let by_command = site.ledger(&taken);
    assert!(by_command.len() > 10, "the corpus holds a case");
    assert_eq!(comparable(&by_client, ""), comparable(&by_command, "upload/"));
}

/// Proves that tus-js-client uploads a case's folder and gives the ledger that `casegate ingest` gives.
#[test]
fn tus_js_client_gives_the_same_ledger() {
    if !clients().join("node_modules/tus-js-client").exists() {
        return skip(Lack::Installable, "`npm ci` was not run in tests/clients");
    }
    same_ledger(Command::new("node").arg(clients().join("upload.mjs")));
}

/// Proves the same of tuspy, with a checksum on every piece.
#[test]
fn tuspy_gives_the_same_ledger() {
    if !Command::new(python()).args(["-c", "import tusclient"]).output().is_ok_and(|output| output.status.success()) {
        return skip(Lack::Installable, "tuspy of tests/clients/requirements.txt is not at target/clients/python");
    }
    same_ledger(Command::new(python()).arg(clients().join("upload.py")));
}
