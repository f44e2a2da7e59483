//! Walks a data set from its first element to its last (PS3.5 7) and keeps the wanted ones.
//!
//! The steps themselves are in `walker`; here is what comes out. Iterative: nesting costs heap, is bounded by `dicom_depth_max`, and never the call stack. Pixel data is stepped over,
//! fragment by fragment where it is encapsulated (PS3.5 A.4). Every declared length is compared with the bytes there
//! before anything is taken. Trouble inside something of defined length is noted and stepped over.

use super::{
    charset::Charset,
    data_set::{DataSet, Element, Value},
    element::{Header, Vr},
    layout::Layout,
    walker,
};
use crate::{domain::limits::Limits, kinds::Source};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use std::rc::Rc;

/// What was found.
#[derive(Debug)]
pub(super) struct Walked {
    /// The wanted elements.
    pub(super) data_set: DataSet,
    /// The top level's pixel data.
    pub(super) pixels: Option<Pixels>,
    /// Where and why the walk ended.
    pub(super) ending: Ending,
    /// Trouble that was stepped over, the first of each kind; at most a few.
    pub(super) flaws: Vec<Halt>,
    /// Elements of the top level.
    pub(super) elements: u64,
}

/// How a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// At the end of the data.
    Whole,
    /// Before.
    Broken(Halt),
}

/// Why it cannot go on here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Halt {
    /// The data ends inside this element.
    Cut {
        /// The element.
        tag: Tag,
        /// Where its header starts.
        offset: u64,
    },
    /// What stands here is no element.
    Nonsense {
        /// Where.
        offset: u64,
    },
    /// Something inside is longer than what it stands in.
    Overrun {
        /// The element.
        tag: Tag,
        /// Where its header starts.
        offset: u64,
    },
    /// Sequences lie too deep.
    TooDeep {
        /// Where.
        offset: u64,
    },
    /// More elements than are kept; the rest was walked but not kept.
    TooMany,
    /// The inflater was stopped at its limit.
    Bomb,
    /// The source failed.
    Failed,
}

/// Pixel data of the top level, not loaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pixels {
    /// (7FE0,0010), or the float or double float one.
    pub(super) tag: Tag,
    /// As written.
    pub(super) vr: Option<Vr>,
    /// How it is stored.
    pub(super) stored: Stored,
}

/// How pixel data is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stored {
    /// As one value.
    Native {
        /// Where it starts.
        offset: u64,
        /// Bytes declared.
        length: u64,
        /// Is all of it there?
        whole: bool,
    },
    /// As fragments.
    Fragments(Fragments),
}

/// The fragments of encapsulated pixel data, without the offset table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Fragments {
    /// How many.
    pub(super) count: u64,
    /// Their bytes.
    pub(super) bytes: u64,
    /// Did the delimiter come?
    pub(super) ended: bool,
    /// Offset and length of each, as far as they are noted.
    pub(super) places: Vec<(u64, u32)>,
    /// Offset and length of the Basic Offset Table's value.
    pub(super) table: Option<(u64, u32)>,
    /// The first bytes of the first one.
    pub(super) head: Vec<u8>,
}

/// Walks the data set of a layout.
pub(super) fn walk(layout: &Layout, source: &mut dyn Source, limits: &Limits) -> Walked {
    let mut input = layout.open(source, limits);
    walker::run(&mut input, layout.syntax, limits)
}

/// Adds a loaded value to a data set, taking note of a repertoire.
pub(super) fn put(data_set: &mut DataSet, header: &Header, value: Vec<u8>) {
    if header.tag == tags::SPECIFIC_CHARACTER_SET {
        data_set.charset = Rc::new(Charset::declared(&value));
    }
    data_set.elements.push(Element { tag: header.tag, vr: header.vr, value: Value::Bytes(value) });
}

/// Is it pixel data, in any of its three forms (PS3.3 C.7.6.3, C.7.6.24)?
pub(super) fn is_pixel_data(tag: Tag) -> bool {
    matches!(tag, tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA)
}
