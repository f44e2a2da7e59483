//! Search side by side with tantivy on a plain directory in memory: the same documents, the same questions, the same
//! rounds, hits with snippets from both.
//!
//! usage: `cargo bench --bench search -- [CASES [PAGES [WORDS]]]`, by default 100 cases of 500 pages of 300 words.
//! Words follow Zipf's law (s = 1.07) over a vocabulary of 12,000; all is deterministic. Ours is sealed into a folder as
//! the daemon does it, so commits are with sealing and `fsync`, and what is opened cold is read from the disk and
//! unsealed; plain tantivy pays for neither.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a measuring program speaks on its standard output and stops at any fault"
)]

use casegate::{
    domain::{
        facts::{FileKind, PageText},
        ids::{CaseId, EntryId, EpochId},
    },
    seal::Keyring,
    search::{IndexDocument, IndexFiles, Query, Search, sealed::SealedSearch, store::ObjectIndexStore},
    vault::{fs::FsVault, objects::Objects},
};
use std::{hint::black_box, sync::Arc, time::Instant};
use tantivy::{
    Index, IndexWriter, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::{PhraseQuery, TermQuery},
    schema::{Field, IndexRecordOption, STORED, STRING, Schema, TEXT, Value},
    snippet::SnippetGenerator,
};

const VOCABULARY: usize = 12_000;
const HITS: usize = 10;
const QUESTIONS: usize = 200;

fn main() {
    // `cargo bench` adds `--bench`.
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let size = |index: usize, default| sizes.get(index).copied().unwrap_or(default);
    let (cases, pages, words) = (size(0, 100), size(1, 500), size(2, 300));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(compare(cases, pages, words));
}

async fn compare(cases: usize, pages: usize, words: usize) {
    println!("{cases} cases of {pages} pages of {words} words");
    let folder = tempfile::tempdir().unwrap();
    let objects = Objects::new(Arc::new(FsVault::open(folder.path()).unwrap()), EpochId::from_bytes([1; 16]));
    let keyring = Arc::new(Keyring::ephemeral());
    let store = ObjectIndexStore::new(Arc::new(objects), Arc::clone(&keyring));
    let engine = SealedSearch::new(Arc::new(store), u64::MAX);
    let mut draw = Draw::new();
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    let mut times = Times::default();
    for case in 0..cases {
        let texts: Vec<String> = (0..pages).map(|_| draw.text(words)).collect();
        let case = CaseId::from_bytes((case as u128).to_be_bytes());
        keyring.create_case(case).unwrap();
        let began = Instant::now();
        let files = engine.update(case, &IndexFiles::default(), vec![document(1, &texts)], &[]).await.unwrap();
        times.add("commit, ours", began);
        let more = draw.text(words);
        let began = Instant::now();
        let files = engine.update(case, &files, vec![document(2, std::slice::from_ref(&more))], &[]).await.unwrap();
        times.add("one page more, ours", began);
        engine.forget(case).await;
        let began = Instant::now();
        let mut index = Plain::create(&texts);
        times.add("commit, plain", began);
        let began = Instant::now();
        index.add(&[more]);
        times.add("one page more, plain", began);
        ours.push((case, files));
        plain.push(index);
    }
    let objects: usize = ours.iter().map(|(_, files)| files.0.len()).sum();
    println!("sealed bytes a case {}, objects a case {}", sealed_bytes(&ours) / cases as u64, objects / cases);
    let before = resident_kib();
    for (case, files) in &ours {
        let began = Instant::now();
        ask(&engine, *case, files, "mass").await;
        times.add("cold, ours", began);
    }
    println!("resident for all open indexes {} MiB", resident_kib().saturating_sub(before) / 1024);
    for round in 0..QUESTIONS {
        let term = draw.word();
        let phrase = draw.pair(&plain[round % cases]);
        for ((case, files), plain) in ours.iter().zip(&plain) {
            times.measure("term, ours", ask(&engine, *case, files, &term)).await;
            // What a busy machine adds to every search of ours by waking the thread that computes.
            times.measure("hand-over alone", tokio::task::spawn_blocking(|| ())).await;
            times.measure("term, plain", async { plain.term(&term) }).await;
            times.measure("phrase, ours", ask(&engine, *case, files, &format!("\"{}\"", phrase.join(" ")))).await;
            times.measure("phrase, plain", async { plain.phrase(&phrase) }).await;
        }
    }
    times.print();
}

async fn ask(engine: &SealedSearch, case: CaseId, files: &IndexFiles, text: &str) -> usize {
    let query = Query { text: text.to_owned(), limit: HITS };
    black_box(engine.search(case, files, &query).await.unwrap()).len()
}

fn document(entry: u8, texts: &[String]) -> IndexDocument {
    let pages = (1..).zip(texts).map(|(page, text)| PageText { page, text: text.clone() }).collect();
    IndexDocument {
        entry: EntryId::from_bytes([entry; 16]),
        path: "letter.pdf".to_owned(),
        kind: FileKind::Pdf,
        pages,
        fields: vec![],
    }
}

/// tantivy as its own documentation uses it.
struct Plain {
    index: Index,
    searcher: Searcher,
    text: Field,
    path: Field,
}

impl Plain {
    fn create(texts: &[String]) -> Self {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TEXT | STORED);
        let path = schema.add_text_field("path", STRING | STORED);
        let index = Index::create_in_ram(schema.build());
        let searcher = index.reader().unwrap().searcher();
        let mut plain = Self { index, searcher, text, path };
        plain.add(texts);
        plain
    }

    fn add(&mut self, texts: &[String]) {
        let mut writer: IndexWriter<TantivyDocument> = self.index.writer_with_num_threads(1, 20_000_000).unwrap();
        for text in texts {
            let mut row = TantivyDocument::new();
            row.add_text(self.text, text);
            row.add_text(self.path, "letter.pdf");
            writer.add_document(row).unwrap();
        }
        writer.commit().unwrap();
        self.searcher = self.index.reader().unwrap().searcher();
    }

    fn term(&self, word: &str) -> usize {
        let term = Term::from_field_text(self.text, word);
        self.hits(&TermQuery::new(term, IndexRecordOption::WithFreqs))
    }

    fn phrase(&self, words: &[String; 2]) -> usize {
        let terms = words.iter().map(|word| Term::from_field_text(self.text, word)).collect();
        self.hits(&PhraseQuery::new(terms))
    }

    fn hits(&self, query: &dyn tantivy::query::Query) -> usize {
        let rows = self.searcher.search(query, &TopDocs::with_limit(HITS).order_by_score()).unwrap();
        let snippets = SnippetGenerator::create(&self.searcher, query, self.text).unwrap();
        for (_, address) in &rows {
            let row: TantivyDocument = self.searcher.doc(*address).unwrap();
            black_box(snippets.snippet_from_doc(&row).to_html());
        }
        rows.len()
    }
}

/// Draws words, the same ones each run.
struct Draw {
    state: u64,
    words: Vec<String>,
    reach: Vec<f64>,
}

impl Draw {
    fn new() -> Self {
        let mut draw = Self { state: 1, words: vec!["mass".to_owned()], reach: vec![] };
        let syllables =
            ["hepa", "neu", "ro", "cardi", "oma", "itis", "lym", "pho", "ne", "gli", "blas", "to", "cer", "vix"];
        while draw.words.len() < VOCABULARY {
            let parts = 2 + draw.next() % 4;
            let word = (0..parts).map(|_| syllables[draw.next() % syllables.len()]).collect();
            draw.words.push(word);
        }
        let mut sum = 0.0;
        for rank in 1..=VOCABULARY {
            sum += 1.0 / f64::from(u32::try_from(rank).unwrap()).powf(1.07);
            draw.reach.push(sum);
        }
        draw
    }

    fn next(&mut self) -> usize {
        // Knuth's MMIX generator; its high bits are good enough for words.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap()
    }

    fn word(&mut self) -> String {
        let total = self.reach[VOCABULARY - 1];
        let at = f64::from(u32::try_from(self.next()).unwrap()) / f64::from(1_u32 << 31) * total;
        self.words[self.reach.partition_point(|reach| *reach < at).min(VOCABULARY - 1)].clone()
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// Two words that follow each other in a page of that index.
    fn pair(&mut self, plain: &Plain) -> [String; 2] {
        let rows = plain.searcher.segment_readers()[0].max_doc();
        let row = u32::try_from(self.next()).unwrap() % rows;
        let row: TantivyDocument = plain.searcher.doc(tantivy::DocAddress::new(0, row)).unwrap();
        let words: Vec<&str> = row.get_first(plain.text).unwrap().as_str().unwrap().split(' ').collect();
        let at = self.next() % (words.len() - 1);
        [words[at].to_owned(), words[at + 1].to_owned()]
    }
}

/// Milliseconds by what was measured.
#[derive(Default)]
struct Times(Vec<(&'static str, Vec<f64>)>);

impl Times {
    async fn measure<T>(&mut self, name: &'static str, work: impl Future<Output = T>) {
        let began = Instant::now();
        black_box(work.await);
        self.add(name, began);
    }

    fn add(&mut self, name: &'static str, began: Instant) {
        let time = began.elapsed().as_secs_f64() * 1_000.0;
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, times)) => times.push(time),
            None => self.0.push((name, vec![time])),
        }
    }

    fn print(&mut self) {
        for (name, times) in &mut self.0 {
            times.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            let mean = times.iter().sum::<f64>() / times.len() as f64;
            println!("{name:22} p50 {:8.3}  p99 {:8.3}  mean {mean:8.3} ms", at(0.5), at(0.99));
        }
    }
}

fn sealed_bytes(cases: &[(CaseId, IndexFiles)]) -> u64 {
    let files = cases.iter().flat_map(|(_, files)| &files.0);
    files.flat_map(|file| &file.parts.0).map(|part| part.sealed_bytes).sum()
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
