//! A sheet of paper in a photo: its four edges, and the sheet as seen from straight above.
//!
//! Only when it is certain: a bright four-sided sheet that stands out from darker surroundings on all sides, whose
//! edges are straight and whose shape is that of paper. Otherwise the picture is left as it is.

use super::{
    grey::{Grey, histogram, percentile},
    resample,
};
use crate::domain::reading::Lay;

/// Longer side of the small picture in which edges are looked for.
const SMALL_SIDE: usize = 400;

/// The sheet takes up at least this share of the picture.
const SHARE_MIN: f32 = 0.2;

/// Shades by which paper must be brighter than what surrounds it.
const STEP_MIN: f32 = 40.0;

/// Part of the way from table to paper from which on a pixel is paper.
const STEP_PART: f32 = 0.35;

/// The darkest a table is taken to be: below, shades are noise.
const TABLE_MIN: f32 = 8.0;

/// A shadow leaves at least one part in so many of the light.
const SHADOW_MAX: f32 = 4.0;

/// The part of a border each way that stands for the table at a place of it.
const BORDER_PART: usize = 20;

/// Share of an edge's points that lie within a hundredth of the picture's side of its line.
const STRAIGHT_SHARE: f32 = 0.85;

/// Longer side over shorter side of paper: from square cards to long receipts.
const ASPECT_MAX: f32 = 4.0;

/// Opposite edges differ in length by no more than this part: more, and nobody would take the photo.
const OPPOSITE_MIN: f32 = 0.55;

type Point = (f32, f32);

/// Corners of the sheet: upper left, upper right, lower right, lower left.
pub(super) fn corners(grey: &Grey) -> Option<[Point; 4]> {
    let by = grey.width().max(grey.height()).div_ceil(SMALL_SIDE).max(1);
    let small = grey.shrunk(by);
    if small.width() < 40 || small.height() < 40 {
        return None;
    }
    let sheet = bright(&small)?;
    let found = quadrilateral(&sheet)?;
    if !is_plausible(&found, (small.width(), small.height())) {
        return None;
    }
    let scale = by as f32;
    Some(found.map(|(x, y)| ((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5)))
}

/// The sheet between these corners, seen from straight above, a pixel as large as it is where the sheet is nearest; and
/// where it lies in the photo.
pub(super) fn straightened(grey: &Grey, corners: &[Point; 4]) -> Option<(Grey, Lay)> {
    let [a, b, c, d] = *corners;
    let width = distance(a, b).max(distance(d, c)).round().max(1.0);
    let height = distance(a, d).max(distance(b, c)).round().max(1.0);
    let target = [(0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0)];
    let view = projection(&target, corners)?;
    let mut anew = Grey::filled(width as usize, height as usize, 255);
    for y in 0..anew.height() {
        for (x, out) in anew.row_mut(y).iter_mut().enumerate() {
            let (x, y) = (x as f64, y as f64);
            let depth = view[6] * x + view[7] * y + 1.0;
            let from = ((view[0] * x + view[1] * y + view[2]) / depth, (view[3] * x + view[4] * y + view[5]) / depth);
            *out = resample::sampled(grey, (from.0 as f32, from.1 as f32));
        }
    }
    let (wide, high) = ((width - 1.0).max(1.0), (height - 1.0).max(1.0));
    let (own_wide, own_high) = (grey.width() as f32, grey.height() as f32);
    let view = view.map(|value| value as f32);
    let [a, b, c, d, e, f, g, h] = view;
    let row = |x: f32, y: f32, constant: f32, size: f32| [x * wide / size, y * high / size, constant / size];
    let rows = [row(a, b, c, own_wide), row(d, e, f, own_high), row(g, h, 1.0, 1.0)];
    let mut lay = [0.0; 9];
    lay.iter_mut().zip(rows.as_flattened()).for_each(|(to, from)| *to = *from);
    Some((anew, Lay(lay)))
}

fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// First and last bright pixel of each row and column of the largest bright patch.
struct Sheet {
    width: usize,
    height: usize,
    rows: Vec<Option<(usize, usize)>>,
    columns: Vec<Option<(usize, usize)>>,
    area: f32,
}

/// Finds what is clearly brighter than the table would be there. A hand's shadow darkens table and paper alike, and paper in
/// it may be darker than the table beside it: what stays is how many times brighter paper is.
fn bright(small: &Grey) -> Option<Sheet> {
    let (width, height) = (small.width(), small.height());
    let table = Table::of(small);
    let ground = f32::from(percentile(&histogram(&table.border()), 0.9));
    let paper = f32::from(percentile(&histogram(small.pixels()), 0.75));
    if paper - ground < STEP_MIN {
        return None;
    }
    // On a black table a spot of light is many times as bright: what is taken for the table stays within reason.
    let lit = ground.max(TABLE_MIN);
    let times = 1.0 + (paper / lit - 1.0) * STEP_PART;
    let mut own = largest_patch(small, |x, y| table.shade(x, y).clamp(lit / SHADOW_MAX, lit) * times);
    fill_rows(&mut own, (width, height))
}

/// The shade of what the sheet lies on, as it is along the four borders of the picture.
struct Table {
    top: Vec<u8>,
    bottom: Vec<u8>,
    left: Vec<u8>,
    right: Vec<u8>,
}

impl Table {
    fn of(small: &Grey) -> Self {
        let (width, height) = (small.width(), small.height());
        let column = |x: usize| (0..height).map(|y| small.row(y)[x]).collect::<Vec<u8>>();
        let [top, bottom] = [small.row(0), small.row(height - 1)].map(lighter_around);
        let [left, right] = [column(0), column(width - 1)].map(|column| lighter_around(&column));
        Self { top, bottom, left, right }
    }

    fn border(&self) -> Vec<u8> {
        [self.top.as_slice(), &self.bottom, &self.left, &self.right].concat()
    }

    /// The shade at a place within: that of the nearest borders counts most.
    fn shade(&self, x: usize, y: usize) -> f32 {
        let (across, down) = (self.top.len(), self.left.len());
        let near =
            [(self.top[x], y), (self.bottom[x], down - 1 - y), (self.left[y], x), (self.right[y], across - 1 - x)];
        let weighed = near.map(|(shade, away)| (f32::from(shade), 1.0 / (away as f32 + 1.0)));
        let (sum, weights) =
            weighed.iter().fold((0.0, 0.0), |(sum, all), (shade, weight)| (sum + shade * weight, all + weight));
        sum / weights
    }
}

/// The lighter shades around each place of a border: the grain of wood and weave is evened out.
fn lighter_around(border: &[u8]) -> Vec<u8> {
    let reach = border.len() / BORDER_PART + 1;
    let around = |at: usize| &border[at.saturating_sub(reach)..(at + reach + 1).min(border.len())];
    (0..border.len()).map(|at| percentile(&histogram(around(at)), 0.9)).collect()
}

/// Marks the largest patch of pixels brighter than the threshold of their place.
fn largest_patch(small: &Grey, threshold: impl Fn(usize, usize) -> f32) -> Vec<bool> {
    let (width, height) = (small.width(), small.height());
    let bright: Vec<bool> =
        (0..width * height).map(|at| f32::from(small.pixels()[at]) > threshold(at % width, at / width)).collect();
    let mut seen = vec![false; width * height];
    let mut best: Vec<usize> = Vec::new();
    for start in 0..width * height {
        if seen[start] || !bright[start] {
            continue;
        }
        seen[start] = true;
        let mut patch = vec![start];
        let mut next = 0;
        while let Some(at) = patch.get(next).copied() {
            next += 1;
            let (x, y) = (at % width, at / width);
            let near = [
                (x > 0).then(|| at - 1),
                (x + 1 < width).then_some(at + 1),
                (y > 0).then(|| at - width),
                (y + 1 < height).then_some(at + width),
            ];
            for other in near.into_iter().flatten() {
                if !seen[other] && bright[other] {
                    seen[other] = true;
                    patch.push(other);
                }
            }
        }
        if patch.len() > best.len() {
            best = patch;
        }
    }
    let mut marked = vec![false; width * height];
    best.into_iter().for_each(|at| marked[at] = true);
    marked
}

fn fill_rows(own: &mut [bool], (width, height): (usize, usize)) -> Option<Sheet> {
    let ends = |line: &mut dyn Iterator<Item = bool>| {
        let marked: Vec<usize> = line.enumerate().filter(|(_, marked)| *marked).map(|(at, _)| at).collect();
        Some((*marked.first()?, *marked.last()?))
    };
    let rows: Vec<_> = (0..height).map(|y| ends(&mut own[y * width..(y + 1) * width].iter().copied())).collect();
    let columns: Vec<_> = (0..width).map(|x| ends(&mut (0..height).map(|y| own[y * width + x]))).collect();
    let area: usize = rows.iter().flatten().map(|(first, last)| last - first + 1).sum();
    let area = area as f32;
    (area >= SHARE_MIN * (width * height) as f32).then_some(Sheet { width, height, rows, columns, area })
}

/// Four straight edges around the sheet.
fn quadrilateral(sheet: &Sheet) -> Option<[Point; 4]> {
    let across = |side: fn(&(usize, usize)) -> usize| -> Vec<Point> {
        let rows = sheet.rows.iter().enumerate();
        rows.filter_map(|(y, ends)| Some((side(ends.as_ref()?) as f32, y as f32))).collect()
    };
    let down = |side: fn(&(usize, usize)) -> usize| -> Vec<Point> {
        let columns = sheet.columns.iter().enumerate();
        columns.filter_map(|(x, ends)| Some((x as f32, side(ends.as_ref()?) as f32))).collect()
    };
    let all: Vec<Point> = [across(|e| e.0), across(|e| e.1), down(|e| e.0), down(|e| e.1)].concat();
    let extreme =
        |weigh: fn(&Point) -> f32| all.iter().copied().min_by(|one, other| weigh(one).total_cmp(&weigh(other)));
    let rough = [extreme(|p| p.0 + p.1)?, extreme(|p| p.1 - p.0)?, extreme(|p| -p.0 - p.1)?, extreme(|p| p.0 - p.1)?];
    let tolerance = sheet.width.max(sheet.height) as f32 / 100.0;
    let mut lines = [Line::default(); 4];
    for (side, line) in lines.iter_mut().enumerate() {
        *line = edge(&all, (rough[side], rough[(side + 1) % 4]), tolerance)?;
    }
    let mut corners = [(0.0, 0.0); 4];
    for (side, corner) in corners.iter_mut().enumerate() {
        *corner = lines[(side + 3) % 4].crossing(&lines[side])?;
    }
    // The lines enclose what was bright, no more and no less.
    let enclosed = area(&corners);
    ((0.93..1.07).contains(&(sheet.area / enclosed))).then_some(corners)
}

fn area(corners: &[Point; 4]) -> f32 {
    let twice: f32 = (0..4)
        .map(|at| {
            let (a, b) = (corners[at], corners[(at + 1) % 4]);
            a.0 * b.1 - b.0 * a.1
        })
        .sum();
    twice.abs() / 2.0
}

/// A line as a normal of length one and its distance from the origin.
#[derive(Clone, Copy, Default)]
struct Line {
    normal: Point,
    offset: f32,
}

impl Line {
    fn away(&self, point: &Point) -> f32 {
        (self.normal.0 * point.0 + self.normal.1 * point.1 - self.offset).abs()
    }

    fn crossing(&self, other: &Self) -> Option<Point> {
        let determinant = self.normal.0 * other.normal.1 - other.normal.0 * self.normal.1;
        (determinant.abs() > 0.3).then(|| {
            let x = (self.offset * other.normal.1 - other.offset * self.normal.1) / determinant;
            let y = (self.normal.0 * other.offset - other.normal.0 * self.offset) / determinant;
            (x, y)
        })
    }
}

/// The line through the points along one edge, if they are on one.
fn edge(all: &[Point], (from, to): (Point, Point), tolerance: f32) -> Option<Line> {
    let length = distance(from, to);
    if length < 10.0 {
        return None;
    }
    let along = ((to.0 - from.0) / length, (to.1 - from.1) / length);
    let rough = Line { normal: (-along.1, along.0), offset: from.1 * along.0 - from.0 * along.1 };
    // Corners are round and sometimes bent: the middle of the edge decides.
    let near: Vec<Point> = all
        .iter()
        .copied()
        .filter(|point| {
            let at = (point.0 - from.0) * along.0 + (point.1 - from.1) * along.1;
            (length * 0.08..length * 0.92).contains(&at) && rough.away(point) < tolerance * 3.0
        })
        .collect();
    let fitted = fit(&near)?;
    let close: Vec<Point> = near.iter().copied().filter(|point| fitted.away(point) < tolerance).collect();
    let straight = close.len() as f32 >= STRAIGHT_SHARE * near.len() as f32;
    // Seen from rows or from columns, an edge has about a point for each pixel of its length.
    (straight && close.len() as f32 > length * 0.5).then(|| fit(&close))?
}

/// The line with the least squares of distances.
fn fit(points: &[Point]) -> Option<Line> {
    if points.len() < 8 {
        return None;
    }
    let count = points.len() as f32;
    let mean = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0 / count, sum.1 + point.1 / count));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for point in points {
        let (x, y) = (point.0 - mean.0, point.1 - mean.1);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let normal = (-angle.sin(), angle.cos());
    Some(Line { normal, offset: normal.0 * mean.0 + normal.1 * mean.1 })
}

/// The shape of paper, not of a window or a screen's reflection.
fn is_plausible(corners: &[Point; 4], (width, height): (usize, usize)) -> bool {
    let [a, b, c, d] = *corners;
    let (top, bottom, left, right) = (distance(a, b), distance(d, c), distance(a, d), distance(b, c));
    let alike = |one: f32, other: f32| one.min(other) >= OPPOSITE_MIN * one.max(other);
    let (across, down) = ((top + bottom) / 2.0, (left + right) / 2.0);
    let (slack_x, slack_y) = (width as f32 * 0.05, height as f32 * 0.05);
    let inside = corners.iter().all(|(x, y)| {
        (-slack_x..width as f32 + slack_x).contains(x) && (-slack_y..height as f32 + slack_y).contains(y)
    });
    let turns = (0..4).all(|at| {
        let (p, q, r) = (corners[at], corners[(at + 1) % 4], corners[(at + 2) % 4]);
        (q.0 - p.0) * (r.1 - q.1) - (q.1 - p.1) * (r.0 - q.0) > 0.0
    });
    inside && turns && alike(top, bottom) && alike(left, right) && across.max(down) / across.min(down) < ASPECT_MAX
}

/// The projective map that takes four points to four others: eight numbers, the ninth is one.
fn projection(from: &[Point; 4], to: &[Point; 4]) -> Option<[f64; 8]> {
    let mut rows = [[0.0_f64; 9]; 8];
    for (at, (source, target)) in from.iter().zip(to).enumerate() {
        let (x, y) = (f64::from(source.0), f64::from(source.1));
        let (u, v) = (f64::from(target.0), f64::from(target.1));
        rows[at * 2] = [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u];
        rows[at * 2 + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v];
    }
    for column in 0..8 {
        let pivot = (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].abs() < 1e-9 {
            return None;
        }
        let own = rows[column];
        for (at, row) in rows.iter_mut().enumerate() {
            if at != column {
                let factor = row[column] / own[column];
                row.iter_mut().zip(own).for_each(|(value, other)| *value -= factor * other);
            }
        }
    }
    let mut map = [0.0; 8];
    for (at, value) in map.iter_mut().enumerate() {
        *value = rows[at][8] / rows[at][at];
    }
    Some(map)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const SEEN: [Point; 4] = [(90.0, 60.0), (620.0, 110.0), (650.0, 820.0), (40.0, 860.0)];

    /// A page on a dark table, photographed from an angle.
    fn photo(ground: u8) -> Grey {
        let page = sample::page(600, 800);
        let flat = [(0.0, 0.0), (599.0, 0.0), (599.0, 799.0), (0.0, 799.0)];
        let view = projection(&SEEN, &flat).expect("a view");
        let mut photo = Grey::filled(720, 920, ground);
        for y in 0..920 {
            for (x, out) in photo.row_mut(y).iter_mut().enumerate() {
                let (x, y) = (x as f64, y as f64);
                let depth = view[6] * x + view[7] * y + 1.0;
                let u = (view[0] * x + view[1] * y + view[2]) / depth;
                let v = (view[3] * x + view[4] * y + view[5]) / depth;
                if (0.0..599.0).contains(&u) && (0.0..799.0).contains(&v) {
                    *out = resample::sampled(&page, (u as f32, v as f32));
                }
            }
        }
        photo
    }

    /// Proves that a page seen from an angle is found and laid flat: its letters come to where they were.
    #[test]
    fn perspective_is_undone() {
        let photo = photo(60);
        let found = corners(&photo).expect("a sheet");
        for (corner, seen) in found.iter().zip(SEEN) {
            assert!(distance(*corner, seen) < 3.0, "{corner:?} for {seen:?}");
        }
        let (flat, lay) = straightened(&photo, &found).expect("a view");
        for (corner, seen) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].into_iter().zip(SEEN) {
            let (x, y) = lay.point(corner);
            let at = (x * photo.width() as f32, y * photo.height() as f32);
            assert!(distance(at, seen) < 5.0, "{corner:?} lies at {at:?}, not {seen:?}");
        }
        let page = resample::resized(&sample::page(600, 800), flat.width(), flat.height());
        let share = |other: &Grey| {
            let pairs = other.pixels().iter().zip(page.pixels());
            pairs.filter(|(one, other)| one.abs_diff(**other) > 128).count() as f32 / page.pixels().len() as f32
        };
        // Half a pixel at the edge of each stroke may differ; taken as it lies, nearly all ink does.
        let as_it_lies = resample::resized(&photo, flat.width(), flat.height());
        assert!(share(&flat) < 0.05, "{} of the pixels differ", share(&flat));
        assert!(share(&as_it_lies) > 0.15, "{} of the pixels differ", share(&as_it_lies));
    }

    /// The same under a hand that keeps the light off a corner: table and paper there have this part of it, and the shadow's
    /// edge is soft.
    fn shaded(photo: &Grey, part: f32) -> Grey {
        let mut shaded = photo.clone();
        for y in 0..shaded.height() {
            for (x, shade) in shaded.row_mut(y).iter_mut().enumerate() {
                let away = (y as f32 - 560.0 - x as f32 * 0.4) / 60.0;
                *shade = (f32::from(*shade) * (1.0 - (1.0 - part) * away.clamp(0.0, 1.0))) as u8;
            }
        }
        shaded
    }

    /// Proves that the edge of a shadow over paper and table is not taken for that of the sheet, although paper in it is no
    /// lighter than the table beside it.
    #[test]
    fn a_shadow_ends_no_sheet() {
        for part in [0.65, 0.5, 0.4] {
            let found = corners(&shaded(&photo(80), part)).expect("a sheet");
            for (corner, seen) in found.iter().zip(SEEN) {
                assert!(distance(*corner, seen) < 6.0, "{corner:?} for {seen:?} in {part} of the light");
            }
        }
    }

    /// Proves that a spot of light at the border of a black table cuts no sheet in two.
    #[test]
    fn a_spot_on_a_black_table() {
        for ground in [0, 2, 8] {
            let mut photo = photo(ground);
            (0..12).for_each(|y| photo.row_mut(y)[320..380].fill(90));
            let found = corners(&photo).expect("a sheet");
            for (corner, seen) in found.iter().zip(SEEN) {
                assert!(distance(*corner, seen) < 6.0, "{corner:?} for {seen:?} on {ground}");
            }
        }
    }

    /// Proves that nothing is taken for a sheet where none stands out: a bright table, an even scan, a disc of light.
    #[test]
    fn doubtful_sheets_are_left() {
        assert_eq!(corners(&photo(240)), None);
        assert_eq!(corners(&sample::page(600, 800)), None);
        let mut lamp = Grey::filled(600, 600, 20);
        for y in 0..600 {
            for (x, out) in lamp.row_mut(y).iter_mut().enumerate() {
                if (x as f32 - 300.0).hypot(y as f32 - 300.0) < 250.0 {
                    *out = 250;
                }
            }
        }
        assert_eq!(corners(&lamp), None);
        assert_eq!(corners(&Grey::filled(3, 3, 9)), None);
    }
}
