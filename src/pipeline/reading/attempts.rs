//! What is done with a page next, decided from what was done so far, without I/O.
//!
//! English first. A page that reads well at once costs one pass, one in another language a second one in that language.
//! What reads badly is asked how it stands, and what may help it (its script, a turn, its language, a threshold around
//! each pixel) is tried on a sample of it; the whole page is read again only as the best trial says. Of a page whose look
//! already explains that nothing will be read, a sample comes first, and mostly is all.

use super::{
    packs::{Packs, certain_script, likely_script, stands_surely},
    passes::{LETTERS_NOISE_MIN, Lines, Pass, Plan, SURE_LANGUAGE_MIN, SURE_NOISE_MAX},
};
use crate::{
    domain::limits::{READING_PASSES_MAX, READING_TRIALS_MAX},
    jail::{Layout, Stands, Thresholding},
};

/// English beside another language is read with both packs from this share on; two packs take twice as long as one.
const ENGLISH_BESIDE_MIN: f32 = 0.2;

/// A told turn below this confidence means nothing (the reader's own scale).
const TURN_CONFIDENCE_MIN: f32 = 1.0;

/// A trial that reads so much of its sample for certain found what the page is; the right pack has 0.7 and more on poor
/// scans, a wrong one up to 0.25, one that knows some of the signs (Japanese of Chinese, Chinese of Latin) up to 0.53.
const SURE_FOUND_MIN: f32 = 0.7;

/// What a trial must read more than the pass it is to better.
const SURE_GAIN_MIN: f32 = 0.1;

/// Below this share of sure letters in the best part of a page that looks hopeless, there is nothing more to be had.
const SURE_HOPELESS_MAX: f32 = 0.25;

/// How a page looks, as far as it decides how it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Prospect {
    /// Nothing is known against reading it.
    #[default]
    Open,
    /// It is so pale, blurred or small that most likely nothing will be read.
    Poor,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Read the page so.
    Read(Plan),
    /// Read a sample of it so.
    Try(Plan),
    /// Ask how it stands.
    Stand,
}

/// What was done with one page so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts {
    /// How it looks.
    pub(super) prospect: Prospect,
    passes: Vec<Pass>,
    /// Over which the reader failed.
    failed: Vec<Plan>,
    /// On samples.
    trials: Vec<Pass>,
    /// `None` before it was asked.
    stands: Option<Option<Stands>>,
}

impl Attempts {
    /// Of a page with this prospect.
    pub(super) fn at(prospect: Prospect) -> Self {
        Self { prospect, ..Self::default() }
    }

    /// Adds a pass.
    pub(super) fn add(&mut self, pass: Pass) {
        self.passes.push(pass);
    }

    /// Adds what a sample gave; nothing where the reader did not end.
    pub(super) fn add_trial(&mut self, trial: Pass) {
        self.trials.push(trial);
    }

    /// Notes a pass over which the reader failed.
    pub(super) fn fail(&mut self, plan: Plan) {
        self.failed.push(plan);
    }

    /// The reader failed over a sample: that says nothing of the page, which is read whole.
    pub(super) fn fail_trial(&mut self, plan: Plan) {
        self.prospect = Prospect::Open;
        self.trials.push(Pass::of(plan, Vec::new(), Vec::new()));
    }

    /// Did the reader fail over the whole page?
    pub(super) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    /// Adds how the page stands.
    pub(super) fn stand(&mut self, stands: Option<Stands>) {
        self.stands = Some(stands);
    }

    /// The best pass over the whole page so far.
    pub(super) fn best(&self) -> Option<&Pass> {
        best_of(&self.passes)
    }

    /// The best trial: all there is of a page that was not worth a pass.
    pub(super) fn best_trial(&self) -> Option<&Pass> {
        best_of(&self.trials)
    }

    /// The script other than Latin that the page is certainly written in and that nothing installed reads. Where a pack
    /// for it is installed, it was tried, and what it read speaks for itself.
    pub(super) fn unread_script(&self, packs: Packs<'_>) -> Option<&'static str> {
        let script = certain_script(self.stands.as_ref()?.as_ref()?)?;
        packs.of_script(script).is_empty().then_some(script)
    }

    /// What to do next; `None`: what was had is all there is to be had.
    pub(super) fn next(&self, packs: Packs<'_>) -> Option<Step> {
        let first = packs.first()?;
        if self.passes.len() + self.failed.len() >= READING_PASSES_MAX {
            return None;
        }
        let simple = Plan { packs: vec![first.to_owned()], ..Plan::default() };
        let Some(best) = self.best() else { return self.begin(simple, packs) };
        if let Some(plan) = self.in_its_language(best, packs) {
            return Some(Step::Read(plan));
        }
        if best.reads_well() {
            return None;
        }
        let upright = best.measure.sure >= SURE_LANGUAGE_MIN && best.lines == Lines::Across;
        if self.stands.is_none() && !upright {
            return Some(Step::Stand);
        }
        let stands = self.stands.as_ref().and_then(Option::as_ref);
        if let Some(plan) = self.next_trial(best, (stands, packs)) {
            return Some(Step::Try(plan));
        }
        if let Some(trial) = self.promising(best) {
            return Some(Step::Read(trial.plan.clone()));
        }
        let scattered = Plan { layout: Layout::Scattered, ..best.plan.clone() };
        (best.measure.letters < LETTERS_NOISE_MIN && !self.was_read(&scattered)).then_some(Step::Read(scattered))
    }

    /// Before anything of the whole page was read.
    fn begin(&self, simple: Plan, packs: Packs<'_>) -> Option<Step> {
        if self.prospect == Prospect::Poor && self.failed.is_empty() {
            let Some(first) = self.trials.first() else { return Some(Step::Try(simple)) };
            let Some(stands) = &self.stands else {
                let worth_it = first.has_text() && first.measure.sure >= SURE_HOPELESS_MAX;
                return Some(if worth_it { Step::Read(simple) } else { Step::Stand });
            };
            // Only a page of which something at least can be told is looked at further.
            let told = stands.as_ref().filter(|stands| stands_surely(stands));
            let trial = told.and_then(|stands| self.next_trial(first, (Some(stands), packs)));
            // Whatever counts as text is read whole: what is judged from a sample cannot be found by searching.
            let best =
                best_of(&self.trials).filter(|trial| trial.has_text() && trial.measure.sure >= SURE_HOPELESS_MAX);
            return trial.map(Step::Try).or_else(|| Some(Step::Read(best?.plan.clone())));
        }
        let scattered = Plan { layout: Layout::Scattered, ..simple.clone() };
        [simple, scattered].into_iter().find(|plan| !self.was_read(plan)).map(Step::Read)
    }

    /// The page read well enough to see that it is in another language, whose pack is installed.
    fn in_its_language(&self, best: &Pass, packs: Packs<'_>) -> Option<Plan> {
        let own = packs.of_tag(best.foreign_tag()?)?;
        let mut wanted = vec![own.to_owned()];
        if best.english_share() >= ENGLISH_BESIDE_MIN {
            wanted.extend(packs.of_tag("en").map(str::to_owned));
        }
        let mut plans = self.passes.iter().map(|pass| &pass.plan).chain(&self.failed);
        let read_so = plans.any(|plan| plan.packs.iter().any(|pack| pack == own));
        (!read_so).then(|| Plan { packs: wanted, ..best.plan.clone() })
    }

    /// What is tried next; `None` where all was, or enough was found.
    fn next_trial(&self, best: &Pass, (stands, packs): (Option<&Stands>, Packs<'_>)) -> Option<Plan> {
        let found = self.trials.iter().find(|trial| is_found(trial));
        let wanted: Vec<Plan> = match found {
            // Packs of one script read each other's letters, and which of them reads best tells the language.
            Some(found) => {
                let kin = found.plan.packs.first().map(|pack| packs.of_the_script_of(pack)).unwrap_or_default();
                kin.into_iter().map(|pack| with_pack(pack, &found.plan)).collect()
            }
            None => trials(best, (stands, packs)),
        };
        let tried = |plan: &Plan| self.trials.iter().any(|trial| trial.plan == *plan);
        let room = self.trials.len() < READING_TRIALS_MAX;
        wanted.into_iter().find(|plan| !tried(plan) && !self.was_read(plan)).filter(|_| room)
    }

    /// The trial that promises more than what was read of the whole page.
    fn promising(&self, best: &Pass) -> Option<&Pass> {
        let trial = best_of(&self.trials)?;
        let better = trial.measure.sure >= SURE_NOISE_MAX.max(best.measure.sure + SURE_GAIN_MIN);
        let turned = best.lines == Lines::Along && is_found(trial) && trial.plan.quarter_turns != 0;
        (trial.has_text() && (better || turned) && !self.was_read(&trial.plan)).then_some(trial)
    }

    fn was_read(&self, plan: &Plan) -> bool {
        self.passes.iter().map(|pass| &pass.plan).chain(&self.failed).any(|read| read == plan)
    }
}

/// What may help a page that reads badly, the likeliest first.
fn trials(best: &Pass, (stands, packs): (Option<&Stands>, Packs<'_>)) -> Vec<Plan> {
    let turns = stands.filter(|stands| stands.confidence >= TURN_CONFIDENCE_MIN).map(|stands| stands.quarter_turns);
    let upright = Plan { quarter_turns: turns.unwrap_or(best.plan.quarter_turns), ..best.plan.clone() };
    let told = stands.and_then(likely_script).map(|script| packs.of_script(script)).unwrap_or_default();
    let mut looks: Vec<Plan> = told.into_iter().map(|pack| with_pack(pack, &upright)).collect();
    looks.push(upright.clone());
    if best.lines == Lines::Along {
        looks.extend([1, 3].map(|quarter_turns| Plan { quarter_turns, ..best.plan.clone() }));
    }
    if best.measure.sure < SURE_LANGUAGE_MIN {
        let suspected = best.suspected_tag().and_then(|tag| packs.of_tag(tag));
        looks.extend(suspected.map(|pack| with_pack(pack, &upright)));
    }
    if best.is_noise() {
        looks.extend(packs.of_any_script().into_iter().map(|pack| with_pack(pack, &upright)));
        if turns.is_none() {
            looks.extend([2, 1, 3].map(|quarter_turns| Plan { quarter_turns, ..best.plan.clone() }));
        }
    }
    looks.push(Plan { thresholding: Thresholding::Local, ..upright });
    looks
}

fn with_pack(pack: &str, plan: &Plan) -> Plan {
    Plan { packs: vec![pack.to_owned()], ..plan.clone() }
}

fn is_found(trial: &Pass) -> bool {
    trial.measure.sure >= SURE_FOUND_MIN && trial.has_text()
}

fn best_of(passes: &[Pass]) -> Option<&Pass> {
    let worth = |pass: &Pass| (pass.score(), pass.measure.letters);
    passes.iter().reduce(|best, pass| if worth(pass) > worth(best) { pass } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{facts::LanguageShare, reading::ReadWord};

    fn words(word: &str, count: usize, confidence: f32) -> Vec<ReadWord> {
        vec![ReadWord { text: word.to_owned(), confidence, ..ReadWord::default() }; count]
    }

    fn noise(plan: Plan) -> Pass {
        Pass::of(plan, words("xkqwj", 100, 0.2), vec![share("und", 500)])
    }

    fn text(plan: Plan, tag: &str) -> Pass {
        Pass::of(plan, words("fever", 100, 0.9), vec![share(tag, 500)])
    }

    fn share(tag: &str, letters: u32) -> LanguageShare {
        LanguageShare { tag: tag.to_owned(), letters }
    }

    fn installed(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn stands(quarter_turns: u8, confidence: f32, script: &str) -> Option<Stands> {
        Some(Stands { quarter_turns, confidence, script: script.to_owned(), script_confidence: 3.0 })
    }

    #[track_caller]
    fn read_of(step: Option<Step>) -> Plan {
        match step {
            Some(Step::Read(plan)) => plan,
            other => panic!("no pass but {other:?}"),
        }
    }

    #[track_caller]
    fn trial_of(step: Option<Step>) -> Plan {
        match step {
            Some(Step::Try(plan)) => plan,
            other => panic!("no trial but {other:?}"),
        }
    }

    /// After a first pass that gave noise.
    fn after_noise(packs: Packs<'_>) -> Attempts {
        let mut attempts = Attempts::default();
        let first = read_of(attempts.next(packs));
        attempts.add(noise(first));
        assert_eq!(attempts.next(packs), Some(Step::Stand));
        attempts
    }

    /// Proves that a clear English page costs one pass, and a clear Spanish one two, the second in Spanish.
    #[test]
    fn clear_pages_cost_little() {
        let names = installed(&["eng", "spa"]);
        let packs = Packs(&names);
        let mut english = Attempts::default();
        let first = read_of(english.next(packs));
        assert_eq!(first.packs, ["eng"]);
        english.add(text(first.clone(), "en"));
        assert_eq!(english.next(packs), None);
        let mut spanish = Attempts::default();
        spanish.add(text(first.clone(), "es"));
        let second = read_of(spanish.next(packs));
        assert_eq!(second.packs, ["spa"]);
        spanish.add(Pass::of(second, words("fiebre", 100, 0.95), vec![share("es", 520)]));
        assert_eq!(spanish.next(packs), None);
        assert_eq!(spanish.best().unwrap().plan.packs, ["spa"]);
        // The pack is not installed: what was read stays.
        let mut polish = Attempts::default();
        polish.add(text(first, "pl"));
        assert_eq!(polish.next(packs), None);
    }

    /// Proves that a page which reads badly is tried as it is told to stand and in the script that is told, and is read
    /// whole only so.
    #[test]
    fn what_is_told_is_tried_first() {
        let names = installed(&["eng", "ara"]);
        let packs = Packs(&names);
        let mut sideways = after_noise(packs);
        sideways.stand(stands(1, 8.0, "Latin"));
        let trial = trial_of(sideways.next(packs));
        assert_eq!((trial.quarter_turns, trial.packs.as_slice()), (1, ["eng".to_owned()].as_slice()));
        sideways.add_trial(text(trial.clone(), "en"));
        assert_eq!(read_of(sideways.next(packs)), trial);
        let mut arabic = after_noise(packs);
        arabic.stand(stands(0, 3.0, "Arabic"));
        assert_eq!(trial_of(arabic.next(packs)).packs, ["ara"]);
    }

    /// Proves that a page of noise whose script cannot be told is tried in each script, that the one which reads is taken
    /// with its kin, and that the best of them reads the page.
    #[test]
    fn scripts_are_tried_until_one_reads() {
        let names = installed(&["eng", "chi_sim", "ara", "urd", "rus"]);
        let packs = Packs(&names);
        let mut attempts = after_noise(packs);
        attempts.stand(stands(0, 4.0, "Latin"));
        let chinese = trial_of(attempts.next(packs));
        assert_eq!(chinese.packs, ["chi_sim"]);
        attempts.add_trial(noise(chinese));
        let arabic = trial_of(attempts.next(packs));
        assert_eq!(arabic.packs, ["ara"]);
        attempts.add_trial(text(arabic, "ar"));
        let urdu = trial_of(attempts.next(packs));
        assert_eq!(urdu.packs, ["urd"]);
        attempts.add_trial(Pass::of(urdu.clone(), words("fever", 100, 0.97), vec![share("ur", 500)]));
        assert_eq!(read_of(attempts.next(packs)), urdu);
    }

    /// Proves that a page on which nothing helps is not read whole again, and that trials have an end.
    #[test]
    fn noise_is_read_whole_once() {
        let names = installed(&["eng", "ara", "rus", "osd"]);
        let packs = Packs(&names);
        let mut attempts = after_noise(packs);
        attempts.stand(None);
        let mut turns = Vec::new();
        while let Some(step) = attempts.next(packs) {
            let trial = trial_of(Some(step));
            turns.push(trial.quarter_turns);
            attempts.add_trial(noise(trial));
        }
        assert_eq!(turns, [0, 0, 2, 1, 3, 0]);
        assert_eq!(attempts.best().unwrap().plan, Plan { packs: installed(&["eng"]), ..Plan::default() });
    }

    /// Proves that of a page that looks hopeless a sample comes first: noise ends it, and text has the page read.
    #[test]
    fn poor_pages_are_sampled_first() {
        let names = installed(&["eng", "spa"]);
        let packs = Packs(&names);
        let mut hopeless = Attempts::at(Prospect::Poor);
        let sample = trial_of(hopeless.next(packs));
        hopeless.add_trial(noise(sample.clone()));
        assert_eq!(hopeless.next(packs), Some(Step::Stand));
        hopeless.stand(stands(2, 0.7, "Latin"));
        assert_eq!((hopeless.next(packs), hopeless.best()), (None, None));
        assert_eq!(hopeless.best_trial().unwrap().plan, sample);
        // Upside down it is not hopeless yet.
        let mut turned = hopeless.clone();
        turned.stand(stands(2, 6.0, "Latin"));
        let trial = trial_of(turned.next(packs));
        assert_eq!(trial.quarter_turns, 2);
        turned.add_trial(text(trial.clone(), "en"));
        assert_eq!(read_of(turned.next(packs)), trial);
        let mut pale = Attempts::at(Prospect::Poor);
        pale.add_trial(text(sample.clone(), "en"));
        assert_eq!(read_of(pale.next(packs)), sample);
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
        let first = read_of(attempts.next(packs));
        attempts.fail(first.clone());
        let second = read_of(attempts.next(packs));
        assert_ne!(first, second);
        attempts.fail(second);
        assert_eq!((attempts.next(packs), attempts.best()), (None, None));
    }

    /// Proves that a page whose blocks the reader turned by itself is turned and read again.
    #[test]
    fn pages_on_their_side_are_turned() {
        let names = installed(&["eng"]);
        let packs = Packs(&names);
        let mut attempts = Attempts::default();
        let first = read_of(attempts.next(packs));
        attempts.add(Pass { lines: Lines::Along, ..text(first, "en") });
        assert_eq!(attempts.next(packs), Some(Step::Stand));
        attempts.stand(None);
        let trial = trial_of(attempts.next(packs));
        assert_eq!(trial.quarter_turns, 1);
        attempts.add_trial(text(trial.clone(), "en"));
        assert_eq!(read_of(attempts.next(packs)), trial);
        attempts.add(text(trial.clone(), "en"));
        assert_eq!(attempts.next(packs), None);
    }

    /// Proves that a failure over a sample has the whole page read, and that a page is never judged from its sample where
    /// the reader failed over the page, or where the sample has text.
    #[test]
    fn samples_do_not_stand_for_what_can_be_read() {
        let names = installed(&["eng"]);
        let packs = Packs(&names);
        let mut failing = Attempts::at(Prospect::Poor);
        let sample = trial_of(failing.next(packs));
        failing.fail_trial(sample.clone());
        assert_eq!(read_of(failing.next(packs)), sample);
        assert!(!failing.has_failed());
        failing.fail(sample.clone());
        let scattered = read_of(failing.next(packs));
        failing.fail(scattered);
        assert!(failing.next(packs).is_none() && failing.best().is_none() && failing.has_failed());
        let mut weak = Attempts::at(Prospect::Poor);
        weak.add_trial(noise(sample.clone()));
        weak.stand(stands(2, 6.0, "Latin"));
        while let Some(Step::Try(trial)) = weak.next(packs) {
            let mut pass = noise(trial);
            (pass.measure.sure, pass.measure.letters, pass.measure.words) = (0.3, 60, 12);
            weak.add_trial(pass);
        }
        assert_eq!(read_of(weak.next(packs)).quarter_turns, 2);
    }

    /// Proves that nothing is planned where nothing can be read.
    #[test]
    fn without_packs_nothing_is_read() {
        assert_eq!(Attempts::default().next(Packs(&[])), None);
    }
}
