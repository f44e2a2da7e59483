//! What is made of a page to be read: turned, or a sample of it; each made once.

use super::{
    attempts::{Attempts, Prospect},
    passes::Pass,
    sample::{self, Part},
};
use crate::domain::reading::Bitmap;

/// A page on its way, and what is made of it to be read.
pub(super) struct Copies<'a> {
    /// As it came out of the jail.
    pub(super) page: &'a Bitmap,
    /// As it was turned last.
    turned: (u8, Option<Bitmap>),
    sample: Option<Bitmap>,
}

impl<'a> Copies<'a> {
    /// Of a page.
    pub(super) fn of(page: &'a Bitmap) -> Self {
        Self { page, turned: (0, None), sample: None }
    }

    /// The page after so many quarter turns.
    pub(super) fn upright(&mut self, quarter_turns: u8) -> &Bitmap {
        if quarter_turns == 0 {
            return self.page;
        }
        if self.turned.0 != quarter_turns {
            self.turned = (quarter_turns, Some(self.page.turned(quarter_turns)));
        }
        self.turned.1.as_ref().unwrap_or(self.page)
    }

    /// What is looked at before the page is read.
    pub(super) fn glance(&self) -> Bitmap {
        sample::sample(self.page, &[], Part::Glance)
    }

    /// The part on which things are tried: one for all trials, so that they can be compared.
    pub(super) fn part(&mut self, attempts: &Attempts) -> &Bitmap {
        let page = self.page;
        self.sample.get_or_insert_with(|| {
            // Boxes of a page that was turned lie elsewhere on it.
            let upright = attempts.best().filter(|best| best.plan.quarter_turns == 0);
            sample::sample(page, upright.map_or(&[], |best| best.words.as_slice()), Part::Trial)
        })
    }

    /// What is asked how it stands: of noise, a part is enough, since the whole may take minutes.
    pub(super) fn to_stand(&self, attempts: &Attempts) -> &Bitmap {
        let noise = attempts.prospect == Prospect::Poor && attempts.best().is_none();
        self.sample.as_ref().filter(|_| noise).unwrap_or(self.page)
    }

    /// A trial as if the page had been read: as much everywhere as on the sample, which is its best part.
    pub(super) fn as_of_page(&self, trial: &Pass) -> Pass {
        let times = self.sample.as_ref().map_or(1.0, |part| sample::times(self.page, part));
        let mut pass = Pass { words: Vec::new(), language_lines: Vec::new(), ..trial.clone() };
        let everywhere = |count: u32| (count as f32 * times) as u32;
        pass.measure.letters = everywhere(pass.measure.letters);
        pass.measure.words = everywhere(pass.measure.words);
        pass
    }
}
