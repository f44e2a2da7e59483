//! Children of one family whose names are nearly one: what sounds, letters without vowels and shortened names can mix up.

use super::{
    pool::{Child, Script, both, child, latin, pick},
    writings::{date, dicom, home, person},
};
use crate::support::random::Random;
use casegate::domain::facts::NamedPerson;

/// The family name, and two given names of one family.
type Pair = (Script, [Script; 2]);

const KIM: Script = both("Kim", "김");
const MANSOUR: Script = both("Mansour", "منصور");
const COHEN: Script = both("Cohen", "כהן");
const SHARMA: Script = both("Sharma", "शर्मा");
const ASH: Script = latin("Ash");
const NGUYEN: Script = latin("Nguyễn");

pub(super) const PAIRS: &[Pair] = &[
    (KIM, [both("Minho", "민호"), both("Minwoo", "민우")]),
    (KIM, [both("Jihoon", "지훈"), both("Jiyoon", "지윤")]),
    (KIM, [both("Jiho", "지호"), both("Jiwoo", "지우")]),
    (KIM, [both("Jiwoo", "지우"), both("Jihu", "지후")]),
    (KIM, [both("Sungmin", "승민"), both("Seongmin", "성민")]),
    (KIM, [both("Taehyun", "태현"), both("Daehyun", "대현")]),
    (KIM, [both("Soyoon", "소윤"), both("Seoyoon", "서윤")]),
    (KIM, [both("Minseok", "민석"), both("Minsuk", "민숙")]),
    (KIM, [both("Jieun", "지은"), both("Jiwoon", "지운")]),
    (KIM, [both("Yeonwoo", "연우"), both("Yoonwoo", "윤우")]),
    (KIM, [both("Seungmin", "승민"), both("Seongmin", "성민")]),
    (KIM, [both("Sunhee", "선희"), both("Soonhee", "순희")]),
    (MANSOUR, [both("Jamil", "جميل"), both("Jamal", "جمال")]),
    (MANSOUR, [both("Salem", "سالم"), both("Salim", "سليم")]),
    (MANSOUR, [both("Samir", "سمير"), both("Samer", "سامر")]),
    (MANSOUR, [both("Samir", "سمير"), both("Samar", "سمر")]),
    (MANSOUR, [both("Samir", "سمير"), both("Samira", "سميرة")]),
    (MANSOUR, [both("Omar", "عمر"), both("Ammar", "عمار")]),
    (MANSOUR, [both("Amir", "أمير"), both("Omair", "عمير")]),
    (MANSOUR, [both("Hassan", "حسن"), both("Hussein", "حسين")]),
    (MANSOUR, [both("Sami", "سامي"), both("Samia", "سامية")]),
    (MANSOUR, [both("Amina", "أمينة"), both("Amna", "آمنة")]),
    (MANSOUR, [both("Rashid", "رشيد"), both("Rashed", "راشد")]),
    (MANSOUR, [both("Nour", "نور"), both("Noura", "نورة")]),
    (MANSOUR, [both("Hamid", "حميد"), both("Hamed", "حامد")]),
    (MANSOUR, [both("Khaled", "خالد"), both("Khalil", "خليل")]),
    (MANSOUR, [both("Kamal", "كمال"), both("Kamil", "كامل")]),
    (MANSOUR, [both("Samar", "سمر"), both("Samer", "سامر")]),
    (MANSOUR, [both("Ayman", "أيمن"), both("Iman", "إيمان")]),
    (MANSOUR, [both("Saleh", "صالح"), both("Salah", "صلاح")]),
    (MANSOUR, [both("Karim", "كريم"), both("Karam", "كرم")]),
    (MANSOUR, [both("Nasser", "ناصر"), both("Naseer", "نصير")]),
    (MANSOUR, [both("Lina", "لينا"), both("Lana", "لانا")]),
    (MANSOUR, [both("Majed", "ماجد"), both("Majid", "مجيد")]),
    (MANSOUR, [both("Hisham", "هشام"), both("Hashim", "هاشم")]),
    (MANSOUR, [both("Mohammed", "محمد"), both("Mahmoud", "محمود")]),
    (MANSOUR, [both("Ahmad", "أحمد"), both("Hamid", "حميد")]),
    (COHEN, [both("Gil", "גיל"), both("Gal", "גל")]),
    (COHEN, [both("Noa", "נועה"), both("Noam", "נועם")]),
    (COHEN, [both("Michael", "מיכאל"), both("Michal", "מיכל")]),
    (COHEN, [both("Dan", "דן"), both("Dana", "דנה")]),
    (COHEN, [both("Yael", "יעל"), both("Yoel", "יואל")]),
    (COHEN, [both("Shir", "שיר"), both("Shira", "שירה")]),
    (COHEN, [both("Or", "אור"), both("Ori", "אורי")]),
    (SHARMA, [both("Kamal", "कमल"), both("Kamala", "कमला")]),
    (SHARMA, [both("Ram", "राम"), both("Rama", "रमा")]),
    (SHARMA, [both("Anil", "अनिल"), both("Anila", "अनिला")]),
    (both("Wang", "王"), [both("Yue", "月"), both("Yu", "雨")]),
    (both("Yamada", "やまだ"), [both("Yuki", "ゆき"), both("Yuuki", "ゆうき")]),
    (both("Yamada", "やまだ"), [both("Kana", "かな"), both("Kanna", "かんな")]),
    (both("Petrov", "Петров"), [both("Valeriy", "Валерий"), both("Valeriya", "Валерия")]),
    (both("Petrov", "Петров"), [both("Noah", "Ной"), both("Noa", "Ноа")]),
    (both("Petrov", "Петров"), [both("Anna", "Анна"), both("Anya", "Аня")]),
    (NGUYEN, [latin("Hùng"), latin("Hưng")]),
    (NGUYEN, [latin("Hường"), latin("Hương")]),
    (NGUYEN, [latin("Thúy"), latin("Thùy")]),
    (NGUYEN, [latin("Văn Tú"), latin("Văn Tụ")]),
    (ASH, [latin("Noah"), latin("Noa")]),
    (ASH, [latin("Michael"), latin("Michal")]),
    (ASH, [latin("Anna"), latin("Anya")]),
    (ASH, [latin("Lena"), latin("Lina")]),
    (ASH, [latin("Joe"), latin("Jo")]),
    (ASH, [latin("Kyra"), latin("Kira")]),
    (ASH, [latin("Mya"), latin("Mia")]),
    (ASH, [latin("Hana"), latin("Hanna")]),
    (ASH, [latin("Henry"), latin("Harry")]),
    (ASH, [latin("Sophia"), latin("Sophie")]),
    (ASH, [latin("Maria"), latin("Marie")]),
    (ASH, [latin("Toni"), latin("Tony")]),
    (ASH, [latin("Tim"), latin("Jim")]),
    (ASH, [latin("Erik"), latin("Erika")]),
    (ASH, [latin("Jack"), latin("John")]),
    (ASH, [latin("Rowan"), latin("Ben")]),
    (ASH, [latin("Maggie"), latin("Meg")]),
    (ASH, [latin("René"), latin("Renée")]),
    (ASH, [latin("Daniel"), latin("Danielle")]),
    (ASH, [latin("Micah"), latin("Mika")]),
    (ASH, [latin("Lou"), latin("Lu")]),
    (ASH, [latin("Rowan"), latin("Al")]),
    (ASH, [latin("Siu Ming"), latin("San")]),
    (ASH, [latin("Rowan"), latin("Quillfeather")]),
];

/// Given names of which children of one family share the first.
const SHARED: &[[&str; 2]] = &[
    ["María José", "María Luisa"],
    ["José Antonio", "José Luis"],
    ["Ji Woo", "Ji Ho"],
    ["Jean-Paul", "Jean-Luc"],
    ["Mohammed Ali", "Mohammed Hassan"],
    ["Yi Fan", "Yi Chen"],
];

/// A child and its twin.
fn pair(random: &mut Random) -> (Child, Child) {
    let (family, given) = PAIRS[pick(random, PAIRS.len())];
    let first = pick(random, 2);
    let joined = matches!(family.home.chars().next(), Some('\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'));
    let own = Child { given: given[first], family, joined, ..child(random) };
    let twin = Child { given: given[1 - first], ..own.clone() };
    (own, twin)
}

/// A kind of document about one of two twins: the case's child, and whom the document names.
pub(super) type Twins = (&'static str, fn(&mut Random) -> (Child, Vec<NamedPerson>));

/// Documents about the right one of two.
pub(super) const OWN: &[Twins] = &[
    ("of nearly one name: the child", |random| {
        let (child, _) = pair(random);
        let person = person(&dicom(&child), Some(date(random, &child)), &child);
        (child, vec![person])
    }),
    ("of nearly one name: the child, home script", |random| {
        let (child, _) = pair(random);
        let person = person(&home(&child), Some(date(random, &child)), &child);
        (child, vec![person])
    }),
    ("of two given names: the first", |random| {
        let (child, _) = shared(random);
        let first = child.given.latin.split([' ', '-']).next().unwrap();
        let person = person(&format!("{}^{first}", child.family.latin), Some(date(random, &child)), &child);
        (child, vec![person])
    }),
];

/// Documents about the other one.
pub(super) const TWINS: &[Twins] = &[
    ("twin of nearly one name", |random| {
        let (child, twin) = pair(random);
        let person = person(&dicom(&twin), Some(date(random, &twin)), &twin);
        (child, vec![person])
    }),
    ("twin of nearly one name, free order", |random| {
        let (child, twin) = pair(random);
        let name = format!("{} {}", twin.given.latin, twin.family.latin);
        let person = person(&name, Some(date(random, &twin)), &twin);
        (child, vec![person])
    }),
    ("twin of nearly one name, home script", |random| {
        let (child, twin) = pair(random);
        let person = person(&home(&twin), Some(date(random, &twin)), &twin);
        (child, vec![person])
    }),
    ("twin with one shared given name of two", |random| {
        let (child, twin) = shared(random);
        let first = twin.given.latin.split([' ', '-']).next().unwrap();
        let person = person(&format!("{}^{first}", twin.family.latin), Some(date(random, &twin)), &twin);
        (child, vec![person])
    }),
    ("child who is stated by the shared one", |random| {
        let (child, twin) = shared(random);
        let first = child.given.latin.split([' ', '-']).next().unwrap();
        let person = person(&dicom(&twin), Some(date(random, &twin)), &twin);
        (Child { given: latin(first), ..child }, vec![person])
    }),
    ("both twins in one file", |random| {
        let (child, twin) = pair(random);
        let people = [&child, &twin].map(|one| person(&dicom(one), Some(date(random, one)), one));
        (child, people.to_vec())
    }),
];

fn shared(random: &mut Random) -> (Child, Child) {
    let given = SHARED[pick(random, SHARED.len())];
    let first = pick(random, 2);
    let own = Child { given: latin(given[first]), family: latin("García López"), joined: false, ..child(random) };
    let twin = Child { given: latin(given[1 - first]), ..own.clone() };
    (own, twin)
}
