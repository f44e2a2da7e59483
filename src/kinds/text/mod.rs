//! What can be told from plain text alone: its language, and the people it names.
//!
//! Pure functions over text that a kind has read; nothing here parses a foreign format.

pub mod beside;
pub mod language;
pub mod people;
