//! Pictures that by their colours show a thing and no page: skin, plants, stained tissue. Paper, coloured paper and paper under a
//! lamp have less colour, and what is written on them is black or blue.

use super::PAGE_LINES_MIN;
use crate::domain::reading::PageLook;

/// Saturation of the ground from which it is hardly paper. Yellow forms and legal pads have 0.36, skin 0.35, leaves 0.6.
const GROUND_COLOUR_MIN: f32 = 0.4;

/// Redness of what is on the ground from which it is hardly writing: letters photographed on brown tables have up to 0.18, maps
/// 0.24, stained tissue 0.28 and more, a rash 0.7.
const INK_COLOUR_MIN: f32 = 0.25;

/// The same from which no paper and no marker is like it: notes on yellow slips have 0.5, a pink carbon copy 0.37.
const GROUND_COLOUR_VIVID: f32 = 0.55;
/// See `GROUND_COLOUR_VIVID`.
const INK_COLOUR_VIVID: f32 = 0.5;

/// Lines from which a coloured picture is a page all the same; ribs of a leaf and blades of grass come to 13.
const COLOURED_LINES_MIN: u32 = 2 * PAGE_LINES_MIN;

/// Does a picture show a thing, as far as its colours tell?
pub(super) fn is_thing(look: &PageLook) -> bool {
    is(look, GROUND_COLOUR_MIN, INK_COLOUR_MIN)
}

/// Does it show one for certain, so that letters seen on it are noise?
pub(super) fn is_surely_thing(look: &PageLook) -> bool {
    is(look, GROUND_COLOUR_VIVID, INK_COLOUR_VIVID)
}

fn is(look: &PageLook, ground: f32, ink: f32) -> bool {
    look.lines() < COLOURED_LINES_MIN && (look.ground_colour >= ground || look.ink_colour >= ink)
}

/// Lines enough for a page.
pub(super) fn has_page_lines(look: &PageLook) -> bool {
    look.lines() >= PAGE_LINES_MIN && !is_thing(look)
}
