//! Bytes as `c-cda`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("c_cda", bytes));
