//! Resumable uploads as the catalog keeps them.

use super::{
    entry::{Parts, Sealed},
    ids::{ArrivalId, CaseId, EntryId, LinkId, ObjectId, UploadId},
    time::Instant,
};

/// A resumable upload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UploadRow {
    /// Its id, part of its address.
    pub id: UploadId,
    /// The entry it becomes.
    pub entry: EntryId,
    /// The link it came through.
    pub link: Option<LinkId>,
    /// Its case.
    pub case: CaseId,
    /// Its arrival.
    pub arrival: ArrivalId,
    /// Bytes announced; `None` while deferred.
    pub length: Option<u64>,
    /// End of the last durable part.
    pub offset: u64,
    /// The parts so far.
    pub object: ObjectId,
    /// In order.
    pub parts: Parts,
    /// Sealed name and metadata.
    pub record: Sealed,
    /// When it ends unless continued.
    pub expires: Instant,
    /// Where it stands.
    pub state: UploadState,
}

/// Where an upload stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UploadState {
    /// Takes bytes.
    Open,
    /// Became an entry.
    Finished,
    /// Was ended by its sender, or discarded at the desk.
    Terminated,
    /// Was not finished in time, or before its link was ended: listed as unfinished.
    Expired,
}
