//! Names against names, by what a person would say of them.

use super::*;
use Likeness::{Alike, Differs, Doubtful, Form, Near, Same, Unclear};

#[track_caller]
fn check((given, family): (&str, &str), written: &str, expected: (Likeness, Likeness)) {
    let child = ChildName::new(given, family).unwrap();
    let found = compare(&child, written).unwrap();
    assert_eq!((found.given, found.family), expected, "{given} {family} | {written}");
}

/// Proves that order, case, accents, punctuation and additions do not make another name.
#[test]
fn writings_of_one_name() {
    for written in [
        "Rowan Ashgrove",
        "ASHGROVE^Rowan",
        "ASHGROVE, Rowan J.",
        "Ashgrove Rowan",
        "Master Rowan ASHGROVE Jr",
        "Rowan James Ashgrove-Miller",
        "R0wan ASHGR0VE",
    ] {
        check(("Rowan", "ASHGROVE"), written, (Same, Same));
    }
    check(("José María", "García López"), "GARCIA LOPEZ^JOSE MARIA", (Same, Same));
    check(("José María", "García López"), "Garcia, Jose", (Alike, Same));
    check(("Mary Ann", "van der Berg"), "VANDERBERG^MARYANN", (Same, Same));
    check(("Jürgen", "Müller"), "Juergen Mueller", (Form, Form));
}

/// Proves that siblings and twins are told apart, and that a letter's difference is left to a person.
#[test]
fn siblings_are_others() {
    for written in ["Marta Ashgrove", "ASHGROVE^Lena", "Ashgrove, Robin"] {
        check(("Rowan", "Ashgrove"), written, (Differs, Same));
    }
    check(("Lena", "Ash"), "Lina Ash", (Doubtful, Same));
    check(("Tim", "Ash"), "Tom Ash", (Differs, Same));
    check(("Daniel", "Ash"), "Daniela Ash", (Doubtful, Same));
    check(("Maria José", "Ruiz"), "Maria Luisa Ruiz", (Doubtful, Same));
    check(("Maria José", "Ruiz"), "Ruiz^Maria Luisa", (Doubtful, Same));
    check(("Rowan", "Ashgrove"), "Marta Quillfeather", (Differs, Differs));
}

/// Proves that what a family gives to two children is never taken for one name, whether it sounds alike, is written
/// without vowels or tones, or is one of two given names.
#[test]
fn twins_of_nearly_one_name() {
    for (own, written, expected) in [
        ("Minho", "김민우", Doubtful),
        ("Jihoon", "김지윤", Doubtful),
        ("Jiwoo", "김지후", Doubtful),
        ("Sungmin", "김승민", Alike),
        ("Minho", "김민호", Form),
    ] {
        check((own, "Kim"), written, (expected, Form));
    }
    for (own, written, expected) in [
        ("Jamil", "جمال منصور", Doubtful),
        ("Salem", "سليم منصور", Alike),
        ("Samir", "سمر منصور", Alike),
        ("Samir", "سامر منصور", Alike),
        ("Samir", "سمير منصور", Form),
        ("Hùng", "Mansour Hưng", Doubtful),
        ("Hùng", "Mansour Hung", Same),
        ("Noah", "Noa Mansour", Alike),
        ("Michael", "Michal Mansour", Alike),
        ("Anna", "Anya Mansour", Alike),
        ("Joe", "Jo Mansour", Alike),
        ("Tim", "J1m Mansour", Differs),
        ("Yue", "Yu Mansour", Alike),
        ("María José", "María Mansour", Alike),
        ("María José", "María J. Mansour", Same),
        ("María", "María Luisa Mansour", Alike),
        ("Ji Woo", "MANSOUR^JI", Alike),
        ("Ji", "Ji Woo Mansour", Alike),
        ("Anna-Lena", "Ana-Lena Mansour", Alike),
        ("Ji Woo", "MANSOUR^JIWOO", Same),
        ("Rowan", "Rowan James Mansour", Same),
        ("Max", "Max Thomas Mansour", Same),
    ] {
        let child = ChildName::new(own, "Mansour").unwrap();
        assert_eq!(compare(&child, written).unwrap().given, expected, "{own} | {written}");
    }
    check(("Yue", "Wang"), "王雨", (Unclear, Form));
}

/// Proves that somebody may be called like a particle or a form of address.
#[test]
fn names_that_look_like_none() {
    check(("Rowan", "Ashgrove"), "ASHGROVE^Ben", (Differs, Same));
    check(("Rowan", "Ashgrove"), "Ashgrove, Al", (Differs, Same));
    check(("Rowan", "Ashgrove"), "Ben Ashgrove", (Doubtful, Same));
    check(("Ben", "Ashgrove"), "Ben Ashgrove", (Same, Same));
    check(("Jan", "van der Berg"), "van der Berg", (Unclear, Same));
    check(("Tai Man", "Chan"), "CHAN^Tai Man", (Same, Same));
    check(("Tai Man", "Chan"), "Chan Tai Man", (Same, Same));
    check(("Tai Man", "Chan"), "CHAN^Siu Ming", (Differs, Same));
    check(("João", "Silva Neto"), "SILVA NETO^JOAO", (Same, Same));
    check(("João", "Silva"), "João Silva Neto", (Same, Same));
}

/// Proves that nicknames, initials, married names and misread letters are each what they are.
#[test]
fn forms_of_names() {
    check(("William", "Ash"), "Bill Ash", (Form, Same));
    check(("Alexander", "Ash"), "Alex Ash", (Unclear, Same));
    check(("Rowan", "Ash"), "R. Ash", (Unclear, Same));
    check(("Rowan", "Ash"), "M. Ash", (Doubtful, Same));
    check(("Rowan", "Ash"), "Rowan Quill", (Same, Differs));
    check(("Arnie", "Ash"), "Amie Ash", (Near, Same));
    check(("Irina", "Ivanov"), "Ivanova Irina", (Same, Near));
    check(("Rowan", "Ash"), "Ash", (Unclear, Same));
    check(("Rowan", "Ash"), "Baby Boy Ash", (Unclear, Same));
}

/// Proves that names in other scripts are compared by sound where that can be done, and else left open.
#[test]
fn scripts() {
    check(("Yulia", "Shcherbakova"), "Щербакова Юлия Сергеевна", (Form, Form));
    check(("Yulia", "Petrova"), "Петрова Анна", (Differs, Form));
    check(("Ahmad", "Hassan"), "أحمد الحسن", (Form, Alike));
    check(("Xiaoming", "Wang"), "王小明", (Form, Form));
    check(("小明", "王"), "王小明", (Same, Same));
    check(("小明", "王"), "王小红", (Differs, Same));
    check(("Taro", "Yamada"), "山田^太郎", (Unclear, Unclear));
    check(("Gildong", "Hong"), "홍길동", (Form, Form));
    check(("Giorgos", "Papadopoulos"), "Παπαδόπουλος Γιώργος", (Form, Form));
    check(("David", "Cohen"), "דוד כהן", (Alike, Alike));
    check(("Yonatan", "Mizrahi"), "מזרחי יונתן", (Form, Form));
    check(("Kamal", "Sharma"), "कमल शर्मा", (Alike, Alike));
    check(("Rahim", "Sheikh"), "রহিম শেখ", (Alike, Alike));
    check(("Somchai", "Rattanakul"), "สมชาย รัตนกุล", (Alike, Alike));
    check(("Giorgi", "Beridze"), "გიორგი ბერიძე", (Form, Form));
    check(("Armen", "Petrosyan"), "Արմեն Պետրոսյան", (Form, Form));
}

/// Proves that other names the child is known by count.
#[test]
fn aliases() {
    let child = ChildName::new("Rowan", "Ashgrove").unwrap();
    let best = |alias: &str, written: &str| {
        let names = child.with_alias(alias);
        let found = names.iter().filter_map(|name| compare(name, written)).max_by_key(|found| found.rank()).unwrap();
        (found.given, found.family)
    };
    assert_eq!(best("Rory", "Rory Ashgrove"), (Alike, Same));
    assert_eq!(best("Rory Ashgrove", "Rory Ashgrove"), (Same, Same));
    assert_eq!(best("Quill", "Rowan Quill"), (Same, Same));
    assert_eq!(best("Rory Quill", "Quill^Rory"), (Same, Same));
    assert_eq!(best("王小明", "王 小明"), (Same, Same));
}
