//! Bytes as `dicomdir`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("dicomdir", bytes));
