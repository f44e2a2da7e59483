//! Bytes as the pixels of a DICOM object.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("pixels", bytes));
