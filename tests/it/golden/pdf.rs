//! PDF files of every condition against what a person says of them.

use super::{corpus, f1, rows};
use casegate::domain::{
    facts::{Facts, Member, MemberEnd, PageText, Readable},
    limits::{Limits, SNIFF_BYTES_MAX},
    path::RawName,
    reason::Reason,
};
use casegate::kinds::{Exam, Kind, Offer, Probe, Sink, Stop, pdf::PdfKind};
use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

/// Keeps the pages, counts the members.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) pages: Vec<PageText>,
    members: usize,
}

impl Sink for Taken {
    fn begin(&mut self, _: Member) -> Result<Offer, Stop> {
        self.members += 1;
        Ok(Offer::Take)
    }

    fn data(&mut self, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }

    fn end(&mut self, _: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, page: PageText) {
        self.pages.push(page);
    }
}

/// Examines a file; `None` where it is not taken for a PDF.
pub(super) fn examine(path: &Path, passwords: &[String]) -> Option<(Facts, Taken)> {
    let data = std::fs::read(path).unwrap();
    let name = RawName::from_text("");
    let head = &data[..data.len().min(SNIFF_BYTES_MAX)];
    if !PdfKind.sniff(&Probe { head, bytes: data.len() as u64, name: &name }) {
        return None;
    }
    let (mut source, mut taken, limits) = (Cursor::new(&data), Taken::default(), Limits::default());
    let facts =
        PdfKind.examine(&mut Exam { source: &mut source, name: &name, passwords, limits: &limits, sink: &mut taken });
    Some((facts, taken))
}

fn is_pdf_row(path: &str) -> bool {
    let folders = ["pdf/", "text/pdf/", "text/short/", "hostile/pdf", "duplicates/", "case/upload/", "text/scan/"];
    path.ends_with(".pdf") && folders.iter().any(|folder| path.starts_with(folder))
}

/// Proves that what nobody can read is told from what everybody can, over the corpus's PDFs that need no pixels.
#[test]
fn unreadable_pdfs_are_told() {
    let Some(corpus) = corpus() else { return };
    let (mut hits, mut misses, mut alarms, mut right) = (0, 0, 0, 0);
    let (mut pages, started) = (0, Instant::now());
    for row in rows(&corpus, is_pdf_row) {
        let answer = examine(&corpus.join(&row.path), &[]);
        pages += answer.as_ref().map_or(0, |(facts, _)| facts.pages.len());
        let said_no = answer.as_ref().is_none_or(|(facts, _)| facts.readable == Readable::No);
        let shown = answer.as_ref().map(|(facts, _)| (facts.readable.name(), facts.observations.clone()));
        if std::env::var_os("GOLDEN_ALL").is_some() {
            println!("{}\t{}\t{:?}", row.path, row.readable, shown);
        }
        let pixels = row.readable == "no" && matches!(row.kind.as_str(), "scan-pdf" | "doc-pdf");
        if !row.is_certain() || pixels {
            continue;
        }
        match (row.readable == "no", said_no) {
            (true, true) => hits += 1,
            (false, false) => right += 1,
            (truth, _) => {
                if truth {
                    misses += 1
                } else {
                    alarms += 1
                }
                println!("MISS {} (is {}: {}) {shown:?}", row.path, row.readable, row.reason);
            }
        }
    }
    let score = f1(hits, misses, alarms);
    println!("unreadable: {hits} found, {misses} missed, {alarms} false, {right} right; F1 {score:.3}");
    println!("{:.0} pages per second", pages as f64 / started.elapsed().as_secs_f64());
    assert!(score >= 0.95, "F1 {score:.3}");
}

/// Proves that the reason given fits what was done to the file.
#[test]
fn reasons_fit() {
    let Some(corpus) = corpus() else { return };
    let of = |path: &str| examine(&corpus.join(path), &[]).unwrap().0;
    assert!(of("pdf/built/aes256-user-pw.pdf").has(Reason::PasswordRequired));
    assert!(of("pdf/built/truncated-60.pdf").has(Reason::Truncated));
    assert!(of("pdf/built/attachment-and-javascript.pdf").has(Reason::ActiveContent));
    assert!(of("pdf/built/english-no-tounicode.pdf").has(Reason::UnmappableText));
    assert!(of("pdf/ocrmypdf/blank.pdf").has(Reason::Blank));
    assert!(of("pdf/ocrmypdf/jbig2.pdf").has(Reason::ImageOnly));
    assert!(of("hostile/pdf-flate-bomb.pdf").has(Reason::ArchiveBomb));
    let opened = examine(&corpus.join("pdf/built/aes128-user-pw.pdf"), &["wrong".to_owned(), "secret1".to_owned()]);
    assert_eq!(opened.unwrap().0.readable, Readable::Yes);
}
