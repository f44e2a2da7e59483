//! What our own children, outside programs and stores answer, which nobody believes; and text that was read.

use casegate::{
    domain::{
        facts::PageText,
        limits::{FACTS_BYTES_MAX, FACTS_ITEMS_MAX, Limits},
        reading::Bitmap,
    },
    jail::{
        bounds,
        protocol::{Bounds, Decoder, FromChild, Outcome, encode},
        tools::{
            poppler,
            tesseract::{self, Library},
        },
    },
    kinds::text::people as named,
    seal::{AgeIdentity, CaseKeys},
};

/// The key that the corpus of `age` is sealed to: of this file only.
const KEY: &str = include_str!("age-key.txt");

/// Text in which people are looked for, as the language process does: pages are parted by form feeds.
pub(super) fn people(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let pages: Vec<PageText> =
        (1..).zip(text.split('\u{c}')).map(|(page, text)| PageText { page, text: text.to_owned() }).collect();
    let people = named::people(&pages);
    assert!(people.iter().all(|person| person.names.iter().all(|name| name.len() <= text.len())));
}

/// Messages of an inspector. What is read must come out the same when it is written and read again.
pub(super) fn child_frames(bytes: &[u8]) {
    let bounds = Bounds { message_bytes_max: FACTS_BYTES_MAX as usize, message_items_max: FACTS_ITEMS_MAX };
    let mut decoder = Decoder::new(bounds);
    for piece in bytes.chunks(1_000) {
        decoder.push(piece);
        while let Ok(Some(message)) = decoder.message::<FromChild>() {
            let mut wire = Vec::new();
            encode(&message, &mut wire).expect("every message can be written");
            let mut again = Decoder::new(bounds);
            again.push(&wire);
            let read: FromChild = again.message().expect("it is a message").expect("it is whole");
            let mut second = Vec::new();
            encode(&read, &mut second).expect("every message can be written");
            assert!(wire == second, "a message that changes on its way");
            if let FromChild::Done(Outcome::Facts(mut facts)) = message {
                bounds::clip(&mut facts, &Limits::default());
            }
        }
    }
}

/// Answers of tesseract: a table of words, how a page stands, the packs it has.
pub(super) fn tesseract(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let page = Bitmap { width: 1_000, height: 1_414, dpi: 300, ..Bitmap::default() };
    for word in tesseract::words(&text, &page) {
        assert!(word.place.iter().all(|side| *side <= 10_000), "a word beside the page: {:?}", word.place);
        assert!((0.0..=1.0).contains(&word.confidence), "{}", word.confidence);
    }
    let _ = (tesseract::stands(&text), Library::parse(&text));
}

/// Answers of poppler: a picture of a page.
pub(super) fn poppler(bytes: &[u8]) {
    if let Some(bitmap) = poppler::bitmap(bytes.to_vec(), 300) {
        assert_eq!(u64::from(bitmap.width) * u64::from(bitmap.height), bitmap.grey.0.len() as u64);
    }
}

/// An age file to a key that we have.
pub(super) fn age(bytes: &[u8]) {
    let keys = CaseKeys::from_identity_text(KEY).expect("the key of the corpus");
    if let Ok(plain) = keys.open_file(bytes) {
        assert!(plain.len() < bytes.len());
    }
}

/// The text of a key.
pub(super) fn age_key(bytes: &[u8]) {
    let _ = AgeIdentity::from_text(&String::from_utf8_lossy(bytes));
}
