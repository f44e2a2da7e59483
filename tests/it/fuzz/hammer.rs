//! Many damaged copies in this process, on both processors: which of them did harm, and where.

use super::{
    mutate::mutant,
    seeds::{Rounds, Seed},
    targets::is_ours,
};
use crate::support::random::{Random, seed};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Threads; the machines that run this have two cores.
const THREADS: usize = 2;

/// Rounds for each of our seeds, unless the environment says otherwise.
pub(super) const ROUNDS: u64 = 200;

/// Seeds that are named for what they took.
const DEAREST: usize = 20;

/// Time that one small copy may take on a busy machine, without optimisation.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Address space of a process that goes through copies: what asks for more ends this process, and not the machine.
const SPACE_BYTES_MAX: u64 = 8 << 30;

/// Memory that the copies under way may take together, beside the seeds: what the jail gives to one.
const MEMORY_BYTES_MAX: u64 = 1 << 30;

thread_local! {
    /// Where the last panic of this thread was.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What is done to which documents.
pub(super) struct Plan<'a> {
    pub(super) seeds: &'a [Seed],
    /// Rounds for each of our seeds.
    pub(super) rounds: u64,
    /// One round in so many for seeds that are not ours.
    pub(super) borrowed_part: u64,
    /// Deep recursion must be met by our limits, within this.
    pub(super) stack_bytes: usize,
    /// What is done with a copy.
    pub(super) work: &'a (dyn Fn(&Seed, &[u8]) + Sync),
}

impl Plan<'_> {
    fn rounds_of(&self, seed: &Seed) -> u64 {
        match seed.rounds {
            Rounds::All => self.rounds,
            Rounds::Few => self.rounds.div_ceil(self.borrowed_part),
        }
    }
}

/// What came of it.
#[derive(Default)]
struct Tally {
    /// Of each seed, itself among them.
    copies: Vec<u64>,
    slowest: (Duration, String),
    /// The most memory so far, and what was under way when it grew most.
    memory: (u64, u64, String),
    /// On each seed with its copies.
    spent: Vec<Duration>,
    /// By place: how often, and what it was first.
    faults: BTreeMap<String, (u64, String)>,
}

impl Tally {
    fn of(seeds: usize) -> Self {
        Self { copies: vec![0; seeds], spent: vec![Duration::ZERO; seeds], ..Self::default() }
    }

    /// The seeds that took most of the time, with it: what to make smaller where all is too slow.
    fn dearest(&self, seeds: &[Seed]) -> Vec<(Duration, String)> {
        let mut spent: Vec<_> = self.spent.iter().zip(seeds).map(|(spent, seed)| (*spent, seed.name.clone())).collect();
        spent.sort_by_key(|(spent, _)| std::cmp::Reverse(*spent));
        spent.truncate(DEAREST);
        spent
    }
}

/// Does the work on every seed as it is and on its damaged copies; says how many damaged ones there were of each seed.
///
/// # Panics
/// Our own code panicked over one, or one took longer or more memory than it may.
pub(super) fn hammer(plan: &Plan<'_>) -> Vec<u64> {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        PANICKED_AT.with(|panicked| *panicked.borrow_mut() = place);
    }));
    let (_, highest) = rlimit::getrlimit(rlimit::Resource::AS).unwrap();
    rlimit::setrlimit(rlimit::Resource::AS, SPACE_BYTES_MAX.min(highest), highest).unwrap();
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::of(plan.seeds.len())));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let work = || {
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < plan.seeds.len()) {
                    copies(plan, index, &tally);
                }
            };
            std::thread::Builder::new().stack_size(plan.stack_bytes).spawn_scoped(scope, work).unwrap();
        }
    });
    drop(panic::take_hook());
    let tally = tally.into_inner().unwrap();
    let memory = most_memory();
    println!(
        "{} copies of {} seeds in {:.1} s of the processors, the slowest took {:?} ({}), {} MiB (most at {}), faults at {} places",
        tally.copies.iter().sum::<u64>(),
        plan.seeds.len(),
        processor_seconds(),
        tally.slowest.0,
        tally.slowest.1,
        memory >> 20,
        tally.memory.2,
        tally.faults.len()
    );
    for (spent, name) in tally.dearest(plan.seeds) {
        println!("{spent:?} on {name}");
    }
    for (place, (count, first)) in &tally.faults {
        println!("{count} times at {place}; first {first}");
    }
    let ours: Vec<_> = tally.faults.keys().filter(|place| is_ours(place)).collect();
    assert!(ours.is_empty(), "in our own code, or slow: {ours:?} of {:?}", tally.faults);
    assert!(memory < MEMORY_BYTES_MAX, "{} MiB were needed, most at {}", memory >> 20, tally.memory.2);
    tally.copies.iter().map(|copies| copies.saturating_sub(1)).collect()
}

/// What this process took of the processors.
fn processor_seconds() -> f64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    seconds(usage.user_time()) + seconds(usage.system_time())
}

/// Does the work on one seed and its copies.
fn copies(plan: &Plan<'_>, index: usize, tally: &Mutex<Tally>) {
    let seed = &plan.seeds[index];
    let Seed { name, bytes, .. } = seed;
    let mut random = Random::new(self::seed().rotate_left(17) ^ (index as u64) << 32 ^ bytes.len() as u64);
    for round in 0..=plan.rounds_of(seed) {
        let other = &plan.seeds[random.below(plan.seeds.len() as u64) as usize].bytes;
        // The first one is as it came: what once did harm must do none now.
        let copy = if round == 0 { bytes.clone() } else { mutant(bytes, other, &mut random) };
        keep(&copy);
        let started = Instant::now();
        let ended = panic::catch_unwind(AssertUnwindSafe(|| (plan.work)(seed, &copy)));
        let took = started.elapsed();
        let slow = (took > TIME_MAX).then(|| format!("slow: {name}"));
        let panicked = ended.is_err().then(|| PANICKED_AT.with(|place| place.borrow().clone()));
        let mut tally = tally.lock().unwrap();
        tally.copies[index] += 1;
        let most = most_memory();
        let grown = most.saturating_sub(tally.memory.0);
        tally.memory.0 = most;
        if grown > tally.memory.1 {
            (tally.memory.1, tally.memory.2) = (grown, format!("copy {round} of {name}"));
        }
        tally.spent[index] += took;
        if took > tally.slowest.0 {
            tally.slowest = (took, name.clone());
        }
        if let Some(place) = panicked.or(slow) {
            let ours = is_ours(&place);
            let first = || (0, format!("copy {round} of {name}{}", if ours { written(&copy) } else { String::new() }));
            tally.faults.entry(place).or_insert_with(first).0 += 1;
        }
    }
}

/// Writes a copy that did harm to where it can be looked at; says where.
fn written(copy: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    copy.hash(&mut hasher);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("harm-{:016x}", hasher.finish()));
    match fs::write(&path, copy) {
        Ok(()) => format!(", written to {}", path.display()),
        Err(error) => format!(", which cannot be written: {error}"),
    }
}

/// Keeps what this thread is at, where that is wanted: for copies that end the process.
fn keep(copy: &[u8]) {
    if let Some(folder) = std::env::var_os("CASEGATE_FUZZ_KEEP") {
        let thread = format!("{:?}", std::thread::current().id());
        fs::write(PathBuf::from(folder).join(thread), copy).unwrap();
    }
}

/// The most memory this process ever had resident, in bytes (proc(5)).
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}

/// Proves that a panic of ours over a copy is found, with its place.
#[test]
#[should_panic(expected = "in our own code, or slow: [\"tests/it/fuzz/hammer.rs:")]
fn harm_is_found() {
    let bytes = b"No fever since Monday.".to_vec();
    let seeds = [Seed { name: "a letter".to_owned(), bytes, rounds: Rounds::All }];
    hammer(&Plan {
        seeds: &seeds,
        rounds: 20,
        borrowed_part: 1,
        stack_bytes: 1 << 20,
        work: &|seed, copy| assert!(copy == seed.bytes, "damaged"),
    });
}
