//! Resumable uploads. Their parts are named by an object of their own until they become an entry's.

use super::{
    super::{CatalogError, Result},
    audit, cases, jobs, links,
    links::Taken,
    objects::{self, NewObject, Role},
    rows::{found, id, id_or_null, instant, sealed, word},
    writer::Session,
};
use crate::{
    audit::{Act, Event},
    domain::{
        entry::{Part, Parts},
        ids::{ArrivalId, CaseId, EntryId, LinkId, ObjectId, UploadId},
        time::Instant,
        upload::{UploadRow, UploadState},
    },
};
use rusqlite::{Connection, Row, params};

const COLUMNS: &str = "id, entry, link, case_id, arrival, length, offset, object, record, expires, state";

/// See the trait.
pub(super) fn create(session: &Session<'_>, upload: &UploadRow, event: Event) -> Result<()> {
    let db = session.db;
    cases::must_take_arrivals(db, upload.case)?;
    if links::arrival(db, upload.arrival)?.case != upload.case {
        return Err(CatalogError::Refused("the arrival is of another case"));
    }
    if upload.state != UploadState::Open || upload.offset != upload.parts.plain_bytes() {
        return Err(CatalogError::Refused("an upload begins open, its offset at the end of its parts"));
    }
    objects::must_be_new(db, upload.object)?;
    if let Some(link) = upload.link {
        links::must_live(db, link, upload.case, Some(event.at))?;
        links::count(db, link, Taken { files: 1, bytes: upload.offset, open_uploads: 1 })?;
    }
    let parts = &upload.parts;
    objects::name(db, &NewObject { id: upload.object, case: upload.case, role: Role::Upload, entry: None, parts })?;
    insert(db, upload)?;
    cases::changed(db, upload.case)?;
    audit::append(session, event)
}

fn insert(db: &Connection, upload: &UploadRow) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO uploads (id, entry, link, case_id, arrival, length, offset, object, record, expires, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    insert.execute(params![
        upload.id.as_bytes(),
        upload.entry.as_bytes(),
        upload.link.as_ref().map(LinkId::as_bytes),
        upload.case.as_bytes(),
        upload.arrival.as_bytes(),
        upload.length,
        upload.offset,
        upload.object.as_bytes(),
        upload.record.0,
        upload.expires.0,
        state_name(upload.state)
    ])?;
    Ok(())
}

/// An upload with its parts.
pub(super) fn one(db: &Connection, upload: UploadId) -> Result<UploadRow> {
    let mut row = without_parts(db, upload)?;
    fill_parts(db, &mut row)?;
    Ok(row)
}

fn without_parts(db: &Connection, upload: UploadId) -> Result<UploadRow> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM uploads WHERE id = ?1"))?;
    found(query.query_row([upload.as_bytes()], read), "upload")
}

/// Uploads of a case in the order they were created.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<UploadRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM uploads WHERE case_id = ?1 ORDER BY seq"))?;
    let rows = query.query_map([case.as_bytes()], read)?;
    let mut uploads = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for upload in &mut uploads {
        fill_parts(db, upload)?;
    }
    Ok(uploads)
}

/// See the trait. The same part a second time is fine: its caller did not hear the first answer.
pub(super) fn append(db: &Connection, upload: UploadId, offset: u64, add: (Part, Instant)) -> Result<()> {
    let (part, expires) = add;
    let row = open(db, upload)?;
    let last = objects::last_part(db, row.object)?;
    let again = last.is_some_and(|(_, last)| last == part);
    if again && row.offset.checked_sub(part.plain_bytes) == Some(offset) {
        return Ok(());
    }
    if row.offset != offset {
        return Err(CatalogError::Refused("the upload's offset has moved on"));
    }
    let end = offset.checked_add(part.plain_bytes).ok_or(CatalogError::Refused("the upload is too long"))?;
    if row.length.is_some_and(|length| end > length) {
        return Err(CatalogError::Refused("the part reaches beyond the upload's length"));
    }
    cases::must_take_arrivals(db, row.case)?;
    if let Some(link) = row.link {
        links::must_live(db, link, row.case, None)?;
        links::count(db, link, Taken { bytes: part.plain_bytes, ..Taken::default() })?;
    }
    objects::add_part(db, row.object, last.map_or(0, |(ordinal, _)| ordinal + 1), &part)?;
    let mut update = db.prepare_cached("UPDATE uploads SET offset = ?2, expires = ?3 WHERE id = ?1")?;
    update.execute(params![upload.as_bytes(), end, expires.0])?;
    Ok(())
}

/// See the trait.
pub(super) fn set_length(db: &Connection, upload: UploadId, length: u64) -> Result<()> {
    let row = open(db, upload)?;
    match row.length {
        Some(known) if known == length => return Ok(()),
        Some(_) => return Err(CatalogError::Refused("the upload's length is known already")),
        None if length < row.offset => return Err(CatalogError::Refused("the upload is longer already")),
        None => {}
    }
    let mut update = db.prepare_cached("UPDATE uploads SET length = ?2 WHERE id = ?1")?;
    update.execute(params![upload.as_bytes(), length])?;
    Ok(())
}

/// See the trait.
pub(super) fn end(session: &Session<'_>, upload: UploadId, state: UploadState, event: Event) -> Result<()> {
    let db = session.db;
    if !matches!(state, UploadState::Terminated | UploadState::Expired) {
        return Err(CatalogError::Refused("an upload that ends without an entry is terminated or expired"));
    }
    let row = one(db, upload)?;
    if row.state == state {
        return Ok(());
    }
    if row.state != UploadState::Open {
        return Err(CatalogError::Refused("the upload has ended already"));
    }
    close(db, &row, state)?;
    if !cases::is_held(db, row.case)? {
        let keys = objects::unname(db, row.object)?;
        objects::delete(db, row.case, &keys)?;
    }
    cases::changed(db, row.case)?;
    jobs::enqueue_gate(db, row.case)?;
    audit::append(session, event)
}

/// Ends every upload that is open through a link, as told by the event that ends the link.
pub(super) fn end_of_link(session: &Session<'_>, link: LinkId, ended: &Event) -> Result<()> {
    let open: Vec<(UploadId, CaseId)> = {
        let mut query = session
            .db
            .prepare_cached("SELECT id, case_id FROM uploads WHERE link = ?1 AND state = 'open' ORDER BY seq")?;
        let rows = query.query_map([link.as_bytes()], |row| {
            Ok((id(row, 0, UploadId::from_bytes)?, id(row, 1, CaseId::from_bytes)?))
        })?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for (upload, case) in open {
        let event = Event { act: Act::UploadEnded, case: Some(case), subject: upload.to_string(), ..ended.clone() };
        end(session, upload, UploadState::Expired, event)?;
    }
    Ok(())
}

/// Sets the state an open upload ends in, and frees its place under its link.
pub(super) fn close(db: &Connection, upload: &UploadRow, state: UploadState) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE uploads SET state = ?2 WHERE id = ?1")?;
    update.execute(params![upload.id.as_bytes(), state_name(state)])?;
    if let Some(link) = upload.link {
        links::count(db, link, Taken { open_uploads: -1, ..Taken::default() })?;
    }
    Ok(())
}

/// Open uploads whose time is over.
pub(super) fn expired(db: &Connection, now: Instant) -> Result<Vec<UploadId>> {
    let mut query =
        db.prepare_cached("SELECT id FROM uploads WHERE state = 'open' AND expires <= ?1 ORDER BY expires")?;
    let rows = query.query_map([now.0], |row| id(row, 0, UploadId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn open(db: &Connection, upload: UploadId) -> Result<UploadRow> {
    let row = without_parts(db, upload)?;
    match row.state {
        UploadState::Open => Ok(row),
        UploadState::Finished | UploadState::Terminated | UploadState::Expired => {
            Err(CatalogError::Refused("the upload has ended already"))
        }
    }
}

fn fill_parts(db: &Connection, upload: &mut UploadRow) -> Result<()> {
    // The parts of a finished one belong to its entry.
    if upload.state != UploadState::Finished {
        upload.parts = objects::parts(db, upload.object)?;
    }
    Ok(())
}

const fn state_name(state: UploadState) -> &'static str {
    match state {
        UploadState::Open => "open",
        UploadState::Finished => "finished",
        UploadState::Terminated => "terminated",
        UploadState::Expired => "expired",
    }
}

fn state_of(name: &str) -> Option<UploadState> {
    use UploadState as S;
    [S::Open, S::Finished, S::Terminated, S::Expired].into_iter().find(|state| state_name(*state) == name)
}

fn read(row: &Row<'_>) -> rusqlite::Result<UploadRow> {
    Ok(UploadRow {
        id: id(row, 0, UploadId::from_bytes)?,
        entry: id(row, 1, EntryId::from_bytes)?,
        link: id_or_null(row, 2, LinkId::from_bytes)?,
        case: id(row, 3, CaseId::from_bytes)?,
        arrival: id(row, 4, ArrivalId::from_bytes)?,
        length: row.get(5)?,
        offset: row.get(6)?,
        object: id(row, 7, ObjectId::from_bytes)?,
        parts: Parts::default(),
        record: sealed(row, 8)?,
        expires: instant(row, 9)?,
        state: word(row, 10, state_of)?,
    })
}
