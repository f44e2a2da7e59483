//! The page of a link with its script, in a real browser.

use super::daemon::{Link, Site, row, sha256};
use crate::support::{
    browser::{At, Browser},
    lacking::{Lack, skip},
};
use serde_json::{Value, json};
use std::path::PathBuf;

const FILES: &str = "input[name=files]";
const SEND: &str = "#send button";
const WORDS: &str = "#progress-words";

/// The page of a link, and its profile's folder.
fn open(site: &Site, link: &Link) -> Option<Browser> {
    let browser = Browser::open(&site.path("profile"), &format!("http://{}{}", site.address(), link.path));
    if browser.is_none() {
        skip(Lack::Installable, "there is no Chromium");
    }
    browser
}

fn written(site: &Site, name: &str, bytes: &[u8]) -> PathBuf {
    let path = site.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

fn unfinished(site: &Site, link: &Link) -> Value {
    site.ask("GET", &format!("{}/status", link.path), &[], b"").json()["unfinished"].clone()
}

/// Proves that “Send” says what is missing where nothing was chosen.
#[test]
fn nothing_chosen_is_said() {
    let site = Site::running("");
    let (_, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    page.press(SEND);
    page.until_says(WORDS, "Choose one or more files first");
}

/// Proves that pressing “Send” twice sends a file once, and that what is chosen while that is being sent goes too, without
/// another press.
#[test]
fn what_is_chosen_is_sent_and_sent_once() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    let (first, second) = (written(&site, "first.txt", b"a letter"), written(&site, "second.txt", b"another letter"));
    page.hold("*/files", At::Request);
    page.choose(FILES, &[&first]);
    page.press(SEND);
    page.press(SEND);
    let held = page.held();
    page.choose(FILES, &[&second]);
    assert_eq!(held.method, "POST");
    page.go_on(&held);
    page.release();
    page.until_says(WORDS, "2 files were received and are safe.");
    let rows = site.ledger(&case);
    assert_eq!(rows.len(), 2, "{rows:#?}");
    for (name, bytes) in [("first.txt", b"a letter".as_slice()), ("second.txt", b"another letter")] {
        assert_eq!(row(&rows, name)["sha256"], sha256(bytes));
    }
}

/// Proves that files of a folder that share name, size and time are told apart by where they lie: each arrives with its
/// own bytes.
#[test]
fn like_named_files_of_a_folder_are_not_mixed_up() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    let bytes = |n: usize| format!("slice {n}").repeat(100_000).into_bytes();
    let time = std::fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1 << 30));
    for n in 0..6 {
        let path = written(&site, &format!("disc/series{n}/slice"), &bytes(n));
        std::fs::File::options().write(true).open(path).unwrap().set_times(time).unwrap();
    }
    page.choose("input[name=folder]", &[&site.path("disc")]);
    page.until("the folder to be read", "document.querySelector('input[name=folder]').files.length === 6");
    page.press(SEND);
    page.until_says(WORDS, "6 files were received and are safe.");
    let rows = site.ledger(&case);
    for n in 0..6 {
        assert_eq!(row(&rows, &format!("disc/series{n}/slice"))["sha256"], sha256(&bytes(n)));
    }
    assert_eq!(rows.len(), 6, "{rows:#?}");
}

/// Proves that a pause before the creation of an upload is answered loses no upload: while it lasts nothing is sent, and
/// the same upload goes on after it, whether the answer came before or after.
#[test]
fn a_pause_leaves_no_upload_behind() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    let file = written(&site, "photo.txt", &b"a photo of a letter".repeat(10_000));
    for answered in ["after the pause", "during the pause"] {
        page.hold("*/files*", At::Response);
        page.choose(FILES, &[&file]);
        page.press(SEND);
        let creation = page.held();
        assert_eq!(creation.method, "POST");
        page.press("#pause");
        page.until_says(WORDS, "Paused.");
        if answered == "during the pause" {
            page.go_on(&creation);
            page.until("the address to be kept", "Object.keys(localStorage).some((key) => key.startsWith('tus::'))");
            page.press("#pause");
            let next = page.held();
            assert_eq!(next.method, "HEAD", "nothing was sent before: {}", next.url);
            page.go_on(&next);
        } else {
            page.press("#pause");
            page.go_on(&creation);
        }
        let next = page.held();
        assert_eq!(next.method, "PATCH", "{answered}: {}", next.url);
        page.go_on(&next);
        page.until_says(WORDS, "1 file was received and is safe.");
        page.release();
        assert_eq!(unfinished(&site, &link), json!([]), "{answered}");
    }
    assert_eq!(site.ledger(&case).len(), 2);
}

/// Proves that a full store and a house that cannot be reached are said while they last, that sending then goes on by
/// itself, and that a file which is gone is named instead of waited for.
#[test]
fn trouble_is_said_while_it_lasts() {
    let mut site = Site::running("");
    let (case, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    let file = written(&site, "large.txt", &b"a long letter".repeat(10_000));
    page.hold("*/files*", At::Request);
    page.choose(FILES, &[&file]);
    page.press(SEND);
    let creation = page.held();
    page.go_on(&creation);
    let piece = page.held();
    page.answer(&piece, 507, &json!({ "code": "store_full", "detail": "There is no room left here." }));
    page.until_says(WORDS, "There is no room left just now");
    let look = page.held();
    page.go_on(&look);
    let piece = page.held();
    assert!(page.text(WORDS).contains("There is no room left just now"), "nothing more was stored yet");
    page.refuse(&piece);
    page.until_says(WORDS, "We cannot be reached just now");
    let look = page.held();
    assert_eq!(look.method, "HEAD");
    page.go_on(&look);
    page.release();
    page.until_says(WORDS, "1 file was received and is safe.");
    assert_eq!(page.value("document.querySelector('.troubled')"), Value::Null);

    let gone = written(&site, "gone.txt", b"a letter");
    page.hold("*/files*", At::Request);
    page.choose(FILES, &[&gone]);
    page.press(SEND);
    let creation = page.held();
    page.go_on(&creation);
    let piece = page.held();
    std::fs::remove_file(&gone).unwrap();
    page.refuse(&piece);
    page.release();
    page.until_says("#progress-problems", "gone.txt: This file was changed or is gone.");
    let ended =
        "fetch(location.pathname + '/status').then((told) => told.json()).then((told) => told.unfinished.length === 0)";
    page.until("the upload to be ended", ended);
    assert_eq!(site.ledger(&case).len(), 1);
}

/// Proves that the page says so when nobody answers at all, and not only that it is sending.
#[test]
fn a_house_that_is_gone_is_said() {
    let mut site = Site::running("");
    let (_, link) = site.family();
    let Some(mut page) = open(&site, &link) else { return };
    let file = written(&site, "letter.txt", b"a letter");
    page.choose(FILES, &[&file]);
    site.kill();
    page.press(SEND);
    page.until_says(WORDS, "We cannot be reached just now");
}
