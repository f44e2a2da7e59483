//! What becomes of DICOM files that are cut, flipped, padded or made to harm, from objects made here.

use crate::make::dicom::{self as make, CHILD, Writer};
use casegate::{
    domain::{
        entry::PixelsRead,
        facts::{Facts, FileKind, PixelData, Readable},
        limits::Limits,
        reason::Reason,
    },
    kinds::dicom,
};
use proptest::prelude::*;
use std::{fs, io::Cursor, path::Path};

fn facts(bytes: &[u8]) -> Facts {
    dicom::facts_from(&mut Cursor::new(bytes), &Limits::default())
}

fn pixels(bytes: &[u8]) -> PixelsRead {
    dicom::pixels(&mut Cursor::new(bytes), &Limits::default())
}

/// Proves that an object written here is described as it was written.
#[test]
fn a_slice_is_described_as_written() {
    let facts = facts(&make::ct_slice(&CHILD, 7));
    let dicom = facts.dicom.as_ref().unwrap();
    assert_eq!((facts.kind, facts.readable), (Some(FileKind::Dicom), Readable::Yes));
    assert!(facts.observations.is_empty(), "{:?}", facts.observations);
    assert_eq!(facts.people[0].names, ["Sample^Ana María"]);
    assert_eq!(facts.people[0].ids, [("SMP-0042".to_owned(), Some("CASEGATE-DEMO".to_owned()))]);
    assert_eq!(facts.people[0].birth_date.as_deref(), Some("20190314"));
    assert_eq!((dicom.rows, dicom.columns, dicom.frames, dicom.bits_allocated), (16, 16, 1, 16));
    assert_eq!(dicom.position, Some([-40.0, -40.0, 35.0]));
    assert_eq!(dicom.orientation, Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
    assert_eq!((dicom.spacing, dicom.thickness), (Some([5.0, 5.0]), Some(5.0)));
    assert_eq!((dicom.sop_instance.as_str(), dicom.pixel_data), (make::slice_uid(7).as_str(), PixelData::Whole));
    assert_eq!((dicom.accession.as_str(), dicom.instance_number.as_str()), ("ACC-77", "7"));
    assert!(facts.search.iter().any(|field| field.field == "patient" && field.text.contains("Ana María")));
    assert!(!facts.language_asked);
}

/// Proves that a directory written here gives its claims, and its offsets hold.
#[test]
fn a_directory_is_read_as_written() {
    let facts = facts(&make::dicomdir(&CHILD, 3));
    let directory = facts.dicomdir.as_ref().unwrap();
    assert!(facts.observations.is_empty(), "{:?}", facts.observations);
    assert_eq!((directory.references.len(), directory.patients, directory.records), (3, 1, 6));
    assert_eq!(directory.references[2].file_id, ["DICOM", "CT000003"]);
    assert_eq!(directory.references[2].sop_instance, make::slice_uid(3));
    assert_eq!(facts.people[0].names, ["Sample^Ana María"]);
}

/// Proves that references that leave the medium are told, and kept as they were written.
#[test]
fn escaping_references_are_told() {
    let facts = facts(&make::directory_of(&CHILD, &["..\\..\\ETC\\PASSWD".to_owned(), "OK".to_owned()]));
    assert!(facts.has(Reason::PathEscape));
    assert_eq!(facts.dicomdir.unwrap().references[0].file_id, ["..", "..", "ETC", "PASSWD"]);
}

/// Proves that wherever a file is cut, examining ends without a panic and never passes the picture as whole: it is not
/// readable, or, where the cut lies between two elements of the header, told to be without pixels.
#[test]
fn a_cut_object_is_never_passed_as_whole() {
    let whole = make::ct_slice(&CHILD, 1);
    for end in 0..whole.len() {
        let cut = facts(&whole[..end]);
        let told = cut.readable != Readable::Yes || cut.has(Reason::PixelDataMissing);
        assert!(told && !cut.observations.is_empty(), "cut at {end}");
        if end % 64 == 0 {
            assert_eq!(pixels(&whole[..end]), PixelsRead::Failed, "cut at {end}");
        }
    }
}

/// Proves that a directory cut anywhere gives what stands before the cut, and says that it is damaged.
#[test]
fn a_cut_directory_gives_what_it_has() {
    let whole = make::dicomdir(&CHILD, 3);
    let mut most = 0;
    for end in 400..whole.len() {
        let cut = facts(&whole[..end]);
        assert!(cut.has(Reason::DicomdirDamaged) || cut.has(Reason::Truncated), "cut at {end}");
        let references = cut.dicomdir.map_or(0, |directory| directory.references.len());
        assert!(references >= most, "cut at {end}");
        most = references;
    }
    assert!(most >= 2);
}

/// Proves that zeros behind the object are padding, junk behind it is told, and both leave it readable.
#[test]
fn what_follows_an_object_does_not_spoil_it() {
    let whole = make::ct_slice(&CHILD, 1);
    let padded = facts(&[whole.clone(), vec![0; 1000]].concat());
    assert_eq!((padded.readable, padded.observations.len()), (Readable::Yes, 0));
    let junk = facts(&[whole.clone(), b"\x91\x17\xA0\x33\x81\xF2\x77\x10".repeat(100)].concat());
    assert_eq!(junk.readable, Readable::Yes);
    assert!(junk.has(Reason::Damaged));
    assert_eq!(pixels(&[whole.clone(), vec![0; 1000]].concat()), pixels(&whole));
}

/// Proves that a length of 4 GB in front of the pixels costs nothing and is told.
#[test]
fn a_huge_length_is_told_and_not_allocated() {
    let mut set = Writer::default();
    set.text((8, 0x16), "UI", "1.2.840.10008.5.1.4.1.1.2");
    for vr in ["UT", "OB", "UN", "SQ"] {
        let mut hostile = set.clone();
        hostile.0.extend([0x40, 0, 0x60, 0xA1]);
        hostile.0.extend(vr.as_bytes());
        hostile.0.extend([0, 0, 0xF0, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]);
        let facts = facts(&make::part10("1.2.840.10008.5.1.4.1.1.2", "1.2.3", &hostile.0));
        assert_eq!(facts.readable, Readable::No, "{vr}");
        assert!(facts.has(Reason::Truncated), "{vr}: {:?}", facts.observations);
    }
}

/// Proves that sequences nested far too deep end the walk and not the stack, whichever way their length is given.
#[test]
fn deep_nesting_is_stopped() {
    let open: Vec<u8> = b"\x08\0\x40\x11SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF".repeat(100_000);
    let facts = facts(&make::part10("1.2.840.10008.5.1.4.1.1.2", "1.2.3", &open));
    assert!(facts.has(Reason::TooDeep));
    assert_eq!(facts.readable, Readable::No);
}

/// Proves that a preamble that makes the object something else too is told, and that of a TIFF is not.
#[test]
fn programs_in_the_preamble_are_told() {
    let mut bytes = make::ct_slice(&CHILD, 1);
    let mut check = |magic: &[u8], expected: bool| {
        bytes[..128].fill(0);
        bytes[..magic.len()].copy_from_slice(magic);
        let facts = facts(&bytes);
        assert_eq!((facts.has(Reason::Polyglot), facts.readable), (expected, Readable::Yes), "{magic:?}");
    };
    check(b"MZ\x90\0", true);
    check(b"\x7FELF", true);
    check(b"#!/bin/sh\n", true);
    check(b"PK\x03\x04", true);
    check(b"%PDF-1.7", true);
    check(b"II*\0", false);
    check(b"MM\0*", false);
    check(b"", false);
}

/// Proves that objects without preamble, prefix or meta group are recognised in every byte order, and text is not.
#[test]
fn bare_data_sets_are_recognised() {
    let whole = make::ct_slice(&CHILD, 1);
    assert_eq!(facts(&whole[128..]).readable, Readable::Yes);
    assert_eq!(facts(&whole[132..]).readable, Readable::Yes);
    let data_set = whole.windows(6).position(|six| six == b"\x08\0\x05\0CS").unwrap();
    let bare = facts(&whole[data_set..]);
    assert_eq!(bare.readable, Readable::Yes);
    assert_eq!(bare.dicom.unwrap().transfer_syntax, "1.2.840.10008.1.2.1");
    let led_in = |lead: &[u8]| facts(&[lead, &whole].concat()).readable;
    assert_eq!(led_in(&[0; 300]), Readable::Yes);
    assert_eq!(led_in(&[&[0, 8][..], &[b'n'; 126]].concat()), Readable::Yes);
    assert_eq!(led_in(b"PK\x03\x04 a member that is stored"), Readable::No);
    assert_eq!(led_in(&[b't'; 512]), Readable::No);
    for text in [&b"\x08\0 a text that starts oddly and goes on"[..], b"plain text", &[0; 4096], &[8; 4096]] {
        assert_eq!(facts(text).readable, Readable::No);
    }
}

/// Proves that the shipped samples are what is made here, so that they can be made again. With `CASEGATE_WRITE_SAMPLES`
/// set they are written.
#[test]
fn samples_are_as_made() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/dicom");
    let mut files = make::ct_series(&CHILD, 3);
    files.push(("DICOMDIR".to_owned(), make::dicomdir(&CHILD, 3)));
    for (name, bytes) in files {
        let path = folder.join(name);
        if std::env::var_os("CASEGATE_WRITE_SAMPLES").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{}", path.display());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Proves that no flipped bytes make examining or decoding panic or run away.
    #[test]
    fn flipped_bytes_do_no_harm(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        directory in any::<bool>(),
    ) {
        let mut bytes = if directory { make::dicomdir(&CHILD, 2) } else { make::ct_slice(&CHILD, 1) };
        let length = bytes.len() - 132;
        for (index, byte) in flips {
            bytes[132 + index.index(length)] = byte;
        }
        let found = facts(&bytes);
        prop_assert!(found.kind.is_some());
        let _ = pixels(&bytes);
    }
}
