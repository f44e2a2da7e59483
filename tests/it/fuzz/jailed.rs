//! Damaged copies through the real jail, as the daemon would examine them.

use super::{
    mutate::mutant,
    rounds,
    seeds::{Seed, seeds},
};
use crate::support::random::{Random, seed};
use async_trait::async_trait;
use casegate::{
    domain::{
        facts::{Facts, Member, MemberEnd, PageText},
        limits::Limits,
        path::RawName,
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

/// Seconds that a child may take; small documents take none.
const WALL_SECONDS: u64 = 20;

/// Documents examined at once.
const AT_ONCE: usize = 2;

/// Bytes that one copy may hand over before its receiver has enough.
const TAKEN_BYTES_MAX: u64 = 32 << 20;

struct Bytes(Vec<u8>);

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

/// Proves that no damaged copy makes the host fail, or keeps a child beyond its time, and that every one gets a verdict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_copies_harm_only_their_own_verdict() {
    let limits = Limits { inspector_wall_seconds_max: WALL_SECONDS, ..Limits::default() };
    let config = JailConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
        limits,
        mode: JailMode::Strict,
        inspectors_max: AT_ONCE,
        probes: Probes::Ignored,
    };
    let host = Arc::new(JailHost::new(config).unwrap());
    let seeds = Arc::new(seeds());
    let tally = Arc::new(Mutex::new(Tally::default()));
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|worker| {
            let (host, seeds, tally) = (Arc::clone(&host), Arc::clone(&seeds), Arc::clone(&tally));
            tokio::spawn(async move {
                for index in (worker..seeds.len()).step_by(AT_ONCE) {
                    copies(&host, (&seeds, index), &tally).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let tally = tally.lock().unwrap();
    println!("{} copies of {} seeds, the slowest took {:?}", tally.examined, seeds.len(), tally.slowest);
    for (words, (count, first)) in &tally.failed {
        println!("{count} times {words}; first a copy of {first}");
    }
    // A child is killed somewhat after its time, and never much.
    assert!(tally.slowest < Duration::from_secs(WALL_SECONDS + 10), "a child was kept for {:?}", tally.slowest);
    assert!(tally.examined > 1_000, "only {} copies", tally.examined);
}

async fn copies(host: &JailHost, (seeds, index): (&[Seed], usize), tally: &Mutex<Tally>) {
    let Seed { name, bytes, own } = &seeds[index];
    let mut random = Random::new(seed() ^ (index as u64) << 32 ^ bytes.len() as u64);
    let all = rounds(ROUNDS);
    for _ in 0..if *own { all } else { all.div_ceil(BORROWED_PART) } {
        let other = &seeds[random.below(seeds.len() as u64) as usize].bytes;
        let copy = mutant(bytes, other, &mut random);
        let started = Instant::now();
        let facts = examine(host, name, copy).await;
        let took = started.elapsed();
        assert!(facts.kind.is_some(), "a copy of {name} got no verdict");
        let mut tally = tally.lock().unwrap();
        tally.examined += 1;
        tally.slowest = tally.slowest.max(took);
        for seen in facts.observations.iter().filter(|seen| seen.reason == Reason::ParserFailed) {
            let words: String = seen.detail.chars().filter(|c| !c.is_ascii_digit()).collect();
            tally.failed.entry(words).or_insert_with(|| (0, name.clone())).0 += 1;
        }
    }
}

async fn examine(host: &JailHost, name: &str, bytes: Vec<u8>) -> Facts {
    let (view, name) = (Bytes(bytes), RawName::from_text(name));
    let order = Order {
        task: Task::Examine,
        name: &name,
        passwords: &["casegate-7".to_owned()],
        view: &view,
        sharing: Sharing::Alone,
    };
    match host.serve(order, &mut Taker::default()).await {
        Ok(Report::Facts(facts)) => *facts,
        other => panic!("the host failed over a document: {other:?}"),
    }
}
