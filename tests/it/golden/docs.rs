//! Text, office files, pictures, slides and manifests against the reference corpus and against mutation.

use super::corpus;
use casegate::{
    domain::{
        facts::{Facts, FileKind, Member, MemberEnd, PageText, Readable},
        limits::{Limits, SNIFF_BYTES_MAX},
        path::RawName,
        reason::Reason,
    },
    kinds::{Exam, Offer, Probe, Sink, Stop, recognise},
};
use std::{fs, io::Cursor, path::Path};

/// Keeps what a kind hands over.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) pages: Vec<PageText>,
    pub(super) members: Vec<(Member, Vec<u8>, Option<MemberEnd>)>,
}

impl Sink for Kept {
    fn begin(&mut self, member: Member) -> Result<Offer, Stop> {
        self.members.push((member, Vec::new(), None));
        Ok(Offer::Take)
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        assert!(bytes.len() <= 256 * 1024);
        self.members.last_mut().expect("begin comes first").1.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self, end: MemberEnd) -> Result<(), Stop> {
        self.members.last_mut().expect("begin comes first").2 = Some(end);
        Ok(())
    }

    fn page(&mut self, page: PageText) {
        self.pages.push(page);
    }
}

pub(super) fn examine(bytes: Vec<u8>, name: &str) -> (Option<Facts>, Kept) {
    examine_with(bytes, name, &[])
}

fn examine_with(bytes: Vec<u8>, name: &str, passwords: &[String]) -> (Option<Facts>, Kept) {
    let name = RawName::from_text(name);
    let probe = Probe { head: &bytes[..bytes.len().min(SNIFF_BYTES_MAX)], bytes: bytes.len() as u64, name: &name };
    let kind = recognise(&probe);
    let mut kept = Kept::default();
    let limits = Limits::default();
    let facts = kind.map(|kind| {
        let mut source = Cursor::new(bytes);
        kind.examine(&mut Exam { source: &mut source, name: &name, passwords, limits: &limits, sink: &mut kept })
    });
    (facts, kept)
}

fn file(name: &str) -> Option<(Facts, Kept)> {
    let bytes = fs::read(corpus()?.join(name)).expect("the corpus has this file");
    let (facts, kept) = examine(bytes, name);
    Some((facts.expect("recognised"), kept))
}

/// Proves that everything whose structure is broken is not readable, and nothing else is refused; a picture may
/// stay undetermined until it is read.
#[test]
fn readability_of_the_corpus() {
    let Some(root) = corpus() else { return };
    let table = fs::read_to_string(root.join("expected.tsv")).expect("the corpus has its table");
    let mut wrong = Vec::new();
    let mut judged = 0;
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (path, expected, why) = (fields[0], fields[2], fields[4]);
        let mine = [
            "text/plain/",
            "text/office/",
            "images/",
            "slides/",
            "hostile/png-",
            "hostile/tiff-",
            "hostile/xml-",
            "hostile/text-is",
            "text/photo/",
            "case/upload/IMG",
            "case/upload/slides/",
            "hostile/names/",
        ]
        .iter()
        .any(|start| path.starts_with(start))
            || (path.starts_with("text/short/") && path.ends_with(".txt"));
        // OCR must tell which photos nobody can read; other formats are others' business.
        let later = why.starts_with("UNCERTAIN") || why.contains("unreadable p") || path.ends_with(".dcm");
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if !mine || later {
            continue;
        }
        judged += 1;
        let (facts, _) = examine(bytes, path);
        let readable = facts.as_ref().map(|facts| facts.readable);
        let picture = facts.as_ref().is_some_and(|facts| facts.kind == Some(FileKind::Image));
        let fits = match expected {
            "yes" => readable == Some(Readable::Yes) || (picture && readable == Some(Readable::Undetermined)),
            _ => readable == Some(Readable::No),
        };
        if !fits {
            let seen = facts.map(|facts| (facts.kind, facts.readable, facts.observations));
            wrong.push(format!("{path}: expected {expected}, {seen:?}"));
        }
    }
    assert!(judged > 60, "only {judged} files judged");
    assert!(wrong.is_empty(), "{} of {judged} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Proves that the kinds of slides, manifests and plain files are told from each other.
#[test]
fn kinds_of_the_corpus() {
    let Some(root) = corpus() else { return };
    let table = fs::read_to_string(root.join("expected.tsv")).expect("the corpus has its table");
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let expected = match fields[1] {
            "wsi" => FileKind::Slide,
            "manifest" => FileKind::SlideManifest,
            "text" => FileKind::Text,
            "docx" => FileKind::Office,
            "image" | "photo" if !fields[0].starts_with("hostile/zero") => FileKind::Image,
            _ => continue,
        };
        let Ok(bytes) = fs::read(root.join(fields[0])) else { continue };
        let kind = examine(bytes, fields[0]).0.and_then(|facts| facts.kind);
        if kind != Some(expected) {
            wrong.push(format!("{}: {kind:?}, expected {expected:?}", fields[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Proves that each broken manifest is named by its fault, and a good one by none.
#[test]
fn faults_of_manifests() {
    for (name, reason, rows) in [
        ("slides.csv", None, 5),
        ("slides.json", None, 5),
        ("slides.xlsx", None, 5),
        ("slides-semicolon-bom.csv", None, 5),
        ("gdc_manifest.txt", None, 5),
        ("md5sum.txt", None, 5),
        ("header-only.csv", Some(Reason::ManifestMalformed), 0),
        ("malformed.csv", Some(Reason::ManifestMalformed), 6),
        ("malformed.json", Some(Reason::ManifestMalformed), 0),
        ("no-file-column.csv", Some(Reason::ManifestMalformed), 5),
        ("path-traversal.csv", Some(Reason::PathEscape), 1),
    ] {
        let Some((facts, _)) = file(&format!("slides/manifests/{name}")) else { return };
        let reasons: Vec<Reason> = facts.observations.iter().map(|o| o.reason).collect();
        match reason {
            Some(reason) => assert!(reasons.contains(&reason), "{name}: {reasons:?}"),
            None => assert_eq!(facts.observations, [], "{name}"),
        }
        assert!(!facts.language_asked, "{name}");
        assert_eq!(facts.manifest.expect("a manifest").rows.len(), rows, "{name}");
    }
}

/// Proves that slides state what a viewer needs.
#[test]
fn what_slides_say() {
    let Some((facts, _)) = file("slides/S15-2041-A1-HE.svs") else { return };
    let slide = facts.slide.expect("a slide");
    assert_eq!((slide.vendor.as_str(), slide.width, slide.height, slide.levels), ("aperio", 1024, 2048, 3));
    assert!(slide.mpp_x.is_some() && slide.magnification.is_some());
    let Some((facts, _)) = file("slides/S15-2041-A2-CD20.tiff") else { return };
    let slide = facts.slide.expect("a slide");
    assert_eq!((slide.vendor.as_str(), slide.width, slide.height, slide.levels), ("generic-tiff", 768, 1536, 2));
}

/// Proves that text in four encodings is decoded to what it says.
#[test]
fn words_of_encodings() {
    for (name, word) in [
        ("text/plain/fr-latin1.txt", "é"),
        ("text/plain/ru-cp1251.txt", "и"),
        ("text/plain/zh-gb18030.txt", "的"),
        ("text/plain/en-utf16le-bom.txt", " the "),
    ] {
        let Some((facts, kept)) = file(name) else { return };
        assert!(facts.language_asked);
        assert!(kept.pages.iter().any(|page| page.text.contains(word)), "{name}");
        assert_eq!(kept.pages.len(), facts.pages.len());
    }
}

/// Proves that no cut and no changed byte makes a kind panic or run away.
#[test]
fn mutations_are_survived() {
    let Some(root) = corpus() else { return };
    for name in [
        "slides/openslide-small.svs",
        "slides/openslide-boxes.tiff",
        "images/crom.png",
        "text/office/en-letter.docx",
        "slides/manifests/slides.xlsx",
        "slides/manifests/slides.json",
        "slides/manifests/slides.csv",
        "hostile/tiff-huge-dimensions.tif",
        "hostile/xml-bomb.docx",
        "text/plain/zh-gb18030.txt",
    ] {
        let whole = fs::read(root.join(name)).expect("the corpus has this file");
        let step = (whole.len() / 40).max(1);
        for at in (0..whole.len()).step_by(step) {
            examine(whole[..at].to_vec(), name);
            for value in [0x00, 0xFF, whole[at] ^ 0x10] {
                let mut changed = whole.clone();
                changed[at] = value;
                examine(changed, name);
            }
        }
    }
}

/// One line of a folder's `expected.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    name: String,
    kind: String,
    readable: String,
    #[serde(default)]
    reasons: Vec<String>,
    /// Words that must be found on its pages.
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    members: usize,
    #[expect(dead_code, reason = "for readers of the table")]
    about: String,
}

#[derive(serde::Deserialize)]
struct Table {
    file: Vec<Expected>,
}

/// Proves that each sample gets the verdict that stands beside it, and that every sample has one.
#[test]
fn samples_are_as_expected() {
    let mut wrong = Vec::new();
    for folder in ["text", "image", "pixels", "slide", "manifest", "message", "archive"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(folder);
        let table = fs::read_to_string(folder.join("expected.toml")).expect("a table beside the samples");
        let table: Table = toml::from_str(&table).expect("a table of samples");
        let present = fs::read_dir(&folder).expect("a folder of samples").count();
        assert_eq!(present, table.file.len() + 1, "{}", folder.display());
        for expected in table.file {
            let bytes = fs::read(folder.join(&expected.name)).expect("the sample");
            let (facts, kept) = examine(bytes, &expected.name);
            let Some(facts) = facts else {
                wrong.push(format!("{} is not recognised", expected.name));
                continue;
            };
            let mut reasons: Vec<String> = facts.observations.iter().map(|o| o.reason.to_string()).collect();
            reasons.dedup();
            let seen = (facts.kind.map(FileKind::name), facts.readable.name(), reasons, kept.members.len());
            let wanted = (Some(expected.kind.as_str()), expected.readable.as_str(), expected.reasons, expected.members);
            if seen != wanted {
                wrong.push(format!("{}: {seen:?} {:?}, expected {wanted:?}", expected.name, facts.observations));
            }
            let text: String = kept.pages.into_iter().map(|page| page.text).collect();
            for word in expected.words.iter().filter(|word| !text.contains(*word)) {
                wrong.push(format!("{}: no `{word}` in {text:?}", expected.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Proves that a letter under a password is read with it, whichever of several it is, and says that it leaves locked; that
/// it stays locked with others; and that cut or changed it harms nobody who has the password.
#[test]
fn a_locked_letter_opens_with_its_password() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/text/locked-letter.docx");
    let whole = fs::read(path).expect("the sample");
    let passwords = |all: &[&str]| all.iter().map(|password| (*password).to_owned()).collect::<Vec<_>>();
    let (facts, kept) = examine_with(whole.clone(), "letter.docx", &passwords(&["wrong", "casegate-7"]));
    let facts = facts.expect("recognised");
    let reasons: Vec<Reason> = facts.observations.iter().map(|seen| seen.reason).collect();
    assert_eq!((facts.readable, reasons), (Readable::Yes, vec![Reason::OpensWithPassword]));
    assert!(kept.pages[0].text.contains("Ashgrove, Rowan & mother"));
    let (facts, kept) = examine_with(whole.clone(), "letter.docx", &passwords(&["wrong", ""]));
    let facts = facts.expect("recognised");
    assert!(facts.readable == Readable::No && facts.has(Reason::PasswordRequired) && kept.pages.is_empty());
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut changed = whole.clone();
        changed[at] ^= 0xFF;
        examine_with(changed, "letter.docx", &passwords(&["casegate-7"]));
        examine_with(whole[..at].to_vec(), "letter.docx", &passwords(&["casegate-7"]));
    }
}

/// Proves that cut and changed samples never make a kind panic, and that what hostile sizes claim is not allocated.
#[test]
fn samples_survive_mutation() {
    for folder in ["text", "image", "pixels", "slide", "manifest", "message", "archive"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(folder);
        for entry in fs::read_dir(&folder).expect("a folder of samples") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            let whole = fs::read(&path).expect("the sample");
            if whole.len() > 20_000 {
                continue;
            }
            let step = (whole.len() / 30).max(1);
            for at in (0..whole.len()).step_by(step) {
                examine(whole[..at].to_vec(), &name);
                for value in [0x00, 0xFF, whole[at] ^ 0x80] {
                    let mut changed = whole.clone();
                    changed[at] = value;
                    examine(changed, &name);
                }
            }
        }
    }
}

/// Proves that objects with ever new keys do not multiply into a table that no memory holds.
#[test]
fn keys_without_end() {
    let objects: Vec<String> =
        (0..20_000).map(|n| format!("{{\"slide_id\":\"S{n}\",\"file\":\"{n}.svs\",\"key{n}\":1}}")).collect();
    let (facts, _) = examine(format!("[{}]", objects.join(",")).into_bytes(), "slides.json");
    let manifest = facts.and_then(|facts| facts.manifest).expect("a manifest");
    assert_eq!(manifest.rows.len(), 20_000);
}

/// Proves for each format that can be written here that the whole picture is undetermined (nobody has read it yet),
/// that every cut of it is not readable, and that an archive behind it is noted.
#[test]
fn cut_pictures_in_every_format() {
    let picture = image::RgbImage::from_fn(61, 47, |x, y| image::Rgb([(x * 4) as u8, (y * 5) as u8, (x ^ y) as u8]));
    for format in ["png", "jpeg", "gif", "bmp", "webp", "tiff"] {
        let mut bytes = Vec::new();
        let written = image::ImageFormat::from_extension(format).expect("a known format");
        picture.write_to(&mut Cursor::new(&mut bytes), written).expect("written");
        let whole = examine(bytes.clone(), format).0.expect("recognised");
        assert_eq!(
            (whole.kind, whole.readable),
            (Some(FileKind::Image), Readable::Undetermined),
            "{format}: {whole:?}"
        );
        let facts = whole.picture.expect("a picture");
        assert_eq!((facts.width, facts.height, facts.pages, facts.orientation), (61, 47, 1, 1), "{format}");
        for at in (64..bytes.len() - 1).step_by(97).chain([bytes.len() - 3]) {
            let cut = examine(bytes[..at].to_vec(), format).0.expect("recognised");
            assert_eq!(cut.readable, Readable::No, "{format} cut at {at} of {}: {:?}", bytes.len(), cut.observations);
        }
        if format != "tiff" {
            bytes.extend_from_slice(b"PK\x03\x04 and so on");
            assert!(examine(bytes, format).0.expect("recognised").has(Reason::Polyglot), "{format}");
        }
    }
}

/// Proves that nothing but text of some kind is taken for text: random bytes are nobody's.
#[test]
fn noise_is_unknown() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for length in [64, 500, 5_000, 50_000] {
        let noise: Vec<u8> = (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect();
        assert_eq!(examine(noise, "file.bin").0.and_then(|facts| facts.kind), None, "{length} bytes");
    }
}

/// Proves that an archive of letters is not taken for a letter, though a stored letter's parts show in its head.
#[test]
fn an_archive_of_letters_is_no_letter() {
    let letter = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/text/letter.docx");
    let letter = fs::read(letter).expect("the sample");
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("letter.docx", stored).expect("started");
    std::io::Write::write_all(&mut archive, &letter).expect("written");
    let bytes = archive.finish().expect("finished").into_inner();
    let name = RawName::from_text("letters.zip");
    let probe = Probe { head: &bytes, bytes: bytes.len() as u64, name: &name };
    assert_ne!(recognise(&probe).map(casegate::kinds::Kind::file_kind), Some(FileKind::Office));
}

/// Proves that a text as long as the limits allow is read within seconds, page by page.
#[test]
fn long_text_is_bounded() {
    let line = "The patient was seen again today and the findings are unchanged since the last visit.\n";
    let bytes = line.repeat(400_000).into_bytes();
    let total = bytes.len();
    let (facts, kept) = examine(bytes, "log.txt");
    assert_eq!(facts.map(|facts| facts.readable), Some(Readable::Yes));
    assert!(kept.pages.len() <= Limits::default().document_pages_max as usize);
    assert_eq!(kept.pages.iter().map(|page| page.text.len()).sum::<usize>(), total);
}
