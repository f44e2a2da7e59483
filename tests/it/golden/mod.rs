//! Verdicts on files whose truth is known.

mod docs;
