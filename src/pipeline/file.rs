//! Filing: document, findings, ledger row and audit row in one transaction; the case is marked for indexing with it.

use super::{
    Trouble, Workshop, encode_record,
    judge::{self, Judged},
    reading, record_place,
};
use crate::{
    audit::{Act, Event},
    catalog::{CatalogError, Filing},
    domain::{
        entry::{EntryRecord, EntryRow, Outcome, Parts, PixelsRead, Sealed},
        facts::{FileKind, PageText},
        ids::{CaseId, EntryId, Fingerprint, ObjectId},
        job::{Lease, Work},
        origin::Actor,
    },
    seal::CaseKeys,
};

/// Files a judged document and ends its job.
///
/// # Errors
/// The store or catalog failed; nothing is half filed.
pub async fn file(shop: &Workshop, judged: Judged, (case, lease): (CaseId, &Lease)) -> Result<(), Trouble> {
    let keys = shop.stores.keys(case)?;
    let Judged { row, record, outcome, pages } = judged;
    let text = seal_text(shop, &keys, &pages).await?;
    let instance = instance_of(&keys, &record);
    let mut then = comparisons(shop, case, (&row, instance)).await?;
    // What is given up as junk is not read either.
    if outcome != Outcome::Junk {
        then.extend(record.reading.as_ref().and_then(|reading| reading::work_left(row.id, reading)));
    }
    let drop_object = outcome == Outcome::Junk && row.object.is_some();
    let filing = filing(&keys, (&row, outcome), &record)?;
    let filing = Filing { text, instance, drop_object, then, ..filing };
    let event = filed_event(shop, case, &filing);
    fail::fail_point!("file.before");
    shop.stores.catalog.file(filing, lease, event).await?;
    fail::fail_point!("file.after");
    metrics::counter!("casegate_entries_filed_total", "outcome" => outcome.name()).increment(1);
    Ok(())
}

/// Changes the record of a filed entry and what further work follows from that.
pub type Change<'a> = &'a (dyn Fn(&mut EntryRecord) -> Vec<Work> + Send + Sync);

/// Files an entry again after slow work: changes its record as it stands now, judges it again, seals the text anew where
/// one is given, and ends the job. Two kinds of slow work on one entry do not undo each other: what a record was changed
/// from is compared, and where it moved on the change is made to the newer one.
///
/// # Errors
/// The store or catalog failed; nothing is half filed.
pub async fn file_again(
    shop: &Workshop,
    entry: EntryId,
    (case, lease): (CaseId, &Lease),
    (text, change): (Option<Vec<u8>>, Change<'_>),
) -> Result<(), Trouble> {
    let stores = &shop.stores;
    let keys = stores.keys(case)?;
    let programme = stores.catalog.case(case).await?.programme;
    let programme = shop.programmes.get(&programme).cloned().unwrap_or_default();
    let text = match text {
        Some(plain) => Some(stores.objects.write(&keys.recipient(), plain).await?),
        None => None,
    };
    loop {
        let Some(row) = stores.catalog.entry(entry).await? else {
            return Ok(stores.catalog.complete(lease).await?);
        };
        let mut record = stores.record(&keys, &row)?;
        let then = change(&mut record);
        let judged = judge::judge_record(&mut record, &programme);
        let outcome = if row.outcome == Some(Outcome::Junk) { Outcome::Junk } else { judged };
        let filing = filing(&keys, (&row, outcome), &record)?;
        let text = text.clone();
        let instance = instance_of(&keys, &record);
        let filing = Filing { text, instance, then, changed_from: Some(row.record.clone()), ..filing };
        let event = filed_event(shop, case, &filing);
        fail::fail_point!("file.again.before");
        match stores.catalog.file(filing, lease, event).await {
            Err(CatalogError::Stale) => {}
            other => return Ok(other?),
        }
    }
}

/// Adds what the pixels said to a filed entry, and ends the job.
///
/// # Errors
/// The catalog failed.
pub async fn add_pixels(
    shop: &Workshop,
    row: &EntryRow,
    pixels: PixelsRead,
    (case, lease): (CaseId, &Lease),
) -> Result<(), Trouble> {
    let change = |record: &mut EntryRecord| {
        record.pixels = Some(pixels.clone());
        Vec::new()
    };
    file_again(shop, row.id, (case, lease), (None, &change)).await
}

/// The filing of a row as its record says, without text and further work.
fn filing(keys: &CaseKeys, (row, outcome): (&EntryRow, Outcome), record: &EntryRecord) -> Result<Filing, Trouble> {
    let verdict = record.verdict.clone().unwrap_or_default();
    let kind = record.facts.as_ref().and_then(|facts| facts.kind).unwrap_or(row.kind);
    Ok(Filing {
        entry: row.id,
        kind,
        outcome,
        readable: verdict.readable,
        language: if verdict.language.is_empty() { "-".to_owned() } else { verdict.language.clone() },
        twin: row.twin,
        instance: None,
        record: keys.seal_record(record_place(&row.id), &encode_record(record)?),
        findings: verdict.findings.iter().map(|finding| (finding.code, finding.severity)).collect(),
        text: None,
        drop_object: false,
        then: Vec::new(),
        changed_from: None,
    })
}

async fn seal_text(shop: &Workshop, keys: &CaseKeys, pages: &[PageText]) -> Result<Option<(ObjectId, Parts)>, Trouble> {
    if pages.iter().all(|page| page.text.trim().is_empty()) {
        return Ok(None);
    }
    let plain = serde_json::to_vec(pages).map_err(|e| Trouble::Refused(e.to_string()))?;
    Ok(Some(shop.stores.objects.write(&keys.recipient(), plain).await?))
}

/// The keyed hash of the SOP Instance UID that stands in a document, if one does.
pub fn instance_of(keys: &CaseKeys, record: &EntryRecord) -> Option<Fingerprint> {
    let dicom = record.facts.as_ref()?.dicom.as_ref()?;
    (!dicom.sop_instance.is_empty()).then(|| keys.instance(&dicom.sop_instance))
}

/// Instances that share a UID are decoded and compared behind the fast path: this one and each that has not been yet.
async fn comparisons(
    shop: &Workshop,
    case: CaseId,
    (row, instance): (&EntryRow, Option<Fingerprint>),
) -> Result<Vec<Work>, Trouble> {
    let Some(instance) = instance.filter(|_| matches!(row.kind, FileKind::Dicom | FileKind::Slide)) else {
        return Ok(Vec::new());
    };
    let others = shop.stores.catalog.instances(case, instance, row.id).await?;
    if others.is_empty() {
        return Ok(Vec::new());
    }
    Ok(others.into_iter().chain([row.id]).map(Work::Compare).collect())
}

fn filed_event(shop: &Workshop, case: CaseId, filing: &Filing) -> Event {
    Event {
        actor: Actor::Daemon,
        at: shop.stores.clock.now(),
        act: Act::EntryFiled,
        case: Some(case),
        subject: filing.entry.to_string(),
        detail: format!("{} {}", filing.kind, filing.outcome),
        sealed: Sealed::default(),
    }
}
