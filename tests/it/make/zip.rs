//! Writes ZIP files.

use std::io::{Cursor, Write};
use zip::{
    CompressionMethod, ZipWriter,
    write::{FileOptions, SimpleFileOptions},
};

/// A ZIP of these members, compressed.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    with(members, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
}

/// A ZIP of these members as they are.
pub(crate) fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    with(members, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

/// A ZIP of these members under a password (AES-256).
pub(crate) fn locked(members: &[(&str, &[u8])], password: &str) -> Vec<u8> {
    with(members, SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, password))
}

fn with(members: &[(&str, &[u8])], options: FileOptions<'_, '_, ()>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
