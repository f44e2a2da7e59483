//! A first read of something large, to see whether the case holds it already: hashed, and nothing stored.

use crate::{
    domain::{ids::PlainDigest, limits::SNIFF_BYTES_MAX},
    seal::Digester,
};
use std::io::{self, Read};

/// Bytes read at once.
const READ_BYTES: usize = 1 << 20;

/// What a first read found.
pub struct FirstRead {
    pub(super) sha256: PlainDigest,
    pub(super) bytes: u64,
    /// From the start, as much as kinds are told by.
    pub(super) head: Vec<u8>,
}

impl FirstRead {
    /// Reads to the end. Blocks.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn of(mut source: impl Read) -> io::Result<Self> {
        let (mut digest, mut bytes, mut head) = (Digester::new(), 0, Vec::new());
        let mut buffer = vec![0; READ_BYTES];
        loop {
            let read = match source.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if read == 0 {
                return Ok(Self { sha256: digest.finish(), bytes, head });
            }
            digest.update(&buffer[..read]);
            bytes += read as u64;
            let wanted = SNIFF_BYTES_MAX.saturating_sub(head.len()).min(read);
            head.extend_from_slice(&buffer[..wanted]);
        }
    }
}
