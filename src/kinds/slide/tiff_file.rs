//! The kind TIFF: walks the directories and decides whether they make a slide or a picture.

use super::{
    content::{self, Shape},
    describe,
    directory::{Directory, Fault, Tiff, tag},
    fax, hamamatsu,
};
use crate::{
    domain::{
        facts::{Facts, FileKind, Readable, SearchField, SlideFacts},
        reason::Reason,
    },
    kinds::{Exam, Kind, Probe},
};

/// The kind for [`crate::kinds::ALL`].
pub static TIFF: &dyn Kind = &TiffFile;

struct TiffFile;

/// Micrometres per pixel that microscopes produce: 100 times magnification to less than 2 times.
const MPP_PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.05..=10.0;

impl Kind for TiffFile {
    fn name(&self) -> &'static str {
        "tiff"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Image
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        // DICOM slides may carry a TIFF header in their preamble (PS3.10, 7.1): then the data set is what counts.
        let dicom = probe.head.get(128..132) == Some(b"DICM");
        !dicom && [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| probe.head.starts_with(*magic))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let named = slide_name(&exam.name.extension());
        let Some(mut tiff) = Tiff::open(exam.source) else {
            return faulty(Facts::of(FileKind::Image, Readable::No), Reason::Damaged, "no TIFF header");
        };
        if let Some(facts) = hamamatsu::beyond_classic(&mut tiff) {
            return facts;
        }
        let (directories, fault) = tiff.directories();
        let shapes: Vec<Option<Shape>> = directories.iter().map(|d| content::shape(&mut tiff, d).ok()).collect();
        let vendor = describe::vendor(&mut tiff, (&directories, &shapes), named || fault.is_some());
        if vendor == Some("hamamatsu") && hamamatsu::is_beyond_classic(&tiff) {
            return hamamatsu::unavailable(SlideFacts { vendor: "hamamatsu".to_owned(), ..SlideFacts::default() });
        }
        let facts = match vendor {
            Some(vendor) => slide(&mut tiff, vendor, &directories, &shapes),
            // Nothing in it can be read any more, and the name says what it was.
            None if named && fault.is_some() => Facts::of(FileKind::Slide, Readable::No),
            None => fax::facts(&mut tiff, &directories, &shapes, exam.limits),
        };
        match fault {
            Some(fault) => with_fault(facts, &fault, tiff.length()),
            None => facts,
        }
    }
}

/// File name extensions that only slides have.
pub(crate) fn slide_name(extension: &str) -> bool {
    matches!(extension, "svs" | "ndpi" | "scn" | "bif" | "mrxs" | "vms" | "vmu" | "afi")
}

fn slide(tiff: &mut Tiff<'_>, vendor: &str, directories: &[Directory], shapes: &[Option<Shape>]) -> Facts {
    let mut facts = Facts::of(FileKind::Slide, Readable::Yes);
    let described = describe::facts(tiff, vendor, directories, shapes);
    note_mpp(&mut facts, &described);
    facts.slide = Some(described);
    facts.search.push(SearchField { field: "slide".to_owned(), text: vendor.to_owned() });
    let base = (0..shapes.len())
        .max_by_key(|index| shapes[*index].map(|shape| u128::from(shape.width) * u128::from(shape.height)));
    for (index, directory) in directories.iter().enumerate() {
        let flaw = match shapes[index] {
            Some(shape) => content::check(tiff, directory, shape),
            // Vendors hang directories of metadata into the chain; the first one is the slide.
            None if index > 0 && !directory.has(tag::TILE_OFFSETS) => None,
            None => Some((Reason::Damaged, "a level without width or height".to_owned())),
        };
        if let Some((reason, detail)) = flaw {
            facts.observe(reason, format!("directory {index}: {detail}"));
            // Without its thumbnail or a lower level a slide can still be looked at.
            let whole = base == Some(index) || facts.readable == Readable::No;
            facts.readable = if whole { Readable::No } else { Readable::Partial };
        }
    }
    facts
}

fn note_mpp(facts: &mut Facts, slide: &SlideFacts) {
    let (Some(x), Some(y)) = (slide.mpp_x, slide.mpp_y) else { return };
    let square = (x / y - 1.0).abs() < 0.1;
    if !square || !MPP_PLAUSIBLE.contains(&x) || !MPP_PLAUSIBLE.contains(&y) {
        facts.observe(Reason::ImplausibleMpp, format!("{x} by {y} micrometres per pixel"));
    }
}

fn with_fault(facts: Facts, fault: &Fault, bytes: u64) -> Facts {
    match fault {
        Fault::Beyond { offset } => {
            faulty(facts, Reason::Truncated, format!("a directory is to lie at byte {offset} of {bytes}"))
        }
        Fault::Loop { offset } => {
            faulty(facts, Reason::Damaged, format!("the directories run in a circle through byte {offset}"))
        }
        Fault::TooMany(count) => faulty(facts, Reason::Damaged, format!("{count} directories or entries")),
    }
}

fn faulty(mut facts: Facts, reason: Reason, detail: impl Into<String>) -> Facts {
    facts.observe(reason, detail);
    facts.readable = Readable::No;
    facts
}
