//! Does a name's extension contradict the content, and is what it promises absent?
//!
//! Only extensions that promise one kind are asked; an unknown one promises nothing.

use super::{
    facts::{FileKind, Observation},
    path::RawName,
    reason::Reason,
};
use FileKind::{
    Archive, Dicom, Dicomdir, Disc, Empty, Executable, Image, Message, Office, Pdf, Slide, SlideManifest, SystemJunk,
    Text, Unknown,
};

/// Extensions and the kinds they promise.
const PROMISES: &[(&[&str], &[FileKind])] = &[
    (&["dcm", "dicom", "ima"], &[Dicom, Dicomdir, Slide]),
    (&["pdf"], &[Pdf]),
    (&["jpg", "jpeg", "jpe", "png", "gif", "bmp", "webp", "heic", "heif", "jp2"], &[Image]),
    (&["tif", "tiff"], &[Image, Slide]),
    (&["svs", "ndpi", "scn", "mrxs", "vsi", "bif"], &[Slide]),
    (&["txt", "csv", "tsv", "htm", "html", "rtf", "md", "xml", "json"], &[Text, SlideManifest, Message, SystemJunk]),
    (&["doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"], &[Office, SlideManifest]),
    (&["eml", "msg", "hl7", "mbox"], &[Message]),
    (&["zip", "tar", "gz", "tgz", "7z", "rar", "bz2", "xz"], &[Archive, Disc]),
    (&["iso"], &[Disc]),
    (&["exe", "dll", "com", "scr", "bat", "cmd", "ps1", "vbs", "msi"], &[Executable]),
];

/// Says that the extension of `name` promises something else than `kind`.
pub fn observation(kind: FileKind, name: &RawName) -> Option<Observation> {
    // Nothing, junk and what is not recognised say so themselves.
    if matches!(kind, Empty | SystemJunk | Unknown) {
        return None;
    }
    let extension = name.extension();
    let (_, kinds) = PROMISES.iter().find(|(extensions, _)| extensions.contains(&extension.as_str()))?;
    let contradicts = !kinds.contains(&kind);
    contradicts.then(|| Observation::new(Reason::WrongExtension, format!("named `.{extension}`, is {kind}")))
}

/// Does the name promise something to look at or read? A program's or an unknown one does not.
pub fn promises_a_document(name: &RawName) -> bool {
    let extension = name.extension();
    PROMISES.iter().any(|(extensions, kinds)| extensions.contains(&extension.as_str()) && *kinds != [Executable])
}

/// Does the name promise a record of a patient, rather than a text or picture, which programs have as well?
pub fn promises_a_record(name: &RawName) -> bool {
    let extension = name.extension();
    let promised = PROMISES.iter().find(|(extensions, _)| extensions.contains(&extension.as_str()));
    promised.is_some_and(|(_, kinds)| !matches!(kinds[0], Text | Image | Executable))
}

/// Extensions of formats that no program opens when plain text stands in their place. Office's are not among them: many
/// hospitals' exports are tables of HTML named `.xls`, and open. Nor are DICOM's: export programs put `.dcm` on whatever
/// they write, reports as text among it.
const NEVER_TEXT: &[&[&str]] = &[
    &["pdf", "iso"],
    &["jpg", "jpeg", "jpe", "png", "gif", "bmp", "webp", "heic", "heif", "jp2", "tif", "tiff"],
    &["svs", "ndpi", "scn", "mrxs", "vsi", "bif"],
    &["zip", "tar", "gz", "tgz", "7z", "rar", "bz2", "xz"],
];

/// Says that what `name` promises is not there at all: text stands in its place, as when an error page of a web site or
/// the stub of a file is saved under the name of what was asked for.
pub fn absence(kind: FileKind, name: &RawName) -> Option<Observation> {
    let extension = name.extension();
    let absent = kind == Text && NEVER_TEXT.iter().any(|extensions| extensions.contains(&extension.as_str()));
    let detail = || format!("text stands in the place of what `.{extension}` promises");
    absent.then(|| Observation::new(Reason::Damaged, detail()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that only a promise that is broken is reported.
    #[test]
    fn reports_broken_promises_only() {
        let says = |kind, name: &str| observation(kind, &RawName::from_text(name)).is_some();
        assert!(says(Image, "scan.pdf"));
        assert!(says(Text, "a/b.DCM"));
        assert!(says(Executable, "report.pdf"));
        assert!(!says(Executable, "report.pdf.exe"));
        assert!(!says(Dicom, "IM000001"));
        assert!(!says(Disc, "cd.zip"));
        assert!(!says(Text, "notes.unheard"));
    }

    /// Proves that a document is promised by a document's extension only.
    #[test]
    fn documents_are_promised() {
        let promised = |name: &str| promises_a_document(&RawName::from_text(name));
        assert!(promised("report.PDF") && promised("IM1.dcm") && promised("a.zip"));
        assert!(!promised("viewer.dll") && !promised("cache.dat") && !promised("IM000001"));
    }

    /// Proves that text in the place of a scan, an image or a disc is said to be no such thing, and that what opens all
    /// the same is not.
    #[test]
    fn text_in_the_place_of_something_else_is_an_absence() {
        let absent = |kind, name: &str| absence(kind, &RawName::from_text(name)).is_some();
        for name in ["report.pdf", "cd.iso", "slide.svs", "photo.jpeg", "all.zip"] {
            assert!(absent(Text, name), "{name}");
            assert!(!absent(Image, name), "{name}");
        }
        for name in ["report.txt", "values.xls", "letter.doc", "IM1.DCM", "IM000001", "report.html", "page.xml"] {
            assert!(!absent(Text, name), "{name}");
        }
    }
}
