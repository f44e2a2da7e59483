//! Pages of a TIFF, drawn.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| casegate_fuzz::run("draw_tiff", bytes));
