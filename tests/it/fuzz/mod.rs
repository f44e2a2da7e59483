//! Damaged copies of every sample, the same on every run: through the real jail, and in more rounds in this process.
//!
//! In the jail a parser may fail over a document (`parser_failed`); it may not hang beyond its limits, and the host may
//! not fail at all. In this process a panic within our own code fails the test; one within a library is counted, since
//! that is what the jail is for. `CASEGATE_FUZZ_ROUNDS` and `CASEGATE_SEED` make longer and other runs.

mod jailed;
mod mutate;
mod seeds;
mod unjailed;

/// Rounds for each seed: as the environment says, else as many as are given.
fn rounds(usual: u64) -> u64 {
    std::env::var("CASEGATE_FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
