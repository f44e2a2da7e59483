//! Faults of the world, one at a time, in this process: a full store, a failing `fsync`, reads that fail, a container
//! whose examination is interrupted. The inspector is a plain one without a jail; everything else is the real thing.

use crate::support::tools::bitmap_saying;
use async_trait::async_trait;
use casegate::{
    casework::case::CaseFile,
    catalog::{Catalog, sqlite::SqliteCatalog},
    control::{Desk, Until},
    domain::{
        case::{Patient, Programme, ProgrammeName},
        entry::{Outcome, PixelsRead},
        facts::{
            Facts, FileKind, Member, MemberEnd, NamedPerson, Observation, PageFacts, PageLanguages, PageText, Readable,
        },
        ids::{CaseId, EpochId, NodeId},
        limits::Limits,
        origin::{Actor, Inlet, NotRead, Origin},
        path::RawName,
        reading::{Lay, PageLook, Rendered},
        reason::Reason,
        time::{Clock, Instant},
    },
    inlet::files::{self, Found, Handed, Nature},
    jail::{
        Inspector, JailError, Order, Receiver, Refusal, Report, Task, Tools,
        tools::{ToolHost, ToolsConfig, programs::Programs},
        worker::JailMode,
    },
    kinds::Offer,
    pipeline::{
        Stores, Trouble, Workshop,
        door::{Arrival, Door},
        index,
        reading::{self, Pixels},
        receive::{Intake, Receipt},
        runner::Runner,
    },
    seal::{Keyring, sha256},
    search::{sealed::SealedSearch, store::ObjectIndexStore},
    vault::{
        Vault,
        faulty::{Fault, FaultyVault, Operation, Plan},
        memory::MemoryVault,
        objects::Objects,
        shelf::MemoryShelf,
    },
};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Cursor},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};
use tokio::{
    sync::{Notify, mpsc},
    time::{Duration, timeout},
};
use tokio_util::sync::CancellationToken;

/// A clock that a test winds on, so that nobody waits for what was put off.
struct WoundClock(AtomicI64);

impl Clock for WoundClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::SeqCst))
    }
}

/// Reads the whole document and takes it for text; what begins with `box` holds a member a line, what begins with `scan`
/// a page of pixels a line. Breaks as often as told
/// after it has handed everything over.
struct PlainInspector {
    breaks: AtomicU32,
}

#[async_trait]
impl Inspector for PlainInspector {
    async fn serve(&self, order: Order<'_>, receiver: &mut dyn Receiver) -> Result<Report, JailError> {
        let bytes = order.view.read(0, usize::try_from(order.view.bytes()).unwrap()).await?;
        if order.task == Task::Pixels {
            return Ok(Report::Pixels(PixelsRead::Failed));
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(pages) = text.strip_prefix("scan\n") {
            return Ok(scanned(order.task, pages));
        }
        let Some(members) = text.strip_prefix("box\n") else {
            receiver.page(PageText { page: 1, text }).await;
            return Ok(Report::Facts(Box::new(Facts::of(FileKind::Text, Readable::Yes))));
        };
        for (ordinal, line) in members.lines().enumerate() {
            let name = RawName::from_text(&format!("member {ordinal}"));
            let member = Member { ordinal: ordinal as u64, name, claimed_bytes: None };
            match receiver.begin(member).await {
                Ok(Offer::Take) => {}
                Ok(Offer::Skip) => continue,
                Err(Refusal::Stop(_)) => break,
                Err(refusal) => return Err(JailError::Receiver(refusal.to_string())),
            }
            let world = |refusal: Refusal| JailError::Receiver(refusal.to_string());
            receiver.data(line.as_bytes()).await.map_err(world)?;
            receiver.end(MemberEnd::Whole).await.map_err(world)?;
        }
        let breaks = self.breaks.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if breaks.is_ok() {
            return Err(JailError::Unavailable("told to break".to_owned()));
        }
        Ok(Report::Facts(Box::new(Facts::of(FileKind::Archive, Readable::Yes))))
    }

    async fn languages(&self, pages: &[PageText]) -> Result<Vec<PageLanguages>, JailError> {
        Ok(vec![PageLanguages::default(); pages.len()])
    }

    async fn people(&self, _pages: &[PageText]) -> Result<Vec<NamedPerson>, JailError> {
        Ok(Vec::new())
    }
}

/// A document of pictures of text, one a line; an empty line is an empty page.
fn scanned(task: Task, pages: &str) -> Report {
    if let Task::Render(page) = task {
        let text = pages.lines().nth(page as usize - 1).unwrap_or_default();
        let look = PageLook::default();
        let page =
            Rendered::Page { look, bitmap: bitmap_saying(text), lay: Lay::default(), overlay: None, faint: None };
        return Report::Rendered(Box::new(if text.is_empty() { Rendered::Blank { look, faint: None } } else { page }));
    }
    let mut facts = Facts::of(FileKind::Pdf, Readable::Undetermined);
    for page in (1..).zip(pages.lines()).map(|(page, _)| page) {
        facts.pages.push(PageFacts { page, pictures: 1, ..PageFacts::default() });
        facts.observations.push(Observation::on_page(Reason::ImageOnly, page, "1 picture"));
    }
    Report::Facts(Box::new(facts))
}

/// A machine on which no outside program is installed.
pub(super) async fn no_tools() -> ToolHost {
    let config = ToolsConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
        mode: JailMode::Strict,
        at_once: 1,
        page_seconds: 1,
        programs: Programs::none(),
    };
    ToolHost::open(config).await.unwrap()
}

/// A site in this process, on a vault that fails as planned.
pub(super) struct Bench {
    pub(super) desk: Desk,
    runner: Runner,
    clock: Arc<WoundClock>,
    pub(super) case: CaseId,
}

/// What goes wrong.
pub(super) struct Faults {
    pub(super) vault: Vec<(Operation, u64, Fault)>,
    pub(super) inspector_breaks: u32,
    pub(super) limits: Limits,
}

impl Faults {
    pub(super) fn of(vault: &[(Operation, u64, Fault)]) -> Self {
        Self { vault: vault.to_vec(), inspector_breaks: 0, limits: Limits::default() }
    }
}

impl Bench {
    async fn new(faults: Faults) -> Self {
        Self::with_tools(faults, Arc::new(no_tools().await)).await
    }

    /// A site with these outside programs.
    pub(super) async fn with_tools(faults: Faults, tools: Arc<dyn Tools>) -> Self {
        let clock = Arc::new(WoundClock(AtomicI64::new(1_767_600_000_000)));
        let catalog = Arc::new(SqliteCatalog::in_memory(NodeId::from_bytes([1; 16])).unwrap());
        let epoch = EpochId::from_bytes([2; 16]);
        catalog.begin_epoch(epoch, clock.now()).await.unwrap();
        let vault: Arc<dyn Vault> =
            Arc::new(FaultyVault::new(Arc::new(MemoryVault::new()), Plan::Script(faults.vault)));
        let stores = Stores {
            catalog,
            objects: Arc::new(Objects::new(vault, epoch)),
            shelf: Arc::new(MemoryShelf::default()),
            deletions: Arc::default(),
            keyring: Arc::new(Keyring::ephemeral()),
            clock: clock.clone(),
            limits: Arc::new(faults.limits),
        };
        let index_store = Arc::new(ObjectIndexStore::new(stores.objects.clone(), stores.keyring.clone()));
        let programme = ProgrammeName("plain".to_owned());
        let shop = Workshop {
            inspector: Arc::new(PlainInspector { breaks: AtomicU32::new(faults.inspector_breaks) }),
            pixels: Pixels::Read,
            tools,
            search: Arc::new(SealedSearch::new(index_store, 64 << 20)),
            programmes: Arc::new(BTreeMap::from([(programme.clone(), Programme::default())])),
            stores,
        };
        let (bell, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let door = Door::new(shop.stores.clone(), bell.clone());
        let runner = Runner::new(shop.clone(), door.clone(), bell, done.clone());
        let desk = Desk::new(shop, door, done, String::new());
        let case = desk.open_case(programme, &Patient::default(), &Actor::Daemon).await.unwrap();
        Self { desk, runner, clock, case }
    }

    /// The same site, begun again on a machine with these outside programs.
    pub(super) async fn begun_again(self, tools: Arc<dyn Tools>) -> Self {
        let shop = Workshop { tools, ..self.desk.shop().clone() };
        reading::take_up(&shop).await.unwrap();
        let (bell, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let door = Door::new(shop.stores.clone(), bell.clone());
        let runner = Runner::new(shop.clone(), door.clone(), bell, done.clone());
        let desk = Desk::new(shop, door, done, String::new());
        Self { desk, runner, ..self }
    }

    /// Hands in one document.
    pub(super) async fn hand_in(&self, bytes: &[u8]) -> Result<Receipt, Trouble> {
        let arrival = self.arrive().await?;
        let mut intake = self.desk.door().open(&arrival, 0, RawName::from_text("document"))?;
        intake.write(bytes).await?;
        let receipt = intake.finish().await?;
        self.desk.door().close(&arrival).await?;
        Ok(receipt)
    }

    /// Works until the case has settled, winding the clock on meanwhile; the case laid open.
    pub(super) async fn settle(&self) -> CaseFile {
        let stop = CancellationToken::new();
        let working = tokio::spawn({
            let (runner, stop) = (self.runner.clone(), stop.clone());
            async move { runner.run((2, 1), stop).await }
        });
        let (notes, _told) = mpsc::channel(1_000);
        let settling = self.desk.settle(self.case, Until::Read, &notes);
        tokio::pin!(settling);
        for _ in 0..600 {
            if let Ok(settled) = timeout(Duration::from_millis(100), &mut settling).await {
                settled.unwrap();
                break;
            }
            self.clock.0.fetch_add(1_000, Ordering::SeqCst);
        }
        stop.cancel();
        working.await.unwrap();
        let keys = self.desk.stores().keys(self.case).unwrap();
        index::lay_open(self.desk.stores(), &keys, self.case).await.unwrap()
    }

    /// Begins an arrival.
    async fn arrive(&self) -> Result<Arrival, Trouble> {
        let (given, at) = (Vec::new(), self.clock.now());
        let origin = Origin {
            inlet: Inlet::Cli,
            actor: Actor::Daemon,
            peer: String::new(),
            given,
            not_read: NotRead::default(),
            at,
        };
        self.desk.door().arrive(self.case, &origin, None).await
    }

    pub(super) async fn stuck(&self) -> u64 {
        self.desk.stores().catalog.open_work(None).await.unwrap().stuck
    }
}

/// Bytes that no two places have alike.
fn bytes_of(length: usize) -> Vec<u8> {
    (0..length).map(|n| ((n / 251) ^ n ^ (n >> 16)) as u8).collect()
}

/// Proves that a source is taken whole, whatever its length and whatever was announced, by itself or among others, as one
/// entry with the digest of its bytes, and that what cannot be opened or read leaves nothing.
#[tokio::test]
async fn a_source_is_taken_whole() {
    let bench = Bench::new(Faults::of(&[])).await;
    let door = bench.desk.door();
    let arrival = bench.arrive().await.unwrap();
    let keys = door.stores().keys(bench.case).unwrap();
    for (ordinal, length) in [0, 1, 300_000, 8 << 20, (8 << 20) + 1, 12 << 20, (12 << 20) + 5].into_iter().enumerate() {
        let bytes = bytes_of(length);
        let mut intake = door.open(&arrival, ordinal as u64, RawName::from_text("file")).unwrap();
        intake.expect([length as u64, 0, u64::MAX][ordinal % 3]);
        let source = bytes.clone();
        let receipt = intake.take(move || Ok(Cursor::new(source))).await.unwrap().finish().await.unwrap();
        assert_eq!((receipt.bytes, receipt.sha256), (length as u64, Some(sha256(&bytes))));
        let docket = door.stores().catalog.docket(receipt.entry).await.unwrap().unwrap();
        let reader = door.stores().objects.reader(keys.clone(), docket.parts);
        assert!(reader.read_all(u64::MAX).await.unwrap() == bytes, "{length}");
    }
    let sources: Vec<(u64, usize)> = (50..).zip([7, (9 << 20) + 3, 0, 70_000]).collect();
    let source = |(ordinal, length): &(u64, usize)| {
        let (intake, bytes) = (door.open(&arrival, *ordinal, RawName::from_text("one of several")), bytes_of(*length));
        (intake.unwrap(), move || Ok(Cursor::new(bytes)))
    };
    let taken = Intake::take_each(sources.iter().map(source).collect()).await.unwrap();
    for (intake, (_, length)) in taken.into_iter().zip(&sources) {
        let receipt = intake.unwrap().finish().await.unwrap();
        assert_eq!((receipt.bytes, receipt.sha256), (*length as u64, Some(sha256(&bytes_of(*length)))));
    }
    let before = door.stores().catalog.entries(bench.case).await.unwrap().len();
    let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
    let intake = door.open(&arrival, 90, RawName::from_text("file")).unwrap();
    assert!(matches!(intake.take(move || Err::<File, _>(broken())).await, Err(Trouble::Source { .. })));
    let intake = door.open(&arrival, 91, RawName::from_text("file")).unwrap();
    assert!(matches!(intake.take(move || File::open("/")).await, Err(Trouble::Source { .. })));
    assert_eq!(door.stores().catalog.entries(bench.case).await.unwrap().len(), before);
}

/// Proves that a file which is gone when its turn comes, small or large, is named and keeps no other from being taken.
#[tokio::test]
async fn a_file_that_went_away_is_named() {
    let bench = Bench::new(Faults::of(&[])).await;
    let door = bench.desk.door();
    let folder = tempfile::tempdir().unwrap();
    let found = |name: &str, bytes: u64| Found {
        path: folder.path().join(name),
        name: RawName::from_text(name),
        nature: Nature::Bytes,
        bytes,
    };
    std::fs::write(folder.path().join("one"), "one").unwrap();
    std::fs::write(folder.path().join("two"), "two").unwrap();
    let all = vec![found("one", 3), found("gone", 3), found("large and gone", 64 << 20), found("two", 3)];
    let arrival = bench.arrive().await.unwrap();
    let (mut taken, mut closed) = (Vec::new(), Vec::new());
    let told = |handed| match handed {
        Handed::Taken(receipt) => taken.push(receipt.sha256),
        Handed::Closed(name, why) => closed.push((name.shown(), why.contains("No such file"))),
    };
    files::hand_in(door, &arrival, all, told).await.unwrap();
    closed.sort();
    assert_eq!(closed, [("gone".to_owned(), true), ("large and gone".to_owned(), true)]);
    taken.sort();
    let mut expected = [Some(sha256(b"one")), Some(sha256(b"two"))];
    expected.sort();
    assert_eq!(taken, expected);
}

fn outcomes(file: &CaseFile) -> Vec<Option<Outcome>> {
    file.entries().iter().map(|entry| entry.row.outcome).collect()
}

/// Proves that a full store acknowledges nothing and keeps nothing, says so, and takes the same document once there is
/// room.
#[tokio::test]
async fn a_full_store_acknowledges_nothing() {
    let bench = Bench::new(Faults::of(&[(Operation::Put, 0, Fault::Full)])).await;
    assert!(matches!(bench.hand_in(b"a letter").await, Err(Trouble::Full)));
    assert!(bench.desk.stores().catalog.entries(bench.case).await.unwrap().is_empty());
    let receipt = bench.hand_in(b"a letter").await.unwrap();
    assert_eq!(receipt.sha256, Some(sha256(b"a letter")));
    assert_eq!(outcomes(&bench.settle().await), [Some(Outcome::Stored)]);
}

/// Proves that a job which finds the store full, more often than a job may fail, waits and is done when there is room.
#[tokio::test]
async fn a_full_store_wears_no_job_out() {
    let full: Vec<_> = (1..=8).map(|put| (Operation::Put, put, Fault::Full)).collect();
    let bench = Bench::new(Faults::of(&full)).await;
    bench.hand_in(b"a letter of some words").await.unwrap();
    assert_eq!(outcomes(&bench.settle().await), [Some(Outcome::Stored)]);
    assert_eq!(bench.stuck().await, 0);
}

/// Proves the same of members: the full store is met while a container is unpacked.
#[tokio::test]
async fn a_full_store_while_unpacking_wears_no_job_out() {
    let full: Vec<_> = (1..=8).map(|put| (Operation::Put, put, Fault::Full)).collect();
    let bench = Bench::new(Faults::of(&full)).await;
    bench.hand_in(b"box\none\ntwo\nthree").await.unwrap();
    assert_eq!(outcomes(&bench.settle().await), [Some(Outcome::Stored); 4]);
    assert_eq!(bench.stuck().await, 0);
}

/// Proves that a write whose `fsync` failed is not acknowledged, although the bytes may be there, and that the sender's
/// next attempt is a document of its own, not a duplicate.
#[tokio::test]
async fn a_failed_sync_acknowledges_nothing() {
    let bench = Bench::new(Faults::of(&[(Operation::Put, 0, Fault::ErrorAfter)])).await;
    assert!(matches!(bench.hand_in(b"a letter").await, Err(Trouble::Retry { .. })));
    assert!(bench.desk.stores().catalog.entries(bench.case).await.unwrap().is_empty());
    bench.hand_in(b"a letter").await.unwrap();
    assert_eq!(outcomes(&bench.settle().await), [Some(Outcome::Stored)]);
}

/// Proves that reads which fail are tried again, however often they fail.
#[tokio::test]
async fn failing_reads_are_tried_again() {
    let some: Vec<_> = (0..8).map(|get| (Operation::Get, get, Fault::ErrorBefore)).collect();
    let bench = Bench::new(Faults::of(&some)).await;
    bench.hand_in(b"a letter").await.unwrap();
    assert_eq!(outcomes(&bench.settle().await), [Some(Outcome::Stored)]);
    assert_eq!(bench.stuck().await, 0);
}

/// Proves that an object which is damaged in the store is given up and blocks the gate, instead of being read for ever.
#[tokio::test]
async fn damage_is_given_up_and_shown() {
    let all: Vec<_> = (0..1_000).map(|get| (Operation::Get, get, Fault::BitFlip)).collect();
    let bench = Bench::new(Faults::of(&all)).await;
    bench.hand_in(b"a letter").await.unwrap();
    assert_eq!(outcomes(&bench.settle().await), [None]);
    assert_eq!(bench.stuck().await, 1);
    let gate = bench.desk.stores().catalog.index(bench.case).await.unwrap().gate;
    assert!(!gate.ready && gate.blocking.contains(&Reason::Stuck), "{gate:?}");
}

/// Proves that a container whose examination broke off is examined again without counting its members twice against
/// the budget, and that no member is there twice.
#[tokio::test]
async fn a_container_examined_again_spends_its_budget_once() {
    let limits = Limits { container_entries_max: 5, ..Limits::default() };
    let bench = Bench::new(Faults { inspector_breaks: 3, limits, ..Faults::of(&[]) }).await;
    bench.hand_in(b"box\none\ntwo\nthree\nfour").await.unwrap();
    let file = bench.settle().await;
    assert_eq!(outcomes(&file), [Some(Outcome::Stored); 5]);
    let root = &file.entries()[0];
    assert!(!root.facts().unwrap().has(Reason::TooManyEntries), "{:?}", root.facts());
}

/// Proves that the budget still is one: more members than it allows are not taken, whichever run hands them over.
#[tokio::test]
async fn a_container_examined_again_has_no_second_budget() {
    let limits = Limits { container_entries_max: 3, ..Limits::default() };
    let bench = Bench::new(Faults { inspector_breaks: 2, limits, ..Faults::of(&[]) }).await;
    bench.hand_in(b"box\none\ntwo\nthree\nfour\nfive").await.unwrap();
    let file = bench.settle().await;
    assert_eq!(file.entries().len(), 4, "the container and three members");
    assert!(file.entries()[0].facts().unwrap().has(Reason::TooManyEntries));
}
