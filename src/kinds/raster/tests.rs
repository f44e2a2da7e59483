//! Drawing, from whole files, and preparing, from pages drawn for the purpose.

use super::{
    Colours, Drawn, Rendered, draw,
    grey::Grey,
    letters, paper,
    prepare::{Steps, prepare},
    render, resample, sample,
};
use crate::domain::{
    limits::{DRAWN_PIXELS_MAX, Limits},
    path::RawName,
    reading::{Bitmap, PageLook},
};
use std::{fs, io::Cursor, path::PathBuf};

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/pixels")
}

fn drawn(bytes: Vec<u8>, page: u32) -> Result<Drawn, &'static str> {
    let name = RawName(b"page".to_vec());
    draw(&mut Cursor::new(bytes), page, (&name, &[], &Limits::default()))
}

fn sample_drawn(name: &str, page: u32) -> Drawn {
    let bytes = fs::read(samples().join(name)).expect("a sample");
    drawn(bytes, page).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// Share of the pixels that are dark on one and light on the other, once of the same size.
fn difference(one: &Grey, other: &Grey) -> f32 {
    let other = resample::resized(other, one.width(), one.height());
    let different = one.pixels().iter().zip(other.pixels()).filter(|(a, b)| a.abs_diff(**b) > 140);
    different.count() as f32 / one.pixels().len() as f32
}

fn prepared(grey: Grey, dpi: Option<f32>) -> Rendered {
    let came = (grey.width() as u32, grey.height() as u32);
    prepare(
        Drawn { grey, came, dpi: dpi.map(|dpi| (dpi, dpi)), shrunk: 1.0, undrawn: 0, colours: Colours::default() },
        Steps::ALL,
    )
}

fn bitmap(rendered: Rendered) -> Bitmap {
    match rendered {
        Rendered::Page { bitmap, .. } => bitmap,
        Rendered::Blank { look, .. } => panic!("taken for blank: {look:?}"),
        Rendered::Undrawable(why) => panic!("{why}"),
    }
}

fn grey(bitmap: Bitmap) -> Grey {
    Grey::from_rows(bitmap.width as usize, bitmap.height as usize, bitmap.grey.0).expect("as many pixels as it says")
}

fn look(rendered: Rendered) -> PageLook {
    match rendered {
        Rendered::Page { look, .. } | Rendered::Blank { look, .. } => look,
        Rendered::Undrawable(why) => panic!("{why}"),
    }
}

fn lean(page: &Grey) -> f32 {
    let ink = super::ink::ink(page);
    letters::letters(&ink, (page.width(), page.height())).skew
}

/// Proves that a page comes out the same whatever its coding: depth, colours, compression, orientation, transparency.
#[test]
fn every_coding_gives_the_same_page() {
    let page = sample_drawn("page.png", 1).grey;
    assert!(page.pixels().iter().filter(|pixel| **pixel < 100).count() > 1_000, "the sample has words on it");
    for entry in fs::read_dir(samples()).expect("samples") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            continue;
        }
        let found = sample_drawn(&name, 1);
        let share = difference(&page, &found.grey);
        assert!(share < 0.02, "{name}: {share} of the pixels differ");
        assert_eq!(found.shrunk, 1.0, "{name}");
    }
}

/// Proves that a fax keeps its two resolutions, and that its page gets the shape of the paper.
#[test]
fn faxes_get_the_shape_of_the_paper() {
    let fax = sample_drawn("standard-fax.tif", 1);
    assert_eq!((fax.grey.width(), fax.grey.height(), fax.dpi), (240, 80, Some((204.0, 98.0))));
    let page = bitmap(prepare(fax, Steps::ALL));
    let ratio = page.width as f32 / page.height as f32;
    assert!((ratio - 240.0 / (80.0 * 204.0 / 98.0)).abs() < 0.02, "{ratio}");
}

/// Proves that pages of a fax are drawn one by one, and that there are no more than there are.
#[test]
fn pages_are_told_apart() {
    let bytes = fs::read(samples().join("two-pages.tif")).expect("a sample");
    let (first, second) = (drawn(bytes.clone(), 1).expect("a page"), drawn(bytes.clone(), 2).expect("a page"));
    assert!(difference(&first.grey, &second.grey) > 0.02);
    for page in [0, 3, u32::MAX] {
        assert!(drawn(bytes.clone(), page).is_err(), "page {page}");
    }
}

/// Proves that a resolution is taken from a file where it is one of a scanner.
#[test]
fn resolutions_are_read() {
    let dpi = |name| sample_drawn(name, 1).dpi.map(|(x, y)| (x.round(), y.round()));
    assert_eq!(dpi("orientation-6.jpg"), Some((150.0, 150.0)));
    assert_eq!(dpi("transparent.png"), Some((150.0, 150.0)));
    assert_eq!(dpi("page.png"), None);
    assert_eq!(dpi("page.bmp"), None);
}

/// A PDF of one page with one picture over all of it, eight bits a pixel, and these entries in its page.
fn pdf(picture: &Grey, page: (u32, u32), entries: &str) -> Vec<u8> {
    pdf_with(picture, page, page, entries)
}

/// The same with the picture shown at that size.
fn pdf_with(picture: &Grey, (width, height): (u32, u32), shown: (u32, u32), entries: &str) -> Vec<u8> {
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceGray/BitsPerComponent 8/Length {}>>",
        picture.width(),
        picture.height(),
        picture.pixels().len()
    );
    let content = format!("q {} 0 0 {} 0 0 cm /P Do Q", shown.0, shown.1);
    let page = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]{entries}/Contents 4 0 R/Resources<</XObject<</P 5 0 R>>>>>>"
    );
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let objects: [Vec<u8>; 5] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        page.into_bytes(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()).into_bytes(),
        [image.as_bytes(), b"stream\n", picture.pixels(), b"\nendstream"].concat(),
    ];
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    file.extend(b"xref\n0 6\n0000000000 65535 f \n");
    offsets.iter().for_each(|offset| file.extend(format!("{offset:010} 00000 n \n").bytes()));
    file.extend(format!("trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF").bytes());
    file
}

/// Proves that a scan in a PDF comes pixel by pixel at its own resolution, turned as the page says.
#[test]
fn scans_in_a_pdf_come_as_they_are() {
    let scan = sample::page(600, 800);
    let found = drawn(pdf(&scan, (288, 384), ""), 1).expect("a page");
    assert_eq!((found.grey.width(), found.grey.height(), found.came), (600, 800, (600, 800)));
    assert_eq!(found.dpi.map(|(x, _)| x.round()), Some(150.0));
    assert!(difference(&scan, &found.grey) < 0.001);
    let turned = drawn(pdf(&scan, (288, 384), "/Rotate 90"), 1).expect("a page");
    assert_eq!((turned.grey.width(), turned.grey.height()), (800, 600));
    assert!(difference(&scan.oriented(6), &turned.grey) < 0.001);
}

/// Proves that a picture which cannot be decoded is counted: where it should be seen, the page is white.
#[test]
fn what_is_not_drawn_is_counted() {
    let scan = sample::page(600, 800);
    let file = String::from_utf8_lossy(&pdf(&Grey::filled(600, 800, b'x'), (288, 384), "")).into_owned();
    for coding in ["DCTDecode", "JPXDecode", "JBIG2Decode"] {
        let claim = format!("/Filter/{coding}");
        let broken = file.replace("/BitsPerComponent 8", &format!("/BitsPerComponent 8{claim}"));
        let found = prepare(drawn(broken.into_bytes(), 1).expect("a page"), Steps::ALL);
        assert!(matches!(&found, Rendered::Blank { look, .. } if look.undrawn > 0), "{coding}");
    }
    assert_eq!(drawn(pdf(&scan, (288, 384), ""), 1).expect("a page").undrawn, 0);
}

/// Proves that a page as large as a wall is drawn no larger than the limit, a picture larger than any is refused
/// before it is decoded, and a page that is not there is none.
#[test]
fn hostile_sizes_of_a_pdf_are_bounded() {
    let scan = sample::page(60, 80);
    let wall = drawn(pdf_with(&scan, (14_400, 14_400), (3_600, 3_600), ""), 1).expect("a page");
    let pixels = (wall.grey.width() * wall.grey.height()) as u64;
    assert!((DRAWN_PIXELS_MAX - 20_000..=DRAWN_PIXELS_MAX + 20_000).contains(&pixels), "{pixels}");
    let claim = String::from_utf8_lossy(&pdf(&scan, (288, 384), "")).replace("/Width 60/", "/Width 99999999/");
    assert_eq!(drawn(claim.into_bytes(), 1).err(), Some("a picture on the page is too large"));
    assert!(drawn(pdf(&scan, (288, 384), ""), 2).is_err());
}

/// Proves that what is no page, or claims more than any, is undrawable, and says why without a word of the file.
#[test]
fn what_is_no_page_says_so() {
    let bomb = fs::read(samples().join("../image/bomb.png")).expect("a sample");
    let cut = fs::read(samples().join("page.png")).map(|bytes| bytes[..40].to_vec()).expect("a sample");
    let text = b"Patient: nobody at all, born on a day that must not be said".to_vec();
    for bytes in [bomb, cut, text, Vec::new()] {
        let name = RawName(b"secret-name".to_vec());
        match render(&mut Cursor::new(bytes), 1, (&name, &[], &Limits::default())) {
            Rendered::Undrawable(why) => assert!(!why.contains("nobody") && !why.contains("secret"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

/// Proves that a leaning page comes out straight.
#[test]
fn leaning_pages_are_set_straight() {
    for degrees in [-4.5, -1.0, 3.0] {
        let page = resample::turned(&sample::page(900, 1_200), degrees);
        let found = lean(&page);
        assert!((found - degrees).abs() < 0.2, "{degrees} degrees were found as {found}");
        let left = lean(&grey(bitmap(prepared(page, Some(260.0)))));
        assert!(left.abs() < 0.2, "of {degrees} degrees {left} were left");
    }
}

/// Proves that letters too small or too large get the height that readers like, whatever resolution is claimed, and that
/// others are left as they are.
#[test]
fn letters_get_their_usual_height() {
    for (width, height) in [(300, 400), (900, 1_200), (2_000, 2_600)] {
        let page = resample::resized(&sample::page(900, 1_200), width, height);
        let page = grey(bitmap(prepared(page, Some(120.0))));
        let ink = super::ink::ink(&page);
        let found = letters::letters(&ink, (page.width(), page.height())).height;
        assert!((17.0..26.0).contains(&found), "letters of {found} pixels on a page {width} wide");
    }
}

/// Proves that white letters on black come out black on white.
#[test]
fn negatives_are_turned() {
    let mut page = sample::page(900, 1_200);
    page.invert();
    let page = grey(bitmap(prepared(page, Some(300.0))));
    assert!(paper::paper(&page).brightness() > 250.0);
    let dark = page.pixels().iter().filter(|pixel| **pixel < 80).count() as f32 / page.pixels().len() as f32;
    assert!((0.02..0.3).contains(&dark), "{dark}");
}

/// Proves that a page with nothing on it is blank in spite of specks, a scanner's dark edge and punched holes, and that
/// one line of writing is enough not to be.
#[test]
fn blank_pages_are_told() {
    let empty = || {
        let mut page = Grey::filled(1_240, 1_754, 240);
        // Grain of the paper, specks, the shadow of the lid, two holes.
        for (at, pixel) in page.pixels_mut().iter_mut().enumerate() {
            *pixel -= (at.wrapping_mul(2_654_435_761) >> 7) as u8 % 9;
        }
        for at in 0..40 {
            page.row_mut(30 + at * 41)[(at * 173) % 1_200] = 20;
        }
        (0..1_754).for_each(|y| page.row_mut(y)[..30].fill(10));
        for (middle, y) in [640_i32, 1_110].into_iter().flat_map(|middle| (-18..=18).map(move |y| (middle, y))) {
            let half = ((18 * 18 - y * y) as f32).sqrt() as usize;
            page.row_mut((middle + y) as usize)[80 - half..80 + half].fill(30);
        }
        page
    };
    assert!(matches!(prepared(Grey::filled(1_240, 1_754, 255), None), Rendered::Blank { faint: None, .. }));
    assert!(matches!(prepared(empty(), Some(150.0)), Rendered::Blank { faint: None, .. }));
    let mut written = empty();
    for (at, letter) in "THE CHILD IS ILL".chars().enumerate() {
        sample::write(&mut written, letter, (400 + at * 18, 300));
    }
    assert!(matches!(prepared(written, Some(150.0)), Rendered::Page { .. }));
}

/// Proves that the hash stays alike for the same page scanned anew, and does not for another.
#[test]
fn pages_are_alike_or_not() {
    let hash = |page: Grey| match prepared(page, Some(300.0)) {
        Rendered::Page { look, .. } => look.picture_hash,
        other => panic!("{other:?}"),
    };
    let page = sample::page(900, 1_200);
    let first = hash(page.clone());
    let mut anew = resample::resized(&page, 1_000, 1_330);
    anew.pixels_mut().iter_mut().for_each(|pixel| *pixel = (*pixel / 2).saturating_add(70));
    assert!((hash(anew) ^ first).count_ones() <= 12);
    let other = sample_drawn("page.png", 1).grey;
    assert!((hash(resample::resized(&other, 900, 600)) ^ first).count_ones() > 12);
}

/// Proves that a frame of a DICOM object is drawn, MONOCHROME1 as the negative of MONOCHROME2, and only frames there are.
#[test]
fn frames_are_drawn() {
    let file = samples().join("../dicom/DICOM/CT000001");
    let bytes = fs::read(file).expect("a sample");
    let plain = drawn(bytes.clone(), 1).expect("a frame").grey;
    let at = bytes.windows(11).position(|window| window == b"MONOCHROME2").expect("a photometric interpretation");
    let mut negative = bytes.clone();
    negative[at + 10] = b'1';
    let negative = drawn(negative, 1).expect("a frame").grey;
    assert!(plain.pixels().iter().zip(negative.pixels()).all(|(one, other)| *one == 255 - other));
    assert!(drawn(bytes, 2).is_err());
}

/// Proves that the picture of a phone is drawn, turned as its own property says.
#[test]
fn pictures_of_phones_are_drawn() {
    let bytes = fs::read(samples().join("../image/corner-turned.heic")).expect("a sample");
    let page = drawn(bytes.clone(), 1).expect("a picture");
    assert_eq!((page.came, page.dpi), ((64, 96), None));
    // The dark corner is at the lower left.
    let shade = |x: usize, y: usize| page.grey.row(y)[x];
    assert!(shade(10, 80) < 40 && shade(10, 20) > 200 && shade(50, 80) > 200);
    assert!(drawn(bytes[..300].to_vec(), 1).is_err() && drawn(bytes, 2).is_err());
}

/// Proves that neither a page nor a frame is drawn with more pixels than a picture may have.
#[test]
fn pages_and_frames_keep_to_the_limit_of_pictures() {
    let name = RawName(b"page".to_vec());
    let limits = Limits { picture_pixels_max: 3_000, ..Limits::default() };
    let pdf = fs::read(samples().join("../../tests/fuzz/corpus/draw_pdf/words.pdf")).expect("a page");
    let usual = drawn(pdf.clone(), 1).expect("a page").grey.pixels().len();
    let small = draw(&mut Cursor::new(pdf), 1, (&name, &[], &limits)).expect("a page").grey.pixels().len();
    assert!(usual > 5_000 && small < 3_200, "{usual} and {small} pixels");
    let frame = fs::read(samples().join("../dicom/DICOM/CT000001")).expect("a sample");
    let limits = Limits { picture_pixels_max: 255, ..limits };
    assert_eq!(draw(&mut Cursor::new(frame), 1, (&name, &[], &limits)).err(), Some("the frame is too large"));
}

/// Proves that a page cut through its letters is told at each edge, and a whole page is not taken for one.
#[test]
fn cut_edges_are_seen() {
    let whole = sample::page(1_000, 1_300);
    assert!(look(prepared(whole.clone(), Some(150.0))).edge_ink < 0.01);
    // The margin is a tenth: this cuts the first letter of each line in two.
    let left = 107;
    let rows = (0..whole.height()).flat_map(|y| whole.row(y)[left..].to_vec()).collect();
    let cut = Grey::from_rows(whole.width() - left, whole.height(), rows).expect("whole rows");
    for orientation in [1, 3, 6, 8] {
        let found = look(prepared(cut.clone().oriented(orientation), Some(150.0))).edge_ink;
        assert!(found > 0.15, "{found} at orientation {orientation}");
    }
}

/// Proves that the coloured head of a portal's page, and a button at its side, are no letters that were cut, and that letters
/// cut beside them still are.
#[test]
fn bars_at_the_edge_cut_nothing() {
    let whole = sample::page(1_000, 1_300);
    let barred = |page: &Grey| {
        let rows = (0..page.height()).flat_map(|y| {
            let mut row = page.row(y).to_vec();
            if y < 100 {
                // Light letters, as the name of a portal is written.
                let title = page.row(y + 200).iter().map(|shade| if *shade < 128 { 250 } else { 70 });
                row = title.collect();
            } else if (700..850).contains(&y) {
                row[..30].fill(70);
            }
            row
        });
        Grey::from_rows(page.width(), page.height(), rows.collect()).expect("whole rows")
    };
    let found = look(prepared(barred(&whole), Some(150.0))).edge_ink;
    assert!(found < 0.01, "{found}");
    let left = 107;
    let rows = (0..whole.height()).flat_map(|y| whole.row(y)[left..].to_vec()).collect();
    let cut = Grey::from_rows(whole.width() - left, whole.height(), rows).expect("whole rows");
    let found = look(prepared(barred(&cut), Some(150.0))).edge_ink;
    assert!(found > 0.15, "{found}");
}

/// Proves that colours are measured of pictures and pages of a PDF as they come, and that dark print has none.
#[test]
fn colours_are_measured() {
    let spots = |spot: [u8; 3]| {
        let skin = [224, 172, 140];
        let pixels =
            image::RgbImage::from_fn(480, 640, |x, y| image::Rgb(if x % 32 < 12 && y % 32 < 12 { spot } else { skin }));
        let mut bytes = Cursor::new(Vec::new());
        pixels.write_to(&mut bytes, image::ImageFormat::Png).expect("encodes");
        drawn(bytes.into_inner(), 1).expect("draws").colours
    };
    let rash = spots([200, 90, 85]);
    assert!(rash.ink > 0.8 && (0.3..0.4).contains(&rash.ground), "{rash:?}");
    assert!(spots([60, 46, 37]).ink < 0.05);

    let squares: String =
        (0..12).flat_map(|x| (0..16).map(move |y| format!("{} {} 9 9 re\n", x * 25, y * 25))).collect();
    let content = format!("0.88 0.67 0.55 rg 0 0 300 400 re f\n0.78 0.35 0.33 rg\n{squares}f\n");
    let page = format!(
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>\nendobj\n\
         4 0 obj\n<</Length {}>>stream\n{content}\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n",
        content.len()
    );
    let page = drawn(page.into_bytes(), 1).expect("draws").colours;
    assert!(page.ink > 0.8 && (0.3..0.4).contains(&page.ground), "{page:?}");
}
