//! What others counted: an archive in its attributes (PS3.4 C.3.4), a DICOMDIR in its records, a divided object in its
//! pieces (PS3.3 C.7.6.16.2.2.4). Claims, compared with what is here.

use super::{Series, gaps::Certainty, incomplete};
use crate::{
    casework::case::{CaseFile, Overlay},
    domain::case::Programme,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// No series and no study has more images than this: a larger count is nonsense.
const COUNT_MAX: u32 = 1_000_000;

/// A count of a series that somebody else made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    /// Who.
    pub(super) witness: Witness,
    /// How many they counted.
    pub(super) counted: u64,
    /// How many of those are here.
    pub(super) here: u64,
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

/// The count by which most is missing; a complete one where none says that something is.
pub(super) fn claim(series: &Series<'_>, listed: &Listed) -> Option<Claim> {
    let here = series.slices.len() as u64;
    let counts = series.slices.iter().filter_map(|slice| slice.facts.slicing.series_instances);
    let archive = counts.filter(|counted| *counted <= COUNT_MAX).max();
    let archive = archive.map(|counted| Claim { witness: Witness::Archive, counted: u64::from(counted), here });
    // A directory that knows none of these instances speaks of others: the study was coerced since.
    let directory = listed.get(series.uid()).filter(|(_, here)| *here > 0);
    let directory =
        directory.map(|(counted, here)| Claim { witness: Witness::Directory, counted: *counted, here: *here });
    let claims = [archive, directory, concatenation(series)].into_iter().flatten();
    claims.max_by_key(|claim| claim.counted.saturating_sub(claim.here))
}

fn concatenation(series: &Series<'_>) -> Option<Claim> {
    // A piece that came twice, under another UID, is one; a writer that does not number them is taken at its word.
    let mut numbers: HashSet<(&str, u32)> = HashSet::new();
    let mut pieces: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for slicing in series.slices.iter().map(|slice| &slice.facts.slicing) {
        if let Some(total) = slicing.concatenation_total.filter(|_| !slicing.concatenation.is_empty()) {
            let (counted, here) = pieces.entry(&slicing.concatenation).or_default();
            *counted = u64::from(total).max(*counted);
            let again =
                slicing.concatenation_number.is_some_and(|number| !numbers.insert((&slicing.concatenation, number)));
            *here += u64::from(!again);
        }
    }
    let claims = pieces.into_values().map(|(counted, here)| Claim { witness: Witness::Concatenation, counted, here });
    claims.max_by_key(|claim| claim.counted.saturating_sub(claim.here))
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
