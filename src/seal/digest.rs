//! Digests of plaintext from aws-lc, and randomness from the system (getrandom(2)). The generator of aws-lc would first
//! measure the processor's jitter for 70 ms in every process, and every command is one.

use crate::domain::ids::PlainDigest;
use aws_lc_rs::digest;

/// Draws bytes from the system's generator.
///
/// # Panics
/// Where the system has no randomness: nothing may be sealed then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("getrandom(2) fails only on a system that has no randomness at all");
    bytes
}

/// SHA-256 (FIPS 180-4) of bytes at hand.
pub fn sha256(bytes: &[u8]) -> PlainDigest {
    PlainDigest(raw(bytes))
}

/// SHA-256 of bytes that are not plaintext, for the modules beside this one.
pub(super) fn raw(bytes: &[u8]) -> [u8; 32] {
    to_array(digest::digest(&digest::SHA256, bytes))
}

/// SHA-256 of bytes that come one piece after the other.
#[derive(Clone)]
pub struct Digester(digest::Context);

impl Digester {
    /// Begins with no bytes.
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The digest of all pieces joined.
    pub fn finish(self) -> PlainDigest {
        PlainDigest(to_array(self.0.finish()))
    }
}

impl Default for Digester {
    fn default() -> Self {
        Self::new()
    }
}

fn to_array(digest: digest::Digest) -> [u8; 32] {
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest is SHA-256: the example of FIPS 180-2, appendix B.1, whole and in pieces.
    #[test]
    fn known_answer() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc").to_hex(), expected);
        let mut digester = Digester::new();
        digester.update(b"a");
        digester.update(b"");
        digester.update(b"bc");
        assert_eq!(digester.finish().to_hex(), expected);
    }
}
