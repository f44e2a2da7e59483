//! Upload links and arrivals.

use super::{
    super::{ArrivalRow, CatalogError, Result},
    audit, cases, jobs,
    rows::{found, id, id_or_null, instant, sealed},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        case::CaseState,
        entry::Sealed,
        ids::{ArrivalId, CaseId, LinkId},
        job::Work,
        link::LinkRow,
        time::Instant,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, params};

const LINK: &str = "id, case_id, token_hash, audience, expires, revoked, files, bytes, open_uploads";
const ARRIVAL: &str = "id, case_id, link, origin, at, closed";

/// See the trait.
pub(super) fn add(session: &Session<'_>, link: &LinkRow, event: Event) -> Result<()> {
    cases::must_take_arrivals(session.db, link.case)?;
    let mut insert = session.db.prepare_cached(
        "INSERT INTO links (id, case_id, token_hash, audience, expires, revoked, files, bytes, open_uploads)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    insert.execute(params![
        link.id.as_bytes(),
        link.case.as_bytes(),
        link.token_hash,
        link.audience,
        link.expires.0,
        link.revoked,
        link.files,
        link.bytes,
        link.open_uploads
    ])?;
    audit::append(session, event)
}

/// The link of a token's hash.
pub(super) fn by_token(db: &Connection, token_hash: &[u8; 32]) -> Result<Option<LinkRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {LINK} FROM links WHERE token_hash = ?1"))?;
    Ok(query.query_row([token_hash], read_link).optional()?)
}

/// Links of a case, in the order of their ends.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<LinkRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {LINK} FROM links WHERE case_id = ?1 ORDER BY expires, id"))?;
    let rows = query.query_map([case.as_bytes()], read_link)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// See the trait.
pub(super) fn revoke(session: &Session<'_>, link: LinkId, event: Event) -> Result<()> {
    let mut update = session.db.prepare_cached("UPDATE links SET revoked = 1 WHERE id = ?1")?;
    if update.execute([link.as_bytes()])? == 0 {
        return Err(CatalogError::Missing("link"));
    }
    audit::append(session, event)
}

/// What is added to a link's numbers.
#[derive(Clone, Copy, Default)]
pub(super) struct Taken {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) open_uploads: i64,
}

/// Counts against a link.
pub(super) fn count(db: &Connection, link: LinkId, taken: Taken) -> Result<()> {
    let mut update = db.prepare_cached(
        "UPDATE links SET files = files + ?2, bytes = bytes + ?3, open_uploads = open_uploads + ?4 WHERE id = ?1",
    )?;
    update.execute(params![link.as_bytes(), taken.files, taken.bytes, taken.open_uploads])?;
    Ok(())
}

/// Refuses unless the link is of this case and lives. `now` is left out where the call has no clock: expiry was then
/// checked when the upload was created, whose own expiry holds from there.
pub(super) fn must_live(db: &Connection, link: LinkId, case: CaseId, now: Option<Instant>) -> Result<()> {
    let mut query = db.prepare_cached(&format!("SELECT {LINK} FROM links WHERE id = ?1"))?;
    let row = found(query.query_row([link.as_bytes()], read_link), "link")?;
    if row.case != case {
        return Err(CatalogError::Refused("the link is of another case"));
    }
    if row.revoked || now.is_some_and(|now| row.expires <= now) {
        return Err(CatalogError::Refused("the link has ended"));
    }
    Ok(())
}

/// See the trait.
pub(super) fn open_arrival(session: &Session<'_>, arrival: &ArrivalRow, event: Event) -> Result<()> {
    let db = session.db;
    cases::must_take_arrivals(db, arrival.case)?;
    if let Some(link) = arrival.link {
        must_live(db, link, arrival.case, Some(event.at))?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO arrivals (id, case_id, link, origin, at, closed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert.execute(params![
        arrival.id.as_bytes(),
        arrival.case.as_bytes(),
        arrival.link.as_ref().map(LinkId::as_bytes),
        arrival.origin.0,
        arrival.at.0,
        arrival.closed
    ])?;
    audit::append(session, event)
}

/// See the trait.
pub(super) fn close_arrival(session: &Session<'_>, arrival: ArrivalId, event: Option<Event>) -> Result<()> {
    let db = session.db;
    let row = self::arrival(db, arrival)?;
    if row.closed {
        return Ok(());
    }
    if let Some(event) = event {
        audit::append(session, event)?;
    }
    db.prepare_cached("UPDATE arrivals SET closed = 1 WHERE id = ?1")?.execute([arrival.as_bytes()])?;
    if cases::state(db, row.case)? == CaseState::Shredded {
        return Ok(());
    }
    // The gate waited for the sender, whom no job speaks of.
    if row.link.is_none() {
        cases::changed(db, row.case)?;
        jobs::enqueue_gate(db, row.case)?;
    }
    jobs::hasten(db, &Work::Gate(row.case))
}

/// See the trait.
pub(super) fn note_arrival(session: &Session<'_>, arrival: ArrivalId, origin: &Sealed) -> Result<()> {
    let mut update = session.db.prepare_cached("UPDATE arrivals SET origin = ?2 WHERE id = ?1")?;
    match update.execute(params![arrival.as_bytes(), origin.0])? {
        0 => Err(CatalogError::Missing("arrival")),
        _ => Ok(()),
    }
}

/// Arrivals of a case, in order of time.
pub(super) fn arrivals(db: &Connection, case: CaseId) -> Result<Vec<ArrivalRow>> {
    let sql = format!("SELECT {ARRIVAL} FROM arrivals WHERE case_id = ?1 ORDER BY at, seq");
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map([case.as_bytes()], read_arrival)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// See the trait.
pub(super) fn unclosed_arrivals(db: &Connection, case: Option<CaseId>) -> Result<Vec<ArrivalRow>> {
    let sql = format!(
        "SELECT {ARRIVAL} FROM arrivals
         WHERE closed = 0 AND link IS NULL AND (?1 IS NULL OR case_id = ?1) ORDER BY at, seq"
    );
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map([case.as_ref().map(CaseId::as_bytes)], read_arrival)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// One arrival.
pub(super) fn arrival(db: &Connection, arrival: ArrivalId) -> Result<ArrivalRow> {
    let mut query = db.prepare_cached(&format!("SELECT {ARRIVAL} FROM arrivals WHERE id = ?1"))?;
    found(query.query_row([arrival.as_bytes()], read_arrival), "arrival")
}

fn read_link(row: &Row<'_>) -> rusqlite::Result<LinkRow> {
    Ok(LinkRow {
        id: id(row, 0, LinkId::from_bytes)?,
        case: id(row, 1, CaseId::from_bytes)?,
        token_hash: row.get(2)?,
        audience: row.get(3)?,
        expires: instant(row, 4)?,
        revoked: row.get(5)?,
        files: row.get(6)?,
        bytes: row.get(7)?,
        open_uploads: row.get(8)?,
    })
}

fn read_arrival(row: &Row<'_>) -> rusqlite::Result<ArrivalRow> {
    Ok(ArrivalRow {
        id: id(row, 0, ArrivalId::from_bytes)?,
        case: id(row, 1, CaseId::from_bytes)?,
        link: id_or_null(row, 2, LinkId::from_bytes)?,
        origin: sealed(row, 3)?,
        at: instant(row, 4)?,
        closed: row.get(5)?,
    })
}
