//! How many pictures a HEIC file holds (ISO/IEC 23008-12, 6; the boxes `iinf` and `iref` of ISO/IEC 14496-12, 8.11.6 and
//! 8.11.12).
//!
//! Tiles, thumbnails, maps of depth and transparency are items too, and no pictures of their own. Only boxes are walked;
//! what does not add up is not counted.

use std::collections::HashSet;

/// Boxes of one level that are walked, and items.
const BOXES_MAX: usize = 100_000;

/// Types of items that are pictures: coded ones, and those put together of others.
const PICTURES: &[&[u8; 4]] = &[b"hvc1", b"hev1", b"lhv1", b"grid", b"iden", b"iovl"];

/// Pictures that a viewer shows one by one; at least one.
pub(super) fn pictures(file: &[u8]) -> u32 {
    let Some(meta) = child(file, b"meta").and_then(|meta| meta.get(4..)) else { return 1 };
    let parts = child(meta, b"iref").map(parts_of_others).unwrap_or_default();
    let items = child(meta, b"iinf").map(items).unwrap_or_default();
    let own = items.iter().filter(|item| !parts.contains(item)).count();
    u32::try_from(own).unwrap_or(u32::MAX).max(1)
}

/// Items of `iinf` that are pictures and not hidden.
fn items(iinf: &[u8]) -> HashSet<u32> {
    let entries = iinf.get(if iinf.first() == Some(&0) { 6 } else { 8 }..).unwrap_or_default();
    let mut found = HashSet::new();
    for (name, entry) in boxes(entries) {
        let [version, _, _, flags, rest @ ..] = entry else { continue };
        let (id, rest) = match version {
            2 => (number(rest, 2), rest.get(4..8)),
            3 => (number(rest, 4), rest.get(6..10)),
            _ => continue,
        };
        let is_picture = rest.is_some_and(|kind| PICTURES.iter().any(|known| known.as_slice() == kind));
        if name == b"infe" && flags & 1 == 0 && is_picture {
            found.extend(id);
        }
    }
    found
}

/// Items that belong to another one: thumbnails and maps point to their picture, pictures to their tiles.
fn parts_of_others(iref: &[u8]) -> HashSet<u32> {
    let bytes = if iref.first() == Some(&0) { 2 } else { 4 };
    let mut found = HashSet::new();
    for (name, reference) in boxes(iref.get(4..).unwrap_or_default()) {
        match name {
            b"thmb" | b"auxl" => found.extend(number(reference, bytes)),
            b"dimg" => {
                let to = reference.get(bytes + 2..).unwrap_or_default();
                found.extend(to.chunks_exact(bytes).filter_map(|id| number(id, bytes)));
            }
            _ => {}
        }
    }
    found
}

fn number(bytes: &[u8], length: usize) -> Option<u32> {
    Some(bytes.get(..length)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// The content of the first box of that name.
pub(super) fn child<'a>(parent: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(parent).find(|(name, _)| *name == wanted).map(|(_, content)| content)
}

/// Names and contents of the boxes that lie in these bytes one behind the other.
pub(super) fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    let next = move || {
        let name = rest.get(4..8)?;
        let (head, length) = match number(rest, 4)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(number(rest.get(12..)?, 4)?).ok().filter(|_| number(&rest[8..], 4) == Some(0))?),
            length => (8, usize::try_from(length).ok()?),
        };
        let content = rest.get(head..length)?;
        rest = &rest[length..];
        Some((name, content))
    };
    std::iter::from_fn(next).take(BOXES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &str, content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes()[..], name.as_bytes(), content].concat()
    }

    fn item(id: u8, kind: &str, flags: u8) -> Vec<u8> {
        boxed("infe", &[&[2, 0, 0, flags, 0, id, 0, 0][..], kind.as_bytes(), &[0]].concat())
    }

    fn file(items: &[Vec<u8>], references: &[Vec<u8>]) -> Vec<u8> {
        let iinf = boxed("iinf", &[&[0, 0, 0, 0, 0, items.len() as u8][..], &items.concat()].concat());
        let iref = boxed("iref", &[&[0; 4][..], &references.concat()].concat());
        let meta = boxed("meta", &[&[0; 4][..], &boxed("hdlr", &[0; 20]), &iinf, &iref].concat());
        [boxed("ftyp", b"heic\0\0\0\0"), meta, boxed("mdat", b"x")].concat()
    }

    /// Proves that pictures are counted, and neither tiles, thumbnails, maps, hidden items nor what is no picture.
    #[test]
    fn pictures_are_counted() {
        let three = [item(1, "hvc1", 0), item(2, "hvc1", 0), item(3, "grid", 0)];
        assert_eq!(pictures(&file(&three, &[])), 3);
        let phone =
            [item(1, "hvc1", 1), item(2, "hvc1", 0), item(3, "grid", 0), item(4, "hvc1", 0), item(5, "Exif", 0)];
        let references = [boxed("dimg", &[0, 3, 0, 2, 0, 1, 0, 2]), boxed("thmb", &[0, 4, 0, 1, 0, 3])];
        assert_eq!(pictures(&file(&phone, &references)), 1);
        let depth = [item(1, "hvc1", 0), item(2, "hvc1", 0)];
        assert_eq!(pictures(&file(&depth, &[boxed("auxl", &[0, 2, 0, 1, 0, 1])])), 1);
    }

    /// Proves that cut and broken files are counted without harm, as one at least.
    #[test]
    fn broken_boxes() {
        let whole = file(&[item(1, "hvc1", 0), item(2, "hvc1", 0)], &[boxed("dimg", &[0, 1, 0, 9, 0])]);
        for end in 0..whole.len() {
            assert!((1..=2).contains(&pictures(&whole[..end])));
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xFF;
            assert!(pictures(&bytes) <= 2);
        }
    }
}
