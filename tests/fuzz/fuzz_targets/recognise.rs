//! Any bytes, as whatever kind they are recognised to be.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("recognise", bytes));
