//! Do the images of a series fit together? Strangers beside a row are told, whether they come first or last, few or many;
//! series that are mixed by nature (localizers, turning views, several directions of a few slices each) are not.

use super::{
    Series,
    slice::{self, Plane, Slice},
};
use std::collections::BTreeMap;

/// Images from which on one can say what is usual.
const ALIKE_MIN: usize = 8;
/// Share of the images that must be alike for the others to be strangers.
const ALIKE_SHARE: f64 = 0.8;
/// Pixel spacings that differ by less than this share are the same, written more or less exactly.
const SPACING_ALIKE: f64 = 0.01;
/// Cosine of the angle between two planes from which on they are other views, not the same one tilted: 45 degrees.
const OTHER_VIEW_COSINE: f64 = 0.71;
/// How far from its place an image lies that lies elsewhere, in steps of the row.
const MISPLACED: f64 = 0.5;
/// Cosine of an angle that is nearly a right one.
const SQUARE_COSINE: f64 = 0.35;
/// Places nearer to each other are one, millimetres.
const SAME_PLACE_MILLIMETRES: f64 = 0.02;

/// What does not fit, a sentence each.
pub(super) fn complaints(series: &Series<'_>) -> Vec<String> {
    let originals: Vec<&Slice<'_>> = series.slices.iter().filter(|slice| is_original(slice)).collect();
    let slices: Vec<&Slice<'_>> = originals.iter().copied().filter(|slice| slice.plane.is_some()).collect();
    let mut complaints = Vec::new();
    if series.uid().is_empty() {
        complaints.push(format!("{} images do not name their series", series.slices.len()));
    }
    if let Some(modalities) = modalities(&slices) {
        complaints.push(modalities);
        return complaints;
    }
    if let Some(number) = misplaced(&slices) {
        complaints.push(format!("image {number} lies outside the row of the others, in which its place is empty"));
    }
    if let Some(strangers) = strangers(&slices) {
        complaints.push(format!("{} of {} images lie in another direction", strangers, slices.len()));
        return complaints;
    }
    let placed = slices.len();
    if placed < originals.len() && is_usual(placed, originals.len()) {
        complaints.push(format!(
            "{} of {} images do not say where they lie",
            originals.len() - placed,
            originals.len()
        ));
    }
    let frames = counted(&slices, |slice| slice.facts.slicing.frame_of_reference.clone());
    let frames = frames.keys().filter(|uid| !uid.is_empty()).count();
    if slices.len() >= ALIKE_MIN && frames > 1 && frames * 2 <= slices.len() {
        complaints.push(format!("the images have {frames} frames of reference: positions do not compare"));
    }
    if let Some(odd) = odd(&slices, |slice| (slice.facts.rows, slice.facts.columns)) {
        complaints.push(format!("{odd} of {} images have another matrix", slices.len()));
    } else if let Some(odd) = oddly_spaced(&slices) {
        complaints.push(format!("{odd} of {} images have another pixel spacing", slices.len()));
    }
    complaints
}

/// Pictures that a scanner took.
fn is_original(slice: &Slice<'_>) -> bool {
    let original = slice.facts.image_type.first().is_none_or(|value| value.trim() == "ORIGINAL");
    slice.is_imaging() && !slice.is_localizer && !slice.is_multi_frame() && original
}

/// Two scanners under one UID (PS3.3 A.1.2.3 has one modality in a series). Only those of scanners that make rows: what
/// else stands among images under a modality of its own is made of them.
fn modalities(slices: &[&Slice<'_>]) -> Option<String> {
    const SCANNERS: &[&str] = &["CT", "MR", "PT", "NM"];
    let counts = counted(slices, |slice| slice.facts.modality.clone());
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(modality, _)| SCANNERS.contains(&modality.as_str()))
        .map(|(modality, count)| format!("{count} {modality}"))
        .collect();
    (told.len() > 1).then(|| format!("images of several modalities stand under one series: {}", told.join(", ")))
}

/// The number of the only image whose place does not fit its number, where the numbers of all others stand for their
/// places and the one that its own number stands for is empty. First and last images may have been added on purpose.
fn misplaced(slices: &[&Slice<'_>]) -> Option<i64> {
    let plane = slices.first()?.plane?;
    let parallel = |slice: &&Slice<'_>| slice.plane.is_some_and(|own| own.is_parallel(&plane));
    if slices.len() < ALIKE_MIN || !slices.iter().all(parallel) {
        return None;
    }
    let placed = slices.iter().map(|slice| Some((slice.number?, plane.along(slice.plane?.position))));
    let mut placed = placed.collect::<Option<Vec<(i64, f64)>>>()?;
    placed.sort_by_key(|(number, _)| *number);
    if placed.windows(2).any(|pair| pair[1].0.checked_sub(pair[0].0) != Some(1)) {
        return None;
    }
    let mut steps: Vec<f64> = placed.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    steps.sort_by(f64::total_cmp);
    let step = steps[steps.len() / 2];
    let expected = |at: usize| placed[0].1 + step * at as f64;
    let off: Vec<usize> =
        (0..placed.len()).filter(|at| (placed[*at].1 - expected(*at)).abs() > step.abs() * MISPLACED).collect();
    let [one] = off[..] else { return None };
    let empty = placed.iter().all(|(_, along)| (along - expected(one)).abs() > step.abs() * MISPLACED);
    (empty && one > 0 && one + 1 < placed.len() && step.abs() > SAME_PLACE_MILLIMETRES).then(|| placed[one].0)
}

/// Images that lie in another direction than the largest row, however many they are.
fn strangers(slices: &[&Slice<'_>]) -> Option<usize> {
    let directions = slice::directions(slices.iter().filter_map(|slice| slice.plane));
    let (largest, alike) = directions.iter().max_by_key(|(_, count)| *count)?;
    let others = slices.len() - alike;
    if others == 0 || slices.len() < ALIKE_MIN {
        return None;
    }
    if is_usual(*alike, slices.len()) {
        return Some(others);
    }
    // A row of its own stands beside views that are not merely tilted against it.
    let is_row = places(slices, largest) >= ALIKE_MIN;
    let other_view = directions.iter().any(|(plane, _)| plane.cosine(largest) < OTHER_VIEW_COSINE);
    (is_row && other_view && !is_turning(&directions) && !is_localizer(&directions)).then_some(others)
}

/// Distinct places along the normal of the images that lie in this direction.
fn places(slices: &[&Slice<'_>], direction: &Plane) -> usize {
    let parallel = slices.iter().filter_map(|slice| slice.plane).filter(|plane| plane.is_parallel(direction));
    let mut along: Vec<f64> = parallel.map(|plane| direction.along(plane.position)).collect();
    along.sort_by(f64::total_cmp);
    along.dedup_by(|next, last| *next - *last < SAME_PLACE_MILLIMETRES);
    along.len()
}

/// Views that turn around something: many directions, none of which has many of the images.
fn is_turning(directions: &[(Plane, usize)]) -> bool {
    const DIRECTIONS_MIN: usize = 5;
    let all: usize = directions.iter().map(|(_, count)| count).sum();
    let most = directions.iter().map(|(_, count)| *count).max().unwrap_or_default();
    directions.len() >= DIRECTIONS_MIN && most * 2 <= all
}

/// Three directions at right angles with about as many images each: what scans are planned on, whatever it is called.
fn is_localizer(directions: &[(Plane, usize)]) -> bool {
    let [(a, first), (b, second), (c, third)] = directions else { return false };
    let square = [a.cosine(b), b.cosine(c), a.cosine(c)].into_iter().all(|cosine| cosine < SQUARE_COSINE);
    let counts = [*first, *second, *third];
    let most = counts.iter().max().copied().unwrap_or_default();
    square && counts.iter().all(|count| count * 2 >= most)
}

/// How often each value occurs.
fn counted<V: Ord>(slices: &[&Slice<'_>], value: impl Fn(&Slice<'_>) -> V) -> BTreeMap<V, usize> {
    let mut counts = BTreeMap::new();
    for slice in slices {
        *counts.entry(value(slice)).or_default() += 1;
    }
    counts
}

/// Images whose value differs from nearly all others'.
fn odd<V: Ord>(slices: &[&Slice<'_>], value: impl Fn(&Slice<'_>) -> V) -> Option<usize> {
    let counts = counted(slices, value);
    let most = counts.values().copied().max()?;
    (counts.len() > 1 && is_usual(most, slices.len())).then(|| slices.len() - most)
}

/// Images whose pixel spacing is not that of nearly all others. The middle one of all is the usual one, if one is.
fn oddly_spaced(slices: &[&Slice<'_>]) -> Option<usize> {
    let middle = |axis: usize| {
        let mut values: Vec<f64> = slices.iter().filter_map(|slice| slice.facts.spacing).map(|own| own[axis]).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let usual = [middle(0)?, middle(1)?];
    let alike = |slice: &&&Slice<'_>| {
        let near =
            |own: [f64; 2]| (0..2).all(|axis| (own[axis] - usual[axis]).abs() <= SPACING_ALIKE * usual[axis].abs());
        slice.facts.spacing.is_some_and(near)
    };
    let alike = slices.iter().filter(alike).count();
    (alike < slices.len() && is_usual(alike, slices.len())).then(|| slices.len() - alike)
}

fn is_usual(alike: usize, all: usize) -> bool {
    all >= ALIKE_MIN && alike as f64 >= ALIKE_SHARE * all as f64
}
