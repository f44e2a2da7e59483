//! Bytes as `mirax-slidedat`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("mirax_slidedat", bytes));
