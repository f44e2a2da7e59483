//! The wanted part of a data set: a lean tree of a few elements out of hundreds.
//!
//! Values are kept as bytes and read when asked for, under the repertoire that holds where they stand. Reading never
//! fails: what is not there or makes no sense is empty.

use super::{
    charset::Charset,
    element::{self, ByteOrder, Vr},
};
use dicom_core::Tag;
use std::rc::Rc;

/// A data set, or an item of a sequence.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct DataSet {
    /// Where its item tag, or its first element, stands.
    pub(super) offset: u64,
    /// Order of numbers.
    pub(super) order: ByteOrder,
    /// The repertoire of its text, its own or its parent's.
    pub(super) charset: Rc<Charset>,
    /// In the order of the document.
    pub(super) elements: Vec<Element>,
}

/// A kept element.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Element {
    /// Tag.
    pub(super) tag: Tag,
    /// As written, where written.
    pub(super) vr: Option<Vr>,
    /// Its value.
    pub(super) value: Value,
}

/// What was kept of a value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    /// All of it.
    Bytes(Vec<u8>),
    /// The items of a sequence.
    Items(Vec<DataSet>),
    /// Only where it stands.
    Place {
        /// Where it starts.
        offset: u64,
        /// Its bytes.
        length: u64,
    },
}

impl DataSet {
    /// An empty one whose numbers are written so.
    pub(super) fn with_order(order: ByteOrder) -> Self {
        Self { order, ..Self::default() }
    }

    /// The first element of this tag.
    pub(super) fn element(&self, tag: Tag) -> Option<&Element> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    /// Is there an element of this tag, even an empty one?
    pub(super) fn has(&self, tag: Tag) -> bool {
        self.element(tag).is_some()
    }

    /// The bytes of a value; empty where there are none.
    pub(super) fn bytes(&self, tag: Tag) -> &[u8] {
        match self.element(tag).map(|element| &element.value) {
            Some(Value::Bytes(bytes)) => bytes,
            _ => &[],
        }
    }

    /// Items of a sequence; empty where it is none.
    pub(super) fn items(&self, tag: Tag) -> &[Self] {
        match self.element(tag).map(|element| &element.value) {
            Some(Value::Items(items)) => items,
            _ => &[],
        }
    }

    /// Where a value stands that was not kept.
    pub(super) fn place(&self, tag: Tag) -> Option<(u64, u64)> {
        match self.element(tag)?.value {
            Value::Place { offset, length } => Some((offset, length)),
            _ => None,
        }
    }

    /// Text as one piece: long texts, where `\` is a letter like any other.
    pub(super) fn long_text(&self, tag: Tag) -> String {
        tidy(&self.charset.decode(self.bytes(tag))).to_owned()
    }

    /// Each value of a text.
    pub(super) fn texts(&self, tag: Tag) -> Vec<String> {
        let bytes = self.bytes(tag);
        if bytes.is_empty() {
            return Vec::new();
        }
        self.charset.decode(bytes).split('\\').map(|value| tidy(value).to_owned()).collect()
    }

    /// Each value of a person name, in each way its bytes may be read.
    pub(super) fn names(&self, tag: Tag) -> Vec<String> {
        let bytes = self.bytes(tag);
        if bytes.is_empty() {
            return Vec::new();
        }
        let readings = self.charset.decode_names(bytes);
        readings.iter().flat_map(|reading| reading.split('\\')).map(|value| tidy(value).to_owned()).collect()
    }

    /// The first value of a text.
    pub(super) fn text(&self, tag: Tag) -> String {
        self.texts(tag).into_iter().next().unwrap_or_default()
    }

    /// The first value of a UID, code, date or number, which know no repertoire.
    pub(super) fn ascii(&self, tag: Tag) -> String {
        let text = String::from_utf8_lossy(self.bytes(tag));
        tidy(text.split('\\').next().unwrap_or_default()).trim_start().to_owned()
    }

    /// A count: US, UL, or a number in digits.
    pub(super) fn count(&self, tag: Tag) -> Option<u32> {
        let bytes = self.bytes(tag);
        let binary = match self.element(tag)?.vr {
            Some(vr) => !matches!(&vr, b"IS" | b"DS" | b"UN"),
            None => !is_integer_string(tag),
        };
        if binary {
            return element::long_at(bytes, 0, self.order)
                .or_else(|| element::short_at(bytes, 0, self.order).map(u32::from));
        }
        self.ascii(tag).parse().ok()
    }

    /// Numbers: DS in digits, FL or FD by their representation; empty unless all of them are finite numbers.
    pub(super) fn numbers(&self, tag: Tag) -> Vec<f64> {
        let bytes = self.bytes(tag);
        let read: Option<Vec<f64>> = match self.element(tag).and_then(|element| element.vr) {
            Some([b'F', b'D']) => Some(bytes.chunks_exact(8).map(|raw| self.double(raw)).collect()),
            Some([b'F', b'L']) => Some(bytes.chunks_exact(4).map(|raw| self.single(raw)).collect()),
            _ => {
                let text = String::from_utf8_lossy(bytes);
                text.split('\\').map(|value| tidy(value).trim_start().parse().ok()).collect()
            }
        };
        read.filter(|numbers| numbers.iter().all(|number| number.is_finite())).unwrap_or_default()
    }

    fn double(&self, raw: &[u8]) -> f64 {
        let bits = raw.try_into().unwrap_or_default();
        match self.order {
            ByteOrder::Little => f64::from_le_bytes(bits),
            ByteOrder::Big => f64::from_be_bytes(bits),
        }
    }

    fn single(&self, raw: &[u8]) -> f64 {
        f64::from(f32::from_bits(element::long_at(raw, 0, self.order).unwrap_or_default()))
    }
}

/// Counts that are written in digits even where no representation says so.
fn is_integer_string(tag: Tag) -> bool {
    use dicom_dictionary_std::tags;
    matches!(
        tag,
        tags::NUMBER_OF_FRAMES
            | tags::IMAGES_IN_ACQUISITION
            | tags::NUMBER_OF_TEMPORAL_POSITIONS
            | tags::NUMBER_OF_SERIES_RELATED_INSTANCES
            | tags::NUMBER_OF_STUDY_RELATED_INSTANCES
    )
}

/// Without padding: trailing spaces and NULs (PS3.5 6.2).
fn tidy(text: &str) -> &str {
    text.trim_end_matches([' ', '\0', '\r', '\n', '\t'])
}
