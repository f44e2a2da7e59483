//! Messages of an inspector.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("child_frames", bytes));
