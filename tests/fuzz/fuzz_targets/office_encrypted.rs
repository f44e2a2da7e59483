//! Bytes as `office-encrypted`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("office_encrypted", bytes));
