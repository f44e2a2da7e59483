//! Text and its languages.

pub mod language;
