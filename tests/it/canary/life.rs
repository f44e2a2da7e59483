//! A whole life: set up, deliver, die, come back, search, show, link, back up; and the search through what is left (T1,
//! T2).

use super::scan::Scanner;
use crate::{
    make::{dicom, iso, pdf, zip},
    support::{
        family::Family,
        random::{Random, seed},
        site::Site,
        socket,
        watch::{self, PATIENCE},
    },
};
use casegate::seal;
use std::{cell::RefCell, collections::BTreeMap, fs, path::PathBuf};

/// Words that stand nowhere else, by what they were planted as.
struct Canaries {
    random: RefCell<Random>,
    planted: RefCell<BTreeMap<&'static str, String>>,
}

impl Canaries {
    /// A word of its own for this purpose.
    fn plant(&self, what: &'static str) -> String {
        let known = self.planted.borrow().get(what).cloned();
        known.unwrap_or_else(|| {
            let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
            let mut random = self.random.borrow_mut();
            let word: String = (0..14).map(|_| char::from(letters[random.below(24) as usize])).collect();
            self.planted.borrow_mut().insert(what, word.clone());
            word
        })
    }
}

/// The files of the delivery, by name; every kind has words of its own in text, names and tags.
fn delivery(canaries: &Canaries) -> BTreeMap<String, Vec<u8>> {
    let plant = |what| canaries.plant(what);
    let child: &'static dicom::Child = Box::leak(Box::new(dicom::Child {
        name: Box::leak(format!("{}^{}", plant("DICOM family name"), plant("DICOM given name")).into_boxed_str()),
        id: Box::leak(plant("DICOM patient id").into_boxed_str()),
        issuer: Box::leak(plant("DICOM issuer").into_boxed_str()),
        birth_date: "20110227",
        sex: "F",
    }));
    let text =
        format!("The word of this letter is {}. It was written in spring for the clinic.\n", plant("text")).repeat(9);
    let member = format!("The word of this member is {}. It lies in an archive.\n", plant("member text")).repeat(9);
    let locked = format!("The word behind the password is {}.\n", plant("locked text")).repeat(9);
    let on_disc = format!("The word on this disc is {}.\n", plant("disc text")).repeat(9);
    let mail = format!(
        "From: {} <a@example.org>\r\nTo: desk@example.org\r\nSubject: about {}\r\nContent-Type: text/plain\r\n\r\n\
         The word of this mail is {}.\r\n",
        plant("mail sender"),
        plant("mail subject"),
        plant("mail text")
    );
    let inner = zip::zip(&[(&format!("deep {}.txt", plant("deep member name")), member.as_bytes())]);
    let folder = plant("folder name");
    BTreeMap::from([
        (format!("{folder}/{} letter.txt", plant("file name")), text.into_bytes()),
        (format!("{folder}/report.pdf"), pdf::page(&[&format!("The word of this page is {}.", plant("PDF text"))])),
        ("letter.docx".to_owned(), docx(&format!("The word of this document is {}.", plant("DOCX text")))),
        ("slice.dcm".to_owned(), dicom::ct_slice(child, 1)),
        ("mail.eml".to_owned(), mail.into_bytes()),
        ("records.zip".to_owned(), zip::zip(&[(&format!("{}/inner.zip", plant("member folder name")), &inner)])),
        ("locked.zip".to_owned(), zip::locked(&[("secret.txt", locked.as_bytes())], &plant("password"))),
        ("disc.iso".to_owned(), iso::image(&[(format!("{}.TXT", plant("disc file name")), on_disc.into_bytes())])),
        // Large enough that it is sealed as it comes.
        (format!("{}.dat", plant("large file name")), [vec![0xF7; 9 << 20], plant("large file").into_bytes()].concat()),
        // Not readable as anything.
        ("remains.bin".to_owned(), [&[0xF7, 0x9C, 1][..], plant("bytes of no kind").as_bytes(), &[0; 900]].concat()),
    ])
}

fn docx(text: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document \
         xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>{text}</w:t></w:r>\
         </w:p></w:body></w:document>"
    );
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    zip::zip(&[("[Content_Types].xml", types.as_bytes()), ("word/document.xml", document.as_bytes())])
}

/// Writes the patient and the delivery; the paths that hold planted words by right.
fn prepare(site: &Site, canaries: &Canaries, files: &BTreeMap<String, Vec<u8>>) -> Vec<PathBuf> {
    let patient = format!(
        "given = \"{}\"\nfamily = \"{}\"\nbirth_date = \"2011-02-27\"\nids = [{{ value = \"{}\" }}]\naliases = [\"{}\"]\n",
        canaries.plant("given name"),
        canaries.plant("family name"),
        canaries.plant("patient id"),
        canaries.plant("alias")
    );
    fs::write(site.path("patient.toml"), patient).unwrap();
    fs::write(site.path("password.txt"), format!("{}\n", canaries.plant("password"))).unwrap();
    for (name, bytes) in files {
        let path = site.input().join("all").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    vec![site.input(), site.path("patient.toml"), site.path("password.txt")]
}

/// Gives every command there is about a case, keeps what they say on standard error, and answers with the link's token.
fn live(site: &Site, case: &str, canaries: &Canaries) -> String {
    let mut remarks = Vec::new();
    let mut give = |arguments: &[&str]| {
        let output = site.run(arguments);
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        remarks.extend(output.stderr);
        String::from_utf8(output.stdout).unwrap()
    };
    give(&["ingest", "--case", case, "--until", "read", "all"]);
    let password = site.path("password.txt");
    give(&["case", "password", case, "--password-file", password.to_str().unwrap()]);
    // What the password opened is examined, and found like the rest.
    site.oracle().settle();
    for what in
        ["locked text", "text", "PDF text", "DOCX text", "mail text", "member text", "disc text", "DICOM family name"]
    {
        let hits = give(&["search", "--case", case, "--reason", &canaries.plant("reason"), &canaries.plant(what)]);
        assert!(!hits.trim().is_empty(), "nothing was found for {what}: the search would prove nothing");
    }
    give(&["search", "--case", case, "--reason", "none", &canaries.plant("query without a hit")]);
    give(&["case", "show", case]);
    give(&["case", "list"]);
    let link = give(&["link", "--case", case, "--for", "family"]);
    let backup = site.path("backup");
    give(&["backup", "--to", backup.to_str().unwrap()]);
    give(&["audit", "verify"]);
    // Refusals too: their words must name nothing.
    let refused = site.run(&["ingest", "--case", case, "nothing of this name"]);
    assert_eq!(refused.status.code(), Some(2));
    fs::write(site.path("remarks.log"), remarks).unwrap();
    link.trim().rsplit('/').next().unwrap().to_owned()
}

/// Sends something through the link, as a family does.
fn upload(site: &Site, token: &str, canaries: &Canaries) {
    let text = format!("The word of this upload is {}.\n", canaries.plant("uploaded text")).repeat(40);
    let (name, link) = (format!("{}.txt", canaries.plant("uploaded file name")), format!("/u/{token}"));
    Family::new(site, &link, seed()).upload(&name, text.as_bytes());
}

/// Proves that after a whole life with two deaths no planted word and no digest of a plaintext lies anywhere: data
/// folder with its log of writes, keys, backup, temporary files, log of the daemon at its most talkative, remarks.
#[test]
fn t1_t2_nothing_lies_readable_after_a_whole_life() {
    let site = Site::with("[log]\nlevel = \"debug\"\n");
    let canaries = Canaries { random: RefCell::new(Random::new(seed())), planted: RefCell::default() };
    let files = delivery(&canaries);
    let by_right = prepare(&site, &canaries, &files);
    let case = site.open_case();
    let daemon = site.serve();
    let client = socket::ingest(&site.data(), &case, &site.input(), &["all"]);
    watch::until_true("something to be received", PATIENCE, || site.oracle().entries() > 4);
    daemon.kill();
    client.join().unwrap();
    let daemon = site.serve();
    let token = live(&site, &case, &canaries);
    upload(&site, &token, &canaries);
    site.oracle().settle();
    daemon.kill();
    let mut scanner = Scanner::default();
    for (what, word) in canaries.planted.borrow().iter() {
        scanner.word(what, word);
    }
    scanner.word("token of the link", &token);
    scanner.word("birth date", "2011-02-27");
    scanner.word("birth date as DICOM writes it", "20110227");
    for (name, bytes) in &files {
        scanner.digest(&format!("digest of {name}"), &seal::sha256(bytes).0);
    }
    let (found, scanned) = scanner.folder(&site.path("."), &by_right_of(&site, &by_right));
    assert!(scanned > 1 << 20, "only {scanned} bytes were searched");
    prove_log_searched(&site, &scanner);
    assert!(found.is_empty(), "{} planted words were found: {:#?}", found.len(), &found[..found.len().min(12)]);
    let left = fs::read_dir(site.path("tmp")).unwrap().count();
    assert_eq!(left, 0, "files were left in the folder for temporary ones");
}

/// The daemon's log says a lot, and a word in it would be found: an empty or overlooked log proves nothing.
fn prove_log_searched(site: &Site, scanner: &Scanner) {
    let log = fs::read_to_string(site.log()).unwrap();
    for said in ["DEBUG", "families and pages are served", "request"] {
        assert!(log.contains(said), "{said} is not in the daemon's log");
    }
    let (found, searched) = scanner.folder(&site.log(), &[]);
    assert_eq!((found.len(), searched), (0, log.len() as u64));
    fs::write(site.path("planted.log"), format!("{log}born 2011-02-27")).unwrap();
    assert_eq!(scanner.folder(&site.path("planted.log"), &[]).0.len(), 1, "a planted word was not found");
}

/// The same paths as the walk from `.` will name them.
fn by_right_of(site: &Site, paths: &[PathBuf]) -> Vec<PathBuf> {
    let root = site.path(".");
    paths.iter().map(|path| root.join(path.file_name().unwrap())).collect()
}
