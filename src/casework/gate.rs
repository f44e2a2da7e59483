//! The gate: is the case ready for a specialist, and if not, why?

use super::{
    case::{CaseFile, Overlay},
    waivers::{self, Waived},
};
use crate::domain::{
    case::Gate,
    entry::Outcome,
    job::OpenWork,
    reason::{Reason, Severity},
    time::Instant,
};
use std::collections::BTreeSet;

/// Computes the gate of a case. Never ready while work is open, while nothing has arrived, or while anything blocks that
/// nobody accepted.
pub fn judge(case: &CaseFile, overlay: &Overlay, (work, revision, at): (OpenWork, u64, Instant)) -> Gate {
    let waived = Waived::new(overlay);
    let seen = waivers::findings(case, overlay);
    let open = seen.iter().filter(|seen| seen.finding.severity == Severity::Block && !waived.covers(seen));
    let mut blocking: BTreeSet<Reason> = open.map(|seen| seen.finding.code).collect();
    if work.stuck > 0 {
        blocking.insert(Reason::Stuck);
    }
    let anything = case.entries().iter().any(|entry| entry.row.outcome == Some(Outcome::Stored));
    if !anything {
        blocking.insert(Reason::MissingItem);
    }
    let work_open = work.uploads + work.arrivals + work.jobs;
    Gate {
        ready: blocking.is_empty() && work_open == 0,
        blocking: blocking.into_iter().collect(),
        work_open,
        at,
        revision,
    }
}
