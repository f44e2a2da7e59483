//! Where slices of a series are missing, from places and numbers.

use super::{
    MissingSlices, Series,
    gaps::{self, Certainty, Gap, Numbering, Place},
    slice::{Plane, Slice},
    stacks::{self, Stack, Told},
};
use std::collections::BTreeMap;

/// Scanners that make rows of slices: numbers alone are heard of these only.
const SLICING_MODALITIES: &[&str] = &["CT", "MR", "PT"];

/// Images without geometry from which on their numbers alone say that one is left out.
const NUMBERED_MIN: usize = 6;

/// Of places that other rows take, a row may lack this share and still be one that lost slices; beyond, it was never
/// meant to take them.
const LACKED_SHARE_MAX: f64 = 0.2;

/// Frames of a multi-frame object from which on their places are looked at.
const FRAMES_MIN: usize = 5;

/// Every place of a series where slices are missing, in the order of their rows.
pub(super) fn find(series: &Series<'_>) -> Vec<MissingSlices> {
    let wanted = |slice: &&Slice<'_>| slice.is_imaging() && !slice.is_localizer();
    let (several, single): (Vec<&Slice<'_>>, Vec<&Slice<'_>>) =
        series.slices.iter().filter(wanted).partition(|slice| slice.is_multi_frame());
    let mut missing: Vec<MissingSlices> = several.into_iter().flat_map(frames).collect();
    if single.iter().all(|slice| slice.plane.is_none()) {
        missing.extend(by_number(&single));
        return missing;
    }
    for stack in stacks::stacks(&single) {
        missing.extend(of_stack(series, stack));
    }
    missing
}

fn of_stack(series: &Series<'_>, stack: Stack<'_, '_>) -> Vec<MissingSlices> {
    // A reformat is made as somebody liked it: only what nothing contradicts is held against it.
    let derived = stack.slices.iter().any(|(_, slice)| is_derived(slice));
    let whole = Stack { slices: stack.slices.clone(), places: stack.places.clone() };
    let missing = match stack.tell() {
        Told::Rows(rows) => of_rows(series, &whole, &rows),
        Told::Together(stack) => of_places(series, &stack),
    };
    missing.into_iter().filter(|gap| !(derived && gap.doubtful)).collect()
}

fn is_derived(slice: &Slice<'_>) -> bool {
    slice.facts.image_type.first().is_some_and(|value| value.trim() == "DERIVED")
}

/// Each row by itself; then against the places that the others take.
fn of_rows(series: &Series<'_>, stack: &Stack<'_, '_>, rows: &[Stack<'_, '_>]) -> Vec<MissingSlices> {
    let numbering = series.numbering();
    let mut missing = Vec::new();
    for row in rows {
        let places: Vec<Place> =
            row.slices.iter().map(|(along, slice)| Place { along: *along, number: slice.number }).collect();
        let found = gaps::find(&places, stated(row), numbering);
        if found.is_empty() && rows.len() > 1 && numbering != Numbering::Unbroken {
            missing.extend(lacked(stack, row, rows));
        } else {
            missing.extend(found.iter().map(|gap| between(row, gap)));
        }
    }
    missing
}

/// The distance of neighbours as the header states it: as such, or the thickness of slices that touch.
fn stated(row: &Stack<'_, '_>) -> Option<f64> {
    let facts = row.slices.first()?.1.facts;
    let spacing = facts.slicing.spacing_between.map(f64::abs).filter(|spacing| *spacing > 0.0);
    spacing.or(facts.thickness.filter(|thickness| *thickness > 0.0))
}

fn between(row: &Stack<'_, '_>, gap: &Gap) -> MissingSlices {
    let (before, behind) = (row.slices[gap.after], row.slices[gap.after + 1]);
    // Said in the order of the numbers, as a person counts.
    let (first, second) = if behind.1.number < before.1.number { (behind, before) } else { (before, behind) };
    MissingSlices {
        count: gap.missing,
        after: first.1.facts.instance_number.clone(),
        before: second.1.facts.instance_number.clone(),
        between_millimetres: Some((first.0, second.0)),
        doubtful: gap.certainty == Certainty::Weak,
    }
}

/// Places inside a row that most other rows take and this one does not.
fn lacked(stack: &Stack<'_, '_>, row: &Stack<'_, '_>, rows: &[Stack<'_, '_>]) -> Vec<MissingSlices> {
    let own: Vec<usize> = stack.places_of(row).into_iter().collect();
    let mut taken = vec![0_usize; stack.places.len()];
    for place in rows.iter().flat_map(|row| stack.places_of(row)) {
        taken[place] += 1;
    }
    let usual = |place: &usize| taken[*place] * 2 > rows.len();
    let steps = own.windows(2).enumerate().map(|(after, pair)| (after, (pair[0] + 1..pair[1]).filter(usual).count()));
    let gaps: Vec<(usize, usize)> = steps.filter(|(_, missing)| *missing > 0).collect();
    let lacked: usize = gaps.iter().map(|(_, missing)| missing).sum();
    if lacked as f64 > LACKED_SHARE_MAX * own.len() as f64 {
        return Vec::new();
    }
    let gap = |(after, missing): (usize, usize)| Gap {
        after,
        missing: u32::try_from(missing).unwrap_or(u32::MAX),
        certainty: Certainty::Strong,
    };
    gaps.into_iter().map(gap).map(|gap| between(row, &gap)).collect()
}

/// Rows that cannot be told apart: gaps in their places, and places that are taken less often, if exactly so many
/// numbers are left out.
fn of_places(series: &Series<'_>, stack: &Stack<'_, '_>) -> Vec<MissingSlices> {
    let counts = stack.counts();
    let Some(usual) = commonest(&counts) else { return Vec::new() };
    let places: Vec<Place> = stack.places.iter().map(|along| Place { along: *along, number: None }).collect();
    let numbering = series.numbering();
    let gaps = gaps::find(&places, None, numbering);
    let mut missing: Vec<MissingSlices> = gaps
        .iter()
        .map(|gap| MissingSlices {
            count: gap.missing.saturating_mul(u32::try_from(usual).unwrap_or(u32::MAX)),
            between_millimetres: Some((stack.places[gap.after], stack.places[gap.after + 1])),
            doubtful: gap.certainty == Certainty::Weak,
            ..MissingSlices::default()
        })
        .collect();
    let wholly: u64 = missing.iter().map(|gap| u64::from(gap.count)).sum();
    let fewer: Vec<(usize, usize)> =
        counts.iter().enumerate().filter(|(_, count)| **count < usual).map(|(at, count)| (at, usual - count)).collect();
    let lacking: usize = fewer.iter().map(|(_, lacking)| lacking).sum();
    let witnessed = numbering == Numbering::Broken { left_out: lacking as u64 + wholly };
    if witnessed {
        missing.extend(fewer.into_iter().map(|(at, lacking)| MissingSlices {
            count: u32::try_from(lacking).unwrap_or(u32::MAX),
            between_millimetres: Some((stack.places[at], stack.places[at])),
            ..MissingSlices::default()
        }));
    }
    missing
}

fn commonest(counts: &[usize]) -> Option<usize> {
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for count in counts {
        *times.entry(*count).or_default() += 1;
    }
    times.into_iter().max_by_key(|(count, times)| (*times, *count)).map(|(count, _)| count)
}

/// Numbers alone, where nothing says where images lie.
fn by_number(slices: &[&Slice<'_>]) -> Vec<MissingSlices> {
    let meant = |slice: &&&Slice<'_>| SLICING_MODALITIES.contains(&slice.facts.modality.as_str()) && !is_derived(slice);
    let numbered: Vec<(i64, &Slice<'_>)> =
        slices.iter().filter(meant).filter_map(|slice| slice.number.map(|number| (number, *slice))).collect();
    if numbered.len() < NUMBERED_MIN || numbered.len() < slices.len() {
        return Vec::new();
    }
    let steps = numbered.windows(2).map(|pair| (pair[1].0.abs_diff(pair[0].0), pair[0].1, pair[1].1));
    if steps.clone().any(|(step, ..)| step == 0) {
        return Vec::new();
    }
    let left_out: u64 = steps.clone().map(|(step, ..)| step - 1).sum();
    if left_out as f64 > LACKED_SHARE_MAX * numbered.len() as f64 {
        return Vec::new();
    }
    let gaps = steps.filter(|(step, ..)| *step > 1).map(|(step, first, second)| MissingSlices {
        count: u32::try_from(step - 1).unwrap_or(u32::MAX),
        after: first.facts.instance_number.clone(),
        before: second.facts.instance_number.clone(),
        between_millimetres: None,
        doubtful: true,
    });
    gaps.collect()
}

/// The frames of one object lie as its maker laid them: a gap is doubtful.
fn frames(slice: &Slice<'_>) -> Vec<MissingSlices> {
    let positions = &slice.facts.slicing.frame_positions;
    let own = slice.facts.orientation.zip(positions.first().copied());
    let Some(plane) = own.and_then(|(cosines, position)| Plane::of(position, cosines)) else { return Vec::new() };
    let mut places: Vec<f64> = positions.iter().map(|position| plane.along(*position)).collect();
    if places.len() < FRAMES_MIN || is_derived(slice) || places.iter().any(|place| !place.is_finite()) {
        return Vec::new();
    }
    places.sort_by(f64::total_cmp);
    places.dedup_by(|next, last| *next - *last < stacks::SAME_PLACE_MILLIMETRES);
    let row: Vec<Place> = places.iter().map(|along| Place { along: *along, number: None }).collect();
    let gaps = gaps::find(&row, None, Numbering::Unbroken);
    gaps.into_iter()
        .map(|gap| MissingSlices {
            count: gap.missing,
            between_millimetres: Some((places[gap.after], places[gap.after + 1])),
            doubtful: true,
            ..MissingSlices::default()
        })
        .collect()
}
