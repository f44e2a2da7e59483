//! A case that is shredded while work on it waits: the work ends with it, and nothing of it stays behind.

use crate::support::{
    delivery::{self, Delivery},
    site::Site,
    watch::{self, PATIENCE},
};
use std::{fs, process::Stdio};

/// Proves that what was still to be examined, read and judged of a shredded case is neither tried for ever nor left as a
/// failure that somebody has to look at, and that another case goes on.
#[test]
fn work_ends_with_its_case() {
    let site = Site::new();
    Delivery::new(3).write(&site.input());
    let (case, other) = (site.open_case(), site.open_case());
    for point in ["file.after:3", "index.before:1"] {
        let mut command = site.command(&["ingest", "--case", &case, "--json", "--until", "read", delivery::FOLDER]);
        command.env("CASEGATE_DIE_AT", point).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(!command.status().unwrap().success(), "{point}: the program was to die there");
    }
    assert!(site.oracle().open_jobs() > 1, "work is left");
    site.done(&["case", "shred", &case, "--yes"]);
    let daemon = site.serve();
    site.done(&["ingest", "--case", &other, "--json", delivery::FOLDER]);
    watch::until("all work to end", PATIENCE, || (site.oracle().open_jobs() == 0).then_some(()));
    assert_eq!(site.oracle().stuck(), 0);
    assert_eq!(daemon.stop().0, Some(0));
    let log = fs::read_to_string(site.log()).unwrap();
    assert!(!log.contains("a job failed"), "{log}");
}
