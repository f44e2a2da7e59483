//! What the desk's commands do, whoever gives them: the command line on the data folder itself, or over the daemon's
//! socket.
//!
//! A command is a [`Request`], answered by a [`Reply`] after any number of [`Note`]s about its progress. There is one way
//! of carrying it out ([`Desk::handle`]), so both ways behave the same.

mod boxes;
pub mod client;
pub mod desk;
mod discarding;
mod flagging;
pub mod ingest;
mod intakes;
mod links;
mod moving;
mod presence;
mod rulings;
pub mod server;
mod shown;
mod sight;
mod waiving;

pub use desk::Desk;
pub use shown::{
    CaseSummary, Discarded, FlagSummary, Flagging, LinkState, LinkSummary, Shown, Unfinished, WaiverSummary, Waiving,
};
pub use sight::Sight;

use crate::{
    casework::waivers::Reach,
    domain::{
        case::{CaseState, Gate, Patient, ProgrammeName},
        ids::{CaseId, EntryId, LinkId, UploadId},
        reason::Reason,
    },
    inlet::files::Naming,
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
    /// Whom a case is about, and under which programme.
    Child {
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
        /// How the names in the ledger begin.
        #[serde(default)]
        naming: Naming,
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
    /// Ends one upload that is not finished; what came of it is deleted.
    Discard {
        /// The case.
        case: CaseId,
        /// The upload.
        upload: UploadId,
        /// Why; kept sealed.
        reason: String,
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
    /// What the desk sees at a path: it opens paths itself, and may see others than the asker.
    Look {
        /// The path, absolute.
        path: PathBuf,
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
    /// Whom a case is about; nobody where its name and birth date are empty.
    Child {
        /// The case's programme.
        programme: ProgrammeName,
        /// The child.
        patient: Patient,
    },
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
    /// An upload was discarded.
    Discarded(Discarded),
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
    /// What is seen at a path.
    Sight(Sight),
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
