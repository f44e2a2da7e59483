//! Birth dates as they are written, and whether they can be the child's.
//!
//! `02/03/2015` is two dates; both are kept, and nothing is guessed. A writing gives all dates it can mean; it agrees if
//! the child's is among them.

use super::{
    calendars::{self, Calendar},
    months::{is_filler, months_of},
};
use jiff::civil::Date;

/// Characters of a date that are looked at.
const CHARS_MAX: usize = 60;

/// Days around a date of a calendar that is not known to the day, within which it says nothing.
const ROUGH_DAYS: i32 = 40;

/// What a written birth date says about the child's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BirthLikeness {
    /// The same day, or a writing that can mean it.
    Same,
    /// The same year, or month and year; the day is not written.
    Partial,
    /// Not the same, but a slip of the pen away: one digit, two swapped, day and month swapped, a day beside it.
    Near,
    /// Another day.
    Differs,
    /// No date, or a placeholder such as 1 January 1900.
    Unclear,
}

/// Everything a writing can mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Meaning {
    /// Whole dates.
    pub(super) days: Vec<Date>,
    /// Year, and the months that are meant where one is written.
    partial: Option<(i16, Vec<i8>)>,
    /// Days by which a converted date may be off.
    tolerance: i32,
    /// Dates of a calendar that is known to a few days only.
    rough: Vec<Date>,
    /// Dates of a calendar that the writing does not name and that may be meant: they can excuse, not prove.
    possible: Vec<Date>,
}

impl Meaning {
    /// Every day that can be meant, as far as known.
    pub(super) fn all_days(mut self) -> Vec<Date> {
        // A year that is still to come is one of the other calendar.
        if !self.rough.is_empty() {
            self.days.clear();
        }
        self.days.extend(self.rough);
        self.days
    }
}

/// Compares the child's birth date with one as written.
pub(super) fn compare(child: Date, written: &str) -> BirthLikeness {
    let meaning = read(written);
    let off = |day: &Date| (*day - child).get_days().abs();
    if meaning.days.iter().any(|day| off(day) <= meaning.tolerance) {
        return BirthLikeness::Same;
    }
    let rough = meaning.rough.iter().map(off).min();
    if rough.is_some_and(|days| days <= calendars::NEPALI_DAYS_MAX) {
        return BirthLikeness::Partial;
    }
    if meaning.possible.contains(&child) {
        return BirthLikeness::Unclear;
    }
    if meaning.days.iter().any(|day| is_slip(child, *day)) {
        return BirthLikeness::Near;
    }
    if rough.is_some_and(|days| days <= ROUGH_DAYS) {
        return BirthLikeness::Unclear;
    }
    match (meaning.days.is_empty() && meaning.rough.is_empty(), meaning.partial) {
        (false, _) => BirthLikeness::Differs,
        (true, Some((year, months)))
            if year == child.year() && (months.is_empty() || months.contains(&child.month())) =>
        {
            BirthLikeness::Partial
        }
        (true, Some((year, _))) if (year - child.year()).abs() <= 1 => BirthLikeness::Near,
        (true, Some(_)) => BirthLikeness::Differs,
        (true, None) => BirthLikeness::Unclear,
    }
}

/// The child's own birth date, if it says one day.
pub(super) fn certain(written: &str) -> Option<Date> {
    let days = read(written).days;
    // What the desk states is ISO 8601 by contract; what is not must have one meaning.
    if let Ok(day) = written.trim().parse::<Date>() {
        return Some(day);
    }
    if let [day] = days.as_slice() { Some(*day) } else { None }
}

/// Can this day have been written for that one by a slip?
pub(super) fn is_slip(a: Date, b: Date) -> bool {
    let digits = |day: Date| -> Vec<u8> { day.strftime("%Y%m%d").to_string().into_bytes() };
    let (x, y) = (digits(a), digits(b));
    let changed: Vec<usize> = (0..x.len().min(y.len())).filter(|at| x[*at] != y[*at]).collect();
    let swapped = matches!(changed.as_slice(), [i, j] if *j == i + 1 && x[*i] == y[*j] && x[*j] == y[*i]);
    let turned = a.year() == b.year() && a.month() == b.day() && a.day() == b.month();
    changed.len() <= 1 || swapped || turned || (a - b).get_days().abs() <= 1
}

/// Reads every meaning of a written date.
pub(super) fn read(written: &str) -> Meaning {
    let text: String = written.trim().chars().take(CHARS_MAX).collect();
    let pieces = pieces(&text);
    let calendar = calendars::named(&text);
    let months = pieces.iter().find_map(|piece| if let Piece::Months(months) = piece { Some(&**months) } else { None });
    let months = months.unwrap_or_default();
    let numbers: Vec<&Number> =
        pieces.iter().filter_map(|piece| if let Piece::Number(number) = piece { Some(number) } else { None }).collect();
    let mut meaning = Meaning::default();
    for (of, ymd) in orders(&numbers, months, calendar) {
        if of == Calendar::Islamic {
            meaning.tolerance = calendars::ISLAMIC_DAYS_MAX;
        }
        let days = calendars::gregorian(of, ymd);
        match of {
            Calendar::Nepali => meaning.rough.extend(days),
            Calendar::Ethiopian if calendar != Some(Calendar::Ethiopian) => meaning.possible.extend(days),
            _ => meaning.days.extend(days),
        }
    }
    meaning.days.retain(|day| !is_placeholder(*day));
    meaning.days.sort();
    meaning.days.dedup();
    // A word that nobody knows may be a month, in a language that nobody foresaw.
    let unknown = pieces.iter().any(|piece| matches!(piece, Piece::Unknown));
    if meaning.days.is_empty() && calendar.is_none() && !unknown {
        meaning.partial = partial(&numbers, months);
    }
    meaning
}

/// Dates that systems write where they know none.
fn is_placeholder(day: Date) -> bool {
    day.month() == 1 && day.day() == 1 && (day.year() <= 1901 || day.year() == 1970)
}

struct Number {
    value: i32,
    digits: usize,
}

enum Piece {
    Number(Number),
    /// The months that a name can mean.
    Months(Vec<i8>),
    /// A word that is no month.
    Unknown,
}

/// Numbers and names of months, in order. Digits of other scripts are read as well.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let plain: String = text.chars().map(digit).collect();
    // The time of day behind a date: `2015-03-02T10:30`, `2015-03-02 10:30`.
    let end = plain.find(':').map_or(plain.len(), |colon| {
        let before = plain[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
        before.len()
    });
    let plain = if end > 5 { &plain[..end] } else { plain.as_str() };
    let mut rest = plain;
    while let Some(first) = rest.chars().next() {
        let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && is_of_word(c) == is_of_word(first);
        let end = rest.find(|c: char| !same(c)).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        if first.is_ascii_digit() {
            if let Ok(value) = piece.parse() {
                pieces.push(Piece::Number(Number { value, digits: piece.len() }));
            } else if let Some(Ok(value)) = piece.get(..8).map(str::parse) {
                // HL7 writes the time behind the date without a gap.
                pieces.push(Piece::Number(Number { value, digits: 8 }));
            }
        } else if piece == "元" {
            pieces.push(Piece::Number(Number { value: 1, digits: 1 }));
        } else if is_of_word(first) && !is_filler(piece) {
            let months = months_of(piece);
            pieces.push(if months.is_empty() { Piece::Unknown } else { Piece::Months(months) });
        }
    }
    pieces
}

/// Letters, and the signs above and below them that some scripts write.
fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// A digit of any script as an ASCII one.
fn digit(c: char) -> char {
    if c.is_ascii() || !c.is_numeric() {
        return c;
    }
    match any_ascii::any_ascii_char(c).as_bytes() {
        [digit] if digit.is_ascii_digit() => char::from(*digit),
        _ => c,
    }
}

type Ymd = (i16, i8, i8);

/// Every order in which the numbers can be year, month and day.
fn orders(numbers: &[&Number], months: &[i8], named: Option<Calendar>) -> Vec<(Calendar, Ymd)> {
    match (numbers, months) {
        ([one], []) if one.digits == 8 => packed(one.value),
        ([one], []) if one.digits == 6 => {
            let [a, b, c] = [one.value / 10_000, one.value / 100 % 100, one.value % 100];
            let orders = [(a, b, c), (c, b, a), (c, a, b)];
            orders.into_iter().flat_map(|order| dated(order, 2, named)).collect()
        }
        ([a, b], [_, ..]) => {
            let (year, day) = if a.digits >= 3 || b.digits < 3 && a.value > 31 { (a, b) } else { (b, a) };
            let of = |month: &i8| dated((year.value, i32::from(*month), day.value), year.digits, named);
            months.iter().flat_map(of).collect()
        }
        ([a, b, c, ..], [])
            if a.digits >= 3 || named.is_some_and(|calendar| matches!(calendar, Calendar::Shifted(_))) =>
        {
            dated((a.value, b.value, c.value), a.digits, named)
        }
        ([a, b, c, ..], []) if c.digits >= 3 => {
            let orders = [(c.value, b.value, a.value), (c.value, a.value, b.value)];
            orders.into_iter().flat_map(|order| dated(order, c.digits, named)).collect()
        }
        ([a, b, c], []) => {
            let orders = [(a.value, b.value, c.value), (c.value, b.value, a.value), (c.value, a.value, b.value)];
            orders.into_iter().flat_map(|order| dated(order, 2, named)).collect()
        }
        _ => Vec::new(),
    }
}

/// Eight digits: `YYYYMMDD` as DICOM has it, or the year last.
fn packed(value: i32) -> Vec<(Calendar, Ymd)> {
    let first = dated((value / 10_000, value / 100 % 100, value % 100), 4, None);
    let first: Vec<_> =
        first.into_iter().filter(|(calendar, ymd)| !calendars::gregorian(*calendar, *ymd).is_empty()).collect();
    if !first.is_empty() {
        return first;
    }
    let (a, b, year) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
    [(year, b, a), (year, a, b)].into_iter().flat_map(|order| dated(order, 4, None)).collect()
}

/// A year, month and day under the calendars they can belong to. A year of two digits is of either century.
fn dated((year, month, day): (i32, i32, i32), year_digits: usize, named: Option<Calendar>) -> Vec<(Calendar, Ymd)> {
    let (Ok(year), Ok(month), Ok(day)) = (i16::try_from(year), i8::try_from(month), i8::try_from(day)) else {
        return Vec::new();
    };
    if !(1..=13).contains(&month) || !(1..=32).contains(&day) {
        return Vec::new();
    }
    match named {
        Some(Calendar::Shifted(years)) if years < 0 && year < 2400 => vec![(Calendar::Gregorian, (year, month, day))],
        // An era's name beside a year of four digits repeats what the year says.
        Some(Calendar::Shifted(years)) if years > 0 && year > 130 => vec![(Calendar::Gregorian, (year, month, day))],
        Some(calendar) => vec![(calendar, (year, month, day))],
        None if year_digits <= 2 => {
            vec![(Calendar::Gregorian, (2000 + year, month, day)), (Calendar::Gregorian, (1900 + year, month, day))]
        }
        None => {
            let also = [
                calendars::may_be_nepali(year).then_some(Calendar::Nepali),
                calendars::may_be_ethiopian(year).then_some(Calendar::Ethiopian),
            ];
            let all = [Some(calendars::of_year(year))].into_iter().chain(also).flatten();
            all.map(|calendar| (calendar, (year, month, day))).collect()
        }
    }
}

/// A year, or a month of a year.
fn partial(numbers: &[&Number], months: &[i8]) -> Option<(i16, Vec<i8>)> {
    let year = |number: &Number| {
        let value = i16::try_from(number.value).ok().filter(|_| number.digits == 4)?;
        let years = match calendars::of_year(value) {
            Calendar::Gregorian => value,
            Calendar::Shifted(years) => value + years,
            Calendar::Islamic | Calendar::Ethiopian | Calendar::Nepali => return None,
        };
        (1902..=2150).contains(&years).then_some(years)
    };
    let month_number = |number: &Number| i8::try_from(number.value).ok().filter(|month| (1..=12).contains(month));
    match (numbers, months) {
        ([one], months) => Some((year(one)?, months.to_vec())),
        ([a, b], []) => match (year(a), year(b)) {
            (Some(year), None) => Some((year, vec![month_number(b)?])),
            (None, Some(year)) => Some((year, vec![month_number(a)?])),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const CHILD: Date = date(2015, 3, 2);

    /// Proves that one day is recognised in every order, language and calendar it is written in.
    #[test]
    fn one_day_in_many_writings() {
        for written in [
            "2015-03-02",
            "20150302",
            "02.03.2015",
            "2.3.15",
            "02/03/2015",
            "03/02/2015",
            "3/2/15",
            "2015/3/2",
            "March 2, 2015",
            "2 March 2015",
            "02-MAR-2015",
            "2nd of March 2015",
            "2 de marzo de 2015",
            "2 mars 2015",
            "2. März 2015",
            "2 marca 2015",
            "2 марта 2015",
            "2 Mart 2015",
            "2 marzo 2015",
            "2 de março de 2015",
            "2015年3月2日",
            "平成27年3月2日",
            "H27.3.2",
            "2015년 3월 2일",
            "02/03/2558",
            "1436/05/11",
            "1393/12/11",
            "٢٠١٥/٠٣/٠٢",
            "2015-03-02T00:00:00",
            "20150302103000",
            "02032015",
            "民國104年3月2日",
            "2015. 3. 2.",
            "2 Μαρτίου 2015",
        ] {
            assert_eq!(compare(CHILD, written), BirthLikeness::Same, "{written}: {:?}", read(written));
        }
    }

    /// Proves that slips are told from other days, and that what is no date says nothing.
    #[test]
    fn slips_and_other_days() {
        use BirthLikeness::{Differs, Near, Partial, Unclear};
        for (written, expected) in [
            ("2015-03-03", Near),
            ("2015-03-12", Near),
            ("2015-02-03", Near),
            ("2051-03-02", Near),
            ("2014-03-02", Near),
            ("2012-09-30", Differs),
            ("2015-07-28", Differs),
            ("30.09.2012", Differs),
            ("2. Mai 2012", Differs),
            ("平成24年9月30日", Differs),
            ("1433/11/14", Differs),
            ("2015", Partial),
            ("03/2015", Partial),
            ("March 2015", Partial),
            ("2012", Differs),
            ("1900-01-01", Unclear),
            ("unknown", Unclear),
            ("4 years", Unclear),
            ("", Unclear),
            ("99/99/9999", Unclear),
            ("00000000", Unclear),
        ] {
            assert_eq!(compare(CHILD, written), expected, "{written}: {:?}", read(written));
        }
    }

    /// Proves that calendars which a writing does not name excuse a difference and prove nothing, and that another child's
    /// date is another one in them as well.
    #[test]
    fn calendars_that_are_not_named() {
        use BirthLikeness::{Differs, Near, Partial, Same, Unclear};
        for (written, expected) in [
            ("23/06/2007", Unclear),
            ("2007-06-23", Unclear),
            ("23/06/2007 ዓ.ም", Same),
            ("የካቲት 23 2007", Same),
            ("24/06/2007", Differs),
            ("2071-11-18", Partial),
            ("18/11/2071", Partial),
            ("2071-12-05", Unclear),
            ("2069-06-14", Differs),
            ("2051-03-02", Near),
            ("2 มีนาคม 2558", Same),
            ("2 במרץ 2015", Same),
            ("2. ožujka 2015", Same),
            ("17. rujna 2015", Differs),
            ("2 মার্চ 2015", Same),
            ("2 thermidor 2015", Unclear),
            ("circa 2015", Unclear),
        ] {
            assert_eq!(compare(CHILD, written), expected, "{written}: {:?}", read(written));
        }
        assert_eq!(compare(date(2011, 4, 17), "17. travnja 2011"), Same);
        assert_eq!(compare(date(2011, 10, 17), "17. listopada 2011"), Same);
    }
}
