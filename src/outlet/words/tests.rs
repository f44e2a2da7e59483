//! The words are held to what their readers were promised.

use super::*;

/// Words of our trade, and words that blame or frighten: none of them is for a family.
const NOT_FOR_FAMILIES: &[&str] = &[
    "archive",
    "byte",
    "bytes",
    "checksum",
    "container",
    "corrupt",
    "corrupted",
    "danger",
    "decrypt",
    "dicom",
    "dicomdir",
    "directory",
    "encrypted",
    "entry",
    "error",
    "executable",
    "extension",
    "failed",
    "fault",
    "format",
    "forgot",
    "hash",
    "illegal",
    "instance",
    "invalid",
    "macro",
    "malware",
    "manifest",
    "metadata",
    "mistake",
    "must",
    "object",
    "ocr",
    "parser",
    "pixel",
    "pixels",
    "reject",
    "rejected",
    "resolution",
    "script",
    "series",
    "uid",
    "wrong",
];

/// Words that speak of health: a message may lie open on a telephone.
const HEALTH: &[&str] = &[
    "cancer",
    "diagnosis",
    "disease",
    "heart",
    "ill",
    "illness",
    "medicine",
    "pathology",
    "radiology",
    "sick",
    "surgery",
    "symptom",
    "treatment",
    "tumor",
    "tumour",
];

fn words_in(text: &str) -> Vec<String> {
    let letters = |c: char| !c.is_alphanumeric() && c != '\'' && c != '-';
    text.split(letters).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(". ").map(str::trim).collect()
}

fn each(audience: Audience, check: impl Fn(Reason, &str)) {
    for reason in Reason::ALL {
        let words = of(*reason, audience);
        check(*reason, words.wrong);
        check(*reason, words.next);
    }
}

/// Vowel groups, less a silent `e`: how the Flesch-Kincaid grade counts syllables without a dictionary.
fn syllables(word: &str) -> usize {
    let vowel = |c: char| "aeiouy".contains(c);
    let letters: Vec<char> = word.chars().collect();
    let groups =
        letters.iter().enumerate().filter(|(at, c)| vowel(**c) && (*at == 0 || !vowel(letters[at - 1]))).count();
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    (groups - usize::from(silent)).max(1)
}

fn grade(text: &str) -> f64 {
    let words = words_in(text);
    let spoken: usize = words.iter().map(|word| syllables(word)).sum();
    let count = words.len() as f64;
    0.39 * count / sentences(text).len() as f64 + 11.8 * spoken as f64 / count - 15.59
}

/// Proves that every text is there, in whole sentences that begin with a capital letter and end with a full stop.
#[test]
fn every_text_is_whole_sentences() {
    for audience in Audience::ALL {
        each(*audience, |reason, text| {
            assert!(text.len() > 10 && text.ends_with('.'), "{reason} {audience:?}: {text:?}");
            assert!(text.starts_with(|c: char| c.is_uppercase()), "{reason} {audience:?}: {text:?}");
            assert!(!text.contains("  ") && !text.contains(['\n', '!']), "{reason} {audience:?}: {text:?}");
        });
    }
}

/// Proves that no two reasons say the same is wrong to the desk, and that none says its bare code.
#[test]
fn reasons_can_be_told_apart() {
    let mut seen = std::collections::BTreeMap::new();
    each(Audience::Desk, |reason, text| assert!(!text.contains(reason.code()) || !reason.code().contains('_')));
    for reason in Reason::ALL {
        let before = seen.insert(of(*reason, Audience::Desk).wrong, *reason);
        assert_eq!(before, None, "{reason} says the same");
    }
}

/// Proves that families are told in short sentences, without our trade's words, blame or health information.
#[test]
fn families_get_short_and_kind_words() {
    each(Audience::Family, |reason, text| {
        for sentence in sentences(text) {
            assert!(words_in(sentence).len() <= 25, "{reason}: {sentence:?} is long");
        }
        for word in words_in(text) {
            assert!(!NOT_FOR_FAMILIES.contains(&word.as_str()), "{reason} says {word:?}");
            assert!(!HEALTH.contains(&word.as_str()), "{reason} says {word:?}");
        }
    });
}

/// Proves that what a family reads about each reason is at most at the grade of an eleven-year-old.
#[test]
fn families_get_words_for_reading_age_eleven() {
    for reason in Reason::ALL {
        let words = of(*reason, Audience::Family);
        let grade = grade(&format!("{} {}", words.wrong, words.next));
        assert!(grade <= 6.0, "{reason} reads at grade {grade:.1}");
    }
}

/// Proves that a family is always told what to do, if only that there is nothing to do.
#[test]
fn families_are_told_what_to_do() {
    each(Audience::Family, |reason, text| assert_ne!(text, reason.code()));
    for reason in Reason::ALL {
        let next = of(*reason, Audience::Family).next;
        let told = next.starts_with("Please ")
            || next.contains("please ")
            || next.starts_with("You do not need to")
            || next.starts_with("There is nothing you need");
        assert!(told, "{reason}: {next:?}");
    }
}
