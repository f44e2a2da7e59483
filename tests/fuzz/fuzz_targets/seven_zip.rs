//! Bytes as `7z`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("seven_zip", bytes));
