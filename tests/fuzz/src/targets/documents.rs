//! Documents: examined, their pixels decoded, their pages drawn and made ready for reading.

use casegate::domain::{
    facts::{Facts, Member, MemberEnd, PageText},
    limits::{Limits, SNIFF_BYTES_MAX},
    path::RawName,
    reading::{PageLook, Rendered},
};
use casegate::kinds::{self, Exam, Kind, Offer, Probe, Sink, Stop};
use std::io::Cursor;

/// Bytes that a document may hand over before its receiver has enough.
const TAKEN_BYTES_MAX: u64 = 8 << 20;

/// Pages that are drawn of one document: the first ones and one beyond any.
const PAGES: [u32; 4] = [0, 1, 2, u32::MAX];

/// Pixels of a page or picture that is drawn: each goes through a dozen passes.
const PIXELS_MAX: u64 = 6_500;

/// The password of the samples that are locked.
const PASSWORD: &str = "casegate-7";

/// Examines the bytes as the kind of that name.
pub(super) fn as_kind(name: &str, bytes: &[u8]) {
    let kind = kinds::ALL.iter().copied().find(|known| known.name() == name).expect("the kinds have that one");
    examine_as(kind, &RawName::from_text("document"), bytes);
}

/// Examines the bytes as the kind that they are recognised to be.
pub(super) fn recognise(bytes: &[u8]) {
    let _ = examine(&RawName::from_text("document"), bytes);
}

/// Decodes the bytes as the pixels of a DICOM object.
pub(super) fn pixels(bytes: &[u8]) {
    let _ = kinds::decode_pixels(&mut Cursor::new(bytes), &limits());
}

/// Draws pages of whatever it is, and measures and prepares what was drawn.
pub(super) fn drawn(bytes: &[u8]) {
    for page in PAGES {
        let _ = draw(&RawName::from_text("document"), page, bytes);
    }
}

/// The kind that the bytes are recognised to be, by their name too where content cannot tell.
pub(crate) fn recognised(name: &RawName, bytes: &[u8]) -> Option<&'static dyn Kind> {
    let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
    kinds::recognise(&Probe { head, bytes: bytes.len() as u64, name })
}

/// Examines a document of that name; `None` where it is of no known kind.
pub(crate) fn examine(name: &RawName, bytes: &[u8]) -> Option<Facts> {
    recognised(name, bytes).map(|kind| examine_as(kind, name, bytes))
}

/// Draws one page, counted from 1.
///
/// # Panics
/// What came of it is not what it says of itself.
pub(crate) fn draw(name: &RawName, page: u32, bytes: &[u8]) -> Rendered {
    let limits = Limits { picture_pixels_max: PIXELS_MAX, ..limits() };
    let passwords = [PASSWORD.to_owned()];
    let rendered = kinds::render(&mut Cursor::new(bytes), page, (name, &passwords, &limits));
    let own = match &rendered {
        Rendered::Page { bitmap, overlay, .. } => std::iter::once(bitmap).chain(overlay).collect(),
        Rendered::Blank { .. } => Vec::new(),
        Rendered::Undrawable(why) => {
            assert!(!why.is_empty(), "no reason is given");
            Vec::new()
        }
    };
    let faint = match &rendered {
        Rendered::Page { faint, .. } | Rendered::Blank { faint, .. } => faint.as_ref(),
        Rendered::Undrawable(_) => None,
    };
    for bitmap in own.into_iter().chain(faint.map(|faint| &faint.bitmap)) {
        assert!(bitmap.is_whole() && bitmap.dpi > 0, "a page without pixels");
    }
    rendered.look().into_iter().chain(faint.map(|faint| &faint.look)).for_each(check);
    rendered
}

/// Measures are numbers, and those that are shares lie between none and all.
fn check(look: &PageLook) {
    let measures = [
        look.letter_height,
        look.contrast,
        look.brightness,
        look.sharpness,
        look.skew_degrees,
        look.dpi.unwrap_or(1.0),
    ];
    assert!(measures.iter().all(|measure| measure.is_finite()), "a measure that is no number: {look:?}");
    assert!([look.ink, look.edge_ink].iter().all(|share| (0.0..=1.0).contains(share)), "{look:?}");
    assert!(look.dpi.is_none_or(|dpi| dpi > 0.0), "{look:?}");
}

fn examine_as(kind: &dyn Kind, name: &RawName, bytes: &[u8]) -> Facts {
    let limits = limits();
    let facts = kind.examine(&mut Exam {
        source: &mut Cursor::new(bytes),
        name,
        passwords: &[PASSWORD.to_owned()],
        limits: &limits,
        sink: &mut Sunk(0),
    });
    assert!(facts.observations.len() < 1_000_000, "observations without end");
    facts
}

/// Small limits, so that a bomb is met early.
fn limits() -> Limits {
    Limits {
        container_bytes_max: 16 << 20,
        container_ratio_from_bytes: 4 << 20,
        member_ratio_from_bytes: 4 << 20,
        container_entries_max: 500,
        picture_pixels_max: 1_000_000,
        ..Limits::default()
    }
}

/// Counts what comes and keeps nothing; has enough at some time.
struct Sunk(u64);

impl Sink for Sunk {
    fn begin(&mut self, _member: Member) -> Result<Offer, Stop> {
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.0 += bytes.len() as u64;
        if self.0 > TAKEN_BYTES_MAX { Err(Stop::Bytes) } else { Ok(()) }
    }

    fn end(&mut self, _end: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, _page: PageText) {}
}
