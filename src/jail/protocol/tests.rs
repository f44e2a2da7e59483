//! What the protocol promises, for any message and any bytes.

use super::*;
use crate::domain::{facts::Observation, reason::Reason};
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds { message_bytes_max: 8 << 20, message_items_max: 100_000 };

fn any_message() -> impl Strategy<Value = FromChild> {
    prop_oneof![
        (any::<u64>(), any::<u32>()).prop_map(|(offset, length)| FromChild::Read { offset, length }),
        (any::<u64>(), any::<Vec<u8>>(), any::<Option<u64>>()).prop_map(|(ordinal, name, claimed_bytes)| {
            FromChild::Begin(Member { ordinal, name: RawName(name), claimed_bytes })
        }),
        any::<Vec<u8>>().prop_map(|bytes| FromChild::Data(Bulk(bytes))),
        ".*".prop_map(|detail| FromChild::End(MemberEnd::Flawed(Observation::new(Reason::Damaged, detail)))),
        (any::<u32>(), ".{0,2000}").prop_map(|(page, text)| FromChild::Page(PageText { page, text })),
        proptest::collection::vec(".*", 0..20).prop_map(FromChild::Ready),
    ]
}

proptest! {
    /// Proves that messages come back as they were sent, however the stream is cut into pieces.
    #[test]
    fn messages_round_trip(messages in proptest::collection::vec(any_message(), 1..6), step in 1_usize..5_000) {
        let mut wire = Vec::new();
        for message in &messages {
            encode(message, &mut wire).unwrap();
        }
        let mut decoder = Decoder::new(BOUNDS);
        let mut back = Vec::new();
        for piece in wire.chunks(step) {
            decoder.push(piece);
            while let Some(message) = decoder.message::<FromChild>().unwrap() {
                back.push(message);
            }
        }
        prop_assert_eq!(back, messages);
    }

    /// Proves that no bytes make the decoder panic.
    #[test]
    fn garbage_is_an_error_or_a_message(bytes in any::<Vec<u8>>()) {
        let mut decoder = Decoder::new(BOUNDS);
        decoder.push(&bytes);
        while let Ok(Some(_)) = decoder.message::<FromChild>() {}
    }
}

/// Proves that a message longer than a frame comes back whole.
#[test]
fn long_messages_take_several_frames() {
    let page = FromChild::Page(PageText { page: 1, text: "ä".repeat(2 << 20) });
    let mut wire = Vec::new();
    encode(&page, &mut wire).unwrap();
    let mut decoder = Decoder::new(BOUNDS);
    for piece in wire.chunks(100_000) {
        assert_eq!(decoder.message::<FromChild>(), Ok(None));
        decoder.push(piece);
    }
    assert_eq!(decoder.message(), Ok(Some(page)));
}

/// Proves that an over-long frame is refused by its header alone, before its bytes are waited for or room is made.
#[test]
fn overlong_frame_is_refused_by_its_header() {
    let mut decoder = Decoder::new(BOUNDS);
    decoder.push(&(FRAME_BYTES_MAX as u32 + 1).to_le_bytes());
    assert_eq!(decoder.message::<FromChild>(), Err(ProtocolError::FrameTooLong(FRAME_BYTES_MAX + 1)));
    assert!(decoder.buffer.capacity() < 1_000);
}

/// Proves that frames that always promise more end at the message's limit.
#[test]
fn endless_message_is_refused() {
    let mut decoder = Decoder::new(Bounds { message_bytes_max: 100, message_items_max: 100 });
    let mut refused = None;
    for _ in 0..20 {
        decoder.push(&(10 | MORE).to_le_bytes());
        decoder.push(&[0; 10]);
        refused = refused.or(decoder.message::<FromChild>().err());
    }
    assert_eq!(refused, Some(ProtocolError::MessageTooLong(100)));
}

/// Proves that a message of a million empty texts is refused, though it is within its bytes.
#[test]
fn a_message_of_too_many_values_is_refused() {
    let mut wire = Vec::new();
    encode(&FromChild::Ready(vec![String::new(); 1_000_000]), &mut wire).unwrap();
    let mut decoder = Decoder::new(BOUNDS);
    decoder.push(&wire);
    assert_eq!(decoder.message::<FromChild>(), Err(ProtocolError::Garbled));
}

/// Proves that bytes after a message, within its frame, are refused.
#[test]
fn leftover_bytes_are_refused() {
    let body = postcard::to_stdvec(&FromChild::Ready(Vec::new())).unwrap();
    let mut decoder = Decoder::new(BOUNDS);
    decoder.push(&(body.len() as u32 + 1).to_le_bytes());
    decoder.push(&body);
    decoder.push(&[7]);
    assert_eq!(decoder.message::<FromChild>(), Err(ProtocolError::Garbled));
}
