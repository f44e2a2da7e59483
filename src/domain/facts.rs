//! What the inspector found out about one document: facts, not judgements.
//!
//! Facts come out of the jail and are untrusted until they have met their limits. They say what stands in the
//! document; whether that is good or bad for a case is said by `pipeline::judge` and `casework`.

pub use super::language::{LanguageLines, LanguageShare, PageLanguages};
use super::{imaging::Slicing, path::RawName, reason::Reason};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an entry is, recognised by content, never by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A DICOM object other than a DICOMDIR or a whole-slide image.
    Dicom,
    /// The directory of a DICOM File-set.
    Dicomdir,
    /// PDF.
    Pdf,
    /// A picture: PNG, JPEG, GIF, BMP, WebP, TIFF that is no slide, HEIC.
    Image,
    /// Plain text, CSV, HTML, RTF, XML without a better name.
    Text,
    /// DOCX, XLSX, PPTX and their kin.
    Office,
    /// E-mail, HL7, FHIR, C-CDA.
    Message,
    /// ZIP, tar, gz, 7z, RAR.
    Archive,
    /// A medium: a disc image, or a folder or archive that holds a DICOMDIR.
    Disc,
    /// A whole-slide image, DICOM ones too.
    Slide,
    /// A list of slides.
    SlideManifest,
    /// A program.
    Executable,
    /// What systems leave behind: `.DS_Store`, `Thumbs.db`, …
    SystemJunk,
    /// None of these.
    Unknown,
    /// Nothing: 0 bytes.
    Empty,
}

impl FileKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::Dicom,
        Self::Dicomdir,
        Self::Pdf,
        Self::Image,
        Self::Text,
        Self::Office,
        Self::Message,
        Self::Archive,
        Self::Disc,
        Self::Slide,
        Self::SlideManifest,
        Self::Executable,
        Self::SystemJunk,
        Self::Unknown,
        Self::Empty,
    ];

    /// The name as scripts see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dicom => "dicom",
            Self::Dicomdir => "dicomdir",
            Self::Pdf => "pdf",
            Self::Image => "image",
            Self::Text => "text",
            Self::Office => "office",
            Self::Message => "message",
            Self::Archive => "archive",
            Self::Disc => "disc",
            Self::Slide => "slide",
            Self::SlideManifest => "slide-manifest",
            Self::Executable => "executable",
            Self::SystemJunk => "system-junk",
            Self::Unknown => "unknown",
            Self::Empty => "empty",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Can a person get at the content? `No` means: not without a password, a new copy or another format.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readable {
    /// Yes. Damaged but recoverable counts as yes, with a warning.
    Yes,
    /// No.
    No,
    /// Some pages or members.
    Partial,
    /// It cannot be told yet, or not by us.
    #[default]
    Undetermined,
}

impl Readable {
    /// The word as scripts see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Partial => "partial",
            Self::Undetermined => "undetermined",
        }
    }

    /// The value of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Partial, Self::Undetermined].into_iter().find(|r| r.name() == name)
    }
}

/// Something the inspector saw that bears a reason code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Observation {
    /// The code.
    pub reason: Reason,
    /// The page, counted from 1, where it concerns one.
    pub page: Option<u32>,
    /// Evidence in a few words: numbers, tags, offsets. May quote the document and is therefore sealed.
    pub detail: String,
}

impl Observation {
    /// An observation about the whole document.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, page: None, detail: detail.into() }
    }

    /// An observation about one page.
    pub fn on_page(reason: Reason, page: u32, detail: impl Into<String>) -> Self {
        Self { reason, page: Some(page), detail: detail.into() }
    }
}

/// The text of one page, as it is searched.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PageText {
    /// Counted from 1. A document without pages has one.
    pub page: u32,
    /// Lines as read, top to bottom.
    pub text: String,
}

/// One page without its text.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct PageFacts {
    /// Counted from 1.
    pub page: u32,
    /// Words of text.
    pub words: u32,
    /// Glyphs that are drawn, mapped to Unicode or not.
    pub glyphs: u32,
    /// Glyphs that have no Unicode mapping.
    pub glyphs_unmapped: u32,
    /// Pictures that are drawn.
    pub pictures: u32,
    /// Share of the page under its pictures, 0 to 1.
    #[serde(default)]
    pub picture_share: f32,
    /// Lines and shapes that are drawn.
    pub strokes: u32,
    /// Languages on the page by weight; filled in after the language process has read the text.
    pub languages: Vec<LanguageShare>,
    /// Which lines are in which language, where the page has several.
    #[serde(default)]
    pub language_lines: Vec<LanguageLines>,
}

/// A person named in a document, as written there; compared by `casework`, never changed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct NamedPerson {
    /// Name as written; DICOM component groups are separate entries.
    pub names: Vec<String>,
    /// Birth date as written (DICOM: `YYYYMMDD`).
    pub birth_date: Option<String>,
    /// Sex as written.
    pub sex: Option<String>,
    /// Identifiers with their issuers, if stated.
    pub ids: Vec<(String, Option<String>)>,
    /// Where it stands: a tag, `page 2`, `row 7`.
    pub place: String,
    /// What the place says this person is.
    #[serde(default)]
    pub role: PersonRole,
}

/// What a document says a named person is to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonRole {
    /// Its patient: a patient module, a column of patients, a label that says so.
    #[default]
    Patient,
    /// It does not say: `Name:`, `Re:`. May be a parent or a physician.
    Unknown,
}

/// The parts of a DICOM data set that later steps need.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct DicomFacts {
    /// Study Instance UID (0020,000D).
    pub study: String,
    /// Series Instance UID (0020,000E).
    pub series: String,
    /// SOP Instance UID (0008,0018), or of the meta group.
    pub sop_instance: String,
    /// SOP Class UID (0008,0016).
    pub sop_class: String,
    /// Transfer Syntax UID as declared; as deduced where none is.
    pub transfer_syntax: String,
    /// Modality (0008,0060).
    pub modality: String,
    /// Study Date (0008,0020) as written.
    pub study_date: String,
    /// Study Description (0008,1030).
    pub study_description: String,
    /// Series Description (0008,103E).
    pub series_description: String,
    /// Body Part Examined (0018,0015).
    pub body_part: String,
    /// Accession Number (0008,0050).
    pub accession: String,
    /// Series Number (0020,0011) as written.
    pub series_number: String,
    /// Instance Number (0020,0013) as written.
    pub instance_number: String,
    /// Rows, columns, frames, bits allocated, samples per pixel; 0 where absent.
    pub rows: u32,
    /// See `rows`.
    pub columns: u32,
    /// See `rows`.
    pub frames: u32,
    /// See `rows`.
    pub bits_allocated: u32,
    /// See `rows`.
    pub samples_per_pixel: u32,
    /// Image Position (Patient) (0020,0032), millimetres.
    pub position: Option<[f64; 3]>,
    /// Image Orientation (Patient) (0020,0037).
    pub orientation: Option<[f64; 6]>,
    /// Pixel Spacing (0028,0030), millimetres.
    pub spacing: Option<[f64; 2]>,
    /// Slice Thickness (0018,0050), millimetres.
    pub thickness: Option<f64>,
    /// Image Type (0008,0008).
    pub image_type: Vec<String>,
    /// What tells it from its neighbours in the series.
    #[serde(default)]
    pub slicing: Slicing,
    /// Is there pixel data (7FE0,0010), and as long as it must be?
    pub pixel_data: PixelData,
    /// Eighths of uncompressed pixel data, counted from its end, that hold one and the same value wherever they were
    /// looked at: 0 where something is to be seen at the end, 8 where nothing was anywhere. `None` where nobody looked.
    #[serde(default)]
    pub flat_eighths: Option<u8>,
    /// Original attributes (0400,0561) are present: the study was coerced somewhere.
    pub coerced: bool,
    /// Burned In Annotation (0028,0301) says that the pixels name or identify the patient.
    #[serde(default)]
    pub burned_in: bool,
}

/// The state of (7FE0,0010), from lengths alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PixelData {
    /// The data set has none (a report, a directory).
    #[default]
    Absent,
    /// As long as rows, columns and frames ask for, or encapsulated and ended.
    Whole,
    /// Shorter than it says.
    Short,
}

/// A DICOMDIR's claims (PS3.3 F.3).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DicomdirFacts {
    /// One row per directory record that references a file.
    pub references: Vec<DicomdirReference>,
    /// Patients named in the directory.
    pub patients: u32,
    /// Directory records in all.
    pub records: u32,
}

/// A Referenced File ID (0004,1500) with what is said about it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct DicomdirReference {
    /// Components, as written; untrusted.
    pub file_id: Vec<String>,
    /// Referenced SOP Instance UID in File (0004,1511).
    pub sop_instance: String,
    /// Directory Record Type (0004,1430).
    pub record_type: String,
    /// Series Instance UID (0020,000E) of the SERIES record above it; empty where there is none.
    #[serde(default)]
    pub series: String,
}

/// A slide manifest (see `kinds::manifest` for the fields and their aliases).
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ManifestFacts {
    /// The rows, in order.
    pub rows: Vec<ManifestRow>,
    /// Canonical fields that a column was found for.
    pub fields: Vec<String>,
}

/// One row of a slide manifest, by canonical field.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct ManifestRow {
    /// Row number in the file, the first row after the header being 1.
    pub row: u32,
    /// Canonical field → value as written; empty values are left out.
    pub values: Vec<(String, String)>,
}

impl ManifestRow {
    /// The value of a canonical field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

/// What a slide says about itself.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SlideFacts {
    /// `aperio`, `generic-tiff`, `dicom`, `hamamatsu`, `leica`, `ventana`, `mirax`.
    pub vendor: String,
    /// Pixels of the largest level.
    pub width: u64,
    /// See `width`.
    pub height: u64,
    /// Pyramid levels.
    pub levels: u32,
    /// Micrometres per pixel, x.
    pub mpp_x: Option<f64>,
    /// Micrometres per pixel, y.
    pub mpp_y: Option<f64>,
    /// Objective power.
    pub magnification: Option<f64>,
    /// Has a label or macro image: health information.
    pub label_image: bool,
}

/// What a picture says about itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PictureFacts {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// EXIF orientation, 1 to 8; 1 where none is stated.
    pub orientation: u8,
    /// Pages or frames.
    pub pages: u32,
}

/// A container's own account of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ContainerFacts {
    /// Members it lists.
    pub listed: u64,
    /// Members that were handed over.
    pub delivered: u64,
    /// `zip`, `tar`, `gzip`, `iso9660`, `iso9660+joliet`, …
    pub format: String,
}

/// A word or text that search finds beside the pages: a study description, a slide row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SearchField {
    /// `study`, `series`, `patient`, `slide`, `title`, …
    pub field: String,
    /// The words.
    pub text: String,
}

/// What a text is like, small enough to keep beside it, so that alike texts are found without opening them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TextPrint {
    /// Where the words come from.
    pub source: TextSource,
    /// Words of the text.
    pub words: u32,
    /// Hashes of its runs of words, the smallest ones, in order.
    pub runs: Vec<u32>,
    /// Are these all its runs?
    pub whole: bool,
    /// Numbers, dates and the like, as written, each once.
    pub figures: Vec<String>,
}

/// Where the words of a text come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// The document carries them.
    #[default]
    Digital,
    /// They were read from its pixels.
    Pixels,
}

/// All that is known about one document after examination.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Facts {
    /// What it is; `None` only before examination.
    pub kind: Option<FileKind>,
    /// As far as the kind itself can tell.
    pub readable: Readable,
    /// What was seen.
    pub observations: Vec<Observation>,
    /// Pages, without text.
    pub pages: Vec<PageFacts>,
    /// People named in structured places (DICOM patient module, manifest columns) and recognised in text.
    pub people: Vec<NamedPerson>,
    /// DICOM data set.
    pub dicom: Option<DicomFacts>,
    /// DICOMDIR.
    pub dicomdir: Option<DicomdirFacts>,
    /// Slide manifest.
    pub manifest: Option<ManifestFacts>,
    /// Slide.
    pub slide: Option<SlideFacts>,
    /// Picture.
    pub picture: Option<PictureFacts>,
    /// Container.
    pub container: Option<ContainerFacts>,
    /// What its text is like; filled in where the text is at hand.
    #[serde(default)]
    pub text_print: Option<TextPrint>,
    /// Text to search beside the pages.
    pub search: Vec<SearchField>,
    /// Is language a question here? Not for pictures of bodies, tables of ids and hashes, DICOM images.
    pub language_asked: bool,
}

impl Facts {
    /// Facts of a kind, readable as said, nothing else known.
    pub fn of(kind: FileKind, readable: Readable) -> Self {
        Self { kind: Some(kind), readable, ..Self::default() }
    }

    /// Adds an observation about the whole document.
    pub fn observe(&mut self, reason: Reason, detail: impl Into<String>) {
        self.observations.push(Observation::new(reason, detail));
    }

    /// Was this seen?
    pub fn has(&self, reason: Reason) -> bool {
        self.observations.iter().any(|o| o.reason == reason)
    }
}

/// What a container says about one of its members, before the bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    /// Its place in the container's own order, from 0: with the parent's id it fixes the entry's id.
    pub ordinal: u64,
    /// Name as written there.
    pub name: RawName,
    /// Bytes as declared; a claim.
    pub claimed_bytes: Option<u64>,
}

/// How a member's bytes ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum MemberEnd {
    /// All bytes came, checksums agree.
    Whole,
    /// Bytes came, but something is wrong with them; they are kept.
    Flawed(Observation),
    /// No bytes are handed over, and why: a link, a device, an encrypted member, a name that escapes.
    Withheld(Observation),
}
