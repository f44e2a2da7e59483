//! Which of several copies of the same bytes is shown as the first, and the paths that follow from it.
//!
//! Which copy happened to be committed first, and so holds the bytes and has the members, says nothing to anybody and
//! may differ from run to run. The one that leads is of the earliest arrival, the least nested, with the shortest name,
//! since copies are called `letter (1)` and `Copy of letter`. Members are shown inside the copy that leads.

use crate::domain::{
    entry::{EntryRecord, EntryRow, Outcome},
    ids::{ArrivalId, EntryId},
};
use std::collections::HashMap;

/// How the entries of a case are shown.
pub(super) struct Shown {
    /// The path of each row.
    pub(super) paths: Vec<String>,
    /// By the entry that holds the bytes: the copy that leads.
    pub(super) leads: HashMap<EntryId, EntryId>,
}

/// Arrival, depth, length of the name, length of the path, path: the smallest leads.
type Key = (usize, u32, usize, usize, String);

/// Works from the outside inwards: where a container is shown is decided before its members' paths are.
pub(super) fn shown(rows: &[(EntryRow, EntryRecord)]) -> Shown {
    let places: HashMap<EntryId, usize> = rows.iter().enumerate().map(|(at, (row, _))| (row.id, at)).collect();
    let arrivals = arrivals(rows);
    let mut paths: Vec<String> = vec![String::new(); rows.len()];
    let mut leads: HashMap<EntryId, (Key, usize)> = HashMap::new();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| rows[*at].0.depth);
    for level in order.chunk_by(|a, b| rows[*a].0.depth == rows[*b].0.depth) {
        for &at in level {
            let (row, record) = &rows[at];
            let around =
                row.parent.map(|parent| leads.get(&parent).map(|(_, lead)| *lead).or(places.get(&parent).copied()));
            paths[at] = match around.flatten() {
                Some(container) => format!("{}!/{}", paths[container], record.name.shown()),
                None => record.name.shown(),
            };
        }
        for &at in level {
            let row = &rows[at].0;
            let path = &paths[at];
            let name = path.rsplit('/').next().map_or(0, str::len);
            let key = (arrivals[&row.arrival], row.depth, name, path.len(), path.clone());
            let best = leads.entry(holder(row)).or_insert_with(|| (key.clone(), at));
            if key < best.0 {
                *best = (key, at);
            }
        }
    }
    Shown { paths, leads: leads.into_iter().map(|(holder, (_, at))| (holder, rows[at].0.id)).collect() }
}

/// The entry that holds a row's bytes.
fn holder(row: &EntryRow) -> EntryId {
    match (row.outcome, row.twin) {
        (Some(Outcome::DuplicateOf), Some(twin)) => twin,
        _ => row.id,
    }
}

/// Arrivals in the order of their first entries.
fn arrivals(rows: &[(EntryRow, EntryRecord)]) -> HashMap<ArrivalId, usize> {
    let mut arrivals = HashMap::new();
    for (row, _) in rows {
        let next = arrivals.len();
        arrivals.entry(row.arrival).or_insert(next);
    }
    arrivals
}
