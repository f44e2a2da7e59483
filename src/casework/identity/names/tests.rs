//! Names against names, by what a person would say of them.

use super::*;
use Likeness::{Differs, Doubtful, Form, Near, Same, Unclear};

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
    check(("José María", "García López"), "Garcia, Jose", (Same, Same));
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
    check(("Ahmad", "Hassan"), "أحمد الحسن", (Form, Form));
    check(("Xiaoming", "Wang"), "王小明", (Form, Form));
    check(("小明", "王"), "王小明", (Same, Same));
    check(("小明", "王"), "王小红", (Differs, Same));
    check(("Taro", "Yamada"), "山田^太郎", (Unclear, Unclear));
    check(("Gildong", "Hong"), "홍길동", (Form, Form));
    check(("Giorgos", "Papadopoulos"), "Παπαδόπουλος Γιώργος", (Form, Form));
    check(("David", "Cohen"), "דוד כהן", (Form, Form));
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
    assert_eq!(best("Rory", "Rory Ashgrove"), (Same, Same));
    assert_eq!(best("Quill", "Rowan Quill"), (Same, Same));
    assert_eq!(best("Rory Quill", "Quill^Rory"), (Same, Same));
    assert_eq!(best("王小明", "王 小明"), (Same, Same));
}
