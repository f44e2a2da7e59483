//! What the desk is shown: a case with its ledger, links, what was accepted and set.

use crate::{
    casework::{
        case::{ManifestReport, MediumReport},
        ledger::{Row, Summary},
        series::SeriesReport,
        waivers::Reach,
    },
    domain::{
        case::{CaseState, Gate, ProgrammeName},
        ids::{CaseId, EntryId, LinkId, RulingId, UploadId},
        origin::NotRead,
        reason::{Reason, Severity},
    },
};
use serde::{Deserialize, Serialize};

/// A case in a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseSummary {
    /// Its id.
    pub case: CaseId,
    /// Its programme.
    pub programme: ProgrammeName,
    /// Where it stands.
    pub state: CaseState,
    /// When it was opened.
    pub opened: String,
    /// The child's name, for the desk.
    pub child: String,
    /// Its gate.
    pub gate: Gate,
    /// Uploads that take bytes now.
    #[serde(default)]
    pub uploads_open: u64,
    /// Intakes by commands that have not brought all they were given: under way, or broken off.
    #[serde(default)]
    pub intakes_open: u64,
    /// Documents that wait for their first look, or to be compared.
    #[serde(default)]
    pub documents_open: u64,
    /// Documents whose pages are read from their pixels.
    #[serde(default)]
    pub readings_open: u64,
    /// The site's holding case.
    pub holding: bool,
}

/// A case, shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// The case.
    pub case: CaseSummary,
    /// The ledger.
    pub rows: Vec<Row>,
    /// Sums over the rows.
    pub summary: Summary,
    /// Media and their three lists.
    pub media: Vec<MediumReport>,
    /// Slide manifests, row by row.
    pub manifests: Vec<ManifestReport>,
    /// Series of images, by study: what is there and what is missing.
    #[serde(default)]
    pub series: Vec<SeriesReport>,
    /// Findings that were accepted.
    #[serde(default)]
    pub waivers: Vec<WaiverSummary>,
    /// Findings that were set.
    #[serde(default)]
    pub flags: Vec<FlagSummary>,
    /// Uploads that were never finished: what is known of them.
    pub unfinished: Vec<Unfinished>,
}

/// What came of accepting findings, or of taking that back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiving {
    /// The waivers it was done by.
    pub waivers: Vec<RulingId>,
    /// Findings they were given for.
    pub findings: u64,
    /// Documents these are about.
    pub documents: u64,
    /// The gate as it stands now.
    pub gate: Gate,
}

/// A waiver that was not taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaiverSummary {
    /// Its id.
    pub waiver: RulingId,
    /// The document that was named; `None` for a row that is no entry.
    pub document: Option<EntryId>,
    /// Its path, or the row's.
    pub path: String,
    /// The code that was accepted.
    pub code: Reason,
    /// Findings it was given for.
    pub given_for: u64,
    /// Those of them that the case still has: the rest became other findings, or are gone.
    pub in_force: u64,
    /// Why.
    pub reason: String,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: String,
}

/// What came of setting a finding, or of taking that back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flagging {
    /// The flags it was done by.
    pub flags: Vec<RulingId>,
    /// Documents they are about.
    pub documents: u64,
    /// The gate as it stands now.
    pub gate: Gate,
}

/// A flag that was not taken back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlagSummary {
    /// Its id.
    pub flag: RulingId,
    /// The document that was named; of a copy, the one that holds the bytes.
    pub document: EntryId,
    /// Its path.
    pub path: String,
    /// The code that was set.
    pub code: Reason,
    /// Its weight.
    pub severity: Severity,
    /// The page, where it concerns one.
    pub page: Option<u32>,
    /// How far it reaches.
    pub reach: Reach,
    /// Documents it is about now.
    pub documents: u64,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When.
    pub at: String,
}

/// An upload link, without its address: that was shown once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkSummary {
    /// Its id.
    pub link: LinkId,
    /// `family`, `physician` or `imaging`.
    pub audience: String,
    /// Does it take anything?
    pub state: LinkState,
    /// When it ends or ended by itself.
    pub expires: String,
    /// Files that came through it, whole.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Uploads through it that take bytes now.
    pub open_uploads: u64,
}

/// Where a link stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkState {
    /// It takes files.
    Open,
    /// Its time is over.
    Expired,
    /// It was ended.
    Revoked,
}

/// An upload that is open or expired unfinished, or an intake by a command that has not brought all it was given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unfinished {
    /// Its id; of an intake that of its arrival.
    pub upload: UploadId,
    /// Its name; of an intake what it was given.
    pub path: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Bytes announced.
    pub length: Option<u64>,
    /// `open` or `expired`; of an intake `under_way` or `broken_off`.
    pub state: String,
    /// The link it came through.
    #[serde(default)]
    pub link: Option<LinkId>,
    /// What an intake was given and could not read.
    #[serde(default)]
    pub not_read: NotRead,
}

/// An upload that was discarded, or an intake that was given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Discarded {
    /// Its id.
    pub upload: UploadId,
    /// Bytes that had come of it: gone of an upload, documents of the case of an intake.
    pub bytes: u64,
    /// Was it an intake?
    #[serde(default)]
    pub intake: bool,
    /// The gate as it stands now.
    pub gate: Gate,
}
