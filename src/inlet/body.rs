//! Reading the body of a request from a sender that may be slow, may pause and may go away.
//!
//! Only time spent waiting for the sender counts against it: while our own store is slow, nobody is blamed.

use crate::domain::limits::Limits;
use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// A sender that sends nothing for this long pauses: what it sent is made durable meanwhile.
const PAUSE: Duration = Duration::from_secs(2);

/// What comes next.
#[derive(Debug)]
pub enum Next {
    /// Bytes.
    Bytes(Bytes),
    /// Nothing came for a while; said once until bytes come again.
    Pause,
    /// The body is over. Whether it was whole is told by its length.
    End,
    /// The connection broke.
    Lost,
    /// It came too slowly for too long.
    Slow,
    /// The daemon stops.
    Stopping,
}

/// A body being read.
pub struct Reading {
    stream: BodyDataStream,
    draining: CancellationToken,
    pace: Pace,
    paused: bool,
}

impl Reading {
    /// Begins to read.
    pub fn new(body: Body, limits: &Limits, draining: CancellationToken) -> Self {
        Self { stream: body.into_data_stream(), draining, pace: Pace::new(limits), paused: false }
    }

    /// Waits for what comes next.
    pub async fn next(&mut self) -> Next {
        loop {
            let left = self.pace.left();
            let patience = if self.paused { left } else { left.min(PAUSE) };
            let begun = Instant::now();
            let came = tokio::select! {
                biased;
                () = self.draining.cancelled() => return Next::Stopping,
                came = timeout(patience, self.stream.next()) => came,
            };
            let bytes = match &came {
                Ok(Some(Ok(bytes))) => bytes.len() as u64,
                _ => 0,
            };
            if self.pace.note(begun.elapsed(), bytes) == Verdict::Slow {
                return Next::Slow;
            }
            match came {
                Ok(Some(Ok(bytes))) => {
                    self.paused = false;
                    return Next::Bytes(bytes);
                }
                Ok(Some(Err(_))) => return Next::Lost,
                Ok(None) => return Next::End,
                Err(_) if !self.paused => {
                    self.paused = true;
                    return Next::Pause;
                }
                Err(_) => {}
            }
        }
    }
}

/// How fast a sender is: bytes over the time that was spent waiting for it.
#[derive(Debug)]
pub struct Pace {
    window: Duration,
    bytes_min: u64,
    waited: Duration,
    bytes: u64,
}

/// What the pace says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Fast enough, or not known yet.
    Fine,
    /// Too slow over a whole window.
    Slow,
}

impl Pace {
    /// A pace by the limits.
    pub fn new(limits: &Limits) -> Self {
        let window = Duration::from_secs(limits.http_slow_seconds.max(1));
        let bytes_min = limits.http_slow_bytes_per_second.saturating_mul(window.as_secs());
        Self { window, bytes_min, waited: Duration::ZERO, bytes: 0 }
    }

    /// What is left of the window.
    pub fn left(&self) -> Duration {
        self.window.saturating_sub(self.waited)
    }

    /// Notes that so many bytes came after waiting for so long.
    pub fn note(&mut self, waited: Duration, bytes: u64) -> Verdict {
        self.waited += waited;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.waited < self.window {
            return Verdict::Fine;
        }
        let verdict = if self.bytes < self.bytes_min { Verdict::Slow } else { Verdict::Fine };
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a trickle ends after its window, that a steady sender goes on, and that each window counts anew.
    #[test]
    fn only_a_whole_slow_window_ends_a_body() {
        let limits = Limits { http_slow_seconds: 60, http_slow_bytes_per_second: 1024, ..Limits::default() };
        let mut pace = Pace::new(&limits);
        for _ in 0..59 {
            assert_eq!(pace.note(Duration::from_secs(1), 1), Verdict::Fine);
        }
        assert_eq!(pace.note(Duration::from_secs(1), 1), Verdict::Slow);
        assert_eq!(pace.note(Duration::from_secs(60), 60 * 1024), Verdict::Fine);
        assert_eq!(pace.left(), Duration::from_secs(60));
        assert_eq!(pace.note(Duration::from_secs(60), 60 * 1024 - 1), Verdict::Slow);
    }
}
