//! The jail: foreign bytes are parsed in a child process that has nothing to steal and nowhere to go.
//!
//! The child is this binary, executed again with a hidden sub-command, behind Landlock, seccomp and rlimits
//! (`sandbox`), talking frames over one socket pair (`protocol`). It serves one document and dies; only the DICOM
//! instances of one arrival may share a child. The host (`host`) reads ranges for it, takes its members and text, and
//! kills it at any violation: then the facts say `parser_failed`, and the next document has a new child.

mod bounds;
mod calls;
pub mod host;
pub mod protocol;
pub mod sandbox;
pub mod worker;

use crate::domain::{
    entry::PixelsRead,
    facts::{Facts, LanguageShare, Member, MemberEnd, PageText},
    path::RawName,
};
use crate::kinds::{Offer, Stop};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Bytes of a document as the host gives them to the inspector.
#[async_trait]
pub trait View: Send + Sync {
    /// Bytes in all.
    fn bytes(&self) -> u64;
    /// Reads `length` bytes from `offset`; fewer only at the end.
    ///
    /// # Errors
    /// The store failed: the job is retried; this is no fault of the document.
    async fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, ViewError>;
}

/// The bytes cannot be read just now, or are damaged in the store.
#[derive(Debug, thiserror::Error)]
#[error("the document's bytes cannot be read: {0}")]
pub struct ViewError(pub String);

/// Takes what the inspector hands over, on the host's side. Called in order, one call at a time.
#[async_trait]
pub trait Receiver: Send {
    /// A member is offered.
    ///
    /// # Errors
    /// [`Refusal`].
    async fn begin(&mut self, member: Member) -> Result<Offer, Refusal>;
    /// Bytes of the member.
    ///
    /// # Errors
    /// [`Refusal`].
    async fn data(&mut self, bytes: &[u8]) -> Result<(), Refusal>;
    /// The member ends.
    ///
    /// # Errors
    /// [`Refusal`].
    async fn end(&mut self, end: MemberEnd) -> Result<(), Refusal>;
    /// A page's text.
    async fn page(&mut self, page: PageText);
}

/// Why the host takes nothing more.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A budget is used up: the inspector is told and goes on to its facts.
    #[error("a budget is used up: {0:?}")]
    Stop(Stop),
    /// The world failed: the inspector is killed, the job is retried.
    #[error("members cannot be taken: {0}")]
    World(String),
}

/// What to do with a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Task {
    /// Recognise and examine.
    Examine,
    /// Decode all pixels of a DICOM object into a digest.
    Pixels,
}

/// May the child serve another document afterwards?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    /// One document, one child.
    Alone,
    /// DICOM instances of the arrival with this number.
    Arrival(u128),
}

/// One document to be examined.
pub struct Order<'a> {
    /// What to do.
    pub task: Task,
    /// Its name, a hint.
    pub name: &'a RawName,
    /// Passwords to try.
    pub passwords: &'a [String],
    /// Its bytes.
    pub view: &'a dyn View,
    /// Whether the child may be shared.
    pub sharing: Sharing,
}

/// What came of it.
#[derive(Debug)]
pub enum Report {
    /// Facts, from [`Task::Examine`]. A dead, hung or over-limit child is `parser_failed` in here.
    Facts(Box<Facts>),
    /// From [`Task::Pixels`].
    Pixels(PixelsRead),
}

/// The jail itself cannot work, or the document's bytes cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JailError {
    /// This kernel cannot jail, or a child cannot be started.
    #[error("the jail cannot be set up: {0}")]
    Unavailable(String),
    /// See [`ViewError`].
    #[error(transparent)]
    View(#[from] ViewError),
    /// See [`Refusal::World`].
    #[error("members cannot be taken: {0}")]
    Receiver(String),
}

/// Examines documents.
#[async_trait]
pub trait Inspector: Send + Sync {
    /// Serves one order.
    ///
    /// # Errors
    /// [`JailError`]; never because of what stands in the document.
    async fn serve(&self, order: Order<'_>, receiver: &mut dyn Receiver) -> Result<Report, JailError>;

    /// Languages of pages, asked of the language process, which sees text only: for each page given, its shares by
    /// weight (empty where it has no letters).
    ///
    /// # Errors
    /// [`JailError::Unavailable`].
    async fn languages(&self, pages: &[PageText]) -> Result<Vec<Vec<LanguageShare>>, JailError>;
}
