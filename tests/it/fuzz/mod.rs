//! Hostile bytes, the same on every run: damaged copies of every sample through the real jail, and in more rounds in
//! this process; the corpus of every fuzz target; and what the reference corpus holds of hostile files, whole.
//!
//! In the jail a parser may fail over a document (`parser_failed`); it may not hang beyond its limits, and the host may
//! not fail at all. In this process a panic within our own code fails the test, as do time and memory without end; a
//! panic within a library is counted, since that is what the jail is for. `CASEGATE_FUZZ_ROUNDS` and `CASEGATE_SEED`
//! make longer and other runs. A copy that does harm is written to `target/tmp`; where the process dies of it,
//! `CASEGATE_FUZZ_KEEP=FOLDER` keeps there what each thread is at.

mod drawing;
mod hammer;
mod jailed;
mod mutate;
mod pages;
mod reading;
mod replay;
mod seeds;
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;
mod unjailed;

/// Rounds for each seed: as the environment says, else as many as are given.
fn rounds(usual: u64) -> u64 {
    std::env::var("CASEGATE_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
