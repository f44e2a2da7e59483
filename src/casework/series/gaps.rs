//! Gaps in a row of parallel slices: pure numbers in, gaps out.
//!
//! A row has one slice at each place. Two witnesses are heard, positions along the normal and instance numbers:
//! - numbers and positions go together (the same distance for each number): numbers count slices, and a number that is
//!   left out is a slice that is missing, however many, even where most are;
//! - spacing varies: a step in the numbers counts where the distance is larger than its neighbours as well;
//! - numbers tell nothing: distances alone, and only where nearly all are alike and the few others are multiples of
//!   them. Runs of equal large distances and regular groups are how the scan was planned, not slices lost.
//! - numbers go on where a distance is a multiple: weak, since nobody can tell a gap that was planned from a series that
//!   was numbered anew.

/// A slice's place in its row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Place {
    /// Millimetres along the normal.
    pub(super) along: f64,
    /// Instance Number.
    pub(super) number: Option<i64>,
}

/// What the numbers of the whole series say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Numbering {
    /// None is left out between the first and the last.
    Unbroken,
    /// Some are left out.
    Broken {
        /// How many.
        left_out: u64,
    },
    /// Absent, or the same twice.
    Unusable,
}

impl Numbering {
    /// What sorted numbers say.
    pub(super) fn of(numbers: &[i64]) -> Self {
        let steps = || numbers.windows(2).map(|pair| pair[1].abs_diff(pair[0]));
        if numbers.is_empty() || steps().any(|step| step == 0) {
            return Self::Unusable;
        }
        match steps().fold(0_u64, |sum, step| sum.saturating_add(step - 1)) {
            0 => Self::Unbroken,
            left_out => Self::Broken { left_out },
        }
    }
}

/// How sure it is that slices are missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Certainty {
    /// Positions say so and numbers contradict.
    Weak,
    /// Nothing contradicts.
    Strong,
}

/// A place where slices are missing.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Gap {
    /// It lies behind the slice with this index in its row, and before the next.
    pub(super) after: usize,
    /// Slices that are missing there.
    pub(super) missing: u32,
    /// See [`Certainty`].
    pub(super) certainty: Certainty,
}

/// Distances that differ by less than this share are alike: writers round positions to a hundredth of a millimetre or
/// better, and slices are half a millimetre apart or more.
const ALIKE: f64 = 0.05;
/// Where spacing varies, a distance counts as larger than its neighbours from this factor on.
const LARGER: f64 = 1.4;
/// Where spacing varies, at most so many times the slices that a distance has room for are missing in it; and half as
/// many of them at least, since distances grow.
const ROOM: f64 = 2.0;
/// How far from a whole multiple a distance may be, in spacings: rounding adds up over slices.
const MULTIPLE: f64 = 0.12;
/// Share of steps that must be the usual one for numbers to count slices.
const STEPS_USUAL: f64 = 0.6;
/// Of distances alone, this share must be the usual one.
const DISTANCES_USUAL: f64 = 0.5;
/// The same where numbers go on.
const DISTANCES_USUAL_WEAK: f64 = 0.8;
/// Of all distances, this share may leave slices out for numbers to answer for each of them.
const HOLES_SHARE_MAX: f64 = 0.4;
/// Slices missing in one place that numbers which go on leave possible: a larger distance was planned.
const WEAK_MISSING_MAX: u32 = 2;
/// Groups parted by the room of a single slice that are too many to be an accident.
const GROUPS_NARROW_MIN: usize = 8;
/// Equal large distances in a row from which they are a zone with a spacing of its own.
const ZONE_FROM: usize = 4;
/// The same where numbers go on.
const ZONE_FROM_WEAK: usize = 2;

/// Finds gaps in a row that is sorted by place. `slice` is the distance of neighbours as the header states it.
pub(super) fn find(row: &[Place], slice: Option<f64>, numbering: Numbering) -> Vec<Gap> {
    if row.len() < 3 {
        return Vec::new();
    }
    let distances = distances(row);
    if distances.iter().any(|distance| *distance <= 0.0) {
        return Vec::new();
    }
    let steps = steps(row);
    if let Some(steps) = &steps
        && let Some(gaps) = counted(&distances, steps, slice, numbering)
    {
        return gaps;
    }
    let usual_step = steps.as_deref().and_then(usual);
    if let (Some(steps), Some(usual)) = (&steps, usual_step) {
        let stepped = larger_by_number(row, (&distances, steps), usual);
        if !stepped.is_empty() {
            return stepped;
        }
    }
    let Some((spacing, missing)) = multiples(&distances) else { return Vec::new() };
    // Exactly as many numbers are left out as distances say: nothing else needs to be asked.
    if numbers_answer(&missing, numbering) {
        return gaps(missing.into_iter().map(u64::from), Certainty::Strong);
    }
    let going_on = usual_step.is_some() || numbering == Numbering::Unbroken;
    let certainty = if going_on { Certainty::Weak } else { Certainty::Strong };
    if is_likely((&distances, spacing), &missing, certainty) {
        gaps(missing.into_iter().map(u64::from), certainty)
    } else {
        Vec::new()
    }
}

/// Do slices lie as one row: equally far apart, or with numbers that answer for each slice which is not there?
pub(super) fn is_settled(row: &[Place], numbering: Numbering) -> bool {
    let distances = distances(row);
    if let Some(steps) = steps(row)
        && counted(&distances, &steps, None, numbering).is_some()
    {
        return true;
    }
    match multiples(&distances) {
        Some((_, missing)) => missing.iter().all(|missing| *missing == 0) || numbers_answer(&missing, numbering),
        None => row.len() < 3,
    }
}

/// Are exactly as many numbers left out as places are empty? Where half of all distances are large it is chance: two rows
/// lie between each other.
fn numbers_answer(missing: &[u32], numbering: Numbering) -> bool {
    let all: u64 = missing.iter().map(|missing| u64::from(*missing)).sum();
    let holes = missing.iter().filter(|missing| **missing > 0).count();
    let few = holes as f64 <= HOLES_SHARE_MAX * missing.len() as f64;
    all > 0 && few && numbering == Numbering::Broken { left_out: all }
}

/// Slices that the distances of a row leave out; `None` where its spacing varies or there is nothing to compare.
pub(super) fn skips(row: &[Place]) -> Option<u64> {
    let (_, missing) = multiples(&distances(row))?;
    Some(missing.into_iter().map(u64::from).sum())
}

fn distances(row: &[Place]) -> Vec<f64> {
    row.windows(2).map(|pair| pair[1].along - pair[0].along).collect()
}

/// Differences of the numbers of neighbours, without sign; `None` unless all have numbers and none has its
/// neighbour's.
fn steps(row: &[Place]) -> Option<Vec<u64>> {
    let numbers: Option<Vec<i64>> = row.iter().map(|place| place.number).collect();
    let steps: Vec<u64> = numbers?.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    steps.iter().all(|step| *step > 0).then_some(steps)
}

/// Gaps where each number stands for the same distance; `None` where it does not.
fn counted(distances: &[f64], steps: &[u64], slice: Option<f64>, numbering: Numbering) -> Option<Vec<Gap>> {
    let each: Vec<f64> = distances.iter().zip(steps).map(|(distance, step)| distance / *step as f64).collect();
    let middle = median(&each)?;
    if each.iter().any(|one| (one / middle - 1.0).abs() > ALIKE) {
        return None;
    }
    let unit = steps.iter().copied().reduce(common_divisor)?;
    // Every second slice may be gone: then only the header knows how far apart they were.
    let stated = slice.is_some_and(|slice| (middle / slice - 1.0).abs() < ALIKE);
    let unit = if stated && matches!(numbering, Numbering::Broken { .. }) { 1 } else { unit };
    let missing = steps.iter().map(|step| step / unit - 1);
    Some(gaps(missing, Certainty::Strong))
}

/// Gaps where both the step of the numbers and the distance are larger than usual.
fn larger_by_number(row: &[Place], (distances, steps): (&[f64], &[u64]), usual: u64) -> Vec<Gap> {
    let mut numbers: Vec<i64> = row.iter().filter_map(|place| place.number).collect();
    numbers.sort_unstable();
    // Numbers that others of the row have are not left out: one that lies far outside has only lost its place.
    let taken = |at: usize| {
        let (a, b) = (row[at].number.unwrap_or_default(), row[at + 1].number.unwrap_or_default());
        let after = numbers.partition_point(|number| *number <= a.min(b));
        numbers.get(after).is_some_and(|number| *number < a.max(b))
    };
    let missing = (0..steps.len()).map(|at| {
        let whole = steps[at] > usual && steps[at].is_multiple_of(usual);
        let is_usual = |other: &usize| steps[*other] == usual;
        let (left, right) = ((0..at).rev().find(is_usual), (at + 1..steps.len()).find(is_usual));
        let around = left.into_iter().chain(right).map(|other| distances[other]).reduce(f64::min);
        let larger = around.is_some_and(|around| distances[at] > around * LARGER);
        // Numbers that leap much farther than places, or much less far, count something else.
        let leap = (steps[at] / usual) as f64;
        let room = around.map(|around| distances[at] / around);
        let room = room.is_some_and(|room| leap <= ROOM * room && room <= 2.0 * ROOM * leap);
        if whole && larger && room && !taken(at) { steps[at] / usual - 1 } else { 0 }
    });
    gaps(missing, Certainty::Strong)
}

/// The usual distance, and how many slices each distance leaves out; `None` where one is no multiple: spacing varies.
fn multiples(distances: &[f64]) -> Option<(f64, Vec<u32>)> {
    let spacing = mode(distances)?;
    let missing: Vec<u32> = distances.iter().map(|distance| skipped(*distance, spacing)).collect();
    let odd = distances.iter().zip(&missing).any(|(distance, missing)| *missing == 0 && !is_alike(*distance, spacing));
    (!odd).then_some((spacing, missing))
}

fn is_alike(distance: f64, spacing: f64) -> bool {
    (distance / spacing - 1.0).abs() <= ALIKE
}

/// Distances alone: are they nearly all the usual one, and do the others look lost rather than planned?
fn is_likely((distances, spacing): (&[f64], f64), missing: &[u32], certainty: Certainty) -> bool {
    let (share, zone_from, most) = match certainty {
        Certainty::Weak => (DISTANCES_USUAL_WEAK, ZONE_FROM_WEAK, WEAK_MISSING_MAX),
        Certainty::Strong => (DISTANCES_USUAL, ZONE_FROM, u32::MAX),
    };
    let usual = distances.iter().filter(|distance| is_alike(**distance, spacing)).count();
    usual >= 3
        && usual as f64 >= share * distances.len() as f64
        && !planned(missing, zone_from)
        && missing.iter().all(|missing| *missing <= most)
}

/// Slices of this spacing that a distance leaves out; 0 where it is no multiple.
fn skipped(distance: f64, spacing: f64) -> u32 {
    let ratio = distance / spacing;
    let whole = ratio.round();
    let fits = whole >= 2.0 && whole <= f64::from(u16::MAX) && (ratio - whole).abs() <= MULTIPLE;
    if fits { whole as u32 - 1 } else { 0 }
}

/// Large distances that come in runs, or that part the row into equal groups, were planned.
fn planned(missing: &[u32], zone_from: usize) -> bool {
    let zone = missing.chunk_by(|a, b| a == b).any(|run| run[0] > 0 && run.len() >= zone_from);
    let at: Vec<usize> = (0..missing.len()).filter(|at| missing[*at] > 0).collect();
    let equal = at.windows(2).all(|pair| missing[pair[0]] == missing[pair[1]]);
    let lengths: Vec<usize> = std::iter::once(0)
        .chain(at.iter().map(|at| at + 1))
        .zip(at.iter().map(|at| at + 1).chain([missing.len() + 1]))
        .map(|(from, to)| to - from)
        .collect();
    // One slice between groups is none that anybody plans, unless it is between very many.
    let wide = at.iter().all(|at| missing[*at] > 1) || at.len() >= GROUPS_NARROW_MIN;
    zone || (at.len() >= 2 && equal && wide && even(&lengths))
}

/// Groups of equal length; the first and the last may have been cut short where several others agree.
fn even(lengths: &[usize]) -> bool {
    let [first, inner @ .., last] = lengths else { return false };
    let Some(usual) = inner.first() else { return first == last };
    let ends = if inner.len() > 1 { first.max(last) <= usual } else { first == usual && last == usual };
    ends && inner.iter().all(|length| length == usual)
}

fn gaps(missing: impl Iterator<Item = u64>, certainty: Certainty) -> Vec<Gap> {
    let counted = missing.enumerate().filter(|(_, missing)| *missing > 0);
    counted
        .map(|(after, missing)| Gap { after, missing: u32::try_from(missing).unwrap_or(u32::MAX), certainty })
        .collect()
}

/// The usual step, where most steps are.
fn usual(steps: &[u64]) -> Option<u64> {
    let mut sorted = steps.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|a, b| a == b);
    // Of equal counts the smaller step: `max_by_key` takes the last, so the runs go backwards.
    let run = runs.rev().max_by_key(|run| run.len())?;
    (run.len() as f64 >= STEPS_USUAL * steps.len() as f64).then(|| run[0])
}

/// The commonest distance, the smallest of equals: the median of the largest group of distances that are alike.
fn mode(distances: &[f64]) -> Option<f64> {
    let mut sorted = distances.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let group = |from: usize| {
        let to = sorted.partition_point(|distance| *distance <= sorted[from] * (1.0 + ALIKE));
        &sorted[from..to]
    };
    let groups = (0..sorted.len()).rev().map(group);
    median(groups.max_by_key(|group| group.len())?)
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
