//! What the desk's commands do, whoever gives them: the command line on the data folder itself, or over the daemon's
//! socket.
//!
//! A command is a [`Request`], answered by a [`Reply`] after any number of [`Note`]s about its progress. There is one way
//! of carrying it out ([`Desk::handle`]), so both ways behave the same.

mod boxes;
pub mod client;
pub mod desk;
mod flagging;
pub mod ingest;
mod links;
mod moving;
mod presence;
mod rulings;
pub mod server;
mod waiving;

pub use desk::Desk;

use crate::{
    casework::{
        case::{ManifestReport, MediumReport},
        ledger::{Row, Summary},
        series::SeriesReport,
        waivers::Reach,
    },
    domain::{
        case::{CaseState, Gate, Patient, ProgrammeName},
        ids::{CaseId, EntryId, LinkId, RulingId},
        reason::{Reason, Severity},
    },
    ops::verify::Verified,
    search::Hit,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Request {
    /// Opens a case.
    OpenCase {
        /// Its programme.
        programme: ProgrammeName,
        /// The child.
        patient: Patient,
    },
    /// Lists cases.
    Cases,
    /// The id of the holding case, which is opened where there is none yet.
    HoldingCase,
    /// Shows a case: ledger, media, manifests, gate, uploads.
    Show {
        /// The case.
        case: CaseId,
    },
    /// Changes where a case stands.
    SetState {
        /// The case.
        case: CaseId,
        /// To what.
        state: CaseState,
    },
    /// Destroys the keys of a case.
    Shred {
        /// The case.
        case: CaseId,
    },
    /// Takes files, folders and discs in.
    Ingest {
        /// The case.
        case: CaseId,
        /// What; relative paths are relative to `folder`.
        paths: Vec<PathBuf>,
        /// The folder the command was given in.
        folder: PathBuf,
        /// When to answer.
        until: Until,
        /// From a disc at the desk, or not.
        disc: bool,
    },
    /// Moves a document, with everything in it, to another case.
    Move {
        /// The case it is in.
        from: CaseId,
        /// The document: its id, or a path as the ledger shows it.
        document: String,
        /// The case it belongs to.
        to: CaseId,
    },
    /// Accepts a finding: it keeps nothing back any more.
    Waive {
        /// The case.
        case: CaseId,
        /// Which finding.
        finding: FindingNamed,
        /// Why; kept sealed.
        reason: String,
    },
    /// Takes back what was accepted.
    Unwaive {
        /// The case.
        case: CaseId,
        /// Which finding.
        finding: FindingNamed,
        /// Why; kept sealed.
        reason: String,
    },
    /// Sets a finding that no detector saw.
    Flag {
        /// The case.
        case: CaseId,
        /// Which finding.
        finding: FindingNamed,
        /// Why; kept sealed.
        reason: String,
    },
    /// Takes back what was set.
    Unflag {
        /// The case.
        case: CaseId,
        /// Which finding.
        finding: FindingNamed,
        /// Why; kept sealed.
        reason: String,
    },
    /// Adds a password that documents of the case may need, and examines those again that asked for one.
    AddPassword {
        /// The case.
        case: CaseId,
        /// The password.
        password: String,
    },
    /// Searches cases.
    Search {
        /// The cases.
        cases: Vec<CaseId>,
        /// As typed.
        query: String,
        /// Why, where nobody is signed in.
        reason: String,
        /// Hits wanted.
        limit: usize,
    },
    /// Makes an upload link.
    Link {
        /// The case.
        case: CaseId,
        /// `family`, `physician` or `imaging`.
        audience: String,
        /// For how long, in milliseconds.
        lasts_ms: i64,
    },
    /// Lists the upload links of a case.
    Links {
        /// The case.
        case: CaseId,
    },
    /// Ends an upload link.
    Unlink {
        /// The link.
        link: LinkId,
    },
    /// Writes the release packet.
    Export {
        /// The case.
        case: CaseId,
        /// A folder that does not exist yet, or a file ending in `.zip`.
        to: PathBuf,
        /// Why, where nobody is signed in.
        reason: String,
    },
    /// Copies catalog and objects.
    Backup {
        /// A folder that does not exist yet.
        to: PathBuf,
    },
    /// Reads everything again and says what is wrong.
    Verify {
        /// Also decrypts every chunk of every object.
        deep: bool,
        /// A checkpoint of the audit chain kept elsewhere, as JSON.
        checkpoint: Option<String>,
    },
    /// The audit trail from a sequence number on.
    Audit {
        /// From here.
        from: u64,
        /// At most so many.
        limit: u32,
    },
}

/// A finding as the desk names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingNamed {
    /// The id of a document, or a path as the ledger shows it, or the last part of one.
    pub document: String,
    /// The code.
    pub code: Reason,
    /// On this page only.
    #[serde(default)]
    pub page: Option<u32>,
    /// How far it reaches.
    #[serde(default)]
    pub reach: Reach,
}

/// When an ingest answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// Everything is durable.
    Received,
    /// Everything is judged and searchable, but for slow reading.
    #[default]
    Filed,
    /// Slow reading is done as well.
    Read,
}

/// Progress of a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Note {
    /// What was found to do.
    Total {
        /// Entries.
        entries: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// Another entry is durable.
    Received {
        /// Its bytes.
        bytes: u64,
    },
    /// Something was named, or lies in a folder that was, and cannot be read: it was not taken in.
    NotTaken {
        /// Its path, for the asker.
        path: String,
        /// What the system said.
        why: String,
    },
    /// Work that is still open.
    Open {
        /// Jobs.
        jobs: u64,
        /// Of those, documents whose pixels are read.
        #[serde(default)]
        readings: u64,
    },
}

/// The answer to a command.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// Done; nothing to say.
    Done,
    /// A case was opened.
    Case(CaseId),
    /// Cases.
    Cases(Vec<CaseSummary>),
    /// A case, shown.
    Shown(Box<Shown>),
    /// A document was moved.
    Moved {
        /// Its id in the other case.
        entry: EntryId,
    },
    /// Findings were accepted, or are not any more.
    Waived(Waiving),
    /// Findings were set, or are not any more.
    Flagged(Flagging),
    /// Hits.
    Hits(Vec<Hit>),
    /// A link; its address is shown once.
    Link {
        /// Its id, for ending it.
        id: LinkId,
        /// Its address with the token.
        address: String,
    },
    /// The links of a case.
    Links(Vec<LinkSummary>),
    /// What verifying found wrong.
    Verified(Verified),
    /// What a backup copied.
    BackedUp {
        /// Files.
        files: u64,
        /// Bytes.
        bytes: u64,
        /// What could not be copied because it is damaged, by id.
        faults: Vec<String>,
    },
    /// What an export wrote.
    Wrote {
        /// Files.
        files: u64,
        /// Bytes.
        bytes: u64,
        /// The gate of the case as it went out.
        gate: Gate,
    },
    /// Audit events, as JSON.
    Audit(Vec<serde_json::Value>),
}

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
    /// Jobs about its documents that wait or run: examining, comparing, reading.
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

/// An upload that is open or expired unfinished.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unfinished {
    /// Its name.
    pub path: String,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Bytes announced.
    pub length: Option<u64>,
    /// `open` or `expired`.
    pub state: String,
    /// The link it came through.
    #[serde(default)]
    pub link: Option<LinkId>,
}

/// What is written over the socket: notes, then the reply or an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Progress.
    Note(Note),
    /// Done.
    Reply(Reply),
    /// Not done, and why.
    Error {
        /// Said to the asker.
        message: String,
        /// 2 where the asker is to change something, 3 where the world failed.
        exit_code: u8,
    },
}
