//! The one integration binary.

#![allow(clippy::unwrap_used, reason = "helpers of tests stop the test, as tests do")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a test that is skipped says so")]
#![allow(clippy::disallowed_methods, reason = "tests run the program and outside tools as people do")]

mod canary;
mod casework;
mod conformance;
mod corpus;
mod crash;
mod family_upload;
mod fuzz;
mod golden;
mod hostile;
mod identity;
mod imaging;
mod jail;
mod journeys;
mod make;
mod support;
mod tidy;
