//! Every object that is named, read whole; and parts that nothing names.

use super::{PAGE, Verified, event, readable, records::Keys, trail::Trail};
use crate::{
    audit::{self, Act},
    catalog::NamedObject,
    domain::{
        ids::{EntryId, PartKey},
        origin::Actor,
    },
    pipeline::{Stores, Trouble},
    seal::{CaseKeys, Digester},
    vault::{
        VaultError,
        objects::{ObjectError, ObjectReader},
    },
};
use std::collections::HashSet;

/// Looks at every object.
pub(super) async fn check(
    stores: &Stores,
    (keys, deep): (&Keys, bool),
    trail: &mut Trail,
    (verified, actor): (&mut Verified, &Actor),
) -> Result<(), Trouble> {
    let mut named_parts = HashSet::new();
    let mut after = None;
    loop {
        let page = readable(stores.catalog.named_objects(after, PAGE).await, "the list of objects", verified);
        let page = page.unwrap_or_default();
        let Some(last) = page.last() else { break };
        after = Some(last.object);
        for named in page {
            verified.objects += 1;
            named_parts.extend(named.parts.0.iter().map(|part| part.key));
            headers(stores, &named, trail, verified).await?;
            // A case without keys was said to be one; of a shredded case nothing can be read, as it should be.
            let Some(keys) = keys.get(named.case) else { continue };
            let reader = stores.objects.reader(keys.clone(), named.parts.clone());
            parts(stores, (&named, &reader), (verified, actor)).await?;
            if let Some(entry) = named.entry {
                plaintext(stores, (keys, &named, entry), (&reader, deep), verified).await?;
            }
        }
    }
    orphans(stores, &named_parts, verified).await
}

/// The headers must be those of the receipt.
async fn headers(
    stores: &Stores,
    named: &NamedObject,
    trail: &mut Trail,
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let Some(entry) = named.entry else { return Ok(()) };
    let mark = audit::header_mark(&named.parts);
    if trail.agrees_on_headers(entry, &mark).is_none() {
        // It came after the trail was read.
        trail.read_on(stores, verified).await?;
    }
    if trail.agrees_on_headers(entry, &mark) == Some(false) {
        verified.wrong.push(format!("object {}: its headers are not the ones that were received", named.object));
    }
    Ok(())
}

/// Every chunk of every part is opened.
async fn parts(
    stores: &Stores,
    (named, reader): (&NamedObject, &ObjectReader),
    (verified, actor): (&mut Verified, &Actor),
) -> Result<(), Trouble> {
    let mut damage = false;
    for fault in reader.verify().await.err().unwrap_or_default() {
        match fault {
            ObjectError::Vault(VaultError::World { act, source }) => {
                return Err(Trouble::Retry { act, cause: source.to_string() });
            }
            ObjectError::Stopped => return Err(Trouble::Retry { act: "reading a part", cause: fault.to_string() }),
            fault => {
                verified.wrong.push(format!("object {}: {fault}", named.object));
                damage = true;
            }
        }
    }
    if damage && !named.damaged {
        // It gives its fingerprint up, so that a replacement is taken.
        let mut event = event(stores, actor, Act::DamageFound, Some(named.case));
        event.subject = named.object.to_string();
        stores.catalog.mark_damaged(named.object, event).await?;
    }
    Ok(())
}

/// The plaintext must be as long as the entry says; with `deep`, and as the ledger says.
async fn plaintext(
    stores: &Stores,
    (keys, named, entry): (&CaseKeys, &NamedObject, EntryId),
    (reader, deep): (&ObjectReader, bool),
    verified: &mut Verified,
) -> Result<(), Trouble> {
    let row = readable(stores.catalog.entry(entry).await, &format!("entry {entry}"), verified);
    let Some(row) = row.flatten() else {
        verified.wrong.push(format!("object {}: the entry it belongs to is not there", named.object));
        return Ok(());
    };
    if row.object != Some(named.object) {
        verified.wrong.push(format!("object {}: entry {entry} does not name it as its bytes", named.object));
    } else if row.bytes != reader.bytes() {
        verified.wrong.push(format!("object {}: it has another size than entry {entry} says", named.object));
    }
    let Ok(record) = stores.record(keys, &row) else { return Ok(()) };
    let found = if deep && record.sha256.is_some() { digest(reader).await } else { None };
    if found.is_some_and(|found| found != record.sha256) {
        verified.wrong.push(format!("object {}: its plaintext is not the one in the ledger", named.object));
    }
    Ok(())
}

/// The digest of the plaintext; `None` where it cannot be read, which was said already.
async fn digest(reader: &ObjectReader) -> Option<Option<crate::domain::ids::PlainDigest>> {
    let (mut digest, mut offset) = (Digester::new(), 0);
    while offset < reader.bytes() {
        let piece = reader.read(offset, 1 << 20).await.ok()?;
        if piece.is_empty() {
            return Some(None);
        }
        offset += piece.len() as u64;
        digest.update(&piece);
    }
    Some(Some(digest.finish()))
}

/// Parts that nothing names are no damage: an interrupted write leaves them, and the collector takes them.
async fn orphans(stores: &Stores, named: &HashSet<PartKey>, verified: &mut Verified) -> Result<(), Trouble> {
    let vault = stores.objects.vault();
    for epoch in vault.epochs().await? {
        for (part, bytes) in vault.parts(epoch).await? {
            // What was received since the objects were listed is named by now.
            if !named.contains(&part) && !stores.catalog.names_part(part).await? {
                verified.orphans += 1;
                verified.orphan_bytes += bytes;
            }
        }
    }
    Ok(())
}
