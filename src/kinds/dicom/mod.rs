//! DICOM objects, directories and whole-slide instances (PS3.3, PS3.5, PS3.10), recognised by content.
//!
//! Only what later steps ask for is read: a lean walk over the data set keeps a hundred tags and steps over everything
//! else. Pixel data is never loaded to examine, no declared length is believed, and nesting never reaches the call
//! stack. What is wrong ends in observations; what stands before the trouble is still told.
//!
//! `layout` finds where and how the data set is written, `walk` reads it into `data_set`, the rest reads facts from
//! that; `pixels` decodes on its own order, to compare two instances of the same UID.

mod charset;
mod contradicted;
mod data_set;
mod describe;
mod directory;
mod element;
mod fragments;
mod frame;
mod glance;
mod image;
mod input;
mod judge;
mod layout;
mod payload;
mod people;
mod pixels;
mod report;
mod slicing;
mod slide;
mod walk;
mod walker;
mod wanted;
mod waveform;

pub(crate) use frame::frame;
pub use pixels::pixels;

use super::{
    Exam, Kind, Offer, Probe, Sink, Source, Stop,
    text::{beside::beside, people::people as people_of},
};
use crate::domain::{
    facts::{Facts, FileKind, Member, MemberEnd, PageFacts, PageText, PixelData, Readable},
    imaging::PATIENT_MODULE,
    limits::Limits,
    reason::Reason,
};
use data_set::DataSet;
use dicom_dictionary_std::{tags, uids};
use image::Shape;
use layout::Layout;
use walk::Walked;

/// The directory of a File-set.
pub static DIRECTORY: DicomKind = DicomKind { name: "dicomdir", file_kind: FileKind::Dicomdir };
/// A whole-slide microscopy instance.
pub static WHOLE_SLIDE: DicomKind = DicomKind { name: "dicom-slide", file_kind: FileKind::Slide };
/// Any other object.
pub static OBJECT: DicomKind = DicomKind { name: "dicom", file_kind: FileKind::Dicom };

/// One of the three kinds; they differ in what they are called until examined, and are examined alike.
#[derive(Debug)]
pub struct DicomKind {
    name: &'static str,
    file_kind: FileKind,
}

impl Kind for DicomKind {
    fn name(&self) -> &'static str {
        self.name
    }

    fn file_kind(&self) -> FileKind {
        self.file_kind
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        if layout::entrance(probe.head, probe.bytes).is_none() {
            return false;
        }
        let class = layout::class_in_head(probe.head).unwrap_or_default();
        match self.file_kind {
            FileKind::Dicomdir => {
                class == uids::MEDIA_STORAGE_DIRECTORY_STORAGE || layout::starts_with_group(probe.head, 4)
            }
            FileKind::Slide => slide::is_slide(&class),
            _ => true,
        }
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        examine(exam.source, exam.limits, exam.sink)
    }
}

/// The facts of a document without anybody to take its members and text: for tests and for looking at headers.
pub fn facts_from(source: &mut dyn Source, limits: &Limits) -> Facts {
    examine(source, limits, &mut Nobody)
}

/// A sink that skips every member.
struct Nobody;

impl Sink for Nobody {
    fn begin(&mut self, _: Member) -> Result<Offer, Stop> {
        Ok(Offer::Skip)
    }

    fn data(&mut self, _: &[u8]) -> Result<(), Stop> {
        Ok(())
    }

    fn end(&mut self, _: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, _: PageText) {}
}

fn examine(source: &mut dyn Source, limits: &Limits, sink: &mut dyn Sink) -> Facts {
    let Some(layout) = layout::read(source, limits) else {
        let mut facts = Facts::of(FileKind::Dicom, Readable::No);
        facts.observe(Reason::Damaged, "no DICOM prefix, meta group or data set is recognised");
        return facts;
    };
    let walked = walk::walk(&layout, source, limits);
    let mut facts = describe_data_set(&layout, &walked);
    if facts.kind == Some(FileKind::Dicomdir) {
        directory::fill(&mut facts, &walked.data_set, layout.syntax);
        judge::directory(&mut facts, &layout, &walked);
        return facts;
    }
    if let Some(dicom) = facts.dicom.as_mut().filter(|dicom| dicom.pixel_data == PixelData::Whole) {
        dicom.flat_eighths = glance::flat_eighths(source, &layout, &walked);
    }
    write_report(&mut facts, &walked.data_set, limits, sink);
    judge::object(&mut facts, &layout, &walked);
    if payload::deliver(&mut facts, &walked.data_set, &layout, (source, limits), sink) {
        facts.search.push(describe::field("title", &[walked.data_set.long_text(tags::DOCUMENT_TITLE)]));
    }
    facts
}

/// Kind, people, tags and words; nothing about what is wrong.
fn describe_data_set(layout: &Layout, walked: &Walked) -> Facts {
    let data_set = &walked.data_set;
    let shape = Shape::of(data_set);
    let mut dicom = describe::facts(layout, data_set, &shape);
    dicom.pixel_data = image::state(&shape, walked.pixels.as_ref()).0;
    let directory =
        dicom.sop_class == uids::MEDIA_STORAGE_DIRECTORY_STORAGE || data_set.has(tags::DIRECTORY_RECORD_SEQUENCE);
    let kind = if directory {
        FileKind::Dicomdir
    } else if slide::is_slide(&dicom.sop_class) {
        FileKind::Slide
    } else {
        FileKind::Dicom
    };
    let mut facts = Facts::of(kind, Readable::Yes);
    facts.people.extend(people::patient(data_set, PATIENT_MODULE));
    facts.search = describe::search(data_set, &dicom, &facts.people);
    if kind == FileKind::Slide {
        facts.slide = Some(slide::facts(data_set, &dicom));
        facts.search.extend(slide::search(data_set));
    }
    facts.dicom = (!directory).then_some(dicom);
    facts
}

/// The content tree of a structured report is a page of text, which may name another patient than the header.
fn write_report(facts: &mut Facts, data_set: &DataSet, limits: &Limits, sink: &mut dyn Sink) {
    let text = report::text(data_set, limits.document_text_bytes_max);
    if text.is_empty() {
        return;
    }
    let words = text.split_whitespace().count() as u32;
    let glyphs = text.chars().filter(|letter| !letter.is_whitespace()).count() as u32;
    facts.pages.push(PageFacts { page: 1, words, glyphs, ..PageFacts::default() });
    facts.language_asked = true;
    let page = PageText { page: 1, text };
    let mut named = report::subjects(data_set);
    named.extend(people_of(std::slice::from_ref(&page)));
    facts.people = beside(std::mem::take(&mut facts.people), named);
    sink.page(page);
}
