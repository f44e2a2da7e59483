//! What must be so after any number of deaths.

use crate::support::{
    daemon::Daemon,
    delivery::{self, Delivery, WORDS},
    ledger::{Ledger, assert_equal},
    random,
    site::Site,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// How soon the daemon must answer after a death.
const READY_MAX: Duration = Duration::from_secs(2);

/// Where it took longer, the machine may be busy: a new site's daemon, started then, must not be faster by more than this
/// factor. What a death costs would show: the new site has nothing to take up.
const READY_FACTOR_MAX: u32 = 3;

/// What a test has seen of deaths, to be printed at its end.
pub(crate) struct Tally {
    of: &'static str,
    ready: Vec<Duration>,
}

impl Tally {
    /// Nothing seen yet.
    pub(crate) fn new(of: &'static str) -> Self {
        Self { of, ready: Vec::new() }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.ready.sort();
        let (Some(most), Some(half)) = (self.ready.last(), self.ready.get(self.ready.len() / 2)) else { return };
        let count = self.ready.len();
        eprintln!(
            "{}: {count} starts after a death, ready within {half:?} half of the time, {most:?} at most",
            self.of
        );
    }
}

/// A run that nobody disturbed.
pub(super) struct Undisturbed {
    /// What was handed in.
    pub(super) delivery: Delivery,
    /// Its ledger.
    pub(super) ledger: Ledger,
    /// What a search for each word finds.
    hits: Vec<BTreeSet<String>>,
    /// How long it took until everything was read.
    pub(super) took: Duration,
}

/// The undisturbed run that all others are compared with; made once.
pub(super) fn undisturbed() -> &'static Undisturbed {
    static ONCE: OnceLock<Undisturbed> = OnceLock::new();
    ONCE.get_or_init(|| {
        let delivery = Delivery::new(random::seed());
        let site = Site::new();
        delivery.write(&site.input());
        let case = site.open_case();
        let _daemon = site.serve();
        let began = Instant::now();
        site.done(&["ingest", "--case", &case, "--json", "--until", "read", delivery::FOLDER]);
        let took = began.elapsed();
        let oracle = site.oracle();
        oracle.settle();
        let ledger = Ledger::of_case(&site.show(&case));
        let found = WORDS.iter().map(|(word, _)| hits(&site, &case, word)).collect::<Vec<_>>();
        for ((word, path), found) in WORDS.iter().zip(&found) {
            assert!(found.iter().any(|hit| hit == path), "{word} is found in {found:?}, not in {path}");
        }
        Undisturbed { delivery, ledger, hits: found, took }
    })
}

/// Paths of the documents that a search finds; of equal documents any.
fn hits(site: &Site, case: &str, word: &str) -> BTreeSet<String> {
    let said = site.done(&["search", "--case", case, "--json", "--reason", "proof", word]);
    let paths = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    paths.map(|hit| hit["path"].as_str().unwrap().to_owned()).collect()
}

/// Proves the state of a case whose deaths are over and whose delivery was handed in to the end at least once.
/// `acknowledged`: sizes of files whose receipt a client heard before a death.
pub(super) fn prove(site: &Site, case: &str, acknowledged: &[u64], (when, tally): (&str, &mut Tally)) {
    let expected = undisturbed();
    let mut daemon = serve(site, when, tally);
    let oracle = site.oracle();
    oracle.settle();
    oracle.collected();
    let whole = Ledger::of_case(&site.show(case));
    prove_acknowledged(&whole, acknowledged, when);
    prove_digests(&whole, &expected.delivery, when);
    assert_equal(&whole.without_repeats(), &expected.ledger, when);
    assert_eq!(oracle.false_duplicates(), 0, "{when}: entries are duplicates of themselves");
    assert_eq!(oracle.stuck(), 0, "{when}: jobs were given up");
    for ((word, _), expected) in WORDS.iter().zip(&expected.hits) {
        let found = hits(site, case, word);
        assert_eq!(found.len(), expected.len(), "{when}: {word} is found in {found:?}");
    }
    let verified = site.run(&["verify", "--deep"]);
    assert!(verified.status.success(), "{when}: {}", String::from_utf8_lossy(&verified.stdout));
    assert!(daemon.runs(), "{when}: the daemon died by itself");
}

/// Starts the daemon after a death and proves that it is ready soon.
pub(super) fn serve(site: &Site, when: &str, tally: &mut Tally) -> Daemon {
    let daemon = site.serve();
    tally.ready.push(daemon.ready);
    prove_soon(daemon.ready, when);
    daemon
}

/// Proves that a daemon that came back was ready soon, as soon as the machine allows just now.
pub(crate) fn prove_soon(ready: Duration, when: &str) {
    if ready > READY_MAX {
        let fresh = Site::new().serve().ready;
        assert!(ready <= fresh * READY_FACTOR_MAX, "{when}: ready after {ready:?}, a new site after {fresh:?}");
    }
}

/// Every receipt that was heard is in the ledger, with the right bytes.
fn prove_acknowledged(ledger: &Ledger, acknowledged: &[u64], when: &str) {
    let digests = undisturbed().delivery.digest_by_size();
    let mut wanted: HashMap<u64, usize> = HashMap::new();
    for bytes in acknowledged {
        *wanted.entry(*bytes).or_default() += 1;
    }
    for (bytes, count) in wanted {
        let rows = ledger.0.iter().filter(|line| !line.path.contains("!/") && line.bytes == bytes);
        let right = rows.filter(|line| digests.get(&bytes).is_none_or(|digest| line.sha256.as_ref() == Some(digest)));
        let right = right.count();
        assert!(right >= count, "{when}: {count} files of {bytes} bytes were acknowledged, {right} are there");
    }
}

/// Every file in the ledger is whole: its digest is that of the file on disk.
pub(super) fn prove_digests(ledger: &Ledger, delivery: &Delivery, when: &str) {
    let digests = delivery.digests();
    for line in ledger.0.iter().filter(|line| !line.path.contains("!/") && !line.path.ends_with('/')) {
        assert_eq!(line.sha256.as_ref(), digests.get(&line.path), "{when}: {} has other bytes", line.path);
    }
}
