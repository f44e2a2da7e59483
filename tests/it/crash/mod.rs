//! The power goes at any moment: whatever was acknowledged is there, nothing is half there, and the ledger that comes out
//! in the end is the one of an undisturbed run.
//!
//! `CASEGATE_CRASH_ROUNDS` sets how often each kind of death is died, `CASEGATE_SEED` when.

mod command;
mod daemon;
mod faults;
mod init;
mod points;
mod proof;
mod uploads;

pub(crate) use proof::prove_soon;
mod readings;

/// Deaths in a test unless told otherwise: the whole proof takes hours, a run of all tests must not.
const ROUNDS: u64 = 6;

fn rounds() -> u64 {
    std::env::var("CASEGATE_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}
