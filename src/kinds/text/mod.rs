//! What can be told from plain text alone: its language.
//!
//! Pure functions over text that a kind has read; nothing here parses a foreign format.

pub mod language;
