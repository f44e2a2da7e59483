//! The gate: is the case ready for a specialist, and if not, why?

use super::case::{CaseFile, Overlay};
use crate::domain::{
    case::Gate,
    entry::Outcome,
    job::OpenWork,
    reason::{Reason, Severity},
    time::Instant,
};
use std::collections::BTreeSet;

/// Computes the gate of a case. Never ready while work is open, while nothing has arrived, or while anything blocks.
pub fn judge(case: &CaseFile, overlay: &Overlay, (work, revision, at): (OpenWork, u64, Instant)) -> Gate {
    let own = case
        .entries()
        .iter()
        .filter(|entry| entry.row.outcome != Some(Outcome::DuplicateOf))
        .filter_map(|entry| entry.record.verdict.as_ref())
        .flat_map(|verdict| &verdict.findings);
    let joint = overlay.findings.iter().map(|(_, finding)| finding);
    let extra = overlay.rows.iter().flat_map(|row| &row.findings);
    let mut blocking: BTreeSet<Reason> = own
        .chain(joint)
        .chain(extra)
        .filter(|finding| finding.severity == Severity::Block)
        .map(|finding| finding.code)
        .collect();
    if work.stuck > 0 {
        blocking.insert(Reason::Stuck);
    }
    let anything = case.entries().iter().any(|entry| entry.row.outcome == Some(Outcome::Stored));
    if !anything {
        blocking.insert(Reason::MissingItem);
    }
    let work_open = work.uploads + work.jobs;
    Gate {
        ready: blocking.is_empty() && work_open == 0,
        blocking: blocking.into_iter().collect(),
        work_open,
        at,
        revision,
    }
}
