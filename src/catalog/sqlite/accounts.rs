//! An entry with everything that stands in the clear beside its record, for `verify`.

use super::{
    super::{Account, FirstVerdict, Result},
    entries,
    rows::{reason_of, sealed, severity_of, word},
};
use crate::domain::{
    entry::Outcome,
    ids::{EntryId, Fingerprint},
    reason::{Reason, Severity},
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// See the trait.
pub(super) fn one(db: &Connection, entry: EntryId) -> Result<Option<Account>> {
    let Some(row) = entries::one(db, entry)? else { return Ok(None) };
    let mut query = db.prepare_cached(
        "SELECT seq, verdicts, fingerprint, instance, coalesce(objects.damaged, 0)
         FROM entries LEFT JOIN objects ON objects.id = entries.object WHERE entries.id = ?1",
    )?;
    let (seq, verdicts, fingerprint, instance, damaged) = query.query_row([entry.as_bytes()], |row| {
        Ok((row.get(0)?, row.get(1)?, keyed(row, 2)?, keyed(row, 3)?, row.get(4)?))
    })?;
    Ok(Some(Account {
        row,
        fingerprint,
        instance,
        damaged,
        findings: findings(db, seq, verdicts)?,
        first: first(db, seq)?,
    }))
}

fn first(db: &Connection, seq: i64) -> Result<Option<FirstVerdict>> {
    let mut query = db.prepare_cached("SELECT outcome, record FROM first_verdicts WHERE entry = ?1")?;
    let found = query.query_row([seq], |row| Ok((word(row, 0, Outcome::from_name)?, sealed(row, 1)?))).optional()?;
    let Some((outcome, record)) = found else { return Ok(None) };
    Ok(Some(FirstVerdict { outcome, record, findings: findings(db, seq, 1)? }))
}

fn findings(db: &Connection, seq: i64, verdict: u64) -> Result<Vec<(Reason, Severity)>> {
    let mut query =
        db.prepare_cached("SELECT code, severity FROM findings WHERE entry = ?1 AND verdict = ?2 ORDER BY ordinal")?;
    let rows =
        query.query_map(params![seq, verdict], |row| Ok((word(row, 0, reason_of)?, word(row, 1, severity_of)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn keyed(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Fingerprint>> {
    Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(Fingerprint))
}
