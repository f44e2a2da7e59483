//! Jobs: work that is durable, idempotent and leased.

use super::{
    ids::{CaseId, EntryId, JobId, PartKey, UploadId},
    time::Instant,
};
use serde::{Deserialize, Serialize};

/// What is to be done. Clear text in the catalog: ids only.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Examine, judge and file one entry.
    Examine(EntryId),
    /// Decode the pixels of two instances that share a UID, and say whether they are the same: slow.
    Compare(EntryId),
    /// Read the pages of one entry that are only pixels: slow.
    Read(EntryId),
    /// Read them once what reads is installed: waits, is no open work, and is taken up when a process starts that can.
    ReadLater(EntryId),
    /// Index what was filed and recompute the gate; one per case at a time.
    Gate(CaseId),
    /// Delete parts that nothing names any more.
    Delete(Vec<PartKey>),
    /// End an upload that was not finished in time.
    Expire(UploadId),
}

impl Work {
    /// The name of the kind of work, for the queue's column and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Examine(_) => "examine",
            Self::Compare(_) => "compare",
            Self::Read(_) => "read",
            Self::ReadLater(_) => "read_later",
            Self::Gate(_) => "gate",
            Self::Delete(_) => "delete",
            Self::Expire(_) => "expire",
        }
    }

    /// Jobs with the same key are one job: the second enqueueing changes nothing while the first waits.
    pub fn coalesce_key(&self) -> Option<String> {
        match self {
            Self::Gate(case) => Some(format!("gate {case}")),
            // Each run takes up where the last one ended, so that two at once would read the same pages.
            Self::Read(entry) => Some(format!("read {entry}")),
            Self::ReadLater(entry) => Some(format!("read later {entry}")),
            Self::Examine(_) | Self::Compare(_) | Self::Delete(_) | Self::Expire(_) => None,
        }
    }
}

/// What a job that could not be done comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// The world failed (no room, a store that does not answer): not counted, tried again at the time given.
    World,
    /// The job itself failed: counted, tried again, stuck after `JOB_ATTEMPTS_MAX`.
    Counted,
    /// Trying again is of no use: stuck.
    Stuck,
}

/// A job that this process may work on until `until`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The case it concerns.
    pub case: Option<CaseId>,
    /// What is to be done.
    pub work: Work,
    /// Fencing token: a write with an older one is refused.
    pub token: u64,
    /// Failures of the job so far.
    pub attempts: u32,
    /// Leases that ran out so far.
    pub expiries: u32,
    /// When the lease ends without a heartbeat.
    pub until: Instant,
}

/// Numbers for progress, the gate and `/metrics`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OpenWork {
    /// Uploads that take bytes.
    pub uploads: u64,
    /// Arrivals without a link whose sender is not done: a command at work, or one that was broken off.
    pub arrivals: u64,
    /// Jobs about entries ([`Work::Examine`], [`Work::Compare`], [`Work::Read`]) waiting or running.
    pub jobs: u64,
    /// Of those, slow ones ([`Work::Compare`], [`Work::Read`]).
    pub slow: u64,
    /// Of those, readings of pixels ([`Work::Read`]).
    pub readings: u64,
    /// Jobs given up: of a case those about its entries and its gate, of all every kind.
    pub stuck: u64,
}
