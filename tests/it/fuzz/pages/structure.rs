//! What a document is built of, as one line: two documents with the same line take the same ways through our code.
//!
//! Of a PDF these are the words its objects are made with (kinds of objects, codings, encryption, colours) and whether it
//! has forms, scripts, layers, tables of its own for objects; texts, fonts' names and numbers are none. Of a JPEG its
//! segments in order and how its parts are sampled. Other pictures are taken as they are: there are few.

use std::collections::BTreeSet;

/// Names of a PDF whose value says how something is built.
const TELLING: &[&str] = &[
    "Filter",
    "Type",
    "Subtype",
    "ColorSpace",
    "BitsPerComponent",
    "V",
    "CFM",
    "S",
    "Encoding",
    "Predictor",
    "K",
    "ShadingType",
    "PatternType",
    "FunctionType",
];

/// Names of a PDF that say something by being there.
const PRESENT: &[&str] = &[
    "AcroForm",
    "JavaScript",
    "EmbeddedFiles",
    "Outlines",
    "XFA",
    "Linearized",
    "Encrypt",
    "ToUnicode",
    "SMask",
    "Mask",
    "Rotate",
    "UserUnit",
    "DecodeParms",
    "Annots",
    "StructTreeRoot",
    "OCProperties",
    "Metadata",
];

/// The structure of a document.
pub(super) fn of(bytes: &[u8]) -> String {
    if bytes.starts_with(b"\xFF\xD8") {
        return format!("jpeg {}", of_jpeg(bytes));
    }
    if find(&bytes[..bytes.len().min(1_024)], b"%PDF").is_some() {
        return format!("pdf {}", of_pdf(bytes));
    }
    // As it is: the bytes themselves tell it from others.
    format!("{} bytes of {:02x?}", bytes.len(), &bytes[..bytes.len().min(512)])
}

/// Pixels of the largest picture that a PDF says it holds.
pub(super) fn largest_picture(bytes: &[u8]) -> u64 {
    let tokens = tokens(bytes);
    let numbers = |name: &[u8]| -> Vec<u64> {
        let pairs = tokens.windows(2).filter(|pair| pair[0] == name);
        pairs.filter_map(|pair| std::str::from_utf8(pair[1]).ok()?.parse().ok()).collect()
    };
    let (width, height) = (numbers(b"/Width"), numbers(b"/Height"));
    width.iter().zip(&height).map(|(width, height)| width.saturating_mul(*height)).max().unwrap_or(0)
}

fn of_pdf(bytes: &[u8]) -> String {
    let tokens = tokens(bytes);
    let mut parts: BTreeSet<String> = BTreeSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = token.strip_prefix(b"/").and_then(|name| std::str::from_utf8(name).ok()) else { continue };
        if PRESENT.contains(&name) {
            parts.insert(name.to_owned());
        }
        if TELLING.contains(&name) {
            let value = tokens.get(at + 1).copied().unwrap_or_default();
            parts.insert(format!("{name}={}", String::from_utf8_lossy(value)));
        }
    }
    // Finding out that a password is wrong costs more here than anything behind it (ISO 32000-2, 7.6.4.3.4), and what is
    // behind it is read as everywhere else.
    if parts.contains("Encrypt") && parts.contains("V=5") {
        return format!(
            "locked with AES-256, {}",
            if find(bytes, b"/R 6").is_some() { "revision 6" } else { "before" }
        );
    }
    parts.into_iter().collect::<Vec<_>>().join(" ")
}

/// Words of a PDF outside of its streams; a name keeps its slash, and brackets are none.
fn tokens(bytes: &[u8]) -> Vec<&[u8]> {
    let mut tokens = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (outside, behind) = match find(rest, b"stream") {
            Some(at) => (&rest[..at], &rest[at + 6..]),
            None => (rest, &rest[rest.len()..]),
        };
        let is_gap = |byte: &u8| byte.is_ascii_whitespace() || b"[]<>()".contains(byte);
        for word in outside.split(is_gap).filter(|word| !word.is_empty()) {
            let mut starts: Vec<usize> = (1..word.len()).filter(|at| word[*at] == b'/').collect();
            starts.insert(0, 0);
            starts.push(word.len());
            tokens.extend(starts.windows(2).map(|pair| &word[pair[0]..pair[1]]));
        }
        rest = find(behind, b"endstream").map_or(&[], |at| &behind[at + 9..]);
    }
    tokens
}

/// Marks of its segments up to the pixels, each once in a row, and what its frame says of its parts.
fn of_jpeg(bytes: &[u8]) -> String {
    let (mut at, mut parts) = (2, Vec::<String>::new());
    while let Some([0xFF, mark, high, low]) = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let is_frame = matches!(mark, 0xC0..=0xC3);
        let frame = bytes.get(at + 9..at + 2 + length).filter(|_| is_frame);
        let part = frame.map_or_else(|| format!("{mark:02x}"), |frame| format!("{mark:02x}{frame:02x?}"));
        if parts.last() != Some(&part) {
            parts.push(part);
        }
        if mark == 0xDA {
            break;
        }
        at += 2 + length;
    }
    parts.join(" ")
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Proves that texts make no other structure and codings do.
#[test]
fn structures_are_told_apart() {
    let pdf = |filter: &str, text: &str| {
        format!("%PDF-1.4\n1 0 obj<</Type/XObject/Filter[/{filter}]/Title({text})/Width 300/Height 200>>stream\n/Mask\nendstream").into_bytes()
    };
    assert_eq!(of(&pdf("FlateDecode", "one")), of(&pdf("FlateDecode", "two")));
    assert_ne!(of(&pdf("FlateDecode", "one")), of(&pdf("DCTDecode", "one")));
    assert_eq!(of(&pdf("DCTDecode", "one")), "pdf Filter=/DCTDecode Type=/XObject");
    assert_eq!(largest_picture(&pdf("DCTDecode", "one")), 60_000);
}
