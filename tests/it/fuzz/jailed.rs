//! Damaged copies through the real jail, as the daemon would examine and draw them; and hostile files whole.

use super::{
    mutate::mutant,
    pages::pages,
    rounds,
    seeds::{Rounds, Seed, below, corpus, seeds},
};
use crate::{
    make::hostile,
    support::random::{Random, seed},
};
use async_trait::async_trait;
use casegate::{
    domain::{
        facts::{Member, MemberEnd, PageText},
        limits::Limits,
        path::RawName,
        reading::Rendered,
        reason::Reason,
    },
    jail::{
        Inspector, Order, Receiver, Refusal, Report, Sharing, Task, View, ViewError,
        host::{JailConfig, JailHost},
        worker::{JailMode, Probes},
    },
    kinds::{Offer, Stop},
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Rounds for each of our seeds: a child for each takes some milliseconds.
const ROUNDS: u64 = 16;

/// One round in so many for seeds that are not ours.
const BORROWED_PART: u64 = 16;

/// The same for pages, the corpus's too: they are examined and drawn.
const PAGE_ROUNDS: u64 = 4;

/// Pixels of what is drawn of a copy: in this build each takes its time.
pub(super) const DRAWN_PIXELS_MAX: u64 = 6_500;

/// Bytes of a hostile file that is tried whole.
const HOSTILE_BYTES_MAX: u64 = 4 << 20;

/// Seconds that a child may take; small documents take none.
const WALL_SECONDS: u64 = 20;

/// Documents examined at once.
const AT_ONCE: usize = 2;

/// Bytes that one copy may hand over before its receiver has enough.
const TAKEN_BYTES_MAX: u64 = 32 << 20;

pub(super) struct Bytes(pub(super) Vec<u8>);

#[async_trait]
impl View for Bytes {
    fn bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
        let start = (offset as usize).min(self.0.len());
        Ok(self.0[start..(start + length).min(self.0.len())].to_vec())
    }
}

/// Counts what comes out, and has enough at some time.
#[derive(Default)]
struct Taker(u64);

#[async_trait]
impl Receiver for Taker {
    async fn begin(&mut self, _member: Member) -> Result<Offer, Refusal> {
        Ok(Offer::Take)
    }

    async fn data(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.0 += bytes.len() as u64;
        if self.0 > TAKEN_BYTES_MAX { Err(Refusal::Stop(Stop::Bytes)) } else { Ok(()) }
    }

    async fn end(&mut self, _end: MemberEnd) -> Result<(), Refusal> {
        Ok(())
    }

    async fn page(&mut self, _page: PageText) {}
}

/// What came of all copies.
#[derive(Default)]
struct Tally {
    examined: u64,
    /// By the words of the verdict, with the first seed that had it.
    failed: BTreeMap<String, (u64, String)>,
    slowest: Duration,
}

impl Tally {
    /// Takes note of a verdict: that it fell over the document, if it did.
    fn note(&mut self, report: &Report, (name, took): (&str, Duration)) {
        self.examined += 1;
        self.slowest = self.slowest.max(took);
        let words: Vec<String> = match report {
            Report::Facts(facts) => {
                assert!(facts.kind.is_some(), "a copy of {name} got no verdict");
                let failed = facts.observations.iter().filter(|seen| seen.reason == Reason::ParserFailed);
                failed.map(|seen| seen.detail.chars().filter(|c| !c.is_ascii_digit()).collect()).collect()
            }
            Report::Rendered(rendered) => match &**rendered {
                Rendered::Undrawable(why) if why == "the inspector died" => vec![why.clone()],
                _ => Vec::new(),
            },
            Report::Pixels(_) => Vec::new(),
        };
        for words in words {
            self.failed.entry(words).or_insert_with(|| (0, name.to_owned())).0 += 1;
        }
    }

    /// Says what came of all, and holds that no child was kept much beyond its time.
    fn close(&self, seeds: usize) {
        println!("{} copies of {seeds} seeds, the slowest took {:?}", self.examined, self.slowest);
        for (words, (count, first)) in &self.failed {
            println!("{count} times {words}; first a copy of {first}");
        }
        // A child is killed somewhat after its time, and never much.
        assert!(self.slowest < Duration::from_secs(WALL_SECONDS + 10), "a child was kept for {:?}", self.slowest);
    }
}

/// What is asked of the jail, over and over.
pub(super) struct Trial {
    host: JailHost,
    seeds: Vec<Seed>,
    tasks: &'static [Task],
    rounds: u64,
}

impl Trial {
    pub(super) fn new(seeds: Vec<Seed>, (tasks, rounds): (&'static [Task], u64), limits: Limits) -> Arc<Self> {
        let config = JailConfig {
            executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
            limits: Limits { inspector_wall_seconds_max: WALL_SECONDS, ..limits },
            mode: JailMode::Strict,
            inspectors_max: AT_ONCE,
            probes: Probes::Ignored,
        };
        Arc::new(Self { host: JailHost::new(config).unwrap(), seeds, tasks, rounds })
    }

    /// Every seed as it is, and so many copies of it; says how many there were.
    async fn run(self: Arc<Self>) -> u64 {
        let tally = Arc::new(Mutex::new(Tally::default()));
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|worker| {
                let (trial, tally) = (Arc::clone(&self), Arc::clone(&tally));
                tokio::spawn(async move {
                    for index in (worker..trial.seeds.len()).step_by(AT_ONCE) {
                        trial.copies(index, &tally).await;
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        let tally = tally.lock().unwrap();
        tally.close(self.seeds.len());
        tally.examined
    }

    async fn copies(&self, index: usize, tally: &Mutex<Tally>) {
        let Seed { name, bytes, rounds } = &self.seeds[index];
        let mut random = Random::new(seed() ^ (index as u64) << 32 ^ bytes.len() as u64);
        let rounds = if *rounds == Rounds::All { self.rounds } else { self.rounds.div_ceil(BORROWED_PART) };
        for round in 0..=rounds {
            let other = &self.seeds[random.below(self.seeds.len() as u64) as usize].bytes;
            let copy = if round == 0 { bytes.clone() } else { mutant(bytes, other, &mut random) };
            let view = Bytes(copy);
            for task in self.tasks {
                let started = Instant::now();
                let report = self.serve(*task, (name, &view)).await;
                tally.lock().unwrap().note(&report, (name, started.elapsed()));
            }
        }
    }

    pub(super) async fn serve(&self, task: Task, (name, view): (&str, &Bytes)) -> Report {
        let name = RawName::from_text(name);
        let passwords = ["casegate-7".to_owned()];
        let order = Order { task, name: &name, passwords: &passwords, view, sharing: Sharing::Alone };
        match self.host.serve(order, &mut Taker::default()).await {
            Ok(report) => report,
            Err(error) => panic!("the host failed over a document: {error:?}"),
        }
    }
}

/// Proves that no damaged copy makes the host fail, or keeps a child beyond its time, and that every one gets a verdict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_copies_harm_only_their_own_verdict() {
    let trial = Trial::new(seeds(), (&[Task::Examine], rounds(ROUNDS)), Limits::default());
    let examined = trial.run().await;
    assert!(examined > 700, "only {examined} copies");
}

/// Proves the same of damaged pages that are examined and drawn, each of the corpus's structures among them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_pages_harm_only_their_own_verdict() {
    const TASKS: &[Task] = &[Task::Examine, Task::Render(1)];
    let limits = Limits { picture_pixels_max: DRAWN_PIXELS_MAX, ..Limits::default() };
    let (seeds, rounds) = (pages(), rounds(PAGE_ROUNDS));
    let expected = seeds.len() as u64 * (rounds + 1) * TASKS.len() as u64;
    assert_eq!(Trial::new(seeds, (TASKS, rounds), limits).run().await, expected);
}

/// Proves that hostile files, whole and with the limits of the product, get a verdict on every way that a document goes:
/// examined, drawn, decoded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_files_harm_only_their_own_verdict() {
    const TASKS: &[Task] = &[Task::Examine, Task::Render(1), Task::Render(u32::MAX), Task::Pixels];
    let made = hostile::all().into_iter().map(|(name, bytes)| Seed { name, bytes, rounds: Rounds::All });
    let borrowed = corpus().map(|corpus| below(&corpus.join("hostile"), HOSTILE_BYTES_MAX, Rounds::All));
    let seeds: Vec<Seed> = made.chain(borrowed.into_iter().flatten()).collect();
    let tried = seeds.len() as u64 * TASKS.len() as u64;
    assert_eq!(Trial::new(seeds, (TASKS, 0), Limits::default()).run().await, tried);
}
