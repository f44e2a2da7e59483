//! Memory for something large: bounded, whatever its size.

use super::process::{GROWTH_MAX, peak};
use crate::support::{ledger::Ledger, random::Random, site::Site};
use std::{fs::File, os::unix::fs::FileExt};

/// Writes a file of this many bytes: noise here and there, nothing between, so that it needs little room.
fn write_large(path: &std::path::Path, bytes: u64) {
    let file = File::create(path).unwrap();
    file.set_len(bytes).unwrap();
    let mut random = Random::new(bytes);
    for at in (0..bytes - 4_096).step_by(64 << 20) {
        file.write_all_at(&random.bytes(4_096), at).unwrap();
    }
}

fn prove_bounded(bytes: u64) {
    let site = Site::new();
    let case = site.open_case();
    std::fs::write(site.input().join("small.txt"), "A short letter.\n").unwrap();
    write_large(&site.input().join("large.dat"), bytes);
    let daemon = site.serve();
    site.done(&["ingest", "--case", &case, "--json", "small.txt"]);
    let idle = peak(daemon.id());
    let ledger = Ledger::of_lines(&site.done(&["ingest", "--case", &case, "--json", "large.dat"]));
    assert_eq!(ledger.at("large.dat").bytes, bytes);
    let growth = peak(daemon.id()) - idle;
    eprintln!("{} MiB through the daemon: idle {} MiB, {} MiB more at the peak", bytes >> 20, idle >> 20, growth >> 20);
    assert!(growth <= GROWTH_MAX, "{} MiB more than idle", growth >> 20);
}

/// Proves that a file of 192 MiB costs no more memory than a small one allows for.
#[test]
fn a_large_file_costs_bounded_memory() {
    prove_bounded(192 << 20);
}

/// Proves the same of 2 GiB; takes minutes and disk.
#[test]
#[ignore = "takes minutes and 2 GiB of disk: cargo test --test it two_gibibytes -- --ignored --nocapture"]
fn two_gibibytes_cost_bounded_memory() {
    prove_bounded(2 << 30);
}
