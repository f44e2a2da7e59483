//! The release packet: the documents of a case as they leave for a specialist, with what is still open about them.
//!
//! ```text
//! packet/  index.html      what is in it, what was left out and why, what is open
//!          manifest.json   the same for programs
//!          SHA256SUMS      of every other file, as `sha256sum -c` reads it
//!          findings.tsv  left-out.tsv  accepted.tsv, where the desk accepted something
//!          documents/      under safe, numbered names
//!          DICOMDIR  DICOM/…   the images as a DICOM File-set (PS3.10 section 8)
//! ```
//! This is plaintext on a disk, written because a person asked for it: audited before the first byte is written, each
//! document and each series with an event of its own. Programs, junk, duplicates, held and unreadable entries, and
//! containers, whose members leave one by one, stay and are listed. No name from outside becomes a path. Documents are
//! streamed and compared with their SHA-256 meanwhile; a packet under its final name is whole.

mod dicomdir;
mod names;
mod pages;
mod plan;
mod sink;

use crate::{
    audit::{Act, Event},
    casework::ledger,
    domain::{case::Gate, entry::Sealed, ids::CaseId, origin::Actor},
    pipeline::{Stores, Trouble, Workshop, index},
    seal::{CaseKeys, Digester, Place},
};
use plan::{Leaving, Plan};
use sink::Sink;
use std::{path::Path, sync::Arc};

/// Bytes read and written at once.
const PIECE_BYTES: usize = 1 << 20;

/// Bytes at the head of a DICOM file up to and including `DICM` (PS3.10 section 7.1).
const PREAMBLE_BYTES: usize = 132;

/// What was written.
pub struct Written {
    /// Files.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
    /// The gate of the case, as the packet's first page tells it.
    pub gate: Gate,
}

/// Writes the packet to a folder that does not exist yet, or to a file whose name ends in `.zip`. A case that is not ready
/// goes out as well, where somebody wants that: whoever asked is to be told.
///
/// # Errors
/// The target exists, or the stores failed: there is no packet then.
pub async fn write(shop: &Workshop, case: CaseId, (to, why): (&Path, &str), actor: &Actor) -> Result<Written, Trouble> {
    let stores = &shop.stores;
    let _everything_stays = stores.deletions.read().await;
    let keys = stores.keys(case)?;
    let row = stores.catalog.case(case).await?;
    let state = stores.catalog.index(case).await?;
    let file = index::lay_open(stores, &keys, case).await?;
    let overlay = index::current(stores, (&keys, case), (&state, &file)).await?;
    let mut rows = ledger::rows(&file, &overlay, None);
    ledger::keep_names_in_house(&mut rows);
    let mut plan = Plan::new(&file, &rows);
    let packet = Packet { stores, keys: &keys, case, actor };
    packet.keep_only_files(&mut plan).await?;
    plan.name();
    let mut sink = Sink::create(to).await?;
    packet.tell_exported(&plan, (to, why)).await?;
    for leaving in &plan.leaving {
        packet.document(leaving, &mut sink).await?;
    }
    if let Some(directory) = dicomdir::directory(&plan.images()) {
        sink.file("DICOMDIR", directory).await?;
    }
    let gate = state.gate.clone().as_of(&row);
    let about = pages::About {
        case,
        programme: row.programme.0.clone(),
        child: packet.child(&row)?,
        made: stores.clock.now().to_string(),
        gate: &gate,
    };
    for (name, content) in pages::all(&about, &plan, sink.sums())? {
        sink.file(name, content).await?;
    }
    let sums = sink.sums().iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect::<String>();
    sink.file("SHA256SUMS", sums.into_bytes()).await?;
    let (files, bytes) = sink.finish().await?;
    Ok(Written { files, bytes, gate })
}

/// A packet under way.
struct Packet<'a> {
    stores: &'a Stores,
    keys: &'a Arc<CaseKeys>,
    case: CaseId,
    actor: &'a Actor,
}

impl Packet<'_> {
    /// A File-set holds DICOM files; a data set without preamble and meta group leaves as a document.
    async fn keep_only_files(&self, plan: &mut Plan<'_>) -> Result<(), Trouble> {
        for leaving in plan.leaving.iter_mut().filter(|leaving| leaving.image.is_some()) {
            let named = self.stores.catalog.object(leaving.object).await?;
            let reader = self.stores.objects.reader(self.keys.clone(), named.parts);
            let head = reader.read(0, PREAMBLE_BYTES).await?;
            if !head.ends_with(b"DICM") || head.len() != PREAMBLE_BYTES {
                leaving.image = None;
            }
        }
        Ok(())
    }

    async fn document(&self, leaving: &Leaving<'_>, sink: &mut Sink) -> Result<(), Trouble> {
        if leaving.opens {
            self.tell(Act::DocumentRead, leaving.entry.row.id.to_string(), ("exported".to_owned(), Sealed::default()))
                .await?;
        }
        let named = self.stores.catalog.object(leaving.object).await?;
        let reader = self.stores.objects.reader(self.keys.clone(), named.parts);
        sink.begin(&leaving.file, reader.bytes()).await?;
        let (mut digest, mut offset) = (Digester::new(), 0);
        while offset < reader.bytes() {
            let piece = reader.read(offset, PIECE_BYTES).await?;
            if piece.is_empty() {
                return Err(Trouble::Damaged(format!("object {}", leaving.object)));
            }
            offset += piece.len() as u64;
            digest.update(&piece);
            sink.piece(piece).await?;
        }
        let found = digest.finish();
        if leaving.entry.record.sha256 != Some(found) {
            return Err(Trouble::Damaged(format!("object {}: it is not what was received", leaving.object)));
        }
        sink.end(found.to_hex()).await
    }

    async fn tell_exported(&self, plan: &Plan<'_>, (to, why): (&Path, &str)) -> Result<(), Trouble> {
        let detail = format!("{} documents, {} left out", plan.leaving.len(), plan.staying.len());
        let told = serde_json::json!({ "to": to.display().to_string(), "reason": why }).to_string();
        let place = Place { table: "audit", row: self.case.as_bytes(), field: "detail" };
        let sealed = self.keys.seal_record(place, told.as_bytes());
        self.tell(Act::Exported, self.case.to_string(), (detail, sealed)).await
    }

    async fn tell(&self, act: Act, subject: String, (detail, sealed): (String, Sealed)) -> Result<(), Trouble> {
        let (actor, at, case) = (self.actor.clone(), self.stores.clock.now(), Some(self.case));
        let event = Event { actor, at, act, case, subject, detail, sealed };
        Ok(self.stores.catalog.append_audit(event).await?)
    }

    /// The child's name and birth date, for the first page.
    fn child(&self, row: &crate::domain::case::CaseRow) -> Result<String, Trouble> {
        let patient = index::patient(self.keys, row)?;
        let told = [patient.family.to_uppercase(), patient.given, patient.birth_date];
        Ok(told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "))
    }
}
