//! What is done with a page next, decided from what was done so far, without I/O.
//!
//! English first: a few lines, where they are a small part of the page, else the whole ([`glance`]). A page that reads
//! well at once costs one pass, one in another language mostly one in that language. What reads badly is asked how it
//! stands, and what may help it (its script, a turn, its language, a threshold around each pixel) is tried on a sample of
//! it; the whole page is read again only as the best trial says. Of a page whose look already explains that nothing will
//! be read, a sample comes first, and mostly is all.

mod glance;

use super::{
    packs::{self, Packs, certain_script, stands_surely},
    passes::{LETTERS_NOISE_MIN, Lines, Pass, Plan, SURE_HOPELESS_MAX, SURE_LANGUAGE_MIN, SURE_NOISE_MAX},
    trials::{self, Sight},
};
use crate::{
    domain::limits::{READING_PASSES_MAX, READING_TRIALS_MAX},
    jail::{Layout, Stands},
};

/// English beside another language is read with both packs from this share on; two packs take twice as long as one.
const ENGLISH_BESIDE_MIN: f32 = 0.2;

/// A trial that reads so much of its sample for certain found what the page is; the right pack has 0.7 and more on poor
/// scans, a wrong one up to 0.25, one that knows some of the signs (Japanese of Chinese, Chinese of Latin) up to 0.53.
const SURE_FOUND_MIN: f32 = 0.7;

/// What a trial must read more than the pass it is to better.
const SURE_GAIN_MIN: f32 = 0.1;

/// What a pack that believes anything must read of its sample to be believed: up to 0.45 is had of what is not its own, 0.52
/// of a poor page that is.
const SURE_BELIEVED_MIN: f32 = 0.5;

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
    /// Read a few lines of it so, to see what the page may be read with.
    Glance(Plan),
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
    /// How its lines run, where that is seen without reading.
    lines: Option<Lines>,
    /// Whether it looks like print on paper: then little noise is a short text in other letters.
    on_paper: bool,
    /// Whether it is worth a glance.
    large: bool,
    /// What was seen at a glance.
    glance: Option<Pass>,
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

    /// The same, of a page whose lines are seen to run so, whatever they say.
    pub(super) fn lined(self, lines: Option<Lines>) -> Self {
        Self { lines, ..self }
    }

    /// The same, of a page that looks like print on paper, or does not.
    pub(super) fn on_paper(self, on_paper: bool) -> Self {
        Self { on_paper, ..self }
    }

    /// The same, of a page of which what is glanced at is a small part, or is not.
    pub(super) fn large(self, large: bool) -> Self {
        Self { large, ..self }
    }

    /// Adds what was seen at a glance; nothing where the reader did not end.
    pub(super) fn glance(&mut self, glance: Pass) {
        self.glance = Some(glance);
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
        best_of(self.passes.iter())
    }

    /// The best trial: all there is of a page that was not worth a pass.
    pub(super) fn best_trial(&self) -> Option<&Pass> {
        self.best_believed()
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
        if let Some(plan) = self.as_any_other(&simple, packs) {
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
            let best = self.best_believed().filter(|trial| trial.has_text() && trial.measure.sure >= SURE_HOPELESS_MAX);
            return trial.map(Step::Try).or_else(|| Some(Step::Read(best?.plan.clone())));
        }
        if let Some(step) = self.at_a_glance(&simple, packs) {
            return Some(step);
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
        let found = self.trials.iter().find(|trial| is_found(trial) && !self.is_hollow(trial));
        let wanted: Vec<Plan> = match found {
            Some(found) => trials::kin(found, packs),
            None => {
                let (lines, on_paper) = (self.lines, self.on_paper);
                let sight = Sight { best, trials: &self.trials, stands, lines, on_paper };
                // A poor page of which nothing was read yet.
                let poor = self.passes.is_empty();
                if poor { trials::of_poor(&sight, packs) } else { trials::of(&sight, packs) }
            }
        };
        let tried = |plan: &Plan| self.trials.iter().any(|trial| trial.plan == *plan);
        let room = self.trials.len() < READING_TRIALS_MAX;
        wanted.into_iter().find(|plan| !tried(plan) && !self.was_read(plan)).filter(|_| room)
    }

    /// The trial that promises more than what was read of the whole page.
    fn promising(&self, best: &Pass) -> Option<&Pass> {
        let trial = self.best_believed()?;
        let better = trial.measure.sure >= SURE_NOISE_MAX.max(best.measure.sure + SURE_GAIN_MIN);
        let turned = best.lines == Lines::Along && is_found(trial) && trial.plan.quarter_turns != 0;
        (trial.has_text() && (better || turned) && !self.was_read(&trial.plan)).then_some(trial)
    }

    /// The best trial, without those that a pack gave which reads the like into anything.
    fn best_believed(&self) -> Option<&Pass> {
        let is_believed =
            |trial: &&Pass| trial.measure.sure >= SURE_BELIEVED_MIN || !packs::believes_anything(&trial.plan.packs);
        best_of(self.trials.iter().filter(is_believed).filter(|trial| !self.is_hollow(trial)))
    }

    /// Did the whole page give nothing as this trial was read? So it is where a dark picture beside pale print sets the
    /// threshold of the page: what reads a sample of the print says nothing then.
    fn is_hollow(&self, trial: &Pass) -> bool {
        self.passes.iter().any(|pass| pass.plan == trial.plan && !pass.has_text())
    }

    fn was_read(&self, plan: &Plan) -> bool {
        self.passes.iter().map(|pass| &pass.plan).chain(&self.failed).any(|read| read == plan)
    }
}

fn is_found(trial: &Pass) -> bool {
    trial.measure.sure >= SURE_FOUND_MIN && trial.has_text()
}

fn best_of<'a>(passes: impl Iterator<Item = &'a Pass>) -> Option<&'a Pass> {
    let worth = |pass: &Pass| (pass.score(), pass.measure.letters);
    passes.reduce(|best, pass| if worth(pass) > worth(best) { pass } else { best })
}

#[cfg(test)]
mod tests;
