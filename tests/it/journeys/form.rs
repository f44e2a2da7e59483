//! The page of a link: its form without script, what it tells, and what it does not.

use super::daemon::{Site, files_below, row, sha256};
use crate::support::http;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};

const BOUNDARY: &str = "------casegate-boundary";
const KIND: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=----casegate-boundary");

fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let head = format!(
            "{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Proves that a form brings its files into the case with their folders, that the page answers with a line for each and
/// renders names inert (T21), and that what came is listed under the link.
#[test]
fn t21_a_form_without_script() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| (n / 7) as u8).collect();
    let files: [(&str, &[u8]); 4] =
        [("<script>alert(1)</script>.txt", b"a letter"), ("disc/large.bin", &large), ("nothing.txt", b""), ("", b"")];
    let html = ("Accept", "text/html");
    let answer = site.ask("POST", &link.path, &[KIND, html], &form(&files));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!((answer.header("x-content-type-options"), answer.header("cache-control")), ("nosniff", "no-store"));
    let page = answer.text();
    assert!(page.contains("3 files were received and are safe."), "{page}");
    assert!(!page.contains("<script>alert"), "{page}");
    let rows = site.ledger(&case);
    assert_eq!(rows.len(), 3);
    assert_eq!(row(&rows, "disc/large.bin")["sha256"], sha256(&large));
    assert_eq!(row(&rows, "nothing.txt")["kind"], "empty");
    let status = site.ask("GET", &format!("{}/status", link.path), &[], b"").json();
    assert_eq!((status["files"].clone(), status["sent"][1]["name"].clone()), (json!(3), json!("disc")));
    let page = site.ask("GET", &link.path, &[html], b"").text();
    assert!(page.contains("large.bin") && !page.contains("<script>alert"), "{page}");
    assert!(!page.contains("Wilhelmina") && !page.contains("Quince"), "the child's name is no word about what came");
}

/// Proves that a form that breaks keeps the files that were whole, leaves no trace of the one that was not, and that no
/// plaintext of either is on the disk.
#[test]
fn a_form_that_breaks_keeps_whole_files() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let canary = b"CANARY-of-a-form-that-broke ".repeat(1_000);
    let body = form(&[("whole.txt", b"CANARY-whole"), ("half.txt", &canary)]);
    let mut stream = http::begin(&site.address(), &http::head("POST", &link.path, &[KIND], body.len()));
    stream.write_all(&body[..body.len() - 5_000]).unwrap();
    site.until("the first file is there", |site| {
        let status = site.ask("GET", &format!("{}/status", link.path), &[], b"").json();
        status["unfinished"].as_array().unwrap().len() == 1
    });
    drop(stream);
    site.until("the half file is ended", |site| {
        let status = site.ask("GET", &format!("{}/status", link.path), &[], b"").json();
        status["unfinished"].as_array().unwrap().is_empty()
    });
    let rows = site.ledger(&case);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["path"], "whole.txt");
    for file in files_below(&site.data()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"CANARY"), "{}", file.display());
    }
}

/// Proves T9 and T11: a page tells nothing about what came by another way, not even that the same file is there.
#[test]
fn t9_t11_a_link_tells_only_its_own() {
    let mut site = Site::running("");
    let (case, first) = site.family();
    let second = site.link(&case, 86_400_000);
    assert_eq!(site.ask("POST", &first.path, &[KIND], &form(&[("secret-name.txt", b"the same words")])).status, 200);
    site.ledger(&case);
    let empty = site.ask("GET", &format!("{}/status", second.path), &[], b"").json();
    assert_eq!(
        (empty["files"].clone(), empty["sent"].clone(), empty["needed"].clone()),
        (json!(0), json!([]), json!([]))
    );
    assert_eq!(site.ask("POST", &second.path, &[KIND], &form(&[("mine.txt", b"the same words")])).status, 200);
    let rows = site.ledger(&case);
    assert_eq!(row(&rows, "mine.txt")["outcome"], "duplicate_of");
    let told = site.ask("GET", &format!("{}/status", second.path), &[], b"").json();
    assert_eq!(told["sent"][0]["state"], "readable", "{told}");
    assert!(!told.to_string().contains("secret-name") && !told.to_string().contains("duplicate"), "{told}");
    assert_eq!(site.ask("POST", &second.path, &[KIND], &form(&[("again.txt", b"the same words")])).status, 200);
    site.ledger(&case);
}

/// Proves that listeners are told when something came, and end with the link.
#[test]
fn events_tell_of_changes() {
    let site = Site::running("");
    let (_, link) = site.family();
    let stream = http::begin(&site.address(), &http::head("GET", &format!("{}/events", link.path), &[], 0));
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut next = |what: &str| lines.find(|line| line.starts_with("data:") && line.contains(what));
    assert!(next("\"files\":0").is_some());
    assert_eq!(site.ask("POST", &link.path, &[KIND], &form(&[("a.txt", b"words")])).status, 200);
    assert!(next("a.txt").is_some());
    site.order(&json!({ "Unlink": { "link": link.id } }));
    assert!(next("never").is_none());
}

/// Proves that people who come to a dead address get a page and programs a problem, both without saying why.
#[test]
fn a_dead_address_is_a_page_for_people() {
    let site = Site::running("");
    let page = site.ask("GET", &format!("/u/{}", "A".repeat(43)), &[("Accept", "text/html")], b"");
    assert_eq!(page.status, 404);
    assert_eq!(page.body, site.ask("GET", "/nothing", &[("Accept", "text/html")], b"").body);
    assert!(page.text().contains("What to do"));
    assert_eq!(site.ask("GET", "/nothing", &[], b"").code(), "not_found");
    for asset in ["casegate.css", "link.js", "tus.min.js", "mark.svg"] {
        assert_eq!(site.ask("GET", &format!("/assets/{asset}"), &[], b"").status, 200, "{asset}");
    }
    assert_eq!(site.ask("GET", "/assets/..%2fmod.rs", &[], b"").status, 404);
}
