//! Do the images of a series fit together? Strangers among many alike are told; series that are mixed by nature
//! (localizers, turning views, several directions of equal weight) are not.

use super::{Series, slice::Slice};
use std::collections::{BTreeMap, BTreeSet};

/// Images from which on one can say what is usual.
const ALIKE_MIN: usize = 8;
/// Share of the images that must be alike for the others to be strangers.
const ALIKE_SHARE: f64 = 0.8;

/// What does not fit, a sentence each.
pub(super) fn complaints(series: &Series<'_>) -> Vec<String> {
    let slices: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_judged(slice)).collect();
    let mut complaints = Vec::new();
    if let Some(strangers) = strangers(&slices) {
        complaints.push(format!("{} of {} images lie in another direction", strangers, slices.len()));
        return complaints;
    }
    let frames: BTreeSet<&str> = slices.iter().map(|slice| slice.facts.slicing.frame_of_reference.as_str()).collect();
    let frames = frames.into_iter().filter(|uid| !uid.is_empty()).count();
    if slices.len() >= ALIKE_MIN && frames > 1 && frames * 2 <= slices.len() {
        complaints.push(format!("the images have {frames} frames of reference: positions do not compare"));
    }
    if let Some(odd) = odd(&slices, |slice| format!("{} × {}", slice.facts.rows, slice.facts.columns)) {
        complaints.push(format!("{odd} of {} images have another matrix", slices.len()));
    } else if let Some(odd) = odd(&slices, spacing) {
        complaints.push(format!("{odd} of {} images have another pixel spacing", slices.len()));
    }
    complaints
}

/// Pictures that a scanner took, of which each has its place.
fn is_judged(slice: &Slice<'_>) -> bool {
    let original = slice.facts.image_type.first().is_none_or(|value| value.trim() == "ORIGINAL");
    slice.is_imaging() && !slice.is_localizer() && !slice.is_multi_frame() && original && slice.plane.is_some()
}

/// Images that lie in another direction than nearly all others.
fn strangers(slices: &[&Slice<'_>]) -> Option<usize> {
    // The usual direction is that of any image which most others share: the first few are asked.
    let shares = |slice: &&Slice<'_>| {
        let own = slice.plane?;
        let alike = slices.iter().filter_map(|other| other.plane).filter(|other| own.is_parallel(other)).count();
        is_usual(alike, slices.len()).then_some(slices.len() - alike)
    };
    slices.iter().take(3).find_map(shares).filter(|strangers| *strangers > 0)
}

/// Images whose value differs from nearly all others'.
fn odd(slices: &[&Slice<'_>], value: impl Fn(&Slice<'_>) -> String) -> Option<usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for slice in slices {
        *counts.entry(value(slice)).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    (counts.len() > 1 && is_usual(most, slices.len())).then(|| slices.len() - most)
}

fn is_usual(alike: usize, all: usize) -> bool {
    all >= ALIKE_MIN && alike as f64 >= ALIKE_SHARE * all as f64
}

fn spacing(slice: &Slice<'_>) -> String {
    // A hundredth of a millimetre: what writers round away does not count.
    slice.facts.spacing.map(|[row, column]| format!("{row:.2} {column:.2}")).unwrap_or_default()
}
