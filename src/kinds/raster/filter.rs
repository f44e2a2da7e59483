//! Median of neighbours, and how noisy a picture is.

use super::grey::Grey;

/// The median of each pixel and its eight neighbours; the outermost pixels stay as they are.
pub(super) fn median(grey: &Grey) -> Grey {
    let mut anew = grey.clone();
    let width = grey.width();
    if width < 3 || grey.height() < 3 {
        return anew;
    }
    // The columns' three sorted values are shared by three neighbours (Paeth's way).
    let (mut low, mut middle, mut high) = (vec![0_u8; width], vec![0_u8; width], vec![0_u8; width]);
    for y in 1..grey.height() - 1 {
        let (above, here, below) = (grey.row(y - 1), grey.row(y), grey.row(y + 1));
        for x in 0..width {
            let (a, b, c) = (above[x], here[x], below[x]);
            let (small, large) = (a.min(b), a.max(b));
            low[x] = small.min(c);
            high[x] = large.max(c);
            middle[x] = small.max(large.min(c));
        }
        let out = &mut anew.row_mut(y)[1..width - 1];
        for (x, out) in out.iter_mut().enumerate() {
            let largest_low = low[x].max(low[x + 1]).max(low[x + 2]);
            let smallest_high = high[x].min(high[x + 1]).min(high[x + 2]);
            let of_middles = median_of_three(middle[x], middle[x + 1], middle[x + 2]);
            *out = median_of_three(largest_low, of_middles, smallest_high);
        }
    }
    anew
}

fn median_of_three(a: u8, b: u8, c: u8) -> u8 {
    a.min(b).max(a.max(b).min(c))
}

/// Standard deviation of the noise, in shades of grey. From the second differences that lines and slopes do not show
/// (J. Immerkær, Fast Noise Variance Estimation, 1996), their median in place of the mean, so that letters do not count.
pub(super) fn noise(grey: &Grey) -> f32 {
    let (width, height) = (grey.width(), grey.height());
    if width < 3 || height < 3 {
        return 0.0;
    }
    let mut counts = [0_u32; 2_048];
    // Every other row tells as much as all.
    for y in (1..height - 1).step_by(2) {
        let (above, here, below) = (grey.row(y - 1), grey.row(y), grey.row(y + 1));
        for x in 1..width - 1 {
            let sum = |row: &[u8]| i32::from(row[x - 1]) + i32::from(row[x + 1]) - 2 * i32::from(row[x]);
            let value = sum(above) + sum(below) - 2 * sum(here);
            counts[(value.unsigned_abs() as usize).min(2_047)] += 1;
        }
    }
    // Paper burnt out to pure white has no noise, and would hide that of the rest.
    let total: u32 = counts.iter().sum::<u32>() - counts[0] / 2;
    let (mut below, mut at) = (counts[0] - counts[0] / 2, 0);
    while below < total / 2 && at < 2_047 {
        at += 1;
        below += counts[at];
    }
    // The median of the absolute values of a normal distribution is 0.6745 of its deviation; the mask's weights make
    // six of one.
    at as f32 / 0.674_5 / 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that the median of nine is taken, and single specks go.
    #[test]
    fn specks_go() {
        let mut grey = Grey::from_rows(5, 5, (0..25).map(|n| n * 10).collect()).expect("25 pixels");
        let clean = median(&grey);
        assert_eq!(clean.row(2)[2], 120);
        grey.row_mut(2)[2] = 255;
        assert_eq!(median(&grey).row(2)[2], 130);
        assert_eq!(median(&grey).row(0), grey.row(0));
        let thin = Grey::filled(2, 9, 7);
        assert_eq!(median(&thin), thin);
    }

    /// Proves that noise of a known size is found, with letters-like bars or without.
    #[test]
    fn noise_is_measured() {
        let mut state = 1_u32;
        let mut next = || {
            // Sum of four uniform values: nearly normal.
            let mut sum = 0;
            for _ in 0..4 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                sum += (state >> 24) as i32 - 128;
            }
            sum
        };
        let mut grey = Grey::filled(300, 300, 200);
        for (at, pixel) in grey.pixels_mut().iter_mut().enumerate() {
            let ink = if (at / 300) % 30 < 4 && at % 20 < 8 { 120 } else { 0 };
            // Four uniform values of ±128 have a deviation of 147.8.
            *pixel = (200 - ink + next() * 8 / 148).clamp(0, 255) as u8;
        }
        let found = noise(&grey);
        assert!((found - 8.0).abs() < 2.0, "{found}");
        assert!(noise(&Grey::filled(50, 50, 9)) < 0.1);
    }
}
