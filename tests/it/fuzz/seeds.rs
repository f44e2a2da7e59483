//! The documents that are damaged: all samples, inputs that once did harm, small files of the reference corpus. Those with
//! pages are gathered in `pages`.

use super::{
    pages,
    targets::{self, documents},
};
use casegate::{domain::path::RawName, kinds};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Bytes of a seed: larger ones are mostly pixels, and each round would take its time.
pub(super) const SEED_BYTES_MAX: u64 = 96 * 1024;

/// Bytes of a seed that is not one of ours and has no pages.
const BORROWED_BYTES_MAX: u64 = 16 * 1024;

/// How often a document is damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounds {
    /// As often as any.
    All,
    /// A part of that: it is not ours, and much like others.
    Few,
}

/// A document.
pub(super) struct Seed {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) rounds: Rounds,
}

/// The project's folder.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The reference corpus beside the project; `None`, with a message, where there is none.
pub(super) fn corpus() -> Option<PathBuf> {
    let corpus = root().join("../shared/corpus");
    if !corpus.is_dir() {
        println!("no reference corpus beside the project: only samples are damaged");
        return None;
    }
    Some(corpus)
}

/// All seeds but those with pages, in order of their names.
pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = own();
    seeds.retain(|seed| !pages::has_pages(seed));
    let borrowed = corpus().map(|corpus| below(&corpus, BORROWED_BYTES_MAX, Rounds::Few)).unwrap_or_default();
    seeds.extend(borrowed.into_iter().filter(|seed| !pages::is_borrowed_page(seed)));
    seeds
}

/// Our samples, and inputs that once did harm.
pub(super) fn own() -> Vec<Seed> {
    let mut seeds = below(&root().join("samples"), SEED_BYTES_MAX, Rounds::All);
    seeds.extend(below(&root().join("tests/fuzz/regressions"), SEED_BYTES_MAX, Rounds::All));
    seeds.retain(|seed| !["expected.toml", "README.md", "make.py"].iter().any(|name| seed.name.ends_with(name)));
    seeds
}

/// Files of a folder and those in it that are no larger, in order of their names.
pub(super) fn below(folder: &Path, bytes_max: u64, rounds: Rounds) -> Vec<Seed> {
    let paths = files_below(folder).into_iter();
    let small = paths.filter(|path| fs::metadata(path).is_ok_and(|file| file.len() <= bytes_max));
    let read =
        |path: PathBuf| Some(Seed { name: path.to_string_lossy().into_owned(), bytes: fs::read(&path).ok()?, rounds });
    small.filter_map(read).filter(|seed| !seed.bytes.is_empty()).collect()
}

/// Files of a folder and those in it, in order of their names.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = Vec::new();
    walk(folder, &mut paths);
    paths.sort();
    paths
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = item.path();
        if path.is_dir() { walk(&path, paths) } else { paths.push(path) }
    }
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
    "dicom-slide",
];

/// Proves that every kind that reads has a fuzz target, that every target is built and calls its own name, and that each
/// sample a target of a kind begins with is taken for that kind.
#[test]
fn every_reader_has_a_target_with_seeds() {
    let fuzz = root().join("tests/fuzz");
    let seeds: BTreeMap<String, Vec<String>> =
        toml::from_str(&fs::read_to_string(fuzz.join("seeds.toml")).unwrap()).unwrap();
    let declared = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for kind in kinds::ALL.iter().map(|kind| kind.name()).filter(|name| !WITHOUT_TARGET.contains(name)) {
        assert!(targets::ALL.iter().any(|target| target.kind() == Some(kind)), "no fuzz target for {kind}");
    }
    for target in targets::ALL {
        let name = target.name;
        let main = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap_or_default();
        assert!(main.contains(&format!("casegate_fuzz::run(\"{name}\", bytes)")), "{name} has no file that calls it");
        assert!(declared.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not declared");
        for seed in seeds.get(name).into_iter().flatten() {
            let bytes = fs::read(root().join(seed)).unwrap();
            let kind = documents::recognised(&RawName::from_text(seed), &bytes).map(|kind| kind.name());
            assert!(target.kind().is_none_or(|wanted| kind == Some(wanted)), "{seed} is taken for {kind:?}");
        }
    }
    assert!(seeds.keys().all(|name| targets::ALL.iter().any(|target| target.name == name)), "seeds without a target");
}
