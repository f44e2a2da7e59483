//! Damaged pages: examined, drawn, measured, made ready for reading, in this process.

use super::{
    hammer::{Plan, ROUNDS, hammer},
    pages::pages,
    rounds,
    seeds::{Seed, corpus},
    targets::documents,
};
use casegate::domain::{path::RawName, reading::Rendered};
use std::sync::atomic::{AtomicU64, Ordering};

/// What the jail gives to the thread that parses.
const STACK_BYTES: usize = 64 << 20;

/// Tiles of JPEG 2000 beyond which a copy is drawn in the jail only: 16,384 pixels each way in tiles of 256 have so many.
const TILES_MAX: u64 = 4_096;

/// Proves that neither examining nor drawing nor measuring nor preparing a damaged page panics in our own code, hangs, or
/// fills the memory, that what comes out is what it says of itself, and that every PDF and picture is gone through in two
/// hundred damaged copies, those of the reference corpus and the hostile ones too.
#[test]
fn damaged_pages_panic_nowhere_in_our_code() {
    let seeds = pages();
    let all = rounds(ROUNDS);
    let left_to_the_jail = AtomicU64::new(0);
    let copies = hammer(&Plan {
        seeds: &seeds,
        rounds: all,
        borrowed_part: 1,
        stack_bytes: STACK_BYTES,
        work: &|seed, copy| {
            let name = RawName::from_text(&seed.name);
            drop(documents::examine(&name, copy));
            if has_endless_tiles(copy) {
                left_to_the_jail.fetch_add(1, Ordering::Relaxed);
            } else {
                drop(documents::draw(&name, 1, copy));
            }
        },
    });
    let left_to_the_jail = left_to_the_jail.into_inner();
    println!("{left_to_the_jail} copies with endless tiles were drawn in the jail only");
    assert!(left_to_the_jail * 100 < all * copies.len() as u64, "too many are not drawn: {left_to_the_jail}");
    assert!(copies.iter().all(|copies| *copies >= all), "{copies:?}");
    let expected = if corpus().is_some() { 200 } else { 100 };
    assert!(copies.len() >= expected, "only {} seeds", copies.len());
}

/// Does a picture of JPEG 2000 in it say that it has very many tiles (ITU-T T.800, A.5.1)? The library asks for memory for all
/// of them at once, before it looks at the first: that is what the jail is for.
fn has_endless_tiles(copy: &[u8]) -> bool {
    const SIZE_MARK: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
    copy.windows(40).filter(|window| window.starts_with(&SIZE_MARK)).any(|window| {
        let number = |at: usize| u64::from(u32::from_be_bytes([0, 1, 2, 3].map(|byte| window[at + byte])));
        let tiles = |side: usize| number(8 + side).div_ceil(number(24 + side).max(1));
        tiles(0).saturating_mul(tiles(4)) > TILES_MAX
    })
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
