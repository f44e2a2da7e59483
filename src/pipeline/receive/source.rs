//! Taking the bytes of a source that blocks, such as a file: read into the memory they are sealed from, and hashed while
//! they are in the processor's cache, all off the async threads and with as few hand-overs as there are parts. Small
//! files are read several in one visit: handing each of them over would cost as much as finding it a duplicate.

use super::{Intake, MEMORY_BYTES_MAX};
use crate::{domain::limits::PART_BYTES_MAX, pipeline::Trouble};
use std::io::{self, Read};

/// Bytes read and hashed at a time: they stay in the second cache of a core between the two.
const STEP_BYTES: usize = 512 << 10;

/// How far reading came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Filled {
    /// The source has ended.
    ToTheEnd,
    /// Memory has taken its share; there may be more.
    Full,
}

impl Intake {
    /// Takes everything a source gives. It is opened, read and closed off the async threads.
    ///
    /// # Errors
    /// The source cannot be opened or read, or the store failed; the intake is gone then.
    pub async fn take<R: Read + Send + 'static>(
        self,
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
    ) -> Result<Self, Trouble> {
        blocking(move || Taking::begin(self, open)).await?.go_on().await
    }

    /// Takes everything that each of these sources gives. Up to what is kept in memory of each, all are read in one visit
    /// to the threads that block: the caller bounds how many there are.
    ///
    /// What cannot be opened or read keeps none of the others from being taken: there is an answer for each.
    ///
    /// # Errors
    /// The threads that block are gone.
    pub async fn take_each<R: Read + Send + 'static>(
        sources: Vec<(Self, impl FnOnce() -> io::Result<R> + Send + 'static)>,
    ) -> Result<Vec<Result<Self, Trouble>>, Trouble> {
        let begin = move || Ok(sources.into_iter().map(|(intake, open)| Taking::begin(intake, open)).collect());
        let begun: Vec<Result<Taking<R>, Trouble>> = blocking(begin).await?;
        let mut taken = Vec::with_capacity(begun.len());
        for taking in begun {
            taken.push(match taking {
                Ok(taking) => taking.go_on().await,
                Err(trouble) => Err(trouble),
            });
        }
        Ok(taken)
    }

    /// Reads into memory: as much as is kept before the first part is written, later a part.
    fn fill(&mut self, source: &mut impl Read) -> Result<Filled, Trouble> {
        // One byte beyond what is kept in memory tells an entry of just that size from a longer one.
        let most = if self.writer.is_none() { MEMORY_BYTES_MAX + 1 } else { PART_BYTES_MAX as usize };
        if self.writer.is_some() {
            self.memory.reserve_exact(most);
        }
        // Out of `self` meanwhile, which hashes what comes.
        let mut memory = std::mem::take(&mut self.memory);
        let filled = loop {
            let at = memory.len();
            if at >= most {
                break Filled::Full;
            }
            // Within the room that was asked for, so that a size that was announced truly is never copied to grow.
            let room = (memory.capacity() - at).clamp(1, STEP_BYTES).min(most - at);
            // Unlike a plain read this needs no memory that was cleared before.
            let read = source.by_ref().take(room as u64).read_to_end(&mut memory);
            if read.map_err(|error| cannot("reading a file", &error))? == 0 {
                break Filled::ToTheEnd;
            }
            self.count(&memory[at..]);
        };
        self.memory = memory;
        Ok(filled)
    }
}

/// A source that is open, and the intake that takes it.
struct Taking<R> {
    intake: Intake,
    source: R,
    filled: Filled,
}

impl<R: Read + Send + 'static> Taking<R> {
    /// Opens a source and takes its beginning. Blocks.
    fn begin(mut intake: Intake, open: impl FnOnce() -> io::Result<R>) -> Result<Self, Trouble> {
        let mut source = open().map_err(|error| cannot("opening a file", &error))?;
        let filled = intake.fill(&mut source)?;
        Ok(Self { intake, source, filled })
    }

    /// Takes the rest, a part at a time.
    async fn go_on(mut self) -> Result<Intake, Trouble> {
        while self.filled == Filled::Full {
            self.intake.hand_over().await?;
            self = blocking(move || {
                self.filled = self.intake.fill(&mut self.source)?;
                Ok(self)
            })
            .await?;
        }
        Ok(self.intake)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|e| Trouble::Retry { act: "reading a file", cause: super::super::ended(&e) })?
}

/// The system's answer without the path: paths are names of a case's files.
fn cannot(act: &'static str, error: &io::Error) -> Trouble {
    Trouble::Source { act, cause: error.to_string() }
}
