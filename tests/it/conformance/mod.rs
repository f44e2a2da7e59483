//! One suite per trait, run against every implementation.

mod catalog;
mod search;
mod vault;
