//! What the kernel says about an outside program, that it dies with the daemon, and that nothing of it is left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up may end")]

use super::{
    super::leftovers::run_alone,
    warder::{ALLOWANCE, Warder, misdeed_arguments},
};
use casegate::jail::tools::run::Allowance;
use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Processes whose parent is that one.
fn children_of(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let numbers = processes.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|process| stat(*process, 1) == Some(parent.to_string())).collect()
}

/// A field of a process's state behind its name: 0 the state, 1 the parent, 3 the session.
fn stat(process: u32, field: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(stat.rsplit(") ").next()?.split(' ').nth(field)?.to_owned())
}

/// Waits until something is there, without end: the test's own limit of time is the bound.
async fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(found) = look() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The child that has become the program of the misdeed.
fn become_program(parent: u32) -> Option<u32> {
    let is_program = |process: &u32| {
        let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        let own = misdeed_arguments("hangs").join("\0");
        words.ends_with(format!("{own}\0").as_bytes()) && !words.windows(9).any(|word| word == b"jail-tool")
    };
    children_of(parent).into_iter().find(is_program)
}

/// Proves, from what the kernel says about a program, that it dumps no core, writes no file, gains no rights, has no
/// descriptors but its pipes, and lives in a session of its own.
#[tokio::test]
async fn t04_tools_as_the_kernel_sees_them() {
    let warder = Warder::without_programs().await;
    let looked = async {
        let process = wait_for(|| become_program(std::process::id())).await;
        let read = |what: &str| fs::read_to_string(format!("/proc/{process}/{what}")).unwrap();
        let limits = read("limits");
        let wanted =
            [("Max core file size", ["1", "1"]), ("Max file size", ["0", "0"]), ("Max locked memory", ["0", "0"])];
        for (limit, values) in wanted {
            let line = limits.lines().find(|line| line.starts_with(limit)).unwrap();
            assert_eq!(line[limit.len()..].split_whitespace().take(2).collect::<Vec<_>>(), values, "{limit}");
        }
        let status = read("status");
        for wanted in ["NoNewPrivs:\t1", "Seccomp:\t2", "Seccomp_filters:\t3"] {
            assert!(status.contains(wanted), "{wanted}");
        }
        assert_eq!(stat(process, 3), Some(process.to_string()), "session");
        assert_eq!(fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(), 3);
    };
    tokio::select! {
        ran = warder.lets("hangs", ALLOWANCE) => panic!("{ran:?}"),
        () = looked => {}
    }
    // Given up in the middle: nothing of it is left.
    warder.host.quiesce().await;
    assert_eq!(become_program(std::process::id()), None);
}

/// Proves that neither descriptors nor processes are left, whichever way programs end.
#[test]
fn tools_leave_nothing_behind() {
    run_alone("jail::tools::leftovers::tools_leave_nothing_behind_alone");
}

/// See `tools_leave_nothing_behind`.
#[tokio::test]
#[ignore = "run by tools_leave_nothing_behind, in a process of its own"]
async fn tools_leave_nothing_behind_alone() {
    let warder = Warder::without_programs().await;
    warder.lets("works_honestly", ALLOWANCE).await.unwrap();
    warder.host.quiesce().await;
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().count();
    let short = Allowance { wall_seconds: 1, cpu_seconds: 1, ..ALLOWANCE };
    for misdeed in ["works_honestly", "executes_another", "takes_memory", "hangs", "spins", "chatters", "lingers"] {
        let _ = warder.lets(misdeed, short).await;
    }
    let given_up = tokio::time::timeout(Duration::from_millis(50), warder.lets("hangs", ALLOWANCE)).await;
    assert!(given_up.is_err());
    warder.host.quiesce().await;
    assert_eq!(children_of(std::process::id()), Vec::<u32>::new());
    assert_eq!(fs::read_dir("/proc/self/fd").unwrap().count(), descriptors);
}

/// Proves that a program dies with the process that started it, however suddenly that dies.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test binary itself, to be killed")]
async fn tools_die_with_their_parent() {
    let own = std::env::current_exe().unwrap();
    let test = "jail::tools::leftovers::starts_a_tool_and_waits";
    let mut parent = Command::new(own)
        .args(["--ignored", "--exact", test])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let process = wait_for(|| become_program(parent.id())).await;
    parent.kill().unwrap();
    parent.wait().unwrap();
    let begun = Instant::now();
    // Somebody else's to be reaped: dead is gone or a zombie.
    wait_for(|| stat(process, 0).is_none_or(|state| state == "Z").then_some(())).await;
    assert!(begun.elapsed() < Duration::from_secs(ALLOWANCE.wall_seconds));
}

/// See `tools_die_with_their_parent`.
#[tokio::test]
#[ignore = "run by tools_die_with_their_parent, in a process of its own"]
async fn starts_a_tool_and_waits() {
    let _ = Warder::without_programs().await.lets("hangs", ALLOWANCE).await;
}
