//! Upload links as the desk handles them: making one, listing those of a case, ending one.

use super::{Desk, LinkState, LinkSummary, Reply};
use crate::{
    audit::Act,
    domain::{
        ids::{CaseId, LinkId},
        limits::LINK_DAYS_MAX,
        link::LinkRow,
        origin::Actor,
        upload::UploadState,
    },
    pipeline::Trouble,
    seal,
};
use std::collections::HashMap;

const DAY_MS: i64 = 86_400_000;

impl Desk {
    /// Makes a link; its address is answered once and kept nowhere.
    pub(super) async fn link(
        &self,
        case: CaseId,
        (audience, lasts_ms): (String, i64),
        actor: &Actor,
    ) -> Result<Reply, Trouble> {
        if !["family", "physician", "imaging"].contains(&audience.as_str()) {
            return Err(Trouble::Refused("a link is for family, physician or imaging".to_owned()));
        }
        if lasts_ms > LINK_DAYS_MAX * DAY_MS {
            return Err(Trouble::Refused(format!(
                "a link holds for {LINK_DAYS_MAX} days at most; make another one then"
            )));
        }
        let token = data_encoding::BASE64URL_NOPAD.encode(&seal::random_bytes::<32>());
        let link = LinkRow {
            id: LinkId::from_bytes(seal::random_bytes()),
            case,
            token_hash: seal::sha256(token.as_bytes()).0,
            audience,
            expires: self.stores().clock.now().plus_ms(lasts_ms),
            revoked: false,
            files: 0,
            bytes: 0,
            open_uploads: 0,
        };
        let id = link.id;
        let mut event = self.event(actor, Act::LinkMade, Some(case), id.to_string());
        event.detail = link.made();
        self.stores().catalog.add_link(link, event).await?;
        Ok(Reply::Link { id, address: format!("{}/u/{token}", self.link_base()) })
    }

    /// Every link of a case, ended ones too, without their addresses.
    pub(super) async fn links(&self, case: CaseId) -> Result<Vec<LinkSummary>, Trouble> {
        // A case that does not exist is said to be none, rather than one without links.
        self.stores().catalog.case(case).await?;
        let now = self.stores().clock.now();
        let state = |link: &LinkRow| match (link.revoked, link.expires <= now) {
            (true, _) => LinkState::Revoked,
            (false, true) => LinkState::Expired,
            (false, false) => LinkState::Open,
        };
        let links = self.stores().catalog.links(case).await?;
        // A link counts what was begun through it too, so that no quota is stretched: that did not come.
        let mut begun: HashMap<LinkId, (u64, u64)> = HashMap::new();
        let uploads = self.stores().catalog.uploads(case).await?;
        for upload in uploads.iter().filter(|upload| upload.state != UploadState::Finished) {
            let Some(link) = upload.link else { continue };
            let sum = begun.entry(link).or_default();
            *sum = (sum.0 + 1, sum.1 + upload.offset);
        }
        let came = |link: &LinkRow| {
            let (files, bytes) = begun.get(&link.id).copied().unwrap_or_default();
            (link.files.saturating_sub(files), link.bytes.saturating_sub(bytes))
        };
        Ok(links
            .into_iter()
            .map(|link| (came(&link), link))
            .map(|((files, bytes), link)| LinkSummary {
                link: link.id,
                state: state(&link),
                expires: link.expires.to_string(),
                files,
                bytes,
                open_uploads: link.open_uploads,
                audience: link.audience,
            })
            .collect())
    }

    /// Ends a link, and the uploads that are open through it. Ending it again changes nothing, and is written down again.
    pub(super) async fn unlink(&self, link: LinkId, actor: &Actor) -> Result<Reply, Trouble> {
        let event = self.event(actor, Act::LinkRevoked, None, link.to_string());
        self.stores().catalog.revoke_link(link, event).await?;
        // Gates that waited for uploads through it are due.
        self.door().ring();
        Ok(Reply::Done)
    }
}
