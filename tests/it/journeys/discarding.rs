//! An upload that nobody goes on with is discarded at the desk, with a daemon and without.

use super::daemon::{Link, Site, files_below};
use crate::support::family::{PIECE, V};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::process::Output;

/// Begins an upload and sends the beginning of it; its address.
fn begin(site: &Site, link: &Link, (name, length): (&str, usize), first: &[u8]) -> String {
    let metadata = format!("filename {}", BASE64.encode(name.as_bytes()));
    let length = length.to_string();
    let headers = [V, ("Upload-Length", length.as_str()), ("Upload-Metadata", &metadata)];
    let answer = site.ask("POST", &format!("{}/files", link.path), &headers, b"");
    assert_eq!(answer.status, 201, "{answer:?}");
    let address = answer.header("location").to_owned();
    assert_eq!(site.ask("PATCH", &address, &[V, PIECE, ("Upload-Offset", "0")], first).status, 204);
    address
}

fn discard(site: &Site, case: &str, upload: &str, more: &[&str]) -> Output {
    let mut order = vec!["case", "discard", case, upload];
    order.extend(more);
    site.run(&order)
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(why), "{why}: {output:?}");
}

fn unfinished(site: &Site, case: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let shown = site.show(case);
    let uploads = shown["unfinished"].as_array().unwrap().iter();
    uploads.map(|upload| (text(&upload["path"]), text(&upload["upload"]))).collect()
}

const BECAUSE: [&str; 2] = ["--reason", "the same photo came by itself"];

/// Proves that the gate names the id of an upload and how to discard it; that it is then gone with its bytes, the gate waits
/// for it no longer and its sender is told that it has ended, while the link and another upload through it go on; that the
/// order and its reason are in the trail, the reason sealed; and that the same works where no daemon runs.
#[test]
fn the_desk_discards_one_upload() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let whole = begin(&site, &link, ("letter.txt", 8), b"a letter");
    let photo = begin(&site, &link, ("photo.jpg", 187_000), &[7; 1_000]);
    begin(&site, &link, ("scan.jpg", 50_000), &[9; 2_000]);
    site.until("the letter to be read", |site| site.show(&case)["case"]["readings_open"] == 0);
    let open = unfinished(&site, &case);
    let id = |name: &str| open.iter().find(|(path, _)| path == name).unwrap().1.clone();
    let gate = String::from_utf8(site.run(&["case", "gate", &case]).stdout).unwrap();
    assert!(gate.contains(&format!("upload {}, link {}", id("photo.jpg"), link.id)), "{gate}");
    assert!(gate.contains(&format!("case discard {case} UPLOAD --reason TEXT`")), "{gate}");
    assert!(site.done(&["case", "show", &case]).contains(&id("scan.jpg")));

    let before = files_below(&site.data().join("objects")).len();
    let said = discard(&site, &case, &id("photo.jpg"), &[&["--json"][..], &BECAUSE].concat());
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((&said["upload"], &said["bytes"]), (&id("photo.jpg").into(), &1_000.into()));
    assert_eq!(unfinished(&site, &case).len(), 1);
    site.until("its bytes to be deleted", |site| files_below(&site.data().join("objects")).len() < before);
    assert_eq!(site.ask("HEAD", &photo, &[V], b"").status, 410);
    assert_eq!(site.ask("GET", &format!("{}/status", link.path), &[], b"").status, 200);

    site.stop();
    let words = discard(&site, &case, &id("scan.jpg"), &BECAUSE);
    let words = String::from_utf8(words.stdout).unwrap();
    assert!(words.contains("is discarded, with the 2.0 KB that had come."), "{words}");
    assert!(words.contains("The case is ready for a specialist."), "{words}");
    let trail = site.done(&["audit", "export"]);
    let events: Vec<Value> = trail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ends = events.iter().filter(|event| event["act"] == "upload-ended");
    let subjects: Vec<&str> = ends.map(|event| event["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, [id("photo.jpg"), id("scan.jpg")]);
    assert!(trail.contains("discarded at the desk") && !trail.contains(BECAUSE[1]), "{trail}");
    assert!(site.run(&["verify"]).status.success());
    let row = site.show(&case)["rows"][0].clone();
    assert_eq!((&row["path"], &row["outcome"]), (&"letter.txt".into(), &"stored".into()));
    refused(&discard(&site, &case, whole.rsplit('/').next().unwrap(), &BECAUSE), "this upload is complete");
}

/// Proves that nothing is discarded without a reason, by a wrong id, of another case, twice, or of a case on hold.
#[test]
fn what_is_not_discarded() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let (other, _) = site.family();
    begin(&site, &link, ("photo.jpg", 187_000), &[7; 1_000]);
    let upload = unfinished(&site, &case)[0].1.clone();
    refused(&discard(&site, &case, &upload, &[]), "--reason");
    refused(&discard(&site, &case, &upload, &["--reason", " "]), "say why");
    refused(&discard(&site, &case, "photo.jpg", &BECAUSE), "not the id of an upload");
    refused(&discard(&site, &case, &"a".repeat(26), &BECAUSE), "no such upload or intake in that case");
    refused(&discard(&site, &other, &upload, &BECAUSE), "no such upload or intake in that case");
    site.done(&["case", "hold", &case]);
    refused(&discard(&site, &case, &upload, &BECAUSE), "on hold");
    assert_eq!(unfinished(&site, &case), [("photo.jpg".to_owned(), upload.clone())]);
    site.done(&["case", "reopen", &case]);
    assert!(discard(&site, &case, &upload, &BECAUSE).status.success());
    refused(&discard(&site, &case, &upload, &BECAUSE), "ended already");
    site.until("the gate to wait for nothing", |site| site.show(&case)["case"]["gate"]["work_open"] == 0);
    assert_eq!(site.show(&case)["unfinished"], json!([]));
}
