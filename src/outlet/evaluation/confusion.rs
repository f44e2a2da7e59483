//! Tables that say where answers go wrong: by kind of file, by reason code, by language.

use super::{
    answers::Answers,
    expected::Truths,
    measures::{Scope, asks_language, says_unreadable, tags},
};
use crate::domain::reason::Reason;
use serde::Serialize;
use std::collections::BTreeMap;

/// A kind of file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct KindLine {
    /// As the table names it.
    pub kind: String,
    /// Unreadable and called so.
    pub found: u64,
    /// Unreadable and called readable.
    pub missed: u64,
    /// Readable and called unreadable.
    pub alarms: u64,
    /// Readable and called so.
    pub left_alone: u64,
}

impl KindLine {
    /// Files with an answer.
    pub fn files(&self) -> u64 {
        self.found + self.missed + self.alarms + self.left_alone
    }
}

/// A reason code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ReasonLine {
    /// The code.
    pub code: Reason,
    /// Unreadable files it was found on.
    pub on_unreadable: u64,
    /// Readable files it was found on and that were called readable.
    pub on_readable: u64,
    /// Readable files it was found on and that were called unreadable.
    pub on_alarms: u64,
    /// Files on which the table wants it.
    pub expected: u64,
    /// Of those, files it was found on.
    pub expected_found: u64,
}

/// Languages, as a table joins them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct LanguageLine {
    /// Tags, sorted and joined by `+`.
    pub language: String,
    /// Files with an answer.
    pub files: u64,
    /// Answered exactly so.
    pub exact: u64,
    /// What was answered instead, the commonest first.
    pub instead: Vec<(String, u64)>,
}

/// By kind, in the order of names.
pub(super) fn kinds(truths: &Truths, answers: &Answers<'_>) -> Vec<KindLine> {
    let mut lines: BTreeMap<&str, KindLine> = BTreeMap::new();
    for file in truths.files.iter().filter(|file| file.is_counted()) {
        let Some(answer) = answers.get(&file.path) else { continue };
        let line =
            lines.entry(&file.kind).or_insert_with(|| KindLine { kind: file.kind.clone(), ..KindLine::default() });
        let cell = match (!file.readable, says_unreadable(file, answer)) {
            (true, true) => &mut line.found,
            (true, false) => &mut line.missed,
            (false, true) => &mut line.alarms,
            (false, false) => &mut line.left_alone,
        };
        *cell += 1;
    }
    lines.into_values().collect()
}

/// By reason, in the order of the contract; codes that are nowhere found nor wanted are left out.
pub(super) fn reasons(truths: &Truths, answers: &Answers<'_>) -> Vec<ReasonLine> {
    let mut lines: BTreeMap<Reason, ReasonLine> = BTreeMap::new();
    let empty =
        |code| ReasonLine { code, on_unreadable: 0, on_readable: 0, on_alarms: 0, expected: 0, expected_found: 0 };
    for file in truths.files.iter().filter(|file| file.is_counted()) {
        let Some(answer) = answers.get(&file.path) else { continue };
        let found = answer.codes();
        for code in &found {
            let line = lines.entry(*code).or_insert_with(|| empty(*code));
            let cell = match (!file.readable, says_unreadable(file, answer)) {
                (true, _) => &mut line.on_unreadable,
                (false, true) => &mut line.on_alarms,
                (false, false) => &mut line.on_readable,
            };
            *cell += 1;
        }
        for code in &file.codes {
            let line = lines.entry(*code).or_insert_with(|| empty(*code));
            line.expected += 1;
            line.expected_found += u64::from(found.contains(code));
        }
    }
    lines.into_values().collect()
}

/// By expected languages, the commonest first.
pub(super) fn languages((truths, answers): (&Truths, &Answers<'_>), scope: Scope) -> Vec<LanguageLine> {
    let mut lines: BTreeMap<String, (u64, BTreeMap<String, u64>)> = BTreeMap::new();
    for file in truths.files.iter().filter(|file| asks_language(file, scope)) {
        let Some(answer) = answers.get(&file.path) else { continue };
        let (exact, instead) = lines.entry(joined(&file.language)).or_default();
        if tags(&file.language) == tags(&answer.language) {
            *exact += 1;
        } else {
            *instead.entry(joined(&answer.language)).or_default() += 1;
        }
    }
    let line = |(language, (exact, instead)): (String, (u64, BTreeMap<String, u64>))| {
        let mut instead: Vec<(String, u64)> = instead.into_iter().collect();
        instead.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let files = exact + instead.iter().map(|(_, files)| files).sum::<u64>();
        LanguageLine { language, files, exact, instead }
    };
    let mut lines: Vec<LanguageLine> = lines.into_iter().map(line).collect();
    lines.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.language.cmp(&b.language)));
    lines
}

fn joined(language: &str) -> String {
    let tags: Vec<&str> = tags(language).into_iter().collect();
    if tags.is_empty() { "-".to_owned() } else { tags.join("+") }
}
