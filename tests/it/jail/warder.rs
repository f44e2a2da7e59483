//! The actors of these tests: a warder with a jail, documents, and a shelf that takes what comes out of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up may end")]

use async_trait::async_trait;
use casegate::{
    domain::{
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
    sync::atomic::{AtomicU64, Ordering},
};

/// A warder with a jail; limits short enough for tests.
pub(super) struct Warder {
    pub(super) host: JailHost,
}

impl Warder {
    pub(super) fn new() -> Self {
        Self::with(Limits { inspector_wall_seconds_max: 30, ..Limits::default() })
    }

    pub(super) fn with(limits: Limits) -> Self {
        let config = JailConfig {
            executable: PathBuf::from(env!("CARGO_BIN_EXE_casegate")),
            limits,
            mode: JailMode::Strict,
            inspectors_max: 2,
            probes: Probes::Obeyed,
        };
        Self { host: JailHost::new(config).unwrap() }
    }

    pub(super) async fn probe(&self, misdeed: &str) -> Facts {
        self.examine(&Text::new(&format!("casegate-probe:{misdeed}")), &mut Shelf::default()).await
    }

    pub(super) async fn examine(&self, view: &dyn View, shelf: &mut Shelf) -> Facts {
        match self.serve(view, shelf, Sharing::Alone).await.unwrap() {
            Report::Facts(facts) => *facts,
            Report::Pixels(_) | Report::Rendered(_) => panic!("facts were asked for"),
        }
    }

    pub(super) async fn serve(
        &self,
        view: &dyn View,
        shelf: &mut Shelf,
        sharing: Sharing,
    ) -> Result<Report, JailError> {
        let name = RawName::from_text("letter.txt");
        let order = Order { task: Task::Examine, name: &name, passwords: &[], view, sharing };
        self.host.serve(order, shelf).await
    }

    /// The misdeed must fail with `EPERM` (1), `EACCES` (13) or another refusal that is named.
    pub(super) async fn is_refused(&self, misdeed: &str, errno: i32) {
        assert_eq!(said(&self.probe(misdeed).await), format!("refused: errno {errno}"), "{misdeed}");
    }

    /// The misdeed must end the child, with these words, and the next document must be read as ever.
    pub(super) async fn is_fatal(&self, misdeed: &str, words: &str) {
        let facts = self.probe(misdeed).await;
        assert!(facts.has(Reason::ParserFailed), "{misdeed}: {facts:?}");
        assert!(matches!(facts.kind, Some(FileKind::Unknown | FileKind::Text)), "{misdeed}: {facts:?}");
        assert_eq!(facts.readable, Readable::No, "{misdeed}");
        assert!(said(&facts).contains(words), "{misdeed}: {}", said(&facts));
        self.still_reads().await;
    }

    pub(super) async fn still_reads(&self) {
        let facts = self.examine(&Text::new("a letter"), &mut Shelf::default()).await;
        assert!(facts.has(Reason::UnsupportedFormat) || facts.kind == Some(FileKind::Text), "{facts:?}");
    }
}

pub(super) fn said(facts: &Facts) -> String {
    facts.observations.first().map(|seen| seen.detail.clone()).unwrap_or_default()
}

/// A document in memory.
pub(super) struct Text {
    pub(super) bytes: Vec<u8>,
    pub(super) reads: AtomicU64,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
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
pub(super) struct Torn;

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
pub(super) struct Shelf {
    pub(super) names: Vec<String>,
    pub(super) bytes: u64,
    pub(super) ends: Vec<MemberEnd>,
    pub(super) pages: Vec<u32>,
    pub(super) text_bytes: usize,
    pub(super) skips: BTreeSet<u64>,
    pub(super) stop_after_bytes: Option<u64>,
    pub(super) world_fails: bool,
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
