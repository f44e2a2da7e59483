//! Pages for the tests, drawn letter by letter.

use super::grey::Grey;

/// Rows of a letter on a page.
pub(super) const LETTER_HEIGHT: usize = 21;

/// Dots that make one pixel of a letter, each way.
const SCALE: usize = 3;

/// Capital letters in five by seven dots, a row five bits.
const FONT: [(char, [u8; 7]); 12] = [
    ('A', [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]),
    ('C', [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E]),
    ('D', [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E]),
    ('E', [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F]),
    ('H', [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11]),
    ('I', [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E]),
    ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F]),
    ('N', [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11]),
    ('O', [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E]),
    ('R', [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11]),
    ('S', [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E]),
    ('T', [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
];

/// What stands on a page, over and over.
const TEXT: &str = "THE CHILD HAS NO OTHER ILLNESS AND RETURNS TO CLINIC IN TEN DAYS ";

/// A page of black letters on white, in lines up to its margins.
pub(super) fn page(width: usize, height: usize) -> Grey {
    let mut page = Grey::filled(width, height, 255);
    let (margin, advance, leading) = (width / 10, 6 * SCALE, LETTER_HEIGHT * 2);
    let mut text = TEXT.chars().cycle();
    let mut top = margin;
    while top + LETTER_HEIGHT + margin <= height {
        let mut left = margin;
        while left + advance + margin <= width {
            let letter = text.next().unwrap_or(' ');
            write(&mut page, letter, (left, top));
            left += advance;
        }
        top += leading;
    }
    page
}

/// Draws one letter with its upper left corner there; others than capital letters of the font are blank.
pub(super) fn write(page: &mut Grey, letter: char, (left, top): (usize, usize)) {
    let Some((_, rows)) = FONT.iter().find(|(known, _)| *known == letter) else { return };
    for (y, row) in rows.iter().enumerate() {
        for x in (0..5).filter(|x| row >> (4 - x) & 1 == 1) {
            for down in 0..SCALE {
                let start = left + x * SCALE;
                page.row_mut(top + y * SCALE + down)[start..start + SCALE].fill(0);
            }
        }
    }
}
