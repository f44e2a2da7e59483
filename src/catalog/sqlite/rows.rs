//! Values of the domain to and from columns, and SQLite's errors to ours.

use super::super::{CatalogError, Result};
use crate::domain::{
    entry::Sealed,
    reason::{Reason, Severity},
    time::Instant,
};
use rusqlite::{ErrorCode, Row, ffi, types::Type};

/// A fault with what was attempted. Only codes and names of columns get into it, never values.
pub(super) fn world(act: &'static str, error: &rusqlite::Error) -> CatalogError {
    during(act, CatalogError::from(error))
}

/// A fault of the file system outside SQLite.
pub(super) fn world_io(act: &'static str, error: &std::io::Error) -> CatalogError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => CatalogError::Full,
        kind => CatalogError::World { act, detail: kind.to_string() },
    }
}

/// Names the attempted act in a fault of the world's.
pub(super) fn during(act: &'static str, error: CatalogError) -> CatalogError {
    match error {
        CatalogError::World { detail, .. } => CatalogError::World { act, detail },
        other => other,
    }
}

impl From<rusqlite::Error> for CatalogError {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&rusqlite::Error> for CatalogError {
    fn from(error: &rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let detail = match error {
            E::SqliteFailure(e, _) if e.code == ErrorCode::DiskFull => return Self::Full,
            // The log's shared memory could not grow: the same full disk, met elsewhere.
            E::SqliteFailure(e, _) if e.extended_code == ffi::SQLITE_IOERR_SHMSIZE => return Self::Full,
            // SQLite names the constraint's table and columns, or the trigger's sentence.
            E::SqliteFailure(e, Some(text)) if e.code == ErrorCode::ConstraintViolation => text.clone(),
            E::SqliteFailure(e, _) => format!("{:?} (code {})", e.code, e.extended_code),
            E::FromSqlConversionFailure(column, ..) | E::IntegralValueOutOfRange(column, _) => {
                format!("column {column} holds what it should not")
            }
            E::InvalidColumnType(_, column, found) => format!("column {column} is {found}"),
            E::QueryReturnedNoRows => "a row is missing".into(),
            _ => "the database was asked wrongly".into(),
        };
        Self::World { act: "using the catalog", detail }
    }
}

/// A word of a fixed vocabulary. An unknown one means the file was written by something else.
pub(super) fn word<T>(row: &Row<'_>, column: usize, find: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    find(text).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, "a word that is not in the vocabulary".into())
    })
}

/// The same where there may be none.
pub(super) fn word_or_null<T>(
    row: &Row<'_>,
    column: usize,
    find: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => word(row, column, find).map(Some),
    }
}

/// 16 bytes as an id.
pub(super) fn id<T>(row: &Row<'_>, column: usize, make: fn([u8; 16]) -> T) -> rusqlite::Result<T> {
    row.get::<_, [u8; 16]>(column).map(make)
}

/// 16 bytes or none.
pub(super) fn id_or_null<T>(row: &Row<'_>, column: usize, make: fn([u8; 16]) -> T) -> rusqlite::Result<Option<T>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(make))
}

/// A sealed column.
pub(super) fn sealed(row: &Row<'_>, column: usize) -> rusqlite::Result<Sealed> {
    row.get(column).map(Sealed)
}

/// An instant.
pub(super) fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Instant> {
    row.get(column).map(Instant)
}

/// The severity of that word.
pub(super) fn severity_of(name: &str) -> Option<Severity> {
    [Severity::Info, Severity::Warn, Severity::Block].into_iter().find(|s| severity_name(*s) == name)
}

/// The word of a severity, as stored.
pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warn => "warn",
        Severity::Block => "block",
    }
}

/// The reason of that code.
pub(super) fn reason_of(code: &str) -> Option<Reason> {
    code.parse().ok()
}

/// One row or [`CatalogError::Missing`].
pub(super) fn found<T>(result: rusqlite::Result<T>, what: &'static str) -> Result<T> {
    match result {
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(CatalogError::Missing(what)),
        other => Ok(other?),
    }
}
