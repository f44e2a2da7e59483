//! One suite per trait, run against every implementation.

mod vault;
