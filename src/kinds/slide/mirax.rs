//! MIRAX (3DHISTECH): a slide is a JPEG `NAME.mrxs` beside a folder `NAME` that holds `Slidedat.ini`, an index and data
//! files. The JPEG is a preview; what the slide is like stands in the `ini` file.
//!
//! Each is known by its content. The data files belong to a slide and hold nothing to be read by themselves.

use crate::{
    domain::{
        facts::{Facts, FileKind, Readable, SearchField, SlideFacts},
        reason::Reason,
    },
    kinds::{
        Exam, Kind, Probe,
        docs::{
            decode::decode,
            read::{Extent, read_start},
        },
    },
};

/// `Slidedat.ini`, for [`crate::kinds::ALL`].
pub static MIRAX: &dyn Kind = &Slidedat;

/// The index and the data files, for [`crate::kinds::ALL`].
pub static MIRAX_DATA: &dyn Kind = &Data;

/// Bytes of `Slidedat.ini` that are read; real ones have some 100 KB.
const INI_BYTES_MAX: u64 = 16 << 20;

/// Bytes of a data file's head: version, slide id, number.
const DATA_HEAD_BYTES: usize = 5 + 32;

/// Pyramids of a slide; each has a name.
const HIERARCHIES_MAX: u32 = 64;

struct Slidedat;

impl Kind for Slidedat {
    fn name(&self) -> &'static str {
        "mirax-slidedat"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Slide
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let text = probe.head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(probe.head).trim_ascii_start();
        let holds = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
        text.starts_with(b"[GENERAL]") && holds(b"SLIDE_VERSION") && holds(b"SLIDE_ID")
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let (bytes, extent) = read_start(exam.source, INI_BYTES_MAX);
        let ini = Ini(decode(&bytes).text);
        let mut facts = Facts::of(FileKind::Slide, Readable::Yes);
        let slide = ini.slide();
        if extent != Extent::Whole || slide.width == 0 || slide.levels == 0 {
            let detail = format!("{} levels of {} by {} pixels described", slide.levels, slide.width, slide.height);
            facts.observe(Reason::Damaged, detail);
            facts.readable = Readable::Partial;
        }
        let words = ["SLIDE_NAME", "SLIDE_ID"].map(|key| ini.value("GENERAL", key).unwrap_or_default());
        facts.search.push(SearchField { field: "slide".to_owned(), text: format!("mirax {}", words.join(" ").trim()) });
        facts.slide = Some(slide);
        facts
    }
}

struct Data;

impl Kind for Data {
    fn name(&self) -> &'static str {
        "mirax-data"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Slide
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let Some(head) = probe.head.get(..DATA_HEAD_BYTES) else { return false };
        let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
        let version = digits(&head[..2]) && head[2] == b'.' && digits(&head[3..5]);
        // The slide's id: hexadecimal digits in capitals.
        version && head[5..].iter().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase())
    }

    fn examine(&self, _exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Slide, Readable::Yes);
        facts.slide = Some(SlideFacts { vendor: "mirax".to_owned(), ..SlideFacts::default() });
        facts
    }
}

/// An `ini` file: sections in brackets, `key = value` lines.
struct Ini(String);

impl Ini {
    fn value(&self, section: &str, key: &str) -> Option<&str> {
        let mut inside = false;
        for line in self.0.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[') {
                inside = name.strip_suffix(']') == Some(section);
            } else if inside
                && let Some((name, value)) = line.split_once('=')
                && name.trim() == key
            {
                return Some(value.trim());
            }
        }
        None
    }

    fn number(&self, section: &str, key: &str) -> Option<u64> {
        self.value(section, key)?.parse().ok()
    }

    fn real(&self, section: &str, key: &str) -> Option<f64> {
        // Some installations write a comma.
        let number: f64 = self.value(section, key)?.replace(',', ".").parse().ok()?;
        (number.is_finite() && number > 0.0).then_some(number)
    }

    fn slide(&self) -> SlideFacts {
        let pyramid = self.pyramid();
        let section = pyramid.and_then(|p| self.value("HIERARCHICAL", &format!("HIER_{p}_VAL_0_SECTION")));
        let base = section.unwrap_or("LAYER_0_LEVEL_0_SECTION");
        let levels = pyramid.and_then(|p| self.number("HIERARCHICAL", &format!("HIER_{p}_COUNT"))).unwrap_or(0);
        SlideFacts {
            vendor: "mirax".to_owned(),
            width: self.extent(base, ("IMAGENUMBER_X", "OVERLAP_X", "DIGITIZER_WIDTH")),
            height: self.extent(base, ("IMAGENUMBER_Y", "OVERLAP_Y", "DIGITIZER_HEIGHT")),
            levels: u32::try_from(levels).unwrap_or(u32::MAX),
            mpp_x: self.real(base, "MICROMETER_PER_PIXEL_X"),
            mpp_y: self.real(base, "MICROMETER_PER_PIXEL_Y"),
            magnification: self.real("GENERAL", "OBJECTIVE_MAGNIFICATION"),
            label_image: self.0.contains("SlideBarcode") || self.0.contains("SlideThumbnail"),
        }
    }

    /// Number of the pyramid of pixels among other things that lie in levels.
    fn pyramid(&self) -> Option<u32> {
        let is = |n: &u32| self.value("HIERARCHICAL", &format!("HIER_{n}_NAME")) == Some("Slide zoom level");
        (0..HIERARCHIES_MAX).find(is)
    }

    /// Pixels of the largest level in one direction: pictures in a row, of which those of one camera position after
    /// the other overlap.
    fn extent(&self, base: &str, (count, overlap, size): (&str, &str, &str)) -> u64 {
        let pictures = self.number("GENERAL", count).unwrap_or(0);
        let one = self.number(base, size).unwrap_or(0);
        let overlap = self.real(base, overlap).unwrap_or(0.0).min(one as f64) as u64;
        let divisions = self.number("GENERAL", "CameraImageDivisionsPerSide").unwrap_or(1).max(1);
        let seams = pictures.saturating_sub(1) / divisions;
        pictures.saturating_mul(one).saturating_sub(seams.saturating_mul(overlap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::path::RawName;

    const INI: &str = "[GENERAL]\r\nSLIDE_VERSION = 01.02\r\nSLIDE_ID = ABC\r\nIMAGENUMBER_X = 10\r\nIMAGENUMBER_Y = 4\r\n\
        OBJECTIVE_MAGNIFICATION = 20\r\nCameraImageDivisionsPerSide = 2\r\n[HIERARCHICAL]\r\nHIER_0_NAME = Slide filter\r\n\
        HIER_1_NAME = Slide zoom level\r\nHIER_1_COUNT = 9\r\nHIER_1_VAL_0_SECTION = L0\r\nNONHIER_0_VAL_2 = ScanDataLayer_SlideBarcode\r\n\
        [L0]\r\nOVERLAP_X = 16\r\nOVERLAP_Y = 8\r\nMICROMETER_PER_PIXEL_X = 0,23250\r\nMICROMETER_PER_PIXEL_Y = 0.23250\r\n\
        DIGITIZER_WIDTH = 688\r\nDIGITIZER_HEIGHT = 516\r\n";

    /// Proves that a slide's size, levels and resolution are read from its `ini` file.
    #[test]
    fn slides_are_described() {
        let slide = Ini(INI.to_owned()).slide();
        assert_eq!((slide.width, slide.height, slide.levels), (10 * 688 - 4 * 16, 4 * 516 - 8, 9));
        assert_eq!((slide.mpp_x, slide.mpp_y, slide.magnification), (Some(0.2325), Some(0.2325), Some(20.0)));
        assert!(slide.label_image);
    }

    /// Proves that the parts of a slide are told from other settings and other data.
    #[test]
    fn parts_are_recognised() {
        let name = RawName::from_text("x");
        let is = |kind: &dyn Kind, head: &[u8]| kind.sniff(&Probe { head, bytes: head.len() as u64, name: &name });
        assert!(is(MIRAX, INI.as_bytes()));
        assert!(!is(MIRAX, b"[GENERAL]\r\ncolour = blue\r\n"));
        assert!(is(MIRAX_DATA, b"01.02A6E2B1C3D4F5061728394A5B6C7D8E9F001"));
        assert!(!is(MIRAX_DATA, b"01.02.2024 The patient was seen in clinic"));
        assert!(!is(MIRAX_DATA, b"01.02"));
    }
}
