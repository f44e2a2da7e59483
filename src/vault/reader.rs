//! Reading an object by ranges.
//!
//! Every byte handed out was authenticated: the part's header against its recorded digest, each 64 KiB chunk against
//! its tag, position and the recorded lengths. Opened headers are kept, and the last chunks, so that a parser that
//! hops about in small steps does not open the same chunk again and again.

use super::{Vault, objects::ObjectError};
use crate::{
    domain::entry::{Part, Parts},
    seal::{
        CaseKeys, PartOpener,
        stream::{CHUNK_BYTES, HEAD_BYTES_MAX},
    },
};
use std::{collections::VecDeque, ops::Range, sync::Arc};
use tokio::sync::Mutex;

/// Chunks that stay open: 1 MiB of plaintext.
const CHUNKS_KEPT_MAX: usize = 16;

/// Chunks fetched at once when reading goes on where it stopped.
const CHUNKS_AHEAD: u64 = 8;

/// Chunks that are opened where they are wanted, about 0.05 ms each: handing them to another thread and back costs more.
const CHUNKS_HERE_MAX: u64 = 2;

/// Sealed bytes fetched when a part is opened: its header, and its first chunk, which is mostly wanted next.
const FIRST_BYTES: u64 = (HEAD_BYTES_MAX + CHUNK_BYTES) as u64;

/// Headers that stay open, of about 300 bytes each.
const HEADERS_KEPT_MAX: usize = 64;

type Chunk = Arc<Vec<u8>>;

/// An object that is being read. Reads go one after the other.
pub struct ObjectReader {
    vault: Arc<dyn Vault>,
    keys: Arc<CaseKeys>,
    parts: Vec<Placed>,
    bytes: u64,
    state: Mutex<State>,
}

/// A part and where its plaintext begins within the object.
#[derive(Clone, Copy)]
struct Placed {
    part: Part,
    start: u64,
}

#[derive(Default)]
struct State {
    openers: VecDeque<(usize, Arc<PartOpener>)>,
    chunks: VecDeque<((usize, u64), Chunk)>,
    /// The chunk behind the last that was fetched.
    next: Option<(usize, u64)>,
}

impl ObjectReader {
    pub(super) fn new(vault: Arc<dyn Vault>, keys: Arc<CaseKeys>, parts: Parts) -> Self {
        let mut bytes = 0_u64;
        let place = |part: Part| {
            let start = bytes;
            bytes = bytes.saturating_add(part.plain_bytes);
            Placed { part, start }
        };
        let parts = parts.0.into_iter().map(place).collect();
        Self { vault, keys, parts, bytes, state: Mutex::default() }
    }

    /// Bytes of plaintext in all, as recorded.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Reads `length` bytes from `offset`; fewer only at the end of the object, none beyond it. The answer is held in
    /// memory whole: callers that serve others bound `length`.
    ///
    /// # Errors
    /// [`ObjectError::Damaged`] and [`ObjectError::Missing`] about the object, [`ObjectError::Vault`] about the world.
    pub async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ObjectError> {
        let end = offset.saturating_add(length as u64).min(self.bytes);
        let mut out = Vec::with_capacity(end.saturating_sub(offset) as usize);
        let mut state = self.state.lock().await;
        let mut at = offset;
        while at < end {
            let index = self.parts.partition_point(|placed| placed.start.saturating_add(placed.part.plain_bytes) <= at);
            let Some(placed) = self.parts.get(index) else { break };
            let part_end = end.min(placed.start.saturating_add(placed.part.plain_bytes));
            self.read_part(&mut state, index, at - placed.start..part_end - placed.start, &mut out).await?;
            at = part_end;
        }
        Ok(out)
    }

    /// Reads the whole object where it has at most `limit` bytes.
    ///
    /// # Errors
    /// [`ObjectError::TooLarge`], before anything is read; else as for [`Self::read`].
    pub async fn read_all(&self, limit: u64) -> Result<Vec<u8>, ObjectError> {
        if self.bytes > limit {
            return Err(ObjectError::TooLarge { bytes: self.bytes, limit });
        }
        for (index, placed) in self.parts.iter().enumerate() {
            if placed.part.plain_bytes == 0 {
                self.opener(&mut *self.state.lock().await, index).await?;
            }
        }
        let length = usize::try_from(self.bytes).map_err(|_| ObjectError::TooLarge { bytes: self.bytes, limit })?;
        self.read(0, length).await
    }

    /// Reads every byte of every part and gives none out: finds all that is wrong with the object, also bytes put
    /// behind a part, which reading never gets to.
    ///
    /// # Errors
    /// The first fault of each part that has one, damage or world.
    pub async fn verify(&self) -> Result<(), Vec<ObjectError>> {
        let mut faults = Vec::new();
        for index in 0..self.parts.len() {
            if let Err(fault) = self.verify_part(index).await {
                faults.push(fault);
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    async fn verify_part(&self, index: usize) -> Result<(), ObjectError> {
        let part = self.parts[index].part;
        let opener = self.opener(&mut *self.state.lock().await, index).await?;
        let mut from = 0;
        while from < opener.chunks() {
            let to = opener.chunks().min(from + CHUNKS_KEPT_MAX as u64);
            self.fetch(&opener, part, from..to).await?;
            from = to;
        }
        let end = part.sealed_bytes;
        match self.vault.get(part.key, end..end.saturating_add(1)).await {
            Err(super::VaultError::Short { .. }) => Ok(()),
            Ok(_) => Err(ObjectError::damaged(part.key, "bytes were put behind the part")),
            Err(other) => Err(ObjectError::reading(other)),
        }
    }

    /// Appends the plaintext of a range within one part.
    async fn read_part(
        &self,
        state: &mut State,
        index: usize,
        range: Range<u64>,
        out: &mut Vec<u8>,
    ) -> Result<(), ObjectError> {
        let opener = self.opener(state, index).await?;
        let mut at = range.start;
        while at < range.end {
            let number = at / CHUNK_BYTES as u64;
            let last = (range.end - 1) / CHUNK_BYTES as u64;
            let chunk = match state.chunk((index, number)) {
                Some(chunk) => chunk,
                None => self.load(state, &opener, index, number..last + 1).await?,
            };
            let start = (at % CHUNK_BYTES as u64) as usize;
            let stop = (range.end - number * CHUNK_BYTES as u64).min(chunk.len() as u64) as usize;
            out.extend_from_slice(&chunk[start..stop]);
            at += (stop - start) as u64;
        }
        Ok(())
    }

    /// Fetches the wanted chunks, or as many as are kept; more where reading goes on where it stopped. Returns the
    /// first.
    async fn load(
        &self,
        state: &mut State,
        opener: &Arc<PartOpener>,
        index: usize,
        wanted: Range<u64>,
    ) -> Result<Chunk, ObjectError> {
        let from = wanted.start;
        let goes_on = state.next == Some((index, from)) || (from == 0 && state.next == Some((index, u64::MAX)));
        let ahead = if goes_on { from + CHUNKS_AHEAD } else { from + 1 };
        let to = wanted.end.max(ahead).min(from + CHUNKS_KEPT_MAX as u64).min(opener.chunks());
        let chunks = self.fetch(opener, self.parts[index].part, from..to).await?;
        state.next = Some(if to == opener.chunks() { (index + 1, u64::MAX) } else { (index, to) });
        let mut first = None;
        for (number, chunk) in (from..to).zip(chunks) {
            let chunk = Arc::new(chunk);
            first.get_or_insert_with(|| Arc::clone(&chunk));
            state.keep((index, number), chunk);
        }
        first.ok_or_else(|| ObjectError::damaged(self.parts[index].part.key, "the part has fewer chunks"))
    }

    /// Gets chunks that lie side by side and opens them off the async threads.
    async fn fetch(
        &self,
        opener: &Arc<PartOpener>,
        part: Part,
        numbers: Range<u64>,
    ) -> Result<Vec<Vec<u8>>, ObjectError> {
        let start = opener.sealed_range(numbers.start).start;
        let end = opener.sealed_range(numbers.end - 1).end;
        let sealed = self.vault.get(part.key, start..end).await.map_err(ObjectError::reading)?;
        if sealed.len() as u64 != end - start {
            return Err(ObjectError::damaged(part.key, "the store gave another number of bytes"));
        }
        let opener = Arc::clone(opener);
        let here = numbers.end - numbers.start <= CHUNKS_HERE_MAX;
        let open = move || {
            numbers
                .map(|number| {
                    let range = opener.sealed_range(number);
                    opener.open_chunk(number, &sealed[(range.start - start) as usize..(range.end - start) as usize])
                })
                .collect::<Result<Vec<_>, _>>()
        };
        let opened = match here {
            true => open(),
            false => tokio::task::spawn_blocking(open).await.map_err(|_| ObjectError::Stopped)?,
        };
        opened.map_err(|source| ObjectError::Damaged { part: part.key, source })
    }

    /// The opener of a part: its header checked against the record, its lengths too.
    async fn opener(&self, state: &mut State, index: usize) -> Result<Arc<PartOpener>, ObjectError> {
        if let Some((_, opener)) = state.openers.iter().find(|(known, _)| *known == index) {
            return Ok(Arc::clone(opener));
        }
        let part = self.parts[index].part;
        let first = part.sealed_bytes.min(FIRST_BYTES);
        let head = self.vault.get(part.key, 0..first).await.map_err(ObjectError::reading)?;
        let opener = PartOpener::open(&self.keys, &part.header, &head, part.sealed_bytes)
            .map_err(|source| ObjectError::Damaged { part: part.key, source })?;
        if opener.plain_bytes() != part.plain_bytes {
            return Err(ObjectError::damaged(part.key, "the part has another length than was recorded"));
        }
        let opener = Arc::new(opener);
        if part.plain_bytes == 0 {
            // The one chunk of an empty part is authenticated here, since no read asks for it.
            self.fetch(&opener, part, 0..1).await?;
        } else if let Some(chunk) = first_chunk(&opener, &head) {
            state.keep((index, 0), Arc::new(chunk));
            state.next = Some((index, 1));
        }
        if state.openers.len() >= HEADERS_KEPT_MAX {
            state.openers.pop_front();
        }
        state.openers.push_back((index, Arc::clone(&opener)));
        Ok(opener)
    }
}

/// The first chunk, where it came whole with the header. Where it is damaged, whoever asks for it is told.
fn first_chunk(opener: &PartOpener, head: &[u8]) -> Option<Vec<u8>> {
    let range = opener.sealed_range(0);
    let sealed = head.get(range.start as usize..range.end as usize)?;
    opener.open_chunk(0, sealed).ok()
}

impl State {
    fn chunk(&self, which: (usize, u64)) -> Option<Chunk> {
        self.chunks.iter().find(|(known, _)| *known == which).map(|(_, chunk)| Arc::clone(chunk))
    }

    fn keep(&mut self, which: (usize, u64), chunk: Chunk) {
        self.chunks.retain(|(known, _)| *known != which);
        if self.chunks.len() >= CHUNKS_KEPT_MAX {
            self.chunks.pop_front();
        }
        self.chunks.push_back((which, chunk));
    }
}
