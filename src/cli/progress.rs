//! Progress on a terminal: one line while bytes come in, one while documents are judged and scans are read. Elsewhere:
//! nothing. The line is never wider than the terminal: one that wraps is not cleared, and fills the screen.

use super::{remark, table::plain};
use crate::control::Note;
use console::{Term, measure_text_width};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// How often the line is written anew while nothing is told.
const TICK: Duration = Duration::from_secs(1);

/// While bytes come in: the bar takes what the figures leave.
const TAKING_IN: &str = "Taking in  {wide_bar} {bytes} of {total_bytes}  {eta} left";
/// While documents are judged and read.
const READING: &str = "Reading    {wide_bar} {msg}  {elapsed}";
/// Columns around the bar and the words of [`READING`]: its name, the gaps, the time.
const READING_COLUMNS: usize = 18;
/// A shorter bar shows nothing.
const BAR_COLUMNS_MIN: usize = 8;

/// A bar that follows a command's notes.
pub(super) struct Bar {
    bar: ProgressBar,
    /// Columns of the terminal, as it is just now.
    columns: fn() -> usize,
    judging: bool,
    not_taken: NotTaken,
}

/// What was there and could not be read, each in a line for the asker.
#[derive(Default)]
pub(super) struct NotTaken(Vec<String>);

impl NotTaken {
    /// Was everything taken?
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says what was not taken.
    pub(super) fn tell(&self) {
        self.0.iter().for_each(remark);
    }
}

impl Bar {
    /// A bar, hidden where nobody watches.
    pub(super) fn new(watched: bool) -> Self {
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = Self::on(target, || usize::from(Term::stderr().size().1));
        // A page nobody can read may take a minute: the clock shows that work goes on.
        if watched {
            bar.bar.enable_steady_tick(TICK);
        }
        bar
    }

    fn on(target: ProgressDrawTarget, columns: fn() -> usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template(TAKING_IN) {
            bar.set_style(style);
        }
        Self { bar, columns, judging: false, not_taken: NotTaken::default() }
    }

    /// Follows a note.
    pub(super) fn note(&mut self, note: &Note) {
        match note {
            Note::Total { bytes, .. } => self.bar.set_length(*bytes),
            Note::Received { bytes } => self.bar.inc(*bytes),
            Note::NotTaken { path, why } => self.not_taken.0.push(format!("NOT TAKEN IN: {}: {why}", plain(path))),
            Note::Open { jobs, readings } => self.judge(*jobs, *readings),
        }
    }

    fn judge(&mut self, jobs: u64, readings: u64) {
        if !self.judging {
            self.judging = true;
            self.bar.set_length(jobs);
            if let Ok(style) = ProgressStyle::with_template(READING) {
                self.bar.set_style(style);
            }
        }
        // Members of containers come to light meanwhile, so the total may grow.
        let total = self.bar.length().unwrap_or(jobs).max(jobs);
        self.bar.set_length(total);
        self.bar.set_position(total - jobs);
        let room = (self.columns)().saturating_sub(READING_COLUMNS + BAR_COLUMNS_MIN);
        self.bar.set_message(fitting(to_go(jobs, readings), room));
    }

    /// Clears the line; what could not be taken in.
    pub(super) fn finish(self) -> NotTaken {
        self.bar.finish_and_clear();
        self.not_taken
    }
}

/// What is still to do, from the words that say most to those that are always said.
fn to_go(jobs: u64, readings: u64) -> Vec<String> {
    let mut words = match (jobs, readings) {
        (0, _) => return vec!["making the index".to_owned()],
        (jobs, readings) if readings == jobs => {
            vec![
                format!("{jobs} to go: scans and photos, a few seconds a page"),
                format!("{jobs} to go, scans and photos"),
            ]
        }
        (_, 0) => Vec::new(),
        (jobs, readings) => vec![
            format!("{jobs} to go, {readings} of them scans and photos"),
            format!("{jobs} to go, {readings} scans and photos"),
        ],
    };
    words.push(format!("{jobs} to go"));
    words
}

/// The first of these that fits into so many columns, else the last.
fn fitting(mut words: Vec<String>, columns: usize) -> String {
    let first = words.iter().position(|words| measure_text_width(words) <= columns);
    words.swap_remove(first.unwrap_or(words.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::{
        io::Result,
        sync::{Arc, Mutex},
    };

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug)]
    struct Paper(u16, Arc<Mutex<Vec<String>>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            self.0
        }
        fn move_cursor_up(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> Result<()> {
            self.write_str(line)
        }
        fn write_str(&self, line: &str) -> Result<()> {
            self.1.lock().unwrap().push(line.to_owned());
            Ok(())
        }
        fn clear_line(&self) -> Result<()> {
            Ok(())
        }
        fn flush(&self) -> Result<()> {
            Ok(())
        }
    }

    /// Everything that is written of a long run on a terminal of this width.
    fn written(columns: u16, width: fn() -> usize) -> Vec<String> {
        let paper = Paper(columns, Arc::default());
        let mut bar = Bar::on(ProgressDrawTarget::term_like(Box::new(paper.clone())), width);
        bar.note(&Note::Total { entries: 20_000, bytes: 345_678_901_234 });
        bar.note(&Note::Received { bytes: 123_456_789_012 });
        bar.bar.tick();
        for (jobs, readings) in [(20_000, 0), (1_234, 567), (48, 12), (12, 12), (1, 1), (0, 0)] {
            bar.note(&Note::Open { jobs, readings });
        }
        paper.1.lock().unwrap().clone()
    }

    /// Proves that no line of the progress is wider than the terminal, that a bar is left in it, and that a wide one says more.
    #[test]
    fn the_line_fits_the_terminal() {
        for (columns, width) in [(60, (|| 60) as fn() -> usize), (80, || 80), (200, || 200)] {
            let lines = written(columns, width);
            for line in &lines {
                assert!(measure_text_width(line.trim_end()) <= usize::from(columns), "{columns}: {line}");
            }
            let bars = |name: &str| {
                let lines = lines.iter().filter(|line| line.starts_with(name));
                lines.map(|line| line.chars().filter(|c| "\u{2588}\u{2591}".contains(*c)).count()).collect::<Vec<_>>()
            };
            for name in ["Taking in", "Reading"] {
                assert!(!bars(name).is_empty() && bars(name).iter().all(|bar| *bar >= 5), "{columns}: {lines:?}");
            }
            let said = |words: &str| lines.iter().any(|line| line.contains(words));
            assert!(
                said("12 to go, scans") || said("12 to go: scans and photos, a few seconds"),
                "{columns}: {lines:?}"
            );
            assert_eq!(said("a few seconds a page"), columns >= 80, "{lines:?}");
            assert!(said("48 to go, 12") && said("making the index"), "{columns}: {lines:?}");
        }
    }
}
