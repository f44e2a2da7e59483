//! Discarding one upload that nobody goes on with: as when its link is ended, but the link and what else is open through it
//! go on.
//!
//! What is complete is a document and is never discarded. The catalog sees to that in one transaction, also where the last
//! piece comes at the same moment: either the upload became an entry, or it has ended.

use super::{
    Desk, Discarded, Note,
    rulings::{must_be_a_reason, sealed_reason},
};
use crate::{
    audit::Act,
    domain::{
        case::CaseState,
        ids::{CaseId, UploadId},
        origin::Actor,
        upload::{UploadRow, UploadState},
    },
    pipeline::Trouble,
};
use tokio::sync::mpsc::Sender;

impl Desk {
    /// Ends an upload of a case that is open; what came of it is deleted, and the gate waits for it no longer.
    pub(super) async fn discard(
        &self,
        (case, upload): (CaseId, UploadId),
        (actor, reason): (&Actor, &str),
        notes: &Sender<Note>,
    ) -> Result<Discarded, Trouble> {
        must_be_a_reason(reason, "say why it is discarded, with --reason: it is kept sealed in the audit trail")?;
        if self.stores().catalog.case(case).await?.state == CaseState::Held {
            return Err(refused("this case is on hold: nothing of it may be destroyed"));
        }
        if let Some(done) = self.give_up((case, upload), (actor, reason), notes).await? {
            return Ok(done);
        }
        let row = self.open_upload(case, upload).await?;
        let keys = self.stores().keys(case)?;
        let mut event = self.event(actor, Act::UploadEnded, Some(case), upload.to_string());
        event.detail = "discarded at the desk".to_owned();
        event.sealed = sealed_reason(&keys, case, reason);
        self.stores().catalog.end_upload(upload, UploadState::Terminated, event).await?;
        let gate = self.gate_after(case, notes).await?;
        Ok(Discarded { upload, bytes: row.offset, intake: false, gate })
    }

    /// The upload as it stands, if it is of this case and takes bytes.
    async fn open_upload(&self, case: CaseId, upload: UploadId) -> Result<UploadRow, Trouble> {
        let uploads = self.stores().catalog.uploads(case).await?;
        let row = uploads.into_iter().find(|row| row.id == upload).ok_or_else(|| {
            refused(
                "there is no such upload or intake in that case; `casegate case gate` lists those that are not finished",
            )
        })?;
        match row.state {
            UploadState::Open => Ok(row),
            UploadState::Finished => Err(refused(
                "this upload is complete: it is a document of the case, and what is complete is not discarded; \
                 `casegate case move` brings it to another case",
            )),
            UploadState::Terminated | UploadState::Expired => {
                Err(refused("this upload has ended already: what came of it is gone, and nothing waits for it"))
            }
        }
    }
}

pub(super) fn refused(why: &str) -> Trouble {
    Trouble::Refused(why.to_owned())
}
