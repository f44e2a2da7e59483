//! Decoding a picture once, only to see whether it can be decoded. The pixels are thrown away.

use crate::kinds::Source;
use image::{ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, error::LimitErrorKind};
use std::io::{BufReader, SeekFrom};

/// Pixels of a picture that is decoded to check it: about a second of processor time for the slowest format, and
/// more than any telephone's camera writes in its usual mode.
pub const PIXELS_MAX: u64 = 40_000_000;

/// Bytes of a file that is decoded; decoders keep the compressed picture in memory beside the pixels.
const FILE_BYTES_MAX: u64 = 192 << 20;

/// Memory for one decoding.
const MEMORY_BYTES_MAX: u64 = 480 << 20;

/// Decodes; what went wrong, if the picture is at fault. Features that we cannot decode are no fault of the picture.
pub fn fault(source: &mut dyn Source, format: ImageFormat) -> Option<String> {
    if Source::bytes(&*source) > FILE_BYTES_MAX || source.seek(SeekFrom::Start(0)).is_err() {
        return None;
    }
    let mut reader = ImageReader::with_format(BufReader::new(source), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY_BYTES_MAX);
    reader.limits(limits);
    let decoded = reader.into_decoder().and_then(|decoder| {
        let bytes = decoder.total_bytes();
        if bytes > MEMORY_BYTES_MAX {
            let kind = LimitErrorKind::InsufficientMemory;
            return Err(ImageError::Limits(image::error::LimitError::from_kind(kind)));
        }
        let mut pixels = vec![0; bytes as usize];
        decoder.read_image(&mut pixels)
    });
    match decoded {
        Ok(()) | Err(ImageError::Unsupported(_) | ImageError::Limits(_) | ImageError::Parameter(_)) => None,
        // What the decoder says about foreign bytes is kept short: it may quote them.
        Err(error) => Some(error.to_string().chars().take(200).collect()),
    }
}
