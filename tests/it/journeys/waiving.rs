//! The desk accepts a finding with its reason, and takes that back.

use super::{daemon, shell::tree};
use crate::{
    make::zip,
    support::{
        family::{PIECE, V},
        site::Site,
    },
};
use serde_json::Value;
use std::{fs, os::unix::process::ExitStatusExt, process::Output};

/// Why, with a name in it: it must stand nowhere in the clear.
const WHY: &str = "CANARYWHY: born Marta Quillfeather, renamed by the court, seen in the register";

/// A letter that names somebody else.
pub(super) fn letter(name: &str) -> String {
    let body = "Thank you for seeing this child in your clinic. The scan of January showed no change at all.\n";
    format!("Patient name: {name}\nDate of birth: 2012-09-30\n\nDear colleague,\n\n{}", body.repeat(3))
}

/// A site with a case whose only trouble is a letter that names another child.
fn site() -> (Site, String) {
    let site = Site::new();
    fs::write(site.input().join("letter.txt"), letter("Marta Quillfeather")).unwrap();
    fs::write(site.input().join("other.txt"), "The ependymoma is gone, and nothing more is to be done.\n".repeat(4))
        .unwrap();
    let case = site.open_case();
    site.done(&["ingest", "--case", &case, "letter.txt", "other.txt"]);
    (site, case)
}

pub(super) fn row(site: &Site, case: &str, path: &str) -> Value {
    let shown = site.show(case);
    let rows = shown["rows"].as_array().unwrap();
    rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("no {path} in {rows:#?}")).clone()
}

pub(super) fn id(site: &Site, case: &str, path: &str) -> String {
    row(site, case, path)["id"].as_str().unwrap().to_owned()
}

fn waive(site: &Site, case: &str, (document, code): (&str, &str)) -> Output {
    site.run(&["case", "waive", case, document, "--finding", code, "--reason", WHY, "--json"])
}

fn unwaive(site: &Site, case: &str, (document, code): (&str, &str)) -> Output {
    site.run(&["case", "unwaive", case, document, "--finding", code, "--json"])
}

/// The answer of a command that was carried out.
#[track_caller]
pub(super) fn answer(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
pub(super) fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(why), "{output:?}");
}

pub(super) fn blocking(site: &Site, case: &str) -> Vec<String> {
    let gate = site.show(case)["case"]["gate"].clone();
    gate["blocking"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// How often an act is in the trail.
pub(super) fn events(site: &Site, act: &str) -> usize {
    site.done(&["audit", "export"]).lines().filter(|line| line.contains(&format!("\"{act}\""))).count()
}

pub(super) fn export(site: &Site, case: &str, to: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    site.done(&["export", "--case", case, "--to", to, "--reason", "released"]);
    tree(&site.input().join(to))
}

pub(super) fn leaves(files: &std::collections::BTreeMap<String, Vec<u8>>, path: &str) -> bool {
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    manifest["documents"].as_array().unwrap().iter().any(|document| document["path"] == path)
}

/// Proves that a held document is released by accepting its finding: the gate opens, the ledger keeps the finding with its
/// reason and weight, the packet holds the document and says why; that each act is one audit event, given again changes
/// nothing, and taking it back shuts the gate and keeps the document in the house.
#[test]
fn a_held_document_is_released_and_held_again() {
    let (site, case) = site();
    assert_eq!(blocking(&site, &case), ["wrong_patient"]);
    assert!(!leaves(&export(&site, &case, "before"), "letter.txt"));
    let document = id(&site, &case, "letter.txt");
    let given = answer(&waive(&site, &case, (&document, "wrong_patient")));
    assert_eq!(
        (&given["findings"], &given["documents"], &given["gate"]["ready"]),
        (&1.into(), &1.into(), &true.into())
    );
    assert_eq!(answer(&waive(&site, &case, ("letter.txt", "wrong_patient"))), given, "given again");
    assert_eq!(events(&site, "finding-waived"), 1);
    assert_eq!(site.run(&["case", "gate", &case]).status.code(), Some(0));
    let reason = row(&site, &case, "letter.txt")["reasons"][0].clone();
    assert_eq!((&reason["code"], &reason["severity"]), (&"wrong_patient".into(), &"info".into()));
    assert_eq!((&reason["waived"]["was"], &reason["waived"]["reason"]), (&"block".into(), &WHY.into()));
    let waivers = site.show(&case)["waivers"].clone();
    assert_eq!((&waivers[0]["waiver"], &waivers[0]["in_force"]), (&given["waivers"][0], &1.into()));
    assert!(site.done(&["case", "show", &case]).contains("because: CANARYWHY"));
    let packet = export(&site, &case, "after");
    assert!(leaves(&packet, "letter.txt"));
    for page in ["accepted.tsv", "index.html", "manifest.json"] {
        assert!(String::from_utf8_lossy(&packet[page]).contains("CANARYWHY"), "{page}");
    }
    assert!(!String::from_utf8_lossy(&packet["findings.tsv"]).contains("wrong_patient"));

    let taken_back = answer(&unwaive(&site, &case, ("letter.txt", "wrong_patient")));
    assert_eq!((&taken_back["waivers"], &taken_back["gate"]["ready"]), (&given["waivers"], &false.into()));
    assert_eq!(answer(&unwaive(&site, &case, (&document, "wrong_patient")))["waivers"], serde_json::json!([]));
    assert_eq!(events(&site, "waiver-ended"), 1);
    assert_eq!(blocking(&site, &case), ["wrong_patient"]);
    assert!(!leaves(&export(&site, &case, "again"), "letter.txt"));
    let second = answer(&waive(&site, &case, (&document, "wrong_patient")));
    assert_ne!(second["waivers"], given["waivers"], "what was taken back is given anew");
    assert!(site.run(&["verify", "--deep"]).status.success());
    let trail = site.done(&["audit", "export"]);
    assert!(!trail.contains("CANARYWHY") && !trail.contains("Quillfeather"));
    let data = tree(&site.data());
    let canary = |bytes: &[u8]| bytes.windows(9).any(|window| window == b"CANARYWHY");
    assert!(data.values().all(|bytes| !canary(bytes)), "the reason is sealed");
}

/// Proves that a container is accepted with everything in it, that what nobody can read opens the gate and stays in the
/// house, that a later password makes findings that were never accepted, and that a waiver goes with its document.
#[test]
fn what_is_in_it_what_cannot_be_read_and_what_comes_later() {
    let site = Site::new();
    let (one, two) = (letter("Marta Quillfeather"), letter("Petra Quillfeather"));
    fs::write(site.input().join("all.zip"), zip::zip(&[("a.txt", one.as_bytes()), ("b.txt", two.as_bytes())])).unwrap();
    let locked = zip::locked(&[("c.txt", letter("Jonas Quillfeather").as_bytes())], "open sesame");
    fs::write(site.input().join("locked.zip"), locked).unwrap();
    fs::write(site.input().join("empty.pdf"), b"").unwrap();
    let (case, other) = (site.open_case(), site.open_case());
    site.done(&["ingest", "--case", &case, "all.zip", "locked.zip", "empty.pdf"]);
    let given = answer(&waive(&site, &case, ("all.zip", "wrong_patient")));
    assert_eq!(given["findings"], 2);
    answer(&waive(&site, &case, ("empty.pdf", "empty_file")));
    let last = answer(&waive(&site, &case, ("locked.zip", "password_required")));
    assert_eq!(last["gate"]["ready"], true, "{last}");
    let packet = export(&site, &case, "packet");
    assert!(leaves(&packet, "all.zip!/a.txt") && leaves(&packet, "all.zip!/b.txt"));
    assert!(!leaves(&packet, "empty.pdf") && !leaves(&packet, "locked.zip!/c.txt"));

    fs::write(site.input().join("passwords"), "open sesame\n").unwrap();
    site.done(&["case", "password", &case, "--password-file", "passwords"]);
    let daemon = site.serve();
    site.oracle().settle();
    assert_eq!(blocking(&site, &case), ["wrong_patient"], "what came out of it was never accepted");
    let document = id(&site, &case, "all.zip");
    let moved = site.run(&["case", "move", &case, &document, "--to", &other]);
    assert!(moved.status.success(), "{moved:?}");
    site.oracle().settle();
    assert_eq!(blocking(&site, &other), ["wrong_patient"], "it is judged there anew");
    assert!(
        site.show(&case)["waivers"].as_array().unwrap().iter().all(|waiver| waiver["document"] != document.as_str())
    );
    assert!(site.run(&["verify", "--deep"]).status.success());
    drop(daemon);
}

/// Proves that what makes no sense is refused in words, and changes nothing.
#[test]
fn what_makes_no_sense_is_refused() {
    let (site, case) = site();
    let before = site.show(&case);
    refused(&waive(&site, &case, (&"a".repeat(26), "wrong_patient")), "no such document");
    refused(&waive(&site, &case, ("nothing.txt", "wrong_patient")), "no such document");
    refused(&waive(&site, &case, ("letter.txt", "not_english")), "no finding not_english about it");
    refused(&waive(&site, &case, ("other.txt", "patient_unconfirmed")), "keeps nothing back");
    refused(&waive(&site, &case, ("letter.txt", "malware")), "could do harm");
    refused(&waive(&site, &case, ("letter.txt", "reading_pending")), "wait until that has ended");
    refused(&waive(&site, &case, ("letter.txt", "payment_open")), "about the case");
    refused(&waive(&site, &case, ("letter.txt", "no_such_code")), "not a reason code");
    let order = ["case", "waive", &case, "letter.txt", "--finding", "wrong_patient"];
    refused(&site.run(&order), "--reason");
    refused(&site.run(&[&order[..], &["--reason", "  "]].concat()), "say why");
    refused(&site.run(&[&order[..], &["--reason", &"x".repeat(5_000)]].concat()), "at most");
    refused(&site.run(&[&order[..], &["--reason", WHY, "--study"]].concat()), "no image of a study");
    refused(&site.run(&[&order[..], &["--reason", WHY, "--page", "7"]].concat()), "no finding wrong_patient");
    site.done(&["case", "close", &case]);
    refused(&waive(&site, &case, ("letter.txt", "wrong_patient")), "this case is closed");
    site.done(&["case", "reopen", &case]);
    assert_eq!(site.show(&case)["rows"], before["rows"]);
    assert_eq!(events(&site, "finding-waived"), 0);
}

/// Proves that a death at any step of either command leaves the case as before or as asked for, and that the command, given
/// again, brings it to its end with one waiver and one event.
#[test]
fn a_killed_waiver_is_given_again() {
    let die = |site: &Site, command: &str, point: &str, case: &str| {
        let arguments = ["case", command, case, "letter.txt", "--finding", "wrong_patient", "--reason", WHY];
        let mut command = site.command(&arguments);
        let killed = command.env("CASEGATE_DIE_AT", format!("{point}:1")).output().unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{point}: {killed:?}");
    };
    for point in ["ruling.before", "ruling.committed"] {
        let (site, case) = site();
        die(&site, "waive", point, &case);
        let given = answer(&waive(&site, &case, ("letter.txt", "wrong_patient")));
        assert_eq!(given["gate"]["ready"], true, "{point}");
        assert_eq!((events(&site, "finding-waived"), site.show(&case)["waivers"].as_array().unwrap().len()), (1, 1));
        if point == "ruling.committed" {
            die(&site, "unwaive", "ruling.ended", &case);
            let taken_back = answer(&unwaive(&site, &case, ("letter.txt", "wrong_patient")));
            assert_eq!((&taken_back["gate"]["ready"], events(&site, "waiver-ended")), (&false.into(), 1));
        }
        assert!(site.run(&["verify"]).status.success(), "{point}");
    }
}

/// Proves that, through the daemon, a family is told that nothing more is to be done, on page and status alike, and is
/// never told the reason, the code or a name.
#[test]
fn a_family_is_not_told_why() {
    let mut site = daemon::Site::running("");
    let (case, link) = site.family();
    let text = letter("Marta Quillfeather");
    let length = text.len().to_string();
    let headers = [V, PIECE, ("Upload-Length", length.as_str())];
    let sent = site.ask("POST", &format!("{}/files", link.path), &headers, text.as_bytes());
    assert_eq!(sent.status, 201, "{sent:?}");
    let rows = site.ledger(&case);
    let document = rows[0]["id"].as_str().unwrap().to_owned();
    let status = |site: &daemon::Site| site.ask("GET", &format!("{}/status", link.path), &[], b"").text();
    assert!(status(&site).contains("wrong_patient"));
    let given = answer(&waive(&site, &case, (&document, "wrong_patient")));
    assert_eq!(given["gate"]["ready"], true, "{given}");
    let told = status(&site);
    assert!(told.contains("\"settled\"") && !told.contains("wrong_patient"), "{told}");
    let page = site.ask("GET", &link.path, &[("Accept", "text/html")], b"").text();
    assert!(page.contains("Nothing more to do"), "{page}");
    for said in [told, page, site.log()] {
        assert!(!said.contains("CANARYWHY") && !said.contains("Quillfeather"), "{said}");
    }
    answer(&unwaive(&site, &case, (&document, "wrong_patient")));
    assert!(status(&site).contains("wrong_patient"));
}
