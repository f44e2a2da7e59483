//! Where slices of a series are missing, from places and numbers.

use super::{
    MissingSlices, Series,
    fillers::Fillers,
    frames,
    gaps::{self, Certainty, Gap, Numbering, Place},
    moments, phases,
    slice::Slice,
    stacks::{self, Stack, Told},
    volumes,
};
use std::{
    cell::LazyCell,
    collections::{BTreeMap, BTreeSet},
};

/// Looked for only where there is a hole: of a series in hundreds of directions most rows have none.
type LazyFillers<'a> = LazyCell<Fillers, Box<dyn FnOnce() -> Fillers + 'a>>;

/// Scanners that make rows of slices: numbers alone are heard of these only.
const SLICING_MODALITIES: &[&str] = &["CT", "MR", "PT"];

/// Images without geometry from which on their numbers alone say that one is left out.
const NUMBERED_MIN: usize = 6;

/// Of places that other rows take, a row may lack this share and still be one that lost slices; beyond, it was never
/// meant to take them.
const LACKED_SHARE_MAX: f64 = 0.2;

/// Rows over the same places from which on a place that one of them lacks is worth a word without numbers.
const ROWS_MIN: usize = 3;

/// Of the places of such rows, this share may lack slices: more, and a row was stopped or planned otherwise.
const LACKING_PLACES_SHARE_MAX: f64 = 0.25;

/// Every place of a series where slices are missing, in the order of their rows.
pub(super) fn find(series: &Series<'_>) -> Vec<MissingSlices> {
    let wanted = |slice: &&Slice<'_>| slice.is_imaging() && !slice.is_localizer;
    let (several, single): (Vec<&Slice<'_>>, Vec<&Slice<'_>>) =
        series.slices.iter().filter(wanted).partition(|slice| slice.is_multi_frame());
    let mut missing: Vec<MissingSlices> = several.into_iter().flat_map(frames::find).collect();
    // Scanners of two kinds under one UID make two series, each with places of its own.
    let mut kinds: BTreeMap<&str, Vec<&Slice<'_>>> = BTreeMap::new();
    single.into_iter().for_each(|slice| kinds.entry(slice.facts.modality.as_str()).or_default().push(slice));
    let mut stacks = Vec::new();
    for kind in kinds.values() {
        if kind.iter().all(|slice| slice.plane.is_none()) {
            missing.extend(by_number(series, kind));
        } else {
            stacks.extend(stacks::stacks(kind));
        }
    }
    for stack in &stacks {
        missing.extend(of_stack(series, stack, &stacks));
    }
    missing
}

fn of_stack(series: &Series<'_>, stack: &Stack<'_, '_>, stacks: &[Stack<'_, '_>]) -> Vec<MissingSlices> {
    if stack.places.len() == 1 {
        return moments::find(series, stack);
    }
    // A reformat is made as somebody liked it: only what nothing contradicts is held against it.
    let derived = stack.slices.iter().any(|(_, slice)| slice.is_derived());
    let fillers: LazyFillers<'_> = LazyCell::new(Box::new(|| Fillers::of(series, stack, stacks)));
    let numbering = series.numbering();
    let told = stack.clone().tell(numbering);
    let mut missing = match &told {
        Told::Rows(rows) => of_rows((series, &fillers), stack, rows),
        Told::Together(stack) => of_places((series, &fillers), stack),
    };
    missing.retain(|gap| gap.count > 0 && !(derived && gap.doubtful));
    if !missing.is_empty() && numbering == Numbering::Unbroken && fillers.answer_for(&missing) {
        missing.clear();
    }
    missing.extend(volumes::find(series, stack, &missing));
    if let (true, false, Told::Rows(rows)) = (missing.is_empty(), derived, &told) {
        missing.extend(phases::find(stack, rows, numbering));
    }
    missing
}

/// Each row by itself; then against the places that the others take.
fn of_rows(
    (series, fillers): (&Series<'_>, &LazyFillers<'_>),
    stack: &Stack<'_, '_>,
    rows: &[Stack<'_, '_>],
) -> Vec<MissingSlices> {
    let numbering = series.numbering();
    let mut missing = Vec::new();
    for row in rows {
        let mut found = gaps::find(&row.row(), stated(row), numbering);
        if found.is_empty() && rows.len() > 1 && numbering != Numbering::Unbroken {
            found = lacked(stack, row, rows);
        }
        missing.extend(found.iter().map(|gap| between(row, gap, fillers)));
    }
    missing
}

/// The distance of neighbours as the header states it: as such, or the thickness of slices that touch.
fn stated(row: &Stack<'_, '_>) -> Option<f64> {
    let facts = row.slices.first()?.1.facts;
    let spacing = facts.slicing.spacing_between.map(f64::abs).filter(|spacing| *spacing > 0.0);
    spacing.or(facts.thickness.filter(|thickness| *thickness > 0.0))
}

/// A gap as it is told, without what is there after all.
fn between(row: &Stack<'_, '_>, gap: &Gap, fillers: &LazyFillers<'_>) -> MissingSlices {
    let (before, behind) = (row.slices[gap.after], row.slices[gap.after + 1]);
    let filled = fillers.between(((before.0, before.1.number), (behind.0, behind.1.number)), gap.missing);
    // Said in the order of the numbers, as a person counts.
    let (first, second) = if behind.1.number < before.1.number { (behind, before) } else { (before, behind) };
    MissingSlices {
        count: gap.missing - filled,
        after: first.1.facts.instance_number.clone(),
        before: second.1.facts.instance_number.clone(),
        between_millimetres: Some((first.0, second.0)),
        doubtful: gap.certainty == Certainty::Weak,
    }
}

/// Places inside a row that most other rows take and this one does not.
fn lacked(stack: &Stack<'_, '_>, row: &Stack<'_, '_>, rows: &[Stack<'_, '_>]) -> Vec<Gap> {
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
    gaps.into_iter().map(gap).collect()
}

/// Rows that cannot be told apart: gaps in their places, and places that are taken less often, if exactly so many
/// numbers are left out. Where numbers tell nothing, a place or two that lack one of several are worth a word.
fn of_places((series, fillers): (&Series<'_>, &LazyFillers<'_>), stack: &Stack<'_, '_>) -> Vec<MissingSlices> {
    let counts = stack.counts();
    let Some(usual) = commonest(&counts) else { return Vec::new() };
    let places: Vec<Place> = stack.places.iter().map(|along| Place { along: *along, number: None }).collect();
    let numbering = series.numbering();
    let times = |missing: u32| missing.saturating_mul(u32::try_from(usual).unwrap_or(u32::MAX));
    let whole_places = gaps::find(&places, None, numbering).into_iter().map(|gap| {
        let (from, to) = (stack.places[gap.after], stack.places[gap.after + 1]);
        let filled = fillers.between(((from, None), (to, None)), gap.missing);
        MissingSlices {
            count: times(gap.missing).saturating_sub(filled),
            between_millimetres: Some((from, to)),
            doubtful: gap.certainty == Certainty::Weak,
            ..MissingSlices::default()
        }
    });
    let mut missing: Vec<MissingSlices> = whole_places.collect();
    let wholly: u64 = missing.iter().map(|gap| u64::from(gap.count)).sum();
    let fewer: Vec<(usize, usize)> =
        counts.iter().enumerate().filter(|(_, count)| **count < usual).map(|(at, count)| (at, usual - count)).collect();
    let lacking: usize = fewer.iter().map(|(_, lacking)| lacking).sum();
    let witnessed = numbering == Numbering::Broken { left_out: lacking as u64 + wholly };
    let remarkable = numbering == Numbering::Unusable && is_remarkable(stack, &counts, (usual, &fewer));
    if witnessed || remarkable {
        let fewer = fewer.into_iter().filter(|(at, _)| !fillers.has(stack.places[*at], stacks::SAME_PLACE_MILLIMETRES));
        missing.extend(fewer.map(|(at, lacking)| MissingSlices {
            count: u32::try_from(lacking).unwrap_or(u32::MAX),
            between_millimetres: Some((stack.places[at], stack.places[at])),
            doubtful: !witnessed,
            ..MissingSlices::default()
        }));
    }
    missing
}

/// Do few places inside lack some of the slices that several rows have at every other place? Two rows are enough where
/// each place has a number of its own, which both of them use.
fn is_remarkable(stack: &Stack<'_, '_>, counts: &[usize], (usual, fewer): (usize, &[(usize, usize)])) -> bool {
    let most = (LACKING_PLACES_SHARE_MAX * counts.len() as f64).max(1.0);
    let inside = |at: usize| at > 0 && at + 1 < counts.len();
    let several = usual >= ROWS_MIN || (usual == 2 && numbered_by_place(stack));
    several
        && counts.iter().all(|count| *count <= usual)
        && fewer.len() as f64 <= most
        && counts.len() >= NUMBERED_MIN
        && fewer.iter().all(|(at, _)| inside(*at))
}

/// Does each place have one number, and no number two places?
fn numbered_by_place(stack: &Stack<'_, '_>) -> bool {
    let numbers: Vec<BTreeSet<Option<i64>>> = stack.places.iter().map(|place| stack.numbers_at(*place)).collect();
    let all: BTreeSet<&Option<i64>> = numbers.iter().flatten().collect();
    numbers.iter().all(|own| own.len() == 1 && !own.contains(&None)) && all.len() == numbers.len()
}

fn commonest(counts: &[usize]) -> Option<usize> {
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    for count in counts {
        *times.entry(*count).or_default() += 1;
    }
    times.into_iter().max_by_key(|(count, times)| (*times, *count)).map(|(count, _)| count)
}

/// Numbers alone, where nothing says where images lie.
pub(super) fn by_number(series: &Series<'_>, slices: &[&Slice<'_>]) -> Vec<MissingSlices> {
    let meant =
        |slice: &&&Slice<'_>| SLICING_MODALITIES.contains(&slice.facts.modality.as_str()) && !slice.is_derived();
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
    // Each gap asks the whole series, so only those that are gaps do.
    let here = |step: u64, first, second| if step > 1 { here_between(series, first, second) } else { 0 };
    let lacking =
        steps.map(|(step, first, second)| ((step - 1).saturating_sub(here(step, first, second)), first, second));
    let gaps = lacking.filter(|(lacking, ..)| *lacking > 0).map(|(lacking, first, second)| MissingSlices {
        count: u32::try_from(lacking).unwrap_or(u32::MAX),
        after: first.facts.instance_number.clone(),
        before: second.facts.instance_number.clone(),
        between_millimetres: None,
        doubtful: true,
    });
    gaps.collect()
}

/// Numbers between those of two images that others of the series have, whatever they are: these are not missing.
pub(super) fn here_between(series: &Series<'_>, first: &Slice<'_>, second: &Slice<'_>) -> u64 {
    let (Some(first), Some(second)) = (first.number, second.number) else { return 0 };
    let between = |number: &i64| first < *number && *number < second;
    let numbers: BTreeSet<i64> = series.slices.iter().filter_map(|slice| slice.number).filter(between).collect();
    numbers.len() as u64
}
