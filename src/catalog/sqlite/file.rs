//! Filing: the outcome of an entry, with everything that follows from it, in one transaction.

use super::{
    super::{CatalogError, Filing, Result},
    audit, cases, jobs,
    objects::{self, NewObject, Role},
    rows::{found, id, id_or_null, severity_name},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        entry::Stage,
        ids::{CaseId, EntryId, ObjectId},
        job::Lease,
    },
};
use rusqlite::{Connection, params};

/// What an entry's row was before it is filed.
struct Before {
    row: i64,
    case: CaseId,
    object: Option<ObjectId>,
    text: Option<ObjectId>,
    verdicts: u64,
}

/// See the trait.
pub(super) fn file(session: &Session<'_>, filing: &Filing, lease: &Lease, event: Event) -> Result<()> {
    let db = session.db;
    let job_case = jobs::must_hold(db, lease)?;
    let before = before(db, filing.entry)?;
    if job_case.is_some_and(|case| case != before.case) {
        return Err(CatalogError::Refused("the job is of another case"));
    }
    must_be_unchanged(db, filing, &before)?;
    keep_first_verdict(db, &before)?;
    update(db, filing, &before)?;
    write_findings(db, filing, &before)?;
    replace_text(db, filing, &before)?;
    if filing.drop_object && !cases::is_held(db, before.case)? {
        drop_object(db, &before)?;
    }
    fill_duplicates(db, filing, before.case)?;
    jobs::end(db, lease)?;
    for work in &filing.then {
        jobs::enqueue(db, Some(before.case), work, jobs::AT_ONCE)?;
    }
    jobs::enqueue_gate(db, before.case)?;
    audit::append(session, event)
}

fn before(db: &Connection, entry: EntryId) -> Result<Before> {
    let mut query = db.prepare_cached("SELECT seq, case_id, object, text, verdicts FROM entries WHERE id = ?1")?;
    let row = query.query_row([entry.as_bytes()], |row| {
        Ok(Before {
            row: row.get(0)?,
            case: id(row, 1, CaseId::from_bytes)?,
            object: id_or_null(row, 2, ObjectId::from_bytes)?,
            text: id_or_null(row, 3, ObjectId::from_bytes)?,
            verdicts: row.get(4)?,
        })
    });
    found(row, "entry")
}

/// A record that was changed since it was read is not overwritten.
fn must_be_unchanged(db: &Connection, filing: &Filing, before: &Before) -> Result<()> {
    let Some(expected) = &filing.changed_from else { return Ok(()) };
    let mut query = db.prepare_cached("SELECT 1 FROM entries WHERE seq = ?1 AND record = ?2")?;
    if query.exists(params![before.row, expected.0])? { Ok(()) } else { Err(CatalogError::Stale) }
}

/// Before the second verdict takes the place of the first in the row, the first goes where it stays for good.
fn keep_first_verdict(db: &Connection, before: &Before) -> Result<()> {
    if before.verdicts == 1 {
        let mut insert = db.prepare_cached(
            "INSERT INTO first_verdicts (entry, outcome, record) SELECT seq, outcome, record FROM entries WHERE seq = ?1",
        )?;
        insert.execute([before.row])?;
    }
    Ok(())
}

fn update(db: &Connection, filing: &Filing, before: &Before) -> Result<()> {
    let filed_seq = cases::next_filing(db, before.case)?;
    let mut update = db.prepare_cached(
        "UPDATE entries SET stage = ?2, kind = ?3, outcome = ?4, readable = ?5, language = ?6, twin = ?7,
            instance = ?8, record = ?9, filed_seq = ?10, verdicts = verdicts + 1
         WHERE seq = ?1",
    )?;
    update.execute(params![
        before.row,
        super::entries::stage_name(Stage::Filed),
        filing.kind.name(),
        filing.outcome.name(),
        filing.readable.name(),
        filing.language,
        filing.twin.as_ref().map(EntryId::as_bytes),
        filing.instance.map(|instance| instance.0),
        filing.record.0,
        filed_seq
    ])?;
    Ok(())
}

/// Findings of the first verdict and of the latest are kept, those between go.
fn write_findings(db: &Connection, filing: &Filing, before: &Before) -> Result<()> {
    db.prepare_cached("DELETE FROM findings WHERE entry = ?1 AND verdict > 1")?.execute([before.row])?;
    let mut insert = db
        .prepare_cached("INSERT INTO findings (entry, verdict, ordinal, code, severity) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (ordinal, (reason, severity)) in filing.findings.iter().enumerate() {
        insert.execute(params![before.row, before.verdicts + 1, ordinal, reason.code(), severity_name(*severity)])?;
    }
    Ok(())
}

fn replace_text(db: &Connection, filing: &Filing, before: &Before) -> Result<()> {
    let Some((text, parts)) = &filing.text else { return Ok(()) };
    if before.text == Some(*text) {
        return Ok(());
    }
    objects::must_be_new(db, *text)?;
    objects::name(db, &NewObject { id: *text, case: before.case, role: Role::Text, entry: Some(filing.entry), parts })?;
    let mut update = db.prepare_cached("UPDATE entries SET text = ?2 WHERE seq = ?1")?;
    update.execute(params![before.row, text.as_bytes()])?;
    if let Some(old) = before.text {
        let keys = objects::unname(db, old)?;
        objects::delete(db, before.case, &keys)?;
    }
    Ok(())
}

fn drop_object(db: &Connection, before: &Before) -> Result<()> {
    let mut update = db.prepare_cached("UPDATE entries SET object = NULL, fingerprint = NULL WHERE seq = ?1")?;
    update.execute([before.row])?;
    if let Some(object) = before.object {
        let keys = objects::unname(db, object)?;
        objects::delete(db, before.case, &keys)?;
    }
    Ok(())
}

/// Duplicates of these bytes learn what is now known of them. Each that changes is filed again, so that whoever
/// follows the filings sees it.
fn fill_duplicates(db: &Connection, filing: &Filing, case: CaseId) -> Result<()> {
    let mut query = db.prepare_cached(
        "SELECT seq FROM entries WHERE twin = ?1 AND outcome = 'duplicate_of' AND verdicts = 0
            AND (readable <> ?2 OR language <> ?3) ORDER BY seq",
    )?;
    let bound = params![filing.entry.as_bytes(), filing.readable.name(), filing.language];
    let rows = query.query_map(bound, |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut update =
        db.prepare_cached("UPDATE entries SET readable = ?2, language = ?3, filed_seq = ?4 WHERE seq = ?1")?;
    for row in rows {
        let filed_seq = cases::next_filing(db, case)?;
        update.execute(params![row, filing.readable.name(), filing.language, filed_seq])?;
    }
    Ok(())
}
