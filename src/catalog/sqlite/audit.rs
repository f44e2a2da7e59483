//! The audit table. Appending is part of the transaction of what the event is about.

use super::{
    super::Result,
    rows::{id, id_or_null, instant, sealed},
    writer::Session,
};
use crate::{
    audit::{Event, Head, StoredEvent},
    domain::ids::{AuditHash, CaseId, NodeId},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Appends an event to this node's chain.
pub(super) fn append(session: &Session<'_>, event: Event) -> Result<()> {
    append_at(session, event).map(drop)
}

/// The same, for a row that names the event: the chain's new head, which is the event.
pub(super) fn append_at(session: &Session<'_>, event: Event) -> Result<Head> {
    let head = head(session.db, session.node)?;
    let event = event.chained(&head);
    let mut insert = session.db.prepare_cached(
        "INSERT INTO audit (node, seq, actor, at, act, case_id, subject, detail, sealed, before, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    insert.execute(params![
        event.node.as_bytes(),
        event.seq,
        event.actor,
        event.at.0,
        event.act,
        event.case.as_ref().map(CaseId::as_bytes),
        event.subject,
        event.detail,
        event.sealed.0,
        event.before.0,
        event.hash.0
    ])?;
    Ok(Head { node: event.node, seq: event.seq, hash: event.hash })
}

/// The head of a node's chain.
pub(super) fn head(db: &Connection, node: NodeId) -> Result<Head> {
    let mut query = db.prepare_cached("SELECT seq, hash FROM audit WHERE node = ?1 ORDER BY seq DESC LIMIT 1")?;
    let last =
        query.query_row([node.as_bytes()], |row| Ok(Head { node, seq: row.get(0)?, hash: AuditHash(row.get(1)?) }));
    Ok(last.optional()?.unwrap_or(Head::of_nothing(node)))
}

/// Events of a node's chain from a number on.
pub(super) fn events(db: &Connection, node: NodeId, from: u64, limit: u32) -> Result<Vec<StoredEvent>> {
    let mut query = db.prepare_cached(
        "SELECT node, seq, actor, at, act, case_id, subject, detail, sealed, before, hash
         FROM audit WHERE node = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3",
    )?;
    let rows = query.query_map(params![node.as_bytes(), from, limit], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    Ok(StoredEvent {
        node: id(row, 0, NodeId::from_bytes)?,
        seq: row.get(1)?,
        actor: row.get(2)?,
        at: instant(row, 3)?,
        act: row.get(4)?,
        case: id_or_null(row, 5, CaseId::from_bytes)?,
        subject: row.get(6)?,
        detail: row.get(7)?,
        sealed: sealed(row, 8)?,
        before: AuditHash(row.get(9)?),
        hash: AuditHash(row.get(10)?),
    })
}
