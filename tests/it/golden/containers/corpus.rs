//! The corpus beside the project, where it is present.

use super::super::corpus;
use super::recorder::{Outcome, examine, examine_with, recognise};
use casegate::domain::{
    facts::{FileKind, MemberEnd, Readable},
    limits::Limits,
    reason::Reason,
};
use std::path::Path;

fn read(corpus: &Path, name: &str) -> Vec<u8> {
    std::fs::read(corpus.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn examine_file(corpus: &Path, name: &str) -> Outcome {
    examine(name, &read(corpus, name))
}

/// Relative names and digests of all files under a folder.
fn folder(root: &Path) -> Vec<(String, String)> {
    let mut waiting = vec![root.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &std::fs::read(&path).unwrap());
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.push((name, data_encoding::HEXLOWER.encode(digest.as_ref())));
        }
    }
    found.sort();
    found
}

/// Proves that one disc gives the same names and bytes as plain ISO, Joliet, Rock Ridge, UDF bridge, ZIP and folder.
#[test]
fn one_disc_is_the_same_in_every_form() {
    let Some(corpus) = corpus() else { return };
    let expected = folder(&corpus.join("discs/a1-folder"));
    for name in ["a1-plain-iso9660.iso", "a1-joliet-rockridge.iso", "a1-udf-bridge.iso", "a1-disc.zip"] {
        let outcome = examine_file(&corpus, &format!("discs/{name}"));
        assert_eq!(outcome.contents(), expected, "{name}");
        assert_eq!(outcome.facts.kind, Some(FileKind::Disc), "{name}");
        assert_eq!(outcome.facts.readable, Readable::Yes, "{name}: {:?}", outcome.facts.observations);
        let account = outcome.facts.container.unwrap();
        assert_eq!((account.listed, account.delivered), (expected.len() as u64, expected.len() as u64), "{name}");
    }
    let wrapped = examine_file(&corpus, "discs/a1-disc-wrapped-in-folder.zip");
    let inner: Vec<_> =
        wrapped.contents().into_iter().map(|(name, id)| (name.split_once('/').unwrap().1.to_owned(), id)).collect();
    assert_eq!(inner, expected);
    assert_eq!(wrapped.facts.kind, Some(FileKind::Disc));
}

/// Proves that the names that Rock Ridge and Joliet give one disc are the same, and that a disc without DICOMDIR opens.
#[test]
fn other_makers_discs_open() {
    let Some(corpus) = corpus() else { return };
    let rock_ridge = examine_file(&corpus, "discs/a2-tiny-alpha-rockridge-only.iso");
    let both = examine_file(&corpus, "discs/a2-tiny-alpha-xorriso.iso");
    assert_eq!(rock_ridge.contents(), both.contents());
    let is_image = |bytes: &[u8]| bytes.get(128..132) == Some(b"DICM");
    let images = rock_ridge.sink.members.iter().filter(|member| member.name != "DICOMDIR" && is_image(&member.bytes));
    assert_eq!(images.count(), 50);
    let missing = examine_file(&corpus, "discs/a3-missing-referenced-files.iso");
    assert_eq!(missing.contents(), folder(&corpus.join("discs/a3-missing-folder")));
    let without = examine_file(&corpus, "discs/a4-no-dicomdir.iso");
    assert_eq!(without.facts.readable, Readable::Yes);
    assert!(!without.sink.members.is_empty() && !without.names().contains(&"DICOMDIR"));
}

/// Proves that a cut image is called cut, that its files are listed, and that text is no disc.
#[test]
fn a_cut_disc_is_told() {
    let Some(corpus) = corpus() else { return };
    let cut = examine_file(&corpus, "discs/a6-truncated.iso");
    assert_eq!(cut.facts.readable, Readable::No);
    assert!(cut.facts.has(Reason::Truncated));
    assert!(cut.sink.members.iter().any(|member| member.is_withheld_for(Reason::Truncated)));
    assert!(
        recognise("x.iso", &read(&corpus, "discs/a7-not-an-iso.iso"))
            .is_none_or(|kind| kind.file_kind() != FileKind::Disc)
    );
}

/// Proves what is said about each hostile container, and that what is harmless in it still comes out.
#[test]
fn hostile_containers_are_told() {
    let Some(corpus) = corpus() else { return };
    let cases: [(&str, Readable, Option<Reason>, usize); 9] = [
        ("zip-slip.zip", Readable::No, Some(Reason::PathEscape), 2),
        ("symlink.zip", Readable::No, Some(Reason::PathEscape), 2),
        ("symlink-write-through.tar", Readable::No, Some(Reason::PathEscape), 4),
        ("zip-bomb-overlap.zip", Readable::No, Some(Reason::ArchiveBomb), 0),
        ("zip-ratio.zip", Readable::No, Some(Reason::ArchiveBomb), 1),
        ("dup-names.zip", Readable::Yes, None, 3),
        ("many-files.zip", Readable::Yes, None, 8000),
        ("encrypted-aes256.zip", Readable::No, Some(Reason::PasswordRequired), 1),
        ("encrypted-zipcrypto.zip", Readable::No, Some(Reason::PasswordRequired), 1),
    ];
    for (name, readable, reason, members) in cases {
        let outcome = examine_file(&corpus, &format!("hostile/{name}"));
        assert_eq!(outcome.facts.readable, readable, "{name}: {:?}", outcome.facts.observations);
        assert!(reason.is_none_or(|reason| outcome.facts.has(reason)), "{name}: {:?}", outcome.facts.observations);
        assert!(reason.is_some() || outcome.facts.observations.is_empty(), "{name}: {:?}", outcome.facts.observations);
        assert_eq!(outcome.sink.members.len(), members, "{name}");
    }
    let slip = examine_file(&corpus, "hostile/zip-slip.zip");
    assert_eq!(slip.sink.members[0].end, MemberEnd::Whole);
    assert_eq!(slip.names()[1], "../../../../tmp/evil.txt");
    let doubled = examine_file(&corpus, "hostile/dup-names.zip");
    assert_eq!(doubled.names(), ["a.txt", "A.TXT", "a.txt"]);
    assert_ne!(doubled.sink.members[0].sha256, doubled.sink.members[2].sha256);
}

/// Proves that a supplied password opens both kinds of encryption, and a wrong one is never taken for damage.
#[test]
fn passwords_open_archives() {
    let Some(corpus) = corpus() else { return };
    for name in ["hostile/encrypted-aes256.zip", "hostile/encrypted-zipcrypto.zip"] {
        let bytes = read(&corpus, name);
        let opened = examine_with(name, &bytes, &["wrong", "test1234"], &Limits::default());
        assert_eq!(opened.facts.readable, Readable::Yes, "{name}");
        assert_eq!(opened.sink.members[0].bytes.len(), 14, "{name}");
        let wrong: Vec<String> = (0..300).map(|number| format!("guess-{number}")).collect();
        let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
        let closed = examine_with(name, &bytes, &wrong, &Limits::default());
        assert!(closed.sink.members[0].is_withheld_for(Reason::PasswordRequired), "{name}");
    }
}

/// Proves that programs and what systems leave behind are told from documents.
#[test]
fn programs_and_junk_are_told() {
    let Some(corpus) = corpus() else { return };
    let cases = [
        ("hostile/report.pdf.exe", FileKind::Executable, Reason::Executable),
        ("discs/a1-folder/VIEWER/VIEWER.EXE", FileKind::Executable, Reason::Executable),
        ("discs/a1-folder/AUTORUN.INF", FileKind::Executable, Reason::ViewerSoftware),
        ("case/upload/.DS_Store", FileKind::SystemJunk, Reason::SystemJunk),
        ("case/upload/Thumbs.db", FileKind::SystemJunk, Reason::SystemJunk),
    ];
    for (name, kind, reason) in cases {
        let outcome = examine_file(&corpus, name);
        assert_eq!(outcome.facts.kind, Some(kind), "{name}");
        assert!(outcome.facts.has(reason), "{name}");
        assert_eq!(outcome.facts.readable, Readable::No, "{name}");
    }
    let polyglot = read(&corpus, "hostile/dicom-pe-polyglot.dcm");
    assert!(recognise("x.dcm", &polyglot).is_none_or(|kind| kind.file_kind() != FileKind::Executable));
}

/// Proves that bytes come out of an archive as they went in, and that a ZIP with a DICOMDIR is a medium.
#[test]
fn members_are_the_files_that_went_in() {
    let Some(corpus) = corpus() else { return };
    let known = examine_file(&corpus, "duplicates/zip-of-known-files.zip");
    let originals = [read(&corpus, "dicom/pydicom/MR_small.dcm"), read(&corpus, "text/pdf/en-mtsample-1.pdf")];
    assert_eq!(known.sink.members.len(), originals.len());
    for member in &known.sink.members {
        assert!(originals.contains(&member.bytes), "{}", member.name);
    }
    assert_eq!(known.facts.kind, Some(FileKind::Archive));
    let medium = examine_file(&corpus, "case/upload/hospital cd.zip");
    assert_eq!((medium.facts.kind, medium.facts.readable), (Some(FileKind::Disc), Readable::Yes));
}

/// Proves that no document of another kind is taken for a container, a message, a program or junk.
#[test]
fn other_documents_are_left_alone() {
    let Some(corpus) = corpus() else { return };
    let own = [
        "zip",
        "tar",
        "gzip",
        "bzip2",
        "xz",
        "iso9660",
        "disc-unread",
        "executable",
        "script",
        "mail",
        "mailbox",
        "ole",
        "archive-unread",
        "message-unread",
        "unread",
        "system-junk",
        "system-junk-by-name",
    ];
    let others =
        ["dicom", "dicomdir", "doc-pdf", "scan-pdf", "pdf", "photo", "image", "scan", "text", "wsi", "manifest"];
    let expected = std::fs::read_to_string(corpus.join("expected.tsv")).unwrap();
    let mut asked = 0;
    for line in expected.lines().skip(1) {
        let mut columns = line.split('\t');
        let (name, kind) = (columns.next().unwrap(), columns.next().unwrap());
        let Ok(bytes) = std::fs::read(corpus.join(name)) else { continue };
        // Office documents are ZIPs inside; telling them apart is for their own kind.
        if !others.contains(&kind) || bytes.starts_with(b"PK") {
            continue;
        }
        asked += 1;
        let taken = recognise(name, &bytes).map(casegate::kinds::Kind::name);
        assert!(!taken.is_some_and(|taken| own.contains(&taken)), "{name} ({kind}) is taken by {taken:?}");
    }
    assert!(asked > 200, "{asked}");
}
