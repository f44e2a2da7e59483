//! GIF by its blocks (GIF89a Specification, Appendix A).

use super::walk::{Steps, Walk};
use crate::kinds::Source;

/// Walks all blocks to the trailer.
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let mut walk = Walk::default();
    if steps.skip(6).is_none() {
        return walk.truncated("the header is cut off");
    }
    let Some([w0, w1, h0, h1, flags, _, _]) = steps.take::<7>() else {
        return walk.truncated("the screen descriptor is cut off");
    };
    walk.width = u64::from(u16::from_le_bytes([w0, w1]));
    walk.height = u64::from(u16::from_le_bytes([h0, h1]));
    let mut whole = steps.skip(table_bytes(flags));
    while whole.is_some() {
        whole = match steps.take::<1>() {
            Some([0x3B]) => {
                walk.end = steps.at();
                return if walk.frames == 0 { walk.damaged("no image in it") } else { walk };
            }
            Some([0x21]) => steps.skip(1).and_then(|()| blocks(&mut steps)),
            Some([0x2C]) => {
                walk.frames = walk.frames.saturating_add(1);
                image(&mut steps)
            }
            Some([other]) => {
                let detail = format!("block 0x{other:02x} before byte {}", steps.at());
                return walk.damaged(detail);
            }
            None => None,
        };
    }
    let detail = format!("no trailer in {} bytes, {} frames", steps.bytes(), walk.frames);
    walk.truncated(detail)
}

fn image(steps: &mut Steps<'_>) -> Option<()> {
    let [.., flags] = steps.take::<9>()?;
    steps.skip(table_bytes(flags))?;
    // The code size of the LZW data.
    steps.skip(1)?;
    blocks(steps)
}

fn blocks(steps: &mut Steps<'_>) -> Option<()> {
    loop {
        match steps.take::<1>()? {
            [0] => return Some(()),
            [length] => steps.skip(u64::from(length))?,
        }
    }
}

fn table_bytes(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}
