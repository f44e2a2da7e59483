//! A command that works on the data folder itself, without a daemon, and is killed.

use super::{
    proof::{Tally, prove, prove_digests, undisturbed},
    rounds,
};
use crate::support::{
    daemon::kill,
    delivery,
    ledger::Ledger,
    random::{Random, seed},
    site::Site,
    watch,
};
use std::{process::Stdio, time::Duration};

/// Proves that whatever a killed `ingest` has left is whole, and that giving the command again brings the rest.
#[test]
fn a_killed_ingest_is_given_again_and_nothing_is_missing() {
    let expected = undisturbed();
    let (mut random, mut tally) = (Random::new(seed() ^ 0xC0), Tally::new("commands on the folder itself"));
    for round in 0..rounds() {
        let site = Site::new();
        expected.delivery.write(&site.input());
        let case = site.open_case();
        let mut deaths = Vec::new();
        for _ in 0..=random.below(2) {
            let death = Duration::from_micros(random.below(expected.took.as_micros() as u64));
            deaths.push(death);
            let mut command = site.command(&["ingest", "--case", &case, "--json", "--until", "read", delivery::FOLDER]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            watch::moment(death);
            kill(&mut child);
        }
        let when = format!("round {round}, killed after {deaths:?}");
        let left = Ledger::of_case(&site.show(&case));
        prove_digests(&left, &expected.delivery, &when);
        let said = site.done(&["ingest", "--case", &case, "--json", "--until", "filed", delivery::FOLDER]);
        let again = Ledger::of_lines(&said);
        let files = again.0.iter().filter(|line| !line.path.contains("!/") && !line.path.ends_with('/')).count();
        assert_eq!(files, expected.delivery.count(), "{when}: the second command lists every file");
        prove(&site, &case, &[], (&when, &mut tally));
    }
}
