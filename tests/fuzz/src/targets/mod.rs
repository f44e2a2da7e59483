//! Every parser of foreign bytes, as a function of bytes: shared by the targets of cargo-fuzz and by `tests/it/fuzz`.
//!
//! What a target does is what the product does with such bytes, without the jail's walls and with small limits, so that
//! a bomb is met early. Nothing may panic in our own code, hang, or take memory without end, whatever the bytes say.

mod answers;
pub(crate) mod documents;
mod doors;

/// A parser.
pub(crate) struct Target {
    /// Its name: that of the file in `fuzz_targets/` and of the folder in `corpus/`.
    pub(crate) name: &'static str,
    parse: Parse,
}

/// What is done with the bytes.
enum Parse {
    /// They are examined as this kind, whatever they look like.
    Kind(&'static str),
    /// Anything else.
    With(fn(&[u8])),
}

impl Target {
    /// Does it.
    pub(crate) fn run(&self, bytes: &[u8]) {
        match self.parse {
            Parse::Kind(kind) => documents::as_kind(kind, bytes),
            Parse::With(function) => function(bytes),
        }
    }

    /// The kind that is examined; `None` for what is not the examination of one kind.
    #[cfg_attr(not(test), expect(dead_code, reason = "only the tests compare targets with kinds"))]
    pub(crate) fn kind(&self) -> Option<&'static str> {
        match self.parse {
            Parse::Kind(kind) => Some(kind),
            Parse::With(_) => None,
        }
    }
}

/// Every target.
pub(crate) static ALL: &[Target] = &[
    kind("pdf", "pdf"),
    kind("dicom", "dicom"),
    kind("dicomdir", "dicomdir"),
    kind("png", "png"),
    kind("jpeg", "jpeg"),
    kind("gif", "gif"),
    kind("bmp", "bmp"),
    kind("webp", "webp"),
    kind("heic", "heic"),
    kind("tiff", "tiff"),
    kind("mirax_slidedat", "mirax-slidedat"),
    kind("office_open_xml", "office-open-xml"),
    kind("office_encrypted", "office-encrypted"),
    kind("open_document", "open-document"),
    kind("ole", "ole"),
    kind("zip", "zip"),
    kind("seven_zip", "7z"),
    kind("gzip", "gzip"),
    kind("bzip2", "bzip2"),
    kind("xz", "xz"),
    kind("tar", "tar"),
    kind("iso9660", "iso9660"),
    kind("mail", "mail"),
    kind("mailbox", "mailbox"),
    kind("rtf", "rtf"),
    kind("html", "html"),
    kind("xml", "xml"),
    kind("text", "text"),
    kind("slide_manifest", "slide-manifest"),
    kind("hl7_v2", "hl7-v2"),
    kind("fhir", "fhir"),
    kind("c_cda", "c-cda"),
    with("recognise", documents::recognise),
    with("pixels", documents::pixels),
    with("draw_pdf", documents::drawn),
    with("draw_picture", documents::drawn),
    with("draw_heic", documents::drawn),
    with("draw_tiff", documents::drawn),
    with("draw_dicom", documents::drawn),
    with("people", answers::people),
    with("child_frames", answers::child_frames),
    with("tesseract", answers::tesseract),
    with("poppler", answers::poppler),
    with("age", answers::age),
    with("age_key", answers::age_key),
    with("tus_headers", doors::tus_headers),
    with("form", doors::form),
    with("patient", doors::patient),
    with("config", doors::config),
];

const fn kind(name: &'static str, kind: &'static str) -> Target {
    Target { name, parse: Parse::Kind(kind) }
}

const fn with(name: &'static str, function: fn(&[u8])) -> Target {
    Target { name, parse: Parse::With(function) }
}

/// Whether a panic at this place, as the compiler names its file, is our own: not in a library, not in the standard
/// library on behalf of one (what panics there on our behalf is said to be at our line).
pub(crate) fn is_ours(file: &str) -> bool {
    !["/registry/src/", "/rustc/", "/library/"].iter().any(|part| file.contains(part))
}
