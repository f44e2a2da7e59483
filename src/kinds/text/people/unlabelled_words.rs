//! Words by which a sentence says of somebody when they were born.

use std::{collections::HashMap, sync::LazyLock};

/// What stands before a birth date in a sentence, in small letters, parted by bars.
const BORN: &[&str] = &[
    "born|born on|date of birth|dob|d.o.b.|birth date|né le|née le|né(e) le|nacido el|nacida el|nacido/a el|nacido|nacida|né|née",
    "fecha de nacimiento|con fecha de nacimiento|geboren am|geboren|geb. am|geb.|geb|*|nato|nata|nato il|nata il|nato/a il",
    "data di nascita|nascido|nascida|nascido em|nascida em|data de nascimento|date de naissance|geburtsdatum",
    "urodzony|urodzona|urodzonego|urodzonej|geboren op|født|född|född den|født den|syntynyt|született|szül.",
    "narozen|narozena|narozený|nar.|rođen|rođena|născut la|născută la|родился|родилась|дата рождения|народився",
    "народилася|doğum tarihi|γεννήθηκε στις",
];

/// What stands behind a birth date in a sentence.
const BEHIND: &[&str] = &["г.р.|г. р.|г.р|года рождения|р.н.|року народження|doğumlu"];

/// What may stand between the words of birth and the date.
pub(super) const ON: &[&str] = &["on ", "il ", "em ", "on the ", "am ", "den ", "dne ", "el ", "le "];

/// Words between birth and its place.
pub(super) const IN: &[&str] = &["in", "at", "a", "à", "en", "em", "te", "w", "v", "i"];

/// Words between a name and a birth date.
const BETWEEN: &[&str] = &[
    "a an the is was who which with and i.e now currently aged age old year-old years year yr yrs y/o yo y.o month-old",
    "months month week-old weeks week day-old days day male female boy girl infant child patient baby newborn toddler",
    "teenager adolescent ist war wurde der die das ein eine einem einen einer welcher welche jahre jahr jähriger jährige",
    "jähriges jährigen monate monaten alt alter junge mädchen kind est était qui un une garçon fille âgé âgée de ans an",
    "mois enfant es era fue que niño niña varón mujer paciente años año meses è che bambino bambina anni mesi paziente",
    "foi criança menino menina anos doente jaar oud jongen meisje lat lata miesięcy который которая лет года мальчик",
    "девочка ребенок ребёнок пациент пациентка",
];

/// Words that begin large where a sentence or title does, and stand before a name.
const BEFORE_NAME: &[&str] = &[
    "mr mrs ms miss master mstr dear patient patients child baby boy girl son daughter infant today yesterday this that",
    "the our my your his her we he she and re regarding for about with as when while although after seen today's",
    "herr herrn frau ihr ihre ihren ihrem ihrer unser unsere unseren unserem unserer der die das den dem des kind",
    "kindes sohn sohnes tochter patienten patientin mädchen mädchens jungen säugling über el los las hijo hija",
    "niño niña menor paciente don doña señor señora sr sra les fils fille enfant garçon monsieur madame mme mlle",
    "il figlio figlia bambino bambina paziente signor signora filho filha criança menino menina doente utente",
    "pacjent pacjentka syn córka dziecko пациент пациентка ребенок ребёнок мальчик девочка больной больная dhr mevr",
];

/// Words that lead to the name of a place or of whoever did something, not to that of who was born.
const TO_PLACE: &[&str] =
    &["in at from near by bei aus nach durch chez par en por desde da dal presso para em w z в из"];

/// Words for what belongs to somebody: `the mother of`.
const OF: &[&str] = &["of", "von", "de", "du", "di", "van", "del"];

/// Words that belong to a name and are written small.
const PARTICLES: &[&str] =
    &["de", "del", "della", "der", "den", "di", "da", "das", "dos", "do", "du", "la", "las", "los", "van", "von", "zu"];

/// More of them.
const MORE_PARTICLES: &[&str] = &["ter", "ten", "bin", "bint", "ibn", "al", "el", "e", "y", "af", "av", "le", "op"];

/// Sexes as a cell of their own says them.
const SEXES: &[&str] = &[
    "m|f|w|male|female|boy|girl|männlich|weiblich|masculino|femenino|feminino|masculin|féminin|maschio|femmina|niño|niña",
    "hombre|mujer|varón|homme|femme|erkek|kadın|kız|муж|жен|мужской|женский|mężczyzna|kobieta|man|vrouw",
];

/// Words of headings of records, which begin large as names do.
const HEADINGS: &[&str] = &[
    "marrow biopsy blood count urine chest brain mri ct x-ray xray ultrasound scan panel culture screen screening note notes",
    "progress operative surgical pathology radiology imaging chart growth genetic genetics exome sequencing echocardiogram",
    "ecg eeg neurology cardiology oncology haematology hematology immunology surgery emergency admission vaccination",
    "immunization immunisation medication medications allergy allergies prescription plan care team sample specimen order",
    "syndrome disease disorder deficiency anemia anaemia leukemia leukaemia lymphoma tumor tumour sepsis palsy dystrophy",
    "epilepsy asthma diabetes fibrosis hernia delivery section caesarean cesarean breech gestation apgar weight birth",
];

/// Units of an age.
const UNITS: &[&str] = &[
    "y yr yrs yo y/o year years old m mo mos month months w wk wks week weeks d day days jahre jahr monate ans mois años",
    "meses anni mesi anos lat lata лет года jaar yaş",
];

/// Words behind the unit of an age.
const OLD: &[&str] = &["old", "alt", "oud", "of", "age", "d'âge"];

type Phrases = HashMap<char, Vec<Vec<char>>>;

static BY_FIRST: LazyLock<Phrases> = LazyLock::new(|| {
    let mut by_first = Phrases::new();
    for phrase in BORN.iter().chain(BEHIND).flat_map(|line| line.split('|')) {
        let chars: Vec<char> = phrase.chars().collect();
        if let Some(first) = chars.first() {
            by_first.entry(*first).or_default().push(chars);
        }
    }
    by_first
});

/// The length of the longest words of birth at a place of a text in small letters, where a word begins and ends.
pub(super) fn born_at(text: &[char], at: usize) -> Option<usize> {
    let phrases = BY_FIRST.get(&text[at])?;
    // What stands behind a date may stand close to it: `22.07.2016г.р.`
    let begins = |phrase: &[char]| match at.checked_sub(1).map(|before| text[before]) {
        None => true,
        Some(before) => !before.is_alphanumeric() || before.is_ascii_digit() && is_behind_date(phrase),
    };
    let ends = |length: usize| !text[at + length - 1].is_alphanumeric() || is_end(text.get(at + length));
    let found = phrases.iter().filter(|phrase| begins(phrase) && text[at..].starts_with(phrase) && ends(phrase.len()));
    found.map(Vec::len).max()
}

fn is_end(after: Option<&char>) -> bool {
    after.is_none_or(|c| !c.is_alphanumeric())
}

/// Does the date stand before these words?
pub(super) fn is_behind_date(phrase: &[char]) -> bool {
    let phrase: String = phrase.iter().collect();
    BEHIND.iter().any(|line| line.split('|').any(|known| known == phrase))
}

/// Figures of an age; a house or a postcode has more.
const AGE_DIGITS_MAX: usize = 2;

/// May it stand between a name and a birth date? An age may, and signs.
pub(super) fn may_stand_between(word: &str) -> bool {
    let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_small = !plain.starts_with(char::is_uppercase) || plain.chars().count() == 1 && is_sex(plain);
    let is_figure = (1..=AGE_DIGITS_MAX).contains(&plain.chars().take_while(char::is_ascii_digit).count());
    plain.is_empty() || is_figure || is_small && (is_sex(plain) || has(BETWEEN, plain))
}

/// Does it stand before a name without being one?
pub(super) fn is_before_name(word: &str) -> bool {
    has(BEFORE_NAME, word)
}

/// Does what follows name a place or a physician?
pub(super) fn leads_to_place(word: &str) -> bool {
    !is_of(word) && has(TO_PLACE, word)
}

/// Does what stands before belong to whoever is named behind?
pub(super) fn is_of(word: &str) -> bool {
    OF.contains(&word)
}

/// Is it a small word of a name?
pub(super) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word) || MORE_PARTICLES.contains(&word)
}

/// Is it a sex?
pub(super) fn is_sex(cell: &str) -> bool {
    let cell = cell.trim_end_matches('.').to_lowercase();
    SEXES.iter().any(|line| line.split('|').any(|known| known == cell))
}

/// Is it a word of a heading?
pub(super) fn is_of_heading(word: &str) -> bool {
    has(HEADINGS, word)
}

/// Is it a unit of an age?
pub(super) fn is_unit_of_age(unit: &str) -> bool {
    let mut words = unit.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty());
    let is_unit = has(UNITS, words.next().unwrap_or_default().trim_end_matches('.'));
    is_unit && words.all(|word| OLD.contains(&word) || is_sex(word))
}

fn has(lines: &[&str], word: &str) -> bool {
    lines.iter().any(|line| line.split(' ').any(|known| known == word))
}
