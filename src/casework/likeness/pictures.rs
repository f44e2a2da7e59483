//! Pictures that are alike: the same photo with other metadata or in another format, a page scanned twice that nobody
//! can read.
//!
//! Told from the difference hash of each page. Pages of text look alike to it, so it decides only where there is no text
//! to decide.

use super::{Hint, documents};
use crate::{
    casework::case::{CaseFile, Entry},
    domain::facts::TextPrint,
};
use std::collections::HashMap;

/// Bits that may differ: saving again moves greys that lie close together. Small, because other pictures must not come
/// near; not measured yet.
const BITS_MAX: u32 = 3;

/// Bits that must be set, and unset: the hash of an empty page says nothing.
const BITS_MIN: u32 = 8;

/// Leading pictures remembered for one band of a hash.
const BAND_LEADERS_MAX: usize = 64;

/// Every picture that is like a leading one.
pub(super) fn hints(case: &CaseFile) -> Vec<Hint> {
    let mut leaders: Vec<(&Entry, Vec<u64>)> = Vec::new();
    let mut by_band: HashMap<(usize, u16), Vec<usize>> = HashMap::new();
    let mut hints = Vec::new();
    for entry in documents(case) {
        let Some(pages) = pages(entry) else { continue };
        let bands = bands(pages[0]);
        let near = bands.iter().filter_map(|band| by_band.get(band)).flatten();
        let found = near.map(|at| &leaders[*at]).find(|(_, theirs)| alike(&pages, theirs));
        if let Some((other, _)) = found {
            let detail = format!("the same picture as {}", case.lead(other).path);
            hints.push(Hint { entry: entry.row.id, other: other.row.id, detail });
            continue;
        }
        for band in bands {
            let list = by_band.entry(band).or_default();
            if list.len() < BAND_LEADERS_MAX {
                list.push(leaders.len());
            }
        }
        leaders.push((entry, pages));
    }
    hints
}

/// The hashes of a document's pages, where pictures are all there is.
fn pages(entry: &Entry) -> Option<Vec<u64>> {
    let has_text = |print: &TextPrint| !print.runs.is_empty();
    if entry.facts()?.text_print.as_ref().is_some_and(has_text) {
        return None;
    }
    let reading = entry.record.reading.as_ref()?;
    let pages: Vec<u64> = reading.pages.iter().map(|page| page.look.picture_hash).collect();
    let says = |hash: &u64| hash.count_ones() >= BITS_MIN && hash.count_zeros() >= BITS_MIN;
    (!pages.is_empty() && reading.waiting.is_empty() && pages.iter().all(says)).then_some(pages)
}

fn alike(a: &[u64], b: &[u64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a ^ b).count_ones() <= BITS_MAX)
}

/// Four quarters of a hash: where at most three bits differ, at least one quarter is the same.
fn bands(hash: u64) -> [(usize, u16); 4] {
    let bytes = hash.to_be_bytes();
    [0, 1, 2, 3].map(|at| (at, u16::from_be_bytes([bytes[2 * at], bytes[2 * at + 1]])))
}
