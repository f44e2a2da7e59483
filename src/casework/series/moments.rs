//! One place imaged again and again: the heart through its beat, blood that flows, volumes of the brain laid out as one
//! mosaic. No place lacks anything, so numbers and times are the witnesses (Trigger Time, Temporal Position Identifier).

use super::{
    MissingSlices, Series,
    gaps::{self, Certainty, Numbering, Place},
    missing,
    slice::Slice,
    stacks::Stack,
};
use std::collections::BTreeMap;

/// Moments of one kind from which on their times have a step.
const MOMENTS_MIN: usize = 4;

/// Scanners of which numbers alone are heard: of fluoroscopic CT a person keeps the images that matter.
const NUMBERED_MODALITIES: &[&str] = &["MR", "PT"];

/// What the times of a row say.
enum Times {
    /// Nothing.
    Silent,
    /// They go on where numbers leap: nothing is missing.
    Even,
    /// They leap with the numbers.
    Leap(Vec<MissingSlices>),
}

/// Moments that are missing at the one place of a stack.
pub(super) fn find(series: &Series<'_>, stack: &Stack<'_, '_>) -> Vec<MissingSlices> {
    let slices: Vec<&Slice<'_>> = stack.slices.iter().map(|(_, slice)| *slice).collect();
    let numbering = series.numbering();
    if slices.iter().any(|slice| slice.is_derived()) || !matches!(numbering, Numbering::Broken { .. }) {
        return Vec::new();
    }
    match times(series, &slices) {
        Times::Leap(missing) => missing,
        Times::Even => Vec::new(),
        Times::Silent if NUMBERED_MODALITIES.contains(&slices[0].facts.modality.as_str()) => {
            let mut slices = slices;
            slices.sort_by_key(|slice| slice.number);
            missing::by_number(series, &slices)
        }
        Times::Silent => Vec::new(),
    }
}

/// Magnitude and phase of flow run beside each other through the same times, so each kind is a row.
fn times(series: &Series<'_>, slices: &[&Slice<'_>]) -> Times {
    let mut kinds: BTreeMap<&[String], Vec<(Place, &Slice<'_>)>> = BTreeMap::new();
    for slice in slices {
        let Some(time) = time(slice) else { return Times::Silent };
        let place = Place { along: time, number: slice.number };
        kinds.entry(&slice.facts.image_type).or_default().push((place, slice));
    }
    let (mut missing, mut even) = (Vec::new(), true);
    for row in kinds.values_mut() {
        row.sort_by(|a, b| a.0.along.total_cmp(&b.0.along));
        let places: Vec<Place> = row.iter().map(|(place, _)| *place).collect();
        if places.len() < MOMENTS_MIN || places.windows(2).any(|pair| pair[0].along >= pair[1].along) {
            return Times::Silent;
        }
        let sure = gaps::find(&places, None, series.numbering());
        for gap in sure.into_iter().filter(|gap| gap.certainty == Certainty::Strong) {
            let (before, behind) = (row[gap.after].1, row[gap.after + 1].1);
            let (first, second) = if behind.number < before.number { (behind, before) } else { (before, behind) };
            let here = missing::here_between(series, first, second);
            let count = u64::from(gap.missing).saturating_sub(here);
            missing.extend((count > 0).then(|| MissingSlices {
                count: u32::try_from(count).unwrap_or(u32::MAX),
                after: first.facts.instance_number.clone(),
                before: second.facts.instance_number.clone(),
                between_millimetres: None,
                doubtful: false,
            }));
        }
        even &= gaps::skips(&places) == Some(0);
    }
    match (missing.is_empty(), even) {
        (false, _) => Times::Leap(missing),
        (true, true) => Times::Even,
        (true, false) => Times::Silent,
    }
}

fn time(slice: &Slice<'_>) -> Option<f64> {
    let slicing = &slice.facts.slicing;
    slicing.trigger_time.or_else(|| slicing.temporal_position.trim().parse().ok()).filter(|time| time.is_finite())
}
