//! Compressed pixels, through the program: what cannot be decoded is found behind the first verdict, and what can be is
//! not accused. The slices of `samples/compressed` are of our own making, one in each transfer syntax.

use super::files::{inspect, with};
use crate::make::dicom::{Writer, part10};
use casegate::{
    domain::{
        entry::{PixelsRead, Shows},
        limits::Limits,
    },
    kinds::dicom,
};
use std::{fs, io::Cursor, path::Path};

/// Samples that there is a decoder for.
const DECODED: &[&str] = &["rle", "jpeg-baseline", "jpeg-lossless", "jpeg-2000", "jpeg-2000-lossy", "jpeg-xl"];

const SLICES: u32 = 9;
const CUT: u32 = 103;
const OVERWRITTEN: u32 = 106;

fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/compressed");
    fs::read(folder.join(format!("{name}.dcm"))).unwrap()
}

/// Puts bytes in the place of others of the same length, wherever they stand.
fn replaced(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let places: Vec<usize> = (0..bytes.len() - old.len()).filter(|at| bytes[*at..].starts_with(old)).collect();
    assert!(!places.is_empty(), "{old:?} is in the sample");
    places.into_iter().for_each(|at| bytes[at..at + new.len()].copy_from_slice(new));
    bytes
}

/// The sample as the slice of this number in a series of its own: from 101, a millimetre apart.
fn slice(sample: &[u8], series: usize, number: u32) -> Vec<u8> {
    let bytes = replaced(sample.to_vec(), b".70.101", format!(".{series}0.{number}").as_bytes());
    let bytes = replaced(bytes, b"734451.72", format!("734451.{series}2").as_bytes());
    let bytes = replaced(bytes, b"\x20\0\x13\0IS\x04\x00101 ", format!("\x20\0\x13\0IS\x04\0{number} ").as_bytes());
    replaced(bytes, b"0101.0", format!("{number:04}.0").as_bytes())
}

/// Where the codestream stands: the fragment behind the offset table.
fn codestream(bytes: &[u8]) -> std::ops::Range<usize> {
    let pixel_data = bytes.windows(8).position(|at| at == b"\xE0\x7F\x10\0OB\0\0").unwrap();
    let length = |item: usize| u32::from_le_bytes(bytes[item + 4..item + 8].try_into().unwrap()) as usize;
    let table = pixel_data + 12;
    let fragment = table + 8 + length(table);
    fragment + 8..fragment + 8 + length(fragment)
}

/// The first half of the codestream, as a transfer that broke off leaves it, in a file that is whole around it.
fn cut(bytes: &[u8]) -> Vec<u8> {
    let stream = codestream(bytes);
    let half = stream.len() / 4 * 2;
    let mut cut = bytes[..stream.start + half].to_vec();
    cut[stream.start - 4..stream.start].copy_from_slice(&(half as u32).to_le_bytes());
    cut.extend(&bytes[stream.end..]);
    cut
}

/// Its head overwritten with zeros, as a bad sector leaves it.
fn zeroed(bytes: &[u8]) -> Vec<u8> {
    let stream = codestream(bytes);
    let mut zeroed = bytes.to_vec();
    zeroed[stream.start + 2..stream.start + stream.len() / 3].fill(0);
    zeroed
}

/// Proves that whole slices decode in every transfer syntax there is a decoder for, and that the lossless ones of equal
/// depth show the same; of JPEG-LS it is said that nobody here can look at it.
#[test]
fn samples_decode() {
    let read = |name: &str| dicom::pixels(&mut Cursor::new(sample(name)), &Limits::default());
    for name in DECODED {
        assert!(matches!(read(name), PixelsRead::Digest(_)), "{name}: {:?}", read(name));
    }
    assert_eq!(read("jpeg-ls"), PixelsRead::Unsupported);
    assert_eq!(read("rle"), read("jpeg-lossless"));
    assert_eq!(read("rle"), read("jpeg-2000"));
    assert_ne!(read("rle"), read("jpeg-2000-lossy"));
}

/// Proves that slices whose codestreams were cut or overwritten are found in series of files, each in its transfer
/// syntax, that no other is accused, and that slices which nobody can decode here are not called damaged.
#[test]
fn a_spoilt_codestream_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut spoilt = Vec::new();
    let names = DECODED.iter().chain(&["jpeg-ls"]);
    for (at, name) in names.clone().enumerate() {
        let sample = sample(name);
        for number in 101..101 + SLICES {
            let whole = slice(&sample, at + 1, number);
            let bytes = match number {
                _ if *name == "jpeg-ls" => whole,
                CUT => cut(&whole),
                OVERWRITTEN => zeroed(&whole),
                _ => whole,
            };
            let file = format!("{name}-{number}.dcm");
            fs::write(folder.path().join(&file), bytes).unwrap();
            if *name != "jpeg-ls" && [CUT, OVERWRITTEN].contains(&number) {
                spoilt.push(file);
            }
        }
    }
    let rows = inspect(folder.path());
    let images = rows.iter().filter(|row| row["kind"] == "dicom").count();
    assert_eq!(images, names.count() * SLICES as usize);
    for code in ["blank", "series_incomplete", "series_inconsistent"] {
        assert_eq!(with(&rows, code), [], "{code}");
    }
    let mut found: Vec<String> = with(&rows, "damaged").into_iter().map(|(path, ..)| path).collect();
    found.sort();
    spoilt.sort();
    assert_eq!(found, spoilt);
}

/// A film of so many frames, each the sample's, but for one whose codestream is overwritten.
fn film(frames: usize, spoilt: usize) -> Vec<u8> {
    let sample = sample("rle");
    let spoiled = zeroed(&sample);
    let stream = codestream(&sample);
    let fragment = |at: usize| {
        let bytes = if at == spoilt { &spoiled } else { &sample };
        bytes[stream.start - 8..stream.end].to_vec()
    };
    let rows = sample.windows(8).position(|at| at == b"\x28\0\x10\0US\x02\0").unwrap();
    let mut film = sample[..rows].to_vec();
    film.extend(format!("\x28\0\x08\0IS\x02\0{frames:<2}").as_bytes());
    film.extend(&sample[rows..stream.start - 8]);
    (0..frames).for_each(|at| film.extend(fragment(at)));
    film.extend(&sample[stream.end..]);
    film
}

/// Proves that of an object with more pixels than are decoded, the first, the middle and the last frame are, and no
/// other, and that of a smaller one all are.
#[test]
fn of_a_long_film_a_few_frames_are_decoded() {
    let few = Limits { picture_pixels_max: 3 * 48 * 48, ..Limits::default() };
    let read = |spoilt: usize, limits: &Limits| dicom::pixels(&mut Cursor::new(film(9, spoilt)), limits);
    let nowhere = 9;
    assert_eq!(read(nowhere, &few), PixelsRead::Sampled(Shows::Something));
    assert!(matches!(read(nowhere, &Limits::default()), PixelsRead::Digest(_)));
    for (spoilt, sampled) in [(0, true), (1, false), (4, true), (7, false), (8, true)] {
        let wanted = if sampled { PixelsRead::Failed } else { PixelsRead::Sampled(Shows::Something) };
        assert_eq!(read(spoilt, &few), wanted, "{spoilt}");
        assert_eq!(read(spoilt, &Limits::default()), PixelsRead::Failed, "{spoilt}");
    }
}

/// Proves that half a codestream of JPEG-LS is told without a decoder, and a whole one is not accused.
#[test]
fn half_a_codestream_needs_no_decoder() {
    let read = |bytes: Vec<u8>| dicom::pixels(&mut Cursor::new(bytes), &Limits::default());
    assert_eq!(read(sample("jpeg-ls")), PixelsRead::Unsupported);
    assert_eq!(read(cut(&sample("jpeg-ls"))), PixelsRead::Cut);
}

/// The sample as a film whose frames are each in three fragments, under an empty Basic Offset Table.
fn fragmented(name: &str, frames: usize) -> Vec<u8> {
    let sample = sample(name);
    let stream = codestream(&sample);
    let pixel_data = sample.windows(8).position(|at| at == b"\xE0\x7F\x10\0OB\0\0").unwrap();
    let rows = sample.windows(8).position(|at| at == b"\x28\0\x10\0US\x02\0").unwrap();
    let item = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        [&b"\xFE\xFF\x00\xE0"[..], &length, bytes].concat()
    };
    let third = stream.len() / 6 * 2;
    let (first, rest) = sample[stream.clone()].split_at(third);
    let (second, last) = rest.split_at(third);
    let mut film = sample[..rows].to_vec();
    film.extend(format!("\x28\0\x08\0IS\x02\0{frames:<2}").as_bytes());
    film.extend(&sample[rows..pixel_data + 12]);
    film.extend(item(&[]));
    for _ in 0..frames {
        film.extend([first, second, last].map(item).concat());
    }
    film.extend(&sample[stream.end..]);
    film
}

/// Proves that frames in several fragments are found without a table of offsets, as the standard allows.
#[test]
fn several_fragments_a_frame_are_no_damage() {
    for name in ["jpeg-baseline", "jpeg-lossless", "jpeg-2000"] {
        let read = dicom::pixels(&mut Cursor::new(fragmented(name, 4)), &Limits::default());
        assert!(matches!(read, PixelsRead::Digest(_)), "{name}: {read:?}");
    }
}

/// Proves that 12 bits of JPEG Extended, which no decoder here takes, are no damage, and that half a stream of them is.
#[test]
fn twelve_bits_are_no_damage() {
    // A stream of 12 bits as far as its frame header; what follows is never decoded.
    let stream = b"\xFF\xD8\xFF\xC1\0\x0B\x0C\0\x30\0\x30\x01\x01\x11\0 samples \xFF\xD9";
    let baseline = sample("jpeg-baseline");
    let place = codestream(&baseline);
    let with = |stream: &[u8]| {
        let mut bytes = baseline[..place.start].to_vec();
        bytes[place.start - 4..].copy_from_slice(&u32::try_from(stream.len()).unwrap().to_le_bytes());
        bytes.extend(stream);
        bytes.extend(&baseline[place.end..]);
        replaced(bytes, b"1.2.840.10008.1.2.4.50", b"1.2.840.10008.1.2.4.51")
    };
    let read = |bytes: Vec<u8>| dicom::pixels(&mut Cursor::new(bytes), &Limits::default());
    assert_eq!(read(with(stream)), PixelsRead::Unsupported);
    assert_eq!(read(with(&stream[..stream.len() - 4])), PixelsRead::Failed);
}

/// Proves that frames of one value are found among others, at the end and inside.
#[test]
fn empty_frames_are_found() {
    let film = |empty: &[u32]| {
        let mut set = Writer::default();
        set.text((8, 0x16), "UI", "1.2.840.10008.5.1.4.1.1.4.1").short((0x28, 2), 1);
        set.text((0x28, 8), "IS", "10").short((0x28, 0x10), 4).short((0x28, 0x11), 4);
        set.short((0x28, 0x100), 16).short((0x28, 0x101), 12).short((0x28, 0x102), 11);
        let frame =
            |at: u32| (0..16_u16).flat_map(move |pixel| (if empty.contains(&at) { 0 } else { pixel }).to_le_bytes());
        let pixels: Vec<u8> = (1..=10).flat_map(frame).collect();
        set.put((0x7FE0, 0x10), "OW", &pixels);
        let bytes = part10("1.2.840.10008.5.1.4.1.1.4.1", "1.2.3", &set.0);
        match dicom::pixels(&mut Cursor::new(bytes), &Limits::default()) {
            PixelsRead::Digest(_) => Vec::new(),
            PixelsRead::EmptyFrames(_, runs) => runs.iter().map(|run| (run.first, run.last)).collect(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(film(&[]), []);
    assert_eq!(film(&[8, 9, 10]), [(8, 10)]);
    assert_eq!(film(&[1, 4, 5]), [(1, 1), (4, 5)]);
}
