//! Images of a series that stand where a row of it has a hole: one with another matrix, without an orientation, in
//! another direction or frame of reference. Odd they are, and said to be (`consistency`), but not missing.
//!
//! Whoever shares places or numbers with the row runs beside it, as another echo or phase does, and fills nothing.

use super::{
    MissingSlices, Series,
    slice::{Plane, Slice},
    stacks::Stack,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How far from its expected place an image may lie, in spacings of the row.
const PLACE_TOLERANCE: f64 = 0.25;

/// Share of numbers or places that a group of images may have in common with a row and still take no part beside it.
const SHARED_MAX: f64 = 0.1;

/// Images that lie in one direction from which on they are a row of their own.
const ROW_MIN: usize = 3;

/// Holes of one gap that are looked at: beyond, most of the series is gone.
const HOLES_MAX: u32 = 10_000;

/// What may fill the holes of a stack.
#[derive(Debug, Default)]
pub(super) struct Fillers {
    numbers: BTreeSet<i64>,
    places: Vec<f64>,
    /// Images of the body that lie in no row at all.
    loose: usize,
}

/// One side of a gap: its place along the normal and its number.
pub(super) type Side = (f64, Option<i64>);

impl Fillers {
    /// The images of a series that are in none of the stack's rows. `stacks` are all stacks of the series.
    pub(super) fn of(series: &Series<'_>, stack: &Stack<'_, '_>, stacks: &[Stack<'_, '_>]) -> Self {
        let own: HashSet<*const Slice<'_>> = members(stack).collect();
        let mut stack_of = BTreeMap::new();
        for (at, other) in stacks.iter().enumerate() {
            stack_of.extend(members(other).map(|slice| (slice, at)));
        }
        let mut groups: BTreeMap<Option<usize>, Vec<&Slice<'_>>> = BTreeMap::new();
        for slice in series.slices.iter().filter(|slice| !own.contains(&std::ptr::from_ref(*slice))) {
            groups.entry(stack_of.get(&std::ptr::from_ref(slice)).copied()).or_default().push(slice);
        }
        let mut fillers = Self::default();
        let numbers: BTreeSet<i64> = stack.slices.iter().filter_map(|(_, slice)| slice.number).collect();
        groups.values().for_each(|group| fillers.add(group, stack, &numbers));
        fillers.places.sort_by(f64::total_cmp);
        fillers
    }

    fn add(&mut self, group: &[&Slice<'_>], stack: &Stack<'_, '_>, numbers: &BTreeSet<i64>) {
        let few = |shared: usize| shared as f64 <= SHARED_MAX * group.len() as f64;
        let own = || group.iter().filter_map(|slice| slice.number);
        if few(own().filter(|number| numbers.contains(number)).count()) {
            self.numbers.extend(own());
            let loose = |slice: &&&Slice<'_>| slice.plane.is_none() || group.len() < ROW_MIN;
            self.loose += group.iter().filter(loose).filter(|slice| slice.is_imaging() && !slice.is_localizer).count();
        }
        let places: Vec<f64> = group.iter().filter_map(|slice| along(slice, &stack.plane)).collect();
        // Slices of another thickness between those of the stack fill no hole of it.
        let near = stack.usual_distance() * PLACE_TOLERANCE;
        if few(places.iter().filter(|place| stack.takes(**place, near)).count()) {
            self.places.extend(places);
        }
    }

    /// How many of the slices that a gap leaves out are there after all.
    pub(super) fn between(&self, (from, to): (Side, Side), missing: u32) -> u32 {
        let holes = missing.min(HOLES_MAX);
        let steps = f64::from(missing) + 1.0;
        let apart = (to.0 - from.0) / steps;
        let filled = (1..=holes).filter(|hole| {
            let place = from.0 + apart * f64::from(*hole);
            let number = from.1.zip(to.1).and_then(|(from, to)| {
                let whole = (i128::from(to) - i128::from(from)) * i128::from(*hole);
                let parts = i128::from(missing) + 1;
                (whole % parts == 0).then(|| i64::try_from(i128::from(from) + whole / parts).ok())?
            });
            number.is_some_and(|number| self.numbers.contains(&number)) || self.has(place, apart * PLACE_TOLERANCE)
        });
        u32::try_from(filled.count()).unwrap_or(u32::MAX)
    }

    /// Is there one at this place?
    pub(super) fn has(&self, place: f64, tolerance: f64) -> bool {
        let at = self.places.partition_point(|own| *own < place - tolerance);
        self.places.get(at).is_some_and(|own| *own <= place + tolerance)
    }

    /// Where all numbers are there, images that lie in no row are what holes lack, wherever they say they lie.
    pub(super) fn answer_for(&self, missing: &[MissingSlices]) -> bool {
        let all: u64 = missing.iter().map(|gap| u64::from(gap.count)).sum();
        all <= self.loose as u64 && missing.iter().all(|gap| gap.doubtful)
    }
}

fn members<'s, 'a>(stack: &Stack<'s, 'a>) -> impl Iterator<Item = *const Slice<'a>> {
    stack.slices.iter().map(|(_, slice)| std::ptr::from_ref(*slice))
}

/// Where an image lies along a normal; `None` where it lies in another direction, and for nonsense.
fn along(slice: &Slice<'_>, plane: &Plane) -> Option<f64> {
    match slice.plane {
        Some(own) if own.is_parallel(plane) => Some(plane.along(own.position)),
        Some(_) => None,
        None => slice.facts.position.map(|position| plane.along(position)).filter(|along| along.is_finite()),
    }
}
