//! Writes the DICOMDIR of the packet's File-set (PS3.10 section 8.6, PS3.3 annex F), byte by byte in Explicit VR Little
//! Endian (PS3.5 section 7.1).
//!
//! The records point at each other by offsets from the beginning of the file, whose size does not depend on them: all are
//! laid out once to learn the places and once more with the offsets. Attributes that a record must have and that are not
//! known are numbered (Study ID) or say so (Study Time `000000`); names and identifiers are those of the objects.

use super::plan::Image;
use crate::{domain::facts::NamedPerson, seal::random_bytes};

const DIRECTORY_CLASS: &str = "1.2.840.10008.1.3.10";
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
/// Implementation Class UID: a UUID of our own as a number (PS3.5 section B.2).
const IMPLEMENTATION: &str = "2.25.110389446714204823105894387105638219057";
const UTF8: &str = "ISO_IR 192";

/// The DICOMDIR of these images; `None` where there are none, or more than offsets of 32 bits can reach.
pub(super) fn directory(images: &[Image<'_>]) -> Option<Vec<u8>> {
    if images.is_empty() {
        return None;
    }
    let mut root = Record::root();
    for image in images {
        root.place(image);
    }
    let instance = format!("2.25.{}", u128::from_be_bytes(random_bytes()));
    let head_bytes = file(&instance, (0, 0), &[]).len();
    let mut end = head_bytes;
    root.settle(&mut end);
    u32::try_from(end).ok()?;
    let mut records = Vec::with_capacity(end);
    root.write_lower(&mut records);
    let ends = (root.lower.first()?.offset, root.lower.last()?.offset);
    Some(file(&instance, ends, &records))
}

/// A directory record and those below it.
struct Record {
    /// Tells it from its neighbours.
    key: String,
    /// Everything but the offsets.
    keys: Elements,
    record_type: &'static str,
    offset: u32,
    lower: Vec<Record>,
}

impl Record {
    fn root() -> Self {
        Self { key: String::new(), keys: Elements::default(), record_type: "", offset: 0, lower: Vec::new() }
    }

    /// Puts an image at its place in the tree.
    fn place(&mut self, image: &Image<'_>) {
        let person = image.entry.facts().and_then(|facts| facts.people.first()).cloned().unwrap_or_default();
        let number = self.lower.len() + 1;
        let id = clean(person.ids.first().map_or("", |(id, _)| id), 64);
        let key = if id.is_empty() { person.names.join("=") } else { id.clone() };
        let patient = self.below(&key, "PATIENT", || patient(&person, &id, number));
        let number = patient.lower.len() + 1;
        let study = patient.below(&image.facts.study, "STUDY", || study(image, number));
        let series = study.below(&image.facts.series, "SERIES", || series(image));
        let number = series.lower.len() + 1;
        series.below(&image.facts.sop_instance, "IMAGE", || picture(image, number));
    }

    fn below(&mut self, key: &str, record_type: &'static str, keys: impl FnOnce() -> Elements) -> &mut Self {
        let known = self.lower.iter().position(|record| record.key == key);
        let index = known.unwrap_or_else(|| {
            let keys = keys();
            self.lower.push(Self { key: key.to_owned(), keys, record_type, offset: 0, lower: Vec::new() });
            self.lower.len() - 1
        });
        &mut self.lower[index]
    }

    /// Gives every record below its place in the file, depth first.
    fn settle(&mut self, end: &mut usize) {
        for record in &mut self.lower {
            // The caller refuses a directory that ends beyond 32 bits.
            record.offset = u32::try_from(*end).unwrap_or(u32::MAX);
            *end += record.item(0, 0).len();
            record.settle(end);
        }
    }

    fn write_lower(&self, out: &mut Vec<u8>) {
        for (index, record) in self.lower.iter().enumerate() {
            let next = self.lower.get(index + 1).map_or(0, |next| next.offset);
            let lower = record.lower.first().map_or(0, |lower| lower.offset);
            out.extend(record.item(next, lower));
            record.write_lower(out);
        }
    }

    /// The record as an item of the Directory Record Sequence.
    fn item(&self, next: u32, lower: u32) -> Vec<u8> {
        let mut set = Elements::default();
        set.long((4, 0x1400), next);
        set.short((4, 0x1410), 0xFFFF);
        set.long((4, 0x1420), lower);
        set.text((4, 0x1430), "CS", self.record_type);
        set.0.extend_from_slice(&self.keys.0);
        let mut item = vec![0xFE, 0xFF, 0x00, 0xE0];
        item.extend_from_slice(&(set.0.len() as u32).to_le_bytes());
        item.extend(set.0);
        item
    }
}

/// PS3.3 F.5.1.
fn patient(person: &NamedPerson, id: &str, number: usize) -> Elements {
    let mut keys = Elements::default();
    let name: Vec<String> = person.names.iter().take(3).map(|name| clean(name, 64)).collect();
    keys.text((8, 5), "CS", UTF8);
    keys.text((0x10, 0x10), "PN", &name.join("="));
    keys.text((0x10, 0x20), "LO", &or(id.to_owned(), || format!("UNKNOWN-{number}")));
    keys.text((0x10, 0x30), "DA", &date(person.birth_date.as_deref().unwrap_or_default()));
    keys.text((0x10, 0x40), "CS", sex(person.sex.as_deref().unwrap_or_default()));
    keys
}

/// PS3.3 F.5.2.
fn study(image: &Image<'_>, number: usize) -> Elements {
    let facts = image.facts;
    let mut keys = Elements::default();
    keys.text((8, 5), "CS", UTF8);
    keys.text((8, 0x20), "DA", &or(date(&facts.study_date), || "19000101".to_owned()));
    keys.text((8, 0x30), "TM", "000000");
    keys.text((8, 0x50), "SH", &clean(&facts.accession, 16));
    keys.text((8, 0x1030), "LO", &clean(&facts.study_description, 64));
    keys.text((0x20, 0xD), "UI", &facts.study);
    keys.text((0x20, 0x10), "SH", &number.to_string());
    keys
}

/// PS3.3 F.5.3.
fn series(image: &Image<'_>) -> Elements {
    let facts = image.facts;
    let mut keys = Elements::default();
    keys.text((8, 5), "CS", UTF8);
    keys.text((8, 0x60), "CS", &or(code(&facts.modality), || "OT".to_owned()));
    keys.text((8, 0x103E), "LO", &clean(&facts.series_description, 64));
    keys.text((0x20, 0xE), "UI", &facts.series);
    keys.text((0x20, 0x11), "IS", &or(integer(&facts.series_number), || "0".to_owned()));
    keys
}

/// PS3.3 F.5.4, and the reference to the file (F.3.2.2).
fn picture(image: &Image<'_>, number: usize) -> Elements {
    let facts = image.facts;
    let mut keys = Elements::default();
    keys.text((4, 0x1500), "CS", &image.file_id.join("\\"));
    keys.text((4, 0x1510), "UI", &facts.sop_class);
    keys.text((4, 0x1511), "UI", &facts.sop_instance);
    keys.text((4, 0x1512), "UI", &facts.transfer_syntax);
    let kinds: Vec<String> = facts.image_type.iter().take(8).map(|word| code(word)).collect();
    if kinds.iter().any(|word| !word.is_empty()) {
        keys.text((8, 8), "CS", &kinds.join("\\"));
    }
    keys.text((0x20, 0x13), "IS", &or(integer(&facts.instance_number), || number.to_string()));
    keys
}

/// Preamble, meta group, data set.
fn file(instance: &str, (first, last): (u32, u32), records: &[u8]) -> Vec<u8> {
    let mut meta = Elements::default();
    meta.put((2, 1), "OB", &[0, 1]);
    meta.text((2, 2), "UI", DIRECTORY_CLASS);
    meta.text((2, 3), "UI", instance);
    meta.text((2, 0x10), "UI", EXPLICIT_LITTLE);
    meta.text((2, 0x12), "UI", IMPLEMENTATION);
    meta.text((2, 0x13), "SH", "CASEGATE");
    let mut length = Elements::default();
    length.long((2, 0), meta.0.len() as u32);
    let mut set = Elements::default();
    set.text((4, 0x1130), "CS", "CASEGATE");
    set.long((4, 0x1200), first);
    set.long((4, 0x1202), last);
    set.short((4, 0x1212), 0);
    set.put((4, 0x1220), "SQ", records);
    [&[0; 128][..], b"DICM", &length.0, &meta.0, &set.0].concat()
}

/// Elements in the order in which they are put.
#[derive(Default)]
struct Elements(Vec<u8>);

impl Elements {
    /// The value is padded to an even length, and is far below the limits of its length field: texts are bounded here,
    /// the sequence by the offsets.
    fn put(&mut self, (group, element): (u16, u16), vr: &str, value: &[u8]) {
        let odd = value.len() % 2;
        self.0.extend_from_slice(&group.to_le_bytes());
        self.0.extend_from_slice(&element.to_le_bytes());
        self.0.extend_from_slice(vr.as_bytes());
        if matches!(vr, "OB" | "SQ") {
            self.0.extend_from_slice(&[0, 0]);
            self.0.extend_from_slice(&((value.len() + odd) as u32).to_le_bytes());
        } else {
            self.0.extend_from_slice(&((value.len() + odd) as u16).to_le_bytes());
        }
        self.0.extend_from_slice(value);
        if odd == 1 {
            self.0.push(if matches!(vr, "UI" | "OB") { 0 } else { b' ' });
        }
    }

    fn text(&mut self, tag: (u16, u16), vr: &str, value: &str) {
        self.put(tag, vr, value.as_bytes());
    }

    fn short(&mut self, tag: (u16, u16), value: u16) {
        self.put(tag, "US", &value.to_le_bytes());
    }

    fn long(&mut self, tag: (u16, u16), value: u32) {
        self.put(tag, "UL", &value.to_le_bytes());
    }
}

/// Text as one value: no backslash, which would begin another, no control characters, so many characters at most.
fn clean(text: &str, chars_max: usize) -> String {
    let kept = text.chars().filter(|c| !c.is_control() && *c != '\\').take(chars_max);
    kept.collect::<String>().trim().to_owned()
}

/// A Code String: at most 16 of upper-case letters, digits, space and underscore (PS3.5 section 6.2).
fn code(text: &str) -> String {
    let kept = text.to_ascii_uppercase();
    let kept = kept.chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, ' ' | '_'));
    kept.take(16).collect::<String>().trim().to_owned()
}

fn date(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 { digits } else { String::new() }
}

fn sex(text: &str) -> &'static str {
    match text.trim() {
        "F" | "f" => "F",
        "M" | "m" => "M",
        "O" | "o" => "O",
        _ => "",
    }
}

fn integer(text: &str) -> String {
    text.trim().parse::<i32>().map(|number| number.to_string()).unwrap_or_default()
}

fn or(text: String, otherwise: impl FnOnce() -> String) -> String {
    if text.is_empty() { otherwise() } else { text }
}
