//! JPEG by its markers (ITU-T T.81, Annex B): segments up to the end of image, entropy-coded data stepped over.

use super::walk::{Steps, Walk};
use crate::kinds::Source;

/// Walks all segments to the end of image (EOI).
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let mut walk = Walk { frames: 1, ..Walk::default() };
    if steps.take() != Some([0xFF, 0xD8]) {
        return walk.damaged("no start of image");
    }
    let mut scans = 0_u32;
    loop {
        let Some(marker) = marker(&mut steps, scans > 0) else {
            let detail = format!("no end of image in {} bytes, {scans} scans", steps.bytes());
            return walk.truncated(detail);
        };
        match marker {
            // Garbage where a marker must be.
            0 => {
                let detail = format!("no marker before byte {} where one must be", steps.at());
                return walk.damaged(detail);
            }
            0xD9 => {
                walk.end = steps.at();
                return finish(walk, scans);
            }
            // Without length: restart markers, TEM, and a start of image gone astray.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let Some(length) = steps.take::<2>().map(|bytes| u64::from(u16::from_be_bytes(bytes))) else {
            return walk.truncated("a segment is cut off");
        };
        if length < 2 {
            let detail = format!("a segment of {length} bytes before byte {}", steps.at());
            return walk.damaged(detail);
        }
        let mut left = length - 2;
        if is_frame(marker) && left >= 6 {
            let Some([_, h1, h0, w1, w0]) = steps.take::<5>() else { return walk.truncated("the frame is cut off") };
            walk.height = u64::from(u16::from_be_bytes([h1, h0]));
            walk.width = u64::from(u16::from_be_bytes([w1, w0]));
            left -= 5;
        }
        scans += u32::from(marker == 0xDA);
        if steps.skip(left).is_none() {
            let detail = format!("a segment of {length} bytes, {} there", steps.left());
            return walk.truncated(detail);
        }
    }
}

/// The next marker; 0 where other bytes stand before the first scan. Within a scan everything up to a marker is data.
fn marker(steps: &mut Steps<'_>, in_scan: bool) -> Option<u8> {
    if in_scan {
        steps.until(0xFF)?;
    } else if steps.take::<1>()? != [0xFF] {
        return Some(0);
    }
    loop {
        match steps.take::<1>()? {
            // Fill bytes.
            [0xFF] => {}
            // A stuffed 0xFF of the data.
            [0] if in_scan => steps.until(0xFF)?,
            [marker] => return Some(marker),
        }
    }
}

/// Start of frame, any process (T.81, table B.1).
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC)
}

fn finish(walk: Walk, scans: u32) -> Walk {
    if walk.width == 0 || scans == 0 {
        let detail = format!("{} by {} pixels in {scans} scans", walk.width, walk.height);
        return walk.damaged(detail);
    }
    walk
}
