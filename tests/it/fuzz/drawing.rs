//! Damaged pages: drawn, measured, made ready for reading, in this process.

use super::{
    hammer::{Plan, ROUNDS, hammer},
    rounds,
    seeds::{Seed, drawable},
    targets::documents,
};
use casegate::domain::{path::RawName, reading::Rendered};

/// One round in so many for seeds that are not ours.
const BORROWED_PART: u64 = 100;

/// What the jail gives to the thread that parses.
const STACK_BYTES: usize = 64 << 20;

/// Proves that neither drawing nor measuring nor preparing a damaged page panics in our own code, hangs, or fills the
/// memory, and that what comes out is what it says of itself.
#[test]
fn damaged_pages_panic_nowhere_in_our_code() {
    let seeds = drawable();
    let all = rounds(ROUNDS);
    let copies = hammer(&Plan {
        seeds: &seeds,
        rounds: all,
        borrowed_part: BORROWED_PART,
        stack_bytes: STACK_BYTES,
        work: &|seed, copy| drop(documents::draw(&RawName::from_text(&seed.name), 1, copy)),
    });
    assert!(copies > 70 * all, "only {copies} copies");
}

/// Proves that every seed of the drawing targets is a page to begin with: damage to what never drew shows nothing. The
/// ones whose pixels are noise on purpose may come out blank.
#[test]
fn pages_draw_before_they_are_damaged() {
    let seeds: Vec<Seed> = drawable().into_iter().filter(|seed| seed.name.contains("/fuzz/corpus/draw_")).collect();
    assert!(seeds.len() > 45, "only {} seeds", seeds.len());
    for seed in seeds {
        let rendered = documents::draw(&RawName::from_text(&seed.name), 1, &seed.bytes);
        assert!(!matches!(rendered, Rendered::Undrawable(_)), "{}: {rendered:?}", seed.name);
    }
}
