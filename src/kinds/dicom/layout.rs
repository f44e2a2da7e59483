//! Where the data set of a document begins and how it is written: preamble, prefix and meta group (PS3.10 7.1), or a
//! guess where these are missing or lie.
//!
//! The transfer syntax that is declared is believed only as long as the first elements bear it out.

use super::{
    data_set::DataSet,
    element::{self, ByteOrder, Header, HeaderFault, Syntax, VrForm},
    input::{self, Input},
    walk,
};
use crate::{domain::limits::Limits, kinds::Source};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};

/// Bytes of the preamble (PS3.10 7.1).
const PREAMBLE_BYTES: usize = 128;

/// How far a prefix is looked for behind lead-ins of transport (MacBinary and the like).
const LEAD_IN_BYTES_MAX: usize = 2048;

/// Bytes of one value of the meta group that is loaded: UIDs and names are short; private information is of no use here.
const META_VALUE_BYTES_MAX: u64 = 64 * 1024;

/// Elements of the meta group that are kept: the standard has 24.
const META_ELEMENTS_MAX: usize = 64;

/// Elements at the start that must make sense before a document without prefix is taken for a data set.
const GUESS_ELEMENTS: u32 = 4;

/// What starts other kinds of file, as far as it harms when run or opened. TIFF is left out: PS3.10 7.1 names it.
const FOREIGN_MAGIC: &[(&[u8], &str)] = &[
    (b"MZ", "a Windows program"),
    (b"\x7FELF", "an ELF program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF"),
    (b"\xFE\xED\xFA\xCE", "a Mach-O program"),
    (b"\xFE\xED\xFA\xCF", "a Mach-O program"),
    (b"\xCE\xFA\xED\xFE", "a Mach-O program"),
    (b"\xCF\xFA\xED\xFE", "a Mach-O program"),
    (b"\xCA\xFE\xBA\xBE", "a Java class or Mach-O program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"\0asm", "WebAssembly"),
    (b"<?php", "a PHP script"),
    (b"<script", "an HTML script"),
    (b"<html", "HTML"),
    (b"<!DOCTYPE", "HTML"),
];

/// Where meta group or data set start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entrance {
    /// The meta group starts here.
    Meta(u64),
    /// There is no meta group; the data set starts here, written so.
    Bare(u64, Syntax),
}

/// All that is known before the data set is walked.
#[derive(Debug)]
pub(super) struct Layout {
    /// Where the data set starts in the document.
    pub(super) start: u64,
    /// How it is written.
    pub(super) syntax: Syntax,
    /// Must it be inflated?
    pub(super) deflated: bool,
    /// Transfer Syntax UID (0002,0010), or the one deduced.
    pub(super) transfer_syntax: String,
    /// File Meta Information.
    pub(super) meta: DataSet,
    /// The document ends inside the meta group.
    pub(super) meta_cut: bool,
    /// What else the preamble makes of the document.
    pub(super) polyglot: Option<&'static str>,
}

impl Layout {
    /// The data set's bytes, from its start.
    pub(super) fn open<'a>(&self, source: &'a mut dyn Source, limits: &Limits) -> Input<'a> {
        if self.deflated { Input::inflated(source, self.start, limits) } else { Input::plain(source, self.start) }
    }
}

/// Reads what stands before the data set; `None` where nothing looks like DICOM.
pub(super) fn read(source: &mut dyn Source, limits: &Limits) -> Option<Layout> {
    let head = input::head(source, LEAD_IN_BYTES_MAX + PREAMBLE_BYTES);
    let polyglot = foreign(&head);
    match entrance(&head, input::total(source))? {
        Entrance::Meta(at) => Some(with_meta(source, at, polyglot, limits)),
        Entrance::Bare(start, syntax) => Some(Layout {
            start,
            syntax,
            deflated: false,
            transfer_syntax: uid_of(syntax).to_owned(),
            meta: DataSet::default(),
            meta_cut: false,
            polyglot: None,
        }),
    }
}

/// Finds the entrance in the head of a document. Pure.
pub(super) fn entrance(head: &[u8], bytes: u64) -> Option<Entrance> {
    if head.get(PREAMBLE_BYTES..PREAMBLE_BYTES + 4) == Some(b"DICM") {
        return Some(Entrance::Meta(PREAMBLE_BYTES as u64 + 4));
    }
    if head.starts_with(b"DICM") && starts_meta(&head[4..]) {
        return Some(Entrance::Meta(4));
    }
    if starts_meta(head) {
        return Some(Entrance::Meta(0));
    }
    if let Some(syntax) = bare_syntax(head, bytes) {
        return Some(Entrance::Bare(0, syntax));
    }
    let searched = &head[..head.len().min(LEAD_IN_BYTES_MAX)];
    let found = searched.windows(4).position(|four| four == b"DICM")?;
    let led_in = lead_in(&head[..found]) && starts_meta(&head[found + 4..]);
    led_in.then_some(Entrance::Meta(found as u64 + 4))
}

/// Is this a harmless lead-in: zeros of any length, or a MacBinary header before the preamble? Everything else belongs
/// to a container whose first member happens to be DICOM.
fn lead_in(bytes: &[u8]) -> bool {
    let zeros = bytes.iter().all(|byte| *byte == 0);
    let mac_binary = bytes.len() == 2 * PREAMBLE_BYTES && bytes[0] == 0 && (1..=63).contains(&bytes[1]);
    zeros || mac_binary
}

/// Does this look like the meta group: (0002,0000) to (0002,0016), with its representation?
fn starts_meta(bytes: &[u8]) -> bool {
    [ByteOrder::Little, ByteOrder::Big].into_iter().any(|order| {
        let group = element::short_at(bytes, 0, order);
        let number = element::short_at(bytes, 2, order);
        let vr: Option<&[u8]> = bytes.get(4..6);
        group == Some(2)
            && number.is_some_and(|number| number <= 0x16)
            && (matches!(vr, Some(b"UL" | b"OB" | b"UI" | b"SH" | b"AE"))
                || element::long_at(bytes, 4, order).is_some_and(|length| length <= 128))
    })
}

/// How a data set without meta group is written, if this is one at all.
fn bare_syntax(head: &[u8], bytes: u64) -> Option<Syntax> {
    let first = [ByteOrder::Little, ByteOrder::Big].map(|order| element::short_at(head, 0, order));
    if !first.iter().any(|group| matches!(group, Some(0 | 4 | 8))) {
        return None;
    }
    let (syntax, score) = guess(head, bytes)?;
    (score >= 2).then_some(syntax)
}

/// The syntax under which the first elements make the most sense, and how many did.
fn guess(head: &[u8], bytes: u64) -> Option<(Syntax, u32)> {
    let mut best: Option<(Syntax, u32)> = None;
    for syntax in [Syntax::EXPLICIT_LITTLE, Syntax::IMPLICIT_LITTLE, Syntax::EXPLICIT_BIG, Syntax::IMPLICIT_BIG] {
        let score = sense(head, bytes, syntax);
        if score > best.map_or(0, |(_, score)| score) {
            best = Some((syntax, score));
        }
    }
    best
}

/// Counts the first elements that make sense under a syntax; 0 as soon as one contradicts it. A data set that ends
/// exactly where an element does counts as sure.
fn sense(head: &[u8], bytes: u64, syntax: Syntax) -> u32 {
    let (mut at, mut last, mut count) = (0_usize, None, 0);
    while count < GUESS_ELEMENTS {
        let Some(rest) = head.get(at..).filter(|rest| !rest.is_empty()) else {
            return if at as u64 == bytes { GUESS_ELEMENTS } else { count };
        };
        let left = bytes.saturating_sub(at as u64);
        let header = match element::header(rest, syntax, Some(left)) {
            Ok(header) => header,
            Err(HeaderFault::Short) if count > 0 && bytes > head.len() as u64 => return count,
            Err(_) => return 0,
        };
        if !makes_sense(&header, syntax, last, left) {
            return 0;
        }
        count += 1;
        last = Some(header.tag);
        let Some(length) = header.length else { return count };
        at += header.bytes as usize + length as usize;
    }
    count
}

fn makes_sense(header: &Header, syntax: Syntax, last: Option<Tag>, left: u64) -> bool {
    let Tag(group, _) = header.tag;
    let ascending = last.is_none_or(|last| last < header.tag);
    let near = group <= if last.is_some() { 0x7FE0 } else { 0x0010 };
    let written = match syntax.form {
        VrForm::Explicit => header.vr.is_some_and(element::is_known),
        // An explicit header read as implicit shows its letters in the length.
        VrForm::Implicit => header.length.is_none_or(|length| length < 1 << 24),
    };
    let fits = header.length.is_none_or(|length| header.bytes + u64::from(length) <= left);
    let real = header.tag != Tag(0, 0) || header.length == Some(4);
    ascending && near && written && fits && real
}

fn with_meta(source: &mut dyn Source, at: u64, polyglot: Option<&'static str>, limits: &Limits) -> Layout {
    let (meta, start, meta_cut) = read_meta(source, at);
    let declared = meta.ascii(tags::TRANSFER_SYNTAX_UID);
    let deflated = matches!(
        declared.as_str(),
        uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN | uids::JPIP_REFERENCED_DEFLATE | uids::JPIPHTJ2K_REFERENCED_DEFLATE
    );
    let stated = (!declared.is_empty()).then(|| syntax_of(&declared));
    let mut layout = Layout {
        start,
        syntax: Syntax::EXPLICIT_LITTLE,
        deflated,
        transfer_syntax: declared,
        meta,
        meta_cut,
        polyglot,
    };
    let mut input = layout.open(source, limits);
    let left = input.left();
    let first = input.peek(1024).to_vec();
    let left = left.unwrap_or(u64::MAX);
    drop(input);
    let believed = stated.filter(|stated| sense(&first, left, *stated) > 0);
    let guessed = guess(&first, left).map(|(syntax, _)| syntax);
    if layout.deflated && believed.is_none() {
        // Declared as deflated, but written plainly: it happens after careless conversions.
        let plain = plain_at(source, start);
        if let Some((syntax, _)) = guess(&plain, input::total(source).saturating_sub(start)) {
            (layout.deflated, layout.syntax) = (false, syntax);
            return layout;
        }
    }
    layout.syntax = believed.or(guessed).or(stated).unwrap_or(Syntax::IMPLICIT_LITTLE);
    if layout.transfer_syntax.is_empty() && !layout.meta_cut {
        layout.transfer_syntax = uid_of(layout.syntax).to_owned();
    }
    layout
}

fn plain_at(source: &mut dyn Source, start: u64) -> Vec<u8> {
    Input::plain(source, start).peek(1024).to_vec()
}

/// Reads group 0002, whatever its group length claims. Returns it, where the data set starts, and whether it was cut.
fn read_meta(source: &mut dyn Source, at: u64) -> (DataSet, u64, bool) {
    let mut input = Input::plain(source, at);
    let order = if input.peek(2) == [0, 2] { ByteOrder::Big } else { ByteOrder::Little };
    let syntax = Syntax { form: VrForm::Explicit, order };
    let mut meta = DataSet::with_order(order);
    loop {
        let left = input.left();
        let start = input.position();
        let bytes = input.peek(12);
        if bytes.is_empty() || element::short_at(bytes, 0, order).is_some_and(|group| group != 2) {
            // A meta group that ends without a single element after it says nothing of the data set.
            return (meta, start, bytes.is_empty());
        }
        let Ok(header) = element::header(bytes, syntax, left) else {
            return (meta, start, true);
        };
        input.advance(header.bytes);
        let length = header.length.map_or(u64::MAX, u64::from);
        let kept = length <= META_VALUE_BYTES_MAX && meta.elements.len() < META_ELEMENTS_MAX;
        let read = if kept {
            input.value(length).map(|value| walk::put(&mut meta, &header, value)).is_some()
        } else {
            input.advance(length)
        };
        if !read {
            return (meta, start, true);
        }
    }
}

fn foreign(head: &[u8]) -> Option<&'static str> {
    if head.get(PREAMBLE_BYTES..PREAMBLE_BYTES + 4) != Some(b"DICM") {
        return None;
    }
    let preamble = &head[..PREAMBLE_BYTES];
    let text = preamble.trim_ascii_start();
    let found = FOREIGN_MAGIC.iter().find(|(magic, _)| {
        preamble.starts_with(magic)
            || (magic.starts_with(b"<") && text.get(..magic.len()).is_some_and(|t| t.eq_ignore_ascii_case(magic)))
    });
    found.map(|(_, what)| *what)
}

fn syntax_of(uid: &str) -> Syntax {
    match uid {
        uids::IMPLICIT_VR_LITTLE_ENDIAN => Syntax::IMPLICIT_LITTLE,
        "1.2.840.10008.1.2.2" => Syntax::EXPLICIT_BIG,
        // Everything else, private ones nearly always too (PS3.5 A.4).
        _ => Syntax::EXPLICIT_LITTLE,
    }
}

fn uid_of(syntax: Syntax) -> &'static str {
    match (syntax.form, syntax.order) {
        (VrForm::Explicit, ByteOrder::Big) => "1.2.840.10008.1.2.2",
        (VrForm::Explicit, ByteOrder::Little) => uids::EXPLICIT_VR_LITTLE_ENDIAN,
        (VrForm::Implicit, _) => uids::IMPLICIT_VR_LITTLE_ENDIAN,
    }
}

/// The SOP class that the meta group's first elements name, from the head alone.
pub(super) fn class_in_head(head: &[u8]) -> Option<String> {
    // (0002,0002) in Explicit VR Little Endian, where every writer puts it.
    let needle = b"\x02\x00\x02\x00UI";
    let at = head.windows(needle.len()).position(|window| window == needle)? + needle.len();
    let length = usize::from(element::short_at(head, at, ByteOrder::Little)?);
    let value = head.get(at + 2..at + 2 + length)?;
    Some(String::from_utf8_lossy(value).trim_end_matches(['\0', ' ']).to_owned())
}

/// Does a document without meta group start with this group?
pub(super) fn starts_with_group(head: &[u8], group: u16) -> bool {
    [ByteOrder::Little, ByteOrder::Big].into_iter().any(|order| element::short_at(head, 0, order) == Some(group))
}
