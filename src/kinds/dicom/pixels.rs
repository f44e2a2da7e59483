//! Decodes the pixels of an object to one canonical digest, so that two instances of the same UID can be compared
//! whatever their transfer syntax.
//!
//! Canonical form: frame after frame, pixels row by row, samples of a pixel together, each sample reduced to its stored
//! bits and written little endian in as many bytes as are allocated; before them a line with the shape. Lossless ways of
//! writing the same image give the same digest. The palette and everything else around the pixels do not count.
//! One frame is held at a time; encoded bytes come only from where the walk has seen them to be.

use super::{
    element::ByteOrder,
    fragments::{self, Places},
    frame,
    image::Shape,
    input::Input,
    layout::{self, Layout},
    walk::{self, Fragments, Pixels, Stored},
};
use crate::{
    domain::{
        entry::{FrameRun, PixelsRead, Shows},
        ids::PlainDigest,
        limits::{EMPTY_FRAME_RUNS_MAX, Limits, SAMPLE_PIXELS_MAX},
    },
    kinds::Source,
};
use aws_lc_rs::digest::{Context, SHA256};
use dicom_dictionary_std::uids;
use dicom_encoding::{
    adapters::{PixelDataObject, RawPixelData},
    transfer_syntax::TransferSyntaxIndex,
};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;
use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What the three transfer syntaxes of JPEG XL begin with (PS3.6 A: ...4.110 to ...4.112).
const JPEG_XL: &str = "1.2.840.10008.1.2.4.11";

/// Syntaxes of JPEG-LS, whose codestreams nobody here decodes and which end like JPEG's (PS3.5 A.4.3).
const JPEG_LS: &[&str] = &[uids::JPEGLS_LOSSLESS, uids::JPEGLS_NEAR_LOSSLESS];

/// Bits of a sample that the decoder of JPEG Extended takes for certain.
const JPEG_EXTENDED_BITS_MAX: u8 = 8;

/// Decodes every frame and digests the samples; of an object with very many pixels, the first, the middle and the last
/// frame, to see whether they decode and show anything.
pub fn pixels(source: &mut dyn Source, limits: &Limits) -> PixelsRead {
    match decode(source, limits) {
        Ok(read) => read,
        Err(Refusal::Unsupported) => PixelsRead::Unsupported,
        Err(Refusal::Failed) => PixelsRead::Failed,
        Err(Refusal::Cut) => PixelsRead::Cut,
    }
}

/// Why there is no digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// No decoder here, or more pixels than are decoded.
    Unsupported,
    /// The pixels do not decode.
    Failed,
    /// There is no decoder here, and none is needed to see that a codestream breaks off.
    Cut,
}

fn decode(source: &mut dyn Source, limits: &Limits) -> Result<PixelsRead, Refusal> {
    let layout = layout::read(source, limits).ok_or(Refusal::Failed)?;
    let walked = walk::walk(&layout, source, limits);
    let pixels = walked.pixels.ok_or(Refusal::Failed)?;
    let shape = Shape::of(&walked.data_set);
    if shape.pixels() == 0 || shape.samples == 0 || !(1..=64).contains(&shape.bits_allocated) {
        return Err(Refusal::Failed);
    }
    let encoded = matches!(pixels.stored, Stored::Fragments(_));
    let most = if encoded { limits.picture_pixels_max.min(SAMPLE_PIXELS_MAX) } else { limits.picture_pixels_max };
    if shape.pixels() > u128::from(most) {
        return sampled(source, (&layout, &pixels, &shape), limits).map(PixelsRead::Sampled);
    }
    let mut canon = Canon::new(&shape);
    match &pixels.stored {
        Stored::Native { offset, length, whole } => {
            if !whole || u128::from(*length) < shape.native_bytes() {
                return Err(Refusal::Failed);
            }
            let mut input = layout.open(source, limits);
            native(&mut input, *offset, &pixels, &layout, &mut canon)?;
        }
        Stored::Fragments(fragments) => encapsulated(source, limits, &layout, fragments, &mut canon)?,
    }
    Ok(match canon.finish() {
        (digest, Shows::Something, empty) if empty.is_empty() => PixelsRead::Digest(digest),
        (digest, Shows::Something, empty) => PixelsRead::EmptyFrames(digest, empty),
        (digest, Shows::OneValue, _) => PixelsRead::Constant(digest),
    })
}

/// Decodes a few frames of many.
fn sampled(
    source: &mut dyn Source,
    (layout, pixels, shape): (&Layout, &Pixels, &Shape),
    limits: &Limits,
) -> Result<Shows, Refusal> {
    let single = Shape { frames: 1, ..shape.clone() };
    let bytes_most = 4 * u128::from(SAMPLE_PIXELS_MAX);
    if !matches!(shape.bits_allocated, 1 | 8 | 16 | 32 | 64) || single.native_bytes() > bytes_most {
        return Err(Refusal::Unsupported);
    }
    if shape.frames == 1 || single.pixels() > u128::from(limits.picture_pixels_max.min(SAMPLE_PIXELS_MAX)) / 3 {
        return Err(Refusal::Unsupported);
    }
    let mut places = match &pixels.stored {
        Stored::Native { .. } => Vec::new(),
        Stored::Fragments(fragments) => {
            is_decodable(layout)?;
            // Without a table of offsets, fragments may belong to any frame: that is no fault.
            fragments::frames(source, limits, layout, fragments, shape).map_err(|_| Refusal::Unsupported)?
        }
    };
    let last = shape.frames - 1;
    let mut canon = Canon::new(&single);
    for index in [0, last / 2, last] {
        let samples = match &pixels.stored {
            Stored::Native { offset, .. } => frame::native(source, (layout, pixels, *offset), &single, (index, limits))
                .map_err(|_| Refusal::Failed)?,
            Stored::Fragments(_) => {
                let places = places.get_mut(index as usize).map(std::mem::take).ok_or(Refusal::Failed)?;
                whole(decoded(source, (layout, &single), places)?, &single)?
            }
        };
        canon.frame(samples);
    }
    Ok(canon.shows)
}

/// A decoded frame, if it is as large as it should be.
fn whole(samples: Vec<u8>, single: &Shape) -> Result<Vec<u8>, Refusal> {
    let fits = samples.len() as u128 == single.native_bytes() || single.photometric.contains("42");
    if fits { Ok(samples) } else { Err(Refusal::Failed) }
}

/// Is there a decoder at all? Asked before fragments are sorted into frames, which those of a film cannot be.
fn is_decodable(layout: &Layout) -> Result<(), Refusal> {
    let syntax = TransferSyntaxRegistry.get(&layout.transfer_syntax).ok_or(Refusal::Unsupported)?;
    syntax.pixel_data_reader().map(|_| ()).ok_or(Refusal::Unsupported)
}

/// Takes samples in whatever order they are stored and digests them in the canonical one.
struct Canon<'a> {
    shape: &'a Shape,
    context: Context,
    /// The first pixel, and whether all so far are like it.
    first: Vec<u8>,
    shows: Shows,
    /// Frames so far, and those of them in which all pixels are alike.
    frames: u32,
    empty: Vec<FrameRun>,
}

impl<'a> Canon<'a> {
    fn new(shape: &'a Shape) -> Self {
        let mut context = Context::new(&SHA256);
        let Shape { rows, columns, frames, samples, bits_allocated, .. } = shape;
        let line = format!("{rows} {columns} {frames} {samples} {bits_allocated}\n");
        context.update(line.as_bytes());
        Self { shape, context, first: Vec::new(), shows: Shows::OneValue, frames: 0, empty: Vec::new() }
    }

    fn finish(self) -> (PlainDigest, Shows, Vec<FrameRun>) {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.context.finish().as_ref());
        (PlainDigest(bytes), self.shows, self.empty)
    }

    /// Compares the pixels of a frame with its first one, until one differs, and that one with the first of all. Samples
    /// packed into bytes are compared as bytes, and frames of them are not told apart.
    fn look(&mut self, samples: &[u8]) {
        let packed = !self.shape.bits_allocated.is_multiple_of(8);
        let size = if packed { 1 } else { self.sample_bytes() * self.shape.samples as usize };
        let first = &samples[..size.min(samples.len())];
        if self.first.is_empty() {
            self.first.extend_from_slice(first);
        }
        let alike = samples.chunks_exact(size).all(|pixel| pixel == first);
        if !alike || first != self.first {
            self.shows = Shows::Something;
        }
        self.frames += 1;
        if alike && !packed && self.shape.frames > 1 {
            self.note_empty();
        }
    }

    /// Notes the frame just looked at, together with those right before it.
    fn note_empty(&mut self) {
        let at = self.frames;
        if let Some(run) = self.empty.last_mut().filter(|run| run.last + 1 == at) {
            run.last = at;
        } else if self.empty.len() < EMPTY_FRAME_RUNS_MAX {
            self.empty.push(FrameRun { first: at, last: at });
        }
    }

    fn sample_bytes(&self) -> usize {
        (self.shape.bits_allocated as usize).div_ceil(8)
    }

    /// One frame of interleaved little-endian samples.
    fn frame(&mut self, mut samples: Vec<u8>) {
        let size = self.sample_bytes();
        let bits = self.shape.bits_stored.clamp(1, self.shape.bits_allocated);
        let shift = (self.shape.high_bit + 1).saturating_sub(bits).min(self.shape.bits_allocated - bits);
        if self.shape.bits_allocated.is_multiple_of(8) && bits < self.shape.bits_allocated {
            let mask = (1_u64 << bits) - 1;
            for sample in samples.chunks_exact_mut(size) {
                let mut wide = [0; 8];
                wide[..size].copy_from_slice(sample);
                let stored = (u64::from_le_bytes(wide) >> shift) & mask;
                sample.copy_from_slice(&stored.to_le_bytes()[..size]);
            }
        }
        self.look(&samples);
        self.context.update(&samples);
    }
}

/// Native pixel data, frame by frame; samples that do not fill bytes go as they are packed.
fn native(
    input: &mut Input<'_>,
    offset: u64,
    pixels: &Pixels,
    layout: &Layout,
    canon: &mut Canon<'_>,
) -> Result<(), Refusal> {
    if !input.advance(offset - input.position().min(offset)) {
        return Err(Refusal::Failed);
    }
    let shape = canon.shape;
    let total = u64::try_from(shape.native_bytes()).map_err(|_| Refusal::Unsupported)?;
    let packed = !shape.bits_allocated.is_multiple_of(8);
    let big = layout.syntax.order == ByteOrder::Big;
    // Bytes stored as OB keep their order; words and anything wider are turned (PS3.5 7.3). Words of single bytes
    // straddle rows and frames, so those are turned as a whole.
    let words = big && shape.bits_allocated <= 8 && pixels.vr == Some(*b"OW");
    let pieces = if packed || words { 1 } else { u64::from(shape.frames) };
    for _ in 0..pieces {
        let mut samples =
            input.value((total / pieces).next_multiple_of(if words { 2 } else { 1 })).ok_or(Refusal::Failed)?;
        if words {
            samples.chunks_exact_mut(2).for_each(<[u8]>::reverse);
            samples.truncate(total as usize);
        } else if big {
            samples.chunks_exact_mut(canon.sample_bytes()).for_each(<[u8]>::reverse);
        }
        let frame_bytes = if packed { samples.len() } else { (total / u64::from(shape.frames)) as usize };
        for frame in samples.chunks_exact(frame_bytes.max(1)) {
            let planar = shape.planar && shape.samples > 1 && !packed;
            let size = canon.sample_bytes();
            canon.frame(if planar { interleaved(frame, shape.samples as usize, size) } else { frame.to_vec() });
        }
    }
    Ok(())
}

pub(super) fn interleaved(planes: &[u8], samples: usize, size: usize) -> Vec<u8> {
    let plane = planes.len() / samples;
    let mut pixels = Vec::with_capacity(planes.len());
    for at in (0..plane).step_by(size) {
        for sample in 0..samples {
            let from = sample * plane + at;
            pixels.extend_from_slice(planes.get(from..from + size).unwrap_or_default());
        }
    }
    pixels
}

fn encapsulated(
    source: &mut dyn Source,
    limits: &Limits,
    layout: &Layout,
    fragments: &Fragments,
    canon: &mut Canon<'_>,
) -> Result<(), Refusal> {
    if !fragments.ended || fragments.places.len() as u64 != fragments.count {
        return Err(Refusal::Failed);
    }
    if let Err(refusal) = is_decodable(layout) {
        return Err(if breaks_off(source, limits, layout, (fragments, canon.shape)) { Refusal::Cut } else { refusal });
    }
    let single = Shape { frames: 1, ..canon.shape.clone() };
    for places in fragments::frames(source, limits, layout, fragments, canon.shape)? {
        canon.frame(whole(decoded(source, (layout, canon.shape), places)?, &single)?);
    }
    Ok(())
}

/// Does a codestream that nobody here decodes end before its end?
fn breaks_off(
    source: &mut dyn Source,
    limits: &Limits,
    layout: &Layout,
    (fragments, shape): (&Fragments, &Shape),
) -> bool {
    let known = JPEG_LS.contains(&layout.transfer_syntax.as_str()) && !layout.deflated;
    let Some(frames) = known.then(|| fragments::frames(source, limits, layout, fragments, shape).ok()).flatten() else {
        return false;
    };
    frames.iter().any(|places| !fragments::is_ended(source, places))
}

/// Decodes one frame from its fragments: samples little endian, those of a pixel together.
pub(super) fn decoded(
    source: &mut dyn Source,
    (layout, shape): (&Layout, &Shape),
    places: Places,
) -> Result<Vec<u8>, Refusal> {
    let syntax = TransferSyntaxRegistry.get(&layout.transfer_syntax).ok_or(Refusal::Unsupported)?;
    let reader = syntax.pixel_data_reader().ok_or(Refusal::Unsupported)?;
    if layout.transfer_syntax == uids::RLE_LOSSLESS && !matches!(shape.bits_allocated, 8 | 16) {
        return Err(Refusal::Unsupported);
    }
    // The decoder of JPEG XL stretches samples of other depths over all bits, so that they would be compared wrongly.
    if layout.transfer_syntax.starts_with(JPEG_XL) && shape.bits_stored != shape.bits_allocated {
        return Err(Refusal::Unsupported);
    }
    let mut encoded = Vec::new();
    for (offset, length) in places {
        let mut input = Input::plain(source, offset);
        encoded.extend(input.value(u64::from(length)).ok_or(Refusal::Failed)?);
    }
    let frame = OneFrame { syntax: &layout.transfer_syntax, shape, encoded };
    let mut samples = Vec::new();
    // Some decoders panic on spoilt codestreams: the same as failing, and nothing of theirs is used after it.
    let decoded = catch_unwind(AssertUnwindSafe(|| reader.decode_frame(&frame, 0, &mut samples)));
    match decoded {
        Ok(Ok(())) => Ok(samples),
        Ok(Err(_)) | Err(_) if is_too_deep(layout, &frame.encoded) => Err(Refusal::Unsupported),
        Ok(Err(_)) | Err(_) => Err(Refusal::Failed),
    }
}

/// Has this stream, which was not decoded, samples of 12 bits, for which JPEG Extended is there (PS3.5 8.2.1) and of which
/// the decoder knows some? One that is cut off is none of them.
fn is_too_deep(layout: &Layout, stream: &[u8]) -> bool {
    layout.transfer_syntax == uids::JPEG_EXTENDED12_BIT
        && fragments::precision(stream).is_some_and(|bits| bits > JPEG_EXTENDED_BITS_MAX)
        && fragments::has_end(stream)
}

/// One encoded frame, as the decoders want to see it.
struct OneFrame<'a> {
    syntax: &'a str,
    shape: &'a Shape,
    encoded: Vec<u8>,
}

impl PixelDataObject for OneFrame<'_> {
    fn transfer_syntax_uid(&self) -> &str {
        self.syntax
    }

    fn rows(&self) -> Option<u16> {
        self.shape.rows.try_into().ok()
    }

    fn cols(&self) -> Option<u16> {
        self.shape.columns.try_into().ok()
    }

    fn samples_per_pixel(&self) -> Option<u16> {
        self.shape.samples.try_into().ok()
    }

    fn bits_allocated(&self) -> Option<u16> {
        self.shape.bits_allocated.try_into().ok()
    }

    fn bits_stored(&self) -> Option<u16> {
        self.shape.bits_stored.try_into().ok()
    }

    fn photometric_interpretation(&self) -> Option<&str> {
        Some(&self.shape.photometric)
    }

    fn number_of_frames(&self) -> Option<u32> {
        Some(1)
    }

    fn number_of_fragments(&self) -> Option<u32> {
        Some(1)
    }

    fn fragment(&self, fragment: usize) -> Option<Cow<'_, [u8]>> {
        (fragment == 0).then_some(Cow::Borrowed(&self.encoded))
    }

    fn offset_table(&self) -> Option<Cow<'_, [u32]>> {
        Some(Cow::Borrowed(&[]))
    }

    fn raw_pixel_data(&self) -> Option<RawPixelData> {
        Some(RawPixelData { fragments: vec![self.encoded.clone()].into(), offset_table: vec![].into() })
    }
}
