//! The desk sets a finding that no detector sees, and takes that back.

use super::{
    daemon,
    waiving::{answer, blocking, events, export, id, leaves, letter, refused, row},
};
use crate::{
    make::{dicom, zip},
    support::{
        family::{PIECE, V},
        site::Site,
    },
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, os::unix::process::ExitStatusExt, process::Output};

/// Why, with a name in it.
const WHY: &str = "CANARYWHY: nobody would say it so, and page two speaks of Jonas Thistlewood";

/// A site with a case of which nothing is wrong.
fn site() -> (Site, String) {
    let site = Site::new();
    fs::write(site.input().join("letter.txt"), "The ependymoma is gone, and nothing more is to be done.\n".repeat(4))
        .unwrap();
    fs::write(site.input().join("other.txt"), "The scan of January showed no change of any kind.\n".repeat(4)).unwrap();
    let case = site.open_case();
    site.done(&["ingest", "--case", &case, "letter.txt", "other.txt"]);
    assert!(blocking(&site, &case).is_empty());
    (site, case)
}

fn flag(site: &Site, case: &str, (document, code): (&str, &str)) -> Output {
    site.run(&["case", "flag", case, document, "--finding", code, "--reason", WHY, "--json"])
}

fn unflag(site: &Site, case: &str, (document, code): (&str, &str)) -> Output {
    site.run(&["case", "unflag", case, document, "--finding", code, "--json"])
}

fn set(site: &Site, case: &str, path: &str) -> Vec<Value> {
    let reasons = row(site, case, path)["reasons"].as_array().unwrap().clone();
    reasons.into_iter().filter(|reason| reason.get("flagged").is_some()).collect()
}

/// Does a name or reason stand in any file?
fn tells(files: &BTreeMap<String, Vec<u8>>) -> Vec<&String> {
    let canaries: [&[u8]; 2] = [b"CANARYWHY", b"Thistlewood"];
    let told = |bytes: &[u8]| canaries.iter().any(|canary| bytes.windows(canary.len()).any(|window| window == *canary));
    files.iter().filter(|(_, bytes)| told(bytes)).map(|(name, _)| name).collect()
}

/// Proves that what the desk sets is a finding like any other, with page, reason and author in ledger, table and packet;
/// that each act is one audit event; that given again it changes nothing, and that taking it back withdraws it; and that the
/// reason stands nowhere in the clear.
#[test]
fn a_poor_translation_is_set_and_withdrawn() {
    let (site, case) = site();
    let order = [
        "case",
        "flag",
        &case,
        "letter.txt",
        "--finding",
        "poor_translation",
        "--page",
        "1",
        "--reason",
        WHY,
        "--json",
    ];
    let given = answer(&site.run(&order));
    assert_eq!((&given["documents"], &given["gate"]["ready"]), (&1.into(), &true.into()), "it warns");
    let document = id(&site, &case, "letter.txt");
    let by_id = order.map(|word| if word == "letter.txt" { document.as_str() } else { word });
    assert_eq!(answer(&site.run(&by_id)), given, "given again");
    assert_eq!(events(&site, "finding-flagged"), 1);
    let said = set(&site, &case, "letter.txt");
    assert_eq!(said.len(), 1);
    assert_eq!(
        (&said[0]["code"], &said[0]["severity"], &said[0]["page"]),
        (&json!("poor_translation"), &json!("warn"), &json!(1))
    );
    assert_eq!((&said[0]["flagged"]["flag"], &said[0]["flagged"]["reason"]), (&given["flags"][0], &json!(WHY)));
    let flags = site.show(&case)["flags"].clone();
    assert_eq!(
        (&flags[0]["flag"], &flags[0]["path"], &flags[0]["documents"]),
        (&given["flags"][0], &json!("letter.txt"), &json!(1))
    );
    for command in ["show", "gate"] {
        let words = site.done(&["case", command, &case]);
        assert!(words.contains("Set at the desk (1)") && words.contains("because: CANARYWHY"), "{words}");
    }
    assert!(site.done(&["case", "show", &case]).contains("poor_translation (page 1, set at the desk)"));
    let packet = export(&site, &case, "packet");
    assert!(leaves(&packet, "letter.txt"));
    assert_eq!(tells(&packet), ["findings.tsv", "index.html", "manifest.json"]);

    let taken_back = answer(&unflag(&site, &case, ("letter.txt", "poor_translation")));
    assert_eq!((&taken_back["flags"], &taken_back["documents"]), (&given["flags"], &1.into()));
    assert_eq!(set(&site, &case, "letter.txt"), Vec::<Value>::new());
    assert_eq!(answer(&unflag(&site, &case, (&document, "poor_translation")))["flags"], json!([]));
    assert_eq!(events(&site, "flag-ended"), 1);
    assert_ne!(answer(&site.run(&order))["flags"], given["flags"], "what was taken back is set anew");
    assert!(site.run(&["verify", "--deep"]).status.success());
    let trail = site.done(&["audit", "export"]);
    assert!(!trail.contains("CANARYWHY") && !trail.contains("Thistlewood"));
    assert!(tells(&super::shell::tree(&site.data())).is_empty(), "the reason is sealed");
    site.done(&["case", "shred", &case, "--yes"]);
    refused(&flag(&site, &case, ("letter.txt", "cut_off")), "this case is shredded");
    assert!(site.run(&["verify"]).status.success());
}

/// Proves that a page that somebody sees to be about another child is held at once, that no name of that child goes out, that
/// accepting it releases it, and that what is set anew was not accepted.
#[test]
fn a_page_about_another_child_is_held() {
    let (site, case) = site();
    let given = answer(&flag(&site, &case, ("letter.txt", "wrong_patient")));
    assert_eq!((&given["gate"]["ready"], &given["gate"]["blocking"]), (&false.into(), &json!(["wrong_patient"])));
    assert_eq!(row(&site, &case, "letter.txt")["patient"]["doubtful"], true);
    assert!(site.run(&["case", "gate", &case]).status.code() == Some(1));
    let packet = export(&site, &case, "held");
    assert!(!leaves(&packet, "letter.txt") && leaves(&packet, "other.txt"));
    assert!(String::from_utf8_lossy(&packet["findings.tsv"]).contains("set at the desk"));
    assert_eq!(tells(&packet), Vec::<&String>::new());

    let accept = || {
        let order = ["case", "waive", &case, "letter.txt", "--finding", "wrong_patient", "--reason", "his other name"];
        answer(&site.run(&[&order[..], &["--json"]].concat()))
    };
    assert_eq!(accept()["gate"]["ready"], true);
    let anew = answer(&flag(&site, &case, ("letter.txt", "wrong_patient")));
    assert_eq!((&anew["gate"]["ready"], anew["flags"] == given["flags"]), (&false.into(), false), "seen once more");
    assert_eq!(accept()["gate"]["ready"], true);
    let packet = export(&site, &case, "accepted");
    assert!(
        leaves(&packet, "letter.txt") && String::from_utf8_lossy(&packet["accepted.tsv"]).contains("his other name")
    );
    assert_eq!(tells(&packet), Vec::<&String>::new());
    let both = answer(&unflag(&site, &case, ("letter.txt", "wrong_patient")))["flags"].clone();
    assert_eq!(both, json!([given["flags"][0], anew["flags"][0]]));
    answer(&flag(&site, &case, ("letter.txt", "wrong_patient")));
    assert_eq!(blocking(&site, &case), ["wrong_patient"], "this one was never accepted");
    assert_eq!(accept()["findings"], 1);
    assert!(blocking(&site, &case).is_empty());
    assert!(site.run(&["verify", "--deep"]).status.success());
}

/// Proves that what is set of an archive holds for what comes out of it later, over the daemon's socket too, that a later
/// judgement keeps it, and that it does not go along to another case.
#[test]
fn what_comes_later_and_what_is_moved() {
    let site = Site::new();
    let one = "Nothing was found in the second scan either, as we had hoped.\n".repeat(3);
    fs::write(site.input().join("locked.zip"), zip::locked(&[("a.txt", one.as_bytes())], "open sesame")).unwrap();
    let (case, other) = (site.open_case(), site.open_case());
    site.done(&["ingest", "--case", &case, "locked.zip"]);
    let daemon = site.serve();
    answer(&flag(&site, &case, ("locked.zip", "wrong_patient")));
    fs::write(site.input().join("passwords"), "open sesame\n").unwrap();
    site.done(&["case", "password", &case, "--password-file", "passwords"]);
    site.oracle().settle();
    for path in ["locked.zip", "locked.zip!/a.txt"] {
        assert_eq!(set(&site, &case, path)[0]["code"], "wrong_patient", "{path}");
    }
    assert_eq!(blocking(&site, &case), ["wrong_patient"]);
    assert_eq!(site.show(&case)["flags"][0]["documents"], 2);
    refused(&unflag(&site, &case, ("locked.zip!/a.txt", "wrong_patient")), "more than this document");
    let document = id(&site, &case, "locked.zip");
    site.done(&["case", "move", &case, &document, "--to", &other]);
    site.oracle().settle();
    assert_eq!(site.show(&case)["flags"], json!([]));
    assert!(!blocking(&site, &other).contains(&"wrong_patient".to_owned()), "it is judged there anew");
    assert!(site.run(&["verify", "--deep"]).status.success());
    drop(daemon);
}

/// Proves that an image by which something was set of its whole study is not moved away: the others would be let go.
#[test]
fn an_image_that_stands_for_its_study_stays() {
    let site = Site::new();
    let (case, other) = (site.open_case(), site.open_case());
    for number in [1, 2] {
        fs::write(site.input().join(format!("{number}.dcm")), dicom::ct_slice(&dicom::CHILD, number)).unwrap();
    }
    site.done(&["ingest", "--case", &case, "1.dcm", "2.dcm"]);
    let order = ["case", "flag", &case, "1.dcm", "--finding", "wrong_patient", "--study", "--reason", WHY, "--json"];
    assert_eq!(answer(&site.run(&order))["documents"], 2);
    let first = id(&site, &case, "1.dcm");
    let away = |document: &str| site.run(&["case", "move", &case, document, "--to", &other, "--json"]);
    refused(&away(&first), "set of its whole study by naming it");
    assert!(away(&id(&site, &case, "2.dcm")).status.success());
    assert_eq!(blocking(&site, &case), ["wrong_patient"]);
    let order = ["case", "unflag", &case, "1.dcm", "--finding", "wrong_patient", "--json"];
    assert!(site.run(&order).status.success() && away(&first).status.success());
    assert!(site.run(&["verify", "--deep"]).status.success());
}

/// Proves that what makes no sense is refused in words, and changes nothing.
#[test]
fn what_makes_no_sense_is_refused() {
    let (site, case) = site();
    fs::write(site.input().join("stranger.txt"), letter("Marta Quillfeather")).unwrap();
    fs::write(
        site.input().join("all.zip"),
        zip::zip(&[("a.txt", b"The blood count was normal in May."), ("b.txt", b"And in June.")]),
    )
    .unwrap();
    fs::write(site.input().join("autorun.inf"), "[autorun]\nopen=viewer.exe\n").unwrap();
    site.done(&["ingest", "--case", &case, "stranger.txt", "all.zip", "autorun.inf"]);
    let before = site.show(&case);
    refused(&flag(&site, &case, (&"a".repeat(26), "illegible")), "no such document");
    refused(&flag(&site, &case, ("nothing.txt", "illegible")), "no such document");
    for (code, why) in [
        ("malware", "cannot be set by a person: nobody sees that by looking"),
        ("checksum_mismatch", "a slide list with the files"),
        ("exact_duplicate", "comparing documents with each other"),
        ("reading_pending", "how far our own reading"),
        ("language_undetermined", "who reads the page sets not_english"),
        ("payment_open", "about the case"),
        ("no_such_code", "not a reason code"),
    ] {
        refused(&flag(&site, &case, ("letter.txt", code)), why);
    }
    let found = ["case", "flag", &case, "stranger.txt", "--finding", "wrong_patient", "--page", "1", "--reason", WHY];
    refused(&site.run(&found), "is found of it already");
    refused(&flag(&site, &case, ("autorun.inf", "illegible")), "no document of the case");
    let order = ["case", "flag", &case, "letter.txt", "--finding", "cut_off"];
    let with = |more: &[&str]| site.run(&[&order[..], more].concat());
    refused(&with(&[]), "--reason");
    refused(&with(&["--reason", "  "]), "say what you see");
    refused(&with(&["--reason", &"x".repeat(5_000)]), "at most");
    refused(&with(&["--reason", WHY, "--study"]), "no image of a study");
    refused(&with(&["--reason", WHY, "--page", "0"]), "counted from 1");
    refused(&with(&["--reason", WHY, "--page", "7"]), "it has 1 pages");
    let order = ["case", "flag", &case, "all.zip", "--finding", "cut_off", "--page", "1", "--reason", WHY];
    refused(&site.run(&order), "a page is one of a single document");
    refused(&unflag(&site, &case, ("nothing.txt", "illegible")), "no such document");
    site.done(&["case", "close", &case]);
    refused(&flag(&site, &case, ("letter.txt", "illegible")), "this case is closed");
    refused(&unflag(&site, &case, ("letter.txt", "illegible")), "this case is closed");
    site.done(&["case", "reopen", &case]);
    assert_eq!(site.show(&case)["rows"], before["rows"]);
    assert_eq!(events(&site, "finding-flagged"), 0);
}

/// Proves that a death at any step of either command leaves the case as before or as asked for, and that the command, given
/// again, brings it to its end with one flag and one event.
#[test]
fn a_killed_flag_is_given_again() {
    let die = |site: &Site, (command, point): (&str, &str), case: &str| {
        let arguments = ["case", command, case, "letter.txt", "--finding", "illegible", "--reason", WHY];
        let mut command = site.command(&arguments);
        let killed = command.env("CASEGATE_DIE_AT", format!("{point}:1")).output().unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{point}: {killed:?}");
    };
    let (site, case) = site();
    for (point, set_by_then) in [("ruling.before", 0), ("ruling.committed", 1)] {
        die(&site, ("flag", point), &case);
        assert_eq!(set(&site, &case, "letter.txt").len(), set_by_then, "{point}");
    }
    let given = answer(&flag(&site, &case, ("letter.txt", "illegible")));
    assert_eq!(given["gate"]["blocking"], json!(["illegible"]));
    assert_eq!((events(&site, "finding-flagged"), site.show(&case)["flags"].as_array().unwrap().len()), (1, 1));
    assert!(site.run(&["verify"]).status.success());
    die(&site, ("unflag", "ruling.ended"), &case);
    let taken_back = answer(&unflag(&site, &case, ("letter.txt", "illegible")));
    assert_eq!((&taken_back["gate"]["ready"], events(&site, "flag-ended")), (&true.into(), 1));
    assert!(site.run(&["verify"]).status.success());
}

/// Proves that, through the daemon, a family is told what is wrong and what to do, in the words of every such finding, also
/// where the desk held the same bytes before, and never the reason or a name.
#[test]
fn a_family_is_told_what_to_do_and_never_why() {
    let mut site = daemon::Site::running("");
    let (case, link) = site.family();
    let text = "The ependymoma is gone, and nothing more is to be done.\n".repeat(4);
    fs::write(site.input().join("first.txt"), &text).unwrap();
    site.done(&["ingest", "--case", &case, "first.txt"]);
    let length = text.len().to_string();
    let headers = [V, PIECE, ("Upload-Length", length.as_str())];
    let sent = site.ask("POST", &format!("{}/files", link.path), &headers, text.as_bytes());
    assert_eq!(sent.status, 201, "{sent:?}");
    site.ledger(&case);
    let document = id(&site, &case, "first.txt");
    let status = |site: &daemon::Site| site.ask("GET", &format!("{}/status", link.path), &[], b"").text();
    assert!(!status(&site).contains("illegible"));
    answer(&flag(&site, &case, (&document, "illegible")));
    let told = status(&site);
    assert!(told.contains("illegible") && told.contains("\"needs_you\""), "{told}");
    let page = site.ask("GET", &link.path, &[("Accept", "text/html")], b"").text();
    assert!(page.contains("We cannot read the words on this page."), "{page}");
    for said in [told, page, site.log()] {
        assert!(!said.contains("CANARYWHY") && !said.contains("Thistlewood"), "{said}");
    }
    answer(&unflag(&site, &case, (&document, "illegible")));
    assert!(!status(&site).contains("illegible"));
}
