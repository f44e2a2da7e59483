//! Identities written into letters and forms, and read from there by their labels.

use super::{
    pool::{Child, latin, other_birth, other_given},
    writings::{date, dicom, iso},
};
use crate::support::random::Random;
use casegate::{
    domain::facts::{NamedPerson, PageText},
    kinds::text::people::people,
};

/// A kind of letter: its name, and its text.
pub(super) type Letter = (&'static str, fn(&mut Random, &Child) -> String);

/// Whom a letter names.
pub(super) fn named(text: &str) -> Vec<NamedPerson> {
    people(&[PageText { page: 1, text: text.to_owned() }])
}

fn name(child: &Child) -> String {
    format!("{} {}", child.given.latin, child.family.latin)
}

/// Somebody of the family, old enough to pay.
fn parent(child: &Child) -> (String, String) {
    (format!("Marta {}", child.family.latin), format!("{}-09-30", child.birth.0 - 31))
}

/// Letters about the right child, whoever else stands on them.
pub(super) const RIGHT: &[Letter] = &[
    ("Patient:", |random, child| format!("Patient: {}\nDOB: {}\n", name(child), date(random, child))),
    ("Patient: in DICOM's order", |_, child| format!("Patient: {}  DOB: {}\n", dicom(child), iso(child))),
    ("Name:", |random, child| format!("Name: {}   DOB: {}\n", name(child), date(random, child))),
    ("Surname, Given name", |_, child| {
        format!("Surname: {}\nGiven name: {}\nDate of birth: {}\n", child.family.latin, child.given.latin, iso(child))
    }),
    ("a table", |_, child| {
        format!("Patient name    Date of birth    MRN\n{}    {}    {}\n", name(child), iso(child), child.id)
    }),
    ("a guarantor, then the birth date", |_, child| {
        let (parent, born) = parent(child);
        format!("Patient: {}\nGuarantor: {parent}  DOB: {born}\nDOB: {}\n", name(child), iso(child))
    }),
    ("a responsible party below", |random, child| {
        let (parent, born) = parent(child);
        format!("Patient: {}  DOB: {}\nResponsible party: {parent}\nDOB: {born}\n", name(child), date(random, child))
    }),
    ("a policy holder's date alone", |_, child| {
        let (parent, born) = parent(child);
        format!("Patient: {}\nPolicy holder: {parent}\nDOB: {born}\n", name(child))
    }),
    ("a mother, and a date that may be either's", |_, child| {
        format!("Patient: {}\nMother: {}\nDOB: {}\n", name(child), parent(child).0, iso(child))
    }),
    ("a billing name beside its date", |_, child| {
        let (parent, born) = parent(child);
        format!("Patient: {}\nBilling name: {parent}  DOB: {born}\nDOB: {}\n", name(child), iso(child))
    }),
    ("an emergency contact below", |_, child| {
        let (parent, born) = parent(child);
        format!("Patient: {}\nDOB: {}\nEmergency contact\nName: {parent}\nDOB: {born}\n", name(child), iso(child))
    }),
    ("a sibling behind Name:", |random, child| {
        let sibling = Child { given: other_given(random, child), ..child.clone() };
        let born = Child { birth: other_birth(random, child.birth), ..child.clone() };
        format!("Patient: {}\nName: {}  DOB: {}\nDOB: {}\n", name(child), name(&sibling), iso(&born), iso(child))
    }),
    ("in Spanish, with who answers for it", |_, child| {
        let (parent, born) = parent(child);
        let patient = format!("Paciente: {}\nFecha de nacimiento: {}\n", name(child), iso(child));
        format!("{patient}Responsable: {parent}\nFecha de nacimiento: {born}\n")
    }),
    ("a sentence", |random, child| {
        format!("Dear colleague,\nThank you for referring {}, born {}, to us.\n", name(child), date(random, child))
    }),
    ("a sentence, with a brother in another", |random, child| {
        let brother = Child { given: other_given(random, child), ..child.clone() };
        let born = iso(&Child { birth: other_birth(random, child.birth), ..child.clone() });
        let own = format!("I saw {} (born {}) in clinic today.", name(child), iso(child));
        format!("{own} His brother {}, born {born}, is well.\n", name(&brother))
    }),
    ("to the parents, and a birth date", |_, child| {
        format!("To the parents of {}\n12 High Street\n\nDOB: {}\n", name(child), iso(child))
    }),
    ("a head without labels", |_, child| format!("{}\nMale | 8 yrs | {}\n", name(child), iso(child))),
    ("a head in the order of registers", |_, child| {
        format!("{}, {}\nDOB: {}\n", child.family.latin, child.given.latin, iso(child))
    }),
    ("in German, with who pays", |_, child| {
        let (parent, born) = parent(child);
        let patient = format!("Patient: {}, geb. am {}\n", name(child), iso(child));
        format!("{patient}Versicherungsnehmer: {parent}\nGeburtsdatum: {born}\n")
    }),
];

fn twin(random: &mut Random, child: &Child) -> Child {
    Child { given: other_given(random, child), ..child.clone() }
}

/// Letters about another child of the family, or about both.
pub(super) const OTHERS: &[Letter] = &[
    ("Patient: the twin", |random, child| {
        let twin = twin(random, child);
        format!("Patient: {}\nDOB: {}\n", name(&twin), date(random, child))
    }),
    ("Name: the twin", |random, child| {
        let twin = twin(random, child);
        format!("Name: {}   DOB: {}\n", name(&twin), date(random, child))
    }),
    ("Full name: the twin", |random, child| {
        let twin = twin(random, child);
        format!("Full name: {}   DOB: {}\n", name(&twin), date(random, child))
    }),
    ("Surname, Given name of the twin", |random, child| {
        let twin = twin(random, child);
        format!("Surname: {}\nGiven name: {}\nDate of birth: {}\n", child.family.latin, twin.given.latin, iso(child))
    }),
    ("a twin called like a particle", |_, child| {
        let twin = Child { given: latin(if child.given.latin == "Benjamin" { "Al" } else { "Ben" }), ..child.clone() };
        format!("Patient: {}\nDOB: {}\n", name(&twin), iso(child))
    }),
    ("a sibling, with a guarantor", |random, child| {
        let sibling = Child { birth: other_birth(random, child.birth), ..twin(random, child) };
        let (parent, born) = parent(child);
        format!("Patient: {}\nGuarantor: {parent}  DOB: {born}\nDOB: {}\n", name(&sibling), iso(&sibling))
    }),
    ("a sibling in a sentence", |random, child| {
        let sibling = Child { birth: other_birth(random, child.birth), ..twin(random, child) };
        format!("Thank you for referring {}, a 7-year-old child born on {}.\n", name(&sibling), iso(&sibling))
    }),
    ("the twin in a sentence", |random, child| {
        format!("I saw {} (born {}) in clinic.\n", name(&twin(random, child)), iso(child))
    }),
    ("a sibling in the order of registers", |random, child| {
        let sibling = Child { birth: other_birth(random, child.birth), ..twin(random, child) };
        format!("{}, {}\nDOB: {}\n", sibling.family.latin, sibling.given.latin, iso(&sibling))
    }),
    ("Name: a sibling", |random, child| {
        let sibling = Child { birth: other_birth(random, child.birth), ..twin(random, child) };
        format!("Name: {}   DOB: {}\n", name(&sibling), iso(&sibling))
    }),
    ("the child and the twin, both as patients", |random, child| {
        let twin = twin(random, child);
        format!("Patient: {}  DOB: {}\nPatient: {}  DOB: {}\n", name(child), iso(child), name(&twin), iso(child))
    }),
    ("a twin, and the child as a sibling", |random, child| {
        let twin = twin(random, child);
        format!("Patient: {}\nDOB: {}\nSibling: {}\n", name(&twin), iso(child), name(child))
    }),
];
