//! The patients of a message: Patient resources and nobody else (FHIR R4 8.1).

use super::super::{
    deliver::{known, name_of_elements},
    tree::Node,
};
use crate::domain::facts::{NamedPerson, PersonRole};

/// The person a Patient resource describes.
pub(super) fn patient(node: &Node<'_>, place: String) -> Option<NamedPerson> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let ids = node.all("identifier").filter_map(|id| {
        let issuer = match id.value_of("system") {
            "" => id.at(&["assigner", "display"]).map_or("", Node::value),
            system => system,
        };
        Some((filled(id.value_of("value"))?, filled(issuer)))
    });
    known(NamedPerson {
        names: node.all("name").flat_map(names).collect(),
        birth_date: filled(node.value_of("birthDate")),
        sex: filled(node.value_of("gender")),
        ids: ids.collect(),
        place,
        role: PersonRole::Patient,
    })
}

/// A HumanName in its parts, and as text where that says something else.
fn names(name: &Node<'_>) -> Vec<String> {
    let (parts, text) = (name_of_elements(name), name.value_of("text"));
    // The text repeats the parts in the order of speech; only other words are another name.
    let repeats = text.split_whitespace().all(|word| parts.split(['^', ' ']).any(|part| part == word));
    let mut names = vec![parts, if repeats { String::new() } else { text.to_owned() }];
    names.retain(|name| !name.is_empty());
    names
}
