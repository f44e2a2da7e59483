//! Which system calls an outside program may make.
//!
//! Its libraries are the system's, and another release of them may try calls that were never seen here; so there are
//! three fates, as for the inspector, drawn elsewhere. **Allowed**: what was seen of honest programs (strace(1) on
//! tesseract and poppler of Debian 12), and its like. **Fatal**: what only an intruder tries here: another program,
//! another process, looking into others, memory that is both written and executed, changes of the machine.
//! **Refused** (`EPERM`): everything else, sockets and unknown calls too; an honest program goes on without.
//!
//! Executing a program must be possible once, and never again, while a filter has no memory. So `execve` is allowed
//! with one address of the path only, random and known to the launcher alone; whoever guesses otherwise is dead.
//! Sources: seccomp(2), execve(2).

use crate::jail::{calls::HARMLESS, sandbox::WallError};
use nix::libc;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Puts the filters up, for this thread and what becomes of it; the path of the program stands at `path`.
pub(super) fn filter(path: u64) -> Result<(), WallError> {
    let wall = "filtering system calls";
    let programs = filters(path, nix::unistd::getpid().as_raw()).map_err(|e| WallError::new(wall, e))?;
    programs.iter().try_for_each(|program| seccompiler::apply_filter(program)).map_err(|e| WallError::new(wall, e))
}

/// In the order in which they must be installed; the kernel takes the severest answer of all.
fn filters(path: u64, process: i32) -> Result<Vec<BpfProgram>, BackendError> {
    let target: TargetArch = std::env::consts::ARCH.try_into()?;
    let unknown: Rules = [(libc::SYS_clone3, Vec::new())].into();
    let mut fatal: Rules = FATAL.iter().map(|call| (*call, Vec::new())).collect();
    fatal.append(&mut fatal_in_part(path)?);
    let mut allowed: Rules = HARMLESS.iter().chain(ALLOWED).map(|call| (*call, Vec::new())).collect();
    // Held to their arguments by the filters before.
    allowed.extend([libc::SYS_clone3, libc::SYS_clone, libc::SYS_execve, libc::SYS_mmap].map(|it| (it, Vec::new())));
    allowed.append(&mut allowed_in_part(process)?);

    // clone3 keeps its flags in memory, where a filter cannot see them; told that it does not exist, the C library
    // falls back to clone, whose flags are in a register.
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let programs = [
        SeccompFilter::new(unknown, SeccompAction::Allow, missing, target)?,
        SeccompFilter::new(fatal, SeccompAction::Allow, SeccompAction::KillProcess, target)?,
        SeccompFilter::new(allowed, refuse, SeccompAction::Allow, target)?,
    ];
    programs.into_iter().map(TryInto::try_into).collect()
}

fn masked(index: u8, mask: i32, value: i32) -> Result<SeccompCondition, BackendError> {
    let operator = SeccompCmpOp::MaskedEq(mask as u64);
    SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value as u64)
}

fn compared(index: u8, length: SeccompCmpArgLen, (operator, value): (SeccompCmpOp, u64)) -> Result<Rule, BackendError> {
    one(SeccompCondition::new(index, length, operator, value)?)
}

type Rule = Vec<SeccompRule>;

fn one(condition: SeccompCondition) -> Result<Rule, BackendError> {
    Ok(vec![SeccompRule::new(vec![condition])?])
}

/// Calls that are fatal with some arguments.
fn fatal_in_part(path: u64) -> Result<Rules, BackendError> {
    let both = libc::PROT_WRITE | libc::PROT_EXEC;
    Ok([
        (libc::SYS_execve, compared(0, SeccompCmpArgLen::Qword, (SeccompCmpOp::Ne, path))?),
        // Threads, never processes.
        (libc::SYS_clone, one(masked(0, libc::CLONE_THREAD, 0)?)?),
        // The loader maps code that it then does not write to.
        (libc::SYS_mmap, one(masked(2, both, both)?)?),
        (libc::SYS_mprotect, one(masked(2, libc::PROT_EXEC, libc::PROT_EXEC)?)?),
    ]
    .into())
}

/// Calls that are allowed with some arguments, and otherwise refused.
fn allowed_in_part(process: i32) -> Result<Rules, BackendError> {
    let number = |index, value: i32| compared(index, SeccompCmpArgLen::Dword, (SeccompCmpOp::Eq, value as u64));
    let asked = |command: i32| -> Result<SeccompRule, BackendError> {
        let length = SeccompCmpArgLen::Dword;
        SeccompRule::new(vec![SeccompCondition::new(1, length, SeccompCmpOp::Eq, command as u64)?])
    };
    let descriptors = [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL].map(asked);
    Ok([
        // Fatal where it would make memory executable.
        (libc::SYS_mprotect, Vec::new()),
        // abort() signals its own process.
        (libc::SYS_tgkill, number(0, process)?),
        // Threads give themselves names.
        (libc::SYS_prctl, number(0, libc::PR_SET_NAME)?),
        // Limits may be asked for, not set.
        (libc::SYS_prlimit64, compared(2, SeccompCmpArgLen::Qword, (SeccompCmpOp::Eq, 0))?),
        (libc::SYS_fcntl, descriptors.into_iter().collect::<Result<_, _>>()?),
    ]
    .into())
}

const FATAL: &[i64] = &[
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_kill,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_memfd_create,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
];

/// Allowed beside what is harmless in every jail.
const ALLOWED: &[i64] = &[
    // Pipes, and what Landlock lets it open.
    libc::SYS_pread64,
    libc::SYS_lseek,
    libc::SYS_openat,
    libc::SYS_newfstatat,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fadvise64,
    // The C library's own beginning.
    libc::SYS_set_tid_address,
    // Questions about itself and the machine.
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrusage,
    libc::SYS_times,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_open,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_stat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_lstat,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_access,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_readlink,
];
