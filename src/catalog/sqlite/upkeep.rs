//! Damage, copies, and the catalog's check of itself.

use super::{
    super::{CatalogError, Result},
    audit, cases, jobs, objects,
    rows::world_io,
    sync_folder_of,
    writer::Session,
};
use crate::{
    audit::Event,
    domain::{entry::Outcome, facts::FileKind, ids::ObjectId},
};
use data_encoding::BASE32_NOPAD;
use rusqlite::{Connection, backup::Backup, types::ValueRef};
use std::path::Path;

/// See the trait.
pub(super) fn mark_damaged(session: &Session<'_>, object: ObjectId, event: Event) -> Result<()> {
    let case = objects::mark_damaged(session, object)?;
    cases::changed(session.db, case)?;
    jobs::enqueue_gate(session.db, case)?;
    audit::append(session, event)
}

/// Copies the catalog as it stands into a new file, which is durable when this returns. After an error there is none.
pub(super) fn backup(db: &Connection, file: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let act = "backing up the catalog";
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(CatalogError::Refused("a backup is written to a file that does not exist yet"));
        }
        Err(e) => return Err(world_io(act, &e)),
    }
    let copied = copy(db, file).and_then(|()| {
        let synced = std::fs::File::open(file).and_then(|file| file.sync_all()).and_then(|()| sync_folder_of(file));
        synced.map_err(|e| world_io(act, &e))
    });
    if copied.is_err() {
        // What remains is not a catalog; the error that is returned says why.
        let _ = std::fs::remove_file(file);
    }
    copied
}

fn copy(db: &Connection, file: &Path) -> Result<()> {
    let mut target = Connection::open(file)?;
    // All pages in one step: one snapshot, and the writer is not held up by it.
    let step = Backup::new(db, &mut target)?.step(-1)?;
    if step != rusqlite::backup::StepResult::Done {
        return Err(CatalogError::World { act: "backing up the catalog", detail: "the catalog was busy".into() });
    }
    // The copy is one file: no log beside it that could be forgotten.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    target.close().map_err(|(_, e)| CatalogError::from(e))
}

/// What must never be, as a sentence, and a query for the ids (or numbers) of which it is.
const INVARIANTS: &[(&str, &str)] = &[
    (
        "entry is filed without an outcome, or has one without being filed",
        "SELECT id FROM entries WHERE (stage = 'filed') <> (outcome IS NOT NULL) OR (stage = 'filed') <> (filed_seq IS NOT NULL)",
    ),
    (
        "entry duplicates or conflicts with nothing",
        "SELECT id FROM entries WHERE outcome IN ('duplicate_of', 'conflict_with')
            AND (twin IS NULL OR twin NOT IN (SELECT id FROM entries))",
    ),
    (
        "entry's parts do not add up to its bytes",
        "SELECT entries.id FROM entries WHERE object IS NOT NULL
            AND bytes <> (SELECT coalesce(sum(plain_bytes), 0) FROM parts WHERE parts.object = entries.object)",
    ),
    (
        "entry's object is not named as its bytes",
        "SELECT entries.id FROM entries JOIN objects ON objects.id = entries.object
            WHERE objects.role <> 'bytes' OR objects.entry IS NOT entries.id OR objects.case_id <> entries.case_id",
    ),
    (
        "entry holds a fingerprint without its bytes",
        "SELECT id FROM entries WHERE fingerprint IS NOT NULL AND object IS NULL",
    ),
    (
        "object's parts have gaps",
        "SELECT object FROM parts GROUP BY object HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1",
    ),
    (
        "object belongs to nothing",
        "SELECT id FROM objects WHERE id NOT IN (
            SELECT object FROM entries WHERE object IS NOT NULL UNION SELECT text FROM entries WHERE text IS NOT NULL
            UNION SELECT object FROM index_objects UNION SELECT object FROM uploads WHERE state <> 'finished')",
    ),
    (
        "entry names bytes that are not there",
        "SELECT id FROM entries WHERE object IS NOT NULL AND object NOT IN (SELECT id FROM objects)",
    ),
    (
        "entry names a text that is not there",
        "SELECT id FROM entries WHERE text IS NOT NULL AND text NOT IN (SELECT id FROM objects)",
    ),
    (
        "upload names parts that are not there",
        "SELECT id FROM uploads WHERE state = 'open' AND object NOT IN (SELECT id FROM objects)",
    ),
    ("object has no parts", "SELECT id FROM objects WHERE role <> 'upload' AND id NOT IN (SELECT object FROM parts)"),
    (
        "part belongs to no object that is there; of object",
        "SELECT DISTINCT object FROM parts WHERE object NOT IN (SELECT id FROM objects)",
    ),
    (
        "object was written by a process that is not registered",
        "SELECT DISTINCT object FROM parts WHERE epoch NOT IN (SELECT id FROM epochs)",
    ),
    (
        "upload's parts do not add up to its offset",
        "SELECT id FROM uploads WHERE state = 'open'
            AND offset <> (SELECT coalesce(sum(plain_bytes), 0) FROM parts WHERE parts.object = uploads.object)",
    ),
    (
        "link's count of open uploads is wrong",
        "SELECT id FROM links WHERE open_uploads
            <> (SELECT count(*) FROM uploads WHERE uploads.link = links.id AND state = 'open')",
    ),
    (
        "case has filings beyond its count",
        "SELECT id FROM cases WHERE filed_seq
            < (SELECT coalesce(max(entries.filed_seq), 0) FROM entries WHERE entries.case_id = cases.id)",
    ),
];

/// Columns of words, each with a query for the rows whose word is not one of ours: such a row cannot be read.
fn vocabularies() -> Vec<(String, String)> {
    let kinds: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.name()).collect();
    let outcomes: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.name()).collect();
    let readable = ["yes", "no", "partial", "undetermined"];
    let query = |column: &str, words: &[&str]| {
        let sql = format!("SELECT id FROM entries WHERE {column} NOT IN ('{}')", words.join("', '"));
        (format!("entry's {column} is not a word we use"), sql)
    };
    vec![query("kind", &kinds), query("outcome", &outcomes), query("readable", &readable)]
}

/// What the database finds wrong with itself, and what of our own must never be. Ids only.
pub(super) fn self_check(db: &Connection) -> Result<Vec<String>> {
    let mut faults: Vec<String> = Vec::new();
    let mut check = db.prepare("PRAGMA integrity_check")?;
    let lines = check.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    faults.extend(lines.into_iter().filter(|line| line != "ok").map(|line| format!("database: {line}")));
    let mut check = db.prepare("PRAGMA foreign_key_check")?;
    let lines = check.query_map([], |row| Ok((row.get(0)?, row.get(2)?)))?;
    for line in lines {
        let (child, parent): (String, String) = line?;
        faults.push(format!("database: a row of {child} names a row of {parent} that is not there"));
    }
    let invariants = INVARIANTS.iter().map(|(sentence, sql)| ((*sentence).to_owned(), (*sql).to_owned()));
    for (sentence, sql) in invariants.chain(vocabularies()) {
        let mut query = db.prepare(&sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            faults.push(format!("{sentence}: {}", shown(row.get_ref(0)?)));
        }
    }
    Ok(faults)
}

fn shown(id: ValueRef<'_>) -> String {
    match id {
        ValueRef::Blob(bytes) => BASE32_NOPAD.encode(bytes).to_ascii_lowercase(),
        _ => "?".into(),
    }
}
