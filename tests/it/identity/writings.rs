//! How people and devices write a child: rightly, in many ways, and with slips.

use super::pool::{Child, pick};
use crate::support::random::Random;
use casegate::domain::facts::{NamedPerson, PersonRole};

/// A kind of writing: its name, and what it makes of a child.
pub(super) type Writing = (&'static str, fn(&mut Random, &Child) -> NamedPerson);

/// Writings of the right child.
pub(super) const RIGHT: &[Writing] = &[
    ("DICOM, as stated", |_, child| person(&dicom(child), Some(iso(child)), child)),
    ("swapped order", |random, child| {
        person(&format!("{}^{}", child.given.latin, child.family.latin), Some(date(random, child)), child)
    }),
    ("letter, any date", |random, child| {
        person(&format!("{} {}", child.given.latin, child.family.latin), Some(date(random, child)), child)
    }),
    ("capitals without accents", |random, child| {
        let name = format!("{}, {}", plain(child.family.latin), plain(child.given.latin)).to_uppercase();
        person(&name, Some(date(random, child)), child)
    }),
    ("umlauts as two letters", |random, child| {
        let name = dicom(child).replace('ü', "ue").replace('ö', "oe").replace('ä', "ae").replace('ß', "ss");
        person(&name, Some(date(random, child)), child)
    }),
    ("titles, suffixes, a middle name", |random, child| {
        let name = format!("{}^{}^Quentin^Master^Jr", child.family.latin, child.given.latin);
        person(&name, Some(date(random, child)), child)
    }),
    ("home script", |random, child| person(&home(child), Some(date(random, child)), child)),
    ("several scripts in one PN", |random, child| {
        let mut both = person(&dicom(child), Some(date(random, child)), child);
        both.names.push(home(child));
        both
    }),
    ("one of two surnames", |random, child| {
        let first = child.family.latin.split(' ').next_back().unwrap();
        person(&format!("{first}^{}", child.given.latin), Some(date(random, child)), child)
    }),
    ("an added surname", |random, child| {
        person(&format!("{}-Quill^{}", child.family.latin, child.given.latin), Some(date(random, child)), child)
    }),
    ("nickname", |random, child| {
        person(&format!("{} {}", nickname(child.given.latin), child.family.latin), Some(date(random, child)), child)
    }),
    ("initial, with number", |random, child| {
        let initial: String = child.given.latin.chars().take(1).collect();
        let mut found = person(&format!("{initial}. {}", child.family.latin), Some(date(random, child)), child);
        found.ids = vec![(child.id.clone(), None)];
        found
    }),
    ("maiden name, stated as alias", |random, child| {
        person(&format!("Quillfeather^{}", child.given.latin), Some(date(random, child)), child)
    }),
    ("Ethiopian calendar, not named", |_, child| person(&dicom(child), Some(ethiopian(child.birth)), child)),
    ("name and number, no date", |_, child| {
        let mut found = person(&dicom(child), None, child);
        found.ids = vec![(child.id.clone(), Some("Harbour Lane".to_owned()))];
        found
    }),
    ("name alone", |_, child| person(&dicom(child), None, child)),
    ("newborn without a name", |random, child| {
        person(&format!("{}^Baby Boy", child.family.latin), Some(date(random, child)), child)
    }),
    ("another hospital's number", |random, child| {
        let mut found = person(&dicom(child), Some(date(random, child)), child);
        found.ids = vec![("A-99812".to_owned(), Some("Other Hospital".to_owned()))];
        found
    }),
];

/// Writings of the right child that say something wrong of it.
pub(super) const SLIPS: &[Writing] = &[
    ("former name, stated nowhere", |random, child| {
        person(&format!("Blackwood^{}", child.given.latin), Some(date(random, child)), child)
    }),
    ("slip in the given name", |random, child| {
        person(&format!("{}^{}", child.family.latin, slip(random, child.given.latin)), Some(date(random, child)), child)
    }),
    ("spelt by ear, with number", |random, child| {
        let mut found = person(&dicom(child).replace('i', "ie"), Some(date(random, child)), child);
        found.ids = vec![(child.id.clone(), Some("Harbour Lane".to_owned()))];
        found
    }),
    ("slip in the family name", |random, child| {
        person(&format!("{}^{}", slip(random, child.family.latin), child.given.latin), Some(date(random, child)), child)
    }),
    ("misread letters", |random, child| {
        person(&misread(&format!("{} {}", child.given.latin, child.family.latin)), Some(date(random, child)), child)
    }),
    ("slip in the birth date", |random, child| {
        let (year, month, day) = child.birth;
        let wrong = if random.below(2) == 0 { (year, month, (day + 1).min(28)) } else { (year + 1, month, day) };
        person(&dicom(child), Some(format!("{:04}{:02}{:02}", wrong.0, wrong.1, wrong.2)), child)
    }),
    ("cut by a device", |random, child| {
        let cut: String = child.family.latin.chars().take(6).collect();
        person(&format!("{cut}^{}", child.given.latin), Some(date(random, child)), child)
    }),
];

/// A person of that name, with the child's sex.
pub(super) fn person(name: &str, birth_date: Option<String>, child: &Child) -> NamedPerson {
    NamedPerson {
        names: vec![name.to_owned()],
        birth_date,
        sex: Some(child.sex.to_owned()),
        ids: Vec::new(),
        place: "page 1".to_owned(),
        role: PersonRole::Patient,
    }
}

pub(super) fn dicom(child: &Child) -> String {
    format!("{}^{}", child.family.latin, child.given.latin)
}

/// As written at home; as in Latin letters where there is no other script.
pub(super) fn home(child: &Child) -> String {
    match (child.given.home, child.joined) {
        ("", _) => format!("{} {}", child.given.latin, child.family.latin),
        (given, true) => format!("{}{given}", child.family.home),
        (given, false) => format!("{} {given}", child.family.home),
    }
}

pub(super) fn iso(child: &Child) -> String {
    let (year, month, day) = child.birth;
    format!("{year:04}-{month:02}-{day:02}")
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MESES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const THAI: [&str; 12] = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
];
const HEBREW: [&str; 12] =
    ["ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר"];
const CROATIAN: [&str; 12] = [
    "siječnja",
    "veljače",
    "ožujka",
    "travnja",
    "svibnja",
    "lipnja",
    "srpnja",
    "kolovoza",
    "rujna",
    "listopada",
    "studenoga",
    "prosinca",
];

/// The birth date in one of the ways of writing it.
pub(super) fn date(random: &mut Random, child: &Child) -> String {
    let (year, month, day) = child.birth;
    let at = usize::try_from(month - 1).unwrap();
    match pick(random, 15) {
        0 => format!("{year:04}{month:02}{day:02}"),
        1 => format!("{day:02}.{month:02}.{year}"),
        2 => format!("{month:02}/{day:02}/{year}"),
        3 => format!("{day:02}/{month:02}/{year}"),
        4 => format!("{} {day}, {year}", MONTHS[at]),
        5 => format!("{day} de {} de {year}", MESES[at]),
        6 => format!("{day}-{}-{year}", &MONTHS[at][..3].to_uppercase()),
        7 => format!("{year}年{month}月{day}日"),
        8 if year < 2019 => format!("平成{}年{month}月{day}日", year - 1988),
        9 => format!("{day}/{month}/{}", year + 543),
        10 => format!("{month}/{day}/{:02}", year % 100),
        11 => format!("{day} {} {}", THAI[at], year + 543),
        12 => format!("{day} ב{} {year}", HEBREW[at]),
        13 => format!("{day}. {} {year}.", CROATIAN[at]),
        _ => iso(child),
    }
}

fn plain(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'á' | 'ä' | 'Å' | 'å' => 'a',
            'é' | 'è' | 'ë' => 'e',
            'í' | 'Í' | 'ı' => 'i',
            'ñ' => 'n',
            'ö' | 'ø' => 'o',
            'ú' | 'ü' => 'u',
            'ç' | 'Ç' => 'c',
            'ł' | 'Ł' => 'l',
            'ś' => 's',
            'ğ' => 'g',
            other => other,
        })
        .collect::<String>()
        .replace('ß', "ss")
}

fn nickname(given: &str) -> &str {
    match given {
        "William" => "Bill",
        "Charlotte" => "Lottie",
        "Margaret" => "Peggy",
        "Theodore" => "Ted",
        "Benjamin" => "Ben",
        "Zachary" => "Zach",
        "Francisco" => "Paco",
        "Matthias" => "Matt",
        "Yulia" => "Julia",
        "Sergei" => "Seryozha",
        "Ekaterina" => "Katya",
        "Mikhail" => "Misha",
        other => other,
    }
}

/// One letter left out, doubled wrongly, or replaced, not the first.
fn slip(random: &mut Random, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = 1 + pick(random, letters.len() - 1);
    match pick(random, 3) {
        0 => _ = letters.remove(at),
        1 => letters.insert(at, 'r'),
        _ => letters[at] = 'x',
    }
    letters.into_iter().collect()
}

/// What readers of pixels make of letters.
fn misread(name: &str) -> String {
    name.replace('o', "0").replace('l', "1").replace("m", "rn").replace('S', "5")
}

/// Day, month and year in Ethiopia, reckoned from the new year of 1996 there.
fn ethiopian((year, month, day): (u64, u64, u64)) -> String {
    let small = |number: u64| i8::try_from(number).unwrap();
    let date = jiff::civil::date(i16::try_from(year).unwrap(), small(month), small(day));
    // 1996 began on 12 September 2003, after a leap year there.
    let mut days = (date - jiff::civil::date(2003, 9, 12)).get_days();
    let mut there = 1996;
    while days < 0 {
        there -= 1;
        days += if there % 4 == 3 { 366 } else { 365 };
    }
    loop {
        let length = if there % 4 == 3 { 366 } else { 365 };
        if days < length {
            break;
        }
        (days, there) = (days - length, there + 1);
    }
    format!("{:02}/{:02}/{there}", days % 30 + 1, days / 30 + 1)
}
