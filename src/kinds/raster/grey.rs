//! A picture in shades of grey, and the plain operations on it.

/// One byte a pixel, 0 black to 255 white, rows from the top, without padding.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// One shade all over.
    pub(crate) fn filled(width: usize, height: usize, shade: u8) -> Self {
        Self { width, height, pixels: vec![shade; width * height] }
    }

    /// Takes rows as they are; `None` unless there are exactly as many pixels as width and height say, and at least one.
    pub(crate) fn from_rows(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && width.checked_mul(height) == Some(pixels.len());
        fits.then_some(Self { width, height, pixels })
    }

    /// Pixels of a row.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row after row.
    pub(crate) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// All pixels, to be changed one by one.
    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The pixels alone.
    pub(crate) fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// One row; the last one for any beyond.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let start = y.min(self.height.saturating_sub(1)) * self.width;
        &self.pixels[start..start + self.width]
    }

    /// One row, to be changed.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let start = y.min(self.height.saturating_sub(1)) * self.width;
        &mut self.pixels[start..start + self.width]
    }

    /// White becomes black.
    pub(crate) fn invert(&mut self) {
        for pixel in &mut self.pixels {
            *pixel = !*pixel;
        }
    }

    /// Every `by` by `by` pixels become one, their mean. What is left at the right and lower edge is a smaller block.
    pub(crate) fn shrunk(&self, by: usize) -> Self {
        if by <= 1 {
            return self.clone();
        }
        let (width, height) = (self.width.div_ceil(by), self.height.div_ceil(by));
        let mut anew = Self::filled(width, height, 0);
        let mut sums = vec![0_u32; width];
        for y in 0..height {
            sums.fill(0);
            let rows = y * by..((y + 1) * by).min(self.height);
            let count = rows.len() as u32;
            for row in rows {
                for (sum, block) in sums.iter_mut().zip(self.row(row).chunks(by)) {
                    *sum += block.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
                }
            }
            for (x, (out, sum)) in anew.row_mut(y).iter_mut().zip(&sums).enumerate() {
                let across = by.min(self.width - x * by) as u32;
                let pixels = across * count;
                *out = ((sum + pixels / 2) / pixels) as u8;
            }
        }
        anew
    }

    /// Set upright from an orientation as EXIF and TIFF number them (TIFF 6.0, tag 274): what the number calls the
    /// top row and left column become them. Any other number than 2 to 8 leaves it as it is.
    pub(crate) fn oriented(self, orientation: u8) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (w, h) = (self.width, self.height);
        let swapped = orientation >= 5;
        let (width, height) = if swapped { (h, w) } else { (w, h) };
        let mut pixels = Vec::with_capacity(w * h);
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                pixels.push(self.pixels[from_y * w + from_x]);
            }
        }
        Self { width, height, pixels }
    }
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({} by {})", self.width, self.height)
    }
}

/// How often each shade occurs.
pub(crate) fn histogram<'a>(pixels: impl IntoIterator<Item = &'a u8>) -> [u32; 256] {
    let mut counts = [0_u32; 256];
    for pixel in pixels {
        counts[usize::from(*pixel)] += 1;
    }
    counts
}

/// The shade below or at which this share of the pixels lies; 0 where there are none.
pub(crate) fn percentile(counts: &[u32; 256], share: f32) -> u8 {
    let total: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let wanted = (total as f64 * f64::from(share)).ceil().max(1.0) as u64;
    let mut below = 0_u64;
    for (shade, count) in counts.iter().enumerate() {
        below += u64::from(*count);
        if below >= wanted {
            return shade as u8;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered() -> Grey {
        Grey::from_rows(3, 2, vec![1, 2, 3, 4, 5, 6]).expect("six pixels")
    }

    /// Proves that each orientation puts the pixel that EXIF calls the first into the upper left corner.
    #[test]
    fn orientations_are_undone() {
        let rows = |orientation| numbered().oriented(orientation).into_pixels();
        assert_eq!(rows(1), [1, 2, 3, 4, 5, 6]);
        assert_eq!(rows(2), [3, 2, 1, 6, 5, 4]);
        assert_eq!(rows(3), [6, 5, 4, 3, 2, 1]);
        assert_eq!(rows(4), [4, 5, 6, 1, 2, 3]);
        assert_eq!(rows(5), [1, 4, 2, 5, 3, 6]);
        assert_eq!(rows(6), [4, 1, 5, 2, 6, 3]);
        assert_eq!(rows(7), [6, 3, 5, 2, 4, 1]);
        assert_eq!(rows(8), [3, 6, 2, 5, 1, 4]);
        assert_eq!(rows(0), rows(1));
        let turned = numbered().oriented(6);
        assert_eq!((turned.width(), turned.height()), (2, 3));
    }

    /// Proves that shrinking gives means, at the odd edges too, and that wrong sizes are refused.
    #[test]
    fn blocks_become_their_means() {
        let small = numbered().shrunk(2);
        assert_eq!((small.width(), small.height(), small.pixels()), (2, 1, [3, 5].as_slice()));
        assert_eq!(Grey::from_rows(3, 2, vec![0; 5]), None);
        assert_eq!(Grey::from_rows(0, 0, vec![]), None);
        assert_eq!(Grey::from_rows(usize::MAX, 2, vec![0; 2]), None);
    }

    /// Proves that percentiles are those of the sorted pixels.
    #[test]
    fn percentiles_are_found() {
        let counts = histogram(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        assert_eq!(percentile(&counts, 0.05), 10);
        assert_eq!(percentile(&counts, 0.5), 50);
        assert_eq!(percentile(&counts, 1.0), 100);
        assert_eq!(percentile(&[0; 256], 0.5), 0);
    }
}
