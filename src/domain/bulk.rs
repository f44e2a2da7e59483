//! Bytes within a message.

use serde::{Deserialize, Serialize};

/// Bytes that are copied as one piece; serde would take a `Vec<u8>` apart byte by byte.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Bulk(pub Vec<u8>);

impl std::fmt::Debug for Bulk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bulk({} bytes)", self.0.len())
    }
}

impl Serialize for Bulk {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bulk {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whole;
        impl serde::de::Visitor<'_> for Whole {
            type Value = Bulk;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bulk, E> {
                Ok(Bulk(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Whole)
    }
}
