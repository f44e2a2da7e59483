//! What all targets share: a document is examined as the jailed inspector would, without its walls. Whatever bytes
//! say, nothing may panic, hang, or take more memory than libFuzzer allows.

use casegate::domain::{
    facts::{Member, MemberEnd, PageText},
    limits::{Limits, SNIFF_BYTES_MAX},
    path::RawName,
};
use casegate::kinds::{self, Exam, Kind, Offer, Probe, Sink, Stop};
use std::io::Cursor;

/// Examines the bytes as the kind of that name.
///
/// # Panics
/// No kind has that name; or a fault was found.
pub fn examine(kind: &str, bytes: &[u8]) {
    let kind = kinds::ALL.iter().copied().find(|known| known.name() == kind).expect("the kinds have that one");
    examine_as(kind, bytes);
}

/// Examines the bytes as the kind that they are recognised to be.
pub fn recognise(bytes: &[u8]) {
    let name = RawName::from_text("document");
    let head = &bytes[..bytes.len().min(SNIFF_BYTES_MAX)];
    if let Some(kind) = kinds::recognise(&Probe { head, bytes: bytes.len() as u64, name: &name }) {
        examine_as(kind, bytes);
    }
}

/// Decodes the bytes as the pixels of a DICOM object.
pub fn pixels(bytes: &[u8]) {
    let _ = kinds::decode_pixels(&mut Cursor::new(bytes), &limits());
}

fn examine_as(kind: &dyn Kind, bytes: &[u8]) {
    let limits = limits();
    let mut sink = Sunk(0);
    let facts = kind.examine(&mut Exam {
        source: &mut Cursor::new(bytes),
        name: &RawName::from_text("document"),
        passwords: &["casegate-7".to_owned()],
        limits: &limits,
        sink: &mut sink,
    });
    assert!(facts.observations.len() < 1_000_000, "observations without end");
}

/// Small limits, so that a bomb is met early.
fn limits() -> Limits {
    Limits {
        container_bytes_max: 16 << 20,
        container_ratio_from_bytes: 4 << 20,
        member_ratio_from_bytes: 4 << 20,
        container_entries_max: 1_000,
        picture_pixels_max: 4_000_000,
        ..Limits::default()
    }
}

/// Counts what comes and keeps nothing.
struct Sunk(u64);

impl Sink for Sunk {
    fn begin(&mut self, _member: Member) -> Result<Offer, Stop> {
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.0 += bytes.len() as u64;
        if self.0 > 32 << 20 { Err(Stop::Bytes) } else { Ok(()) }
    }

    fn end(&mut self, _end: MemberEnd) -> Result<(), Stop> {
        Ok(())
    }

    fn page(&mut self, page: PageText) {
        self.0 += page.text.len() as u64;
    }
}
