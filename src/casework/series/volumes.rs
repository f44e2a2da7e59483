//! Whole volumes that are missing, and a copy that broke off in the first or last one: what the numbers of several
//! volumes over the same places say, where each number stands for one place of one volume.
//!
//! Volumes that are gone leave every place as often taken as the others, so places alone say nothing of them. Numbers
//! are heard only where all of them fit one grid, volume after volume or place after place; what runs in any other order
//! (numbered anew for each phase, slices repeated at the end, a stopped acquisition that took every other slice) fits
//! none. A number that an image elsewhere in the series has is not left out.

use super::{MissingSlices, Series, slice::Slice, stacks::Stack};
use std::collections::{BTreeMap, BTreeSet};

/// Places from which on an order among them is no accident.
pub(super) const PLACES_MIN: usize = 4;

/// Whole volumes from which on numbers that leap by whole ones leave volumes out.
const WHOLE_MIN: usize = 2;

/// Whole volumes beside one that ends early, where scanners give each volume of a series the same places.
const WHOLE_BESIDE_PART_MIN: usize = 2;

/// The same of other scanners: phases of a CT often cover less than the ones before.
const WHOLE_BESIDE_PART_ELSEWHERE_MIN: usize = 4;

/// Numbers at which a writer begins the next phase anew: 101, 201, 1001.
const NUMBERED_ANEW: i128 = 100;

/// The images of a stack in the order of their numbers: number, index of the place, image.
type Order<'s, 'a> = Vec<(i128, usize, &'s Slice<'a>)>;

/// How numbers and places go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    /// All places of a volume, then the next volume.
    VolumeAfterVolume,
    /// All images of a place, then the next place.
    PlaceAfterPlace,
}

/// Numbers in groups of equal length: volumes, or all images of a place.
#[derive(Clone, Copy, Debug)]
struct Grid {
    way: Way,
    /// Numbers of a group.
    period: i128,
    /// The first number of the first group.
    start: i128,
}

/// What whole volumes lack, and what first and last ones do; `told` are the gaps that are known within rows.
pub(super) fn find(series: &Series<'_>, stack: &Stack<'_, '_>, told: &[MissingSlices]) -> Vec<MissingSlices> {
    if stack.places.len() < PLACES_MIN || stack.slices.iter().any(|(_, slice)| slice.is_derived()) {
        return Vec::new();
    }
    let Some(order) = order(stack) else { return Vec::new() };
    let Some(grid) = grid(&order, stack.places.len()) else { return Vec::new() };
    let all: BTreeSet<i128> = series.slices.iter().filter_map(|slice| slice.number).map(i128::from).collect();
    let Some(mut missing) = left_out((grid, &order), &all, told.is_empty()) else { return Vec::new() };
    missing.extend(ends(grid, &order, &all));
    let count: u64 = missing.iter().map(|gap| u64::from(gap.count)).sum();
    // Most of it gone is rather another way of numbering.
    if count > order.len() as u64 { Vec::new() } else { missing }
}

/// `None` unless each image has a number of its own.
fn order<'s, 'a>(stack: &Stack<'s, 'a>) -> Option<Order<'s, 'a>> {
    let numbered =
        stack.slices.iter().map(|(along, slice)| Some((slice.number?.into(), stack.place_of(*along), *slice)));
    let mut order = numbered.collect::<Option<Order<'s, 'a>>>()?;
    order.sort_by_key(|(number, ..)| *number);
    order.windows(2).all(|pair| pair[0].0 < pair[1].0).then_some(order)
}

fn grid(order: &Order<'_, '_>, places: usize) -> Option<Grid> {
    let (first, last) = (order.first()?.0, order.last()?.0);
    let each = commonest_per_place(order, places)?;
    let ways = [(Way::VolumeAfterVolume, places as i128), (Way::PlaceAfterPlace, each as i128)];
    let (way, period) = ways.into_iter().find(|(way, period)| fits(order, *way, (first, *period)))?;
    // Whole groups from the first number on; else from 1 on, where that makes the last one whole.
    let from_one = first - (first - 1).rem_euclid(period);
    let is_whole = |start: i128| (last + 1 - start).rem_euclid(period) == 0;
    let start = if !is_whole(first) && is_whole(from_one) { from_one } else { first };
    let grid = Grid { way, period, start };
    (way == Way::VolumeAfterVolume || fits(order, way, (start, period))).then_some(grid)
}

fn commonest_per_place(order: &Order<'_, '_>, places: usize) -> Option<usize> {
    let mut counts = vec![0_usize; places];
    order.iter().for_each(|(_, place, _)| counts[*place] += 1);
    let mut times: BTreeMap<usize, usize> = BTreeMap::new();
    counts.iter().for_each(|count| *times.entry(*count).or_default() += 1);
    times.into_iter().max_by_key(|(count, times)| (*times, *count)).map(|(count, _)| count).filter(|each| *each > 1)
}

/// Does each number stand for one place, and each place for one slot of a volume or one group?
fn fits(order: &Order<'_, '_>, way: Way, (start, period): (i128, i128)) -> bool {
    let slot = |number: i128| match way {
        Way::VolumeAfterVolume => (number - start).rem_euclid(period),
        Way::PlaceAfterPlace => (number - start).div_euclid(period),
    };
    let (mut places, mut slots) = (BTreeMap::new(), BTreeMap::new());
    order.iter().all(|(number, place, _)| {
        let slot = slot(*number);
        *places.entry(slot).or_insert(*place) == *place && *slots.entry(*place).or_insert(slot) == slot
    })
}

/// Leaps of the numbers. Where rows have told their own gaps, only whole volumes are left to tell. `None` where each
/// volume begins anew at a round number.
fn left_out((grid, order): (Grid, &Order<'_, '_>), all: &BTreeSet<i128>, every: bool) -> Option<Vec<MissingSlices>> {
    let mut missing = Vec::new();
    if grid.way == Way::PlaceAfterPlace || whole(grid, order) < WHOLE_MIN {
        return Some(missing);
    }
    let mut begins = order[0].0;
    for pair in order.windows(2) {
        let ((before, _, first), (behind, _, second)) = (pair[0], pair[1]);
        if behind - before < 2 {
            continue;
        }
        let at_ends = (before + 1 - grid.start).rem_euclid(grid.period) == 0;
        let whole_ones = at_ends && (behind - before - 1).rem_euclid(grid.period) == 0;
        let volumes = (behind - before - 1) / grid.period;
        let sure = whole_ones && times_leap((first, second), volumes);
        let is_one = before + 1 - begins == grid.period;
        if is_one && !sure && (behind - 1).rem_euclid(NUMBERED_ANEW) == 0 {
            return None;
        }
        begins = behind;
        let count = behind - before - 1 - all.range(before + 1..behind).count() as i128;
        if count > 0 && (whole_ones || every) {
            missing.push(MissingSlices {
                count: u32::try_from(count).unwrap_or(u32::MAX),
                after: first.facts.instance_number.clone(),
                before: second.facts.instance_number.clone(),
                between_millimetres: None,
                doubtful: !sure,
            });
        }
    }
    Some(missing)
}

/// Do temporal positions leave out as many as numbers leave volumes out?
fn times_leap((first, second): (&Slice<'_>, &Slice<'_>), volumes: i128) -> bool {
    let position = |slice: &Slice<'_>| slice.facts.slicing.temporal_position.trim().parse::<i64>().ok();
    position(first)
        .zip(position(second))
        .is_some_and(|(first, second)| i128::from(second) - i128::from(first) == volumes + 1)
}

/// Groups of which every number is here.
fn whole(grid: Grid, order: &Order<'_, '_>) -> usize {
    let mut counts: BTreeMap<i128, i128> = BTreeMap::new();
    for (number, ..) in order {
        *counts.entry((number - grid.start).div_euclid(grid.period)).or_default() += 1;
    }
    counts.into_values().filter(|count| *count == grid.period).count()
}

/// Whole volumes beside which one that ends early is worth a word, of the scanner that made this image.
pub(super) fn whole_min(slice: &Slice<'_>) -> usize {
    match slice.facts.modality.as_str() {
        "MR" | "PT" => WHOLE_BESIDE_PART_MIN,
        _ => WHOLE_BESIDE_PART_ELSEWHERE_MIN,
    }
}

/// What the first and the last group lack at the ends of the series, where all others are whole as far as anybody
/// counts. A stopped acquisition looks alike, so it is doubtful.
fn ends(grid: Grid, order: &Order<'_, '_>, all: &BTreeSet<i128>) -> Vec<MissingSlices> {
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return Vec::new() };
    if whole(grid, order) < whole_min(first.2) {
        return Vec::new();
    }
    let gap = |count: i128| MissingSlices {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        doubtful: true,
        ..MissingSlices::default()
    };
    let mut missing = Vec::new();
    let head = first.0 - grid.start;
    if head > 0 && all.range(..first.0).next().is_none() {
        missing.push(MissingSlices { before: first.2.facts.instance_number.clone(), ..gap(head) });
    }
    let tail = (grid.start - last.0 - 1).rem_euclid(grid.period);
    if tail > 0 && all.range(last.0 + 1..).next().is_none() {
        missing.push(MissingSlices { after: last.2.facts.instance_number.clone(), ..gap(tail) });
    }
    missing
}
