//! One document with the people it names: whose is it?

use super::{
    EVIDENCE_MAX, Identified, is_of_text, numbers,
    weighing::{Characteristic, Evidence, Opinion, Says, Weighed},
};
use crate::domain::{
    facts::{NamedPerson, PersonRole},
    reason::Reason,
    verdict::PatientMatch,
};

/// What is said of a document.
pub(super) struct Verdict {
    pub(super) identified: Identified,
    /// What must be said, with its page.
    pub(super) finding: Option<(Reason, String, Option<u32>)>,
    /// What there is to say where nothing is known for sure.
    pub(super) open: &'static str,
}

/// The people of a document, where what stands apart belongs together: a birth date on the second page, a number in a
/// footer, belong to the only patient who is named. A birth date of which the document does not say whose it is counts
/// only where it is the child's: else it is a parent's, or says nothing.
pub(super) fn gathered(people: &[NamedPerson], child_was_born: impl Fn(&str) -> bool) -> Vec<NamedPerson> {
    let nobodys = |person: &&NamedPerson| person.names.is_empty() && person.role == PersonRole::Unknown;
    let of_child = |person: &&NamedPerson| person.birth_date.as_deref().is_some_and(&child_was_born);
    let people: Vec<&NamedPerson> = people.iter().filter(|person| !nobodys(person) || of_child(person)).collect();
    let named: Vec<&&NamedPerson> = people.iter().filter(|person| !person.names.is_empty()).collect();
    let [only] = named.as_slice() else { return of_several(people, nobodys) };
    let mut only = (**only).clone();
    let mut apart = Vec::new();
    for person in people.into_iter().filter(|person| person.names.is_empty()) {
        // Records of a message stand for themselves: another number without a name may be anybody's.
        if !is_of_text(person) && numbers::are_of_two(&only, person) {
            apart.push(person.clone());
            continue;
        }
        let other_birth = only.birth_date.is_some() && person.birth_date.is_some();
        if other_birth {
            if person.role == PersonRole::Patient {
                apart.push(person.clone());
            }
            continue;
        }
        only.birth_date = only.birth_date.take().or_else(|| person.birth_date.clone());
        only.sex = only.sex.take().or_else(|| person.sex.clone());
        only.ids.extend(person.ids.iter().filter(|id| !only.ids.contains(id)).cloned().collect::<Vec<_>>());
    }
    apart.insert(0, only);
    apart
}

/// Where several are named, a birth date that may be the child's belongs to the patient beside whom it was read: a face sheet
/// names the mother before it, and its second page the child again.
fn of_several(people: Vec<&NamedPerson>, nobodys: impl Fn(&&NamedPerson) -> bool) -> Vec<NamedPerson> {
    let mut all: Vec<NamedPerson> = Vec::new();
    let named: Vec<&NamedPerson> = people.iter().copied().filter(|person| !person.names.is_empty()).collect();
    let known = |person: &NamedPerson| named.iter().any(|known| numbers::is_shared(known, person));
    for person in people {
        if !nobodys(&person) {
            if !person.names.is_empty() || person.birth_date.is_some() || !known(person) {
                all.push(person.clone());
            }
        } else if let Some(last) = all.last_mut()
            && last.role == PersonRole::Patient
            && last.place == person.place
            && !last.names.is_empty()
            && last.birth_date.is_none()
        {
            last.birth_date.clone_from(&person.birth_date);
        }
    }
    all
}

/// Puts together what is thought of each person.
pub(super) fn verdict(people: &[Weighed]) -> Verdict {
    let having = |opinion: Opinion| people.iter().filter(move |person| person.opinion == opinion);
    let others: Vec<&Weighed> = having(Opinion::Other).collect();
    let child = having(Opinion::Child).next();
    // Beside the child's own name, `Patient: Lying Quietly` is a note and no second patient. Somebody must look.
    let noted = |person: &&Weighed| child.is_some() && person.name_only && shares_nothing(person);
    let strangers = others.iter().filter(|person| is_somebody_else(person) && !noted(person));
    let strangers: Vec<&Weighed> = strangers.copied().collect();
    let likely = child.or_else(|| having(Opinion::Likely).next());
    let doubt = having(Opinion::Doubtful).next();
    let (evidence, more) = evidence(people);
    let of = |matches: PatientMatch, doubtful: bool| Identified { matches, evidence: evidence.clone(), doubtful, more };
    let told = |identified: Identified, finding: Option<(Reason, String, Option<u32>)>| Verdict {
        identified,
        finding,
        open: open(people),
    };
    match (likely, strangers.as_slice(), others.as_slice()) {
        (Some(_), [stranger, ..], _) => {
            let detail = "the case's child is named, and another patient".to_owned();
            told(of(PatientMatch::Unknown, true), Some((Reason::MultiplePatients, detail, page(stranger))))
        }
        (None, _, [other, ..]) => {
            told(of(PatientMatch::No, false), Some((Reason::WrongPatient, against(other), page(other))))
        }
        (Some(_), [], [other, ..]) => {
            told(of(PatientMatch::Unknown, true), Some((Reason::PatientUnconfirmed, against(other), page(other))))
        }
        (_, _, []) if child.is_some() => match people.iter().find_map(beside_child) {
            Some((doubtful, detail, page)) => {
                let detail = format!("the case's child is named, and a patient with {detail}");
                told(of(PatientMatch::Unknown, doubtful), Some((Reason::PatientUnconfirmed, detail, page)))
            }
            None => told(of(PatientMatch::Yes, false), None),
        },
        (_, _, []) => match doubt {
            Some(doubt) => {
                told(of(PatientMatch::Unknown, true), Some((Reason::PatientUnconfirmed, against(doubt), page(doubt))))
            }
            None => told(of(PatientMatch::Unknown, false), None),
        },
    }
}

/// Somebody beside the child who may be a twin: whether that is in doubt, and what speaks for it. Another day or another
/// family name beside the child's own given name is a slip or a former name.
fn beside_child(person: &Weighed) -> Option<(bool, String, Option<u32>)> {
    let patient = person.role == PersonRole::Patient || person.says(Characteristic::BirthDate, Says::Agrees);
    let agrees = |of: Characteristic| person.says(of, Says::Agrees);
    let of_child = [Characteristic::FamilyName, Characteristic::BirthDate, Characteristic::Identifier];
    let own_given = agrees(Characteristic::GivenName) && of_child.into_iter().any(agrees);
    match person.opinion {
        Opinion::Open if person.number_only => Some((true, "another number and no name".to_owned(), page(person))),
        Opinion::Doubtful if patient && !own_given => Some((true, against(person), page(person))),
        Opinion::Likely | Opinion::Open if patient && person.spelt_otherwise => {
            Some((false, "a given name that is spelt in another way".to_owned(), page(person)))
        }
        _ => None,
    }
}

/// Neither given nor family name is the child's.
fn shares_nothing(person: &Weighed) -> bool {
    person.says(Characteristic::GivenName, Says::Differs) && person.says(Characteristic::FamilyName, Says::Differs)
}

/// Another person, not the same with a date that is misread: another given name, or another name and number altogether.
fn is_somebody_else(person: &Weighed) -> bool {
    person.says(Characteristic::GivenName, Says::Differs)
        || person.says(Characteristic::FamilyName, Says::Differs)
        || person.says(Characteristic::Identifier, Says::Differs)
}

/// What contradicts, in words without names and dates.
fn against(person: &Weighed) -> String {
    let differs = |of: Characteristic, what: &'static str| person.says(of, Says::Differs).then_some(what);
    let resembles = |of: Characteristic, what: &'static str| person.says(of, Says::Resembles).then_some(what);
    let all: Vec<&str> = [
        differs(Characteristic::GivenName, "another given name"),
        resembles(Characteristic::GivenName, "a given name that is only similar"),
        differs(Characteristic::FamilyName, "another family name"),
        resembles(Characteristic::FamilyName, "a family name that is only similar"),
        differs(Characteristic::BirthDate, "another birth date"),
        resembles(Characteristic::BirthDate, "a birth date that differs by a slip"),
        differs(Characteristic::Identifier, "another number of the same issuer"),
        differs(Characteristic::Sex, "another sex"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let agrees = |of: Characteristic, what: &'static str| person.says(of, Says::Agrees).then_some(what);
    let for_it: Vec<&str> = [
        agrees(Characteristic::GivenName, "given name"),
        agrees(Characteristic::FamilyName, "family name"),
        agrees(Characteristic::BirthDate, "birth date"),
        agrees(Characteristic::Identifier, "number"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let place = person.evidence.first().map(|evidence| format!(" ({})", evidence.place)).unwrap_or_default();
    match for_it.is_empty() {
        true => format!("{}{place}", all.join(", ")),
        false => format!("{}; the same {}{place}", all.join(", "), for_it.join(" and ")),
    }
}

fn open(people: &[Weighed]) -> &'static str {
    let any = |opinion: Opinion| people.iter().any(|person| person.opinion == opinion);
    match () {
        () if any(Opinion::Likely)
            && !people.iter().any(|person| person.says(Characteristic::BirthDate, Says::Agrees)) =>
        {
            "the name agrees, with no birth date or known number beside it"
        }
        () if people.iter().any(|person| person.letters_unknown) => {
            "the letters of the patient's name cannot be read: their character set is not declared, or declared wrongly"
        }
        () if people.iter().any(|person| person.evidence.iter().any(|e| e.says == Says::Agrees)) => {
            "what it says of the patient agrees, and is not enough to tell"
        }
        () if people.is_empty() => "no patient's name, birth date or number was found",
        () => "what it says of the patient cannot be compared with the case",
    }
}

/// The page a person is named on.
fn page(person: &Weighed) -> Option<u32> {
    person.evidence.first()?.place.strip_prefix("page ")?.parse().ok()
}

/// What speaks most clearly comes first; and how much there is beyond it.
fn evidence(people: &[Weighed]) -> (Vec<Evidence>, u32) {
    let rank = |person: &&Weighed| match person.opinion {
        Opinion::Other => 0,
        Opinion::Doubtful => 1,
        Opinion::Child => 2,
        Opinion::Likely => 3,
        Opinion::Open => 4,
    };
    let mut order: Vec<&Weighed> = people.iter().collect();
    order.sort_by_key(rank);
    let all: usize = people.iter().map(|person| person.evidence.len()).sum();
    let more = u32::try_from(all.saturating_sub(EVIDENCE_MAX)).unwrap_or(u32::MAX);
    (order.into_iter().flat_map(|person| person.evidence.iter().cloned()).take(EVIDENCE_MAX).collect(), more)
}
