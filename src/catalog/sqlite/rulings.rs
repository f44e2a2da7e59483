//! Rulings: what the desk said of findings, each row with the audit events that it names.

use super::{
    super::{CatalogError, NewRuling, Result, RulingKind, RulingRow, Witness},
    audit, cases, jobs,
    rows::{found, id, id_or_null, reason_of, sealed, word},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::ids::{AuditHash, CaseId, EntryId, RulingId},
};
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "id, case_id, entry, code, record, given_seq, given_hash, ended_seq, ended_hash, kind";

/// See the trait.
pub(super) fn add(session: &Session<'_>, ruling: &NewRuling, event: Event) -> Result<()> {
    let db = session.db;
    if db.prepare_cached("SELECT 1 FROM rulings WHERE id = ?1")?.exists([ruling.id.as_bytes()])? {
        return Ok(());
    }
    cases::must_take_arrivals(db, ruling.case)?;
    if let Some(entry) = ruling.entry {
        must_be_in(db, entry, ruling.case)?;
    }
    let given = audit::append_at(session, event)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO rulings (id, case_id, entry, code, record, given_seq, given_hash, kind)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    insert.execute(params![
        ruling.id.as_bytes(),
        ruling.case.as_bytes(),
        ruling.entry.as_ref().map(EntryId::as_bytes),
        ruling.code.code(),
        ruling.record.0,
        given.seq,
        given.hash.0,
        ruling.kind.name()
    ])?;
    look_again(db, ruling.case)
}

/// See the trait.
pub(super) fn end(session: &Session<'_>, ruling: RulingId, event: Event) -> Result<()> {
    let db = session.db;
    let mut query = db.prepare_cached("SELECT case_id, ended_seq IS NOT NULL FROM rulings WHERE id = ?1")?;
    let row = query.query_row([ruling.as_bytes()], |row| Ok((id(row, 0, CaseId::from_bytes)?, row.get(1)?)));
    let (case, ended): (CaseId, bool) = found(row, "ruling")?;
    if ended {
        return Ok(());
    }
    cases::must_take_arrivals(db, case)?;
    let ended = audit::append_at(session, event)?;
    let mut update = db.prepare_cached("UPDATE rulings SET ended_seq = ?2, ended_hash = ?3 WHERE id = ?1")?;
    update.execute(params![ruling.as_bytes(), ended.seq, ended.hash.0])?;
    look_again(db, case)
}

/// Rulings of a case, in the order they were given.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<RulingRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM rulings WHERE case_id = ?1 ORDER BY seq"))?;
    let rows = query.query_map([case.as_bytes()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn must_be_in(db: &Connection, entry: EntryId, case: CaseId) -> Result<()> {
    let mut query = db.prepare_cached("SELECT 1 FROM entries WHERE id = ?1 AND case_id = ?2")?;
    match query.exists(params![entry.as_bytes(), case.as_bytes()])? {
        true => Ok(()),
        false => Err(CatalogError::Missing("document in this case")),
    }
}

fn look_again(db: &Connection, case: CaseId) -> Result<()> {
    cases::changed(db, case)?;
    jobs::enqueue_gate(db, case)
}

fn read(row: &Row<'_>) -> rusqlite::Result<RulingRow> {
    let ended = match (row.get::<_, Option<u64>>(7)?, row.get::<_, Option<[u8; 32]>>(8)?) {
        (Some(seq), Some(hash)) => Some(Witness { seq, hash: AuditHash(hash) }),
        // The table allows both or none.
        _ => None,
    };
    Ok(RulingRow {
        ruling: NewRuling {
            id: id(row, 0, RulingId::from_bytes)?,
            case: id(row, 1, CaseId::from_bytes)?,
            kind: word(row, 9, RulingKind::from_name)?,
            entry: id_or_null(row, 2, EntryId::from_bytes)?,
            code: word(row, 3, reason_of)?,
            record: sealed(row, 4)?,
        },
        given: Witness { seq: row.get(5)?, hash: AuditHash(row.get(6)?) },
        ended,
    })
}
