//! Office Open XML (ECMA-376): letters, workbooks, presentations.

use super::{
    chunks, members,
    package::{Package, PartFault, names_in_head},
    sheets,
    words::{Vocabulary, words_of},
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe, docs::deliver, manifest},
};

/// The kind for [`crate::kinds::ALL`].
pub static OPEN_XML: &dyn Kind = &OpenXml;

struct OpenXml;

/// Parts that only such packages have.
const SIGNS: &[&[u8]] = &[
    b"[Content_Types].xml",
    b"_rels/.rels",
    b"docProps/app.xml",
    b"docProps/core.xml",
    b"word/document.xml",
    b"xl/workbook.xml",
    b"ppt/presentation.xml",
];

/// What the names of all parts begin with.
const FOLDERS: &[&[u8]] =
    &[b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/", b"mimetype"];

impl Kind for OpenXml {
    fn name(&self) -> &'static str {
        "office-open-xml"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Office
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let names = names_in_head(probe.head);
        // A ZIP of letters begins with a letter's name, whatever is found inside of that letter.
        let own = names.first().is_some_and(|name| FOLDERS.iter().any(|folder| name.starts_with(folder)));
        own && names.iter().any(|name| SIGNS.contains(name))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let mut facts = Facts::of(FileKind::Office, Readable::Yes);
        facts.language_asked = true;
        let mut package = match Package::open(exam.source, exam.limits) {
            Ok(package) => package,
            Err((reason, detail)) => {
                facts.observe(reason, detail);
                facts.readable = Readable::No;
                return facts;
            }
        };
        note_active(&mut package, &mut facts);
        let is_book = package.has("xl/workbook.xml");
        let pages = match main_part(&package) {
            Main::Letter(part) => letter(&mut package, &part, &mut facts, exam.limits),
            Main::Presentation => presentation(&mut package, &mut facts),
            // What a workbook's parts inflate to is measured before they are read as cells.
            Main::Workbook => measure(&mut package, &mut facts),
            Main::Foreign => {
                facts.observe(Reason::UnsupportedFormat, "no letter, workbook or presentation in the package");
                facts.readable = Readable::Undetermined;
                Vec::new()
            }
        };
        let wanted = |name: &str| name.contains("/media/") || name.contains("/embeddings/");
        let pictures = members::hand_over(&mut package, wanted, exam.limits, &mut *exam.sink, &mut facts);
        drop(package);
        if matches!(facts.readable, Readable::Yes | Readable::Partial) {
            match is_book {
                true => workbook(exam, &mut facts),
                false => deliver::pages(exam, &mut facts, pages),
            }
            only_pictures(&mut facts, pictures);
        }
        facts
    }
}

enum Main {
    Letter(String),
    Workbook,
    Presentation,
    Foreign,
}

fn main_part(package: &Package<'_>) -> Main {
    // Some writers number the main part.
    let letters = package.numbered("word/document");
    match letters.into_iter().next() {
        Some(part) => Main::Letter(part),
        None if package.has("xl/workbook.xml") => Main::Workbook,
        None if package.has("ppt/presentation.xml") => Main::Presentation,
        None => Main::Foreign,
    }
}

/// Headers first, as on paper, then the body, then notes, comments and footers.
fn letter(package: &mut Package<'_>, main: &str, facts: &mut Facts, limits: &Limits) -> Vec<String> {
    let body = match words(package, main) {
        Ok(body) => body,
        Err(fault) => {
            fault.note(facts, main);
            facts.readable = Readable::No;
            return Vec::new();
        }
    };
    let mut text = side_parts(package, "word/header", facts);
    text.push_str(&body);
    text.push_str(&chunks::words(package, main, facts, limits));
    for stem in ["word/footnotes", "word/endnotes", "word/comments", "word/footer"] {
        text.push_str(&side_parts(package, stem, facts));
    }
    deliver::split(&text, limits)
}

/// Text of parts beside the main one. One that cannot be read is noted; the letter is still read.
fn side_parts(package: &mut Package<'_>, stem: &str, facts: &mut Facts) -> String {
    let mut text = String::new();
    for part in package.numbered(stem) {
        match words(package, &part) {
            Ok(words) if words.trim().is_empty() => {}
            Ok(words) => text.push_str(&format!("{}\n", words.trim())),
            Err(fault) => fault.note(facts, &part),
        }
    }
    text
}

/// A page for each slide, then one for each slide's notes.
fn presentation(package: &mut Package<'_>, facts: &mut Facts) -> Vec<String> {
    let slides = package.numbered("ppt/slides/slide");
    let notes = package.numbered("ppt/notesSlides/notesSlide");
    let mut pages = Vec::new();
    let mut failed = 0;
    for (index, part) in slides.iter().chain(&notes).enumerate() {
        match words(package, part) {
            Ok(words) if index < slides.len() || !words.trim().is_empty() => pages.push(words),
            Ok(_) => {}
            Err(fault) => {
                fault.note(facts, part);
                failed += 1;
                pages.push(String::new());
            }
        }
    }
    if failed > 0 {
        facts.readable = if failed < pages.len() { Readable::Partial } else { Readable::No };
    }
    pages
}

/// Inflates the parts of a workbook that hold cells, to see that they may be read.
fn measure(package: &mut Package<'_>, facts: &mut Facts) -> Vec<String> {
    let parts: Vec<String> =
        package.names().iter().filter(|name| name.starts_with("xl/") && name.ends_with(".xml")).cloned().collect();
    for part in parts.iter().filter(|part| !part.contains("/theme/") && !part.contains("/media/")) {
        match package.bytes(part) {
            Ok(bytes) if bytes.windows(9).take(4096).any(|window| window == b"<!DOCTYPE") => {
                PartFault::Bomb("a document type".to_owned()).note(facts, part);
                facts.readable = Readable::No;
            }
            Err(fault @ (PartFault::Bomb(_) | PartFault::Locked)) => {
                fault.note(facts, part);
                facts.readable = Readable::No;
            }
            Ok(_) | Err(PartFault::Absent | PartFault::Broken(_)) => {}
        }
    }
    Vec::new()
}

/// A page for each sheet. Sheets that list slides make the workbook a manifest, wherever they stand.
fn workbook(exam: &mut Exam<'_>, facts: &mut Facts) {
    let (sheets, fault) = sheets::sheets(exam.source, exam.limits);
    let rows = sheets.iter().map(|sheet| sheet.rows.as_slice());
    let listed = manifest::facts_of_sheets(rows, exam.name, exam.limits);
    if let Some(mut manifest) = listed {
        manifest.observations.append(&mut facts.observations);
        *facts = manifest;
    }
    if let Some(fault) = fault {
        facts.observe(Reason::Damaged, format!("not all cells can be read: {fault}"));
        let read = sheets.iter().any(|sheet| !sheet.rows.is_empty());
        facts.readable = if read { Readable::Partial } else { Readable::No };
    }
    let pages = sheets.iter().map(|sheet| {
        let rows: Vec<String> = sheet.rows.iter().map(|row| row.values.join("\t")).collect();
        if rows.is_empty() { String::new() } else { format!("{}\n{}\n", sheet.name, rows.join("\n")) }
    });
    deliver::pages(exam, facts, pages.collect());
}

/// Pictures and no words: not blank, but not known either until the pictures are read.
fn only_pictures(facts: &mut Facts, pictures: u32) {
    if pictures > 0 && facts.has(Reason::Blank) {
        facts.observations.retain(|observation| observation.reason != Reason::Blank);
        facts.observe(Reason::ImageOnly, format!("{pictures} pictures and no text"));
        facts.readable = Readable::Undetermined;
    }
}

/// Macros, controls, and templates that would be fetched from elsewhere.
fn note_active(package: &mut Package<'_>, facts: &mut Facts) {
    let holds = |sign: &str| package.names().iter().any(|name| name.contains(sign));
    if holds("vbaProject.bin") {
        facts.observe(Reason::ActiveContent, "macros, not run");
    }
    if holds("/activeX/") {
        facts.observe(Reason::ActiveContent, "controls, not run");
    }
    let links = package.mark_up("word/_rels/settings.xml.rels").unwrap_or_default();
    if links.contains("attachedTemplate") && links.contains("External") {
        facts.observe(Reason::ActiveContent, "a template from elsewhere, not fetched");
    }
}

fn words(package: &mut Package<'_>, part: &str) -> Result<String, PartFault> {
    Ok(words_of(&package.mark_up(part)?, Vocabulary::OpenXml)?)
}
