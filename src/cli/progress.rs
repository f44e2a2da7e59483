//! Progress on a terminal: one line while bytes come in, one while documents are judged and scans are read. Elsewhere:
//! nothing.

use super::{remark, table::plain};
use crate::control::Note;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How often the line is written anew while nothing is told.
const TICK: Duration = Duration::from_secs(1);

/// A bar that follows a command's notes.
pub(super) struct Bar {
    bar: ProgressBar,
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
        let bar = if watched { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("Taking in  {bar:30} {bytes} of {total_bytes}  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        // A page nobody can read may take a minute: the clock shows that work goes on.
        if watched {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, judging: false, not_taken: NotTaken::default() }
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
            if let Ok(style) = ProgressStyle::with_template("Reading    {bar:30} {msg}  {elapsed}") {
                self.bar.set_style(style);
            }
        }
        // Members of containers come to light meanwhile, so the total may grow.
        let total = self.bar.length().unwrap_or(jobs).max(jobs);
        self.bar.set_length(total);
        self.bar.set_position(total - jobs);
        self.bar.set_message(match (jobs, readings) {
            (0, _) => "making the index".to_owned(),
            (jobs, readings) if readings == jobs => format!("{jobs} to go: scans and photos, a few seconds a page"),
            (jobs, 0) => format!("{jobs} to go"),
            (jobs, readings) => format!("{jobs} to go, {readings} of them scans and photos"),
        });
    }

    /// Clears the line; what could not be taken in.
    pub(super) fn finish(self) -> NotTaken {
        self.bar.finish_and_clear();
        self.not_taken
    }
}
