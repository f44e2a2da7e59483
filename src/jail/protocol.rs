//! Frames between the host and a jailed child: pure functions from bytes to "message, or need more".
//!
//! A frame is a header of 4 bytes, little-endian, and a body of at most [`FRAME_BYTES_MAX`]. The low 31 bits of the
//! header are the body's length; the highest bit says that the message goes on in the next frame. A message is the
//! bodies of its frames, joined, in postcard. Lengths are checked before anything is allocated for them.
//!
//! Over one document: host `Order`; then, as the child wishes, `Read` ↔ `Bytes`, `Begin` ↔ `Offer`, `Data` (at most
//! [`WINDOW_FRAMES`] ahead of the host's `Credit`), `End`, `Page`; then child `Done`. The host answers every `Read` and
//! every `Begin` with exactly one message, in order; `Credit` and `Stop` may stand between.

use super::Task;
pub use crate::domain::bulk::Bulk;
use crate::domain::{
    entry::PixelsRead,
    facts::{Facts, Member, MemberEnd, NamedPerson, PageLanguages, PageText},
    limits::{FRAME_BYTES_MAX, Limits},
    path::RawName,
    reading::Rendered,
};
use crate::kinds::{self, Offer};
use postcard::{Deserializer, de_flavors::Flavor};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Bytes that are asked for at a time at most: whole blocks, and room for the message around them in one frame.
pub const READ_BYTES_MAX: usize = 15 * BLOCK_BYTES;

/// Granularity of the child's read-ahead, and how much of the head comes with the order, so that most documents of a
/// few kilobytes need no round trip at all.
pub const BLOCK_BYTES: usize = 64 * 1024;

/// Bytes of a member in one `Data` message; the contract of [`kinds::Sink::data`].
pub const DATA_BYTES_MAX: usize = 256 * 1024;

/// `Data` messages that may be under way without the host's `Credit`: 1 MiB hides the latency of sealing, and bounds
/// what a child can send after it was told to stop.
pub const WINDOW_FRAMES: u32 = 4;

const HEADER_BYTES: usize = 4;
const MORE: u32 = 1 << 31;

/// What the host says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum ToChild {
    /// A document is to be read.
    Order(Box<OrderMessage>),
    /// The bytes that were asked for; fewer only at the end.
    Bytes(Bulk),
    /// The answer to an offered member.
    Offer(Answer),
    /// One `Data` message was dealt with.
    Credit,
    /// Hand over nothing more.
    Stop(Stop),
    /// Texts whose languages are wanted.
    Texts(Vec<String>),
    /// Pages of text whose named people are wanted.
    People(Vec<PageText>),
}

/// What a child says. Untrusted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum FromChild {
    /// The walls stand; the list names those this kernel could not give.
    Ready(Vec<String>),
    /// The walls cannot be set up, and why: the child ends.
    Unjailed(String),
    /// Bytes of the document are wanted.
    Read {
        /// From here.
        offset: u64,
        /// So many, at most [`READ_BYTES_MAX`].
        length: u32,
    },
    /// A member is offered.
    Begin(Member),
    /// Bytes of it.
    Data(Bulk),
    /// It ends.
    End(MemberEnd),
    /// The text of a page.
    Page(PageText),
    /// The document is done.
    Done(Outcome),
    /// Languages of the texts, one for each.
    Languages(Vec<PageLanguages>),
    /// People named on the pages.
    People(Vec<NamedPerson>),
}

/// One document to be read.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OrderMessage {
    /// What to do.
    pub task: Task,
    /// Its name.
    pub name: RawName,
    /// Passwords to try.
    pub passwords: Vec<String>,
    /// Bytes in all.
    pub bytes: u64,
    /// Its first bytes, at most [`BLOCK_BYTES`].
    pub head: Bulk,
    /// Limits.
    pub limits: Limits,
}

/// What came of a document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// From [`Task::Examine`]; the child is fit for another document.
    Facts(Box<Facts>),
    /// The parser panicked; the child ends. Says where.
    Panicked(String),
    /// From [`Task::Pixels`].
    Pixels(PixelsRead),
    /// From [`Task::Render`].
    Rendered(Box<Rendered>),
}

/// Answer to an offered member, as it goes over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// See [`Offer::Take`].
    Take,
    /// See [`Offer::Skip`].
    Skip,
    /// Nothing more is taken.
    Stop(Stop),
}

impl From<Offer> for Answer {
    fn from(offer: Offer) -> Self {
        match offer {
            Offer::Take => Self::Take,
            Offer::Skip => Self::Skip,
        }
    }
}

/// [`kinds::Stop`], as it goes over the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Stop {
    /// See [`kinds::Stop::Entries`].
    Entries,
    /// See [`kinds::Stop::Bytes`].
    Bytes,
    /// See [`kinds::Stop::Depth`].
    Depth,
    /// See [`kinds::Stop::Gone`].
    Gone,
}

impl From<kinds::Stop> for Stop {
    fn from(stop: kinds::Stop) -> Self {
        match stop {
            kinds::Stop::Entries => Self::Entries,
            kinds::Stop::Bytes => Self::Bytes,
            kinds::Stop::Depth => Self::Depth,
            kinds::Stop::Gone => Self::Gone,
        }
    }
}

impl From<Stop> for kinds::Stop {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Entries => Self::Entries,
            Stop::Bytes => Self::Bytes,
            Stop::Depth => Self::Depth,
            Stop::Gone => Self::Gone,
        }
    }
}

/// How large a message may become at the receiving end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Bytes of one message, all frames together.
    pub message_bytes_max: usize,
    /// Values in one message. An empty text is one byte on the wire and 24 in memory: without this, a message within
    /// its bytes could still fill the host's memory.
    pub message_items_max: usize,
}

/// The peer does not keep to the protocol: nothing further from it is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProtocolError {
    /// A frame says it is longer than frames may be.
    #[error("a frame of {0} bytes")]
    FrameTooLong(usize),
    /// A message grew beyond its limit.
    #[error("a message of more than {0} bytes")]
    MessageTooLong(usize),
    /// The body is no message, has bytes left over, or too many values.
    #[error("a message that cannot be read")]
    Garbled,
}

/// Appends a message to `out`, in as many frames as it needs.
///
/// # Errors
/// [`ProtocolError::Garbled`] where the message cannot be written, which a message of these types always can.
pub fn encode<M: Serialize>(message: &M, out: &mut Vec<u8>) -> Result<(), ProtocolError> {
    let body = postcard::to_stdvec(message).map_err(|_| ProtocolError::Garbled)?;
    let mut pieces = body.chunks(FRAME_BYTES_MAX).peekable();
    while let Some(piece) = pieces.next() {
        let more = if pieces.peek().is_some() { MORE } else { 0 };
        // A piece is at most FRAME_BYTES_MAX (2^20) long, so the length leaves the highest bit free.
        out.extend_from_slice(&(piece.len() as u32 | more).to_le_bytes());
        out.extend_from_slice(piece);
    }
    Ok(())
}

/// Puts messages together from bytes as they come.
#[derive(Debug)]
pub struct Decoder {
    bounds: Bounds,
    /// Bytes that came and are not used yet, from `start`.
    buffer: Vec<u8>,
    start: usize,
    /// Earlier frames of a message that goes on.
    joined: Vec<u8>,
}

impl Decoder {
    /// A decoder that allows messages within these bounds.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, buffer: Vec::new(), start: 0, joined: Vec::new() }
    }

    /// Takes bytes that came.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message, or `None`: more bytes are needed.
    ///
    /// # Errors
    /// [`ProtocolError`]; the decoder is of no use afterwards.
    pub fn message<M: DeserializeOwned>(&mut self) -> Result<Option<M>, ProtocolError> {
        while let Some((range, more)) = self.frame()? {
            self.start = range.end;
            if self.joined.len() + range.len() > self.bounds.message_bytes_max {
                return Err(ProtocolError::MessageTooLong(self.bounds.message_bytes_max));
            }
            if more {
                self.joined.extend_from_slice(&self.buffer[range]);
                continue;
            }
            if self.joined.is_empty() {
                return self.read(&self.buffer[range]).map(Some);
            }
            let mut whole = std::mem::take(&mut self.joined);
            whole.extend_from_slice(&self.buffer[range]);
            return self.read(&whole).map(Some);
        }
        Ok(None)
    }

    /// The body of the next frame as a range of the buffer, and whether the message goes on.
    fn frame(&self) -> Result<Option<(std::ops::Range<usize>, bool)>, ProtocolError> {
        let Some(header) = self.buffer[self.start..].first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let header = u32::from_le_bytes(*header);
        let length = (header & !MORE) as usize;
        if length > FRAME_BYTES_MAX {
            return Err(ProtocolError::FrameTooLong(length));
        }
        let body = self.start + HEADER_BYTES;
        let whole = self.buffer.len() >= body + length;
        Ok(whole.then_some((body..body + length, header & MORE != 0)))
    }

    fn read<M: DeserializeOwned>(&self, body: &[u8]) -> Result<M, ProtocolError> {
        let counted = Counted { rest: body, items_left: self.bounds.message_items_max };
        let mut deserializer = Deserializer::from_flavor(counted);
        let message = M::deserialize(&mut deserializer).map_err(|_| ProtocolError::Garbled)?;
        match deserializer.finalize() {
            Ok([]) => Ok(message),
            _ => Err(ProtocolError::Garbled),
        }
    }
}

/// Bytes to read from, and how many values may still be read.
struct Counted<'de> {
    rest: &'de [u8],
    items_left: usize,
}

impl Counted<'_> {
    fn count(&mut self) -> postcard::Result<()> {
        self.items_left = self.items_left.checked_sub(1).ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        Ok(())
    }
}

impl<'de> Flavor<'de> for Counted<'de> {
    type Remainder = &'de [u8];
    type Source = &'de [u8];

    fn pop(&mut self) -> postcard::Result<u8> {
        self.count()?;
        let (first, rest) = self.rest.split_first().ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        self.rest = rest;
        Ok(*first)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }

    fn try_take_n(&mut self, count: usize) -> postcard::Result<&'de [u8]> {
        self.count()?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        self.rest = rest;
        Ok(taken)
    }

    fn finalize(self) -> postcard::Result<&'de [u8]> {
        Ok(self.rest)
    }
}

#[cfg(test)]
mod tests;
