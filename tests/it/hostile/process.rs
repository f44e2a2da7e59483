//! The daemon's process as the kernel sees it (proc(5)).

use std::fs;

/// Bytes that a document may cost the daemon beside what it needs idle, whatever its size. A build that is not optimised
/// needs 28 MiB for 192 MiB in one file.
pub(super) const GROWTH_MAX: u64 = 96 << 20;

/// The same for a flood: ledgers of many thousand rows are laid open several times. A build that is not optimised needs
/// 127 MiB for five rounds on a busy machine, and gets half as much again.
pub(super) const FLOOD_GROWTH_MAX: u64 = if cfg!(debug_assertions) { 192 << 20 } else { 96 << 20 };

/// The most memory the process ever had resident, in bytes.
pub(super) fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes << 10
}

/// Descriptors it has open.
pub(super) fn descriptors(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}

/// Children that have ended and were not waited for.
pub(super) fn zombies(process: u32) -> usize {
    let ended = |child: &u32| {
        let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:") && line.contains('Z'))
    };
    crate::canary::children(process).iter().filter(|child| ended(child)).count()
}
