//! Scans: first a picture of text, then read, found by search, and told from a copy by nothing but its reading. Skipped, with
//! a message, where the reader of text or the drawer of PDFs is not installed.

use crate::{
    make::pdf::{self, Grey, Sheet},
    support::{
        lacking::{Lack, skip},
        ledger::Ledger,
        site::Site,
        watch::{self, PATIENCE},
    },
};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

/// Dots per inch of the scans here: a poor scanner's, and quick to read.
const DPI: u32 = 150;

const LETTER: &[&str] = &[
    "Department of Paediatric Oncology",
    "Patient: Ana Maria Sample   DOB: 2019-03-14   MRN: SMP-0042",
    "Dear colleague, thank you for seeing this child of seven years",
    "with headaches for three weeks and vomiting in the morning.",
    "The magnetic resonance study shows a mass in the posterior fossa.",
    "We ask for a second opinion about the treatment.",
];

/// Can scans be made and read here?
fn equipped() -> bool {
    let answers = |program: &str, argument: &str| {
        let asked = Command::new(program).arg(argument).output();
        asked.is_ok_and(|output| !output.stdout.is_empty() || !output.stderr.is_empty())
    };
    let equipped = answers("tesseract", "--list-langs") && answers("pdftoppm", "-v");
    if !equipped {
        skip(Lack::Installable, "tesseract or poppler-utils is not installed");
    }
    equipped
}

/// These lines on paper, scanned.
fn scanned(folder: &Path, lines: &[&str]) -> Grey {
    let (paper, picture) = (folder.join("paper.pdf"), folder.join("picture"));
    fs::write(&paper, pdf::page(lines)).unwrap();
    let mut draw = Command::new("pdftoppm");
    draw.args(["-gray", "-singlefile", "-r", &DPI.to_string()]).arg(&paper).arg(&picture);
    assert!(draw.status().unwrap().success());
    let bytes = fs::read(picture.with_extension("pgm")).unwrap();
    // `P5`, width, height, maximum, each with one space behind (Netpbm, PGM).
    let head: Vec<&[u8]> = bytes.splitn(4, |byte| byte.is_ascii_whitespace()).collect();
    let number = |field: &[u8]| std::str::from_utf8(field).unwrap().parse::<u32>().unwrap();
    let (width, height) = (number(head[1]), number(head[2]));
    let pixels = bytes[bytes.len() - (width * height) as usize..].to_vec();
    Grey { width, height, pixels }
}

fn codes(row: &Value) -> Vec<&str> {
    row["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

fn search(site: &Site, case: &str, query: &str) -> Vec<Value> {
    let said = site.done(&["search", "--case", case, "--reason", "test", "--json", query]);
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Proves the way of a scanned letter: filed as a picture of text at once, read behind that, found by its words with page
/// and highlight, with the person it names, and no longer pending.
#[test]
fn a_scanned_letter_is_read_and_found() {
    if !equipped() {
        return;
    }
    let site = Site::new();
    let letter = scanned(&site.path("tmp"), LETTER);
    let second = scanned(
        &site.path("tmp"),
        &["Haemoglobin was 89 grams per litre on Tuesday", "Iron was given for three months"],
    );
    fs::write(site.input().join("scan.pdf"), pdf::scan(&[letter, second], DPI)).unwrap();
    let case = site.open_case();
    let first = site.done(&["inspect", "--json", "--no-reading", "scan.pdf"]);
    let row: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!((codes(&row), &row["readable"]), (vec!["image_only", "image_only"], &Value::from("undetermined")));
    let read = site.done(&["ingest", "--case", &case, "--json", "--until", "read", "scan.pdf"]);
    let row: Value = serde_json::from_str(read.lines().next().unwrap()).unwrap();
    assert_eq!((row["readable"].as_str(), row["language"].as_str()), (Some("yes"), Some("en")), "{row}");
    assert_eq!(codes(&row), Vec::<&str>::new(), "{row}");
    assert!(row["pages"][0]["ocr_confidence"].as_f64().unwrap() > 0.8, "{row}");
    let hits = search(&site, &case, "haemoglobin");
    assert_eq!(hits[0]["page"], 2, "{hits:?}");
    let (snippet, mark) = (hits[0]["snippet"].as_str().unwrap(), &hits[0]["marks"][0]);
    let marked = &snippet[mark[0].as_u64().unwrap() as usize..mark[1].as_u64().unwrap() as usize];
    assert_eq!(marked, "Haemoglobin");
    // An inch from the left, its foot at 720 of 842 points from below, in letters of 12 points.
    let place: Vec<u64> = hits[0]["boxes"][0].as_array().unwrap().iter().map(|part| part.as_u64().unwrap()).collect();
    assert!(place[0].abs_diff(1_210) < 60 && place[1].abs_diff(1_340) < 60, "{place:?}");
    assert!((1_000..1_600).contains(&place[2]) && (70..220).contains(&place[3]), "{place:?}");
    assert_eq!(hits[0]["boxes"].as_array().unwrap().len(), 1, "{hits:?}");
    assert_eq!(search(&site, &case, "\"posterior fossa\"")[0]["page"], 1);
}

/// A letter in pale print, and below it a picture as dark as print can be: `print` is the shade of the letters.
fn pale_above_a_picture(folder: &Path, print: u8) -> Grey {
    let letter = scanned(folder, LETTER);
    let (width, height) = (letter.width as usize, letter.height as usize * 3 / 5);
    let pale = |pixel: u8| print + (u32::from(250 - print) * u32::from(pixel) / 255) as u8;
    let shade = |at: usize| match (at % width, at / width) {
        (60.., row) if at % width < width - 60 && (height / 2..height - 60).contains(&row) => 8,
        _ => pale(letter.pixels[at]),
    };
    Grey { width: width as u32, height: height as u32, pixels: (0..width * height).map(shade).collect() }
}

/// Proves that pale print beside a dark picture, which one threshold for the page takes for paper, is read with one around
/// each pixel, and found.
#[test]
fn pale_print_beside_a_picture_is_read() {
    if !equipped() {
        return;
    }
    let site = Site::new();
    let page = pale_above_a_picture(&site.path("tmp"), 160);
    fs::write(site.input().join("scan.pdf"), pdf::scan(&[page], DPI)).unwrap();
    let case = site.open_case();
    let read = site.done(&["ingest", "--case", &case, "--json", "--until", "read", "scan.pdf"]);
    let row: Value = serde_json::from_str(read.lines().next().unwrap()).unwrap();
    assert_eq!((row["readable"].as_str(), row["language"].as_str()), (Some("yes"), Some("en")), "{row}");
    assert_eq!(search(&site, &case, "\"posterior fossa\"")[0]["page"], 1);
}

/// Proves that a daemon killed in the middle of reading goes on where it was, and ends with the ledger of an undisturbed
/// run.
#[test]
fn reading_survives_a_kill() {
    if !equipped() {
        return;
    }
    let site = Site::with("[reading]\nworkers = 1\n");
    let pages: Vec<Grey> = (0..12).map(|_| scanned(&site.path("tmp"), LETTER)).collect();
    fs::write(site.input().join("scan.pdf"), pdf::scan(&pages, DPI)).unwrap();
    let calm = site.open_case();
    site.done(&["ingest", "--case", &calm, "--until", "read", "scan.pdf"]);
    let expected = Ledger::of_case(&site.show(&calm));
    assert!(expected.0[0].reasons.is_empty(), "{expected:?}");
    let case = site.open_case();
    let daemon = site.serve();
    site.done(&["ingest", "--case", &case, "--until", "filed", "scan.pdf"]);
    let detail = || {
        let shown = site.show(&case);
        let reasons = shown["rows"][0]["reasons"].as_array().unwrap().clone();
        let pending = reasons.iter().find(|reason| reason["code"] == "reading_pending");
        pending.map(|reason| reason["detail"].as_str().unwrap().to_owned())
    };
    // How many at a time depends on how fast they are read; the first ones are filed before the last.
    let seen = watch::until("some pages to be read", PATIENCE, || match detail() {
        Some(detail) if detail.starts_with("0 of") => None,
        other => Some(other),
    });
    let filed = seen.as_deref().and_then(|detail| detail.split(' ').next()?.parse::<u32>().ok());
    assert!(filed.is_some_and(|filed| (1..12).contains(&filed)), "pages are filed before the end: {seen:?}");
    daemon.kill();
    let _daemon = site.serve();
    watch::until_true("the rest to be read", PATIENCE, || detail().is_none());
    assert_eq!(Ledger::of_case(&site.show(&case)).canonical(), expected.canonical());
    // The index follows what is filed.
    let found = |case: &str| search(&site, case, "posterior").len();
    watch::until_true("the rest to be found", PATIENCE, || found(&case) == found(&calm));
}

/// Strokes as a hand makes them: words of zigzags, in lines, that no reader of print takes for text.
fn scribbled(width: u32, height: u32) -> Grey {
    let mut pixels = vec![255_u8; (width * height) as usize];
    let mut state = 7_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    for line in (150..height - 150).step_by(65) {
        let (mut x, mut y) = (125, line);
        while x < width - 250 {
            for stroke in 0..2 + next(36) {
                let swing = 4 + next(14) * if next(8) == 0 { 2 } else { 1 };
                let end = (x + 3 + next(4), if stroke % 2 == 0 { line - swing } else { line + swing });
                for step in 0..=64 {
                    let along = |from: u32, to: u32| (from * (64 - step) + to * step) / 64;
                    let (column, row) = (along(x, end.0), along(y, end.1));
                    for down in 0..3 {
                        pixels[((row + down) * width + column) as usize..][..3].fill(30);
                    }
                }
                (x, y) = end;
            }
            (x, y) = (x + 25, line);
        }
    }
    Grey { width, height, pixels }
}

/// The same page in a dark room: paper of 18, ink hardly darker, and the noise of the camera.
fn in_the_dark(page: &Grey) -> Grey {
    let mut state = 3_u32;
    let pixels = page.pixels.iter().map(|pixel| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        8 + pixel / 24 + (state >> 24) as u8 / 6
    });
    Grey { pixels: pixels.collect(), ..*page }
}

/// Without its left side, to the middle of the first words.
fn cut(page: &Grey, columns: u32) -> Grey {
    let rows = page.pixels.chunks_exact(page.width as usize).flat_map(|row| &row[columns as usize..]);
    Grey { width: page.width - columns, height: page.height, pixels: rows.copied().collect() }
}

/// On its left side.
fn on_its_side(page: &Grey) -> Grey {
    let (width, height) = (page.width as usize, page.height as usize);
    let pixels = (0..width).rev().flat_map(|x| (0..height).map(move |y| page.pixels[y * width + x])).collect();
    Grey { width: page.height, height: page.width, pixels }
}

/// Proves what is said of pages that are hard on their readers: a hand's writing stays open, a dark page cannot be read for
/// want of light, a cut or turned one can be read and says so.
#[test]
fn hard_pages_say_what_is_wrong() {
    if !equipped() {
        return;
    }
    let site = Site::new();
    let letter = scanned(&site.path("tmp"), &LETTER.repeat(3));
    let pages = [
        ("hand.pdf", scribbled(letter.width, letter.height)),
        ("dark.pdf", in_the_dark(&letter)),
        // The margin of the page is an inch.
        ("cut.pdf", cut(&letter, DPI + 8)),
        ("side.pdf", on_its_side(&letter)),
    ];
    for (name, page) in &pages {
        fs::write(site.input().join(name), pdf::scan(std::slice::from_ref(page), DPI)).unwrap();
    }
    let names = pages.each_ref().map(|(name, _)| *name);
    let said = site.done(&[["inspect", "--json"].as_slice(), names.as_slice()].concat());
    let rows: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| {
        let row = rows.iter().find(|row| row["path"].as_str().is_some_and(|path| path.ends_with(name))).unwrap();
        // It is one letter each time, which is said of them as well.
        let codes = codes(row).into_iter().filter(|code| *code != "near_duplicate").collect();
        (row["readable"].as_str().unwrap().to_owned(), codes)
    };
    assert_eq!(of("hand.pdf"), ("undetermined".to_owned(), vec!["handwriting"]), "{said}");
    let (readable, dark) = of("dark.pdf");
    assert!(readable == "no" && dark.contains(&"bad_exposure") && dark.contains(&"illegible"), "{said}");
    assert_eq!(of("cut.pdf"), ("yes".to_owned(), vec!["cut_off"]), "{said}");
    assert_eq!(of("side.pdf"), ("yes".to_owned(), vec!["rotated"]), "{said}");
}

/// The row of each file that was inspected, by its name.
fn inspected(site: &Site, names: &[&str]) -> impl Fn(&str) -> Value + use<> {
    let said = site.done(&[["inspect", "--json"].as_slice(), names].concat());
    let rows: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    move |name| {
        let row = rows.iter().find(|row| row["path"].as_str().is_some_and(|path| path.ends_with(name)));
        row.unwrap_or_else(|| panic!("{name} is not said")).clone()
    }
}

/// Proves that a scan whose picture cannot be decoded is no empty sheet, whatever its coding: nothing of it is to be seen, and
/// that is damage on its page, which holds the case up.
#[test]
fn what_cannot_be_drawn_is_not_blank() {
    if !equipped() {
        return;
    }
    let site = Site::new();
    let letter = scanned(&site.path("tmp"), LETTER);
    let garbled = Grey {
        width: letter.width,
        height: letter.height,
        pixels: (0..9_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
    };
    let codings = ["DCTDecode", "JPXDecode", "JBIG2Decode"];
    for coding in codings {
        let whole = Sheet { picture: &letter, coding: None, stamp: "" };
        let broken = Sheet { picture: &garbled, coding: Some(coding), stamp: "" };
        fs::write(site.input().join(format!("{coding}.pdf")), pdf::sheets_of(&[whole, broken], DPI)).unwrap();
    }
    let of = inspected(&site, &codings.map(|coding| format!("{coding}.pdf")).each_ref().map(String::as_str));
    for coding in codings {
        let row = of(&format!("{coding}.pdf"));
        assert_eq!(row["readable"], "partial", "{row}");
        let damage = row["reasons"].as_array().unwrap().iter().find(|reason| reason["code"] == "damaged");
        let damage = damage.unwrap_or_else(|| panic!("no damage: {row}"));
        assert_eq!((&damage["page"], &damage["severity"]), (&Value::from(2), &Value::from("block")), "{row}");
        assert!(!codes(&row).contains(&"blank"), "{row}");
    }
}

/// Proves that a line in English, which some portal put over a scan in another language, does not stand for the scan.
#[test]
fn a_stamp_is_not_the_scan() {
    if !equipped() {
        return;
    }
    let site = Site::new();
    let spanish: &[&str] = &[
        "Servicio de Oncologia Pediatrica",
        "Estimado colega: gracias por atender a esta paciente de siete anos",
        "con dolor de cabeza desde hace tres semanas y vomitos por la manana.",
        "La resonancia magnetica muestra una masa en la fosa posterior.",
        "Solicitamos una segunda opinion sobre el tratamiento de la nina.",
    ];
    let stamp =
        "Downloaded from the patient portal on 12 March 2026 by the family of the patient for use in a second opinion";
    let page = scanned(&site.path("tmp"), &spanish.repeat(3));
    let sheet = Sheet { picture: &page, coding: None, stamp };
    fs::write(site.input().join("stamped.pdf"), pdf::sheets_of(&[sheet], DPI)).unwrap();
    let row = inspected(&site, &["stamped.pdf"])("stamped.pdf");
    assert!(row["language"].as_str().unwrap().contains("es"), "{row}");
    assert!(codes(&row).iter().any(|code| matches!(*code, "not_english" | "mixed_language")), "{row}");
}
