//! The measures: readability, language, duplicates. What counts as right is said here and in `docs/evaluate.md`, and
//! nowhere else.

use super::{
    answers::{Answer, Answers},
    expected::{Expected, Group, Truths},
};
use crate::domain::{entry::Outcome, facts::Readable, reason::Reason};
use serde::{Serialize, ser::SerializeStruct};
use std::collections::BTreeSet;

/// Which files language and likeness are asked of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Scope {
    /// All.
    #[default]
    Everything,
    /// Those whose text needs no reading of pixels.
    Digital,
}

/// A share of files.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Measure {
    /// Its name, for `--require`.
    pub name: &'static str,
    /// Files that count for it.
    pub part: f64,
    /// Files that were asked.
    pub whole: f64,
}

impl Measure {
    fn new(name: &'static str, part: usize, whole: usize) -> Self {
        Self { name, part: part as f64, whole: whole as f64 }
    }

    /// Its value, 0 to 1; `None` where nothing was asked.
    pub fn value(&self) -> Option<f64> {
        (self.whole > 0.0).then(|| self.part / self.whole)
    }

    /// Is less better?
    pub fn is_better_low(&self) -> bool {
        self.name.ends_with("false_alarms")
    }

    /// Is it at least as good as required? What could not be measured is not.
    pub fn meets(&self, required: f64) -> bool {
        let good = |value| if self.is_better_low() { value <= required } else { value >= required };
        self.value().is_some_and(good)
    }
}

impl Serialize for Measure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Measure", 4)?;
        fields.serialize_field("name", self.name)?;
        fields.serialize_field("value", &self.value())?;
        fields.serialize_field("part", &self.part)?;
        fields.serialize_field("whole", &self.whole)?;
        fields.end()
    }
}

/// In what way answer and truth differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MissKind {
    /// There is no answer.
    Unanswered,
    /// Nobody gets at the content, and it was called readable.
    CalledReadable,
    /// It can be read, and was called unreadable.
    CalledUnreadable,
    /// Other languages.
    Language,
    /// Files that are alike were not linked.
    Duplicates,
}

impl MissKind {
    /// Every way, in the order in which they are told.
    pub const ALL: &[Self] =
        &[Self::Unanswered, Self::CalledReadable, Self::CalledUnreadable, Self::Language, Self::Duplicates];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unanswered => "no answer",
            Self::CalledReadable => "called readable",
            Self::CalledUnreadable => "called unreadable",
            Self::Language => "other languages",
            Self::Duplicates => "not linked",
        }
    }
}

/// A file about which answer and truth differ.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Miss {
    /// In what way.
    pub what: MissKind,
    /// The file; of a group its files, parted by spaces.
    pub path: String,
    /// Kind of the file, or name of the group.
    pub kind: String,
    /// What was expected.
    pub expected: String,
    /// What was answered.
    pub answered: String,
    /// Reason codes of the answer.
    pub codes: Vec<Reason>,
    /// Why, as the table says.
    pub why: String,
}

impl Miss {
    fn of(what: MissKind, file: &Expected, answer: Option<&Answer>) -> Self {
        let asks_language = what == MissKind::Language;
        let readable = if file.readable { "readable" } else { "not readable" };
        let answered = match answer {
            None => "nothing",
            Some(answer) if asks_language => &answer.language,
            Some(answer) => readable_words(answer.readable),
        };
        Self {
            what,
            path: file.path.clone(),
            kind: file.kind.clone(),
            expected: if asks_language { file.language.clone() } else { readable.to_owned() },
            answered: answered.to_owned(),
            codes: answer.map(|answer| answer.codes().into_iter().collect()).unwrap_or_default(),
            why: file.reason.clone(),
        }
    }
}

const fn readable_words(readable: Readable) -> &'static str {
    match readable {
        Readable::Yes => "readable",
        Readable::No => "not readable",
        Readable::Partial => "readable in part",
        Readable::Undetermined => "undetermined",
    }
}

/// Reasons that count as having noticed a hostile file.
const NOTICED: &[Reason] = &[
    Reason::ArchiveBomb,
    Reason::PathEscape,
    Reason::LinkEntry,
    Reason::TooDeep,
    Reason::TooManyEntries,
    Reason::Executable,
    Reason::Malware,
    Reason::Polyglot,
    Reason::ActiveContent,
    Reason::ParserFailed,
    Reason::Damaged,
    Reason::Blank,
    Reason::Truncated,
];

/// Does the answer say that nobody gets at the content? Of a hostile file it is enough that it was noticed, of a cut one
/// that a part is named; what a table allows to be unsupported is not held against the answer.
pub(super) fn says_unreadable(file: &Expected, answer: &Answer) -> bool {
    let partial = answer.readable == Readable::Partial;
    let mut unreadable = answer.readable == Readable::No || answer.outcome == Outcome::Unreadable;
    if file.kind == "hostile" && !file.readable {
        unreadable |= answer.outcome == Outcome::Held || answer.has_any(NOTICED) || partial;
    }
    let cut = ["cut at", "truncated", "partial"].iter().any(|word| file.reason.contains(word));
    if cut && !file.readable {
        unreadable |= partial;
    }
    let unsupported = answer.has_any(&[Reason::UnsupportedFormat]) && !answer.has_any(&[Reason::Damaged]);
    unreadable && !(file.reason.contains("UNSUPPORTED-OK") && unsupported)
}

/// Is every file answered, and told readable from unreadable?
pub(super) fn readability((truths, answers): (&Truths, &Answers<'_>), misses: &mut Vec<Miss>) -> Vec<Measure> {
    let (mut hits, mut missed, mut alarms, mut right, mut unanswered) = (0, 0, 0, 0, 0);
    for file in truths.files.iter().filter(|file| file.is_counted()) {
        let Some(answer) = answers.get(&file.path) else {
            unanswered += 1;
            misses.push(Miss::of(MissKind::Unanswered, file, None));
            continue;
        };
        match (!file.readable, says_unreadable(file, answer)) {
            (true, true) => hits += 1,
            (false, false) => right += 1,
            (true, false) => {
                missed += 1;
                misses.push(Miss::of(MissKind::CalledReadable, file, Some(answer)));
            }
            (false, true) => {
                alarms += 1;
                misses.push(Miss::of(MissKind::CalledUnreadable, file, Some(answer)));
            }
        }
    }
    let answered = hits + missed + alarms + right;
    vec![
        Measure::new("answered", answered, answered + unanswered),
        Measure::new("unreadable_recall", hits, hits + missed),
        Measure::new("unreadable_precision", hits, hits + alarms),
        Measure::new("unreadable_f1", 2 * hits, 2 * hits + alarms + missed),
        Measure::new("readable_false_alarms", alarms, alarms + right),
    ]
}

/// Is language a question of this file?
pub(super) fn asks_language(file: &Expected, scope: Scope) -> bool {
    let asked = file.language != "-" && file.is_certain() && file.readable;
    asked && (scope == Scope::Everything || !file.needs_reading())
}

/// The languages of a tag as the tables and the answers write it.
pub(super) fn tags(language: &str) -> BTreeSet<&str> {
    let none = matches!(language, "-" | "");
    language.split(['+', ',']).filter(|_| !none).collect()
}

/// Are the languages right, is foreign text found, is English left alone?
pub(super) fn language(
    (truths, answers): (&Truths, &Answers<'_>),
    scope: Scope,
    misses: &mut Vec<Miss>,
) -> Vec<Measure> {
    let (mut exact, mut all, mut found, mut foreign, mut alarms, mut english) = (0, 0, 0, 0, 0, 0);
    for file in truths.files.iter().filter(|file| asks_language(file, scope)) {
        let Some(answer) = answers.get(&file.path) else { continue };
        let (wanted, got) = (tags(&file.language), tags(&answer.language));
        let flagged = answer.has_any(&[Reason::NotEnglish, Reason::MixedLanguage])
            || got.iter().any(|tag| !matches!(*tag, "en" | "und"));
        all += 1;
        if wanted == got {
            exact += 1;
        } else {
            misses.push(Miss::of(MissKind::Language, file, Some(answer)));
        }
        if wanted.iter().any(|tag| *tag != "en") {
            foreign += 1;
            found += usize::from(flagged);
        } else {
            english += 1;
            alarms += usize::from(flagged);
        }
    }
    vec![
        Measure::new("language_exact", exact, all),
        Measure::new("non_english_recall", found, foreign),
        Measure::new("english_false_alarms", alarms, english),
    ]
}

/// Are files that are alike linked, all of a group but one?
pub(super) fn duplicates(
    (truths, answers): (&Truths, &Answers<'_>),
    scope: Scope,
    misses: &mut Vec<Miss>,
) -> Vec<Measure> {
    let Some(groups) = &truths.groups else { return Vec::new() };
    let (mut good, mut all) = (0, 0);
    for group in groups {
        let Some(codes) = linking(&group.relation) else { continue };
        let is_dicom = |path: &String| truths.file(path).is_some_and(|file| file.kind == "dicom");
        if scope == Scope::Digital && group.relation == "semantic" && !group.paths.iter().all(is_dicom) {
            continue;
        }
        let present: Vec<&Answer> = group.paths.iter().filter_map(|path| answers.get(path).copied()).collect();
        if present.len() < 2 {
            continue;
        }
        all += 1;
        let exact = group.relation == "exact";
        let is_linked = |answer: &&&Answer| answer.has_any(codes) || (exact && answer.duplicate_of.is_some());
        let linked = present.iter().filter(is_linked).count();
        let similar = !exact && group.relation == "semantic" && present.iter().any(|row| !row.similar_to.is_empty());
        if linked + 1 >= present.len() || (similar && linked >= 1) {
            good += 1;
        } else {
            misses.push(unlinked(group, (linked, present.len())));
        }
    }
    vec![Measure::new("duplicate_groups", good, all)]
}

fn linking(relation: &str) -> Option<&'static [Reason]> {
    match relation {
        "exact" => Some(&[Reason::ExactDuplicate]),
        "semantic" => Some(&[Reason::SameInstance, Reason::NearDuplicate]),
        "conflict" => Some(&[Reason::InstanceConflict]),
        _ => None,
    }
}

fn unlinked(group: &Group, (linked, present): (usize, usize)) -> Miss {
    Miss {
        what: MissKind::Duplicates,
        path: group.paths.join(" "),
        kind: format!("{}/{}", group.name, group.relation),
        expected: format!("{present} linked"),
        answered: format!("{linked} of {present} linked"),
        codes: Vec::new(),
        why: String::new(),
    }
}
