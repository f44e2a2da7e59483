//! A delivery such as families make: letters, pictures, a series with copies and twins, archives in archives, a disc
//! image, leftovers of systems, something large. Everything is made here; the same seed makes the same delivery.

use super::random::Random;
use crate::make::{dicom, iso, pdf, zip};
use casegate::seal;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::Path,
};

/// The folder that is handed in, relative to where commands are given.
pub(crate) const FOLDER: &str = "delivery";

/// Words that stand in one document each, and which.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("ependymoma", "delivery/letter.txt"),
    ("craniotomy", "delivery/referral.pdf"),
    ("vincristine", "delivery/records.zip!/inner.zip!/deep.txt"),
    ("hydrocephalus", "delivery/records.zip!/report.pdf"),
    ("audiogram", "delivery/disc.iso!/README.TXT"),
];

/// What was written: the files by name.
pub(crate) struct Delivery {
    files: BTreeMap<String, Vec<u8>>,
}

impl Delivery {
    /// The delivery of this seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let letter = letter("ependymoma", &mut random);
        let mut files = BTreeMap::from([
            ("letter.txt".to_owned(), letter.clone()),
            ("copies/letter (1).txt".to_owned(), letter),
            (
                "referral.pdf".to_owned(),
                pdf::page(&["The craniotomy was in January.", "She is recovering well at home."]),
            ),
            ("records.zip".to_owned(), records(&mut random)),
            ("copies/records again.zip".to_owned(), Vec::new()),
            ("disc.iso".to_owned(), disc(&mut random)),
            ("large.dat".to_owned(), random.bytes((18 << 20) + 77)),
            (".DS_Store".to_owned(), [&b"\0\0\0\x01Bud1"[..], &random.bytes(6_000)].concat()),
            ("empty.pdf".to_owned(), Vec::new()),
        ]);
        let records = files["records.zip"].clone();
        files.insert("copies/records again.zip".to_owned(), records);
        files.extend(series().into_iter().map(|(name, bytes)| (format!("series/{name}"), bytes)));
        Self { files }
    }

    /// Writes it under a folder.
    pub(crate) fn write(&self, under: &Path) {
        for (name, bytes) in &self.files {
            let path = under.join(FOLDER).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// The files by path, as a folder that is handed in has them.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, &[u8])> {
        self.files.iter().map(|(name, bytes)| (format!("{FOLDER}/{name}"), bytes.as_slice()))
    }

    /// How many files there are.
    pub(crate) fn count(&self) -> usize {
        self.files.len()
    }

    /// SHA-256 in hex by path, as the ledger writes both.
    pub(crate) fn digests(&self) -> HashMap<String, String> {
        let digest = |(name, bytes): (&String, &Vec<u8>)| (format!("{FOLDER}/{name}"), seal::sha256(bytes).to_hex());
        self.files.iter().map(digest).collect()
    }

    /// The digest of the files of a size, where all files of that size are the same.
    pub(crate) fn digest_by_size(&self) -> HashMap<u64, String> {
        let mut digests: HashMap<u64, Option<String>> = HashMap::new();
        for bytes in self.files.values() {
            let digest = seal::sha256(bytes).to_hex();
            let known = digests.entry(bytes.len() as u64).or_insert_with(|| Some(digest.clone()));
            if known.as_ref() != Some(&digest) {
                *known = None;
            }
        }
        digests.into_iter().filter_map(|(bytes, digest)| Some((bytes, digest?))).collect()
    }
}

fn letter(word: &str, random: &mut Random) -> Vec<u8> {
    let line =
        |number: u64| format!("On visit {number} the diagnosis of {word} was discussed with the family at length.\n");
    (0..20).map(|_| line(random.below(100_000))).collect::<String>().into_bytes()
}

/// An archive with an archive in it; both hold a letter that lies outside as well, and a large member.
fn records(random: &mut Random) -> Vec<u8> {
    let deep = letter("vincristine", random);
    let report = pdf::page(&["Hydrocephalus is excluded.", "The ventricles are of normal width."]);
    let slice = dicom::ct_slice(&dicom::CHILD, 2);
    let junk = [&b"\0\0\0\x01Bud1"[..], &random.bytes(4_000)].concat();
    let inner = zip::zip(&[("deep.txt", &deep), ("again/deep copy.txt", &deep), ("slice.dcm", &slice)]);
    let large = random.bytes((9 << 20) + 5);
    zip::stored(&[("inner.zip", &inner), ("report.pdf", &report), ("large.dat", &large), (".DS_Store", &junk)])
}

/// An image of a disc with a directory and its files.
fn disc(random: &mut Random) -> Vec<u8> {
    let child = &dicom::CHILD;
    let slices = (101..=108).map(|number| (format!("DICOM/CT{:06}", number - 100), dicom::ct_slice(child, number)));
    let mut files: Vec<_> = slices.collect();
    files.push(("DICOMDIR".to_owned(), dicom::dicomdir(child, 8)));
    files.push(("README.TXT".to_owned(), letter("audiogram", random)));
    iso::image(&files)
}

/// Six slices; a copy of one; one again in other bytes with the same pixels; one that claims another's UID.
fn series() -> Vec<(String, Vec<u8>)> {
    let child = &dicom::CHILD;
    let mut files = dicom::ct_series(child, 6);
    files.push(("copy of 3.dcm".to_owned(), dicom::ct_slice(child, 3)));
    let mut same = dicom::ct_slice(child, 4);
    // Another preamble makes other bytes of the same instance.
    same[..8].copy_from_slice(b"preamble");
    files.push(("same as 4.dcm".to_owned(), same));
    let mut conflict = dicom::ct_slice(child, 5);
    let last = conflict.len() - 2;
    conflict[last] ^= 0x0F;
    files.push(("claims to be 5.dcm".to_owned(), conflict));
    files
}
