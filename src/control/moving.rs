//! Moving a document to another case: out of the holding case, or out of a case that it does not belong to.
//!
//! Cases share no keys, so it is taken in anew: its bytes are read, go through the one door into the other case with a new
//! object, fingerprint and verdict, and only when they are durable there does the document leave the first case, in one
//! transaction. Its id there is derived from its id here: given again after a crash, the command finds what it did.

use super::{
    Desk, Reply,
    rulings::{Standing, refused as unknown_name},
};
use crate::{
    audit::Act,
    casework::{
        case::CaseFile,
        flags::Flag,
        waivers::{self, Place, Reach, Unknown},
    },
    domain::{
        case::CaseState,
        entry::{EntryRecord, EntryRow, Outcome, Stage},
        ids::{CaseId, EntryId, RulingId},
        origin::{Actor, NotRead, Origin},
    },
    pipeline::{Trouble, door::Arrival, intakes, receive::Slot, rulings as kept},
    seal::CaseKeys,
};
use std::{collections::HashSet, sync::Arc};

/// Bytes read at once on the way.
const PIECE_BYTES: usize = 1 << 20;

/// The ordinal from which the id of a moved document is derived: no container has a member of this number.
const MOVED: u64 = u64::MAX;

/// What is to be moved where.
struct Move {
    from: CaseId,
    entry: EntryId,
    to: CaseId,
}

impl Desk {
    /// Moves a document, named by its id or as the ledger shows it, with everything in it. What was moved already is
    /// answered as if it were moved now, where it is named by its id.
    pub(super) async fn move_named(
        &self,
        (from, document): (CaseId, &str),
        to: CaseId,
        actor: &Actor,
    ) -> Result<Reply, Trouble> {
        if from == to {
            return Err(refused("it is in that case already"));
        }
        if self.stores().catalog.case(from).await?.state == CaseState::Held {
            return Err(refused("this case is on hold: nothing of it may be taken out"));
        }
        let keys = self.stores().keys(from)?;
        let standing = self.standing(&keys, from).await?;
        let entry = meant(&standing, document)?;
        self.move_entry((&Move { from, entry, to }, &keys), &standing.file, actor).await
    }

    async fn move_entry(
        &self,
        (moving, from): (&Move, &Arc<CaseKeys>),
        file: &CaseFile,
        actor: &Actor,
    ) -> Result<Reply, Trouble> {
        let stores = self.stores();
        let to = stores.keys(moving.to)?;
        let moved = to.member_id(moving.entry, MOVED);
        let there = stores.catalog.entry(moved).await?.is_some();
        let Some(entry) = file.get(moving.entry) else {
            let answer = Reply::Moved { entry: moved };
            return if there { Ok(answer) } else { Err(refused("there is no such document in that case")) };
        };
        let leaving = leaving(file, &entry.row)?;
        if !there {
            must_not_hold_its_study(&kept::given(stores, (from, moving.from)).await?, &leaving)?;
            let arrival = self.arrive_again((moving, from), &entry.row, actor).await?;
            let bytes = file.original(entry);
            self.receive_again((from, &bytes.row), (moved, arrival), &entry.record).await?;
        }
        fail::fail_point!("move.received");
        let mut event = self.event(actor, Act::EntryMoved, Some(moving.from), moving.entry.to_string());
        event.detail = format!("to case {} as {moved}", moving.to);
        stores.catalog.leave(moving.from, leaving, event).await?;
        fail::fail_point!("move.left");
        self.door().ring();
        Ok(Reply::Moved { entry: moved })
    }

    /// An arrival in the other case that says where the document came from at first, and by which way it came here.
    async fn arrive_again(
        &self,
        (moving, keys): (&Move, &CaseKeys),
        row: &EntryRow,
        actor: &Actor,
    ) -> Result<Arrival, Trouble> {
        let arrivals = self.stores().catalog.arrivals(moving.from).await?;
        let arrival = arrivals.iter().find(|arrival| arrival.id == row.arrival);
        let arrival = arrival.ok_or_else(|| Trouble::Damaged(format!("arrival {}", row.arrival)))?;
        let before = intakes::origin(keys, arrival)?;
        let peer = format!("moved from case {}, where {} brought it: {}", moving.from, before.actor, before.peer);
        let origin = Origin {
            inlet: before.inlet,
            actor: actor.clone(),
            peer,
            given: Vec::new(),
            not_read: NotRead::default(),
            at: before.at,
        };
        self.door().arrive(moving.to, &origin, None).await
    }

    /// Takes the bytes in again, through the one door.
    async fn receive_again(
        &self,
        (keys, bytes): (&Arc<CaseKeys>, &EntryRow),
        (id, arrival): (EntryId, Arrival),
        record: &EntryRecord,
    ) -> Result<(), Trouble> {
        let name = record.name.clone();
        let slot = Slot { id, arrival: arrival.clone(), parent: None, ordinal: 0, depth: 0, name, claims: Vec::new() };
        let mut intake = self.door().open_slot(slot)?;
        if let Some(object) = bytes.object {
            let named = self.stores().catalog.object(object).await?;
            let reader = self.stores().objects.reader(keys.clone(), named.parts);
            let mut offset = 0;
            while offset < reader.bytes() {
                let piece = reader.read(offset, PIECE_BYTES).await?;
                if piece.is_empty() {
                    return Err(Trouble::Damaged(format!("object {object}")));
                }
                offset += piece.len() as u64;
                intake.write(&piece).await?;
            }
        }
        let receipt = intake.finish().await?;
        if receipt.sha256 != record.sha256 {
            return Err(Trouble::Damaged(format!("entry {}: its bytes are not the ones of its ledger", bytes.id)));
        }
        self.door().close(&arrival).await
    }
}

/// The document that is meant. An id may be of one that is in the other case already.
fn meant(standing: &Standing, named: &str) -> Result<EntryId, Trouble> {
    match waivers::resolve(&standing.file, &standing.overlay, named) {
        Ok(Place::Entry(entry)) => Ok(entry.row.id),
        Ok(Place::Row(_)) => Err(refused("that is no document of its own; move what lies in it")),
        Err(unknown @ Unknown::Nothing) => named.parse().map_err(|_| unknown_name(unknown)),
        Err(unknown) => Err(unknown_name(unknown)),
    }
}

/// What was set of a whole study by naming one of its images would go with that image, and leave the others unheld.
fn must_not_hold_its_study(given: &[(RulingId, Flag)], leaving: &[EntryId]) -> Result<(), Trouble> {
    match given.iter().any(|(_, flag)| flag.reach == Reach::Study && leaving.contains(&flag.named)) {
        true => Err(refused(
            "something was set of its whole study by naming it; take that back, or set it of another image first",
        )),
        false => Ok(()),
    }
}

/// The entry and everything that came out of it; refuses what cannot be moved by itself.
fn leaving(file: &CaseFile, row: &EntryRow) -> Result<Vec<EntryId>, Trouble> {
    if row.parent.is_some() {
        return Err(refused("it came inside another document; move that one"));
    }
    let mut all = vec![row.id];
    let mut next = 0;
    while let Some(container) = all.get(next).copied() {
        all.extend(file.members(container).map(|member| member.row.id));
        next += 1;
    }
    let inside: HashSet<EntryId> = all.iter().copied().collect();
    if file.entries().iter().any(|entry| inside.contains(&entry.row.id) && entry.row.stage != Stage::Filed) {
        return Err(refused("it is still being read; try again when that has ended"));
    }
    let original = file.get(row.id).map(|entry| file.original(entry).row.clone());
    if row.bytes > 0 && original.is_none_or(|original| original.object.is_none()) {
        return Err(refused("its bytes were not kept: there is nothing to move"));
    }
    let copy = |entry: &EntryRow| {
        entry.outcome == Some(Outcome::DuplicateOf) && entry.twin.is_some_and(|of| inside.contains(&of))
    };
    let copies: Vec<String> = file
        .entries()
        .iter()
        .filter(|entry| copy(&entry.row) && !inside.contains(&entry.row.id))
        .map(|entry| entry.row.id.to_string())
        .collect();
    match copies.is_empty() {
        true => Ok(all),
        false => Err(Trouble::Refused(format!(
            "other documents of the case are copies of it or of something in it; move these first, or what they came in: {}",
            copies.join(", ")
        ))),
    }
}

fn refused(why: &str) -> Trouble {
    Trouble::Refused(why.to_owned())
}
