//! The jail: foreign bytes are parsed in a child process that has nothing to steal and nowhere to go.
//!
//! The child is this binary, executed again with a hidden sub-command, behind Landlock, seccomp and rlimits
//! (`sandbox`), talking frames over one socket pair (`protocol`). It serves one document and dies; only the DICOM
//! instances of one arrival may share a child. The host (`host`) reads ranges for it, takes its members and text, and
//! kills it at any violation: then the facts say `parser_failed`, and the next document has a new child.

pub mod bounds;
mod calls;
pub mod host;
pub mod protocol;
pub mod sandbox;
pub mod tools;
pub mod worker;

use crate::domain::{
    entry::PixelsRead,
    facts::{Facts, Member, MemberEnd, NamedPerson, PageLanguages, PageText},
    member::{Offer, Stop},
    path::RawName,
    reading::{Bitmap, ReadWord, Rendered},
};
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
    /// Draw one page, counted from 1, and prepare it for reading.
    Render(u32),
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
    /// From [`Task::Render`].
    Rendered(Box<Rendered>),
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
    /// weight (empty where it has no letters), and which lines are in which language.
    ///
    /// # Errors
    /// [`JailError::Unavailable`].
    async fn languages(&self, pages: &[PageText]) -> Result<Vec<PageLanguages>, JailError>;

    /// People that labels on these pages name, asked of the same process.
    ///
    /// # Errors
    /// [`JailError::Unavailable`].
    async fn people(&self, pages: &[PageText]) -> Result<Vec<NamedPerson>, JailError>;
}

/// How the darkness at which ink begins is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Thresholding {
    /// One for the page (Otsu).
    #[default]
    Page,
    /// One around each pixel (Sauvola): for shadows and stains, and slower.
    Local,
}

/// How the lines of a page are looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Layout {
    /// Columns, blocks and tables are found first.
    #[default]
    Page,
    /// Whatever text there is, in no order: forms, labels, screenshots.
    Scattered,
    /// It is one block of lines: a sample cut out of a page, for which a part of a page's time is enough.
    Block,
}

/// A page to be read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOrder<'a> {
    /// The page.
    pub bitmap: &'a Bitmap,
    /// Language packs, by their names in tesseract (`eng`, `chi_sim`), the likeliest first.
    pub packs: &'a [&'a str],
    /// See [`Thresholding`].
    pub thresholding: Thresholding,
    /// See [`Layout`].
    pub layout: Layout,
}

/// How a page stands, from its letters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Stands {
    /// Quarter turns clockwise that set it upright.
    pub quarter_turns: u8,
    /// How sure that is; below 1 it means nothing.
    pub confidence: f32,
    /// Script by its name in tesseract (`Latin`, `Han`), empty where none was told.
    pub script: String,
    /// How sure that is.
    pub script_confidence: f32,
}

/// An outside program could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed here.
    #[error("{0} is not installed")]
    Missing(&'static str),
    /// It failed over this input, or ran into a limit: a fact about the page.
    #[error("{0} could not do it: {1}")]
    Failed(&'static str, String),
    /// It did not come to an end in its time, which is a fact about the page as well: noise has no words, and is looked at
    /// for long.
    #[error("{0} took too long: {1}")]
    TooLong(&'static str, String),
    /// The world failed: try again later.
    #[error("{0} cannot be started: {1}")]
    Unavailable(&'static str, String),
}

/// Outside programs, each run in a jail of its own: one program, the system's libraries, pipes; no file, no network.
#[async_trait]
pub trait Tools: Send + Sync {
    /// Language packs that are installed for reading, by their names in tesseract; empty where nothing can be read.
    fn packs(&self) -> &[String];

    /// Reads the words of a page, in reading order.
    ///
    /// # Errors
    /// [`ToolError`].
    async fn read(&self, order: ReadOrder<'_>) -> Result<Vec<ReadWord>, ToolError>;

    /// How a page stands; `None` where it has too few letters to tell.
    ///
    /// # Errors
    /// [`ToolError`].
    async fn stands(&self, bitmap: &Bitmap) -> Result<Option<Stands>, ToolError>;

    /// A page of a PDF as a second reader of PDF draws it, in grey.
    ///
    /// # Errors
    /// [`ToolError`].
    async fn pdf_page(&self, bytes: &[u8], page: u32, dpi: u32) -> Result<Bitmap, ToolError>;
}
