//! Pure rules about documents and whole cases: no I/O, no clock, nothing that can fail.
//!
//! Everything here takes values and gives values; the same entries give the same ledger in whatever order they came.

pub mod case;
pub mod containers;
pub mod copies;
pub mod flags;
pub mod gate;
pub mod identity;
pub mod instances;
pub mod language;
pub mod ledger;
pub mod legibility;
pub mod likeness;
pub mod manifest;
pub mod media;
pub mod reading;
pub mod screens;
pub mod series;
mod viewers;
pub mod waivers;
pub mod wordlike;
