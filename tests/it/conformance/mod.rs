//! What every implementation of a trait must hold to.

mod search;
