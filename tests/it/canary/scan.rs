//! Searches folders for planted words in every form in which a program may have written them.

use std::{
    collections::HashMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

/// Bytes that are unpacked of a compressed stream at most.
const INFLATED_MAX: u64 = 4 << 20;

/// A planted word that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) what: String,
    pub(super) form: &'static str,
    pub(super) file: PathBuf,
    pub(super) offset: usize,
}

/// Everything that is searched for.
#[derive(Default)]
pub(super) struct Scanner {
    /// By their first four bytes, so that one look at each place in a file is enough.
    patterns: HashMap<[u8; 4], Vec<Pattern>>,
}

struct Pattern {
    what: String,
    form: &'static str,
    bytes: Vec<u8>,
}

impl Scanner {
    /// Adds a word: as it is and in small letters, in each encoding.
    pub(super) fn word(&mut self, what: &str, word: &str) {
        for text in [word.to_owned(), word.to_lowercase()] {
            self.add(what, "UTF-8", text.as_bytes());
            let wide: Vec<u16> = text.encode_utf16().collect();
            self.add(what, "UTF-16LE", &wide.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<_>>());
            self.add(what, "UTF-16BE", &wide.iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<_>>());
            self.encodings(what, text.as_bytes());
        }
    }

    /// Adds a digest: raw and in each encoding.
    pub(super) fn digest(&mut self, what: &str, digest: &[u8]) {
        self.add(what, "raw", digest);
        self.encodings(what, digest);
    }

    fn encodings(&mut self, what: &str, bytes: &[u8]) {
        use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
        self.add(what, "hex", HEXLOWER.encode(bytes).as_bytes());
        self.add(what, "HEX", HEXUPPER.encode(bytes).as_bytes());
        for before in 0..3 {
            let shifted = [vec![0; before], bytes.to_vec()].concat();
            for alphabet in [&BASE64_NOPAD, &BASE64URL_NOPAD] {
                let text = alphabet.encode(&shifted);
                // The first and last letters also hold bits of the neighbours.
                let sure = &text.as_bytes()[(before * 8).div_ceil(6)..shifted.len() * 8 / 6];
                self.add(what, "base64", sure);
            }
        }
    }

    fn add(&mut self, what: &str, form: &'static str, bytes: &[u8]) {
        let Some(start) = bytes.first_chunk::<4>() else { return };
        let same = self.patterns.entry(*start).or_default();
        if !same.iter().any(|pattern| pattern.bytes == bytes && pattern.what == what) {
            same.push(Pattern { what: what.to_owned(), form, bytes: bytes.to_vec() });
        }
    }

    /// Searches every file under a path, names included. `passed_over`: paths that hold what was planted by right.
    pub(super) fn folder(&self, path: &Path, passed_over: &[PathBuf]) -> (Vec<Found>, u64) {
        let (mut found, mut bytes) = (Vec::new(), 0);
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            if passed_over.contains(&path) {
                continue;
            }
            found.extend(self.bytes(&path, path.file_name().unwrap_or_default().as_encoded_bytes()));
            let metadata = fs::symlink_metadata(&path).unwrap();
            if metadata.is_dir() {
                waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if metadata.is_file() {
                let contents = fs::read(&path).unwrap();
                bytes += contents.len() as u64;
                found.extend(self.bytes(&path, &contents));
                for (offset, inside) in streams(&contents) {
                    let inside = self.bytes(&path, &inside);
                    found.extend(inside.into_iter().map(|found| Found { form: "inside a stream", offset, ..found }));
                }
            }
        }
        (found, bytes)
    }

    fn bytes(&self, file: &Path, bytes: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        for offset in 0..bytes.len().saturating_sub(3) {
            let Some(start) = bytes[offset..].first_chunk::<4>() else { break };
            let Some(patterns) = self.patterns.get(start) else { continue };
            for pattern in patterns.iter().filter(|pattern| bytes[offset..].starts_with(&pattern.bytes)) {
                let (what, form) = (pattern.what.clone(), pattern.form);
                found.push(Found { what, form, file: file.to_owned(), offset });
            }
        }
        found
    }
}

/// Compressed streams: zlib (RFC 1950) and gzip (RFC 1952) by their first bytes, raw ones behind a ZIP member's head.
fn streams(bytes: &[u8]) -> Vec<(usize, Vec<u8>)> {
    let mut streams = Vec::new();
    for offset in 0..bytes.len().saturating_sub(8) {
        let rest = &bytes[offset..];
        let inside = match rest {
            [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => {
                inflated(flate2::read::ZlibDecoder::new(rest))
            }
            [0x1F, 0x8B, 8, ..] => inflated(flate2::read::GzDecoder::new(rest)),
            [b'P', b'K', 3, 4, head @ ..] if head.len() > 26 => {
                let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
                let start = 26 + length(22) + length(24);
                inflated(flate2::read::DeflateDecoder::new(head.get(start..).unwrap_or_default()))
            }
            _ => continue,
        };
        if !inside.is_empty() {
            streams.push((offset, inside));
        }
    }
    streams
}

/// What comes out before the stream ends or turns out to be none.
fn inflated(decoder: impl Read) -> Vec<u8> {
    let mut inside = Vec::new();
    let _ = decoder.take(INFLATED_MAX).read_to_end(&mut inside);
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const WORD: &str = "QX7KPLANTED0WORD";

    fn scanner() -> Scanner {
        let mut scanner = Scanner::default();
        scanner.word("word", WORD);
        scanner.digest("digest", &[0xA7; 32]);
        scanner
    }

    fn finds(bytes: &[u8]) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let noise = crate::support::random::Random::new(7).bytes(5_000);
        fs::write(folder.path().join("file"), [&noise[..2_501], bytes, &noise[2_501..]].concat()).unwrap();
        let (found, scanned) = scanner().folder(folder.path(), &[]);
        assert_eq!(scanned, 5_000 + bytes.len() as u64);
        !found.is_empty()
    }

    /// Proves that the search finds what it is there to find, in each form, and nothing in noise.
    #[test]
    fn each_form_is_found() {
        use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
        assert!(!finds(b"nothing is planted here"));
        assert!(finds(WORD.as_bytes()));
        assert!(finds(WORD.to_lowercase().as_bytes()));
        assert!(finds(&WORD.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
        assert!(finds(&WORD.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>()));
        for around in ["", "a", "ab", "abc"] {
            let text = format!("{around}{WORD}{around}!");
            assert!(finds(BASE64.encode(text.as_bytes()).as_bytes()), "base64 behind {around:?}");
            assert!(finds(HEXLOWER.encode(text.as_bytes()).as_bytes()));
            assert!(finds(HEXUPPER.encode(text.as_bytes()).as_bytes()));
        }
        assert!(finds(&[0xA7; 32]));
        assert!(finds(BASE64.encode(&[[1; 1].as_slice(), &[0xA7; 32]].concat()).as_bytes()));
    }

    /// Proves that compression hides nothing, and that a name of a file or folder counts.
    #[test]
    fn streams_and_names_are_searched() {
        let level = flate2::Compression::best();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), level);
        zlib.write_all(WORD.repeat(9).as_bytes()).unwrap();
        assert!(finds(&zlib.finish().unwrap()));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
        gzip.write_all(WORD.repeat(9).as_bytes()).unwrap();
        assert!(finds(&gzip.finish().unwrap()));
        let letters = WORD.repeat(9);
        assert!(finds(&crate::make::zip::zip(&[("member", letters.as_bytes())])));
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(format!("of {WORD}"))).unwrap();
        assert_eq!(scanner().folder(folder.path(), &[]).0.len(), 1);
    }
}
