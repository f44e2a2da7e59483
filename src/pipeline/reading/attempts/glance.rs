//! A glance at a page before it is read: a few lines where it has most print are read as English. A page in another language, or one that stands
//! on its head, then costs one pass over the whole of it and not two. What a glance promises and the page does not keep is
//! read as any other page.

use super::{
    super::{
        packs::{Packs, stands_surely},
        passes::{LETTERS_NOISE_MIN, Pass, Plan, SURE_HOPELESS_MAX, SURE_LANGUAGE_MIN},
        trials::{self, Sight},
    },
    Attempts, ENGLISH_BESIDE_MIN, Step, is_found,
};

impl Attempts {
    /// What is done before anything of the whole page was read; `None`: it is read as any other.
    pub(super) fn at_a_glance(&self, simple: &Plan, packs: Packs<'_>) -> Option<Step> {
        if !self.large || self.has_failed() {
            return None;
        }
        let Some(glance) = &self.glance else { return Some(Step::Glance(simple.clone())) };
        if let Some(own) = seen_language(glance, packs) {
            return Some(Step::Read(Plan { packs: vec![own.to_owned()], ..simple.clone() }));
        }
        let hopeless = glance.measure.sure < SURE_HOPELESS_MAX && glance.measure.letters >= LETTERS_NOISE_MIN;
        if !hopeless {
            return None;
        }
        let Some(stands) = &self.stands else { return Some(Step::Stand) };
        let stands = stands.as_ref().filter(|stands| stands_surely(stands));
        let sight = Sight { best: glance, trials: &self.trials, stands, lines: self.lines, on_paper: self.on_paper };
        // Only what is told: whatever else may help is tried where the whole page reads badly.
        let found = self.trials.iter().find(|trial| is_found(trial));
        let wanted = found.map_or_else(|| trials::as_told(&sight, packs), |found| trials::kin(found, packs));
        let untried = |plan: &Plan| plan != simple && self.trials.iter().all(|trial| trial.plan != *plan);
        if let Some(plan) = wanted.into_iter().find(untried) {
            return Some(Step::Try(plan));
        }
        self.best_believed().filter(|trial| is_found(trial)).map(|trial| Step::Read(trial.plan.clone()))
    }

    /// How a page is read that is not what a glance promised, or not only that.
    pub(super) fn as_any_other(&self, simple: &Plan, packs: Packs<'_>) -> Option<Plan> {
        if self.glance.is_none() || self.was_read(simple) {
            return None;
        }
        let Some(kept) = self.passes.iter().find(|pass| is_in(pass, &simple.packs, packs)) else {
            return Some(simple.clone());
        };
        if kept.plan.packs == simple.packs || kept.english_share() < ENGLISH_BESIDE_MIN {
            return None;
        }
        let both = [kept.plan.packs.clone(), simple.packs.clone()].concat();
        let plan = Plan { packs: both, ..kept.plan.clone() };
        let has_both = |read: &Plan| plan.packs.iter().all(|pack| read.packs.contains(pack));
        let mut plans = self.passes.iter().map(|pass| &pass.plan).chain(&self.failed);
        (!plans.any(has_both)).then_some(plan)
    }
}

/// The installed pack of the language that hardly anything but which was seen in.
fn seen_language<'a>(glance: &Pass, packs: Packs<'a>) -> Option<&'a str> {
    let clear = glance.measure.letters >= LETTERS_NOISE_MIN && glance.english_share() < ENGLISH_BESIDE_MIN;
    packs.of_tag(glance.foreign_tag().filter(|_| clear)?)
}

/// Is what was read in a language that it was read with?
fn is_in(pass: &Pass, english: &[String], packs: Packs<'_>) -> bool {
    let own = pass.foreign_tag().and_then(|tag| packs.of_tag(tag));
    match own {
        Some(own) => pass.plan.packs.iter().any(|pack| pack == own),
        None => pass.plan.packs == english && pass.measure.sure >= SURE_LANGUAGE_MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{installed, noise, read_of, share, stands, text, trial_of, words},
        *,
    };

    /// A page worth a glance, and what was seen.
    fn glanced(seen: impl Fn(Plan) -> Pass, packs: Packs<'_>) -> (Attempts, Plan) {
        let mut attempts = Attempts::default().large(true);
        let Some(Step::Glance(simple)) = attempts.next(packs) else { panic!("no glance") };
        attempts.glance(seen(simple.clone()));
        (attempts, simple)
    }

    /// Proves that a page is read in the language that was seen, once; in English where that was seen, or where nothing can
    /// be told or the language has no pack; and that a small page is not glanced at.
    #[test]
    fn what_is_seen_is_read() {
        let names = installed(&["eng", "spa"]);
        let packs = Packs(&names);
        let (mut spanish, simple) = glanced(|plan| text(plan, "es"), packs);
        let plan = read_of(spanish.next(packs));
        assert_eq!(plan.packs, ["spa"]);
        spanish.add(text(plan, "es"));
        assert_eq!(spanish.next(packs), None);
        let few = |plan| Pass::of(plan, words("fever", 10, 0.9), vec![share("es", 50)]);
        let mixed = |plan| Pass::of(plan, words("fever", 100, 0.9), vec![share("es", 370), share("en", 130)]);
        for (seen, what) in [
            (&(|plan| text(plan, "en")) as &dyn Fn(Plan) -> Pass, "English"),
            (&|plan| text(plan, "pl"), "no pack"),
            (&few, "a few letters"),
            (&mixed, "two languages"),
            (&|plan| Pass::of(plan, Vec::new(), Vec::new()), "nothing"),
        ] {
            let (mut attempts, _) = glanced(seen, packs);
            assert_eq!(read_of(attempts.next(packs)), simple, "{what}");
            attempts.add(text(simple.clone(), "en"));
            assert_eq!(attempts.next(packs), None, "{what}");
        }
        assert_eq!(read_of(Attempts::default().next(packs)), simple);
        let (mut failing, _) = glanced(|plan| text(plan, "es"), packs);
        let plan = read_of(failing.next(packs));
        failing.fail(plan);
        assert_eq!(read_of(failing.next(packs)), simple);
    }

    /// Proves that a page which is not what a few lines of it are is read as any other, in both languages where it has both,
    /// and in its own where they were in a relative of it.
    #[test]
    fn what_is_not_kept_is_read_anew() {
        let names = installed(&["eng", "spa", "por"]);
        let packs = Packs(&names);
        let (mut english, simple) = glanced(|plan| text(plan, "es"), packs);
        let spanish = read_of(english.next(packs));
        english.add(text(spanish.clone(), "en"));
        assert_eq!(read_of(english.next(packs)), simple);
        english.add(Pass::of(simple.clone(), words("fever", 100, 0.95), vec![share("en", 500)]));
        assert_eq!((english.next(packs), &english.best().unwrap().plan), (None, &simple));
        let (mut mixed, _) = glanced(|plan| text(plan, "es"), packs);
        mixed.add(Pass::of(spanish.clone(), words("fever", 100, 0.9), vec![share("es", 350), share("en", 150)]));
        let both = read_of(mixed.next(packs));
        assert_eq!(both.packs, ["spa", "eng"]);
        mixed.add(Pass::of(both, words("fever", 100, 0.95), vec![share("es", 350), share("en", 150)]));
        assert_eq!(mixed.next(packs), None);
        let (mut portuguese, _) = glanced(|plan| text(plan, "es"), packs);
        portuguese.add(text(spanish.clone(), "pt"));
        let own = read_of(portuguese.next(packs));
        assert_eq!(own.packs, ["por"]);
        portuguese.add(Pass::of(own, words("fever", 100, 0.95), vec![share("pt", 500)]));
        assert_eq!(portuguese.next(packs), None);
        let (mut badly, _) = glanced(|plan| text(plan, "es"), packs);
        badly.add(noise(spanish));
        assert_eq!(read_of(badly.next(packs)), simple);
    }

    /// Proves that of noise only the script and the turn are tried that are told, on a larger sample, and that the page is read
    /// so where that reads, else as any other.
    #[test]
    fn noise_is_tried_as_told() {
        let names = installed(&["eng", "ara", "urd", "rus"]);
        let packs = Packs(&names);
        let (mut arabic, simple) = glanced(noise, packs);
        assert_eq!(arabic.next(packs), Some(Step::Stand));
        let mut turned = arabic.clone();
        let mut untold = arabic.clone();
        arabic.stand(stands(0, 8.0, "Arabic"));
        let trial = trial_of(arabic.next(packs));
        assert_eq!(trial.packs, ["ara"]);
        let mut unread = arabic.clone();
        arabic.add_trial(text(trial.clone(), "ar"));
        let kin = trial_of(arabic.next(packs));
        assert_eq!(kin.packs, ["urd"]);
        arabic.add_trial(noise(kin));
        let whole = read_of(arabic.next(packs));
        assert_eq!(whole, trial);
        arabic.add(text(whole, "ar"));
        assert_eq!(arabic.next(packs), None);
        turned.stand(stands(2, 8.0, "Latin"));
        let trial = trial_of(turned.next(packs));
        assert_eq!((trial.quarter_turns, &trial.packs), (2, &simple.packs));
        turned.add_trial(text(trial.clone(), "en"));
        assert_eq!(read_of(turned.next(packs)), trial);
        turned.add(text(trial, "en"));
        assert_eq!(turned.next(packs), None);
        unread.add_trial(noise(Plan { packs: installed(&["ara"]), ..simple.clone() }));
        let more = trial_of(unread.next(packs));
        assert_eq!(more.packs, ["urd"]);
        unread.add_trial(noise(more));
        assert_eq!(read_of(unread.next(packs)), simple);
        untold.stand(stands(0, 0.7, "Latin"));
        assert_eq!(read_of(untold.next(packs)), simple);
    }
}
