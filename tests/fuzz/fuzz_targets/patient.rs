//! A patient file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("patient", bytes));
