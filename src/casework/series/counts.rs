//! What others counted: an archive in its attributes (PS3.4 C.3.4), a DICOMDIR in its records, a divided object in its
//! pieces (PS3.3 C.7.6.16.2.2.4), the images themselves (`declared`). Claims, compared with what is here.

use super::{
    Series,
    declared::{self, Elsewhere},
    gaps::Certainty,
    incomplete,
    slice::Slice,
};
use crate::{
    casework::case::{CaseFile, Overlay},
    domain::case::Programme,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// No series and no study has more images than this: a larger count is nonsense.
pub(super) const COUNT_MAX: u32 = 1_000_000;

/// A count of a series that somebody else made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    /// Who.
    pub(super) witness: Witness,
    /// How many they counted.
    pub(super) counted: u64,
    /// How many of those are here.
    pub(super) here: u64,
    /// Images of each that is counted.
    pub(super) each: u64,
    /// How sure it is that those which are not here were made.
    pub(super) certainty: Certainty,
}

impl Claim {
    /// A count of images that nothing contradicts.
    fn sure(witness: Witness, (counted, here): (u64, u64)) -> Self {
        Self { witness, counted, here, each: 1, certainty: Certainty::Strong }
    }

    /// Images that are missing by this count.
    pub(super) fn lacking(&self) -> u64 {
        self.counted.saturating_sub(self.here).saturating_mul(self.each)
    }
}

/// Who counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Witness {
    /// The archive that sent it, in (0020,1209).
    Archive,
    /// The DICOMDIR of a medium.
    Directory,
    /// The object that was divided, in (0020,9163).
    Concatenation,
    /// The pieces of a divided object, in their numbers (0020,9162) and frame offsets (0020,9228): so many at least.
    Pieces,
    /// The images, in Number of Temporal Positions (0020,0105).
    TemporalPositions,
    /// The images, in Images in Acquisition (0020,1002).
    Acquisition,
    /// The images of PET, in Number of Slices (0054,0081) and the numbers of its volumes.
    PetSlices,
}

/// For each series that DICOMDIRs list: instances listed, and those of them that are in the case.
pub(super) type Listed = HashMap<String, (u64, u64)>;

/// Puts the DICOMDIRs of a case together.
pub(super) fn listed(case: &CaseFile, all: &[Series<'_>]) -> Listed {
    let here: HashSet<&str> =
        all.iter().flat_map(|series| &series.slices).map(|slice| slice.facts.sop_instance.as_str()).collect();
    let directories = case.entries().iter().filter_map(|entry| entry.facts()?.dicomdir.as_ref());
    let mut instances: HashMap<&str, HashSet<&str>> = HashMap::new();
    for reference in directories.flat_map(|directory| &directory.references) {
        if !reference.series.is_empty() && !reference.sop_instance.is_empty() {
            instances.entry(&reference.series).or_default().insert(&reference.sop_instance);
        }
    }
    let counted = |uids: HashSet<&str>| {
        let found = uids.iter().filter(|uid| here.contains(**uid)).count();
        (uids.len() as u64, found as u64)
    };
    instances.into_iter().map(|(series, uids)| (series.to_owned(), counted(uids))).collect()
}

/// The count by which most is missing, a sure one first; a complete one where none says that something is.
pub(super) fn claim(series: &Series<'_>, listed: &Listed, elsewhere: &Elsewhere<'_>) -> Option<Claim> {
    let here = series.slices.len() as u64;
    let counts = series.slices.iter().filter_map(|slice| slice.facts.slicing.series_instances);
    let archive = counts.filter(|counted| *counted <= COUNT_MAX).max();
    let archive = archive.map(|counted| Claim::sure(Witness::Archive, (u64::from(counted), here)));
    // A directory that knows none of these instances speaks of others: the study was coerced since.
    let directory = listed.get(series.uid()).filter(|(_, here)| *here > 0);
    let directory = directory.map(|counts| Claim::sure(Witness::Directory, *counts));
    let claims = [archive, directory, concatenation(series)].into_iter().flatten();
    let claims = claims.chain(declared::claims(series, elsewhere));
    claims.max_by_key(|claim| (claim.lacking() > 0, claim.certainty, claim.lacking()))
}

/// The pieces of one divided object.
#[derive(Default)]
struct Pieces<'s, 'a> {
    /// The largest total that they state.
    total: Option<u32>,
    /// Numbers of the pieces.
    numbers: HashSet<u32>,
    /// Frames before each piece, and its own.
    spans: Vec<(u32, u32)>,
    /// The pieces, each number once.
    here: Vec<&'s Slice<'a>>,
}

fn concatenation(series: &Series<'_>) -> Option<Claim> {
    let mut objects: BTreeMap<&str, Pieces<'_, '_>> = BTreeMap::new();
    for slice in &series.slices {
        let slicing = &slice.facts.slicing;
        if slicing.concatenation.is_empty() {
            continue;
        }
        let pieces = objects.entry(&slicing.concatenation).or_default();
        pieces.total = pieces.total.max(slicing.concatenation_total);
        // A piece that came twice, under another UID, is one; a writer that does not number them is taken at its word.
        if slicing.concatenation_number.is_none_or(|number| pieces.numbers.insert(number)) {
            pieces.here.push(slice);
            pieces.spans.extend(slicing.concatenation_offset.map(|offset| (offset, slice.facts.frames)));
        }
    }
    objects.into_values().filter_map(claimed).max_by_key(Claim::lacking)
}

/// A total as it is stated; without one as many pieces as numbers and frame offsets leave room for.
fn claimed(mut pieces: Pieces<'_, '_>) -> Option<Claim> {
    let here = pieces.here.len() as u64;
    if let Some(total) = pieces.total {
        return Some(Claim::sure(Witness::Concatenation, (u64::from(total), here)));
    }
    let numbered = pieces.numbers.iter().max().map(|number| u64::from(*number));
    pieces.spans.sort_unstable();
    let usual = pieces.spans.iter().map(|(_, frames)| *frames).max().unwrap_or(1).max(1);
    let mut end = 0;
    let mut holes = 0;
    for (offset, frames) in &pieces.spans {
        holes += u64::from(offset.saturating_sub(end).div_ceil(usual));
        end = end.max(offset.saturating_add(*frames));
    }
    // Only where each piece says where it belongs.
    let placed = if pieces.spans.len() == pieces.here.len() { here + holes } else { 0 };
    let counted = numbered.unwrap_or(placed);
    let heard = counted > here && counted <= u64::from(COUNT_MAX);
    heard.then(|| Claim::sure(Witness::Pieces, (counted, here)))
}

/// Studies of which an archive counted more than is here. A part may have been sent on purpose, so it is said, and
/// does not block.
pub(super) fn studies(all: &[Series<'_>], programme: &Programme, overlay: &mut Overlay) {
    for study in all.chunk_by(|a, b| a.study() == b.study()) {
        let slices = || study.iter().flat_map(|series| &series.slices);
        let Some(counted) = slices()
            .filter_map(|slice| slice.facts.slicing.study_instances)
            .filter(|counted| *counted <= COUNT_MAX)
            .max()
        else {
            continue;
        };
        let here = slices().count() as u64;
        if here < u64::from(counted) {
            let facts = study[0].first().facts;
            let name = [facts.study_date.as_str(), facts.study_description.as_str()].join(" ");
            let detail = format!("Study {}: the archive counted {counted} images, {here} are here", name.trim());
            overlay.findings.push((study[0].first().entry.row.id, incomplete(detail, Certainty::Weak, programme)));
        }
    }
}
