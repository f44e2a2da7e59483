//! The child's end of the socket: messages out, messages in, and what they say about the flow of members.

use crate::domain::limits::FRAME_BYTES_MAX;
use crate::jail::protocol::{self, Bounds, Decoder, FromChild, Stop, ToChild, WINDOW_FRAMES};
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
};

/// The host is trusted, so its messages are bounded only against mistakes: passwords and texts, 16 frames at most.
const FROM_HOST: Bounds = Bounds { message_bytes_max: 16 * FRAME_BYTES_MAX, message_items_max: 1_000_000 };

/// What `unexpected` messages are called.
pub(super) fn unexpected(message: &ToChild) -> io::Error {
    let name = match message {
        ToChild::Order(_) => "an order",
        ToChild::Bytes(_) => "bytes",
        ToChild::Offer(_) => "an answer",
        ToChild::Credit => "credit",
        ToChild::Stop(_) => "a stop",
        ToChild::Texts(_) => "texts",
        ToChild::People(_) => "people",
    };
    io::Error::new(io::ErrorKind::InvalidData, format!("{name} out of turn"))
}

/// One end of a socket pair, with the state that belongs to one document.
pub(super) struct Link {
    stream: UnixStream,
    decoder: Decoder,
    piece: Vec<u8>,
    /// `Data` messages that may still be sent.
    window: u32,
    /// The host wants nothing more.
    stopped: Option<Stop>,
}

impl Link {
    pub(super) fn new(stream: UnixStream) -> Self {
        let decoder = Decoder::new(FROM_HOST);
        Self { stream, decoder, piece: vec![0; 64 * 1024], window: WINDOW_FRAMES, stopped: None }
    }

    /// Forgets the document before.
    pub(super) fn begin_document(&mut self) {
        self.window = WINDOW_FRAMES;
        self.stopped = None;
    }

    /// Sends a message.
    pub(super) fn send(&mut self, message: &FromChild) -> io::Result<()> {
        let mut wire = Vec::new();
        protocol::encode(message, &mut wire).map_err(io::Error::other)?;
        self.stream.write_all(&wire)
    }

    /// Sends bytes that may be no message at all: only for proving that the host bears it.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Waits for the next message.
    pub(super) fn receive(&mut self) -> io::Result<ToChild> {
        loop {
            if let Some(message) = self.decoder.message().map_err(io::Error::other)? {
                return Ok(message);
            }
            match self.stream.read(&mut self.piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.decoder.push(&self.piece[..count]),
            }
        }
    }

    /// Waits for an answer, and takes note of credit and stops on the way.
    pub(super) fn answer(&mut self) -> io::Result<ToChild> {
        loop {
            match self.receive()? {
                ToChild::Credit => self.window += 1,
                ToChild::Stop(stop) => self.stopped = Some(stop),
                message => return Ok(message),
            }
        }
    }

    /// Waits until a `Data` message may be sent, or the host wants no more of them.
    pub(super) fn take_credit(&mut self) -> io::Result<()> {
        while self.window == 0 && self.stopped.is_none() {
            match self.receive()? {
                ToChild::Credit => self.window += 1,
                ToChild::Stop(stop) => self.stopped = Some(stop),
                message => return Err(unexpected(&message)),
            }
        }
        self.window = self.window.saturating_sub(1);
        Ok(())
    }

    /// Does the host want nothing more?
    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stopped
    }

    /// Remembers that nothing more is wanted.
    pub(super) fn stop(&mut self, stop: Stop) {
        self.stopped = Some(stop);
    }
}
