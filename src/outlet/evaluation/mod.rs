//! How well verdicts agree with what people say of the same files: measures, tables, misses, and a page that shows them.
//!
//! Pure: tables and answers in, numbers and a page out. It may not look at a document itself; a picture of a missed one
//! is handed in. The format of the tables is described in `docs/evaluate.md`.

mod answers;
mod confusion;
mod expected;
mod measures;
mod page;

pub use answers::{Answer, AnswerReason};
pub use confusion::{KindLine, LanguageLine, ReasonLine};
pub use expected::{Expected, Group, TableError, Truths};
pub use measures::{Measure, Miss, MissKind, Scope};
pub use page::{Picture, page};

use serde::Serialize;

/// All that comes of comparing answers with truths.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Evaluation {
    /// Each measure by its name, in a fixed order.
    pub measures: Vec<Measure>,
    /// By kind of file, as the table names kinds.
    pub kinds: Vec<KindLine>,
    /// By reason code.
    pub reasons: Vec<ReasonLine>,
    /// By expected languages.
    pub languages: Vec<LanguageLine>,
    /// Each file about which answer and truth differ.
    pub misses: Vec<Miss>,
}

impl Evaluation {
    /// Compares answers with truths.
    pub fn of(truths: &Truths, answers: &[Answer], scope: Scope) -> Self {
        let answers = answers::by_path(answers);
        let mut misses = Vec::new();
        let mut measures = measures::readability((truths, &answers), &mut misses);
        measures.extend(measures::language((truths, &answers), scope, &mut misses));
        measures.extend(measures::duplicates((truths, &answers), scope, &mut misses));
        Self {
            measures,
            kinds: confusion::kinds(truths, &answers),
            reasons: confusion::reasons(truths, &answers),
            languages: confusion::languages((truths, &answers), scope),
            misses,
        }
    }

    /// The value of a measure: `None` where there is nothing to measure, or no measure of that name.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.measures.iter().find(|measure| measure.name == name).and_then(Measure::value)
    }
}
