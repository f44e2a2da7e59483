//! The one integration binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests stop the test, as tests do")]

mod canary;
mod conformance;
mod crash;
mod golden;
mod hostile;
mod jail;
mod make;
mod support;
