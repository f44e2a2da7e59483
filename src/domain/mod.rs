//! The nouns of Casegate: plain values without I/O, clock or randomness.
//!
//! Everything else depends on this module; it depends on nothing of ours.

pub mod bulk;
pub mod case;
pub mod entry;
pub mod extension;
pub mod facts;
pub mod ids;
pub mod imaging;
pub mod job;
mod language;
pub mod limits;
pub mod link;
pub mod member;
pub mod origin;
pub mod path;
pub mod reading;
pub mod reason;
pub mod time;
pub mod upload;
pub mod verdict;
