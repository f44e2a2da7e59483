//! Documents made to harm: each asks for more than it is, leads out of where it is, or never ends.

use super::{dicom, pdf, zip};
use std::fmt::Write;

/// Every hostile document, with a name that says what it does.
pub(crate) fn all() -> Vec<(String, Vec<u8>)> {
    let made: [(&str, Vec<u8>); 12] = [
        ("bomb.zip", zip::zip(&[("zeros", &vec![0; 80 << 20])])),
        ("deep.zip", deep()),
        (
            "slip.zip",
            zip::zip(&[("../../../tmp/out.txt", b"outside"), ("/etc/passwd", b"outside"), ("good.txt", b"inside")]),
        ),
        ("many.zip", many()),
        ("link.tar", link()),
        ("laughs.docx", laughs()),
        ("pixels.png", pixels()),
        ("loop.pdf", looped()),
        ("cut.pdf", pdf::page(&["cut"])[..180].to_vec()),
        ("length.dcm", length()),
        ("sequences.dcm", sequences()),
        ("program.pdf.exe", [&b"MZ\x90\0"[..], &[0; 200]].concat()),
    ];
    made.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

/// Archives in each other, deeper than anybody packs.
fn deep() -> Vec<u8> {
    (0..30).fold(b"the bottom".to_vec(), |inside, depth| zip::zip(&[(&format!("{depth}.zip"), &inside)]))
}

/// More members than the work on them should take.
fn many() -> Vec<u8> {
    let names: Vec<String> = (0..400).map(|number| format!("empty/{number}")).collect();
    zip::zip(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>())
}

/// A link out, and a file through it (POSIX.1-1988 ustar).
fn link() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    archive.append_link(&mut header, "out", "/tmp").unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(7);
    archive.append_data(&mut header, "out/written.txt", &b"outside"[..]).unwrap();
    archive.into_inner().unwrap()
}

/// Entities that call each other (the "billion laughs").
fn laughs() -> Vec<u8> {
    let mut document = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY e0 \"ha\">".to_owned();
    for level in 1..12 {
        let _ = write!(document, "<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10));
    }
    document.push_str(
        "]><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>\
                       <w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body></w:document>",
    );
    let types =
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    zip::zip(&[("[Content_Types].xml", types.as_bytes()), ("word/document.xml", document.as_bytes())])
}

/// A picture of 65 bytes that claims ten thousand million pixels.
fn pixels() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut checked = flate2::Crc::new();
        checked.update(kind);
        checked.update(data);
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &checked.sum().to_be_bytes()].concat()
    };
    let size = 100_000_u32.to_be_bytes();
    let head = chunk(b"IHDR", &[&size[..], &size, &[8, 2, 0, 0, 0]].concat());
    [&b"\x89PNG\r\n\x1A\n"[..], &head, &chunk(b"IDAT", &[0x78, 0x9C, 3, 0, 0, 0, 0, 1]), &chunk(b"IEND", b"")].concat()
}

/// A tree of pages that is its own child.
fn looped() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] \
      /Count 99999999 /Parent 2 0 R >>\nendobj\ntrailer\n<< /Size 3 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"
        .to_vec()
}

/// A good object, then an element that claims two thousand million bytes.
fn length() -> Vec<u8> {
    let mut object = dicom::ct_slice(&dicom::CHILD, 41);
    object.extend([0xE1, 0x7F, 0x10, 0x10, b'O', b'B', 0, 0]);
    object.extend(0x7FFF_FFFE_u32.to_le_bytes());
    object
}

/// Sequences in each other, each of unknown length.
fn sequences() -> Vec<u8> {
    let mut object = dicom::ct_slice(&dicom::CHILD, 42);
    for _ in 0..3_000 {
        object.extend([0xE1, 0x7F, 0x11, 0x10, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        object.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    object
}
