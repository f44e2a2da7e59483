//! `Upload-Checksum`: a digest over the bytes of one piece (tus 1.0, Checksum).

use super::super::problem::Problem;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use data_encoding::BASE64;

/// The algorithms, as the protocol lists them.
pub(super) const ALGORITHMS: &str = "sha1,sha256";

/// A checksum that a piece must have.
pub struct Checksum {
    context: Context,
    expected: Vec<u8>,
}

impl Checksum {
    /// Reads the header.
    ///
    /// # Errors
    /// The algorithm is not one of [`ALGORITHMS`], or the value is no digest of it.
    pub fn read(text: &str) -> Result<Self, Problem> {
        const UNKNOWN: Problem = Problem::bad(
            "checksum_unsupported",
            "Upload-Checksum takes sha1 or sha256, a space, and the digest in base64.",
        );
        let (algorithm, value) = text.trim().split_once(' ').ok_or(UNKNOWN)?;
        let algorithm = match algorithm {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return Err(UNKNOWN),
        };
        let expected = BASE64.decode(value.trim().as_bytes()).map_err(|_| UNKNOWN)?;
        if expected.len() != algorithm.output_len() {
            return Err(UNKNOWN);
        }
        Ok(Self { context: Context::new(algorithm), expected })
    }

    /// Takes bytes of the piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Are these the bytes that were announced?
    pub fn matches(self) -> bool {
        self.context.finish().as_ref() == self.expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves both algorithms with known answers (FIPS 180-2, appendices A.1 and B.1), and that a wrong digest is found.
    #[test]
    fn known_answers() {
        for (text, same) in [
            ("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", true),
            ("sha256 ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=", true),
            ("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J1=", false),
        ] {
            let Ok(mut checksum) = Checksum::read(text) else {
                assert!(!same, "{text}");
                continue;
            };
            checksum.update(b"a");
            checksum.update(b"bc");
            assert_eq!(checksum.matches(), same, "{text}");
        }
        assert!(Checksum::read("md5 kAFQmDzST7DWlj99KOF/cg==").is_err());
        assert!(Checksum::read("sha1").is_err());
    }
}
