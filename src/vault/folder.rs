//! A folder whose `fsync` is shared: puts in flight join one round, so N of them cost about one `fsync`.
//!
//! A put joins a round only after its own entry is in the folder; a round that has begun takes no more members. After a
//! failed round the members of the one that was gathering fail too: the kernel reports a lost write once, and a
//! repeated `fsync` would wrongly succeed for entries made before.

use std::{
    fs::File,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

/// Makes a file or folder durable; replaced in tests to let it fail.
pub(super) type SyncCall = Arc<dyn Fn(&File) -> io::Result<()> + Send + Sync>;

/// An open folder and the rounds of its `fsync`.
pub(super) struct Folder {
    file: File,
    rounds: Mutex<Rounds>,
    ended: Condvar,
}

#[derive(Default)]
struct Rounds {
    running: bool,
    gathering: Arc<Round>,
}

#[derive(Default)]
struct Round(Mutex<Outcome>);

/// What became of a round; an error as its number, since each member returns it.
#[derive(Clone, Copy, Default)]
enum Outcome {
    #[default]
    Open,
    Durable,
    Failed(Option<i32>, io::ErrorKind),
}

impl Folder {
    pub(super) fn new(file: File) -> Self {
        Self { file, rounds: Mutex::default(), ended: Condvar::new() }
    }

    /// Returns when every entry that the caller made before is durable. Blocks.
    pub(super) fn settle(&self, sync: &SyncCall) -> io::Result<()> {
        let mut rounds = lock(&self.rounds);
        let mine = Arc::clone(&rounds.gathering);
        loop {
            match mine.outcome() {
                Outcome::Durable => return Ok(()),
                Outcome::Failed(Some(number), _) => return Err(io::Error::from_raw_os_error(number)),
                Outcome::Failed(None, kind) => return Err(kind.into()),
                Outcome::Open => {}
            }
            if rounds.running {
                rounds = self.ended.wait(rounds).unwrap_or_else(PoisonError::into_inner);
            } else {
                // Nobody runs, so the round that gathers is mine: I lead it.
                rounds.running = true;
                rounds.gathering = Arc::default();
                drop(rounds);
                let result = sync(&self.file);
                rounds = lock(&self.rounds);
                rounds.end(&mine, result);
                self.ended.notify_all();
            }
        }
    }
}

impl Rounds {
    fn end(&mut self, round: &Round, result: io::Result<()>) {
        self.running = false;
        let outcome = match result {
            Ok(()) => Outcome::Durable,
            Err(error) => Outcome::Failed(error.raw_os_error(), error.kind()),
        };
        round.set(outcome);
        if matches!(outcome, Outcome::Failed(..)) {
            std::mem::take(&mut self.gathering).set(outcome);
        }
    }
}

impl Round {
    fn outcome(&self) -> Outcome {
        *lock(&self.0)
    }

    fn set(&self, outcome: Outcome) {
        *lock(&self.0) = outcome;
    }
}

/// The state is whole at every unlock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
            mpsc,
        },
        thread,
    };

    fn folder() -> (tempfile::TempDir, Arc<Folder>) {
        let place = tempfile::tempdir().unwrap();
        let folder = Arc::new(Folder::new(File::open(place.path()).unwrap()));
        (place, folder)
    }

    /// Members that gather while a round runs share one more `fsync`: ten puts cost two.
    #[test]
    fn a_round_is_shared() {
        let (_place, folder) = folder();
        let count = Arc::new(AtomicUsize::new(0));
        let (started, wait_start) = mpsc::channel();
        let gate = Arc::new(Barrier::new(2));
        let sync: SyncCall = {
            let (count, gate, started) = (Arc::clone(&count), Arc::clone(&gate), Mutex::new(started));
            Arc::new(move |_| {
                if count.fetch_add(1, Ordering::SeqCst) == 0 {
                    started.lock().unwrap().send(()).unwrap();
                    gate.wait();
                }
                Ok(())
            })
        };
        let run = |folder: &Arc<Folder>, sync: &SyncCall| {
            let (folder, sync) = (Arc::clone(folder), Arc::clone(sync));
            thread::spawn(move || folder.settle(&sync))
        };
        let first = run(&folder, &sync);
        wait_start.recv().unwrap();
        let others: Vec<_> = (0..9).map(|_| run(&folder, &sync)).collect();
        // The nine hold a handle on the gathering round once they wait.
        while Arc::strong_count(&lock(&folder.rounds).gathering) < 10 {
            thread::yield_now();
        }
        gate.wait();
        assert!(first.join().unwrap().is_ok());
        assert!(others.into_iter().all(|other| other.join().unwrap().is_ok()));
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    /// A failed `fsync` fails the members that gathered meanwhile as well, and the folder can be used again afterwards.
    #[test]
    fn a_failure_takes_those_who_waited_with_it() {
        let (_place, folder) = folder();
        let count = Arc::new(AtomicUsize::new(0));
        let (started, wait_start) = mpsc::channel();
        let gate = Arc::new(Barrier::new(2));
        let sync: SyncCall = {
            let (count, gate, started) = (Arc::clone(&count), Arc::clone(&gate), Mutex::new(started));
            Arc::new(move |_| {
                if count.fetch_add(1, Ordering::SeqCst) > 0 {
                    return Ok(());
                }
                started.lock().unwrap().send(()).unwrap();
                gate.wait();
                Err(io::Error::from_raw_os_error(5))
            })
        };
        let threads: Vec<_> = (0..2)
            .map(|index| {
                if index == 1 {
                    wait_start.recv().unwrap();
                }
                let (folder, sync) = (Arc::clone(&folder), Arc::clone(&sync));
                thread::spawn(move || folder.settle(&sync))
            })
            .collect();
        while Arc::strong_count(&lock(&folder.rounds).gathering) < 2 {
            thread::yield_now();
        }
        gate.wait();
        for thread in threads {
            assert_eq!(thread.join().unwrap().unwrap_err().raw_os_error(), Some(5));
        }
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert!(folder.settle(&sync).is_ok());
    }
}
