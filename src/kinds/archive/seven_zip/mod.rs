//! 7z (7-Zip's `DOC/7zFormat.txt`): members of solid blocks in their order, AES-256 with supplied passwords.
//!
//! Decoding is left to the `sevenz-rust2` crate, in one thread and block by block; what it would allocate for a block is
//! known from the list and bounded before. The list stands at the end of the file and is most often packed itself: of
//! an archive that was cut nothing can be told, not even a name.

mod blocks;
mod open;

use super::delivery::Delivery;
use crate::domain::{
    facts::{Facts, FileKind, Readable},
    reason::Reason,
};
use crate::kinds::{Exam, Kind, Probe};

/// The 7z kind.
#[derive(Debug)]
pub struct SevenZip;

impl Kind for SevenZip {
    fn name(&self) -> &'static str {
        "7z"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Archive
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        probe.head.starts_with(open::SIGNATURE)
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        // The first of several volumes is a whole head without its end, and only the name tells it from a cut file.
        if exam.name.extension() == "001" {
            let mut facts = Facts::of(FileKind::Archive, Readable::No);
            facts.observe(Reason::UnsupportedFormat, "one part of an archive that was split into several files");
            return facts;
        }
        let passwords = exam.passwords;
        let (source, mut delivery) = Delivery::of(exam);
        let ended = match open::open(source, passwords) {
            Ok(mut opened) => blocks::deliver(source, &mut opened, &mut delivery),
            Err(why) => {
                delivery.note(why.reason, why.detail);
                Ok(())
            }
        };
        delivery.finish(FileKind::Archive, "7z", ended)
    }
}
