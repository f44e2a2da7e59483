//! The one integration binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests stop the test, as tests do")]

mod conformance;
mod golden;
mod jail;
mod journeys;
