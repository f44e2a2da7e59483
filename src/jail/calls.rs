//! Which system calls a jailed child may make.
//!
//! Three fates. **Allowed**: what computing, memory, threads and the one socket need. **Refused** (`EPERM`): what
//! honest libraries try in passing and can do without — looking for a file, asking for a limit. **Fatal**: everything
//! else, unknown and future calls too: no honest parser makes them, so whoever does is an intruder, and killing leaves
//! it no second try. A filter has two outcomes only, so two are stacked; the kernel takes the severer answer
//! (seccomp(2), "the most restrictive action").

use nix::libc;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// The programs, in the order in which they must be installed; `process` is the child's own id.
///
/// # Errors
/// No filters can be written for this machine's processor.
pub(super) fn filters(process: i32) -> Result<Vec<BpfProgram>, BackendError> {
    let target: TargetArch = std::env::consts::ARCH.try_into()?;
    let refused: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    let mut allowed: Rules = HARMLESS.iter().chain(ALLOWED).chain(REFUSED).map(|call| (*call, Vec::new())).collect();
    allowed.insert(libc::SYS_clone3, Vec::new());
    allowed.append(&mut conditional(process)?);
    let unknown: Rules = [(libc::SYS_clone3, Vec::new())].into();

    // clone3 keeps its flags in memory, where a filter cannot see them; told that it does not exist, the C library
    // falls back to clone, whose flags are in a register.
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let programs = [
        SeccompFilter::new(unknown, SeccompAction::Allow, missing, target)?,
        SeccompFilter::new(refused, SeccompAction::Allow, refuse, target)?,
        SeccompFilter::new(allowed, SeccompAction::KillProcess, SeccompAction::Allow, target)?,
    ];
    programs.into_iter().map(TryInto::try_into).collect()
}

/// Calls that are allowed with some arguments only.
fn conditional(process: i32) -> Result<Rules, BackendError> {
    let equal = |index, length, value| SeccompCondition::new(index, length, SeccompCmpOp::Eq, value);
    let masked = |index, mask: i32, value: i32| {
        let operator = SeccompCmpOp::MaskedEq(mask as u64);
        SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value as u64)
    };
    let rule = |condition| SeccompRule::new(vec![condition]).map(|rule| vec![rule]);
    Ok([
        // Memory, never to be executed: foreign bytes stay data.
        (libc::SYS_mmap, rule(masked(2, libc::PROT_EXEC, 0)?)?),
        (libc::SYS_mprotect, rule(masked(2, libc::PROT_EXEC, 0)?)?),
        // Threads, never processes.
        (libc::SYS_clone, rule(masked(0, libc::CLONE_THREAD, libc::CLONE_THREAD)?)?),
        // abort() signals its own process.
        (libc::SYS_tgkill, rule(equal(0, SeccompCmpArgLen::Dword, process as u64)?)?),
        // Threads give themselves names.
        (libc::SYS_prctl, rule(equal(0, SeccompCmpArgLen::Dword, libc::PR_SET_NAME as u64)?)?),
    ]
    .into())
}

/// Calls that every program makes that computes, keeps memory and runs threads, and that reach nothing outside it: allowed
/// in each jail.
pub(super) const HARMLESS: &[i64] = &[
    // What is open already.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_ppoll,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
    // Memory.
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    // Threads and their locks.
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals to itself; one handler tells a stack overflow from other faults.
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // A call that was interrupted by stopping and continuing the process.
    libc::SYS_restart_syscall,
    // Clocks, where the kernel does not answer them without a call, and seeds of hash tables.
    libc::SYS_clock_gettime,
    libc::SYS_gettimeofday,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_clock_getres,
    libc::SYS_getrandom,
];

/// Allowed beside them: the one socket.
const ALLOWED: &[i64] = &[libc::SYS_recvfrom, libc::SYS_sendto];

const REFUSED: &[i64] = &[
    // Files.
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_fstat,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_lseek,
    libc::SYS_ioctl,
    libc::SYS_fcntl,
    // The network.
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    // Questions about the process and the machine.
    libc::SYS_prlimit64,
    libc::SYS_getrlimit,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_times,
    libc::SYS_getppid,
    libc::SYS_membarrier,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
];
