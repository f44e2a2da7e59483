//! 7z: what comes out of the samples, with and without their password, and what hostile ones are told.

use super::recorder::{Outcome, examine, examine_with};
use casegate::domain::{
    facts::{MemberEnd, Readable},
    limits::Limits,
    reason::Reason,
};
use std::{fs, path::Path};

const LETTER_START: &[u8] = b"Dear colleague,\n";

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive").join(name)).unwrap()
}

fn opened(name: &str, passwords: &[&str]) -> Outcome {
    examine_with(name, &sample(name), passwords, &Limits::default())
}

/// Proves that members of a solid block come out whole, in order, an empty one among them.
#[test]
fn members_come_out_whole() {
    let outcome = examine("solid.7z", &sample("solid.7z"));
    assert_eq!(outcome.names(), ["letters/letter.txt", "labs.txt", "letters/empty.txt"]);
    assert!(outcome.sink.members.iter().all(|member| member.end == MemberEnd::Whole));
    assert!(outcome.sink.members[0].bytes.starts_with(LETTER_START));
    assert_eq!((outcome.sink.members[1].bytes.len(), outcome.sink.members[2].bytes.len()), (87 * 40, 0));
    let account = outcome.facts.container.unwrap();
    assert_eq!((account.format.as_str(), account.listed, account.delivered), ("7z", 3, 3));
}

/// Proves that a password opens members and list, that wrong ones before it do no harm, and that one alone opens nothing.
#[test]
fn passwords_are_tried_in_turn() {
    for name in ["locked.7z", "locked-names.7z", "stored-locked.7z"] {
        let outcome = opened(name, &["wrong", "casegate-7"]);
        assert_eq!(outcome.facts.readable, Readable::Yes, "{name}: {:?}", outcome.facts.observations);
        assert!(outcome.sink.members[0].bytes.starts_with(LETTER_START), "{name}");
        let outcome = opened(name, &["wrong"]);
        assert!(outcome.facts.has(Reason::PasswordRequired), "{name}: {:?}", outcome.facts.observations);
        assert!(!outcome.facts.has(Reason::Damaged) && outcome.sink.bytes == 0, "{name}");
    }
}

/// Proves that every cut is told as one, whatever is gone, and nothing is made up.
#[test]
fn cuts_are_told() {
    let whole = sample("solid.7z");
    for at in 6..whole.len() {
        let outcome = examine("cut.7z", &whole[..at]);
        assert!(outcome.facts.has(Reason::Truncated), "cut at {at}: {:?}", outcome.facts.observations);
        assert_eq!((outcome.facts.readable, outcome.sink.members.len()), (Readable::No, 0), "cut at {at}");
    }
}

/// Proves that limits of members and bytes hold, and that a dictionary beyond them is refused without being allocated.
#[test]
fn limits_hold() {
    let bytes = sample("solid.7z");
    let few = Limits { container_entries_max: 1, ..Limits::default() };
    let outcome = examine_with("x.7z", &bytes, &[], &few);
    assert!(outcome.facts.has(Reason::TooManyEntries), "{:?}", outcome.facts.observations);
    let small = Limits { container_bytes_max: 100, ..Limits::default() };
    let outcome = examine_with("x.7z", &bytes, &[], &small);
    assert_eq!((outcome.facts.has(Reason::ArchiveBomb), outcome.facts.readable), (true, Readable::No));
    let poor = Limits { inspector_memory_bytes_max: 1 << 20, ..Limits::default() };
    let outcome = examine_with("x.7z", &bytes, &[], &poor);
    assert!(outcome.sink.members[0].is_withheld_for(Reason::UnsupportedFormat), "{:?}", outcome.facts.observations);
    assert!(!outcome.facts.has(Reason::Damaged));
}

/// Proves that a fault within a solid block ends that block at once: the decoder would go in circles if it were read on.
#[test]
fn a_faulty_block_is_left() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/regressions");
    for name in ["reads-on-after-a-fault.7z", "reads-on-after-a-fault-encrypted.7z"] {
        let bytes = fs::read(folder.join(name)).unwrap();
        let outcome = examine_with(name, &bytes, &["casegate-7"], &Limits::default());
        assert!(outcome.facts.has(Reason::Damaged), "{name}: {:?}", outcome.facts.observations);
        assert_eq!(outcome.facts.readable, Readable::No, "{name}");
        assert_eq!(outcome.sink.members.len(), 3, "{name}");
    }
}
