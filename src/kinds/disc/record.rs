//! Directory records (ECMA-119 9.1) and names.

/// One record of a directory.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// First block of the extent, extended attribute record left out.
    pub(super) block: u64,
    pub(super) bytes: u64,
    flags: u8,
    /// Files written in pieces across the disc (ECMA-119 6.4.3); nobody does.
    pub(super) interleaved: bool,
    pub(super) identifier: Vec<u8>,
    /// The system use area, where Rock Ridge writes.
    pub(super) system_use: Vec<u8>,
}

impl Record {
    /// Reads a record from the start of `bytes`; `None` where it is faulty.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let length = usize::from(*bytes.first()?);
        let record = bytes.get(..length).filter(|record| record.len() >= 34)?;
        let name_bytes = usize::from(record[32]);
        let identifier = record.get(33..33 + name_bytes)?.to_vec();
        // An identifier of even length is followed by one byte of padding.
        let system_use = record.get(33 + name_bytes + usize::from(name_bytes % 2 == 0)..).unwrap_or_default().to_vec();
        let number =
            |at: usize| u64::from(u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]));
        Some(Self {
            block: number(2) + u64::from(record[1]),
            bytes: number(10),
            flags: record[25],
            interleaved: record[26] != 0,
            identifier,
            system_use,
        })
    }

    pub(super) const fn is_folder(&self) -> bool {
        self.flags & 0x02 != 0
    }

    /// An associated file: the resource fork of the file of the same name.
    pub(super) const fn is_associated(&self) -> bool {
        self.flags & 0x04 != 0
    }

    /// Another record with the same identifier continues this file.
    pub(super) const fn continues(&self) -> bool {
        self.flags & 0x80 != 0
    }

    /// The folder itself or the one above it.
    pub(super) fn is_self_or_parent(&self) -> bool {
        matches!(self.identifier.as_slice(), [0 | 1])
    }
}

/// How a tree writes its names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Naming {
    /// The identifiers of ECMA-119.
    Plain,
    /// UCS-2, big endian.
    Joliet,
    /// `NM` entries, plain identifiers where there is none.
    RockRidge,
}

/// The name in an identifier: version number and the dot of an empty extension are no part of it.
pub(super) fn plain_name(identifier: &[u8]) -> Vec<u8> {
    let base = match identifier.iter().rposition(|byte| *byte == b';') {
        Some(at) if identifier[at + 1..].iter().all(u8::is_ascii_digit) => &identifier[..at],
        _ => identifier,
    };
    match base {
        [name @ .., b'.'] if !name.is_empty() => name.to_vec(),
        _ => base.to_vec(),
    }
}

/// As [`plain_name`], from UCS-2; surrogates that stand alone become replacement characters.
pub(super) fn joliet_name(identifier: &[u8]) -> Vec<u8> {
    let units = identifier.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    plain_name(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that what belongs to the standard goes from a name and what belongs to the name stays.
    #[test]
    fn strips_version_and_empty_extension() {
        for (identifier, name) in [
            ("DICOMDIR.;1", "DICOMDIR"),
            ("IM01.;1", "IM01"),
            ("A.TXT;12", "A.TXT"),
            ("A;B", "A;B"),
            (".", "."),
            ("a..;1", "a."),
        ] {
            assert_eq!(plain_name(identifier.as_bytes()), name.as_bytes(), "{identifier}");
        }
        assert_eq!(joliet_name(b"\0\xe9\0t\0.\0;\x001"), "ét".as_bytes());
    }
}
