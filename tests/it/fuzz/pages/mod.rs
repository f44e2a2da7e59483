//! Documents with pages to be drawn: our own, and those of the reference corpus, made small and each structure once.
//!
//! A round costs what its document costs, and two hundred rounds over a scan of ten million pixels are an hour that goes
//! through the same code as two hundred over its first rows. So of several files with the same structure the smallest is
//! taken, and what is large is cut down: first page, first rows of pictures, beginnings of streams. What is left out is
//! said.

mod shrink;
mod structure;

use super::{
    seeds::{Rounds, SEED_BYTES_MAX, Seed, below, corpus, files_below, own, root},
    targets::documents,
};
use crate::make::hostile;
use casegate::domain::{limits::SNIFF_BYTES_MAX, path::RawName};
use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::Read,
    path::Path,
};

/// Kinds that are drawn.
const DRAWN: [&str; 10] = ["pdf", "png", "jpeg", "gif", "bmp", "webp", "heic", "tiff", "dicom", "dicom-slide"];

/// Of the corpus, objects of DICOM are damaged with all other files: they are no pages, and most are of one structure.
const BORROWED: &[&str] = DRAWN.split_at(8).0;

/// Bytes that need no cutting down.
const SMALL_BYTES_MAX: usize = 12 * 1024;

/// Pixels of a picture in a PDF that need no cutting down.
const SMALL_PIXELS_MAX: u64 = 1 << 16;

/// Bytes of a page of ours that is drawn: larger ones have more pixels than need to be gone through so often.
const PAGE_BYTES_MAX: u64 = 10 * 1024;

/// Every seed with pages, in a steady order.
pub(super) fn pages() -> Vec<Seed> {
    let mut seeds = own();
    seeds.extend(below(&root().join("tests/fuzz/corpus"), PAGE_BYTES_MAX, Rounds::All).into_iter().filter(is_page));
    seeds.extend(hostile::all().into_iter().map(|(name, bytes)| Seed { name, bytes, rounds: Rounds::All }));
    seeds.retain(|seed| is_drawn(seed, &DRAWN));
    let mut known = HashSet::new();
    seeds.retain(|seed| known.insert(seed.bytes.clone()));
    seeds.extend(corpus().map(|folder| borrowed(&folder)).unwrap_or_default());
    for seed in &mut seeds {
        // What was made to harm stays as it is as long as it can be gone through at all.
        let bytes_max = if is_hostile(seed) { SEED_BYTES_MAX as usize } else { SMALL_BYTES_MAX };
        if seed.bytes.len() > bytes_max {
            cut_down(seed);
        }
        if is_drawn(seed, &["pdf"]) && !is_hostile(seed) {
            seed.bytes = shrink::shortened(&seed.bytes);
        }
    }
    let (kept, large): (Vec<Seed>, Vec<Seed>) =
        seeds.into_iter().partition(|seed| seed.bytes.len() as u64 <= SEED_BYTES_MAX);
    large.iter().for_each(|seed| println!("left out, too large and not to be cut down: {}", seed.name));
    kept
}

/// Is it of a kind that has pages? What is not is damaged with all other documents.
pub(super) fn is_drawn(seed: &Seed, kinds: &[&str]) -> bool {
    let kind = documents::recognised(&RawName::from_text(&seed.name), &seed.bytes).map(|kind| kind.name());
    kind.is_some_and(|kind| kinds.contains(&kind))
}

/// Is it of a kind whose seeds of the corpus are all in [`pages`]?
pub(super) fn is_borrowed_page(seed: &Seed) -> bool {
    is_drawn(seed, BORROWED)
}

/// Is it of a kind that is drawn?
pub(super) fn has_pages(seed: &Seed) -> bool {
    is_drawn(seed, &DRAWN)
}

/// Of the fuzz corpora, only what the drawing targets begin with.
fn is_page(seed: &Seed) -> bool {
    seed.name.contains("/corpus/draw_")
}

/// Pages of the reference corpus: the smallest file of each structure.
fn borrowed(folder: &Path) -> Vec<Seed> {
    let mut found: Vec<Seed> = files_below(folder).iter().filter_map(|path| page_in(path)).collect();
    found.sort_by(|a, b| (a.bytes.len(), &a.name).cmp(&(b.bytes.len(), &b.name)));
    let mut chosen: BTreeMap<String, Seed> = BTreeMap::new();
    let mut repeated: BTreeMap<String, usize> = BTreeMap::new();
    for mut seed in found {
        // What was made to harm is like nothing else, however it is built.
        let structure = if is_hostile(&seed) { seed.name.clone() } else { structure::of(&seed.bytes) };
        if let Some(known) = chosen.get(&structure) {
            *repeated.entry(known.name.clone()).or_default() += 1;
            continue;
        }
        // A small file may hold a large picture.
        if structure::largest_picture(&seed.bytes) > SMALL_PIXELS_MAX {
            cut_down(&mut seed);
        }
        chosen.insert(structure, seed);
    }
    for (name, times) in repeated {
        println!("{times} more files are built as {name} is, and left out");
    }
    chosen.into_values().collect()
}

/// Was it made to harm?
fn is_hostile(seed: &Seed) -> bool {
    seed.name.contains("/hostile/")
}

/// The file, where it is a page by its beginning.
fn page_in(path: &Path) -> Option<Seed> {
    let name = path.to_string_lossy().into_owned();
    let mut head = Vec::new();
    File::open(path).ok()?.take(SNIFF_BYTES_MAX as u64).read_to_end(&mut head).ok()?;
    let seed = Seed { name, bytes: head, rounds: Rounds::All };
    if seed.bytes.is_empty() || !is_borrowed_page(&seed) {
        return None;
    }
    Some(Seed { bytes: std::fs::read(path).ok()?, ..seed })
}

/// The same in small, as far as that can be had.
fn cut_down(seed: &mut Seed) {
    if let Some(small) = shrink::small(&seed.bytes).filter(|small| small.len() < seed.bytes.len()) {
        seed.bytes = small;
    }
}
