//! Taking the bytes of a source that blocks, such as a file: read into the memory they are sealed from, and hashed while
//! they are in the processor's cache, all off the async threads and with as few hand-overs as there are parts.

use super::{Intake, MEMORY_BYTES_MAX};
use crate::{domain::limits::PART_BYTES_MAX, pipeline::Trouble};
use std::io::{self, ErrorKind, Read};

/// Bytes read and hashed at a time: they stay in the second cache of a core between the two.
const STEP_BYTES: usize = 256 << 10;

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
        let (mut intake, mut source, mut filled) = blocking(move || {
            let mut source = open().map_err(|error| cannot("opening a file", &error))?;
            let mut intake = self;
            let filled = intake.fill(&mut source)?;
            Ok((intake, source, filled))
        })
        .await?;
        while filled == Filled::Full {
            intake.hand_over().await?;
            (intake, source, filled) = blocking(move || {
                let filled = intake.fill(&mut source)?;
                Ok((intake, source, filled))
            })
            .await?;
        }
        Ok(intake)
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
            memory.resize(at + room, 0);
            let read = source.read(&mut memory[at..]);
            memory.truncate(at + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => break Filled::ToTheEnd,
                Ok(_) => self.note(&memory[at..]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(cannot("reading a file", &error)),
            }
        };
        self.memory = memory;
        Ok(filled)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Trouble> + Send + 'static) -> Result<T, Trouble> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|e| Trouble::Retry { act: "reading a file", cause: super::super::ended(&e) })?
}

/// The system's answer without the path: paths are names of a case's files.
fn cannot(act: &'static str, error: &io::Error) -> Trouble {
    Trouble::Retry { act, cause: error.to_string() }
}
