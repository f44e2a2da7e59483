//! Rules on whole cases, on cases made for the purpose.

mod duplicates;
mod flags;
mod gate;
mod instances;
mod likeness;
mod manifest;
mod media;
mod waivers;

use casegate::{
    casework::{
        case::{CaseFile, Overlay},
        flags::{self as rules, Flag},
        ledger::{self, Row},
        waivers::Reach,
    },
    domain::{
        case::{Patient, Programme},
        entry::{EntryRecord, EntryRow, Outcome, Sealed, Stage},
        facts::{DicomFacts, DicomdirFacts, DicomdirReference, Facts, FileKind, NamedPerson, Readable},
        ids::{ArrivalId, EntryId, PlainDigest, RulingId},
        path::RawName,
        reason::Reason,
        time::Instant,
    },
    pipeline::{index, judge},
};
use std::collections::HashMap;

/// A case being made.
#[derive(Default)]
pub(crate) struct Making {
    rows: Vec<(EntryRow, EntryRecord)>,
    md5: HashMap<EntryId, String>,
    patient: Patient,
    flags: Vec<(RulingId, Flag)>,
}

/// The place of an entry in a [`Making`].
#[derive(Clone, Copy)]
pub(crate) struct At(usize);

impl Making {
    /// Adds an entry that came by itself.
    pub(crate) fn add(&mut self, name: &str, facts: Facts) -> At {
        self.put(None, name, facts)
    }

    /// Adds a member of a container.
    pub(crate) fn member(&mut self, container: At, name: &str, facts: Facts) -> At {
        let container = self.rows[container.0].0.id;
        self.put(Some(container), name, facts)
    }

    fn put(&mut self, parent: Option<EntryId>, name: &str, facts: Facts) -> At {
        let number = self.rows.len();
        let id = EntryId::from_bytes([u8::try_from(number).unwrap(); 16]);
        let verdict = judge::verdict(&facts, (&[], None), &Programme::default());
        let junk = matches!(facts.kind, Some(FileKind::Executable | FileKind::SystemJunk));
        let row = EntryRow {
            id,
            arrival: ArrivalId::from_bytes([0; 16]),
            parent,
            ordinal: number as u64,
            depth: u32::from(parent.is_some()),
            stage: Stage::Filed,
            bytes: 10,
            kind: facts.kind.unwrap(),
            outcome: Some(if junk { Outcome::Junk } else { Outcome::Stored }),
            readable: facts.readable,
            language: "-".to_owned(),
            twin: None,
            object: None,
            record: Sealed::default(),
        };
        let sha256 = Some(PlainDigest([u8::try_from(number).unwrap(); 32]));
        let name = RawName::from_text(name);
        let record = EntryRecord {
            name,
            sha256,
            claims: Vec::new(),
            facts: Some(facts),
            verdict: Some(verdict),
            pixels: None,
            reading: None,
        };
        self.rows.push((row, record));
        At(number)
    }

    /// The row and record of an entry, to be changed.
    pub(crate) fn at(&mut self, at: At) -> &mut (EntryRow, EntryRecord) {
        &mut self.rows[at.0]
    }

    /// Says whom the case is about.
    pub(crate) fn about(&mut self, patient: Patient) {
        self.patient = patient;
    }

    /// Sets a finding of the first entry of that name.
    pub(crate) fn flag(&mut self, name: &str, code: Reason) {
        let named = |(_, record): &&(EntryRow, EntryRecord)| record.name == RawName::from_text(name);
        let flag = Flag {
            code,
            severity: code.default_severity(),
            named: self.rows.iter().find(named).unwrap_or_else(|| panic!("no entry {name}")).0.id,
            page: None,
            reach: Reach::Document,
            reason: String::new(),
            by: "os:0".to_owned(),
            at: Instant(1),
        };
        let id = RulingId::from_bytes([u8::try_from(self.flags.len()).unwrap(); 16]);
        self.flags.push((id, flag));
    }

    /// States the MD5 of an entry.
    pub(crate) fn md5(&mut self, at: At, sum: &str) {
        self.md5.insert(self.rows[at.0].0.id, sum.to_owned());
    }

    /// Makes `copy` a duplicate of `first`.
    pub(crate) fn duplicate(&mut self, copy: At, first: At) {
        let twin = self.rows[first.0].0.id;
        let (row, record) = self.at(copy);
        (row.outcome, row.twin) = (Some(Outcome::DuplicateOf), Some(twin));
        (record.facts, record.verdict) = (None, None);
    }

    /// The case and what is said about it as a whole.
    pub(crate) fn judged(&self) -> (CaseFile, Overlay) {
        let file = CaseFile::new(self.rows.clone());
        let overlay =
            index::judge(&file, &self.md5, (&self.patient, &Programme::default()), rules::laid(&file, &self.flags));
        (file, overlay)
    }

    /// The ledger.
    pub(crate) fn ledger(&self) -> Vec<Row> {
        let (file, overlay) = self.judged();
        ledger::rows(&file, &overlay, None)
    }
}

/// The row of that path.
pub(crate) fn row<'a>(rows: &'a [Row], path: &str) -> &'a Row {
    rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no row {path}"))
}

/// The codes of a row.
pub(crate) fn codes(row: &Row) -> Vec<Reason> {
    row.reasons.iter().map(|reason| reason.code).collect()
}

/// Facts of a readable document.
pub(crate) fn readable(kind: FileKind) -> Facts {
    Facts::of(kind, Readable::Yes)
}

/// Facts of an image of a patient.
pub(crate) fn image(instance: &str, patient: &str) -> Facts {
    let mut facts = readable(FileKind::Dicom);
    facts.dicom = Some(DicomFacts { sop_instance: instance.to_owned(), ..DicomFacts::default() });
    facts.people.push(NamedPerson { names: vec![patient.to_owned()], ..NamedPerson::default() });
    facts
}

/// Facts of a DICOMDIR that lists these files.
pub(crate) fn directory(files: &[&str]) -> Facts {
    let mut facts = readable(FileKind::Dicomdir);
    let reference = |file: &&str| DicomdirReference {
        file_id: file.split('/').map(str::to_owned).collect(),
        sop_instance: String::new(),
        record_type: "IMAGE".to_owned(),
        series: String::new(),
    };
    facts.dicomdir =
        Some(DicomdirFacts { references: files.iter().map(reference).collect(), ..DicomdirFacts::default() });
    facts
}
