//! Is the case there that a command is about? Asked before anything is read or written down, so that a wrong id is said to
//! be one, and what was shredded is not taken for damage.

use super::{Desk, Request};
use crate::{
    catalog::CatalogError,
    domain::{case::CaseState, ids::CaseId},
    pipeline::Trouble,
};

impl Request {
    /// The cases that a command is about.
    fn cases(&self) -> Vec<CaseId> {
        match self {
            Self::Show { case }
            | Self::Child { case }
            | Self::SetState { case, .. }
            | Self::Shred { case }
            | Self::Ingest { case, .. }
            | Self::Waive { case, .. }
            | Self::Unwaive { case, .. }
            | Self::Flag { case, .. }
            | Self::Unflag { case, .. }
            | Self::AddPassword { case, .. }
            | Self::Link { case, .. }
            | Self::Links { case }
            | Self::Discard { case, .. }
            | Self::Export { case, .. } => vec![*case],
            Self::Move { from, to, .. } => vec![*from, *to],
            Self::Search { cases, .. } => cases.clone(),
            Self::OpenCase { .. }
            | Self::Cases
            | Self::HoldingCase
            | Self::Unlink { .. }
            | Self::Backup { .. }
            | Self::Verify { .. }
            | Self::Audit { .. }
            | Self::Look { .. } => Vec::new(),
        }
    }

    /// Has it a meaning for a case whose keys are gone? Shredding has: given again, it finishes what a crash interrupted.
    const fn does_without_keys(&self) -> bool {
        matches!(self, Self::Shred { .. } | Self::Links { .. })
    }
}

impl Desk {
    /// Refuses what is about a case that is not there or that nobody can read any more.
    pub(super) async fn must_be_there(&self, request: &Request) -> Result<(), Trouble> {
        for case in request.cases() {
            let row = match self.stores().catalog.case(case).await {
                Err(CatalogError::Missing(_)) => {
                    return Err(Trouble::Refused(format!("there is no case {case}; `casegate case list` shows them")));
                }
                other => other?,
            };
            if row.state == CaseState::Shredded && !request.does_without_keys() {
                return Err(Trouble::Refused(
                    "this case is shredded: its keys are destroyed, and nobody can read anything of it".to_owned(),
                ));
            }
        }
        Ok(())
    }
}
