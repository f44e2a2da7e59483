//! The walls of the tools' jail but for the filter of system calls: like the inspector's, with what a program that is
//! not ours needs: the system's libraries, its own data, nothing else, and nothing to write to.
//!
//! Sources: landlock(7), setrlimit(2), core(5).

use super::launch::Launch;
use crate::jail::sandbox::{WallError, close_descriptors, detach, everything_handled};
use landlock::{AccessFs, BitFlags, PathBeneath, PathFd, RulesetCreatedAttr, RulesetStatus};
use nix::libc;
use rlimit::Resource;
use std::path::Path;

/// Where the loader finds libraries and its list of them. On Debian the short ones are links into `/usr`.
const LIBRARIES: &[&str] = &["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache"];

/// Loaders of dynamically linked programs (the `PT_INTERP` of each architecture's ABI): the kernel executes them on the
/// program's behalf.
const LOADERS: &[&str] = &["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];

/// How far the programs step back behind the daemon (setpriority(2)): at 10 they get a tenth of a processor that both want.
const NICENESS: i32 = 10;

/// Descriptors the program may have open: its libraries one after the other, its data, fonts.
const DESCRIPTORS_MAX: u64 = 64;

/// Puts up every wall that this kernel gives, and answers with those that it does not.
pub(super) fn enclose(launch: &Launch) -> Vec<WallError> {
    let mut missing: Vec<_> = [close_descriptors(), detach()].into_iter().filter_map(Result::err).collect();
    give_way();
    missing.extend([forbid_files(launch), limit(launch)].into_iter().filter_map(Result::err));
    missing
}

/// Whoever waits for a receipt or a first verdict comes first: reading pixels is behind the fast path. No wall: a kernel
/// that refuses it reads all the same. Where sessions share the processors (sched(7), "The autogroup feature"), the
/// session that was just begun gives way as well.
fn give_way() {
    // SAFETY: changes a number that the kernel keeps of this process, and touches no memory.
    #[expect(unsafe_code, reason = "no safe wrapper of setpriority")]
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, NICENESS) };
    let _ = std::fs::write("/proc/self/autogroup", NICENESS.to_string());
}

/// Comes last, since the launcher is larger than the programs that it starts: what it has already may stay, and what it
/// becomes has its own count.
fn limit(launch: &Launch) -> Result<(), WallError> {
    let set = |resource: Resource, soft: u64, hard: u64| {
        let (_, highest) = rlimit::getrlimit(resource).map_err(|e| WallError::new("limiting resources", e))?;
        rlimit::setrlimit(resource, soft.min(highest), hard.min(highest))
            .map_err(|e| WallError::new("limiting resources", e))
    };
    // The soft limit ends the program with a signal that says why; one second later the hard one ends it anyhow.
    set(Resource::CPU, launch.cpu_seconds, launch.cpu_seconds.saturating_add(1))?;
    // Executing a program makes it dumpable again, and a limit of 0 does not keep its memory from a program that takes
    // cores through a pipe; a limit of 1 byte does, and is too small for any file (fs/coredump.c of Linux).
    set(Resource::CORE, 1, 1)?;
    set(Resource::FSIZE, 0, 0)?;
    set(Resource::MEMLOCK, 0, 0)?;
    set(Resource::NOFILE, DESCRIPTORS_MAX, DESCRIPTORS_MAX)?;
    set(Resource::AS, launch.memory_bytes, launch.memory_bytes)
}

/// Landlock: files may be read below a few paths, the program and its loader may be executed, nothing may be written.
fn forbid_files(launch: &Launch) -> Result<(), WallError> {
    let wall = "forbidding files";
    let fail = |e: landlock::RulesetError| WallError::new(wall, e);
    let mut rules = everything_handled().map_err(fail)?;
    let readable = LIBRARIES.iter().map(Path::new).chain(launch.readable.iter().map(AsRef::as_ref));
    for path in readable {
        // What is not there needs no rule.
        let Ok(opened) = PathFd::new(path) else { continue };
        let file = BitFlags::from(AccessFs::ReadFile);
        let rights = if path.is_dir() { file | AccessFs::ReadDir } else { file };
        rules = rules.add_rule(PathBeneath::new(opened, rights)).map_err(fail)?;
    }
    for path in LOADERS.iter().map(Path::new).chain([launch.program.as_ref()]) {
        let Ok(opened) = PathFd::new(path) else { continue };
        rules = rules.add_rule(PathBeneath::new(opened, AccessFs::Execute | AccessFs::ReadFile)).map_err(fail)?;
    }
    let status = rules.restrict_self().map_err(fail)?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err(WallError::new(wall, "this kernel has no Landlock")),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}
