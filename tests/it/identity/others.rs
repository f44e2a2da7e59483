//! Other children, and how near they come.

use super::{
    pool::{Child, Script, other_birth, other_family, other_given, pick},
    writings::{Writing, date, dicom, home, person},
};

/// Writings of other children.
pub(super) const OTHERS: &[Writing] = &[
    ("sibling", |random, child| {
        let other =
            Child { given: other_given(random, child), birth: other_birth(random, child.birth), ..child.clone() };
        person(&dicom(&other), Some(date(random, &other)), child)
    }),
    ("twin", |random, child| {
        let other = Child { given: other_given(random, child), ..child.clone() };
        person(&dicom(&other), Some(date(random, child)), child)
    }),
    ("twin, home script", |random, child| {
        let other = Child { given: other_given(random, child), ..child.clone() };
        person(&home(&other), Some(date(random, child)), child)
    }),
    ("twin whose name differs by a letter", |random, child| {
        let twin = near_name(child, ["Lina", "Martina", "Jana", "Tom"][pick(random, 4)]);
        person(&format!("{}^{twin}", child.family.latin), Some(date(random, child)), child)
    }),
    ("twin with the initial only", |random, child| {
        let other = other_given(random, child);
        let initial: String = other.latin.chars().take(1).collect();
        person(&format!("{initial}. {}", child.family.latin), Some(date(random, child)), child)
    }),
    ("twin with a number of its own", |random, child| {
        let other = Child { given: other_given(random, child), ..child.clone() };
        let mut found = person(&dicom(&other), Some(date(random, child)), child);
        found.ids = vec![(super::pool::id(random), Some("Harbour Lane".to_owned()))];
        found
    }),
    ("newborn sibling", |random, child| {
        let other = Child { birth: other_birth(random, child.birth), ..child.clone() };
        person(&format!("{}^Baby Girl", child.family.latin), Some(date(random, &other)), child)
    }),
    ("other child of the same surname, no date", |random, child| {
        let other = Child { given: other_given(random, child), ..child.clone() };
        person(&dicom(&other), None, child)
    }),
    ("same given name, other family", |random, child| {
        let other =
            Child { family: other_family(random, child), birth: other_birth(random, child.birth), ..child.clone() };
        person(&dicom(&other), Some(date(random, &other)), child)
    }),
    ("same given name and birth date, other family", |random, child| {
        let other = Child { family: other_family(random, child), ..child.clone() };
        person(&dicom(&other), Some(date(random, child)), child)
    }),
    ("same name, other birth date", |random, child| {
        let other = Child { birth: other_birth(random, child.birth), ..child.clone() };
        person(&dicom(child), Some(date(random, &other)), child)
    }),
    ("same name, other number of the issuer", |random, child| {
        let mut found = person(&dicom(child), None, child);
        found.ids = vec![(super::pool::id(random), Some("Harbour Lane".to_owned()))];
        found
    }),
    ("stranger", |random, child| {
        let other = super::pool::child(random);
        let other = if other.given.latin == child.given.latin { stranger(&other) } else { other };
        let other = Child { birth: other_birth(random, child.birth), ..other };
        person(&dicom(&other), Some(date(random, &other)), child)
    }),
    ("stranger, home script", |random, child| {
        let other = Child {
            given: other_given(random, child),
            family: other_family(random, child),
            birth: other_birth(random, child.birth),
            ..child.clone()
        };
        person(&home(&other), Some(date(random, &other)), child)
    }),
    ("stranger born the same day", |random, child| {
        let other = Child { given: other_given(random, child), family: other_family(random, child), ..child.clone() };
        person(&dicom(&other), Some(date(random, child)), child)
    }),
    ("parent as patient", |random, child| {
        let other = Child { given: other_given(random, child), birth: (child.birth.0 - 31, 4, 9), ..child.clone() };
        person(&dicom(&other), Some(super::writings::iso(&other)), child)
    }),
    ("family name alone, other date", |random, child| {
        let other = Child { birth: other_birth(random, child.birth), ..child.clone() };
        person(&format!("{}^", child.family.latin), Some(date(random, &other)), child)
    }),
];

fn stranger(child: &Child) -> Child {
    Child {
        given: Script { latin: "Marta", home: "" },
        family: Script { latin: "Quillfeather", home: "" },
        ..child.clone()
    }
}

/// A name one letter away from the child's, or the given one where the child's has no such neighbour.
fn near_name(child: &Child, other: &str) -> String {
    let own = child.given.latin;
    match own {
        "Lena" => "Lina".to_owned(),
        "Lina" => "Lena".to_owned(),
        _ if own.ends_with('a') => format!("{}e", &own[..own.len() - 1]),
        _ if own.is_ascii() && !own.contains(' ') => format!("{own}a"),
        _ => other.to_owned(),
    }
}
