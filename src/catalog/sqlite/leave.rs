//! Taking a document out of a case, with everything that came out of it: what was moved to another case leaves no row,
//! no bytes and no index of it behind, all in one transaction.

use super::{
    super::{CatalogError, Result},
    audit, cases, jobs, objects,
    rows::{found, id, id_or_null, word},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        case::CaseState,
        entry::Stage,
        ids::{CaseId, EntryId, ObjectId, PartKey},
        job::Work,
    },
};
use rusqlite::{Connection, params};
use std::collections::HashSet;

/// What goes with an entry.
struct Leaving {
    row: i64,
    case: CaseId,
    stage: Stage,
    objects: [Option<ObjectId>; 2],
}

/// See the trait.
pub(super) fn leave(session: &Session<'_>, case: CaseId, entries: &[EntryId], event: Event) -> Result<()> {
    let db = session.db;
    if matches!(cases::state(db, case)?, CaseState::Held | CaseState::Shredded) {
        return Err(CatalogError::Refused("nothing of this case may be taken out"));
    }
    nothing_hangs_on(db, entries)?;
    let mut keys = Vec::new();
    for entry in entries {
        let leaving = look(db, *entry)?;
        if leaving.case != case || leaving.stage != Stage::Filed {
            return Err(CatalogError::Refused("it is not filed in this case"));
        }
        keys.extend(remove(db, *entry, &leaving)?);
    }
    keys.extend(forget_index(db, case)?);
    objects::delete(db, case, &keys)?;
    cases::changed(db, case)?;
    jobs::enqueue_gate(db, case)?;
    audit::append(session, event)
}

/// Refuses where an entry that stays is a copy of one that goes, or came out of it.
fn nothing_hangs_on(db: &Connection, entries: &[EntryId]) -> Result<()> {
    let leaving: HashSet<EntryId> = entries.iter().copied().collect();
    let mut query = db.prepare_cached(
        "SELECT id FROM entries WHERE twin = ?1 AND outcome = 'duplicate_of' UNION SELECT id FROM entries WHERE parent = ?1",
    )?;
    for entry in entries {
        let hanging = query.query_map([entry.as_bytes()], |row| id(row, 0, EntryId::from_bytes))?;
        for other in hanging {
            if !leaving.contains(&other?) {
                return Err(CatalogError::Refused("another entry of the case hangs on it"));
            }
        }
    }
    Ok(())
}

fn look(db: &Connection, entry: EntryId) -> Result<Leaving> {
    let mut query = db.prepare_cached("SELECT seq, case_id, stage, object, text FROM entries WHERE id = ?1")?;
    let row = query.query_row([entry.as_bytes()], |row| {
        Ok(Leaving {
            row: row.get(0)?,
            case: id(row, 1, CaseId::from_bytes)?,
            stage: word(row, 2, super::entries::stage_of)?,
            objects: [id_or_null(row, 3, ObjectId::from_bytes)?, id_or_null(row, 4, ObjectId::from_bytes)?],
        })
    });
    found(row, "entry")
}

/// Removes an entry with all that names it; the keys of its parts.
fn remove(db: &Connection, entry: EntryId, leaving: &Leaving) -> Result<Vec<PartKey>> {
    for work in [Work::Examine(entry), Work::Compare(entry), Work::Read(entry), Work::ReadLater(entry)] {
        jobs::drop_all(db, &work)?;
    }
    for sql in [
        "DELETE FROM findings WHERE entry = ?1",
        "DELETE FROM first_verdicts WHERE entry = ?1",
        "DELETE FROM rulings WHERE entry = (SELECT id FROM entries WHERE seq = ?1)",
        "DELETE FROM entries WHERE seq = ?1",
    ] {
        db.prepare_cached(sql)?.execute(params![leaving.row])?;
    }
    let mut keys = Vec::new();
    for object in leaving.objects.iter().flatten() {
        keys.extend(objects::unname(db, *object)?);
    }
    Ok(keys)
}

/// An index that knows what is gone is of no use: it is built anew, from the texts of what is left. Until then a search
/// finds nothing rather than too much.
fn forget_index(db: &Connection, case: CaseId) -> Result<Vec<PartKey>> {
    let mut forget = db.prepare_cached("UPDATE indexes SET files = x'', watermark = 0 WHERE case_id = ?1")?;
    forget.execute([case.as_bytes()])?;
    let mut query = db.prepare_cached("DELETE FROM index_objects WHERE case_id = ?1 RETURNING object")?;
    let rows = query.query_map([case.as_bytes()], |row| id(row, 0, ObjectId::from_bytes))?;
    let mut keys = Vec::new();
    for object in rows.collect::<rusqlite::Result<Vec<_>>>()? {
        keys.extend(objects::unname(db, object)?);
    }
    Ok(keys)
}
