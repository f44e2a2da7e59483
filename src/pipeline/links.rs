//! Upload links: who holds a token may add to one case, and nothing else.
//!
//! Every request looks its token up again, so that a revoked link is at an end with the next request; nothing about a
//! link is cached but which of its arrivals is open. An unknown, an expired and a revoked token are the same: no link.

use super::{
    Trouble,
    door::{Arrival, Door},
};
use crate::{
    domain::{
        case::CaseState,
        ids::LinkId,
        link::LinkRow,
        origin::{Actor, Inlet, NotRead, Origin},
        time::Instant,
    },
    seal,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// An arrival through a link ends when nothing more came for this long, in milliseconds: what a family sends in one
/// sitting belongs together.
pub const ARRIVAL_IDLE_MS: i64 = 30 * 60_000;

/// Bytes of a token before it is written in base64url.
const TOKEN_BYTES: usize = 32;

/// Knows tokens and the arrivals that are open through them.
#[derive(Clone)]
pub struct Links {
    door: Door,
    open: Arc<tokio::sync::Mutex<HashMap<(LinkId, Inlet), OpenArrival>>>,
    asked: Arc<Mutex<HashMap<LinkId, Asked>>>,
}

struct OpenArrival {
    arrival: Arrival,
    used: Instant,
}

/// Requests of one second.
struct Asked {
    second: i64,
    requests: u32,
}

/// What a link may not do any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Quota {
    /// Too many files came through it.
    Files,
    /// Too many bytes came through it, or would.
    Bytes,
    /// Too many uploads are open at once.
    Uploads,
}

impl Links {
    /// Links that lead through this door.
    pub fn new(door: Door) -> Self {
        Self { door, open: Arc::default(), asked: Arc::default() }
    }

    /// The link of a token; `None` where there is none that lives.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn of_token(&self, token: &str) -> Result<Option<LinkRow>, Trouble> {
        let decoded = data_encoding::BASE64URL_NOPAD.decode(token.as_bytes());
        if !decoded.is_ok_and(|bytes| bytes.len() == TOKEN_BYTES) {
            return Ok(None);
        }
        let stores = self.door.stores();
        let found = stores.catalog.link_by_token(seal::sha256(token.as_bytes()).0).await?;
        let now = stores.clock.now();
        let Some(link) = found.filter(|link| !link.revoked && link.expires > now) else {
            return Ok(None);
        };
        // The keys of a shredded case are gone: its links lead nowhere.
        let case = stores.catalog.case(link.case).await?;
        Ok((case.state != CaseState::Shredded).then_some(link))
    }

    /// Counts a request through a link; `false` where there were too many in this second.
    pub fn may_ask(&self, link: LinkId) -> bool {
        let limit = self.door.stores().limits.link_requests_per_second_max;
        let second = self.door.stores().clock.now().0.div_euclid(1_000);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the present second counts: what is older is forgotten.
        asked.retain(|_, one| one.second == second);
        let one = asked.entry(link).or_insert(Asked { second, requests: 0 });
        one.requests = one.requests.saturating_add(1);
        one.requests <= limit
    }

    /// May so many more bytes and files come through a link?
    ///
    /// # Errors
    /// The quota that is used up.
    pub fn may_take(&self, link: &LinkRow, files: u64, bytes: u64) -> Result<(), Quota> {
        let limits = &self.door.stores().limits;
        if link.files.saturating_add(files) > limits.link_files_max {
            return Err(Quota::Files);
        }
        if link.bytes.saturating_add(bytes) > limits.link_bytes_max {
            return Err(Quota::Bytes);
        }
        if files > 0 && link.open_uploads >= u64::from(limits.link_uploads_max) {
            return Err(Quota::Uploads);
        }
        Ok(())
    }

    /// The open arrival of a link through an inlet, or a new one.
    ///
    /// # Errors
    /// The case takes nothing more, or the catalog failed.
    pub async fn arrival(&self, link: &LinkRow, inlet: Inlet, peer: &str) -> Result<Arrival, Trouble> {
        let now = self.door.stores().clock.now();
        let mut open = self.open.lock().await;
        self.end_idle(&mut open, now).await;
        if let Some(known) = open.get_mut(&(link.id, inlet)) {
            known.used = now;
            return Ok(known.arrival.clone());
        }
        let origin = Origin {
            inlet,
            actor: Actor::Link(link.id),
            peer: peer.to_owned(),
            given: Vec::new(),
            not_read: NotRead::default(),
            at: now,
        };
        let arrival = self.door.arrive(link.case, &origin, Some(link.id)).await?;
        open.insert((link.id, inlet), OpenArrival { arrival: arrival.clone(), used: now });
        Ok(arrival)
    }

    /// Ends every open arrival: the daemon stops.
    pub async fn close(&self) {
        let mut open = self.open.lock().await;
        self.end_idle(&mut open, Instant(i64::MAX)).await;
    }

    async fn end_idle(&self, open: &mut HashMap<(LinkId, Inlet), OpenArrival>, now: Instant) {
        let idle = |one: &OpenArrival| now.0.saturating_sub(one.used.0) > ARRIVAL_IDLE_MS;
        let ended: Vec<_> = open.iter().filter(|(_, one)| idle(one)).map(|(key, _)| *key).collect();
        for key in ended {
            if let Some(one) = open.remove(&key)
                && let Err(trouble) = self.door.close(&one.arrival).await
            {
                tracing::warn!(arrival = %one.arrival.id, %trouble, "the end of an arrival could not be noted");
            }
        }
    }
}
