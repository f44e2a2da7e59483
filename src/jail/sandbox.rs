//! The walls: what a child does to itself before it reads a foreign byte, and how the daemon hardens itself.
//!
//! Order matters: descriptors and identity, then rlimits, then Landlock, then the threads that are needed, then
//! seccomp last, since it forbids the calls that the others need. The only file with `unsafe`.
//! Sources: landlock(7), seccomp(2), getrlimit(2), prctl(2), close_range(2).

use super::calls;
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreated, RulesetError,
    RulesetStatus, Scope,
};
use nix::{
    libc,
    sys::{prctl, signal::Signal},
};
use rlimit::Resource;
use std::io;

/// Descriptors a child may have open: its socket twice, standard output and error, and one for setting up Landlock.
const DESCRIPTORS_MAX: u64 = 8;

/// The numbers of the walls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Walls {
    /// Bytes of address space beside the program itself.
    pub memory_bytes: u64,
    /// CPU seconds; the host renews them with each document.
    pub cpu_seconds: u64,
}

/// A wall that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("{wall}: {cause}")]
pub struct WallError {
    wall: &'static str,
    cause: String,
}

impl WallError {
    pub(super) fn new(wall: &'static str, cause: impl ToString) -> Self {
        Self { wall, cause: cause.to_string() }
    }
}

/// First half, from the first thread and before any other: everything but the filter of system calls. Standard input
/// to error stay open, nothing else. Answers with the walls that this kernel could not give; each is still tried.
pub fn enclose(walls: Walls) -> Vec<WallError> {
    let steps = [close_descriptors(), detach(), limit(walls), forbid_files()];
    steps.into_iter().filter_map(Result::err).collect()
}

/// Second half, for all threads of the process: the filter of system calls.
///
/// # Errors
/// This kernel has no seccomp filters, or none for this processor.
pub fn filter_calls() -> Result<(), WallError> {
    let wall = "filtering system calls";
    let programs = calls::filters(nix::unistd::getpid().as_raw()).map_err(|e| WallError::new(wall, e))?;
    for program in &programs {
        seccompiler::apply_filter_all_threads(program).map_err(|e| WallError::new(wall, e))?;
    }
    Ok(())
}

/// How far the daemon could harden itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hardening {
    /// What could not be done, for the start-up warning; empty where all is well.
    pub missing: Vec<String>,
}

/// Hardens the daemon itself: no core dumps, not to be traced by other processes of the same user, and, as far as the
/// system lets it, memory that is never swapped out. Call before the first key is read.
pub fn harden_self() -> Hardening {
    let steps = [
        prctl::set_dumpable(false).map_err(|e| WallError::new("forbidding memory dumps", e)),
        rlimit::setrlimit(Resource::CORE, 0, 0).map_err(|e| WallError::new("forbidding core files", e)),
        stay_in_memory(),
    ];
    let missing = steps.into_iter().filter_map(Result::err).map(|e| e.to_string()).collect();
    Hardening { missing }
}

/// Locks pages as they are touched. Only under an unlimited `RLIMIT_MEMLOCK`: under a finite one, allocations would
/// fail as soon as it is reached. Without swap there is nothing to do.
fn stay_in_memory() -> Result<(), WallError> {
    let wall = "keeping memory out of swap";
    if !swap_possible() {
        return Ok(());
    }
    let (soft, _) = rlimit::getrlimit(Resource::MEMLOCK).map_err(|e| WallError::new(wall, e))?;
    if soft != rlimit::INFINITY {
        return Err(WallError::new(wall, format!("only {soft} bytes may be locked, and the unit allows swap")));
    }
    // SAFETY: mlockall takes flags only and touches no memory of ours beyond pinning it.
    #[expect(unsafe_code, reason = "the safe wrapper has no name for MCL_ONFAULT")]
    let answer = unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE | libc::MCL_ONFAULT) };
    if answer == 0 { Ok(()) } else { Err(WallError::new(wall, io::Error::last_os_error())) }
}

/// Can pages of this process be swapped out? No, where the machine has no swap or the control group forbids it.
fn swap_possible() -> bool {
    let swaps = std::fs::read_to_string("/proc/swaps").unwrap_or_default();
    if swaps.lines().count() < 2 {
        return swaps.is_empty();
    }
    let group = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let path = group.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/").trim().to_owned();
    let limit = std::fs::read_to_string(format!("/sys/fs/cgroup{path}/memory.swap.max")).unwrap_or_default();
    limit.trim() != "0"
}

/// Bounds what the allocator keeps: few arenas, so that not every thread holds what its busiest moment took, and one
/// amount at the end of each that is not given back. Buffers of a part's size come from there again and again; mapped
/// afresh each time, their page faults would cost as much as sealing them. Call before any thread starts. See
/// mallopt(3).
pub fn bound_allocator() {
    // SAFETY: mallopt takes two integers and touches no memory of ours; no other thread allocates yet.
    #[expect(unsafe_code, reason = "no safe wrapper of mallopt")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 24 << 20);
    }
}

/// Asks for memory that can be executed, and gives it back: for the proof that a child gets none.
pub(super) fn take_executable_memory() -> io::Result<()> {
    let rights = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    // SAFETY: a fresh anonymous mapping at an address of the kernel's choice; it overlaps nothing and is not used.
    #[expect(unsafe_code, reason = "mapping memory is unsafe in every wrapper")]
    let page =
        unsafe { libc::mmap(std::ptr::null_mut(), 4_096, rights, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
    if page == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping that was made above, whole, to which no reference exists.
    #[expect(unsafe_code, reason = "see above")]
    let answer = unsafe { libc::munmap(page, 4_096) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Closes whatever the daemon left open without close-on-exec.
pub(super) fn close_descriptors() -> Result<(), WallError> {
    // SAFETY: runs before any other thread or owner of a descriptor above 2 exists in this process (it has just been
    // executed), so nobody's descriptor is closed under its feet.
    #[expect(unsafe_code, reason = "no safe wrapper of close_range")]
    let answer = unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    if answer == 0 { Ok(()) } else { Err(WallError::new("closing descriptors", io::Error::last_os_error())) }
}

/// Own session, dies with its parent, never gains rights, is never dumped or traced.
pub(super) fn detach() -> Result<(), WallError> {
    let wall = "detaching";
    nix::unistd::setsid().map_err(|e| WallError::new(wall, e))?;
    nix::unistd::chdir("/").map_err(|e| WallError::new(wall, e))?;
    prctl::set_pdeathsig(Signal::SIGKILL).map_err(|e| WallError::new(wall, e))?;
    prctl::set_dumpable(false).map_err(|e| WallError::new(wall, e))?;
    prctl::set_no_new_privs().map_err(|e| WallError::new(wall, e))
}

/// `RLIMIT_NPROC` is left alone: it counts all processes of the user, the daemon's threads too; seccomp forbids new
/// processes instead. The hard CPU limit stays as it is so that the host can renew the soft one.
fn limit(walls: Walls) -> Result<(), WallError> {
    let set = |resource: Resource, soft, hard| {
        rlimit::setrlimit(resource, soft, hard).map_err(|e| WallError::new("limiting resources", e))
    };
    let (_, cpu_hard) = rlimit::getrlimit(Resource::CPU).map_err(|e| WallError::new("limiting resources", e))?;
    let memory_bytes = walls.memory_bytes.saturating_add(program_bytes());
    set(Resource::AS, memory_bytes, memory_bytes)?;
    set(Resource::CPU, walls.cpu_seconds.min(cpu_hard), cpu_hard)?;
    set(Resource::CORE, 0, 0)?;
    set(Resource::FSIZE, 0, 0)?;
    set(Resource::MEMLOCK, 0, 0)?;
    set(Resource::NOFILE, DESCRIPTORS_MAX, DESCRIPTORS_MAX)
}

/// Address space that the program takes by itself: language models are part of it, hundreds of megabytes that are
/// mapped and hardly ever touched. 0 where the kernel does not say, which makes the wall narrower, never wider.
fn program_bytes() -> u64 {
    // proc_pid_statm(5): the first number is the size in pages.
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').next().and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0);
    let page = nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(0);
    pages.saturating_mul(u64::try_from(page).unwrap_or(0))
}

/// A rule set that handles everything this kernel knows and allows nothing of it. Files are a must; TCP (Linux 6.7) and
/// the scopes for abstract sockets and signals (6.12) are taken where the kernel has them, and seccomp stands behind each
/// of them.
pub(super) fn everything_handled() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))
        .and_then(|rules| {
            let rules = rules.set_compatibility(CompatLevel::BestEffort);
            rules.handle_access(AccessFs::from_all(ABI::V7))
        })
        .and_then(|rules| rules.handle_access(AccessNet::from_all(ABI::V7)))
        .and_then(|rules| rules.scope(Scope::from_all(ABI::V7)))
        .and_then(|rules| rules.create())
}

/// Landlock: nothing is allowed.
fn forbid_files() -> Result<(), WallError> {
    let wall = "forbidding files";
    let status = everything_handled().and_then(RulesetCreated::restrict_self).map_err(|e| WallError::new(wall, e))?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(WallError::new(wall, "this kernel has no Landlock")),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}
