//! Passwords that were supplied for documents, sealed.

use super::{
    super::Result,
    audit, cases, jobs,
    rows::{id, sealed},
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{
        entry::Sealed,
        ids::{CaseId, EntryId},
        job::Work,
        reason::Reason,
    },
};
use rusqlite::{Connection, params};

/// See the trait.
pub(super) fn add(session: &Session<'_>, case: CaseId, password: &Sealed, event: Event) -> Result<()> {
    let db = session.db;
    cases::must_take_arrivals(db, case)?;
    db.prepare_cached(
        "INSERT INTO passwords (case_id, ordinal, password)
         VALUES (?1, (SELECT COUNT(*) FROM passwords WHERE case_id = ?1), ?2)",
    )?
    .execute(params![case.as_bytes(), password.0])?;
    let at = event.at;
    for entry in locked(db, case)? {
        jobs::enqueue(db, Some(case), &Work::Examine(entry), at)?;
    }
    cases::changed(db, case)?;
    // The case is at a new revision, whether or not a document is examined again.
    jobs::enqueue_gate(db, case)?;
    audit::append(session, event)
}

/// Passwords of a case, in the order in which they were supplied.
pub(super) fn of_case(db: &Connection, case: CaseId) -> Result<Vec<Sealed>> {
    let mut query = db.prepare_cached("SELECT password FROM passwords WHERE case_id = ?1 ORDER BY ordinal")?;
    let rows = query.query_map([case.as_bytes()], |row| sealed(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Entries that asked for a password when they were examined last.
fn locked(db: &Connection, case: CaseId) -> Result<Vec<EntryId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT e.id FROM entries e JOIN findings f ON f.entry = e.seq AND f.verdict = e.verdicts
         WHERE e.case_id = ?1 AND e.object IS NOT NULL AND f.code = ?2",
    )?;
    let rows = query
        .query_map(params![case.as_bytes(), Reason::PasswordRequired.code()], |row| id(row, 0, EntryId::from_bytes))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
