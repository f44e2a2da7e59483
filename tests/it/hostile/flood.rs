//! Every hostile document there is, several times over, with good ones between them.

use super::process::{FLOOD_GROWTH_MAX, descriptors, peak, zombies};
use crate::{
    make::{dicom, hostile, pdf},
    support::{
        lacking::{Lack, skip},
        ledger::{Ledger, Line},
        site::Site,
        watch::{self, PATIENCE},
    },
};
use std::{
    collections::BTreeSet,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// How often everything is taken in; each time into a case of its own, so that nothing is a known duplicate.
const ROUNDS: usize = 5;

/// Descriptors that may be open more than before: connections to the catalog, folders of the vault kept open.
const DESCRIPTORS_MAX: usize = 40;

/// What lies between the hostile ones.
fn good() -> Vec<(&'static str, Vec<u8>)> {
    let text =
        "The child was seen in clinic today and is doing well. Blood pressure and weight are normal.\n".repeat(5);
    vec![
        ("good letter.txt", text.into_bytes()),
        ("good report.pdf", pdf::page(&["The scan of January shows no change.", "The next one is in six months."])),
        ("good slice.dcm", dicom::ct_slice(&dicom::CHILD, 40)),
    ]
}

/// Copies the public collection's hostile files, where it is there, and writes our own.
fn write_hostile(folder: &Path) -> usize {
    fs::create_dir_all(folder).unwrap();
    let mut count = 0;
    for (name, bytes) in hostile::all() {
        fs::write(folder.join(name), bytes).unwrap();
        count += 1;
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/hostile");
    if !corpus.exists() {
        skip(Lack::Installable, "no corpus beside the project: only hostile files of our own making are tried");
        return count;
    }
    let mut waiting = vec![(corpus, folder.join("corpus"))];
    while let Some((from, to)) = waiting.pop() {
        fs::create_dir_all(&to).unwrap();
        for item in fs::read_dir(from).unwrap() {
            let path = item.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                waiting.push((path, target));
            } else {
                fs::copy(&path, target).unwrap();
                count += 1;
            }
        }
    }
    count
}

fn rows_of_good(ledger: &Ledger) -> Vec<Line> {
    good().iter().map(|(name, _)| ledger.at(&format!("all/{name}")).clone()).collect()
}

/// Names as the ledger writes them cannot be told from bytes here; their number and each plain one can.
fn prove_accounted(ledger: &Ledger, folder: &Path, files: usize, when: &str) {
    let rows: BTreeSet<&str> = ledger.0.iter().map(|line| line.path.as_str()).collect();
    let given = ledger.0.iter().filter(|line| !line.path.contains("!/") && !line.path.ends_with('/')).count();
    assert_eq!(given, files + good().len(), "{when}: every file has a row");
    for item in fs::read_dir(folder).unwrap() {
        let path: PathBuf = item.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_file() && name.as_bytes().is_ascii() {
            let row = format!("all/{}", name.to_str().unwrap());
            assert!(rows.contains(row.as_str()), "{when}: {row} is not in the ledger");
        }
    }
}

/// Proves that hostile documents leave the daemon as it was (the same process, no zombies, descriptors and memory
/// bounded), that each is in the ledger each time with the same verdict, and that good ones between them are judged as
/// they are alone (T21).
#[test]
fn t21_hostile_documents_harm_nothing_but_themselves() {
    let site = Site::new();
    let folder = site.input().join("all");
    fs::create_dir(&folder).unwrap();
    for (name, bytes) in good() {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let mut daemon = site.serve();
    let process = daemon.id();
    let ingest = |case: &str| site.done(&["ingest", "--case", case, "--json", "--until", "read", "all"]);
    let alone = rows_of_good(&Ledger::of_lines(&ingest(&site.open_case())));
    assert!(alone.iter().all(|line| line.outcome == "stored"), "{alone:#?}");
    let idle = peak(process);
    let files = write_hostile(&folder);
    let mut first: Option<Vec<String>> = None;
    let mut open = None;
    for round in 0..ROUNDS {
        let when = format!("round {round}");
        let ledger = Ledger::of_lines(&ingest(&site.open_case()));
        prove_accounted(&ledger, &folder, files, &when);
        assert_eq!(rows_of_good(&ledger), alone, "{when}: good documents are judged otherwise than alone");
        let canonical = ledger.canonical();
        assert_eq!(first.get_or_insert_with(|| canonical.clone()), &canonical, "{when}: other verdicts than before");
        assert!(daemon.runs() && daemon.id() == process, "{when}: the daemon died");
        watch::until_true("children to be waited for", PATIENCE, || zombies(process) == 0);
        let allowed = *open.get_or_insert_with(|| descriptors(process) + DESCRIPTORS_MAX);
        watch::until_true("descriptors to be closed", PATIENCE, || descriptors(process) <= allowed);
    }
    let growth = peak(process) - idle;
    eprintln!("idle {} MiB, peak {} MiB more, after {ROUNDS} rounds of {files} files", idle >> 20, growth >> 20);
    assert!(growth <= FLOOD_GROWTH_MAX, "hostile documents cost {} MiB", growth >> 20);
    assert_eq!(site.oracle().stuck(), 0);
    let outside = ["/tmp/out.txt", "/tmp/written.txt"].map(Path::new);
    assert!(outside.iter().all(|path| !path.exists()), "something was written outside");
}
