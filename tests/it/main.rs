//! The one integration binary.

mod conformance;
mod jail;
