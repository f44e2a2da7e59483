//! Bytes as `office-open-xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("office_open_xml", bytes));
