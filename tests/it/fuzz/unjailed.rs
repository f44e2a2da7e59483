//! Damaged copies in this process: many more rounds, and a panic says where it was.

use super::{
    mutate::mutant,
    rounds,
    seeds::{Seed, seeds},
};
use crate::support::random::{Random, seed};
use casegate::{
    domain::{
        facts::{Member, MemberEnd, PageText},
        limits::{Limits, SNIFF_BYTES_MAX},
        path::RawName,
    },
    kinds::{self, Exam, Offer, Probe, Sink, Stop},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::Cursor,
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Rounds for each of our seeds.
const ROUNDS: u64 = 200;

/// One round in so many for seeds that are not ours.
const BORROWED_PART: u64 = 20;

/// Time that a small copy may take on a busy machine, without optimisation.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Threads; the machines that run this have two cores.
const THREADS: usize = 2;

/// Deep recursion must be met by our limits, within what a thread usually has.
const STACK_BYTES: usize = 8 << 20;

thread_local! {
    /// Where the last panic of this thread was.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Counts and forgets, and has enough at some time.
struct Sunk(u64);

impl Sink for Sunk {
    fn begin(&mut self, _member: Member) -> Result<Offer, Stop> {
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.0 += bytes.len() as u64;
        if self.0 > 8 << 20 { Err(Stop::Bytes) } else { Ok(()) }
    }

    fn end(&mut self, _end: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, _page: PageText) {}
}

/// What went wrong: by place, how often, and with which copy first.
type Faults = Mutex<BTreeMap<String, (u64, String)>>;

/// Proves that none of our own code panics over a damaged copy, and that none takes longer than it may.
#[test]
fn damaged_copies_panic_nowhere_in_our_code() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        PANICKED_AT.with(|panicked| *panicked.borrow_mut() = place);
    }));
    let (seeds, next, faults) = (seeds(), AtomicUsize::new(0), Faults::default());
    let examined = Mutex::new(0_u64);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let work = || {
                while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < seeds.len())
                {
                    *examined.lock().unwrap() += copies((&seeds, index), &faults);
                }
            };
            std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work).unwrap();
        }
    });
    drop(panic::take_hook());
    let faults = faults.into_inner().unwrap();
    println!("{} copies of {} seeds, faults at {} places", examined.into_inner().unwrap(), seeds.len(), faults.len());
    for (place, (count, first)) in &faults {
        println!("{count} times at {place}; first {first}");
    }
    let ours: Vec<_> = faults.keys().filter(|place| place.starts_with("src/") || place.starts_with("slow")).collect();
    assert!(ours.is_empty(), "in our own code, or slow: {ours:?} of {faults:?}");
}

/// Examines the copies of one seed; says how many.
fn copies((seeds, index): (&[Seed], usize), faults: &Faults) -> u64 {
    let Seed { name, bytes, own } = &seeds[index];
    let mut random = Random::new(seed().rotate_left(17) ^ (index as u64) << 32 ^ bytes.len() as u64);
    let all = rounds(ROUNDS);
    let all = if *own { all } else { all.div_ceil(BORROWED_PART) };
    for round in 0..=all {
        let other = &seeds[random.below(seeds.len() as u64) as usize].bytes;
        // The first one is as it came: what once did harm must do none now.
        let copy = if round == 0 { bytes.clone() } else { mutant(bytes, other, &mut random) };
        let started = Instant::now();
        let ended = panic::catch_unwind(AssertUnwindSafe(|| examine(name, &copy)));
        let slow = (started.elapsed() > TIME_MAX).then(|| format!("slow: {name}"));
        let panicked = ended.is_err().then(|| PANICKED_AT.with(|place| place.borrow().clone()));
        if let Some(place) = panicked.or(slow) {
            let first = || (0, format!("copy {round} of {name}"));
            faults.lock().unwrap().entry(place).or_insert_with(first).0 += 1;
        }
    }
    all + 1
}

fn examine(name: &str, bytes: &[u8]) {
    let limits = Limits {
        container_bytes_max: 16 << 20,
        container_ratio_from_bytes: 4 << 20,
        member_ratio_from_bytes: 4 << 20,
        container_entries_max: 500,
        picture_pixels_max: 1_000_000,
        ..Limits::default()
    };
    let name = RawName::from_text(name);
    let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
    let Some(kind) = kinds::recognise(&Probe { head, bytes: bytes.len() as u64, name: &name }) else { return };
    kind.examine(&mut Exam {
        source: &mut Cursor::new(bytes),
        name: &name,
        passwords: &["casegate-7".to_owned()],
        limits: &limits,
        sink: &mut Sunk(0),
    });
}
