//! Objects and their parts: which part belongs to what, and that none is deleted while something names it.

use super::{
    super::{CatalogError, NamedObject, Result},
    jobs,
    rows::{found, id, id_or_null},
    writer::Session,
};
use crate::domain::{
    entry::{Part, Parts},
    ids::{CaseId, EntryId, EpochId, HeaderDigest, ObjectId, PartKey},
    job::Work,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashMap;

/// Parts one delete job names at most, so that no job's row grows without bound.
const KEYS_PER_DELETE: usize = 1_000;

/// What an object holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Bytes,
    Text,
    Index,
    Upload,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Text => "text",
            Self::Index => "index",
            Self::Upload => "upload",
        }
    }
}

/// An object that is to be named.
pub(super) struct NewObject<'a> {
    pub(super) id: ObjectId,
    pub(super) case: CaseId,
    pub(super) role: Role,
    pub(super) entry: Option<EntryId>,
    pub(super) parts: &'a Parts,
}

/// Names an object and its parts.
pub(super) fn name(db: &Connection, object: &NewObject<'_>) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT INTO objects (id, case_id, role, entry) VALUES (?1, ?2, ?3, ?4)")?;
    insert.execute(params![
        object.id.as_bytes(),
        object.case.as_bytes(),
        object.role.name(),
        object.entry.as_ref().map(EntryId::as_bytes)
    ])?;
    for (ordinal, part) in object.parts.0.iter().enumerate() {
        add_part(db, object.id, ordinal, part)?;
    }
    Ok(())
}

/// Adds a part to an object.
pub(super) fn add_part(db: &Connection, object: ObjectId, ordinal: usize, part: &Part) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO parts (object, ordinal, epoch, name, plain_bytes, sealed_bytes, header)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.execute(params![
        object.as_bytes(),
        ordinal,
        part.key.epoch.as_bytes(),
        part.key.name.as_bytes(),
        part.plain_bytes,
        part.sealed_bytes,
        part.header.0
    ])?;
    Ok(())
}

/// The parts of an object, in order.
pub(super) fn parts(db: &Connection, object: ObjectId) -> Result<Parts> {
    let mut query = db.prepare_cached(
        "SELECT epoch, name, plain_bytes, sealed_bytes, header FROM parts WHERE object = ?1 ORDER BY ordinal",
    )?;
    let rows = query.query_map([object.as_bytes()], read_part)?;
    Ok(Parts(rows.collect::<rusqlite::Result<_>>()?))
}

/// The parts of the bytes of every entry of a case, by object.
pub(super) fn parts_of_case(db: &Connection, case: CaseId) -> Result<HashMap<ObjectId, Parts>> {
    let mut query = db.prepare_cached(
        "SELECT parts.epoch, parts.name, parts.plain_bytes, parts.sealed_bytes, parts.header, parts.object
         FROM entries JOIN parts ON parts.object = entries.object
         WHERE entries.case_id = ?1 ORDER BY parts.object, parts.ordinal",
    )?;
    let rows = query.query_map([case.as_bytes()], |row| Ok((id(row, 5, ObjectId::from_bytes)?, read_part(row)?)))?;
    let mut parts: HashMap<ObjectId, Parts> = HashMap::new();
    for row in rows {
        let (object, part) = row?;
        parts.entry(object).or_default().0.push(part);
    }
    Ok(parts)
}

/// The last part of an object and its place. An upload may have very many: none but this is looked at to add one.
pub(super) fn last_part(db: &Connection, object: ObjectId) -> Result<Option<(usize, Part)>> {
    let mut query = db.prepare_cached(
        "SELECT epoch, name, plain_bytes, sealed_bytes, header, ordinal FROM parts WHERE object = ?1
         ORDER BY ordinal DESC LIMIT 1",
    )?;
    let last = query.query_row([object.as_bytes()], |row| Ok((row.get(5)?, read_part(row)?)));
    Ok(last.optional()?)
}

/// Takes an object out of the catalog; its parts are named by nothing from here on. Nothing where there is none.
pub(super) fn unname(db: &Connection, object: ObjectId) -> Result<Vec<PartKey>> {
    let keys = parts(db, object)?.0.iter().map(|part| part.key).collect();
    db.prepare_cached("DELETE FROM parts WHERE object = ?1")?.execute([object.as_bytes()])?;
    db.prepare_cached("DELETE FROM objects WHERE id = ?1")?.execute([object.as_bytes()])?;
    Ok(keys)
}

/// Enqueues the deletion of those parts that nothing names: one that came a second time with a repeated call is named
/// already, and deleting it would lose what was acknowledged.
pub(super) fn delete(db: &Connection, case: CaseId, keys: &[PartKey]) -> Result<()> {
    let mut unnamed = Vec::with_capacity(keys.len());
    for key in keys {
        if !names_part(db, *key)? {
            unnamed.push(*key);
        }
    }
    unnamed.sort_unstable();
    unnamed.dedup();
    for keys in unnamed.chunks(KEYS_PER_DELETE) {
        jobs::enqueue(db, Some(case), &Work::Delete(keys.to_vec()), jobs::AT_ONCE)?;
    }
    Ok(())
}

/// The keys of parts that came along with a call.
pub(super) fn keys_of(object: Option<&(ObjectId, Parts)>) -> Vec<PartKey> {
    object.into_iter().flat_map(|(_, parts)| parts.0.iter().map(|part| part.key)).collect()
}

/// Is this part named?
pub(super) fn names_part(db: &Connection, part: PartKey) -> Result<bool> {
    let mut query = db.prepare_cached("SELECT 1 FROM parts WHERE epoch = ?1 AND name = ?2")?;
    Ok(query.exists([part.epoch.as_bytes(), part.name.as_bytes()])?)
}

const COLUMNS: &str = "id, case_id, CASE role WHEN 'bytes' THEN entry END, damaged";

/// One object.
pub(super) fn one(db: &Connection, object: ObjectId) -> Result<NamedObject> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM objects WHERE id = ?1"))?;
    let mut named = found(query.query_row([object.as_bytes()], read), "object")?;
    named.parts = parts(db, object)?;
    Ok(named)
}

/// A page of objects in the order of their ids.
pub(super) fn page(db: &Connection, after: Option<ObjectId>, limit: u32) -> Result<Vec<NamedObject>> {
    let sql = format!("SELECT {COLUMNS} FROM objects WHERE id > ?1 ORDER BY id LIMIT ?2");
    let mut query = db.prepare_cached(&sql)?;
    // Every id is greater than the empty BLOB.
    let after: &[u8] = after.as_ref().map_or(&[], |object| object.as_bytes().as_slice());
    let rows = query.query_map(params![after, limit], read)?;
    let mut objects = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    for object in &mut objects {
        object.parts = parts(db, object.object)?;
    }
    Ok(objects)
}

/// Marks an object damaged; if it is an entry's bytes, its fingerprint is given up. Its case.
pub(super) fn mark_damaged(session: &Session<'_>, object: ObjectId) -> Result<CaseId> {
    let mut update = session.db.prepare_cached("UPDATE objects SET damaged = 1 WHERE id = ?1 RETURNING case_id")?;
    let case = found(update.query_row([object.as_bytes()], |row| id(row, 0, CaseId::from_bytes)), "object")?;
    let mut give_up = session.db.prepare_cached("UPDATE entries SET fingerprint = NULL WHERE object = ?1")?;
    give_up.execute([object.as_bytes()])?;
    Ok(case)
}

/// Refuses where an object of this id is named already.
pub(super) fn must_be_new(db: &Connection, object: ObjectId) -> Result<()> {
    match db.prepare_cached("SELECT 1 FROM objects WHERE id = ?1")?.exists([object.as_bytes()])? {
        true => Err(CatalogError::Refused("there is an object of this id already")),
        false => Ok(()),
    }
}

fn read_part(row: &Row<'_>) -> rusqlite::Result<Part> {
    Ok(Part {
        key: read_key(row)?,
        plain_bytes: row.get(2)?,
        sealed_bytes: row.get(3)?,
        header: HeaderDigest(row.get(4)?),
    })
}

fn read_key(row: &Row<'_>) -> rusqlite::Result<PartKey> {
    Ok(PartKey { epoch: id(row, 0, EpochId::from_bytes)?, name: id(row, 1, ObjectId::from_bytes)? })
}

fn read(row: &Row<'_>) -> rusqlite::Result<NamedObject> {
    Ok(NamedObject {
        object: id(row, 0, ObjectId::from_bytes)?,
        case: id(row, 1, CaseId::from_bytes)?,
        entry: id_or_null(row, 2, EntryId::from_bytes)?,
        parts: Parts::default(),
        damaged: row.get(3)?,
    })
}
