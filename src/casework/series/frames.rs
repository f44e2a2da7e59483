//! Frames of one object that are missing, from their places and what their functional groups say of them (PS3.3
//! C.7.6.16): rows of volumes, b-values, phases and echoes, and In-Stack Position Numbers.
//!
//! The frames of an object lie as its maker laid them, so a gap is doubtful, unless the maker's own numbers leap there.

use super::{
    MissingSlices,
    gaps::{self, Certainty, Numbering, Place},
    slice::{Plane, Slice},
    stacks::SAME_PLACE_MILLIMETRES,
};
use std::collections::BTreeMap;

/// Frames from which on their places are looked at.
const FRAMES_MIN: usize = 5;

/// A row holds at least this share of all places, or it was told apart by something that changes from frame to frame.
const ROW_SHARE: f64 = 0.5;

/// Of the places that other rows take, a row may lack this share and still be one that lost frames.
const LACKED_SHARE_MAX: f64 = 0.2;

/// Of the places of frames that nothing tells apart, this share may have fewer than the others.
const LACKING_PLACES_SHARE_MAX: f64 = 0.25;

/// Frames at one place from which on a place with fewer is worth a word.
const ROWS_MIN: usize = 3;

/// The gaps among the frames of an object.
pub(super) fn find(slice: &Slice<'_>) -> Vec<MissingSlices> {
    let slicing = &slice.facts.slicing;
    let own = slice.facts.orientation.zip(slicing.frame_positions.first().copied());
    let Some(plane) = own.and_then(|(cosines, position)| Plane::of(position, cosines)) else { return Vec::new() };
    let along: Vec<f64> = slicing.frame_positions.iter().map(|position| plane.along(*position)).collect();
    // Of an object with more frames than are kept, and of a piece of a divided one, the last volume may end in the middle.
    let is_part = along.len() < slice.facts.frames as usize || !slicing.concatenation.is_empty();
    if is_part || along.len() < FRAMES_MIN || slice.is_derived() || along.iter().any(|place| !place.is_finite()) {
        return Vec::new();
    }
    let mut rows: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
    for (at, along) in along.iter().enumerate() {
        let number = slicing.frame_numbers.get(at).map(|number| i64::from(*number));
        let row = slicing.frame_rows.get(at).copied().unwrap_or_default();
        rows.entry(row).or_default().push(Place { along: *along, number });
    }
    let mut rows: Vec<Vec<Place>> = rows.into_values().collect();
    rows.iter_mut().for_each(|row| row.sort_by(|a, b| a.along.total_cmp(&b.along)));
    let places = distinct(along);
    let share = slicing.frame_positions.len() as f64 / (rows.len() * places.len()) as f64;
    let found = if rows.iter().all(|row| is_row(row)) && share >= ROW_SHARE {
        of_rows(&rows, &places, slicing.spacing_between.map(f64::abs).filter(|spacing| *spacing > 0.0))
    } else {
        together(&rows, &places)
    };
    merged(found)
}

/// Places that differ, sorted.
fn distinct(mut along: Vec<f64>) -> Vec<f64> {
    along.sort_by(f64::total_cmp);
    along.dedup_by(|next, last| *next - *last < SAME_PLACE_MILLIMETRES);
    along
}

fn is_row(row: &[Place]) -> bool {
    row.windows(2).all(|pair| pair[1].along - pair[0].along >= SAME_PLACE_MILLIMETRES)
}

/// The index of the place that a frame takes.
fn place_of(places: &[f64], along: f64) -> usize {
    places.partition_point(|place| *place <= along).saturating_sub(1)
}

/// Each row by itself, then against the places that most others take.
fn of_rows(rows: &[Vec<Place>], places: &[f64], apart: Option<f64>) -> Vec<MissingSlices> {
    let mut taken = vec![0_usize; places.len()];
    rows.iter().flatten().for_each(|frame| taken[place_of(places, frame.along)] += 1);
    let mut missing = Vec::new();
    for row in rows {
        let numbers: Option<Vec<i64>> = row.iter().map(|frame| frame.number).collect();
        let mut numbers = numbers.unwrap_or_default();
        numbers.sort_unstable();
        // Without numbers the maker's word is the number of frames, which is kept.
        let numbering = if numbers.is_empty() { Numbering::Unbroken } else { Numbering::of(&numbers) };
        let found = gaps::find(row, apart, numbering);
        missing.extend(found.iter().map(|gap| MissingSlices {
            count: gap.missing,
            between_millimetres: Some((row[gap.after].along, row[gap.after + 1].along)),
            doubtful: gap.certainty == Certainty::Weak || !matches!(numbering, Numbering::Broken { .. }),
            ..MissingSlices::default()
        }));
        if found.is_empty() && rows.len() > 1 {
            missing.extend(lacked(row, places, |place| taken[place] * 2 > rows.len()));
        }
    }
    missing
}

fn lacked(row: &[Place], places: &[f64], usual: impl Fn(usize) -> bool) -> Vec<MissingSlices> {
    let own: Vec<usize> = row.iter().map(|frame| place_of(places, frame.along)).collect();
    let steps = own.windows(2).map(|pair| (pair, (pair[0] + 1..pair[1]).filter(|place| usual(*place)).count()));
    let lacking: Vec<(&[usize], usize)> = steps.filter(|(_, count)| *count > 0).collect();
    let all: usize = lacking.iter().map(|(_, count)| count).sum();
    if all as f64 > LACKED_SHARE_MAX * row.len() as f64 {
        return Vec::new();
    }
    let gap = |(pair, count): (&[usize], usize)| MissingSlices {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        between_millimetres: Some((places[pair[0]], places[pair[1]])),
        doubtful: true,
        ..MissingSlices::default()
    };
    lacking.into_iter().map(gap).collect()
}

/// Frames that nothing tells apart: gaps in their places, and few places with fewer frames than all others.
fn together(rows: &[Vec<Place>], places: &[f64]) -> Vec<MissingSlices> {
    let mut counts = vec![0_usize; places.len()];
    rows.iter().flatten().for_each(|frame| counts[place_of(places, frame.along)] += 1);
    let usual = counts.iter().copied().max().unwrap_or(1);
    let full = counts.iter().filter(|count| **count == usual).count();
    let each = if full * 2 > counts.len() { usual } else { 1 };
    let row: Vec<Place> = places.iter().map(|along| Place { along: *along, number: None }).collect();
    let gap = |count: usize, between: (f64, f64)| MissingSlices {
        count: u32::try_from(count).unwrap_or(u32::MAX),
        between_millimetres: Some(between),
        doubtful: true,
        ..MissingSlices::default()
    };
    let found = gaps::find(&row, None, Numbering::Unbroken);
    let mut missing: Vec<MissingSlices> = found
        .into_iter()
        .map(|found| gap((found.missing as usize).saturating_mul(each), (places[found.after], places[found.after + 1])))
        .collect();
    let fewer: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] < usual).collect();
    let inside = |at: &usize| *at > 0 && *at + 1 < counts.len();
    let few = fewer.len() as f64 <= (LACKING_PLACES_SHARE_MAX * counts.len() as f64).max(1.0);
    if usual >= ROWS_MIN && counts.len() > FRAMES_MIN && few && fewer.iter().all(inside) {
        missing.extend(fewer.into_iter().map(|at| gap(usual - counts[at], (places[at], places[at]))));
    }
    missing
}

/// The same gap in several rows is told once.
fn merged(found: Vec<MissingSlices>) -> Vec<MissingSlices> {
    let mut merged: Vec<MissingSlices> = Vec::new();
    for gap in found {
        let same = |known: &&mut MissingSlices| {
            known.between_millimetres == gap.between_millimetres && known.doubtful == gap.doubtful
        };
        match merged.iter_mut().find(same) {
            Some(known) => known.count = known.count.saturating_add(gap.count),
            None => merged.push(gap),
        }
    }
    merged
}
