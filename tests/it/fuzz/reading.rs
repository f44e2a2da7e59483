//! Damaged pages as far as the outside program that reads them, in its jail. Skipped, with a message, where it is not
//! installed.

use super::{
    jailed::{Bytes, DRAWN_PIXELS_MAX, Trial},
    mutate::mutant,
    pages::pages,
    rounds,
};
use crate::support::random::{Random, seed};
use casegate::{
    domain::{
        limits::Limits,
        reading::{Bitmap, Rendered},
    },
    jail::{
        Layout, ReadOrder, Report, Task, Thresholding, ToolError, Tools,
        tools::{ToolHost, ToolsConfig, programs::Programs},
        worker::JailMode,
    },
};
use std::path::PathBuf;

/// Pages that are read: starting the program takes most of the time.
const ROUNDS: u64 = 24;

/// Copies after which a seed is given up: damage often leaves nothing to draw.
const COPIES_MAX: u32 = 12;

/// Seconds that a page may take; ones so small take none.
const PAGE_SECONDS: u64 = 30;

/// A damaged copy of the document that can still be drawn, as the jail draws it: damage may ask for any memory.
async fn damaged(drawer: &Trial, (name, bytes): (&str, &[u8]), random: &mut Random) -> Option<Bitmap> {
    for _ in 0..COPIES_MAX {
        let copy = Bytes(mutant(bytes, b"", random));
        if let Report::Rendered(rendered) = drawer.serve(Task::Render(1), (name, &copy)).await
            && let Rendered::Page { bitmap, .. } = *rendered
        {
            return Some(bitmap);
        }
    }
    None
}

/// Proves that whatever a damaged page is drawn as, the reader answers with words within it or gives up, and is there for
/// the next page.
#[tokio::test]
async fn damaged_pages_are_read_or_given_up() {
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_casegate"));
    let (mode, programs) = (JailMode::Strict, Programs::find());
    let config = ToolsConfig { executable, mode, at_once: 2, page_seconds: PAGE_SECONDS, programs };
    let host = ToolHost::open(config).await.unwrap();
    if !host.packs().iter().any(|pack| pack == "eng") {
        println!("skipped: tesseract with its English pack is not installed");
        return;
    }
    let seeds = pages();
    let limits = Limits { picture_pixels_max: DRAWN_PIXELS_MAX, ..Limits::default() };
    let drawer = Trial::new(Vec::new(), (&[], 0), limits);
    let wanted = rounds(ROUNDS);
    let mut random = Random::new(seed());
    let (mut read, mut given_up, mut words) = (0, 0, 0);
    while read + given_up < wanted {
        let seed = &seeds[random.below(seeds.len() as u64) as usize];
        let Some(bitmap) = damaged(&drawer, (&seed.name, &seed.bytes), &mut random).await else { continue };
        let layout = [Layout::Page, Layout::Scattered, Layout::Block][random.below(3) as usize];
        let thresholding = [Thresholding::Page, Thresholding::Local][random.below(2) as usize];
        match host.read(ReadOrder { bitmap: &bitmap, packs: &["eng"], thresholding, layout }).await {
            Ok(found) => {
                read += 1;
                words += found.len();
                let within = |place: [u32; 4]| place[0] + place[2] <= 10_000 && place[1] + place[3] <= 10_000;
                assert!(found.iter().all(|word| (0.0..=1.0).contains(&word.confidence)), "{}: {found:?}", seed.name);
                assert!(found.iter().all(|word| within(word.place.map(u32::from))), "{}: {found:?}", seed.name);
            }
            Err(ToolError::Failed(..) | ToolError::TooLong(..)) => given_up += 1,
            Err(error) => panic!("{}: {error}", seed.name),
        }
    }
    println!("{read} damaged pages were read, with {words} words; over {given_up} the reader gave up");
    assert!(read >= wanted / 2, "only {read} of {wanted}");
}
