//! Index and gate: one coalesced job per case.
//!
//! It lays the case open, judges what concerns several entries at once, brings the search index up to the newest filing,
//! and sets file list, watermark, overlay and gate in one transaction, which holds only if the case did not change
//! meanwhile. The lease's fencing token makes this the only writer of the case's index.

use super::{Stores, Trouble, Workshop, contents, rulings};
use crate::{
    audit::{Act, Event},
    casework::{
        case::{CaseFile, Overlay},
        containers,
        flags::Flagged,
        gate, identity, instances, likeness,
        manifest::{self, Md5Sums},
        media, series,
    },
    catalog::{CatalogError, IndexState},
    domain::{
        case::{CaseRow, Gate, Patient, Programme},
        entry::{EntryRow, Outcome, Parts, Sealed},
        facts::{PageText, SearchField},
        ids::{CaseId, EntryId, ObjectId, PartKey},
        job::OpenWork,
        job::{Lease, Work},
        limits::KEPT_WORD_BYTES_MAX,
        origin::Actor,
        reading::KeptPage,
        reason::{Reason, Severity},
    },
    seal::{CaseKeys, Place},
    search::{IndexDocument, IndexFiles},
};
use md5::{Digest, Md5};
use std::{collections::HashSet, sync::Arc};

/// Where a case's overlay stands in the catalog.
pub fn overlay_place(case: &CaseId) -> Place<'_> {
    Place { table: "cases", row: case.as_bytes(), field: "overlay" }
}

/// Where a case's list of index files stands in the catalog.
pub fn files_place(case: &CaseId) -> Place<'_> {
    Place { table: "cases", row: case.as_bytes(), field: "index" }
}

/// Brings index, overlay and gate of a case up to date, and ends the job.
///
/// # Errors
/// [`Trouble::Stale`] where the case changed meanwhile: run again.
pub async fn index(shop: &Workshop, case: CaseId, lease: &Lease) -> Result<(), Trouble> {
    let stores = &shop.stores;
    let row = stores.catalog.case(case).await?;
    let keys = stores.keys(case)?;
    let programme = shop.programmes.get(&row.programme).cloned().unwrap_or_default();
    let file = lay_open(stores, &keys, case).await?;
    contents::write(stores, &keys, (case, row.revision), &file).await?;
    let md5 = md5_sums(stores, &keys, &file).await?;
    let patient = patient(&keys, &row)?;
    let flagged = rulings::flagged(stores, (&keys, case), &file).await?;
    let mut overlay = judge(&file, &md5, (&patient, &programme), flagged);
    rulings::bring_up(stores, (&keys, case), &file, &mut overlay).await?;
    let work = stores.catalog.open_work(Some(case)).await?;
    compare_forgotten(stores, (case, &file), work).await?;
    let before = stores.catalog.index(case).await?;
    let (files, watermark) = bring_up(shop, &keys, (case, &file), &before).await?;
    let mut work = stores.catalog.open_work(Some(case)).await?;
    let then = to_decode(&file, work);
    work.jobs += then.len() as u64;
    let gate = gate::judge(&file, &overlay, (work, row.revision, stores.clock.now())).as_of(&row);
    let event = gate_event(stores, case, &gate);
    let state = IndexState {
        files: keys.seal_record(files_place(&case), &encode(&files)?),
        objects: named_objects(&files),
        watermark,
        overlay: keys.seal_record(overlay_place(&case), &encode(&overlay)?),
        gate,
        findings: clear_findings(&overlay),
        then,
    };
    let fresh = fresh_parts(&state, &before);
    fail::fail_point!("index.before");
    let committed = stores.catalog.commit_index(case, state, lease, event).await;
    if let Err(CatalogError::Stale) = committed {
        // Nobody will ever name these; the collector would find them only after a restart.
        stores.catalog.enqueue(Some(case), Work::Delete(fresh), stores.clock.now()).await?;
    }
    Ok(committed?)
}

/// Images to be looked at behind the first verdict, once nothing else of the case is being read: what is open may be
/// them. They are enqueued with the gate, which waits for them.
fn to_decode(file: &CaseFile, work: OpenWork) -> Vec<Work> {
    if work.jobs > 0 || work.stuck > 0 {
        return Vec::new();
    }
    series::to_decode(file).into_iter().map(Work::Compare).collect()
}

/// Two twins that are filed at the same moment do not see each other, and nobody asks for their comparison. Here, where
/// the case is laid open, they are seen.
async fn compare_forgotten(stores: &Stores, (case, file): (CaseId, &CaseFile), work: OpenWork) -> Result<(), Trouble> {
    // Where jobs are open one of them may be the comparison; where one is stuck it may be the one that was given up.
    if work.jobs > 0 || work.stuck > 0 {
        return Ok(());
    }
    let forgotten = instances::waiting(file);
    if forgotten.is_empty() {
        return Ok(());
    }
    for entry in forgotten {
        stores.catalog.enqueue(Some(case), Work::Compare(entry), stores.clock.now()).await?;
    }
    // The end of these comparisons makes the gate due again.
    Err(Trouble::Stale)
}

/// Parts of index files that were not in the index before.
fn fresh_parts(after: &IndexState, before: &IndexState) -> Vec<PartKey> {
    let old: HashSet<_> = before.objects.iter().map(|(object, _)| *object).collect();
    let fresh = after.objects.iter().filter(|(object, _)| !old.contains(object));
    fresh.flat_map(|(_, parts)| parts.0.iter().map(|part| part.key)).collect()
}

/// Everything that concerns several entries at once. `flagged` is what the desk set of them.
pub fn judge(
    file: &CaseFile,
    md5: &Md5Sums,
    (patient, programme): (&Patient, &Programme),
    flagged: Vec<Flagged>,
) -> Overlay {
    let mut overlay = Overlay { renamed: file.renamed(), flagged, ..Overlay::default() };
    containers::judge(file, programme, &mut overlay);
    media::judge(file, programme, &mut overlay);
    instances::judge(file, programme, &mut overlay);
    manifest::judge(file, md5, programme, &mut overlay);
    // Slides are known by their rows: manifests are judged before.
    identity::judge(file, (patient, programme), &mut overlay);
    likeness::judge(file, programme, &mut overlay);
    series::judge(file, programme, &mut overlay);
    overlay
}

/// Where a case's patient stands in the catalog.
pub fn patient_place(case: &CaseId) -> Place<'_> {
    Place { table: "cases", row: case.as_bytes(), field: "patient" }
}

/// The child a case is about.
///
/// # Errors
/// The seal does not hold.
pub fn patient(keys: &CaseKeys, row: &CaseRow) -> Result<Patient, Trouble> {
    let plain = keys.open_record(patient_place(&row.id), &row.patient)?;
    serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("patient of case {}", row.id)))
}

/// The case laid open: every row with its record.
///
/// # Errors
/// A seal does not hold, or the catalog failed.
pub async fn lay_open(stores: &Stores, keys: &CaseKeys, case: CaseId) -> Result<CaseFile, Trouble> {
    let rows = stores.catalog.entries(case).await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        let record = stores.record(keys, &row)?;
        opened.push((row, record));
    }
    Ok(CaseFile::new(opened))
}

/// The overlay and index files as they were committed last.
///
/// # Errors
/// A seal does not hold.
pub fn committed(keys: &CaseKeys, case: CaseId, state: &IndexState) -> Result<(Overlay, IndexFiles), Trouble> {
    Ok((decode(keys, overlay_place(&case), &state.overlay)?, decode(keys, files_place(&case), &state.files)?))
}

/// The same with the rulings that stand now: what was set, or is accepted no more, since the gate was computed must not be
/// let out.
///
/// # Errors
/// A seal does not hold, or the catalog failed.
pub async fn current(
    stores: &Stores,
    (keys, case): (&CaseKeys, CaseId),
    (state, file): (&IndexState, &CaseFile),
) -> Result<Overlay, Trouble> {
    let (mut overlay, _) = committed(keys, case, state)?;
    rulings::bring_up(stores, (keys, case), file, &mut overlay).await?;
    Ok(overlay)
}

/// The findings of an overlay as they stand in the clear: codes and severities.
pub fn clear_findings(overlay: &Overlay) -> Vec<(Reason, Severity)> {
    let of_rows = overlay.rows.iter().flat_map(|row| &row.findings);
    let set = overlay.flagged.iter().flat_map(|flagged| flagged.entries.iter().map(|_| &flagged.finding));
    let all = overlay.findings.iter().map(|(_, finding)| finding).chain(of_rows).chain(set);
    all.map(|finding| (finding.code, finding.severity)).collect()
}

/// The objects of index files as the catalog names them.
pub fn named_objects(files: &IndexFiles) -> Vec<(ObjectId, Parts)> {
    files.0.iter().map(|file| (file.object, file.parts.clone())).collect()
}

fn encode<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Trouble> {
    serde_json::to_vec(value).map_err(|e| Trouble::Refused(format!("cannot be written: {e}")))
}

fn decode<T: serde::de::DeserializeOwned + Default>(
    keys: &CaseKeys,
    place: Place<'_>,
    sealed: &Sealed,
) -> Result<T, Trouble> {
    if sealed.0.is_empty() {
        return Ok(T::default());
    }
    let plain = keys.open_record(place, sealed)?;
    serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged("the case's overlay or index list".to_owned()))
}

/// Puts what was filed since the watermark into the index; rebuilds it whole where it is damaged.
async fn bring_up(
    shop: &Workshop,
    keys: &Arc<CaseKeys>,
    (case, file): (CaseId, &CaseFile),
    state: &IndexState,
) -> Result<(IndexFiles, u64), Trouble> {
    let (_, files) = committed(keys, case, state)?;
    let (rows, watermark) = shop.stores.catalog.filed_since(case, state.watermark).await?;
    if rows.is_empty() {
        return Ok((files, watermark.max(state.watermark)));
    }
    let documents = documents(shop, keys, file, &rows).await?;
    let gone: Vec<EntryId> = rows.iter().filter(|row| !searchable(row)).map(|row| row.id).collect();
    match shop.search.update(case, &files, documents, &gone).await {
        Ok(files) => Ok((files, watermark)),
        Err(crate::search::SearchError::Damaged(what)) => {
            tracing::warn!(%case, %what, "search index is damaged and built anew");
            let everything: Vec<EntryRow> = file.entries().iter().map(|entry| entry.row.clone()).collect();
            let documents = self::documents(shop, keys, file, &everything).await?;
            Ok((shop.search.update(case, &IndexFiles::default(), documents, &[]).await?, watermark))
        }
        Err(other) => Err(other.into()),
    }
}

fn searchable(row: &EntryRow) -> bool {
    matches!(row.outcome, Some(Outcome::Stored | Outcome::ConflictWith | Outcome::Held | Outcome::Unreadable))
}

/// Rows as documents of the index.
///
/// # Errors
/// A sealed text cannot be read.
pub async fn documents(
    shop: &Workshop,
    keys: &Arc<CaseKeys>,
    file: &CaseFile,
    rows: &[EntryRow],
) -> Result<Vec<IndexDocument>, Trouble> {
    let mut documents = Vec::new();
    let rows: Vec<&EntryRow> = rows.iter().filter(|row| searchable(row)).collect();
    let texts = shop.stores.catalog.texts(rows.iter().map(|row| row.id).collect()).await?;
    for row in rows {
        let Some(entry) = file.get(row.id) else { continue };
        let fields: Vec<SearchField> = entry.facts().map(|facts| facts.search.clone()).unwrap_or_default();
        let pages = match texts.get(&row.id) {
            Some(parts) => text_of(&shop.stores, keys, row.id, parts.clone()).await?,
            None => Vec::new(),
        };
        documents.push(IndexDocument {
            entry: row.id,
            path: file.lead(entry).path.clone(),
            kind: row.kind,
            pages,
            fields,
        });
    }
    Ok(documents)
}

/// The text of an entry as it is searched, by page.
async fn text_of(
    stores: &Stores,
    keys: &Arc<CaseKeys>,
    entry: EntryId,
    parts: Parts,
) -> Result<Vec<PageText>, Trouble> {
    let kept = open_text(stores, keys, entry, parts).await?;
    Ok(kept.into_iter().map(|page| PageText { page: page.page, text: page.text }).collect())
}

/// The sealed text of an entry, by page, with the words of pages that were read from pixels.
///
/// # Errors
/// The object cannot be read.
pub async fn kept_text(stores: &Stores, keys: &Arc<CaseKeys>, entry: EntryId) -> Result<Vec<KeptPage>, Trouble> {
    let Some(object) = stores.catalog.text_object(entry).await? else { return Ok(Vec::new()) };
    let named = stores.catalog.object(object).await?;
    open_text(stores, keys, entry, named.parts).await
}

async fn open_text(
    stores: &Stores,
    keys: &Arc<CaseKeys>,
    entry: EntryId,
    parts: Parts,
) -> Result<Vec<KeptPage>, Trouble> {
    // JSON escapes at most six-fold; what was sealed met the limit before.
    let limit = stores.limits.document_text_bytes_max.saturating_mul(6 + KEPT_WORD_BYTES_MAX);
    let plain = stores.objects.reader(keys.clone(), parts).read_all(limit).await?;
    serde_json::from_slice(&plain).map_err(|_| Trouble::Damaged(format!("text of entry {entry}")))
}

async fn md5_sums(stores: &Stores, keys: &Arc<CaseKeys>, file: &CaseFile) -> Result<Md5Sums, Trouble> {
    let mut sums = Md5Sums::new();
    for entry in manifest::md5_wanted(file) {
        let Some(object) = file.get(entry).and_then(|entry| entry.row.object) else { continue };
        let named = stores.catalog.object(object).await?;
        let reader = stores.objects.reader(keys.clone(), named.parts);
        let mut hasher = Md5::new();
        let mut offset = 0;
        while offset < reader.bytes() {
            let piece = reader.read(offset, 1 << 20).await?;
            if piece.is_empty() {
                break;
            }
            offset += piece.len() as u64;
            hasher.update(&piece);
        }
        sums.insert(entry, data_encoding::HEXLOWER.encode(&hasher.finalize()));
    }
    Ok(sums)
}

/// A gate as the audit trail states it: codes are clear text in the catalog as well.
pub fn gate_words(gate: &Gate) -> String {
    let codes: Vec<&str> = gate.blocking.iter().map(|reason| reason.code()).collect();
    match (gate.ready, codes.is_empty()) {
        (true, true) => "ready".to_owned(),
        // No gate is computed so: a row that says both was edited, and agrees with no event.
        (true, false) => format!("ready and not: {}", codes.join(" ")),
        (false, true) => "not ready".to_owned(),
        (false, false) => format!("not ready: {}", codes.join(" ")),
    }
}

fn gate_event(stores: &Stores, case: CaseId, gate: &Gate) -> Event {
    Event {
        actor: Actor::Daemon,
        at: stores.clock.now(),
        act: Act::GateComputed,
        case: Some(case),
        subject: case.to_string(),
        detail: gate_words(gate),
        sealed: Sealed::default(),
    }
}
