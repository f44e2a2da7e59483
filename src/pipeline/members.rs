//! Members of containers come back through the one door, under a budget that the whole tree shares.
//!
//! A member's id is derived with the case's key from its container's id and its ordinal, so a second run after a crash
//! meets the entries of the first, skips their bytes, and no entry is ever a duplicate of itself.

use super::{
    Trouble,
    budgets::Allowance,
    door::{Arrival, Door},
    receive::{Intake, Receipt, Slot},
};
use crate::{
    domain::{
        entry::EntryRow,
        facts::{FileKind, Member, MemberEnd, PageText},
        limits::WRITES_IN_FLIGHT_MAX,
        reason::Reason,
    },
    jail::{Receiver, Refusal},
    kinds::{Offer, Stop},
    seal::CaseKeys,
};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Takes the members and the text of one document.
pub struct Members {
    door: Door,
    arrival: Arrival,
    container: EntryRow,
    allowance: Allowance,
    keys: Arc<CaseKeys>,
    current: Option<Current>,
    landing: JoinSet<Result<Receipt, Trouble>>,
    pages: Vec<PageText>,
    taken: u64,
    stopped: Option<Stop>,
    trouble: Option<Trouble>,
}

/// The member under way.
struct Current {
    slot: Slot,
    intake: Option<Intake>,
    bytes: u64,
}

impl Members {
    /// Takes members for a container.
    pub fn new(door: Door, arrival: Arrival, container: EntryRow, allowance: Allowance) -> Result<Self, Trouble> {
        let keys = door.stores().keys(arrival.case)?;
        Ok(Self {
            door,
            arrival,
            container,
            allowance,
            keys,
            current: None,
            landing: JoinSet::new(),
            pages: Vec::new(),
            taken: 0,
            stopped: None,
            trouble: None,
        })
    }

    /// Waits until every member is durable; hands back the text of the pages and why taking stopped, if it did.
    ///
    /// # Errors
    /// A member could not be taken: the container's job is to be tried again.
    pub async fn landed(mut self) -> Result<(Vec<PageText>, Option<Stop>), Trouble> {
        while let Some(landed) = self.landing.join_next().await {
            settled(landed)?;
        }
        self.pages.sort_by_key(|page| page.page);
        Ok((self.pages, self.stopped))
    }

    /// Members that were taken or known.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Why the world did not let a member be taken, if so.
    pub fn trouble(&mut self) -> Option<Trouble> {
        self.trouble.take()
    }

    /// The inspector is told in words; what it was is kept, since a full store is waited out and not counted.
    fn world(&mut self, trouble: Trouble) -> Refusal {
        let told = Refusal::World(trouble.to_string());
        self.trouble = Some(trouble);
        told
    }

    fn stop(&mut self, stop: Stop) -> Refusal {
        self.stopped = Some(stop);
        Refusal::Stop(stop)
    }

    /// Keeps at most a few members between their last byte and their receipt.
    async fn land(&mut self, intake: Intake) -> Result<(), Refusal> {
        while self.landing.len() >= WRITES_IN_FLIGHT_MAX {
            if let Some(landed) = self.landing.join_next().await {
                settled(landed).map_err(|trouble| self.world(trouble))?;
            }
        }
        self.landing.spawn(intake.finish());
        Ok(())
    }
}

/// Is it listed without its bytes?
fn is_withheld(row: &EntryRow) -> bool {
    let is_empty = matches!(row.kind, FileKind::Empty | FileKind::SystemJunk);
    row.object.is_none() && row.twin.is_none() && row.bytes == 0 && !is_empty
}

fn settled(landed: Result<Result<Receipt, Trouble>, tokio::task::JoinError>) -> Result<(), Trouble> {
    match landed {
        Ok(received) => received.map(drop),
        Err(error) => Err(Trouble::Retry { act: "taking a member", cause: crate::pipeline::ended(&error) }),
    }
}

#[async_trait]
impl Receiver for Members {
    async fn begin(&mut self, member: Member) -> Result<Offer, Refusal> {
        let limits = self.door.stores().limits.clone();
        if self.container.depth >= limits.container_depth_max {
            return Err(self.stop(Stop::Depth));
        }
        if let Err(stop) = self.allowance.entry(&limits) {
            return Err(self.stop(stop));
        }
        self.taken += 1;
        let id = self.keys.member_id(self.container.id, member.ordinal);
        let known = self.door.stores().catalog.entry(id).await.map_err(|e| self.world(e.into()))?;
        // What was withheld may be handed over by now: a password was supplied.
        if let Some(row) = known.filter(|row| !is_withheld(row)) {
            if let Err(stop) = self.allowance.bytes(row.bytes, &limits) {
                return Err(self.stop(stop));
            }
            return Ok(Offer::Skip);
        }
        let slot = Slot {
            id,
            arrival: self.arrival.clone(),
            parent: Some(self.container.id),
            ordinal: member.ordinal,
            depth: self.container.depth + 1,
            name: member.name,
            claims: Vec::new(),
        };
        let mut intake = self.door.open_slot(slot.clone()).map_err(|trouble| self.world(trouble))?;
        if let Some(bytes) = member.claimed_bytes {
            intake.expect(bytes.min(1 << 20));
        }
        self.current = Some(Current { slot, intake: Some(intake), bytes: 0 });
        Ok(Offer::Take)
    }

    async fn data(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let limits = self.door.stores().limits.clone();
        let more = bytes.len() as u64;
        if let Err(stop) = self.allowance.bytes(more, &limits) {
            self.current = None;
            return Err(self.stop(stop));
        }
        let Some(Current { intake: Some(intake), bytes: count, .. }) = &mut self.current else {
            return Err(Refusal::World("bytes came outside a member".to_owned()));
        };
        *count += more;
        let written = intake.write(bytes).await;
        written.map_err(|trouble| self.world(trouble))
    }

    async fn end(&mut self, end: MemberEnd) -> Result<(), Refusal> {
        let Some(Current { slot, intake: Some(mut intake), .. }) = self.current.take() else {
            return Ok(());
        };
        match end {
            MemberEnd::Whole => self.land(intake).await,
            MemberEnd::Flawed(why) => {
                intake.claim(why);
                self.land(intake).await
            }
            MemberEnd::Withheld(why) => {
                drop(intake);
                self.door.list(slot, why).await.map(drop).map_err(|trouble| self.world(trouble))
            }
        }
    }

    async fn page(&mut self, page: PageText) {
        self.pages.push(page);
    }
}

/// The reason that stands for a stop.
pub fn reason_of(stop: Stop) -> Option<Reason> {
    match stop {
        Stop::Entries => Some(Reason::TooManyEntries),
        Stop::Bytes => Some(Reason::ArchiveBomb),
        Stop::Depth => Some(Reason::TooDeep),
        Stop::Gone => None,
    }
}
