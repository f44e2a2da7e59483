//! Casegate: takes in whatever families and hospitals send to a paediatric second-opinion programme, accounts for every
//! entry, seals it, judges it and makes it searchable, before a specialist sees the case.
//!
//! `ARCHITECTURE.md` beside this file is the map.

pub mod app;
pub mod audit;
pub mod casework;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod control;
pub mod domain;
pub mod inlet;
pub mod jail;
pub mod kinds;
pub mod ops;
pub mod outlet;
pub mod pipeline;
pub mod seal;
pub mod search;
pub mod vault;

#[cfg(test)]
#[path = "../tests/it/support/lacking.rs"]
mod lacking;
