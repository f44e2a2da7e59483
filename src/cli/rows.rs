//! Rows of a ledger as wide as the terminal allows: names, kinds and outcomes in columns, reasons behind them or, where
//! they do not fit, below.

use super::table::plain;
use crate::{casework::ledger::Row, domain::entry::Outcome};
use console::measure_text_width;
use std::fmt::Write;

/// Rows shown of a group that nobody has to act on; `case show --json` has all.
pub(super) const ROWS_SHOWN_MAX: usize = 40;

/// Reasons shown of each row.
const MARKS_SHOWN_MAX: usize = 4;

/// Columns of names, at least and at most.
const NAME_COLUMNS_MIN: usize = 20;
const NAME_COLUMNS_MAX: usize = 72;

/// Columns that reasons want beside the others.
const MARKS_COLUMNS: usize = 40;

/// Kind, language, outcome.
const COLUMNS: [usize; 3] = [14, 8, 10];

/// Between columns, and before the first.
const GAPS: usize = 6;

/// Where lines go on.
const HANGING: &str = "      ";

/// Columns of whatever standard output is: a terminal's, or `None` where no line is too long.
pub(super) fn terminal_columns() -> Option<usize> {
    let terminal = console::Term::stdout();
    terminal.is_term().then(|| usize::from(terminal.size().1))
}

/// One group of rows under its title, so many of them at most, within so many columns.
pub(super) fn group(text: &mut String, (title, rows, most): (&str, &[&Row], usize), columns: Option<usize>) {
    if rows.is_empty() {
        return;
    }
    let shown = &rows[..rows.len().min(most)];
    let common = common_folder(shown);
    let _ = write!(text, "{title} ({})", rows.len());
    if !common.is_empty() {
        let _ = write!(text, ", in {}", plain(common));
    }
    text.push('\n');
    let names: Vec<String> = shown.iter().map(|row| plain(below(row, common))).collect();
    let widest = names.iter().map(|name| measure_text_width(name)).max().unwrap_or(0);
    let room = columns.map_or(NAME_COLUMNS_MAX, |columns| {
        columns.saturating_sub(COLUMNS.iter().sum::<usize>() + GAPS + MARKS_COLUMNS)
    });
    let name_columns = widest.min(room.clamp(NAME_COLUMNS_MIN, NAME_COLUMNS_MAX));
    for (row, name) in shown.iter().zip(&names) {
        line(text, (row, name), name_columns, columns);
    }
    if rows.len() > shown.len() {
        let _ = writeln!(text, "  … and {} more", rows.len() - shown.len());
    }
    text.push('\n');
}

fn line(text: &mut String, (row, name): (&Row, &str), name_columns: usize, columns: Option<usize>) {
    let [kind, language, became] = COLUMNS;
    let mut line = format!(
        "  {} {} {} {}",
        padded(name, name_columns),
        padded(row.kind.name(), kind),
        padded(&row.language, language),
        padded(outcome(row.outcome), became),
    );
    let room = columns.unwrap_or(usize::MAX);
    let marks = marks(row);
    let whole: usize = marks.iter().map(|mark| mark.len() + 2).sum();
    if !marks.is_empty() && measure_text_width(&line) + 1 + whole.saturating_sub(2) > room {
        text.push_str(line.trim_end());
        text.push('\n');
        line = HANGING.to_owned();
    } else {
        line.push(' ');
    }
    let begin = line.len();
    for (at, mark) in marks.iter().enumerate() {
        let comma = if at + 1 < marks.len() { "," } else { "" };
        if line.len() > begin.min(HANGING.len()) && measure_text_width(&line) + mark.len() + comma.len() > room {
            text.push_str(line.trim_end());
            text.push('\n');
            line = HANGING.to_owned();
        }
        let _ = write!(line, "{mark}{comma} ");
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// What a row is called below the folder of all; that folder itself, where it is a row as a disc is, by its own name.
fn below<'a>(row: &'a Row, common: &str) -> &'a str {
    let name = &row.path[common.len()..];
    if !name.is_empty() {
        return name;
    }
    let parent = row.path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    &row.path[parent..]
}

/// The folder that all of these lie in, with its last `/`: said once. A single row keeps its whole name.
fn common_folder<'a>(rows: &[&'a Row]) -> &'a str {
    let Some((first, others)) = rows.split_first().filter(|(_, others)| !others.is_empty()) else { return "" };
    let alike = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let shared = others.iter().map(|row| alike(&first.path, &row.path)).min().unwrap_or(0);
    let shared = &first.path.as_bytes()[..shared];
    let end = shared.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    // Within an archive names begin anew; what is outside of it is not cut off.
    let end = first.path[..end].find("!/").map_or(end, |inner| end.min(inner));
    let end = first.path[..end].rfind('/').map_or(0, |at| at + 1);
    &first.path[..end]
}

/// What became of it, where that is not the usual.
const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Stored => "",
        Outcome::DuplicateOf => "duplicate",
        Outcome::ConflictWith => "conflict",
        Outcome::Junk | Outcome::Held | Outcome::Unreadable | Outcome::Missing => outcome.name(),
    }
}

/// Reason codes of a row with their pages, the heaviest first, each once.
fn marks(row: &Row) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    for reason in &row.reasons {
        let code = reason.code.code();
        let set = if reason.flagged.is_some() { ", set at the desk" } else { "" };
        let accepted = if reason.waived.is_some() { ", accepted" } else { "" };
        let mark = match reason.page {
            Some(page) => format!("{code} (page {page}{set}{accepted})"),
            None => format!("{code}{set}{accepted}"),
        };
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    let more = marks.len().saturating_sub(MARKS_SHOWN_MAX);
    marks.truncate(MARKS_SHOWN_MAX);
    if more > 0 {
        marks.push(format!("… {more} more"));
    }
    marks
}

/// The end of a text in so many columns, wide characters counted as two.
fn padded(text: &str, columns: usize) -> String {
    let mut kept = text.to_owned();
    if measure_text_width(&kept) > columns {
        let mut rest = text.chars();
        while measure_text_width(rest.as_str()) + 1 > columns && rest.next().is_some() {}
        kept = format!("…{}", rest.as_str());
    }
    let missing = columns.saturating_sub(measure_text_width(&kept));
    kept + &" ".repeat(missing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        casework::ledger::{PatientRow, ReasonRow},
        domain::{
            facts::{FileKind, Readable},
            reason::{Reason, Severity},
        },
    };

    fn row(path: &str, reasons: &[Reason]) -> Row {
        let reason = |code: &Reason| ReasonRow {
            code: *code,
            severity: Severity::Warn,
            page: Some(1),
            detail: String::new(),
            waived: None,
            flagged: None,
        };
        Row {
            path: path.to_owned(),
            bytes: 1,
            sha256: None,
            kind: FileKind::SlideManifest,
            outcome: Outcome::Unreadable,
            readable: Readable::No,
            language: "en".to_owned(),
            reasons: reasons.iter().map(reason).collect(),
            pages: Vec::new(),
            duplicate_of: None,
            conflict_with: None,
            similar_to: Vec::new(),
            patient: PatientRow::default(),
            dicom: None,
            id: None,
        }
    }

    fn shown(rows: &[&Row], columns: Option<usize>) -> String {
        let mut text = String::new();
        group(&mut text, ("Fine", rows, ROWS_SHOWN_MAX), columns);
        text
    }

    /// Proves that no line is wider than a terminal of usual width, that every reason is there, and that columns meet
    /// beneath wide characters too.
    #[test]
    fn lines_fit_the_terminal() {
        let long = format!("a/{}.pdf", "x".repeat(90));
        let reasons = [Reason::WrongPatient, Reason::NearDuplicate, Reason::SeriesIncomplete, Reason::NotEnglish];
        let rows = [row(&long, &reasons), row("a/出院记录.pdf", &reasons[..1]), row("a/b.pdf", &[])];
        let rows: Vec<&Row> = rows.iter().collect();
        for columns in [64, 80, 110, 200] {
            let text = shown(&rows, Some(columns));
            for line in text.lines() {
                assert!(measure_text_width(line) <= columns, "{columns}: {line}");
            }
            for reason in reasons {
                assert!(text.contains(reason.code()), "{columns}: {text}");
            }
            let kinds = text.lines().filter_map(|line| Some(measure_text_width(&line[..line.find("slide-manifest")?])));
            let kinds: Vec<usize> = kinds.collect();
            assert!(kinds.len() == 3 && kinds.iter().all(|at| *at == kinds[0]), "{columns}: {text}");
        }
        assert_eq!(shown(&rows, None).lines().count(), 5, "without a terminal each row is a line");
    }

    /// Proves that the folder of all rows is said once, and never taken out of an archive.
    #[test]
    fn a_common_folder_is_said_once() {
        let folder = |paths: &[&str]| {
            let rows: Vec<Row> = paths.iter().map(|path| row(path, &[])).collect();
            common_folder(&rows.iter().collect::<Vec<_>>()).to_owned()
        };
        assert_eq!(folder(&["/m/u/a.pdf", "/m/u/d/b.pdf"]), "/m/u/");
        assert_eq!(folder(&["u/cd.zip!/D/a", "u/cd.zip!/D/b"]), "u/");
        assert_eq!(folder(&["u/a", "v/b"]), "");
        assert_eq!(folder(&["u/a"]), "");
    }

    /// Proves that a folder that is a row itself has a name, whether it is the folder of all rows or one of them.
    #[test]
    fn a_folder_is_never_without_a_name() {
        let first = |paths: [&str; 2]| {
            let rows = paths.map(|path| row(path, &[]));
            let text = shown(&rows.iter().collect::<Vec<_>>(), None);
            let lines: Vec<&str> = text.lines().collect();
            (lines[0].to_owned(), lines[1].split_whitespace().next().unwrap().to_owned())
        };
        let told = |title: &str, name: &str| (title.to_owned(), name.to_owned());
        assert_eq!(first(["u/disc/", "u/disc/D/1"]), told("Fine (2), in u/disc/", "disc/"));
        assert_eq!(first(["disc/", "disc/D/1"]), told("Fine (2), in disc/", "disc/"));
        assert_eq!(first(["u/disc/", "u/a"]), told("Fine (2), in u/", "disc/"));
    }
}
