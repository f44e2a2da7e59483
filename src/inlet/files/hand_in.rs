//! Handing found files in: small neighbours are read together, a few batches at once, within bounds of files and bytes.

use super::{Found, Nature};
use crate::{
    domain::{
        facts::Observation,
        limits::{
            FILES_IN_FLIGHT_BYTES_MAX, FILES_IN_FLIGHT_MAX, FILES_READ_TOGETHER_BYTES_MAX, FILES_READ_TOGETHER_MAX,
        },
        path::RawName,
        reason::Reason,
    },
    pipeline::{
        self, Trouble,
        door::{Arrival, Door},
        receive::{FirstRead, Intake, MEMORY_BYTES_MAX, Receipt},
    },
};
use futures_util::future::try_join_all;
use std::{fs::File, path::Path};
use tokio::task::JoinSet;

/// What became of something that was found.
#[derive(Debug)]
pub enum Handed {
    /// It was taken.
    Taken(Receipt),
    /// It cannot be opened or read any more: its name, and what the system said.
    Closed(RawName, String),
}

/// Hands in what was found, a few at a time. `told` is called with what became of each.
///
/// # Errors
/// The store failed; what was acknowledged stays.
pub async fn hand_in(
    door: &Door,
    arrival: &Arrival,
    found: Vec<Found>,
    mut told: impl FnMut(Handed),
) -> Result<(), Trouble> {
    let mut under_way = UnderWay::default();
    for batch in batches(found) {
        while under_way.is_full(batch.load) {
            under_way.settle(&mut told).await?;
        }
        let (door, arrival) = (door.clone(), arrival.clone());
        under_way.load.add(batch.load);
        under_way.tasks.spawn(async move { (batch.load, hand_in_batch(&door, &arrival, batch.files).await) });
    }
    while !under_way.tasks.is_empty() {
        under_way.settle(&mut told).await?;
    }
    Ok(())
}

/// Files that are read in one visit to the threads that block, each with its place among all.
#[derive(Default)]
struct Batch {
    files: Vec<(u64, Found)>,
    load: Load,
}

/// What is under way.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Load {
    files: usize,
    /// What they take of memory; beyond what is kept of a file it is taken a part at a time.
    bytes: u64,
}

impl Load {
    fn add(&mut self, more: Self) {
        self.files += more.files;
        self.bytes += more.bytes;
    }

    fn take_off(&mut self, less: Self) {
        self.files -= less.files;
        self.bytes -= less.bytes;
    }

    const fn with(self, more: Self) -> Self {
        Self { files: self.files + more.files, bytes: self.bytes + more.bytes }
    }
}

/// Joins neighbours that are small; large files, and what has no bytes, go by themselves.
fn batches(found: Vec<Found>) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for (ordinal, one) in (0..).zip(found) {
        let load = Load { files: 1, bytes: one.bytes.min(MEMORY_BYTES_MAX as u64) };
        let together = batches.last_mut().filter(|batch| {
            let more = batch.load.with(load);
            more.files <= FILES_READ_TOGETHER_MAX && more.bytes <= FILES_READ_TOGETHER_BYTES_MAX
        });
        match together {
            Some(batch) => {
                batch.load.add(load);
                batch.files.push((ordinal, one));
            }
            None => batches.push(Batch { files: vec![(ordinal, one)], load }),
        }
    }
    batches
}

/// Files between being opened and their receipts.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<(Load, Result<Vec<Handed>, Trouble>)>,
    load: Load,
}

impl UnderWay {
    /// Must so much more wait? One batch alone never does.
    fn is_full(&self, more: Load) -> bool {
        let then = self.load.with(more);
        let crowded = then.files > FILES_IN_FLIGHT_MAX || then.bytes > FILES_IN_FLIGHT_BYTES_MAX;
        crowded && !self.tasks.is_empty()
    }

    async fn settle(&mut self, told: &mut impl FnMut(Handed)) -> Result<(), Trouble> {
        let Some(ended) = self.tasks.join_next().await else { return Ok(()) };
        let (load, handed) = ended.map_err(|e| Trouble::Retry { act: "taking a file", cause: pipeline::ended(&e) })?;
        self.load.take_off(load);
        handed?.into_iter().for_each(told);
        Ok(())
    }
}

/// Hands in files that are read one after the other and then written at the same time.
async fn hand_in_batch(door: &Door, arrival: &Arrival, files: Vec<(u64, Found)>) -> Result<Vec<Handed>, Trouble> {
    let (mut handed, mut sources) = (Vec::with_capacity(files.len()), Vec::with_capacity(files.len()));
    let mut names = Vec::with_capacity(files.len());
    for (ordinal, found) in files {
        if found.nature != Nature::Bytes || found.bytes > MEMORY_BYTES_MAX as u64 {
            let name = found.name.clone();
            handed.push(closed_or(name, hand_in_one(door, arrival, ordinal, found).await)?);
            continue;
        }
        let intake = opened(door, arrival, (ordinal, &found))?;
        names.push(found.name);
        let path = found.path;
        sources.push((intake, move || File::open(&path)));
    }
    let taken = Intake::take_each(sources).await?.into_iter().zip(names);
    let finished = try_join_all(taken.map(async |(taken, name)| match taken {
        Ok(intake) => closed_or(name, intake.finish().await),
        Err(trouble) => closed_or(name, Err(trouble)),
    }));
    handed.extend(finished.await?);
    Ok(handed)
}

/// That a file cannot be read is an answer; anything else concerns all of them.
fn closed_or(name: RawName, result: Result<Receipt, Trouble>) -> Result<Handed, Trouble> {
    match result {
        Ok(receipt) => Ok(Handed::Taken(receipt)),
        Err(Trouble::Source { cause, .. }) => Ok(Handed::Closed(name, cause)),
        Err(trouble) => Err(trouble),
    }
}

fn opened(door: &Door, arrival: &Arrival, (ordinal, found): (u64, &Found)) -> Result<Intake, Trouble> {
    let mut intake = door.open(arrival, ordinal, found.name.clone())?;
    intake.expect(found.bytes);
    Ok(intake)
}

/// Hands in one thing.
///
/// # Errors
/// As for [`hand_in`].
pub async fn hand_in_one(door: &Door, arrival: &Arrival, ordinal: u64, found: Found) -> Result<Receipt, Trouble> {
    let why = match found.nature {
        Nature::Bytes => None,
        Nature::Link => Some("a symbolic link; it is not followed"),
        Nature::Special => Some("a pipe, socket or device; it is not opened"),
    };
    if let Some(why) = why {
        let slot = Door::slot(arrival, ordinal, found.name);
        return door.list(slot, Observation::new(Reason::LinkEntry, why)).await;
    }
    let intake = opened(door, arrival, (ordinal, &found))?;
    if found.bytes > MEMORY_BYTES_MAX as u64
        && door.stores().catalog.holds_size(arrival.case, found.bytes).await?
        && let Some(receipt) = known(&intake, &found.path).await?
    {
        return Ok(receipt);
    }
    let path = found.path;
    intake.take(move || File::open(&path)).await?.finish().await
}

/// Reads a large file once without storing it, to see whether the case holds it already.
async fn known(intake: &Intake, path: &Path) -> Result<Option<Receipt>, Trouble> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || FirstRead::of(File::open(&path)?)).await;
    let read = read.map_err(|e| Trouble::Retry { act: "reading a file", cause: e.to_string() })?;
    let read = read.map_err(|e| Trouble::Source { act: "reading a file", cause: e.to_string() })?;
    intake.known(read).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::path::RawName;
    use std::path::PathBuf;

    fn found(bytes: u64) -> Found {
        Found { path: PathBuf::new(), name: RawName(Vec::new()), nature: Nature::Bytes, bytes }
    }

    /// Proves that few large files and many small ones are taken at once, and a file however large alone.
    #[tokio::test]
    async fn files_under_way_are_bounded() {
        let mut under_way = UnderWay::default();
        assert!(!under_way.is_full(Load { files: 1, bytes: u64::MAX }));
        let large = MEMORY_BYTES_MAX as u64;
        for (bytes, most) in [(large, 2), (1, FILES_IN_FLIGHT_MAX)] {
            let (one, mut count) = (Load { files: 1, bytes }, 0);
            while !under_way.is_full(one) {
                under_way.load.add(one);
                under_way.tasks.spawn(async move { (one, Err(Trouble::Full)) });
                count += 1;
            }
            assert_eq!(count, most);
            while !under_way.tasks.is_empty() {
                assert!(matches!(under_way.settle(&mut |_| ()).await, Err(Trouble::Full)));
            }
            assert_eq!(under_way.load, Load::default());
        }
    }

    /// Proves that neighbours that are small are read together up to both bounds, in their order, and none is left out.
    #[test]
    fn small_neighbours_are_read_together() {
        let check = |sizes: &[u64], expected: &[usize]| {
            let batches = batches(sizes.iter().map(|bytes| found(*bytes)).collect());
            let counts: Vec<_> = batches.iter().map(|batch| batch.files.len()).collect();
            assert_eq!(counts, expected, "{sizes:?}");
            let ordinals: Vec<u64> =
                batches.iter().flat_map(|batch| &batch.files).map(|(ordinal, _)| *ordinal).collect();
            assert_eq!(ordinals, (0..sizes.len() as u64).collect::<Vec<_>>());
            for batch in batches {
                let bytes = batch.files.iter().map(|(_, one)| one.bytes.min(MEMORY_BYTES_MAX as u64)).sum();
                assert_eq!(batch.load, Load { files: batch.files.len(), bytes });
            }
        };
        let (most, full) = (FILES_READ_TOGETHER_MAX, FILES_READ_TOGETHER_BYTES_MAX);
        check(&[], &[]);
        check(&vec![1; most + 1], &[most, 1]);
        check(&[full, 0, 1, full - 1, u64::MAX, 1], &[2, 2, 1, 1]);
    }
}
