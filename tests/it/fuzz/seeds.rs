//! The documents that are damaged: all samples, inputs that once did harm, small files of the reference corpus.

use casegate::{
    domain::{limits::SNIFF_BYTES_MAX, path::RawName},
    kinds::{self, Probe},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Bytes of a seed: larger ones are mostly pixels, and each round would take its time.
const SEED_BYTES_MAX: u64 = 96 * 1024;

/// Bytes of a seed that is not one of ours.
const BORROWED_BYTES_MAX: u64 = 16 * 1024;

/// A document.
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// One of ours: gets all rounds.
    pub(super) own: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All seeds, in order of their names.
pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = below(&root().join("samples"), SEED_BYTES_MAX, true);
    seeds.extend(below(&root().join("tests/fuzz/regressions"), SEED_BYTES_MAX, true));
    seeds.retain(|seed| !["expected.toml", "README.md", "make.py"].iter().any(|name| seed.name.ends_with(name)));
    let corpus = root().join("../shared/corpus");
    if !corpus.is_dir() {
        println!("no reference corpus beside the project: only samples are damaged");
    }
    seeds.extend(below(&corpus, BORROWED_BYTES_MAX, false));
    seeds
}

fn below(folder: &Path, bytes_max: u64, own: bool) -> Vec<Seed> {
    let mut paths: Vec<PathBuf> = Vec::new();
    walk(folder, &mut paths);
    paths.sort();
    let small = paths.into_iter().filter(|path| fs::metadata(path).is_ok_and(|file| file.len() <= bytes_max));
    let read =
        |path: PathBuf| Some(Seed { name: path.to_string_lossy().into_owned(), bytes: fs::read(&path).ok()?, own });
    small.filter_map(read).filter(|seed| !seed.bytes.is_empty()).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = item.path();
        if path.is_dir() { walk(&path, paths) } else { paths.push(path) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    kind: String,
    seeds: Vec<String>,
}

/// Kinds that read nothing, or whose reading is another kind's: `dicom-slide` is read as `dicom` is.
const WITHOUT_TARGET: &[&str] = &[
    "system-junk",
    "system-junk-by-name",
    "executable",
    "script",
    "disc-unread",
    "archive-unread",
    "image-unread",
    "message-unread",
    "unread",
    "mirax-data",
    "office-encrypted",
    "dicom-slide",
];

/// Proves that every kind that reads has a fuzz target, every target is declared and has seeds, and each seed is taken
/// for the kind it is to begin with.
#[test]
fn every_reader_has_a_target_with_seeds() {
    let fuzz = root().join("tests/fuzz");
    let targets: BTreeMap<String, Target> =
        toml::from_str(&fs::read_to_string(fuzz.join("seeds.toml")).unwrap()).unwrap();
    let declared = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for kind in kinds::ALL.iter().map(|kind| kind.name()).filter(|name| !WITHOUT_TARGET.contains(name)) {
        assert!(targets.values().any(|target| target.kind == kind), "no fuzz target for {kind}");
    }
    for (name, target) in &targets {
        assert!(fuzz.join(format!("fuzz_targets/{name}.rs")).is_file(), "no target {name}");
        assert!(declared.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not declared");
        assert!(!target.seeds.is_empty(), "{name} has no seeds");
        for seed in &target.seeds {
            let bytes = fs::read(root().join(seed)).unwrap();
            let name = RawName::from_text(seed);
            let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
            let kind =
                kinds::recognise(&Probe { head, bytes: bytes.len() as u64, name: &name }).map(|kind| kind.name());
            assert!(target.kind.is_empty() || kind == Some(&target.kind), "{seed} is taken for {kind:?}");
        }
    }
}
