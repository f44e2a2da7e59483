//! What goes in and out: bytes, members, text, languages, and who shares a child.

use super::warder::{Shelf, Text, Torn, Warder, said};
use casegate::{
    domain::{
        entry::PixelsRead,
        facts::{FileKind, MemberEnd, PageText, Readable},
        limits::Limits,
        path::RawName,
        reason::Reason,
    },
    jail::{Inspector, JailError, Order, Report, Sharing, Task},
};
use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};

/// Proves that empty and unknown documents are facts too.
#[tokio::test]
async fn empty_and_unknown() {
    let warder = Warder::new();
    let empty = warder.examine(&Text::new(""), &mut Shelf::default()).await;
    assert_eq!((empty.kind, empty.has(Reason::EmptyFile)), (Some(FileKind::Empty), true));
    let text = Text { bytes: (0..500).map(|n| (n % 8) as u8).collect(), reads: AtomicU64::new(0) };
    let unknown = warder.examine(&text, &mut Shelf::default()).await;
    assert_eq!((unknown.kind, unknown.readable), (Some(FileKind::Unknown), Readable::No));
    assert!(unknown.has(Reason::UnsupportedFormat));
}

/// Proves that a document is read whole and true, with few round trips.
#[tokio::test]
async fn reads_ahead() {
    let mut text = Text::new("casegate-probe:read-all\n");
    text.bytes.extend((0..10_000_000_u32).map(|n| ((n * 31) >> 5) as u8));
    let sum: u64 = text.bytes.iter().map(|byte| u64::from(*byte)).sum();
    let facts = Warder::new().examine(&text, &mut Shelf::default()).await;
    assert_eq!(said(&facts), format!("done: {} bytes, sum {sum}", text.bytes.len()));
    assert!(text.reads.load(Ordering::Relaxed) < 20, "{:?}", text.reads);
}

/// Proves that members arrive in order and whole, and that those the host has already are skipped.
#[tokio::test]
async fn members_stream() {
    let mut shelf = Shelf { skips: BTreeSet::from([1, 3]), ..Shelf::default() };
    let facts = Warder::new().examine(&Text::new("casegate-probe:large-member 10000000"), &mut shelf).await;
    assert_eq!((said(&facts).as_str(), shelf.bytes), ("done: Ok(1)", 10_000_000));
    let mut shelf = Shelf { skips: BTreeSet::from([3]), ..Shelf::default() };
    Warder::new().examine(&Text::new("casegate-probe:members 5"), &mut shelf).await;
    assert_eq!(shelf.names, ["member 0", "member 1", "member 2", "member 4"]);
    assert_eq!((shelf.bytes, shelf.ends.len()), (4_000, 4));
}

/// Proves that endless members end at the host's limit, whatever the child wants, and that the kind is told.
#[tokio::test]
async fn endless_members_end() {
    let warder = Warder::with(Limits { container_entries_max: 50, ..Limits::default() });
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:members"), &mut shelf).await;
    assert_eq!((said(&facts).as_str(), shelf.names.len()), ("done: Err(Entries)", 50));
    let mut shelf = Shelf { stop_after_bytes: Some(3_000_000), ..Shelf::default() };
    let facts = warder.examine(&Text::new("casegate-probe:large-member"), &mut shelf).await;
    assert_eq!(said(&facts), "done: Err(Bytes)");
    assert!(shelf.bytes < 4_000_000);
}

/// Proves that members handed over before a crash stay, and that the one cut short says so.
#[tokio::test]
async fn members_before_a_crash_stay() {
    let warder = Warder::new();
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:members-then-abort 7"), &mut shelf).await;
    assert!(facts.has(Reason::ParserFailed));
    assert_eq!(shelf.ends, vec![MemberEnd::Whole; 7]);
    let mut shelf = Shelf::default();
    warder.examine(&Text::new("casegate-probe:half-member-then-abort"), &mut shelf).await;
    assert_eq!(shelf.names, ["half"]);
    let [MemberEnd::Flawed(seen)] = shelf.ends.as_slice() else { panic!("{:?}", shelf.ends) };
    assert_eq!(seen.reason, Reason::ParserFailed);
}

/// Proves that pages stop at the limits of pages and of text, and that the facts say so.
#[tokio::test]
async fn endless_text_ends() {
    let warder = Warder::with(Limits { document_text_bytes_max: 10_500, ..Limits::default() });
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:pages 50"), &mut shelf).await;
    assert_eq!((shelf.pages.len(), shelf.text_bytes), (11, 10_500));
    assert!(facts.observations.iter().any(|seen| seen.detail.contains("longer than the limit")), "{facts:?}");
    let warder = Warder::with(Limits { document_pages_max: 3, ..Limits::default() });
    let mut shelf = Shelf::default();
    warder.examine(&Text::new("casegate-probe:pages 50"), &mut shelf).await;
    assert_eq!(shelf.pages, [1, 2, 3]);
}

/// Proves that failures of the store and of the receiver are errors to be retried, not facts about the document.
#[tokio::test]
async fn failures_of_the_world_are_errors() {
    let warder = Warder::new();
    let torn = warder.serve(&Torn, &mut Shelf::default(), Sharing::Alone).await;
    assert!(matches!(torn, Err(JailError::View(_))), "{torn:?}");
    let mut shelf = Shelf { world_fails: true, ..Shelf::default() };
    let full = warder.serve(&Text::new("casegate-probe:members 5"), &mut shelf, Sharing::Alone).await;
    assert!(matches!(full, Err(JailError::Receiver(_))), "{full:?}");
    warder.still_reads().await;
}

/// Proves that a child serves one document, or several of one arrival, and never of two; and after a crash, none.
#[tokio::test]
async fn children_are_shared_within_an_arrival_only() {
    let warder = Warder::new();
    let ask = async |misdeed: &str, sharing| {
        let text = Text::new(&format!("casegate-probe:{misdeed}"));
        match warder.serve(&text, &mut Shelf::default(), sharing).await.unwrap() {
            Report::Facts(facts) => said(&facts),
            Report::Pixels(_) | Report::Rendered(_) => panic!("facts were asked for"),
        }
    };
    let first = ask("process-id", Sharing::Arrival(1)).await;
    assert_eq!(ask("process-id", Sharing::Arrival(1)).await, first);
    assert_ne!(ask("process-id", Sharing::Arrival(2)).await, first);
    assert_ne!(ask("process-id", Sharing::Alone).await, first);
    assert_eq!(ask("process-id", Sharing::Arrival(1)).await, first);
    assert!(ask("panic", Sharing::Arrival(1)).await.contains("gave up"));
    assert_ne!(ask("process-id", Sharing::Arrival(1)).await, first);
}

/// Proves that pixels of a document whose decoder fails, or that none can decode, are said to be so.
#[tokio::test]
async fn pixels_answer_with_pixels() {
    let name = RawName::from_text("IM1");
    let view = Text::new("no DICOM");
    let order = Order { task: Task::Pixels, name: &name, passwords: &[], view: &view, sharing: Sharing::Arrival(1) };
    let report = Warder::new().host.serve(order, &mut Shelf::default()).await.unwrap();
    assert!(matches!(report, Report::Pixels(PixelsRead::Unsupported | PixelsRead::Failed)), "{report:?}");
}

/// Proves that the language process answers for each page in order, pages without letters and very long ones too.
#[tokio::test]
async fn languages_by_page() {
    let page = |text: &str| PageText { page: 1, text: text.to_owned() };
    let long = "The child was seen in the clinic and is doing well today.\n".repeat(20_000);
    let warder = Warder::new();
    for _ in 0..2 {
        let shares = warder.host.languages(&[page("123 456"), page(&long), page("")]).await.unwrap();
        assert_eq!(shares.len(), 3);
        assert!(shares[0].shares.is_empty() && shares[2].shares.is_empty(), "{shares:?}");
        // A very long page is read in part, evenly.
        let long = &shares[1].shares[0];
        assert!(long.tag == "en" && long.letters > 50_000, "{:?}", shares[1]);
    }
}
