//! Bytes as `slide-manifest`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("slide_manifest", bytes));
