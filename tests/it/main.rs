//! The one integration binary.

mod jail;
