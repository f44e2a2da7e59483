//! ZIP (PKWARE APPNOTE 6.3.10), with ZIP64, ZipCrypto and WinZip AES.
//!
//! The central directory is the list; the local headers are compared with it. Decoding is left to the `zip` crate, which
//! is fed one member at a time behind a header of our own making: its archive type keeps one member for each name and
//! gives up at the first faulty header, while here every member must be accounted for. Without a usable directory the
//! local headers are walked, and what they yield is delivered with the container called damaged or cut off.

mod directory;
mod member;
mod recovery;

use super::delivery::{Delivery, Item};
use crate::domain::{
    facts::{Facts, FileKind, Observation, Readable},
    reason::Reason,
};
use crate::kinds::{Exam, Kind, Probe, Source, Stop};
use directory::{Directory, DirectoryFault, Record};

/// The ZIP kind.
#[derive(Debug)]
pub struct Zip;

impl Kind for Zip {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Archive
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        // APPNOTE 4.3.7 local header, 4.3.16 end record of an empty archive, 8.5.3 marker of a spanned one.
        [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|magic| probe.head.starts_with(*magic))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let passwords = exam.passwords;
        let (source, mut delivery) = Delivery::of(exam);
        let ended = match directory::read(source, delivery.limits()) {
            Ok(directory) => deliver(source, directory, passwords, &mut delivery),
            Err(DirectoryFault::Split) => {
                let mut facts = Facts::of(FileKind::Archive, Readable::No);
                facts.observe(Reason::UnsupportedFormat, "one part of an archive that was split into several files");
                return facts;
            }
            Err(DirectoryFault::Missing) => {
                delivery.note(Reason::Truncated, "the list at the end is missing; members were looked for one by one");
                recovery::deliver(source, &mut delivery)
            }
            Err(DirectoryFault::Faulty) => {
                delivery.note(Reason::Damaged, "the list at the end is faulty; members were looked for one by one");
                recovery::deliver(source, &mut delivery)
            }
        };
        delivery.finish(FileKind::Archive, "zip", ended)
    }
}

fn deliver(
    source: &mut dyn Source,
    directory: Directory,
    passwords: &[String],
    delivery: &mut Delivery<'_>,
) -> Result<(), Stop> {
    let possible = |record: &Record| record.plain_bytes.min(record.most_bytes());
    let claimed = directory.records.iter().map(possible).fold(0_u64, u64::saturating_add);
    let bomb = if delivery.is_bomb(claimed) { Some("members swell out of all proportion") } else { None };
    let overlap = directory.overlaps();
    let shared = overlap && delivery.is_bomb_if_shared(&directory);
    if let Some(detail) = bomb.or(shared.then_some("members share the same bytes")) {
        let members = directory.records.len();
        let detail =
            format!("{detail}: {members} members claim {claimed} bytes in a file of {}", Source::bytes(&*source));
        delivery.note(Reason::ArchiveBomb, detail);
        delivery.list_only(members as u64);
        return Ok(());
    }
    if overlap {
        delivery.note(Reason::Damaged, "members overlap");
    }
    if directory.faulty_tail {
        delivery.note(Reason::Damaged, "the list at the end breaks off");
    }
    let mut opener = member::Opener::new(passwords, delivery.limits());
    for record in directory.records.into_iter().filter(|record| !record.is_folder()) {
        deliver_record(source, record, &mut opener, delivery)?;
    }
    Ok(())
}

fn deliver_record(
    source: &mut dyn Source,
    record: Record,
    opener: &mut member::Opener<'_>,
    delivery: &mut Delivery<'_>,
) -> Result<(), Stop> {
    let mut item = Item {
        name: record.shown_name(),
        claimed_bytes: Some(record.plain_bytes),
        packed_bytes: Some(record.packed_bytes),
        most_bytes: Some(record.most_bytes()),
        flaw: None,
    };
    if record.is_special() {
        let why = opener.link(source, &record);
        return delivery.withhold(item, why);
    }
    match opener.place(source, &record) {
        Err(why) => delivery.withhold(item, why),
        Ok(place) => {
            item.flaw = place.flaw.clone();
            match opener.password(source, &place) {
                Err(why) => delivery.withhold(item, why),
                Ok(password) => opener.with_reader(source, &place, password, |opened| match opened {
                    Ok(reader) => delivery.copy(item, reader),
                    Err(why) => delivery.withhold(item, why),
                }),
            }
        }
    }
}

impl Delivery<'_> {
    /// Overlapping members are a bomb when together they claim more packed bytes than there are, and much comes out.
    fn is_bomb_if_shared(&self, directory: &Directory) -> bool {
        let sum = |bytes: fn(&Record) -> u64| directory.records.iter().map(bytes).fold(0_u64, u64::saturating_add);
        sum(|record| record.packed_bytes) > directory.source_bytes
            && sum(|record| record.plain_bytes) > self.limits().member_ratio_from_bytes
    }
}

/// An observation that a member's packing is not known here.
fn unsupported_method(method: u16) -> Observation {
    Observation::new(Reason::UnsupportedFormat, format!("packed with method {method}, which is not supported"))
}
