//! The one integration binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests stop the test, as tests do")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test that is skipped says so")]

mod casework;
mod conformance;
mod corpus;
mod family_upload;
mod golden;
mod jail;
mod make;
mod tidy;
