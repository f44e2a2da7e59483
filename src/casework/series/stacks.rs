//! Sorts the images of a series into rows of parallel slices with one slice at each place.
//!
//! A series may hold several rows over the same body: echoes, phases, b-values, magnitude and phase images, two kernels.
//! They are told apart by whatever attribute, or few attributes, leave one slice at each place. Where none does, rows
//! are left together, and only places and how often each is taken can be judged. Rows that run over the same body at
//! places of their own, as phases do between which the patient breathed, are told apart where that leaves fewer holes.

use super::{
    gaps::{self, Numbering, Place},
    slice::{DIRECTIONS_MAX, Plane, Slice},
};
use crate::domain::facts::DicomFacts;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Slices that lie in one direction.
#[derive(Clone, Debug)]
pub(super) struct Stack<'s, 'a> {
    /// The plane that gives the normal.
    pub(super) plane: Plane,
    /// The slices with their places along the normal, sorted by place, number and path.
    pub(super) slices: Vec<(f64, &'s Slice<'a>)>,
    /// Distinct places, sorted.
    pub(super) places: Vec<f64>,
}

/// What a stack comes to when it is told apart.
#[derive(Debug)]
pub(super) enum Told<'s, 'a> {
    /// Rows with one slice at each place.
    Rows(Vec<Stack<'s, 'a>>),
    /// Several slices at some places, and nothing tells which belongs to which.
    Together(Stack<'s, 'a>),
}

/// Places nearer to each other are one: the resolution of written positions, and movement between two echoes.
pub(super) const SAME_PLACE_MILLIMETRES: f64 = 0.02;

/// A row holds at least this share of its stack's places, or it was told apart by something that changes from slice to
/// slice.
const ROW_SHARE: f64 = 0.5;

/// Slices of a row that shares no place with others: fewer are nothing to measure.
const SHIFTED_ROW_MIN: usize = 4;

/// Share of the shorter of two rows over which both run, from which on they show the same body.
const SAME_BODY: f64 = 0.5;

/// Share of places taken equally often from which on rows share their places.
const EVEN_SHARE: f64 = 0.8;

/// Thicknesses that differ by less than this share are the same, written more or less exactly.
const THICKNESS_ALIKE: f64 = 0.05;

/// Slices of a stack from which on attributes are tried one and two at a time only: the work grows with both.
const TRIPLES_SLICES_MAX: usize = 10_000;

/// An attribute that may tell rows apart.
type Attribute = fn(&DicomFacts) -> String;

/// In the order in which they are tried. What changes from slice to slice by nature (times) comes last.
const ATTRIBUTES: &[Attribute] = &[
    |facts| facts.image_type.join("\\"),
    |facts| facts.slicing.echo.clone(),
    |facts| number(facts.slicing.echo_time),
    |facts| number(facts.slicing.diffusion_b_value),
    |facts| facts.slicing.temporal_position.clone(),
    |facts| facts.slicing.stack.clone(),
    |facts| facts.slicing.kernel.clone(),
    |facts| number(facts.thickness),
    |facts| facts.slicing.acquisition.clone(),
    |facts| number(facts.slicing.trigger_time),
    |facts| facts.slicing.acquisition_time.clone(),
];

/// Parts slices by direction, frame of reference and matrix; slices without a plane are left out.
pub(super) fn stacks<'s, 'a>(slices: &[&'s Slice<'a>]) -> Vec<Stack<'s, 'a>> {
    let framed = frames_mean_something(slices);
    let mut groups: Vec<(Plane, Vec<&'s Slice<'a>>)> = Vec::new();
    for slice in slices {
        let Some(plane) = slice.plane else { continue };
        let agree = |member: &&Slice<'_>| {
            let (a, b) = (member.facts, slice.facts);
            let same_frame = !framed || a.slicing.frame_of_reference == b.slicing.frame_of_reference;
            same_frame && (a.rows, a.columns) == (b.rows, b.columns)
        };
        let fits = |(first, members): &(Plane, Vec<&Slice<'_>>)| {
            first.is_parallel(&plane) && members.first().is_some_and(agree)
        };
        match groups.iter().position(fits) {
            Some(at) => groups[at].1.push(slice),
            None if groups.len() < DIRECTIONS_MAX => groups.push((plane, vec![slice])),
            // Nobody looks for a gap among so many directions.
            None => {}
        }
    }
    groups.into_iter().flat_map(|(plane, members)| by_thickness(plane, members)).collect()
}

/// An anonymiser that gives each image a frame of reference of its own has taken their meaning away.
fn frames_mean_something(slices: &[&Slice<'_>]) -> bool {
    let frames: BTreeSet<&str> = slices.iter().map(|slice| slice.facts.slicing.frame_of_reference.as_str()).collect();
    let stated = frames.iter().filter(|uid| !uid.is_empty()).count();
    stated * 2 <= slices.len()
}

/// Thin and thick slices over the same body are two stacks; thin ones below and thick ones above are one.
fn by_thickness<'s, 'a>(plane: Plane, members: Vec<&'s Slice<'a>>) -> Vec<Stack<'s, 'a>> {
    let mut sorted = members.clone();
    sorted.sort_by(|a, b| {
        let thickness = |slice: &Slice<'_>| slice.facts.thickness.unwrap_or(0.0);
        thickness(a).total_cmp(&thickness(b))
    });
    let alike = |a: &&Slice<'_>, b: &&Slice<'_>| match (a.facts.thickness, b.facts.thickness) {
        (Some(a), Some(b)) => (b - a).abs() <= THICKNESS_ALIKE * b.abs(),
        (None, None) => true,
        _ => false,
    };
    let groups: Vec<&[&Slice<'_>]> = sorted.chunk_by(alike).collect();
    let extents: Vec<(f64, f64)> = groups.iter().map(|group| extent(&plane, group)).collect();
    let apart = (0..extents.len()).all(|a| (0..a).all(|b| overlap(extents[a], extents[b]) < SAME_BODY));
    if groups.len() == 1 || apart {
        return vec![Stack::new(plane, members)];
    }
    groups.into_iter().map(|group| Stack::new(plane, group.to_vec())).collect()
}

fn extent(plane: &Plane, slices: &[&Slice<'_>]) -> (f64, f64) {
    let along = slices.iter().filter_map(|slice| slice.plane).map(|own| plane.along(own.position));
    along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
}

/// Share of the shorter extent that both cover.
fn overlap(a: (f64, f64), b: (f64, f64)) -> f64 {
    let shorter = (a.1 - a.0).min(b.1 - b.0).max(SAME_PLACE_MILLIMETRES);
    (a.1.min(b.1) - a.0.max(b.0)).max(0.0) / shorter
}

impl<'s, 'a> Stack<'s, 'a> {
    fn new(plane: Plane, members: Vec<&'s Slice<'a>>) -> Self {
        let along = |slice: &Slice<'_>| slice.plane.map_or(0.0, |own| plane.along(own.position));
        Self::of(plane, members.into_iter().map(|slice| (along(slice), slice)).collect())
    }

    fn of(plane: Plane, mut slices: Vec<(f64, &'s Slice<'a>)>) -> Self {
        slices.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (a.1.number, a.1.path).cmp(&(b.1.number, b.1.path))));
        let mut places: Vec<f64> = slices.iter().map(|(along, _)| *along).collect();
        places.dedup_by(|next, last| *next - *last < SAME_PLACE_MILLIMETRES);
        Self { plane, slices, places }
    }

    /// Places and numbers of its slices.
    pub(super) fn row(&self) -> Vec<Place> {
        self.slices.iter().map(|(along, slice)| Place { along: *along, number: slice.number }).collect()
    }

    /// Is there one slice at each place?
    pub(super) fn is_row(&self) -> bool {
        self.places.len() == self.slices.len()
    }

    /// How often each place is taken.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.places.len()];
        for (along, _) in &self.slices {
            counts[self.place_of(*along)] += 1;
        }
        counts
    }

    /// The index of the place that a slice at `along` takes.
    pub(super) fn place_of(&self, along: f64) -> usize {
        self.places.partition_point(|place| *place <= along).saturating_sub(1)
    }

    /// The slices at each of its places.
    pub(super) fn by_place(&self) -> Vec<Vec<&'s Slice<'a>>> {
        let mut places = vec![Vec::new(); self.places.len()];
        for (along, slice) in &self.slices {
            places[self.place_of(*along)].push(*slice);
        }
        places
    }

    /// Numbers of the slices at one of its places.
    pub(super) fn numbers_at(&self, place: f64) -> BTreeSet<Option<i64>> {
        let from = self.slices.partition_point(|(along, _)| *along < place);
        let here = self.slices[from..].iter().take_while(|(along, _)| *along < place + SAME_PLACE_MILLIMETRES);
        here.map(|(_, slice)| slice.number).collect()
    }

    /// Is one of its places here, or as near as that?
    pub(super) fn takes(&self, along: f64, near: f64) -> bool {
        let near = near.max(SAME_PLACE_MILLIMETRES);
        let at = self.places.partition_point(|place| *place <= along - near);
        self.places.get(at).is_some_and(|place| *place < along + near)
    }

    /// The usual distance of its places; 0 where there is one.
    pub(super) fn usual_distance(&self) -> f64 {
        let mut distances: Vec<f64> = self.places.windows(2).map(|pair| pair[1] - pair[0]).collect();
        distances.sort_by(f64::total_cmp);
        distances.get(distances.len() / 2).copied().unwrap_or_default()
    }

    /// Indices of places that one of its rows takes.
    pub(super) fn places_of(&self, row: &Stack<'_, '_>) -> BTreeSet<usize> {
        row.slices.iter().map(|(along, _)| self.place_of(*along)).collect()
    }

    /// Tells rows apart.
    pub(super) fn tell(self, numbering: Numbering) -> Told<'s, 'a> {
        if self.is_row() && gaps::is_settled(&self.row(), numbering) {
            return Told::Rows(vec![self]);
        }
        let columns: Vec<Vec<usize>> = ATTRIBUTES.iter().filter_map(|attribute| self.column(*attribute)).collect();
        let triples = self.slices.len() <= TRIPLES_SLICES_MAX;
        let sets = || sets(columns.len()).filter(|set| set.len() < 3 || triples);
        let shared = || sets().map(|set| self.parted(&columns, &set)).find(|rows| self.are_rows(rows));
        let found = if self.is_row() { None } else { shared() };
        let shifted = || self.shifted(sets().map(|set| self.parted(&columns, &set)));
        match found.or_else(|| if self.is_row() || !self.is_even() { shifted() } else { None }) {
            Some(rows) => Told::Rows(rows),
            None if self.is_row() => Told::Rows(vec![self]),
            None => Told::Together(self),
        }
    }

    /// Are nearly all places taken equally often? Then rows share them.
    fn is_even(&self) -> bool {
        let counts = self.counts();
        let mut times: BTreeMap<usize, usize> = BTreeMap::new();
        counts.iter().for_each(|count| *times.entry(*count).or_default() += 1);
        times.into_values().max().is_some_and(|most| most as f64 >= EVEN_SHARE * counts.len() as f64)
    }

    /// Rows at places of their own: of the ways in which the stack can be parted that with the fewest holes, if it has
    /// fewer than the stack as one row.
    fn shifted(&self, ways: impl Iterator<Item = Vec<Self>>) -> Option<Vec<Self>> {
        let whole = if self.is_row() { gaps::skips(&self.row()) } else { None };
        let runs = self.runs().map(|runs| self.parted(&[runs], &[0]));
        let holes = |rows: Vec<Self>| Some((rows_over_one_body(&rows)?, rows));
        let fewest = ways.chain(runs).filter_map(holes).min_by_key(|(holes, _)| *holes);
        // Nothing to compare with: only rows that are nearly whole are believed.
        let nearly_whole = self.slices.len() as u64 / 10;
        let most = |holes: u64| whole.map_or(holes <= nearly_whole, |whole| holes < whole);
        fewest.filter(|(holes, _)| most(*holes)).map(|(_, rows)| rows)
    }

    /// For each slice the pass in which it was numbered: places go one way as numbers grow, and a new pass starts where
    /// they turn back. `None` without a number for each, or where there is one pass.
    fn runs(&self) -> Option<Vec<usize>> {
        let numbers: Option<Vec<i64>> = self.slices.iter().map(|(_, slice)| slice.number).collect();
        let numbers = numbers?;
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by_key(|at| numbers[*at]);
        if order.windows(2).any(|pair| numbers[pair[0]] == numbers[pair[1]]) {
            return None;
        }
        let mut runs = vec![0; order.len()];
        let (mut run, mut upward) = (0, None);
        for pair in order.windows(2) {
            let up = self.slices[pair[1]].0 > self.slices[pair[0]].0;
            if upward.is_some_and(|upward| upward != up) {
                (run, upward) = (run + 1, None);
            } else {
                upward = Some(up);
            }
            runs[pair[1]] = run;
        }
        (run > 0).then_some(runs)
    }

    /// The attribute's value of each slice, as a number of its own; `None` where all have the same.
    fn column(&self, attribute: Attribute) -> Option<Vec<usize>> {
        let mut values: HashMap<String, usize> = HashMap::new();
        let mut column = Vec::with_capacity(self.slices.len());
        for (_, slice) in &self.slices {
            let next = values.len();
            column.push(*values.entry(attribute(slice.facts)).or_insert(next));
        }
        (values.len() > 1).then_some(column)
    }

    fn parted(&self, columns: &[Vec<usize>], set: &[usize]) -> Vec<Self> {
        let mut parts: BTreeMap<Vec<usize>, Vec<(f64, &'s Slice<'a>)>> = BTreeMap::new();
        for (at, slice) in self.slices.iter().enumerate() {
            let key = set.iter().map(|column| columns[*column][at]).collect();
            parts.entry(key).or_default().push(*slice);
        }
        parts.into_values().map(|part| Self::of(self.plane, part)).collect()
    }

    fn are_rows(&self, parts: &[Self]) -> bool {
        let share = self.slices.len() as f64 / (parts.len() * self.places.len()) as f64;
        parts.iter().all(Self::is_row) && share >= ROW_SHARE
    }
}

/// Slices that rows over the same body leave out, if that is what they are.
fn rows_over_one_body(rows: &[Stack<'_, '_>]) -> Option<u64> {
    let measurable = |row: &Stack<'_, '_>| row.is_row() && row.slices.len() >= SHIFTED_ROW_MIN;
    if rows.len() < 2 || !rows.iter().all(measurable) {
        return None;
    }
    let ends: Vec<(f64, f64)> = rows.iter().map(|row| (row.places[0], row.places[row.places.len() - 1])).collect();
    let together = (0..ends.len()).all(|a| (0..a).all(|b| overlap(ends[a], ends[b]) >= SAME_BODY));
    if !together {
        return None;
    }
    rows.iter().map(|row| gaps::skips(&row.row())).sum()
}

/// Sets of one, two and three of so many, smaller ones first.
fn sets(count: usize) -> impl Iterator<Item = Vec<usize>> {
    let ones = (0..count).map(|a| vec![a]);
    let twos = (0..count).flat_map(|b| (0..b).map(move |a| vec![a, b]));
    let threes = (0..count).flat_map(|c| (0..c).flat_map(move |b| (0..b).map(move |a| vec![a, b, c])));
    ones.chain(twos).chain(threes)
}

fn number(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.2}")).unwrap_or_default()
}
