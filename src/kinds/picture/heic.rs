//! HEIC: still pictures coded with HEVC, as phones write them (ISO/IEC 23008-12 in the boxes of ISO/IEC 14496-12).
//!
//! The boxes at the top are walked first, without decoding: is the file whole? Then `heic_decoder`, which is safe Rust
//! and decodes the picture in the jail like any other, says what it claims and whether it can be decoded. How the
//! picture is turned is a property of its own (`irot`, `imir`) and is applied; what the EXIF data say of it is for
//! writers that know no such property, and readers leave it alone (23008-12, 6.6.2).

use super::{
    Walk,
    heic_claims::coded_pixels_max,
    heic_items,
    judge::{note_others, note_tail, too_large},
    walk::Steps,
};
use crate::{
    domain::{
        facts::{Facts, FileKind, PageFacts, PictureFacts, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::{
        Exam, Kind, Probe, Source,
        docs::read::{length_of, read_range},
    },
};
use heic_decoder::{DecodedImage, HeifError, ImageInfo};

/// HEIC, for [`crate::kinds::ALL`].
pub static HEIC: &dyn Kind = &Heic;

/// Pixels of a picture that is decoded to check it: what a phone writes in its usual mode, and some seconds of
/// processor time. Larger ones are decoded when they are read.
const CHECKED_PIXELS_MAX: u64 = 13_000_000;

/// Pixels of a picture that is decoded at all: 48 megapixels of the largest phones. The decoder keeps four bytes for
/// each sample, twice while tiles are put together: two thirds of the inspector's memory.
const DECODED_PIXELS_MAX: u64 = 50_000_000;

/// Bytes of a file that is decoded; it is held in memory as a whole.
const FILE_BYTES_MAX: u64 = 96 << 20;

/// Boxes at the top of a file; pictures have three or four.
const BOXES_MAX: u32 = 10_000;

/// A picture as shades, upright, over white.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shades {
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// One byte a pixel, 0 black to 255 white, rows from the top.
    pub grey: Vec<u8>,
    /// What is blue in them and what is red, 128 for none; `None` where the picture has shades alone.
    chroma: Option<Chroma>,
}

/// Two planes of colour differences, mostly of fewer pixels than the shades have.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Chroma {
    width: usize,
    height: usize,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Shades {
    /// Red, green and blue of a pixel (ITU-R BT.601, full range, as JFIF has it), as near as colours need to be told here.
    pub fn colour(&self, x: usize, y: usize) -> [u8; 3] {
        let (width, height) = (self.width as usize, self.height as usize);
        let shade = self.grey[y * width + x];
        let Some(chroma) = &self.chroma else { return [shade; 3] };
        let at = y * chroma.height / height * chroma.width + x * chroma.width / width;
        let (light, blue, red) =
            (f32::from(shade), f32::from(chroma.blue[at]) - 128.0, f32::from(chroma.red[at]) - 128.0);
        [light + 1.402 * red, light - 0.344 * blue - 0.714 * red, light + 1.772 * blue].map(|channel| channel as u8)
    }
}

/// Decodes the picture; or says why not, without a word of the file. In the jail only.
///
/// # Errors
/// It is broken, too large, or coded in a way that is not decoded.
pub fn decode(source: &mut dyn Source, limits: &Limits) -> Result<Shades, &'static str> {
    let bytes = whole(source).ok_or("the file is too large")?;
    let claims = heic_decoder::probe(&bytes).map_err(|_| "the picture cannot be decoded")?;
    let pixels = claimed(&claims, &bytes);
    if pixels > DECODED_PIXELS_MAX.min(limits.picture_pixels_max) {
        return Err("the picture is too large");
    }
    let picture = heic_decoder::decode(&bytes).map_err(|_| "the picture cannot be decoded")?;
    drop(bytes);
    shades(&picture).ok_or("the picture cannot be decoded")
}

/// Walks the boxes at the top.
pub fn walk(source: &mut dyn Source) -> Walk {
    let mut steps = Steps::new(source);
    let mut walk = Walk { frames: 1, ..Walk::default() };
    let mut described = false;
    for _ in 0..BOXES_MAX {
        if steps.left() < 8 {
            break;
        }
        let start = steps.at();
        let Some(head) = steps.take::<8>() else { return walk.truncated("a box is cut off") };
        let (short, name) = (u32::from_be_bytes([head[0], head[1], head[2], head[3]]), &head[4..]);
        if !name.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
            // No box: something hangs behind the picture.
            break;
        }
        let length = match short {
            // Up to the end of the file.
            0 => steps.bytes() - start,
            1 => steps.take::<8>().map_or(u64::MAX, u64::from_be_bytes),
            short => u64::from(short),
        };
        let (taken, name) = (steps.at() - start, String::from_utf8_lossy(name));
        let Some(rest) = length.checked_sub(taken) else {
            return walk.damaged(format!("a box of {length} bytes at byte {start}"));
        };
        described |= matches!(name.as_ref(), "meta" | "moov");
        if steps.skip(rest).is_none() {
            return walk.truncated(format!("a box of {length} bytes at byte {start}, {} there", steps.bytes() - start));
        }
        walk.end = steps.at();
    }
    if described { walk } else { walk.truncated("the description of the picture is not there") }
}

struct Heic;

impl Kind for Heic {
    fn name(&self) -> &'static str {
        "heic"
    }

    fn file_kind(&self) -> FileKind {
        FileKind::Image
    }

    fn sniff(&self, probe: &Probe<'_>) -> bool {
        brands(probe.head).any(|brand| HEVC_BRANDS.contains(&brand))
    }

    fn examine(&self, exam: &mut Exam<'_>) -> Facts {
        let walk = walk(&mut *exam.source);
        let mut facts = Facts::of(FileKind::Image, Readable::Undetermined);
        facts.pages.push(PageFacts { page: 1, pictures: 1, ..PageFacts::default() });
        note_tail(exam.source, &walk, &mut facts);
        let seen = match &walk.flaw {
            Some(flaw) => Err(flaw.clone()),
            None => look(exam, &mut facts),
        };
        match seen {
            Ok((width, height)) => facts.observe(Reason::ImageOnly, format!("{width} by {height} pixels")),
            Err((reason, detail)) => {
                facts.observe(reason, detail);
                facts.readable = Readable::No;
            }
        }
        facts
    }
}

/// What the picture claims, and whether it can be decoded where that is soon tried.
fn look(exam: &mut Exam<'_>, facts: &mut Facts) -> Result<(usize, usize), (Reason, String)> {
    let Some(bytes) = whole(exam.source) else {
        return Err((Reason::UnsupportedFormat, format!("a HEIC picture of more than {FILE_BYTES_MAX} bytes")));
    };
    let claims = heic_decoder::probe(&bytes).map_err(|error| fault(&error, Reason::Truncated))?;
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let (width, height) = (claims.width, claims.height);
    // The sides are those of the upright picture.
    facts.picture = Some(PictureFacts { width: side(width), height: side(height), orientation: 1, pages: 1 });
    for (width, height) in [(width, height), (claims.coded_width, claims.coded_height)] {
        if let Some(flaw) = too_large(width as u64, height as u64, exam.limits) {
            return Err(flaw);
        }
    }
    let claimed = claimed(&claims, &bytes);
    if let Some(flaw) = too_large(claimed, 1, exam.limits) {
        return Err(flaw);
    }
    if claimed <= CHECKED_PIXELS_MAX {
        heic_decoder::decode(&bytes).map_err(|error| fault(&error, Reason::Damaged))?;
    }
    note_others(facts, heic_items::pictures(&bytes));
    Ok((width, height))
}

/// Pixels for which memory is taken: of what is shown, and of what is coded, which may be more.
fn claimed(claims: &ImageInfo, bytes: &[u8]) -> u64 {
    pixels_of(claims.coded_width, claims.coded_height).max(coded_pixels_max(bytes))
}

/// What the decoder's answer means; where it met an end too early, as said by the caller, who knows which end.
fn fault(error: &HeifError, early_end: Reason) -> (Reason, String) {
    match error {
        HeifError::Unsupported(what) => {
            (Reason::UnsupportedFormat, format!("a HEIC picture; this way of coding it is not supported: {what}"))
        }
        HeifError::LimitExceeded(what) => (Reason::ArchiveBomb, format!("too large: {what}")),
        HeifError::Truncated { at, .. } => (early_end, format!("it ends too early, at byte {at}")),
        // Its words are the decoder's own; nothing of the file is in them.
        HeifError::NotHeif(_)
        | HeifError::MalformedBox(_)
        | HeifError::MalformedHevc(_)
        | HeifError::CabacDesync(_) => (Reason::Damaged, format!("cannot be decoded: {error}")),
    }
}

fn pixels_of(width: usize, height: usize) -> u64 {
    (width as u64).saturating_mul(height as u64)
}

/// All bytes; `None` where they are too many.
fn whole(source: &mut dyn Source) -> Option<Vec<u8>> {
    let bytes = length_of(source);
    (bytes <= FILE_BYTES_MAX).then(|| read_range(source, 0, bytes))
}

/// The lightness of each pixel (ITU-T H.273: Y'), over white where it is transparent.
fn shades(picture: &DecodedImage) -> Option<Shades> {
    let (width, height) = (u32::try_from(picture.width).ok()?, u32::try_from(picture.height).ok()?);
    let depth = picture.bit_depth_luma.checked_sub(8).filter(|more| *more <= 8)?;
    // An unlabelled picture has the limited range of video: 16 is black and 235 is white.
    let full = picture.color_info.is_some_and(|colour| colour.full_range);
    let (black, white) = if full { (0, (256 << depth) - 1) } else { (16 << depth, 235 << depth) };
    let shade = |sample: i32| ((sample - black).clamp(0, white - black) * 255 + (white - black) / 2) / (white - black);
    let mut grey: Vec<u8> = picture.y.iter().map(|sample| shade(*sample) as u8).collect();
    if let Some(alpha) = &picture.alpha {
        let opaque = (1_i32 << alpha.bit_depth.min(16)) - 1;
        for (pixel, opacity) in grey.iter_mut().zip(&alpha.samples) {
            let opacity = opacity.clamp(&0, &opaque);
            let left = if alpha.premultiplied { opaque } else { *opacity };
            *pixel = ((i32::from(*pixel) * left + 255 * (opaque - opacity)) / opaque).min(255) as u8;
        }
    }
    let chroma = chroma(picture, full);
    (grey.len() as u64 == pixels_of(picture.width, picture.height)).then_some(Shades { width, height, grey, chroma })
}

/// The colour differences in the full range of a byte.
fn chroma(picture: &DecodedImage, full: bool) -> Option<Chroma> {
    let depth = picture.bit_depth_chroma.checked_sub(8).filter(|more| *more <= 8)?;
    let (width, height) = (picture.cb_width, picture.cb_height);
    // Limited range: 224 steps about the middle.
    let range = if full { 255 } else { 224 };
    let byte = |sample: &i32| (((sample >> depth) - 128) * 255 / range + 128).clamp(0, 255) as u8;
    let plane = |samples: &[i32]| samples.iter().map(byte).collect::<Vec<u8>>();
    let (blue, red) = (plane(&picture.cb), plane(&picture.cr));
    let whole = |plane: &[u8]| !plane.is_empty() && plane.len() as u64 == pixels_of(width, height);
    (whole(&blue) && whole(&red)).then_some(Chroma { width, height, blue, red })
}

/// Brands of pictures and sequences of pictures coded with HEVC (23008-12, 10.2 and B.4).
const HEVC_BRANDS: &[&[u8]] = &[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"];

/// The brand of a file and those it is compatible with (14496-12, 4.3), as far as they stand in its head.
fn brands(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let length = head.get(..8).filter(|start| &start[4..] == b"ftyp").map_or(0, |start| {
        let length = u32::from_be_bytes([start[0], start[1], start[2], start[3]]);
        (length as usize).clamp(8, 512).min(head.len())
    });
    let names = head.get(8..length.max(8)).unwrap_or_default().chunks_exact(4);
    // The second is the version of the first.
    names.enumerate().filter(|(place, _)| *place != 1).map(|(_, name)| name)
}

#[cfg(test)]
#[path = "heic_tests.rs"]
mod tests;
