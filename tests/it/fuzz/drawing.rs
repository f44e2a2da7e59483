//! Damaged pages: examined, drawn, measured, made ready for reading, in this process.

use super::{
    hammer::{Plan, ROUNDS, hammer},
    pages::pages,
    rounds,
    seeds::{Seed, corpus},
    targets::documents,
};
use casegate::domain::{path::RawName, reading::Rendered};

/// What the jail gives to the thread that parses.
const STACK_BYTES: usize = 64 << 20;

/// Proves that neither examining nor drawing nor measuring nor preparing a damaged page panics in our own code, hangs, or
/// fills the memory, that what comes out is what it says of itself, and that every PDF and picture is gone through in two
/// hundred damaged copies, those of the reference corpus and the hostile ones too.
#[test]
fn damaged_pages_panic_nowhere_in_our_code() {
    let seeds = pages();
    let all = rounds(ROUNDS);
    let copies = hammer(&Plan {
        seeds: &seeds,
        rounds: all,
        borrowed_part: 1,
        stack_bytes: STACK_BYTES,
        work: &|seed, copy| {
            let name = RawName::from_text(&seed.name);
            drop(documents::examine(&name, copy));
            drop(documents::draw(&name, 1, copy));
        },
    });
    assert!(copies.iter().all(|copies| *copies >= all), "{copies:?}");
    let expected = if corpus().is_some() { 200 } else { 100 };
    assert!(copies.len() >= expected, "only {} seeds", copies.len());
}

/// Proves that every seed of the drawing targets is a page to begin with: damage to what never drew shows nothing. The
/// ones whose pixels are noise on purpose may come out blank.
#[test]
fn pages_draw_before_they_are_damaged() {
    let seeds: Vec<Seed> = pages().into_iter().filter(|seed| seed.name.contains("/fuzz/corpus/draw_")).collect();
    assert!(seeds.len() > 45, "only {} seeds", seeds.len());
    for seed in seeds {
        let rendered = documents::draw(&RawName::from_text(&seed.name), 1, &seed.bytes);
        assert!(!matches!(rendered, Rendered::Undrawable(_)), "{}: {rendered:?}", seed.name);
    }
}
