//! Close relatives, and languages of a shared script that the statistics do not know, told by a few signs.

use super::segment::Segment;

/// Languages so close that a line of one is easily taken for the other.
pub(super) fn relatives(a: &str, b: &str) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["hr", "bs", "sr", "sl"],
        &["nb", "nn", "da", "sv"],
        &["cs", "sk"],
        &["id", "ms"],
        &["es", "gl", "pt", "ca"],
        &["zu", "xh", "st", "sw", "rw", "lg", "ln", "sn"],
        &["nl", "af"],
        &["tr", "az"],
        &["fr", "ht"],
    ];
    FAMILIES.iter().any(|family| family.contains(&a) && family.contains(&b))
}

/// The small words of names of people and places.
pub(super) fn is_particle(word: &str) -> bool {
    const PARTICLES: &str =
        "de la las los del y e i do da dos das di du des le von van der den ten zu al el bin ibn af av";
    PARTICLES.split(' ').any(|particle| particle == word)
}

/// Languages of Arabic script that the statistics do not know, by letters that only they have.
pub(super) fn arabic_by_letters(segments: &[Segment]) -> Option<&'static str> {
    let count = |letters: &str| {
        let chars = segments.iter().flat_map(|segment| segment.text.chars());
        chars.filter(|c| letters.contains(*c)).count()
    };
    let all = segments.iter().map(|segment| segment.letters as usize).sum::<usize>().max(1);
    [("ps", "ټډړږښڼې"), ("ckb", "ڕڵۆێە"), ("ug", "ۇۆۈۋېە")]
        .into_iter()
        .map(|(tag, letters)| (tag, count(letters)))
        .max_by_key(|(_, letters)| *letters)
        .filter(|(_, letters)| letters * 25 > all)
        .map(|(tag, _)| tag)
}

/// Languages of Cyrillic script by letters that the others do without, the one with the rarest letters first: statistics
/// take the `і` of a short Ukrainian letter for Kazakh, and do not know half of these languages.
pub(super) fn cyrillic_by_letters(segments: &[Segment]) -> Option<&'static str> {
    const LETTERS: &[(&str, &str)] = &[
        ("tg", "ӯӣҷҳ"),
        ("ba", "ҡҙҫ"),
        ("kk", "қғұ"),
        ("tt", "әҗ"),
        ("be", "ў"),
        ("uk", "їєґ"),
        ("ky", "ң"),
        ("mn", "өү"),
        ("mk", "ѓќѕ"),
        ("sr", "ђћ"),
    ];
    /// Kyrgyz without the letter that Mongolian has not.
    const KYRGYZ: &[&str] = &["жана", "менен", "бирок", "үчүн", "деп", "эч", "жок", "бул", "болгон", "анын"];
    let all = segments.iter().map(|segment| segment.letters as usize).sum::<usize>();
    let words = || segments.iter().flat_map(Segment::lower_words);
    let count = |letters: &str| words().flat_map(str::chars).filter(|c| letters.contains(*c)).count();
    // One in a hundred is a name from over the border.
    let found = LETTERS.iter().find(|(_, letters)| count(letters) * 100 > all).map(|(tag, _)| *tag);
    match found {
        // Of these three only Uzbek has a letter of Belarusian as well.
        Some("tg" | "kk") if count("ў") > 0 => Some("uz"),
        Some("mn") if words().any(|word| KYRGYZ.contains(&word)) => Some("ky"),
        found => found,
    }
}

/// Tigrinya writes the letter aleph in its fourth order at every turn, Amharic hardly ever.
pub(super) fn ethiopic(segments: &[Segment]) -> &'static str {
    let letters = segments.iter().map(|segment| segment.letters as usize).sum::<usize>();
    let alephs = segments.iter().flat_map(|segment| segment.text.chars()).filter(|c| *c == 'ኣ').count();
    if alephs * 80 > letters { "ti" } else { "am" }
}

/// Yiddish by its function words, else Hebrew.
pub(super) fn hebrew(segments: &[Segment]) -> &'static str {
    const YIDDISH: &[&str] = &["און", "איז", "די", "פון", "צו", "דער", "אין", "מיט", "פֿון", "האָט", "אַ", "זיך"];
    let words = || segments.iter().flat_map(|segment| segment.words.iter());
    let hits = words().filter(|word| YIDDISH.contains(&word.as_str())).count();
    if hits >= 3 && hits * 12 > words().count() { "yi" } else { "he" }
}

/// Nepali, which the statistics take for Hindi, by its function words.
pub(super) fn nepali(segments: &[Segment]) -> Option<&'static str> {
    const WORDS: &[&str] = &[
        "र",
        "छ",
        "छन्",
        "हो",
        "गर्न",
        "भएको",
        "हुन्छ",
        "तपाईं",
        "तपाईंको",
        "गर्नुहोस्",
        "हुन",
        "पनि",
        "वा",
        "हामी",
        "हाम्रो",
        "हाम्री",
        "थियो",
        "छैन",
        "छौं",
        "उनलाई",
    ];
    const HINDI: &[&str] = &["है", "हैं", "में", "के", "का", "की", "और", "को", "से", "आहे", "आणि"];
    let count = |list: &[&str]| {
        let words = segments.iter().flat_map(|segment| segment.words.iter());
        words.filter(|word| list.contains(&word.as_str())).count()
    };
    let (nepali, others) = (count(WORDS), count(HINDI));
    (nepali >= 2 && nepali > others).then_some("ne")
}
