//! Opening: passwords, recovery, and how the file ends.
//!
//! hayro opens the file and interprets its pages. Where it cannot, lopdf, which recovers other damage and knows other
//! ciphers, reads it and writes it anew for hayro. What remains closed is locked or broken.

use crate::domain::limits::Limits;
use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use std::collections::HashSet;
use std::sync::Arc;

/// Bytes from the end in which the trailer's last lines are looked for: Adobe's readers look in 1,024, and some
/// senders add a signature or an advertisement after them.
const TAIL_BYTES: usize = 4_096;

/// What came of opening.
pub(crate) enum Opened {
    /// Its pages can be read.
    Pdf {
        pdf: Pdf,
        /// The cross-references had to be rebuilt.
        recovered: bool,
        /// It opens with one of the passwords supplied, and not without.
        locked: bool,
    },
    /// No password fits.
    Locked,
    /// Neither library finds a page tree in it.
    Broken,
}

/// How a file ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// With a pointer to cross-references that are there.
    Whole,
    /// With a pointer to something else.
    Misdirected,
    /// Without one: cut off, or overwritten.
    Missing,
}

/// Opens a file with the empty password, then with those supplied, in order.
pub(crate) fn open(data: &Arc<Vec<u8>>, passwords: &[String], limits: &Limits) -> Opened {
    let mut locked = false;
    for password in std::iter::once("").chain(passwords.iter().map(String::as_str)) {
        match Pdf::new_with_password(Arc::clone(data), password) {
            Ok(pdf) if !pdf.pages().is_empty() => {
                let recovered = ending(data) != Ending::Whole;
                return Opened::Pdf { pdf, recovered, locked: !password.is_empty() };
            }
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => locked = true,
            Ok(_) | Err(_) => break,
        }
    }
    if locked {
        return Opened::Locked;
    }
    rebuild(data, passwords, limits)
}

/// Reads with lopdf and writes anew what it found.
fn rebuild(data: &[u8], passwords: &[String], limits: &Limits) -> Opened {
    match load(data, passwords, limits) {
        Loaded::Document { document, locked } => match written(*document) {
            Some(pdf) => Opened::Pdf { pdf, recovered: true, locked },
            None => Opened::Broken,
        },
        Loaded::Locked => Opened::Locked,
        Loaded::Broken => Opened::Broken,
    }
}

/// The file with its fonts' maps to Unicode mended; `None` where there is nothing to mend. One empty entry
/// (`<0116> <>`, as office programs write for joined letters) voids a whole map in hayro's reading.
pub(super) fn with_mended_maps(data: &[u8], passwords: &[String], limits: &Limits) -> Option<Pdf> {
    let Loaded::Document { mut document, .. } = load(data, passwords, limits) else { return None };
    let fonts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let maps: HashSet<_> =
        fonts.filter_map(|font| font.get(b"ToUnicode").and_then(lopdf::Object::as_reference).ok()).collect();
    let bytes_max = usize::try_from(limits.pdf_stream_bytes_max).unwrap_or(usize::MAX);
    let mut mended = false;
    for id in maps {
        let Some(lopdf::Object::Stream(stream)) = document.objects.get_mut(&id) else { continue };
        let Ok(map) = stream.get_plain_content_with_limit(bytes_max) else { continue };
        let Some(map) = mended_map(&map) else { continue };
        stream.dict.remove(b"Filter");
        stream.dict.remove(b"DecodeParms");
        stream.set_content(map);
        mended = true;
    }
    if mended { written(*document) } else { None }
}

/// Puts a zero-width space, which is dropped from text, in place of nothing.
fn mended_map(map: &[u8]) -> Option<Vec<u8>> {
    let mut anew = Vec::with_capacity(map.len() + 64);
    let mut rest = map;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let (before, from) = rest.split_at(at + 1);
        anew.extend_from_slice(before);
        let blank = from.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if from.get(blank) == Some(&b'>') && !anew.ends_with(b"<<") {
            anew.extend_from_slice(b"200B");
        }
        rest = from;
    }
    anew.extend_from_slice(rest);
    (anew.len() != map.len()).then_some(anew)
}

enum Loaded {
    Document {
        document: Box<lopdf::Document>,
        /// As for [`Opened::Pdf`].
        locked: bool,
    },
    Locked,
    Broken,
}

fn load(data: &[u8], passwords: &[String], limits: &Limits) -> Loaded {
    let tries = std::iter::once(None).chain(passwords.iter().map(|password| Some(password.as_str())));
    let mut locked = false;
    for password in tries {
        let options = lopdf::LoadOptions {
            password: password.map(str::to_owned),
            max_decompressed_size: usize::try_from(limits.pdf_stream_bytes_max).ok(),
            ..lopdf::LoadOptions::default()
        };
        match lopdf::Document::load_mem_with_options(data, options) {
            Ok(document) if document.is_encrypted() => locked = true,
            Ok(document) => {
                return Loaded::Document {
                    document: Box::new(document),
                    locked: password.is_some_and(|password| !password.is_empty()),
                };
            }
            Err(_) => {}
        }
    }
    if locked { Loaded::Locked } else { Loaded::Broken }
}

fn written(mut document: lopdf::Document) -> Option<Pdf> {
    let mut anew = Vec::new();
    document.save_to(&mut anew).ok()?;
    Pdf::new(anew).ok().filter(|pdf| !pdf.pages().is_empty())
}

/// Looks at the last lines (ISO 32000-2, 7.5.5: `startxref`, an offset, `%%EOF`).
pub(super) fn ending(data: &[u8]) -> Ending {
    let tail = &data[data.len().saturating_sub(TAIL_BYTES)..];
    let Some(at) = tail.windows(9).rposition(|window| window == b"startxref") else { return Ending::Missing };
    let digits: String = tail[at + 9..]
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    let Ok(offset) = digits.parse::<usize>() else { return Ending::Misdirected };
    // Offsets count from the header, which may have junk before it.
    let header = data.windows(5).take(1_024).position(|window| window == b"%PDF-").unwrap_or(0);
    let there = |offset: usize| data.get(offset..).is_some_and(starts_references);
    if there(offset) || offset.checked_add(header).is_some_and(there) { Ending::Whole } else { Ending::Misdirected }
}

/// A table begins with `xref`, a stream with `12 0 obj`.
fn starts_references(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(40)];
    let head = String::from_utf8_lossy(head);
    let mut words = head.split_ascii_whitespace();
    match words.next() {
        Some(word) if word.starts_with("xref") => true,
        Some(word) if word.bytes().all(|byte| byte.is_ascii_digit()) => {
            let generation = words.next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
            generation && words.next().is_some_and(|word| word.starts_with("obj"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that empty entries of a map are filled and nothing else is touched.
    #[test]
    fn maps_are_mended() {
        assert_eq!(mended_map(b"<0116> <>\n<< >>").as_deref(), Some(b"<0116> <200B>\n<< >>".as_slice()));
        assert_eq!(mended_map(b"<0116> <0041>\n<<>>"), None);
    }

    /// Proves that the three endings are told apart, junk before the header included.
    #[test]
    fn endings_are_told_apart() {
        let body = b"%PDF-1.4\nxref\n0 1\ntrailer<<>>\n";
        let with = |tail: &str| [body.as_slice(), tail.as_bytes()].concat();
        assert_eq!(ending(&with("startxref\n9\n%%EOF")), Ending::Whole);
        assert_eq!(ending(&[b"junk\n".as_slice(), &with("startxref\n9\n%%EOF")].concat()), Ending::Whole);
        assert_eq!(ending(&with("startxref\n3\n%%EOF")), Ending::Misdirected);
        assert_eq!(ending(&with("startxref\n99999999999999999999\n%%EOF")), Ending::Misdirected);
        assert_eq!(ending(&with("")), Ending::Missing);
        assert_eq!(ending(b""), Ending::Missing);
    }
}
