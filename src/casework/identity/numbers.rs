//! Numbers of patients: those the case states, and those that its own documents teach.
//!
//! Families seldom know a medical record number. Where a document says by name and birth date whose it is, and bears a
//! number, another document with that number and the child's own given name is of the same child: a letter that gives no
//! birth date, a request in a former family name, a day that is wrong by one digit.
//!
//! A number that was learnt says less than one that was stated. Twins are born in one department, and their papers do end
//! up under each other's numbers; what tells twins apart is the given name, so a learnt number counts only beside the
//! child's own. It excuses no plain contradiction, it never contradicts anything itself (a child has a number in every
//! hospital, and sometimes two), and a number that somebody else bears in the same case is a family's or a default, and
//! teaches nothing.

use super::weighing::{Characteristic, Evidence, Says, Weighed};
use crate::domain::{case::PatientIdentifier, facts::NamedPerson};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Letters and digits of an identifier without issuer from which on two equal ones are no chance.
const CHARS_MIN: usize = 4;

/// Digits beside a birth date from which on a number is more than a date with a counter: a national number has four.
const OWN_DIGITS_MIN: usize = 4;

/// What a number says, and as it was written.
pub(super) type Told<'a> = ((Characteristic, Says, i32), &'a str);

/// A number and who issued it, both as compared. Without an issuer the second is empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Number {
    value: String,
    issuer: String,
}

impl Number {
    fn of((value, issuer): &(String, Option<String>)) -> Self {
        Self { value: plain(value), issuer: issuer.as_deref().map(plain_issuer).unwrap_or_default() }
    }

    /// As the case states it.
    pub(super) fn stated(id: &PatientIdentifier) -> Self {
        Self { value: plain(&id.value), issuer: plain_issuer(&id.issuer) }
    }

    fn has_issuer_of(&self, other: &Self) -> bool {
        !self.issuer.is_empty() && self.issuer == other.issuer
    }

    /// The same characters where one of the two names no issuer: it may be another hospital's, but beside a name or a birth
    /// date it is no chance.
    fn may_be(&self, other: &Self) -> bool {
        let unissued = self.issuer.is_empty() || other.issuer.is_empty();
        unissued && self.value == other.value && self.value.len() >= CHARS_MIN
    }

    /// Could this number have been given to one person only? Counters behind a birth date, runs and repeated digits are
    /// defaults of forms and of programs that hide names.
    fn is_ones_own(&self, birth: Date) -> bool {
        let digits: String = self.value.chars().filter(char::is_ascii_digit).collect();
        let own = without_date(&digits, birth);
        let steps: BTreeSet<i32> =
            own.as_bytes().windows(2).map(|pair| i32::from(pair[1]) - i32::from(pair[0])).collect();
        own.len() >= OWN_DIGITS_MIN && steps.len() > 1
    }
}

/// What a person's numbers say against those the case states. A number with its issuer names one person.
pub(super) fn stated<'a>(own: &[Number], person: &'a NamedPerson) -> Option<Told<'a>> {
    let mut other = None;
    let mut weak = None;
    for id in &person.ids {
        let found = Number::of(id);
        for own in own {
            match (found.has_issuer_of(own), found.value == own.value) {
                (true, true) => return Some(((Characteristic::Identifier, Says::Agrees, 4), &id.0)),
                (true, false) => other = Some(((Characteristic::Identifier, Says::Differs, -6), id.0.as_str())),
                (false, true) if found.may_be(own) => {
                    weak = Some(((Characteristic::Identifier, Says::Agrees, 3), id.0.as_str()));
                }
                (false, _) => {}
            }
        }
    }
    weak.or(other)
}

/// What a person's numbers say beside those that documents of the case teach.
pub(super) fn learnt<'a>(own: &[Number], person: &'a NamedPerson) -> Option<Told<'a>> {
    let known = |id: &&(String, Option<String>)| {
        let found = Number::of(id);
        own.iter().any(|own| found.may_be(own) || (found.has_issuer_of(own) && found.value == own.value))
    };
    person.ids.iter().find(known).map(|id| ((Characteristic::LearntIdentifier, Says::Agrees, 3), id.0.as_str()))
}

/// The numbers that documents teach: those of `sure` people, whose name and birth date say whose they are, and of nobody in
/// `all` who is somebody else.
pub(super) fn taught<'a>(
    sure: impl Iterator<Item = &'a (Weighed, NamedPerson)>,
    all: impl Iterator<Item = (&'a NamedPerson, &'a Weighed)>,
    birth: Date,
) -> Vec<Number> {
    let numbers = |person: &NamedPerson| person.ids.iter().map(Number::of).collect::<Vec<_>>();
    let mut found: BTreeSet<Number> = sure
        .filter(|(weighed, _)| teaches(weighed))
        .flat_map(|(_, person)| numbers(person))
        .filter(|number| number.is_ones_own(birth))
        .collect();
    for (person, _) in all.filter(|(_, weighed)| is_another(weighed)) {
        for theirs in numbers(person) {
            found.retain(|number| number.value != theirs.value);
        }
    }
    found.into_iter().collect()
}

/// Do name and birth date agree without any doubt?
fn teaches(weighed: &Weighed) -> bool {
    let agrees = |of: Characteristic| weighed.says(of, Says::Agrees);
    let doubt = |evidence: &Evidence| matches!(evidence.says, Says::Differs | Says::Resembles);
    agrees(Characteristic::GivenName)
        && agrees(Characteristic::FamilyName)
        && agrees(Characteristic::BirthDate)
        && !weighed.evidence.iter().any(doubt)
}

fn is_another(weighed: &Weighed) -> bool {
    weighed.says(Characteristic::GivenName, Says::Differs) || weighed.says(Characteristic::BirthDate, Says::Differs)
}

/// Have two people a number in common?
pub(super) fn is_shared(a: &NamedPerson, b: &NamedPerson) -> bool {
    let same = |value: &str| b.ids.iter().any(|(other, _)| plain(other) == value);
    a.ids.iter().map(|(value, _)| plain(value)).any(|value| value.len() >= CHARS_MIN && same(&value))
}

/// Letters and digits, without leading zeros.
fn plain(value: &str) -> String {
    let plain: String = value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    plain.trim_start_matches('0').to_owned()
}

fn plain_issuer(issuer: &str) -> String {
    issuer.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The digits that are left when the birth date is taken out, in whatever order it is written.
fn without_date(digits: &str, birth: Date) -> String {
    let (year, short) = (format!("{:04}", birth.year()), format!("{:02}", birth.year() % 100));
    let (month, day) = (format!("{:02}", birth.month()), format!("{:02}", birth.day()));
    for year in [&year, &short] {
        for written in [[year, &month, &day], [&day, &month, year], [&month, &day, year]] {
            let written = written.map(String::as_str).concat();
            // A number is compared without its leading zeros, and the date may begin with one.
            let bare = written.trim_start_matches('0');
            if digits.contains(&written) {
                return digits.replacen(&written, "", 1);
            }
            if let Some(rest) = digits.strip_prefix(bare) {
                return rest.to_owned();
            }
        }
    }
    digits.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn number(value: &str) -> Number {
        Number::of(&(value.to_owned(), None))
    }

    /// Proves which numbers may have been given to one person only.
    #[test]
    fn tells_numbers_from_defaults() {
        let birth = date(2019, 3, 4);
        for own in ["4711823", "MRN-0042917", "040319-4717", "20190304 8812", "0304194717", "GX 90 21 17"] {
            assert!(number(own).is_ones_own(birth), "{own}");
        }
        for default in ["", "123", "20190304", "MUST04032019", "20190304-1", "040319", "04031902"] {
            assert!(!number(default).is_ones_own(birth), "{default}");
        }
        for default in ["000000", "123456", "987654", "99999999", "ANON", "13579", "ANONYMOUS"] {
            assert!(!number(default).is_ones_own(birth), "{default}");
        }
    }
}
