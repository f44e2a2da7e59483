//! Children who have no name yet: what wards write in the place of one.
//!
//! A word for a newborn, alone or with the mother's name behind it (`Baby of Anna`, `GirlAnna`, `RN de Anna`, `Zwilling A`).
//! The mother's name is no name of the child's, and says neither that it is the child nor that it is another.

use super::letters::{Part, is_of_word};

/// Words for a newborn that stand for a name wherever they are found, in Latin letters without accents.
const ANYWHERE: &[&str] = &[
    "baby",
    "babyboy",
    "babygirl",
    "boy",
    "girl",
    "newborn",
    "neonate",
    "infant",
    "twin",
    "triplet",
    "bb",
    "bg",
    "neugeborenes",
    "nourrisson",
    "recien",
    "nacido",
    "neonato",
];

/// Words for a newborn where a given name belongs. None that is a common given name; some are family names.
const AS_GIVEN: &[&str] = &[
    "son",
    "daughter",
    "twins",
    "inf",
    "madchen",
    "maedchen",
    "knabe",
    "junge",
    "kind",
    "neugeborener",
    "neugeborene",
    "saugling",
    "saeugling",
    "tochter",
    "sohn",
    "zwilling",
    "drilling",
    "bebe",
    "nouveaune",
    "nouveau",
    "fille",
    "garcon",
    "jumeau",
    "jumelle",
    "rn",
    "reciennacido",
    "hijo",
    "hija",
    "gemelo",
    "gemela",
    "recem",
    "recemnascido",
    "filho",
    "filha",
    "figlio",
    "figlia",
    "neonata",
    "noworodek",
    "syn",
    "corka",
    "novorozenec",
    "ujszulott",
    "bebek",
    "yenidogan",
    "pasgeborene",
    "meisje",
    "jongen",
    "nyfodt",
    "nyfodd",
    "novorozhdennyi",
    "novorozhdennaia",
    "novorozhdennyj",
    "novorozhdennaja",
    "rebenok",
    "malchik",
    "devochka",
    "nn",
    "fetus",
    "foetus",
];

/// Words between a newborn's and the mother's name.
const LINKS: &[&str] = &["of", "de", "di", "da", "do", "von", "der", "van", "the", "to"];

/// Newborns named after a parent in scripts without spaces, at the end of a name: son of, daughter of, baby of.
const ENDINGS: &[&str] = &["之子", "之女", "之婴", "之嬰", "婴儿", "嬰兒", "新生児", "ベビー", "아기", "애기"];

/// What of a part of a name is a name. `is_own` says of a word whether the case's child is called so: then it is a name.
pub(super) fn named_yet(text: &str, part: Part, is_own: impl Fn(&str) -> bool) -> String {
    let words: Vec<&str> = text.split(|c| !is_of_word(c)).filter(|word| !word.is_empty()).collect();
    if part == Part::Family || words.iter().any(|word| is_own(&in_latin(word))) {
        return text.to_owned();
    }
    if ENDINGS.iter().any(|ending| text.trim_end().ends_with(ending)) {
        return String::new();
    }
    let Some(first) = words.iter().position(|word| is_newborn(word)) else { return text.to_owned() };
    if part == Part::Given && first == 0 {
        return String::new();
    }
    let behind = words[first..].iter().position(|word| !is_newborn(word)).map_or(words.len(), |at| first + at);
    let letter = |word: &&&str| word.chars().count() == 1;
    let rest: Vec<&str> = words[behind..].iter().skip_while(letter).copied().collect();
    let linked = rest.iter().take_while(|word| LINKS.contains(&in_latin(word).as_str())).count();
    // The mother's family name may be the child's as well.
    let kept = match (linked, &rest[linked..]) {
        (0, rest) => rest,
        (_, [.., _, family]) => std::slice::from_ref(family),
        (_, _) => &[],
    };
    [&words[..first], kept].concat().join(" ")
}

/// `Baby`, `Mädchen`; `GirlAnna`, `TwinA`: a word for a newborn, and what begins large behind it.
fn is_newborn(word: &str) -> bool {
    let large = word.char_indices().skip(1).find(|(_, c)| c.is_uppercase()).map(|(at, _)| at);
    let begins = large.filter(|at| word[..*at].ends_with(char::is_lowercase)).map(|at| in_latin(&word[..at]));
    let is_known = |word: &str| stands_for_a_name(word) || AS_GIVEN.contains(&word);
    is_known(&in_latin(word)) || begins.is_some_and(|begins| is_known(&begins))
}

/// Is this a word for a newborn, in Latin letters, that names nobody in any part of a name?
pub(super) fn stands_for_a_name(word: &str) -> bool {
    ANYWHERE.contains(&word)
}

fn in_latin(word: &str) -> String {
    any_ascii::any_ascii(word).chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(part: Part, text: &str, expected: &str) {
        assert_eq!(named_yet(text, part, |word| word == "boy"), expected, "{text}");
    }

    /// Proves that neither words for newborns nor the mother's name behind them are names, that a family name is, and that
    /// a child who is called like one of the words keeps the name.
    #[test]
    fn newborns_have_no_name_yet() {
        for given in [
            "Mädchen",
            "Neugeborenes Mädchen",
            "Babygirl of Anna",
            "RN de Anna",
            "Hija de Anna",
            "Bebe",
            "GirlAnna",
            "Zwilling A",
            "TwinA",
            "Noworodek",
            "Nouveau-né",
            "NN",
            "Kind",
            "Девочка",
            "Bébé",
            "Girl Anna",
        ] {
            check(Part::Given, given, "");
        }
        check(Part::Any, "Baby Girl Garcia", "Garcia");
        check(Part::Any, "Hoffmann Mädchen", "Hoffmann");
        check(Part::Any, "Baby of Anna Hoffmann", "Hoffmann");
        check(Part::Any, "Baby of Anna", "");
        check(Part::Any, "王丽之女", "");
        for named in ["Boy Hermann", "Anna Nina", "Oliver", "Tyson", "MacGirl"] {
            check(Part::Given, named, named);
        }
        check(Part::Family, "Kind", "Kind");
    }
}
