//! Upload links as the catalog keeps them.

use super::{
    ids::{CaseId, LinkId},
    time::Instant,
};

/// An upload link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// Its id.
    pub id: LinkId,
    /// Its case.
    pub case: CaseId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// `family`, `physician` or `imaging`.
    pub audience: String,
    /// When it ends.
    pub expires: Instant,
    /// Ended earlier.
    pub revoked: bool,
    /// Files and bytes taken through it.
    pub files: u64,
    /// See `files`.
    pub bytes: u64,
    /// Uploads through it that take bytes now.
    pub open_uploads: u64,
}

impl LinkRow {
    /// What is settled when a link is made, as the audit trail states it: none of it ever changes.
    pub fn made(&self) -> String {
        let token = data_encoding::HEXLOWER.encode(&self.token_hash);
        format!("for {} until {} token {token}", self.audience, self.expires.0)
    }
}
