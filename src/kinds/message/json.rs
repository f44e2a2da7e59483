//! JSON to a tree: one value after the other, as in files of one resource a line.

use super::tree::{Builder, Fault, Node};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::{borrow::Cow, fmt};

/// Reads all values; each is a child of the tree's root and named `resource`. Items of a list are elements of the list's
/// name.
pub(super) fn read(source: &str) -> (Node<'_>, Option<Fault>) {
    let mut builder = Builder::new();
    let mut values = serde_json::Deserializer::from_str(source.trim_start_matches('\u{FEFF}'));
    loop {
        let seed = Value { builder: &mut builder, name: Cow::Borrowed("resource") };
        if let Err(error) = seed.deserialize(&mut values) {
            let place = format!("line {}, column {}", error.line(), error.column());
            let fault = if error.is_eof() { Fault::Cut } else { Fault::Broken(place) };
            builder.fault.get_or_insert(fault);
            break;
        }
        if values.end().is_ok() {
            break;
        }
    }
    builder.finish()
}

struct Value<'b, 'a> {
    builder: &'b mut Builder<'a>,
    name: Cow<'a, str>,
}

impl<'a> Value<'_, 'a> {
    fn leaf<E: Error>(self, text: Cow<'a, str>) -> Result<(), E> {
        if !self.builder.begin(self.name) {
            return Err(E::custom("a limit is reached"));
        }
        self.builder.text(text);
        self.builder.end();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, 'de> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_string()))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        self.leaf(Cow::Borrowed(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Cow::Owned(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Value { builder, name } = self;
        while items.next_element_seed(Value { builder: &mut *builder, name: name.clone() })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Value { builder, name } = self;
        if !builder.begin(name) {
            return Err(A::Error::custom("a limit is reached"));
        }
        // Where this ends early, the builder still holds what was read.
        while let Some(name) = members.next_key_seed(Key)? {
            members.next_value_seed(Value { builder: &mut *builder, name })?;
        }
        builder.end();
        Ok(())
    }
}

/// A member's name, borrowed where nothing in it is escaped.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that values of every type come out under their names, and that several documents in a row are read.
    #[test]
    fn values_are_read() {
        let (root, fault) = read("{\"a\":[1,2.5,true,null],\"b\":{\"c\":\"d\\n\"}}\n{\"e\":\"f\"}\n");
        assert_eq!(fault, None);
        let first: Vec<&str> = root.children[0].all("a").map(Node::value).collect();
        assert_eq!(first, ["1", "2.5", "true"]);
        assert_eq!(root.children[0].at(&["b", "c"]).unwrap().text, "d\n");
        assert_eq!(root.children[1].value_of("e"), "f");
    }

    /// Proves that a cut keeps what stands before it, and that broken JSON names its place.
    #[test]
    fn faults_are_named() {
        let (root, fault) = read("{\"a\":{\"b\":\"one\",\"c\":\"tw");
        assert_eq!((root.at(&["resource", "a", "b"]).unwrap().value(), fault), ("one", Some(Fault::Cut)));
        assert_eq!(read("{\"a\" 1}").1, Some(Fault::Broken("line 1, column 6".to_owned())));
        let deep = "[".repeat(100_000);
        assert!(read(&deep).1.is_some());
    }
}
