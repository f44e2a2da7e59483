//! The one integration binary.

mod conformance;
mod jail;
mod golden;
