//! Pages of the corpus that are only pixels: they can be drawn whatever their coding, and blank ones are told.
//!
//! Only small ones: what a drawing takes in a build for tests is ten times what it takes in a release.

use super::corpus;
use casegate::{
    domain::{
        limits::Limits,
        path::RawName,
        reading::{PageLook, Rendered},
    },
    kinds,
};
use std::{fs, io::Cursor, path::Path};

fn render(path: &Path, page: u32) -> Rendered {
    let name = RawName(path.as_os_str().as_encoded_bytes().to_vec());
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    kinds::render(&mut Cursor::new(bytes), page, (&name, &[], &Limits::default()))
}

fn look(path: &Path) -> PageLook {
    match render(path, 1) {
        Rendered::Page { look, bitmap, .. } => {
            assert_eq!(bitmap.grey.0.len() as u64, u64::from(bitmap.width) * u64::from(bitmap.height));
            look
        }
        Rendered::Blank { look, .. } => panic!("{} was taken for blank: {look:?}", path.display()),
        Rendered::Undrawable(why) => panic!("{} cannot be drawn: {why}", path.display()),
    }
}

/// Proves that scans in JPEG 2000, fax and JPEG, of one bit and of colours, in PDF and alone, are drawn.
#[test]
fn scans_of_every_coding_are_drawn() {
    let Some(corpus) = corpus() else { return };
    let files = [
        ("pdf/ocrmypdf/lichtenstein.pdf", (512, 512)),
        ("pdf/ocrmypdf/palette.pdf", (640, 682)),
        ("pdf/ocrmypdf/kcs.pdf", (1_914, 930)),
        ("images/baiona_cmyk.jpg", (640, 682)),
        ("images/baiona_alpha.png", (640, 682)),
        ("images/crom.png", (400, 50)),
        ("text/scan/en-mtsample-4-g4.tif", (1_158, 1_638)),
    ];
    for (file, size) in files {
        let look = look(&corpus.join(file));
        assert_eq!((look.width, look.height), size, "{file}");
        assert!(look.contrast > 100.0 && look.ink > 0.01, "{file}: {look:?}");
    }
}

/// Proves that sheets with nothing but grain are blank, and that the page behind one is not.
#[test]
fn blank_sheets_are_told() {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join("pdf/built/blank-scan.pdf");
    assert!(matches!(render(&path, 1), Rendered::Blank { .. }));
    assert!(matches!(render(&path, 2), Rendered::Blank { .. }));
    assert!(matches!(render(&path, 3), Rendered::Undrawable(_)));
    let path = corpus.join("pdf/built/blank-then-text-scan.pdf");
    assert!(matches!(render(&path, 1), Rendered::Blank { .. }));
    assert!(matches!(render(&path, 2), Rendered::Page { .. }));
}

/// Proves that the measures fall from a good scan to a poor one to one that nobody can read.
#[test]
fn looks_grow_worse_with_the_scans() {
    let Some(corpus) = corpus() else { return };
    let looks: Vec<PageLook> = ["scan-L1", "scan-L2", "scan-L3"]
        .map(|level| look(&corpus.join(format!("text/scan/en-mtsample-1-{level}.pdf"))))
        .to_vec();
    for pair in looks.windows(2) {
        assert!(pair[0].contrast > pair[1].contrast, "{pair:?}");
        assert!(pair[0].sharpness > 2.0 * pair[1].sharpness, "{pair:?}");
    }
}
