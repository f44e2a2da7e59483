//! One word of a name compared with another: a given name strictly, a family name leniently.
//!
//! Siblings share everything but the given name. So two given names are one only where no family would give both to two
//! children: the same letters, an accent lost, a consonant spelt by another habit, a nickname. What merely sounds alike
//! fits both of them.

use super::{
    abjads, hangul,
    letters::{Script, Word, same_letters},
    names::Likeness,
    sounds::{Fit, comparable, skeleton, sound, sound_across, spelling, spelling_across},
    variants::{Kinship, kinship},
};

/// Share of letters that two spellings of one name have in common at least, where nobody foresaw the spelling.
const SHARED_MIN: f64 = 0.66;

/// Share of consonants below which two words are different names, where vowels are not compared.
const CONSONANTS_SHARED_MIN: f64 = 0.34;

/// Given names, strictly: twins are called Lena and Lina.
pub(super) fn given_likeness(own: &Word, written: &Word) -> Likeness {
    if own.has_other_marks(written) {
        return Likeness::Doubtful;
    }
    let likeness = word_likeness(own, written);
    if likeness != Likeness::Differs || own.script != Script::Latin || written.script != Script::Latin {
        return likeness;
    }
    if let Some(kinship) = kinship(&own.latin, &written.latin) {
        return of_kinship(kinship);
    }
    let (shorter, distance) = distance(&own.latin, &written.latin);
    let cut = shorter >= 5 && (own.latin.starts_with(&written.latin) || written.latin.starts_with(&own.latin));
    if shorter >= 4 && distance <= 1 || shorter >= 7 && distance <= 2 || cut {
        return Likeness::Doubtful;
    }
    Likeness::Differs
}

const fn of_kinship(kinship: Kinship) -> Likeness {
    match kinship {
        Kinship::Form => Likeness::Form,
        Kinship::Cognate => Likeness::Alike,
        Kinship::Ambiguous => Likeness::Unclear,
    }
}

/// Family names, leniently: Ivanov's daughter is Ivanova, and devices cut long names.
pub(super) fn family_likeness(own: &Word, written: &Word) -> Likeness {
    let likeness = word_likeness(own, written);
    if likeness != Likeness::Differs && likeness != Likeness::Doubtful {
        return likeness;
    }
    if !comparable(own.script, written.script) {
        return likeness;
    }
    let (a, b) = (sound_across(&own.latin), sound_across(&written.latin));
    let (shorter, changes) = distance(&a, &b);
    let begins = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
    let begins_alike = a.chars().next() == b.chars().next();
    // Carson is not Larson, and Wang is not Zhang: a slip leaves the beginning, and a short name has no room for one.
    let slip = begins_alike && (shorter >= 5 && changes <= 1 || shorter >= 6 && changes <= 2);
    let (letters, letters_changed) = distance(&own.latin, &written.latin);
    let cut = shorter >= 5 && begins(&a, &b) || letters >= 5 && begins(&own.latin, &written.latin);
    match likeness {
        _ if slip || cut => Likeness::Near,
        // Chen may be Cheng, or another family.
        Likeness::Differs if begins_alike && letters >= 3 && letters_changed <= 1 => Likeness::Doubtful,
        other => other,
    }
}

/// What holds for both kinds of names.
fn word_likeness(own: &Word, written: &Word) -> Likeness {
    let same_script = own.script == written.script;
    if same_script && (own.native == written.native || own.script == Script::Latin && own.latin == written.latin) {
        return if own.is_initial() { Likeness::Unclear } else { Likeness::Same };
    }
    if own.is_initial() || written.is_initial() {
        let first = |word: &Word| sound_across(&word.latin).chars().next();
        let fits = first(own) == first(written) || !comparable(own.script, written.script);
        return if fits { Likeness::Unclear } else { Likeness::Differs };
    }
    match (own.script, written.script) {
        (Script::Latin, Script::Latin) => latin_likeness(own, written),
        (a, b) if a == b => same_script_likeness(own, written),
        _ => across_likeness(own, written),
    }
}

fn latin_likeness(own: &Word, written: &Word) -> Likeness {
    if own.in_two_letters() == written.latin || written.in_two_letters() == own.latin {
        return Likeness::Form;
    }
    if spelling(&own.latin) == spelling(&written.latin) {
        return Likeness::Form;
    }
    if sound(&own.latin) == sound(&written.latin) {
        return Likeness::Alike;
    }
    // The figure one is a small `l` and a capital `i` to readers of pixels.
    let figure = |word: &Word| word.latin.replace('l', "i");
    if (own.mended || written.mended) && figure(own) == figure(written) {
        return Likeness::Form;
    }
    // Names begin with capitals, of which readers confuse only `I` and `l`.
    let initial = |word: &Word| figure(word).chars().next();
    let near = initial(own) == initial(written) && as_read(&own.latin) == as_read(&written.latin);
    if near { Likeness::Near } else { Likeness::Differs }
}

fn same_script_likeness(own: &Word, written: &Word) -> Likeness {
    match own.script {
        // Simplified and traditional forms are read alike.
        Script::Han if own.latin == written.latin => Likeness::Doubtful,
        Script::Kana if own.latin == written.latin => Likeness::Form,
        Script::Alphabet if spelling_across(&own.latin) == spelling_across(&written.latin) => Likeness::Form,
        Script::Alphabet if sound_across(&own.latin) == sound_across(&written.latin) => Likeness::Alike,
        // Hebrew beside Arabic, Hindi beside Bengali.
        Script::Abjad | Script::Syllabic if !same_letters(own, written) => Likeness::Unclear,
        Script::Alphabet | Script::Abjad | Script::Syllabic => {
            let (shorter, distance) = distance(&own.native, &written.native);
            if shorter >= 5 && distance <= 1 { Likeness::Doubtful } else { Likeness::Differs }
        }
        Script::Han | Script::Kana | Script::Hangul | Script::Latin => Likeness::Differs,
    }
}

/// Does a word that does not fit say that it is another name? Only within one script, and where romanisations are strict;
/// elsewhere a person has to look.
pub(super) fn tells_apart(own: &Word, written: &Word) -> bool {
    let strict = |script: Script| matches!(script, Script::Latin | Script::Alphabet);
    same_letters(own, written) || strict(own.script) && strict(written.script)
}

/// One word in Latin letters and one in others.
fn across_likeness(own: &Word, written: &Word) -> Likeness {
    let (foreign, latin) = if own.script == Script::Latin { (written, own) } else { (own, written) };
    if latin.script != Script::Latin {
        return Likeness::Unclear;
    }
    let of_fit = |fit: Fit| match fit {
        Fit::Sure => Likeness::Form,
        Fit::Loose => Likeness::Alike,
        Fit::No => Likeness::Differs,
    };
    match foreign.script {
        Script::Abjad => of_fit(abjads::fit(foreign, &latin.latin)),
        Script::Hangul => of_fit(hangul::fit(&foreign.native, &latin.latin)),
        // Toneless Pinyin; in another language the characters are read in other ways.
        Script::Han if foreign.latin == latin.latin => Likeness::Form,
        Script::Han => Likeness::Unclear,
        Script::Kana if foreign.latin == latin.latin => Likeness::Form,
        Script::Kana if sound_across(&foreign.latin) == sound_across(&latin.latin) => Likeness::Alike,
        Script::Kana | Script::Syllabic => by_consonants(foreign, latin),
        Script::Alphabet | Script::Latin => by_alphabet(foreign, latin),
    }
}

/// Vowels are written by habit, or not at all.
fn by_consonants(foreign: &Word, latin: &Word) -> Likeness {
    let of = |word: &Word| match foreign.script {
        // Japanese has one sound for both.
        Script::Kana => skeleton(&word.latin).replace('l', "r"),
        _ => skeleton(&word.latin),
    };
    let (a, b) = (of(foreign), of(latin));
    match strsim::normalized_damerau_levenshtein(&a, &b) {
        _ if a == b && foreign.script == Script::Syllabic && a.len() > 1 => Likeness::Alike,
        share if share < CONSONANTS_SHARED_MIN => Likeness::Differs,
        _ => Likeness::Unclear,
    }
}

fn by_alphabet(foreign: &Word, latin: &Word) -> Likeness {
    if spelling_across(&foreign.latin) == spelling_across(&latin.latin) {
        return Likeness::Form;
    }
    let (a, b) = (sound_across(&foreign.latin), sound_across(&latin.latin));
    if a == b {
        return Likeness::Alike;
    }
    if let Some(kinship) = kinship(&foreign.latin, &latin.latin) {
        return of_kinship(kinship);
    }
    // Spellings that nobody foresaw are doubtful; what shares less than two thirds of its letters is another name.
    let share = strsim::normalized_damerau_levenshtein(&a, &b);
    if share > SHARED_MIN { Likeness::Doubtful } else { Likeness::Differs }
}

/// Letters of the shorter word, and how many letters must be changed, left out, added or swapped.
fn distance(a: &str, b: &str) -> (usize, usize) {
    let shorter = a.chars().count().min(b.chars().count());
    (shorter, strsim::damerau_levenshtein(a, b))
}

/// Letters that readers of pixels confuse, as one.
fn as_read(latin: &str) -> String {
    let joined = latin.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("ri", "n").replace("ii", "u");
    joined
        .chars()
        .map(|c| match c {
            'l' | 'j' | 't' | 'f' => 'i',
            'e' => 'c',
            'q' => 'g',
            'u' => 'v',
            other => other,
        })
        .collect()
}
