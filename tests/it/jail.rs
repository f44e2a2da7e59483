//! The jail's walls, each tested by trying (T22), and one bad document harming one document (T21).
//!
//! Documents `casegate-probe:WHAT` make a child, once locked in, try WHAT; see `jail::worker::probe`.

use async_trait::async_trait;
use casegate::{
    domain::{
        entry::PixelsRead,
        facts::{Facts, FileKind, Member, MemberEnd, PageText, Readable},
        limits::Limits,
        path::RawName,
        reason::Reason,
    },
    jail::{
        Inspector, JailError, Order, Receiver, Refusal, Report, Sharing, Task, View, ViewError,
        host::{JailConfig, JailHost},
        worker::{JailMode, Probes},
    },
    kinds::{Offer, Stop},
};
use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// A warder with a jail; limits short enough for tests.
struct Warder {
    host: JailHost,
}

impl Warder {
    fn new() -> Self {
        Self::with(Limits { inspector_wall_seconds_max: 30, ..Limits::default() })
    }

    fn with(limits: Limits) -> Self {
        let config = JailConfig {
            executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
            limits,
            mode: JailMode::Strict,
            inspectors_max: 2,
            probes: Probes::Obeyed,
        };
        Self { host: JailHost::new(config).unwrap() }
    }

    async fn probe(&self, misdeed: &str) -> Facts {
        self.examine(&Text::new(&format!("casegate-probe:{misdeed}")), &mut Shelf::default()).await
    }

    async fn examine(&self, view: &dyn View, shelf: &mut Shelf) -> Facts {
        match self.serve(view, shelf, Sharing::Alone).await.unwrap() {
            Report::Facts(facts) => *facts,
            Report::Pixels(_) => panic!("facts were asked for"),
        }
    }

    async fn serve(&self, view: &dyn View, shelf: &mut Shelf, sharing: Sharing) -> Result<Report, JailError> {
        let name = RawName::from_text("letter.txt");
        let order = Order { task: Task::Examine, name: &name, passwords: &[], view, sharing };
        self.host.serve(order, shelf).await
    }

    /// The misdeed must fail with `EPERM` (1), `EACCES` (13) or another refusal that is named.
    async fn is_refused(&self, misdeed: &str, errno: i32) {
        assert_eq!(said(&self.probe(misdeed).await), format!("refused: errno {errno}"), "{misdeed}");
    }

    /// The misdeed must end the child, with these words, and the next document must be read as ever.
    async fn is_fatal(&self, misdeed: &str, words: &str) {
        let facts = self.probe(misdeed).await;
        assert!(facts.has(Reason::ParserFailed), "{misdeed}: {facts:?}");
        assert_eq!((facts.kind, facts.readable), (Some(FileKind::Unknown), Readable::No), "{misdeed}");
        assert!(said(&facts).contains(words), "{misdeed}: {}", said(&facts));
        self.still_reads().await;
    }

    async fn still_reads(&self) {
        let facts = self.examine(&Text::new("a letter"), &mut Shelf::default()).await;
        assert!(facts.has(Reason::UnsupportedFormat) || facts.kind == Some(FileKind::Text), "{facts:?}");
    }
}

fn said(facts: &Facts) -> String {
    facts.observations.first().map(|seen| seen.detail.clone()).unwrap_or_default()
}

/// A document in memory.
struct Text {
    bytes: Vec<u8>,
    reads: AtomicU64,
}

impl Text {
    fn new(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), reads: AtomicU64::new(0) }
    }
}

#[async_trait]
impl View for Text {
    fn bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let offset = (offset as usize).min(self.bytes.len());
        Ok(self.bytes[offset..(offset + length).min(self.bytes.len())].to_vec())
    }
}

/// A document whose store fails after the head.
struct Torn;

#[async_trait]
impl View for Torn {
    fn bytes(&self) -> u64 {
        10 << 20
    }

    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError> {
        if offset > 0 {
            return Err(ViewError("the disk is gone".to_owned()));
        }
        let mut head = b"casegate-probe:read-all\n".to_vec();
        head.resize(length, b' ');
        Ok(head)
    }
}

/// Takes members and pages, up to its limits.
#[derive(Default)]
struct Shelf {
    names: Vec<String>,
    bytes: u64,
    ends: Vec<MemberEnd>,
    pages: Vec<u32>,
    text_bytes: usize,
    skips: BTreeSet<u64>,
    stop_after_bytes: Option<u64>,
    world_fails: bool,
}

#[async_trait]
impl Receiver for Shelf {
    async fn begin(&mut self, member: Member) -> Result<Offer, Refusal> {
        if self.world_fails {
            return Err(Refusal::World("no room".to_owned()));
        }
        if self.skips.contains(&member.ordinal) {
            return Ok(Offer::Skip);
        }
        self.names.push(member.name.shown());
        Ok(Offer::Take)
    }

    async fn data(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.bytes += bytes.len() as u64;
        match self.stop_after_bytes {
            Some(limit) if self.bytes > limit => Err(Refusal::Stop(Stop::Bytes)),
            _ => Ok(()),
        }
    }

    async fn end(&mut self, end: MemberEnd) -> Result<(), Refusal> {
        self.ends.push(end);
        Ok(())
    }

    async fn page(&mut self, page: PageText) {
        self.pages.push(page.page);
        self.text_bytes += page.text.len();
    }
}

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

/// Proves that empty and unknown documents are facts too.
#[tokio::test]
async fn empty_and_unknown() {
    let warder = Warder::new();
    let empty = warder.examine(&Text::new(""), &mut Shelf::default()).await;
    assert_eq!((empty.kind, empty.has(Reason::EmptyFile)), (Some(FileKind::Empty), true));
    let text = Text { bytes: vec![0xf7; 500], reads: AtomicU64::new(0) };
    let unknown = warder.examine(&text, &mut Shelf::default()).await;
    assert_eq!((unknown.kind, unknown.readable), (Some(FileKind::Unknown), Readable::No));
    assert!(unknown.has(Reason::UnsupportedFormat));
}

/// Proves that a document is read whole and true, with few round trips.
#[tokio::test]
async fn reads_ahead() {
    let mut text = Text::new("casegate-probe:read-all\n");
    text.bytes.extend((0..10_000_000_u32).map(|n| (n * 31 >> 5) as u8));
    let sum: u64 = text.bytes.iter().map(|byte| u64::from(*byte)).sum();
    let facts = Warder::new().examine(&text, &mut Shelf::default()).await;
    assert_eq!(said(&facts), format!("done: {} bytes, sum {sum}", text.bytes.len()));
    assert!(text.reads.load(Ordering::Relaxed) < 20, "{:?}", text.reads);
}

/// Proves that members arrive in order and whole, and that those the host has already are skipped.
#[tokio::test]
async fn members_stream() {
    let mut shelf = Shelf { skips: BTreeSet::from([1, 3]), ..Shelf::default() };
    let facts = Warder::new().examine(&Text::new("casegate-probe:large-member 10000000"), &mut shelf).await;
    assert_eq!((said(&facts).as_str(), shelf.bytes), ("done: Ok(1)", 10_000_000));
    let mut shelf = Shelf { skips: BTreeSet::from([3]), ..Shelf::default() };
    Warder::new().examine(&Text::new("casegate-probe:members 5"), &mut shelf).await;
    assert_eq!(shelf.names, ["member 0", "member 1", "member 2", "member 4"]);
    assert_eq!((shelf.bytes, shelf.ends.len()), (4_000, 4));
}

/// Proves that endless members end at the host's limit, whatever the child wants, and that the kind is told.
#[tokio::test]
async fn endless_members_end() {
    let warder = Warder::with(Limits { container_entries_max: 50, ..Limits::default() });
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:members"), &mut shelf).await;
    assert_eq!((said(&facts).as_str(), shelf.names.len()), ("done: Err(Entries)", 50));
    let mut shelf = Shelf { stop_after_bytes: Some(3_000_000), ..Shelf::default() };
    let facts = warder.examine(&Text::new("casegate-probe:large-member"), &mut shelf).await;
    assert_eq!(said(&facts), "done: Err(Bytes)");
    assert!(shelf.bytes < 4_000_000);
}

/// Proves that members handed over before a crash stay, and that the one cut short says so.
#[tokio::test]
async fn members_before_a_crash_stay() {
    let warder = Warder::new();
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:members-then-abort 7"), &mut shelf).await;
    assert!(facts.has(Reason::ParserFailed));
    assert_eq!(shelf.ends, vec![MemberEnd::Whole; 7]);
    let mut shelf = Shelf::default();
    warder.examine(&Text::new("casegate-probe:half-member-then-abort"), &mut shelf).await;
    assert_eq!(shelf.names, ["half"]);
    let [MemberEnd::Flawed(seen)] = shelf.ends.as_slice() else { panic!("{:?}", shelf.ends) };
    assert_eq!(seen.reason, Reason::ParserFailed);
}

/// Proves that pages stop at the limits of pages and of text, and that the facts say so.
#[tokio::test]
async fn endless_text_ends() {
    let warder = Warder::with(Limits { document_text_bytes_max: 10_500, ..Limits::default() });
    let mut shelf = Shelf::default();
    let facts = warder.examine(&Text::new("casegate-probe:pages 50"), &mut shelf).await;
    assert_eq!((shelf.pages.len(), shelf.text_bytes), (11, 10_500));
    assert!(facts.observations.iter().any(|seen| seen.detail.contains("longer than the limit")), "{facts:?}");
    let warder = Warder::with(Limits { document_pages_max: 3, ..Limits::default() });
    let mut shelf = Shelf::default();
    warder.examine(&Text::new("casegate-probe:pages 50"), &mut shelf).await;
    assert_eq!(shelf.pages, [1, 2, 3]);
}

/// Proves that failures of the store and of the receiver are errors to be retried, not facts about the document.
#[tokio::test]
async fn failures_of_the_world_are_errors() {
    let warder = Warder::new();
    let torn = warder.serve(&Torn, &mut Shelf::default(), Sharing::Alone).await;
    assert!(matches!(torn, Err(JailError::View(_))), "{torn:?}");
    let mut shelf = Shelf { world_fails: true, ..Shelf::default() };
    let full = warder.serve(&Text::new("casegate-probe:members 5"), &mut shelf, Sharing::Alone).await;
    assert!(matches!(full, Err(JailError::Receiver(_))), "{full:?}");
    warder.still_reads().await;
}

/// Proves that a child serves one document, or several of one arrival, and never of two; and after a crash, none.
#[tokio::test]
async fn children_are_shared_within_an_arrival_only() {
    let warder = Warder::new();
    let ask = async |misdeed: &str, sharing| {
        let text = Text::new(&format!("casegate-probe:{misdeed}"));
        match warder.serve(&text, &mut Shelf::default(), sharing).await.unwrap() {
            Report::Facts(facts) => said(&facts),
            Report::Pixels(_) => panic!("facts were asked for"),
        }
    };
    let first = ask("process-id", Sharing::Arrival(1)).await;
    assert_eq!(ask("process-id", Sharing::Arrival(1)).await, first);
    assert_ne!(ask("process-id", Sharing::Arrival(2)).await, first);
    assert_ne!(ask("process-id", Sharing::Alone).await, first);
    assert_eq!(ask("process-id", Sharing::Arrival(1)).await, first);
    assert!(ask("panic", Sharing::Arrival(1)).await.contains("gave up"));
    assert_ne!(ask("process-id", Sharing::Arrival(1)).await, first);
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

/// Proves that pixels of a document whose decoder fails, or that none can decode, are said to be so.
#[tokio::test]
async fn pixels_answer_with_pixels() {
    let name = RawName::from_text("IM1");
    let view = Text::new("no DICOM");
    let order = Order { task: Task::Pixels, name: &name, passwords: &[], view: &view, sharing: Sharing::Arrival(1) };
    let report = Warder::new().host.serve(order, &mut Shelf::default()).await.unwrap();
    assert!(matches!(report, Report::Pixels(PixelsRead::Unsupported | PixelsRead::Failed)), "{report:?}");
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

/// Proves that the language process answers for each page in order, pages without letters and very long ones too.
#[tokio::test]
async fn languages_by_page() {
    let page = |text: &str| PageText { page: 1, text: text.to_owned() };
    let long = "The child was seen in the clinic and is doing well today.\n".repeat(20_000);
    let warder = Warder::new();
    for _ in 0..2 {
        let shares = warder.host.languages(&[page("123 456"), page(&long), page("")]).await.unwrap();
        assert_eq!(shares.len(), 3);
        assert!(shares[0].is_empty() && shares[2].is_empty(), "{shares:?}");
        assert!(shares[1][0].letters > 500_000, "{:?}", shares[1]);
    }
}

/// Proves that neither descriptors nor processes are left behind by anything above. In a process of its own, since
/// other tests open files meanwhile.
#[test]
fn nothing_is_left_behind() {
    run_alone("jail::nothing_is_left_behind_alone");
}

/// Runs an ignored test in a process of its own.
fn run_alone(test: &str) {
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
    run_alone("jail::t04_the_daemon_hardens_itself_alone");
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

/// Proves that a child costs milliseconds, shared or alone, and prints how many.
#[tokio::test]
async fn children_are_cheap() {
    let warder = Warder::new();
    let text = Text::new("a letter that no kind knows");
    let median = async |sharing| {
        let mut times = Vec::new();
        for _ in 0..40 {
            let begun = Instant::now();
            warder.serve(&text, &mut Shelf::default(), sharing).await.unwrap();
            times.push(begun.elapsed());
        }
        times.sort();
        times[times.len() / 2]
    };
    let (alone, shared) = (median(Sharing::Alone).await, median(Sharing::Arrival(1)).await);
    #[expect(clippy::print_stderr, reason = "a measurement to be read")]
    {
        eprintln!("a document alone {alone:?}, shared {shared:?}");
    }
    assert!(shared < alone, "alone {alone:?}, shared {shared:?}");
    assert!(alone < Duration::from_millis(500), "{alone:?}");
}
