//! `Upload-Metadata`: pairs of a key and a base64 value, separated by commas (tus 1.0, Creation).

use super::super::problem::Problem;
use crate::domain::{
    limits::{Limits, UPLOAD_METADATA_BYTES_MAX},
    path::RawName,
};
use data_encoding::BASE64;

const MALFORMED: Problem =
    Problem::bad("metadata_malformed", "Upload-Metadata holds keys and base64 values, separated by commas.");

/// What a sender notes about an upload.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metadata {
    /// Word for word.
    pub text: String,
    pairs: Vec<(String, Vec<u8>)>,
}

impl Metadata {
    /// Reads the header; nothing and an empty one are the same.
    ///
    /// # Errors
    /// It is malformed, too long, or names a key twice.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > UPLOAD_METADATA_BYTES_MAX {
            return Err(Problem::bad("metadata_too_long", "Upload-Metadata is too long."));
        }
        let mut pairs: Vec<(String, Vec<u8>)> = Vec::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if !key.bytes().all(|b| b.is_ascii_graphic()) || pairs.iter().any(|(known, _)| known == key) {
                return Err(MALFORMED);
            }
            let value = BASE64.decode(value.trim().as_bytes()).map_err(|_| MALFORMED)?;
            pairs.push((key.to_owned(), value));
        }
        Ok(Self { text: text.to_owned(), pairs })
    }

    /// The name of the upload: `relativePath`, else `filename`, else one made of a number.
    ///
    /// # Errors
    /// It is longer than a name may be.
    pub fn name(&self, number: u64, limits: &Limits) -> Result<RawName, Problem> {
        let named = self.get("relativePath").or_else(|| self.get("filename"));
        let name = named.map_or_else(|| format!("upload-{number}").into_bytes(), <[u8]>::to_vec);
        if name.len() > limits.name_bytes_max {
            return Err(Problem::bad("name_too_long", "The name of this file is too long. Give it a shorter one."));
        }
        Ok(RawName(name))
    }

    /// A value that says something. Uppy writes `null` into `relativePath` where there is no folder.
    fn get(&self, key: &str) -> Option<&[u8]> {
        let (_, value) = self.pairs.iter().find(|(known, _)| known == key)?;
        let nothing = value.is_empty() || value == b"null" || value == b"undefined";
        (!nothing).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        Metadata::read(text).expect("reads").name(7, &Limits::default()).expect("a name").shown()
    }

    /// Proves which key names an upload, and that names are bytes, not text.
    #[test]
    fn names() {
        assert_eq!(name(""), "upload-7");
        assert_eq!(name("filename YS5wZGY="), "a.pdf");
        assert_eq!(name("filename YS5wZGY=, relativePath ZC9hLnBkZg=="), "d/a.pdf");
        assert_eq!(name("filename YS5wZGY=,relativePath bnVsbA=="), "a.pdf");
        assert_eq!(name("filename /w=="), "\\xff");
        assert_eq!(name("is_confidential,filename"), "upload-7");
    }

    /// Proves that malformed metadata is refused, not guessed at.
    #[test]
    fn malformed_is_refused() {
        for text in ["filename !!", "a YQ==,a YQ==", "filename YQ"] {
            assert!(Metadata::read(text).is_err(), "{text}");
        }
        let long = format!("filename {}", BASE64.encode(&[b'a'; 4_097]));
        assert!(Metadata::read(&long).expect("reads").name(1, &Limits::default()).is_err());
    }
}
