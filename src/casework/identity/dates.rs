//! Birth dates as they are written, and whether they can be the child's.
//!
//! `02/03/2015` is two dates; both are kept, and nothing is guessed. A writing gives all dates it can mean; it agrees if
//! the child's is among them.

use super::calendars::{self, Calendar};
use jiff::civil::Date;

/// Characters of a date that are looked at.
const CHARS_MAX: usize = 60;

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
    /// Year, and month where it is written.
    partial: Option<(i16, Option<i8>)>,
    /// Days by which a converted date may be off.
    tolerance: i32,
}

/// Compares the child's birth date with one as written.
pub(super) fn compare(child: Date, written: &str) -> BirthLikeness {
    let meaning = read(written);
    let off = |day: &Date| (*day - child).get_days().abs();
    if meaning.days.iter().any(|day| off(day) <= meaning.tolerance) {
        return BirthLikeness::Same;
    }
    if meaning.days.iter().any(|day| is_slip(child, *day)) {
        return BirthLikeness::Near;
    }
    match (meaning.days.is_empty(), meaning.partial) {
        (false, _) => BirthLikeness::Differs,
        (true, Some((year, month))) if year == child.year() && month.is_none_or(|month| month == child.month()) => {
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
    let month = pieces.iter().find_map(|piece| if let Piece::Month(month) = piece { Some(*month) } else { None });
    let numbers: Vec<&Number> =
        pieces.iter().filter_map(|piece| if let Piece::Number(number) = piece { Some(number) } else { None }).collect();
    let mut meaning = Meaning::default();
    for (calendar, ymd) in orders(&numbers, month, calendar) {
        if calendar == Calendar::Islamic {
            meaning.tolerance = calendars::ISLAMIC_DAYS_MAX;
        }
        meaning.days.extend(calendars::gregorian(calendar, ymd));
    }
    meaning.days.retain(|day| !is_placeholder(*day));
    meaning.days.sort();
    meaning.days.dedup();
    if meaning.days.is_empty() && calendar.is_none() {
        meaning.partial = partial(&numbers, month);
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
    Month(i8),
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
        let same =
            |c: char| c.is_ascii_digit() == first.is_ascii_digit() && c.is_alphanumeric() == first.is_alphanumeric();
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
        } else if let Some(month) = month_of(piece) {
            pieces.push(Piece::Month(month));
        }
    }
    pieces
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

/// Beginnings of the names of months, in the letters of [`any_ascii`], from January on.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "ian", "sty", "led", "oca", "sich", "yanv", "ynyr", "tammi"],
    &["feb", "fev", "lut", "uno", "sub", "lyut", "fbryr", "helmi"],
    &["mar", "maa", "mrz", "brez", "berez", "mrs"],
    &["apr", "avr", "abr", "kwi", "dub", "nis", "kvit", "bryl", "huhti"],
    &["may", "mai", "mei", "mag", "maj", "kve", "trav", "myw", "touko"],
    &["jun", "juin", "giu", "iun", "iyun", "ioyn", "cze", "cerv", "haz", "cherv", "ywnyw", "kesa"],
    &["jul", "juil", "lug", "iul", "iyul", "ioyl", "lip", "cervenc", "tem", "ywlyw", "heina"],
    &["aug", "ago", "aou", "avg", "ayg", "sie", "srp", "agu", "serp", "ghsts", "elo"],
    &["sep", "set", "sen", "wrz", "zar", "eyl", "ver", "sbtmbr", "syys"],
    &["oct", "okt", "out", "ott", "paz", "rij", "eki", "zhovt", "ktwbr", "loka"],
    &["nov", "noi", "noe", "noy", "lis", "kas", "nwfmbr", "marras"],
    &["dec", "dez", "dic", "dek", "des", "gru", "pros", "ara", "dysmbr", "joulu"],
];

/// The month of a name or abbreviation; the longest beginning decides.
fn month_of(word: &str) -> Option<i8> {
    let folded = any_ascii::any_ascii(&word.to_lowercase()).to_lowercase();
    let folded: String = folded.chars().filter(char::is_ascii_alphabetic).collect();
    let mut best: Option<(usize, i8)> = None;
    for (month, names) in (1_i8..).zip(MONTHS) {
        for name in names.iter().filter(|name| folded.starts_with(*name)) {
            if best.is_none_or(|(longest, _)| name.len() > longest) {
                best = Some((name.len(), month));
            }
        }
    }
    best.map(|(_, month)| month)
}

type Ymd = (i16, i8, i8);

/// Every order in which the numbers can be year, month and day.
fn orders(numbers: &[&Number], month: Option<i8>, named: Option<Calendar>) -> Vec<(Calendar, Ymd)> {
    match (numbers, month) {
        ([one], None) if one.digits == 8 => packed(one.value),
        ([one], None) if one.digits == 6 => {
            let [a, b, c] = [one.value / 10_000, one.value / 100 % 100, one.value % 100];
            let orders = [(a, b, c), (c, b, a), (c, a, b)];
            orders.into_iter().flat_map(|order| dated(order, 2, named)).collect()
        }
        ([a, b], Some(month)) => {
            let (year, day) = if a.digits >= 3 || b.digits < 3 && a.value > 31 { (a, b) } else { (b, a) };
            dated((year.value, i32::from(month), day.value), year.digits, named)
        }
        ([a, b, c, ..], None) if a.digits >= 3 || named.is_some_and(|calendar| calendar != Calendar::Islamic) => {
            dated((a.value, b.value, c.value), a.digits, named)
        }
        ([a, b, c, ..], None) if c.digits >= 3 => {
            let orders = [(c.value, b.value, a.value), (c.value, a.value, b.value)];
            orders.into_iter().flat_map(|order| dated(order, c.digits, named)).collect()
        }
        ([a, b, c], None) => {
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
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
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
        None => vec![(calendars::of_year(year), (year, month, day))],
    }
}

/// A year, or a month of a year.
fn partial(numbers: &[&Number], month: Option<i8>) -> Option<(i16, Option<i8>)> {
    let year = |number: &Number| {
        let value = i16::try_from(number.value).ok().filter(|_| number.digits == 4)?;
        let years = match calendars::of_year(value) {
            Calendar::Gregorian => value,
            Calendar::Shifted(years) => value + years,
            Calendar::Islamic => return None,
        };
        (1902..=2150).contains(&years).then_some(years)
    };
    let month_number = |number: &Number| i8::try_from(number.value).ok().filter(|month| (1..=12).contains(month));
    match (numbers, month) {
        ([one], month) => Some((year(one)?, month)),
        ([a, b], None) => match (year(a), year(b)) {
            (Some(year), None) => Some((year, Some(month_number(b)?))),
            (None, Some(year)) => Some((year, Some(month_number(a)?))),
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

    /// Proves that every month's name is read in the languages that families write.
    #[test]
    fn months() {
        for names in [
            "january february march april may june july august september october november december",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "januar februar märz april mai juni juli august september oktober november dezember",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
            "januari februari maart april mei juni juli augustus september oktober november december",
            "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
            "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
            "ledna února března dubna května června července srpna září října listopadu prosince",
            "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        ] {
            let found: Vec<Option<i8>> = names.split(' ').map(month_of).collect();
            let expected: Vec<Option<i8>> = (1..=12).map(Some).collect();
            assert_eq!(found, expected, "{names}");
        }
    }
}
