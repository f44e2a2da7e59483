//! The one door: every inlet opens it and nothing gets in beside it.
//!
//! An inlet knows a protocol and nothing else. It says where an arrival comes from, opens an intake for each entry,
//! writes bytes, and gets a receipt. It may acknowledge to its sender only with the receipt in hand.

use super::{
    Stores, Trouble,
    receive::{Intake, Slot},
};
use crate::{
    audit::{Act, Event},
    catalog::ArrivalRow,
    domain::{
        case::CaseState,
        entry::Sealed,
        facts::Observation,
        ids::{ArrivalId, CaseId, EntryId, LinkId},
        origin::{Actor, Origin},
        path::RawName,
    },
    seal::{self, Place},
};
use std::sync::Arc;
use tokio::sync::Notify;

/// Takes arrivals in.
#[derive(Clone)]
pub struct Door {
    stores: Stores,
    /// Rung when there is new work, so that workers need not look every moment.
    bell: Arc<Notify>,
}

/// Where an arrival's origin stands in the catalog.
pub fn origin_place(arrival: &ArrivalId) -> Place<'_> {
    Place { table: "arrivals", row: arrival.as_bytes(), field: "origin" }
}

/// An arrival that is open: what each of its entries needs to know.
#[derive(Clone)]
pub struct Arrival {
    /// Its id.
    pub id: ArrivalId,
    /// Its case.
    pub case: CaseId,
    /// Who sends it, for the audit trail.
    pub actor: Actor,
}

impl Door {
    /// A door to these stores.
    pub fn new(stores: Stores, bell: Arc<Notify>) -> Self {
        Self { stores, bell }
    }

    /// The stores behind it.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Tells the workers that there is something to do.
    pub fn ring(&self) {
        self.bell.notify_waiters();
        self.bell.notify_one();
    }

    /// Begins an arrival.
    ///
    /// # Errors
    /// [`Trouble::Refused`] where the case takes nothing more.
    pub async fn arrive(&self, case: CaseId, origin: &Origin, link: Option<LinkId>) -> Result<Arrival, Trouble> {
        let row = self.stores.catalog.case(case).await?;
        if !matches!(row.state, CaseState::Open | CaseState::Held) {
            return Err(Trouble::Refused(format!("case {case} is {} and takes nothing more", row.state)));
        }
        let id = ArrivalId::from_bytes(seal::random_bytes());
        let sealed = super::intakes::sealed(self.stores.keys(case)?.as_ref(), id, origin)?;
        let arrival = ArrivalRow { id, case, link, origin: sealed, at: origin.at, closed: false };
        let event = self.event(&origin.actor, Act::ArrivalOpened, case, id.to_string());
        self.stores.catalog.open_arrival(arrival, event).await?;
        Ok(Arrival { id, case, actor: origin.actor.clone() })
    }

    /// Opens an intake for something that came by itself.
    ///
    /// # Errors
    /// The case's keys cannot be had.
    pub fn open(&self, arrival: &Arrival, ordinal: u64, name: RawName) -> Result<Intake, Trouble> {
        self.open_slot(Self::slot(arrival, ordinal, name))
    }

    /// The place of something that came by itself, with an id of its own.
    pub fn slot(arrival: &Arrival, ordinal: u64, name: RawName) -> Slot {
        let id = EntryId::from_bytes(seal::random_bytes());
        Slot { id, arrival: arrival.clone(), parent: None, ordinal, depth: 0, name, claims: Vec::new() }
    }

    /// Opens an intake for a slot whose id is decided (a member, an upload).
    ///
    /// # Errors
    /// The case's keys cannot be had.
    pub fn open_slot(&self, slot: Slot) -> Result<Intake, Trouble> {
        Intake::new(self.clone(), slot)
    }

    /// Lists something whose bytes were not handed over: a link, an encrypted member, a name that escapes.
    ///
    /// # Errors
    /// As for any receipt.
    pub async fn list(&self, slot: Slot, why: Observation) -> Result<super::receive::Receipt, Trouble> {
        Intake::new(self.clone(), slot)?.withhold(why).await
    }

    /// Notes that the sender of an arrival is done.
    ///
    /// # Errors
    /// The catalog failed.
    pub async fn close(&self, arrival: &Arrival) -> Result<(), Trouble> {
        self.stores.catalog.close_arrival(arrival.id, None).await?;
        self.ring();
        Ok(())
    }

    pub(super) fn event(&self, actor: &Actor, act: Act, case: CaseId, subject: String) -> Event {
        Event {
            actor: actor.clone(),
            at: self.stores.clock.now(),
            act,
            case: Some(case),
            subject,
            detail: String::new(),
            sealed: Sealed::default(),
        }
    }
}
