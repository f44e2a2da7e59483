//! Makes checksums right again: PNG (ISO/IEC 15948, 5.3), 7z (its own 7zFormat.txt), tar (POSIX.1-1988).

use flate2::Crc;

/// Where a header of tar keeps its sum.
const TAR_SUM: std::ops::Range<usize> = 148..156;

/// Mends what is known of this format; leaves everything else.
pub(super) fn mend(bytes: &mut [u8]) {
    if bytes.starts_with(b"\x89PNG") {
        png(bytes);
    } else if bytes.starts_with(b"7z\xBC\xAF\x27\x1C") {
        seven_zip(bytes);
    } else if bytes.get(257..262) == Some(b"ustar") {
        bytes.chunks_exact_mut(512).filter(|block| &block[257..262] == b"ustar").for_each(tar);
    }
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn png(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(length) =
        bytes.get(at..at + 4).map(|piece| u32::from_be_bytes([piece[0], piece[1], piece[2], piece[3]]))
    {
        let end = at + 8 + length as usize;
        let Some(sum) = bytes.get(at + 4..end).map(crc) else { break };
        super::put(bytes, end, &sum.to_be_bytes());
        at = end + 4;
    }
}

fn seven_zip(bytes: &mut [u8]) {
    let number = |at: usize| bytes.get(at..at + 8).and_then(|piece| piece.try_into().ok()).map(u64::from_le_bytes);
    if let (Some(offset), Some(length)) = (number(12), number(20)) {
        let start = offset.saturating_add(32).min(bytes.len() as u64) as usize;
        let end = (start as u64).saturating_add(length).min(bytes.len() as u64) as usize;
        let sum = crc(&bytes[start..end]);
        super::put(bytes, 28, &sum.to_le_bytes());
    }
    if let Some(sum) = bytes.get(12..32).map(crc) {
        super::put(bytes, 8, &sum.to_le_bytes());
    }
}

fn tar(block: &mut [u8]) {
    block[TAR_SUM].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[TAR_SUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}
