//! Bytes as `iso9660`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("iso9660", bytes));
