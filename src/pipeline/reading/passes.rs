//! Which passes a page is read by, and which of them wins: decided from what the passes so far gave, without I/O.
//!
//! English first; again in the page's own language once that shows; where it reads badly, how it stands and its script
//! are asked for, and it is turned, read with the script's packs, thresholded around each pixel, or taken for scattered
//! text, each at most once. A page that reads well at once costs one pass.

use super::packs::{Packs, certain_script, likely_script, stands_surely};
use crate::{
    casework::{
        language,
        wordlike::{self, Measure},
    },
    domain::{facts::LanguageShare, limits::READING_PASSES_MAX, reading::ReadWord},
    jail::{Layout, Stands, Thresholding},
};

/// From this share of sure letters on nothing better is looked for. Clear scans have 0.94 and more, wrong turns and
/// scripts below 0.4.
const SURE_WELL_MIN: f32 = 0.85;

/// Fewer letters than this are no text that could read well; a label or a page number.
const LETTERS_WELL_MIN: u32 = 15;

/// The language of what was read is believed from this share of sure letters on.
const SURE_LANGUAGE_MIN: f32 = 0.6;

/// English beside another language is read with both packs from this share on; two packs take twice as long as one.
const ENGLISH_BESIDE_MIN: f32 = 0.2;

/// Below this share of sure letters what was read is noise. Pages read with a pack of another script have below 0.35.
const SURE_NOISE_MAX: f32 = 0.4;

/// A told turn below this confidence means nothing (the reader's own scale).
const TURN_CONFIDENCE_MIN: f32 = 1.0;

/// So many letters of noise are a page of text that is upside down or in an unknown script; a photo gives fewer.
const LETTERS_NOISE_MIN: u32 = 80;

/// How a page is to be read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Plan {
    /// Language packs, the likeliest first.
    pub(super) packs: Vec<String>,
    /// Quarter turns clockwise before.
    pub(super) quarter_turns: u8,
    /// How ink is told from paper.
    pub(super) thresholding: Thresholding,
    /// How lines are looked for.
    pub(super) layout: Layout,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Read it so.
    Read(Plan),
    /// Ask how it stands.
    Stand,
}

/// What a pass gave.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Pass {
    /// How it was read.
    pub(super) plan: Plan,
    /// The words.
    pub(super) words: Vec<ReadWord>,
    /// What they are worth.
    pub(super) measure: Measure,
    /// Their languages.
    pub(super) languages: Vec<LanguageShare>,
}

impl Pass {
    /// A pass with its words measured.
    pub(super) fn of(plan: Plan, words: Vec<ReadWord>, languages: Vec<LanguageShare>) -> Self {
        let measure = wordlike::measure(&words);
        Self { plan, words, measure, languages }
    }

    /// Is there nothing to be gained by another one?
    pub(super) fn reads_well(&self) -> bool {
        self.measure.sure >= SURE_WELL_MIN && self.measure.letters >= LETTERS_WELL_MIN
    }

    /// Much that came out, and hardly a word of it: text in letters that the reader does not know.
    pub(super) fn is_noise(&self) -> bool {
        self.measure.sure < SURE_NOISE_MAX && self.measure.letters >= LETTERS_NOISE_MIN
    }

    /// Letters that are worth something, by how sure the reader is of all.
    fn score(&self) -> f32 {
        self.measure.sure_letters() * self.measure.confidence
    }

    /// The foreign language of what was read, where enough of it was read to believe that.
    fn foreign_tag(&self) -> Option<&str> {
        if self.measure.sure < SURE_LANGUAGE_MIN {
            return None;
        }
        let (_, share) = language::of_page(&self.languages);
        let foreign = self.languages.iter().filter(|share| !matches!(share.tag.as_str(), "en" | "und" | "mis"));
        foreign
            .max_by_key(|share| share.letters)
            .map(|share| share.tag.as_str())
            .filter(|_| language::is_foreign(share))
    }

    fn english_share(&self) -> f32 {
        let (_, share) = language::of_page(&self.languages);
        1.0 - share
    }
}

/// The passes over one page so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    passes: Vec<Pass>,
    /// Over which the reader failed.
    failed: Vec<Plan>,
    /// `None` before it was asked.
    stands: Option<Option<Stands>>,
}

impl Attempts {
    /// Adds a pass.
    pub(super) fn add(&mut self, pass: Pass) {
        self.passes.push(pass);
    }

    /// Notes a pass over which the reader failed.
    pub(super) fn fail(&mut self, plan: Plan) {
        self.failed.push(plan);
    }

    /// Adds how the page stands.
    pub(super) fn stand(&mut self, stands: Option<Stands>) {
        self.stands = Some(stands);
    }

    /// The best pass so far.
    pub(super) fn best(&self) -> Option<&Pass> {
        let worth = |pass: &Pass| (pass.score(), pass.measure.letters);
        self.passes.iter().reduce(|best, pass| if worth(pass) > worth(best) { pass } else { best })
    }

    /// The script other than Latin that the page is certainly written in, read or not.
    pub(super) fn certain_script(&self) -> Option<&'static str> {
        self.stands.as_ref()?.as_ref().and_then(certain_script)
    }

    /// What to do next; `None`: the best pass is what there is to be had.
    pub(super) fn next(&self, packs: Packs<'_>) -> Option<Step> {
        let first = packs.first()?;
        if self.passes.len() + self.failed.len() >= READING_PASSES_MAX {
            return None;
        }
        let Some(best) = self.best() else {
            let simple = Plan { packs: vec![first.to_owned()], ..Plan::default() };
            let scattered = Plan { layout: Layout::Scattered, ..simple.clone() };
            return [simple, scattered].into_iter().find(|plan| !self.tried(plan)).map(Step::Read);
        };
        if let Some(plan) = self.in_its_language(best, packs) {
            return Some(Step::Read(plan));
        }
        if best.reads_well() {
            return None;
        }
        let Some(stands) = &self.stands else { return Some(Step::Stand) };
        let wanted = self.second_looks(best, stands.as_ref(), packs);
        wanted.into_iter().find(|plan| !self.tried(plan)).map(Step::Read)
    }

    /// The page read well enough to see that it is in another language, whose pack is installed.
    fn in_its_language(&self, best: &Pass, packs: Packs<'_>) -> Option<Plan> {
        let own = packs.of_tag(best.foreign_tag()?)?;
        let mut wanted = vec![own.to_owned()];
        if best.english_share() >= ENGLISH_BESIDE_MIN {
            wanted.extend(packs.of_tag("en").map(str::to_owned));
        }
        let read_so = self.plans().any(|plan| plan.packs.iter().any(|pack| pack == own));
        (!read_so).then(|| Plan { packs: wanted, ..best.plan.clone() })
    }

    /// What may help a page that reads badly, the likeliest first.
    fn second_looks(&self, best: &Pass, stands: Option<&Stands>, packs: Packs<'_>) -> Vec<Plan> {
        let noise = self.passes.first().is_some_and(|first| first.measure.letters >= LETTERS_NOISE_MIN);
        let mut looks = Vec::new();
        let turns = stands.filter(|stands| stands.confidence >= TURN_CONFIDENCE_MIN).map(|stands| stands.quarter_turns);
        let script = stands.and_then(likely_script).map(|script| packs.of_script(script)).unwrap_or_default();
        let upright = Plan { quarter_turns: turns.unwrap_or(0), ..best.plan.clone() };
        for pack in script.iter().take(2) {
            looks.push(Plan { packs: vec![(*pack).to_owned()], ..upright.clone() });
        }
        looks.push(upright.clone());
        let upright_noise = stands.is_some_and(stands_surely) && best.is_noise();
        if upright_noise && script.is_empty() && !packs.of_any_script().is_empty() {
            // A letterhead in Latin letters hides the script of the letter below it.
            let any = packs.of_any_script().into_iter().map(str::to_owned).collect();
            looks.push(Plan { packs: any, ..upright.clone() });
        }
        if turns.is_none() && noise {
            looks.extend([2, 1, 3].map(|quarter_turns| Plan { quarter_turns, ..best.plan.clone() }));
        }
        looks.push(Plan { thresholding: Thresholding::Local, ..best.plan.clone() });
        if best.measure.letters < LETTERS_NOISE_MIN {
            looks.push(Plan { layout: Layout::Scattered, ..best.plan.clone() });
        }
        looks
    }

    fn tried(&self, plan: &Plan) -> bool {
        self.plans().any(|tried| tried == plan)
    }

    fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.passes.iter().map(|pass| &pass.plan).chain(&self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(word: &str, count: usize, confidence: f32) -> Vec<ReadWord> {
        vec![ReadWord { text: word.to_owned(), confidence, ..ReadWord::default() }; count]
    }

    fn share(tag: &str, letters: u32) -> LanguageShare {
        LanguageShare { tag: tag.to_owned(), letters }
    }

    fn installed(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn plan_of(step: Option<Step>) -> Plan {
        match step {
            Some(Step::Read(plan)) => plan,
            other => panic!("no pass but {other:?}"),
        }
    }

    /// Proves that a clear English page costs one pass, and a clear Spanish one two, the second in Spanish.
    #[test]
    fn clear_pages_cost_little() {
        let names = installed(&["eng", "spa"]);
        let packs = Packs(&names);
        let mut english = Attempts::default();
        let first = plan_of(english.next(packs));
        assert_eq!(first.packs, ["eng"]);
        english.add(Pass::of(first.clone(), words("fever", 100, 0.96), vec![share("en", 500)]));
        assert_eq!(english.next(packs), None);
        let mut spanish = Attempts::default();
        spanish.add(Pass::of(first.clone(), words("fiebre", 100, 0.9), vec![share("es", 500), share("en", 20)]));
        let second = plan_of(spanish.next(packs));
        assert_eq!(second.packs, ["spa"]);
        spanish.add(Pass::of(second, words("fiebre", 100, 0.95), vec![share("es", 520)]));
        assert_eq!(spanish.next(packs), None);
        assert_eq!(spanish.best().unwrap().plan.packs, ["spa"]);
        // The pack is not installed: what was read stays.
        let mut polish = Attempts::default();
        polish.add(Pass::of(first, words("goraczka", 100, 0.9), vec![share("pl", 500)]));
        assert_eq!(polish.next(packs), None);
    }

    /// Proves that a page which reads badly is asked how it stands, and is read turned, or in its script.
    #[test]
    fn bad_pages_are_turned() {
        let names = installed(&["eng", "ara"]);
        let packs = Packs(&names);
        let mut attempts = Attempts::default();
        let first = plan_of(attempts.next(packs));
        attempts.add(Pass::of(first, words("xkqwj", 100, 0.2), vec![share("und", 500)]));
        assert_eq!(attempts.next(packs), Some(Step::Stand));
        let mut sideways = attempts.clone();
        sideways.stand(Some(Stands { quarter_turns: 1, confidence: 8.0, ..Stands::default() }));
        assert_eq!(plan_of(sideways.next(packs)).quarter_turns, 1);
        let mut arabic = attempts.clone();
        let script =
            Stands { script: "Arabic".to_owned(), confidence: 3.0, script_confidence: 3.0, ..Stands::default() };
        arabic.stand(Some(script));
        assert_eq!(plan_of(arabic.next(packs)).packs, ["ara"]);
        let mut hidden = attempts.clone();
        hidden.stand(Some(Stands { confidence: 7.5, script: "Latin".to_owned(), ..Stands::default() }));
        assert_eq!(plan_of(hidden.next(packs)).packs, ["ara"]);
        // Nothing could be told, and there is much noise: each way is tried, within bounds.
        attempts.stand(None);
        let mut turns = Vec::new();
        while let Some(Step::Read(plan)) = attempts.next(packs) {
            turns.push(plan.quarter_turns);
            attempts.add(Pass::of(plan, words("xkqwj", 100, 0.2), Vec::new()));
        }
        assert!(turns.starts_with(&[2, 1, 3]) && turns.len() < READING_PASSES_MAX, "{turns:?}");
    }

    /// Proves that the pass with the most words that are sure wins, not the one with the most noise.
    #[test]
    fn the_best_pass_wins() {
        let mut attempts = Attempts::default();
        let turned = Plan { quarter_turns: 2, ..Plan::default() };
        attempts.add(Pass::of(Plan::default(), words("wqkxz", 300, 0.3), Vec::new()));
        attempts.add(Pass::of(turned.clone(), words("fever", 90, 0.9), Vec::new()));
        attempts.add(Pass::of(Plan { layout: Layout::Scattered, ..turned.clone() }, Vec::new(), Vec::new()));
        assert_eq!(attempts.best().unwrap().plan, turned);
    }

    /// Proves that a pass over which the reader failed is not tried again, and never wins.
    #[test]
    fn failures_do_not_win() {
        let names = installed(&["eng"]);
        let packs = Packs(&names);
        let mut attempts = Attempts::default();
        let first = plan_of(attempts.next(packs));
        attempts.fail(first.clone());
        let second = plan_of(attempts.next(packs));
        assert_ne!(first, second);
        attempts.add(Pass::of(second.clone(), words("wqkxz", 9, 0.2), Vec::new()));
        attempts.stand(None);
        let third = plan_of(attempts.next(packs));
        assert!(third != first && third != second);
        attempts.fail(third);
        assert_eq!(attempts.best().unwrap().plan, second);
    }

    /// Proves that nothing is planned where nothing can be read.
    #[test]
    fn without_packs_nothing_is_read() {
        assert_eq!(Attempts::default().next(Packs(&[])), None);
    }
}
