//! The slow way: reads the pages of an entry that are only pixels, a few at a time.
//!
//! The fast path files a first verdict (`image_only`, `reading_pending`) and a job of this kind in one transaction. The
//! job reads some pages, files what they said (the facts are judged again, the text is sealed anew, the case is marked
//! for indexing) and leaves a job for the rest in the same transaction: a crash costs the pages of one filing, and a long
//! document does not keep others waiting. Programs that are not installed are said in words, not tried again and again.

mod attempts;
mod copies;
mod faint;
mod lines;
mod packs;
mod page;
mod passes;
mod rows;
mod sample;
mod second;
mod trials;
mod wanted;

use super::{Trouble, Workshop, examine, file, index};
use crate::{
    casework::{likeness, reading},
    domain::{
        case::CaseState,
        entry::{EntryRecord, EntryRow},
        facts::{PageText, TextPrint, TextSource},
        ids::{CaseId, EntryId},
        job::{Lease, Work},
        limits::{Limits, READING_PAGES_PER_FILING, READING_SECONDS_PER_FILING},
        reading::{KeptPage, PageReading, ReadState, Reading},
    },
};
use page::{Document, Halt, ReadPage};
use std::{collections::BTreeSet, time::Instant};
use tokio_util::sync::CancellationToken;
pub use wanted::wanted;

/// Share of sure letters from which what was read takes the place of a doubtful layer of text.
const SURE_REPLACES_MIN: f32 = 0.6;

/// Whether what is only pixels is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Pixels {
    /// Scans, photos and faxes are read behind the fast path.
    #[default]
    Read,
    /// They stay pictures of text: for a quick look, or where the site wants it so.
    LeftAlone,
}

/// What is to be read of a document that was just examined; `None` where nothing is, or nothing is read here at all.
pub fn plan(shop: &Workshop, examined: &examine::Examined) -> Option<Reading> {
    let waiting = wanted(&examined.facts, &examined.pages);
    if waiting.is_empty() || shop.pixels == Pixels::LeftAlone || examined.row.object.is_none() {
        return None;
    }
    let mut reading = Reading::of(waiting);
    if packs::Packs(shop.tools.packs()).first().is_none() {
        reading.hindered = missing("tesseract");
    }
    Some(reading)
}

/// What is left to be done of a reading: the rest of its pages, or all that is waiting once what reads is installed.
pub(super) fn work_left(entry: EntryId, reading: &Reading) -> Option<Work> {
    match (reading.waiting.is_empty(), reading.hindered.is_empty()) {
        (true, _) => None,
        (false, true) => Some(Work::Read(entry)),
        (false, false) => Some(Work::ReadLater(entry)),
    }
}

/// Takes up what waits for what reads to be installed, where it is now; to be called when a process begins.
///
/// # Errors
/// The catalog failed.
pub async fn take_up(shop: &Workshop) -> Result<(), Trouble> {
    if shop.pixels == Pixels::LeftAlone || packs::Packs(shop.tools.packs()).first().is_none() {
        return Ok(());
    }
    let (catalog, now) = (&shop.stores.catalog, shop.stores.clock.now());
    while let Some(lease) = catalog.lease(now, &["read_later"]).await? {
        // Nothing of a shredded case can be opened any more.
        let shredded = match lease.case {
            Some(case) => catalog.case(case).await?.state == CaseState::Shredded,
            None => false,
        };
        if let (Work::ReadLater(entry), false) = (&lease.work, shredded) {
            catalog.enqueue(lease.case, Work::Read(*entry), now).await?;
        }
        catalog.complete(&lease).await?;
    }
    Ok(())
}

/// Reads some pages of an entry and files what they said; the rest is left for another job. Told to stop, it files what was
/// read up to then.
///
/// # Errors
/// The world failed; what stands on the pages never makes this fail.
pub async fn read(
    shop: &Workshop,
    entry: EntryId,
    (case, lease): (CaseId, &Lease),
    stop: &CancellationToken,
) -> Result<(), Trouble> {
    let catalog = &shop.stores.catalog;
    let Some(row) = catalog.entry(entry).await? else {
        return Ok(catalog.complete(lease).await?);
    };
    let keys = shop.stores.keys(case)?;
    let record = shop.stores.record(&keys, &row)?;
    let open = record.reading.as_ref().filter(|reading| !reading.waiting.is_empty());
    let (Some(reading), true) = (open, row.object.is_some()) else {
        return Ok(catalog.complete(lease).await?);
    };
    let batch = read_batch(shop, (case, &row, &record), reading, stop).await?;
    if batch.pages.is_empty() && batch.hindered.is_empty() {
        // Stopped before the first page: the lease is given back with all others, and the job is as it was.
        return Ok(());
    }
    let mut people = shop.inspector.people(&batch.texts()).await?;
    if people.is_empty() {
        people = shop.inspector.people(&batch.rows()).await?;
    }
    let stamped = stamped_pages(&record);
    let whole = match batch.texts().is_empty() {
        true => None,
        false => Some(with_pages(shop, case, (entry, &batch, &stamped)).await?),
    };
    let print = whole.as_deref().and_then(print_of);
    let text = whole.as_deref().map(encoded).transpose()?;
    for page in &batch.pages {
        metrics::counter!("casegate_pages_read_total", "end" => end_of(&page.reading)).increment(1);
    }
    let change = |record: &mut EntryRecord| {
        let Some(reading) = &mut record.reading else { return Vec::new() };
        batch.enter(reading);
        let left = work_left(entry, reading);
        if let Some(facts) = &mut record.facts {
            let fresh: Vec<_> = people.iter().filter(|person| !facts.people.contains(person)).cloned().collect();
            facts.people.extend(fresh);
            // What the document carries as text says more surely what it is like than what was read of it.
            if facts.text_print.as_ref().is_none_or(|known| known.source == TextSource::Pixels) && print.is_some() {
                facts.text_print.clone_from(&print);
            }
        }
        left.into_iter().collect()
    };
    file::file_again(shop, entry, (case, lease), (text, &change)).await
}

/// What was read at one time.
#[derive(Default)]
struct Batch {
    pages: Vec<ReadPage>,
    spent_ms: u64,
    hindered: String,
}

impl Batch {
    fn texts(&self) -> Vec<PageText> {
        let texts = self.pages.iter().filter(|page| !page.kept.text.is_empty());
        texts.map(|page| PageText { page: page.kept.page, text: page.kept.text.clone() }).collect()
    }

    /// The same, put together row by row: the reader takes columns one after the other, so that labels stand apart from what
    /// they are labels of.
    fn rows(&self) -> Vec<PageText> {
        let pages = self.pages.iter().filter(|page| page.kept.words.len() > 1);
        pages.map(|page| PageText { page: page.kept.page, text: rows::text_of(&page.kept.words) }).collect()
    }

    fn has(&self, page: u32) -> bool {
        self.pages.iter().any(|read| read.reading.page == page)
    }

    /// Enters these pages into the reading; entering them twice is entering them once.
    fn enter(&self, reading: &mut Reading) {
        for ReadPage { reading: page, .. } in &self.pages {
            reading.waiting.retain(|waiting| *waiting != page.page);
            reading.pages.retain(|known| known.page != page.page);
            reading.pages.push(page.clone());
        }
        reading.pages.sort_by_key(|page| page.page);
        reading.spent_ms = reading.spent_ms.saturating_add(self.spent_ms);
        reading.hindered.clone_from(&self.hindered);
    }
}

/// Reads as many of the waiting pages as are filed at a time.
async fn read_batch(
    shop: &Workshop,
    (case, row, record): (CaseId, &EntryRow, &EntryRecord),
    reading: &Reading,
    stop: &CancellationToken,
) -> Result<Batch, Trouble> {
    let keys = shop.stores.keys(case)?;
    let view = examine::view_of(shop, &keys, row).await?;
    let passwords = examine::passwords(shop, &keys, case).await?;
    let kind = record.facts.as_ref().and_then(|facts| facts.kind);
    let document = Document { shop, name: &record.name, passwords: &passwords, view: &view, kind };
    let began = Instant::now();
    let pages_max = READING_PAGES_PER_FILING.max(reading.pages.len() / 4);
    let mut batch = Batch::default();
    for page in &reading.waiting {
        let spent_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        batch.spent_ms = spent_ms;
        if over_budget(&shop.stores.limits, reading, &batch) {
            let rest: Vec<_> =
                reading.waiting.iter().filter(|page| !batch.has(**page)).map(|page| given_up(*page)).collect();
            batch.pages.extend(rest);
            break;
        }
        if batch.pages.len() >= pages_max || spent_ms >= READING_SECONDS_PER_FILING * 1_000 {
            break;
        }
        let read = tokio::select! {
            read = document.read(*page) => read,
            // What works on the page is killed with it.
            () = stop.cancelled() => break,
        };
        match read {
            Ok(read) => batch.pages.push(read),
            Err(Halt::Missing(program)) => {
                batch.hindered = missing(program);
                break;
            }
            Err(Halt::Trouble(trouble)) => return Err(view.damage().unwrap_or(trouble)),
        }
    }
    batch.spent_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(batch)
}

/// Has this document used up its pages or its time?
fn over_budget(limits: &Limits, reading: &Reading, batch: &Batch) -> bool {
    let pages = reading.pages.len() + batch.pages.len();
    let spent_ms = reading.spent_ms.saturating_add(batch.spent_ms);
    pages >= limits.reading_pages_max as usize || spent_ms >= limits.reading_seconds_max.saturating_mul(1_000)
}

fn given_up(page: u32) -> ReadPage {
    let reading = PageReading { page, state: ReadState::OverBudget, ..PageReading::default() };
    ReadPage { reading, kept: KeptPage { page, ..KeptPage::default() } }
}

fn missing(program: &str) -> String {
    format!(
        "{program} is not installed here, so that pictures of text cannot be read; deploy/install-deps.sh installs it"
    )
}

/// Pages whose own text is read beside their pixels.
fn stamped_pages(record: &EntryRecord) -> BTreeSet<u32> {
    let pages = record.facts.iter().flat_map(|facts| &facts.pages);
    pages.filter(|page| reading::is_stamped(page)).map(|page| page.page).collect()
}

/// The whole text of the entry with these pages in it.
async fn with_pages(
    shop: &Workshop,
    case: CaseId,
    (entry, batch, stamped): (EntryId, &Batch, &BTreeSet<u32>),
) -> Result<Vec<KeptPage>, Trouble> {
    let keys = shop.stores.keys(case)?;
    let mut pages: Vec<KeptPage> = index::kept_text(&shop.stores, &keys, entry).await?;
    for read in batch.pages.iter().filter(|read| !read.kept.text.is_empty()) {
        let known = pages.iter().position(|known| known.page == read.kept.page);
        match known {
            // Text that the document carries itself, and that is drawn as well, is not exchanged for a reading of it.
            Some(at) if stamped.contains(&read.kept.page) && pages[at].words.is_empty() => {
                let text = format!("{}\n\n{}", read.kept.text, pages[at].text);
                pages[at] = KeptPage { text, ..read.kept.clone() };
            }
            // What the document itself says of its text gives way only to what was read well.
            Some(at) if read.reading.sure >= SURE_REPLACES_MIN || pages[at].text.trim().is_empty() => {
                pages[at] = read.kept.clone();
            }
            Some(_) => {}
            None => pages.push(read.kept.clone()),
        }
    }
    pages.sort_by_key(|page| page.page);
    Ok(pages)
}

/// A text as it is sealed.
fn encoded(pages: &[KeptPage]) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec(pages).map_err(|e| Trouble::Refused(format!("a text cannot be written: {e}")))
}

/// What the text is like, to be compared with that of other documents.
fn print_of(pages: &[KeptPage]) -> Option<TextPrint> {
    let pages: Vec<PageText> = pages.iter().map(|page| PageText { page: page.page, text: page.text.clone() }).collect();
    likeness::print(&pages, TextSource::Pixels)
}

fn end_of(page: &PageReading) -> &'static str {
    match page.state {
        ReadState::Read if page.words == 0 => "nothing",
        ReadState::Read => "read",
        ReadState::Blank => "blank",
        ReadState::Endless => "endless",
        ReadState::Undrawable => "undrawable",
        ReadState::Failed => "failed",
        ReadState::OverBudget => "over_budget",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that time is counted over all filings of a document, and that what is used up to the last millisecond is used
    /// up.
    #[test]
    fn time_is_used_up_over_all_filings() {
        let limits = Limits { reading_seconds_max: 60, ..Limits::default() };
        let over = |before_ms, now_ms| {
            let reading = Reading { spent_ms: before_ms, ..Reading::default() };
            over_budget(&limits, &reading, &Batch { spent_ms: now_ms, ..Batch::default() })
        };
        assert!(!over(0, 0) && !over(0, 59_999) && !over(59_000, 999));
        assert!(over(0, 60_000) && over(59_000, 1_000) && over(60_000, 0) && over(u64::MAX, 9));
    }
}
