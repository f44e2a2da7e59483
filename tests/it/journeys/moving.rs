//! A document is moved to the case it belongs to.

use crate::{
    make::zip,
    support::{
        ledger::{Ledger, Line},
        site::Site,
    },
};
use std::{fs, os::unix::process::ExitStatusExt, process::Output};

const LETTER: &str = "The craniotomy of this child went well, and nothing more is to be done before the summer.\n";

/// A site with a case that holds documents of another child's, and that other child's case.
fn site() -> (Site, String, String) {
    let site = Site::new();
    let member = "The audiogram of this child shows no loss of hearing on either side.\n".repeat(3);
    fs::write(site.input().join("letter.txt"), LETTER.repeat(4)).unwrap();
    fs::write(site.input().join("records.zip"), zip::zip(&[("audiogram.txt", member.as_bytes())])).unwrap();
    fs::write(site.input().join("other.txt"), "This one stays where it is: the ependymoma is gone.\n".repeat(4))
        .unwrap();
    let (from, to) = (site.open_case(), site.open_case());
    site.done(&["ingest", "--case", &from, "letter.txt", "records.zip", "other.txt"]);
    (site, from, to)
}

/// The ledger of a case when a daemon has done all there is to do.
fn ledger(site: &Site, case: &str) -> Ledger {
    let _daemon = site.serve();
    site.oracle().settle();
    Ledger::of_case(&site.show(case))
}

fn id(site: &Site, case: &str, path: &str) -> String {
    let shown = site.show(case);
    let row = shown["rows"].as_array().unwrap().iter().find(|row| row["path"] == path).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

fn move_to(site: &Site, (from, document, to): (&str, &str, &str)) -> Output {
    site.run(&["case", "move", from, document, "--to", to, "--json"])
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(why), "{output:?}");
}

fn paths(ledger: &Ledger) -> Vec<&str> {
    let mut paths: Vec<&str> = ledger.0.iter().map(|line: &Line| line.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

fn hits(site: &Site, case: &str, word: &str) -> usize {
    site.done(&["search", "--case", case, "--json", "--reason", "proof", word]).lines().count()
}

/// Proves that a moved document is in the other case with its bytes, is found there and not here any more, that what it
/// contained goes with it, that no part of it is left, and that the trail says who moved what whither; that moving it
/// again changes nothing.
#[test]
fn a_document_goes_to_the_case_it_belongs_to() {
    let (site, from, to) = site();
    let before = ledger(&site, &from);
    assert_eq!(hits(&site, &from, "craniotomy"), 1);
    for path in ["letter.txt", "records.zip"] {
        let document = id(&site, &from, path);
        let moved = move_to(&site, (&from, &document, &to));
        assert!(moved.status.success(), "{moved:?}");
        let again = move_to(&site, (&from, &document, &to));
        assert_eq!((again.status.code(), &again.stdout), (Some(0), &moved.stdout), "{again:?}");
        let trail = site.done(&["audit", "export"]);
        let events = trail.lines().filter(|line| line.contains("\"entry-moved\"") && line.contains(&document));
        assert_eq!(events.count(), 1, "{path}");
    }
    let (here, there) = (ledger(&site, &from), ledger(&site, &to));
    assert_eq!(paths(&here), ["other.txt"]);
    assert_eq!(paths(&there), ["letter.txt", "records.zip", "records.zip!/audiogram.txt"]);
    for line in &there.0 {
        assert_eq!((&line.sha256, &line.kind), (&before.at(&line.path).sha256, &before.at(&line.path).kind));
    }
    assert_eq!((hits(&site, &from, "craniotomy"), hits(&site, &to, "craniotomy")), (0, 1));
    assert_eq!((hits(&site, &from, "audiogram"), hits(&site, &from, "ependymoma")), (0, 1));
    assert!(hits(&site, &to, "audiogram") > 0);
    let _daemon = site.serve();
    site.oracle().collected();
    let verified = site.run(&["verify", "--deep"]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Proves that what the other case holds already becomes a duplicate there, and that what cannot go by itself is refused
/// with what to do, leaving all as it was.
#[test]
fn what_cannot_be_moved_is_said() {
    let (site, from, to) = site();
    fs::copy(site.input().join("letter.txt"), site.input().join("copy.txt")).unwrap();
    site.done(&["ingest", "--case", &from, "copy.txt"]);
    site.done(&["ingest", "--case", &to, "letter.txt"]);
    let (letter, copy) = (id(&site, &from, "letter.txt"), id(&site, &from, "copy.txt"));
    let member = id(&site, &from, "records.zip!/audiogram.txt");
    let (here, there) = (ledger(&site, &from).canonical(), ledger(&site, &to).canonical());
    let holder = if ledger(&site, &from).at("copy.txt").outcome == "stored" { &copy } else { &letter };
    let other = if holder == &copy { &letter } else { &copy };
    let copies = move_to(&site, (&from, holder, &to));
    refused(&copies, "copies of it");
    refused(&copies, other);
    refused(&move_to(&site, (&from, &member, &to)), "move that one");
    refused(&move_to(&site, (&from, &letter, &from)), "in that case already");
    refused(&move_to(&site, (&from, &"a".repeat(26), &to)), "no such document");
    refused(&move_to(&site, (&from, "nowhere.txt", &to)), "no such document");
    site.done(&["case", "hold", &from]);
    refused(&move_to(&site, (&from, &id(&site, &from, "other.txt"), &to)), "may be taken out");
    site.done(&["case", "reopen", &from]);
    assert_eq!((ledger(&site, &from).canonical(), ledger(&site, &to).canonical()), (here, there));
    for document in [other, holder] {
        assert!(move_to(&site, (&from, document, &to)).status.success());
    }
    let there = ledger(&site, &to);
    assert_eq!(there.0.iter().filter(|line| line.outcome == "duplicate_of").count(), 2, "{there:?}");
    assert!(site.run(&["verify", "--deep"]).status.success());
}

/// Proves that a death at any step of a move leaves the document in one case or in both, never in none, and that the
/// command, given again, brings it to its end.
#[test]
fn a_killed_move_is_given_again() {
    for point in ["vault-part-written", "receive.written", "receive.committed", "move.received", "move.left"] {
        let (site, from, to) = site();
        ledger(&site, &from);
        let document = id(&site, &from, "letter.txt");
        let mut command = site.command(&["case", "move", &from, &document, "--to", &to]);
        let killed = command.env("CASEGATE_DIE_AT", format!("{point}:1")).output().unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{point}: {killed:?}");
        let anywhere =
            [&from, &to].iter().any(|case| paths(&Ledger::of_case(&site.show(case))).contains(&"letter.txt"));
        assert!(anywhere, "{point}: it is nowhere");
        assert!(move_to(&site, (&from, &document, &to)).status.success(), "{point}");
        assert_eq!(paths(&ledger(&site, &from)), ["other.txt", "records.zip", "records.zip!/audiogram.txt"], "{point}");
        assert_eq!(paths(&ledger(&site, &to)), ["letter.txt"], "{point}");
        assert!(site.run(&["verify", "--deep"]).status.success(), "{point}");
        let _daemon = site.serve();
        site.oracle().collected();
    }
}
