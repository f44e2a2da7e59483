//! Formats that are written in letters: PDF (ISO 32000-1, 7.3).

use super::{any, plain};
use crate::support::random::Random;
use std::ops::Range;

/// Keys whose number or name says how large something is, where it is, or how it is coded.
const KEYS: &[&str] = &[
    "/Width",
    "/Height",
    "/BitsPerComponent",
    "/Length",
    "/Columns",
    "/Rows",
    "/K",
    "/Colors",
    "/Predictor",
    "/Count",
    "/Size",
    "/W",
    "/H",
    "/BPC",
    "/XStep",
    "/YStep",
    "/Rotate",
    "/UserUnit",
    "/BitsPerCoordinate",
    "/BitsPerFlag",
    "/ShadingType",
    "/FunctionType",
    "/N",
    "/FirstChar",
    "/LastChar",
    "/Matrix",
    "/MediaBox",
    "/BBox",
    "/Decode",
    "/Domain",
    "/Coords",
    "/FontMatrix",
    "/Widths",
    "/Kids",
    "/Filter",
    "/ColorSpace",
    "/SMask",
    "/Contents",
    "/Parent",
    "/Resources",
];

/// What may stand behind a key.
const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "7",
    "8",
    "16",
    "32",
    "33",
    "255",
    "65535",
    "65536",
    "2147483647",
    "-2147483648",
    "4294967296",
    "99999999999999999999",
    "1e38",
    "0.00000001",
    "-0.5",
    "[]",
    "[0 0 0 0]",
    "[0 0 1e9 1e9]",
    "[-5 9 3 -7]",
    "[1 0 0 0 0 0]",
    "[0 1]",
    "null",
    "true",
    "<<>>",
    "()",
    "3 0 R",
    "4 0 R",
    "5 0 R",
    "6 0 R",
    "99 0 R",
    "/DeviceGray",
    "/DeviceRGB",
    "/DeviceCMYK",
    "/Pattern",
    "[/Indexed /DeviceRGB 255 <00>]",
    "[/ICCBased 5 0 R]",
    "[/Separation /x /DeviceCMYK 6 0 R]",
    "/FlateDecode",
    "/LZWDecode",
    "/DCTDecode",
    "/JPXDecode",
    "/JBIG2Decode",
    "/CCITTFaxDecode",
    "/RunLengthDecode",
    "/ASCII85Decode",
    "[/ASCIIHexDecode /FlateDecode /FlateDecode]",
];

/// Pieces of content streams: states that are never left, drawing that calls itself, letters, paths of any size.
const OPERATORS: &[&str] = &[
    "q ",
    "Q ",
    "BT ",
    "ET ",
    "/Im Do ",
    "/Fm Do ",
    "/Self Do ",
    "/Sh sh ",
    "1e9 0 0 1e9 0 0 cm ",
    "0 0 0 0 0 0 cm ",
    "1e-9 w ",
    "[1e-6 0] 0 d ",
    "0 0 m 1e7 1e7 l S ",
    "W n ",
    "/F1 1e6 Tf ",
    "(A) Tj ",
    "BI /W 9999 /H 9999 /BPC 8 /CS /G ID x EI ",
];

/// Other values, references that lead round, content without end, a stream with other bytes, things in each other.
pub(super) fn pdf(bytes: &mut Vec<u8>, random: &mut Random) {
    match random.below(8) {
        0..=2 => value(bytes, random),
        3 => key(bytes, random),
        4 => operators(bytes, random),
        5 => nest(bytes, random),
        _ => in_stream(bytes, random),
    }
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(wanted.len()).position(|piece| piece == wanted).map(|at| from + at)
}

/// The place of some key: of the first one, or the first behind anywhere.
fn place_of_key(bytes: &[u8], random: &mut Random) -> Option<Range<usize>> {
    let anywhere = random.below(bytes.len() as u64) as usize;
    (0..12).find_map(|_| {
        let key = any(KEYS, random).as_bytes();
        let at = find(bytes, anywhere, key).or_else(|| find(bytes, 0, key))?;
        Some(at..at + key.len())
    })
}

fn value(bytes: &mut Vec<u8>, random: &mut Random) {
    let Some(key) = place_of_key(bytes, random) else { return plain::spoil(bytes, &[], random) };
    let rest = &bytes[key.end..];
    let start = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let until: &[u8] = match rest.get(start) {
        Some(b'[') => b"]",
        _ => b"/>\n",
    };
    let end =
        rest.iter().skip(start + 1).position(|byte| until.contains(byte)).map_or(rest.len(), |end| start + 1 + end);
    let end = if until == b"]" { (end + 1).min(rest.len()) } else { end };
    let new = format!(" {} ", any(VALUES, random));
    bytes.splice(key.end..key.end + end, new.bytes());
}

fn key(bytes: &mut Vec<u8>, random: &mut Random) {
    let Some(key) = place_of_key(bytes, random) else { return plain::spoil(bytes, &[], random) };
    let new = format!("{} {} {}", any(KEYS, random), any(VALUES, random), any(KEYS, random));
    bytes.splice(key, new.bytes());
}

fn operators(bytes: &mut Vec<u8>, random: &mut Random) {
    let Some(stream) = stream(bytes, random) else { return plain::spoil(bytes, &[], random) };
    let at = stream.start + random.below(stream.len() as u64 + 1) as usize;
    let many = any(OPERATORS, random).repeat(any(&[1, 1, 2, 40, 1_500], random));
    bytes.splice(at..at, many.bytes());
}

fn nest(bytes: &mut Vec<u8>, random: &mut Random) {
    let Some(key) = place_of_key(bytes, random) else { return plain::spoil(bytes, &[], random) };
    let depth = any(&[3, 40, 600, 5_000], random);
    let (open, close) = any(&[("[", "]"), ("<</A ", ">>"), ("(", ")")], random);
    let close = if random.below(2) == 0 { close.repeat(depth) } else { String::new() };
    let nested = format!(" {}{close} ", open.repeat(depth));
    bytes.splice(key.end..key.end, nested.bytes());
}

/// The content of some stream.
fn stream(bytes: &[u8], random: &mut Random) -> Option<Range<usize>> {
    let anywhere = random.below(bytes.len() as u64) as usize;
    let start = find(bytes, anywhere, b"stream\n").or_else(|| find(bytes, 0, b"stream\n"))? + 7;
    let end = find(bytes, start, b"\nendstream").unwrap_or(bytes.len());
    (start < end).then_some(start..end)
}

/// Faults in what is embedded: a picture in a coding of its own.
fn in_stream(bytes: &mut Vec<u8>, random: &mut Random) {
    let Some(range) = stream(bytes, random) else { return plain::spoil(bytes, &[], random) };
    let mut inside = bytes[range.clone()].to_vec();
    plain::spoil(&mut inside, &[], random);
    bytes.splice(range, inside);
}
