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

    /// A folder, and a call that stands in its first round until the test lets it go, and ends as told by its number.
    struct Stage {
        _place: tempfile::TempDir,
        folder: Arc<Folder>,
        calls: Arc<AtomicUsize>,
        gate: Arc<Barrier>,
        begun: mpsc::Receiver<()>,
        sync: SyncCall,
    }

    impl Stage {
        fn new(ends: fn(usize) -> io::Result<()>) -> Self {
            let place = tempfile::tempdir().unwrap();
            let folder = Arc::new(Folder::new(File::open(place.path()).unwrap()));
            let (calls, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(2)));
            let (started, begun) = mpsc::channel();
            let sync: SyncCall = {
                let (calls, gate, started) = (Arc::clone(&calls), Arc::clone(&gate), Mutex::new(started));
                Arc::new(move |_| {
                    let number = calls.fetch_add(1, Ordering::SeqCst);
                    if number == 0 {
                        started.lock().unwrap().send(()).unwrap();
                        gate.wait();
                    }
                    ends(number)
                })
            };
            Self { _place: place, folder, calls, gate, begun, sync }
        }

        /// One member leads the first round, and this many gather for the next; how each came out.
        fn run(&self, waiting: usize) -> Vec<io::Result<()>> {
            let settle = || {
                let (folder, sync) = (Arc::clone(&self.folder), Arc::clone(&self.sync));
                thread::spawn(move || folder.settle(&sync))
            };
            let mut threads = vec![settle()];
            self.begun.recv().unwrap();
            threads.extend((0..waiting).map(|_| settle()));
            // Those who wait hold a handle on the gathering round.
            while Arc::strong_count(&lock(&self.folder.rounds).gathering) <= waiting {
                thread::yield_now();
            }
            self.gate.wait();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        }
    }

    /// Proves that members that gather while a round runs share one more `fsync`: ten puts cost two.
    #[test]
    fn a_round_is_shared() {
        let stage = Stage::new(|_| Ok(()));
        assert!(stage.run(9).iter().all(Result::is_ok));
        assert_eq!(stage.calls.load(Ordering::SeqCst), 2);
    }

    /// Proves that a failed `fsync` fails the members that gathered meanwhile as well, and that the folder can be used
    /// again afterwards.
    #[test]
    fn a_failure_takes_those_who_waited_with_it() {
        let stage = Stage::new(|number| if number == 0 { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) });
        for result in stage.run(1) {
            assert_eq!(result.unwrap_err().raw_os_error(), Some(5));
        }
        assert_eq!(stage.calls.load(Ordering::SeqCst), 1);
        assert!(stage.folder.settle(&stage.sync).is_ok());
    }
}
