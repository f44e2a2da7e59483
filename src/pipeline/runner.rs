//! The runner: leases jobs and walks each through the pipeline, a few at a time.
//!
//! Fast work (examine, gate, deletions), comparing pixels and reading pixels have workers of their own, so that waiting
//! readings never hold up a first verdict. A job is idempotent: after a crash it simply runs again.

use super::{Trouble, Workshop, budgets::Budgets, door::Door, examine, file, index, judge, pixels, reading, uploads};
use crate::{
    catalog::CatalogError,
    domain::{
        case::CaseState,
        ids::{CaseId, EntryId, PartKey},
        job::{Fate, Lease, Work},
        limits::LEASE_MS,
    },
};
use futures_util::FutureExt;
use std::{
    collections::HashSet,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, task::JoinSet, time};
use tokio_util::sync::CancellationToken;

/// Kinds of work behind the first verdict.
const FAST: &[&str] = &["examine", "gate", "delete", "expire"];
/// Kinds of work that take their time.
const SLOW: &[&str] = &["compare"];
/// Reading pixels takes more time than anything else: it has workers of its own, for comparisons not to wait for it.
const READING: &[&str] = &["read"];
/// How long an idle worker sleeps at most: jobs that were put off become due without a bell.
const IDLE: Duration = Duration::from_millis(500);
/// While entries of a case are still being examined or read, its gate waits this long between two runs for each filing so far,
/// within bounds: laying a case open costs time in proportion to its size, and the end of a small one is waited for.
const GATE_PAUSE_PER_FILING_MS: i64 = 1;
/// See [`GATE_PAUSE_PER_FILING_MS`].
const GATE_PAUSE_MIN_MS: i64 = 50;
/// See [`GATE_PAUSE_PER_FILING_MS`].
const GATE_PAUSE_MAX_MS: i64 = 2_000;

/// How long a job waits for the world to mend.
const WORLD_PAUSE_MS: i64 = 5_000;

/// How long a deletion waits while a backup copies.
const DELETE_PAUSE_MS: i64 = 5_000;

/// Runs jobs until told to stop.
#[derive(Clone)]
pub struct Runner {
    shop: Workshop,
    door: Door,
    budgets: Arc<Budgets>,
    bell: Arc<Notify>,
    /// Rung after each job: who waits for a case to settle looks again.
    done: Arc<Notify>,
    /// Cases whose last gate saw everything filed: until more comes, only slow work changes them.
    filed: Arc<Mutex<HashSet<CaseId>>>,
    /// Ends readings between two pages; other jobs are short and are finished.
    stop: CancellationToken,
}

impl Runner {
    /// A runner of this workshop.
    pub fn new(shop: Workshop, door: Door, bell: Arc<Notify>, done: Arc<Notify>) -> Self {
        let (budgets, filed, stop) = (Arc::default(), Arc::default(), CancellationToken::new());
        Self { shop, door, budgets, bell, done, filed, stop }
    }

    /// Runs `workers` fast workers, one that compares, and `readers` that read pixels, until `stop`; jobs under way are
    /// finished first, readings up to the pages they have read.
    pub async fn run(&self, (workers, readers): (usize, usize), stop: CancellationToken) {
        let mut running = JoinSet::new();
        let runner = Self { stop: stop.clone(), ..self.clone() };
        for _ in 0..workers.max(1) {
            running.spawn(runner.clone().work(FAST, stop.clone()));
        }
        running.spawn(runner.clone().work(SLOW, stop.clone()));
        for _ in 0..readers.max(1) {
            running.spawn(runner.clone().work(READING, stop.clone()));
        }
        while let Some(ended) = running.join_next().await {
            if let Err(error) = ended {
                tracing::error!(cause = super::ended(&error), "a worker ended by a bug");
            }
        }
    }

    async fn work(self, kinds: &'static [&'static str], stop: CancellationToken) {
        while !stop.is_cancelled() {
            let now = self.shop.stores.clock.now();
            match self.shop.stores.catalog.lease(now, kinds).await {
                Ok(Some(lease)) => self.serve(lease).await,
                Ok(None) => self.rest(&stop).await,
                Err(error) => {
                    tracing::warn!(%error, "no job could be leased");
                    self.rest(&stop).await;
                }
            }
        }
    }

    async fn rest(&self, stop: &CancellationToken) {
        tokio::select! {
            () = self.bell.notified() => {}
            () = time::sleep(IDLE) => {}
            () = stop.cancelled() => {}
        }
    }

    /// Runs one job with a heartbeat, and ends it one way or another.
    async fn serve(&self, lease: Lease) {
        let result = tokio::select! {
            result = self.fenced(&lease) => result,
            () = self.beat(&lease) => Err(Trouble::Fenced),
        };
        if let Err(trouble) = result {
            self.put_off(&lease, &trouble).await;
        }
        self.done.notify_waiters();
        // A finished examination makes the gate due, and there may be a worker asleep for it.
        self.bell.notify_one();
    }

    /// Does the work; a panic stops this job, not the daemon.
    async fn fenced(&self, lease: &Lease) -> Result<(), Trouble> {
        // What a job holds is dropped with it, and the stores are whole between any two of its steps.
        let run = AssertUnwindSafe(self.run_one(lease)).catch_unwind();
        match run.await {
            Ok(result) => result,
            // What a panic says may quote the document, and is not passed on.
            Err(_) => {
                tracing::error!(job = %lease.job, kind = lease.work.name(), "a job ended by a bug");
                Err(Trouble::Bug("a panic"))
            }
        }
    }

    async fn run_one(&self, lease: &Lease) -> Result<(), Trouble> {
        match (&lease.work, lease.case) {
            (Work::Examine(entry), Some(case)) => self.examine(case, *entry, lease).await,
            (Work::Compare(entry), Some(case)) => pixels::compare(&self.shop, *entry, (case, lease)).await,
            (Work::Gate(case), _) => self.gate(*case, lease).await,
            (Work::Delete(parts), _) => self.delete(parts, lease).await,
            (Work::Expire(upload), _) => uploads::expire(&self.door, *upload, lease).await,
            (Work::Read(entry) | Work::ReadLater(entry), Some(case)) => {
                reading::read(&self.shop, *entry, (case, lease), &self.stop).await
            }
            (Work::Examine(_) | Work::Compare(_) | Work::Read(_) | Work::ReadLater(_), None) => {
                Err(Trouble::Refused("a job without its case".to_owned()))
            }
        }
    }

    /// The way of one document.
    async fn examine(&self, case: CaseId, entry: EntryId, lease: &Lease) -> Result<(), Trouble> {
        let catalog = &self.shop.stores.catalog;
        let Some(docket) = catalog.docket(entry).await? else {
            return Ok(catalog.complete(lease).await?);
        };
        let programme = self.shop.programmes.get(&docket.case.programme).cloned().unwrap_or_default();
        let examined = examine::examine(&self.shop, &self.door, docket, &self.budgets).await?;
        let judged = judge::judge(examined, &programme);
        file::file(&self.shop, judged, (case, lease)).await
    }

    /// Puts the gate off while entries are still coming, but not for ever.
    async fn gate(&self, case: CaseId, lease: &Lease) -> Result<(), Trouble> {
        let catalog = &self.shop.stores.catalog;
        let now = self.shop.stores.clock.now();
        let work = catalog.open_work(Some(case)).await?;
        let state = catalog.index(case).await?;
        let pause_ms = pause_ms(state.watermark);
        let fresh = now.0.saturating_sub(state.gate.at.0) < pause_ms;
        let filed = work.jobs == work.slow;
        // Each reading that ends makes the gate due; nobody waits for the verdicts between.
        let between = filed && work.slow > 0 && self.is_filed(case);
        if fresh && (!filed || between) {
            self.note_filed(case, filed && between);
            self.put_gate_off(case, pause_ms).await?;
            return Ok(catalog.complete(lease).await?);
        }
        if work.jobs == 0 {
            self.budgets.forget(case);
        }
        let indexed = index::index(&self.shop, case, lease).await;
        self.note_filed(case, filed && indexed.is_ok());
        match indexed {
            Err(Trouble::Stale) => {
                // While entries come, the next try would be in vain too. Duplicates come without a job; whoever sends
                // them makes the gate due at the end.
                let comes_more = work.jobs > 0 || catalog.arrivals(case).await?.iter().any(|arrival| !arrival.closed);
                let pause_ms = if comes_more { pause_ms } else { GATE_PAUSE_MIN_MS };
                self.put_gate_off(case, pause_ms).await?;
                Ok(catalog.complete(lease).await?)
            }
            other => other,
        }
    }

    fn is_filed(&self, case: CaseId) -> bool {
        self.filed.lock().unwrap_or_else(PoisonError::into_inner).contains(&case)
    }

    fn note_filed(&self, case: CaseId, filed: bool) {
        // The set holds whole values at any time, so a panic elsewhere does not spoil it.
        let mut cases = self.filed.lock().unwrap_or_else(PoisonError::into_inner);
        if filed {
            cases.insert(case)
        } else {
            cases.remove(&case)
        };
    }

    /// Enqueues the gate for later, and sees to it that somebody is awake then.
    async fn put_gate_off(&self, case: CaseId, pause_ms: i64) -> Result<(), Trouble> {
        let stores = &self.shop.stores;
        stores.catalog.enqueue(Some(case), Work::Gate(case), stores.clock.now().plus_ms(pause_ms)).await?;
        let (bell, pause) = (self.bell.clone(), Duration::from_millis(pause_ms.unsigned_abs()));
        tokio::spawn(async move {
            time::sleep(pause).await;
            bell.notify_one();
        });
        Ok(())
    }

    async fn delete(&self, parts: &[PartKey], lease: &Lease) -> Result<(), Trouble> {
        let stores = &self.shop.stores;
        // A backup copies what its copy of the catalog names: until it is done, everything stays.
        // Looking once is enough: these parts are unnamed already, so no copy made from here on names them.
        if stores.deletions.try_write().is_err() {
            let later = stores.clock.now().plus_ms(DELETE_PAUSE_MS);
            stores.catalog.enqueue(lease.case, Work::Delete(parts.to_vec()), later).await?;
            return Ok(stores.catalog.complete(lease).await?);
        }
        for part in parts {
            // Whatever is named stays, whoever asked for its deletion.
            if stores.catalog.names_part(*part).await? {
                tracing::error!(job = %lease.job, %part, "a part to be deleted is named by an object and stays");
                continue;
            }
            let deleted = stores.objects.vault().delete(*part).await;
            deleted.map_err(|e| Trouble::Retry { act: "deleting a part", cause: e.to_string() })?;
        }
        Ok(stores.catalog.complete(lease).await?)
    }

    /// Ends only by losing the lease.
    async fn beat(&self, lease: &Lease) {
        let period = Duration::from_millis(u64::try_from(LEASE_MS / 3).unwrap_or(10_000));
        loop {
            time::sleep(period).await;
            let now = self.shop.stores.clock.now();
            if let Err(CatalogError::Fenced) = self.shop.stores.catalog.heartbeat(lease, now).await {
                return;
            }
        }
    }

    /// Did this job need what is sealed to a case that was shredded since? It can never succeed, and nobody misses it.
    async fn is_moot(&self, lease: &Lease) -> Result<bool, CatalogError> {
        let case = match (&lease.work, lease.case) {
            (Work::Gate(case), _) => *case,
            (Work::Examine(_) | Work::Compare(_) | Work::Read(_) | Work::ReadLater(_), Some(case)) => case,
            _ => return Ok(false),
        };
        Ok(self.shop.stores.catalog.case(case).await?.state == CaseState::Shredded)
    }

    async fn put_off(&self, lease: &Lease, trouble: &Trouble) {
        if matches!(trouble, Trouble::Fenced) {
            tracing::warn!(job = %lease.job, kind = lease.work.name(), "the lease of a job was lost");
            return;
        }
        match self.is_moot(lease).await {
            Ok(true) => {
                tracing::debug!(job = %lease.job, kind = lease.work.name(), "a job ended with its case");
                if let Err(error) = self.shop.stores.catalog.complete(lease).await {
                    tracing::error!(job = %lease.job, %error, "a job of a shredded case could not be ended");
                }
                return;
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(job = %lease.job, %error, "the case of a failed job could not be looked up"),
        }
        let fate = fate(trouble);
        let wait_ms = if fate == Fate::World { WORLD_PAUSE_MS } else { 500_i64 << lease.attempts.min(8) };
        let not_before = self.shop.stores.clock.now().plus_ms(wait_ms);
        tracing::warn!(job = %lease.job, kind = lease.work.name(), attempts = lease.attempts, ?fate, %trouble, "a job failed");
        if let Err(error) = self.shop.stores.catalog.fail(lease, not_before, fate).await {
            tracing::error!(job = %lease.job, %error, "a failed job could not be put off");
        }
    }
}

fn pause_ms(filings: u64) -> i64 {
    let pause_ms = i64::try_from(filings).unwrap_or(i64::MAX).saturating_mul(GATE_PAUSE_PER_FILING_MS);
    pause_ms.clamp(GATE_PAUSE_MIN_MS, GATE_PAUSE_MAX_MS)
}

/// Who must act decides: what the world broke it mends, a bug may pass, damage and refusal stay.
fn fate(trouble: &Trouble) -> Fate {
    match trouble {
        Trouble::Retry { .. } | Trouble::Source { .. } | Trouble::Full | Trouble::Stale | Trouble::Fenced => {
            Fate::World
        }
        Trouble::Bug(_) => Fate::Counted,
        Trouble::Damaged(_) | Trouble::Refused(_) => Fate::Stuck,
    }
}
