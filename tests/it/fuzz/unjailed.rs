//! Damaged copies examined in this process: many more rounds than in the jail, and a panic says where it was.

use super::{
    hammer::{Plan, ROUNDS, hammer},
    rounds,
    seeds::seeds,
    targets::documents,
};
use casegate::domain::path::RawName;

/// One round in so many for seeds that are not ours.
const BORROWED_PART: u64 = 20;

/// What a thread usually has.
const STACK_BYTES: usize = 8 << 20;

/// Proves that none of our own code panics over a damaged copy, and that none takes longer or more memory than it may.
#[test]
fn damaged_copies_panic_nowhere_in_our_code() {
    let seeds = seeds();
    let all = rounds(ROUNDS);
    let copies = hammer(&Plan {
        seeds: &seeds,
        rounds: all,
        borrowed_part: BORROWED_PART,
        stack_bytes: STACK_BYTES,
        work: &|seed, copy| drop(documents::examine(&RawName::from_text(&seed.name), copy)),
    });
    assert!(copies.len() > 90, "only {} seeds", copies.len());
    assert!(copies.iter().all(|copies| *copies >= all.div_ceil(BORROWED_PART)), "{copies:?}");
}
