//! The one integration binary.

mod golden;
