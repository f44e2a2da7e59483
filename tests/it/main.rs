//! The one integration binary.

mod conformance;
mod golden;
mod jail;
