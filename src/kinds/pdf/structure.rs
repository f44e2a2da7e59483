//! What stands beside the pages: scripts and actions, attached files, notes.
//!
//! Trees are walked with a bound on their nodes, for names and fields may refer to themselves.

use crate::domain::facts::PageText;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as PdfString};
use hayro_syntax::page::Page;

/// Nodes of a tree of names, or annotations of a page, that are looked at.
const NODES_MAX: usize = 20_000;

/// Bytes of a note, or of a field, that are read.
const NOTE_BYTES_MAX: usize = 64 << 10;

/// What the page that stands in for a form says in every language: where to get the program that lays it out, or to wait.
const STAND_IN_WORDS: &[&str] = &["adobe.com/go/reader", "please wait..."];

/// A file inside the PDF.
pub(super) struct Attachment<'a> {
    /// Its name as written.
    pub(super) name: String,
    /// Bytes as declared.
    pub(super) claimed_bytes: Option<u64>,
    /// Its bytes.
    pub(super) stream: Stream<'a>,
}

/// Names of what would do something by itself or on a click, sorted, without doubles.
pub(super) fn active_content(pdf: &Pdf) -> Vec<&'static str> {
    let mut found = Vec::new();
    let Some(catalog) = catalog(pdf) else { return found };
    if let Some(action) = catalog.get::<Dict<'_>>("OpenAction") {
        found.extend(harmful(&action));
    }
    if catalog.contains_key("AA") {
        found.push("additional actions");
    }
    if let Some(names) = catalog.get::<Dict<'_>>("Names") {
        if names.contains_key("JavaScript") {
            found.push("JavaScript");
        }
        if names.contains_key("EmbeddedFiles") {
            found.push("embedded files");
        }
    }
    if catalog.get::<Dict<'_>>("AcroForm").is_some_and(|form| form.contains_key("XFA")) {
        found.push("XFA form");
    }
    let mut budget = NODES_MAX;
    for page in pdf.pages().iter() {
        if page.raw().contains_key("AA") {
            found.push("additional actions");
        }
        for annotation in annotations(page).take(budget) {
            budget = budget.saturating_sub(1);
            found.extend(annotation.get::<Dict<'_>>("A").and_then(|action| harmful(&action)));
            found.extend(annotation.get::<Dict<'_>>("AA").map(|_| "additional actions"));
            found.extend(match annotation.get::<Name<'_>>("Subtype").as_deref() {
                Some(b"FileAttachment") => Some("embedded files"),
                Some(b"RichMedia" | b"Movie" | b"Sound" | b"Screen" | b"3D") => Some("rich media"),
                _ => None,
            });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Do the pages only stand in for a form that is described elsewhere in the file and that a viewer lays out by itself
/// (XFA, ISO 32000-1, 12.7.8)? What such a page says is not what the form says. A form whose fields stand on the pages
/// as well, and pages that a form was printed to, are what they show.
pub(super) fn stands_in_for_form(pdf: &Pdf, texts: &[PageText]) -> bool {
    let Some(catalog) = catalog(pdf) else { return false };
    let is_form = catalog.get::<Dict<'_>>("AcroForm").is_some_and(|form| form.contains_key("XFA"));
    if !is_form {
        return false;
    }
    let says_so = texts.first().is_some_and(|page| {
        let text = page.text.to_lowercase();
        STAND_IN_WORDS.iter().any(|words| text.contains(words))
    });
    let is_field = |field: Dict<'_>| field.get::<Name<'_>>("Subtype").as_deref() == Some(b"Widget");
    let has_fields = || pdf.pages().iter().any(|page| annotations(page).any(is_field));
    says_so || (catalog.get::<bool>("NeedsRendering") == Some(true) && !has_fields())
}

/// The files inside, in the order of the tree of names, then page by page.
pub(super) fn attachments(pdf: &Pdf) -> Vec<Attachment<'_>> {
    let mut all = Vec::new();
    let names = catalog(pdf).and_then(|catalog| catalog.get::<Dict<'_>>("Names"));
    if let Some(root) = names.and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
        let mut open = vec![root];
        let mut budget = NODES_MAX;
        while let Some(node) = open.pop() {
            if budget == 0 {
                break;
            }
            budget -= 1;
            if let Some(pairs) = node.get::<Array<'_>>("Names") {
                all.extend(pairs.iter::<Object<'_>>().take(NODES_MAX).filter_map(|o| attachment(&o.into_dict()?)));
            }
            if let Some(kids) = node.get::<Array<'_>>("Kids") {
                let mut kids: Vec<_> = kids.iter::<Dict<'_>>().take(budget).collect();
                kids.reverse();
                open.append(&mut kids);
            }
        }
    }
    for page in pdf.pages().iter() {
        for annotation in annotations(page) {
            if annotation.get::<Name<'_>>("Subtype").as_deref() == Some(b"FileAttachment") {
                all.extend(annotation.get::<Dict<'_>>("FS").and_then(|file| attachment(&file)));
            }
        }
        if all.len() > NODES_MAX {
            break;
        }
    }
    all
}

/// Notes on a page.
pub(super) fn notes(page: &Page<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for annotation in annotations(page) {
        let subtype = annotation.get::<Name<'_>>("Subtype");
        if !matches!(
            subtype.as_deref(),
            Some(b"Text" | b"FreeText" | b"Highlight" | b"StrikeOut" | b"Underline" | b"Caret")
        ) {
            continue;
        }
        let note = annotation.get::<PdfString<'_>>("Contents");
        let text = note.map(|note| decoded(note.as_bytes())).unwrap_or_default();
        if !text.trim().is_empty() {
            all.push(text.trim().to_owned());
        }
    }
    all
}

/// Pages the tree promises (`/Count`); a claim.
pub(super) fn claimed_pages(pdf: &Pdf) -> Option<u64> {
    let pages = catalog(pdf)?.get::<Dict<'_>>("Pages")?;
    pages.get::<i32>("Count").and_then(|count| u64::try_from(count).ok())
}

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16BE or UTF-8 after a mark, else PDFDocEncoding, of which Windows-1252 is
/// the near kin.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(NOTE_BYTES_MAX)];
    let (encoding, bytes) = match bytes {
        [0xfe, 0xff, rest @ ..] => (encoding_rs::UTF_16BE, rest),
        [0xff, 0xfe, rest @ ..] => (encoding_rs::UTF_16LE, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => (encoding_rs::UTF_8, rest),
        _ => (encoding_rs::WINDOWS_1252, bytes),
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn catalog(pdf: &Pdf) -> Option<Dict<'_>> {
    pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())
}

/// What is fixed to a page: notes, fields, files.
pub(super) fn annotations<'a>(page: &Page<'a>) -> impl Iterator<Item = Dict<'a>> + use<'a> {
    let array = page.raw().get::<Array<'a>>("Annots");
    array.into_iter().flat_map(|array| array.iter::<Dict<'a>>().take(NODES_MAX).collect::<Vec<_>>())
}

/// Actions that run something or send something; links and jumps do not.
fn harmful(action: &Dict<'_>) -> Option<&'static str> {
    match action.get::<Name<'_>>("S").as_deref()? {
        b"JavaScript" | b"Rendition" => Some("JavaScript"),
        b"Launch" => Some("launch action"),
        b"SubmitForm" | b"ImportData" => Some("form action"),
        b"GoToE" => Some("embedded files"),
        b"RichMediaExecute" | b"Movie" | b"Sound" => Some("rich media"),
        _ => None,
    }
}

/// From a file specification (7.11.3).
fn attachment<'a>(file: &Dict<'a>) -> Option<Attachment<'a>> {
    let streams = file.get::<Dict<'a>>("EF")?;
    let stream = streams.get::<Stream<'a>>("UF").or_else(|| streams.get::<Stream<'a>>("F"))?;
    let name = file.get::<PdfString<'_>>("UF").or_else(|| file.get::<PdfString<'_>>("F"));
    let size = stream.dict().get::<Dict<'_>>("Params").and_then(|params| params.get::<i32>("Size"));
    Some(Attachment {
        name: name
            .map(|name| decoded(name.as_bytes()))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "attachment".to_owned()),
        claimed_bytes: size.and_then(|size| u64::try_from(size).ok()),
        stream,
    })
}
