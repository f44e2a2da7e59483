//! Other sizes and small turns.
//!
//! Sizes are changed with the cubic of Catmull and Rom, which keeps edges of letters; its reach grows when a picture is
//! made smaller, so that nothing is skipped. Turns are taken with the same cubic in one step.

use super::grey::Grey;

/// Fixed point of the weights: fourteen bits keep sums of a hundred weighted bytes within 32 bits.
const ONE: f32 = 16_384.0;

/// The same picture at another size, at least one pixel each way.
pub(super) fn resized(grey: &Grey, width: usize, height: usize) -> Grey {
    let (width, height) = (width.max(1), height.max(1));
    if (width, height) == (grey.width(), grey.height()) {
        return grey.clone();
    }
    // The direction that loses pixels goes first: the other then has fewer to go over.
    if (height as f32 / grey.height() as f32) < (width as f32 / grey.width() as f32) {
        across(&down(grey, height), width)
    } else {
        down(&across(grey, width), height)
    }
}

/// The weights for one pixel that is made: which pixels it is made of, from where on.
struct Taps {
    first: usize,
    weights: Vec<i32>,
}

fn taps(from: usize, to: usize) -> Vec<Taps> {
    let ratio = from as f32 / to as f32;
    let stretch = ratio.max(1.0);
    let reach = 2.0 * stretch;
    (0..to)
        .map(|at| {
            let centre = (at as f32 + 0.5) * ratio - 0.5;
            let low = (centre - reach).ceil().max(0.0) as usize;
            let high = ((centre + reach).floor() as usize).min(from - 1);
            let first = low.min(high);
            let raw: Vec<f32> = (first..=high).map(|near| cubic((near as f32 - centre) / stretch)).collect();
            let sum: f32 = raw.iter().sum();
            let mut weights: Vec<i32> = raw.iter().map(|weight| (weight / sum * ONE).round() as i32).collect();
            // What rounding left over goes to the middle: an even shade stays even.
            let middle = weights.len() / 2;
            weights[middle] += ONE as i32 - weights.iter().sum::<i32>();
            Taps { first, weights }
        })
        .collect()
}

/// Catmull and Rom's cubic.
fn cubic(x: f32) -> f32 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

fn across(grey: &Grey, width: usize) -> Grey {
    let mut anew = Grey::filled(width, grey.height(), 0);
    let taps = taps(grey.width(), width);
    for y in 0..grey.height() {
        let row = grey.row(y);
        for (out, taps) in anew.row_mut(y).iter_mut().zip(&taps) {
            let pixels = &row[taps.first..taps.first + taps.weights.len()];
            let sum: i32 = pixels.iter().zip(&taps.weights).map(|(pixel, weight)| i32::from(*pixel) * weight).sum();
            *out = shade(sum);
        }
    }
    anew
}

fn down(grey: &Grey, height: usize) -> Grey {
    let mut anew = Grey::filled(grey.width(), height, 0);
    let mut sums = vec![0_i32; grey.width()];
    for (y, taps) in taps(grey.height(), height).iter().enumerate() {
        sums.fill(0);
        for (offset, weight) in taps.weights.iter().enumerate() {
            for (sum, pixel) in sums.iter_mut().zip(grey.row(taps.first + offset)) {
                *sum += i32::from(*pixel) * weight;
            }
        }
        for (out, sum) in anew.row_mut(y).iter_mut().zip(&sums) {
            *out = shade(*sum);
        }
    }
    anew
}

fn shade(sum: i32) -> u8 {
    ((sum + (1 << 13)) >> 14).clamp(0, 255) as u8
}

/// Turns a picture about its middle by so many degrees, clockwise as seen; what comes in from outside is white.
///
/// A turn is three slants, along rows, columns and rows again (A. W. Paeth, A Fast Algorithm for General Raster
/// Rotation, 1986): within a row all pixels then lie the same part of a pixel off, and are made in one go.
pub(super) fn turned(grey: &Grey, degrees: f32) -> Grey {
    let radians = degrees.to_radians();
    let along_rows = -(radians / 2.0).tan();
    // Rows move out on the first slant and back on the last: the room that they need in between.
    let room = (along_rows.abs() * grey.height() as f32 / 2.0).ceil() as usize + 2;
    let once = slanted_rows(&with_margins(grey, room), along_rows);
    let twice = slanted_columns(&once, radians.sin());
    without_margins(&slanted_rows(&twice, along_rows), room)
}

fn with_margins(grey: &Grey, room: usize) -> Grey {
    let mut anew = Grey::filled(grey.width() + 2 * room, grey.height(), 255);
    for y in 0..grey.height() {
        anew.row_mut(y)[room..room + grey.width()].copy_from_slice(grey.row(y));
    }
    anew
}

fn without_margins(grey: &Grey, room: usize) -> Grey {
    let width = grey.width() - 2 * room;
    let mut anew = Grey::filled(width, grey.height(), 255);
    for y in 0..grey.height() {
        anew.row_mut(y).copy_from_slice(&grey.row(y)[room..room + width]);
    }
    anew
}

/// Moves each row to the right by `slant` for every row that it lies below the middle.
fn slanted_rows(grey: &Grey, slant: f32) -> Grey {
    let width = grey.width();
    let middle = (grey.height() as f32 - 1.0) / 2.0;
    let mut anew = Grey::filled(width, grey.height(), 255);
    // White on both sides, so that every pixel has its four neighbours.
    let mut padded = vec![255_u8; width + 8];
    for y in 0..grey.height() {
        let shift = (y as f32 - middle) * slant;
        let (whole, part) = ((-shift).floor(), -shift - (-shift).floor());
        let weights = fixed(weights(part));
        padded[4..4 + width].copy_from_slice(grey.row(y));
        // Pixel x is made of those around x + whole; outside of the padding all is white.
        let whole = whole as i64;
        let (first, last) = ((-whole - 2).clamp(0, width as i64), (width as i64 - whole + 1).clamp(0, width as i64));
        let start = (first + whole + 3) as usize;
        let out = &mut anew.row_mut(y)[first as usize..last.max(first) as usize];
        for (out, four) in out.iter_mut().zip(padded[start.min(width + 4)..].windows(4)) {
            *out = shade(
                weights[0] * i32::from(four[0])
                    + weights[1] * i32::from(four[1])
                    + weights[2] * i32::from(four[2])
                    + weights[3] * i32::from(four[3]),
            );
        }
    }
    anew
}

/// Moves each column down by `slant` for every column that it lies right of the middle.
fn slanted_columns(grey: &Grey, slant: f32) -> Grey {
    let (width, height) = (grey.width(), grey.height());
    let middle = (width as f32 - 1.0) / 2.0;
    let mut anew = Grey::filled(width, height, 255);
    // Neighbouring columns move by the same number of whole rows: each such stretch is made row by row.
    let offset = |x: usize| -(x as f32 - middle) * slant;
    let mut left = 0;
    while left < width {
        let whole = offset(left).floor();
        let right = (left..width).find(|x| offset(*x).floor() != whole).unwrap_or(width);
        let weights: Vec<[i32; 4]> = (left..right).map(|x| fixed(weights(offset(x) - whole))).collect();
        for y in 0..height {
            let row = |by: i64| {
                let from = y as i64 + whole as i64 + by;
                let inside = (0..height as i64).contains(&from);
                inside.then(|| &grey.row(from as usize)[left..right])
            };
            let four = [row(-1), row(0), row(1), row(2)];
            if four.iter().all(Option::is_none) {
                continue;
            }
            let out = &mut anew.row_mut(y)[left..right];
            for (x, (out, weights)) in out.iter_mut().zip(&weights).enumerate() {
                let pixel = |row: Option<&[u8]>| row.map_or(255, |row| i32::from(row[x]));
                *out = shade(
                    weights[0] * pixel(four[0])
                        + weights[1] * pixel(four[1])
                        + weights[2] * pixel(four[2])
                        + weights[3] * pixel(four[3]),
                );
            }
        }
        left = right;
    }
    anew
}

/// Weights as whole numbers whose sum is exact, so that white stays white.
fn fixed(weights: [f32; 4]) -> [i32; 4] {
    let mut whole = weights.map(|weight| (weight * ONE).round() as i32);
    whole[1] += ONE as i32 - whole.iter().sum::<i32>();
    whole
}

/// The shade between pixels; white outside.
pub(super) fn sampled(grey: &Grey, (x, y): (f32, f32)) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (column, line) = (left as i64, top as i64);
    let (width, height) = (grey.width() as i64, grey.height() as i64);
    if column < -1 || line < -1 || column > width || line > height {
        return 255;
    }
    if column < 1 || line < 1 || column + 2 >= width || line + 2 >= height {
        return at_the_edge(grey, (x, y));
    }
    let (across, down) = (weights(x - left), weights(y - top));
    let mut sum = 0.0;
    let start = (line as usize - 1) * grey.width() + column as usize - 1;
    for (offset, weight) in down.iter().enumerate() {
        let from = start + offset * grey.width();
        let four = &grey.pixels()[from..from + 4];
        let row = across[0] * f32::from(four[0])
            + across[1] * f32::from(four[1])
            + across[2] * f32::from(four[2])
            + across[3] * f32::from(four[3]);
        sum += weight * row;
    }
    (sum + 0.5).clamp(0.0, 255.0) as u8
}

/// Weights of the four neighbours of a place between the second and the third.
fn weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2]
}

fn at_the_edge(grey: &Grey, (x, y): (f32, f32)) -> u8 {
    let (x, y) = (x.round() as i64, y.round() as i64);
    let inside = (0..grey.width() as i64).contains(&x) && (0..grey.height() as i64).contains(&y);
    if inside { grey.row(y as usize)[x as usize] } else { 255 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that an even shade stays even at any size, and that sizes are kept to.
    #[test]
    fn even_shades_stay_even() {
        let grey = Grey::filled(37, 23, 93);
        for (width, height) in [(1, 1), (11, 40), (100, 7), (37, 23)] {
            let other = resized(&grey, width, height);
            assert_eq!((other.width(), other.height()), (width, height));
            assert!(other.pixels().iter().all(|pixel| *pixel == 93), "{width} by {height}");
        }
    }

    /// Proves that a black square keeps its place and share when made larger and smaller.
    #[test]
    fn shapes_keep_their_place() {
        let mut grey = Grey::filled(40, 40, 255);
        for y in 10..20 {
            grey.row_mut(y)[20..30].fill(0);
        }
        for factor in [0.5_f32, 2.5] {
            let size = (40.0 * factor) as usize;
            let other = resized(&grey, size, size);
            let dark = other.pixels().iter().filter(|pixel| **pixel < 128).count() as f32;
            assert!((dark / (100.0 * factor * factor) - 1.0).abs() < 0.1, "{dark} dark pixels at {factor}");
            assert!(other.row((15.0 * factor) as usize)[(25.0 * factor) as usize] < 10);
        }
    }

    /// Proves that a turn goes clockwise and that white comes in.
    #[test]
    fn turns_go_clockwise() {
        let mut grey = Grey::filled(201, 201, 0);
        grey.row_mut(100)[200] = 255;
        for pixel in grey.pixels_mut().iter_mut() {
            *pixel = 0;
        }
        for y in 98..103 {
            grey.row_mut(y)[180..].fill(200);
        }
        let other = turned(&grey, 10.0);
        let right = (0..201).max_by_key(|y| u32::from(other.row(*y)[190])).expect("rows");
        assert!(right > 110, "the right end went down to row {right}");
        assert_eq!(other.row(0)[0], 255);
    }
}
