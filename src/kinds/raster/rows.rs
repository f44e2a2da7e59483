//! Takes a picture row by row and keeps it no larger than it may be drawn.

use super::grey::Grey;
use crate::domain::limits::{DRAWN_PIXELS_MAX, DRAWN_SIDE_PIXELS_MAX, Limits};

/// Takes rows from the top and joins so many pixels each way that the picture stays within the limit.
pub(super) struct Rows {
    width: usize,
    height: usize,
    by: usize,
    sums: Vec<u32>,
    taken: usize,
    pixels: Vec<u8>,
}

impl Rows {
    /// For a picture of that size.
    ///
    /// # Errors
    /// It has no pixels, or more than any picture that is read.
    pub(super) fn new((width, height): (u64, u64), limits: &Limits) -> Result<Self, &'static str> {
        let count = u128::from(width) * u128::from(height);
        if count == 0 {
            return Err("the picture has no pixels");
        }
        if count > u128::from(limits.picture_pixels_max) || width.max(height) > DRAWN_SIDE_PIXELS_MAX {
            return Err("the picture is too large");
        }
        let by = (count as f64 / DRAWN_PIXELS_MAX as f64).sqrt().ceil().max(1.0) as usize;
        // Both are within the limit of their product.
        let (width, height) = (width as usize, height as usize);
        let pixels = Vec::with_capacity(width.div_ceil(by) * height.div_ceil(by));
        Ok(Self { width, height, by, sums: vec![0; width.div_ceil(by)], taken: 0, pixels })
    }

    /// Pixels of the picture that make one of what is kept, each way.
    pub(super) fn by(&self) -> usize {
        self.by
    }

    /// Pixels of a row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Rows that are still to come.
    pub(super) fn missing(&self) -> usize {
        self.height - self.taken
    }

    /// Takes the next row; what is too short is filled up with white, and what comes after the last row is left.
    pub(super) fn push(&mut self, row: &[u8]) {
        if self.missing() == 0 {
            return;
        }
        let row = &row[..row.len().min(self.width)];
        if self.by == 1 {
            self.pixels.extend_from_slice(row);
            self.pixels.resize(self.pixels.len() + self.width - row.len(), 255);
            self.taken += 1;
            return;
        }
        let mut filled = 0;
        for (sum, block) in self.sums.iter_mut().zip(row.chunks(self.by)) {
            *sum += block.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
            *sum += 255 * (self.by - block.len()) as u32;
            filled += 1;
        }
        self.sums.iter_mut().skip(filled).for_each(|sum| *sum += 255 * self.by as u32);
        self.taken += 1;
        if self.taken.is_multiple_of(self.by) || self.missing() == 0 {
            let rows = (self.taken - 1) % self.by + 1;
            let count = (rows * self.by) as u32;
            self.pixels.extend(self.sums.iter().map(|sum| (sum / count) as u8));
            self.sums.fill(0);
        }
    }

    /// The picture; rows that did not come are white.
    pub(super) fn finish(mut self) -> Result<Grey, &'static str> {
        while self.missing() > 0 {
            self.push(&[]);
        }
        let (width, height) = (self.width.div_ceil(self.by), self.height.div_ceil(self.by));
        Grey::from_rows(width, height, self.pixels).ok_or("the picture has no pixels")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that rows are joined within the limit, that short and missing ones are white, and that bombs are refused.
    #[test]
    fn pictures_are_kept_small() {
        let limits = Limits::default();
        let mut rows = Rows::new((3, 2), &limits).expect("a small picture");
        rows.push(&[1, 2]);
        assert_eq!(rows.finish().expect("pixels").pixels(), [1, 2, 255, 255, 255, 255]);

        let (width, height) = (16_001, 10_001);
        let mut rows = Rows::new((width, height), &limits).expect("a large picture");
        assert_eq!(rows.by(), 3);
        let row = vec![90; width as usize];
        (0..height).for_each(|_| rows.push(&row));
        let grey = rows.finish().expect("pixels");
        assert_eq!((grey.width(), grey.height()), (5_334, 3_334));
        assert_eq!(grey.row(3_333)[0], 90);

        assert!(Rows::new((0, 7), &limits).is_err());
        assert!(Rows::new((u64::MAX, u64::MAX), &limits).is_err());
        assert!(Rows::new((50_001, 10_000), &limits).is_err());
        assert!(Rows::new((1, 200_000), &limits).is_ok() && Rows::new((1, 200_001), &limits).is_err());
    }
}
