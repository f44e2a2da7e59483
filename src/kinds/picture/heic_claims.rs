//! How many pixels the coded pictures of a HEIC claim, before any is decoded. The decoder says how many are shown: a picture may
//! be coded larger and cut by its conformance window, and memory is taken for what is coded (ITU-T H.265, 7.3.2.2).

use super::heic_items::{boxes, child};

/// Type of the network abstraction layer unit that is a sequence parameter set (H.265, table 7-1).
const SEQUENCE_PARAMETERS: u8 = 33;

/// Bytes before the arrays of a decoder configuration record (ISO/IEC 14496-15, 8.3.3.1.2).
const CONFIGURATION_BYTES: usize = 22;

/// Bits of a profile, and of a level (H.265, 7.3.3).
const PROFILE_BITS: usize = 88;
/// See `PROFILE_BITS`.
const LEVEL_BITS: usize = 8;

/// Zeros before the one of a number: more are none that the standard allows (H.265, 9.2).
const ZEROS_MAX: usize = 31;

/// The most pixels that a sequence parameter set of any decoder configuration claims, of those that stand among the properties
/// of items (23008-12, 9.3); 0 where there is none that can be read, which the decoder refuses itself. Pixels are not looked
/// through: a configuration that stands in them by chance is none.
pub(super) fn coded_pixels_max(file: &[u8]) -> u64 {
    let meta = child(file, b"meta").and_then(|meta| meta.get(4..));
    let properties = meta.and_then(|meta| child(meta, b"iprp")).and_then(|iprp| child(iprp, b"ipco"));
    let records = boxes(properties.unwrap_or_default()).filter(|(name, _)| *name == b"hvcC");
    records.flat_map(|(_, record)| sequence_parameters(record)).filter_map(coded_pixels).max().unwrap_or_default()
}

/// The sequence parameter sets of a decoder configuration record.
fn sequence_parameters(record: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let number = |at: usize| record.get(at..at + 2).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])));
    let arrays = record.get(CONFIGURATION_BYTES).copied().unwrap_or_default();
    let mut at = CONFIGURATION_BYTES + 1;
    for _ in 0..arrays {
        let (Some(kind), Some(units)) = (record.get(at), number(at + 1)) else { return found };
        at += 3;
        for _ in 0..units {
            let Some(length) = number(at) else { return found };
            let Some(unit) = record.get(at + 2..at + 2 + length) else { return found };
            if kind & 0x3F == SEQUENCE_PARAMETERS {
                found.push(unit);
            }
            at += 2 + length;
        }
    }
    found
}

/// Pixels that a sequence parameter set claims (H.265, 7.3.2.2.1).
fn coded_pixels(unit: &[u8]) -> Option<u64> {
    // The header of the unit has two bytes.
    let mut bits = Bits { bytes: plain(unit.get(2..)?), at: 0 };
    bits.skip(4)?;
    let layers = bits.take(3)?;
    bits.skip(1 + PROFILE_BITS + LEVEL_BITS)?;
    let present: Vec<(u64, u64)> = (0..layers).map(|_| Some((bits.take(1)?, bits.take(1)?))).collect::<Option<_>>()?;
    if layers > 0 {
        bits.skip(2 * (8 - layers as usize))?;
    }
    for (profile, level) in present {
        bits.skip(profile as usize * PROFILE_BITS + level as usize * LEVEL_BITS)?;
    }
    bits.number()?;
    // Of 4:4:4 a bit says whether its planes are coded apart.
    if bits.number()? == 3 {
        bits.skip(1)?;
    }
    bits.number()?.checked_mul(bits.number()?)
}

/// Without the bytes that keep the data from looking like the start of a unit (H.265, 7.3.1.1).
fn plain(unit: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for byte in unit {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        plain.push(*byte);
    }
    plain
}

/// Bits from the highest on.
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn skip(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    fn take(&mut self, count: usize) -> Option<u64> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u64::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// An unsigned number of Exponential-Golomb code (H.265, 9.2).
    fn number(&mut self) -> Option<u64> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > ZEROS_MAX {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that the size of what is coded is read, of every tile's configuration.
    #[test]
    fn coded_sizes_are_read() {
        // 96 by 64 is coded as it is; tiles have 64 by 64.
        let corner = include_bytes!("../../../samples/image/corner.heic");
        let grid = include_bytes!("../../../samples/image/grid.heic");
        assert_eq!([coded_pixels_max(corner), coded_pixels_max(grid)], [96 * 64, 64 * 64]);
    }

    /// Proves that files that end anywhere, and such without a configuration, claim nothing or what they claim.
    #[test]
    fn broken_files_claim_nothing_more() {
        let corner = include_bytes!("../../../samples/image/corner.heic");
        for end in 0..corner.len() {
            assert!([0, 96 * 64].contains(&coded_pixels_max(&corner[..end])), "cut at {end}");
        }
        assert_eq!(coded_pixels_max(b"hvcC"), 0);
        assert_eq!(coded_pixels_max(&[b"hvcC".as_slice(), &[0xFF; 99]].concat()), 0);
    }
}
