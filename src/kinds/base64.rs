//! Base64 as messages and pages carry it (RFC 4648 4, lines of any length), decoded while it is read.

use data_encoding::{Encoding, Specification};
use std::{
    io::{self, Read},
    sync::LazyLock,
};

/// Characters decoded at a time; a multiple of four.
const CHUNK_CHARS: usize = 64 * 1024;

/// Without padding, which is taken off before, and without asking for zeros in bits that mean nothing.
#[expect(clippy::expect_used, reason = "the alphabet is a constant")]
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    // The alphabet for URLs and file names (RFC 4648 5) is met too.
    specification.translate.from.push_str("-_");
    specification.translate.to.push_str("+/");
    specification.check_trailing_bits = false;
    specification.encoding().expect("64 different characters make an encoding")
});

/// Bytes out of characters. Blanks and line ends are stepped over.
///
/// A character that does not belong is `InvalidData`; an end within a byte is `UnexpectedEof`. What came before is
/// handed out.
pub(super) struct Base64<'a> {
    rest: &'a [u8],
    plain: Vec<u8>,
    at: usize,
    fault: Option<io::ErrorKind>,
}

impl<'a> Base64<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.as_bytes(), plain: Vec::new(), at: 0, fault: None }
    }

    /// Decodes the next characters.
    fn refill(&mut self) {
        let mut chars = Vec::with_capacity(CHUNK_CHARS.min(self.rest.len()));
        let mut used = 0;
        for byte in self.rest {
            used += 1;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'=' => {
                    let behind = &self.rest[used..];
                    if behind.iter().any(|byte| *byte != b'=' && !byte.is_ascii_whitespace()) {
                        self.fault = Some(io::ErrorKind::InvalidData);
                    }
                    used = self.rest.len();
                    break;
                }
                byte => chars.push(*byte),
            }
            if chars.len() == CHUNK_CHARS {
                break;
            }
        }
        self.rest = &self.rest[used..];
        if chars.len() % 4 == 1 {
            chars.pop();
            self.fault = Some(io::ErrorKind::UnexpectedEof);
        }
        self.at = 0;
        self.plain = LENIENT.decode(&chars).unwrap_or_else(|error| {
            self.fault = Some(io::ErrorKind::InvalidData);
            self.rest = &[];
            let whole = error.position / 4 * 4;
            LENIENT.decode(&chars[..whole.min(chars.len())]).unwrap_or_default()
        });
    }
}

impl Read for Base64<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.plain.len() {
            if let Some(fault) = self.fault {
                return Err(io::Error::new(fault, "no base64"));
            }
            if self.rest.is_empty() || buffer.is_empty() {
                return Ok(0);
            }
            self.refill();
        }
        let bytes = buffer.len().min(self.plain.len() - self.at);
        buffer[..bytes].copy_from_slice(&self.plain[self.at..self.at + bytes]);
        self.at += bytes;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[u8], fault: Option<io::ErrorKind>) {
        let mut bytes = Vec::new();
        let read = Base64::new(text).read_to_end(&mut bytes);
        assert_eq!((bytes.as_slice(), read.err().map(|error| error.kind())), (expected, fault), "{text}");
    }

    /// Proves that lines, missing padding and the other alphabet are read, and that faults keep what came before.
    #[test]
    fn base64_is_read_as_it_comes() {
        check("aGVs\r\n bG8=", b"hello", None);
        check("aGVsbG8", b"hello", None);
        check("--__", &[0xFB, 0xEF, 0xFF], None);
        check("", b"", None);
        check("aGVsb", b"hel", Some(io::ErrorKind::UnexpectedEof));
        check("aGVs%G8=", b"hel", Some(io::ErrorKind::InvalidData));
        check("aGU=aGVs", b"he", Some(io::ErrorKind::InvalidData));
    }

    /// Proves that nothing is lost where chunks meet.
    #[test]
    fn chunks_meet() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| ((n * 7) >> 3) as u8).collect();
        let text = data_encoding::BASE64
            .encode(&bytes)
            .as_bytes()
            .chunks(77)
            .map(String::from_utf8_lossy)
            .collect::<Vec<_>>()
            .join("\n");
        check(&text, &bytes, None);
    }
}
