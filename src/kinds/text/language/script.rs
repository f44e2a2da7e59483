//! The script of a letter, and the language where a script has only one.
//!
//! Ranges after the Unicode Character Database, `Blocks.txt`; only letters are asked about, so that whole blocks do.

/// A writing system, as far as it bears on language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Script {
    /// Told by statistics.
    Latin,
    /// Told by statistics.
    Cyrillic,
    /// Told by statistics.
    Arabic,
    /// Told by statistics.
    Devanagari,
    /// Chinese, or Japanese where kana stand beside it.
    Han,
    /// Japanese.
    Kana,
    /// A script with one language, by its tag; `und` where it has several or none that we know.
    One(&'static str),
}

/// First and last code point, and the script.
const BLOCKS: &[(u32, u32, Script)] = &[
    (0x0000, 0x024F, Script::Latin),
    (0x0370, 0x03FF, Script::One("el")),
    (0x0400, 0x052F, Script::Cyrillic),
    (0x0530, 0x058F, Script::One("hy")),
    (0x0590, 0x05FF, Script::One("he")),
    (0x0600, 0x06FF, Script::Arabic),
    (0x0700, 0x074F, Script::One("syr")),
    (0x0750, 0x077F, Script::Arabic),
    (0x0780, 0x07BF, Script::One("dv")),
    (0x07C0, 0x07FF, Script::One("nqo")),
    (0x0870, 0x08FF, Script::Arabic),
    (0x0900, 0x097F, Script::Devanagari),
    (0x0980, 0x09FF, Script::One("bn")),
    (0x0A00, 0x0A7F, Script::One("pa")),
    (0x0A80, 0x0AFF, Script::One("gu")),
    (0x0B00, 0x0B7F, Script::One("or")),
    (0x0B80, 0x0BFF, Script::One("ta")),
    (0x0C00, 0x0C7F, Script::One("te")),
    (0x0C80, 0x0CFF, Script::One("kn")),
    (0x0D00, 0x0D7F, Script::One("ml")),
    (0x0D80, 0x0DFF, Script::One("si")),
    (0x0E00, 0x0E7F, Script::One("th")),
    (0x0E80, 0x0EFF, Script::One("lo")),
    (0x0F00, 0x0FFF, Script::One("bo")),
    (0x1000, 0x109F, Script::One("my")),
    (0x10A0, 0x10FF, Script::One("ka")),
    (0x1100, 0x11FF, Script::One("ko")),
    (0x1200, 0x139F, Script::One("am")),
    (0x13A0, 0x13FF, Script::One("chr")),
    (0x1400, 0x167F, Script::One("iu")),
    (0x1780, 0x17FF, Script::One("km")),
    (0x1800, 0x18AF, Script::One("mn")),
    (0x1C80, 0x1C8F, Script::Cyrillic),
    (0x1C90, 0x1CBF, Script::One("ka")),
    (0x1E00, 0x1EFF, Script::Latin),
    (0x1F00, 0x1FFF, Script::One("el")),
    (0x2C60, 0x2C7F, Script::Latin),
    (0x2D00, 0x2D2F, Script::One("ka")),
    (0x2D30, 0x2D7F, Script::One("zgh")),
    (0x2D80, 0x2DDF, Script::One("am")),
    (0x2DE0, 0x2DFF, Script::Cyrillic),
    (0x3005, 0x3007, Script::Han),
    (0x3040, 0x30FF, Script::Kana),
    (0x3100, 0x312F, Script::Han),
    (0x3130, 0x318F, Script::One("ko")),
    (0x31A0, 0x31BF, Script::Han),
    (0x31F0, 0x31FF, Script::Kana),
    (0x3400, 0x4DBF, Script::Han),
    (0x4E00, 0x9FFF, Script::Han),
    (0xA640, 0xA69F, Script::Cyrillic),
    (0xA720, 0xA7FF, Script::Latin),
    (0xA8E0, 0xA8FF, Script::Devanagari),
    (0xA960, 0xA97F, Script::One("ko")),
    (0xAB30, 0xAB6F, Script::Latin),
    (0xAC00, 0xD7FF, Script::One("ko")),
    (0xF900, 0xFAFF, Script::Han),
    (0xFB00, 0xFB06, Script::Latin),
    (0xFB13, 0xFB17, Script::One("hy")),
    (0xFB1D, 0xFB4F, Script::One("he")),
    (0xFB50, 0xFDFF, Script::Arabic),
    (0xFE70, 0xFEFF, Script::Arabic),
    (0xFF21, 0xFF5A, Script::Latin),
    (0xFF66, 0xFF9F, Script::Kana),
    (0xFFA0, 0xFFDC, Script::One("ko")),
    (0x20000, 0x3FFFF, Script::Han),
];

impl Script {
    /// Of a letter; `None` for whatever is no letter, and for the ordinal signs and the micro sign, which stand in
    /// text of any language.
    pub(super) fn of(letter: char) -> Option<Self> {
        if !letter.is_alphabetic() || matches!(letter, 'ª' | 'º' | 'µ') {
            return None;
        }
        let code = u32::from(letter);
        let block = BLOCKS.partition_point(|(_, last, _)| *last < code);
        match BLOCKS.get(block) {
            Some((first, _, script)) if *first <= code => Some(*script),
            _ => Some(Self::One("und")),
        }
    }

    /// Letters of the alphabet that one of this script's signs is worth, about: a word of four or five Latin
    /// letters takes two characters in Chinese.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::Han | Self::Kana | Self::One("ko") => 2,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that the blocks ascend, which the search relies on, and that letters find their script.
    #[test]
    fn letters_have_scripts() {
        assert!(BLOCKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
        let of: Vec<_> = "añЖعह漢かกα".chars().map(Script::of).collect();
        let wanted = [
            Script::Latin,
            Script::Latin,
            Script::Cyrillic,
            Script::Arabic,
            Script::Devanagari,
            Script::Han,
            Script::Kana,
            Script::One("th"),
            Script::One("el"),
        ];
        assert_eq!(of, wanted.map(Some));
        assert_eq!("1 .-µ".chars().find_map(Script::of), None);
    }
}
