//! Memory never reaches a disk by way of a core dump (T4).

use crate::support::{
    delivery::{self, Delivery},
    random::seed,
    site::Site,
    socket,
    watch::{self, PATIENCE},
};
use std::{collections::BTreeSet, fs};

/// The soft and hard limit of core dumps of a process; `None` once it has ended.
fn core_limits(process: u32) -> Option<(String, String)> {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max core file size"))?;
    let mut words = line.trim_start_matches("Max core file size").split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// Children of a process.
pub(crate) fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

/// Proves that the daemon and each child that is seen while a delivery is judged may write no core dump, whatever the
/// shell that started it allows.
#[test]
fn t4_neither_daemon_nor_children_dump_core() {
    let site = Site::new();
    Delivery::new(seed()).write(&site.input());
    let case = site.open_case();
    let daemon = site.serve();
    let none = Some(("0".to_owned(), "0".to_owned()));
    assert_eq!(core_limits(daemon.id()), none);
    let _client = socket::ingest(&site.data(), &case, &site.input(), &[delivery::FOLDER]);
    let mut seen = BTreeSet::new();
    watch::until_true("children to be seen", PATIENCE, || {
        for child in children(daemon.id()).into_iter().filter(|child| !seen.contains(child)).collect::<Vec<_>>() {
            // Between fork and the walls there is nothing in a child; what counts is that the parent's limit holds.
            if let Some(limits) = core_limits(child) {
                assert_eq!(Some(limits), none);
                seen.insert(child);
            }
        }
        seen.len() > 3 || (site.oracle().entries() > 0 && site.oracle().is_settled())
    });
    assert!(!seen.is_empty(), "no child was seen");
}
