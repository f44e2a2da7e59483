//! Evidence weighed: is this person the case's child?
//!
//! A few weights on a scale of tenfold odds, each with its reason beside it; `docs/verdicts.md` says how they were set.
//! Two rules stand above the sum: nobody is the child whose birth date or given name contradicts, and nobody is somebody
//! else unless something contradicts.

use super::{
    dates::{self, BirthLikeness},
    is_of_text,
    names::{self, ChildName, Likeness, NameLikeness},
    numbers::{self, Number},
};
use crate::domain::{
    case::Patient,
    facts::{NamedPerson, PersonRole},
    imaging::PATIENT_MODULE,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Years by which a parent or guarantor is older than a child.
const PARENT_YEARS_MIN: i16 = 14;

/// A sum from which on a person is the child: a whole name and a birth date, or either with an identifier.
const YES_FROM: i32 = 7;

/// A sum up to which a person whom something contradicts is somebody else.
const NO_UP_TO: i32 = -1;

/// A sum from which on a name without anything else may well be the child's.
const LIKELY_FROM: i32 = 5;

/// A characteristic of a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Characteristic {
    /// Given names.
    GivenName,
    /// Family names.
    FamilyName,
    /// Birth date.
    BirthDate,
    /// Sex.
    Sex,
    /// An identifier that the case states.
    Identifier,
    /// An identifier that documents of the case bear which are surely the child's.
    LearntIdentifier,
}

/// What a characteristic says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// The child.
    Agrees,
    /// Nearly the child: a slip of the pen or of the reader.
    Resembles,
    /// Nothing.
    Unclear,
    /// Somebody else.
    Differs,
}

/// One piece of evidence. It may quote another person's data and is for the desk only.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// What was compared.
    pub of: Characteristic,
    /// What it says.
    pub says: Says,
    /// As written in the document.
    pub written: String,
    /// Where: a tag, `page 2`, `row 7`.
    pub place: String,
}

/// What is thought of one person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opinion {
    /// The child.
    Child,
    /// Nothing contradicts, and the whole name agrees.
    Likely,
    /// Nothing contradicts, and too little agrees.
    Open,
    /// Something contradicts and something agrees: a person must look.
    Doubtful,
    /// Somebody else.
    Other,
}

/// A person weighed.
#[derive(Clone, Debug)]
pub(super) struct Weighed {
    pub(super) opinion: Opinion,
    pub(super) evidence: Vec<Evidence>,
    /// What the document says this person is.
    pub(super) role: PersonRole,
    /// The given name fits, and would fit a sibling in the same letters: Noa beside Noah.
    pub(super) spelt_otherwise: bool,
    /// A text says no more than a name: no birth date, no number.
    pub(super) name_only: bool,
    /// A record that has a number and no name.
    pub(super) number_only: bool,
    /// A name is written in letters that cannot be read, and in no others.
    pub(super) letters_unknown: bool,
}

impl Weighed {
    /// Does this characteristic say so?
    pub(super) fn says(&self, of: Characteristic, says: Says) -> bool {
        self.evidence.iter().any(|evidence| evidence.of == of && evidence.says == says)
    }
}

/// The case's child, prepared for comparison.
#[derive(Clone, Debug)]
pub(super) struct Child {
    names: Vec<ChildName>,
    birth: Option<Date>,
    sex: Option<Sex>,
    ids: Vec<Number>,
    learnt: Vec<Number>,
}

impl Child {
    /// The birth date, where the case states one.
    pub(super) const fn birth(&self) -> Option<Date> {
        self.birth
    }

    /// The child, with numbers that documents of the case teach.
    pub(super) fn knowing(self, learnt: Vec<Number>) -> Self {
        Self { learnt, ..self }
    }

    /// Can a birth date of which nobody says whose it is be the child's?
    pub(super) fn was_born(&self, written: &str) -> bool {
        self.birth.is_some_and(|birth| dates::compare(birth, written) == BirthLikeness::Same)
    }

    /// `None` where the case does not say whom it is about.
    pub(super) fn new(patient: &Patient) -> Option<Self> {
        let own = ChildName::new(&patient.given, &patient.family);
        let aliases = own.iter().flat_map(|name| patient.aliases.iter().flat_map(|alias| name.with_alias(alias)));
        let names: Vec<ChildName> = own.clone().into_iter().chain(aliases).collect();
        let birth = dates::certain(&patient.birth_date);
        let ids: Vec<_> = patient.ids.iter().map(Number::stated).collect();
        let known = !names.is_empty() || birth.is_some() || !ids.is_empty();
        known.then(|| Self { names, birth, sex: sex(&patient.sex), ids, learnt: Vec::new() })
    }
}

/// The points of a person, and what contradicts.
#[derive(Default)]
struct Scale {
    points: i32,
    /// What can only be somebody else's.
    hard: bool,
    /// What should not be, and happens.
    soft: bool,
    evidence: Vec<Evidence>,
}

/// Where a characteristic of a person stands: a DICOM patient module has an attribute for each (PS3.3 C.7.1.1), and the
/// person's own place is that of the name.
fn attribute(of: Characteristic, place: &str) -> &str {
    match of {
        _ if place != PATIENT_MODULE => place,
        Characteristic::GivenName | Characteristic::FamilyName => place,
        Characteristic::Identifier | Characteristic::LearntIdentifier => "(0010,0020)",
        Characteristic::BirthDate => "(0010,0030)",
        Characteristic::Sex => "(0010,0040)",
    }
}

impl Scale {
    fn put(&mut self, (of, says, points): (Characteristic, Says, i32), (written, place): (&str, &str)) {
        self.points += points;
        self.soft |= says == Says::Differs || points < 0;
        self.hard |= says == Says::Differs && points <= -6;
        self.evidence.push(Evidence { of, says, written: written.to_owned(), place: attribute(of, place).to_owned() });
    }

    fn says(&self, of: Characteristic, says: Says) -> bool {
        self.evidence.iter().any(|evidence| (evidence.of, evidence.says) == (of, says))
    }

    fn has_own_given(&self) -> bool {
        self.says(Characteristic::GivenName, Says::Agrees)
    }

    fn differs(&self, of: Characteristic) -> bool {
        self.says(of, Says::Differs)
    }
}

/// Weighs a person against the child.
pub(super) fn weigh(child: &Child, person: &NamedPerson) -> Weighed {
    let mut scale = Scale::default();
    let name = best_name(child, person);
    if let Some((likeness, written)) = name {
        let about = (written, person.place.as_str());
        scale.put(given_points(likeness.given), about);
        scale.put(family_points(likeness.family), about);
    }
    if let (Some(birth), Some(written)) = (child.birth, &person.birth_date) {
        scale.put(birth_points(dates::compare(birth, written)), (written, &person.place));
    }
    if let (Some(own), Some(written)) = (child.sex, &person.sex) {
        scale.put(sex_points(own, written, person), (written, &person.place));
    }
    let number = numbers::stated(&child.ids, person);
    // What was learnt is for the child's own given name only, which twins seldom share.
    let fits = scale.has_own_given() && !scale.hard && !scale.differs(Characteristic::Sex);
    let learnt = || numbers::learnt(&child.learnt, person).filter(|_| fits);
    if let Some((points, written)) = number.or_else(learnt) {
        scale.put(points, (written, &person.place));
    }
    let opinion = opinion(&scale, (child, person), name.map(|(likeness, _)| likeness));
    let spelt_otherwise = name.is_some_and(|(likeness, written)| {
        likeness.given == Likeness::Alike && written.chars().any(|c| c.is_ascii_alphabetic())
    });
    let bare = person.birth_date.is_none();
    let name_only = bare && person.ids.is_empty() && is_of_text(person);
    let number_only = bare && person.names.is_empty() && !person.ids.is_empty() && !is_of_text(person);
    let unread = |name: &String| name.contains(char::REPLACEMENT_CHARACTER);
    let letters_unknown = name.is_none() && person.names.iter().any(unread);
    Weighed {
        opinion,
        evidence: scale.evidence,
        role: person.role,
        spelt_otherwise,
        name_only,
        number_only,
        letters_unknown,
    }
}

fn opinion(scale: &Scale, (child, person): (&Child, &NamedPerson), name: Option<NameLikeness>) -> Opinion {
    let of = |of: Characteristic, says: Says| scale.says(of, says);
    let other_birth = scale.differs(Characteristic::BirthDate);
    let other_id = scale.differs(Characteristic::Identifier);
    let other_given = scale.differs(Characteristic::GivenName);
    if scale.points >= YES_FROM && !other_birth && !other_given {
        return Opinion::Child;
    }
    if person.role == PersonRole::Unknown && !other_id {
        // `Name:` may announce a parent or a physician. Only a child's birth date makes a patient of such a person.
        if child.birth.is_some_and(|birth| is_elder(birth, person)) {
            return Opinion::Open;
        }
        if !other_birth && scale.hard {
            // Somebody of the child's surname is most likely a parent; whoever is born with the child is a twin.
            let kin = of(Characteristic::FamilyName, Says::Agrees);
            let born = of(Characteristic::BirthDate, Says::Agrees) || of(Characteristic::BirthDate, Says::Resembles);
            return if kin && !born { Opinion::Open } else { Opinion::Doubtful };
        }
    }
    // A birth date by itself, in a study without a name, may be a date shifted to hide whose it is.
    if scale.hard && scale.points <= NO_UP_TO && (name.is_some() || other_id) {
        return Opinion::Other;
    }
    match (scale.soft, scale.points >= LIKELY_FROM) {
        (true, _) => Opinion::Doubtful,
        (false, true) => Opinion::Likely,
        (false, false) => Opinion::Open,
    }
}

fn is_elder(child: Date, person: &NamedPerson) -> bool {
    let days = person.birth_date.as_deref().map(|written| dates::read(written).all_days()).unwrap_or_default();
    !days.is_empty() && days.iter().all(|day| child.year() - day.year() >= PARENT_YEARS_MIN)
}

/// The name that fits best. One of several component groups or aliases is enough: they are names of one person.
fn best_name<'a>(child: &Child, person: &'a NamedPerson) -> Option<(NameLikeness, &'a str)> {
    let all = person.names.iter().flat_map(|written| {
        let found = child.names.iter().filter_map(|name| names::compare(name, written));
        found.map(|likeness| (likeness, written.as_str()))
    });
    // A name that contradicts says more than one that cannot be read.
    all.max_by_key(|(likeness, _)| {
        (
            given_points(likeness.given).2 + family_points(likeness.family).2 > 0,
            {
                let sure = |likeness: Likeness| likeness != Likeness::Unclear;
                sure(likeness.given) || sure(likeness.family)
            },
            given_points(likeness.given).2 + family_points(likeness.family).2,
        )
    })
}

/// A given name tells the children of a family apart: one that differs outweighs surname and birth date together,
/// because twins share both.
const fn given_points(likeness: Likeness) -> (Characteristic, Says, i32) {
    let (says, points) = match likeness {
        Likeness::Same => (Says::Agrees, 3),
        Likeness::Form => (Says::Agrees, 2),
        Likeness::Alike => (Says::Resembles, 1),
        Likeness::Near => (Says::Resembles, 0),
        Likeness::Doubtful => (Says::Resembles, -1),
        Likeness::Unclear => (Says::Unclear, 0),
        Likeness::Differs => (Says::Differs, -6),
    };
    (Characteristic::GivenName, says, points)
}

/// A family name is shared by siblings, changes with marriage and custody, and is spelt by many: it weighs little.
const fn family_points(likeness: Likeness) -> (Characteristic, Says, i32) {
    let (says, points) = match likeness {
        Likeness::Same | Likeness::Form | Likeness::Alike | Likeness::Near => (Says::Agrees, 2),
        Likeness::Doubtful => (Says::Resembles, 0),
        Likeness::Unclear => (Says::Unclear, 0),
        Likeness::Differs => (Says::Differs, -2),
    };
    (Characteristic::FamilyName, says, points)
}

/// One child in some five thousand of a programme's age shares a birth date by chance; another day, plainly written,
/// outweighs the whole name.
const fn birth_points(likeness: BirthLikeness) -> (Characteristic, Says, i32) {
    let (says, points) = match likeness {
        BirthLikeness::Same => (Says::Agrees, 3),
        BirthLikeness::Partial => (Says::Agrees, 1),
        BirthLikeness::Near => (Says::Resembles, -1),
        BirthLikeness::Unclear => (Says::Unclear, 0),
        BirthLikeness::Differs => (Says::Differs, -6),
    };
    (Characteristic::BirthDate, says, points)
}

/// Half of all children have the same sex, and clerks take the wrong box: it never decides.
fn sex_points(own: Sex, written: &str, person: &NamedPerson) -> (Characteristic, Says, i32) {
    let structured = person.place.starts_with('(');
    let (says, points) = match sex(written) {
        Some(theirs) if theirs == own => (Says::Agrees, 0),
        // `M` is male in most languages, and `mujer` in Spanish.
        Some(Sex::Male) if !structured && written.trim().chars().count() == 1 => (Says::Unclear, 0),
        Some(Sex::Female | Sex::Male) if own != Sex::Other => (Says::Differs, -1),
        _ => (Says::Unclear, 0),
    };
    (Characteristic::Sex, says, points)
}

/// Sex as it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sex {
    Female,
    Male,
    Other,
}

/// Is this a sex as somebody may write it, in any of the languages that are known, or said to be unknown?
pub fn is_sex(written: &str) -> bool {
    sex(written).is_some() || ["", "u", "unknown"].contains(&written.trim().to_lowercase().as_str())
}

fn sex(written: &str) -> Option<Sex> {
    const FEMALE: &[&str] = &[
        "f",
        "female",
        "femenino",
        "femenina",
        "mujer",
        "niña",
        "weiblich",
        "w",
        "féminin",
        "femme",
        "fille",
        "femmina",
        "feminino",
        "kobieta",
        "kadın",
        "kız",
        "ж",
        "жен",
        "женский",
        "женщина",
        "女",
        "女性",
        "여",
        "여성",
        "여자",
        "أنثى",
        "girl",
        "vrouw",
        "kvinna",
        "żeńska",
    ];
    const MALE: &[&str] = &[
        "m",
        "male",
        "masculino",
        "hombre",
        "varón",
        "niño",
        "männlich",
        "masculin",
        "homme",
        "garçon",
        "maschio",
        "mężczyzna",
        "erkek",
        "м",
        "муж",
        "мужской",
        "мужчина",
        "男",
        "男性",
        "남",
        "남성",
        "남자",
        "ذكر",
        "boy",
        "man",
        "męska",
    ];
    let word = written.trim().trim_end_matches('.').to_lowercase();
    match word.as_str() {
        "" => None,
        word if FEMALE.contains(&word) => Some(Sex::Female),
        word if MALE.contains(&word) => Some(Sex::Male),
        "o" | "other" | "x" | "divers" => Some(Sex::Other),
        _ => None,
    }
}

/// Is the given name of the one plainly not the other's?
pub(super) fn is_other_given(a: &NamedPerson, b: &NamedPerson) -> bool {
    names::between(&a.names, &b.names).is_some_and(|name| name.given == Likeness::Differs)
}

/// May these two be one person, as far as a medium says? Used to show each person on a disc once.
pub(super) fn one_person(a: &NamedPerson, b: &NamedPerson) -> bool {
    let shared_id = numbers::is_shared(a, b);
    let name = names::between(&a.names, &b.names);
    let birth = match (&a.birth_date, &b.birth_date) {
        (Some(a), Some(b)) => dates::certain(a).map_or(BirthLikeness::Unclear, |day| dates::compare(day, b)),
        _ => BirthLikeness::Unclear,
    };
    match (name, birth) {
        (Some(name), _) if name.given == Likeness::Differs => false,
        (_, BirthLikeness::Differs) => false,
        // A name that would fit a sibling as well makes nobody one with another.
        (Some(name), _) if name.given == Likeness::Alike => shared_id,
        (Some(name), _) if name.given > Likeness::Doubtful && name.family > Likeness::Doubtful => true,
        (Some(name), BirthLikeness::Same) if name.family == Likeness::Unclear => true,
        (_, BirthLikeness::Near) => false,
        _ => shared_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that what is said of a DICOM object's patient names the attribute that it stands in, and every other place
    /// stays as it is.
    #[test]
    fn each_attribute_has_its_tag() {
        use Characteristic::{BirthDate, FamilyName, GivenName, Identifier, Sex};
        let tags = [
            (GivenName, "(0010,0010)"),
            (FamilyName, "(0010,0010)"),
            (Identifier, "(0010,0020)"),
            (BirthDate, "(0010,0030)"),
            (Sex, "(0010,0040)"),
        ];
        for (of, tag) in tags {
            assert_eq!(attribute(of, PATIENT_MODULE), tag);
            assert_eq!(attribute(of, "page 2"), "page 2");
        }
    }

    /// Proves which words are a sex in a patient file.
    #[test]
    fn sexes_are_known() {
        for sex in ["F", "m", "O", "u", "Female", "male", "OTHER", "unknown", "", "niña"] {
            assert!(is_sex(sex), "{sex}");
        }
        for other in ["gril", "femal", "2", "yes"] {
            assert!(!is_sex(other), "{other}");
        }
    }
}
