//! Headers of a tus request.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("tus_headers", bytes));
