//! Phases that say which they are (Temporal Position Identifier, Acquisition Number) where instance numbers tell nothing of
//! whole ones: each phase numbered from 1, or all moments of a place before the next place.
//!
//! What is found is doubtful: a scan may have been stopped, and moments chosen. Acquisitions that leap are ordinary.

use super::{MissingSlices, gaps::Numbering, stacks::Stack, volumes};
use std::collections::BTreeSet;

/// Share of the steps between temporal positions that must be one for the others to leave positions out.
const STEPS_ONE: f64 = 0.6;

/// Steps from which on that share means something.
const STEPS_MIN: usize = 3;

/// An attribute that says which phase an image is of.
type Attribute = fn(&crate::domain::imaging::Slicing) -> &str;

/// What the rows of a stack say of phases that are missing, wholly or at the end.
pub(super) fn find(stack: &Stack<'_, '_>, rows: &[Stack<'_, '_>], numbering: Numbering) -> Vec<MissingSlices> {
    if stack.places.len() < volumes::PLACES_MIN || numbering == Numbering::Unbroken {
        return Vec::new();
    }
    let positions = in_order(rows, |slicing| &slicing.temporal_position);
    let left_out = positions.as_ref().map_or(0, |positions| left_out(positions));
    if left_out > 0 {
        let count = left_out.saturating_mul(stack.places.len() as u64);
        return vec![MissingSlices { count: u32::try_from(count).unwrap_or(u32::MAX), ..doubtful() }];
    }
    // Where each image has a number of its own, numbers have said what there is to say.
    let ordered = positions.or_else(|| in_order(rows, |slicing| &slicing.acquisition));
    match (numbering, ordered) {
        (Numbering::Unusable, Some(ordered)) => ends_early(stack, &ordered).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The rows by what an attribute says, which all images of a row share and no two rows; `None` where that is not so.
fn in_order<'r, 's, 'a>(rows: &'r [Stack<'s, 'a>], attribute: Attribute) -> Option<Vec<(u32, &'r Stack<'s, 'a>)>> {
    let phase = |row: &'r Stack<'s, 'a>| {
        let values: BTreeSet<&str> = row.slices.iter().map(|(_, slice)| attribute(&slice.facts.slicing)).collect();
        let value = values.first().filter(|_| values.len() == 1)?;
        Some((value.trim().parse().ok()?, row))
    };
    let mut phases: Vec<(u32, &Stack<'_, '_>)> = rows.iter().map(phase).collect::<Option<_>>()?;
    phases.sort_by_key(|(phase, _)| *phase);
    phases.windows(2).all(|pair| pair[0].0 < pair[1].0).then_some(phases)
}

/// Positions that are left out where nearly all others follow each other, and no more than are here.
fn left_out(positions: &[(u32, &Stack<'_, '_>)]) -> u64 {
    let steps: Vec<u32> = positions.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    let ones = steps.iter().filter(|step| **step == 1).count();
    let left_out: u64 = steps.iter().map(|step| u64::from(step - 1)).sum();
    let usual = steps.len() >= STEPS_MIN && ones as f64 >= STEPS_ONE * steps.len() as f64;
    if usual && left_out <= positions.len() as u64 { left_out } else { 0 }
}

/// The first or last phase that has only the places at one end, where all others have all.
fn ends_early(stack: &Stack<'_, '_>, phases: &[(u32, &Stack<'_, '_>)]) -> Option<MissingSlices> {
    let all = stack.places.len();
    let parts: Vec<usize> = (0..phases.len()).filter(|at| phases[*at].1.slices.len() < all).collect();
    let [part] = parts[..] else { return None };
    let enough = phases.len() > volumes::whole_min(stack.slices.first()?.1);
    if !enough || (part > 0 && part + 1 < phases.len()) {
        return None;
    }
    let held = stack.places_of(phases[part].1);
    let (low, high) = (*held.first()?, *held.last()?);
    let run = high - low + 1 == held.len();
    let lacking = match (low, high + 1 == all) {
        (0, false) => (stack.places[high + 1], stack.places[all - 1]),
        (1.., true) => (stack.places[0], stack.places[low - 1]),
        _ => return None,
    };
    run.then(|| MissingSlices {
        count: u32::try_from(all - held.len()).unwrap_or(u32::MAX),
        between_millimetres: Some(lacking),
        ..doubtful()
    })
}

fn doubtful() -> MissingSlices {
    MissingSlices { doubtful: true, ..MissingSlices::default() }
}
