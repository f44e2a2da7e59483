//! Who a data set is about: the patient module (PS3.3 C.7.1.1), as written.

use super::{data_set::DataSet, wanted::OTHER_PATIENT_IDS};
use crate::domain::facts::{NamedPerson, PersonRole};
use dicom_dictionary_std::tags;

/// The patient of a data set; `None` where it says nothing of one.
pub(super) fn patient(data_set: &DataSet, place: &str) -> Option<NamedPerson> {
    let filled = |text: String| (!text.is_empty()).then_some(text);
    let person = NamedPerson {
        names: names(data_set),
        birth_date: filled(data_set.ascii(tags::PATIENT_BIRTH_DATE)),
        sex: filled(data_set.ascii(tags::PATIENT_SEX)),
        ids: identifiers(data_set),
        place: place.to_owned(),
        role: PersonRole::Patient,
    };
    let known = !person.names.is_empty() || !person.ids.is_empty() || person.birth_date.is_some();
    known.then_some(person)
}

/// Every name the patient is given; the alphabetic, ideographic and phonetic groups of one are entries of their own.
fn names(data_set: &DataSet) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for tag in [tags::PATIENT_NAME, tags::OTHER_PATIENT_NAMES, tags::PATIENT_BIRTH_NAME] {
        for name in data_set.names(tag).iter().flat_map(|value| groups(value)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The component groups of a PN value that say something (PS3.5 6.2.1).
pub(super) fn groups(value: &str) -> impl Iterator<Item = String> {
    value
        .split('=')
        .map(|group| group.trim().trim_end_matches('^'))
        .filter(|group| !group.is_empty())
        .map(str::to_owned)
}

fn identifiers(data_set: &DataSet) -> Vec<(String, Option<String>)> {
    let issued = |item: &DataSet| {
        let issuer = item.text(tags::ISSUER_OF_PATIENT_ID);
        (item.text(tags::PATIENT_ID).trim().to_owned(), (!issuer.is_empty()).then_some(issuer))
    };
    let mut ids = vec![issued(data_set)];
    ids.extend(data_set.items(tags::OTHER_PATIENT_I_DS_SEQUENCE).iter().map(issued));
    ids.extend(data_set.texts(OTHER_PATIENT_IDS).into_iter().map(|id| (id, None)));
    ids.retain(|(id, _)| !id.is_empty());
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}
