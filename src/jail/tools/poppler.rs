//! pdftotext and pdftoppm of poppler: what they are asked, and what their answers mean. Pure.
//!
//! The PDF goes in on standard input. Documents that need a password are not for them: it would stand on a command
//! line, which everybody on the machine can read. Sources: pdftotext(1), pdftoppm(1), pgm(5).

use crate::domain::{
    bulk::Bulk,
    facts::PageText,
    limits::{BITMAP_PIXELS_MAX, BITMAP_SIDE_PIXELS_MAX},
    reading::Bitmap,
};

/// What they read beside libraries: character maps, and fonts for documents that carry none.
pub(super) const READABLE: &[&str] = &[
    "/usr/share/poppler",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/etc/fonts",
    "/var/cache/fontconfig",
];

/// Runs of pages that follow each other, so that the program starts once for each; pages in order, each once.
pub(super) fn runs(pages: &[u32]) -> Vec<(u32, u32)> {
    let mut sorted: Vec<u32> = pages.iter().copied().filter(|page| *page > 0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for page in sorted {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(page) => *last = page,
            _ => runs.push((page, page)),
        }
    }
    runs
}

/// The arguments that ask for the text of a run of pages.
pub(super) fn text_of((first, last): (u32, u32)) -> Vec<String> {
    let (first, last) = (first.to_string(), last.to_string());
    ["-q", "-enc", "UTF-8", "-f", &first, "-l", &last, "-", "-"].into_iter().map(str::to_owned).collect()
}

/// Each page's text ends with a form feed.
pub fn texts(answer: &str, (first, last): (u32, u32)) -> Vec<PageText> {
    let texts = answer.split_terminator('\u{c}');
    (first..=last).zip(texts).map(|(page, text)| PageText { page, text: text.to_owned() }).collect()
}

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

    /// Proves that pages are asked for in runs, whatever order they come in.
    #[test]
    fn pages_come_in_runs() {
        assert_eq!(runs(&[7, 1, 3, 2, 2, 0, u32::MAX]), [(1, 3), (7, 7), (u32::MAX, u32::MAX)]);
        assert!(runs(&[]).is_empty());
    }

    /// Proves that each page has its own text, empty ones too, and none that was not asked for.
    #[test]
    fn texts_are_told_apart() {
        let pages = texts("one\n\u{c}\u{c}three\n\u{c}four\n\u{c}", (4, 6));
        let told: Vec<_> = pages.iter().map(|page| (page.page, page.text.as_str())).collect();
        assert_eq!(told, [(4, "one\n"), (5, ""), (6, "three\n")]);
    }

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
