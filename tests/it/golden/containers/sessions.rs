//! Discs that were written to more than once, by the tool that people write them with.

use super::recorder::examine;
use crate::support::lacking::{Lack, skip};
use casegate::domain::{facts::Readable, reason::Reason};
use std::{fs, path::Path, process::Command};

const BLOCK: usize = 2048;
/// The second session begins there: so far behind the first as its lead-out and the next lead-in take (11,400 sectors).
const SECOND_START: usize = 11_700;

/// Writes a session of these files, after an earlier one or alone; `None` where the tool is not installed.
fn session(folder: &Path, files: &[(&str, &str)], earlier: Option<&Path>) -> Option<Vec<u8>> {
    let content = tempfile::tempdir_in(folder).unwrap();
    for (name, text) in files {
        fs::write(content.path().join(name), text).unwrap();
    }
    let image = content.path().with_extension("iso");
    let mut tool = Command::new("genisoimage");
    tool.args(["-quiet", "-r", "-J", "-o"]).arg(&image);
    if let Some(earlier) = earlier {
        tool.arg("-C").arg(format!("0,{SECOND_START}")).arg("-M").arg(earlier);
    }
    let ran = match tool.arg(content.path()).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skip(Lack::Installable, "genisoimage is not installed");
            return None;
        }
        ran => ran.unwrap(),
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some(fs::read(image).unwrap())
}

/// Both sessions: as they lie on the disc.
fn both() -> Option<(Vec<u8>, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let first = session(folder.path(), &[("scan.txt", "first scan"), ("notes.txt", "old notes")], None)?;
    let earlier = folder.path().join("first.iso");
    fs::write(&earlier, &first).unwrap();
    let second = session(folder.path(), &[("added.txt", "second scan"), ("notes.txt", "newer notes")], Some(&earlier))?;
    Some((first, second))
}

fn as_on_disc((first, second): &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let mut image = first.clone();
    image.resize(SECOND_START * BLOCK, 0);
    [image, second.clone()].concat()
}

/// Proves that what was added to a disc later comes out with what stood there before, the newest of one name first, and
/// nothing twice.
#[test]
fn later_sessions_come_out() {
    let Some(sessions) = both() else { return };
    let outcome = examine("disc.iso", &as_on_disc(&sessions));
    let texts: Vec<_> =
        outcome.sink.members.iter().map(|got| String::from_utf8_lossy(&got.bytes).into_owned()).collect();
    let mut found: Vec<_> = outcome.names().into_iter().zip(texts.iter().map(String::as_str)).collect();
    let of_notes: Vec<_> = found.iter().filter(|(name, _)| *name == "notes.txt").map(|(_, text)| *text).collect();
    assert_eq!(of_notes, ["newer notes", "old notes"], "the newest comes first, and the one it replaced is not lost");
    found.sort_unstable();
    let expected = [
        ("added.txt", "second scan"),
        ("notes.txt", "newer notes"),
        ("notes.txt", "old notes"),
        ("scan.txt", "first scan"),
    ];
    assert_eq!(found, expected);
    assert_eq!((outcome.facts.readable, outcome.facts.observations.len()), (Readable::Yes, 0));
}

/// Proves that a session which cannot be followed, since the image leaves out what lies between, is said to be lost, and the
/// first one comes out.
#[test]
fn sessions_without_their_gaps_are_told() {
    let Some((first, second)) = both() else { return };
    let outcome = examine("disc.iso", &[first, second].concat());
    assert!(outcome.facts.has(Reason::Damaged), "{:?}", outcome.facts.observations);
    let mut names = outcome.names();
    names.sort_unstable();
    assert_eq!(names, ["notes.txt", "scan.txt"]);
}

/// Proves that a disc image which lies behind a disc's own files, as one of them or by chance, is no session of it.
#[test]
fn an_image_behind_a_disc_is_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let Some(first) = session(folder.path(), &[("scan.txt", "first scan")], None) else { return };
    let Some(other) = session(folder.path(), &[("another.txt", "of another disc")], None) else { return };
    let outcome = examine("disc.iso", &[first, other].concat());
    assert_eq!(outcome.names(), ["scan.txt"], "no file comes from where another disc has it");
    assert!(outcome.facts.has(Reason::Damaged), "but what is there is told");
}
