//! What is under way in a case, in words. Uploads and readings are told apart: the ones wait for whoever sends, the others
//! only for time.

use super::{
    again,
    rows::ROWS_SHOWN_MAX,
    table::{plain, size},
};
use crate::control::{CaseSummary, Shown, Unfinished};
use std::fmt::Write;

/// So many of something whose plural ends in an s.
pub(super) fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Is anything under way?
pub(super) fn anything(case: &CaseSummary) -> bool {
    case.uploads_open + case.intakes_open + case.documents_open + case.readings_open > 0
}

/// In a few words: `1 upload and 2 readings open`.
pub(super) fn brief(case: &CaseSummary) -> String {
    let each = [
        (case.uploads_open, "upload"),
        (case.intakes_open, "intake"),
        (case.documents_open, "document"),
        (case.readings_open, "reading"),
    ];
    let there: Vec<String> = each.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what)).collect();
    match (there.is_empty(), case.gate.work_open) {
        (false, _) => format!("{} open", joined(&there)),
        (true, 0) => "nothing has arrived".to_owned(),
        (true, _) => "to be judged anew".to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(words: &[String]) -> String {
    match words {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        _ => words.concat(),
    }
}

/// In sentences, with the uploads and the links they come through.
pub(super) fn sentences(shown: &Shown) -> String {
    let case = &shown.case;
    let is_are = |number| if number == 1 { "is" } else { "are" };
    let mut text = String::new();
    if case.uploads_open > 0 {
        let _ = writeln!(text, "\n{} {} not finished:", count(case.uploads_open, "upload"), is_are(case.uploads_open));
        let open = shown.unfinished.iter().filter(|upload| upload.state == "open");
        open.take(ROWS_SHOWN_MAX).for_each(|upload| {
            let _ = write!(text, "  - {}\n    {}\n", arrived(upload), ids(upload));
        });
        let hint = format!(
            "  Where nobody goes on with one, discard it:\n    `casegate case discard {} UPLOAD --reason TEXT`\n  \
             To end a link, with everything that is open through it:\n    `casegate link revoke LINK`\n",
            case.case
        );
        text.push_str(&again::literally(&hint));
    }
    text.push_str(&intakes(shown));
    if case.documents_open > 0 {
        let (count, verb) = (count(case.documents_open, "document"), is_are(case.documents_open));
        let _ = writeln!(text, "\n{count} {verb} not looked at or compared yet.");
    }
    if case.readings_open > 0 {
        let (count, verb) = (count(case.readings_open, "reading"), is_are(case.readings_open));
        let _ = writeln!(text, "\n{count} {verb} not finished.");
    }
    if !anything(case) && case.gate.work_open > 0 {
        text.push_str("\nThe case changed and is being judged anew.\n");
    }
    text
}

/// Commands that have not brought all they were given.
fn intakes(shown: &Shown) -> String {
    let mut text = String::new();
    let of = |state: &'static str| shown.unfinished.iter().filter(move |intake| intake.state == state);
    for intake in of("under_way") {
        let _ = writeln!(text, "\nAn intake is under way: {}.", arrived(intake));
    }
    for intake in of("broken_off") {
        let what = match intake.not_read.is_empty() {
            true => "An intake was broken off, and not all of it came",
            false => "An intake could not read all that it was given",
        };
        let _ = writeln!(text, "\n{what}: {}.", arrived(intake));
        text.push_str(&not_read(intake));
        text.push_str(&again::literally(&giving_up(shown, intake)));
    }
    text
}

/// What an intake could not read, a line each.
pub(super) fn not_read(intake: &Unfinished) -> String {
    let named = &intake.not_read.named;
    let mut text = String::new();
    for one in named.iter().take(ROWS_SHOWN_MAX) {
        let _ = writeln!(text, "  - not taken in: {}: {}", plain(&one.path), plain(&one.why));
    }
    let more = intake.not_read.more + named.len().saturating_sub(ROWS_SHOWN_MAX) as u64;
    if more > 0 {
        let _ = writeln!(text, "  … and {more} more");
    }
    text
}

/// What can be done about an intake that did not bring all.
fn giving_up(shown: &Shown, intake: &Unfinished) -> String {
    format!(
        "  Take the same in again: what came is known, and the rest follows. Where nobody will, give it up:\n    \
         `casegate case discard {} {} --reason TEXT`\n",
        shown.case.case, intake.upload
    )
}

/// What came of an upload: `IMG_1.jpg: 1.0 KB of 187.0 KB`.
pub(super) fn arrived(upload: &Unfinished) -> String {
    let of = upload.length.map_or_else(String::new, |length| format!(" of {}", size(length)));
    format!("{}: {}{of}", plain(&upload.path), size(upload.bytes))
}

/// Its id and that of its link, for commands.
pub(super) fn ids(upload: &Unfinished) -> String {
    let link = upload.link.map_or_else(String::new, |link| format!(", link {link}"));
    let what = if matches!(upload.state.as_str(), "under_way" | "broken_off") { "intake" } else { "upload" };
    format!("{what} {}{link}", upload.upload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        case::{CaseState, Gate, ProgrammeName},
        ids::CaseId,
    };

    fn case(uploads_open: u64, readings_open: u64, work_open: u64) -> CaseSummary {
        CaseSummary {
            case: CaseId::from_bytes([1; 16]),
            programme: ProgrammeName("a".to_owned()),
            state: CaseState::Open,
            opened: String::new(),
            child: String::new(),
            gate: Gate { work_open, ..Gate::default() },
            uploads_open,
            intakes_open: 0,
            documents_open: 0,
            readings_open,
            holding: false,
        }
    }

    /// Proves that uploads and readings are counted apart, one as one and several as several.
    #[test]
    fn uploads_and_readings_are_told_apart() {
        for (open, expected) in [
            ((1, 0, 1), "1 upload open"),
            ((2, 1, 3), "2 uploads and 1 reading open"),
            ((0, 2, 2), "2 readings open"),
            ((0, 0, 1), "to be judged anew"),
            ((0, 0, 0), "nothing has arrived"),
        ] {
            assert_eq!(brief(&case(open.0, open.1, open.2)), expected);
        }
    }
}
