//! Ink on flattened paper: which pixels are ink, and the pieces that hang together.

use super::{
    filter,
    grey::{Grey, histogram, percentile},
};

/// Ink is darker than paper by at least this much, however faint it is.
const GAP_MIN: f32 = 24.0;

/// And by this many deviations of the paper's noise.
const GAP_NOISES: f32 = 4.0;

/// And by this part of the way from paper to the page's darkest ink.
const GAP_PART: f32 = 0.4;

/// Share of the pixels that are surely ink on any page with some lines of text.
const DARKEST_SHARE: f32 = 0.005;

/// Runs of ink in one page; beyond, it is no writing. A page of dense text at 300 dpi has about 400,000.
const RUNS_MAX: usize = 3_000_000;

/// A piece of ink whose pixels touch each other, corners included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// Column of its leftmost pixel.
    pub(super) left: u32,
    /// Row of its topmost pixel.
    pub(super) top: u32,
    /// Column behind its rightmost pixel.
    pub(super) right: u32,
    /// Row behind its lowest pixel.
    pub(super) bottom: u32,
    /// Pixels of ink.
    pub(super) area: u32,
}

impl Piece {
    /// Pixels across.
    pub(super) fn width(&self) -> u32 {
        self.right - self.left
    }

    /// Pixels down.
    pub(super) fn height(&self) -> u32 {
        self.bottom - self.top
    }

    /// Share of its box that is ink.
    pub(super) fn fill(&self) -> f32 {
        self.area as f32 / (self.width() * self.height()).max(1) as f32
    }
}

/// The ink of a page.
pub(super) struct Ink {
    /// Deviation of the paper's noise.
    pub(super) noise: f32,
    /// Shade of the paper.
    pub(super) paper: f32,
    /// Shades by which ink is darker than that.
    pub(super) gap: f32,
    /// Share of the pixels that are ink.
    pub(super) share: f32,
    /// Its pieces; none where there are too many to be writing.
    pub(super) pieces: Vec<Piece>,
}

/// Finds the ink of a page whose paper is white.
pub(super) fn ink(flat: &Grey) -> Ink {
    let noise = filter::noise(flat);
    let counts = histogram(flat.pixels());
    let paper = f32::from(percentile(&counts, 0.5));
    let darkest = f32::from(percentile(&counts, DARKEST_SHARE));
    let gap = ((paper - darkest) * GAP_PART).max(noise * GAP_NOISES).max(GAP_MIN);
    let threshold = (paper - gap).max(1.0) as u8;
    let dark: u64 = counts[..usize::from(threshold)].iter().map(|count| u64::from(*count)).sum();
    let share = dark as f32 / flat.pixels().len().max(1) as f32;
    Ink { noise, paper, gap, share, pieces: pieces(flat, threshold) }
}

/// A run of ink in one row.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    end: u32,
    label: u32,
}

/// Pieces of what is darker than the threshold, in no order that matters.
fn pieces(flat: &Grey, threshold: u8) -> Vec<Piece> {
    let mut parents: Vec<u32> = Vec::new();
    let mut found: Vec<Piece> = Vec::new();
    let (mut above, mut here): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
    let mut runs = 0;
    for y in 0..flat.height() {
        here.clear();
        take_runs(flat.row(y), threshold, &mut here);
        runs += here.len();
        if runs > RUNS_MAX {
            return Vec::new();
        }
        let mut from = 0;
        for run in &mut here {
            while from < above.len() && above[from].end < run.start {
                from += 1;
            }
            let mut at = from;
            let mut label = None;
            // Corners count: runs touch when one ends where the other begins, in the next row.
            while at < above.len() && above[at].start <= run.end {
                let other = root(&mut parents, above[at].label);
                label = Some(match label {
                    None => other,
                    Some(own) => join(&mut parents, &mut found, own, other),
                });
                at += 1;
            }
            run.label = label.unwrap_or_else(|| {
                parents.push(parents.len() as u32);
                found.push(Piece { left: u32::MAX, top: y as u32, right: 0, bottom: 0, area: 0 });
                parents.len() as u32 - 1
            });
            let piece = &mut found[run.label as usize];
            piece.left = piece.left.min(run.start);
            piece.right = piece.right.max(run.end);
            piece.bottom = y as u32 + 1;
            piece.area += run.end - run.start;
        }
        std::mem::swap(&mut above, &mut here);
    }
    let is_root = |(label, _): &(usize, Piece)| parents[*label] as usize == *label;
    found.into_iter().enumerate().filter(is_root).map(|(_, piece)| piece).collect()
}

fn take_runs(row: &[u8], threshold: u8, runs: &mut Vec<Run>) {
    let mut x = 0;
    while let Some(start) = row[x..].iter().position(|pixel| *pixel < threshold) {
        let start = x + start;
        let length = row[start..].iter().position(|pixel| *pixel >= threshold).unwrap_or(row.len() - start);
        runs.push(Run { start: start as u32, end: (start + length) as u32, label: 0 });
        x = start + length;
    }
}

fn root(parents: &mut [u32], mut label: u32) -> u32 {
    while parents[label as usize] != label {
        let above = parents[parents[label as usize] as usize];
        parents[label as usize] = above;
        label = above;
    }
    label
}

fn join(parents: &mut [u32], found: &mut [Piece], one: u32, other: u32) -> u32 {
    let (one, other) = (root(parents, one), root(parents, other));
    if one == other {
        return one;
    }
    let (keep, give) = (one.min(other), one.max(other));
    parents[give as usize] = keep;
    let given = found[give as usize];
    let kept = &mut found[keep as usize];
    kept.left = kept.left.min(given.left);
    kept.top = kept.top.min(given.top);
    kept.right = kept.right.max(given.right);
    kept.bottom = kept.bottom.max(given.bottom);
    kept.area += given.area;
    keep
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[&str]) -> Vec<Piece> {
        let pixels = rows.iter().flat_map(|row| row.bytes().map(|c| if c == b'#' { 0 } else { 255 })).collect();
        let grey = Grey::from_rows(rows[0].len(), rows.len(), pixels).expect("rows of one length");
        let mut found = pieces(&grey, 128);
        found.sort_by_key(|piece| (piece.top, piece.left));
        found
    }

    /// Proves that touching runs, by corners and around bends, become one piece, and others do not.
    #[test]
    fn pieces_hang_together() {
        let found = of(&["#..#.", "#..#.", ".##..", "....#", "#...."]);
        let boxes: Vec<_> = found.iter().map(|p| (p.left, p.top, p.right, p.bottom, p.area)).collect();
        assert_eq!(boxes, [(0, 0, 4, 3, 6), (4, 3, 5, 4, 1), (0, 4, 1, 5, 1)]);
        let ring = of(&["####", "#..#", "####"]);
        assert_eq!(ring.len(), 1);
        assert_eq!((ring[0].area, ring[0].fill()), (10, 10.0 / 12.0));
        assert!(of(&["....", "...."]).is_empty());
    }

    /// Proves that a page of nothing but checks is not taken apart into millions of pieces.
    #[test]
    fn too_many_runs_are_no_writing() {
        let pixels = (0..4_000_usize * 2_000).map(|at| if (at + at / 4_000).is_multiple_of(2) { 0 } else { 255 });
        let grey = Grey::from_rows(4_000, 2_000, pixels.collect()).expect("eight million pixels");
        assert!(pieces(&grey, 128).is_empty());
    }
}
