//! PDF (ISO 32000-2): text with places, pictures, passwords, damage, scripts, attached files.
//!
//! One interpreter, hayro's, answers for text, pictures and blankness; nothing is rendered here. A page without text is
//! never called readable: it is `image_only` or `unmappable_text` until its pixels have been read. The file is held
//! in memory under `pdf_bytes_max`; streams inflate under `pdf_stream_bytes_max`.

mod fields;
mod glyphs;
mod layout;
pub(crate) mod open;
mod page;
pub(crate) mod streams;
mod structure;

use super::{Exam, Kind, Offer, Probe, Sink, Source, Stop};
use crate::domain::{
    facts::{Facts, FileKind, Member, MemberEnd, Observation, PageFacts, PageText, Readable},
    limits::Limits,
    path::RawName,
    reason::Reason,
};
use crate::kinds::text::people::people_in_views;
use hayro_interpret::InterpreterCache;
use hayro_syntax::Pdf;
use open::{Ending, Opened};
use page::{Look, ReadPage};
use std::io::Read;
use std::sync::Arc;

/// The header stands within these first bytes (Adobe's readers' tolerance; ISO 32000-1, annex H.3, note 13).
const HEADER_WITHIN_BYTES: usize = 1_024;

/// Bytes handed over at a time.
const CHUNK_BYTES: usize = 256 << 10;

/// The kind.
pub struct PdfKind;

impl Kind for PdfKind {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Pdf
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        let head = &probe.head[..probe.head.len().min(HEADER_WITHIN_BYTES)];
        let Some(at) = head.windows(5).position(|window| window == b"%PDF-") else { return false };
        // A message or a page of the net may carry a PDF; then it is that, with the PDF inside.
        let before = head[..at].trim_ascii_start();
        let wrapped = [b"<".as_slice(), b"PK\x03\x04", b"From", b"Return-Path", b"Received:", b"MIME-Version"];
        !wrapped.iter().any(|start| before.starts_with(start))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let limits = exam.limits;
        let declared = Source::bytes(&*exam.source);
        if declared > limits.pdf_bytes_max {
            let mut facts = Facts::of(FileKind::Pdf, Readable::Undetermined);
            facts.observe(Reason::ParserFailed, format!("larger than {} bytes", limits.pdf_bytes_max));
            return facts;
        }
        let mut data = Vec::new();
        let read = Read::take(&mut *exam.source, limits.pdf_bytes_max).read_to_end(&mut data);
        if read.is_err() || (data.len() as u64) < declared {
            return unreadable(Reason::Truncated, "the file ends before its length");
        }
        let data = Arc::new(data);
        match open::open(&data, exam.passwords, limits) {
            Opened::Pdf { pdf, recovered, locked } => {
                let ending = open::ending(&data);
                let reading = Reading { pdf: &pdf, limits, recovered, ending };
                let pages = reading.pages();
                let mended =
                    if pages.lacks_text() { open::with_mended_maps(&data, exam.passwords, limits) } else { None };
                let mut facts = match &mended {
                    Some(mended) => {
                        let reading = Reading { pdf: mended, ..reading };
                        reading.facts(reading.pages(), exam.sink)
                    }
                    None => reading.facts(pages, exam.sink),
                };
                if locked {
                    facts.observe(Reason::OpensWithPassword, "encrypted; a password supplied opens it");
                }
                facts
            }
            Opened::Locked if exam.passwords.is_empty() => unreadable(Reason::PasswordRequired, "encrypted"),
            Opened::Locked => unreadable(Reason::PasswordRequired, "encrypted; no password supplied fits"),
            Opened::Broken if open::ending(&data) == Ending::Missing => {
                unreadable(Reason::Truncated, "the end of the file is missing and no page can be recovered")
            }
            Opened::Broken => unreadable(Reason::Damaged, "no page can be recovered"),
        }
    }
}

fn unreadable(reason: Reason, detail: &str) -> Facts {
    let mut facts = Facts::of(FileKind::Pdf, Readable::No);
    facts.observe(reason, detail);
    facts
}

/// An opened PDF that is being read.
struct Reading<'a> {
    pdf: &'a Pdf,
    limits: &'a Limits,
    recovered: bool,
    ending: Ending,
}

/// What came of the pages.
#[derive(Default)]
struct Pages {
    looks: Vec<Look>,
    texts: Vec<PageText>,
    other_views: Vec<Vec<String>>,
    figures: Vec<PageFacts>,
    observations: Vec<Observation>,
}

impl Pages {
    /// Is there a page with more than a few glyphs that no text is known for?
    fn lacks_text(&self) -> bool {
        let doubtful = |page: &PageFacts| page.glyphs_unmapped > 0 && page.glyphs_unmapped > page.glyphs / 50;
        self.figures.iter().any(doubtful)
    }
}

impl Reading<'_> {
    fn facts(&self, pages: Pages, sink: &mut dyn Sink) -> Facts {
        if structure::stands_in_for_form(self.pdf, &pages.texts) {
            return self.form_elsewhere(sink);
        }
        let mut facts = Facts::of(FileKind::Pdf, readable(&pages.looks));
        facts.people = people_in_views(&pages.texts, &pages.other_views);
        facts.language_asked = pages.texts.iter().any(|page| page.text.chars().any(char::is_alphabetic));
        for page in pages.texts {
            if !page.text.is_empty() {
                sink.page(page);
            }
        }
        facts.pages = pages.figures;
        facts.observations = pages.observations;
        if facts.has(Reason::TooManyEntries) && facts.readable == Readable::Yes {
            facts.readable = Readable::Partial;
        }
        self.observe_blank(&mut facts, &pages.looks);
        self.observe_damage(&mut facts, &pages.looks);
        self.finish(facts, sink)
    }

    /// A form that nothing here lays out: nobody who reads its page has read it.
    fn form_elsewhere(&self, sink: &mut dyn Sink) -> Facts {
        let detail = "a form that is laid out by a viewer (XFA); its page only stands in for it";
        self.finish(unreadable(Reason::UnsupportedFormat, detail), sink)
    }

    /// What stands beside the pages.
    fn finish(&self, mut facts: Facts, sink: &mut dyn Sink) -> Facts {
        let active = structure::active_content(self.pdf);
        if !active.is_empty() {
            facts.observe(Reason::ActiveContent, active.join(", "));
        }
        let refused = self.hand_over_attachments(sink);
        facts.observations.extend(refused);
        facts
    }

    /// Reads the pages, as many as the limits allow.
    fn pages(&self) -> Pages {
        let mut pages = Pages::default();
        let cache = InterpreterCache::new();
        let mut text_bytes = 0_u64;
        for (number, page) in (1_u32..).zip(self.pdf.pages().iter()) {
            if number > self.limits.document_pages_max || text_bytes > self.limits.document_text_bytes_max {
                let detail = format!("{} of {} pages were read", number - 1, self.pdf.pages().len());
                pages.observations.push(Observation::new(Reason::TooManyEntries, detail));
                break;
            }
            let ReadPage { look, facts, text, other_views, observations } =
                page::read(page, number, &cache, self.limits);
            text_bytes = text_bytes.saturating_add(text.text.len() as u64);
            pages.looks.push(look);
            pages.texts.push(text);
            pages.other_views.push(other_views);
            pages.figures.push(facts);
            pages.observations.extend(observations);
        }
        pages
    }

    /// A document of blank pages is blank as a whole.
    fn observe_blank(&self, facts: &mut Facts, looks: &[Look]) {
        if !looks.is_empty() && looks.iter().all(|look| *look == Look::Blank) {
            facts.observe(Reason::Blank, format!("nothing is drawn on any of {} pages", looks.len()));
        }
    }

    /// Damage of the file as a whole: recovered, cut off, pages missing.
    fn observe_damage(&self, facts: &mut Facts, looks: &[Look]) {
        let claimed = structure::claimed_pages(self.pdf).unwrap_or(0);
        let found = self.pdf.pages().len() as u64;
        let lost = looks.contains(&Look::Lost) || claimed > found;
        let useful = looks.iter().any(|look| !matches!(look, Look::Lost | Look::Blank));
        if self.ending == Ending::Missing && (lost || !useful) {
            facts.readable = Readable::No;
            let pages = match claimed > found {
                true => format!("{found} of {claimed} pages found"),
                // What says how many there were is gone as well.
                false => format!("pages found: {found}; how many there were is not known"),
            };
            facts.observe(Reason::Truncated, format!("the end of the file is missing; {pages}"));
        } else if self.recovered {
            let detail = match (self.ending, useful) {
                (_, false) => "the table of contents of the file is broken and nothing could be recovered",
                (Ending::Missing, true) => "the end of the file is missing; all pages were recovered",
                (Ending::Whole | Ending::Misdirected, true) => {
                    "the table of contents of the file is broken; pages were recovered"
                }
            };
            facts.observe(Reason::Damaged, detail);
        } else if claimed > found {
            facts
                .observe(Reason::Damaged, format!("{claimed} pages are announced, {found} are there; those were read"));
        }
    }

    /// Hands over the attached files as members.
    fn hand_over_attachments(&self, sink: &mut dyn Sink) -> Option<Observation> {
        for (ordinal, attachment) in (0_u64..).zip(structure::attachments(self.pdf)) {
            let member = Member {
                ordinal,
                name: RawName(bounded_name(&attachment.name, self.limits.name_bytes_max)),
                claimed_bytes: attachment.claimed_bytes,
            };
            if let Err(stop) = self.hand_over(&attachment, member, sink) {
                return stopped(stop);
            }
        }
        None
    }

    fn hand_over(&self, file: &structure::Attachment<'_>, member: Member, sink: &mut dyn Sink) -> Result<(), Stop> {
        if sink.begin(member)? == Offer::Skip {
            return Ok(());
        }
        if streams::inflated_bytes(&file.stream, self.limits.pdf_stream_bytes_max).is_none() {
            let detail = format!("inflates beyond {} bytes", self.limits.pdf_stream_bytes_max);
            return sink.end(MemberEnd::Withheld(Observation::new(Reason::ArchiveBomb, detail)));
        }
        let Ok(bytes) = file.stream.decoded() else {
            return sink
                .end(MemberEnd::Withheld(Observation::new(Reason::Damaged, "the attached file cannot be decoded")));
        };
        for chunk in bytes.chunks(CHUNK_BYTES) {
            sink.data(chunk)?;
        }
        sink.end(MemberEnd::Whole)
    }
}

/// Text on every page that is not blank: yes. On some: partial. On none, although something is drawn: it takes pixels.
fn readable(looks: &[Look]) -> Readable {
    let has = |look: Look| looks.contains(&look);
    let pixels = has(Look::Picture) || has(Look::Unmappable);
    match (has(Look::Text), pixels, has(Look::Lost)) {
        (true, false, false) => Readable::Yes,
        (true, _, _) => Readable::Partial,
        (false, true, _) => Readable::Undetermined,
        (false, false, _) => Readable::No,
    }
}

/// What a stop by the host means for this document.
fn stopped(stop: Stop) -> Option<Observation> {
    let reason = match stop {
        Stop::Entries => Reason::TooManyEntries,
        Stop::Bytes => Reason::ArchiveBomb,
        Stop::Depth => Reason::TooDeep,
        Stop::Gone => return None,
    };
    Some(Observation::new(reason, "attached files beyond the limit were not taken"))
}

fn bounded_name(name: &str, bytes_max: usize) -> Vec<u8> {
    let mut end = name.len().min(bytes_max);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.as_bytes()[..end].to_vec()
}

#[cfg(test)]
mod tests;
