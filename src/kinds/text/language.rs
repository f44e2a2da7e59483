//! Which languages a page is written in: line by line, weighed by letters.
//!
//! A page is cut into segments of some forty letters (`segment`), each judged for itself, because a whole page of
//! English hides a Spanish paragraph. A script with one language decides by itself (`script`). Latin text has two
//! witnesses: function words (`words`) and the letter statistics of lingua. A segment is called foreign only when
//! both allow it, for drug names, diagnoses in Latin, names and addresses look foreign to letter statistics alone;
//! they stay `und`, outside the vote. Where a page is foreign, its tag is told from all its foreign text together,
//! for close relatives (Croatian, Bosnian) cannot be told apart by a line.
//!
//! A letterhead (`letterhead`) in another language than what is written below it hardly counts. Where a page has several
//! languages, `spans` says which lines are in which.
//!
//! `casework::language` draws the conclusion for a page and for a document.
//!
//! The statistics stand in the binary and are not copied: a detector costs little memory, and it starts no thread,
//! so that it may run behind a jail that refuses them.

mod kin;
mod letterhead;
mod script;
mod segment;
mod spans;
mod words;

use crate::domain::facts::{LanguageShare, PageLanguages};
use kin::{arabic_by_letters, cyrillic_by_letters, ethiopic, hebrew, nepali, relatives};
use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};
use script::Script;
use segment::{LETTERS_JUDGED_MIN, Place, Segment, segments};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use words::Hits;

/// Characters of joined text that are given to the statistics: more changes nothing.
const SAMPLE_CHARS_MAX: usize = 1_500;

/// Bytes of a page that are read as a whole. Of a longer one (a text file has one page) this much is read, in blocks
/// spread evenly: shares are about the same, and the time is bounded.
const PAGE_BYTES_MAX: usize = 128 << 10;

/// Bytes of one such block.
const BLOCK_BYTES: usize = 4 << 10;

/// Letters of a page that holds no more than a name, at most: the longest names, or two of them.
const NAME_LETTERS_MAX: u32 = 60;

/// What of the letters of a letterhead counts, one in so many, where it is in another language than the letter: three to
/// five lines of it weigh less than a quarter of the shortest letter of two sentences.
const HEAD_PART: u32 = 8;

/// The tag for letters whose language cannot be told.
const UNDETERMINED: &str = "und";

/// The tag for a language that is not English and that we have no tag for (ISO 639-3 `mis`, uncoded languages).
const UNCODED: &str = "mis";

/// Letters of running text without one English word from which a page is in a language that we do not know.
const UNCODED_LETTERS_MIN: u32 = 250;

/// Words of running text from which the share of English ones among them says whether it is English at all.
const PROSE_WORDS_MIN: u32 = 25;

/// One running word in so many is a function word of English or a word of its clinics where it is English: every second or
/// third is, in the notes of a ward fewer. Of languages that share `a`, `an`, `me` and `are` by chance it is one in six to eight.
const ENGLISH_WORDS_PART: u32 = 3;

/// Confidence of the statistics from which a text with few of those words is English: the notes of a ward.
const ENGLISH_CONFIDENCE_MIN: f64 = 0.5;

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
        let all = |languages: HashSet<Language>| build(&languages.into_iter().collect::<Vec<_>>());
        Self {
            latin: build(&latin),
            cyrillic: all(Language::all_with_cyrillic_script()),
            arabic: all(Language::all_with_arabic_script()),
            devanagari: all(Language::all_with_devanagari_script()),
        }
    }

    /// The languages of a page and where on it they stand.
    pub fn languages(&self, page: &str) -> PageLanguages {
        let text = sampled(page);
        let told = self.tags(segments(&text));
        // Lines of a part are not those of the page.
        let lines = if matches!(text, Cow::Borrowed(_)) { spans::of(&told) } else { Vec::new() };
        PageLanguages { shares: weighed(&told), lines }
    }

    /// The languages of a page, heaviest first: BCP 47 tags, weight in letters (a sign of Chinese, Japanese or Korean
    /// counts as two, a letter of a letterhead in another language than the letter's as an eighth), `und` for letters
    /// whose language cannot be told. Empty where the page has no letters.
    pub fn shares(&self, page: &str) -> Vec<LanguageShare> {
        self.languages(page).shares
    }

    /// Each segment with its tag, in the order of the page.
    fn tags(&self, all: Vec<Segment>) -> Vec<(Segment, String)> {
        let mut by_script: HashMap<Script, Vec<Segment>> = HashMap::new();
        for segment in all {
            by_script.entry(segment.script).or_default().push(segment);
        }
        // Han beside kana anywhere on the page is Japanese: a title or a list of names has no kana.
        let japanese = by_script.contains_key(&Script::Kana);
        let mut told: Vec<(Segment, String)> = Vec::new();
        for (script, segments) in by_script {
            let tags = match script {
                Script::Latin => self.latin_page(&segments),
                Script::Han if !japanese => vec!["zh".to_owned(); segments.len()],
                Script::Han | Script::Kana => vec!["ja".to_owned(); segments.len()],
                script => vec![self.of_script(script, &segments); segments.len()],
            };
            told.extend(segments.into_iter().zip(tags));
        }
        told.sort_by(|(a, a_tag), (b, b_tag)| a.lines.cmp(&b.lines).then_with(|| a_tag.cmp(b_tag)));
        told
    }

    /// The language of all text of one script on a page together.
    fn of_script(&self, script: Script, segments: &[Segment]) -> String {
        let (known, detector) = match script {
            Script::Arabic => (arabic_by_letters(segments), &self.arabic),
            Script::Devanagari => (nepali(segments), &self.devanagari),
            Script::One("am") => (Some(ethiopic(segments)), &self.latin),
            Script::One("he") => (Some(hebrew(segments)), &self.latin),
            Script::One(UNDETERMINED) => (Some(UNCODED), &self.latin),
            Script::One(tag) => (Some(tag), &self.latin),
            Script::Cyrillic => (cyrillic_by_letters(segments), &self.cyrillic),
            Script::Latin | Script::Han | Script::Kana => (None, &self.latin),
        };
        if let Some(tag) = known {
            return tag.to_owned();
        }
        let best = detector.compute_language_confidence_values(sample(segments.iter())).into_iter().next();
        best.filter(|(_, confidence)| *confidence > 0.0).map_or_else(|| UNDETERMINED.to_owned(), |(best, _)| tag(best))
    }

    /// The tag of each Latin segment of a page.
    fn latin_page(&self, segments: &[Segment]) -> Vec<String> {
        if is_name(segments) {
            return vec![UNDETERMINED.to_owned(); segments.len()];
        }
        let mut judged: Vec<Judgement> = segments.iter().map(|segment| self.latin_segment(segment)).collect();
        self.settle_short_page(segments, &mut judged);
        if self.is_unknown(segments, &judged) {
            return segments.iter().zip(&judged).map(|(segment, judgement)| unknown(segment, judgement)).collect();
        }
        let foreign: Vec<&Segment> = pick(segments, &judged, |j| matches!(j, Judgement::Foreign { .. }));
        let Some(main) = self.main_foreign(&foreign) else {
            return uncoded(segments, &judged);
        };
        let weight = |wanted: fn(&Judgement) -> bool| -> u32 {
            pick(segments, &judged, wanted).iter().map(|segment| segment.letters).sum()
        };
        let english = weight(|j| *j == Judgement::English);
        let foreign_letters = weight(|j| matches!(j, Judgement::Foreign { .. }));
        // A second foreign language must be plain in each of its segments: most are misreadings of the main one.
        let is_other = |segment: &Segment, tag: &str, hits: u32| {
            let of_main = Hits::of(segment.lower_words()).get(&main);
            tag != main && hits >= 4 && hits > 2 * of_main && !relatives(tag, &main)
        };
        let mut others: BTreeMap<&str, u32> = BTreeMap::new();
        for (segment, judgement) in segments.iter().zip(&judged) {
            if let Judgement::Foreign { tag, hits } = judgement
                && is_other(segment, tag, *hits)
            {
                *others.entry(tag).or_default() += segment.letters;
            }
        }
        others.retain(|_, letters| *letters >= (foreign_letters / 4).max(100));
        let settled = |(segment, judgement): (&Segment, &Judgement)| match judgement {
            Judgement::English => "en".to_owned(),
            Judgement::Foreign { tag, hits } if others.contains_key(tag.as_str()) && is_other(segment, tag, *hits) => {
                tag.clone()
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

    /// Is the running text of a page in none of the known languages, English among them, but for what is plainly foreign? Two
    /// words that English has as well make a segment pass for it; a page has too few of them, and its letters are not English.
    /// Where more of it is foreign than English, it is a known language with odd lines.
    fn is_unknown(&self, segments: &[Segment], judged: &[Judgement]) -> bool {
        let is_foreign = |judgement: &Judgement| matches!(judgement, Judgement::Foreign { .. });
        let is_english = |judgement: &Judgement| *judgement == Judgement::English;
        let letters = |segments: &[&Segment]| segments.iter().map(|segment| segment.letters).sum::<u32>();
        let mut prose = pick(segments, judged, |judgement| !matches!(judgement, Judgement::Foreign { .. }));
        prose.retain(|segment| segment.is_prose());
        let hits = Hits::of(prose.iter().flat_map(|segment| segment.lower_words()));
        let is_told = !judged.contains(&Judgement::English)
            || hits.words < PROSE_WORDS_MIN
            || hits.english_words() * ENGLISH_WORDS_PART >= hits.words
            || letters(&pick(segments, judged, is_foreign)) > letters(&pick(segments, judged, is_english));
        !is_told && self.confidences(&sample(prose.into_iter())).get("en").is_none_or(|en| *en < ENGLISH_CONFIDENCE_MIN)
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
        let english_alone = Hits::english_beside(segment.lower_words(), &top);
        if is_foreign(segment, confidence, own, (english, english_alone)) {
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

/// The weight of each language, heaviest first.
fn weighed(told: &[(Segment, String)]) -> Vec<LanguageShare> {
    let body = |(segment, tag): &&(Segment, String)| segment.place == Place::Body && tag != UNDETERMINED;
    let main = sums(told.iter().filter(body).map(|(segment, tag)| (tag.as_str(), segment.letters))).into_iter().next();
    let weight = |(segment, tag): &(Segment, String)| {
        let is_strange = main.as_ref().is_some_and(|main| main.tag != *tag);
        if segment.place == Place::Head && is_strange { segment.letters.div_ceil(HEAD_PART) } else { segment.letters }
    };
    sums(told.iter().map(|pair| (pair.1.as_str(), weight(pair))))
}

/// Letters by tag, heaviest first.
fn sums<'a>(letters: impl Iterator<Item = (&'a str, u32)>) -> Vec<LanguageShare> {
    let mut by_tag: BTreeMap<&str, u32> = BTreeMap::new();
    letters.for_each(|(tag, letters)| *by_tag.entry(tag).or_default() += letters);
    let shares = by_tag.into_iter().map(|(tag, letters)| LanguageShare { tag: tag.to_owned(), letters });
    let mut shares: Vec<LanguageShare> = shares.collect();
    shares.sort_by(|a, b| b.letters.cmp(&a.letters).then_with(|| a.tag.cmp(&b.tag)));
    shares
}

/// Does a segment show enough of a foreign language of its own: its function words, its letters, or length? `alone` are
/// the English words that are none of that language: the `i` of a Polish line speaks for neither.
fn is_foreign(segment: &Segment, confidence: f64, own: u32, (english, alone): (u32, u32)) -> bool {
    let marked = segment.marked_words();
    let words = own >= 2 && own > english || own >= 1 && english == 0 && confidence >= 0.5;
    let letters = alone == 0 && (marked >= 2 && confidence >= 0.5 || marked >= 1 && confidence >= 0.8);
    let length = alone == 0 && confidence >= 0.9 && segment.is_prose() && segment.words.len() >= 12;
    words || letters || length
}

/// Is all Latin text of a page no more than names of people and places, whose particles are words of their languages?
fn is_name(segments: &[Segment]) -> bool {
    let small =
        || segments.iter().flat_map(|segment| &segment.words).filter(|word| word.starts_with(char::is_lowercase));
    let letters: u32 = segments.iter().map(|segment| segment.letters).sum();
    letters <= NAME_LETTERS_MAX && small().next().is_some() && small().all(|word| kin::is_particle(word))
}

/// The tag of a segment on such a page.
fn unknown(segment: &Segment, judgement: &Judgement) -> String {
    match judgement {
        Judgement::Foreign { tag, .. } => tag.clone(),
        _ if segment.is_prose() => UNCODED.to_owned(),
        _ => UNDETERMINED.to_owned(),
    }
}

/// Tags of a page on which no known language but English shows: running text without English words is uncoded.
fn uncoded(segments: &[Segment], judged: &[Judgement]) -> Vec<String> {
    let strange = |segment: &Segment, judgement: &Judgement| {
        let undetermined = matches!(judgement, Judgement::Undetermined { .. });
        let words = segment.words.len() >= 5 && segment.is_prose();
        // In English every third word is a function word; one in eight is chance.
        undetermined && words && Hits::of(segment.lower_words()).english() * 8 <= segment.words.len() as u32
    };
    let sum = |wanted: &dyn Fn(&Segment, &Judgement) -> bool| -> u32 {
        segments.iter().zip(judged).filter(|(s, j)| wanted(s, j)).map(|(segment, _)| segment.letters).sum()
    };
    let english = sum(&|_, judgement| *judgement == Judgement::English);
    let strange_letters = sum(&strange);
    let is_uncoded = strange_letters >= UNCODED_LETTERS_MIN && strange_letters > english + english / 2;
    let tag = |(segment, judgement): (&Segment, &Judgement)| match judgement {
        Judgement::English => "en",
        _ if is_uncoded && strange(segment, judgement) => UNCODED,
        _ => UNDETERMINED,
    };
    segments.iter().zip(judged).map(|pair| tag(pair).to_owned()).collect()
}

/// Both witnesses together, best first: one word in ten being a function word outweighs a confidence of a third. On a
/// language that the statistics do not know they are silent, which speaks less against it than their denial.
fn weigh(confidences: &BTreeMap<String, f64>, hits: &Hits) -> Vec<(String, f64)> {
    const FLOOR: f64 = 1e-3;
    const SILENCE: f64 = 0.05;
    const WORDS_WEIGHT: f64 = 14.0;
    let mut scores: BTreeMap<String, f64> =
        confidences.iter().map(|(tag, confidence)| (tag.clone(), (confidence + FLOOR).ln())).collect();
    for (tag, share) in hits.shares() {
        *scores.entry(tag.to_owned()).or_insert(SILENCE.ln()) += WORDS_WEIGHT * share;
    }
    let mut scores: Vec<_> = scores.into_iter().collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    scores
}

fn tag(language: Language) -> String {
    language.iso_code_639_1().to_string().to_lowercase()
}

fn pick<'a>(segments: &'a [Segment], judged: &[Judgement], wanted: fn(&Judgement) -> bool) -> Vec<&'a Segment> {
    segments.iter().zip(judged).filter(|(_, judgement)| wanted(judgement)).map(|(segment, _)| segment).collect()
}

/// The page, or blocks spread over it where it is long.
fn sampled(page: &str) -> Cow<'_, str> {
    if page.len() <= PAGE_BYTES_MAX {
        return Cow::Borrowed(page);
    }
    let blocks = PAGE_BYTES_MAX / BLOCK_BYTES;
    let stride = page.len() / blocks;
    let boundary = |at: usize| (0..=at).rev().find(|at| page.is_char_boundary(*at)).unwrap_or(0);
    let block = |at: usize| &page[boundary(at)..boundary(at + BLOCK_BYTES)];
    Cow::Owned((0..blocks).map(|number| block(number * stride)).collect::<Vec<_>>().join("\n\n"))
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
