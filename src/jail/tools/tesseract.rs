//! tesseract: what it is asked, and what its answers mean. Pure.
//!
//! It is given our own bitmaps on standard input and answers on standard output. Sources: tesseract(1) of version 5;
//! for the table, `TessTsvRenderer` in its renderer's documentation ("TSV output").

use crate::domain::{
    limits::{BITMAP_PIXELS_MAX, BITMAP_SIDE_PIXELS_MAX},
    reading::{Bitmap, ReadWord},
};
use crate::jail::{Layout, ReadOrder, Stands, Thresholding};
use std::path::PathBuf;

/// What the installed program can read with.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Library {
    /// Its folder of language packs.
    pub folder: PathBuf,
    /// The packs for reading, by name.
    pub packs: Vec<String>,
    /// Whether the pack that tells how a page stands is there.
    pub orientation: bool,
}

/// Packs that are no languages: how a page stands, and formulas of an old version.
const NO_LANGUAGES: &[&str] = &["osd", "equ"];

impl Library {
    /// From the answer to `--list-langs`: a line that names the folder in quotes, then a pack a line.
    pub fn parse(answer: &str) -> Option<Self> {
        let mut lines = answer.lines();
        let folder = PathBuf::from(lines.next()?.split('"').nth(1)?);
        let names: Vec<&str> = lines.map(str::trim).filter(|name| is_pack(name)).collect();
        let orientation = names.contains(&"osd");
        let languages = names.into_iter().filter(|name| !NO_LANGUAGES.contains(name));
        Some(Self { folder, packs: languages.map(str::to_owned).collect(), orientation })
    }
}

/// Letters, digits, `_`, and `/` before the name of a script: nothing that could be an option or join another pack.
fn is_pack(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'/')
}

/// The bitmap's head as a portable grey map (pgm(5)), or why it cannot be read.
pub(super) fn head(bitmap: &Bitmap) -> Result<Vec<u8>, String> {
    let (width, height) = (bitmap.width, bitmap.height);
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 || pixels != bitmap.grey.0.len() as u64 {
        return Err(format!("{width} by {height} pixels in {} bytes", bitmap.grey.0.len()));
    }
    if pixels > BITMAP_PIXELS_MAX || width.max(height) > BITMAP_SIDE_PIXELS_MAX {
        return Err(format!("{width} by {height} pixels are too many"));
    }
    Ok(format!("P5\n{width} {height}\n255\n").into_bytes())
}

/// The arguments with which a page is read.
pub(super) fn reading(order: &ReadOrder<'_>) -> Vec<String> {
    let segmentation = match order.layout {
        Layout::Page => "3",
        Layout::Scattered => "11",
        Layout::Block => "6",
    };
    let dpi = order.bitmap.dpi.clamp(70, 2_400).to_string();
    let packs = order.packs.join("+");
    let mut words =
        vec!["stdin", "stdout", "-l", &packs, "--psm", segmentation, "--dpi", &dpi, "-c", "tessedit_create_tsv=1"];
    if order.thresholding == Thresholding::Local {
        words.extend(["-c", "thresholding_method=2"]);
    }
    words.into_iter().map(str::to_owned).collect()
}

/// The arguments with which it is asked how a page stands.
pub(super) fn standing(bitmap: &Bitmap) -> Vec<String> {
    let dpi = bitmap.dpi.clamp(70, 2_400).to_string();
    ["stdin", "stdout", "-l", "osd", "--psm", "0", "--dpi", &dpi].into_iter().map(str::to_owned).collect()
}

/// The words of the table, in its order. Rows that are none, and words without confidence or letters, are left out.
pub fn words(table: &str, bitmap: &Bitmap) -> Vec<ReadWord> {
    let mut words: Vec<ReadWord> = Vec::new();
    let mut line = (0, [0_u32; 4]);
    for row in table.lines().filter_map(Row::parse) {
        if line.1 != row.line {
            line = (if words.is_empty() { 0 } else { line.0 + 1 }, row.line);
        }
        let share = |pixels: u32, of: u32| (u64::from(pixels) * 10_000 / u64::from(of.max(1))).min(10_000) as u16;
        let [left, top, width, height] = row.place;
        words.push(ReadWord {
            text: row.text.to_owned(),
            confidence: (row.confidence / 100.0).clamp(0.0, 1.0),
            line: line.0,
            place: [
                share(left, bitmap.width),
                share(top, bitmap.height),
                share(width, bitmap.width),
                share(height, bitmap.height),
            ],
        });
    }
    words
}

/// A word's row: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
struct Row<'a> {
    line: [u32; 4],
    place: [u32; 4],
    confidence: f32,
    text: &'a str,
}

impl<'a> Row<'a> {
    fn parse(row: &'a str) -> Option<Self> {
        let mut fields = row.splitn(12, '\t');
        // 5 is the level of words.
        fields.next().filter(|level| *level == "5")?;
        let mut number = || fields.next()?.parse::<u32>().ok();
        let [page, block, paragraph, line] = [number()?, number()?, number()?, number()?];
        let _word = number()?;
        let place = [number()?, number()?, number()?, number()?];
        let confidence = fields.next()?.parse::<f32>().ok().filter(|confidence| *confidence >= 0.0)?;
        let text = fields.next()?.trim();
        (!text.is_empty()).then_some(Self { line: [page, block, paragraph, line], place, confidence, text })
    }
}

/// How the page stands; `None` where the answer does not say.
pub fn stands(answer: &str) -> Option<Stands> {
    let value = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let sure = |name: &str| value(name)?.parse::<f32>().ok().filter(|sure| sure.is_finite() && *sure >= 0.0);
    let degrees = value("Rotate")?.parse::<u16>().ok().filter(|degrees| degrees % 90 == 0 && *degrees < 360)?;
    Some(Stands {
        quarter_turns: (degrees / 90) as u8,
        confidence: sure("Orientation confidence")?,
        script: value("Script").filter(|script| is_pack(script)).unwrap_or_default().to_owned(),
        script_confidence: sure("Script confidence").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulk::Bulk;

    fn bitmap(width: u32, height: u32) -> Bitmap {
        Bitmap { width, height, dpi: 300, grey: Bulk(vec![255; (width * height) as usize]) }
    }

    /// Proves that folder and packs come out of the list, without what is no language and what would be an option.
    #[test]
    fn lists_of_packs() {
        let answer = "List of available languages in \"/usr/share/t/\" (4):\neng\nosd\nchi_sim\n-x\nscript/Latin\n";
        let library = Library::parse(answer).expect("a list");
        assert_eq!(library.folder, PathBuf::from("/usr/share/t/"));
        assert_eq!(library.packs, ["eng", "chi_sim", "script/Latin"]);
        assert!(library.orientation);
        assert_eq!(Library::parse("Error opening data file"), None);
        assert_eq!(Library::parse(""), None);
    }

    /// Proves that words come in order with their lines and places, and that other rows, nonsense and words without
    /// confidence or letters do not.
    #[test]
    fn tables_become_words() {
        let rows = "level\tpage_num\tblock_num\n\
            4\t1\t1\t1\t1\t0\t10\t20\t30\t40\t-1\t\n\
            5\t1\t1\t1\t1\t1\t100\t50\t50\t10\t96.5\tDear\n\
            5\t1\t1\t1\t1\t2\t160\t50\t40\t10\t-1\tghost\n\
            5\t1\t1\t1\t1\t3\t160\t50\t40\t10\t12\t   \n\
            5\t1\t1\t1\t1\t3\t160\t50\t40\t10\tNaN\tx\n\
            5\t1\t1\t1\t2\t1\t100\t70\t4000000000\t10\t250\tcol\tleague\n\
            5\t1\t2\t1\t1\t1\t-3\t70\t40\t10\t90\tx\n\
            5\t1\t2\t1\t1\t1\t3\t70\t40\t10\t90\ty\n5\t1\t2";
        let words = words(rows, &bitmap(1_000, 100));
        let texts: Vec<_> = words.iter().map(|word| (word.text.as_str(), word.line)).collect();
        assert_eq!(texts, [("Dear", 0), ("col\tleague", 1), ("y", 2)]);
        assert_eq!(words[0].place, [1_000, 5_000, 500, 1_000]);
        assert!((words[0].confidence - 0.965).abs() < 1e-6);
        assert_eq!((words[1].confidence, words[1].place[2]), (1.0, 10_000));
    }

    /// Proves that the answer about standing is read, and that nonsense is no answer.
    #[test]
    fn standing_is_read() {
        let answer = "Page number: 0\nOrientation in degrees: 90\nRotate: 270\nOrientation confidence: 4.27\n\
            Script: Latin\nScript confidence: 1.50\n";
        let wanted = Stands { quarter_turns: 3, confidence: 4.27, script: "Latin".to_owned(), script_confidence: 1.5 };
        assert_eq!(stands(answer), Some(wanted));
        for nonsense in ["", "Rotate: 91\nOrientation confidence: 1", "Rotate: 90\nOrientation confidence: NaN"] {
            assert_eq!(stands(nonsense), None, "{nonsense}");
        }
    }

    /// Proves that a bitmap whose sides and bytes disagree, or that is too large, is refused before it is sent.
    #[test]
    fn impossible_bitmaps_are_refused() {
        assert_eq!(head(&bitmap(3, 2)), Ok(b"P5\n3 2\n255\n".to_vec()));
        assert!(head(&bitmap(0, 0)).is_err());
        assert!(head(&Bitmap { width: 4, ..bitmap(3, 2) }).is_err());
        assert!(head(&bitmap(40_000, 1)).is_err());
        assert!(head(&Bitmap { width: u32::MAX, height: u32::MAX, ..bitmap(1, 1) }).is_err());
    }
}
