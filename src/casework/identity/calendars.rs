//! Years of other calendars as Gregorian dates.
//!
//! Japanese eras, the Minguo and the Buddhist calendar (as Thailand uses it since 1941) share months and days with the
//! Gregorian one. Islamic dates are converted by the tabular calendar, Persian ones by their 33-year cycle; both may lie
//! a day beside what was announced by sight or computed by the equinox. The Ethiopian calendar is arithmetic
//! (Dershowitz and Reingold, Calendrical Calculations, chapter 4: twelve months of thirty days, then five or six days,
//! a leap year each fourth). The lengths of months of Bikram Sambat, Nepal's calendar, are announced year by year, so
//! that a date of it is known to a few days only.

use jiff::civil::{Date, date};

/// How the years of a writing are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Calendar {
    /// Years of our era.
    Gregorian,
    /// Months and days are Gregorian, this many years are added.
    Shifted(i16),
    /// Hijri, lunar; or, where the year can be either, Persian, solar.
    Islamic,
    /// Seven or eight years behind ours, with a thirteenth month.
    Ethiopian,
    /// Bikram Sambat, nearly 57 years ahead of ours.
    Nepali,
}

/// Days by which a converted date may differ from the announced one.
pub(super) const ISLAMIC_DAYS_MAX: i32 = 2;

/// Days by which a date of Bikram Sambat may lie beside what is reckoned by usual lengths of months.
pub(super) const NEPALI_DAYS_MAX: i32 = 4;

/// Names of eras and calendars, and their calendar. A single Latin letter counts only where a digit follows.
const ERAS: &[(&str, Calendar)] = &[
    ("令和", Calendar::Shifted(2018)),
    ("平成", Calendar::Shifted(1988)),
    ("昭和", Calendar::Shifted(1925)),
    ("大正", Calendar::Shifted(1911)),
    ("民國", Calendar::Shifted(1911)),
    ("民国", Calendar::Shifted(1911)),
    ("reiwa", Calendar::Shifted(2018)),
    ("heisei", Calendar::Shifted(1988)),
    ("showa", Calendar::Shifted(1925)),
    ("พ.ศ", Calendar::Shifted(-543)),
    ("هـ", Calendar::Islamic),
    ("ه‍", Calendar::Islamic),
    ("ዓ.ም", Calendar::Ethiopian),
    ("ዓ/ም", Calendar::Ethiopian),
    ("वि.सं", Calendar::Nepali),
];

/// The calendar a writing names.
pub(super) fn named(text: &str) -> Option<Calendar> {
    let lower = text.to_lowercase();
    if let Some((_, calendar)) = ERAS.iter().find(|(name, _)| lower.contains(name)) {
        return Some(*calendar);
    }
    if lower.chars().any(|c| matches!(c, '\u{1200}'..='\u{137F}')) || lower.trim_end_matches('.').ends_with(" e.c") {
        return Some(Calendar::Ethiopian);
    }
    let mut chars = lower.trim().chars();
    let (first, second) = (chars.next()?, chars.next()?);
    let digit = second.is_ascii_digit() || second == '.';
    match (first, digit) {
        ('r', true) => Some(Calendar::Shifted(2018)),
        ('h', true) => Some(Calendar::Shifted(1988)),
        ('s', true) => Some(Calendar::Shifted(1925)),
        _ if lower.split(|c: char| !c.is_alphabetic()).any(|word| word == "ah") => Some(Calendar::Islamic),
        _ => None,
    }
}

/// Can a year that nothing is said of be one of Bikram Sambat? In our era nobody is born in it yet.
pub(super) const fn may_be_nepali(year: i16) -> bool {
    matches!(year, 2040..=2110)
}

/// Can it be an Ethiopian one of somebody alive?
pub(super) const fn may_be_ethiopian(year: i16) -> bool {
    matches!(year, 1900..=2030)
}

/// The calendar that a year of four digits can only be of: Buddhist years are in the 2500s, Islamic ones in the 1400s.
pub(super) const fn of_year(year: i16) -> Calendar {
    match year {
        2440..=2650 => Calendar::Shifted(-543),
        1300..=1500 => Calendar::Islamic,
        _ => Calendar::Gregorian,
    }
}

/// The Gregorian dates that year, month and day may mean.
pub(super) fn gregorian(calendar: Calendar, (year, month, day): (i16, i8, i8)) -> Vec<Date> {
    let plain = |year: i16| Date::new(year, month, day).ok().filter(|date| (1850..=2150).contains(&date.year()));
    match calendar {
        Calendar::Gregorian => plain(year).into_iter().collect(),
        Calendar::Shifted(years) => plain(year.saturating_add(years)).into_iter().collect(),
        Calendar::Ethiopian => ethiopian(year, month, day).into_iter().collect(),
        Calendar::Nepali => nepali(year, month, day).into_iter().collect(),
        Calendar::Islamic => [islamic(year, month, day), persian(year, month, day)].into_iter().flatten().collect(),
    }
}

/// The tabular Islamic calendar: 30 years with 11 leap days, the epoch 16 July 622 (Julian), which is 19 July 622.
fn islamic(year: i16, month: i8, day: i8) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let (year, month, day) = (i32::from(year), i32::from(month), i32::from(day));
    let days = (year - 1) * 354 + (3 + 11 * year) / 30 + 29 * (month - 1) + month / 2 + day - 1;
    after(date(622, 7, 19), days)
}

/// The Persian calendar: 8 leap years in 33 (years 1, 5, 9, 13, 17, 22, 26, 30 of a cycle), counted from 21 March 1921,
/// the first day of 1300.
fn persian(year: i16, month: i8, day: i8) -> Option<Date> {
    if !(1300..=1420).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let leap = |year: i16| matches!(year % 33, 1 | 5 | 9 | 13 | 17 | 22 | 26 | 30);
    let leaps = (1300..year).filter(|year| leap(*year)).count() as i32;
    let month = i32::from(month) - 1;
    let days = i32::from(year - 1300) * 365 + leaps + month * 30 + month.min(6) + i32::from(day) - 1;
    after(date(1921, 3, 21), days)
}

/// The epoch is 29 August 8 (Julian), which is 27 August 8.
fn ethiopian(year: i16, month: i8, day: i8) -> Option<Date> {
    let last = if month < 13 { 30 } else { 5 + i8::from(year % 4 == 3) };
    if !(1..=13).contains(&month) || !(1..=last).contains(&day) {
        return None;
    }
    let (year, month, day) = (i32::from(year), i32::from(month), i32::from(day));
    after(date(8, 8, 27), 365 * (year - 1) + year / 4 + 30 * (month - 1) + day - 1)
}

/// By usual lengths of months, from the middle of April, when its years begin.
fn nepali(year: i16, month: i8, day: i8) -> Option<Date> {
    const BEFORE: [i32; 12] = [0, 31, 62, 94, 125, 156, 187, 217, 246, 276, 305, 335];
    let before = usize::try_from(month).ok().and_then(|month| BEFORE.get(month.checked_sub(1)?))?;
    let start = Date::new(year.checked_sub(57)?, 4, 14).ok()?;
    (1..=32).contains(&day).then(|| after(start, before + i32::from(day) - 1)).flatten()
}

fn after(start: Date, days: i32) -> Option<Date> {
    start.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that known days of other calendars are found.
    #[test]
    fn known_days() {
        let near = |found: Option<Date>, expected: Date| {
            let found = found.unwrap();
            let days = (found - expected).get_days().abs();
            assert!(days <= ISLAMIC_DAYS_MAX, "{found} {expected}");
        };
        near(islamic(1436, 5, 11), date(2015, 3, 2));
        near(islamic(1445, 1, 1), date(2023, 7, 19));
        assert_eq!(persian(1393, 12, 11), Some(date(2015, 3, 2)));
        assert_eq!(persian(1403, 1, 1), Some(date(2024, 3, 20)));
        assert_eq!(ethiopian(2007, 6, 23), Some(date(2015, 3, 2)));
        assert_eq!(ethiopian(2000, 1, 1), Some(date(2007, 9, 12)));
        assert_eq!(ethiopian(2003, 13, 6), Some(date(2011, 9, 11)));
        assert_eq!([ethiopian(2004, 13, 6), ethiopian(2004, 14, 1)], [None, None]);
        let off = |(year, month, day), expected: Date| (nepali(year, month, day).unwrap() - expected).get_days().abs();
        assert!(off((2071, 11, 18), date(2015, 3, 2)) <= NEPALI_DAYS_MAX);
        assert!(off((2072, 1, 12), date(2015, 4, 25)) <= NEPALI_DAYS_MAX);
        assert!(off((2077, 1, 1), date(2020, 4, 13)) <= NEPALI_DAYS_MAX);
        assert_eq!(gregorian(Calendar::Shifted(1988), (27, 3, 2)), [date(2015, 3, 2)]);
        assert_eq!(gregorian(of_year(2558), (2558, 3, 2)), [date(2015, 3, 2)]);
    }
}
