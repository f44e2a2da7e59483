//! One suite per trait, run against every implementation.

mod vault;
//! What every implementation of a trait must hold to.

mod search;
