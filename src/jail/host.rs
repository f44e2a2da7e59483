//! The host's side: starts children, serves them, and makes sure that each of them ends.
//!
//! `inmate` is one child with its socket, `nursery` starts and reaps them, `session` serves one document, `language`
//! asks the language process. Nothing that a child says is believed before it has met its limits, and whatever a child
//! does ends in facts about its document, never in an error.

mod inmate;
mod language;
pub(super) mod nursery;
mod session;

use super::{
    Inspector, JailError, Order, Receiver, Report, Sharing, Task,
    protocol::{BLOCK_BYTES, Bounds, Bulk, OrderMessage, Outcome, ToChild},
    sandbox::Walls,
    worker::{JailMode, Probes, Role, Terms},
};
use crate::domain::{
    entry::PixelsRead,
    facts::{Facts, FileKind, NamedPerson, PageLanguages, PageText, Readable},
    limits::{
        FACTS_BYTES_MAX, FACTS_ITEMS_MAX, FRAME_BYTES_MAX, INSPECTOR_DOCUMENTS_MAX, INSPECTOR_IDLE_SECONDS_MAX, Limits,
        SNIFF_BYTES_MAX,
    },
    reading::Rendered,
    reason::Reason,
};
use crate::kinds::{self, Probe};
use async_trait::async_trait;
use inmate::{Breakdown, Inmate};
use language::Languages;
use nursery::Nursery;
use session::{Ended, Session};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How the jail is set up.
#[derive(Clone, Debug)]
pub struct JailConfig {
    /// The program that is executed again as the child: normally `/proc/self/exe`, which holds even after the file was
    /// replaced by an upgrade.
    pub executable: PathBuf,
    /// Limits.
    pub limits: Limits,
    /// What is done on a kernel that cannot give every wall.
    pub mode: JailMode,
    /// Inspectors at work at once.
    pub inspectors_max: usize,
    /// For tests only.
    pub probes: Probes,
}

/// Starts and serves jailed children. Dropping it ends them all.
pub struct JailHost {
    config: JailConfig,
    nursery: Nursery,
    room: Semaphore,
    idle: Arc<Mutex<Vec<Idle>>>,
    languages: Languages,
}

/// A child that waits for the next document of its arrival.
struct Idle {
    arrival: u128,
    since: Instant,
    inmate: Inmate,
}

impl JailHost {
    /// Nothing is started yet; call [`Self::check`] before relying on it.
    ///
    /// # Errors
    /// [`JailError::Unavailable`]: no thread can be started.
    pub fn new(config: JailConfig) -> Result<Self, JailError> {
        let nursery = Nursery::new(config.executable.clone()).map_err(|e| unavailable("starting the nursery", &e))?;
        let languages = Languages::new(config.limits.inspector_wall_seconds_max, config.mode);
        let room = Semaphore::new(config.inspectors_max.max(1));
        Ok(Self { config, nursery, room, idle: Arc::default(), languages })
    }

    /// Jails a child and lets it go, to see at start-up whether this kernel can: returns the walls it could not give,
    /// which are none unless the mode is [`JailMode::BestEffort`].
    ///
    /// # Errors
    /// [`JailError::Unavailable`].
    pub async fn check(&self) -> Result<Vec<String>, JailError> {
        let inmate = self.start().await?;
        Ok(inmate.missing_walls().to_vec())
    }

    /// Lets idle children go and waits until every child that has ended is reaped, and none is left. For shutdown,
    /// after the last order was served.
    pub async fn quiesce(&self) {
        self.languages.close().await;
        lock(&self.idle).clear();
        self.nursery.emptied().await;
    }

    async fn start(&self) -> Result<Inmate, JailError> {
        let limits = &self.config.limits;
        let walls =
            Walls { memory_bytes: limits.inspector_memory_bytes_max, cpu_seconds: limits.inspector_cpu_seconds_max };
        let terms = Terms { walls, mode: self.config.mode, probes: self.config.probes };
        let message_bytes = limits.document_text_bytes_max.max(FACTS_BYTES_MAX);
        let bounds = Bounds {
            message_bytes_max: usize::try_from(message_bytes).unwrap_or(usize::MAX).saturating_add(FRAME_BYTES_MAX),
            message_items_max: FACTS_ITEMS_MAX,
        };
        Inmate::start(&self.nursery, Role::Inspector, terms, bounds).await
    }

    /// A child that served this arrival before, if one waits.
    fn reuse(&self, sharing: Option<u128>) -> Option<Inmate> {
        let mut idle = lock(&self.idle);
        let index = idle.iter().position(|it| Some(it.arrival) == sharing)?;
        Some(idle.swap_remove(index).inmate)
    }

    /// Keeps the child for the next document of this arrival, for a short while.
    fn keep(&self, arrival: u128, inmate: Inmate) {
        let mut idle = lock(&self.idle);
        if idle.len() >= self.config.inspectors_max.max(1) {
            // The one that has waited longest goes.
            idle.remove(0);
        }
        idle.push(Idle { arrival, since: Instant::now(), inmate });
        drop(idle);
        let waiting = Arc::downgrade(&self.idle);
        let patience = Duration::from_secs(INSPECTOR_IDLE_SECONDS_MAX);
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            if let Some(idle) = waiting.upgrade() {
                lock(&idle).retain(|it| it.since.elapsed() < patience);
            }
        });
    }

    /// Serves the order with this child; `None`: the child, used before, failed before anything came out of it, and
    /// the document deserves a fresh one.
    async fn attempt(
        &self,
        mut inmate: Inmate,
        sighting: &Sighting,
        order: &Order<'_>,
        receiver: &mut dyn Receiver,
    ) -> Result<Option<Report>, JailError> {
        let used = inmate.documents() > 0;
        let allowance = sighting.allowance(order, &self.config.limits);
        inmate.begin_document(allowance.cpu_seconds);
        let message = ToChild::Order(Box::new(self.message(order, sighting)?));
        let mut session = Session::new(order.view, receiver, &self.config.limits);
        let clock = Duration::from_secs(allowance.wall_seconds);
        let ended = session.run(&mut inmate, &message, clock).await;
        let outcome = match ended {
            Ok(Ended::Outcome(outcome)) => outcome,
            Err(error) => {
                inmate.kill();
                return Err(error);
            }
            Ok(Ended::Broken(broken)) => {
                let breakdown = inmate.break_down(broken, allowance).await;
                if used && !session.handed_over() {
                    return Ok(None);
                }
                session.close_member(&breakdown).await?;
                return Ok(Some(sighting.failed(order.task, &breakdown.to_string())));
            }
        };
        self.settle(inmate, sighting, order);
        match outcome {
            Outcome::Facts(facts) => Ok(Some(Report::Facts(session.finish(facts)))),
            Outcome::Pixels(pixels) => Ok(Some(Report::Pixels(pixels))),
            Outcome::Rendered(rendered) => Ok(Some(Report::Rendered(Box::new(rendered.checked())))),
            Outcome::Panicked(place) => {
                let breakdown = Breakdown::Panic(place);
                session.close_member(&breakdown).await?;
                Ok(Some(sighting.failed(order.task, &breakdown.to_string())))
            }
        }
    }

    /// Keeps or ends a child that has done its work.
    fn settle(&self, inmate: Inmate, sighting: &Sighting, order: &Order<'_>) {
        match sighting.sharing(order, self.config.probes) {
            Some(arrival) if inmate.is_reusable() && inmate.documents() < INSPECTOR_DOCUMENTS_MAX => {
                self.keep(arrival, inmate);
            }
            _ => inmate.kill(),
        }
    }

    fn message(&self, order: &Order<'_>, sighting: &Sighting) -> Result<OrderMessage, JailError> {
        let passwords_bytes: usize = order.passwords.iter().map(String::len).sum();
        if passwords_bytes > FRAME_BYTES_MAX {
            return Err(JailError::Unavailable(format!("{passwords_bytes} bytes of passwords are too many")));
        }
        let mut name = order.name.clone();
        // The end of a name says more than its beginning: it has the extension.
        name.0.drain(..name.0.len().saturating_sub(self.config.limits.name_bytes_max));
        Ok(OrderMessage {
            task: order.task,
            name,
            passwords: order.passwords.to_vec(),
            bytes: order.view.bytes(),
            head: Bulk(sighting.head.clone()),
            limits: self.config.limits.clone(),
        })
    }
}

#[async_trait]
impl Inspector for JailHost {
    async fn serve(&self, order: Order<'_>, receiver: &mut dyn Receiver) -> Result<Report, JailError> {
        let _room = self.room.acquire().await.map_err(|e| unavailable("waiting for room", &e))?;
        let sighting = Sighting::of(&order).await?;
        if let Some(inmate) = self.reuse(sighting.sharing(&order, self.config.probes))
            && let Some(report) = self.attempt(inmate, &sighting, &order, receiver).await?
        {
            return Ok(report);
        }
        let inmate = self.start().await?;
        let report = self.attempt(inmate, &sighting, &order, receiver).await?;
        report.ok_or_else(|| JailError::Unavailable("a fresh child counts as used".to_owned()))
    }

    async fn languages(&self, pages: &[PageText]) -> Result<Vec<PageLanguages>, JailError> {
        self.languages.of_pages(&self.nursery, pages).await
    }

    async fn people(&self, pages: &[PageText]) -> Result<Vec<NamedPerson>, JailError> {
        self.languages.people(&self.nursery, pages).await
    }
}

/// What the host sees of a document before it is handed to a child.
struct Sighting {
    head: Vec<u8>,
    kind: Option<FileKind>,
}

/// Time a child may take over a document.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    cpu_seconds: u64,
    wall_seconds: u64,
    memory_bytes: u64,
}

impl Sighting {
    async fn of(order: &Order<'_>) -> Result<Self, JailError> {
        let bytes = order.view.bytes();
        let length = usize::try_from(bytes).unwrap_or(usize::MAX).min(BLOCK_BYTES);
        let head = if length == 0 { Vec::new() } else { order.view.read(0, length).await? };
        let first = &head[..head.len().min(SNIFF_BYTES_MAX)];
        let kind = if bytes == 0 { Some(FileKind::Empty) } else { sniff(first, bytes, order) };
        Ok(Self { head, kind })
    }

    /// Containers get more time, by their size.
    fn allowance(&self, order: &Order<'_>, limits: &Limits) -> Allowance {
        let container = matches!(self.kind, Some(FileKind::Archive | FileKind::Disc));
        let tenths_of_gib = if container { order.view.bytes().div_ceil((1 << 30) / 10) } else { 0 };
        let more = tenths_of_gib.saturating_mul(limits.inspector_cpu_seconds_per_gib).div_ceil(10);
        Allowance {
            cpu_seconds: limits.inspector_cpu_seconds_max.saturating_add(more),
            wall_seconds: limits.inspector_wall_seconds_max.saturating_add(more),
            memory_bytes: limits.inspector_memory_bytes_max,
        }
    }

    /// The arrival whose child may serve this document: only DICOM instances share one, and only to be examined, which
    /// no C code has a part in; pixels are decoded alone.
    fn sharing(&self, order: &Order<'_>, probes: Probes) -> Option<u128> {
        match order.sharing {
            Sharing::Arrival(_) if order.task != Task::Examine => None,
            Sharing::Arrival(arrival) if self.kind == Some(FileKind::Dicom) || probes == Probes::Obeyed => {
                Some(arrival)
            }
            Sharing::Arrival(_) | Sharing::Alone => None,
        }
    }

    /// What is known of a document whose child failed.
    fn failed(&self, task: Task, detail: &str) -> Report {
        match task {
            Task::Pixels => Report::Pixels(PixelsRead::Failed),
            Task::Render(_) => Report::Rendered(Box::new(Rendered::Undrawable("the inspector died".to_owned()))),
            Task::Examine => {
                let mut facts = Facts::of(self.kind.unwrap_or(FileKind::Unknown), Readable::No);
                facts.observe(Reason::ParserFailed, detail);
                Report::Facts(Box::new(facts))
            }
        }
    }
}

/// The kind by magic bytes. Should a sniffer panic, the kind is unknown here; the child finds out and says so.
fn sniff(head: &[u8], bytes: u64, order: &Order<'_>) -> Option<FileKind> {
    let name = order.name;
    let sniffed = catch_unwind(AssertUnwindSafe(|| kinds::recognise(&Probe { head, bytes, name })));
    sniffed.ok().flatten().map(kinds::Kind::file_kind)
}

fn unavailable(act: &str, error: &dyn std::error::Error) -> JailError {
    JailError::Unavailable(format!("{act}: {error}"))
}

/// The lists behind these locks hold whole values at any time, so a panic elsewhere does not spoil them.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
