//! Reading entries.

use super::{
    super::{Docket, Result},
    cases, objects, passwords,
    rows::{id, id_or_null, sealed, word, word_or_null},
};
use crate::domain::{
    entry::{EntryRow, Outcome, Parts, Stage},
    facts::{FileKind, Readable},
    ids::{ArrivalId, CaseId, EntryId, Fingerprint, ObjectId},
    limits::INSTANCES_COMPARED_MAX,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;

const COLUMNS: &str = "id, arrival, parent, ordinal, depth, stage, bytes, kind, outcome, readable, language, twin, \
                       object, record";

/// One entry.
pub(super) fn one(db: &Connection, entry: EntryId) -> Result<Option<EntryRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM entries WHERE id = ?1"))?;
    Ok(query.query_row([entry.as_bytes()], read).optional()?)
}

/// See the trait.
pub(super) fn docket(db: &Connection, entry: EntryId) -> Result<Option<Docket>> {
    let Some(entry) = one(db, entry)? else { return Ok(None) };
    let mut query = db.prepare_cached("SELECT case_id FROM entries WHERE id = ?1")?;
    let case = query.query_row([entry.id.as_bytes()], |row| id(row, 0, CaseId::from_bytes))?;
    let parts = entry.object.map(|object| objects::parts(db, object)).transpose()?.unwrap_or_default();
    let (mut root, mut parent) = ((entry.id, entry.bytes), entry.parent);
    while let Some(above) = parent.map(|above| one(db, above)).transpose()?.flatten() {
        root = (above.id, above.bytes);
        parent = above.parent;
    }
    let passwords = passwords::of_case(db, case)?;
    Ok(Some(Docket { entry, case: cases::one(db, case)?, parts, root, passwords }))
}

/// Is there an entry of this id?
pub(super) fn exists(db: &Connection, entry: EntryId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM entries WHERE id = ?1")?.exists([entry.as_bytes()])?)
}

/// Is it a member whose bytes its container did not hand over, such as one behind a password?
pub(super) fn is_withheld(db: &Connection, entry: EntryId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM entries WHERE id = ?1 AND parent IS NOT NULL AND bytes = 0 AND kind NOT IN (?2, ?3)
            AND object IS NULL AND twin IS NULL",
    )?;
    Ok(query.exists(params![entry.as_bytes(), FileKind::Empty.name(), FileKind::SystemJunk.name()])?)
}

/// Which entry holds these bytes?
pub(super) fn holder(db: &Connection, case: CaseId, fingerprint: Fingerprint) -> Result<Option<EntryId>> {
    let mut query = db.prepare_cached("SELECT id FROM entries WHERE case_id = ?1 AND fingerprint = ?2")?;
    let holder = query.query_row(params![case.as_bytes(), fingerprint.0], |row| id(row, 0, EntryId::from_bytes));
    Ok(holder.optional()?)
}

/// An entry that holds bytes, and what a duplicate of it takes from it.
pub(super) struct Twin {
    pub(super) id: EntryId,
    pub(super) readable: Readable,
    pub(super) language: String,
}

/// The entry that holds these bytes, as a duplicate sees it.
pub(super) fn twin(db: &Connection, case: CaseId, fingerprint: Fingerprint) -> Result<Option<Twin>> {
    let mut query =
        db.prepare_cached("SELECT id, readable, language FROM entries WHERE case_id = ?1 AND fingerprint = ?2")?;
    let twin = query.query_row(params![case.as_bytes(), fingerprint.0], |row| {
        let (id, readable) = (id(row, 0, EntryId::from_bytes)?, word(row, 1, Readable::from_name)?);
        Ok(Twin { id, readable, language: row.get(2)? })
    });
    Ok(twin.optional()?)
}

/// Does the case hold something of this size?
pub(super) fn holds_size(db: &Connection, case: CaseId, bytes: u64) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM entries WHERE case_id = ?1 AND bytes = ?2 AND fingerprint IS NOT NULL LIMIT 1",
    )?;
    Ok(query.exists(params![case.as_bytes(), bytes])?)
}

/// Entries of a case in the order they were received.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<EntryRow>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM entries WHERE case_id = ?1 ORDER BY seq"))?;
    let rows = query.query_map([case.as_bytes()], read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Entries filed after the watermark, in the order of filing, and the new watermark.
pub(super) fn filed_since(db: &Connection, case: CaseId, watermark: u64) -> Result<(Vec<EntryRow>, u64)> {
    let sql =
        format!("SELECT {COLUMNS}, filed_seq FROM entries WHERE case_id = ?1 AND filed_seq > ?2 ORDER BY filed_seq");
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map(params![case.as_bytes(), watermark], |row| Ok((read(row)?, row.get(14)?)))?;
    let mut entries = Vec::new();
    let mut last = watermark;
    for row in rows {
        let (entry, number) = row?;
        entries.push(entry);
        last = number;
    }
    Ok((entries, last))
}

/// See the trait.
pub(super) fn instances(db: &Connection, case: CaseId, instance: Fingerprint, except: EntryId) -> Result<Vec<EntryId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM entries
         WHERE case_id = ?1 AND instance = ?2 AND id <> ?3 AND stage = 'filed' AND outcome <> 'duplicate_of'
         ORDER BY seq LIMIT ?4",
    )?;
    let bound = params![case.as_bytes(), instance.0, except.as_bytes(), INSTANCES_COMPARED_MAX];
    let rows = query.query_map(bound, |row| id(row, 0, EntryId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The object of an entry's text.
pub(super) fn text_object(db: &Connection, entry: EntryId) -> Result<Option<ObjectId>> {
    let mut query = db.prepare_cached("SELECT text FROM entries WHERE id = ?1")?;
    let text = query.query_row([entry.as_bytes()], |row| id_or_null(row, 0, ObjectId::from_bytes));
    super::rows::found(text, "entry")
}

/// See the trait.
pub(super) fn texts(db: &Connection, entries: &[EntryId]) -> Result<HashMap<EntryId, Parts>> {
    let mut query = db.prepare_cached("SELECT text FROM entries WHERE id = ?1 AND text IS NOT NULL")?;
    let mut texts = HashMap::new();
    for entry in entries {
        let text = query.query_row([entry.as_bytes()], |row| id(row, 0, ObjectId::from_bytes)).optional()?;
        if let Some(text) = text {
            texts.insert(*entry, objects::parts(db, text)?);
        }
    }
    Ok(texts)
}

/// The word of a stage, as stored.
pub(super) const fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Received => "received",
        Stage::Filed => "filed",
    }
}

/// The stage of that word.
pub(super) fn stage_of(name: &str) -> Option<Stage> {
    [Stage::Received, Stage::Filed].into_iter().find(|stage| stage_name(*stage) == name)
}

fn read(row: &Row<'_>) -> rusqlite::Result<EntryRow> {
    Ok(EntryRow {
        id: id(row, 0, EntryId::from_bytes)?,
        arrival: id(row, 1, ArrivalId::from_bytes)?,
        parent: id_or_null(row, 2, EntryId::from_bytes)?,
        ordinal: row.get(3)?,
        depth: row.get(4)?,
        stage: word(row, 5, stage_of)?,
        bytes: row.get(6)?,
        kind: word(row, 7, FileKind::from_name)?,
        outcome: word_or_null(row, 8, Outcome::from_name)?,
        readable: word(row, 9, Readable::from_name)?,
        language: row.get(10)?,
        twin: id_or_null(row, 11, EntryId::from_bytes)?,
        object: id_or_null(row, 12, ObjectId::from_bytes)?,
        record: sealed(row, 13)?,
    })
}
