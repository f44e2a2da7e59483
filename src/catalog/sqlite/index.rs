//! The search index and gate of a case, as they are named.

use super::{
    super::{CatalogError, IndexState, Result},
    audit, cases,
    jobs::{self, AT_ONCE},
    objects::{self, NewObject, Role},
    rows::{id, reason_of, sealed, severity_name, severity_of, word},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        case::{CaseState, Gate},
        entry::Parts,
        ids::{CaseId, ObjectId},
        job::{Lease, Work},
        reason::{Reason, Severity},
        time::Instant,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use std::collections::HashSet;

/// The index and gate of a case; the default where there is none yet.
pub(super) fn state(db: &Connection, case: CaseId) -> Result<IndexState> {
    let mut query = db.prepare_cached(
        "SELECT files, watermark, overlay, ready, blocking, work_open, revision, computed FROM indexes WHERE case_id = ?1",
    )?;
    let Some(mut state) = query.query_row([case.as_bytes()], read).optional()? else {
        return Ok(IndexState::default());
    };
    for object in object_ids(db, case)? {
        state.objects.push((object, objects::parts(db, object)?));
    }
    state.findings = findings(db, case)?;
    Ok(state)
}

/// See the trait.
pub(super) fn commit(
    session: &Session<'_>,
    case: CaseId,
    state: &IndexState,
    lease: &Lease,
    event: Event,
) -> Result<()> {
    let db = session.db;
    if jobs::must_hold(db, lease)? != Some(case) {
        return Err(CatalogError::Refused("the job is of another case"));
    }
    let row = cases::one(db, case)?;
    if row.state == CaseState::Shredded {
        return Err(CatalogError::Refused("the case is shredded"));
    }
    if row.revision != state.gate.revision {
        return Err(CatalogError::Stale);
    }
    write(db, case, state)?;
    name_objects(db, case, &state.objects)?;
    write_findings(db, case, &state.findings)?;
    for work in &state.then {
        jobs::enqueue(db, Some(case), work, AT_ONCE)?;
    }
    jobs::end(db, lease)?;
    jobs::end_stuck(db, &Work::Gate(case))?;
    audit::append(session, event)
}

fn write(db: &Connection, case: CaseId, state: &IndexState) -> Result<()> {
    let mut upsert = db.prepare_cached(
        "INSERT INTO indexes (case_id, files, watermark, overlay, ready, blocking, work_open, revision,
            computed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (case_id) DO UPDATE SET files = ?2, watermark = ?3, overlay = ?4, ready = ?5, blocking = ?6,
            work_open = ?7, revision = ?8, computed = ?9",
    )?;
    let blocking: Vec<&str> = state.gate.blocking.iter().map(|reason| reason.code()).collect();
    upsert.execute(params![
        case.as_bytes(),
        state.files.0,
        state.watermark,
        state.overlay.0,
        state.gate.ready,
        blocking.join(" "),
        state.gate.work_open,
        state.gate.revision,
        state.gate.at.0
    ])?;
    Ok(())
}

/// Names these objects and no others; the parts of those that go are deleted.
fn name_objects(db: &Connection, case: CaseId, wanted: &[(ObjectId, Parts)]) -> Result<()> {
    let before = object_ids(db, case)?;
    db.prepare_cached("DELETE FROM index_objects WHERE case_id = ?1")?.execute([case.as_bytes()])?;
    let keep: HashSet<ObjectId> = wanted.iter().map(|(object, _)| *object).collect();
    let known: HashSet<ObjectId> = before.iter().copied().collect();
    for (ordinal, (object, parts)) in wanted.iter().enumerate() {
        if !known.contains(object) {
            objects::must_be_new(db, *object)?;
            objects::name(db, &NewObject { id: *object, case, role: Role::Index, entry: None, parts })?;
        }
        let mut insert =
            db.prepare_cached("INSERT INTO index_objects (case_id, ordinal, object) VALUES (?1, ?2, ?3)")?;
        insert.execute(params![case.as_bytes(), ordinal, object.as_bytes()])?;
    }
    let mut keys = Vec::new();
    for object in before.into_iter().filter(|object| !keep.contains(object)) {
        keys.extend(objects::unname(db, object)?);
    }
    objects::delete(db, case, &keys)
}

fn write_findings(db: &Connection, case: CaseId, findings: &[(Reason, Severity)]) -> Result<()> {
    db.prepare_cached("DELETE FROM case_findings WHERE case_id = ?1")?.execute([case.as_bytes()])?;
    let mut insert =
        db.prepare_cached("INSERT INTO case_findings (case_id, ordinal, code, severity) VALUES (?1, ?2, ?3, ?4)")?;
    for (ordinal, (reason, severity)) in findings.iter().enumerate() {
        insert.execute(params![case.as_bytes(), ordinal, reason.code(), severity_name(*severity)])?;
    }
    Ok(())
}

fn object_ids(db: &Connection, case: CaseId) -> Result<Vec<ObjectId>> {
    let mut query = db.prepare_cached("SELECT object FROM index_objects WHERE case_id = ?1 ORDER BY ordinal")?;
    let rows = query.query_map([case.as_bytes()], |row| id(row, 0, ObjectId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn findings(db: &Connection, case: CaseId) -> Result<Vec<(Reason, Severity)>> {
    let mut query =
        db.prepare_cached("SELECT code, severity FROM case_findings WHERE case_id = ?1 ORDER BY ordinal")?;
    let rows = query.query_map([case.as_bytes()], |row| Ok((word(row, 0, reason_of)?, word(row, 1, severity_of)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<IndexState> {
    let codes = row.get_ref(4)?.as_str()?.split_whitespace();
    let blocking = codes.map(str::parse).collect::<std::result::Result<Vec<Reason>, _>>().map_err(|_| {
        rusqlite::Error::FromSqlConversionFailure(4, Type::Text, "a word that is not in the vocabulary".into())
    })?;
    Ok(IndexState {
        files: sealed(row, 0)?,
        watermark: row.get(1)?,
        overlay: sealed(row, 2)?,
        gate: Gate {
            ready: row.get(3)?,
            blocking,
            work_open: row.get(5)?,
            revision: row.get(6)?,
            at: Instant(row.get(7)?),
        },
        ..IndexState::default()
    })
}
