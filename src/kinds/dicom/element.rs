//! Headers of data elements (PS3.5 7.1): tag, value representation, length, in every transfer syntax and as wrongly
//! as they are found in practice. Parsing is a pure function of a few bytes; it never reads or allocates.

use dicom_core::Tag;

/// Order of the bytes of a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum ByteOrder {
    /// All transfer syntaxes but one.
    #[default]
    Little,
    /// Explicit VR Big Endian (retired).
    Big,
}

/// Does the value representation stand in the header?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VrForm {
    /// It does (PS3.5 7.1.2).
    Explicit,
    /// It is known from the tag (PS3.5 7.1.3).
    Implicit,
}

/// How headers and numbers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Syntax {
    /// See [`VrForm`].
    pub(super) form: VrForm,
    /// See [`ByteOrder`].
    pub(super) order: ByteOrder,
}

impl Syntax {
    /// Explicit VR Little Endian, the meta group's own.
    pub(super) const EXPLICIT_LITTLE: Self = Self { form: VrForm::Explicit, order: ByteOrder::Little };
    /// Implicit VR Little Endian, DICOM's default and that of UN sequences (PS3.5 6.2.2).
    pub(super) const IMPLICIT_LITTLE: Self = Self { form: VrForm::Implicit, order: ByteOrder::Little };
    /// Explicit VR Big Endian.
    pub(super) const EXPLICIT_BIG: Self = Self { form: VrForm::Explicit, order: ByteOrder::Big };
    /// In no transfer syntax, but in old files.
    pub(super) const IMPLICIT_BIG: Self = Self { form: VrForm::Implicit, order: ByteOrder::Big };
}

/// A value representation as its two letters.
pub(super) type Vr = [u8; 2];

/// A data element without its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// Tag.
    pub(super) tag: Tag,
    /// As written; `None` where none is.
    pub(super) vr: Option<Vr>,
    /// Bytes of the value; `None` is the undefined length FFFFFFFFH.
    pub(super) length: Option<u32>,
    /// Bytes of the header itself.
    pub(super) bytes: u64,
}

/// Why bytes are no header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HeaderFault {
    /// Fewer bytes than a header has.
    Short,
    /// No data element looks like this.
    Nonsense,
}

/// Value representations with a 32-bit length (PS3.5 table 7.1-1).
const LONG: &[&Vr] = &[b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UN", b"UT", b"UC", b"UR", b"SV", b"UV"];

/// Value representations with a 16-bit length (PS3.5 table 7.1-2).
const BRIEF: &[&Vr] = &[
    b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL", b"SS",
    b"ST", b"TM", b"UI", b"UL", b"US",
];

/// Is it one of the standard's?
pub(super) fn is_known(vr: Vr) -> bool {
    LONG.contains(&&vr) || BRIEF.contains(&&vr)
}

/// A 16-bit number.
pub(super) fn short_at(bytes: &[u8], at: usize, order: ByteOrder) -> Option<u16> {
    let raw = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(match order {
        ByteOrder::Little => u16::from_le_bytes(raw),
        ByteOrder::Big => u16::from_be_bytes(raw),
    })
}

/// A 32-bit number.
pub(super) fn long_at(bytes: &[u8], at: usize, order: ByteOrder) -> Option<u32> {
    let raw = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(match order {
        ByteOrder::Little => u32::from_le_bytes(raw),
        ByteOrder::Big => u32::from_be_bytes(raw),
    })
}

/// Reads a header from up to 12 bytes. `left` counts the bytes from the header's first on, where known: it settles
/// what an unknown value representation means.
pub(super) fn header(bytes: &[u8], syntax: Syntax, left: Option<u64>) -> Result<Header, HeaderFault> {
    let group = short_at(bytes, 0, syntax.order).ok_or(HeaderFault::Short)?;
    let element = short_at(bytes, 2, syntax.order).ok_or(HeaderFault::Short)?;
    let length = long_at(bytes, 4, syntax.order).ok_or(HeaderFault::Short)?;
    let tag = Tag(group, element);
    let bare = Header { tag, vr: None, length: defined(length), bytes: 8 };
    if syntax.form == VrForm::Implicit || group == 0xFFFE {
        return Ok(bare);
    }
    let vr = [bytes[4], bytes[5]];
    if BRIEF.contains(&&vr) {
        return brief(bytes, tag, vr, syntax.order);
    }
    if LONG.contains(&&vr) {
        return long(bytes, tag, vr, syntax.order);
    }
    let fits = |header: &Header| {
        header.length.is_none_or(|length| left.is_none_or(|left| header.bytes + u64::from(length) <= left))
    };
    if !vr.iter().all(|letter| letter.is_ascii_uppercase() || *letter == b'?') {
        // Some writers slip single elements without a representation into explicit data sets.
        return if fits(&bare) && bare.length.is_some() { Ok(bare) } else { Err(HeaderFault::Nonsense) };
    }
    let wide = if bytes[6] == 0 && bytes[7] == 0 { long(bytes, tag, vr, syntax.order).ok() } else { None };
    let candidates = [wide, brief(bytes, tag, vr, syntax.order).ok()];
    candidates.into_iter().flatten().find(fits).ok_or(HeaderFault::Nonsense)
}

fn brief(bytes: &[u8], tag: Tag, vr: Vr, order: ByteOrder) -> Result<Header, HeaderFault> {
    let length = short_at(bytes, 6, order).ok_or(HeaderFault::Short)?;
    Ok(Header { tag, vr: Some(vr), length: Some(u32::from(length)), bytes: 8 })
}

fn long(bytes: &[u8], tag: Tag, vr: Vr, order: ByteOrder) -> Result<Header, HeaderFault> {
    let length = long_at(bytes, 8, order).ok_or(HeaderFault::Short)?;
    Ok(Header { tag, vr: Some(vr), length: defined(length), bytes: 12 })
}

fn defined(length: u32) -> Option<u32> {
    (length != u32::MAX).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], syntax: Syntax, left: u64, expected: Result<(Option<Vr>, Option<u32>, u64), HeaderFault>) {
        let found = header(bytes, syntax, Some(left)).map(|h| (h.vr, h.length, h.bytes));
        assert_eq!(found, expected);
    }

    /// Proves that each form of header, well written or not, is read as its writer meant it.
    #[test]
    fn headers_are_read_as_meant() {
        let explicit = Syntax::EXPLICIT_LITTLE;
        check(b"\x10\0\x10\0PN\x04\0Abc ", explicit, 12, Ok((Some(*b"PN"), Some(4), 8)));
        check(b"\0\x10\0\x10PN\0\x04Abc ", Syntax::EXPLICIT_BIG, 12, Ok((Some(*b"PN"), Some(4), 8)));
        check(b"\x10\0\x10\0\x04\0\0\0Abc ", Syntax::IMPLICIT_LITTLE, 12, Ok((None, Some(4), 8)));
        check(b"\x40\0\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF", explicit, 12, Ok((Some(*b"SQ"), None, 12)));
        check(b"\xFE\xFF\0\xE0\x08\0\0\0", explicit, 100, Ok((None, Some(8), 8)));
        check(b"\x09\0\x10\0ZZ\0\0\x02\0\0\0", explicit, 14, Ok((Some(*b"ZZ"), Some(2), 12)));
        check(b"\x09\0\x10\0ZZ\x02\0ab\x10\0", explicit, 14, Ok((Some(*b"ZZ"), Some(2), 8)));
        check(b"\x09\0\x10\0\x02\0\0\0ab\x10\0", explicit, 14, Ok((None, Some(2), 8)));
    }

    /// Proves that noise is not taken for a header and a cut header is told from it.
    #[test]
    fn noise_is_no_header() {
        let explicit = Syntax::EXPLICIT_LITTLE;
        check(b"\x91\x17\xA0\x33\x81\xF2\x77\x10\x55\xEE\0\0", explicit, 1500, Err(HeaderFault::Nonsense));
        check(b"\x10\0\x10\0PN", explicit, 6, Err(HeaderFault::Short));
        check(b"\x10\0\x10\0OB\0\0\x10", explicit, 9, Err(HeaderFault::Short));
    }
}
