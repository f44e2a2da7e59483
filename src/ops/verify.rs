//! Verifying: everything that is stored is read again, and what is wrong is named by id.
//!
//! Every part's header is compared with the digest that the catalog keeps, its length too, and every chunk is decrypted
//! and so authenticated; with `deep` the plaintext's SHA-256 is compared with the ledger's as well. Every sealed record
//! is opened. The audit chain is walked, against a checkpoint kept
//! elsewhere where one is given, and each receipt's header mark is compared with the object it speaks of.

use crate::{
    audit::{self, Act, Checkpoint, Event, StoredEvent, Walk},
    control::Verified,
    domain::{
        entry::Sealed,
        ids::{CaseId, EntryId, ObjectId},
        origin::Actor,
    },
    pipeline::{Stores, Trouble, index},
    seal::{CaseKeys, Digester},
    vault::objects::{ObjectError, ObjectReader},
};
use std::collections::HashMap;

/// Rows asked for at once.
const PAGE: u32 = 500;

/// Looks at everything.
///
/// # Errors
/// The world failed; what is damaged is no error but the answer.
pub async fn verify(stores: &Stores, deep: bool, checkpoint: Option<&str>, actor: &Actor) -> Result<Verified, Trouble> {
    let mut verified = Verified::default();
    verified.wrong.extend(stores.catalog.self_check().await?);
    let marks = audit_chain(stores, checkpoint, &mut verified).await?;
    objects(stores, (deep, &marks), &mut verified, actor).await?;
    seals(stores, &mut verified).await?;
    let head = stores.catalog.audit_head().await?;
    verified.checkpoint = Checkpoint { head, at: stores.clock.now() }.to_line();
    let mut event = event(stores, actor, Act::Verified, None);
    event.detail = format!("{} objects, {} wrong", verified.objects, verified.wrong.len());
    stores.catalog.append_audit(event).await?;
    Ok(verified)
}

/// Header marks by entry, as the receipts' audit events state them.
type Marks = HashMap<String, String>;

async fn audit_chain(stores: &Stores, checkpoint: Option<&str>, verified: &mut Verified) -> Result<Marks, Trouble> {
    let checkpoint = checkpoint
        .map(|line| Checkpoint::from_line(line.trim()).map_err(|e| Trouble::Refused(e.to_string())))
        .transpose()?;
    let head = stores.catalog.audit_head().await?;
    let mut walk = Walk::new(head.node, checkpoint.map(|checkpoint| checkpoint.head));
    let mut marks = Marks::new();
    let mut from = 1;
    loop {
        let events = stores.catalog.audit(from, PAGE).await?;
        let Some(last) = events.last() else { break };
        from = last.seq + 1;
        for event in &events {
            verified.events += 1;
            if let Err(fault) = walk.step(event) {
                verified.wrong.push(format!("audit: {fault}"));
                return Ok(marks);
            }
            note_mark(event, &mut marks);
        }
    }
    match walk.end() {
        Ok(end) if end.seq == head.seq && end.hash == head.hash => {}
        Ok(_) => verified.wrong.push("audit: the chain does not end where its head says".to_owned()),
        Err(fault) => verified.wrong.push(format!("audit: {fault}")),
    }
    Ok(marks)
}

fn note_mark(event: &StoredEvent, marks: &mut Marks) {
    if event.act == Act::EntryReceived.name()
        && let Some(mark) = event.detail.find("header=").and_then(|at| event.detail.get(at..))
    {
        // To the end: an object of several parts has a mark of two words.
        marks.insert(event.subject.clone(), mark.to_owned());
    }
}

async fn objects(
    stores: &Stores,
    (deep, marks): (bool, &Marks),
    verified: &mut Verified,
    actor: &Actor,
) -> Result<(), Trouble> {
    let mut after = None;
    loop {
        let page = stores.catalog.named_objects(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.object);
        for named in page {
            verified.objects += 1;
            let Ok(keys) = stores.keys(named.case) else { continue };
            if let Some(mark) = named.entry.and_then(|entry| marks.get(&entry.to_string()))
                && *mark != audit::header_mark(&named.parts)
            {
                verified
                    .wrong
                    .push(format!("object {}: its headers are not the ones that were received", named.object));
            }
            let reader = stores.objects.reader(keys.clone(), named.parts.clone());
            for fault in reader.verify().await.err().unwrap_or_default() {
                if let ObjectError::Vault(crate::vault::VaultError::World { act, source }) = &fault {
                    return Err(Trouble::Retry { act, cause: source.to_string() });
                }
                verified.wrong.push(format!("object {}: {fault}", named.object));
                damaged(stores, (named.case, named.object), actor).await?;
            }
            if deep
                && let Some(entry) = named.entry
                && !agrees(stores, &keys, (entry, &reader)).await?
            {
                verified.wrong.push(format!("object {}: its plaintext is not the one in the ledger", named.object));
            }
        }
    }
}

/// Does the plaintext agree with the ledger? Yes as well where it cannot be read: that was said already.
async fn agrees(stores: &Stores, keys: &CaseKeys, (entry, reader): (EntryId, &ObjectReader)) -> Result<bool, Trouble> {
    let Some(row) = stores.catalog.entry(entry).await? else { return Ok(false) };
    let Ok(record) = stores.record(keys, &row) else { return Ok(true) };
    let (mut digest, mut offset) = (Digester::new(), 0);
    while offset < row.bytes {
        let Ok(piece) = reader.read(offset, 1 << 20).await else { return Ok(true) };
        if piece.is_empty() {
            return Ok(false);
        }
        offset += piece.len() as u64;
        digest.update(&piece);
    }
    Ok(record.sha256 == Some(digest.finish()))
}

/// A damaged object gives its fingerprint up, so that a replacement is taken.
async fn damaged(stores: &Stores, (case, object): (CaseId, ObjectId), actor: &Actor) -> Result<(), Trouble> {
    let mut event = event(stores, actor, Act::DamageFound, Some(case));
    event.subject = object.to_string();
    Ok(stores.catalog.mark_damaged(object, event).await?)
}

async fn seals(stores: &Stores, verified: &mut Verified) -> Result<(), Trouble> {
    for row in stores.catalog.cases().await? {
        let Ok(keys) = stores.keys(row.id) else { continue };
        if keys.recipient().to_string() != row.recipient {
            verified.wrong.push(format!("case {}: its key is not the one it was opened with", row.id));
        }
        verified.seals += 1;
        if keys.open_record(crate::control::desk::patient_place(&row.id), &row.patient).is_err() {
            verified.wrong.push(format!("case {}: the seal of its patient does not hold", row.id));
        }
        for entry in stores.catalog.entries(row.id).await? {
            verified.seals += 1;
            if stores.record(&keys, &entry).is_err() {
                verified.wrong.push(format!("entry {}: its seal does not hold", entry.id));
            }
        }
        verified.seals += 1;
        let state = stores.catalog.index(row.id).await?;
        if index::committed(&keys, row.id, &state).is_err() {
            verified.wrong.push(format!("case {}: the seal of its overlay or index list does not hold", row.id));
        }
    }
    Ok(())
}

fn event(stores: &Stores, actor: &Actor, act: Act, case: Option<CaseId>) -> Event {
    Event {
        actor: actor.clone(),
        at: stores.clock.now(),
        act,
        case,
        subject: "site".to_owned(),
        detail: String::new(),
        sealed: Sealed::default(),
    }
}
