//! Names of entries: untrusted bytes, kept as they came, shown escaped.
//!
//! A name is never used to open, write or create anything; storage goes by id.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The name of an entry as its source wrote it: any bytes, `/` between folders.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RawName(pub Vec<u8>);

impl RawName {
    /// Takes text as a name.
    pub fn from_text(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// As shown to people and in JSON: bytes that are not UTF-8 are written `\xNN`.
    pub fn shown(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for chunk in self.0.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        text
    }

    /// The part after the last `/`.
    pub fn last(&self) -> &[u8] {
        self.0.rsplit(|b| *b == b'/').next().unwrap_or(&[])
    }

    /// The extension in lower case, without the dot; empty where there is none.
    pub fn extension(&self) -> String {
        let last = self.last();
        match last.iter().rposition(|b| *b == b'.') {
            Some(dot) if dot > 0 => String::from_utf8_lossy(&last[dot + 1..]).to_ascii_lowercase(),
            _ => String::new(),
        }
    }
}

impl std::fmt::Debug for RawName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawName({} bytes)", self.0.len())
    }
}
