//! Which lines of a page are in which language.

use super::{UNDETERMINED, segment::Segment};
use crate::domain::{facts::LanguageLines, limits::LANGUAGE_LINES_MAX};

/// Runs of lines in one language, in the order of the page; none where the page has one language only. What is told is
/// a piece of some forty letters, so that a border may lie a line off. Lines whose language cannot be told belong to what
/// is around them, or to nothing.
pub(super) fn of(told: &[(Segment, String)]) -> Vec<LanguageLines> {
    let mut runs: Vec<LanguageLines> = Vec::new();
    for (segment, tag) in told.iter().filter(|(_, tag)| tag != UNDETERMINED) {
        let (first, last) = (number(segment.lines.0), number(segment.lines.1));
        match runs.last_mut() {
            Some(run) if run.tag == *tag => run.last = run.last.max(last),
            _ => runs.push(LanguageLines { tag: tag.clone(), first, last }),
        }
    }
    if runs.len() < 2 {
        return Vec::new();
    }
    runs.truncate(LANGUAGE_LINES_MAX);
    runs
}

/// Lines are counted from 1.
fn number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX - 1) + 1
}
