//! The queue: jobs wait, are leased, and go when done; what fails too often is stuck.
//!
//! A lease carries a fencing token that only ever grows. A job whose leases ran out (its process died or hung)
//! [`JOB_EXPIRIES_MAX`] times may be what kills processes: it then runs once with no other lease alive, so that nothing
//! else pays for it, and if that lease runs out too it is stuck.

use super::{
    super::{CatalogError, Result},
    cases,
    rows::{id, id_or_null},
    writer::Session,
};
use crate::domain::{
    ids::{CaseId, JobId},
    job::OpenWork,
    job::{Fate, Lease, Work},
    limits::{JOB_ATTEMPTS_MAX, JOB_EXPIRIES_MAX, LEASE_MS},
    time::Instant,
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

/// For work that may start whenever somebody is free: no clock that is set back makes it wait.
pub(super) const AT_ONCE: Instant = Instant(i64::MIN);

const COLUMNS: &str = "id, case_id, payload, token, attempts, expiries, until";

/// Enqueues work. Merged into a job of the same key that waits; one that runs does not count, since it may have read
/// its input before this work came to be.
pub(super) fn enqueue(db: &Connection, case: Option<CaseId>, work: &Work, not_before: Instant) -> Result<()> {
    let key = work.coalesce_key();
    if let Some(key) = &key {
        let mut query = db.prepare_cached("SELECT 1 FROM jobs WHERE merge_key = ?1 AND state = 'waiting'")?;
        if query.exists([key])? {
            return Ok(());
        }
    }
    let case = match work {
        Work::Gate(case) => Some(*case),
        Work::Examine(_)
        | Work::Compare(_)
        | Work::Read(_)
        | Work::ReadLater(_)
        | Work::Delete(_)
        | Work::Expire(_) => case,
    };
    let mut insert = db.prepare_cached(
        "INSERT INTO jobs (id, case_id, kind, payload, merge_key, state, not_before)
         VALUES (randomblob(16), ?1, ?2, ?3, ?4, 'waiting', ?5)",
    )?;
    insert.execute(params![case.as_ref().map(CaseId::as_bytes), work.name(), payload(work)?, key, not_before.0])?;
    Ok(())
}

/// Enqueues work for its own sake: work on an entry changes what the gate sees.
pub(super) fn enqueue_apart(db: &Connection, case: Option<CaseId>, work: &Work, not_before: Instant) -> Result<()> {
    enqueue(db, case, work, not_before)?;
    match case {
        Some(case) if concerns_entry(work) => cases::changed(db, case),
        _ => Ok(()),
    }
}

/// Enqueues the gate of a case.
pub(super) fn enqueue_gate(db: &Connection, case: CaseId) -> Result<()> {
    enqueue(db, Some(case), &Work::Gate(case), AT_ONCE)
}

/// Lets work that waits start at once.
pub(super) fn hasten(db: &Connection, work: &Work) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE jobs SET not_before = ?2 WHERE merge_key = ?1 AND state = 'waiting'")?;
    update.execute(params![work.coalesce_key(), AT_ONCE.0])?;
    Ok(())
}

/// Leases the oldest job that may run.
pub(super) fn lease(db: &Connection, now: Instant, kinds: &[&'static str]) -> Result<Option<Lease>> {
    expire(db, now)?;
    let mut runs_alone = db.prepare_cached("SELECT 1 FROM jobs WHERE state = 'leased' AND expiries >= ?1")?;
    if runs_alone.exists([JOB_EXPIRIES_MAX])? {
        return Ok(None);
    }
    let mut oldest = oldest(db, now, kinds, "expiries < ?3")?;
    if oldest.is_none() && !db.prepare_cached("SELECT 1 FROM jobs WHERE state = 'leased'")?.exists([])? {
        oldest = self::oldest(db, now, kinds, "expiries >= ?3")?;
    }
    let Some(row) = oldest else { return Ok(None) };
    let token: u64 = db
        .prepare_cached("UPDATE counters SET value = value + 1 WHERE name = 'lease_token' RETURNING value")?
        .query_row([], |row| row.get(0))?;
    let mut update = db.prepare_cached(&format!(
        "UPDATE jobs SET state = 'leased', token = ?2, until = ?3 WHERE seq = ?1 RETURNING {COLUMNS}"
    ))?;
    Ok(Some(update.query_row(params![row, token, now.plus_ms(LEASE_MS).0], read)?))
}

/// The oldest waiting job of these kinds whose time has come, and whose key no running job has: the lease of a gate is
/// its case's writer lock.
fn oldest(db: &Connection, now: Instant, kinds: &[&'static str], expiries: &str) -> Result<Option<i64>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT seq FROM jobs AS job
         WHERE state = 'waiting' AND kind = ?1 AND not_before <= ?2 AND {expiries}
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE merge_key = job.merge_key AND state = 'leased')
         ORDER BY seq LIMIT 1"
    ))?;
    let mut oldest: Option<i64> = None;
    for kind in kinds {
        let row = query.query_row(params![kind, now.0, JOB_EXPIRIES_MAX], |row| row.get(0)).optional()?;
        oldest = oldest.into_iter().chain(row).min();
    }
    Ok(oldest)
}

/// Takes leases back that ran out, and those that end later than any could: the clock was set back under them.
fn expire(db: &Connection, now: Instant) -> Result<()> {
    let mut query = db.prepare_cached("SELECT seq FROM jobs WHERE state = 'leased' AND (until < ?1 OR until > ?2)")?;
    let rows = query
        .query_map([now.0, now.plus_ms(2 * LEASE_MS).0], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    rows.into_iter().try_for_each(|row| run_out(db, row))
}

fn run_out(db: &Connection, row: i64) -> Result<()> {
    let mut update = db.prepare_cached(
        "UPDATE jobs SET state = 'waiting', until = NULL, token = NULL, expiries = expiries + 1 WHERE seq = ?1
         RETURNING expiries",
    )?;
    let expiries: u32 = update.query_row([row], |row| row.get(0))?;
    if expiries > JOB_EXPIRIES_MAX { get_stuck(db, row) } else { Ok(()) }
}

/// Gives a job up. The gate must see it, unless it is the gate's own or about no entry.
fn get_stuck(db: &Connection, row: i64) -> Result<()> {
    let mut update = db.prepare_cached(
        "UPDATE jobs SET state = 'stuck', until = NULL, token = NULL WHERE seq = ?1 RETURNING case_id, kind",
    )?;
    let (case, kind): (Option<CaseId>, String) =
        update.query_row([row], |row| Ok((id_or_null(row, 0, CaseId::from_bytes)?, row.get(1)?)))?;
    match case {
        Some(case) if matches!(kind.as_str(), "examine" | "compare" | "read") => {
            cases::changed(db, case)?;
            enqueue_gate(db, case)
        }
        _ => Ok(()),
    }
}

/// Gives every lease back. Those of dead processes count as run out.
pub(super) fn release_all(session: &Session<'_>) -> Result<()> {
    let mut query = session.db.prepare_cached("SELECT seq, token FROM jobs WHERE state = 'leased'")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (row, token) in rows.collect::<rusqlite::Result<Vec<(i64, u64)>>>()? {
        if token <= session.dead_token_max {
            run_out(session.db, row)?;
        } else {
            let mut update = session
                .db
                .prepare_cached("UPDATE jobs SET state = 'waiting', until = NULL, token = NULL WHERE seq = ?1")?;
            update.execute([row])?;
        }
    }
    Ok(())
}

/// The case of a leased job; refuses an outdated lease.
pub(super) fn must_hold(db: &Connection, lease: &Lease) -> Result<Option<CaseId>> {
    let mut query = db.prepare_cached("SELECT case_id FROM jobs WHERE id = ?1 AND state = 'leased' AND token = ?2")?;
    let case =
        query.query_row(params![lease.job.as_bytes(), lease.token], |row| id_or_null(row, 0, CaseId::from_bytes));
    case.optional()?.ok_or(CatalogError::Fenced)
}

/// Pushes the end of a lease out.
pub(super) fn heartbeat(db: &Connection, lease: &Lease, now: Instant) -> Result<()> {
    must_hold(db, lease)?;
    let mut update = db.prepare_cached("UPDATE jobs SET until = ?2 WHERE id = ?1")?;
    update.execute(params![lease.job.as_bytes(), now.plus_ms(LEASE_MS).0])?;
    Ok(())
}

/// Ends a leased job, and whatever was given up of the same work before: it is done now.
pub(super) fn end(db: &Connection, lease: &Lease) -> Result<()> {
    must_hold(db, lease)?;
    db.prepare_cached("DELETE FROM jobs WHERE id = ?1")?.execute([lease.job.as_bytes()])?;
    end_stuck(db, &lease.work)
}

/// Removes jobs of this work that were given up.
pub(super) fn end_stuck(db: &Connection, work: &Work) -> Result<()> {
    let mut stuck = db.prepare_cached("DELETE FROM jobs WHERE state = 'stuck' AND kind = ?1 AND payload = ?2")?;
    stuck.execute(params![work.name(), payload(work)?])?;
    Ok(())
}

/// Removes every job of this work; who runs one finds its lease lost.
pub(super) fn drop_all(db: &Connection, work: &Work) -> Result<()> {
    let mut drop = db.prepare_cached("DELETE FROM jobs WHERE kind = ?1 AND payload = ?2")?;
    drop.execute(params![work.name(), payload(work)?])?;
    Ok(())
}

/// Ends a job that is done. The end of work on an entry is for the gate to see.
pub(super) fn complete(db: &Connection, lease: &Lease) -> Result<()> {
    let case = must_hold(db, lease)?;
    end(db, lease)?;
    match case {
        Some(case) if concerns_entry(&lease.work) => {
            cases::changed(db, case)?;
            enqueue_gate(db, case)
        }
        _ => Ok(()),
    }
}

/// Puts a job off, or gives it up.
pub(super) fn fail(db: &Connection, lease: &Lease, not_before: Instant, fate: Fate) -> Result<()> {
    must_hold(db, lease)?;
    let mut update = db.prepare_cached(
        "UPDATE jobs SET state = 'waiting', until = NULL, token = NULL, not_before = ?2, attempts = attempts + ?3
         WHERE id = ?1 RETURNING seq, attempts",
    )?;
    let (row, attempts): (i64, u32) = update
        .query_row(params![lease.job.as_bytes(), not_before.0, u32::from(fate != Fate::World)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let over = fate == Fate::Counted && attempts >= JOB_ATTEMPTS_MAX;
    if over || fate == Fate::Stuck { get_stuck(db, row) } else { Ok(()) }
}

/// Every job about a case.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<Work>> {
    let mut query = db.prepare_cached("SELECT payload FROM jobs WHERE case_id = ?1 ORDER BY seq")?;
    let rows = query.query_map([case.as_bytes()], |row| work(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Open work of a case, or of all.
pub(super) fn open_work(db: &Connection, case: Option<CaseId>) -> Result<OpenWork> {
    let count = |all: &str, one: &str| -> Result<u64> {
        match case {
            None => Ok(db.prepare_cached(all)?.query_row([], |row| row.get(0))?),
            Some(case) => {
                let sql = format!("{all} AND case_id = ?1 {one}");
                Ok(db.prepare_cached(&sql)?.query_row([case.as_bytes()], |row| row.get(0))?)
            }
        }
    };
    let jobs = "SELECT count(*) FROM jobs WHERE state IN ('waiting', 'leased') AND kind";
    Ok(OpenWork {
        uploads: count("SELECT count(*) FROM uploads WHERE state = 'open'", "")?,
        arrivals: count("SELECT count(*) FROM arrivals WHERE closed = 0 AND link IS NULL", "")?,
        jobs: count(&format!("{jobs} IN ('examine', 'compare', 'read')"), "")?,
        slow: count(&format!("{jobs} IN ('compare', 'read')"), "")?,
        readings: count(&format!("{jobs} = 'read'"), "")?,
        stuck: count(
            "SELECT count(*) FROM jobs WHERE state = 'stuck'",
            "AND kind IN ('examine', 'compare', 'read', 'gate')",
        )?,
    })
}

fn concerns_entry(work: &Work) -> bool {
    match work {
        Work::Examine(_) | Work::Compare(_) | Work::Read(_) => true,
        // What waits for a program to be installed is not open: the gate must not wait for it.
        Work::ReadLater(_) | Work::Gate(_) | Work::Delete(_) | Work::Expire(_) => false,
    }
}

fn payload(work: &Work) -> Result<String> {
    let unable = |_| CatalogError::World { act: "enqueueing", detail: "the work has no JSON form".into() };
    serde_json::to_string(work).map_err(unable)
}

fn work(row: &Row<'_>, column: usize) -> rusqlite::Result<Work> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|_| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, "no work".into()))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Lease> {
    Ok(Lease {
        job: id(row, 0, JobId::from_bytes)?,
        case: id_or_null(row, 1, CaseId::from_bytes)?,
        work: work(row, 2)?,
        token: row.get(3)?,
        attempts: row.get(4)?,
        expiries: row.get(5)?,
        until: Instant(row.get(6)?),
    })
}
