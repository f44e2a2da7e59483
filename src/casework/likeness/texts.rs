//! Texts that are alike, told from their prints.

use super::{Hint, documents};
use crate::{
    casework::{
        case::{CaseFile, Entry},
        identity,
    },
    domain::facts::{TextPrint, TextSource},
};
use std::collections::{BTreeSet, HashMap};

/// Share of common runs from which on two texts are alike. Another header changes a tenth to a third of a page's runs;
/// two letters of one hospital share under a fifth (0.14 at most as files, 0.26 as badly read scans; docs/verdicts.md).
const ALIKE_FROM: f64 = 0.60;

/// The same where one was read from pixels and the figures agree: each misread word costs three runs.
const ALIKE_READ_FROM: f64 = 0.35;

/// Share of the figures of the text with fewer that stand in the other too. A form filled in again keeps its print and
/// has other dates and values.
const FIGURES_FROM: f64 = 0.50;

/// The same where the runs alone would not do.
const FIGURES_READ_FROM: f64 = 0.75;

/// Share of the runs of a text that was read badly from pixels that stand in the other.
const WITHIN_FROM: f64 = 0.60;

/// Common runs below which that share says nothing.
const WITHIN_RUNS_MIN: usize = 20;

/// Figures below which their share says nothing.
const FIGURES_MIN: usize = 3;

/// Leading documents that one run is remembered for: a letterhead stands on all of them.
const RUN_LEADERS_MAX: usize = 64;

/// Leading documents that share most runs and are looked at more closely.
const LOOKED_AT_MAX: usize = 8;

/// Figures that are named as a difference.
const NAMED_MAX: usize = 5;

/// Every document whose text is like a leading one's.
pub(super) fn hints(case: &CaseFile) -> Vec<Hint> {
    let mut leaders: Vec<(&Entry, &TextPrint)> = Vec::new();
    let mut by_run: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut hints = Vec::new();
    for entry in documents(case) {
        let Some(print) = entry.facts().and_then(|facts| facts.text_print.as_ref()) else { continue };
        let best = nearest(print, &by_run)
            .into_iter()
            .filter_map(|at| Some((alike((entry, print), leaders[at])?, leaders[at])))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((share, (other, theirs))) = best {
            let detail = said(case, (print, theirs), (other, share));
            hints.push(Hint { entry: entry.row.id, other: other.row.id, detail });
            continue;
        }
        for run in &print.runs {
            let list = by_run.entry(*run).or_default();
            if list.len() < RUN_LEADERS_MAX {
                list.push(leaders.len());
            }
        }
        leaders.push((entry, print));
    }
    hints
}

/// The leading documents that share most runs with this one.
fn nearest(print: &TextPrint, by_run: &HashMap<u32, Vec<usize>>) -> Vec<usize> {
    let mut shared: HashMap<usize, usize> = HashMap::new();
    for leader in print.runs.iter().filter_map(|run| by_run.get(run)).flatten() {
        *shared.entry(*leader).or_default() += 1;
    }
    let mut all: Vec<(usize, usize)> = shared.into_iter().map(|(leader, count)| (count, leader)).collect();
    all.sort_by_key(|(count, leader)| (std::cmp::Reverse(*count), *leader));
    all.into_iter().take(LOOKED_AT_MAX).map(|(_, leader)| leader).collect()
}

/// How alike two documents are, where they are called alike.
fn alike((entry, print): (&Entry, &TextPrint), (other, theirs): (&Entry, &TextPrint)) -> Option<f64> {
    let shares = Shares::of(print, theirs);
    let read = print.source == TextSource::Pixels || theirs.source == TextSource::Pixels;
    let figures = figures_shared(print, theirs);
    let plainly = shares.of_both >= ALIKE_FROM && figures.is_none_or(|share| share >= FIGURES_FROM);
    let though_misread =
        read && shares.of_both >= ALIKE_READ_FROM && figures.is_some_and(|share| share >= FIGURES_READ_FROM);
    let a_part = print.source == TextSource::Pixels
        && shares.of_first >= WITHIN_FROM
        && shares.common >= WITHIN_RUNS_MIN
        && figures.is_none_or(|share| share >= FIGURES_FROM);
    if !(plainly || though_misread || a_part) {
        return None;
    }
    let people = |entry: &Entry| entry.facts().map(|facts| facts.people.clone()).unwrap_or_default();
    (!identity::are_others(&people(entry), &people(other))).then_some(shares.of_both)
}

/// What two texts have in common.
struct Shares {
    /// Runs in common.
    common: usize,
    /// Of the runs of either.
    of_both: f64,
    /// Of the runs of the first.
    of_first: f64,
}

impl Shares {
    fn of(a: &TextPrint, b: &TextPrint) -> Self {
        // Both samples are complete up to the smaller of their ends.
        let end = |print: &TextPrint| if print.whole { u32::MAX } else { print.runs.last().copied().unwrap_or(0) };
        let end = end(a).min(end(b));
        let runs = |print: &TextPrint| print.runs.iter().copied().filter(|run| *run <= end).collect::<BTreeSet<u32>>();
        let (a, b) = (runs(a), runs(b));
        let common = a.intersection(&b).count();
        let share = |of: usize| common as f64 / of.max(1) as f64;
        Self { common, of_both: share(a.len() + b.len() - common), of_first: share(a.len()) }
    }
}

/// Share of the figures of the text with fewer that the other has too; `None` where there are too few.
fn figures_shared(a: &TextPrint, b: &TextPrint) -> Option<f64> {
    let numbers = |print: &TextPrint| -> BTreeSet<String> {
        let figures = print.figures.iter().flat_map(|figure| figure.split(|c: char| !c.is_ascii_digit()));
        figures.filter(|number| !number.is_empty()).map(str::to_owned).collect()
    };
    let (a, b) = (numbers(a), numbers(b));
    let fewer = a.len().min(b.len());
    (fewer >= FIGURES_MIN).then(|| a.intersection(&b).count() as f64 / fewer as f64)
}

fn said(case: &CaseFile, (print, theirs): (&TextPrint, &TextPrint), (other, share): (&Entry, f64)) -> String {
    let path = &case.lead(other).path;
    let only = |a: &TextPrint, b: &TextPrint| {
        let all: Vec<&str> =
            a.figures.iter().filter(|figure| !b.figures.contains(figure)).map(String::as_str).collect();
        let more = if all.len() > NAMED_MAX { ", …" } else { "" };
        (!all.is_empty()).then(|| format!("{}{more}", all[..all.len().min(NAMED_MAX)].join(", ")))
    };
    let percent = (share * 100.0).round();
    let mut said = match (print.source, share >= 0.995) {
        (TextSource::Digital, true) => format!("the same text as {path}"),
        (TextSource::Digital, false) => format!("{percent} % of the text is that of {path}"),
        (TextSource::Pixels, _) => format!("what was read of it is the text of {path} ({percent} % alike)"),
    };
    if let Some(only_here) = only(print, theirs) {
        said.push_str(&format!("; only here: {only_here}"));
    }
    if let Some(only_there) = only(theirs, print) {
        said.push_str(&format!("; only there: {only_there}"));
    }
    said
}
