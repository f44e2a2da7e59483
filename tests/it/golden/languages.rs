//! Languages of texts of our own: each is told, nothing English alarms, and a letterhead is not the letter.

use casegate::{
    casework::language::{is_foreign, of_page},
    kinds::text::language::Detector,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const LETTERS: &str = include_str!("languages/letters.tsv");
const ENGLISH: &str = include_str!("languages/english.txt");
const LETTERHEADS: &str = include_str!("languages/letterheads.toml");

/// Characters of a line of a letter.
const LINE_CHARS: usize = 72;

/// The letters as lines, as a page has them.
fn wrapped(text: &str) -> String {
    let (mut page, mut length) = (String::new(), 0);
    for word in text.split(' ') {
        let chars = word.chars().count() + 1;
        if length > 0 {
            page.push(if length + chars > LINE_CHARS { '\n' } else { ' ' });
            length = if length + chars > LINE_CHARS { 0 } else { length };
        }
        page.push_str(word);
        length += chars;
    }
    page
}

/// Tags that may be said, and the text.
fn letters() -> impl Iterator<Item = (Vec<&'static str>, &'static str)> {
    let lines = LETTERS.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').unwrap()).map(|(tags, text)| (tags.split('|').collect(), text))
}

/// Proves that a short letter in each of more than 90 languages is told to be in it, or for twins in one of the pair,
/// and that nothing in it counts as English.
#[test]
fn each_language_is_told() {
    let detector = Detector::new();
    let (mut told, mut misses) = (BTreeSet::new(), Vec::new());
    for (tags, text) in letters() {
        let shares = detector.shares(&wrapped(text));
        let (tag, share) = of_page(&shares);
        if !tags.contains(&tag.as_str()) || share < 1.0 {
            misses.push(format!("{tags:?}: {tag}, {share:.2}, {shares:?}"));
        }
        told.insert(tags[0]);
    }
    assert!(misses.is_empty(), "{misses:#?}");
    assert!(told.len() >= 90, "only {} languages", told.len());
}

/// Proves that a single sentence of none of them is called English, and that nearly all are called foreign.
#[test]
fn single_sentences_are_not_english() {
    let detector = Detector::new();
    let (mut all, mut foreign) = (0, 0);
    for (tags, text) in letters() {
        for sentence in text.split_inclusive(['.', '。', '।']).filter(|sentence| sentence.trim().chars().count() > 20)
        {
            let (tag, share) = of_page(&detector.shares(sentence));
            assert!(!tag.split('+').any(|tag| tag == "en"), "{tags:?}: {tag} of {sentence}");
            all += 1;
            foreign += usize::from(is_foreign(share));
        }
    }
    println!("{foreign} of {all} single sentences are called foreign");
    assert!(foreign * 100 >= all * 98, "only {foreign} of {all}");
}

/// Proves that letters of scripts which no detector knows are not English: by their tag, or as `mis`.
#[test]
fn unknown_scripts_are_not_english() {
    const SCRIPTS: [(&str, &str); 18] = [
        ("chr", "ᎠᏂᏴᏫᏯ ᎤᏂᏲᎱᏒ ᎠᏍᎦᏯ ᎤᏥᎸᏅᎢ ᎠᏓᏅᏖᏗ ᎤᏪᏥ ᎠᏲᎵ ᎤᏢᎦ"),
        ("iu", "ᓄᑕᕋᖅ ᐋᓐᓂᐊᖅᑐᖅ ᐅᓐᓄᒃᑯᑦ ᐆᓇᖅᓯᓯᒪᔪᖅ ᓘᒃᑖᖅ ᑕᑯᓚᐅᖅᑕᖓ"),
        ("nqo", "ߒ ߘߋ߲߭ ߡߊ߫ ߞߍ߲ߘߍ߫ ߕߟߋ߬ ߛߓߊ߬ ߖߊ߲߬ߞߊ߬ߙߏ߬ ߡߌ߬ߛߊ߬ߡߊ߲"),
        ("syr", "ܛܠܝܐ ܟܪܝܗܐ ܗܘܐ ܡܢ ܬܠܬܐ ܝܘܡܬܐ ܘܐܫܬܐ ܐܝܬ ܠܗ"),
        ("zgh", "ⵜⴰⵔⴱⴰⵜ ⵏⵏⵖ ⵜⵓⴹⵏ ⵣⴳ ⵢⵓⵔ ⵢⵍⵍⵉ ⵉⵣⵔⵉⵏ ⴷ ⵜⵍⵍⴰ ⵖⵓⵔⵙ ⵜⴰⵡⵍⴰ"),
        ("mn", "ᠮᠠᠨ ᠤ ᠬᠦᠦᠬᠡᠳ ᠬᠠᠪᠤᠷ ᠡᠴᠡ ᠡᠪᠡᠳᠴᠢᠲᠡᠢ ᠪᠣᠯᠵᠠᠢ"),
        ("mis", "ꦲꦤꦏ꧀ꦏꦸꦮꦺꦴꦢꦺꦴꦤ꧀ꦭꦫꦮꦶꦮꦶꦠ꧀ꦱꦱꦶꦏꦼꦥꦸꦁꦏꦸꦂ"),
        ("mis", "ꕉꕜꕮ ꕘꕞꕌ ꗛꔤꗢ ꕯꕊ ꖨꕮ ꕪꖃ ꗏꔀꕮ ꕞꕌ ꖨꔻ"),
        ("mis", "𞤃𞤢𞥄𞤱𞤣𞤮 𞤢𞤥𞤫𞤲 𞤻𞤢𞥄𞤱𞤭𞥅 𞤬𞤵𞤣𞥆𞤫 𞤤𞤫𞤱𞤪𞤵 𞤬𞤢𞤶𞤭𞥅𞤲𞤣𞤵"),
        ("mis", "ᱟᱞᱮᱭᱟᱜ ᱜᱤᱫᱽᱨᱟᱹ ᱨᱩᱣᱟᱹ ᱟᱠᱟᱱᱟᱭ ᱢᱤᱫ ᱪᱟᱸᱫᱚ ᱠᱷᱚᱱ"),
        ("mis", "ꯑꯩꯈꯣꯌꯒꯤ ꯃꯆꯥꯅꯨꯄꯤ ꯁꯤ ꯊꯥ ꯑꯃꯗꯒꯤ ꯅꯥꯔꯤ"),
        ("mis", "ᬧᬶᬬᬡᬓ᭄ᬳᬶᬭᬶᬂᬲᬸᬗ᭄ᬓᬦ᭄ᬳᬸᬮᬶᬳᬩᬸᬮᬦ᭄"),
        ("mis", "ᥐᥣᥖ ᥘᥭᥰ ᥛᥤᥰ ᥓᥥᥙ ᥘᥩᥢᥰ ᥖᥨᥝ ᥛᥭᥲ ᥐᥣ ᥞᥣᥭ"),
        ("mis", "ᦟᦲᧅ ᦙᦱᧈ ᦵᦈᧇ ᦓᦱᧄ ᦷᦎ ᦋᦸᧂ ᦉᦱᧄ ᦟᦱᧉ ᦀᦱᧃ ᦅᦱᧃ"),
        ("mis", "ꓞꓯ ꓐꓲ ꓟꓳ ꓠꓸ ꓡꓶ ꓗꓴ ꓢꓰ ꓫꓵ ꓚꓬ ꓙꓮ ꓜꓱ ꓝꓹ"),
        ("mis", "ꆈꌠꁱꂷ ꊿꃅꐯꌠ ꈍꄉꏦꌐ ꃀꄉꌐꇬꆹ ꁯꊪ ꆽꄿ ꃪꇐ"),
        ("mis", "𐒈𐒝𐒑𐒛𐒐𐒘 𐒋𐒘𐒈𐒑𐒛𐒒𐒕𐒀 𐒖𐒂𐒂𐒗𐒇 𐒐𐒖𐒆𐒙 𐒛𐒁𐒖"),
        ("mis", "𑄇𑄧𑄌𑄴 𑄟𑄨𑄣𑄬 𑄛𑄨𑄢𑄬 𑄃𑄬𑄇𑄴 𑄟𑄌𑄴 𑄙𑄧𑄢𑄨 𑄝𑄢 𑄃𑄨𑄠𑄬"),
    ];
    let detector = Detector::new();
    for (wanted, text) in SCRIPTS {
        let shares = detector.shares(text);
        let (tag, share) = of_page(&shares);
        assert_eq!((tag.as_str(), share), (wanted, 1.0), "{text}: {shares:?}");
    }
}

/// Proves that nothing of what English records hold of names, drugs, Latin, codes and tables is taken for foreign.
#[test]
fn english_records_do_not_alarm() {
    let detector = Detector::new();
    let blocks: Vec<&str> = ENGLISH.split("====\n").collect();
    assert!(blocks.len() >= 40, "only {} blocks", blocks.len());
    let mut alarms = Vec::new();
    for block in blocks {
        let lines = block.lines().filter(|line| !line.starts_with('#'));
        let shares = detector.shares(&lines.collect::<Vec<_>>().join("\n"));
        let (tag, share) = of_page(&shares);
        if is_foreign(share) || !matches!(tag.as_str(), "en" | "und" | "-") {
            alarms.push(format!("{tag}, {share:.2}: {block}"));
        }
    }
    assert!(alarms.is_empty(), "{alarms:#?}");
}

/// Heads and letters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Letterheads {
    foreign_heads: BTreeMap<String, String>,
    english_heads: BTreeMap<String, String>,
    letters: BTreeMap<String, Vec<String>>,
}

impl Letterheads {
    /// The first sentences of a letter under a head, with a gap between them and without.
    fn pages(&self, head: &str, (tag, sentences): (&str, usize)) -> [String; 2] {
        let letter = wrapped(&self.letters[tag][..sentences].join(" "));
        ["\n\n", "\n"].map(|gap| format!("{}{gap}{letter}", head.trim()))
    }
}

/// Proves that a foreign letterhead of three to five lines over an English letter, however short, leaves it English,
/// and that an English one over a foreign letter makes it neither English nor mixed.
#[test]
fn a_letterhead_is_not_the_letter() {
    let parts: Letterheads = toml::from_str(LETTERHEADS).unwrap();
    let detector = Detector::new();
    let mut wrong = Vec::new();
    let mut check = |name: &str, page: &str, wanted: &str| {
        let shares = detector.shares(page);
        let (tag, share) = of_page(&shares);
        if tag != wanted || is_foreign(share) != (wanted != "en") {
            wrong.push(format!("{name} over {wanted}: {tag}, {share:.2}, {shares:?}\n{page}"));
        }
    };
    for (name, head) in &parts.foreign_heads {
        for sentences in [2, 5, 12] {
            parts.pages(head, ("en", sentences)).iter().for_each(|page| check(name, page, "en"));
        }
    }
    for (name, head) in &parts.english_heads {
        for tag in parts.letters.keys().filter(|tag| *tag != "en") {
            for sentences in [2, 5] {
                parts.pages(head, (tag, sentences)).iter().for_each(|page| check(name, page, tag));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Proves that a letterhead's shape does not excuse what is content: foreign diagnoses, tables and paragraphs above
/// English text are still seen.
#[test]
fn content_is_no_letterhead() {
    let parts: Letterheads = toml::from_str(LETTERHEADS).unwrap();
    let detector = Detector::new();
    let english = wrapped(&parts.letters["en"][..3].join(" "));
    let spanish = wrapped(&parts.letters["es"][..3].join(" "));
    let diagnoses = "Diagnóstico: neumonía de la base derecha\nTratamiento: antibiótico por vía oral durante diez días\n\
                     Evolución: favorable, sin fiebre desde el tercer día";
    let head = parts.foreign_heads["es-hospital"].trim();
    for above in [diagnoses.to_owned(), format!("{head}\n\n{diagnoses}"), spanish.clone(), format!("{head}\n{spanish}")]
    {
        let (tag, share) = of_page(&detector.shares(&format!("{above}\n\n{english}")));
        assert!(is_foreign(share) && tag.contains("es"), "{tag}, {share:.2}:\n{above}");
    }
}

/// Proves that the lines of each language of a mixed page are named, to a line.
#[test]
fn lines_of_a_mixed_page_are_named() {
    let parts: Letterheads = toml::from_str(LETTERHEADS).unwrap();
    let english = wrapped(&parts.letters["en"][..6].join(" "));
    let spanish = wrapped(&parts.letters["es"].join(" "));
    let russian = wrapped(&parts.letters["ru"].join(" "));
    let detector = Detector::new();
    let page = format!("{english}\n\n{spanish}\n\n{russian}");
    let said = detector.languages(&page).lines;
    let count = |text: &str| text.lines().count() as u32;
    let (first, second) = (count(&english), count(&english) + 1 + count(&spanish));
    let wanted = [("en", 1, first), ("es", first + 2, second), ("ru", second + 2, count(&page))];
    let said: Vec<_> = said.iter().map(|run| (run.tag.as_str(), run.first, run.last)).collect();
    assert_eq!(said, wanted);
    assert!(detector.languages(&english).lines.is_empty());
    // Turn by turn, line by line, more than is kept.
    let turns = format!("{english}\n\n{spanish}\n\n").repeat(40);
    assert_eq!(detector.languages(&turns).lines.len(), casegate::domain::limits::LANGUAGE_LINES_MAX);
}
