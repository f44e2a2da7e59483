//! One suite per trait, run against every implementation.

mod search;
mod vault;
