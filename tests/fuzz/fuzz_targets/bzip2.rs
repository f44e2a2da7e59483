//! Bytes as `bzip2`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("bzip2", bytes));
