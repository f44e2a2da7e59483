//! Series as a whole: made like those of several scanners, with slices taken out, and judged.

mod compressed;
mod files;
mod generator;
mod headers;
mod removal;
mod rules;
mod varied;
mod volumes;

use casegate::{
    casework::case::{CaseFile, Overlay},
    domain::{
        case::{Patient, Programme},
        entry::{EntryRecord, EntryRow, Outcome, PixelsRead, Sealed, Stage},
        facts::{DicomFacts, Facts, FileKind, Readable},
        ids::{ArrivalId, EntryId, ObjectId, PlainDigest},
        path::RawName,
        reason::{Reason, Severity},
    },
    pipeline::index,
};
use std::collections::HashMap;

/// One image of a series, and what its pixels said, if they were decoded.
pub(super) type Image = (DicomFacts, Option<PixelsRead>);

/// The entries of a case that holds these images.
fn case_of(images: &[Image], more: Vec<Facts>) -> CaseFile {
    let images = images.iter().map(|(dicom, pixels)| {
        let facts = Facts { dicom: Some(dicom.clone()), ..Facts::of(FileKind::Dicom, Readable::Yes) };
        (facts, pixels.clone())
    });
    let all = images.chain(more.into_iter().map(|facts| (facts, None)));
    CaseFile::new(all.enumerate().map(|(number, (facts, pixels))| row(number, facts, pixels)).collect())
}

fn row(number: usize, facts: Facts, pixels: Option<PixelsRead>) -> (EntryRow, EntryRecord) {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let row = EntryRow {
        id: EntryId::from_bytes(id),
        arrival: ArrivalId::from_bytes([0; 16]),
        parent: None,
        ordinal: number as u64,
        depth: 0,
        stage: Stage::Filed,
        bytes: 10,
        kind: facts.kind.unwrap(),
        outcome: Some(Outcome::Stored),
        readable: facts.readable,
        language: "-".to_owned(),
        twin: None,
        object: Some(ObjectId::from_bytes(id)),
        record: Sealed::default(),
    };
    let record = EntryRecord {
        name: RawName::from_text(&format!("IM{number:05}")),
        sha256: Some(PlainDigest([0; 32])),
        claims: Vec::new(),
        facts: Some(facts),
        verdict: None,
        pixels,
        reading: None,
    };
    (row, record)
}

/// What is said of a case with these images.
pub(super) fn judged(images: &[Image]) -> Overlay {
    index::judge(
        &case_of(images, Vec::new()),
        &HashMap::new(),
        (&Patient::default(), &Programme::default()),
        Vec::new(),
    )
}

/// Details of the findings with this code, with their weight.
pub(super) fn said(overlay: &Overlay, code: Reason) -> Vec<(Severity, String)> {
    let of = overlay.findings.iter().filter(|(_, finding)| finding.code == code);
    of.map(|(_, finding)| (finding.severity, finding.detail.clone())).collect()
}

/// Images without decoded pixels.
pub(super) fn images(facts: Vec<DicomFacts>) -> Vec<Image> {
    facts.into_iter().map(|facts| (facts, None)).collect()
}
