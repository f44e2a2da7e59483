//! What a child cannot do, and what comes of trying.

use super::warder::{Shelf, Text, Warder, said};
use async_trait::async_trait;
use casegate::{
    domain::{limits::Limits, reason::Reason},
    jail::{
        JailError, Report, Sharing, View, ViewError,
        host::{JailConfig, JailHost},
        worker::{JailMode, Probes},
    },
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

/// Proves that this kernel gives every wall, so that the other tests mean something.
#[tokio::test]
async fn t22_every_wall_stands() {
    assert_eq!(Warder::new().host.check().await.unwrap(), Vec::<String>::new());
}

/// Proves that no file can be read, written or listed.
#[tokio::test]
async fn t22_no_files() {
    let warder = Warder::new();
    warder.is_refused("open-read", 1).await;
    warder.is_refused("open-write", 1).await;
    warder.is_refused("list", 1).await;
}

/// Proves that no socket can be made, for TCP, UDP or within the machine.
#[tokio::test]
async fn t22_no_network() {
    let warder = Warder::new();
    for misdeed in ["tcp", "listen", "udp", "unix", "pair"] {
        warder.is_refused(misdeed, 1).await;
    }
}

/// Proves that no program can be run, no process started, traced or signalled, and no memory executed: whoever tries
/// is dead.
#[tokio::test]
async fn t22_no_processes() {
    let warder = Warder::new();
    for misdeed in ["exec", "ptrace", "signal", "execute-memory"] {
        warder.is_fatal(misdeed, "it tried what it may not do").await;
    }
    // Starting a process asks for a socket pair first, or makes the process at once.
    let facts = warder.probe("fork").await;
    assert!(said(&facts).starts_with("refused") || facts.has(Reason::ParserFailed), "{facts:?}");
}

/// Proves that limits cannot be raised from within, and that the environment holds nothing of the daemon's.
#[tokio::test]
async fn t22_no_way_to_loosen() {
    let warder = Warder::new();
    let facts = warder.probe("unlimit").await;
    assert!(said(&facts).starts_with("refused") || facts.has(Reason::ParserFailed), "{facts:?}");
    assert_eq!(said(&warder.probe("environ").await), "done: MALLOC_ARENA_MAX");
}

/// Proves that memory ends at its limit, asked for politely or not.
#[tokio::test]
async fn t22_memory_ends() {
    let warder = Warder::new();
    warder.is_refused("reserve", 12).await;
    warder.is_fatal("allocate", "more than 1073741824 bytes of memory").await;
    warder.is_fatal("recurse", "nested too deep").await;
}

/// Proves that processor time ends at its limit, and that the kernel says so.
#[tokio::test]
async fn t22_processor_time_ends() {
    let limits = Limits { inspector_cpu_seconds_max: 1, inspector_wall_seconds_max: 60, ..Limits::default() };
    Warder::with(limits).is_fatal("spin", "more than 1 s of processor time").await;
}

/// Proves that time ends for a child that does nothing, and for one that computes beyond all patience.
#[tokio::test]
async fn t22_wall_clock_ends() {
    let limits = Limits { inspector_wall_seconds_max: 1, ..Limits::default() };
    let warder = Warder::with(limits);
    let begun = Instant::now();
    warder.is_fatal("hang", "longer than 1 s").await;
    warder.is_fatal("spin", "longer than 1 s").await;
    assert!(begun.elapsed() < Duration::from_secs(20));
}

/// Proves that a child that hangs up and lives on is ended at once, and holds up the end of no other.
#[tokio::test]
async fn t22_hanging_up_is_the_end() {
    let warder = Warder::new();
    warder.is_fatal("hang-up", "signal 9").await;
    warder.host.quiesce().await;
}

/// Proves that the wall clock stands while the host is slow, here in reading.
#[tokio::test]
async fn wall_clock_stands_while_the_host_works() {
    struct Slow(Text);
    #[async_trait]
    impl View for Slow {
        fn bytes(&self) -> u64 {
            self.0.bytes()
        }
        async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
            tokio::time::sleep(Duration::from_millis(700)).await;
            self.0.read(offset, length).await
        }
    }
    let text = format!("casegate-probe:read-all\n{}", " ".repeat(2 << 20));
    let warder = Warder::with(Limits { inspector_wall_seconds_max: 1, ..Limits::default() });
    let facts = warder.examine(&Slow(Text::new(&text)), &mut Shelf::default()).await;
    assert!(said(&facts).starts_with("done"), "{facts:?}");
}

/// Proves that a library may start a thread, and may write to standard error without end.
#[tokio::test]
async fn honest_libraries_can_work() {
    let warder = Warder::new();
    assert_eq!(said(&warder.probe("thread").await), "done: 1");
    assert_eq!(said(&warder.probe("chatter").await), "done: 4 MB on standard error");
}

/// Proves that a panic, an abort and broken frames are facts about one document, and the next is read.
#[tokio::test]
async fn t21_one_document_is_harmed() {
    let warder = Warder::new();
    warder.is_fatal("panic", "gave up at src/jail/worker/probe.rs").await;
    warder.is_fatal("abort", "signal 6").await;
    warder.is_fatal("garbage", "a message that cannot be read").await;
    warder.is_fatal("overlong", "a frame of 1048577 bytes").await;
    warder.is_fatal("cut", "exit code 0").await;
}

/// Proves that processor time is counted for each document, not for the life of a shared child.
#[tokio::test]
async fn processor_time_is_per_document() {
    let limits = Limits { inspector_cpu_seconds_max: 1, ..Limits::default() };
    let warder = Warder::with(limits);
    let mut text = Text::new("casegate-probe:read-all\n");
    text.bytes.resize(12 << 20, 1);
    let begun = Instant::now();
    let mut documents = 0;
    // More processor time in all than one document may use.
    while begun.elapsed() < Duration::from_secs(4) {
        let report = warder.serve(&text, &mut Shelf::default(), Sharing::Arrival(1)).await.unwrap();
        let Report::Facts(facts) = report else { panic!("facts were asked for") };
        assert!(said(&facts).starts_with("done"), "document {documents}: {facts:?}");
        documents += 1;
    }
    assert!(documents > 2);
}

/// Proves that a program that is not there, or does not lock itself in, is the jail's failure, not the document's.
#[tokio::test]
async fn a_jail_that_cannot_be_set_up_is_an_error() {
    for executable in ["/nonexistent/casegate", "/bin/true", "/bin/echo"] {
        let config = JailConfig {
            executable: PathBuf::from(executable),
            limits: Limits::default(),
            mode: JailMode::Strict,
            inspectors_max: 1,
            probes: Probes::Ignored,
        };
        let host = JailHost::new(config).unwrap();
        assert!(matches!(host.check().await, Err(JailError::Unavailable(_))), "{executable}");
    }
}

/// Proves that documents cannot ask for probes in the product.
#[tokio::test]
async fn probes_are_ignored_in_the_product() {
    let config = JailConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
        limits: Limits::default(),
        mode: JailMode::Strict,
        inspectors_max: 1,
        probes: Probes::Ignored,
    };
    let warder = Warder { host: JailHost::new(config).unwrap() };
    let facts = warder.probe("panic").await;
    assert!(!facts.has(Reason::ParserFailed), "{facts:?}");
}
