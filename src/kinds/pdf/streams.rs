//! Bounds on what streams inflate to, found before they are inflated as a whole.
//!
//! Deflate expands at most 1,032-fold, so that short streams need no look. Longer ones are inflated once into nothing
//! and counted. LZW and run-length streams are left to the jail's limit of memory.

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_syntax::Filter;
use hayro_syntax::object::{Array, Stream};
use hayro_syntax::page::Page;
use std::io::Read;

/// The largest expansion of Deflate (RFC 1951: a pair of two bits stands for 258 bytes).
const DEFLATE_RATIO_MAX: u64 = 1_032;

/// Content streams of one page that are looked at; a page with more is refused.
const PAGE_STREAMS_MAX: usize = 10_000;

/// Do a page's content streams together inflate to at most `bytes_max`?
pub(crate) fn content_is_bounded(page: &Page<'_>, bytes_max: u64) -> bool {
    let dict = page.raw();
    let mut sum = 0_u64;
    let mut add = |stream: &Stream<'_>| {
        let left = bytes_max.saturating_sub(sum);
        match inflated_bytes(stream, left) {
            Some(bytes) => {
                sum += bytes;
                sum <= bytes_max
            }
            None => false,
        }
    };
    if let Some(stream) = dict.get::<Stream<'_>>("Contents") {
        return add(&stream);
    }
    let Some(array) = dict.get::<Array<'_>>("Contents") else { return true };
    array.iter::<Stream<'_>>().take(PAGE_STREAMS_MAX + 1).enumerate().all(|(i, s)| i < PAGE_STREAMS_MAX && add(&s))
}

/// Bytes that a stream inflates to, an upper estimate where that is enough; `None` above `bytes_max`.
pub(super) fn inflated_bytes(stream: &Stream<'_>, bytes_max: u64) -> Option<u64> {
    let raw = stream.raw_data();
    let filters = stream.filters();
    let deflates = filters.iter().filter(|filter| matches!(filter, Filter::FlateDecode)).count();
    let ratio = DEFLATE_RATIO_MAX.saturating_pow(u32::try_from(deflates).unwrap_or(u32::MAX));
    let estimate = (raw.len() as u64).saturating_mul(ratio);
    let only_deflate = deflates == filters.len();
    if deflates == 0 || estimate <= bytes_max.min(1 << 20) || !only_deflate {
        return (raw.len() as u64 <= bytes_max).then_some(raw.len() as u64);
    }
    let mut reader: Box<dyn Read + '_> = Box::new(raw.as_ref());
    for stage in 0..deflates.min(8) {
        // Only the outermost can be told to lack the zlib header; inner ones are taken to have it.
        let zlib = stage > 0 || raw.first().is_some_and(|byte| byte & 0x0f == 8);
        reader = if zlib { Box::new(ZlibDecoder::new(reader)) } else { Box::new(DeflateDecoder::new(reader)) };
    }
    count(reader, bytes_max)
}

/// Counts what comes; damage ends the count, as it ends the text.
fn count(mut reader: Box<dyn Read + '_>, bytes_max: u64) -> Option<u64> {
    let mut buffer = vec![0; 64 << 10];
    let mut sum = 0_u64;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => return Some(sum),
            Ok(read) => sum += read as u64,
        }
        if sum > bytes_max {
            return None;
        }
    }
}
