//! Reading pixels in a site in this process: a page is what a test wrote into its bitmap, the reader of text may break off.

use super::faults::{Bench, Faults};
use crate::support::tools::PlainReader;
use casegate::{
    casework::case::{CaseFile, Entry},
    domain::{
        facts::Readable,
        limits::Limits,
        reading::ReadState,
        reason::{Reason, Severity},
        verdict::Finding,
    },
    pipeline::index,
    search::Query,
};
use std::sync::{Arc, atomic::Ordering};

const LETTER: &str = "The patient was seen in our clinic with fever and a dry cough since Monday";
const NOISE: &str = "~xq ~Wkz ~jjj ~bvn ~tqq ~zxc ~plk";

/// A document of pages of pixels.
fn scan(pages: &[&str]) -> Vec<u8> {
    format!("scan\n{}\n", pages.join("\n")).into_bytes()
}

async fn bench(breaks: (u32, u32), limits: Limits) -> (Bench, Arc<PlainReader>) {
    let reader = Arc::new(PlainReader::new(breaks));
    let bench = Bench::with_tools(Faults { limits, ..Faults::of(&[]) }, reader.clone()).await;
    (bench, reader)
}

fn only(file: &CaseFile) -> &Entry {
    assert_eq!(file.entries().len(), 1);
    &file.entries()[0]
}

fn findings(entry: &Entry) -> &[Finding] {
    &entry.record.verdict.as_ref().unwrap().findings
}

/// Proves that a scan is read behind the fast path: its words are found by search with their page, an empty back is
/// blank and no trouble, and nothing is pending in the end.
#[tokio::test]
async fn a_scan_is_read_and_found() {
    let (bench, _) = bench((0, 0), Limits::default()).await;
    bench
        .hand_in(&scan(&[LETTER, "", "Haemoglobin was low and iron was given for three months after that"]))
        .await
        .unwrap();
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(entry.row.readable, Readable::Yes, "{:?}", findings(entry));
    let codes: Vec<_> = findings(entry).iter().map(|found| (found.code, found.page, found.severity)).collect();
    assert_eq!(codes, [(Reason::Blank, Some(2), Severity::Info)]);
    let pages = &entry.record.verdict.as_ref().unwrap().pages;
    assert!(pages[0].ocr_confidence.unwrap() > 0.9 && pages[1].ocr_confidence.is_none(), "{pages:?}");
    let state = bench.desk.stores().catalog.index(bench.case).await.unwrap();
    assert_eq!(state.gate.work_open, 0);
    let keys = bench.desk.stores().keys(bench.case).unwrap();
    let (_, files) = index::committed(&keys, bench.case, &state).unwrap();
    let query = Query { text: "haemoglobin".to_owned(), limit: 5 };
    let hits = bench.desk.shop().search.search(bench.case, &files, &query).await.unwrap();
    assert_eq!(hits.iter().map(|hit| hit.page).collect::<Vec<_>>(), [Some(3)], "{hits:?}");
    let kept = index::kept_text(bench.desk.stores(), &keys, entry.row.id).await.unwrap();
    assert_eq!(kept[0].words[1].text, "patient");
}

/// Proves that a reading which breaks off in the middle goes on where it was filed last, and comes to the same verdict.
#[tokio::test]
async fn a_broken_reading_goes_on() {
    let pages = vec![LETTER; 20];
    let mut verdicts = Vec::new();
    for breaks in [(0, 0), (3, 13)] {
        let (bench, reader) = bench(breaks, Limits::default()).await;
        bench.hand_in(&scan(&pages)).await.unwrap();
        let file = bench.settle().await;
        let entry = only(&file);
        let reading = entry.record.reading.clone().unwrap();
        assert_eq!((reading.pages.len(), reading.waiting.len()), (20, 0));
        verdicts.push(entry.record.verdict.clone());
        assert_eq!(bench.stuck().await, 0);
        // Eight pages are filed at a time: the five of the second eight that were read are read again, no page of the first.
        let again = if breaks.0 > 0 { 5 } else { 0 };
        assert_eq!(reader.read.load(Ordering::SeqCst), 20 + again);
    }
    assert_eq!(verdicts[0], verdicts[1]);
}

/// Proves that a document has a budget of pages: those beyond stay pictures of text, with the reason.
#[tokio::test]
async fn a_long_document_has_a_budget() {
    let (bench, reader) = bench((0, 0), Limits { reading_pages_max: 3, ..Limits::default() }).await;
    bench.hand_in(&scan(&[LETTER; 5])).await.unwrap();
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(reader.read.load(Ordering::SeqCst), 3);
    let states: Vec<_> = entry.record.reading.as_ref().unwrap().pages.iter().map(|page| page.state).collect();
    assert_eq!(states[2..], [ReadState::Read, ReadState::OverBudget, ReadState::OverBudget]);
    let unread: Vec<_> = findings(entry).iter().filter(|found| found.code == Reason::ImageOnly).collect();
    assert_eq!(unread.iter().map(|found| found.page).collect::<Vec<_>>(), [Some(4), Some(5)]);
    assert!(
        unread.iter().all(|found| found.severity == Severity::Warn && found.detail.contains("budget")),
        "{unread:?}"
    );
}

/// Proves that a document whose time is used up is read no further: every page says so, nothing is read, nothing waits, and
/// nothing is called pending.
#[tokio::test]
async fn a_slow_document_has_a_budget() {
    let (bench, reader) = bench((0, 0), Limits { reading_seconds_max: 0, ..Limits::default() }).await;
    bench.hand_in(&scan(&[LETTER; 20])).await.unwrap();
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(reader.read.load(Ordering::SeqCst), 0);
    let reading = entry.record.reading.as_ref().unwrap();
    assert!(reading.waiting.is_empty() && reading.pages.len() == 20);
    assert!(reading.pages.iter().all(|page| page.state == ReadState::OverBudget), "{:?}", reading.pages);
    let unread: Vec<_> = findings(entry).iter().filter(|found| found.code == Reason::ImageOnly).collect();
    assert_eq!(unread.len(), 20);
    assert!(
        unread.iter().all(|found| found.severity == Severity::Warn && found.detail.contains("budget")),
        "{unread:?}"
    );
    assert!(!entry.record.verdict.as_ref().unwrap().has(Reason::ReadingPending));
    let work = bench.desk.stores().catalog.open_work(None).await.unwrap();
    assert_eq!((work.jobs, work.stuck), (0, 0));
}

/// Proves that noise which only looks like strokes is never called readable, and not illegible without a look that says why.
#[tokio::test]
async fn noise_is_not_called_text() {
    let (bench, _) = bench((0, 0), Limits::default()).await;
    bench.hand_in(&scan(&[NOISE])).await.unwrap();
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(entry.row.readable, Readable::Undetermined, "{:?}", findings(entry));
    assert!(!entry.record.verdict.as_ref().unwrap().has(Reason::Illegible));
}

/// Proves that without the reader of text a scan says what to install, is not called readable, and leaves nothing open.
#[tokio::test]
async fn without_the_program_it_is_said_what_to_install() {
    let bench = Bench::with_tools(Faults::of(&[]), Arc::new(super::faults::no_tools().await)).await;
    bench.hand_in(&scan(&[LETTER])).await.unwrap();
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(entry.row.readable, Readable::Undetermined);
    let found = findings(entry);
    assert!(
        found.iter().any(|f| f.code == Reason::ImageOnly && f.detail.contains("tesseract is not installed")),
        "{found:?}"
    );
    assert!(!entry.record.verdict.as_ref().unwrap().has(Reason::ReadingPending));
    let work = bench.desk.stores().catalog.open_work(None).await.unwrap();
    assert_eq!((work.jobs, work.stuck), (0, 0));
}

/// Proves that what was taken in before the reader of text was installed is read when a process begins that has it, and
/// that one which still has none changes nothing.
#[tokio::test]
async fn what_waits_for_the_program_is_read_once_it_is_there() {
    let bench = Bench::with_tools(Faults::of(&[]), Arc::new(super::faults::no_tools().await)).await;
    bench.hand_in(&scan(&[LETTER; 10])).await.unwrap();
    bench.settle().await;
    let bench = bench.begun_again(Arc::new(super::faults::no_tools().await)).await;
    let unread = bench.settle().await;
    assert_eq!(only(&unread).row.readable, Readable::Undetermined);
    let reader = Arc::new(PlainReader::new((0, 0)));
    let bench = bench.begun_again(reader.clone()).await;
    let file = bench.settle().await;
    let entry = only(&file);
    assert_eq!(entry.row.readable, Readable::Yes, "{:?}", findings(entry));
    assert_eq!((findings(entry).len(), reader.read.load(Ordering::SeqCst)), (0, 10));
    let bench = bench.begun_again(reader.clone()).await;
    bench.settle().await;
    assert_eq!(reader.read.load(Ordering::SeqCst), 10, "nothing is read twice");
}
