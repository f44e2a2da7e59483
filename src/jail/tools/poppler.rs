//! pdftoppm of poppler: what it is asked, and what its answer means. Pure.
//!
//! The PDF goes in on standard input. A document that needs a password is not for it: that would stand on a command
//! line, which everybody on the machine can read. Sources: pdftoppm(1), pgm(5).

use crate::domain::{
    bulk::Bulk,
    limits::{BITMAP_PIXELS_MAX, BITMAP_SIDE_PIXELS_MAX},
    reading::Bitmap,
};

/// What it reads beside libraries: character maps, and fonts for documents that carry none.
pub(super) const READABLE: &[&str] = &[
    "/usr/share/poppler",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/var/cache/fontconfig",
];

/// The arguments that ask for a page's picture.
pub(super) fn picture_of(page: u32, dpi: u32) -> Vec<String> {
    let (page, dpi) = (page.to_string(), dpi.to_string());
    ["-q", "-gray", "-r", &dpi, "-f", &page, "-l", &page, "-"].into_iter().map(str::to_owned).collect()
}

/// The portable grey map that pdftoppm writes: `P5`, width, height, 255, then the pixels. A page of one pixel is how it
/// answers where it could not draw so large a page.
pub fn bitmap(mut answer: Vec<u8>, dpi: u32) -> Option<Bitmap> {
    let mut at = 0;
    let mut word = || {
        let rest = answer.get(at..at + 40.min(answer.len().saturating_sub(at)))?;
        let length = rest.iter().position(u8::is_ascii_whitespace)?;
        at += length + 1;
        std::str::from_utf8(&rest[..length]).ok()
    };
    let magic = word()?;
    let [width, height, white] = [word()?.parse().ok()?, word()?.parse().ok()?, word()?.parse::<u32>().ok()?];
    let pixels = u64::from(width) * u64::from(height);
    let possible = magic == "P5"
        && white == 255
        && (2..=BITMAP_PIXELS_MAX).contains(&pixels)
        && width.max(height) <= BITMAP_SIDE_PIXELS_MAX
        && (answer.len() - at) as u64 == pixels;
    possible.then(|| {
        answer.drain(..at);
        Bitmap { width, height, dpi, grey: Bulk(answer) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that a grey map is read, and that one that lies about itself is not.
    #[test]
    fn grey_maps_are_read() {
        let read = bitmap(b"P5\n2 3\n255\nabcdef".to_vec(), 72).expect("a page");
        assert_eq!((read.width, read.height, read.dpi, read.grey.0.as_slice()), (2, 3, 72, b"abcdef".as_slice()));
        for broken in [
            "",
            "P5",
            "P5\n2 3\n255\nabcde",
            "P6\n2 3\n255\nabcdef",
            "P5\n0 3\n255\n",
            "P5\n1 1\n255\na",
            "P5\n2 3\n65535\nabcdef",
        ] {
            assert_eq!(bitmap(broken.as_bytes().to_vec(), 72), None, "{broken}");
        }
    }
}
