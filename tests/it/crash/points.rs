//! Death at every named point where a step is done and the next is not: between writing and committing, before and
//! after filing, before the index is named.

use super::proof::{Tally, prove, undisturbed};
use crate::support::{delivery, site::Site};
use std::{os::unix::process::ExitStatusExt, process::Stdio};

/// Each point, and how often it is passed before the death.
const DEATHS: &[(&str, u64)] = &[
    ("vault-part-written", 1),
    ("vault-part-written", 9),
    ("vault-part-linked", 1),
    ("vault-part-linked", 14),
    ("receive.written", 1),
    ("receive.written", 12),
    ("receive.committed", 1),
    ("receive.committed", 20),
    ("file.before", 1),
    ("file.before", 11),
    ("file.after", 1),
    ("file.after", 17),
    ("index.before", 1),
    ("index.before", 2),
];

/// Proves that a death at each named point leaves nothing half done: the rest of the delivery, handed in again, ends in
/// the ledger of an undisturbed run. That the process did die there is proved too.
#[test]
fn death_at_every_point_is_survived() {
    let (expected, mut tally) = (undisturbed(), Tally::new("deaths at named points"));
    for (point, nth) in DEATHS {
        let when = format!("{point}, passed {nth} times");
        let site = Site::new();
        expected.delivery.write(&site.input());
        let case = site.open_case();
        let mut command = site.command(&["ingest", "--case", &case, "--json", "--until", "read", delivery::FOLDER]);
        command.env("CASEGATE_DIE_AT", format!("{point}:{nth}")).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().unwrap();
        assert_eq!(status.signal(), Some(9), "{when}: the program was to die there, {status}");
        site.done(&["ingest", "--case", &case, "--json", "--until", "filed", delivery::FOLDER]);
        prove(&site, &case, &[], (&when, &mut tally));
    }
}
