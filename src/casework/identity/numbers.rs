//! Numbers of patients: those the case states, and those that its own documents teach.
//!
//! Families seldom know a medical record number. Where a document says by name and birth date whose it is, and bears a
//! number, another document with that number and the child's own given name is of the same child: a letter that gives no
//! birth date, a request in a former family name, a day that is wrong by one digit.
//!
//! A number that was learnt says less than one that was stated. Twins are born in one department, and their papers do end
//! up under each other's numbers; what tells twins apart is the given name, so a learnt number counts only beside the
//! child's own. It excuses no plain contradiction and no other sex, it never contradicts anything itself (a child has a
//! number in every hospital, and sometimes two), and a number that somebody else may bear in the same case is a family's
//! or a default, and teaches nothing.

use super::{
    dates,
    weighing::{Characteristic, Evidence, Opinion, Says, Weighed},
};
use crate::domain::{case::PatientIdentifier, facts::NamedPerson, limits::NUMBERS_LEARNT_MAX};
use jiff::civil::Date;
use std::collections::{BTreeSet, HashSet};

/// Letters and digits of an identifier without issuer from which on two equal ones are no chance.
const CHARS_MIN: usize = 4;

/// Digits beside dates and leading zeros from which on a number is more than a counter.
const OWN_DIGITS_MIN: usize = 5;

/// Years that numbers begin with where they are counted anew each year.
const COUNTED_YEARS: std::ops::RangeInclusive<u32> = 1990..=2039;

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
        Self { value: plain(value), issuer: plain_of(issuer) }
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

/// The numbers that documents teach: those of `sure` people, whose records say by name and birth date whose they are, and
/// of nobody else: neither of those in `all` who are or may be another child, nor of `others`.
pub(super) fn taught<'a>(
    sure: impl Iterator<Item = &'a (Weighed, NamedPerson)>,
    all: impl Iterator<Item = (&'a NamedPerson, &'a Weighed)>,
    others: impl Iterator<Item = &'a NamedPerson>,
    birth: Date,
) -> Vec<Number> {
    let ids = sure.filter(|(weighed, _)| teaches(weighed)).flat_map(|(_, person)| &person.ids);
    let found: BTreeSet<Number> = ids.filter(|(value, _)| is_ones_own(value, birth)).map(Number::of).collect();
    if found.is_empty() {
        return Vec::new();
    }
    let others = all.filter(|(_, weighed)| may_be_another(weighed)).map(|(person, _)| person).chain(others);
    let theirs: HashSet<String> = others.flat_map(|person| &person.ids).map(|(value, _)| plain(value)).collect();
    // The same ones are kept whatever the order of the documents.
    found.into_iter().filter(|number| !theirs.contains(&number.value)).take(NUMBERS_LEARNT_MAX).collect()
}

/// Do name and birth date agree without any doubt?
fn teaches(weighed: &Weighed) -> bool {
    let agrees = |of: Characteristic| weighed.says(of, Says::Agrees);
    let doubt = |evidence: &Evidence| matches!(evidence.says, Says::Differs | Says::Resembles);
    weighed.opinion == Opinion::Child
        && agrees(Characteristic::GivenName)
        && agrees(Characteristic::FamilyName)
        && agrees(Characteristic::BirthDate)
        && !weighed.evidence.iter().any(doubt)
}

/// Has this person another given name, perhaps, or another birth date?
fn may_be_another(weighed: &Weighed) -> bool {
    weighed.says(Characteristic::GivenName, Says::Differs)
        || weighed.says(Characteristic::GivenName, Says::Resembles)
        || weighed.says(Characteristic::BirthDate, Says::Differs)
}

/// Have two people a number in common?
pub(super) fn is_shared(a: &NamedPerson, b: &NamedPerson) -> bool {
    let same = |value: &str| b.ids.iter().any(|(other, _)| plain(other) == value);
    a.ids.iter().map(|(value, _)| plain(value)).any(|value| value.len() >= CHARS_MIN && same(&value))
}

/// Has the one another number than the other, of one issuer or of none, and none in common?
pub(super) fn are_of_two(a: &NamedPerson, b: &NamedPerson) -> bool {
    let one_issuer = |issuer: &Option<String>| b.ids.iter().any(|(_, other)| plain_of(other) == plain_of(issuer));
    !is_shared(a, b) && a.ids.iter().any(|(_, issuer)| one_issuer(issuer))
}

fn plain_of(issuer: &Option<String>) -> String {
    issuer.as_deref().map(plain_issuer).unwrap_or_default()
}

/// Letters and digits, without leading zeros.
fn plain(value: &str) -> String {
    let plain: String = value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    plain.trim_start_matches('0').to_owned()
}

fn plain_issuer(issuer: &str) -> String {
    issuer.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Could this number have been given to one person only? Dates with a counter, runs and repeated digits are defaults of
/// forms and of programs that hide names.
fn is_ones_own(written: &str, birth: Date) -> bool {
    let signs = written.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '-' | '.' | ' '));
    let joined = written.chars().all(|c| c.is_ascii_digit());
    if signs && !joined && !dates::read(written).all_days().is_empty() {
        return false;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let own = without_dates(&digits, birth).trim_start_matches('0');
    let steps: BTreeSet<i32> = own.as_bytes().windows(2).map(|pair| i32::from(pair[1]) - i32::from(pair[0])).collect();
    own.len() >= OWN_DIGITS_MIN && steps.len() >= (own.len() - 2).min(4)
}

/// The digits that are left when what may be a date, a time behind it, or a year is taken off either end.
fn without_dates(digits: &str, birth: Date) -> &str {
    let born = born_as(birth);
    let begins = |text: &str| born.iter().find(|date| text.starts_with(date.as_str())).map(String::len);
    let ends = |text: &str| born.iter().find(|date| text.ends_with(date.as_str())).map(String::len);
    let head = |text: &str| text.get(..8).filter(|date| is_date(date)).map(str::len);
    let tail = |text: &str| text.get(text.len().saturating_sub(8)..).filter(|date| is_date(date)).map(str::len);
    if let Some(length) = head(digits).or_else(|| begins(digits)) {
        return without_time(&digits[length..]);
    }
    if let Some(length) = tail(digits).or_else(|| ends(digits)) {
        return &digits[..digits.len() - length];
    }
    let year = digits.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year| COUNTED_YEARS.contains(&year));
    if year { &digits[4..] } else { digits }
}

/// The birth date as numbers contain it: in any order, with two digits of the year, without zeros; the longest first.
fn born_as(birth: Date) -> Vec<String> {
    let years = [format!("{:04}", birth.year()), format!("{:02}", birth.year() % 100)];
    let padded = (format!("{:02}", birth.month()), format!("{:02}", birth.day()));
    let bare = (birth.month().to_string(), birth.day().to_string());
    let mut all: Vec<String> = Vec::new();
    for year in &years {
        for (month, day) in [&padded, &bare] {
            all.extend([format!("{year}{month}{day}"), format!("{day}{month}{year}"), format!("{month}{day}{year}")]);
        }
    }
    all.sort_by_key(|date| std::cmp::Reverse(date.len()));
    all
}

/// May these eight digits be a day of this century or the last?
fn is_date(eight: &str) -> bool {
    let number = |from: usize, to: usize| eight.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let fits = |year: u32, month: u32, day: u32| {
        (1_900..2_100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    fits(number(0, 4), number(4, 6), number(6, 8))
        || fits(number(4, 8), number(2, 4), number(0, 2))
        || fits(number(4, 8), number(0, 2), number(2, 4))
}

/// What is left behind a time of day, `083000` or `0830`.
fn without_time(digits: &str) -> &str {
    let part = |from: usize| digits.get(from..from + 2).and_then(|part| part.parse::<u32>().ok());
    match (digits.len(), part(0), part(2), part(4)) {
        (4, Some(0..=23), Some(0..=59), None) => "",
        (6.., Some(0..=23), Some(0..=59), Some(0..=59)) => &digits[6..],
        _ => digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Proves which numbers may have been given to one person only.
    #[test]
    fn tells_numbers_from_defaults() {
        let birth = date(2019, 3, 4);
        for own in ["4711823", "MRN-0042917", "HLC-20413", "GX 90 21 17", "1000200", "20190304 8812913", "A-99182-4"] {
            assert!(is_ones_own(own, birth), "{own}");
        }
        let dates = [
            "20190304",
            "MUST04032019",
            "20190304-1",
            "040319",
            "04031902",
            "040319-4717",
            "3/4/2019",
            "432019",
            "03/15/2024",
            "20240315-01",
            "TEMP20240315083000",
            "2015",
            "Lena2015",
            "UNK-2021-77",
            "2019-0042",
            "ID19.03.04",
        ];
        let counters = ["ANON0001", "PAT0000001", "0000000001", "SUBJ-12", "123"];
        let runs = [
            "",
            "000000",
            "123456",
            "1234567890",
            "123456789-09",
            "12345-1",
            "1111111-2",
            "121212",
            "112233",
            "987654",
            "99999999",
            "13579",
            "ANON",
            "ANONYMOUS",
        ];
        for default in dates.iter().chain(&counters).chain(&runs) {
            assert!(!is_ones_own(default, birth), "{default}");
        }
    }
}
