//! The report as one HTML file: nothing is fetched, nothing runs. It shows patients' documents, and says so first.

use super::{Evaluation, KindLine, LanguageLine, Measure, Miss, MissKind, ReasonLine};
use crate::domain::{limits::REPORT_MISSES_MAX, reading::Bitmap};
use askama::Template;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use std::collections::HashMap;

/// The largest side of a small picture, pixels: a heading can be read on it, a name hardly.
const SIDE_PIXELS: u32 = 280;

/// A small picture of a page, ready to be written into the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// `data:` address of a PNG.
    address: String,
}

impl Picture {
    /// Makes a page small; `None` where the bitmap holds no picture.
    pub fn of(page: &Bitmap) -> Option<Self> {
        let (width, height, grey) = smaller(page)?;
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&grey, width, height, ExtendedColorType::L8).ok()?;
        let address = format!("data:image/png;base64,{}", data_encoding::BASE64.encode(&png));
        Some(Self { width, height, address })
    }
}

/// Averages boxes of pixels, so that fine lines turn grey rather than vanish.
fn smaller(page: &Bitmap) -> Option<(u32, u32, Vec<u8>)> {
    let grey = &page.grey.0;
    let whole = u64::from(page.width) * u64::from(page.height);
    if whole == 0 || grey.len() as u64 != whole {
        return None;
    }
    let step = page.width.max(page.height).div_ceil(SIDE_PIXELS).max(1);
    let (width, height) = (page.width.div_ceil(step), page.height.div_ceil(step));
    let mut small = Vec::with_capacity((width * height) as usize);
    for row in 0..height {
        for column in 0..width {
            let (left, right) = (column * step, ((column + 1) * step).min(page.width));
            let (top, bottom) = (row * step, ((row + 1) * step).min(page.height));
            let at = |x: u32, y: u32| y as usize * page.width as usize + x as usize;
            let line = |y: u32| &grey[at(left, y)..at(right, y)];
            let sum: u64 = (top..bottom).flat_map(line).map(|pixel| u64::from(*pixel)).sum();
            small.push((sum / u64::from((right - left) * (bottom - top))) as u8);
        }
    }
    Some((width, height, small))
}

/// Writes the page. `pictures` are by the path of the miss.
///
/// # Errors
/// The template failed, which is a bug.
pub fn page(
    evaluation: &Evaluation,
    (corpus, made): (&str, &str),
    pictures: &HashMap<String, Picture>,
) -> Result<String, askama::Error> {
    let of = move |what: MissKind| evaluation.misses.iter().filter(move |miss| miss.what == what);
    let group = |what: &MissKind| MissGroup {
        title: title(*what),
        count: of(*what).count(),
        more: of(*what).count().saturating_sub(REPORT_MISSES_MAX),
        misses: of(*what).take(REPORT_MISSES_MAX).map(|miss| MissCard::of(miss, pictures)).collect(),
    };
    let groups: Vec<MissGroup<'_>> = MissKind::ALL.iter().map(group).filter(|group| group.count > 0).collect();
    let report = Report {
        corpus,
        made,
        cards: evaluation.measures.iter().map(Card::of).collect(),
        kinds: &evaluation.kinds,
        reasons: &evaluation.reasons,
        languages: evaluation.languages.iter().map(LanguageRow::of).collect(),
        says_codes: evaluation.reasons.iter().any(|line| line.expected > 0),
        misses: evaluation.misses.len(),
        groups,
    };
    report.render()
}

#[derive(Template)]
#[template(path = "evaluation.html")]
struct Report<'a> {
    corpus: &'a str,
    made: &'a str,
    cards: Vec<Card>,
    kinds: &'a [KindLine],
    reasons: &'a [ReasonLine],
    languages: Vec<LanguageRow<'a>>,
    says_codes: bool,
    misses: usize,
    groups: Vec<MissGroup<'a>>,
}

/// A measure as it is shown.
struct Card {
    name: &'static str,
    words: &'static str,
    value: String,
    of: String,
    /// Percent that is filled of its bar.
    filled: String,
    low: bool,
}

impl Card {
    fn of(measure: &Measure) -> Self {
        let value = measure.value();
        Self {
            name: measure.name,
            words: words(measure.name),
            value: value.map_or_else(|| "–".to_owned(), |value| format!("{:.1} %", value * 100.0)),
            of: format!("{} of {}", measure.part, measure.whole),
            filled: format!("{:.1}", value.unwrap_or_default() * 100.0),
            low: measure.is_better_low(),
        }
    }
}

struct LanguageRow<'a> {
    line: &'a LanguageLine,
    instead: String,
}

impl<'a> LanguageRow<'a> {
    fn of(line: &'a LanguageLine) -> Self {
        let instead = line.instead.iter().map(|(language, files)| format!("{language} ({files})"));
        Self { line, instead: instead.collect::<Vec<_>>().join(", ") }
    }
}

struct MissGroup<'a> {
    title: &'static str,
    count: usize,
    more: usize,
    misses: Vec<MissCard<'a>>,
}

struct MissCard<'a> {
    miss: &'a Miss,
    picture: Option<&'a Picture>,
    codes: Vec<&'static str>,
}

impl<'a> MissCard<'a> {
    fn of(miss: &'a Miss, pictures: &'a HashMap<String, Picture>) -> Self {
        let codes = miss.codes.iter().map(|code| code.code()).collect();
        Self { miss, picture: pictures.get(&miss.path), codes }
    }
}

fn title(what: MissKind) -> &'static str {
    match what {
        MissKind::Unanswered => "No answer",
        MissKind::CalledReadable => "Called readable, and is not",
        MissKind::CalledUnreadable => "Called unreadable, and is readable",
        MissKind::Language => "Other languages than expected",
        MissKind::Duplicates => "Alike, and not linked",
    }
}

/// What a measure says, for those who do not know its name.
fn words(name: &str) -> &'static str {
    match name {
        "answered" => "Files with an answer",
        "unreadable_recall" => "Unreadable files that were found",
        "unreadable_precision" => "Files called unreadable that are",
        "unreadable_f1" => "Both together",
        "readable_false_alarms" => "Readable files called unreadable",
        "language_exact" => "Files with exactly the right languages",
        "non_english_recall" => "Foreign files that were found",
        "english_false_alarms" => "English files called foreign",
        "duplicate_groups" => "Groups of like files that were linked",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{bulk::Bulk, reason::Reason},
        outlet::evaluation::{Answer, Scope, Truths},
    };

    fn evaluation() -> Evaluation {
        let table =
            "path\tkind\treadable\tlanguage\treason\n<b>x</b>.pdf\tdoc\tno\t-\tcut <i>\nb.pdf\tdoc\tyes\tde\t\n";
        let truths = Truths::read(table, None).expect("a table");
        let rows = r#"[{"path":"<b>x</b>.pdf","readable":"yes","outcome":"stored","language":"-","reasons":[{"code":"blank"}],
            "duplicate_of":null},
            {"path":"b.pdf","readable":"yes","outcome":"stored","language":"fr","reasons":[],"duplicate_of":null}]"#;
        let answers: Vec<Answer> = serde_json::from_str(rows).expect("answers");
        Evaluation::of(&truths, &answers, Scope::Everything)
    }

    /// Proves that the page says first that it holds health data, fetches nothing, and shows names as text.
    #[test]
    fn a_page_is_closed_in_itself() {
        let bitmap = Bitmap { width: 700, height: 300, dpi: 72, grey: Bulk(vec![7; 210_000]) };
        let picture = Picture::of(&bitmap).expect("a picture");
        assert_eq!((picture.width, picture.height), (234, 100));
        let pictures = HashMap::from([("<b>x</b>.pdf".to_owned(), picture)]);
        let html = page(&evaluation(), ("corpus", "2026-01-05"), &pictures).expect("renders");
        assert!(html.lines().next().is_some_and(|line| line.contains("HEALTH DATA")), "{html}");
        assert!(html.contains("default-src 'none'") && !html.contains("http://") && !html.contains("https://"));
        assert!(!html.contains("<b>x") && !html.contains("cut <i>") && html.contains("data:image/png;base64,"));
        assert!(html.contains("blank") && html.contains("Called readable, and is not"));
    }

    /// Proves that tables add up to what was compared.
    #[test]
    fn tables_add_up() {
        let evaluation = evaluation();
        assert_eq!(evaluation.value("answered"), Some(1.0));
        assert_eq!(evaluation.value("unreadable_recall"), Some(0.0));
        assert_eq!(evaluation.value("english_false_alarms"), None);
        assert_eq!(evaluation.kinds.iter().map(KindLine::files).sum::<u64>(), 2);
        assert_eq!(evaluation.languages[0].instead, [("fr".to_owned(), 1)]);
        let blank = evaluation.reasons.iter().find(|line| line.code == Reason::Blank).expect("a line");
        assert_eq!((blank.on_unreadable, blank.on_readable), (1, 0));
        assert_eq!(evaluation.misses.len(), 2);
    }

    /// Proves that a bitmap whose size is a lie gives no picture.
    #[test]
    fn a_lying_bitmap_is_no_picture() {
        assert_eq!(Picture::of(&Bitmap { width: 9, height: 9, dpi: 72, grey: Bulk(vec![0; 80]) }), None);
        assert_eq!(Picture::of(&Bitmap::default()), None);
    }
}
