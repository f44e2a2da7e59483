//! Cases and the lives of processes.

use super::{
    super::{CatalogError, Result},
    audit, jobs,
    rows::{found, id, instant, sealed, word},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        case::{CaseRow, CaseState, ProgrammeName},
        ids::{CaseId, EpochId},
        time::Instant,
    },
};
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "id, programme, state, opened, revision, patient, recipient, holding";

/// See the trait.
pub(super) fn open(session: &Session<'_>, case: &CaseRow, event: Event) -> Result<()> {
    let db = session.db;
    if exists(db, "SELECT 1 FROM cases WHERE id = ?1", case.id)? {
        return Err(CatalogError::Refused("there is a case of this id already"));
    }
    if case.holding && db.prepare_cached("SELECT 1 FROM cases WHERE holding AND state <> 'shredded'")?.exists([])? {
        return Err(CatalogError::Refused("there is a holding case already"));
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO cases (id, programme, state, opened, revision, patient, recipient, holding)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    insert.execute(params![
        case.id.as_bytes(),
        case.programme.0,
        case.state.name(),
        case.opened.0,
        case.revision,
        case.patient.0,
        case.recipient,
        case.holding
    ])?;
    audit::append(session, event)
}

/// Every case, the oldest first.
pub(super) fn all(db: &Connection) -> Result<Vec<CaseRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM cases ORDER BY opened, id"))?;
    let rows = query.query_map([], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One case.
pub(super) fn one(db: &Connection, case: CaseId) -> Result<CaseRow> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM cases WHERE id = ?1"))?;
    found(query.query_row([case.as_bytes()], read), "case")
}

/// See the trait. What is shredded stays shredded.
pub(super) fn set_state(session: &Session<'_>, case: CaseId, state: CaseState, event: Event) -> Result<()> {
    let row = one(session.db, case)?;
    if row.state == CaseState::Shredded && state != CaseState::Shredded {
        return Err(CatalogError::Refused("the case is shredded"));
    }
    let mut update = session.db.prepare_cached("UPDATE cases SET state = ?2 WHERE id = ?1")?;
    update.execute(params![case.as_bytes(), state.name()])?;
    changed(session.db, case)?;
    if state != CaseState::Shredded {
        jobs::enqueue_gate(session.db, case)?;
    }
    audit::append(session, event)
}

/// Counts the revision up: the gate must look again.
pub(super) fn changed(db: &Connection, case: CaseId) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE cases SET revision = revision + 1 WHERE id = ?1")?;
    match update.execute([case.as_bytes()])? {
        0 => Err(CatalogError::Missing("case")),
        _ => Ok(()),
    }
}

/// The next number in the order in which entries of the case are filed; counts the revision up as [`changed`] does.
pub(super) fn next_filing(db: &Connection, case: CaseId) -> Result<u64> {
    let mut update = db.prepare_cached(
        "UPDATE cases SET filed_seq = filed_seq + 1, revision = revision + 1 WHERE id = ?1 RETURNING filed_seq",
    )?;
    found(update.query_row([case.as_bytes()], |row| row.get(0)), "case")
}

/// Where a case stands.
pub(super) fn state(db: &Connection, case: CaseId) -> Result<CaseState> {
    let mut query = db.prepare_cached("SELECT state FROM cases WHERE id = ?1")?;
    found(query.query_row([case.as_bytes()], |row| word(row, 0, CaseState::from_name)), "case")
}

/// Refuses where the case takes no arrivals.
pub(super) fn must_take_arrivals(db: &Connection, case: CaseId) -> Result<()> {
    match state(db, case)? {
        CaseState::Open | CaseState::Held => Ok(()),
        CaseState::Closed | CaseState::Shredded => Err(CatalogError::Refused("the case takes no arrivals")),
    }
}

/// May anything of the case be deleted?
pub(super) fn is_held(db: &Connection, case: CaseId) -> Result<bool> {
    Ok(state(db, case)? == CaseState::Held)
}

fn exists(db: &Connection, sql: &str, case: CaseId) -> Result<bool> {
    Ok(db.prepare_cached(sql)?.exists([case.as_bytes()])?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<CaseRow> {
    Ok(CaseRow {
        id: id(row, 0, CaseId::from_bytes)?,
        programme: ProgrammeName(row.get(1)?),
        state: word(row, 2, CaseState::from_name)?,
        opened: instant(row, 3)?,
        revision: row.get(4)?,
        patient: sealed(row, 5)?,
        recipient: row.get(6)?,
        holding: row.get(7)?,
    })
}

/// Registers a process's epoch.
pub(super) fn begin_epoch(db: &Connection, epoch: EpochId, now: Instant) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO epochs (id, began) VALUES (?1, ?2)")?;
    match insert.execute(params![epoch.as_bytes(), now.0])? {
        0 => Err(CatalogError::Refused("there was an epoch of this id already")),
        _ => Ok(()),
    }
}

/// Ends every epoch but this one; those that it ended.
pub(super) fn end_other_epochs(db: &Connection, epoch: EpochId, now: Instant) -> Result<Vec<EpochId>> {
    let mut update = db.prepare_cached("UPDATE epochs SET ended = ?2 WHERE id <> ?1 AND ended IS NULL RETURNING id")?;
    let rows = update.query_map(params![epoch.as_bytes(), now.0], |row| id(row, 0, EpochId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Epochs that have ended, in the order in which they began.
pub(super) fn ended_epochs(db: &Connection) -> Result<Vec<EpochId>> {
    let mut query = db.prepare_cached("SELECT id FROM epochs WHERE ended IS NOT NULL ORDER BY began, id")?;
    let rows = query.query_map([], |row| id(row, 0, EpochId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
