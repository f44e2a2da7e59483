//! Sorts the images of a series into rows of parallel slices with one slice at each place.
//!
//! A series may hold several rows over the same body: echoes, phases, b-values, magnitude and phase images, two kernels.
//! They are told apart by whatever attribute, or few attributes, leave one slice at each place. Where none does, rows
//! are left together, and only places and how often each is taken can be judged.

use super::slice::{Plane, Slice};
use crate::domain::facts::DicomFacts;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Slices that lie in one direction.
#[derive(Debug)]
pub(super) struct Stack<'s, 'a> {
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

/// Directions of one series that are looked at: a turning view has a few hundred, of one slice each.
const DIRECTIONS_MAX: usize = 512;

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
    let mut groups: Vec<(Plane, Vec<&'s Slice<'a>>)> = Vec::new();
    for slice in slices {
        let Some(plane) = slice.plane else { continue };
        let fits = |(first, members): &(Plane, Vec<&Slice<'_>>)| {
            first.is_parallel(&plane) && members.first().is_some_and(|member| agree(member.facts, slice.facts))
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

/// Do two images share frame of reference and matrix?
fn agree(a: &DicomFacts, b: &DicomFacts) -> bool {
    a.slicing.frame_of_reference == b.slicing.frame_of_reference && (a.rows, a.columns) == (b.rows, b.columns)
}

/// Thin and thick slices over the same body are two stacks; thin ones below and thick ones above are one.
fn by_thickness<'s, 'a>(plane: Plane, members: Vec<&'s Slice<'a>>) -> Vec<Stack<'s, 'a>> {
    let mut groups: BTreeMap<String, Vec<&Slice<'_>>> = BTreeMap::new();
    for slice in &members {
        groups.entry(number(slice.facts.thickness)).or_default().push(slice);
    }
    let extents: Vec<(f64, f64)> = groups.values().map(|group| extent(&plane, group)).collect();
    let apart = (0..extents.len()).all(|a| (0..a).all(|b| overlap(extents[a], extents[b]) < 0.5));
    if groups.len() == 1 || apart {
        return vec![Stack::new(plane, members)];
    }
    groups.into_values().map(|group| Stack::new(plane, group)).collect()
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
        Self::of(members.into_iter().map(|slice| (along(slice), slice)).collect())
    }

    fn of(mut slices: Vec<(f64, &'s Slice<'a>)>) -> Self {
        slices.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| (a.1.number, a.1.path).cmp(&(b.1.number, b.1.path))));
        let mut places: Vec<f64> = slices.iter().map(|(along, _)| *along).collect();
        places.dedup_by(|next, last| *next - *last < SAME_PLACE_MILLIMETRES);
        Self { slices, places }
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
    fn place_of(&self, along: f64) -> usize {
        self.places.partition_point(|place| *place <= along).saturating_sub(1)
    }

    /// Indices of places that one of its rows takes.
    pub(super) fn places_of(&self, row: &Stack<'_, '_>) -> BTreeSet<usize> {
        row.slices.iter().map(|(along, _)| self.place_of(*along)).collect()
    }

    /// Tells rows apart.
    pub(super) fn tell(self) -> Told<'s, 'a> {
        if self.is_row() {
            return Told::Rows(vec![self]);
        }
        let columns: Vec<Vec<usize>> = ATTRIBUTES.iter().filter_map(|attribute| self.column(*attribute)).collect();
        let triples = self.slices.len() <= TRIPLES_SLICES_MAX;
        let sets = sets(columns.len()).into_iter().filter(|set| set.len() < 3 || triples);
        let found = sets.map(|set| self.parted(&columns, &set)).find(|rows| self.are_rows(rows));
        match found {
            Some(rows) => Told::Rows(rows),
            None => Told::Together(self),
        }
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
        parts.into_values().map(Self::of).collect()
    }

    fn are_rows(&self, parts: &[Self]) -> bool {
        let share = self.slices.len() as f64 / (parts.len() * self.places.len()) as f64;
        parts.iter().all(Self::is_row) && share >= ROW_SHARE
    }
}

/// Sets of one, two and three of so many, smaller ones first.
fn sets(count: usize) -> Vec<Vec<usize>> {
    let ones = (0..count).map(|a| vec![a]);
    let twos = (0..count).flat_map(|b| (0..b).map(move |a| vec![a, b]));
    let threes = (0..count).flat_map(|c| (0..c).flat_map(move |b| (0..b).map(move |a| vec![a, b, c])));
    ones.chain(twos).chain(threes).collect()
}

fn number(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.2}")).unwrap_or_default()
}
