//! What children cost, what the kernel says about them, and that nothing of them is left behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up may end")]

use super::warder::{Shelf, Text, Warder, said};
use casegate::{
    domain::{facts::PageText, limits::Limits},
    jail::{Inspector, Report, Sharing},
};
use std::{
    process::Command,
    time::{Duration, Instant},
};

/// Proves that neither descriptors nor processes are left behind by anything above. In a process of its own, since
/// other tests open files meanwhile.
#[test]
fn nothing_is_left_behind() {
    run_alone("jail::leftovers::nothing_is_left_behind_alone");
}

/// Runs an ignored test in a process of its own.
#[expect(clippy::disallowed_methods, reason = "the test binary itself")]
pub(super) fn run_alone(test: &str) {
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own).args(["--ignored", "--exact", test]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// See `nothing_is_left_behind`.
#[tokio::test]
#[ignore = "run by nothing_is_left_behind, in a process of its own"]
async fn nothing_is_left_behind_alone() {
    let limits = Limits { inspector_wall_seconds_max: 1, inspector_cpu_seconds_max: 1, ..Limits::default() };
    let warder = Warder::with(limits);
    warder.still_reads().await;
    warder.host.quiesce().await;
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().count();
    for misdeed in ["panic", "abort", "garbage", "exec", "hang", "members 3", "allocate"] {
        warder.probe(misdeed).await;
    }
    for arrival in 0..5 {
        warder
            .serve(&Text::new("casegate-probe:thread"), &mut Shelf::default(), Sharing::Arrival(arrival))
            .await
            .unwrap();
    }
    let hung = Text::new("casegate-probe:hang");
    let mut shelf = Shelf::default();
    let given_up = tokio::time::timeout(Duration::from_millis(50), warder.examine(&hung, &mut shelf)).await;
    assert!(given_up.is_err());
    warder.host.languages(&[PageText { page: 1, text: "words".to_owned() }]).await.unwrap();
    warder.host.quiesce().await;
    assert_eq!(children(), 0);
    assert_eq!(std::fs::read_dir("/proc/self/fd").unwrap().count(), descriptors);
}

/// Processes whose parent is this one, zombies too.
fn children() -> usize {
    let me = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let stats = processes.filter_map(|it| std::fs::read_to_string(it.path().join("stat")).ok());
    // After the name in brackets: state, parent.
    stats.filter(|stat| stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(&me)).count()
}

/// Proves, from what the kernel says about a child, that it dumps no core, writes no file, gains no rights, has no
/// descriptors but its own, and lives in a session of its own.
#[tokio::test]
async fn t04_children_as_the_kernel_sees_them() {
    let warder = Warder::new();
    let text = Text::new("casegate-probe:process-id");
    let report = warder.serve(&text, &mut Shelf::default(), Sharing::Arrival(1)).await.unwrap();
    let Report::Facts(facts) = report else { panic!("facts were asked for") };
    let process = said(&facts).trim_start_matches("done: ").to_owned();
    let read = |what: &str| std::fs::read_to_string(format!("/proc/{process}/{what}")).unwrap();
    let limits = read("limits");
    for limit in ["Max core file size", "Max file size", "Max locked memory"] {
        let line = limits.lines().find(|line| line.starts_with(limit)).unwrap();
        assert_eq!(line[limit.len()..].split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"], "{limit}");
    }
    let status = read("status");
    for wanted in ["NoNewPrivs:\t1", "Seccomp:\t2", "Seccomp_filters:\t3"] {
        assert!(status.contains(wanted), "{wanted}");
    }
    let after_name = read("stat").rsplit(") ").next().unwrap().to_owned();
    assert_eq!(after_name.split(' ').nth(3), Some(process.as_str()), "session");
    // The socket as standard input and once more, the null device, and standard error.
    assert_eq!(std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().count(), 4);
}

/// Proves that the daemon forbids core dumps and dumps of its memory, or says what it could not do. In a process of its
/// own, which it changes for good.
#[test]
fn t04_the_daemon_hardens_itself() {
    run_alone("jail::leftovers::t04_the_daemon_hardens_itself_alone");
}

/// See `t04_the_daemon_hardens_itself`.
#[test]
#[ignore = "run by t04_the_daemon_hardens_itself, in a process of its own"]
fn t04_the_daemon_hardens_itself_alone() {
    let hardening = casegate::jail::sandbox::harden_self();
    assert!(hardening.missing.iter().all(|missing| missing.contains("swap")), "{hardening:?}");
    assert!(!nix::sys::prctl::get_dumpable().unwrap());
    assert_eq!(rlimit::getrlimit(rlimit::Resource::CORE).unwrap(), (0, 0));
}

/// Proves that a child costs milliseconds, shared or alone, and prints how many. The best of many counts: what else the
/// machine does only ever adds to a time.
#[tokio::test]
async fn children_are_cheap() {
    let warder = Warder::new();
    let text = Text::new("a letter that no kind knows");
    let once = async |sharing| {
        let begun = Instant::now();
        warder.serve(&text, &mut Shelf::default(), sharing).await.unwrap();
        begun.elapsed()
    };
    let (mut alone, mut shared) = (Duration::MAX, Duration::MAX);
    for _ in 0..40 {
        alone = alone.min(once(Sharing::Alone).await);
        shared = shared.min(once(Sharing::Arrival(1)).await);
    }
    eprintln!("a document alone {alone:?}, shared {shared:?}");
    assert!(shared < alone, "alone {alone:?}, shared {shared:?}");
    assert!(alone < Duration::from_millis(500), "{alone:?}");
}
