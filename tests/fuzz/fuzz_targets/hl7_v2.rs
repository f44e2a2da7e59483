//! Bytes as `hl7-v2`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("hl7_v2", bytes));
