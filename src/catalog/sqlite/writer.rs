//! The thread that writes: takes calls from a bounded channel and commits those that wait together.
//!
//! Each call runs in a savepoint of its own, so that one that fails is rolled back alone. All are answered after the
//! commit they share, and where it fails all get its error: an answer `Ok` always means durable, unless the caller said
//! that it need not be. One `fsync` is thus paid by as many calls as came while the one before it ran, and none by calls
//! that need none and came alone.

use super::{
    super::{CatalogError, Result},
    rows::{during, world},
};
use crate::domain::ids::NodeId;
use rusqlite::{Connection, ErrorCode, ffi};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread::JoinHandle,
};
use tokio::sync::{mpsc, oneshot};

/// Calls that may wait; beyond it callers wait to be let in.
const WAITING_MAX: usize = 1_024;

/// Calls of one commit: keeps the first caller from waiting for an endless queue.
const GROUP_MAX: usize = 256;

/// What a call sees of the writer.
pub(super) struct Session<'a> {
    /// The connection that writes, inside the group's transaction.
    pub(super) db: &'a Connection,
    /// Whose audit chain is written.
    pub(super) node: NodeId,
    /// Leases up to this token were given by processes that are dead.
    pub(super) dead_token_max: u64,
}

/// Must a query stand outside any transaction?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    Yes,
    No,
}

/// How a call is to be run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Durable when it is answered.
    Durable,
    /// Answered before it is durable: a power cut may take it back, the end of this process cannot.
    Lazy,
    /// Outside any transaction.
    Alone,
}

/// How a call went; `send` answers it once the fate of the shared commit is known.
struct Ran {
    fault: Option<CatalogError>,
    send: Box<dyn FnOnce(Result<()>) + Send>,
}

/// A call that waits. Given an error instead of a session it does nothing and answers that.
type Run = Box<dyn FnOnce(Result<&Session<'_>>) -> Ran + Send>;

struct Call {
    manner: Manner,
    run: Run,
}

/// The handle callers use. Dropping it lets the calls under way finish and ends the thread.
pub(super) struct Writer {
    calls: Option<mpsc::Sender<Call>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(db: Connection, node: NodeId) -> Result<Self> {
        let act = "starting the catalog's writer";
        let dead_token_max = db
            .query_row("SELECT value FROM counters WHERE name = 'lease_token'", [], |row| row.get(0))
            .map_err(|e| world(act, &e))?;
        let (calls, inbox) = mpsc::channel(WAITING_MAX);
        let work = move || Loop { db, node, dead_token_max, lazy: false, poisoned: None }.run(inbox);
        let thread = std::thread::Builder::new().name("catalog".into()).spawn(work);
        let thread = thread.map_err(|e| super::rows::world_io(act, &e))?;
        Ok(Self { calls: Some(calls), thread: Some(thread) })
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        act: &'static str,
        manner: Manner,
        change: impl FnOnce(&Session<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let gone = || CatalogError::World { act, detail: "the call broke off".into() };
        let (answer, answered) = oneshot::channel::<Result<T>>();
        let run = Box::new(move |session: Result<&Session<'_>>| {
            let result = session.and_then(change);
            let fault = result.as_ref().err().cloned();
            let send = Box::new(move |commit: Result<()>| {
                // The caller may have gone; what was committed stays committed.
                let _ = answer.send(result.and_then(|value| commit.map(|()| value)));
            });
            Ran { fault, send }
        });
        let calls = self.calls.as_ref().ok_or_else(gone)?;
        calls.send(Call { manner, run }).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(|error| during(act, error))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been answered to each caller already.
            let _ = thread.join();
        }
    }
}

struct Loop {
    db: Connection,
    node: NodeId,
    dead_token_max: u64,
    /// Is the connection set to commit without an `fsync`?
    lazy: bool,
    /// Set for good once an `fsync` failed: the kernel may have dropped the pages it could not write, so that a
    /// later `fsync` that succeeds proves nothing about them. Only opening the file anew tells what is there.
    poisoned: Option<CatalogError>,
}

impl Loop {
    fn run(mut self, mut inbox: mpsc::Receiver<Call>) {
        while let Some(first) = inbox.blocking_recv() {
            let mut group = Vec::with_capacity(16);
            let mut next = Some(first);
            while let Some(call) = next.take() {
                if call.manner == Manner::Alone {
                    self.commit_all(std::mem::take(&mut group));
                    self.run_alone(call);
                } else {
                    group.push(call);
                }
                if group.len() < GROUP_MAX {
                    next = inbox.try_recv().ok();
                }
            }
            self.commit_all(group);
        }
    }

    fn run_alone(&self, call: Call) {
        if let Some(ran) = self.run_fenced(call) {
            (ran.send)(Ok(()));
        }
    }

    /// Runs the calls in as few transactions as possible: one, unless SQLite itself gives a transaction up midway.
    fn commit_all(&mut self, calls: Vec<Call>) {
        let lazy = calls.iter().all(|call| call.manner == Manner::Lazy);
        let mut calls = calls.into_iter().peekable();
        while calls.peek().is_some() {
            let mut ran = Vec::new();
            let fate = self.commit_group(&mut calls, lazy, &mut ran);
            for call in ran {
                (call.send)(fate.clone());
            }
        }
    }

    fn commit_group(&mut self, calls: &mut impl Iterator<Item = Call>, lazy: bool, ran: &mut Vec<Ran>) -> Result<()> {
        let begun = match &self.poisoned {
            Some(error) => Err(error.clone()),
            None => self.begin(lazy).map_err(CatalogError::from),
        };
        if let Err(error) = begun {
            // Not begun: the calls are answered without having run.
            ran.extend(calls.map(|call| (call.run)(Err(error.clone()))));
            return Err(error);
        }
        for call in calls {
            let done = self.run_in_savepoint(call, ran);
            // A full disk or an I/O error may make SQLite roll the whole transaction back by itself. Those that ran
            // get the error; those that wait begin anew.
            if self.db.is_autocommit() {
                return Err(ran.last().and_then(|last| last.fault.clone()).unwrap_or_else(given_up));
            }
            if let Err(error) = done {
                let _ = self.db.execute_batch("ROLLBACK");
                return Err(error);
            }
        }
        self.db.execute_batch("COMMIT").map_err(|error| {
            if !self.db.is_autocommit() {
                let _ = self.db.execute_batch("ROLLBACK");
            }
            let fault = CatalogError::from(&error);
            if is_failed_sync(&error) {
                self.poisoned = Some(fault.clone());
            }
            fault
        })
    }

    /// Begins a transaction, whose commit pays an `fsync` unless it is lazy (SQLite: `synchronous=NORMAL` with a
    /// write-ahead log loses nothing but the last commits, and only with the machine).
    fn begin(&mut self, lazy: bool) -> rusqlite::Result<()> {
        if self.lazy != lazy {
            self.db.pragma_update(None, "synchronous", if lazy { "NORMAL" } else { "FULL" })?;
            self.lazy = lazy;
        }
        self.db.execute_batch("BEGIN IMMEDIATE")
    }

    fn run_in_savepoint(&self, call: Call, ran: &mut Vec<Ran>) -> Result<()> {
        self.db.prepare_cached("SAVEPOINT call")?.execute([])?;
        let result = self.run_fenced(call);
        let failed = result.as_ref().is_none_or(|r| r.fault.is_some());
        ran.extend(result);
        if self.db.is_autocommit() {
            return Err(given_up());
        }
        if failed {
            self.db.prepare_cached("ROLLBACK TO call")?.execute([])?;
        }
        self.db.prepare_cached("RELEASE call")?.execute([])?;
        Ok(())
    }

    /// Runs a call; a panic in it stops this call only. Its caller learns of it because the answer never comes.
    fn run_fenced(&self, call: Call) -> Option<Ran> {
        let session = Session { db: &self.db, node: self.node, dead_token_max: self.dead_token_max };
        catch_unwind(AssertUnwindSafe(|| (call.run)(Ok(&session)))).ok()
    }
}

fn given_up() -> CatalogError {
    CatalogError::World { act: "committing", detail: "the transaction was given up".into() }
}

fn is_failed_sync(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error();
    code.is_some_and(|e| {
        e.code == ErrorCode::SystemIoFailure
            && matches!(e.extended_code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    const INSERT: &str = "INSERT INTO epochs (id, began) VALUES (?1, 0)";

    fn start(change: impl FnOnce(&Connection)) -> Writer {
        let db = super::super::prepare(Connection::open_in_memory().unwrap()).unwrap();
        change(&db);
        Writer::start(db, NodeId::from_bytes([1; 16])).unwrap()
    }

    async fn insert(writer: &Writer, number: u8) -> Result<()> {
        let change = move |session: &Session<'_>| Ok(session.db.execute(INSERT, [[number; 16]]).map(|_| ())?);
        writer.call("inserting", Manner::Durable, change).await
    }

    async fn count(writer: &Writer) -> u64 {
        let query = "SELECT count(*) FROM epochs";
        writer.call("counting", Manner::Durable, |s| Ok(s.db.query_row(query, [], |row| row.get(0))?)).await.unwrap()
    }

    /// Keeps the writer busy until the calls of `together` wait behind it, so that they share one commit.
    async fn together<T>(writer: &Writer, calls: impl Future<Output = T>) -> T {
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let hold = writer.call("holding", Manner::Alone, move |_| {
            let _ = wait.recv();
            Ok(())
        });
        let release = async {
            // Polled last: by now the others have been sent.
            tokio::task::yield_now().await;
            drop(go);
        };
        let (held, result, ()) = futures_util::join!(hold, calls, release);
        held.unwrap();
        result
    }

    /// Proves that a call that fails, or panics, is undone alone, and that those around it are kept.
    #[tokio::test]
    async fn a_failing_call_is_undone_alone() {
        let writer = start(|_| ());
        let refused = writer.call("refusing", Manner::Durable, |session| {
            session.db.execute(INSERT, [[8; 16]])?;
            Err::<(), _>(CatalogError::Refused("no"))
        });
        let panicking = writer.call("panicking", Manner::Durable, |session| {
            session.db.execute(INSERT, [[9; 16]])?;
            panic!("a bug in one call");
            #[expect(unreachable_code, reason = "gives the closure its type")]
            Ok(())
        });
        let calls = async { futures_util::join!(insert(&writer, 1), refused, panicking, insert(&writer, 2)) };
        let (first, refused, panicked, last) = together(&writer, calls).await;
        assert_eq!((first, last), (Ok(()), Ok(())));
        assert_eq!(refused, Err(CatalogError::Refused("no")));
        let broke_off = CatalogError::World { act: "panicking", detail: "the call broke off".into() };
        assert_eq!(panicked, Err(broke_off));
        assert_eq!(count(&writer).await, 2);
    }

    /// Proves that a call that need not be durable pays for no `fsync` where it is alone, that one that must be does,
    /// also beside others that need not, and that the next to see the rows sees them either way.
    #[tokio::test]
    async fn only_what_must_be_durable_is_synced() {
        let writer = start(|_| ());
        let mode = |manner| {
            let query =
                |s: &Session<'_>| Ok(s.db.pragma_query_value(None, "synchronous", |row| row.get::<_, u8>(0))?);
            writer.call("looking", manner, query)
        };
        let (normal, full) = (Ok(1), Ok(2));
        assert_eq!(mode(Manner::Lazy).await, normal);
        assert_eq!(mode(Manner::Durable).await, full);
        let both = async { futures_util::join!(mode(Manner::Lazy), mode(Manner::Durable), mode(Manner::Lazy)) };
        assert_eq!(together(&writer, both).await, (full.clone(), full.clone(), full));
        let lazily = |s: &Session<'_>| Ok(s.db.execute(INSERT, [[1_u8; 16]]).map(|_| ())?);
        writer.call("inserting", Manner::Lazy, lazily).await.unwrap();
        assert_eq!(count(&writer).await, 1);
    }

    /// Proves that all who share a commit that fails are told so, and that none of their rows is there.
    #[tokio::test]
    async fn a_failed_commit_is_everybodys() {
        let writer = start(|_| ());
        // A broken reference that is only looked at when the commit comes.
        let breaking = writer.call("breaking", Manner::Durable, |session| {
            session.db.execute_batch("PRAGMA defer_foreign_keys = ON")?;
            let sql = "INSERT INTO objects (id, case_id, role) VALUES (randomblob(16), randomblob(16), 'bytes')";
            Ok(session.db.execute(sql, []).map(|_| ())?)
        });
        let calls = async { futures_util::join!(insert(&writer, 1), breaking, insert(&writer, 2)) };
        let (first, breaking, last) = together(&writer, calls).await;
        for result in [first, breaking, last] {
            assert!(matches!(result, Err(CatalogError::World { .. })), "{result:?}");
        }
        assert_eq!(count(&writer).await, 0);
        assert_eq!(insert(&writer, 3).await, Ok(()));
        assert_eq!(count(&writer).await, 1);
    }

    /// Proves that a full disk is said to be that, that reading goes on, and that writing does once there is room.
    #[tokio::test]
    async fn a_full_disk_is_said_and_passes() {
        let set_pages = |db: &Connection, pages: u32| {
            let now: u32 = db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            db.pragma_update(None, "max_page_count", now + pages).unwrap();
        };
        let writer = start(|db| set_pages(db, 4));
        let results = join_all((0..=255).map(|number| insert_large(&writer, number))).await;
        let kept = results.iter().filter(|result| result.is_ok()).count();
        assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(CatalogError::Full))), "{results:?}");
        assert!(kept < 256);
        assert_eq!(count_large(&writer).await, kept);
        writer
            .call("making room", Manner::Durable, move |s| {
                set_pages(s.db, 1_000);
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(insert_large(&writer, 0).await, Ok(()));
    }

    async fn insert_large(writer: &Writer, number: u8) -> Result<()> {
        let sql = "INSERT INTO filler VALUES (?1, zeroblob(2000))";
        let change = move |session: &Session<'_>| {
            session.db.execute_batch("CREATE TABLE IF NOT EXISTS filler (number, filler)")?;
            Ok(session.db.execute(sql, [number]).map(|_| ())?)
        };
        writer.call("filling", Manner::Durable, change).await
    }

    async fn count_large(writer: &Writer) -> usize {
        let query = "SELECT count(*) FROM filler";
        writer
            .call("counting", Manner::Durable, |s| Ok(s.db.query_row(query, [], |row| row.get(0)).unwrap_or(0)))
            .await
            .unwrap()
    }
}
