//! Which languages a page is written in: line by line, weighed by letters.
//!
//! A page is cut into segments of some forty letters (`segment`), each judged for itself, because a whole page of
//! English hides a Spanish paragraph. A script with one language decides by itself (`script`). Latin text has two
//! witnesses: function words (`words`) and the letter statistics of lingua. A segment is called foreign only when
//! both allow it, for drug names, diagnoses in Latin, names and addresses look foreign to letter statistics alone;
//! they stay `und`, outside the vote. Where a page is foreign, its tag is told from all its foreign text together,
//! for close relatives (Croatian, Bosnian) cannot be told apart by a line.
//!
//! [`page_language`] and [`roll_up`] draw the conclusion for a page and for a document.
//!
//! The statistics stand in the binary and are not copied: a detector costs little memory, and it starts no thread,
//! so that it may run behind a jail that refuses them.

mod rollup;
mod script;
mod segment;
mod words;

pub use rollup::{page_language, roll_up};

use crate::domain::facts::LanguageShare;
use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};
use script::Script;
use segment::{LETTERS_JUDGED_MIN, Segment, segments};
use std::collections::BTreeMap;
use words::Hits;

/// Characters of joined text that are given to the statistics: more changes nothing.
const SAMPLE_CHARS_MAX: usize = 1_500;

/// The tag for letters whose language cannot be told.
const UNDETERMINED: &str = "und";

/// Tells languages. Made once, then asked any number of times.
pub struct Detector {
    latin: LanguageDetector,
    cyrillic: LanguageDetector,
    arabic: LanguageDetector,
    devanagari: LanguageDetector,
}

impl Default for Detector {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Detector")
    }
}

/// What one segment of Latin text looks like.
#[derive(Clone, PartialEq, Debug)]
enum Judgement {
    English,
    Foreign {
        tag: String,
        hits: u32,
    },
    /// Neither shows enough evidence; `lean` is what the statistics would say.
    Undetermined {
        lean: Option<String>,
    },
}

impl Detector {
    /// Sets up the statistics. Latin the language is no candidate: nobody writes a discharge letter in it, and every
    /// list of diagnoses would be taken for it.
    pub fn new() -> Self {
        let latin: Vec<Language> =
            Language::all_with_latin_script().into_iter().filter(|language| language.to_string() != "Latin").collect();
        let build = |languages: &[Language]| LanguageDetectorBuilder::from_languages(languages).build();
        let all = |languages: std::collections::HashSet<Language>| build(&languages.into_iter().collect::<Vec<_>>());
        Self {
            latin: build(&latin),
            cyrillic: all(Language::all_with_cyrillic_script()),
            arabic: all(Language::all_with_arabic_script()),
            devanagari: all(Language::all_with_devanagari_script()),
        }
    }

    /// The languages of a page, heaviest first: BCP 47 tags, weight in letters (a sign of Chinese, Japanese or Korean
    /// counts as two), `und` for letters whose language cannot be told. Empty where the page has no letters.
    pub fn shares(&self, page: &str) -> Vec<LanguageShare> {
        let mut letters: BTreeMap<String, u32> = BTreeMap::new();
        let mut latin = Vec::new();
        let mut others: BTreeMap<&'static str, Vec<Segment>> = BTreeMap::new();
        for segment in segments(page) {
            match segment.script {
                Script::Latin => latin.push(segment),
                Script::Cyrillic => others.entry("cyrillic").or_default().push(segment),
                Script::Arabic => others.entry("arabic").or_default().push(segment),
                Script::Devanagari => others.entry("devanagari").or_default().push(segment),
                Script::Han => others.entry("han").or_default().push(segment),
                Script::Kana => *letters.entry("ja".to_owned()).or_default() += segment.letters,
                Script::One(tag) => *letters.entry(tag.to_owned()).or_default() += segment.letters,
            }
        }
        for (name, segments) in others {
            let weight: u32 = segments.iter().map(|segment| segment.letters).sum();
            let tag = match name {
                "cyrillic" => self.of_script(&self.cyrillic, &segments),
                "arabic" => arabic_by_letters(&segments).unwrap_or_else(|| self.of_script(&self.arabic, &segments)),
                "devanagari" => nepali(&segments).unwrap_or_else(|| self.of_script(&self.devanagari, &segments)),
                // Han beside kana anywhere on the page is Japanese, as a title or a list of names has no kana.
                _ if letters.contains_key("ja") => "ja".to_owned(),
                _ => "zh".to_owned(),
            };
            *letters.entry(tag).or_default() += weight;
        }
        for (segment, tag) in latin.iter().zip(self.latin_page(&latin)) {
            *letters.entry(tag).or_default() += segment.letters;
        }
        let mut shares: Vec<_> = letters.into_iter().map(|(tag, letters)| LanguageShare { tag, letters }).collect();
        shares.sort_by(|a, b| b.letters.cmp(&a.letters).then_with(|| a.tag.cmp(&b.tag)));
        shares
    }

    /// The language of all text of one script on a page together.
    fn of_script(&self, detector: &LanguageDetector, segments: &[Segment]) -> String {
        let sample = sample(segments.iter());
        let best = detector.compute_language_confidence_values(sample).into_iter().next();
        best.filter(|(_, confidence)| *confidence > 0.0).map_or_else(|| UNDETERMINED.to_owned(), |(best, _)| tag(best))
    }

    /// The tag of each Latin segment of a page.
    fn latin_page(&self, segments: &[Segment]) -> Vec<String> {
        let mut judged: Vec<Judgement> = segments.iter().map(|segment| self.latin_segment(segment)).collect();
        self.settle_short_page(segments, &mut judged);
        let foreign: Vec<&Segment> = pick(segments, &judged, |j| matches!(j, Judgement::Foreign { .. }));
        let Some(main) = self.main_foreign(&foreign) else {
            return judged
                .iter()
                .map(|j| if *j == Judgement::English { "en" } else { UNDETERMINED }.to_owned())
                .collect();
        };
        let weight = |wanted: fn(&Judgement) -> bool| -> u32 {
            pick(segments, &judged, wanted).iter().map(|segment| segment.letters).sum()
        };
        let english = weight(|j| *j == Judgement::English);
        let foreign_letters = weight(|j| matches!(j, Judgement::Foreign { .. }));
        let mut by_tag: BTreeMap<&str, u32> = BTreeMap::new();
        for (segment, judgement) in segments.iter().zip(&judged) {
            if let Judgement::Foreign { tag, .. } = judgement {
                *by_tag.entry(tag).or_default() += segment.letters;
            }
        }
        let second = |tag: &str| by_tag.get(tag).copied().unwrap_or(0) >= (foreign_letters / 4).max(100);
        let settled = |(segment, judgement): (&Segment, &Judgement)| match judgement {
            Judgement::English => "en".to_owned(),
            Judgement::Foreign { tag, hits } if *tag != main => {
                let of_main = Hits::of(segment.lower_words()).get(&main);
                let own = *hits >= 3 && *hits > of_main + 1 && second(tag) && !relatives(tag, &main);
                if own { tag.clone() } else { main.clone() }
            }
            Judgement::Foreign { .. } => main.clone(),
            // What leans away from English inside a foreign page is that page's language: a title, a table.
            Judgement::Undetermined { lean } => {
                let leans = lean.as_deref().is_some_and(|lean| lean != "en");
                if leans && foreign_letters > english { main.clone() } else { UNDETERMINED.to_owned() }
            }
        };
        segments.iter().zip(&judged).map(settled).collect()
    }

    /// A page on which no segment decides for itself is judged as a whole.
    fn settle_short_page(&self, segments: &[Segment], judged: &mut [Judgement]) {
        if judged.iter().any(|j| !matches!(j, Judgement::Undetermined { .. })) || segments.len() < 2 {
            return;
        }
        let Some(whole) = Segment::join(segments) else { return };
        let verdict = self.latin_segment(&whole);
        if !matches!(verdict, Judgement::Undetermined { .. }) {
            judged.fill(verdict);
        }
    }

    /// The language of all foreign Latin text of a page together.
    fn main_foreign(&self, foreign: &[&Segment]) -> Option<String> {
        if foreign.is_empty() {
            return None;
        }
        let hits = Hits::of(foreign.iter().flat_map(|segment| segment.lower_words()));
        let confidences = self.confidences(&sample(foreign.iter().copied()));
        weigh(&confidences, &hits).into_iter().map(|(tag, _)| tag).find(|tag| tag != "en")
    }

    /// Judges one segment by itself.
    fn latin_segment(&self, segment: &Segment) -> Judgement {
        let hits = Hits::of(segment.lower_words());
        let english = hits.english();
        let (best, best_hits, _) = hits.best_foreign();
        // Running text with its function words needs no statistics, and most segments are such.
        if english >= 2 && english > best_hits {
            return Judgement::English;
        }
        if best_hits >= 3 && best_hits >= 2 * english.max(1) && segment.letters >= LETTERS_JUDGED_MIN {
            return Judgement::Foreign { tag: best.to_owned(), hits: best_hits };
        }
        if segment.letters < LETTERS_JUDGED_MIN {
            return if english > best_hits { Judgement::English } else { Judgement::Undetermined { lean: None } };
        }
        let confidences = self.confidences(&segment.text);
        let Some((top, _)) = weigh(&confidences, &hits).into_iter().next() else {
            return Judgement::Undetermined { lean: None };
        };
        let confidence = confidences.get(&top).copied().unwrap_or(0.0);
        if top == "en" {
            let clear = english >= 1 || confidence >= 0.5;
            return if clear { Judgement::English } else { Judgement::Undetermined { lean: Some(top) } };
        }
        let own = hits.get(&top);
        if is_foreign(segment, confidence, own, english) {
            return Judgement::Foreign { tag: top, hits: own };
        }
        Judgement::Undetermined { lean: Some(top) }
    }

    /// The statistics' confidence in each Latin-script language, 0 to 1.
    fn confidences(&self, text: &str) -> BTreeMap<String, f64> {
        let values = self.latin.compute_language_confidence_values(text);
        values.into_iter().map(|(language, confidence)| (tag(language), confidence)).collect()
    }
}

/// Does a segment show enough of a foreign language of its own: its function words, its letters, or length?
fn is_foreign(segment: &Segment, confidence: f64, own: u32, english: u32) -> bool {
    let marked = segment.marked_words();
    let words = own >= 2 && own > english || own >= 1 && english == 0 && confidence >= 0.5;
    let letters = english == 0 && (marked >= 2 && confidence >= 0.5 || marked >= 1 && confidence >= 0.8);
    let length = english == 0 && confidence >= 0.9 && segment.is_prose() && segment.words.len() >= 12;
    words || letters || length
}

/// Both witnesses together, best first: one word in ten being a function word outweighs a confidence of a third.
fn weigh(confidences: &BTreeMap<String, f64>, hits: &Hits) -> Vec<(String, f64)> {
    const FLOOR: f64 = 1e-3;
    const WORDS_WEIGHT: f64 = 14.0;
    let mut scores: BTreeMap<String, f64> =
        confidences.iter().map(|(tag, confidence)| (tag.clone(), (confidence + FLOOR).ln())).collect();
    for (tag, share) in hits.shares() {
        *scores.entry(tag.to_owned()).or_insert(FLOOR.ln()) += WORDS_WEIGHT * share;
    }
    let mut scores: Vec<_> = scores.into_iter().collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores
}

/// Languages so close that a line of one is easily taken for the other.
fn relatives(a: &str, b: &str) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["hr", "bs", "sr", "sl"],
        &["nb", "nn", "da", "sv"],
        &["cs", "sk"],
        &["id", "ms"],
        &["es", "gl", "pt", "ca"],
        &["zu", "xh", "st"],
        &["nl", "af"],
        &["tr", "az"],
        &["fr", "ht"],
    ];
    FAMILIES.iter().any(|family| family.contains(&a) && family.contains(&b))
}

/// Languages of Arabic script that the statistics do not know, by letters that only they have.
fn arabic_by_letters(segments: &[Segment]) -> Option<String> {
    let count = |letters: &str| {
        let chars = segments.iter().flat_map(|segment| segment.text.chars());
        chars.filter(|c| letters.contains(*c)).count()
    };
    let all = segments.iter().map(|segment| segment.letters as usize).sum::<usize>().max(1);
    [("ps", "ټډړږښڼې"), ("ckb", "ڕڵۆێە"), ("ug", "ۇۆۈۋې")]
        .into_iter()
        .map(|(tag, letters)| (tag, count(letters)))
        .max_by_key(|(_, letters)| *letters)
        .filter(|(_, letters)| letters * 25 > all)
        .map(|(tag, _)| tag.to_owned())
}

/// Nepali, which the statistics take for Hindi, by its function words.
fn nepali(segments: &[Segment]) -> Option<String> {
    const WORDS: &[&str] = &["र", "छ", "छन्", "हो", "गर्न", "भएको", "हुन्छ", "तपाईं", "तपाईंको", "गर्नुहोस्", "हुन", "पनि", "वा"];
    const HINDI: &[&str] = &["है", "हैं", "में", "के", "का", "की", "और", "को", "से", "आहे", "आणि"];
    let count = |list: &[&str]| {
        let words = segments.iter().flat_map(|segment| segment.words.iter());
        words.filter(|word| list.contains(&word.as_str())).count()
    };
    let (nepali, others) = (count(WORDS), count(HINDI));
    (nepali >= 2 && nepali > others).then(|| "ne".to_owned())
}

fn tag(language: Language) -> String {
    language.iso_code_639_1().to_string().to_lowercase()
}

fn pick<'a>(segments: &'a [Segment], judged: &[Judgement], wanted: fn(&Judgement) -> bool) -> Vec<&'a Segment> {
    segments.iter().zip(judged).filter(|(_, judgement)| wanted(judgement)).map(|(segment, _)| segment).collect()
}

/// The first characters of some segments together.
fn sample<'a>(segments: impl Iterator<Item = &'a Segment>) -> String {
    let mut text = String::new();
    for segment in segments {
        text.push_str(&segment.text);
        text.push('\n');
        if text.len() >= 4 * SAMPLE_CHARS_MAX {
            break;
        }
    }
    text.chars().take(SAMPLE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
