//! A daemon that is killed while a delivery comes in over its socket, and again while it takes up what it left.

use super::{
    proof::{Tally, prove, serve, undisturbed},
    rounds,
};
use crate::support::{
    delivery,
    random::{Random, seed},
    site::Site,
    socket, watch,
};
use std::time::Duration;

/// Deaths of one delivery at most, after the first.
const DEATHS_MAX: u64 = 4;

/// Proves that a daemon killed at random moments of receiving, unpacking and judging loses nothing it acknowledged and
/// ends with the ledger of an undisturbed run.
#[test]
fn a_killed_daemon_ends_where_an_undisturbed_one_does() {
    let expected = undisturbed();
    let (mut random, mut tally) = (Random::new(seed() ^ 0xDAE), Tally::new("deliveries over the socket"));
    for round in 0..rounds() {
        let site = Site::new();
        expected.delivery.write(&site.input());
        let case = site.open_case();
        let daemon = site.serve();
        let client = socket::ingest(&site.data(), &case, &site.input(), &[delivery::FOLDER]);
        let mut deaths = vec![share(&mut random, expected.took)];
        watch::moment(deaths[0]);
        daemon.kill();
        let heard = client.join().unwrap();
        for _ in 0..random.below(DEATHS_MAX) {
            let death = share(&mut random, expected.took / 2);
            deaths.push(death);
            let daemon = serve(&site, "between deaths", &mut tally);
            watch::moment(death);
            daemon.kill();
        }
        let when = format!("round {round}, killed after {deaths:?}, {} receipts", heard.acknowledged.len());
        // What had not been acknowledged is handed in again, with all the rest.
        site.done(&["ingest", "--case", &case, "--json", "--until", "filed", delivery::FOLDER]);
        prove(&site, &case, &heard.acknowledged, (&when, &mut tally));
    }
}

/// Proves that what was received to the end is judged to the end without any help: only restarts, no second delivery.
#[test]
fn what_was_received_is_judged_whatever_happens() {
    let expected = undisturbed();
    let (mut random, mut tally) = (Random::new(seed() ^ 0x0B5), Tally::new("deliveries received before"));
    for round in 0..rounds() {
        let site = Site::new();
        expected.delivery.write(&site.input());
        let case = site.open_case();
        site.done(&["ingest", "--case", &case, "--json", "--until", "received", delivery::FOLDER]);
        let mut deaths = Vec::new();
        for _ in 0..=random.below(DEATHS_MAX) {
            let death = share(&mut random, expected.took / 2);
            deaths.push(death);
            let daemon = serve(&site, "between deaths", &mut tally);
            watch::moment(death);
            daemon.kill();
        }
        prove(&site, &case, &[], (&format!("round {round}, killed after {deaths:?}"), &mut tally));
    }
}

/// A random part of a time.
fn share(random: &mut Random, of: Duration) -> Duration {
    Duration::from_micros(random.below(of.as_micros() as u64))
}
