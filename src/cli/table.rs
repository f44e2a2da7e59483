//! Answers as people read them on a terminal: what needs a person first, then the rest, then one sentence.

use super::{
    again, media, open,
    rows::{self, ROWS_SHOWN_MAX},
};
use crate::{
    casework::{
        ledger::{ReasonRow, Row, Summary},
        waivers::Reach,
    },
    control::{CaseSummary, LinkState, LinkSummary, Shown},
    domain::{
        case::{CaseState, Gate},
        reason::{Reason, Severity},
    },
    outlet::words::{self, Audience},
    search::Hit,
};
use std::fmt::Write;

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit < UNITS.len() - 1 {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// Cases, a line each.
pub(super) fn cases(cases: &[CaseSummary]) -> String {
    let mut text = format!("{:<28}{:<9}{:<34}{:<30}{}\n", "Case", "State", "Programme", "Child", "Gate");
    for case in cases {
        let (id, state, gate) = (case.case.to_string(), case.state.name(), gate_word(case));
        let _ = writeln!(text, "{id:<28}{state:<9}{:<34}{:<30}{gate}", case.programme.0, about(case));
    }
    text.trim_end().to_owned()
}

/// The child a case is about; the holding case is about nobody.
fn about(case: &CaseSummary) -> String {
    match case.child.as_str() {
        _ if case.holding => "(the holding case)".to_owned(),
        "" if case.state != CaseState::Shredded => "(cannot be opened)".to_owned(),
        child => plain(child),
    }
}

/// What keeps a case from being ready, in codes.
pub(super) fn not_ready(gate: &Gate) -> String {
    let codes: Vec<&str> = gate.blocking.iter().map(|reason| reason.code()).collect();
    match (codes.is_empty(), gate.work_open) {
        (false, _) => codes.join(", "),
        (true, 0) => "nothing has arrived".to_owned(),
        (true, _) => "something of it has not come, or is not read yet".to_owned(),
    }
}

/// Is there a case afterwards that one can ask about?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    /// What was shown is in a case.
    Case,
    /// It was only looked at.
    Nothing,
}

fn gate_word(case: &CaseSummary) -> String {
    if case.state == CaseState::Shredded {
        return "-".to_owned();
    }
    if case.gate.ready {
        return "ready".to_owned();
    }
    let codes: Vec<&str> = case.gate.blocking.iter().map(|reason| reason.code()).collect();
    let blocking = match codes.len() {
        0 => return open::brief(case),
        // As many as fit behind the other columns of a terminal; `case gate` has all.
        3.. => format!("{}, {} and {} more", codes[0], codes[1], codes.len() - 2),
        _ => codes.join(", "),
    };
    if open::anything(case) { format!("{blocking}; {}", open::brief(case)) } else { blocking }
}

/// Upload links, a line each.
pub(super) fn links(links: &[LinkSummary]) -> String {
    if links.is_empty() {
        return "This case has no links.".to_owned();
    }
    let mut text = format!("{:<28}{:<11}{:<9}{:<26}{}\n", "Link", "For", "State", "Ends", "Taken");
    for link in links {
        let state = match link.state {
            LinkState::Open => "open",
            LinkState::Expired => "expired",
            LinkState::Revoked => "revoked",
        };
        let (id, taken) = (link.link.to_string(), format!("{}, {}", open::count(link.files, "file"), size(link.bytes)));
        let _ = writeln!(text, "{id:<28}{:<11}{state:<9}{:<26}{taken}", plain(&link.audience), link.expires);
    }
    text.trim_end().to_owned()
}

/// The ledger, grouped by what needs a person.
pub(super) fn ledger(shown: &Shown, kept: Kept) -> String {
    let columns = rows::terminal_columns();
    let mut text = String::new();
    let needs = |row: &&Row| worst(row) == Some(Severity::Block);
    let look = |row: &&Row| worst(row) == Some(Severity::Warn);
    let fine = |row: &&Row| !matches!(worst(row), Some(Severity::Block | Severity::Warn));
    let rows: Vec<&Row> = shown.rows.iter().filter(needs).collect();
    // Nothing of what somebody has to do is left out.
    rows::group(&mut text, ("Needs a person", &rows, usize::MAX), columns);
    let rows: Vec<&Row> = shown.rows.iter().filter(look).collect();
    rows::group(&mut text, ("Worth a look", &rows, ROWS_SHOWN_MAX), columns);
    let rows: Vec<&Row> = shown.rows.iter().filter(fine).collect();
    rows::group(&mut text, ("Fine", &rows, ROWS_SHOWN_MAX), columns);
    let sum = &shown.summary;
    let _ = writeln!(text, "{}", counts(sum));
    if sum.seconds > 0.0 {
        let _ = writeln!(text, "{:.1} s", sum.seconds);
    }
    text.push_str(&closing(shown, kept));
    text
}

/// The sums in a sentence, without what there is none of.
fn counts(sum: &Summary) -> String {
    let each = [
        (sum.stored, "stored"),
        (sum.duplicate_of, if sum.duplicate_of == 1 { "duplicate" } else { "duplicates" }),
        (sum.conflict_with, "in conflict"),
        (sum.junk, "junk"),
        (sum.held, "held"),
        (sum.unreadable, "unreadable"),
    ];
    let there = each.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let there: Vec<String> = there.collect();
    let entries = if sum.entries == 1 { "entry" } else { "entries" };
    let mut text = format!("{} {entries}, {}", sum.entries, size(sum.bytes));
    if !there.is_empty() {
        let _ = write!(text, ": {}", there.join(", "));
    }
    if sum.missing > 0 {
        let _ = write!(text, "; {} listed but missing", sum.missing);
    }
    text
}

fn worst(row: &Row) -> Option<Severity> {
    row.reasons.iter().map(|reason| reason.severity).max()
}

/// One sentence: ready, or what blocks and what to do next.
fn closing(shown: &Shown, kept: Kept) -> String {
    let gate = &shown.case.gate;
    let in_part = shown.case.intakes_open > 0;
    let what = match (gate.ready, gate.blocking.len()) {
        (true, _) => return "Ready for a specialist.".to_owned(),
        (false, 0) if in_part && kept == Kept::Nothing => "not all of it could be read".to_owned(),
        (false, 0) if !in_part => return format!("Not ready: {}.", open::brief(&shown.case)),
        (false, 0) => open::brief(&shown.case),
        (false, 1) => "1 thing blocks".to_owned(),
        (false, n) => format!("{n} things block"),
    };
    match kept {
        Kept::Case => format!("Not ready: {what}. Next: {} case gate {}", again::casegate(), shown.case.case),
        Kept::Nothing if gate.blocking.is_empty() => format!("It would not be ready: {what}."),
        Kept::Nothing => format!("It would not be ready: {what}: {}.", not_ready(gate)),
    }
}

/// The gate in words, reason by reason.
pub(super) fn gate(shown: &Shown) -> String {
    let gate = &shown.case.gate;
    if gate.ready {
        let text = format!("Case {} is ready for a specialist.\n\n{}{}", shown.case.case, set(shown), accepted(shown));
        return text.trim_end().to_owned();
    }
    let mut text = format!("Case {} is not ready.\n", shown.case.case);
    for reason in &gate.blocking {
        let words = words::of(*reason, Audience::Desk);
        let next = again::about(words.next, shown.case.case);
        let _ = writeln!(text, "\n{}: {}\n  {next}", reason.code(), words.wrong);
        for path in paths_with(shown, *reason) {
            let _ = writeln!(text, "  - {path}");
        }
    }
    if gate.blocking.is_empty() && gate.work_open == 0 && shown.rows.is_empty() {
        let next =
            "`casegate ingest --case CASE PATH` takes records in, `casegate link --case CASE` lets others send them";
        let _ = writeln!(text, "\nNothing has arrived: {}.", again::about(next, shown.case.case));
    }
    text.push_str(&open::sentences(shown));
    let _ = write!(text, "\n{}{}", set(shown), accepted(shown));
    text.trim_end().to_owned()
}

/// What was set at the desk.
fn set(shown: &Shown) -> String {
    if shown.flags.is_empty() {
        return String::new();
    }
    let mut text = format!("Set at the desk ({})\n", shown.flags.len());
    for flag in shown.flags.iter().take(ROWS_SHOWN_MAX) {
        let page = flag.page.map_or_else(String::new, |page| format!(" (page {page})"));
        let reach = match (flag.reach, flag.documents) {
            (Reach::Study, documents) => format!(", with its study ({documents} documents)"),
            (Reach::Document, documents) if documents > 1 => format!(", with what came in it ({documents} documents)"),
            (Reach::Document, _) => String::new(),
        };
        let (path, code, by, at) = (plain(&flag.path), flag.code, &flag.by, &flag.at);
        let _ = writeln!(text, "  {path}{page}{reach}: {code}, by {by} at {at}");
        let _ = writeln!(text, "    because: {}", plain(&flag.reason));
    }
    if shown.flags.len() > ROWS_SHOWN_MAX {
        let _ = writeln!(text, "  … and {} more", shown.flags.len() - ROWS_SHOWN_MAX);
    }
    text.push('\n');
    text
}

/// What was accepted at the desk, and what became of that.
fn accepted(shown: &Shown) -> String {
    if shown.waivers.is_empty() {
        return String::new();
    }
    let mut text = format!("Accepted at the desk ({})\n", shown.waivers.len());
    for waiver in shown.waivers.iter().take(ROWS_SHOWN_MAX) {
        let holds = match (waiver.in_force, waiver.given_for) {
            (0, _) => "; what was found is another thing now, and was not accepted".to_owned(),
            (holds, all) if holds < all => format!("; {holds} of {all} findings are still the ones that were accepted"),
            _ => String::new(),
        };
        let _ = writeln!(text, "  {}: {}, by {} at {}{holds}", plain(&waiver.path), waiver.code, waiver.by, waiver.at);
        let _ = writeln!(text, "    because: {}", plain(&waiver.reason));
    }
    if shown.waivers.len() > ROWS_SHOWN_MAX {
        let _ = writeln!(text, "  … and {} more", shown.waivers.len() - ROWS_SHOWN_MAX);
    }
    text.push('\n');
    text
}

fn paths_with(shown: &Shown, reason: Reason) -> Vec<String> {
    let blocks = |found: &&ReasonRow| found.code == reason && found.severity == Severity::Block;
    let found = shown.rows.iter().filter_map(|row| Some((row, row.reasons.iter().find(blocks)?)));
    found.take(ROWS_SHOWN_MAX).map(|(row, found)| format!("{}: {}", plain(&row.path), plain(&found.told()))).collect()
}

/// A case with its media and manifests.
pub(super) fn case(shown: &Shown) -> String {
    let case = &shown.case;
    let mut text =
        format!("Case {}, {}, {}\n{}, opened {}\n\n", case.case, about(case), case.state, case.programme, case.opened);
    text.push_str(&media::media(shown));
    text.push_str(&series(shown));
    for manifest in &shown.manifests {
        let matched = manifest.rows.iter().filter(|row| row.reasons.is_empty() && row.file.is_some()).count();
        let _ =
            writeln!(text, "Slide manifest {}: {matched} of {} rows match", plain(&manifest.path), manifest.rows.len());
        for row in manifest.rows.iter().filter(|row| !row.reasons.is_empty()) {
            let codes: Vec<&str> = row.reasons.iter().map(|reason| reason.code()).collect();
            let _ = writeln!(text, "  row {}: {} {}", row.row, plain(&row.names), codes.join(", "));
        }
    }
    for upload in &shown.unfinished {
        let _ = writeln!(text, "Unfinished ({}): {}", upload.state.replace('_', " "), open::arrived(upload));
        let _ = writeln!(text, "  {}", open::ids(upload));
        text.push_str(&open::not_read(upload));
    }
    text.push_str(&set(shown));
    text.push_str(&accepted(shown));
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&ledger(shown, Kept::Case));
    text
}

/// Studies with their series, a sentence each.
fn series(shown: &Shown) -> String {
    let mut text = String::new();
    for study in shown.series.chunk_by(|a, b| a.study == b.study) {
        let _ = writeln!(text, "Study {}", plain(&study[0].study_words));
        for series in study.iter().take(ROWS_SHOWN_MAX) {
            let _ = writeln!(text, "  {}", plain(&series.sentence));
        }
        if study.len() > ROWS_SHOWN_MAX {
            let _ = writeln!(text, "  … and {} more series", study.len() - ROWS_SHOWN_MAX);
        }
        text.push('\n');
    }
    text
}

/// Hits, a few lines each.
pub(super) fn hits(hits: &[Hit], colour: bool) -> String {
    if hits.is_empty() {
        return "Nothing found.".to_owned();
    }
    let mut text = String::new();
    for hit in hits {
        let place = hit.page.map_or_else(String::new, |page| format!(", page {page}"));
        let _ = writeln!(text, "{}{place}", plain(&hit.path));
        let _ = writeln!(text, "    {}", marked(hit, colour));
    }
    text.trim_end().to_owned()
}

fn marked(hit: &Hit, colour: bool) -> String {
    let (begin, end) = if colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("[", "]") };
    let (mut text, mut from) = (String::new(), 0);
    for (start, stop) in &hit.marks {
        let (Some(before), Some(word)) = (hit.snippet.get(from..*start), hit.snippet.get(*start..*stop)) else {
            continue;
        };
        text.push_str(&plain(before));
        let _ = write!(text, "{begin}{}{end}", plain(word));
        from = *stop;
    }
    text.push_str(&plain(hit.snippet.get(from..).unwrap_or_default()));
    text
}

/// Names and texts come from strangers: control and direction characters never reach the terminal.
pub(super) fn plain(text: &str) -> String {
    let odd = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect()
}
