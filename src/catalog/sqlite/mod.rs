//! The catalog in SQLite: one file, write-ahead log, `synchronous=FULL`.
//!
//! One thread owns the only connection that writes and commits what waits together ([`writer`]); reads go through a few
//! connections of their own, each call in one snapshot. What a call means is said by [`Catalog`](super::Catalog).
//! Nothing here logs, and no error carries the contents of a row.

mod accounts;
mod api;
mod audit;
mod cases;
mod entries;
mod file;
mod index;
mod jobs;
mod leave;
mod links;
mod objects;
mod passwords;
mod receive;
mod rows;
mod rulings;
mod upkeep;
mod uploads;
mod writer;

use super::{CatalogError, Result};
use crate::domain::ids::NodeId;
use rows::world;
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use writer::{Alone, Manner, Session, Writer};

/// Connections that read: more than the cores of a small machine, fewer than a busy page would open.
const READERS: usize = 4;

/// How long SQLite waits for a lock. Only a backup tool or an operator's shell could hold one.
const BUSY: Duration = Duration::from_secs(5);

/// Pages of the log (4 KiB each) after which it is written back into the database. The pages of indexes change again and
/// again, so that writing back seldom writes less; 32 MiB are read again within a fraction of a second after a crash.
const LOG_PAGES: u32 = 8_192;

/// Migrations in order; the number of the last is the schema's version (`user_version`).
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_spine.sql"),
    include_str!("../migrations/0002_passwords.sql"),
    include_str!("../migrations/0003_waivers.sql"),
    include_str!("../migrations/0004_rulings.sql"),
];

/// The catalog in one SQLite file, or in memory.
pub struct SqliteCatalog {
    writer: Writer,
    readers: Option<Arc<Readers>>,
    node: NodeId,
}

impl SqliteCatalog {
    /// Opens the catalog in this file, made where there is none (for its owner only), and brings its schema up to date.
    /// One process at a time: the caller holds the data folder's lock. `node` names the audit chain that is written.
    ///
    /// # Errors
    /// `Refused` where a newer version wrote the file; `World`, `Full`.
    pub fn open(path: &Path, node: NodeId) -> Result<Self> {
        create(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|e| world("opening the catalog", &e))?;
        let writer = Writer::start(prepare(db)?, node)?;
        Ok(Self { writer, readers: Some(Arc::new(Readers::new(path.to_owned()))), node })
    }

    /// A catalog in memory, for tests and `inspect`. Gone when dropped.
    ///
    /// # Errors
    /// `World`.
    pub fn in_memory(node: NodeId) -> Result<Self> {
        let db = Connection::open_in_memory().map_err(|e| world("opening the catalog", &e))?;
        Ok(Self { writer: Writer::start(prepare(db)?, node)?, readers: None, node })
    }

    /// Opens a copy for reading. It is one file without a log and stays so.
    fn open_copy(path: &Path, node: NodeId) -> Result<Self> {
        let act = "opening a copy of the catalog";
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|e| world(act, &e))?;
        harden(&db).map_err(|e| world(act, &e))?;
        let readers = Some(Arc::new(Readers::new(path.to_owned())));
        Ok(Self { writer: Writer::start(db, node)?, readers, node })
    }

    /// Runs a change; durable when this returns `Ok`. A dropped future does not take the change back.
    async fn write<T: Send + 'static>(
        &self,
        act: &'static str,
        change: impl FnOnce(&Session<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.call(act, Manner::Durable, change).await
    }

    /// Runs a change that a power cut may take back: it stands for every process that lives, and becomes durable with
    /// the next change that is.
    async fn write_lazily<T: Send + 'static>(
        &self,
        act: &'static str,
        change: impl FnOnce(&Session<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.call(act, Manner::Lazy, change).await
    }

    /// Runs a read in one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        act: &'static str,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(readers) = self.readers.clone() else {
            return self.writer.call(act, Manner::Lazy, move |session| query(session.db)).await;
        };
        readers.run(act, Alone::No, query).await
    }

    /// Looks a few rows up by their keys, in one snapshot, on the thread that asks: that takes microseconds, less than
    /// handing it to another thread and waking up for the answer.
    async fn look_up<T: Send + 'static>(
        &self,
        act: &'static str,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Some(readers) = &self.readers else { return self.read(act, query).await };
        let _permit = readers.permit(act).await?;
        readers.run_here(Alone::No, query).map_err(|error| rows::during(act, error))
    }

    /// Runs something that must not stand in a transaction.
    async fn outside<T: Send + 'static>(
        &self,
        act: &'static str,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.readers.clone() {
            None => self.writer.call(act, Manner::Alone, move |session| query(session.db)).await,
            Some(readers) => readers.run(act, Alone::Yes, query).await,
        }
    }
}

/// Connections that read, as many as permits.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default(), permits: Arc::new(Semaphore::new(READERS)) }
    }

    async fn run<T: Send + 'static>(
        self: Arc<Self>,
        act: &'static str,
        alone: Alone,
        query: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = self.permit(act).await?;
        let work = move || {
            let _permit = permit;
            self.run_here(alone, query)
        };
        let result = tokio::task::spawn_blocking(work).await.map_err(|_| ended(act))?;
        result.map_err(|error| rows::during(act, error))
    }

    async fn permit(&self, act: &'static str) -> Result<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.map_err(|_| ended(act))
    }

    fn run_here<T>(&self, alone: Alone, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = match idle {
            Some(db) => db,
            None => self.connect()?,
        };
        let result = match alone {
            Alone::Yes => query(&db)?,
            Alone::No => {
                db.prepare_cached("BEGIN")?.execute([])?;
                let result = query(&db)?;
                db.prepare_cached("COMMIT")?.execute([])?;
                result
            }
        };
        // After an error the connection is dropped, with its snapshot, rather than looked at.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        Ok(result)
    }

    fn connect(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&self.path, flags)?;
        harden(&db)?;
        Ok(db)
    }
}

fn ended(act: &'static str) -> CatalogError {
    CatalogError::World { act, detail: "the reading threads have ended".into() }
}

/// Makes the file, readable for its owner only (SQLite gives the log beside it the same mode), and its name durable.
fn create(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let act = "creating the catalog";
    let failed = |e: std::io::Error| rows::world_io(act, &e);
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match file {
        Ok(file) => file.sync_all().map_err(failed)?,
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        Err(e) => return Err(failed(e)),
    }
    sync_folder_of(path).map_err(failed)
}

fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

/// What holds for every connection: temporary tables never reach a disk, the schema is not trusted to call functions,
/// damaged pages are found when they are read, and a plan does not hang on the values it is asked with (SQLite: query
/// planner stability guarantee; without it many statements are prepared anew each time they are bound).
fn harden(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(256);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "trusted_schema", "OFF")?;
    db.pragma_update(None, "cell_size_check", "ON")
}

fn prepare(db: Connection) -> Result<Connection> {
    let act = "preparing the catalog";
    set_up(&db).map_err(|e| world(act, &e))?;
    migrate(&db).map_err(|error| rows::during(act, error))?;
    Ok(db)
}

fn set_up(db: &Connection) -> rusqlite::Result<()> {
    harden(db)?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    db.pragma_update(None, "secure_delete", "ON")?;
    // REPLACE fires delete triggers only with this on: without it, it would be a way around those of the audit table.
    db.pragma_update(None, "recursive_triggers", "ON")
}

fn migrate(db: &Connection) -> Result<()> {
    let done: usize = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if done > MIGRATIONS.len() {
        return Err(CatalogError::Refused("a newer version of casegate wrote this catalog: use that one"));
    }
    for (number, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let change = db.unchecked_transaction()?;
        change.execute_batch(sql)?;
        change.pragma_update(None, "user_version", number + 1)?;
        change.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::RulingKind,
        domain::{ids::CaseId, reason::Reason},
    };

    /// Proves that what durability and secrecy rest on is in force on the connection that writes, not only asked for.
    #[tokio::test]
    async fn the_writing_connection_is_set_up() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog"), NodeId::from_bytes([1; 16])).unwrap();
        let expected =
            [("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("temp_store", 2), ("trusted_schema", 0)];
        let values = catalog.write("looking", move |session| {
            let mode: String = session.db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            assert_eq!(mode, "wal");
            let value = |name| Ok(session.db.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?);
            expected.iter().map(|(name, _)| value(*name)).collect::<Result<Vec<_>>>()
        });
        assert_eq!(values.await.unwrap(), expected.map(|(_, value)| value));
    }

    /// Proves that a statement which was prepared once is not prepared again for other values.
    #[tokio::test]
    async fn a_statement_is_prepared_once() {
        let catalog = SqliteCatalog::in_memory(NodeId::from_bytes([1; 16])).unwrap();
        let prepared_again = catalog.write("asking", |session| {
            let sql = "SELECT seq FROM audit WHERE node = ?1 ORDER BY seq DESC LIMIT 1";
            let ask = |node: u8| {
                let mut query = session.db.prepare_cached(sql)?;
                query.exists([[node; 16]])?;
                Ok(query.get_status(rusqlite::StatementStatus::RePrepare))
            };
            (0..10).map(ask).collect::<Result<Vec<_>>>()
        });
        assert_eq!(prepared_again.await.unwrap(), [0; 10]);
    }

    /// Proves that what was accepted under an earlier schema is still accepted under this one.
    #[test]
    fn what_was_accepted_before_stays_so() {
        let db = Connection::open_in_memory().unwrap();
        MIGRATIONS[..3].iter().for_each(|sql| db.execute_batch(sql).unwrap());
        db.pragma_update(None, "user_version", 3).unwrap();
        db.execute_batch(
            "INSERT INTO cases (id, programme, state, opened, revision, patient, recipient, holding)
             VALUES (zeroblob(16), 'p', 'open', 1, 1, x'', '', 0);
             INSERT INTO waivers (id, case_id, code, record, given_seq, given_hash)
             VALUES (zeroblob(16), zeroblob(16), 'illegible', x'06', 3, zeroblob(32))",
        )
        .unwrap();
        migrate(&db).unwrap();
        let rows = rulings::of_case(&db, CaseId::from_bytes([0; 16])).unwrap();
        let kept: Vec<_> = rows.iter().map(|row| (row.ruling.kind, row.ruling.code, row.given.seq)).collect();
        assert_eq!(kept, [(RulingKind::Waived, Reason::Illegible, 3)]);
    }

    /// Proves that a connection that reads cannot write.
    #[tokio::test]
    async fn a_reading_connection_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = SqliteCatalog::open(&folder.path().join("catalog"), NodeId::from_bytes([1; 16])).unwrap();
        let write = catalog.read("writing", |db| Ok(db.execute("DELETE FROM cases", [])?)).await;
        assert!(matches!(write, Err(CatalogError::World { act: "writing", .. })), "{write:?}");
    }
}
