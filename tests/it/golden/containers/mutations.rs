//! Damaged copies of good containers: nothing panics, everything ends, limits hold.

use super::super::corpus;
use super::made::{gzip_of, tar_of, zip_of};
use super::mail::FORWARDED;
use super::recorder::examine_as;
use casegate::domain::{facts::FileKind, limits::Limits};
use casegate::kinds::{ALL, Kind};

/// Tight limits, so that a mutant that passes them is seen.
fn limits() -> Limits {
    Limits {
        container_bytes_max: 4 << 20,
        container_ratio_from_bytes: 1 << 20,
        member_ratio_from_bytes: 1 << 20,
        container_entries_max: 500,
        ..Limits::default()
    }
}

/// A small sequence of pseudo-random numbers, the same on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    match random.below(4) {
        0 => bytes.truncate(random.below(original.len())),
        1 => {
            let at = random.below(original.len());
            let end = (at + random.below(64)).min(bytes.len());
            bytes[at..end].fill([0, 0xFF][random.below(2)]);
        }
        2 => {
            let (from, to) = (random.below(original.len()), random.below(original.len()));
            let length = random.below(512).min(bytes.len() - from.max(to));
            bytes.copy_within(from..from + length, to);
        }
        _ => {
            for _ in 0..=random.below(8) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
        }
    }
    bytes
}

/// Where most structure is: heads, and the ends where ZIP has its list.
fn samples() -> Vec<(String, Vec<u8>)> {
    let members: &[(&str, &[u8])] = &[("a/one.txt", b"some text"), ("two.txt", &[7; 3000]), ("DICOMDIR", b"x")];
    let mut samples = vec![
        ("made.zip".to_owned(), zip_of(members)),
        ("made.tar".to_owned(), tar_of(members)),
        ("made.tgz".to_owned(), gzip_of(&tar_of(members))),
        ("made.eml".to_owned(), FORWARDED.to_vec()),
    ];
    let corpus = corpus();
    for name in [
        "discs/a1-joliet-rockridge.iso",
        "discs/a1-disc.zip",
        "hostile/encrypted-zipcrypto.zip",
        "hostile/encrypted-aes256.zip",
    ] {
        // Without the corpus the made samples have to do.
        samples
            .extend(corpus.iter().filter_map(|corpus| Some((name.to_owned(), std::fs::read(corpus.join(name)).ok()?))));
    }
    samples
}

/// Proves that no kind of container panics on, runs away with, or passes its limits for damaged copies.
#[test]
fn damaged_copies_do_no_harm() {
    let limits = limits();
    let containers: Vec<&'static dyn Kind> = ALL
        .iter()
        .copied()
        .filter(|kind| {
            matches!(
                kind.name(),
                "zip" | "7z" | "tar" | "gzip" | "iso9660" | "mail" | "mailbox" | "bzip2" | "xz" | "ole"
            )
        })
        .collect();
    assert_eq!(containers.len(), 10);
    for (name, original) in samples() {
        let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ original.len() as u64);
        for round in 0..200 {
            let mutant = mutate(&original, &mut random);
            for kind in &containers {
                let fits = super::recorder::recognise(&name, &original).is_some_and(|own| own.name() == kind.name());
                // Each kind gets its own mutants, and now and then everyone else's.
                if !fits && round % 30 != 0 {
                    continue;
                }
                let outcome = examine_as(*kind, &name, &mutant, (&["test1234"], &limits, None));
                assert!(outcome.sink.bytes <= limits.container_bytes_max + (1 << 20), "{name} {round}");
                assert!(outcome.sink.members.len() as u64 <= limits.container_entries_max, "{name} {round}");
                assert!(outcome.facts.kind != Some(FileKind::Empty));
            }
        }
    }
}

/// Proves that a kind ends at once when the host has enough, and says so.
#[test]
fn the_host_has_the_last_word() {
    use casegate::domain::{facts::Readable, reason::Reason};
    for (name, original) in samples() {
        let Some(kind) = super::recorder::recognise(&name, &original) else { continue };
        let outcome = examine_as(kind, &name, &original, (&["test1234"], &Limits::default(), Some(4)));
        if outcome.sink.bytes > 4 {
            assert!(outcome.facts.has(Reason::ArchiveBomb), "{name}");
            assert_eq!(outcome.facts.readable, Readable::No, "{name}");
        }
    }
}
