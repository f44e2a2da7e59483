//! Where the words of a hit stand on a page that was read from pixels, so that a scan can be shown with them marked.
//!
//! The index knows where words stand in a page's text; the sealed text of the page knows each word's box. Both are laid
//! side by side here, for the hits that are shown and no others.

use crate::{
    domain::{
        ids::EntryId,
        reading::{KeptPage, ReadWord},
    },
    pipeline::{Stores, Trouble, index},
    seal::CaseKeys,
    search::Hit,
};
use std::{collections::BTreeSet, sync::Arc};

/// Fills in the boxes of hits on pages that were read, one document after the other. A text that cannot be opened leaves its
/// hits without boxes: they are found all the same, and `verify` names what is damaged.
pub(super) async fn fill(stores: &Stores, keys: &Arc<CaseKeys>, hits: &mut [Hit]) {
    let entries: BTreeSet<EntryId> = hits.iter().filter(|hit| hit.page.is_some()).map(|hit| hit.entry).collect();
    for entry in entries {
        let pages = read_pages(stores, keys, entry).await.unwrap_or_default();
        for hit in hits.iter_mut().filter(|hit| hit.entry == entry) {
            let page = pages.iter().find(|page| Some(page.page) == hit.page);
            hit.boxes = page.map(|page| boxes(page, hit)).unwrap_or_default();
        }
    }
}

/// Pages of an entry with words that were read; none of a document that carries its text.
async fn read_pages(stores: &Stores, keys: &Arc<CaseKeys>, entry: EntryId) -> Result<Vec<KeptPage>, Trouble> {
    let Some(row) = stores.catalog.entry(entry).await? else { return Ok(Vec::new()) };
    if stores.record(keys, &row)?.reading.is_none() {
        return Ok(Vec::new());
    }
    let mut pages = index::kept_text(stores, keys, entry).await?;
    pages.retain(|page| !page.words.is_empty());
    Ok(pages)
}

/// Boxes of the words of a page that the hit found. A long page is indexed in pieces: its row is one of them.
fn boxes(page: &KeptPage, hit: &Hit) -> Vec<[u16; 4]> {
    let Some(start) = page.text.find(&hit.row) else { return Vec::new() };
    let found =
        |(from, to): (usize, usize)| hit.found.iter().any(|(first, last)| start + first < to && from < start + last);
    placed(page).filter(|(_, range)| found(*range)).map(|(word, _)| word.place).collect()
}

/// Words with the bytes of the page's text that they are: the text was made of them, in this order.
fn placed(page: &KeptPage) -> impl Iterator<Item = (&ReadWord, (usize, usize))> {
    let mut at = 0;
    page.words.iter().filter_map(move |word| {
        let from = at + page.text.get(at..)?.find(&word.text)?;
        at = from + word.text.len();
        Some((word, (from, at)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CaseId;

    /// Proves that the words found, and no others of the same letters, are marked, also in a later piece of a page.
    #[test]
    fn words_found_have_boxes() {
        let words = ["posterior", "wall,", "mass", "in", "the", "posterior", "fossa."];
        let word = |(at, text): (usize, &&str)| ReadWord {
            text: (*text).to_owned(),
            place: [at as u16 * 100, 0, 90, 40],
            ..ReadWord::default()
        };
        let words: Vec<ReadWord> = words.iter().enumerate().map(word).collect();
        let page = KeptPage { page: 1, text: "posterior wall, mass\nin the posterior fossa.".to_owned(), words };
        let row = "in the posterior fossa.";
        let hit = Hit {
            case: CaseId::from_bytes([1; 16]),
            entry: EntryId::from_bytes([2; 16]),
            path: String::new(),
            page: Some(1),
            snippet: String::new(),
            marks: Vec::new(),
            score: 1.0,
            found: vec![(7, 16), (17, 22)],
            row: row.to_owned(),
            boxes: Vec::new(),
        };
        assert_eq!(boxes(&page, &hit), [[500, 0, 90, 40], [600, 0, 90, 40]]);
        assert!(boxes(&KeptPage { text: "another".to_owned(), ..page }, &hit).is_empty());
    }
}
