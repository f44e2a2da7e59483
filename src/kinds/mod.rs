//! What files are and what stands in them: one file per kind.
//!
//! `examine` runs in the jailed inspector only: it parses foreign bytes. `sniff` looks at magic bytes and may run in
//! the daemon. Neither does any I/O but through [`Source`] and [`Sink`]; neither returns an error, because a faulty
//! document is not an error: it is facts with observations. A kind may panic or run out of memory; then the jail says
//! `parser_failed` about this one document.
//!
//! A new kind is one file and one line in [`ALL`].

pub mod archive;
mod base64;
pub mod dicom;
pub mod disc;
pub mod docs;
pub mod executable;
pub mod junk;
pub mod mail;
pub mod manifest;
pub mod message;
pub mod office;
pub mod pdf;
pub mod picture;
pub mod polyglot;
mod raster;
pub mod slide;
pub mod text;
pub mod unsupported;
pub mod void;

pub use crate::domain::member::{Offer, Stop};
use crate::domain::{
    entry::PixelsRead,
    facts::{Facts, FileKind, Member, MemberEnd, PageText},
    limits::Limits,
    path::RawName,
    reading::Rendered,
};
use std::io::{self, Read, Seek, SeekFrom};

/// The bytes of one document, read where needed, never as a whole unless small.
pub trait Source: Read + Seek {
    /// Bytes in all.
    fn bytes(&self) -> u64;

    /// A few bytes from somewhere, of which nothing around them will be wanted. Reading goes on where it was.
    ///
    /// # Errors
    /// As reading them would; [`io::ErrorKind::UnexpectedEof`] where the document ends before, for no bytes too.
    fn glimpse(&mut self, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        if offset.saturating_add(bytes as u64) > Source::bytes(self) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let position = self.stream_position()?;
        self.seek(SeekFrom::Start(offset))?;
        let mut seen = vec![0; bytes];
        let read = self.read_exact(&mut seen);
        self.seek(SeekFrom::Start(position))?;
        read.map(|()| seen)
    }
}

impl<T: AsRef<[u8]>> Source for io::Cursor<T> {
    fn bytes(&self) -> u64 {
        self.get_ref().as_ref().len() as u64
    }
}

/// Takes members and text from a kind that is examining.
///
/// For each member: `begin`, then any number of `data` (only after [`Offer::Take`]), then `end`, members strictly one
/// after the other, ordinals ascending. After any [`Stop`] the kind ends its work and returns facts that say so.
pub trait Sink {
    /// Offers a member.
    ///
    /// # Errors
    /// [`Stop`]: hand over nothing more.
    fn begin(&mut self, member: Member) -> Result<Offer, Stop>;
    /// Bytes of the member, in order, at most 256 KiB at a time.
    ///
    /// # Errors
    /// [`Stop`]: hand over nothing more.
    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop>;
    /// Ends the member.
    ///
    /// # Errors
    /// [`Stop`]: hand over nothing more.
    fn end(&mut self, end: MemberEnd) -> Result<(), Stop>;
    /// The text of a page. Pages may come in any order, each once.
    fn page(&mut self, page: PageText);
}

/// One document to examine.
pub struct Exam<'a> {
    /// Its bytes.
    pub source: &'a mut dyn Source,
    /// Its name: a hint for what content cannot tell (`.DS_Store`, a wrong extension), never for recognition of content.
    pub name: &'a RawName,
    /// Passwords that were supplied for it, to be tried in order; the empty one is always tried.
    pub passwords: &'a [String],
    /// Limits.
    pub limits: &'a Limits,
    /// Where members and text go.
    pub sink: &'a mut dyn Sink,
}

/// What recognition may look at: the head of a document and its name.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    /// Up to `SNIFF_BYTES_MAX` bytes from the start.
    pub head: &'a [u8],
    /// Bytes in all, where known.
    pub bytes: u64,
    /// Its name: only for system junk and for telling kinds of plain text apart.
    pub name: &'a RawName,
}

/// A kind of file.
pub trait Kind: Sync {
    /// Its short name in logs and tables (`pdf`, `zip`); finer than [`FileKind`].
    fn name(&self) -> &'static str;
    /// What entries of this kind are called until examined.
    fn file_kind(&self) -> FileKind;
    /// Is it this? Cheap, pure, no parsing beyond magic bytes.
    fn sniff(&self, probe: &Probe<'_>) -> bool;
    /// Finds out what stands in it. In the jail only.
    fn examine(&self, exam: &mut Exam<'_>) -> Facts;
}

/// Every kind, in the order in which they are asked; the first that says yes has it.
pub static ALL: &[&dyn Kind] = &[
    // What systems leave behind, by its first bytes.
    &junk::Junk,
    // A DICOM object may carry the first bytes of anything in its preamble.
    &dicom::DIRECTORY,
    &dicom::WHOLE_SLIDE,
    &dicom::OBJECT,
    // Pictures and slides, by their first bytes.
    picture::PNG,
    picture::JPEG,
    picture::GIF,
    picture::BMP,
    picture::WEBP,
    picture::HEIC,
    slide::TIFF,
    slide::MIRAX,
    slide::MIRAX_DATA,
    // Containers of documents before plain archives, archives before discs: a hybrid image may begin like anything.
    office::OPEN_XML,
    office::OPEN_DOCUMENT,
    office::ENCRYPTED,
    &archive::zip::Zip,
    &archive::seven_zip::SevenZip,
    &archive::stream::Stream::Gzip,
    &archive::stream::Stream::Bzip2,
    &archive::stream::Stream::Xz,
    &disc::Iso9660,
    &disc::UnreadDisc,
    &archive::tar::Tar,
    &executable::Executable,
    &unsupported::Ole,
    &unsupported::Unsupported(FileKind::Archive),
    &unsupported::Unsupported(FileKind::Image),
    // What Outlook packs may hold a PDF near its start, and a PDF may have junk before its header.
    &unsupported::Unsupported(FileKind::Message),
    &pdf::PdfKind,
    &message::hl7::Hl7,
    &message::fhir::Fhir,
    &message::cda::ClinicalDocument,
    &unsupported::Unsupported(FileKind::Unknown),
    // Text, the finer kinds first. These come after every kind that is known by its bytes.
    &mail::Mail,
    &mail::Mailbox,
    docs::rtf::RTF,
    docs::html::HTML,
    manifest::MANIFEST,
    docs::xml::XML,
    &executable::Script,
    &junk::JunkByName,
    docs::plain::PLAIN,
];

/// Which kind is this?
pub fn recognise(probe: &Probe<'_>) -> Option<&'static dyn Kind> {
    ALL.iter().copied().find(|kind| kind.sniff(probe))
}

/// Decodes all pixels of a DICOM object into a digest. In the jail only.
pub fn decode_pixels(source: &mut dyn Source, limits: &Limits) -> PixelsRead {
    dicom::pixels(source, limits)
}

/// Draws one page, counted from 1, of a document that is only pixels, and prepares it for reading. In the jail only.
pub fn render(source: &mut dyn Source, page: u32, terms: (&RawName, &[String], &Limits)) -> Rendered {
    raster::render(source, page, terms)
}
